"""What the benchmarks share: settings in a throw-away folder, /proc figures, output."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the benchmarks of a checkout use the test servers


def arguments(text: str) -> argparse.ArgumentParser:
    """A parser that knows --json."""
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return parser


def show(result: dict[str, Any], as_json: bool, note: str = "") -> None:
    """Print the result; the machine it comes from is part of it."""
    result["machine"] = f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    result["load"] = round(os.getloadavg()[0], 1)
    if as_json:
        print(json.dumps(result))
        return
    width = max(map(len, result))
    for key, value in result.items():
        print(f"{key.replace('_', ' '):<{width}}  {value}")
    if note:
        print(f"\n{note}")


@contextmanager
def folder() -> Iterator[Path]:
    """A directory that is thrown away; on a real file system, so that writes are real (SODIEN_BENCH_DIR)."""
    with tempfile.TemporaryDirectory(prefix="sodien-bench-", dir=os.environ.get("SODIEN_BENCH_DIR")) as path:
        yield Path(path)


@contextmanager
def compiled() -> Iterator[dict[str, str]]:
    """An environment in which modules are byte-compiled once, as an installation's are.

    Compiling at each start would count as the program's own memory and time.
    """
    with tempfile.TemporaryDirectory(prefix="sodien-bench-") as cache:
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        yield env | {"PYTHONPYCACHEPREFIX": cache}


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far, to the nanosecond."""
    # What clock_getcpuclockid(3) gives, which Python has not; /proc/PID/stat counts in 10 ms.
    return time.clock_gettime(~pid << 3 | 2)


def rss_mb(pid: int) -> float:
    """Resident memory of a process in MB (10^6 bytes)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    kib = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return round(kib * 1024 / 1e6, 1)


def until(check: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for something to become true; ends the program when it does not."""
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            sys.exit(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def settings_file(where: Path, *, speed: float = 1, kw: float = 1.0, extra: str = "") -> Path:
    """Settings of one simulated meter under a steady load, in a folder."""
    (where / "load.csv").write_text(f"time,power_kw\n2026-11-01T00:00:00,{kw}\n2026-11-01T00:01:00,{kw}\n")
    file = where / "sodien.yaml"
    file.write_text(
        "device: bench\nclock: trust\n"
        "ledger: {path: ledger.db}\n"
        "gpio: {factory: simulated, simulated: "
        f"{{speed: {speed}, truth: pulses.log, profile: load.csv}}}}\n"
        "meters:\n  - {id: main, pin: 17, constant: 1600}\n" + extra
    )
    return file
