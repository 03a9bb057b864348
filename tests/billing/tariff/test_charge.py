"""Bills to the đồng, and what holds for every bill."""

from __future__ import annotations

import bisect
import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sodien.billing.tariff.charge import Charge, charge
from sodien.billing.tariff.model import Book, Rules
from sodien.billing.tariff.prices import Fixed, PriceTable, Season, TariffError, price_of
from sodien.billing.tariff.quota import Consumption, part_quotas, whole_months, whole_quotas
from sodien.bills.tariff_files import load_book
from tests.billing.tariff.books import book_of_2026
from tests.billing.tariff.vectors import FLAT, OCTOBER_2025, VECTORS, Vector

BOOK = book_of_2026()
NOW = BOOK.table_on(dt.date(2026, 10, 1))


def use(
    kwh: int | str, first: dt.date = OCTOBER_2025[0], last: dt.date = OCTOBER_2025[1], **more: object
) -> Consumption:
    return Consumption(Decimal(kwh), first, last, **more)  # type: ignore[arg-type]


def keys(found: Charge) -> set[str]:
    return {assumption.key for assumption in found.assumptions}


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


# -- vectors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_vectors(vector: Vector) -> None:
    found = charge(
        BOOK, use(vector.kwh, vector.first, vector.last, households=vector.households, prorate=vector.prorate)
    )
    assert (found.net, found.taxes[0].amount, found.total) == (vector.net, vector.tax, vector.total)
    if len(vector.parts) > 1:
        assert [part.kwh for part in found.parts] == [kwh for kwh, _, _, _ in vector.parts]
        nets = [sum(line.amount for line in part.lines) for part in found.parts]
        assert nets == [net for _, net, _, _ in vector.parts]
    for part, (_, _, quotas, tiers) in zip(found.parts, vector.parts, strict=False):
        if quotas is not None:
            assert [line.quota for line in part.lines] == [*quotas, None]
        if tiers is not None:
            assert [line.kwh for line in part.lines] == list(tiers)


@pytest.mark.parametrize(("first", "last"), FLAT, ids=str)
def test_a_month_from_any_day_has_the_plain_widths_computed(first: dt.date, last: dt.date) -> None:
    quotas = whole_quotas(NOW, BOOK.rules, BOOK.steps, first, last, True, Fraction(1))
    assert quotas == (50, 50, 100, 100, 100, None)


def test_a_price_change_says_which_decisions_and_days() -> None:
    old, new = charge(BOOK, use(350, dt.date(2024, 10, 1), dt.date(2024, 10, 31))).parts
    assert (old.decision, old.first, old.last) == ("2941/QĐ-BCT", dt.date(2024, 10, 1), dt.date(2024, 10, 10))
    assert (new.decision, new.first, new.last) == (
        "2699/QĐ-BCT",
        dt.date(2024, 10, 11),
        dt.date(2024, 10, 31),
    )


def test_a_period_is_whole_up_to_the_last_kwh_of_its_first_tier() -> None:
    period = (dt.date(2025, 5, 1), dt.date(2025, 5, 31))
    at, above = charge(BOOK, use(50, *period)), charge(BOOK, use(51, *period))
    assert [len(part.lines) for part in at.parts] == [1, 1]
    assert [line.quota for part in at.parts for line in part.lines] == [50, 50]
    assert at.net == 15 * 1893 + 35 * 1984  # 14.5 of 50 kWh, half-up
    assert [len(part.lines) for part in above.parts] == [6, 6]
    assert "first_tier_whole" in keys(at)
    assert "first_tier_whole" not in keys(above)


# -- the table's own arithmetic ------------------------------------------------------------------------


def test_every_price_is_its_percentage_of_the_average_price() -> None:
    checked = 0
    for table in load_book().tables:
        if table.average is None:
            continue
        for tier in table.tiers:
            assert tier.percent is not None
            assert tier.price == price_of(table.average, tier.percent)
            checked += 1
        if table.prepaid is not None:
            assert table.prepaid.percent == 132
            assert table.prepaid.price == price_of(table.average, Decimal(132))
            checked += 1
    assert checked >= 6 * 6 + 5


def test_the_five_tiers_are_known_and_never_used() -> None:
    (pending,) = BOOK.pending()
    assert pending.decision == "14/2025/QĐ-TTg"
    assert [tier.width for tier in pending.tiers] == [100, 100, 200, 300, None]
    assert all(tier.price is None for tier in pending.tiers)
    assert not pending.covers(dt.date(2030, 1, 1))
    # What they would be at today's average, for illustration only.
    at_average = [price_of(NOW.average or Decimal(0), tier.percent or Decimal(0)) for tier in pending.tiers]
    assert at_average == [1984, 2380, 2998, 3571, 3967]


@pytest.mark.parametrize(
    ("day", "decision"),
    [
        ("2014-06-01", "4887/QĐ-BCT"),
        ("2015-03-15", "4887/QĐ-BCT"),
        ("2015-03-16", "2256/QĐ-BCT"),
        ("2019-03-19", "4495/QĐ-BCT"),
        ("2019-03-20", "648/QĐ-BCT"),
        ("2023-05-04", "1062/QĐ-BCT"),
        ("2023-11-08", "1062/QĐ-BCT"),
        ("2023-11-09", "2941/QĐ-BCT"),
        ("2024-10-10", "2941/QĐ-BCT"),
        ("2024-10-11", "2699/QĐ-BCT"),
        ("2025-05-09", "2699/QĐ-BCT"),
        ("2025-05-10", "1279/QĐ-BCT"),
        ("2026-11-30", "1279/QĐ-BCT"),
    ],
)
def test_number_date_and_row_belong_together(day: str, decision: str) -> None:
    assert BOOK.table_on(dt.date.fromisoformat(day)).decision == decision


@pytest.mark.parametrize(
    ("last", "percent"),
    [
        ("2022-01-31", 10),
        ("2022-02-28", 8),
        ("2023-01-31", 10),
        ("2023-06-30", 10),
        ("2023-07-31", 8),
        ("2025-06-30", 8),
        ("2026-12-31", 8),
        ("2027-01-01", 10),
    ],
)
def test_vat_by_the_end_of_the_period(last: str, percent: int) -> None:
    end = dt.date.fromisoformat(last)
    found = charge(BOOK, use(100, end - days(20), end))
    assert found.taxes[0].basis == f"{percent} %"


# -- special customers ---------------------------------------------------------------------------------


def test_undeclared_tenants_pay_tier_three_for_everything_computed() -> None:
    found = charge(BOOK, use(250, scheme="undeclared"))
    (line,) = found.parts[0].lines
    assert (line.tier, line.price, found.net) == (3, 2380, 250 * 2380)
    assert "undeclared" in keys(found)


def test_prepayment_has_one_price_computed() -> None:
    found = charge(BOOK, use(250, scheme="prepaid"))
    assert found.net == 250 * 2909
    assert [(line.tier, line.quota) for line in found.parts[0].lines] == [(0, None)]
    with pytest.raises(TariffError, match="4495/QĐ-BCT has no price for prepayment"):
        charge(BOOK, use(250, dt.date(2018, 1, 1), dt.date(2018, 1, 31), scheme="prepaid"))


def test_people_become_households() -> None:
    assert [BOOK.households(people) for people in (1, 2, 3, 4, 5)] == [
        Fraction(1, 4),
        Fraction(1, 2),
        Fraction(3, 4),
        1,
        Fraction(5, 4),
    ]
    with pytest.raises(TariffError, match="at least 1"):
        BOOK.households(0)


def test_a_rate_printed_on_the_bill_wins() -> None:
    found = charge(BOOK, use(100, tax_rates={"VAT": Decimal("0.10")}))
    assert found.taxes[0].amount == 20_170
    assert not any(key.startswith("tax") for key in keys(found))


# -- months --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "months", "left"),
    [
        ("2026-10-01", "2026-10-31", 1, 0),
        ("2026-10-01", "2026-10-30", 0, 30),
        ("2026-02-01", "2026-02-28", 1, 0),
        ("2024-01-13", "2024-02-29", 1, 17),
        ("2024-01-31", "2024-02-29", 1, 0),
        ("2023-01-31", "2023-03-30", 2, 0),
        ("2025-12-15", "2026-03-14", 3, 0),
        ("2025-12-15", "2026-03-13", 2, 27),
    ],
)
def test_whole_months_and_days_left(first: str, last: str, months: int, left: int) -> None:
    assert whole_months(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) == (months, left)


def test_three_months_are_three_quotas_and_left_over_days_a_part_computed() -> None:
    first = dt.date(2025, 10, 15)
    for last, widths in ((dt.date(2026, 1, 14), (150, 300)), (dt.date(2026, 1, 24), (166, 332))):
        quotas = whole_quotas(NOW, BOOK.rules, BOOK.steps, first, last, True, Fraction(1))
        assert quotas[1:3] == widths  # 10 days of 31: 50 × 3.3226 = 166.13, 100 × 3.3226 = 332.26
    found = charge(BOOK, use(500, first, dt.date(2026, 1, 24), prorate=True))
    assert "quota_months" in keys(found)


@pytest.mark.parametrize(
    ("last", "months"), [("2025-10-20", 1), ("2025-11-01", 1), ("2025-11-30", 2), ("2025-12-01", 2)]
)
def test_what_is_not_prorated_has_whole_months_computed(last: str, months: int) -> None:
    found = charge(BOOK, use(100, OCTOBER_2025[0], dt.date.fromisoformat(last)))
    assert found.parts[0].lines[0].quota == 50 * months
    (named,) = [a for a in found.assumptions if a.key == "quota_whole"]
    assert named.values["months"] == str(months)


@pytest.mark.parametrize(("rule", "month"), [("begin", 31), ("before", 31), ("end", 28), (30, 30)])
def test_which_days_a_month_has_is_a_setting(rule: object, month: int) -> None:
    rules = replace(BOOK.rules, quota_days=rule)  # type: ignore[arg-type]
    book = replace(BOOK, rules=rules)
    found = charge(book, use(100, dt.date(2026, 1, 20), dt.date(2026, 2, 8), prorate=True))
    assert found.parts[0].lines[2].quota == round(100 * 20 / month)
    named = [a for a in found.assumptions if a.key.startswith("quota_days")]
    assert [a.key for a in named] == ["quota_days_fixed" if rule == 30 else f"quota_days_{rule}"]
    assert named[0].values["month_days"] == str(month)


# -- assumptions ---------------------------------------------------------------------------------------


def test_a_plain_month_takes_nothing_for_granted_but_the_tax() -> None:
    assert keys(charge(BOOK, use(350, tax_rates={"VAT": Decimal("0.08")}))) == set()
    assert keys(charge(BOOK, use(350))) == {"tax_day_last"}


def test_what_was_used_is_named() -> None:
    change = charge(BOOK, use(350, dt.date(2024, 10, 1), dt.date(2024, 10, 31)))
    assert keys(change) == {"quota_days_begin", "split_by_days", "quota_rest", "tax_day_last", "tax_likely"}
    low = charge(BOOK, use(40, dt.date(2025, 5, 1), dt.date(2025, 5, 31)))
    assert "first_tier_whole" in keys(low)
    assert "quota_rest" not in keys(low)
    assert "prices_likely" in keys(charge(BOOK, use(9, dt.date(2016, 1, 1), dt.date(2016, 1, 31))))
    assert "quota_whole" in keys(charge(BOOK, use(9, dt.date(2025, 10, 1), dt.date(2025, 10, 20))))
    prepaid = use(9, dt.date(2023, 6, 1), dt.date(2023, 6, 30), scheme="prepaid")
    assert "prices_likely" in keys(charge(BOOK, prepaid))
    assert "prices_likely" not in keys(charge(BOOK, replace(prepaid, scheme="tiers")))


def test_vat_of_2027_is_not_known() -> None:
    assert "tax_unknown" in keys(charge(BOOK, use(9, dt.date(2026, 12, 15), dt.date(2027, 1, 14))))
    assert "tax_unknown" not in keys(charge(BOOK, use(9, dt.date(2026, 12, 1), dt.date(2026, 12, 31))))


def test_a_stale_table_says_so() -> None:
    edge = BOOK.checked_on + days(BOOK.margin_days)
    assert "table_stale" not in keys(charge(BOOK, use(9, edge - days(29), edge)))
    assert "table_stale" in keys(charge(BOOK, use(9, edge - days(28), edge + days(1))))
    old = use(9, today=dt.date(2027, 11, 24))
    assert "unconfirmed" in keys(charge(BOOK, old))
    assert "unconfirmed" not in keys(charge(BOOK, replace(old, today=dt.date(2027, 11, 23))))
    # A table that a later one has ended cannot go stale.
    ended = use(9, dt.date(2020, 1, 1), dt.date(2020, 1, 31), today=dt.date(2030, 1, 1))
    assert not keys(charge(BOOK, ended)) & {"table_stale", "unconfirmed", "table_pending"}


def test_a_table_for_a_season_does_not_end_one_for_the_year() -> None:
    summer = replace(NOW, id="summer", first=dt.date(2026, 6, 1), season=Season((6, 1), (8, 31)))
    book = replace(BOOK, tables=(*BOOK.tables, summer))
    assert not book.superseded(NOW)
    assert not book.superseded(summer)
    assert book.superseded(replace(summer, first=dt.date(2025, 6, 1)))
    assert book.table_on(dt.date(2026, 7, 1)) is summer
    assert book.table_on(dt.date(2026, 9, 1)) is NOW


def test_the_pending_table_is_named_once_periods_are_past_the_check() -> None:
    assert "table_pending" in keys(charge(BOOK, use(9, BOOK.checked_on - days(9), BOOK.checked_on + days(1))))
    assert "table_pending" not in keys(charge(BOOK, use(9, BOOK.checked_on - days(9), BOOK.checked_on)))


# -- refusals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (use(-1), "cannot be less than 0"),
        (use("NaN"), "cannot be less than 0"),
        (use(1, households=Fraction(0)), "has to be more than 0"),
        (use(1, dt.date(2025, 2, 1), dt.date(2025, 1, 1)), "before it begins"),
        (use(1, dt.date(2014, 5, 31), dt.date(2014, 6, 30)), "no price table in force on 2014-05-31"),
        (use(1, dt.date(2015, 1, 1), dt.date(2025, 1, 1)), "check the years"),
        (use(1, tax_rates={"GST": Decimal("0.05")}), "has no tax GST"),
        (use(1, tax_rates={"VAT": Decimal(8)}), "a fraction of 1"),
        (use(1, tax_rates={"VAT": Decimal("NaN")}), "a fraction of 1"),
        (use(1, dt.date(9999, 12, 1), dt.date.max), "check the years"),
    ],
)
def test_what_cannot_be_is_refused(wrong: Consumption, sentence: str) -> None:
    with pytest.raises(TariffError, match=sentence):
        charge(BOOK, wrong)


# -- properties ----------------------------------------------------------------------------------------

first_days = st.dates(dt.date(2014, 6, 1), dt.date(2026, 12, 1))
lengths = st.integers(1, 100)
households = st.integers(1, 12).map(lambda people: Fraction(people, 4))
uses = st.builds(
    lambda kwh, first, length, many, prorate: Consumption(
        Decimal(kwh), first, first + days(length - 1), many, prorate
    ),
    st.integers(0, 3000),
    first_days,
    lengths,
    households,
    st.booleans(),
)
#: Periods around a price change, the interesting ones.
changes = st.builds(
    lambda table, before, after: (table.first - days(before), table.first + days(after)),
    st.sampled_from([t for t in BOOK.tables if t.in_force][1:]),
    st.integers(1, 40),
    st.integers(0, 40),
)


@given(uses)
def test_everything_adds_up(it: Consumption) -> None:
    found = charge(BOOK, it)
    assert sum(part.kwh for part in found.parts) == it.kwh
    assert found.parts[0].first == it.first
    assert found.parts[-1].last == it.last
    for part, after in zip(found.parts, found.parts[1:], strict=False):
        assert after.first == part.last + days(1)
    for part in found.parts:
        assert sum(line.kwh for line in part.lines) == part.kwh
        assert part.kwh >= 0
        for line in part.lines:
            assert line.kwh >= 0
            assert line.amount == line.kwh * line.price
            assert line.quota is None or line.kwh <= line.quota
    assert found.net == sum(line.amount for part in found.parts for line in part.lines)
    assert found.total == found.net + sum(tax.amount for tax in found.taxes)
    assert found.total == int(found.total)


@given(uses)
def test_every_kwh_pays_the_price_of_its_tier(it: Consumption) -> None:
    """A second way to the same net: kWh by kWh, with the limits between the tiers instead of their widths."""
    found = charge(BOOK, it)
    if len(found.parts) > 1:
        return
    table = BOOK.table_on(it.first)
    months = Fraction(1)
    if it.prorate:
        months, day = Fraction(0), it.first
        while (end := month_after(it.first, int(months) + 1)) <= it.last + days(1):
            months, day = months + 1, end
        month = month_after(it.first.replace(day=1), 1) - it.first.replace(day=1)
        months += Fraction((it.last - day).days + 1, month.days)
    else:
        while month_after(it.first, int(months) + 1) <= it.last + days(1):
            months += 1
    limits, limit = [], 0
    for width in (50, 50, 100, 100, 100):
        limit += int(width * months * it.households + Fraction(1, 2))
        limits.append(limit)
    prices = [tier.price for tier in table.tiers]
    assert found.net == sum(prices[bisect.bisect_left(limits, k)] for k in range(1, int(it.kwh) + 1))  # type: ignore[misc]


def month_after(day: dt.date, months: int) -> dt.date:
    """The same day that many months later, or the first of the month after one that does not have it."""
    count = day.year * 12 + day.month - 1 + months
    try:
        return dt.date(count // 12, count % 12 + 1, day.day)
    except ValueError:
        return dt.date(count // 12, count % 12 + 2, 1)


@given(uses, st.integers(1, 200))
def test_more_kwh_never_cost_less(it: Consumption, more: int) -> None:
    assert charge(BOOK, replace(it, kwh=it.kwh + more)).total >= charge(BOOK, it).total


@given(changes, st.integers(0, 1500), st.integers(1, 30))
def test_more_kwh_never_cost_less_across_a_price_change(
    period: tuple[dt.date, dt.date], kwh: int, more: int
) -> None:
    assert charge(BOOK, use(kwh + more, *period)).total >= charge(BOOK, use(kwh, *period)).total


@given(uses, st.integers(0, 8), st.integers(1, 8))
def test_more_households_are_never_dearer(it: Consumption, quarters: int, more: int) -> None:
    if len(BOOK.spans(it.first, it.last)) > 1:
        # Quotas of parts are rounded each for itself; only whole households keep their order.
        few, many = Fraction(quarters + 1), Fraction(quarters + 1 + more)
    else:
        few, many = Fraction(quarters + 1, 4), Fraction(quarters + 1 + more, 4)
    assert charge(BOOK, replace(it, households=many)).net <= charge(BOOK, replace(it, households=few)).net


@given(changes, households, st.booleans())
def test_the_parts_quotas_are_the_whole_periods(
    period: tuple[dt.date, dt.date], many: Fraction, prorate: bool
) -> None:
    spans = BOOK.spans(*period)
    parts = part_quotas(spans, BOOK.rules, BOOK.steps, prorate, many)
    whole = whole_quotas(spans[0][0], BOOK.rules, BOOK.steps, *period, prorate, many)
    for tier in range(len(whole) - 1):
        assert sum(part[tier] or 0 for part in parts) == whole[tier]
        assert all((part[tier] or 0) >= 0 for part in parts)


def changed_by_nothing(day: dt.date) -> Book:
    """The same prices, said to change on ``day``."""
    again: PriceTable = replace(NOW, id="again", first=day)
    return replace(BOOK, tables=(*BOOK.tables, again))


@given(st.integers(0, 1200), st.integers(1, 30), st.integers(1, 3))
def test_a_change_of_nothing_changes_only_by_rounding(kwh: int, day: int, many: int) -> None:
    book = changed_by_nothing(dt.date(2025, 10, 1) + days(day))
    it = use(kwh, households=Fraction(many))
    cut, whole = charge(book, it), charge(BOOK, it)
    assert len(cut.parts) == 2
    # Each border between tiers may be off by a kWh of quota and one of the split in a part.
    jumps = sum(b.price - a.price for a, b in zip(NOW.tiers, NOW.tiers[1:], strict=False))  # type: ignore[operator,misc]
    assert abs(cut.net - whole.net) <= 2 * jumps


@pytest.mark.parametrize("per", ["day", "month", "period", "kwh"])
def test_a_charge_beside_the_energy_is_the_same_across_a_change_of_nothing(per: str) -> None:
    line = Fixed("line", per, Decimal(100))  # type: ignore[arg-type]
    tables = tuple(replace(table, fixed=(line,)) for table in BOOK.tables)
    whole = charge(replace(BOOK, tables=tables), use(310))
    (extra,) = whole.fixed
    assert extra.amount == {"day": 3100, "month": 100, "period": 100, "kwh": 31_000}[per]
    again = replace(NOW, id="again", first=dt.date(2025, 10, 12), fixed=(line,))
    cut = charge(replace(BOOK, tables=(*tables, again)), use(310))
    assert len(cut.fixed) == 2
    assert sum(extra.amount for extra in cut.fixed) == extra.amount
    assert cut.net == sum(part_line.amount for part in cut.parts for part_line in part.lines) + extra.amount


def test_three_tables_in_one_period_add_up() -> None:
    book = changed_by_nothing(dt.date(2025, 5, 20))
    found = charge(book, use(350, dt.date(2025, 5, 1), dt.date(2025, 5, 31)))
    assert len(found.parts) == 3
    for tier, width in enumerate((50, 50, 100, 100, 100)):
        assert sum(part.lines[tier].quota or 0 for part in found.parts) == width


def test_tiers_that_change_within_a_period_are_named() -> None:
    five = replace(
        BOOK.pending()[0],
        in_force=True,
        first=dt.date(2025, 10, 16),
        tiers=tuple(
            replace(tier, price=price_of(Decimal("2300"), tier.percent or Decimal(0)))
            for tier in BOOK.pending()[0].tiers
        ),
    )
    book = replace(BOOK, tables=(*(t for t in BOOK.tables if t.in_force), five))
    found = charge(book, use(310))
    assert "structure_change" in keys(found)
    assert [line.quota for line in found.parts[0].lines] == [24, 24, 48, 48, 48, None]
    assert [line.quota for line in found.parts[1].lines] == [52, 52, 103, 155, None]


def test_the_default_rules_are_viet_nams() -> None:
    assert BOOK.rules == Rules()
