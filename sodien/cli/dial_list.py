"""`sodien dial --list`: what was noted, and which of it counts."""

from __future__ import annotations

from typing import Any

import click

from sodien import formats
from sodien.cli.context import Session, local_time, print_json
from sodien.history.dial_readings import DialReading
from sodien.history.meter import MeterHistory
from sodien.i18n import tr
from sodien.ledger.store import Row
from sodien.metering.bounds import decimal_text
from sodien.protocol.times import format_time, parse_time
from sodien.settings.model import Settings


def show(session: Session, view: MeterHistory) -> int:
    """All readings of a meter with what became of them. Returns the exit code."""
    found = [_told(session.settings, view, reading) for reading in view.readings]
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


def _told(settings: Settings, view: MeterHistory, reading: DialReading) -> dict[str, Any]:
    """One reading with its state and the sentences that explain it."""
    assert isinstance(reading.row, Row)
    body, said = reading.row.body, reading.amendment
    number = said.seq if isinstance(said, Row) else None
    by = said.body.get("by") if said is not None else None
    because = said.body.get("because") if said is not None else None
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
    for _, finding in view.conflicts:
        if reading.name not in finding.rejected and reading.name not in finding.suspects:
            continue
        rejected = reading.name in finding.rejected
        state = "rejected" if rejected else "doubted"
        for above, below, excess in finding.pairs:
            if reading.name in (above, below):
                other = view.named(below if reading.name == above else above, settings.zone)
                text = formats.kwh(excess, "down")
                why.append(
                    tr("Too high beside {other} by at least {excess} kWh.", other=other, excess=text)
                    if reading.name == above
                    else tr("Too low beside {other} by at least {excess} kWh.", other=other, excess=text)
                )
        if not rejected:
            why.append(tr("Another reading will show whether it is wrong, or the count."))
    return {
        "entry": reading.row.seq,
        "at": format_time(reading.row.at or 0),
        "when": formats.instant(reading.row.at or 0, settings.zone, seconds=True, lang="en"),
        "typed": body["reading"],
        "within_s": int(body.get("within_ms", 0)) / 1000,
        "by": body.get("by"),
        "photo": body.get("photo"),
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
        if said is None
        else {
            "entry": number,
            "what": said.body["what"],
            "at": format_time(said.at or 0),
            "by": by,
            "because": because,
        },
    }
