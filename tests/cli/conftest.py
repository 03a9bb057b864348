"""A household's settings and ledger, and the command line as a person uses it."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from firmware.simulation.manual_clock import ManualClock
from firmware.simulation.source import SimulatedSource
from sodien import i18n
from sodien.cli import aim
from sodien.cli.group import run
from sodien.device import state as state_file
from sodien.device.state import Count
from sodien.ledger.store import Ledger, NewRow, Save
from sodien.protocol.messages import Live
from sodien.protocol.times import parse_time
from tests.support.rows import body_of

MINUTE = 60_000
#: 2026-10-30 08:00 in Việt Nam, the meter's time zone.
START = int(dt.datetime(2026, 10, 30, 1, tzinfo=dt.UTC).timestamp()) * 1000
PER_MINUTE = 8
CONSTANT = 1600

SETTINGS = """\
device: nha-toi
clock: trust
ledger: {path: ledger.db}
gpio: {factory: simulated}
meters:
  - {id: main, pin: 17, constant: 1600, digits: 5, decimals: 1, reading_day: last}
"""


@dataclass(frozen=True)
class Result:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def one_sentence(self) -> str:
        """Standard error when it is one line and no traceback."""
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        return self.err


Sodien = Callable[..., Result]


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SODIEN_LANG", "SODIEN_CONFIG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(i18n, "_language", "en")
    monkeypatch.setattr(i18n, "_finish", None)


@pytest.fixture
def sodien(capsys: pytest.CaptureFixture[str]) -> Sodien:
    def call(*words: object) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            run([str(word) for word in words])
        out, err = capsys.readouterr()
        code = stop.value.code
        assert isinstance(code, int)
        return Result(code, out, err)

    return call


@pytest.fixture
def stepped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of `sodien aim` is stepped: the LED flashes to the nanosecond, and nothing is waited for."""
    clock = ManualClock()
    sources: list[SimulatedSource] = []

    def step(seconds: float) -> None:
        sources[-1].run_until(clock.now_ns() + int(seconds * 1e9))

    monkeypatch.setattr("sodien.cli.aim.SystemClock", lambda trust: clock)
    monkeypatch.setattr(SimulatedSource, "start", lambda source: sources.append(source))
    monkeypatch.setattr(aim, "time", SimpleNamespace(sleep=step))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings without a ledger yet."""
    path = tmp_path / "sodien.yaml"
    path.write_text(SETTINGS)
    return path


def minute(number: int) -> int:
    return START + number * MINUTE


def tick(run_id: int, number: int, pulses: int) -> NewRow:
    return NewRow("tick", "main", run_id, number * MINUTE * 1_000_000, minute(number), pulses, 10)


def runs(home: Path, live: Live | None, *, broker: str = "connected", clock_set: bool = True) -> None:
    """Leave the state of a daemon that runs on this ledger."""
    ledger = Ledger.open(home.parent / "ledger.db")
    lives = {"main": live} if live is not None else {}
    counts = {}
    if live is not None and live.at is not None:
        mono = (parse_time(live.at) - START) * 1_000_000
        counts["main"] = Count(1, mono, live.pulses, minute(150) * 1_000_000 - START * 1_000_000)
    state = state_file.State(os.getpid(), minute(151), clock_set, broker, queue=3, live=lives, counts=counts)
    state_file.write(state_file.write_path(ledger), state)
    ledger.close()


def fill(ledger: Ledger) -> None:
    """An hour at 0.3 kW, an hour without power, half an hour at 0.3 kW; a snapshot from long before."""
    run_id = ledger.begin_run("boot", 0, "1")
    rows = [tick(run_id, n, n * PER_MINUTE) for n in range(61)]
    gap = {"ns": 60 * MINUTE * 1_000_000, "reason": "power", "after": 480, "high": "8.8"}
    rows.append(NewRow("gap", "main", run_id, None, minute(60), 480, body=gap))
    rows += [tick(run_id, 120 + n, 480 + n * PER_MINUTE) for n in range(1, 31)]
    ledger.append(rows, [Save("main", run_id, 150 * MINUTE * 1_000_000, 720)])


SNAPSHOT = {
    "day": "2026-10-31",
    "start": {
        "at": "2026-10-30T17:00:00.000Z",
        "register": {"low": "12345.6", "best": "12345.65", "high": "12345.7"},
    },
    "end": {"at": "2026-10-31T17:00:00.000Z", "why": "no dial reading yet"},
}


@pytest.fixture
def home(config: Path) -> Path:
    """Settings with a ledger of one morning."""
    ledger = Ledger.open(config.parent / "ledger.db", create=True)
    fill(ledger)
    ledger.append([NewRow("snapshot", "main", None, None, minute(2500), body=SNAPSHOT)])
    ledger.close()
    return config


@pytest.fixture
def readings(home: Path) -> Callable[[], list[dict[str, Any]]]:
    """The dial readings in the ledger."""

    def read() -> list[dict[str, Any]]:
        ledger = Ledger.open(home.parent / "ledger.db")
        try:
            return [{"at": row.at, **body_of(row)} for row in ledger.of_kind("dial", "main")]
        finally:
            ledger.close()

    return read
