"""The shipped Grafana files, read the way Grafana reads them: every query with its macros filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CONFIG = Path(__file__).parents[2] / "config" / "grafana"
DASHBOARDS = sorted((CONFIG / "dashboards").glob("*.json"))

#: ``$name``, ``${name}``, ``${name:format}`` and ``[[name]]``, and Grafana's own macros.
MACRO = re.compile(r"\$\{(?P<braced>\w+)(?::(?P<format>\w+))?\}|\$(?P<plain>\w+)|\[\[(?P<old>\w+)\]\]")
_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}


@dataclass(frozen=True)
class Query:
    """One query of a dashboard; ``name`` says where it stands, e.g. ``panel 7 A``."""

    name: str
    text: str
    time_from: str | None = None
    min_interval: str | None = None

    def render(self, variables: dict[str, str], start: int, end: int, interval: str | None = None) -> str:
        """The text Grafana sends for a dashboard range (ms) that ends at ``end``.

        A panel's own relative time replaces the start. Raises KeyError for a variable nobody defines.
        """
        if self.time_from:
            start = end - int(self.time_from[:-1]) * _MS[self.time_from[-1]]
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


def queries(dashboard: dict[str, Any]) -> Iterator[Query]:
    """Every query: variables, annotations, panels."""
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield Query(f"variable {variable['name']}", variable["query"])
    for annotation in dashboard["annotations"]["list"]:
        if "target" in annotation:
            yield Query(f"annotation {annotation['target']['refId']}", annotation["target"]["query"])
    for panel in panels(dashboard):
        for target in panel.get("targets", []):
            name = f"panel {panel['id']} {target['refId']}"
            yield Query(name, target["query"], panel.get("timeFrom"), panel.get("interval"))
