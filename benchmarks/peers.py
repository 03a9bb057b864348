"""Sodien beside its peers on one simulated GPIO line (gpio-sim): wake-ups, CPU, memory, bytes, losses.

(i) `bare`: gpiozero on lgpio, `when_changed`, and it only counts. (ii) `sqlite`: the usual tutorial's script,
one commit per pulse. (iii) `sodien`: `sodien run` doing its whole job, with a Mosquitto on loopback. Each
reads the same line in turn. It needs root and gpio-sim's chip at /sys/devices/platform/gpio-sim.0, as in the
lab:

    make peers

The CPU of `sodien` is told against `bare`'s too. Bytes are those that reach a disk: none in the lab's memory.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from common import ROOT, arguments, compiled, cpu_seconds, folder, rss_mb, show

PIN = 17
PULL = Path(f"/sys/devices/platform/gpio-sim.0/gpiochip0/sim_gpio{PIN}/pull")
#: (pulses a second, width in s, seconds)
RATES = ((1, 0.03, 60), (5, 0.03, 60), (16, 0.03, 60), (500, 0.001, 20))

BARE = f"""
import os, signal
os.environ["GPIOZERO_PIN_FACTORY"] = "lgpio"
from gpiozero import DigitalInputDevice
count = 0
def changed(ticks, state):
    global count
    count += state
device = DigitalInputDevice({PIN}, pull_up=None, active_state=True)
device.pin.when_changed = changed
signal.signal(signal.SIGTERM, lambda *_: (print(count, flush=True), os._exit(0)))
print("ready", flush=True)
while True:
    signal.pause()
"""
SQLITE = f"""
import os, signal, sqlite3, time
os.environ["GPIOZERO_PIN_FACTORY"] = "lgpio"
from gpiozero import Button
base = sqlite3.connect("pulses.db", check_same_thread=False)
base.execute("create table pulse(at)")
def pressed():
    base.execute("insert into pulse values(?)", (time.time(),))
    base.commit()
button = Button({PIN}, pull_up=None, active_state=True)
button.when_pressed = pressed
def stop(*_):
    print(base.execute("select count(*) from pulse").fetchone()[0], flush=True)
    os._exit(0)
signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
while True:
    signal.pause()
"""


def switches(pid: int) -> int:
    """Context switches of all threads so far."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            if "ctxt_switches" in line:
                total += int(line.split()[1])
    return total


def written(pid: int) -> int:
    """Bytes sent to the storage layer."""
    fields = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    return int(fields["write_bytes"])


class Line:
    """The line from outside."""

    def __init__(self) -> None:
        self._fd = os.open(PULL, os.O_WRONLY)
        self.sent = 0
        self.drive(False)

    def drive(self, level: bool) -> None:
        """Set the level."""
        os.pwrite(self._fd, b"pull-up" if level else b"pull-down", 0)

    def train(self, rate: float, width: float, seconds: float) -> int:
        """Pulses for some seconds, or longer where the machine is too slow; returns how many."""
        pulses = int(rate * seconds)
        due = time.monotonic()
        for _ in range(pulses):
            for level, stay in ((True, width), (False, 1 / rate - width)):
                ahead = due - time.monotonic()
                if ahead > 0:
                    time.sleep(ahead)
                self.drive(level)
                # Never catch up: that would make other pulses than are meant.
                due = max(due, time.monotonic()) + stay
        self.sent += pulses
        return pulses


def unit_environment() -> dict[str, str]:
    """The environment that systemd's unit gives the daemon."""
    lines = (ROOT / "systemd" / "sodien-firmware.service").read_text().splitlines()
    pairs = [pair for line in lines if line.startswith("Environment=") for pair in line[12:].split()]
    return dict(pair.split("=", 1) for pair in pairs)


@contextmanager
def peer(name: str, where: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Start a peer and wait until it counts."""
    env = env | {"LG_WD": str(where)}
    if name == "sodien":
        (where / "sodien.yaml").write_text(
            "device: bench\nclock: trust\nledger: {path: ledger.db}\ngpio: {factory: auto}\n"
            "mqtt: {port: 18883, confirm: broker}\nmeters:\n"
            f"  - {{id: main, pin: {PIN}, constant: 10000, breaker_amps: 300, phases: 3, "
            "min_pulse_ms: 0.5}\n"
        )
        command = [sys.executable, "-m", "sodien", "run", "-c", "sodien.yaml"]
    else:
        command = [sys.executable, "-c", BARE if name == "bare" else SQLITE]
    with subprocess.Popen(
        command, cwd=where, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        stream = process.stderr if name == "sodien" else process.stdout
        assert stream is not None
        word = "counting" if name == "sodien" else "ready"
        told = ""
        for told in stream:
            if word in told:
                break
        else:
            errors = (process.stderr.read() if process.stderr and not process.stderr.closed else "") or told
            sys.exit(f"{name} ended before it counted: {(errors.strip().splitlines() or ['no word'])[-1]}")
        yield process
        process.kill()


def counted(name: str, where: Path, process: subprocess.Popen[str]) -> int:
    """End the peer; what it says it counted."""
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=600)
    if name != "sodien":
        return int(out.split()[-1])
    with sqlite3.connect(where / "ledger.db") as base:
        health = "select body from entry where kind = 'health' order by seq desc"
        print(base.execute(health).fetchone()[0], file=sys.stderr)
        return int(base.execute("select max(pulses) from entry where kind = 'tick'").fetchone()[0])


def measure(name: str, seconds: float, result: dict[str, Any]) -> None:
    """All figures of one peer."""
    with ExitStack() as stack:
        env = stack.enter_context(compiled()) | (unit_environment() if name == "sodien" else {})
        with folder() as first, peer(name, first, env):
            pass  # what it imports is byte-compiled now
        where = stack.enter_context(folder())
        process = stack.enter_context(peer(name, where, env))
        pid, line = process.pid, Line()
        time.sleep(5)
        before, cpu, begin = switches(pid), cpu_seconds(pid), time.monotonic()
        time.sleep(seconds)
        passed = time.monotonic() - begin
        result[f"{name}_idle_wakeups_s"] = round((switches(pid) - before) / passed, 1)
        result[f"{name}_idle_cpu_percent"] = round((cpu_seconds(pid) - cpu) / passed * 100, 3)
        for rate, width, length in RATES:
            cpu, io, begin = cpu_seconds(pid), written(pid), time.monotonic()
            pulses = line.train(rate, width, min(length, seconds))
            time.sleep(1)
            used, passed = cpu_seconds(pid) - cpu, time.monotonic() - begin
            result[f"{name}_{rate}_s_cpu_percent"] = round(used / passed * 100, 3)
            result[f"{name}_{rate}_s_cpu_s_per_10000"] = round(used / pulses * 10_000, 2)
            if (wrote := written(pid) - io) > 0:
                result[f"{name}_{rate}_s_bytes_per_pulse"] = round(wrote / pulses)
        os.kill(pid, signal.SIGSTOP)
        line.train(10, 0.03, 5)
        os.kill(pid, signal.SIGCONT)
        time.sleep(2)
        result[f"{name}_rss_mb"] = rss_mb(pid)
        result[f"{name}_lost_of_{line.sent}"] = line.sent - counted(name, where, process)


def compare(result: dict[str, Any]) -> None:
    """What Sodien takes as a share of what the bare script takes."""
    units = {f"{rate}_s_cpu": "percent" for rate, _, _ in RATES} | {"rss": "mb"}
    for what, unit in units.items():
        own, bare = result.get(f"sodien_{what}_{unit}"), result.get(f"bare_{what}_{unit}")
        if own and bare:
            result[f"sodien_to_bare_{what}"] = round(own / bare, 2)


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--seconds", type=float, default=60, help="of each measurement, at most")
    parser.add_argument("--peers", default="bare,sqlite,sodien")
    given = parser.parse_args()
    if not PULL.exists():
        sys.exit(f"no {PULL}: run it in the lab, with: make peers")
    result: dict[str, Any] = {}
    with folder() as where:
        (where / "mosquitto.conf").write_text("listener 18883 127.0.0.1\nallow_anonymous true\n")
        broker = subprocess.Popen(
            ["mosquitto", "-c", str(where / "mosquitto.conf")], stderr=subprocess.DEVNULL
        )
        for name in given.peers.split(","):
            measure(name, given.seconds, result)
        broker.terminate()
        broker.wait()
    compare(result)
    show(result, given.json, "lost: all trains and a stop (SIGSTOP) of 5 s at 10 pulses a second")


if __name__ == "__main__":
    main()
