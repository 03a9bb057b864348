"""Pulses per second the whole daemon sustains with nothing lost: simulated LED, gpiozero, filter, ledger.

`sodien run` as a process of its own, at growing speeds; a stage holds when everything the LED emitted is
counted. The LED of the same process competes for the same interpreter, so a real one allows more.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from common import arguments, cpu_seconds, folder, settings_file, show, until

KW = 8.0
PER_SECOND = KW * 1600 / 3600


def stage(rate: float, seconds: float) -> dict[str, float]:
    """Run the daemon at this many pulses per second for a while; what was emitted and counted."""
    from sodien.ledger.store import Ledger

    with folder() as where:
        file = settings_file(where, speed=round(rate / PER_SECOND, 1), kw=KW, extra="mqtt: {port: 1}\n")
        truth = where / "pulses.log"
        with (where / "log").open("wb") as log:
            child = subprocess.Popen([sys.executable, "-m", "sodien", "run", "-c", str(file)], stderr=log)
        try:
            until(lambda: truth.exists() and truth.stat().st_size > 0, 30, "the first pulse")
            begin, used = time.monotonic(), cpu_seconds(child.pid)
            time.sleep(seconds)  # the length of the measurement
            elapsed, used = time.monotonic() - begin, cpu_seconds(child.pid) - used
            child.terminate()
            child.wait(30)
        finally:
            child.kill()
        emitted = len(Path(truth).read_bytes().splitlines())
        ledger = Ledger.open(where / "ledger.db")
        counted = ledger.saves()["main"].pulses
        ledger.close()
    return {"asked": rate, "emitted": emitted, "counted": counted,
            "per_s": round(emitted / elapsed), "cpu": round(used / elapsed, 2)}  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--seconds", type=float, default=4)
    options = parser.parse_args()
    best: dict[str, float] = {}
    stages = []
    for rate in (50, 200, 500, 1000, 2000, 4000, 8000):
        found = stage(rate, options.seconds)
        stages.append(found)
        if found["emitted"] != found["counted"]:
            break
        best = found
        if found["per_s"] < rate * 0.8:
            break  # the source itself cannot go faster
    result = {"sustained_pulses_per_s": best.get("per_s", 0), "cpu_cores_used": best.get("cpu", 0),
              "highest_legal_40_A_1600_imp": round(8.8 * 1600 / 3600, 1), "stages": stages}  # fmt: skip
    show(result, options.json)


if __name__ == "__main__":
    main()
