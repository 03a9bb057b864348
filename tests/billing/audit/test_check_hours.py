"""Bills by the time of day: each register at its own price, or said why that cannot be told."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sodien.billing.audit.check_hours import registers_of
from sodien.billing.audit.check_money import MoneyCheck, money
from sodien.billing.audit.practice import Practice
from sodien.billing.audit.verdict import judge
from sodien.billing.bill import Bill, IndexRow, TierRow
from sodien.bills.tariff_files import load_book
from tests.billing.examples import JULY_31, JUNE_30, PRACTICE, ZONE, meters

BUSINESS = load_book((), "vn-business-below-6kv")
HOUSEHOLD = load_book()
PRICES = {"BT": 3152, "CD": 5422, "TD": 1918}


def bill(*kwh: int, order: tuple[str, ...] = ("BT", "CD", "TD")) -> Bill:
    """An honest bill of March 2026 for the kWh of BT, CD and TD, its lines in some order."""
    of = dict(zip(PRICES, kwh, strict=True))
    lines = [
        TierRow(kwh=Decimal(of[name]), price=Decimal(PRICES[name]), amount=Decimal(of[name] * PRICES[name]))
        for name in order
        if of[name]
    ]
    net = sum((line.amount for line in lines if line.amount is not None), Decimal(0))
    tax = (net * 8 / 100).quantize(Decimal(1), "ROUND_HALF_UP")
    return Bill(
        first=dt.date(2026, 3, 1),
        last=dt.date(2026, 3, 31),
        rows=(*(IndexRow(register=n, kwh=Decimal(k)) for n, k in of.items()), IndexRow(register="VC")),
        kwh=Decimal(sum(kwh)),
        tiers=tuple(lines),
        net=net,
        tax=tax,
        tax_rate=Decimal("0.08"),
        total=net + tax,
    )


def checked(one: Bill, book=BUSINESS) -> MoneyCheck:
    return money(one, book, Practice(ZONE), Fraction(one.kwh or 0))


def says(found: MoneyCheck) -> dict[str, str]:
    return {check.key: check.says for check in found.checks}


def test_each_register_at_its_own_price() -> None:
    assert says(checked(bill(9220, 4450, 3500))) == {
        "prices": "prices_agree",
        "hours": "hours_agree",
        "tax_rate": "tax_rate_agrees",
        "net_tariff": "net_agrees",
        "total_tariff": "total_agrees",
    }


def test_household_tiers_accuse_no_bill_by_hours() -> None:
    found = checked(bill(9220, 4450, 3500), HOUSEHOLD)
    (check,) = found.checks
    assert (check.result, check.says, check.values) == (
        "cannot_tell",
        "charge_hours_no_prices",
        {"tariff": "vn-residential"},
    )


@given(st.tuples(*[st.integers(0, 5000)] * 3).filter(any), st.permutations(["BT", "CD", "TD"]))
def test_an_honest_bill_by_hours_never_disagrees(kwh: tuple[int, int, int], order: list[str]) -> None:
    found = checked(bill(*kwh, order=tuple(order)))
    assert all(check.result == "agrees" for check in found.checks)


def test_peak_kwh_that_are_charged_twice_are_found() -> None:
    honest = bill(100, 50, 70)
    wrong = replace(honest, tiers=(replace(honest.tiers[0], kwh=Decimal(90)), *honest.tiers[1:]))
    (check,) = [check for check in checked(wrong).checks if check.result == "disagrees"]
    assert (check.says, check.values) == (
        "hours_wrong",
        {"kwh": "90", "price": "3152", "register": "BT", "own": "100"},
    )
    swapped = replace(honest, net=Decimal(100 * 5422 + 50 * 3152 + 70 * 1918), tiers=())
    assert says(checked(swapped))["net_tariff"] == "net_wrong"


def test_a_price_of_another_time_is_found() -> None:
    honest = bill(100, 50, 70)
    wrong = replace(honest, tiers=(replace(honest.tiers[0], price=Decimal(3007)), *honest.tiers[1:]))
    (check,) = [check for check in checked(wrong).checks if check.key == "prices"]
    assert (check.result, check.values["price"]) == ("disagrees", "3007")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rows": (IndexRow(register="BT", new=Decimal(9)), IndexRow(register="CD"))}, "charge_hours_no_kwh"),
        ({"first": dt.date(2025, 5, 1), "last": dt.date(2025, 5, 31)}, "charge_hours_change"),
    ],
)
def test_what_cannot_be_priced_is_said(changes: dict[str, object], why: str) -> None:
    (check,) = checked(replace(bill(100, 50, 70), **changes)).checks
    assert (check.result, check.says) == ("cannot_tell", why)


def test_registers_of_two_meters_add_up() -> None:
    rows = [IndexRow(register="BT", kwh=Decimal(4), serial=serial) for serial in ("1", "2")]
    assert registers_of(Bill(rows=tuple(rows))) == {"BT": 8}
    assert registers_of(Bill(rows=(IndexRow(kwh=Decimal(4)),))) is None


#: The registers of that household's meter on 30 June, and what share of its energy each of them takes.
STARTS = st.tuples(*[st.fractions(0, 5000, max_denominator=50)] * 3)
SHARES = st.tuples(*[st.integers(0, 20)] * 3).filter(any)


@given(STARTS, SHARES)
def test_each_register_is_cut_for_itself_and_the_sum_is_honest(
    starts: tuple[Fraction, ...], shares: tuple[int, ...]
) -> None:
    """Both readings at 9:00 to the minute: 744 kWh flowed, and three registers were cut to whole kWh."""
    flowed = Fraction(JULY_31 - JUNE_30)
    ends = [start + flowed * share / sum(shares) for start, share in zip(starts, shares, strict=True)]
    rows = tuple(
        IndexRow(
            register=name,
            old=Decimal(floor(a)),
            new=Decimal(floor(b)),
            multiplier=Decimal(1),
            kwh=Decimal(floor(b) - floor(a)),
        )
        for name, a, b in zip(PRICES, starts, ends, strict=True)
    )
    kwh = sum((row.kwh for row in rows if row.kwh is not None), Decimal(0))
    honest = Bill(rows=rows, kwh=kwh, first=dt.date(2026, 7, 1), last=dt.date(2026, 7, 31))
    hour = dataclasses.replace(PRACTICE, read="hour", hour=dt.time(9), window_minutes=1)
    verdict = judge(honest, [], meters(), None, hour)
    assert verdict.overall != "disagrees"
    over = judge(replace(honest, kwh=kwh + 20), [], meters(), None, hour)
    assert over.overall == "disagrees"


def test_the_line_whose_price_is_no_registers_is_named_by_its_number() -> None:
    honest = bill(300, 200, 100)
    for number in (1, 2, 3):
        lines = list(honest.tiers)
        lines[number - 1] = replace(lines[number - 1], price=Decimal(2000))
        checks = checked(replace(honest, tiers=tuple(lines))).checks
        (check,) = [one for one in checks if one.key == "prices"]
        assert (check.says, check.values["row"], check.values["price"]) == (
            "prices_wrong",
            str(number),
            "2000",
        )
