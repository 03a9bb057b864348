"""The dashboards as Grafana draws them: ``python -m interop.grafana.pictures FOLDER``, a picture of each.

A real InfluxDB is asked every query of the example household, and Grafana's own components (npm, see
package.json; ``make pictures`` fetches them) draw the answers in Chromium. No Grafana server runs.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from collector.line_protocol import of_entry
from sodien.protocol.entries import DayEntry, Entry, HourEntry
from sodien.protocol.times import parse_time
from tests.grafana import money
from tests.grafana.answers import MAIN
from tests.grafana.dashboards import CONFIG, Query, begin, load, panels, queries
from tests.grafana.household import HOUR, NOW, START
from tests.grafana.store import write
from tests.support.servers import Influx

HERE = Path(__file__).parent
PAGE = HERE / "build" / "page.js"
BOARDS = ("sodien", "sodien-days", "sodien-reading-day", "sodien-health")
VARIABLES = {"device": "nha-toi", "meter": "main", "tz": "Asia/Ho_Chi_Minh"}
#: Narrower than this, Grafana puts the panels below each other.
PHONE = 769
Rows = list[dict[str, Any]]


def fill(server: Influx, database: str = "sodien", until: int = NOW, since: int = START) -> None:
    """The example household with its bills, in a database of its own, as far as told ``until`` then.

    Its costs begin at ``since``.
    """
    server.query(f"CREATE DATABASE {database}")
    lines = [of_entry("nha-toi", entry) for entry in MAIN.entries if told_at(entry) <= until]
    lines += [line for line in money.lines("nha-toi", since) if int(line.rpartition(" ")[2]) <= until]
    write(server, database, lines)


def told_at(entry: Entry) -> int:
    """When an entry is written (ms): that of an hour or a day at its end."""
    length = {HourEntry: HOUR, DayEntry: 24 * HOUR}.get(type(entry), 0)
    return parse_time(entry.at) + length


def frames(rows: Rows, *, table: bool) -> list[dict[str, Any]]:
    """What Grafana's data source makes of an answer: one table, or a series for each column."""
    names = [name for name in (rows[0] if rows else {}) if name != "time"]
    times = {"name": "Time", "values": [row["time"] for row in rows]}
    columns = {name: [row[name] for row in rows] for name in names}
    if table:
        fields = [times, *({"name": name, "values": values} for name, values in columns.items())]
        return [{"name": "", "fields": fields}] if rows else []
    return [
        {"name": name, "fields": [times, {"name": "Value", "shown": name, "values": values}]}
        for name, values in columns.items()
    ]


def asked(server: Influx, path: Path, now: int, database: str = "sodien") -> list[dict[str, Any]]:
    """The panels of a dashboard with the answers to their queries, as of ``now`` (ms)."""
    found = []
    by_text = {query.text: query for query in queries(path)}
    for panel in panels(load(path)):
        targets = []
        for target in panel["targets"]:
            query = by_text[target["query"]]
            query = Query(query.name, query.text, panel.get("timeFrom"), panel.get("interval"))
            rows = server.query(query.render(VARIABLES, START, now, interval_of(panel)), database)
            targets.append(
                {"refId": target["refId"], "frames": frames(rows, table=target["resultFormat"] == "table")}
            )
        span = panel.get("timeFrom")
        start = START if span is None else begin(span, now)
        found.append({**panel, "targets": targets, "from": start})
    return found


def interval_of(panel: dict[str, Any]) -> str | None:
    """The width of a bucket that Grafana would choose for the range of the example, roughly."""
    return "10m" if panel.get("interval") == "1m" else None


def draw(
    path: Path, found: list[dict[str, Any]], now: int, picture: Path | None = None, width: int = 1600
) -> dict[str, str]:
    """Draw a dashboard; what each panel shows as text, by its title, and its picture if one is wanted."""
    rows = (
        max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in found)
        if width >= PHONE
        else sum(panel["gridPos"]["h"] for panel in found)
    )
    height = 120 + 38 * rows
    data = {
        "board": load(path)["title"],
        "language": path.parent.name,
        "panels": found,
        "from": START,
        "to": now,
        "width": width,
        "zone": VARIABLES["tz"],
    }
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        shutil.copy(HERE / "page.html", page)
        (Path(folder) / "build").symlink_to(PAGE.parent)
        script = f"window.SODIEN = {json.dumps(data, ensure_ascii=False)};"
        (Path(folder) / "data.js").write_text(script, encoding="utf-8")
        zone = {**os.environ, "TZ": VARIABLES["tz"]}
        options = [
            "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            f"--user-data-dir={folder}/profile", f"--window-size={width},{height}",
            "--virtual-time-budget=20000", "--allow-file-access-from-files",
        ]  # fmt: skip
        if picture is not None:
            subprocess.run(
                [*options, f"--screenshot={picture}", page.as_uri()],
                check=True,
                capture_output=True,
                timeout=120,
                env=zone,
            )
        dom = subprocess.run(
            [*options, "--dump-dom", page.as_uri()],
            check=True, capture_output=True, text=True, timeout=120, env=zone,
        )  # fmt: skip
    return texts(dom.stdout)


def texts(dom: str) -> dict[str, str]:
    """What each panel of a drawn page shows, without its title."""
    reader = _Texts()
    reader.feed(dom)
    return {title: re.sub(r"\s+", " ", " ".join(words)).strip() for title, words in reader.found.items()}


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._panel: str | None = None
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs).get("data-panel")
        if named is not None:
            self._panel = named
            self.found[named] = []
        self._hidden = tag in ("h6", "style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False
        if tag == "section":
            self._panel = None

    def handle_data(self, data: str) -> None:
        if self._panel is not None and not self._hidden:
            self.found[self._panel].append(data)


def main(folder: Path) -> None:
    """A picture of each dashboard in both languages."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, Influx(Path(place)) as server:
        fill(server, since=money.OPENED)
        for language in ("en", "vi"):
            for name in BOARDS:
                path = CONFIG / "dashboards" / language / f"{name}.json"
                picture = folder / f"{name}-{language}.png"
                draw(path, asked(server, path, NOW), NOW, picture)
                sys.stdout.write(f"{picture}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
