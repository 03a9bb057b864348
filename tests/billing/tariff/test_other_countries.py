"""Other countries are files: their published worked examples come out to the cent."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sodien.billing.tariff.charge import Charge, charge
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.prices import TariffError
from sodien.billing.tariff.quota import Consumption
from sodien.billing.tariff.rounding import Rounding
from sodien.bills.tariff_files import load_book, packaged, parse

EXAMPLES = packaged() / "examples"
SEYMOUR = load_book([EXAMPLES / "us-city-of-seymour.yaml"])
QUEBEC = load_book([EXAMPLES / "ca-hydro-quebec-d-2015.yaml"])
WINTER = (dt.date(2019, 1, 1), dt.date(2019, 1, 31))
SUMMER = (dt.date(2019, 6, 10), dt.date(2019, 7, 9))


def cost(book: Book, kwh: int | str, period: tuple[dt.date, dt.date]) -> Charge:
    return charge(book, Consumption(Decimal(kwh), *period))


# https://cityofseymour.org/departments/utilities/residential-electricity/bill-comparison/ prints every
# line below; the prices are those before 2019-07-25.


def test_seymour_in_winter_published() -> None:
    found = cost(SEYMOUR, 1200, WINTER)
    assert [(line.kwh, line.amount) for line in found.parts[0].lines] == [
        (250, Decimal("16.00")),
        (450, Decimal("22.05")),
        (500, Decimal("22.30")),
    ]
    assert [(extra.name, extra.amount) for extra in found.fixed] == [
        ("Base customer charge", Decimal("7.50")),
        ("Power cost", Decimal("102.00")),
    ]
    assert found.net == Decimal("169.85")
    assert [(tax.name, tax.basis, tax.amount) for tax in found.taxes] == [
        ("City sales tax", "1 %", Decimal("1.70"))
    ]
    assert found.total == Decimal("171.55")


def test_seymour_in_summer_published() -> None:
    found = cost(SEYMOUR, 2000, SUMMER)
    assert [line.amount for line in found.parts[0].lines] == [
        Decimal("16.00"),
        Decimal("22.05"),
        Decimal("26.13"),
        Decimal("33.45"),
    ]
    assert found.net == Decimal("275.13")
    assert found.total == Decimal("277.88")


def test_a_season_changes_within_a_period_computed() -> None:
    found = cost(SEYMOUR, 1000, (dt.date(2019, 5, 22), dt.date(2019, 6, 10)))
    assert [(part.tariff, part.kwh) for part in found.parts] == [
        ("seymour-winter", 500),
        ("seymour-summer", 500),
    ]
    # Half of each season's quotas, and half of the month's charge, for half of the days.
    assert [line.quota for line in found.parts[1].lines] == [125, 225, 275, None]
    assert [extra.amount for extra in found.fixed if extra.name == "Base customer charge"] == [
        Decimal("3.75"),
        Decimal("3.75"),
    ]
    assert "structure_change" in {a.key for a in found.assumptions}


def test_seymour_ends_where_its_prices_changed() -> None:
    with pytest.raises(TariffError, match="no price table in force on 2019-07-25"):
        cost(SEYMOUR, 1, (dt.date(2019, 7, 1), dt.date(2019, 7, 31)))


# Hydro-Québec explains a bill of 63 days and 5,000 kWh: 30 kWh × 63 days = 1,890 kWh in the first tier and
# 3,110 kWh beyond (.../reading-your-bill/rate-d/bimonthly-bill/bimonthly-bill-part3-overlay/). It prints no
# money there; that is computed from the published rates of 2015.


def test_quebec_by_the_day_quotas_published_money_computed() -> None:
    found = cost(QUEBEC, 5000, (dt.date(2015, 5, 1), dt.date(2015, 7, 2)))
    first, rest = found.parts[0].lines
    assert (first.quota, first.kwh, rest.kwh) == (1890, 1890, 3110)
    assert (first.amount, rest.amount) == (Decimal("107.35"), Decimal("267.46"))
    assert [(e.basis, e.amount) for e in found.fixed] == [("63 day × 0.4064", Decimal("25.60"))]
    assert found.net == Decimal("400.41")
    # Side by side: both taxes on the same 400.41.
    assert [(t.name, t.amount) for t in found.taxes] == [
        ("GST", Decimal("20.02")),
        ("QST", Decimal("39.94")),
    ]
    assert found.total == Decimal("460.37")


def test_a_tax_on_a_tax_computed() -> None:
    gst, qst = QUEBEC.taxes
    book = replace(QUEBEC, taxes=(gst, replace(qst, on="sum")))
    found = cost(book, 5000, (dt.date(2015, 5, 1), dt.date(2015, 7, 2)))
    assert found.taxes[1].amount == Decimal("41.94")  # 9.975 % of 420.43


FLAT = """
tariff: xx-flat
name: One price, three decimals, a charge for the month
currency: KWD
decimals: 3
checked_on: 2026-01-01
rules: {prorate: always, quota_days: 30}
rounding: {line: down 0.001, tax: half-even 0.001, total: up 0.005}
tables:
  - id: flat
    decision: a price
    first: 2026-01-01
    fixed: [{name: line, per: month, amount: 3}]
    tiers: [{price: 0.0255}]
taxes:
  - name: levy
    rates: [{first: 2026-01-01, percent: 5}]
"""


def test_a_flat_price_with_three_decimals_and_a_mode_for_each_step_computed(tmp_path: Path) -> None:
    path = tmp_path / "flat.yaml"
    path.write_text(FLAT, encoding="utf-8")
    book = load_book([path])
    found = cost(book, 77, (dt.date(2026, 1, 1), dt.date(2026, 1, 20)))
    assert found.parts[0].lines[0].amount == Decimal("1.963")  # 1.9635 down
    assert [e.amount for e in found.fixed] == [Decimal("2.000")]  # 20 of 30 days
    assert [t.amount for t in found.taxes] == [Decimal("0.198")]  # 0.19815
    assert found.total == Decimal("4.165")  # 4.161 up to the next 0.005
    assert not {a.key for a in found.assumptions} & {"quota_days_fixed", "quota_whole"}


@given(st.integers(0, 6000), st.integers(1, 500), st.integers(0, 150), st.integers(0, 60))
def test_more_kwh_never_cost_less_elsewhere(kwh: int, more: int, begin: int, length: int) -> None:
    first = dt.date(2019, 2, 1) + dt.timedelta(days=begin // 2)
    period = (first, first + dt.timedelta(days=length))
    assert cost(SEYMOUR, kwh + more, period).total >= cost(SEYMOUR, kwh, period).total


# -- rounding ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rounding", "value", "expected"),
    [
        ("half-up 1", "0.5", "1"),
        ("half-up 1", "-0.5", "-1"),
        ("half-up 1", "2.4999", "2"),
        ("half-even 1", "0.5", "0"),
        ("half-even 1", "1.5", "2"),
        ("half-even 1", "2.51", "3"),
        ("down 10", "1239", "1230"),
        ("down 1", "-1.9", "-1"),
        ("up 0.05", "0.051", "0.10"),
        ("up 1", "3", "3"),
        ("half-up 0.01", "26.125", "26.13"),
    ],
)
def test_rounding(rounding: str, value: str, expected: str) -> None:
    assert str(Rounding.parse(rounding)(Fraction(value))) == expected


@given(
    st.fractions(-1_000_000, 1_000_000, max_denominator=10**6),
    st.sampled_from(["half-up", "half-even", "down", "up"]),
    st.sampled_from(["1", "0.01", "0.05", "10", "0.001"]),
)
def test_rounding_never_moves_further_than_a_step(value: Fraction, mode: str, step: str) -> None:
    rounding = Rounding(mode, Decimal(step))
    moved = abs(Fraction(rounding(value)) - value)
    assert moved < Fraction(step)
    if mode.startswith("half"):
        assert moved <= Fraction(step) / 2
    assert (Fraction(rounding(value)) / Fraction(step)).denominator == 1


def test_the_examples_are_files_of_the_same_kind() -> None:
    for file in EXAMPLES.glob("*.yaml"):
        assert parse(file.read_text(encoding="utf-8"), file).file.tables
