"""The best estimate: sensible numbers that anyone can work out, always inside the bounds."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from math import floor
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.metering.bounds import Bounded
from sodien.metering.register.observations import Anchor, Blind, Counted
from sodien.metering.register.register import Register
from tests.metering.register.history import HOUR, P_MAX

DAY = 24 * HOUR
C = Fraction(1000)


def steady(start: int, end: int, kw: Fraction | int, first: int = 0) -> Counted:
    return Counted(start, end, first, first + int(C * kw * (end - start) / HOUR), C)


def even(pieces: list[Counted]) -> object:
    """The count at any instant, pulses evenly spread over each piece."""

    def count(t: int) -> tuple[int, int]:
        for p in pieces:
            if p.start <= t <= p.end:
                n = p.first + (p.last - p.first) * (t - p.start) // max(1, p.end - p.start)
                return n, n
        raise AssertionError(t)

    return count


def register(pieces: list[Counted], links: list[Blind | None], *anchors: Anchor) -> Register:
    return Register(pieces, links, anchors, P_MAX, even(pieces))  # type: ignore[arg-type]


def read(low: str, t: int) -> Anchor:
    return Anchor(f"{low} at {t}", Fraction(low), Fraction(low) + Fraction("0.1"), t, t)


def best(found: Bounded | None) -> float:
    assert found is not None
    assert found.low <= found.best <= found.high
    return float(found.best)


def test_after_the_last_reading_a_gap_holds_the_usual_power() -> None:
    """Half a kilowatt before, one and a half after: one kilowatt in between."""
    before = steady(0, DAY, Fraction(1, 2))
    after = steady(DAY + 2 * HOUR, 2 * DAY + 2 * HOUR, Fraction(3, 2), before.last)
    found = register([before, after], [None], read("100.0", 0))
    assert best(found.at(0)) == pytest.approx(100.05)
    assert best(found.at(DAY)) == pytest.approx(112.05)
    assert best(found.at(DAY + HOUR)) == pytest.approx(113.05)
    assert best(found.at(DAY + 2 * HOUR)) == pytest.approx(114.05)
    assert best(found.energy(DAY, DAY + 2 * HOUR)) == pytest.approx(2)


def test_what_was_usual_long_ago_does_not_count() -> None:
    """A month of 4 kW, then two days of half a kilowatt around the gap."""
    summer = steady(0, 30 * DAY, 4)
    before = steady(30 * DAY, 31 * DAY, Fraction(1, 2), summer.last)
    after = steady(31 * DAY + HOUR, 32 * DAY + HOUR, Fraction(1, 2), before.last)
    found = register([summer, before, after], [Blind(high=Fraction(0)), None], read("0.0", 0))
    assert best(found.energy(31 * DAY, 31 * DAY + HOUR)) == pytest.approx(0.5)


def test_between_two_readings_gaps_share_what_is_missing() -> None:
    """2.4 kWh more than was counted, two gaps of one hour and two: a third and two thirds of it."""
    a = steady(0, 10 * HOUR, 1)
    b = steady(11 * HOUR, 20 * HOUR, 1, a.last)
    c = steady(22 * HOUR, 30 * HOUR, 1, b.last)
    found = register([a, b, c], [None, None], read("100.0", 0), read("129.4", 30 * HOUR))
    assert best(found.energy(10 * HOUR, 11 * HOUR)) == pytest.approx(0.8, abs=0.001)
    assert best(found.energy(20 * HOUR, 22 * HOUR)) == pytest.approx(1.6, abs=0.001)
    assert best(found.at(11 * HOUR)) == pytest.approx(110.85, abs=0.001)
    assert best(found.at(30 * HOUR)) == pytest.approx(129.45)


def test_a_gap_never_holds_more_than_it_can() -> None:
    before = steady(0, DAY, 6)
    after = steady(DAY + HOUR, 2 * DAY, 6, before.last)
    limited = register([before, after], [Blind(high=Fraction(1))], read("100.0", 0))
    assert best(limited.energy(DAY, DAY + HOUR)) == pytest.approx(1)
    stated = register([before, after], [Blind(low=Fraction(7))], read("100.0", 0))
    assert best(stated.energy(DAY, DAY + HOUR)) == pytest.approx(7)


# -- three readings and more ---------------------------------------------------------------------------


class Household:
    """Random stretches, counted and not, of steady power, and a truth that anyone can work out."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)
        self.cuts, self.energy = [0], [Fraction(0)]
        self.pieces: list[Counted] = []
        total = 0
        for index in range(random.randint(2, 5)):
            if index:
                self._flow(random.choice((HOUR, 5 * HOUR, DAY)), random)
            start = self.cuts[-1]
            kw = self._flow(random.choice((2 * HOUR, 10 * HOUR, 2 * DAY)), random)
            self.pieces.append(steady(start, self.cuts[-1], kw, total))
            total = self.pieces[-1].last
        times = {random.randint(0, self.cuts[-1]) for _ in range(random.randint(3, 6))}
        self.times = sorted({0, *times})
        anchors = [read(f"{floor(self.truth(t) * 10) / 10:.1f}", t) for t in self.times]
        links: list[Blind | None] = [None] * (len(self.pieces) - 1)
        self.register = register(self.pieces, links, *anchors)

    def _flow(self, ms: int, random: Random) -> Fraction:
        kw = Fraction(random.choice((1, 3, 10, 40)), 10)
        self.cuts.append(self.cuts[-1] + ms)
        self.energy.append(self.energy[-1] + kw * ms / HOUR)
        return kw

    def truth(self, t: int) -> Fraction:
        i = max(0, bisect_left(self.cuts, t) - 1)
        (a, b), (x, y) = self.cuts[i : i + 2], self.energy[i : i + 2]
        return 100 + x + (y - x) * (t - a) / (b - a)

    def at(self, t: int) -> Bounded:
        found = self.register.at(t)
        assert found is not None
        return found


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32))
def test_at_each_reading_it_is_the_middle_of_the_bounds(seed: int) -> None:
    home = Household(seed)
    for t in home.times:
        found = home.at(t)
        assert abs(found.best - (found.low + found.high) / 2) < Fraction(1, 10**6)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32))
def test_it_is_continuous_and_never_falls(seed: int) -> None:
    """Over a second it grows by what the supply can carry, and a pulse or two, at most."""
    home, random = Household(seed), Random(seed)
    edges = [t for piece in home.pieces for t in (piece.start, piece.end)]
    for t in [*home.times, *edges, *(random.randint(0, home.cuts[-1] - 1000) for _ in range(10))]:
        for start in (t - 1000, t):
            if 0 <= start < home.cuts[-1] - 1000:
                rise = home.at(start + 1000).best - home.at(start).best
                assert 0 <= rise <= P_MAX / 3600 + Fraction(3, 1000)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32))
def test_beyond_the_last_reading_it_goes_on_from_that_one(seed: int) -> None:
    home, random = Household(seed), Random(seed)
    last = home.times[-1]
    for _ in range(5):
        t = random.randint(last, home.cuts[-1])
        went = home.register.energy(last, t)
        assert abs(home.at(t).best - home.at(last).best - went.best) <= Fraction(3, 1000)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32))
def test_the_parts_of_a_span_add_up(seed: int) -> None:
    """But for what its bounds, which are those of each span by itself, hold it back by."""
    home, random = Household(seed), Random(seed)
    a, b, c = sorted(random.randint(0, home.cuts[-1]) for _ in range(3))
    register = home.register
    one, other, whole = register.energy(a, b), register.energy(b, c), register.energy(a, c)
    held = any(found.best in (found.low, found.high) for found in (one, other, whole))
    if not held:
        assert abs(one.best + other.best - whole.best) < Fraction(1, 10**6)
    assert whole.low <= whole.best <= whole.high


def test_it_goes_on_from_the_newest_reading_not_from_the_oldest() -> None:
    """Three readings; the dial moved more than was counted, and after the last one 1 kW goes on."""
    a = steady(0, 10 * HOUR, 1)
    b = steady(11 * HOUR, 20 * HOUR, 1, a.last)
    c = steady(22 * HOUR, 40 * HOUR, 1, b.last)
    found = register(
        [a, b, c], [None, None], read("100.0", 0), read("116.0", 15 * HOUR), read("136.0", 30 * HOUR)
    )
    assert best(found.at(15 * HOUR)) == pytest.approx(116.05)
    assert best(found.at(30 * HOUR)) == pytest.approx(136.05)
    assert best(found.at(35 * HOUR)) == pytest.approx(141.05, abs=0.001)
    assert best(found.energy(10 * HOUR, 11 * HOUR)) == pytest.approx(2, abs=0.001)
    assert best(found.energy(20 * HOUR, 22 * HOUR)) == pytest.approx(7, abs=0.001)
    assert best(found.energy(10 * HOUR, 22 * HOUR)) == pytest.approx(18, abs=0.001)


def test_before_the_first_reading_it_goes_back_from_that_one() -> None:
    """Between the readings 3 kWh more flowed than at usual power; before the first one that says nothing."""
    a = steady(0, 22 * HOUR, 1)
    b = steady(24 * HOUR, 40 * HOUR, 1, a.last)
    found = register([a, b], [None], read("120.0", 20 * HOUR), read("143.0", 40 * HOUR))
    assert best(found.at(20 * HOUR)) == pytest.approx(120.05)
    assert best(found.at(15 * HOUR)) == pytest.approx(115.05, abs=0.001)
    assert best(found.at(23 * HOUR)) == pytest.approx(124.55, abs=0.001)
    assert best(found.energy(22 * HOUR, 24 * HOUR)) == pytest.approx(5, abs=0.001)


def test_outside_what_was_counted_the_usual_power_goes_on() -> None:
    found = register([steady(10 * HOUR, 20 * HOUR, 1)], [], read("120.0", 15 * HOUR))
    assert best(found.at(10 * HOUR)) == pytest.approx(115.05, abs=0.001)
    assert best(found.at(7 * HOUR)) == pytest.approx(112.05, abs=0.001)
    assert best(found.at(24 * HOUR)) == pytest.approx(129.05, abs=0.001)
    assert best(found.energy(7 * HOUR, 24 * HOUR)) == pytest.approx(17, abs=0.001)
