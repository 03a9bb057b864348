"""CPU seconds per 10,000 pulses and resident memory, beside a bare gpiozero `when_changed` script.

Memory also beside a script that only loads the libraries that Sodien stands on, and does nothing with them:
that one as anybody would start it, Sodien with the environment of its unit, as it is installed. More than
``GOAL`` times its memory ends in failure.

Both run on the same simulated factory with the same load for the same time, side by side. The simulated LED
is part of both, so the difference is Sodien's own share; a broker that is not there is part of Sodien's.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from common import ROOT, arguments, compiled, cpu_seconds, folder, rss_mb, settings_file, show, until

KW = 7.5
GOAL = 1.25

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


def unit_environment() -> dict[str, str]:
    """What the unit sets for Sodien."""
    unit = (ROOT / "systemd" / "sodien-firmware.service").read_text(encoding="utf-8")
    lines = [
        line.removeprefix("Environment=") for line in unit.splitlines() if line.startswith("Environment=")
    ]
    return dict(pair.split("=", 1) for line in lines for pair in line.split())


def libraries_mb(env: dict[str, str]) -> float:
    """Resident memory of the libraries alone."""
    with subprocess.Popen([sys.executable, "-c", LIBRARIES], stdout=subprocess.PIPE, env=env) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = rss_mb(child.pid)
        child.kill()
    return found


def start(name: str, where: Path, speed: float, env: dict[str, str]) -> tuple[subprocess.Popen[bytes], Path]:
    """``bare`` or ``sodien``, with the file that says which pulses there were."""
    where.mkdir()
    file = settings_file(where, speed=speed, kw=KW, extra="mqtt: {port: 1}\n")
    if name == "bare":
        command = [sys.executable, "-c", BARE, str(file)]
    else:
        command = [sys.executable, "-m", "sodien", "run", "--config", str(file)]
        env = env | unit_environment()
    with (where / "log").open("wb") as log:
        child = subprocess.Popen(command, stderr=log, env=env)
    truth = where / "pulses.log"
    until(lambda: truth.exists() and truth.stat().st_size > 0, 30, f"first pulse of {name}")
    return child, truth


def end(children: Iterable[subprocess.Popen[bytes]]) -> None:
    """Kill them."""
    for child in children:
        child.kill()
        child.wait()


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=float, default=100, help="pulses per second")
    options = parser.parse_args()
    speed = round(options.rate / (KW * 1600 / 3600), 2)
    names = ("bare", "sodien")
    with folder() as top, compiled() as env:
        for name in names:  # once for the compiler, whose memory would stay
            child, _ = start(name, top / f"{name}-first", speed, env)
            time.sleep(3)  # until what is imported late is
            end([child])
        libraries_mb(env)
        libraries = libraries_mb(env)
        result: dict[str, object] = {"pulses_per_s": options.rate, "libraries_rss_mb": libraries}
        started = {name: start(name, top / name, speed, env) for name in names}
        try:
            before = {
                name: (cpu_seconds(child.pid), len(truth.read_bytes().splitlines()))
                for name, (child, truth) in started.items()
            }
            time.sleep(options.seconds)  # the length of the measurement
            for name, (child, truth) in started.items():
                used = cpu_seconds(child.pid) - before[name][0]
                pulses = len(truth.read_bytes().splitlines()) - before[name][1]
                result[f"{name}_cpu_s_per_10000_pulses"] = round(used / pulses * 10_000, 2)
                result[f"{name}_rss_mb"] = rss_mb(child.pid)
            share = round(rss_mb(started["sodien"][0].pid) / libraries, 2)
            result["sodien_rss_per_libraries"] = share
        finally:
            end(child for child, _ in started.values())
    show(
        result,
        options.json,
        "Sodien also writes its ledger and looks for a broker meanwhile; the bare script only counts.",
    )
    if share > GOAL:
        sys.exit(f"more than {GOAL} times the memory of the libraries")


if __name__ == "__main__":
    main()
