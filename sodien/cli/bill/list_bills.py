"""`sodien bill list` and `show`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from sodien.cli.bill.show_bill import overall_word, show_bill, show_verdict, stored_plain
from sodien.cli.context import (
    config_option,
    json_option,
    load_settings,
    local_time,
    meter_option,
    open_ledger,
    pick_meter,
    print_json,
    show_amount,
    show_date,
)
from sodien.errors import SodienError
from sodien.i18n import tr

if TYPE_CHECKING:
    from sodien.bills.stored import StoredBill


def find(found: Sequence[StoredBill], entry: int) -> StoredBill:
    """The bill with this number, also by that of a correction. Raises SodienError."""
    for one in found:
        if entry in one.numbers():
            return one
    raise SodienError(tr("There is no bill {entry}; 'sodien bill list' lists them.", entry=entry))


@click.command("list")
@config_option
@json_option
@meter_option
def list_(config: str | None, as_json: bool, meter: str | None) -> int:
    """List the bills by period, each with its number and the verdict stored on it."""
    from sodien.bills.stored import bills

    settings = load_settings(config)
    meters = [pick_meter(settings, meter)] if meter is not None else settings.meters
    ledger = open_ledger(settings)
    try:
        found = [(one.id, stored) for one in meters for stored in bills(ledger, one.id)]
    finally:
        ledger.close()
    if as_json:
        print_json(
            {"bills": [{"meter": id_, **stored_plain(stored, stored.verdict)} for id_, stored in found]}
        )
        return 0
    if not found:
        click.echo(tr("No bill has been entered yet; see 'sodien bill import --help'."))
    for id_, stored in found:
        click.echo(f"{stored.entry:>6}  {id_}  {_line(stored)}")
    return 0


def _line(stored: StoredBill) -> str:
    bill, period, verdict = stored.bill, stored.period, stored.verdict
    days = f"{show_date(period[0])} – {show_date(period[1])}" if period else "–"
    main = bill.main
    kwh = bill.kwh if bill.kwh is not None else main.kwh if main is not None else None
    parts: list[str] = [days]
    if kwh is not None:
        parts.append(f"{show_amount(kwh)} kWh")
    if bill.total is not None:
        parts.append(show_amount(bill.total))
    if stored.withdrawal is not None:
        parts.append(tr("withdrawn"))
    elif verdict is not None:
        parts.append(overall_word(verdict.overall))
    return "  ".join(parts)


@click.command("show")
@config_option
@json_option
@meter_option
@click.argument("entry", type=int)
@click.option("--text", is_flag=True, help="Also show the text of the notice as it was given.")
def show(config: str | None, as_json: bool, meter: str | None, entry: int, text: bool) -> int:
    """Show bill ENTRY, what was said of it, and the verdict that was stored. 'sodien audit' judges anew."""
    from sodien.bills.stored import bills

    settings = load_settings(config)
    one = pick_meter(settings, meter)
    ledger = open_ledger(settings)
    try:
        stored = find(bills(ledger, one.id), entry)
    finally:
        ledger.close()
    texts = [str(row.body["text"]) for row in stored.rows if "text" in row.body]
    if as_json:
        plain: dict[str, Any] = {"meter": one.id, **stored_plain(stored, stored.verdict)}
        print_json(plain | ({"texts": texts} if text else {}))
        return 0
    click.echo(tr("{meter}: bill {entry}", meter=one.id, entry=stored.entry))
    show_bill(stored.bill, stored.period)
    for number, row in zip(stored.numbers()[1:], stored.rows[1:], strict=False):
        because = row.body.get("because")
        when = local_time(row.at or 0, settings)
        told = tr("Added to or corrected on {when} (entry {entry})", when=when, entry=number)
        click.echo(f"{told}: {because}" if because else f"{told}.")
    if stored.withdrawal is not None:
        click.echo(tr("Withdrawn: {because}", because=stored.withdrawal.body.get("because", "")))
    if text:
        for one_text in texts:
            click.echo("---")
            click.echo(one_text.rstrip())
        click.echo("---")
    if stored.verdict is not None:
        click.echo()
        show_verdict(stored.verdict)
    return 0
