"""Whether a bill adds up: one rule, asked when a notice is read and when its bill is judged."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.billing.arithmetic import Sum, money_sums, rounds_to, row_energy, rows_sum
from sodien.billing.bill import Bill, IndexRow
from sodien.billing.notices.sums import misfits


@pytest.mark.parametrize(
    ("exact", "printed", "fits"),
    [
        ("10.4", "10", True),
        ("10.4", "11", True),
        ("10.4", "12", False),
        ("10", "11", False),
        ("10", "10", True),
        ("10.25", "10.2", True),
        ("10.25", "10.3", True),
        ("10.25", "10.4", False),
        ("10.5", "11.5", False),
        ("300", "300.5", False),
    ],
)
def test_rounding_is_less_than_one_in_the_last_place(exact: str, printed: str, fits: bool) -> None:
    assert rounds_to(Fraction(exact), Decimal(printed)) == fits


@given(st.fractions(0, 1000), st.integers(0, 3), st.sampled_from(["ROUND_HALF_UP", "ROUND_DOWN", "ROUND_UP"]))
def test_any_rounding_fits(exact: Fraction, places: int, mode: str) -> None:
    scaled = Decimal((exact * 10**12).__floor__()).scaleb(-12)
    if scaled != 0 and Fraction(scaled) != exact:
        return  # not a decimal: the modes are those of decimals
    assert rounds_to(Fraction(scaled), scaled.quantize(Decimal(1).scaleb(-places), rounding=mode))


def test_a_sum_register_beside_the_whole_one_is_not_billed_twice() -> None:
    bill = Bill(
        rows=(IndexRow(register="KT", kwh=Decimal(24)), IndexRow(register="SG", kwh=Decimal(24))),
        kwh=Decimal(24),
    )
    assert rows_sum(bill) == Sum("rows", Decimal(24), Fraction(24))
    assert list(misfits(bill)) == []


def test_the_removed_meters_energy_may_stand_beside_the_rows_kwh() -> None:
    beside = IndexRow(old=Decimal(0), new=Decimal(30), kwh=Decimal(30), removed=Decimal(50))
    inside = IndexRow(old=Decimal(0), new=Decimal(30), kwh=Decimal(80), removed=Decimal(50))
    for one in (beside, inside):
        assert row_energy(one, one.kwh) == one.kwh
        assert list(misfits(Bill(rows=(one,), kwh=Decimal(80)))) == []
    assert row_energy(IndexRow(old=Decimal(0), new=Decimal(30), removed=Decimal(50)), Decimal(30)) == 80


@pytest.mark.parametrize(
    ("printed", "digits", "energy"),
    [(99270, None, 99270), (270, None, 270), (270, 5, 99270)],
)
def test_a_dial_of_unknown_size_is_the_one_that_explains_the_kwh(
    printed: int, digits: int | None, energy: int
) -> None:
    assert row_energy(IndexRow(old=Decimal(850), new=Decimal(120)), Decimal(printed), digits=digits) == energy


def test_tax_may_be_rounded_line_by_line() -> None:
    def adds(tax: int) -> bool:
        bill = Bill(net=Decimal(100000), tax=Decimal(tax), tax_rate=Decimal("0.08"))
        return all(one.adds for one in money_sums(bill))

    assert [adds(tax) for tax in (7998, 7999, 8000, 8001, 8002)] == [False, True, True, True, False]
