"""Measuring an appliance in a simulated house: the truth is inside, and what cannot be is one sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from sodien.device import state as daemon_state
from sodien.errors import SodienError
from sodien.history.current import MeterLedger
from sodien.household.measured import begin, begun, drop, end, measured
from sodien.metering.appliance import alone
from sodien.metering.bounds import Interval
from tests.firmware.house import SECOND, House, settings_of

WARM_S = 1200
CONSTANT = 1600


def flashes(watts: int, more: int, on: int, off: int) -> Iterator[int]:
    """Of a steady load, with an appliance between two seconds."""
    at, phase = 0, Fraction(1, 3)
    for until, power in ((on, watts), (off, watts + more), (off + 100_000, watts)):
        length = until * SECOND - at
        done = phase + Fraction(power * CONSTANT * length, 3_600_000 * SECOND)
        for number in range(1, int(done) + 1):
            yield at + int((number - phase) * 3_600_000 * SECOND / (power * CONSTANT))
        phase, at = done - int(done), until * SECOND


class Home:
    """A house whose daemon is asked as by another program on the same Pi."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, watts: int, more: int, on: int, off: int
    ) -> None:
        settings = settings_of(folder)
        self.house = House(settings, flashes(watts, more, on, off))
        self.house.start()
        monkeypatch.setattr(daemon_state, "read", lambda _: self._state())

    @property
    def where(self) -> MeterLedger:
        settings = self.house.settings
        return MeterLedger(settings, self.house.ledger, settings.meters[0], self.house.clock)

    def _state(self) -> daemon_state.State | None:
        station = self.house.station
        return station.state(os.getpid()) if station is not None else None

    @property
    def now(self) -> int:
        return self.house.clock.wall_ns() // 1_000_000


@pytest.mark.parametrize("seed", range(12))
def test_the_truth_is_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = Random(seed)
    watts, more = chance.choice([3, 60, 400]), chance.choice([40, 700, 2500])
    length = chance.choice([90, 600, 5400])
    begins = WARM_S + chance.randint(0, 59)
    home = Home(tmp_path, monkeypatch, watts, more, begins, begins + length)
    home.house.play(begins)
    first = begin(home.where, "  máy   lạnh ", home.now)
    assert first.name == "máy lạnh"
    assert first.rest_kw.low <= Fraction(watts, 1000) <= first.rest_kw.high
    home.house.play(length)
    if seed % 3 == 2:
        home.house.kill()
        home.house.start()
        home.house.play(1)
    found, entry = end(home.where, home.now)
    true = Fraction(more * length, 3_600_000)
    assert found.kwh.low <= true <= found.kwh.high
    assert begun(home.where.ledger, "main") is None
    assert entry is not None
    (kept,) = measured(home.where.ledger, "main")
    assert (kept.name, kept.start, kept.end) == (found.name, found.start, found.end)
    assert kept.kwh.low <= found.kwh.low <= found.kwh.high <= kept.kwh.high
    if length == 5400 and seed % 3 != 2:
        assert found.kwh.width <= Fraction(1, 20) + true / 20


def test_what_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path, monkeypatch, 100, 1000, 2000, 4000)
    home.house.play(60)
    with pytest.raises(SodienError, match="ten minutes"):
        begin(home.where, "kettle", home.now)
    home.house.play(900)
    for name in ("", "x" * 41, "a\x1b[31m"):
        with pytest.raises(SodienError, match="1 to 40 characters"):
            begin(home.where, name, home.now)
    for undo in (drop, end):
        with pytest.raises(SodienError, match="Nothing is being measured"):
            undo(home.where, home.now)
    begin(home.where, "kettle", home.now)
    with pytest.raises(SodienError, match="'kettle' is being measured"):
        begin(home.where, "fan", home.now)
    with pytest.raises(SodienError, match="a minute"):
        end(home.where, home.now)
    assert drop(home.where, home.now) == "kettle"
    assert measured(home.where.ledger, "main") == []
    begin(home.where, "fan", home.now)


def test_more_rest_than_all_is_nothing() -> None:
    found = alone(Interval(Fraction(1), Fraction(2)), Fraction(2), Interval(Fraction(1), Fraction(3)))
    assert found == Interval(Fraction(0), Fraction(0))
    found = alone(Interval(Fraction(5), Fraction(6)), Fraction(2), Interval(Fraction(1), Fraction(2)))
    assert found == Interval(Fraction(1), Fraction(4))
