"""`sodien measure`: what one appliance uses and costs, by switching it on and off."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import click

from sodien import formats
from sodien.bills.cost_so_far import Costs
from sodien.cli.context import Session, console, print_json, with_session
from sodien.errors import SodienError
from sodien.history.current import MeterLedger
from sodien.history.reading_days import reading_days
from sodien.household.measured import Measured, begin, begun, drop, end, measured
from sodien.i18n import tr
from sodien.metering.appliance import in_a_month, paid
from sodien.metering.bounds import Interval, rounded_down, rounded_up
from sodien.protocol.times import format_time
from sodien.words import appliance as words

_hours_option = click.option(
    "--hours-a-day", "hours", type=click.FloatRange(0.01, 24), metavar="H",
    help="Say what a month of such use comes to.",
)  # fmt: skip


@click.group("measure", invoke_without_command=True)
@with_session()
@_hours_option
@click.pass_context
def command(ctx: click.Context, session: Session, hours: float | None) -> int | None:
    """List the appliances that were measured, with what they use and cost.

    Let the household run as usual for an hour, then 'sodien measure start NAME', switch the appliance on, and
    'sodien measure stop' when it is done. What else was on in that hour is taken off, between its quietest
    and its busiest ten minutes, so nothing else may be switched on meanwhile. Everything has bounds; the cost
    is that of the tier which this period has reached now.
    """
    if ctx.invoked_subcommand is not None:
        return None
    where = session.meter_ledger
    each, currency = _each(session, where)
    found = sorted(measured(where.ledger, where.meter.id), key=lambda one: one.kw.high, reverse=True)
    running = begun(where.ledger, where.meter.id)
    if session.as_json:
        name = running.name if running is not None else None
        print_json({"running": name, "measured": [_plain(one, each, currency, hours) for one in found]})
        return 0
    if found:
        _show(session, found, each, currency, hours)
    else:
        click.echo(tr("Nothing has been measured yet; begin with: sodien measure start NAME."))
    if running is not None:
        when = formats.instant(running.at, session.settings.zone)
        click.echo(tr("'{name}' has been measured since {when}.", name=running.name, when=when))
    return 0


@command.command("start")
@with_session()
@click.argument("name", nargs=-1, required=True)
def start(session: Session, name: tuple[str, ...]) -> int:
    """Begin to measure the appliance NAME; switch it on afterwards.

    What else is on is taken from the last hour, of which ten minutes at least have to be counted.
    """
    found = begin(session.meter_ledger, " ".join(name), session.now)
    low, high = _kw(found.rest_kw)
    if session.as_json:
        print_json({"name": found.name, "at": format_time(found.at), "rest_kw": {"low": low, "high": high}})
        return 0
    click.echo(
        tr(
            "What else was on in the last hour: {watts}. Now switch '{name}' on, and type "
            "'sodien measure stop' when it is done.",
            watts=words.watts(found.rest_kw),
            name=found.name,
        )
    )
    return 0


@command.command("stop")
@with_session()
@_hours_option
@click.option("--discard", is_flag=True, help="Stop without keeping the result.")
def stop(session: Session, hours: float | None, discard: bool) -> int:
    """End measuring, and say what the appliance used and cost."""
    where = session.meter_ledger
    if discard:
        click.echo(tr("Measuring '{name}' was stopped; nothing was kept.", name=drop(where, session.now)))
        return 0
    found, entry = end(where, session.now)
    each, currency = _each(session, where)
    if session.as_json:
        print_json({"entry": entry, **_plain(found, each, currency, hours)})
        return 0
    _show(session, [found], each, currency, hours)
    click.echo(
        tr(
            "What else was on before ({watts}) is taken off. The result holds only if nothing more was "
            "switched on meanwhile.",
            watts=words.watts(found.rest_kw),
        )
    )
    click.echo(tr("Kept as entry {entry}.", entry=entry))
    return 0


def _each(session: Session, where: MeterLedger) -> tuple[Interval | None, str | None]:
    """What a kWh more costs now, taxes included, and in which currency; None where no tariff says so."""
    costs, days = Costs(session.settings, where.ledger), reading_days(where.ledger, where.meter)
    try:
        return costs.each_more(where.history(), where.meter, days, session.now), costs.currency(where.meter)
    except SodienError:
        return None, None


def _plain(one: Measured, each: Interval | None, currency: str | None, hours: float | None) -> dict[str, Any]:
    low, high = _kw(one.kw)
    found: dict[str, Any] = {
        "name": one.name,
        "start": format_time(one.start),
        "end": format_time(one.end),
        "kwh": {"low": rounded_down(one.kwh.low), "high": rounded_up(one.kwh.high)},
        "kw": {"low": low, "high": high},
    }
    if each is not None:
        found |= {"currency": currency, "cost_an_hour": _money(one.kw, each)}
    if hours is not None:
        month = in_a_month(one.kw, Fraction(str(hours)))
        found["month_kwh"] = {"low": rounded_down(month.low), "high": rounded_up(month.high)}
        if each is not None:
            found["month_cost"] = _money(month, each)
    return found


def _kw(value: Interval) -> tuple[Decimal, Decimal]:
    return rounded_down(value.low), rounded_up(value.high)


def _money(value: Interval, each: Interval) -> dict[str, Decimal]:
    found = paid(value, each)
    return {"low": rounded_down(found.low), "high": rounded_up(found.high)}


def _show(
    session: Session, found: list[Measured], each: Interval | None, currency: str | None, hours: float | None
) -> None:
    out = console()
    for one in found:
        length = formats.duration((one.end - one.start) // 1000)
        out.print(one.name, style="bold", end="  ")
        out.print(f"{formats.instant(one.start, session.settings.zone)}, {length}", highlight=False)
        cells = [words.kwh(one.kwh), words.watts(one.kw)]
        if each is not None:
            cells.append(tr("{cost} an hour", cost=words.money(paid(one.kw, each), currency or "")))
        out.print("  " + "   ".join(cells), highlight=False)
        if hours is not None:
            month = in_a_month(one.kw, Fraction(str(hours)))
            cells = [words.kwh(month, places=1)]
            if each is not None:
                cells.append(words.money(paid(month, each), currency or ""))
            day = formats.number(Fraction(str(hours)), most=2)
            said = tr("30 days of {hours} h: {used}", hours=day, used="   ".join(cells))
            out.print("  " + said, highlight=False)
