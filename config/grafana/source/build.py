"""Write the dashboards and alerts from their source: ``python config/grafana/source/build.py [--check]``.

The dashboards come in a set for each language, from one source and the catalogue of all of Sodien's texts.
``CURRENCY=€`` in the environment takes the place of đ; with ``FILES=400`` no panel asks for more at first than
InfluxDB 3 Core finds in so many files. With ``--check`` nothing is written; exit code 1 names
the files that are not as the source says.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import alerts
import days
import health
import now
import reading_day

from sodien import i18n

GRAFANA = Path(__file__).resolve().parents[1]
CURRENCY = os.environ.get("CURRENCY", "đ")
FILES = int(os.environ.get("FILES", "0"))
#: Files a day that InfluxDB 3 Core makes of a measurement: one for each ten minutes with an entry. It ends a query
#: that would read more than 432 of them; of the measurements that are not here there are few points.
A_DAY = {"meter": 144, "hour": 24, "cost": 24, "health": 24, "day": 1}
_DAYS = {"h": 1 / 24, "d": 1.0, "M": 30.5}
#: Where a person's words stand in a dashboard; in an override they are values of these properties.
TEXTS = frozenset({"title", "description", "label", "noValue", "text"})
PROPERTIES = frozenset({"displayName", "noValue", "custom.fillBelowTo"})


def spoken(found: Any) -> Any:
    """A part of a dashboard in the language in use."""
    if isinstance(found, list):
        return [spoken(one) for one in found]
    if not isinstance(found, dict):
        return found
    if found.get("id") in PROPERTIES:
        return found | {"value": said(found["value"])}
    if found.get("id") == "unit" and found["value"].startswith("time:"):
        return found | {"value": said(found["value"])}
    return {key: said(value) if is_text(key, value) else spoken(value) for key, value in found.items()}


def bounded(panel: dict[str, Any], board: dict[str, Any], files: int) -> dict[str, Any]:
    """A panel that looks back no further than ``files`` of InfluxDB 3 Core hold; 0 for one without a limit."""
    asked = " ".join(target["query"] for target in panel["targets"])
    rate = max((A_DAY.get(name, 0) for name in re.findall(r'FROM "(\w+)"', asked)), default=0)
    if not files or not rate or days_of(panel.get("timeFrom") or board["time"]["from"]) * rate <= files:
        return panel
    return panel | {"timeFrom": f"{files // rate}d", "hideTimeOverride": False}


def days_of(span: str) -> float:
    """How many days a relative time may be, e.g. ``12M/M`` or ``now-24h``."""
    number, unit, rounded = re.fullmatch(r"(?:now-)?(\d+)([hdM])(?:/([dM]))?", span).groups()  # type: ignore[union-attr]
    return int(number) * _DAYS[unit] + {None: 0, "d": 1, "M": 31}[rounded]


def is_text(key: str, value: Any) -> bool:
    """Whether a value is a person's words, or how a language writes a time."""
    return isinstance(value, str) and (key in TEXTS or (key == "unit" and value.startswith("time:")))


def said(text: str) -> str:
    """One text; ¤ stands for the currency."""
    return i18n.tr(text).replace("¤", CURRENCY) if text else text


def board(name: str, found: dict[str, Any], language: str) -> dict[str, Any]:
    """A dashboard of a language's set: with uid, tag and words of its own."""
    i18n.use(language)
    tag = f"sodien-{language}"
    links = [
        spoken(link) | {"tags": [tag]} if link["type"] == "dashboards" else spoken(link)
        for link in found["links"]
    ]
    marks = found["annotations"]["list"]
    marks = [one if one.get("builtIn") else one | {"name": said(one["name"])} for one in marks]
    return spoken(found | {"panels": [bounded(panel, found, FILES) for panel in found["panels"]]}) | {
        "uid": name if language == "en" else f"{name}-{language}",
        "tags": [tag],
        "links": links,
        "annotations": {"list": marks},
    }


def files() -> dict[Path, str]:
    """Every generated file with its text."""
    dashboards = {
        "sodien": now.build(),
        "sodien-days": days.build(),
        "sodien-reading-day": reading_day.build(),
        "sodien-health": health.build(),
    }
    made = {
        GRAFANA / "dashboards" / language / f"{name}.json": json.dumps(
            board(name, found, language), ensure_ascii=False, indent=2
        )
        + "\n"
        for name, found in dashboards.items()
        for language in i18n.LANGUAGES
    }
    return made | {GRAFANA / "provisioning" / "alerting" / "sodien.yaml": alerts.text()}


def main() -> int:
    stale = [
        path
        for path, text in files().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stderr.write(f"{path} is not as its source says; run 'make dashboards'\n")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files()[path], encoding="utf-8")
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
