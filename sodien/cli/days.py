"""`sodien days`: what the last days or months used, what that cost, and how the hours of a day differ."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import click

from sodien import formats
from sodien.bills.cost_so_far import Costs
from sodien.cli.context import Session, console, print_json, with_session
from sodien.errors import SodienError
from sodien.history.bars import Span, name_of, spans_of, whole_hours
from sodien.history.current import MeterLedger
from sodien.history.reading_days import reading_days
from sodien.i18n import tr
from sodien.metering import calendar
from sodien.protocol.times import format_time
from sodien.protocol.values import Bounds, Money

_MOST = 400


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
    day is what it added to the bill of its period: its kWh at the prices of the tiers reached by then, so a
    kWh costs more late in the period.
    """
    by = "month" if months else "day"
    last = None if until is None else calendar.date_of(session.instant(until), session.settings.zone)
    found = []
    for where in session.meter_ledgers:
        costs = Costs(session.settings, where.ledger)
        rows = _rows(where, costs, by, count or (12 if months else 7), last)
        told = "" if session.as_json else _wide(where, costs, rows)
        found.append(
            (where.meter.id, rows, costs.currency(where.meter) if where.meter.own_bill else None, told)
        )
    if session.as_json:
        print_json(
            {
                "meters": [
                    {"id": name, "by": by, "currency": currency, "rows": [_plain(row) for row in rows]}
                    for name, rows, currency, _ in found
                ]
            }
        )
        return 0
    for name, rows, currency, told in found:
        _show(session, name, rows, by, currency)
        if told:
            click.echo("  " + told)
    return 0


def _rows(where: MeterLedger, costs: Costs, by: str, count: int, last: dt.date | None) -> list[DayOrMonth]:
    history, zone = where.history(), where.settings.zone
    at = history.end
    if at is None:
        return []
    today = calendar.day_up_to(at, zone)
    days = reading_days(where.ledger, where.meter)

    def paid(begin: int, end: int) -> Money | None:
        try:
            return costs.of_span(history, where.meter, days, begin, end)
        except SodienError:  # the tariff cannot be used
            return None

    found = []
    for span in spans_of(history, zone, by, min(last or today, today), count, at):
        begin, end = max(span.start, history.start or 0), min(span.end, at)
        whole = whole_hours(history, span.start, end, zone) if by == "day" else ()
        hours = [energy for _, energy in whole]
        found.append(
            DayOrMonth(
                span,
                paid(begin, end),
                max(hours, key=lambda one: one.best, default=None),
                min(hours, key=lambda one: one.high, default=None),
            )
        )
    return found


def _wide(where: MeterLedger, costs: Costs, rows: list[DayOrMonth]) -> str:
    """Why the costs of the period in which counting began are wide, where nobody knows how it began."""
    history, days = where.history(), reading_days(where.ledger, where.meter)
    if history.start is None or not rows:
        return ""
    try:
        first = costs.at(history, where.meter, days, history.start + 1)
    except SodienError:
        return ""
    _, closed = calendar.day_bounds(first.last, where.settings.zone)
    if first.since is None or rows[0].span.start >= closed:
        return ""
    return tr(
        "Costs up to {last} are wide: what that billing period had used before {since} is not known, so "
        "neither is its tier. The last bill ('sodien bill import') and a dial reading ('sodien dial') tell.",
        last=formats.date(first.last),
        since=formats.instant(first.since, where.settings.zone),
    )


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
    delivered = any(one.id == name and one.delivery_of is not None for one in session.settings.meters)
    out.print(f"{name} · {tr('delivered to the grid')}" if delivered else name, style="bold")
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
    return "–" if found is None else formats.from_to(found.low, found.high, places)


def _money(found: Money | None) -> str:
    return "–" if found is None else formats.from_to(found.low, found.high, 0, grouped=True)
