"""What must not be taken as it is, and what does not add up: each a sentence that names its field."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.billing.arithmetic import turns_over
from sodien.billing.bill import Bill, IndexRow, TierRow
from sodien.billing.notices.plausibility import plain_faults
from sodien.billing.notices.sums import misfits
from sodien.billing.words.notices import sentence

D = Decimal
OCTOBER: dict[str, Any] = {
    "customer": "PB05010009999",
    "first": dt.date(2026, 10, 1),
    "last": dt.date(2026, 10, 31),
    "rows": (IndexRow(old=D(9618), new=D(9918), multiplier=D(1)),),
    "kwh": D(300),
}


def keys(bill: Bill, *before: Bill) -> list[tuple[str, str]]:
    faults = plain_faults(bill, before)
    assert all(sentence(one) for one in faults)
    return [(one.key, one.field) for one in faults]


def row(**values: Any) -> Bill:
    return Bill(rows=(IndexRow(**{name: D(value) for name, value in values.items()}),))


def test_a_good_bill_has_no_faults() -> None:
    september = Bill(
        customer="PB05010009999", first=dt.date(2026, 9, 1), last=dt.date(2026, 9, 30), kwh=D(280)
    )
    assert keys(Bill(**OCTOBER), september) == []
    assert not list(misfits(Bill(**OCTOBER)))
    assert keys(Bill()) == []


@pytest.mark.parametrize(
    ("changed", "key", "field"),
    [
        ({"first": dt.date(2026, 11, 1)}, "first_after_last", "first"),
        ({"first": dt.date(2025, 10, 1)}, "too_long", "last"),
        ({"last": dt.date(2126, 10, 31), "first": None}, "impossible_date", "last"),
        ({"month": 13}, "impossible_month", "month"),
        ({"year": 20}, "impossible_year", "year"),
        ({"total": D(-1)}, "negative", "total"),
        ({"tiers": (TierRow(kwh=D(1), price=D(-2)),)}, "negative", "tiers[0].price"),
        ({"households": D(0)}, "zero", "households"),
        ({"rows": (IndexRow(old=D(12345), new=D(12045)),)}, "new_below_old", "rows[0].new"),
    ],
)
def test_a_fault_is_named(changed: dict[str, Any], key: str, field: str) -> None:
    assert (key, field) in keys(Bill(**{**OCTOBER, **changed}))


def test_a_roll_over_and_a_removed_meter_are_no_faults() -> None:
    assert keys(row(old=99850, new=120)) == []
    assert keys(row(old=9618, new=1004)) == []
    assert keys(row(old=12345, new=45, removed=200)) == []
    assert keys(row(old=12345, new=45, removed=0)) == [("new_below_old", "rows[0].new")]
    assert turns_over(IndexRow(old=D(99850), new=D(120)))
    assert not turns_over(IndexRow(old=D(120), new=D(99850)))


def test_bills_are_held_against_those_before() -> None:
    bill = Bill(**OCTOBER)
    assert keys(bill, bill) == [("same_bill", "")]
    assert keys(bill, Bill(**{**OCTOBER, "source": "sms", "name": "A"})) == [("same_bill", "")]
    assert keys(bill, Bill(**{**OCTOBER, "kwh": D(301)})) == [("same_period", "last")]
    assert keys(bill, Bill(**{**OCTOBER, "first": dt.date(2026, 9, 20)})) == [("overlap", "first")]
    assert keys(bill, Bill(**{**OCTOBER, "customer": "PB05010000001"})) == [("other_customer", "customer")]
    assert keys(Bill(last=dt.date(2026, 10, 31), kwh=D(1)), Bill(last=dt.date(2026, 10, 31))) == [
        ("same_reading_day", "last")
    ]


@given(
    st.integers(-40, 40), st.integers(0, 40), st.integers(-40, 40), st.integers(0, 40)
)  # fmt: skip
def test_two_periods_overlap_when_they_share_a_day(a: int, length: int, b: int, other: int) -> None:
    day = dt.date(2026, 6, 1)
    one = Bill(first=day + dt.timedelta(a), last=day + dt.timedelta(a + length), kwh=D(1))
    two = Bill(first=day + dt.timedelta(b), last=day + dt.timedelta(b + other), kwh=D(2))
    shared = bool({*range(a, a + length + 1)} & {*range(b, b + other + 1)})
    assert bool(keys(one, two)) == shared
    assert bool(keys(two, one)) == shared


def misfit_keys(bill: Bill) -> list[tuple[str, str]]:
    found = list(misfits(bill))
    assert all(sentence(one) for one in found)
    return [(one.key, one.field) for one in found]


def test_the_printed_sample_of_the_utility_does_not_add_up() -> None:
    (wrong,) = misfits(Bill(rows=(IndexRow(old=D(9618), new=D(1004), multiplier=D(1)),), kwh=D(300)))
    assert wrong.key == "sum_rollover"
    assert (wrong.values["expected"], wrong.values["digits"]) == ("1386", "4")


@pytest.mark.parametrize(
    ("bill", "expected"),
    [
        (Bill(rows=(IndexRow(old=D(10), new=D(25), multiplier=D(20)),), kwh=D(300)), []),
        (Bill(rows=(IndexRow(old=D(10), new=D(25)),), kwh=D(16)), [("sum_index", "rows[0].kwh")]),
        (Bill(rows=(IndexRow(old=D(850), new=D(120)),), kwh=D(99270)), []),
        (Bill(rows=(IndexRow(old=D(10), new=D(25), removed=D(5)),), kwh=D(20)), []),
        (
            Bill(rows=(IndexRow(register="BT", kwh=D(5)), IndexRow(register="TD", kwh=D(6))), kwh=D(12)),
            [("sum_rows", "kwh")],
        ),
        (Bill(rows=(IndexRow(kwh=D(5)), IndexRow(register="VC", kwh=D(6))), kwh=D(5)), []),
        (
            Bill(tiers=(TierRow(kwh=D(50), price=D(1984), amount=D(99201)),)),
            [("sum_tier", "tiers[0].amount")],
        ),
        (Bill(tiers=(TierRow(kwh=D(50), price=D(1984)),), kwh=D(51)), [("sum_tier_kwh", "kwh")]),
        (Bill(tiers=(TierRow(kwh=D(1), price=D(2), amount=D(2)),), net=D(3)), [("sum_net", "net")]),
        (Bill(net=D(65432), tax=D(6543), tax_rate=D("0.1")), []),
        (Bill(net=D(65432), tax=D(6545), tax_rate=D("0.1")), [("sum_tax", "tax")]),
        (Bill(net=D(100), tax=D(8), total=D(109)), [("sum_total", "total")]),
    ],
)
def test_what_does_not_add_up_is_named(bill: Bill, expected: list[tuple[str, str]]) -> None:
    assert misfit_keys(bill) == expected


@given(st.integers(0, 99999), st.integers(0, 49999), st.sampled_from([1, 20, 40]))
def test_a_dial_that_rolls_over_adds_up(old: int, used: int, factor: int) -> None:
    bill = Bill(
        rows=(IndexRow(old=D(old), new=D((old + used) % 100_000), multiplier=D(factor)),),
        kwh=D(used * factor),
    )
    assert misfit_keys(bill) == []
