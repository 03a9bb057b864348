"""Write the dashboards and alerts from their source: ``python config/grafana/source/build.py [--check]``.

The dashboards come in a set for each language, from one source and the catalogue of all of Sodien's texts.
``CURRENCY=€`` in the environment takes the place of đ. With ``--check`` nothing is written; exit code 1 names
the files that are not as the source says.
"""

from __future__ import annotations

import json
import os
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
#: Where a person's words stand in a dashboard; in an override they are values of these properties.
TEXTS = frozenset({"title", "description", "label", "noValue", "text"})
PROPERTIES = frozenset({"displayName", "custom.fillBelowTo"})


def spoken(found: Any) -> Any:
    """A part of a dashboard in the language in use."""
    if isinstance(found, list):
        return [spoken(one) for one in found]
    if not isinstance(found, dict):
        return found
    if found.get("id") in PROPERTIES:
        return found | {"value": said(found["value"])}
    return {
        key: said(value) if key in TEXTS and isinstance(value, str) else spoken(value)
        for key, value in found.items()
    }


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
    return spoken(found) | {
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
