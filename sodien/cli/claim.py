"""`sodien claim`: note what the utility's app or portal says the meter showed, or take one back."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from typing import Any

import click

from sodien import formats
from sodien.billing.claims.claim import Claim
from sodien.billing.words.claims import when
from sodien.bills.claim_files import MOST_BYTES, claim_index, read_claims
from sodien.bills.claims import NotedClaims, note_claims, withdraw_claim
from sodien.cli.claims import show_accounts
from sodien.cli.context import Session, by_option, dry_run_option, print_json, with_session
from sodien.errors import FieldError, SodienError
from sodien.i18n import tr

#: So many changed readings are told one by one.
_TOLD = 10


@click.group("claim")
def command() -> None:
    """Note the utility's own daily readings; they are judged by your register and prove nothing.

    'sodien claims' lists them.
    """


@command.command("add")
@with_session()
@click.argument("reading")
@click.option("--day", metavar="DAY", help="The day of the reading.")
@click.option("--at", metavar="TIME", help="The time of the reading, if the portal shows one.")
@click.option("--source", metavar="NAME", default="", help="The app or portal that shows it.")
@by_option
@dry_run_option
def add(
    session: Session,
    reading: str,
    day: str | None,
    at: str | None,
    source: str,
    by: str | None,
    dry_run: bool,
) -> int:
    """Note one READING as the utility shows it, with its day or time.

    Exit code 1: it disagrees with your register.
    """
    if (day is None) == (at is None):
        raise SodienError(tr("Give the day or time of the reading: --day 2026-11-30 or --at TIME."))
    claim = Claim(
        _index(reading),
        _day(day) if day is not None else None,
        session.instant(at) if at is not None else None,
        source.strip(),
    )
    return _note(session, [claim], by, dry_run)


@command.command("import")
@with_session()
@click.argument("file", metavar="FILE|-")
@click.option("--source", metavar="NAME", default="", help="The app or portal, where the file names none.")
@by_option
@dry_run_option
def import_(session: Session, file: str, source: str, by: str | None, dry_run: bool) -> int:
    """Note the readings of a FILE (- is standard input): CSV with reading,day,source, or a portal's JSON.

    All of them are stored, or none. Those that are there already are not stored again. Exit code 1: some
    disagree with your register.
    """
    claims = read_claims(_bytes(file), session.settings.zone, source.strip())
    return _note(session, claims, by, dry_run)


@command.command("withdraw")
@with_session()
@click.argument("entry", type=int)
@click.option("--because", metavar="TEXT", required=True, help="Why it does not count.")
@by_option
def withdraw(session: Session, entry: int, because: str, by: str | None) -> int:
    """Withdraw the reading of ENTRY; it stays in the ledger, marked."""
    gone = withdraw_claim(session.meter_ledger, entry, because=because, now=session.now, by=by)
    if session.as_json:
        print_json({"withdrawn": entry})
    else:
        day = when(gone.claim, session.settings.zone)
        click.echo(tr("The utility's reading of {day} (entry {entry}) is withdrawn.", day=day, entry=entry))
    return 0


def _note(session: Session, claims: list[Claim], by: str | None, dry_run: bool) -> int:
    where = session.meter_ledger
    noted = note_claims(where, claims, now=session.now, by=by, dry_run=dry_run)
    if not session.as_json:
        for line in _said(noted, session, dry_run):
            click.echo(line)
    extra: dict[str, Any] = {"new": len(noted.new), "known": noted.known, "changed": len(noted.changed)}
    extra["entries"] = list(noted.entries)
    return show_accounts(session, [where], of=claims, extra=extra)


def _said(noted: NotedClaims, session: Session, dry_run: bool) -> list[str]:
    lines = []
    if dry_run:
        lines.append(
            tr("Readings of the utility that would be noted: {count} (--dry-run).", count=len(noted.new))
        )
    elif noted.new:
        lines.append(tr("Readings of the utility noted: {count}.", count=len(noted.new)))
    if noted.known:
        lines.append(tr("Already stored, not stored again: {count}.", count=noted.known))
    lines += [
        tr(
            "The utility now shows another reading for {day}: {reading} kWh. The earlier entry stays.",
            day=when(claim, session.settings.zone),
            reading=formats.number(claim.index, most=3),
        )
        for claim in noted.changed[:_TOLD]
    ]
    return lines


def _index(text: str) -> Decimal:
    found = claim_index(text)
    if found is None:
        raise SodienError(tr("'{text}' is not a meter reading; write it like 12345.67.", text=text[:40]))
    return found


def _day(text: str) -> dt.date:
    try:
        return formats.parse_date(text)
    except ValueError:
        raise FieldError(
            "day", tr("'{text}' is not a date; write it like 2026-11-30 or 30/11/2026.", text=text[:40])
        ) from None


def _bytes(file: str) -> bytes:
    """At most a byte more than is read of a file. Raises SodienError."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with open(file, "rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise SodienError(
            tr("{file} cannot be read: {reason}.", file=file, reason=error.strerror or str(error))
        ) from None
