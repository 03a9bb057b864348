"""What the page costs on a ledger of years: first byte and size of each screen, memory in the end."""

from __future__ import annotations

import gzip
import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from common import arguments, folder, show
from view import BEGIN, MINUTE, fill

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
            "import page\nwith page.without_openssl():\n    from page import serve\n"
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
            finally:
                page.terminate()
        show(result, options.json)


if __name__ == "__main__":
    main()
