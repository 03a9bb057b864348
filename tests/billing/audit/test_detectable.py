"""The smallest noticeable error by brute force: every wrong bill of every size, and which of them are called.

A household of 1 kW whose register was 1000.05 at the start; an honest reader at the ends of the time
allowed; then a mistake of each size around what is stated, in one index, or in the kWh alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.billing.audit.practice import Practice
from sodien.billing.audit.verdict import judge
from sodien.billing.bill import Bill, IndexRow
from sodien.metering.register.observations import Anchor
from sodien.metering.register.replacements import Installed, Meters
from tests.billing.audit.world import make
from tests.billing.examples import HOUR, PRACTICE, START, at, register

START_KWH = Fraction(100_005, 100)
JUNE, JULY = (at(30), at(1, month=7)), (at(31, month=7), at(1, month=8))
#: The practice, how its utility rounds, when it reads (ms UTC), the multiplier, and how tight it has to be.
CUT = {
    "floor": floor,
    "nearest": lambda value: floor(value + Fraction(1, 2)),
    "up": ceil,
}


def hour(day: int, month: int) -> tuple[int, int]:
    return at(day, "13:00", month), at(day, "15:00", month)


def end(day: int, month: int) -> tuple[int, int]:
    return at(day, "23:59", month), at(day, "00:00", month) + 24 * HOUR


CASES = {
    "whole day": (PRACTICE, "floor", JUNE, JULY, Fraction(1)),
    "rounded": (replace(PRACTICE, truncation="nearest"), "nearest", JUNE, JULY, Fraction(1)),
    "rounded up": (replace(PRACTICE, truncation="up"), "up", JUNE, JULY, Fraction(1)),
    "an hour": (
        replace(PRACTICE, read="hour", hour=dt.time(14)),
        "floor",
        hour(30, 6),
        hour(31, 7),
        Fraction(1),
    ),
    "end of the day": (replace(PRACTICE, read="end_of_day"), "floor", end(30, 6), end(31, 7), Fraction(1)),
    "twenty times": (PRACTICE, "floor", JUNE, JULY, Fraction(20)),
    "one and a half": (PRACTICE, "floor", JUNE, JULY, Fraction(3, 2)),
}


def shows(t: int) -> Fraction:
    return START_KWH + Fraction(t - START, HOUR)


def instants(window: tuple[int, int]) -> tuple[int, int]:
    return window[0], window[1] - 1


def made(old: int, new: int, kwh: Decimal, factor: Fraction) -> Bill:
    row = IndexRow(
        old=Decimal(old), new=Decimal(new), multiplier=Decimal(factor.numerator) / factor.denominator
    )
    return Bill(
        rows=(msgspec.structs.replace(row, kwh=kwh),),
        kwh=kwh,
        first=dt.date(2026, 7, 1),
        last=dt.date(2026, 7, 31),
    )


def kwh_of(steps: int, factor: Fraction) -> Decimal:
    return Decimal(floor(steps * factor))


def wrong(old: int, new: int, size: int, factor: Fraction) -> Iterator[Bill]:
    """Every bill that one mistake of so many steps makes of an honest one."""
    for sign in (1, -1):
        off = sign * size
        yield made(old, new + off, kwh_of(new + off - old, factor), factor)
        yield made(old + off, new, kwh_of(new - old - off, factor), factor)
        yield made(old, new, kwh_of(new - old + off, factor), factor)


@pytest.mark.parametrize("name", CASES)
def test_what_is_stated_is_the_largest_mistake_that_passes(name: str) -> None:
    practice, cut, june, july, factor = CASES[name]
    home = Meters([Installed("m", register(), None, factor)])
    largest, stated = Decimal(0), set()
    for first in instants(june):
        for last in instants(july):
            old, new = CUT[cut](shows(first)), CUT[cut](shows(last))
            honest = made(old, new, kwh_of(new - old, factor), factor)
            verdict = judge(honest, [], home, None, practice)
            assert verdict.overall == "consistent"
            stated.add(verdict.detectable_kwh)
            assert honest.kwh is not None
            assert verdict.detectable_kwh is not None
            steps = ceil(Fraction(verdict.detectable_kwh) / factor)
            for size in range(max(1, steps - 3), steps + 4):
                for bill in wrong(old, new, size, factor):
                    found = judge(bill, [], home, None, practice)
                    if found.overall == "disagrees":
                        continue
                    assert bill.kwh is not None
                    off = abs(bill.kwh - honest.kwh)
                    largest = max(largest, off)
                    assert found.detectable_kwh is not None
                    assert off <= found.detectable_kwh
    assert max(stated) is not None
    spare = {"one and a half": 3}.get(name, factor)  # a product that is no whole number may be rounded
    assert largest <= max(stated) <= largest + Decimal(int(spare)), (largest, stated)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([Fraction(3, 2), Fraction(5, 4), Fraction(1, 3)]))
def test_an_honest_bill_with_a_multiplier_that_is_no_whole_number(seed: int, factor: Fraction) -> None:
    """The product is cut, rounded or rounded up to a whole kWh for the bill."""
    home, random = make(seed, months=2), Random(seed)
    if len(home.meters.installed) > 1:
        return
    meter = home.meters.installed[0]
    home.meters = Meters([replace(meter, multiplier=factor)])
    for bill in home.bills:
        (row,) = bill.rows
        assert row.old is not None
        assert row.new is not None
        assert meter.digits is not None
        steps = int(row.new - row.old) % 10**meter.digits
        kwh = Decimal(random.choice(list(CUT.values()))(steps * factor))
        bare = {"tiers": (), "net": None, "tax": None, "tax_rate": None, "total": None}
        one = msgspec.structs.replace(row, kwh=kwh, multiplier=None)
        verdict = judge(
            msgspec.structs.replace(bill, rows=(one,), kwh=kwh, **bare), [], home.meters, None, home.practice
        )
        assert [check.says for check in verdict.checks if check.result == "disagrees"] == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 24 * 60 - 1), st.integers(0, 24 * 60 - 1), st.booleans(), st.integers(0, 200))
def test_a_meter_that_is_replaced_on_the_reading_day(change: int, read: int, new_row: bool, off: int) -> None:
    """1 kW; replaced at a minute of 31 July and read at another: the old meter or the new one."""
    when, reading = JULY[0] + change * 60_000, JULY[0] + read * 60_000
    begun = Anchor("b", Fraction(3), Fraction(31, 10), when, when)
    home = Meters(
        [
            Installed("m", register(until=when)),
            Installed("n", register(anchors=[begun]), when),
        ]
    )
    old = floor(shows(JUNE[0] + 9 * HOUR))
    if reading < when:
        row = IndexRow(old=Decimal(old), new=Decimal(floor(shows(reading))))
        kwh = floor(shows(reading)) - old
    else:
        new = floor(Fraction(305, 100) + Fraction(reading - when, HOUR))
        removed = floor(shows(when)) - old
        kwh = removed + new - 3
        row = IndexRow(old=Decimal(3), new=Decimal(new), removed=Decimal(removed))
    row = msgspec.structs.replace(row, kwh=Decimal(kwh) if new_row else None)
    honest = Bill(rows=(row,), kwh=Decimal(kwh), first=dt.date(2026, 7, 1), last=dt.date(2026, 7, 31))
    verdict = judge(honest, [], home, None, practice := Practice(PRACTICE.zone, digits=5))
    assert [check.says for check in verdict.checks if check.result == "disagrees"] == []
    assert verdict.detectable_kwh is not None
    more = msgspec.structs.replace(honest, rows=(), kwh=honest.kwh + off)
    found = judge(more, [], home, None, practice)
    if off > (found.detectable_kwh or 0):
        assert found.overall == "disagrees"
