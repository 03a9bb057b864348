"""Cost so far and at the period's end: bounds of energy become bounds of money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sodien import i18n
from sodien.billing.tariff.charge import Assumption, charge
from sodien.billing.tariff.cost_so_far import (
    DecimalBounds,
    added,
    billed,
    cost,
    project,
    standing,
    usual_power,
)
from sodien.billing.tariff.model import Book, Rules
from sodien.billing.tariff.prices import TariffError
from sodien.billing.tariff.quota import Consumption
from sodien.billing.words.sentences import sentence
from sodien.billing.words.tariff import TARIFF_WORDS
from sodien.bills.tariff_files import load_book, packaged
from sodien.metering.bounds import Bounded
from tests.billing.tariff.books import book_of_2026

BOOK = book_of_2026()
OCTOBER = Consumption(Decimal(0), dt.date(2026, 10, 1), dt.date(2026, 10, 31))


def bounded(low: str, best: str, high: str) -> Bounded:
    return Bounded(Fraction(low), Fraction(best), Fraction(high))


def test_a_household_in_the_middle_of_the_month() -> None:
    found = cost(BOOK, bounded("180.4", "182.2", "183.9"), OCTOBER)
    assert found.kwh == DecimalBounds(Decimal(180), Decimal(182), Decimal(184))
    # 50 × 1984 + 50 × 2050 + 82 × 2380 = 396,860, and 8 %.
    assert found.money.best == 428_609
    assert found.money.low < found.money.best < found.money.high
    assert found.tier == 3
    assert found.next is not None
    assert (found.next.tier, found.next.starts_at, found.next.price) == (4, 200, 2998)
    assert found.next.away == DecimalBounds(Decimal(16), Decimal(18), Decimal(20))
    assert {"whole_kwh", "whole_period"} <= {a.key for a in found.assumptions}
    assert len(found.assumptions) == len({a.key for a in found.assumptions})


@pytest.mark.parametrize(("kwh", "tier", "starts"), [(0, 1, 50), (50, 1, 50), (51, 2, 100), (400, 5, 400)])
def test_a_tier_ends_with_its_last_kwh(kwh: int, tier: int, starts: int) -> None:
    found = cost(BOOK, bounded(str(kwh), str(kwh), str(kwh)), OCTOBER)
    assert found.tier == tier
    assert found.next is not None
    assert found.next.starts_at == starts


def test_the_last_tier_has_no_next_and_one_price_no_tier() -> None:
    much = bounded("401", "401", "401")
    assert (cost(BOOK, much, OCTOBER).tier, cost(BOOK, much, OCTOBER).next) == (6, None)
    prepaid = cost(BOOK, much, replace(OCTOBER, scheme="prepaid"))
    assert (prepaid.tier, prepaid.next) == (None, None)


def test_more_households_move_the_next_tier() -> None:
    found = cost(BOOK, bounded("90", "90", "90"), replace(OCTOBER, households=Fraction(2)))
    assert found.next is not None
    assert (found.tier, found.next.starts_at) == (1, 100)


@given(
    st.fractions(0, 99_999, max_denominator=1000),
    st.fractions(0, 500, max_denominator=1000),
    st.fractions(0, 3, max_denominator=100),
    st.sampled_from([1, 20]),
)
def test_what_the_truncated_indices_give_is_inside(
    old: Fraction, used: Fraction, doubt: Fraction, multiplier: int
) -> None:
    on_the_bill = ((old + used) // 1 - old // 1) * multiplier
    found = billed(Bounded(max(Fraction(0), used - doubt), used, used + doubt), multiplier)
    assert found.low <= on_the_bill <= found.high
    assert found.low <= found.best <= found.high
    # Never wider than the doubt and the truncation make it.
    assert found.high - found.low <= (2 * doubt + 2) * multiplier


@given(
    st.fractions(0, 600, max_denominator=1000),
    st.fractions(0, 300, max_denominator=1000),
    st.fractions(0, 300, max_denominator=1000),
    st.fractions(0, 1, max_denominator=50),
    st.sampled_from([OCTOBER, Consumption(Decimal(0), dt.date(2025, 5, 1), dt.date(2025, 5, 31))]),
)
def test_the_true_cost_is_inside_the_bounds(
    low: Fraction, to_best: Fraction, to_high: Fraction, where: Fraction, period: Consumption
) -> None:
    energy = Bounded(low, low + to_best, low + to_best + to_high)
    found = cost(BOOK, energy, period)
    assert found.money.low <= found.money.best <= found.money.high
    true = low + (energy.high - low) * where
    for kwh in (true // 1, -(-true // 1)):  # as the decimals of the indices fall
        assert found.money.low <= charge(BOOK, replace(period, kwh=Decimal(kwh))).total <= found.money.high


def test_negative_energy_is_refused() -> None:
    with pytest.raises(TariffError, match="cannot be less than 0"):
        billed(bounded("-1", "0", "1"))


# -- a part of a period --------------------------------------------------------------------------------

#: Tiers, tiers whose price changes in the period, one price, prices that jump for all kWh, and fixed charges.
PARTS = [
    (BOOK, OCTOBER),
    (BOOK, Consumption(Decimal(0), dt.date(2025, 5, 1), dt.date(2025, 5, 31))),
    (BOOK, replace(OCTOBER, scheme="prepaid")),
    *(
        (
            load_book([packaged() / "examples" / f"{name}.yaml"]),
            replace(OCTOBER, first=dt.date(year, 7, 1), last=dt.date(year, 7, 24)),
        )
        for name, year in (
            ("kr-kepco-residential-lv", 2018),
            ("my-tnb-domestic-2025", 2025),
            ("us-city-of-seymour", 2019),
        )
    ),
]


def test_a_day_costs_its_kwh_in_the_tiers_reached() -> None:
    # 0.5 kWh at 1984 and 9.5 at 2050, and 8 %: no kWh of the period is rounded, and so no money.
    found = added(BOOK, bounded("49.5", "49.5", "49.5"), bounded("10", "10", "10"), OCTOBER)
    assert found == bounded("22104.36", "22104.36", "22104.36")


def test_what_nobody_counted_before_leaves_every_tier_open() -> None:
    found = added(BOOK, bounded("0", "0", "900"), bounded("1", "1", "1"), OCTOBER)
    assert found == bounded("2142.72", "2142.72", "3736.8")


@given(
    st.sampled_from(PARTS),
    st.fractions(0, 600, max_denominator=100),
    st.fractions(0, 60, max_denominator=100),
    st.fractions(0, 100, max_denominator=100),
    st.fractions(0, 3, max_denominator=100),
    st.fractions(0, 1, max_denominator=10),
    st.fractions(0, 1, max_denominator=10),
)
def test_what_a_part_truly_costs_is_inside_its_bounds(
    where: tuple[Book, Consumption],
    least: Fraction,
    open_before: Fraction,
    used: Fraction,
    open_used: Fraction,
    a: Fraction,
    b: Fraction,
) -> None:
    book, use = where
    before = Bounded(least, least + open_before / 2, least + open_before)
    more = Bounded(used, used + open_used / 2, used + open_used)
    found = added(book, before, more, use)
    assert 0 <= found.low <= found.best <= found.high
    begin, energy = least + a * open_before, used + b * open_used
    true = added(book, Bounded(begin, begin, begin), Bounded(energy, energy, energy), use)
    assert true.low == true.high, "what is known exactly costs one amount"
    assert found.low - 1 <= true.best <= found.high + 1


@given(
    st.sampled_from([PARTS[0], *PARTS[2:]]),
    st.lists(st.fractions(0, 40, max_denominator=50), min_size=1, max_size=12),
)
def test_the_parts_of_a_period_add_up_to_its_bill(
    where: tuple[Book, Consumption], parts: list[Fraction]
) -> None:
    book, use = where
    parts.append(-sum(parts) % 1)  # a bill is of whole kWh
    so_far, paid = Fraction(0), standing(book, use)
    for part in parts:
        paid += added(book, Bounded(so_far, so_far, so_far), Bounded(part, part, part), use).best
        so_far += part
    bill = charge(book, replace(use, kwh=Decimal(int(so_far)))).total
    assert abs(paid - Fraction(bill)) < 20, "but for what the bill rounds"


# -- projection ----------------------------------------------------------------------------------------


def test_the_rest_of_the_period_at_usual_power() -> None:
    found = project(bounded("100", "101", "103"), 10 * 86_400, bounded("0.2", "0.4", "0.5"))
    assert found == bounded("148", "197", "223")
    assert project(bounded("1", "2", "3"), 0, bounded("9", "9", "9")) == bounded("1", "2", "3")
    with pytest.raises(ValueError, match="not negative"):
        project(bounded("1", "2", "3"), -1, bounded("0", "0", "0"))


def test_this_periods_average_where_nothing_else_is_known() -> None:
    assert usual_power(bounded("1", "2", "3"), 0, Fraction(8)) is None
    usual = usual_power(bounded("100", "120", "130"), 10 * 86_400, Fraction("8.8"))
    assert usual == Bounded(Fraction(0), Fraction(1, 2), Fraction("8.8"))


@given(
    st.integers(1, 31 * 86_400),
    st.integers(0, 31 * 86_400),
    st.fractions(0, 8, max_denominator=100),
    st.fractions(0, 8, max_denominator=100),
)
def test_what_the_supply_can_carry_is_inside(
    elapsed: int, remaining: int, before: Fraction, after: Fraction
) -> None:
    used = before * elapsed / 3600
    usual = usual_power(Bounded(used, used, used), elapsed, Fraction(8))
    assert usual is not None
    end = project(Bounded(used, used, used), remaining, usual)
    assert end.low <= used + after * remaining / 3600 <= end.high
    assert end.low <= end.best <= end.high


# -- words ---------------------------------------------------------------------------------------------


def variants() -> Iterator[tuple[Book, Consumption]]:
    """Bills that take for granted whatever can be."""
    periods = [
        (dt.date(2016, 1, 1), dt.date(2016, 1, 31)),
        (dt.date(2024, 10, 1), dt.date(2024, 10, 31)),
        (dt.date(2025, 5, 1), dt.date(2025, 5, 31)),
        (dt.date(2027, 1, 1), dt.date(2027, 3, 10)),
    ]
    for first, last in periods:
        for prorate in (False, True):
            yield BOOK, Consumption(Decimal(0), first, last, prorate=prorate, today=dt.date(2028, 1, 1))
    yield BOOK, replace(OCTOBER, scheme="undeclared")
    for rule in ("end", "before", 30):
        rules = Rules(quota_days=rule, tax_day="first")  # type: ignore[arg-type]
        yield replace(BOOK, rules=rules), replace(OCTOBER, last=dt.date(2026, 10, 20), prorate=True)
    yield replace(BOOK, tables=tuple(replace(t, certainty="unknown") for t in BOOK.tables)), OCTOBER
    seymour = load_book([packaged() / "examples" / "us-city-of-seymour.yaml"])
    yield seymour, Consumption(Decimal(0), dt.date(2019, 5, 20), dt.date(2019, 6, 10))


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_assumption_has_a_sentence_and_every_sentence_a_use(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(i18n, "_language", language)
    said = set()
    for book, use in variants():
        for kwh in ("10", "300"):
            for assumption in cost(book, bounded(kwh, kwh, kwh), use).assumptions:
                said.add(assumption.key)
                text = sentence(assumption)
                assert text.endswith(".")
                assert "{" not in text
    assert said == set(TARIFF_WORDS)


def test_an_unknown_key_has_no_sentence() -> None:
    with pytest.raises(KeyError):
        sentence(Assumption("no_such", {}))


def test_the_sentences_are_spoken_in_vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_language", "vi")
    (assumption,) = charge(BOOK, replace(OCTOBER, kwh=Decimal(9))).assumptions
    assert sentence(assumption).startswith("Thuế GTGT là 8%")
