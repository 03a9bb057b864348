"""`sodien replay`: send entries to the database again."""

from __future__ import annotations

import click

from sodien import formats
from sodien.cli.context import Session, print_json, with_session
from sodien.device.send_again import send_again
from sodien.i18n import tr


@click.command("replay")
@with_session(meter=False)
@click.option(
    "--from", "since", metavar="ENTRY|TIME", help="Everything from this entry or time on; 1 is all."
)
@click.option("--succeeds", metavar="LEDGER", help="Take the device's name over from this ledger.")
def command(session: Session, since: str | None, succeeds: str | None) -> int:
    """Send what the database refused again; with --from also what it has lost. Doing so twice does no harm.

    The daemon does it within half a minute, or when it starts.
    """
    ledger = session.ledger
    seq: int | None = None
    if since is not None:
        seq = int(since) if since.isdecimal() else ledger.first_seq_since(session.instant(since))
        seq = max(1, seq) if seq is not None else ledger.newest_seq() + 1
    count = send_again(ledger, seq, succeeds)
    if session.as_json:
        print_json({"from_seq": seq, "entries": count})
    else:
        click.echo(tr("Entries that will be sent again: {count}.", count=formats.count(count)))
    return 0
