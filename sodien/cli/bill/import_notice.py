"""`sodien bill import`: from the text of a notice to its verdict, in one command."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

import click

from sodien import formats
from sodien.billing.bill import Bill
from sodien.billing.notices.model import Debt, Problem, Schedule, Understood, plain
from sodien.billing.notices.read import MOST_BYTES, read
from sodien.billing.words.notices import sentence
from sodien.bills.stored import merged
from sodien.cli.bill.enter_bill import Entering
from sodien.cli.bill.fields import applied, field_options, flag, option_of, parse, parsed
from sodien.cli.bill.show_bill import show_bill
from sodien.cli.context import Session, print_json, with_session
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.ledger.store import NewRow
from sodien.metering import calendar
from sodien.settings.model import MeterSettings

#: Problems that leave nothing out: they are said, and the verdict looks at the numbers anyway.
_SAID = ("sum_", "more", "outage")
#: The furthest reading day that is believed, in days from today.
_FURTHEST_DAYS = 400


@click.command("import")
@with_session()
@click.argument("file", metavar="FILE|-")
@field_options
@click.option("--partial", is_flag=True, help="Store it without the fields that are not clear.")
@click.option("--by", metavar="NAME", help="Who enters it.")
@click.option("--dry-run", is_flag=True, help="Only show what was understood; nothing is stored or judged.")
def command(
    session: Session,
    file: str,
    partial: bool,
    by: str | None,
    dry_run: bool,
    **typed: Any,
) -> int:
    """Read a notice or bill of the utility from FILE (- is standard input), store it and judge it.

    FILE is the text of an SMS, of Zalo or an app as it was pasted, or the XML of an e-invoice. What was not
    understood is said, never guessed: on a terminal you are asked, else the exit code is 2. An option gives a
    field by hand. A notice of the next reading day sets that day. Exit code 1: the bill disagrees.
    """
    values = parsed(typed)
    understood = read(_bytes(file))
    if dry_run and session.as_json:
        print_json(plain(understood))
        return 0
    settings = session.settings
    found, schedules = _documents(understood, values, partial or dry_run, ask=file != "-")
    if dry_run:
        _show(understood, found, schedules)
        click.echo(tr("Nothing was stored (--dry-run)."))
        return 0
    one = _meter(session, found, schedules)
    if not session.as_json:
        _show_rest(understood)
    ledger = session.ledger
    entering = Entering(settings, ledger, one, session.now, by)
    rows = [_schedule_row(entering, schedule, understood.text) for schedule in schedules]
    for bill in found:
        entering.bill(bill, text=understood.text)
    entering.store([row for row in rows if row is not None])
    if session.as_json:
        days = [schedule.day for schedule in schedules]
        print_json({**entering.plain(), "reading_days": days, "understood": plain(understood)})
    else:
        entering.show()
        for schedule in schedules:
            assert schedule.day is not None
            click.echo(tr("The next reading day is {day}.", day=formats.date(schedule.day)))
    return entering.code


def _bytes(file: str) -> bytes:
    """What is in the file, or on standard input. Raises SodienError."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(file).open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise SodienError(
            tr(
                "{path}: the notice cannot be read ({reason}); name a file, or - for standard input.",
                path=file,
                reason=getattr(error, "strerror", None) or error,
            )
        ) from None


def _documents(
    understood: Understood, values: dict[str, Any], partial: bool, *, ask: bool
) -> tuple[list[Bill], list[Schedule]]:
    """The bills, those that belong together as one, and the reading days. Raises SodienError."""
    found: list[Bill] = []
    schedules: list[Schedule] = []
    for document in understood.documents:
        content = document.content
        if isinstance(content, Schedule):
            if content.day is not None:
                schedules.append(content)
        elif isinstance(content, Bill):
            both = merged(found[-1], content) if found else None
            found[-1:] = [both] if both is not None else [*found[-1:], content]
    if not understood.documents:
        raise SodienError(" ".join(sentence(problem) for problem in understood.problems[:2]))
    if values and len(found) > 1:
        raise SodienError(
            tr(
                "The text holds {count} bills; import them one at a time to give fields by hand.",
                count=len(found),
            )
        )
    answers = _answers(understood.problems, values, partial, ask=ask)
    if found and (values or answers):
        found = [applied(bill, {**answers, **values}) for bill in found]
    return found, schedules


def _answers(
    problems: tuple[Problem, ...], values: dict[str, Any], partial: bool, *, ask: bool
) -> dict[str, Any]:
    """What a person says to the fields that are not clear. Raises SodienError with nobody to ask."""
    answers: dict[str, Any] = {}
    for problem in problems:
        if problem.key.startswith(_SAID) or problem.key in _faults():
            continue
        names = [name for path in problem.field.split(", ") if (name := option_of(path)) is not None]
        missing = [name for name in names if name not in values and name not in answers]
        if partial or (names and not missing):
            continue
        if not (ask and sys.stdin.isatty()):
            give = ", ".join(flag(name) for name in missing)
            how = tr("Give it by hand ({options})", options=give) if give else tr("Correct the text")
            raise SodienError(
                tr(
                    "{sentence} {how}, or store the rest with --partial; nothing was stored.",
                    sentence=sentence(problem),
                    how=how,
                )
            )
        click.echo(sentence(problem))
        for name in missing:
            answer = _ask(name)
            if answer is not None:
                answers[name] = answer
    return answers


def _ask(name: str) -> Any:
    """The value of a field, asked on the terminal; None when it is left out."""
    while True:
        text = click.prompt(
            tr("{option} (Enter leaves it out)", option=flag(name)), default="", show_default=False
        )
        if not text.strip():
            return None
        try:
            return parse(name, text)
        except SodienError as error:
            click.echo(str(error))


def _faults() -> frozenset[str]:
    """Problems of a bill that :meth:`Entering.bill` finds too, with the other bills beside it."""
    return frozenset(
        {
            "impossible_month",
            "impossible_year",
            "first_after_last",
            "too_long",
            "new_below_old",
            "negative",
            "zero",
        }
    )


def _meter(session: Session, found: list[Bill], schedules: list[Schedule]) -> MeterSettings:
    """The meter the notice is for: as told, else by customer code or serial number. Raises SodienError."""
    codes = {bill.customer for bill in found} | {schedule.customer for schedule in schedules}
    serials = {bill.serial for bill in found if bill.serial}

    def fits(meter: MeterSettings) -> bool:
        return (meter.billing.customer or "-") in codes or meter.billing.serial in serials

    return session.meter_for(fits)


def _schedule_row(entering: Entering, schedule: Schedule, text: str) -> NewRow | None:
    """The entry of an announced reading day, None when it is known already. Raises SodienError."""
    day = schedule.day
    assert day is not None
    entering.check_customer(schedule.customer)
    today = calendar.date_of(entering.now, entering.settings.zone)
    if abs((day - today).days) > _FURTHEST_DAYS:
        raise SodienError(
            tr("The reading day {day} is more than a year away; check the year. Nothing was stored.", day=day)
        )
    last = entering.ledger.of_kind("schedule", entering.meter.id)[-1:]
    if last and last[0].body["day"] == day.isoformat():
        return None
    body: dict[str, Any] = {"day": day.isoformat(), "text": text}
    body |= {"sha256": hashlib.sha256(text.encode()).hexdigest()}
    body |= {"until": schedule.until.isoformat()} if schedule.until is not None else {}
    body |= {"by": entering.by} if entering.by else {}
    return NewRow("schedule", entering.meter.id, at=entering.now, body=body)


def _show(understood: Understood, found: list[Bill], schedules: list[Schedule]) -> None:
    for number, bill in enumerate(found, 1):
        click.echo(tr("Bill {number}:", number=number) if len(found) > 1 else tr("Understood:"))
        show_bill(bill)
    for schedule in schedules:
        assert schedule.day is not None
        click.echo(tr("The next reading day is {day}.", day=formats.date(schedule.day)))
    _show_rest(understood)


def _show_rest(understood: Understood) -> None:
    """Debts, what does not fit, and the text that nothing was made of."""
    for document in understood.documents:
        if isinstance(document.content, Debt) and document.content.owed is not None:
            owed = formats.amount(document.content.owed)
            click.echo(tr("The notice says that {money} is owed; that is not stored.", money=owed))
    for problem in understood.problems:
        click.echo(tr("Not clear: {sentence}", sentence=sentence(problem)))
    rest = [" ".join(understood.text[one.start : one.end].split()) for one in understood.rest]
    if rest:
        click.echo(tr("Not used: {text}", text=" … ".join(rest)))
