"""`sodien dial`: note what the meter's dial shows, correct or withdraw it, list what was noted."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import click

from sodien.cli import dial_list
from sodien.cli.context import Session, local_time, print_json, read_dial, show_bounds, with_session
from sodien.cli.typed import parse_within
from sodien.errors import SodienError
from sodien.files import replacing
from sodien.history import daemon_state as state
from sodien.history.corrections import amendment, withdrawal
from sodien.history.current import current_view
from sodien.history.dial_readings import DialReading, readings
from sodien.history.installations import life_at, lives
from sodien.history.meter import MeterHistory
from sodien.i18n import tr
from sodien.ledger.store import Ledger, NewRow
from sodien.protocol.times import format_time
from sodien.settings.model import MeterSettings

#: How far from a reading the ledger may end, without that being said.
_NEAR_MS = 120_000


@click.command("dial")
@with_session()
@click.argument("reading", required=False)
@click.option("--at", "when", metavar="TIME", help="When it was read (default: now).")
@click.option("--within", metavar="SPAN", help="How exactly the time is known (default: 1m).")
@click.option("--by", metavar="NAME", help="Who read it.")
@click.option("--photo", metavar="FILE", help="A picture of it; copied beside the ledger, its SHA-256 kept.")
@click.option("--correct", type=int, metavar="ENTRY", help="READING takes the place of what ENTRY says.")
@click.option("--withdraw", type=int, metavar="ENTRY", help="ENTRY does not count any more.")
@click.option("--because", metavar="TEXT", help="Why it is withdrawn or corrected.")
@click.option("--list", "as_list", is_flag=True, help="List all readings, and which of them count.")
@click.option("--dry-run", is_flag=True, help="Only show what it would change.")
def command(
    session: Session,
    reading: str | None,
    when: str | None,
    within: str | None,
    by: str | None,
    photo: str | None,
    correct: int | None,
    withdraw: int | None,
    because: str | None,
    as_list: bool,
    dry_run: bool,
) -> int:
    """Note the READING on the meter's dial, e.g. 12345.6; this pins the register, also in the past.

    The dial truncates: 12345.6 means from 12345.6 up to 12345.7. Readings are kept side by side and never
    overwrite each other; one that contradicts the count is kept too, and said to. A mistake is put right by a
    new entry (--correct, --withdraw): the old one stays, marked.
    """
    settings, one, ledger = session.settings, session.meter, session.ledger
    if as_list:
        return dial_list.show(session, current_view(settings, ledger, one))
    _check_words(reading, when, within, photo, correct, withdraw, because)
    if withdraw is not None:
        row = _withdrawal(session, withdraw, because or "", by)
    elif correct is not None:
        assert reading is not None
        row = _correction(session, correct, reading, when, within, because, by)
    else:
        assert reading is not None
        _check_clock(ledger, when)
        row = _reading(session, reading, when or "now", within or "1m", by)
        if photo is not None:
            row.body["photo"] = _photo(Path(photo), ledger, keep=not dry_run)
    return _note(session, row, dry_run)


def _check_words(
    reading: str | None,
    when: str | None,
    within: str | None,
    photo: str | None,
    correct: int | None,
    withdraw: int | None,
    because: str | None,
) -> None:
    """Raise SodienError for words that do not go together."""
    if withdraw is not None:
        if reading is not None or correct is not None or when or within or photo:
            raise SodienError(tr("--withdraw goes with --because and --by only; leave out the rest."))
        if not because:
            raise SodienError(tr("Say why entry {entry} is withdrawn: --because TEXT.", entry=withdraw))
    elif reading is None:
        raise SodienError(tr("Type the reading, for example: sodien dial 12345.6 (or --list)."))
    elif because and correct is None:
        raise SodienError(tr("--because goes with --withdraw or --correct."))
    elif correct is not None and photo:
        raise SodienError(tr("--photo goes with a new reading, not with --correct."))


def _check_clock(ledger: Ledger, when: str | None) -> None:
    """Raise SodienError for "now" where the daemon beside does not know what time it is."""
    if when not in (None, "now"):
        return
    running = state.read(ledger)
    if running is not None and not running.clock_set:
        raise SodienError(
            tr("The Pi does not know the time yet; say when it was read: --at '2026-11-30 07:30'.")
        )


def _parsed(ledger: Ledger, meter: MeterSettings, text: str, at: int) -> dict[str, str]:
    """The reading as it is kept, by the dial that hung there then. Raises SodienError."""
    life = life_at(lives(ledger, meter), at)
    return read_dial(text, life.digits, life.decimals)


def _reading(
    session: Session,
    text: str,
    when: str,
    within: str,
    by: str | None,
) -> NewRow:
    ledger, meter = session.ledger, session.meter
    at = session.past(when)
    body: dict[str, Any] = _parsed(ledger, meter, text, at) | {"within_ms": parse_within(within)}
    return NewRow("dial", meter.id, at=at, body=body | ({"by": by} if by else {}))


def _find(ledger: Ledger, meter: MeterSettings, entry: int) -> DialReading:
    """The reading with this number, also by the number of a correction of it. Raises SodienError."""
    found = readings(ledger, meter.id)
    of = next(
        (row.body["of"] for row in ledger.of_kind("amendment", meter.id) if row.seq == entry),
        None,
    )
    for reading in found:
        if reading.name == f"dial {entry}" or (of is not None and reading.row.at == int(of)):
            return reading
    raise SodienError(tr("There is no dial reading {entry}; 'sodien dial --list' lists them.", entry=entry))


def _withdrawal(session: Session, entry: int, because: str, by: str | None) -> NewRow:
    return withdrawal(_find(session.ledger, session.meter, entry).row, session.now, because, by)


def _correction(
    session: Session,
    entry: int,
    text: str,
    when: str | None,
    within: str | None,
    because: str | None,
    by: str | None,
) -> NewRow:
    """Its time stays as it was unless another one is given."""
    ledger, meter = session.ledger, session.meter
    reading = _find(ledger, meter, entry)
    at = session.past(when) if when is not None else reading.at
    body: dict[str, Any] = {
        "what": "correct",
        **_parsed(ledger, meter, text, at),
        "read_at": at,
        "within_ms": parse_within(within) if within is not None else reading.within,
    }
    body |= {"because": because} if because else {}
    body |= {"by": by} if by else {}
    return amendment(reading.row, session.now, body)


def _photo(file: Path, ledger: Ledger, *, keep: bool) -> dict[str, str]:
    """What is kept of a picture; the file is copied to ``photos`` beside the ledger. Raises SodienError."""
    try:
        data = file.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        copy = ledger.path.parent / "photos" / f"{digest[:16]}{file.suffix.lower()}"
        if keep and not copy.exists():
            copy.parent.mkdir(exist_ok=True)
            with replacing(copy) as stream:
                stream.write(data)
    except OSError as error:
        raise SodienError(
            tr(
                "{path}: the picture cannot be kept ({reason}); choose another --photo or leave it out.",
                path=error.filename or file,
                reason=error.strerror or error,
            )
        ) from None
    return {
        "path": str(file.absolute()),
        "sha256": digest,
        "copy": f"{copy.parent.name}/{copy.name}",
    }


def _time_of(view: MeterHistory, row: NewRow) -> int:
    """When the reading that a row notes, corrects or withdraws was read (ms UTC)."""
    if "read_at" in row.body:
        return int(row.body["read_at"])
    if "of" in row.body:
        return next(reading.at for reading in view.readings if reading.row.at == row.body["of"])
    return row.at or 0


def _as_of(view: MeterHistory, at: int) -> tuple[int, str | None]:
    """The instant nearest to ``at`` (ms UTC) that the ledger covers; a sentence where that is another."""
    if view.start is None or view.end is None:
        return at, None
    if at > view.end:
        late = at - view.end > _NEAR_MS
        return view.end, tr("The ledger ends then: nothing was counted after it.") if late else None
    if at < view.start:
        late = view.start - at > _NEAR_MS
        return view.start, tr("The ledger begins then: nothing was counted before it.") if late else None
    return at, None


def _note(session: Session, row: NewRow, dry_run: bool) -> int:
    """Append the row unless ``dry_run``, and show what it changes about the instant of the reading."""
    settings, meter, ledger = session.settings, session.meter, session.ledger
    before = current_view(settings, ledger, meter)
    after = current_view(settings, ledger, meter, [row])
    if not dry_run:
        (entry,) = ledger.append([row])
        after = current_view(settings, ledger, meter)
    at = _time_of(before, row)
    instant, limit = _as_of(before, at)
    body = row.body
    report: dict[str, Any] = {
        "meter": meter.id,
        "entry": None if dry_run else entry,
        "reading": body.get("reading"),
        "low": body.get("low"),
        "high": body.get("high"),
        "noted": not dry_run,
        "as_of": format_time(instant),
        "before": before.at(instant),
        "after": after.at(instant),
        "findings": after.findings(settings.zone),
    }
    if session.as_json:
        print_json(report)
    else:
        if "reading" in body:
            click.echo(
                tr(
                    "{meter}: the dial showed {reading} at {at}.",
                    meter=meter.id,
                    reading=body["reading"],
                    at=local_time(at, settings),
                )
            )
        else:
            click.echo(tr("{meter}: the reading does not count any more.", meter=meter.id))
        if before.pieces:
            told = tr("The register as of {at}:", at=local_time(instant, settings))
            click.echo(f"{told} {limit}" if limit else told)
        click.echo(f"  {tr('register before'):<18} {show_bounds(report['before'], before.why_none())}")
        click.echo(f"  {tr('register now'):<18} {show_bounds(report['after'], after.why_none())}")
        if dry_run:
            click.echo(tr("Nothing was noted (--dry-run)."))
        for finding in report["findings"]:
            click.echo(finding)
    return 1 if report["findings"] else 0
