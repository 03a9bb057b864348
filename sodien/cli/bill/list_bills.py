"""`sodien bill list` and `show`."""

from __future__ import annotations

from typing import Any

import click

from sodien import formats
from sodien.billing.bill import printed_kwh
from sodien.bills.cost_so_far import Costs
from sodien.bills.stored import StoredBill, bills, find_bill
from sodien.cli.bill.show_bill import overall_word, show_bill, show_verdict, stored_plain
from sodien.cli.context import Session, local_time, print_json, with_session
from sodien.i18n import tr
from sodien.ledger.bodies import BillBody


@click.command("list")
@with_session()
def list_(session: Session) -> int:
    """List the bills by period, each with its number and the verdict stored on it."""
    ledger = session.ledger
    found = [(one, stored) for one in session.meters for stored in bills(ledger, one.id)]
    if session.as_json:
        print_json(
            {"bills": [{"meter": one.id, **stored_plain(stored, stored.verdict)} for one, stored in found]}
        )
        return 0
    if not found:
        click.echo(tr("No bill has been entered yet; see 'sodien bill import --help'."))
    costs = Costs(session.settings, ledger)
    for one, stored in found:
        click.echo(f"{stored.entry:>6}  {one.id}  {_line(stored, costs.currency(one))}")
    return 0


def _line(stored: StoredBill, currency: str | None) -> str:
    bill, period, verdict = stored.bill, stored.period, stored.verdict
    days = f"{formats.date(period[0])} – {formats.date(period[1])}" if period else "–"
    kwh = printed_kwh(bill)
    parts: list[str] = [days]
    if kwh is not None:
        parts.append(f"{formats.number(kwh)} kWh")
    if bill.total is not None:
        sign = f" {formats.currency_word(currency)}" if currency is not None else ""
        parts.append(formats.amount(bill.total) + sign)
    if stored.withdrawal is not None:
        parts.append(tr("withdrawn"))
    elif verdict is not None:
        parts.append(overall_word(verdict.overall))
    return "  ".join(parts)


@click.command("show")
@with_session()
@click.argument("entry", type=int)
@click.option("--text", is_flag=True, help="Also show the text of the notice as it was given.")
def show(session: Session, entry: int, text: bool) -> int:
    """Show bill ENTRY, what was noted about it, and the stored verdict. 'sodien audit' judges it again."""
    settings, one, ledger = session.settings, session.meter, session.ledger
    stored = find_bill(bills(ledger, one.id), entry)
    bodies = [row.read(BillBody) for row in stored.rows]
    texts = [body.text for body in bodies if body.text is not None]
    if session.as_json:
        plain: dict[str, Any] = {"meter": one.id, **stored_plain(stored, stored.verdict)}
        print_json(plain | ({"texts": texts} if text else {}))
        return 0
    click.echo(tr("{meter}: bill {entry}", meter=one.id, entry=stored.entry))
    show_bill(stored.bill, stored.period)
    for number, row, body in list(zip(stored.numbers(), stored.rows, bodies, strict=False))[1:]:
        because = body.because
        when = local_time(row.at or 0, settings)
        added = tr("Added to or corrected on {when} (entry {entry})", when=when, entry=number)
        click.echo(f"{added}: {because}" if because else f"{added}.")
    if stored.withdrawal is not None:
        click.echo(tr("Withdrawn: {because}", because=stored.withdrawn_because or ""))
    if text:
        for one_text in texts:
            click.echo("---")
            click.echo(one_text.rstrip())
        click.echo("---")
    if stored.verdict is not None:
        click.echo()
        show_verdict(stored.verdict)
    return 0
