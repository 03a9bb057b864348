"""`sodien bill add`, `correct` and `withdraw`: a bill typed by hand, and mistakes put right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sodien.billing.bill import Bill
from sodien.bills.intake import Received
from sodien.bills.receive import add_bill, correct_bill, withdraw_bill
from sodien.bills.stored import bills, find_bill
from sodien.cli.bill.fields import applied, field_options, parsed, replaces_option
from sodien.cli.bill.show_bill import received_plain, show_received
from sodien.cli.context import Session, by_option, print_json, with_session
from sodien.errors import SodienError
from sodien.history.current import MeterLedger
from sodien.i18n import tr


@click.command("add")
@with_session()
@field_options
@replaces_option
@click.option(
    "--photo",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A picture of the notice; copied beside the ledger, its SHA-256 kept.",
)
@by_option
def add(session: Session, replaces: int | None, photo: Path | None, by: str | None, **typed: Any) -> int:
    """Enter a bill by hand, store it and judge it. Leave out what it does not say.

    Exit code 1: the bill disagrees.
    """
    values = parsed(typed)
    if not values:
        raise SodienError(
            tr("Give what the bill says, for example --last 2026-10-31 --old 12345 --new 12645.")
        )
    where = session.meter_ledger
    bill = applied(Bill(), values)
    received = add_bill(where, bill, now=session.now, by=by, replaces=replaces, photo=photo)
    return _show(session, where, received)


@click.command("correct")
@with_session()
@click.argument("entry", type=int)
@field_options
@click.option("--because", metavar="TEXT", help="Why it is corrected.")
@by_option
def correct(
    session: Session,
    entry: int,
    because: str | None,
    by: str | None,
    **typed: Any,
) -> int:
    """Correct what bill ENTRY says, and judge it again; the old entry stays.

    Use it for what was typed or read wrongly, not for a mistake of the utility: the verdict finds that.
    Import the utility's own correction with --replaces.
    """
    values = parsed(typed)
    if not values:
        raise SodienError(tr("Give what is to be corrected, for example --new 12645."))
    where = session.meter_ledger
    bill = applied(find_bill(bills(where.ledger, where.meter.id), entry).bill, values)
    received = correct_bill(where, entry, bill, now=session.now, because=because, by=by)
    return _show(session, where, received)


@click.command("withdraw")
@with_session()
@click.argument("entry", type=int)
@click.option("--because", required=True, metavar="TEXT", help="Why it is wrong.")
@by_option
def withdraw(session: Session, entry: int, because: str, by: str | None) -> int:
    """Withdraw bill ENTRY, or the reading day announced in ENTRY; the old entry stays, marked."""
    where = session.meter_ledger
    number = withdraw_bill(where, entry, because=because, now=session.now, by=by)
    if session.as_json:
        print_json({"meter": where.meter.id, "entry": number, "withdrawn": entry})
    else:
        click.echo(tr("{meter}: entry {entry} is withdrawn.", meter=where.meter.id, entry=entry))
    return 0


def _show(session: Session, where: MeterLedger, received: Received) -> int:
    """What was stored. Returns the exit code."""
    if session.as_json:
        print_json(received_plain(where, received))
    else:
        show_received(where, received)
    return int(received.disagrees)
