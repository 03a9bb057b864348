"""A household with its two programs as real processes: what they were told, what they keep, what was true."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sodien.ledger.store import Ledger, NewRow, Row
from sodien.protocol.entries import KINDS
from tests.support.servers import Influx

DEVICE = "nha-toi"
SPEED = 60
AT_RISK_WH = 100
CONSTANT = 1600
AT_RISK_PULSES = AT_RISK_WH * CONSTANT // 1000
Key = tuple[str, str, int]
T = TypeVar("T")


def until(check: Callable[[], T | None], seconds: float, what: str) -> T:
    """The first true answer; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.1)


class Program:
    """`sodien <command>` as a process of its own; may be killed and started again."""

    def __init__(self, name: str, settings: Path, *arguments: str) -> None:
        self.name = name
        self.arguments = [name, "-c", str(settings), *arguments]
        self.log = settings.parent / f"{'-'.join([name, *arguments[-1:]]).replace('/', '_')}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    def start(self) -> None:
        assert self.process is None
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sodien", *self.arguments], stdout=log, stderr=log
            )

    def kill(self) -> None:
        """SIGKILL, at whatever it is doing."""
        assert self.process is not None
        assert self.process.poll() is None, self.text()
        self.process.kill()
        self.process.wait(10)
        self.process = None
        self.kills += 1

    def stop(self) -> None:
        """SIGTERM; it has to end well."""
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait(20) == 0, self.text()
        self.process = None

    def end(self) -> None:
        """Whatever happened: leave nothing behind."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""


class Household:
    """The settings of one device in a folder of its own, and its ledger, truth log and programs."""

    def __init__(self, folder: Path, mqtt_port: int, influx_url: str, *, watts: int = 1500) -> None:
        self.folder = folder
        self.file = folder / "sodien.yaml"
        self.ledger_path = folder / "ledger.db"
        self.truth = folder / "pulses.log"
        profile = folder / "load.csv"
        rows = [
            f"2026-11-01T{minute // 60:02}:{minute % 60:02}:00,{watts * (1 + minute % 5) / 3000}"
            for minute in range(120)
        ]
        profile.write_text("time,power_kw\n" + "\n".join(rows) + "\n")
        self.file.write_text(
            f"device: {DEVICE}\nclock: trust\n"
            f"ledger: {{path: ledger.db, at_risk_wh: {AT_RISK_WH}}}\n"
            "gpio: {factory: simulated, simulated: "
            f"{{speed: {SPEED}, truth: pulses.log, profile: load.csv}}}}\n"
            f"meters:\n  - {{id: main, pin: 17, constant: {CONSTANT}}}\n"
            f"mqtt: {{host: 127.0.0.1, port: {mqtt_port}}}\n"
            f'influxdb: {{url: "{influx_url}"}}\n'
            "collector: {aside: aside.jsonl, client_id: test-collector}\n"
        )
        self.programs: list[Program] = []
        self.firmware = self.program("run")
        self.collector = self.program("collect")

    def program(self, name: str, *arguments: str) -> Program:
        program = Program(name, self.file, *arguments)
        self.programs.append(program)
        return program

    def __enter__(self) -> Household:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for program in self.programs:
            program.end()
            if kind is not None:
                print(f"--- {program.log.name}\n{program.text()[-3000:]}")

    # -- what they keep --------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """`sodien status --json`, as a script would call it."""
        done = subprocess.run(
            [sys.executable, "-m", "sodien", "status", "-c", str(self.file), "--json"],
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        report: dict[str, Any] = json.loads(done.stdout)
        return report

    def queue(self) -> int | None:
        """Entries the database has not confirmed, as the running daemon last wrote; None without one."""
        for path in self.folder.glob("*.state.json"):
            try:
                state = json.loads(path.read_text())
            except (OSError, ValueError):
                return None
            process = self.firmware.process
            if process is not None and state["pid"] == process.pid:
                found: int | None = state.get("queue")
                return found
        return None

    def rows(self) -> list[Row]:
        """Every dated row of the ledger."""
        ledger = Ledger.open(self.ledger_path)
        try:
            return ledger.rows(limit=1_000_000)
        finally:
            ledger.close()

    def saved(self) -> int:
        """The cumulative count the ledger holds."""
        ledger = Ledger.open(self.ledger_path)
        try:
            return max((save.pulses for save in ledger.saves().values()), default=0)
        finally:
            ledger.close()

    def true_pulses(self) -> list[int]:
        """Monotonic nanoseconds of every pulse that was emitted."""
        lines = self.truth.read_text().splitlines() if self.truth.exists() else []
        counts = [int(line.split()[1]) for line in lines]
        assert counts == list(range(1, len(counts) + 1))
        return [int(line.split()[2]) for line in lines]

    def counting(self) -> bool:
        """Whether the running daemon has emitted, and so counts, pulses."""
        before = self.truth.stat().st_size if self.truth.exists() else 0
        until(lambda: self.truth.exists() and self.truth.stat().st_size > before, 20, "a pulse")
        return True


def expected(rows: list[Row]) -> dict[Key, int | None]:
    """What a database has to hold for these rows: (measurement, meter, ms) and the pulses of ticks."""
    measurement = {kind: "meter" if kind == "tick" else kind for kind in KINDS}
    keys = {(measurement[r.kind], r.meter, r.at or 0): r.pulses if r.kind == "tick" else None for r in rows}
    assert len(keys) == len(rows), "two entries with one identity"
    return keys


def stored(influxdb: Influx, db: str = "sodien") -> dict[Key, int | None]:
    """What the database holds, found by InfluxQL."""
    found: dict[Key, int | None] = {}
    databases = {row["name"] for row in influxdb.query("SHOW DATABASES")}
    if db not in databases:
        return found
    for name in sorted({"meter", *KINDS} - {"tick"}):
        for row in influxdb.query(f"SELECT * FROM \"{name}\" WHERE device = '{DEVICE}'", db):
            key = (name, row.get("meter") or "", row["time"])
            assert key not in found, f"twice: {key}"
            found[key] = row["pulses"] if name == "meter" else None
    return found


def wait_for_all(house: Household, influxdb: Influx, seconds: float) -> dict[Key, int | None]:
    """Wait until the database holds exactly what the ledger does; the firmware must not run."""
    want = expected(house.rows())
    deadline = time.monotonic() + seconds
    while True:
        have = stored(influxdb)
        if have == want:
            return have
        if time.monotonic() > deadline:
            missing, more = want.keys() - have.keys(), have.keys() - want.keys()
            wrong = {key for key in want.keys() & have.keys() if want[key] != have[key]}
            raise AssertionError(f"missing {sorted(missing)}, unknown {sorted(more)}, wrong {sorted(wrong)}")
        time.sleep(0.2)


def month_of_ticks(path: Path, count: int, *, end_ms: int, boot: str = "0" * 8) -> None:
    """A ledger as a daemon leaves it that ran without a broker: one tick a minute."""
    ledger = Ledger.open(path, create=True, durable=False)
    start = end_ms - count * 60_000
    run = ledger.begin_run(boot, 0, "test")
    detail = {
        "constant": str(CONSTANT),
        "p_max_w": 8800 * SPEED,
        "digits": 5,
        "decimals": 1,
        "multiplier": "1",
    }
    rows = [NewRow("event", "main", run, 0, start, body={"what": "meter", "detail": detail})]
    rows += [
        NewRow("tick", "main", run, n * 60_000_000_000, start + n * 60_000, pulses=n * 7, first=50_000)
        for n in range(count)
    ]
    ledger.append(rows, stop=(run, count * 60_000_000_000))
    ledger.close()


def environment() -> dict[str, str]:
    """The environment for a child without this test's own settings."""
    return {key: value for key, value in os.environ.items() if not key.startswith("SODIEN")}
