"""Quotas: how many kWh of each tier a period, or a part of one, may use.

The Vietnamese rule (EVN 2015 and 2024; QĐ 828/QĐ-EVN art. 7.3): width / T × N × households, each tier rounded
to whole kWh, with N the days used and T the days of a month. Whole months from the period's first day count
as whole quotas and only the days left over as days / T.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

import msgspec

from sodien.billing.tariff.model import Rules, Steps
from sodien.billing.tariff.prices import PriceTable

_DAY: Final = dt.timedelta(days=1)

#: A width per tier in kWh; None for the last, which takes all the rest.
Quotas = tuple[Decimal | None, ...]


class Consumption(msgspec.Struct, frozen=True):
    """What is to be paid for.

    Attributes:
        kwh: billed kWh of the whole period (after the multiplier), ≥ 0.
        first, last: the billing period, both days included.
        households: on this meter; multiplies the quotas (3/4 for three people of a shared meter).
        prorate: quotas by the days used (new supply, other holder, termination, agreed change of the reading
            day); a price change within the period prorates its parts in any case.
        tax_rates: rates that are printed on the bill, by name of the tax, as fractions of 1 (0.08); they win
            over the table.
        scheme: ``tiers``; ``prepaid``, the one price of a prepayment meter; or ``undeclared``, all kWh at one
            tier's price, where a landlord has not declared the tenants.
        registers: kWh by register of a time-of-use meter; they add up to ``kwh``. None where it has one.
        kw, kva: the demand that is charged by the month, as measured or agreed.
        delivered: kWh delivered to the grid.
        today: the day on which this is asked; with it a result can say that the table was not confirmed for
            too long.
    """

    kwh: Decimal
    first: dt.date
    last: dt.date
    households: Fraction = Fraction(1)
    prorate: bool = False
    tax_rates: Mapping[str, Decimal] | None = None
    scheme: Literal["tiers", "prepaid", "undeclared"] = "tiers"
    registers: Mapping[str, Decimal] | None = None
    kw: Decimal | None = None
    kva: Decimal | None = None
    delivered: Decimal = Decimal(0)
    today: dt.date | None = None


def days_between(first: dt.date, last: dt.date) -> int:
    """The days of a period, both ends included."""
    return (last - first).days + 1


def month_days(rules: Rules, first: dt.date, last: dt.date) -> int:
    """T, the days of a month, for a period."""
    if isinstance(rules.quota_days, int):
        return rules.quota_days
    day = {"begin": first, "end": last, "before": last.replace(day=1) - _DAY}[rules.quota_days]
    return calendar.monthrange(day.year, day.month)[1]


def whole_months(first: dt.date, last: dt.date) -> tuple[int, int]:
    """The whole months of a period from its first day on, and the days left over.

    A month ends the day before the same day of the next month; where that has no such day, with its end.
    """
    end = last + _DAY
    months = (end.year - first.year) * 12 + end.month - first.month
    while months and _months_after(first, months) > end:
        months -= 1
    return months, (end - _months_after(first, months)).days


def _months_after(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = calendar.monthrange(year, month + 1)[1]
    if day.day > length:
        return dt.date(year, month + 1, length) + _DAY
    return dt.date(year, month + 1, day.day)


def months_used(rules: Rules, first: dt.date, last: dt.date, prorate: bool) -> Fraction:
    """How many months a period counts as: the whole ones, at least 1; if prorated, the days left over too."""
    days = month_days(rules, first, last)
    if isinstance(rules.quota_days, int):
        months, left = divmod(days_between(first, last), days)
    else:
        months, left = whole_months(first, last)
    if prorate or rules.prorate == "always":
        return months + Fraction(left, days)
    return Fraction(max(1, months))


def _units(rules: Rules, first: dt.date, last: dt.date, prorate: bool) -> Fraction:
    if rules.quota_per == "day":
        return Fraction(days_between(first, last))
    return Fraction(1) if rules.quota_per == "period" else months_used(rules, first, last, prorate)


def _part_units(rules: Rules, first: dt.date, last: dt.date, days: int) -> Fraction:
    if rules.quota_per == "day":
        return Fraction(days)
    if rules.quota_per == "period":
        return Fraction(days, days_between(first, last))
    return Fraction(days, month_days(rules, first, last))


def whole_quotas(
    table: PriceTable,
    rules: Rules,
    steps: Steps,
    first: dt.date,
    last: dt.date,
    prorate: bool,
    households: Fraction,
) -> Quotas:
    """The quotas of the whole period under one table."""
    return _scaled(table, steps, _units(rules, first, last, prorate) * households)


def _scaled(table: PriceTable, steps: Steps, factor: Fraction) -> Quotas:
    return tuple(None if w is None else steps.quota(Fraction(w) * factor) for w in table.widths)


def part_quotas(
    spans: list[tuple[PriceTable, dt.date, dt.date]],
    rules: Rules,
    steps: Steps,
    prorate: bool,
    households: Fraction,
) -> list[Quotas]:
    """The quotas of each part of a period whose table changes.

    Those of a tier add up to the whole period's: the last part has what the others leave. Tables with other
    widths have no common whole; each part then stands for itself.
    """
    first, last = spans[0][1], spans[-1][2]
    if len(spans) == 1:
        return [whole_quotas(spans[0][0], rules, steps, first, last, prorate, households)]
    parts = [
        _scaled(table, steps, _part_units(rules, first, last, days_between(a, b)) * households)
        for table, a, b in spans
    ]
    if not same_widths(spans):
        return parts
    rest = whole_quotas(spans[0][0], rules, steps, first, last, prorate, households)
    found: list[Quotas] = []
    for part in parts[:-1]:
        # A part never has more than is left: a long period that is not prorated has one quota only.
        part = tuple(None if q is None or r is None else min(q, r) for q, r in zip(part, rest, strict=True))
        rest = tuple(None if q is None or r is None else r - q for q, r in zip(part, rest, strict=True))
        found.append(part)
    return [*found, rest]


def same_widths(spans: list[tuple[PriceTable, dt.date, dt.date]]) -> bool:
    """Whether only prices change, not the tiers."""
    return len({table.widths for table, _, _ in spans}) == 1


def fill(kwh: Decimal, quotas: Quotas) -> list[Decimal]:
    """``kwh`` poured into the tiers from the first on."""
    left, found = kwh, []
    for quota in quotas:
        here = left if quota is None else min(left, quota)
        found.append(here)
        left -= here
    return found
