"""What the page costs on a ledger of years: first byte and size of each screen, memory in the end.

Also what twenty telephones take of a core, and how long the daemon's appends wait for a page that writes.
"""

from __future__ import annotations

import gzip
import http.client
import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from common import arguments, cpu_seconds, folder, show
from view import BEGIN, MINUTE, fill

from sodien.ledger.store import Ledger, NewRow

POLLED_S, APPENDS = 15.0, 400

SETTINGS = """\
device: nha-toi
clock: trust
ledger: {path: ledger.db}
gpio: {factory: simulated}
meters: [{id: main, pin: 17, constant: 1600}]
"""
#: As the unit has it.
UNIT = {"MALLOC_ARENA_MAX": "1", "PYTHONNODEBUGRANGES": "1"}
SCREENS = ("/", "/period", "/days", "/days?by=hour", "/days?by=month", "/bills", "/enter", "/api/v1/now")


def ask(line: http.client.HTTPConnection, path: str) -> tuple[float, int]:
    """Seconds to the first byte, and bytes of the body; one connection for all, as a telephone keeps it."""
    began = time.perf_counter()
    line.request("GET", path)
    answer = line.getresponse()
    first = time.perf_counter() - began
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return first, len(body)


def resident_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024, 1)


def polled(line: http.client.HTTPConnection, pid: int) -> float:
    """Per cent of a core for twenty telephones that look every five seconds, as the page's script does."""
    began, spent = time.monotonic(), cpu_seconds(pid)
    tag = ""
    while (now := time.monotonic()) < began + POLLED_S:
        line.request("GET", "/", headers={"If-None-Match": tag})
        answer = line.getresponse()
        answer.read()
        tag = answer.headers.get("ETag") or tag
        time.sleep(max(0.0, now + 5 / 20 - time.monotonic()))
    return round(100 * (cpu_seconds(pid) - spent) / (time.monotonic() - began), 2)


def appended(path: Path, port: int, at: int) -> dict[str, float]:
    """ms of 99 % of appends, alone and beside a page that keeps on entering readings."""
    found = {"append_alone_p99_ms": _appends(path, at)}
    stop = threading.Event()
    writer = threading.Thread(target=_enter, args=(port, stop))
    writer.start()
    try:
        found["append_beside_p99_ms"] = _appends(path, at + APPENDS * MINUTE)
    finally:
        stop.set()
        writer.join()
    found["append_ratio"] = round(found["append_beside_p99_ms"] / found["append_alone_p99_ms"], 2)
    return found


def _appends(path: Path, at: int) -> float:
    """ms that 99 % of the appends of a health row take, durable as the daemon's are."""
    ledger, took = Ledger.open(path), []
    for number in range(APPENDS):
        row = NewRow("event", "", at=at + number * MINUTE, body={"what": "benchmark", "detail": {}})
        began = time.perf_counter()
        ledger.append([row])
        took.append(time.perf_counter() - began)
        time.sleep(0.02)
    ledger.close()
    return round(sorted(took)[int(0.99 * APPENDS) - 1] * 1000, 1)


def _enter(port: int, stop: threading.Event) -> None:
    """Enter a reading and take it back, every two seconds: no family does it so often."""
    base = f"http://127.0.0.1:{port}"
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = browser.open(f"{base}/enter", timeout=60).read().decode()
    token, day, minute = (
        re.search(pattern, page)[1]  # type: ignore[index]
        for pattern in (
            r'name="token" value="(\w+)"',
            r'name="day" value="([^"]+)"',
            r'name="time" value="([^"]+)"',
        )
    )
    while not stop.wait(2.0):
        fields = {"token": token, "reading": "12345.6", "day": day, "time": minute, "keep": "yes"}
        kept = browser.open(f"{base}/readings", urllib.parse.urlencode(fields).encode(), timeout=60)
        browser.open(f"{kept.url}/undo", urllib.parse.urlencode({"token": token}).encode(), timeout=60).read()


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--requests", type=int, default=1000)
    options = parser.parse_args()
    with folder() as where:
        minutes = fill(where / "ledger.db", options.years)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        (where / "sodien.yaml").write_text(SETTINGS + f"page: {{port: {port}}}\n")
        program = (
            "import sys, time; from pathlib import Path;"
            "from sodien import tls\nwith tls.without_openssl():\n    from page import serve\n"
            "from sodien.settings import model;"
            "file, end, began = Path(sys.argv[1]), int(sys.argv[2]), time.monotonic();"
            "clock = lambda: end + int((time.monotonic() - began) * 1000);"
            "serve.run(model.load(file), file, clock=clock)"
        )
        end = BEGIN + minutes * MINUTE
        command = [sys.executable, "-c", program, str(where / "sodien.yaml"), str(end)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | UNIT) as page:
            try:
                line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                while True:
                    try:
                        ask(line, "/static/page.css")
                        break
                    except OSError:
                        line.close()
                        time.sleep(0.05)
                result: dict[str, Any] = {
                    "years": options.years,
                    "cold_ms": round(ask(line, "/")[0] * 1000, 1),
                }
                for path in SCREENS:
                    runs = sorted(ask(line, path) for _ in range(15))
                    result[path] = {"first_byte_ms": round(runs[7][0] * 1000, 1), "bytes": runs[7][1]}
                static = ("page/static/page.css", "page/static/page.js", "page/static/icon.svg")
                root = Path(__file__).parent.parent
                result["once_bytes"] = sum((root / name).stat().st_size for name in static)
                result["once_gzip_bytes"] = sum(
                    len(gzip.compress((root / name).read_bytes())) for name in static
                )
                for number in range(options.requests):
                    ask(line, SCREENS[number % len(SCREENS)])
                result["resident_mib"] = resident_mib(page.pid)
                result["twenty_telephones_core_percent"] = polled(line, page.pid)
                result |= appended(where / "ledger.db", port, end + 1000 * options.requests)
            finally:
                page.terminate()
        show(result, options.json)


if __name__ == "__main__":
    main()
