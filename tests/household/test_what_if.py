"""What if: whatever the period really comes to inside its bounds, the difference is inside its own."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sodien.billing.tariff.charge import charge
from sodien.billing.tariff.cost_so_far import _unrounded, added
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.quota import Consumption
from sodien.bills.tariff_files import load_book
from sodien.household.what_if import less
from sodien.metering.bounds import Bounded, Interval

USE = Consumption(Decimal(0), dt.date(2026, 10, 1), dt.date(2026, 10, 31))
tenths = st.integers(0, 9000).map(lambda n: Fraction(n, 10))


@cache
def book() -> Book:
    return load_book()


def paid(kwh: Fraction) -> Fraction:
    from msgspec.structs import replace

    value = Decimal(kwh.numerator * 10**6 // kwh.denominator) / 10**6
    return Fraction(charge(_unrounded(book()), replace(USE, kwh=value)).total)


@given(
    ends=st.lists(tenths, min_size=3, max_size=3).map(sorted),
    used=st.lists(tenths, min_size=2, max_size=2).map(sorted),
    change=st.lists(tenths, min_size=2, max_size=2).map(sorted),
    at=st.tuples(*[st.fractions(0, 1, max_denominator=7)] * 3),
)
def test_what_falls_away_saves_what_it_costs(
    ends: list[Fraction], used: list[Fraction], change: list[Fraction], at: tuple[Fraction, ...]
) -> None:
    assume(used[1] <= ends[0])
    end = Bounded(*ends)
    kept, gone = less(end, used[0], used[1], Interval(*change))
    assert 0 <= kept.low <= kept.best <= kept.high <= end.high
    assert 0 <= gone.low <= gone.best <= gone.high <= change[1]
    found = added(book(), kept, gone, USE)
    really = [low + (high - low) * part for (low, high), part in zip(
        ((ends[0], ends[2]), (used[0], used[1]), (change[0], change[1])), at, strict=True
    )]  # fmt: skip
    whole, so_far, wanted = really
    saved = paid(whole) - paid(whole - min(wanted, whole - so_far))
    assert found.low - Fraction(1, 100) <= saved <= found.high + Fraction(1, 100)


@pytest.mark.parametrize(("kwh", "tier_high"), [(20, 300), (0, 100)])
def test_nothing_less_saves_nothing(kwh: int, tier_high: int) -> None:
    end = Bounded(Fraction(tier_high), Fraction(tier_high), Fraction(tier_high))
    kept, gone = less(end, Fraction(0), Fraction(0), Interval(Fraction(kwh), Fraction(kwh)))
    assert (kept.best, gone.best) == (tier_high - kwh, kwh)
    found = added(book(), kept, gone, USE)
    assert found.low == found.high == paid(Fraction(tier_high)) - paid(Fraction(tier_high - kwh))
