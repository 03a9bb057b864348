"""`sodien audit`: the verdicts anew, from what is known now."""

from __future__ import annotations

from typing import Any

import click

from sodien.billing.audit.result import Verdict
from sodien.billing.words.verdict import note_sentence
from sodien.bills.review import review_bills
from sodien.bills.stored import StoredBill
from sodien.cli.bill.show_bill import overall_word, show_bill, show_verdict, stored_plain, verdict_plain
from sodien.cli.context import Session, local_time, print_json, with_session
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.settings.model import MeterSettings, Settings


@click.command("audit")
@with_session()
@click.argument("bill", type=int, required=False)
@click.option("--all", "as_all", is_flag=True, help="All bills, not only the last one.")
def command(session: Session, bill: int | None, as_all: bool) -> int:
    """Judge a bill again with what is known now (the last one, BILL by its number, or --all).

    A dial reading also narrows the past, so a verdict may become firmer; the stored one is shown beside it.
    Says when the meter was read and, over several bills, the utility's usual hour. Nothing is stored.
    Exit code 1: a bill disagrees.
    """
    if bill is not None and as_all:
        raise SodienError(tr("Name one bill or give --all, not both."))
    one = session.meter
    review = review_bills(session.meter_ledger, now=session.now, entry=bill, every=as_all)
    hour = review.hour
    suggestion = f"{hour[0]:%H:%M}" if hour is not None else None
    if session.as_json:
        print_json(
            {
                "meter": one.id,
                "bills": [_plain(one_bill, verdict) for one_bill, verdict in review.bills],
                "reading_hour": {"suggested": suggestion, "minutes": hour[1]} if hour is not None else None,
                "habits": [
                    {"setting": one.values["setting"], "suggested": one.values["value"]}
                    for one in review.habits
                ],
            }
        )
    else:
        for one_bill, verdict in review.bills:
            _show(one.id, one_bill, verdict, session.settings)
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
        for habit in review.habits:
            click.echo(
                tr(
                    "Two bills or more fit if the utility {habit}. If it confirms that, write {setting}: "
                    "{value} into the settings; further bills are then judged by it.",
                    habit=note_sentence(habit),
                    setting=habit.values["setting"],
                    value=habit.values["value"],
                )
            )
    return int(review.disagrees)


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
    before = stored.verdict
    if before is not None:
        then = local_time(stored.verdicts[-1].at or 0, settings)
        if before.overall == verdict.overall and before.detectable_kwh == verdict.detectable_kwh:
            click.echo(tr("This is also the verdict stored on {then}.", then=then))
        else:
            click.echo(
                tr(
                    "The verdict stored on {then} was: {verdict}.",
                    then=then,
                    verdict=overall_word(before.overall),
                )
            )
    click.echo()
