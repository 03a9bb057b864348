"""Both directions of a meter in one period: examples by hand, and bounds that hold whatever the truth is."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sodien.billing.tariff.charge import charge
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.prices import Fixed, TariffError, Tier
from sodien.billing.tariff.quota import Consumption
from sodien.billing.tariff.surplus import TwoWay, to_pay
from sodien.bills.tariff_files import load_book, packaged
from sodien.metering.bounds import Bounded

JUNE = (dt.date(2025, 6, 1), dt.date(2025, 6, 30))
USE = Consumption(Decimal(0), *JUNE)
FEED_IN = load_book([packaged() / "examples" / "au-feed-in.yaml"], "au-feed-in")


def exactly(kwh: int) -> Bounded:
    return Bounded(Fraction(kwh), Fraction(kwh), Fraction(kwh))


def selling(amount: str, **parts: Any) -> Book:
    """The feed-in tariff with 0.30 a kWh taken, 0.40 above 100, and ``amount`` for each kWh delivered."""
    table = FEED_IN.tables[0]
    tiers = (Tier(width=Decimal(100), price=Decimal("0.30")), Tier(price=Decimal("0.40")))
    fixed = (Fixed("Feed-in", "delivered", Decimal(amount)),)
    return replace(FEED_IN, tables=(replace(table, fixed=fixed, tiers=tiers, **parts),))


def test_the_credit_is_the_published_one() -> None:
    found = to_pay(FEED_IN, TwoWay(exactly(0), exactly(300)), USE)
    assert (found.low, found.best, found.high) == (6, 6, 6)


def test_the_difference_by_hand_is_below_nothing_where_more_was_delivered() -> None:
    taken = Bounded(Fraction(98), Fraction(100), Fraction(103))
    delivered = Bounded(Fraction(119), Fraction(120), Fraction(122))
    assert TwoWay(taken, delivered).net == Bounded(Fraction(-24), Fraction(-20), Fraction(-16))


def test_money_by_hand() -> None:
    energy = TwoWay(
        Bounded(Fraction(90), Fraction(100), Fraction(110)), Bounded(Fraction(40), Fraction(50), Fraction(60))
    )
    found = to_pay(selling("-0.10"), energy, USE)
    # 90 × 0.30 - 60 × 0.10; 100 × 0.30 - 50 × 0.10; 100 × 0.30 + 10 × 0.40 - 40 × 0.10
    assert (found.low, found.best, found.high) == (21, 25, 30)


@pytest.mark.parametrize("tariff", ["vn-residential", None])
def test_a_tariff_that_does_not_say_has_no_money(tariff: str | None) -> None:
    book = load_book() if tariff else replace(FEED_IN, tables=(replace(FEED_IN.tables[0], fixed=()),))
    with pytest.raises(TariffError, match=rf"{book.id} does not say for .* delivered to the grid"):
        to_pay(book, TwoWay(exactly(100), exactly(1)), USE)


@st.composite
def bounded(draw: st.DrawFn) -> tuple[Bounded, Fraction]:
    """A quantity, and a truth within it."""
    low, one, other, high = sorted(draw(st.tuples(*[st.fractions(0, 500, max_denominator=1000)] * 4)))
    best, true = (one, other) if draw(st.booleans()) else (other, one)
    return Bounded(low, best, high), true


@given(bounded(), bounded(), st.sampled_from(["-0.10", "-0.50", "0.02"]))
def test_the_bounds_hold_the_truth(
    taken: tuple[Bounded, Fraction], delivered: tuple[Bounded, Fraction], amount: str
) -> None:
    energy = TwoWay(taken[0], delivered[0])
    assert energy.net.low <= taken[1] - delivered[1] <= energy.net.high
    assert energy.net.low <= energy.net.best <= energy.net.high
    book = selling(amount)
    found = to_pay(book, energy, USE)
    assert found.low <= found.best <= found.high
    for kwh in (int(taken[1]), -int(-taken[1] // 1)):
        for out in (int(delivered[1]), -int(-delivered[1] // 1)):
            billed = charge(book, replace(USE, kwh=Decimal(kwh), delivered=Decimal(out))).total
            assert found.low <= billed <= found.high
