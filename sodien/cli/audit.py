"""`sodien audit`: the verdicts anew, from what is known now."""

from __future__ import annotations

from typing import Any

import click

from sodien import formats
from sodien.billing.audit.reading_time import usual_hour
from sodien.billing.audit.result import ReadAt, Verdict
from sodien.bills.audit import book_of, practice_of, verdict_on
from sodien.bills.stored import StoredBill, bills, standing
from sodien.cli.bill.list_bills import find
from sodien.cli.bill.show_bill import overall_word, show_bill, show_verdict, stored_plain, verdict_plain
from sodien.cli.context import Session, local_time, print_json, with_session
from sodien.errors import SodienError
from sodien.history.current import meter_now
from sodien.i18n import tr
from sodien.metering import calendar
from sodien.settings.model import MeterSettings, Settings


@click.command("audit")
@with_session()
@click.argument("bill", type=int, required=False)
@click.option("--all", "as_all", is_flag=True, help="All bills, not only the last one.")
def command(session: Session, bill: int | None, as_all: bool) -> int:
    """Judge a bill anew from what is known now (the last one, BILL by its number, or --all).

    A dial reading also narrows the past, so a verdict may become firmer; the stored one is shown beside it.
    Says when the indices were read and, over several bills, the utility's usual hour. Nothing is stored.
    Exit code 1: a bill disagrees.
    """
    if bill is not None and as_all:
        raise SodienError(tr("Name one bill or give --all, not both."))
    settings, one, ledger = session.settings, session.meter, session.ledger
    stored = bills(ledger, one.id)
    wanted = [find(stored, bill)] if bill is not None else standing(stored)
    if not wanted:
        raise SodienError(tr("No bill has been entered yet; see 'sodien bill import --help'."))
    if bill is None and not as_all:
        wanted = wanted[-1:]
    judged, hour = _judge(session, stored, wanted)
    suggestion = f"{hour[0]:%H:%M}" if hour is not None else None
    if session.as_json:
        print_json(
            {
                "meter": one.id,
                "bills": [_plain(one_bill, verdict) for one_bill, verdict in judged],
                "reading_hour": {"suggested": suggestion, "minutes": hour[1]} if hour is not None else None,
            }
        )
    else:
        for one_bill, verdict in judged:
            _show(one.id, one_bill, verdict, settings)
        if hour is not None and suggestion != _set_hour(one):
            click.echo(
                tr(
                    "The readings fit {hour}, give or take {minutes} minutes. If the utility confirms it, "
                    "write reading_hour: {hour} and billing.reading: hour into the settings; verdicts get "
                    "sharper.",
                    hour=suggestion,
                    minutes=hour[1],
                )
            )
    return int(any(verdict.overall == "disagrees" for _, verdict in judged))


def _judge(
    session: Session,
    stored: list[StoredBill],
    wanted: list[StoredBill],
) -> tuple[list[tuple[StoredBill, Verdict]], Any]:
    """The verdicts of the wanted bills, and the usual hour by all."""
    settings, meter = session.settings, session.meter
    view = meter_now(settings, session.ledger, meter)
    book = book_of(meter)
    today = calendar.date_of(session.now, settings.zone)
    known = {
        one.at: verdict_on(one, stored, settings, meter, view, book, today)
        for one in stored
        if one in wanted or one.withdrawal is None
    }
    readings: list[ReadAt] = [
        read for one in standing(stored) if (read := known[one.at].read_new) is not None
    ]
    hour = usual_hour(readings, practice_of(settings, meter, view, None))
    return [(one, known[one.at]) for one in wanted], hour


def _set_hour(meter: MeterSettings) -> str | None:
    return f"{meter.reading_hour:%H:%M}" if meter.reading_hour is not None else None


def _plain(stored: StoredBill, verdict: Verdict) -> dict[str, Any]:
    before = stored.verdict
    return {
        **stored_plain(stored, verdict),
        "stored_verdict": verdict_plain(before) if before is not None else None,
    }


def _show(meter: str, stored: StoredBill, verdict: Verdict, settings: Settings) -> None:
    click.echo(tr("{meter}: bill {entry}", meter=meter, entry=stored.entry))
    show_bill(stored.bill, stored.period)
    click.echo()
    show_verdict(verdict)
    for label, read in ((tr("old index"), verdict.read_old), (tr("new index"), verdict.read_new)):
        if read is not None and read.start is not None and read.end is not None:
            click.echo(
                tr(
                    "The {label} {index} was on your register from {start} to {end}.",
                    label=label,
                    index=formats.number(read.index),
                    start=local_time(read.start, settings),
                    end=local_time(read.end, settings),
                )
            )
    before = stored.verdict
    if before is not None:
        then = local_time(stored.verdicts[-1].at or 0, settings)
        if before.overall == verdict.overall and before.detectable_kwh == verdict.detectable_kwh:
            click.echo(tr("The same as the verdict stored on {then}.", then=then))
        else:
            click.echo(
                tr(
                    "The verdict stored on {then} was: {verdict}.",
                    then=then,
                    verdict=overall_word(before.overall),
                )
            )
    click.echo()
