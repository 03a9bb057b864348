"""What a charge takes for granted: each rule or fact that no source settles, if the charge used it.

A key and its values; :mod:`sodien.billing.words.tariff` has the sentences.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from typing import Final

from sodien.billing.tariff.model import Book
from sodien.billing.tariff.prices import PriceTable
from sodien.billing.tariff.quota import (
    Consumption,
    days_between,
    month_days,
    months_used,
    same_widths,
    whole_months,
    whole_quotas,
)
from sodien.billing.tariff.rounding import plain

Assumed = tuple[str, dict[str, str]]

#: The keys that say that a table may no longer be the one in force.
STALE: Final = frozenset({"table_stale", "unconfirmed"})


def assumptions(
    book: Book, use: Consumption, spans: list[tuple[PriceTable, dt.date, dt.date]]
) -> Iterator[Assumed]:
    """What :func:`.charge.charge` took for granted for ``use``, in the order of the work."""
    seen: set[str] = set()
    for table, _, _ in spans:
        if table.id not in seen:
            seen.add(table.id)
            yield from _table(book, use, table)
    yield from stale(book, spans[-1][0], use.last, use.today)
    if use.scheme == "undeclared":
        yield "undeclared", {"tier": str(spans[-1][0].undeclared)}
    else:
        yield from _quotas(book, use, spans)
    if len(spans) > 1:
        yield from _change(book, use, spans)
    yield from _taxes(book, use)


def _table(book: Book, use: Consumption, table: PriceTable) -> Iterator[Assumed]:
    certainty = table.certainty
    if use.scheme == "prepaid" and table.prepaid is not None:
        certainty = table.prepaid.certainty
    if certainty != "confirmed":
        yield f"prices_{certainty}", {"decision": table.decision}


def stale(book: Book, table: PriceTable, last: dt.date, today: dt.date | None = None) -> Iterator[Assumed]:
    """The doubts about a table that no later one has ended, for a period up to ``last``.

    A period that ends more than the margin after the last check, and a check that is older than its months.
    """
    if book.superseded(table):
        return
    checked = book.checked_on
    if last > checked + dt.timedelta(days=book.margin_days):
        yield (
            "table_stale",
            {"decision": table.decision, "checked_on": str(checked), "last": str(last)},
        )
    if today is not None and today > _months_later(checked, book.confirm_months):
        yield (
            "unconfirmed",
            {"decision": table.decision, "checked_on": str(checked), "months": str(book.confirm_months)},
        )
    if last > checked:
        for pending in book.pending():
            yield "table_pending", {"decision": table.decision, "pending": pending.decision}


def _months_later(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _quotas(
    book: Book, use: Consumption, spans: list[tuple[PriceTable, dt.date, dt.date]]
) -> Iterator[Assumed]:
    rules = book.rules
    if rules.quota_per != "month" or use.scheme != "tiers" or all(len(t.tiers) <= 1 for t, _, _ in spans):
        return
    days, month = days_between(use.first, use.last), month_days(rules, use.first, use.last)
    prorated = use.prorate or rules.prorate == "always"
    values = {"days": str(days), "month_days": str(month)}
    if (prorated and days != month) or len(spans) > 1:
        rule = "fixed" if isinstance(rules.quota_days, int) else rules.quota_days
        yield f"quota_days_{rule}", values
    if prorated and not isinstance(rules.quota_days, int):
        months, left = whole_months(use.first, use.last)
        if months > 1 or (months == 1 and left):
            yield "quota_months", {"months": str(months), "days": str(left), "month_days": str(month)}
    if not prorated and whole_months(use.first, use.last) != (1, 0):
        counted = months_used(rules, use.first, use.last, False)
        yield "quota_whole", {**values, "months": str(counted)}


def _change(
    book: Book, use: Consumption, spans: list[tuple[PriceTable, dt.date, dt.date]]
) -> Iterator[Assumed]:
    split = book.steps.split
    decisions = ", ".join(dict.fromkeys(table.decision for table, _, _ in spans))
    yield "split_by_days", {"decisions": decisions, "mode": split.mode, "step": plain(split.step)}
    if use.scheme != "tiers" or all(len(table.tiers) <= 1 for table, _, _ in spans):
        return
    if not same_widths(spans):
        yield "structure_change", {"decisions": decisions}
        return
    whole = whole_quotas(
        spans[0][0], book.rules, book.steps, use.first, use.last, use.prorate, use.households
    )
    if book.rules.first_tier_whole and whole[0] is not None and use.kwh <= whole[0]:
        yield "first_tier_whole", {"quota": plain(whole[0])}
    else:
        yield "quota_rest", {}


def _taxes(book: Book, use: Consumption) -> Iterator[Assumed]:
    day = use.last if book.rules.tax_day == "last" else use.first
    for tax in book.taxes:
        if use.tax_rates is not None and tax.name in use.tax_rates:
            continue
        rate = tax.rate_on(day)
        values = {"tax": tax.name, "percent": plain(rate.percent)}
        yield f"tax_day_{book.rules.tax_day}", {**values, "day": str(day)}
        if rate.certainty != "confirmed":
            yield f"tax_{rate.certainty}", {**values, "first": str(rate.first)}
