"""The shipped Grafana files, read the way Grafana reads them: every query with its macros filled in."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

CONFIG = Path(__file__).parents[2] / "config" / "grafana"
#: The English set; the Vietnamese one is the same in other words (test_files.py).
DASHBOARDS = sorted((CONFIG / "dashboards" / "en").glob("*.json"))

#: ``$name``, ``${name}``, ``${name:format}`` and ``[[name]]``, and Grafana's own macros.
MACRO = re.compile(r"\$\{(?P<braced>\w+)(?::(?P<format>\w+))?\}|\$(?P<plain>\w+)|\[\[(?P<old>\w+)\]\]")
_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}


def begin(span: str, end: int) -> int:
    """Where a relative time begins (ms): ``2h``, ``60d/d``, or ``12M/M`` for whole months of Viet Nam."""
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    span, _, rounded = span.partition("/")
    if rounded != "M":
        start = end - int(span[:-1]) * _MS[span[-1]]
        day = dt.datetime.fromtimestamp(start / 1000, zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return int(day.timestamp() * 1000) if rounded else start
    at = dt.datetime.fromtimestamp(end / 1000, zone)
    years, month = divmod(at.year * 12 + at.month - 1 - int(span[:-1]), 12)
    return int(dt.datetime(years, month + 1, 1, tzinfo=zone).timestamp() * 1000)


@dataclass(frozen=True)
class Query:
    """One query; ``name`` says where it stands: dashboard, English title and kind of the panel, letter."""

    name: str
    text: str
    time_from: str | None = None
    min_interval: str | None = None

    def render(self, variables: dict[str, str], start: int, end: int, interval: str | None = None) -> str:
        """The text Grafana sends for a dashboard range (ms) that ends at ``end``.

        A panel's own relative time replaces the start. Raises KeyError for a variable nobody defines.
        """
        if self.time_from:
            start = begin(self.time_from, end)
        values = variables | {
            "timeFilter": f"time >= {start}ms and time <= {end}ms",
            "__interval": interval or self.min_interval or "1m",
        }
        return MACRO.sub(lambda found: values[found["braced"] or found["plain"] or found["old"]], self.text)


def load(path: Path) -> dict[str, Any]:
    dashboard: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return dashboard


def read_yaml(kind: str) -> dict[str, Any]:
    """The provisioning file of a kind (datasources, dashboards)."""
    content: dict[str, Any] = yaml.safe_load((CONFIG / "provisioning" / kind / "sodien.yaml").read_text())
    return content


def panels(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every panel, those inside collapsed rows too."""
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def queries(path: Path) -> Iterator[Query]:
    """Every query of a dashboard: variables, annotations, panels; no two may share a name."""
    dashboard = load(path)
    names = set()
    for query in _queries(path.stem, dashboard):
        assert query.name not in names, query.name
        names.add(query.name)
        yield query


def _queries(stem: str, dashboard: dict[str, Any]) -> Iterator[Query]:
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield Query(f"{stem} variable {variable['name']}", variable["query"])
    for annotation in dashboard["annotations"]["list"]:
        if "target" in annotation:
            yield Query(f"{stem} annotation {annotation['target']['refId']}", annotation["target"]["query"])
    for panel in panels(dashboard):
        for target in panel.get("targets", []):
            name = f"{stem} {panel['title']} {panel['type']} {target['refId']}"
            yield Query(name, target["query"], panel.get("timeFrom"), panel.get("interval"))


@dataclass(frozen=True)
class Alert:
    """One provisioned rule, taken apart: query, reduction, limit."""

    rule: dict[str, Any]

    @property
    def uid(self) -> str:
        uid: str = self.rule["uid"]
        return uid

    def _model(self, ref: str) -> dict[str, Any]:
        (data,) = (data for data in self.rule["data"] if data["refId"] == ref)
        model: dict[str, Any] = data["model"]
        return model

    def query(self, now: int) -> str:
        """What Grafana asks when it evaluates the rule at ``now`` (ms)."""
        (data,) = (data for data in self.rule["data"] if data["datasourceUid"] != "__expr__")
        span = data["relativeTimeRange"]
        assert span["to"] == 0
        return Query(self.uid, data["model"]["query"]).render({}, now - span["from"] * 1000, now)

    def evaluate(self, rows: list[dict[str, Any]]) -> dict[tuple[str, ...], bool]:
        """Whether each series is over the limit, by its labels; no entry where there is no series.

        The query has one column beside time and labels, else two series would have the same labels, which
        Grafana refuses.
        """
        reduce, threshold = self._model(threshold_of(self.rule)["expression"]), threshold_of(self.rule)
        assert (reduce["type"], reduce["reducer"], reduce["settings"]) == (
            "reduce",
            "last",
            {"mode": "dropNN"},
        )
        last: dict[tuple[str, ...], float] = {}
        for row in rows:
            labels = tuple(row[name] for name in ("device", "meter") if name in row)
            (value,) = (value for name, value in row.items() if name not in {"time", "device", "meter"})
            if value is not None:
                assert isinstance(value, int | float), "only numbers can be reduced"
                last[labels] = value
        (condition,) = threshold["conditions"]
        limit = condition["evaluator"]["params"][0]
        over = {"gt": lambda value: value > limit, "lt": lambda value: value < limit}
        return {labels: over[condition["evaluator"]["type"]](value) for labels, value in last.items()}


SOURCE_UID: str = read_yaml("datasources")["datasources"][0]["uid"]


def threshold_of(rule: dict[str, Any]) -> dict[str, Any]:
    """The model of the expression that decides."""
    (data,) = (data for data in rule["data"] if data["refId"] == rule["condition"])
    model: dict[str, Any] = data["model"]
    return model


def alerts() -> list[Alert]:
    """All provisioned rules."""
    return [Alert(rule) for group in read_yaml("alerting")["groups"] for rule in group["rules"]]
