"""Money against the tariff: prices, quotas, tax and totals, and what no source settles."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace as changed
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sodien.billing.audit.charge_variants import use_of
from sodien.billing.audit.check_money import money
from sodien.billing.audit.own_record import own_record
from sodien.billing.audit.practice import Practice
from sodien.billing.audit.result import Verdict
from sodien.billing.audit.verdict import judge
from sodien.billing.bill import Bill, TierRow
from sodien.billing.tariff.charge import charge
from sodien.billing.tariff.quota import Consumption
from sodien.bills.tariff_files import load_book
from tests.billing.examples import JULY_31, JUNE_30, PRACTICE, ZONE, bill, meters
from tests.billing.tariff.charged import FORMER_PRICES, charged

BOOK = load_book()
ONE = changed(PRACTICE, households=Fraction(1))
HONEST = charged(bill(JUNE_30 + 9, JULY_31 + 14), "all")  # 749 kWh of July 2026


def judged(wrong: Bill, practice: Practice = ONE) -> Verdict:
    return judge(wrong, [], meters(), BOOK, practice)


def said(verdict: Verdict) -> dict[str, str]:
    return {check.key: check.says for check in verdict.checks if check.topic == "money"}


def test_an_honest_charge_agrees_in_every_line():
    verdict = judged(HONEST)
    assert verdict.overall == "consistent"
    assert said(verdict) == {
        "tax": "tax_rounds",
        "total": "total_adds",
        "prices": "prices_agree",
        "quotas": "quotas_agree",
        "tax_rate": "tax_rate_agrees",
        "net_tariff": "net_agrees",
        "total_tariff": "total_agrees",
    }
    quotas = verdict.check("quotas")
    assert quotas is not None
    assert quotas.values["quotas"] == "50 / 50 / 100 / 100 / 100"


@pytest.mark.parametrize(
    ("first", "last", "habit", "days"),
    [
        (1, 31, "after", (1, 31)),
        (1, 31, "same", (2, 31)),  # the first day printed is the last one of the month before
        (31, 31, "same", (31, 31)),
        (31, 1, "after", None),
    ],
)
def test_the_days_that_are_charged(first: int, last: int, habit: Any, days: tuple[int, int] | None) -> None:
    of = bill(JUNE_30 + 9, JULY_31 + 14, first=dt.date(2026, 7, first), last=dt.date(2026, 7, last))
    use = use_of(of, BOOK, changed(PRACTICE, first_day=habit), Fraction(749))
    assert (None if use is None else (use.first.day, use.last.day)) == days


@pytest.mark.parametrize(
    ("told", "printed", "households"), [(None, None, 1), (None, 3, 3), (Fraction(1, 2), 3, Fraction(1, 2))]
)
def test_the_households_that_are_charged(told: Any, printed: Any, households: Any) -> None:
    use = use_of(replace(HONEST, households=printed), BOOK, changed(PRACTICE, households=told), Fraction(749))
    assert use is not None
    assert use.households == households


def test_an_over_read_costs_at_least_its_last_tier():
    verdict = judged(charged(bill(JUNE_30 + 9, JULY_31 + 14 + 30), "all"))
    assert verdict.disagrees_by_kwh == 20
    # 20 kWh of the sixth tier at 3,460 đồng and 8 % of tax.
    assert verdict.disagrees_by_money is not None
    assert abs(verdict.disagrees_by_money - 20 * 3460 * Decimal("1.08")) <= 1


@pytest.mark.parametrize("prints", ["all", "total"])
def test_the_table_of_last_year(prints):
    verdict = judged(charged(bill(JUNE_30 + 9, JULY_31 + 14), prints, prices=FORMER_PRICES))
    assert verdict.overall == "disagrees"
    assert verdict.disagrees_by_kwh is None
    assert verdict.disagrees_by_money is not None
    assert verdict.reasons[0].key == "other_table"
    assert verdict.reasons[0].values["decision"].startswith("2699")


def test_quotas_of_two_households():
    double = (100, 100, 200, 200, 200)
    wrong = charged(bill(JUNE_30 + 9, JULY_31 + 14), "all", quotas=double)
    known = judged(wrong)
    assert said(known)["quotas"] == "quotas_wrong"
    assert [r.values for r in known.reasons if r.key == "quota_households"] == [{"households": "2"}]
    unknown = judged(wrong, changed(PRACTICE, households=None))
    assert unknown.overall == "consistent"
    assert said(unknown)["quotas"] == "quotas_households"
    printed = judged(replace(wrong, households=Decimal(2)), changed(PRACTICE, households=None))
    assert said(printed)["quotas"] == "quotas_agree"
    assert said(judged(replace(wrong, households=Decimal(2))))["quotas"] == "quotas_wrong"


def test_quotas_by_the_days_used_are_lawful():
    """27 days of a month of 31: 44, 44, 87, 87 and 87 kWh (EVNHANOI 2015)."""
    by_days = charged(
        bill(JUNE_30 + 9, JULY_31 - 4 * 24 + 9, first=dt.date(2026, 7, 1), last=dt.date(2026, 7, 27)),
        "all",
        quotas=(44, 44, 87, 87, 87),
    )
    verdict = judged(by_days)
    assert verdict.overall == "consistent"
    assert said(verdict)["quotas"] == "quotas_by_days"
    wrong = judged(replace(by_days, last=dt.date(2026, 7, 31)))
    assert said(wrong)["quotas"] == "quotas_wrong"
    assert [r.values["days"] for r in wrong.reasons if r.key == "quota_days"] == ["27"]


def test_all_at_one_price_can_only_be_undeclared_tenants():
    flat = charged(bill(JUNE_30 + 9, JULY_31 + 14), "all", prices=(2380,), quotas=())
    verdict = judged(flat)
    assert verdict.overall == "consistent"
    assert said(verdict)["quotas"] == "quotas_scheme"
    assert said(verdict)["total_tariff"] == "total_scheme"
    declared = judged(flat, changed(ONE, scheme="undeclared"))
    assert said(declared)["quotas"] == "quotas_agree"


def test_a_tax_rate_that_is_not_in_force():
    ten = replace(
        HONEST, tax=Decimal(227_944), tax_rate=Decimal("0.1"), total=(HONEST.net or 0) + Decimal(227_944)
    )
    verdict = judged(ten)
    assert said(verdict)["tax_rate"] == "tax_rate_wrong"


def january(rate: str) -> Bill:
    """A bill of January 2027, when the rate depends on a law that nobody knows yet."""
    old = 1000
    made = charged(bill(old, old + 300, first=dt.date(2027, 1, 1), last=dt.date(2027, 1, 31)), "all")
    assert made.net is not None
    tax = (made.net * Decimal(rate)).quantize(Decimal(1))
    return replace(made, tax=tax, tax_rate=Decimal(rate), total=made.net + tax)


@pytest.mark.parametrize("rate", ["0.08", "0.10"])
def test_a_tax_that_nobody_knows_yet_is_never_called_wrong(rate):
    found = money(january(rate), BOOK, ONE, Fraction(300))
    assert not [check for check in found.checks if check.result == "disagrees"]


def test_new_prices_after_the_tables_were_checked_are_never_called_wrong():
    prices = tuple(round(price * 1.04) for price in (1984, 2050, 2380, 2998, 3350, 3460))
    made = bill(1000, 1300, first=dt.date(2027, 3, 1), last=dt.date(2027, 3, 31))
    for prints in ("all", "total"):
        found = money(charged(made, prints, prices=prices), BOOK, ONE, Fraction(300))
        assert not [check for check in found.checks if check.result == "disagrees"]
        assert "cannot_tell" in {check.result for check in found.checks}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 900), st.integers(-1, 1), st.booleans())
def test_the_rounding_of_a_price_change_is_no_mistake(kwh, shift, total_only):
    """10 May 2025, prices change within the month: the split may lawfully differ by a kWh."""
    first, last = dt.date(2025, 5, 1), dt.date(2025, 5, 31)
    use = Consumption(kwh=Decimal(kwh), first=first, last=last)
    fair = charge(BOOK, use)
    if shift and not 2 < fair.parts[0].kwh < kwh - 2:
        return
    net, rows = Decimal(0), []
    for number, part in enumerate(fair.parts):
        left = part.kwh + (shift if number == 0 else -shift)
        for line in part.lines:
            here = left if line.quota is None else min(left, line.quota)
            left -= here
            net += here * line.price
            rows.append((here, line.price))
    tax = (net * Decimal("0.08")).quantize(Decimal(1), rounding="ROUND_HALF_UP")
    made = Bill(first=first, last=last, kwh=Decimal(kwh), total=net + tax)
    if not total_only:
        tiers = tuple(TierRow(kwh=n, price=price, amount=n * price) for n, price in rows if n)
        made = replace(made, tiers=tiers, net=net, tax=tax, tax_rate=Decimal("0.08"))
    found = money(made, BOOK, ONE, Fraction(kwh))
    assert not [check for check in found.checks if check.result == "disagrees"]
    off = money(replace(made, total=net + tax + 200_000), BOOK, ONE, Fraction(kwh))
    assert "total_tariff" in {check.key for check in off.checks if check.result == "disagrees"}


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (Bill(kwh=Decimal(100)), "charge_not_printed"),
        (Bill(total=Decimal(1)), "charge_no_kwh"),
        (Bill(kwh=Decimal(100), total=Decimal(1)), "charge_no_dates"),
        (
            Bill(kwh=Decimal(1), total=Decimal(1), first=dt.date(1990, 1, 1), last=dt.date(1990, 1, 31)),
            "charge_no_prices",
        ),
    ],
)
def test_what_is_missing_is_said(made, says):
    seen = own_record(made, None, meters(), Practice(ZONE))
    assert [check.says for check in money(made, BOOK, Practice(ZONE), seen.billed).checks] == [says]


def test_without_a_tariff_nothing_is_said_about_money():
    verdict = judge(HONEST, [], meters(), None, ONE)
    assert said(verdict)["charge"] == "charge_no_tariff"
    assert verdict.disagrees_by_money is None
