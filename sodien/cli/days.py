"""`sodien days`: what the last days or months used, what that cost, and how the hours of a day differ."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import click

from sodien import formats
from sodien.bills.cost_so_far import Costs
from sodien.cli.context import Session, console, print_json, with_session
from sodien.errors import SodienError
from sodien.history.bars import Span, name_of, spans_of, whole_hours
from sodien.history.current import MeterLedger
from sodien.history.meter import MeterHistory
from sodien.history.reading_days import reading_days
from sodien.i18n import tr
from sodien.metering import calendar
from sodien.metering.calendar import ReadingDays
from sodien.protocol.times import format_time
from sodien.protocol.values import Bounds, Money

_MOST = 400
_NOTHING = Money(Decimal(0), Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class DayOrMonth:
    """A day or a month: kWh, what that cost, and the busiest and the quietest of its hours in kWh."""

    span: Span
    cost: Money | None
    peak: Bounds | None
    base: Bounds | None


@click.command("days")
@with_session()
@click.option("--months", is_flag=True, help="Months instead of days.")
@click.option(
    "--last",
    "count",
    type=click.IntRange(1, _MOST),
    metavar="N",
    help="How many (default: 7 days or 12 months).",
)
@click.option("--until", metavar="DATE", help="The last day (default: today).")
def command(session: Session, months: bool, count: int | None, until: str | None) -> int:
    """Show what each of the last days used and cost, its busiest hour and the quietest: what is always on.

    Everything has bounds. What was not counted is named beside it, and is within the bounds. The cost of a
    day is what it added to the bill of its period, so a kWh costs more late in the period.
    """
    by = "month" if months else "day"
    last = None if until is None else calendar.date_of(session.instant(until), session.settings.zone)
    found = []
    for where in session.meter_ledgers:
        costs = Costs(session.settings, where.ledger)
        rows = _rows(where, costs, by, count or (12 if months else 7), last)
        found.append((where.meter.id, rows, costs.currency(where.meter)))
    if session.as_json:
        print_json(
            {
                "meters": [
                    {"id": name, "by": by, "currency": currency, "rows": [_plain(row) for row in rows]}
                    for name, rows, currency in found
                ]
            }
        )
        return 0
    for name, rows, currency in found:
        _show(session, name, rows, by, currency)
    return 0


def _rows(where: MeterLedger, costs: Costs, by: str, count: int, last: dt.date | None) -> list[DayOrMonth]:
    history, zone = where.history(), where.settings.zone
    at = history.end
    if at is None:
        return []
    today = calendar.day_up_to(at, zone)
    days = reading_days(where.ledger, where.meter)

    @functools.cache  # where a day ends, the next begins
    def paid(instant: int) -> Money:
        return costs.at(history, where.meter, days, instant).money

    found = []
    for span in spans_of(history, zone, by, min(last or today, today), count, at):
        begin, end = max(span.start, history.start or 0), min(span.end, at)
        whole = whole_hours(history, span.start, end, zone) if by == "day" else ()
        hours = [energy for _, energy in whole]
        found.append(
            DayOrMonth(
                span,
                _cost(paid, history, days, zone, begin, end),
                max(hours, key=lambda one: one.best, default=None),
                min(hours, key=lambda one: one.high, default=None),
            )
        )
    return found


def _cost(
    paid: Callable[[int], Money],
    history: MeterHistory,
    days: ReadingDays,
    zone: ZoneInfo,
    begin: int,
    end: int,
) -> Money | None:
    """What a span added to the bills of its periods; None where the tariff cannot be used.

    What a period has cost so far never falls, so the bounds at both ends are those of the difference.
    """
    low = best = high = Decimal(0)
    try:
        while begin < end:
            first, last = calendar.billing_period(calendar.date_of(begin, zone), days)
            opened = max(calendar.day_bounds(first, zone)[0], history.start or 0)
            stop = min(end, calendar.day_bounds(last, zone)[1])
            until, before = paid(stop), paid(begin) if begin > opened else _NOTHING
            low += max(Decimal(0), until.low - before.high)
            best += max(Decimal(0), until.best - before.best)
            high += until.high - before.low
            begin = stop
    except SodienError:
        return None
    return Money(low, best, high)


def _plain(row: DayOrMonth) -> dict[str, Any]:
    span = row.span
    return {
        "start": format_time(span.start),
        "end": format_time(span.end),
        "kwh": span.energy,
        "counted": round(span.counted, 4),
        "why": span.why,
        "cost": row.cost,
        "peak_kw": row.peak,
        "base_kw": row.base,
    }


def _show(session: Session, name: str, rows: list[DayOrMonth], by: str, currency: str | None) -> None:
    from rich.table import Table

    out = console()
    out.print(name, style="bold")
    if not rows:
        out.print("  " + tr("Nothing has been counted yet."))
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("  " + (tr("day") if by == "day" else tr("month")), justify="right")
    table.add_column("kWh", justify="right")
    if currency is not None:
        table.add_column(tr("cost, {currency}", currency=formats.currency_sign(currency)), justify="right")
    if by == "day":
        table.add_column(tr("busiest hour, kW"), justify="right")
        table.add_column(tr("quietest, kW"), justify="right")
    for row in rows:
        cells = [name_of(by, row.span.start, session.settings.zone), _between(row.span.energy, 1)]
        if currency is not None:
            cells.append(_money(row.cost))
        if by == "day":
            cells += [_between(row.peak, 2), _between(row.base, 2)]
        table.add_row(*cells)
    out.print(table)
    for row in rows:
        if row.span.why:
            when = name_of(by, row.span.start, session.settings.zone)
            out.print(f"  {when}: {row.span.why}", highlight=False)


def _between(found: Bounds | None, places: int) -> str:
    if found is None:
        return "–"
    low, high = formats.low_high(found.low, found.high, places)
    return low if low == high else f"{low} … {high}"


def _money(found: Money | None) -> str:
    if found is None:
        return "–"
    low = formats.number(found.low, 0, rounding="down", grouped=True)
    high = formats.number(found.high, 0, rounding="up", grouped=True)
    return low if low == high else f"{low} … {high}"
