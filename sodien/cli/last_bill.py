"""The last bill, asked for by `sodien setup`: where the period that runs began, and with which reading."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import select
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import click
import msgspec

from sodien import formats
from sodien.billing.bill import Bill, main_row
from sodien.bills.intake import KnownBillError
from sodien.bills.notice_file import read_file
from sodien.bills.notice_templates import templates_for
from sodien.bills.receive import Notice, notice_of, receive_notice
from sodien.bills.stored import bills, standing
from sodien.cli.bill.fields import NotThatError, applied, parse
from sodien.cli.bill.show_bill import show_verdict
from sodien.clock import now_ms
from sodien.errors import SodienError
from sodien.files import acting_as_owner
from sodien.history.current import MeterLedger
from sodien.history.reading_days import reading_days
from sodien.i18n import tr
from sodien.ledger.store import Ledger
from sodien.metering import calendar
from sodien.settings.model import MeterSettings, Settings

_DAY = dt.timedelta(days=1)
#: The next line of a paste is there at once.
_PASTE_S = 0.2


def offer(settings: Settings, meter: MeterSettings, said: str | None) -> None:
    """Store what ``said`` holds, or what a person answers; Enter skips. Not asked where a bill is known.

    Args:
        settings: as written.
        meter: whose bill it is.
        said: a reading and its date, or the text of a notice; None asks.

    Raises SodienError for what ``said`` cannot mean, and where the ledger cannot be written.
    """
    if said is not None:
        with suppress(KnownBillError):  # setup runs again with the same words
            _keep(settings, meter, said)
    elif settings.ledger.path.parent.is_dir() and not _known(settings, meter):
        _ask(settings, meter)


@contextmanager
def _ledger(settings: Settings, meter: MeterSettings) -> Iterator[MeterLedger]:
    """The meter in its ledger, which is made where there is none yet. Raises LedgerError."""
    path = settings.ledger.path
    with acting_as_owner(path.parent), closing(Ledger.open(path, create=True)) as ledger:
        yield MeterLedger(settings, ledger, meter)


def _known(settings: Settings, meter: MeterSettings) -> bool:
    """Whether there is a bill already; also where a ledger cannot be read now."""
    if not os.path.lexists(settings.ledger.path):
        return False
    try:
        with _ledger(settings, meter) as where:
            return bool(standing(bills(where.ledger, meter.id)))
    except SodienError:
        return True


def _ask(settings: Settings, meter: MeterSettings) -> None:
    click.echo(
        "\n"
        + tr(
            "The new reading of your last bill and its date ('đến ngày'), such as 12300 31/10/2026, or the "
            "whole message;\nit tells where this billing period began. Enter skips."
        )
    )
    while True:
        try:
            text = _pasted(click.prompt(tr("Last bill"), default="", show_default=False))
            if text.strip():
                _keep(settings, meter, text, ask=True)
        except click.Abort:  # the settings are written; this is no reason to leave anything undone
            click.echo()
        except SodienError as error:
            click.echo(str(error), err=True)
            continue
        return


def _pasted(first: str) -> str:
    """A line that was typed, with the lines of a paste that wait behind it."""
    rest = b""
    while sys.stdin.isatty() and select.select([0], [], [], _PASTE_S)[0]:
        data = os.read(0, 65536)  # no buffer may keep a line back that select then does not see
        if not data:
            break
        rest += data
    return f"{first}\n{rest.decode(errors='replace')}" if rest else first


def _keep(settings: Settings, meter: MeterSettings, text: str, *, ask: bool = False) -> None:
    """Store what was said. Raises SodienError."""
    now = now_ms()
    notice = _typed(text) or notice_of(read_file(text.encode(), templates=templates_for(settings).usable))
    with _ledger(settings, meter) as where:
        received = receive_notice(where, _with_day(where, notice, now) if ask else notice, now=now)
        today = calendar.date_of(now, settings.zone)
        begun, _ = calendar.billing_period(today, reading_days(where.ledger, meter))
    for stored, verdict in received.bills:
        row, period = main_row(stored.bill), stored.period
        if row is not None and row.new is not None and period is not None:
            told = tr(
                "Kept as bill {entry}: {reading} was read on {day}.",
                entry=stored.entry,
                reading=formats.number(row.new),
                day=formats.date(period[1]),
            )
        else:
            told = tr("{meter}: bill {entry} is stored.", meter=meter.id, entry=stored.entry)
        click.echo(told)
        if period is not None and period[1] + _DAY == begun:
            click.echo(tr("This billing period began on {day}.", day=formats.date(begun)))
        if verdict.overall == "disagrees":
            show_verdict(verdict)
    for day in received.reading_days:
        click.echo(tr("The next reading day is {day}.", day=formats.date(day)))


def _typed(text: str) -> Notice | None:
    """A number and a date in either order; None for anything else. Raises SodienError."""
    words = text.split()
    if len(words) != 2:
        return None
    for number, day in (words, reversed(words)):
        try:
            last = formats.parse_date(day)
        except ValueError:
            continue
        try:
            return Notice((applied(Bill(), {"new": parse("new", number), "last": last}),))
        except NotThatError as error:
            raise SodienError(error.asked) from None
    return None


def _with_day(where: MeterLedger, notice: Notice, now: int) -> Notice:
    """The notice with the day on which its one reading was taken, which a message may leave out."""
    if len(notice.bills) != 1:
        return notice
    (bill,) = notice.bills
    row = main_row(bill)
    if bill.last is not None or bill.month is not None or row is None or row.new is None:
        return notice
    today = calendar.date_of(now, where.settings.zone)
    usual = calendar.previous_reading_day(today + _DAY, reading_days(where.ledger, where.meter))
    while True:
        said = click.prompt(
            tr("On which day was {reading} read", reading=formats.number(row.new)), formats.date(usual)
        )
        try:
            last = formats.parse_date(said)
        except ValueError:
            click.echo(tr("that is not a date; write it like 2026-10-31 or 31/10/2026"), err=True)
            continue
        return dataclasses.replace(notice, bills=(msgspec.structs.replace(bill, last=last),))
