"""Write the dashboards and alerts from their source: ``python config/grafana/source/build.py [--check]``.

With ``--check`` nothing is written; exit code 1 names the files that are not as the source says.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import alerts
import days
import health
import now
import reading_day

GRAFANA = Path(__file__).resolve().parents[1]


def files() -> dict[Path, str]:
    """Every generated file with its text."""
    dashboards = {
        "sodien": now.build(),
        "sodien-days": days.build(),
        "sodien-reading-day": reading_day.build(),
        "sodien-health": health.build(),
    }
    made = {
        GRAFANA / "dashboards" / f"{name}.json": json.dumps(board, ensure_ascii=False, indent=2) + "\n"
        for name, board in dashboards.items()
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
