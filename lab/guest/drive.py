"""Runs cases inside the machine: starts the unmodified daemon, drives the line, disturbs it, keeps what came.

Everything is judged outside. Steps (:class:`lab.case.Step`):

``stop`` S: the whole process is stopped (SIGSTOP) for S seconds. ``hold`` S: another program holds the
ledger for S seconds. ``suspend`` S: the data disk takes nothing for S seconds. ``set`` T: the wall clock is
set to T (seconds since 1970) by hand; nobody vouches for it. ``sync`` T: the same by an NTP client, which
does. ``step`` S: the synchronised clock jumps by S seconds. ``restart`` and ``kill``: the service is ended by
SIGTERM or SIGKILL and started anew. ``fill`` S: the data disk is full for S seconds.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import msgspec

from lab import schedule
from lab.case import PIN, Case, Done, Step
from sodien.clock import timex_type

LAB = Path("/run/lab")
DATA = Path("/mnt/data")
PULL = f"/sys/devices/platform/gpio-sim.0/gpiochip0/sim_gpio{PIN}/pull"
_ADJ_STATUS, _ADJ_MAXERROR, _ADJ_ESTERROR = 0x0010, 0x0004, 0x0008
_STA_PLL, _STA_UNSYNC = 0x0001, 0x0040


def vouch(synchronised: bool) -> None:
    """Tell the kernel what an NTP client tells it."""
    timex: Any = timex_type(ctypes.c_long)()
    timex.modes = _ADJ_STATUS | _ADJ_MAXERROR | _ADJ_ESTERROR
    timex.status = _STA_PLL if synchronised else _STA_UNSYNC
    timex.maxerror, timex.esterror = (1000, 100) if synchronised else (16_000_000, 16_000_000)
    ctypes.CDLL(None).adjtimex(ctypes.byref(timex))


def offset() -> int:
    """Wall clock minus monotonic clock, ns."""
    before, wall, after = time.monotonic_ns(), time.time_ns(), time.monotonic_ns()
    return wall - (before + after) // 2


class Daemon:
    """`sodien run` under something that speaks systemd's notification protocol."""

    def __init__(self, config: Path, log: Path) -> None:
        address = f"{config.parent}/notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address)
        self._is_ready = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        # What the systemd unit gives it besides.
        runtime = Path("/run/sodien")
        runtime.mkdir(exist_ok=True)
        self._environment = {**os.environ, "NOTIFY_SOCKET": address, "RUNTIME_DIRECTORY": str(runtime)}
        self._config, self._log = config, log
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "sodien", "run", "--config", str(self._config)],
                env=self._environment, stderr=file, stdout=file,
            )  # fmt: skip

    def again(self, number: int) -> None:
        """End it with this signal and start it anew, as systemd does."""
        self.process.send_signal(number)
        self.process.wait()
        self._is_ready.clear()
        self.process = self._start()
        self.ready()

    def ready(self) -> None:
        """Wait until it counts."""
        # No deadline here: while files are read from the host, the machine's clock runs ahead of it.
        while self.process.poll() is None:
            if self._is_ready.wait(0.1):
                return
        sys.exit(f"the daemon ended with {self.process.returncode} before it counted; see daemon.log")

    def _listen(self) -> None:
        """Take in all it says, as systemd does: what nobody reads would hold it up."""
        while True:
            try:
                message = self._socket.recv(4096)
            except OSError:
                return  # closed
            if b"READY=1" in message:
                self._is_ready.set()

    def cpu_s(self) -> float:
        """Processor seconds used so far, exact: by the scheduler's account, not by the tick's samples."""
        try:
            return time.clock_gettime(~self.process.pid << 3 | 2)
        except OSError:
            return 0.0  # it is gone

    def stop(self) -> tuple[int, Any]:
        """SIGTERM; the exit code and what it used."""
        os.kill(self.process.pid, signal.SIGTERM)
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self._socket.close()
        return self.process.returncode, usage


class Player:
    """The real-time pulse source; see player.c."""

    def __init__(self, edges: bytes, truth: Path, *, lead_ms: int = 500) -> None:
        plan = truth.with_suffix(".schedule")
        plan.write_bytes(edges)
        self.truth = truth
        self.process = subprocess.Popen([str(LAB / "player"), PULL, str(plan), str(truth), str(lead_ms)])
        while not truth.exists() or truth.stat().st_size < 16:
            time.sleep(0.01)
        with truth.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        while not self.origin:
            time.sleep(0.01)

    @property
    def origin(self) -> int:
        """Monotonic ns of the schedule's offset 0."""
        return int(struct.unpack_from("<q", self._map, 8)[0])

    @property
    def edges(self) -> int:
        """Edges driven so far."""
        return int(struct.unpack_from("<q", self._map)[0])

    def times(self, edge: int) -> tuple[int, int]:
        """Monotonic ns just before and just after an edge was driven."""
        before, after = struct.unpack_from("<2q", self._map, 16 + 16 * edge)
        return int(before), int(after)

    def wait(self) -> None:
        """Wait for the end of the schedule."""
        if self.process.wait():
            sys.exit("the player failed")


WARM = """
for name in ("sodien.cli.run", "firmware.daemon", "firmware.simulation.source", "gpiozero.pins.lgpio",
             "firmware.gpio.libgpiod.pins"):
    try:
        __import__(name)
    except Exception:
        pass
"""


def warm() -> None:
    """Read from the host what the daemon will import, so that it takes no time later."""
    subprocess.run([sys.executable, "-c", WARM], capture_output=True, check=False)


def until(mono_ns: int) -> None:
    """Sleep until a monotonic time."""
    while (left := mono_ns - time.monotonic_ns()) > 0:
        time.sleep(left / 1e9)


def fill(ballast: Path) -> None:
    """Write until the data disk is full."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def perform(step: Step, daemon: Daemon, ledger: Path) -> None:
    """Do what a step says, and come back when it is over."""
    match step.action:
        case "stop":
            daemon.process.send_signal(signal.SIGSTOP)
            time.sleep(step.value)
            daemon.process.send_signal(signal.SIGCONT)
        case "hold":
            db = sqlite3.connect(ledger, isolation_level=None, timeout=60)
            db.execute("BEGIN IMMEDIATE")
            time.sleep(step.value)
            db.execute("ROLLBACK")
            db.close()
        case "suspend":
            dm = ["dmsetup", "--noudevsync"]
            subprocess.run([*dm, "suspend", "--nolockfs", "--noflush", "data"], check=True)
            time.sleep(step.value)
            subprocess.run([*dm, "resume", "data"], check=True)
        case "set" | "sync":
            time.clock_settime_ns(time.CLOCK_REALTIME, round(step.value * 1e9))
            vouch(step.action == "sync")
        case "step":
            time.clock_settime_ns(time.CLOCK_REALTIME, time.time_ns() + round(step.value * 1e9))
            vouch(True)
        case "restart" | "kill":
            daemon.again(signal.SIGTERM if step.action == "restart" else signal.SIGKILL)
        case "fill":
            ballast = DATA / "ballast"
            fill(ballast)
            time.sleep(step.value)
            ballast.unlink()
        case other:
            sys.exit(f"no such step: {other}")


def run(case: Case, factory: str) -> Done:
    """One case; leaves truth.bin, ledger.db, daemon.log and done.json in its folder outside."""
    place, keep = DATA / case.slug, LAB / case.slug
    place.mkdir()
    keep.mkdir(exist_ok=True)
    Path(PULL).write_text("pull-down" if case.active_high else "pull-up")
    config, ledger, truth = place / "sodien.yaml", place / "ledger.db", Path(f"/dev/shm/{case.slug}.bin")
    config.write_text(case.yaml(str(ledger), factory))
    vouch(case.synchronised)
    for step in case.steps:
        if step.at_s < 0:
            time.clock_settime_ns(time.CLOCK_REALTIME, round(step.value * 1e9))
            vouch(step.action == "sync")
    offsets = [{"mono": time.monotonic_ns(), "offset": offset(), "synchronised": case.synchronised}]
    daemon = Daemon(config, keep / "daemon.log")
    daemon.ready()
    started = time.monotonic_ns()
    cpu_before = daemon.cpu_s()
    player = Player(schedule.encode(case.edges), truth)
    notes: list[dict[str, Any]] = []
    for step in case.steps:
        if step.at_s < 0:
            continue
        until(player.origin + round(step.at_s * 1e9))
        at = time.monotonic_ns()
        perform(step, daemon, ledger)
        notes.append({"action": step.action, "from": at, "to": time.monotonic_ns()})
        if step.action in ("set", "sync", "step"):
            offsets.append({"mono": at, "offset": offset(), "synchronised": step.action != "set"})
    player.wait()
    time.sleep(case.settle_s)
    cpu_s = daemon.cpu_s() - cpu_before
    code, usage = daemon.stop()
    done = Done(
        name=case.name, code=code, cpu_s=cpu_s,
        switches=usage.ru_nvcsw + usage.ru_nivcsw, seconds=(time.monotonic_ns() - started) / 1e9,
        started=started, stopped=time.monotonic_ns(), steps=notes, offsets=offsets,
    )  # fmt: skip
    shutil.copy(truth, keep / "truth.bin")
    for suffix in ("", "-wal"):
        (keep / f"ledger.db{suffix}").unlink(missing_ok=True)
        if Path(f"{ledger}{suffix}").exists():
            shutil.copy(f"{ledger}{suffix}", keep / f"ledger.db{suffix}")
    (keep / "done.json").write_bytes(msgspec.json.encode(done))
    truth.unlink()
    truth.with_suffix(".schedule").unlink()
    return done


class Plan(msgspec.Struct, frozen=True):
    """What the host left for this run."""

    factory: str
    cases: list[Case]


def main() -> None:
    """Run the plan; a case that fails is told and the others go on."""
    plan = msgspec.json.decode((LAB / "plan.json").read_bytes(), type=Plan)
    warm()
    for case in plan.cases:
        done = run(case, plan.factory)
        print(f"{done.name}: {done.seconds:.0f} s inside, exit code {done.code}", flush=True)


if __name__ == "__main__":
    main()
