"""`sodien notify`: tell people what happened; a timer of systemd runs it every ten minutes."""

from __future__ import annotations

import datetime as dt
import fcntl
import sys

import click
import msgspec

from sodien.cli.context import Session, print_json, with_session
from sodien.device import state as daemon_state
from sodien.errors import SodienError
from sodien.files import open_file
from sodien.household.week import due, week_before
from sodien.i18n import tr
from sodien.notify import addresses, told
from sodien.notify.addresses import Address
from sodien.notify.told import Told
from sodien.words import week as words


@click.command("notify")
@with_session(meter=False)
@click.option("--test", is_flag=True, help="Send a test message to every address, and nothing else.")
def command(session: Session, test: bool) -> int:
    """Send what happened since the last time to the addresses of notify.urls_file, by Apprise.

    Verdicts, reminders, gaps of a minute or longer, and a day without a pulse; on Mondays what the week was
    like (notify.weekly). What happened before an address was added is not sent to it. Exit code 1: a message
    could not be sent.
    """
    path = session.settings.notify.urls_file
    if path is None:
        raise SodienError(
            tr(
                "There are no addresses yet: write them into a file, one a line, and name it in "
                "notify.urls_file."
            )
        )
    # As the service, which must be able to read the addresses and to send: else a test would prove nothing.
    session.hand_over()
    found = addresses.read(path)
    if test:
        return _test(session, found)
    with open_file(path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SodienError(tr("Another 'sodien notify' is sending just now; wait a minute.")) from None
        return _tell(session, found)


def _test(session: Session, found: list[Address]) -> int:
    body = tr("A test message of Sodien ({device}).", device=session.settings.device)
    failed = {}
    for address in found:
        why = addresses.send(address, _title(session), body)
        if why is not None:
            failed[address.label] = why
        if not session.as_json:
            click.echo(f"{address.label}: {why if why is not None else tr('sent')}")
    if session.as_json:
        print_json({"sent": [one.label for one in found if one.label not in failed], "failed": failed})
    return 1 if failed else 0


def _weekly(session: Session, monday: dt.date) -> list[str]:
    """The week before, of each meter of which enough was counted."""
    zone, said = session.settings.zone, []
    for where in session.meter_ledgers:
        if where.meter.delivery_of is not None:  # it is no consumption
            continue
        found = week_before(where.history(), zone, monday)
        if found is not None:
            said += [f"{where.meter.id}: {' '.join(words.sentences(found, zone))}"]
    return said


def _title(session: Session) -> str:
    return f"Sodien · {session.settings.device}"


def _tell(session: Session, found: list[Address]) -> int:
    settings, ledger = session.settings, session.ledger
    meters = [meter.id for meter in settings.meters]
    clock_set = daemon_state.clock_set(daemon_state.read(ledger), trust=settings.clock == "trust")
    steady = [
        meter.id for meter in settings.meters if meter.delivery_of is None
    ]  # there are days without sun
    still = told.stands_still(ledger, steady, session.now) if clock_set else None
    before = told.read(ledger)
    known = {one.name: before[one.name] for one in found if one.name in before}
    changed = len(known) != len(before)
    sent: list[str] = []
    failed: dict[str, str] = {}
    monday = due(session.now, settings.zone) if clock_set and settings.notify.weekly else None
    weekly: list[str] | None = None
    for address in found:
        was = known.get(address.name)
        since = was or Told(address.label, ledger.newest_seq(), week=monday)
        sentences, seq = told.happened(ledger, since.seq, meters, settings.zone, session.now)
        if monday is not None and since.week is not None and since.week < monday:
            weekly = _weekly(session, monday) if weekly is None else weekly
            sentences += weekly
        body = told.message(sentences, still or {}, since.quiet)
        why = addresses.send(address, _title(session), body) if body else None
        if why is None:
            # A meter that counts again is told of the next time it stands still, at another count.
            now = Told(address.label, seq, since.quiet if still is None else still, monday or since.week)
            sent += [address.label] if body else []
        else:
            first = since.since if since.failed is not None else session.now
            now = msgspec.structs.replace(since, label=address.label, failed=why, since=first)
            failed[address.label] = why
            # A timer that fails every ten minutes says so once.
            if since.failed != why or sys.stderr.isatty():
                click.echo(f"{address.label}: {why}", err=True)
        known[address.name] = now
        if changed or (body and why is None) or told.worth_saving(was, now):
            told.save(ledger, known)
            changed = False
    if session.as_json:
        print_json({"sent": sent, "failed": failed})
    return 1 if failed else 0
