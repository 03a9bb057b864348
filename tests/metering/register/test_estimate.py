"""The best estimate: sensible numbers that anyone can work out, always inside the bounds."""

from __future__ import annotations

from fractions import Fraction

import pytest

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
