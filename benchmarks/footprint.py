"""CPU seconds per 10,000 pulses and resident memory, beside a bare gpiozero `when_changed` script.

Memory also beside a script that only loads the libraries that Sodien stands on, and does nothing with them.

Both run on the same simulated factory with the same load for the same time, side by side. The simulated LED
is part of both, so the difference is Sodien's own share; a broker that is not there is part of Sodien's.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from common import arguments, cpu_seconds, folder, rss_mb, settings_file, show, until

KW = 7.5

BARE = """
import signal, sys, time
from pathlib import Path
from gpiozero import DigitalInputDevice
from firmware.simulation.source import SimulatedFactory, SimulatedSource
from sodien.clock import SystemClock
from sodien.settings.model import load
settings, clock = load(Path(sys.argv[1])), SystemClock(True)
factory = SimulatedFactory(clock)
source = SimulatedSource(factory, settings, clock)
count = 0
def changed():
    global count
    count += 1
device = DigitalInputDevice(17, pull_up=None, active_state=True, pin_factory=factory)
device.pin.when_changed = lambda ticks, state: changed()
source.start()
signal.pause()
"""

LIBRARIES = """
import signal
import gpiozero, paho.mqtt.client, sqlite3, yaml
print("loaded", flush=True)
signal.pause()
"""


def libraries_mb() -> float:
    """Resident memory of the libraries alone."""
    with subprocess.Popen([sys.executable, "-c", LIBRARIES], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = rss_mb(child.pid)
        child.kill()
    return found


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=float, default=100, help="pulses per second")
    options = parser.parse_args()
    speed = round(options.rate / (KW * 1600 / 3600), 2)
    libraries = libraries_mb()
    result: dict[str, object] = {"pulses_per_s": options.rate, "libraries_rss_mb": libraries}
    with folder() as top:
        children, truths = {}, {}
        for name in ("bare", "sodien"):
            where = Path(top) / name
            where.mkdir()
            file = settings_file(where, speed=speed, kw=KW, extra="mqtt: {port: 1}\n")
            bare = [sys.executable, "-c", BARE, str(file)]
            command = bare if name == "bare" else [sys.executable, "-m", "sodien", "run", "-c", str(file)]
            with (where / "log").open("wb") as log:
                children[name] = subprocess.Popen(command, stderr=log)
            truths[name] = where / "pulses.log"
        try:
            for name, truth in truths.items():
                until(lambda t=truth: t.exists() and t.stat().st_size > 0, 30, f"first pulse of {name}")
            before = {
                n: (cpu_seconds(c.pid), len(truths[n].read_bytes().splitlines())) for n, c in children.items()
            }
            time.sleep(options.seconds)  # the length of the measurement
            for name, child in children.items():
                used = cpu_seconds(child.pid) - before[name][0]
                pulses = len(truths[name].read_bytes().splitlines()) - before[name][1]
                result[f"{name}_cpu_s_per_10000_pulses"] = round(used / pulses * 10_000, 2)
                result[f"{name}_rss_mb"] = rss_mb(child.pid)
            result["sodien_rss_per_libraries"] = round(rss_mb(children["sodien"].pid) / libraries, 2)
        finally:
            for child in children.values():
                child.kill()
                child.wait()
    show(
        result,
        options.json,
        "Sodien also writes its ledger and looks for a broker meanwhile; the bare script only counts.",
    )


if __name__ == "__main__":
    main()
