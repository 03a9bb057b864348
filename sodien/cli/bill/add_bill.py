"""`sodien bill add`, `correct` and `withdraw`: a bill typed by hand, and mistakes put right."""

from __future__ import annotations

from typing import Any

import click

from sodien.billing.bill import Bill
from sodien.bills.stored import bills
from sodien.cli.bill.enter_bill import Entering
from sodien.cli.bill.fields import applied, field_options, parsed
from sodien.cli.bill.list_bills import find
from sodien.cli.context import Session, print_json, with_session
from sodien.errors import SodienError
from sodien.history.corrections import withdrawal
from sodien.i18n import tr


@click.command("add")
@with_session()
@field_options
@click.option("--by", metavar="NAME", help="Who enters it.")
def add(session: Session, by: str | None, **typed: Any) -> int:
    """Enter a bill by hand, store it and judge it. Leave out what it does not say.

    Exit code 1: the bill disagrees.
    """
    values = parsed(typed)
    if not values:
        raise SodienError(
            tr("Give what the bill says, for example --last 2026-10-31 --old 12345 --new 12645.")
        )
    settings, one, ledger = session.settings, session.meter, session.ledger
    entering = Entering(settings, ledger, one, session.now, by)
    entering.bill(applied(Bill(), values))
    entering.store()
    return _told(entering, session.as_json)


@click.command("correct")
@with_session()
@click.argument("entry", type=int)
@field_options
@click.option("--because", metavar="TEXT", help="Why it is corrected.")
@click.option("--by", metavar="NAME", help="Who corrects it.")
def correct(
    session: Session,
    entry: int,
    because: str | None,
    by: str | None,
    **typed: Any,
) -> int:
    """Put other values in the place of what bill ENTRY says, and judge it anew; the old entry stays.

    For what was typed or read wrongly. What the utility itself got wrong is for the verdict to find.
    """
    values = parsed(typed)
    if not values:
        raise SodienError(tr("Give what is to be corrected, for example --new 12645."))
    settings, one, ledger = session.settings, session.meter, session.ledger
    entering = Entering(settings, ledger, one, session.now, by)
    stored = find(entering.stored, entry)
    if stored.withdrawal is not None:
        raise SodienError(tr("Bill {entry} was withdrawn; enter it again instead.", entry=entry))
    entering.bill(applied(stored.bill, values), corrects=stored, because=because)
    entering.store()
    return _told(entering, session.as_json)


@click.command("withdraw")
@with_session()
@click.argument("entry", type=int)
@click.option("--because", required=True, metavar="TEXT", help="Why it does not hold.")
@click.option("--by", metavar="NAME", help="Who says so.")
def withdraw(session: Session, entry: int, because: str, by: str | None) -> int:
    """Say that bill ENTRY, or the reading day announced in ENTRY, does not count; the old entry stays."""
    one, ledger = session.meter, session.ledger
    schedule = next((row for row in ledger.of_kind("schedule", one.id) if row.seq == entry), None)
    of = schedule if schedule is not None else find(bills(ledger, one.id), entry).rows[0]
    (number,) = ledger.append([withdrawal(of, session.now, because, by)])
    if session.as_json:
        print_json({"meter": one.id, "entry": number, "withdrawn": entry})
    else:
        click.echo(tr("{meter}: entry {entry} does not count any more.", meter=one.id, entry=entry))
    return 0


def _told(entering: Entering, as_json: bool) -> int:
    if as_json:
        print_json(entering.plain())
    else:
        entering.show()
    return entering.code
