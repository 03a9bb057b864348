"""`sodien meter-test`: a person, a plug-in meter and a daemon that tells its count, all simulated."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from firmware.simulation.manual_clock import ManualClock
from sodien.cli import meter_test
from sodien.clock import now_ms
from sodien.device import state as daemon_state
from sodien.device.state import Count, State
from sodien.ledger.store import Ledger
from tests.cli.conftest import CONSTANT, Sodien

TOLD_S = 5


@dataclass
class World:
    """A meter that is wrong by ``error`` per cent; the daemon tells its count every few seconds."""

    error: float = 0.0
    base_kw: float = 0.005
    load_kw: float = 2.0
    plug_error: float = 0.0
    on: bool = False
    used: float = 0.0
    metered: float = 0.3
    run: int = 1
    doubt: int = 0
    clock: ManualClock = field(default_factory=ManualClock)
    told: Count | None = None

    def sleep(self, seconds: float) -> None:
        for _ in range(max(1, round(seconds * 5))):
            self.clock.advance(200_000_000)
            kwh = (self.load_kw if self.on else 0.0) * 0.2 / 3600
            self.used += kwh
            self.metered += (kwh + self.base_kw * 0.2 / 3600) * (1 + self.error / 100)
            mono = self.clock.monotonic_ns()
            if self.told is None or mono - self.told.mono >= TOLD_S * 1_000_000_000:
                self.told = Count(self.run, mono, math.floor(self.metered * CONSTANT), None, self.doubt)

    def state(self, _ledger: object) -> State:
        counts = {"main": self.told} if self.told is not None else {}
        return State(os.getpid(), 0, True, "connected", counts=counts)

    def display(self) -> str:
        return f"{math.floor((12.344 + self.used * (1 + self.plug_error / 100)) * 100) / 100:.2f}"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    world.sleep(20)

    def prompt(say: str, *, value_proc: Callable[[str], float] | None = None, **_: object) -> float | str:
        click.echo(say, err=True)
        if "on and wait" in say:
            world.on = True
            world.sleep(31)
        if "off again" in say:
            world.on = False
        said = world.display() if "shows, in kWh" in say else "220" if "volts" in say else ""
        return value_proc(said) if value_proc else said

    monkeypatch.setattr(meter_test, "SystemClock", lambda trust: world.clock)
    monkeypatch.setattr(daemon_state, "read", world.state)
    clock = SimpleNamespace(sleep=world.sleep, monotonic=lambda: world.clock.now_ns() / 1e9)
    monkeypatch.setattr(meter_test, "time", clock)
    monkeypatch.setattr(meter_test.click, "prompt", prompt)
    return world


def test_a_right_meter(sodien: Sodien, home: Path, world: World) -> None:
    begun, now = world.clock.now_ns(), now_ms()
    result = sodien("meter-test", "-c", home, "--json", "--plug", 1, "--tell", 2, "--rest", 600)
    assert result.code == 0, result.err
    found = result.json
    assert abs(Fraction(found["error_percent"])) <= Fraction(found["expanded_percent"]) <= 2
    assert [part["name"] for part in found["budget"]] == ["class", "display", "moments", "pulses", "rest"]
    ledger = Ledger.open(home.parent / "ledger.db")
    (row,) = [one for one in ledger.of_kind("event", "main") if b"meter_test" in one.body]
    assert (row.seq, b'"judgement":"cannot_tell"' in row.body) == (found["entry"], True)
    # It is of the time when the test ended, half an hour after the command was typed.
    took = (world.clock.now_ns() - begun) // 1_000_000
    assert row.at is not None
    assert took > 1_800_000
    assert abs(row.at - now - took) < 10_000
    ledger.close()


def test_a_meter_that_runs_fast(sodien: Sodien, home: Path, world: World) -> None:
    world.error = 8
    result = sodien("meter-test", "-c", home, "--plug", 1, "--tell", 2)
    assert result.code == 1, result.err
    assert "Meter error: +8." in result.out
    assert "outside its class (±2%)" in result.out
    assert "a reason to ask, not a proof" in " ".join(result.out.split())
    vietnamese = sodien("--lang", "vi", "meter-test", "-c", home, "--plan").out
    assert "kWh" in vietnamese
    assert "load" not in vietnamese


@pytest.mark.usefixtures("world")
def test_a_heater_at_a_measured_voltage(sodien: Sodien, home: Path) -> None:
    result = sodien("meter-test", "-c", home, "--json", "--element", 2000, "--tell", 10)
    assert result.code == 0, result.err
    assert result.json["judgement"] == "cannot_tell"
    assert [part["name"] for part in result.json["budget"]][:3] == ["rating", "voltage", "clock"]


def test_a_plan_and_one_that_cannot_be(sodien: Sodien, home: Path) -> None:
    result = sodien("meter-test", "-c", home, "--plan", "--plug", 1, "--tell", 2)
    assert result.code == 0
    assert "To detect an error of 2%, a load of 2000 W must run for 16 min" in result.out
    result = sodien("meter-test", "-c", home, "--plug", 2, "--tell", 1)
    assert result.code == 2
    assert "even a whole day leaves ±2.3" in result.one_sentence()


def test_nothing_counts(sodien: Sodien, home: Path) -> None:
    result = sodien("meter-test", "-c", home, "--plug", 1)
    assert result.code != 0
    assert "Nothing is being counted" in result.err


@pytest.mark.parametrize(("change", "says"), [("run", "was interrupted"), ("doubt", "were in doubt")])
def test_what_breaks_the_count_ends_the_test(
    sodien: Sodien, home: Path, world: World, monkeypatch: pytest.MonkeyPatch, change: str, says: str
) -> None:
    sleep = world.sleep

    def once_on(seconds: float) -> None:
        if world.on:
            setattr(world, change, 7)
        sleep(seconds)

    monkeypatch.setattr(world, "sleep", once_on)
    monkeypatch.setattr(meter_test.time, "sleep", once_on)
    result = sodien("meter-test", "-c", home, "--plug", 1)
    assert result.code != 0
    assert says in result.err
    ledger = Ledger.open(home.parent / "ledger.db")
    assert not [one for one in ledger.of_kind("event", "main") if b"meter_test" in one.body]
    ledger.close()


def test_two_references_are_refused(sodien: Sodien, home: Path) -> None:
    result = sodien("meter-test", "-c", home, "--plug", 1, "--element", 2000)
    assert result.code == 2
    assert "one reference" in result.one_sentence()
