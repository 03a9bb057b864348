"""`sodien bill import`: from the text of a notice to its verdict, in one command."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from sodien import formats
from sodien.billing.notices.model import Debt, Problem, Understood
from sodien.billing.notices.plain import plain
from sodien.billing.notices.read import MOST_BYTES
from sodien.billing.notices.states import TELLING, field_states
from sodien.billing.notices.templates import MessageTemplate
from sodien.billing.words.notices import adjustment, field_name, sentence
from sodien.bills.notice_file import read_file
from sodien.bills.notice_templates import known_templates, templates_for
from sodien.bills.receive import Notice, contradicted, left_out, notice_of, receive_notice, takes_its_place
from sodien.cli.bill.fields import (
    NotThatError,
    applied,
    field_options,
    flag_with_value,
    option_of,
    parse,
    parsed,
    replaces_option,
)
from sodien.cli.bill.show_bill import received_plain, show_bill, show_received
from sodien.cli.context import Session, by_option, print_json, with_session
from sodien.cli.typed import at_terminal, confirmed
from sodien.errors import SodienError
from sodien.history.current import MeterLedger
from sodien.i18n import tr


@click.command("import")
@with_session()
@click.argument("file", metavar="[FILE|-]", required=False)
@field_options
@click.option("--partial", is_flag=True, help="Store it without the fields that are not clear.")
@by_option
@replaces_option
@click.option("--dry-run", is_flag=True, help="Only show what was understood; nothing is stored or judged.")
def command(
    session: Session,
    file: str | None,
    partial: bool,
    by: str | None,
    replaces: int | None,
    dry_run: bool,
    **typed: Any,
) -> int:
    """Read a notice or bill of the utility from FILE (- is standard input), store it and judge it.

    Without FILE, on a terminal, paste the notice and end it with Ctrl-D on a line of its own.

    FILE is the text of an SMS, of Zalo or an app as it was pasted, the PDF of a bill, the XML of an
    e-invoice or the JSON of a portal. What is not understood is reported, never guessed: on a terminal
    you are asked, else the exit code is 2. An option gives a field by hand. A notice of the next reading
    day sets that day. One that contradicts the bill of the same reading day may be the utility's
    correction: on a terminal you are asked whether it takes its place.
    Exit code 1: the bill disagrees.
    """
    values = parsed(typed)
    asked = file != "-" and at_terminal()
    if file is None:
        if not asked:
            raise click.UsageError(tr("Name the notice's FILE, or - for standard input."))
        click.echo(tr("Paste the notice, then press Enter and Ctrl-D:"), err=True)
    if not dry_run:
        session.ledger  # noqa: B018 -- before standard input is read: it may start the program anew
    understood = read_file(_bytes(file or "-"), templates=_templates(session))
    if dry_run and session.as_json:
        print_json(plain(understood))
        return 0
    notice = notice_of(understood)
    if len(notice.bills) <= 1 or not values:
        values = {**_answers(left_out(understood), values, partial or dry_run, ask=asked), **values}
    notice = _by_hand(notice, values)
    if dry_run:
        _show(understood, notice, values)
        click.echo(tr("Nothing was stored (--dry-run)."))
        return 0
    where = session.meter_ledger_for(lambda one: one.delivery_of is None and notice.is_for(one))
    if not session.as_json:
        _show_rest(understood, values)
    if replaces is None and asked:
        replaces = _corrected(where, notice, session.now)
    received = receive_notice(where, notice, now=session.now, by=by, replaces=replaces)
    if session.as_json:
        days = list(received.reading_days)
        print_json({**received_plain(where, received), "reading_days": days, "understood": plain(understood)})
    else:
        show_received(where, received)
        for day in received.reading_days:
            click.echo(tr("The next reading day is {day}.", day=formats.date(day)))
    return int(received.disagrees)


def _templates(session: Session) -> tuple[MessageTemplate, ...]:
    """How senders word their messages; a file that cannot be used is told, and stops nothing."""
    known = known_templates()
    with suppress(SodienError):  # --dry-run needs no settings; else they are asked for again
        known = templates_for(session.settings)
    for error in known.broken:
        click.echo(tr("A template file is not used: {error}", error=error), err=True)
    return known.usable


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


def _by_hand(notice: Notice, values: dict[str, Any]) -> Notice:
    """The notice with what a person gives by hand. Raises SodienError where there are several bills."""
    if values and len(notice.bills) > 1:
        raise SodienError(
            tr(
                "The text holds {count} bills; import them one at a time to give fields by hand.",
                count=len(notice.bills),
            )
        )
    return replace(notice, bills=tuple(applied(bill, values) for bill in notice.bills)) if values else notice


def _answers(problems: list[Problem], values: dict[str, Any], partial: bool, *, ask: bool) -> dict[str, Any]:
    """What a person says to the fields that are not clear. Raises SodienError with nobody to ask."""
    answers: dict[str, Any] = {}
    for problem in problems:
        names = _options(problem)
        missing = [name for name in names if name not in values and name not in answers]
        if partial or (names and not missing):
            continue
        if problem.key == "unplaced" and not ask:
            continue  # most likely of something else: it is told, and holds up nothing
        if not ask:
            give = ", ".join(flag_with_value(name) for name in missing)
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


def _options(problem: Problem) -> list[str]:
    """The options that give what a problem leaves out."""
    return [name for path in problem.field.split(", ") if (name := option_of(path)) is not None]


def _ask(name: str) -> Any:
    """The value of a field, asked on the terminal; None when it is left out."""
    while True:
        text = click.prompt(
            tr("{field} (Enter leaves it out)", field=field_name(name)), default="", show_default=False
        )
        if not text.strip():
            return None
        try:
            return parse(name, text)
        except NotThatError as error:
            click.echo(error.asked)


def _corrected(where: MeterLedger, notice: Notice, now: int) -> int | None:
    """The bill that the notice replaces, if a person says that the utility corrected it."""
    other = contradicted(where, notice, now=now)
    if other is None:
        return None
    (bill,) = notice.bills
    return other.entry if confirmed(takes_its_place(other, bill)) else None


def _show(understood: Understood, notice: Notice, given: dict[str, Any]) -> None:
    for number, bill in enumerate(notice.bills, 1):
        click.echo(tr("Bill {number}:", number=number) if len(notice.bills) > 1 else tr("Understood:"))
        show_bill(bill)
        states = field_states(bill, understood.problems)
        absent = [
            field_name(path) for path, one in states.items() if path in TELLING and one.state == "not_printed"
        ]
        if absent:
            click.echo(tr("  Not printed: {fields}", fields=", ".join(absent)))
    for bill in notice.adjustments:
        click.echo(adjustment(bill))
        show_bill(bill)
    for schedule in notice.schedules:
        assert schedule.day is not None
        click.echo(tr("The next reading day is {day}.", day=formats.date(schedule.day)))
    _show_rest(understood, given)


def _show_rest(understood: Understood, given: dict[str, Any]) -> None:
    """Debts, what does not fit and nobody has ``given``, and the text that nothing was made of."""
    for document in understood.documents:
        if isinstance(document.content, Debt) and document.content.owed is not None:
            owed = formats.amount(document.content.owed)
            click.echo(tr("The notice says that {money} is owed; that is not stored.", money=owed))
    for problem in understood.problems:
        names = _options(problem)
        if names and all(name in given for name in names):
            continue
        click.echo(tr("Not clear: {sentence}", sentence=sentence(problem)))
    rest = [" ".join(understood.text[one.start : one.end].split()) for one in understood.rest]
    if rest:
        click.echo(tr("Not needed: {text}", text=" … ".join(rest)))
