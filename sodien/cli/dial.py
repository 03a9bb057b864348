"""`sodien dial`: note what the meter's dial shows, correct or withdraw it, list what was noted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sodien import formats
from sodien.cli.context import Session, by_option, dry_run_option, local_time, print_json, with_session
from sodien.cli.typed import at_terminal, confirmed, parse_within
from sodien.errors import SodienError
from sodien.history.corrections import told
from sodien.history.dial_readings import DialReading
from sodien.history.meter import MeterHistory
from sodien.history.note import Noted
from sodien.history.note_reading import USUAL_WITHIN_MS, correct_reading, note_reading, withdraw_reading
from sodien.history.plausible import plausible
from sodien.i18n import tr
from sodien.ledger.bodies import AmendmentBody, DialBody
from sodien.ledger.store import Row
from sodien.metering.bounds import decimal_text
from sodien.protocol.times import format_time, parse_time
from sodien.settings.model import Settings

#: How far from a reading the ledger may end, without that being said.
_NEAR_MS = 120_000


@click.command("dial")
@with_session()
@click.argument("reading", required=False)
@click.option("--at", "when", metavar="TIME", help="When it was read (default: now).")
@click.option("--within", metavar="SPAN", help="How exactly the time is known (default: 1m).")
@by_option
@click.option("--photo", metavar="FILE", help="A picture of it; copied beside the ledger, its SHA-256 kept.")
@click.option("--correct", type=int, metavar="ENTRY", help="READING takes the place of what ENTRY says.")
@click.option(
    "--withdraw", type=int, metavar="ENTRY", help=("Withdraw ENTRY; it stays in the ledger, marked.")
)
@click.option("--because", metavar="TEXT", help="Why it is withdrawn or corrected.")
@click.option("--list", "as_list", is_flag=True, help="List all readings, and which of them count.")
@dry_run_option
@click.option("--yes", is_flag=True, help="Note it also where it does not fit what was counted.")
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
    yes: bool,
) -> int:
    """Note the READING on the meter's dial, e.g. 12345.6; this pins the register, also in the past.

    The dial truncates: 12345.6 means from 12345.6 up to 12345.7. Readings are kept side by side and never
    overwrite each other. One that contradicts the count is asked about first; without a terminal it is
    refused unless --yes is given. A mistake is put right by a new entry (--correct, --withdraw): the old one
    stays, marked.
    """
    if as_list:
        return _list(session, session.meter_ledger.history())
    _check_words(reading, when, within, photo, correct, withdraw, because)
    where, now = session.meter_ledger, session.now
    at = session.instant(when) if when is not None else None
    span = parse_within(within) if within is not None else None
    if withdraw is not None:
        noted = withdraw_reading(where, withdraw, because=because or "", now=now, by=by, dry_run=dry_run)
        return _show(session, noted)
    assert reading is not None
    if correct is not None:
        noted = correct_reading(
            where, correct, reading, now=now, at=at, within=span, because=because, by=by, dry_run=dry_run
        )
        return _show(session, noted)

    def noting(*, dry_run: bool) -> Noted:
        return note_reading(
            where,
            reading,
            now=now,
            at=None if when == "now" else at,
            within=USUAL_WITHIN_MS if span is None else span,
            by=by,
            photo=Path(photo) if photo is not None else None,
            dry_run=dry_run,
        )

    if not (dry_run or yes):
        _question(noting(dry_run=True), session.settings)
    return _show(session, noting(dry_run=dry_run))


def _question(tried: Noted, settings: Settings) -> None:
    """Ask about a reading that does not fit what was counted. Raises SodienError where it is not kept."""
    plain, said = plausible(tried, settings.zone)
    if plain:
        return
    if not at_terminal():
        why = " ".join(said)
        raise SodienError(tr("{why} Nothing was noted; give --yes if the dial really shows this.", why=why))
    for sentence in said:
        click.echo(sentence)
    if not confirmed(tr("Does the dial really show this, and shall it be noted?")):
        raise SodienError(tr("Nothing was noted."))


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


def _as_of(history: MeterHistory, at: int) -> tuple[int, str | None]:
    """The instant nearest to ``at`` (ms UTC) that the ledger covers; a sentence where that is another."""
    if history.start is None or history.end is None:
        return at, None
    if at > history.end:
        late = at - history.end > _NEAR_MS
        return history.end, tr("Nothing was counted after that time.") if late else None
    if at < history.start:
        late = history.start - at > _NEAR_MS
        return history.start, tr("Nothing was counted before that time.") if late else None
    return at, None


def _show(session: Session, noted: Noted) -> int:
    """What an entry changes about the instant at which the dial was read. Returns the exit code."""
    settings, meter = session.settings, session.meter
    before, after, dry_run = noted.before, noted.after, noted.entry is None
    at = noted.at
    instant, limit = _as_of(before, at)
    row = noted.row
    shown = row.read(DialBody) if row.kind == "dial" else row.read(AmendmentBody)
    report: dict[str, Any] = {
        "meter": meter.id,
        "entry": noted.entry,
        "reading": shown.reading,
        "low": shown.low,
        "high": shown.high,
        "noted": not dry_run,
        "as_of": format_time(instant),
        "before": before.at(instant),
        "after": after.at(instant),
        "findings": after.findings(settings.zone),
    }
    if session.as_json:
        print_json(report)
    else:
        if shown.reading is not None:
            click.echo(
                tr(
                    "{meter}: the dial showed {reading} at {at}.",
                    meter=meter.id,
                    reading=formats.dial(shown.reading),
                    at=local_time(at, settings),
                )
            )
        else:
            click.echo(tr("{meter}: the reading is withdrawn.", meter=meter.id))
        if before.pieces:
            as_of = tr("The register as of {at}:", at=local_time(instant, settings))
            click.echo(f"{as_of} {limit}" if limit else as_of)
        click.echo(f"  {tr('register before'):<18} {before.shown(instant)}")
        click.echo(f"  {tr('register now'):<18} {after.shown(instant)}")
        if dry_run:
            click.echo(tr("Nothing was noted (--dry-run)."))
        for finding in report["findings"]:
            click.echo(finding)
        if noted.entry is not None and shown.reading is not None:
            told = tr(
                "This is entry {entry}. If a digit is wrong: sodien dial --correct {entry} {reading}",
                entry=noted.entry,
                reading=formats.dial(shown.reading),
            )
            click.echo(told)
    return 1 if report["findings"] else 0


def _list(session: Session, history: MeterHistory) -> int:
    """All readings of a meter with what became of them. Returns the exit code."""
    found = [_listed(session.settings, history, reading) for reading in history.readings]
    if session.as_json:
        print_json({"meter": session.meter.id, "readings": found})
        return 0
    if not found:
        click.echo(tr("No dial reading has been noted yet."))
    for one in found:
        by = f"  {one['by']}" if one["by"] else ""
        typed, when = formats.dial(one["typed"]), local_time(parse_time(one["at"]), session.settings)
        click.echo(f"{one['entry']:>6}  {typed:>10}  {when}  {_state(one['state'])}{by}")
        for sentence in one["why"]:
            click.echo(f"        {sentence}")
    return 0


def _state(state: str) -> str:
    return {
        "used": tr("counts"),
        "doubted": tr("in doubt"),
        "rejected": tr("rejected", context="reading"),
        "withdrawn": tr("withdrawn"),
    }[state]


def _listed(settings: Settings, history: MeterHistory, reading: DialReading) -> dict[str, Any]:
    """One reading with its state and the sentences that explain it."""
    assert isinstance(reading.row, Row)
    typed, said = reading.typed, reading.said
    number = reading.amendment.seq if isinstance(reading.amendment, Row) else None
    because = told(said.because) if said is not None and said.because else None
    state, why = "withdrawn" if reading.withdrawn else "used", []
    if reading.withdrawn:
        why.append(tr("Withdrawn by entry {entry}: {because}.", entry=number, because=because))
    if reading.corrected:
        why.append(
            tr(
                "Corrected by entry {entry}: {reading} at {at}.",
                entry=number,
                reading=formats.dial(reading.text),
                at=local_time(reading.at, settings),
            )
        )
    for _, finding in history.conflicts:
        if reading.name not in finding.rejected and reading.name not in finding.suspects:
            continue
        rejected = reading.name in finding.rejected
        state = "rejected" if rejected else "doubted"
        for above, below, excess in finding.pairs:
            if reading.name in (above, below):
                other = history.named(below if reading.name == above else above, settings.zone)
                text = formats.kwh(excess, "down")
                why.append(
                    tr("At least {excess} kWh too high compared with {other}.", other=other, excess=text)
                    if reading.name == above
                    else tr("At least {excess} kWh too low compared with {other}.", other=other, excess=text)
                )
        if not rejected:
            why.append(tr("Another reading will show whether this one or the count is wrong."))
    return {
        "entry": reading.row.seq,
        "at": format_time(reading.row.at or 0),
        "when": formats.instant(reading.row.at or 0, settings.zone, seconds=True, lang="en"),
        "typed": typed.reading,
        "within_s": (typed.within_ms or 0) / 1000,
        "by": typed.by,
        "photo": typed.photo,
        "state": state,
        "why": why,
        "counts_as": None
        if reading.withdrawn
        else {
            "reading": reading.text,
            "low": decimal_text(reading.low),
            "high": decimal_text(reading.high),
            "at": format_time(reading.at),
            "within_s": reading.within / 1000,
        },
        "amended": None
        if said is None or reading.amendment is None
        else {
            "entry": number,
            "what": said.what,
            "at": format_time(reading.amendment.at or 0),
            "by": said.by,
            "because": because,
        },
    }
