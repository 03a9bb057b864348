"""Dial readings: note one, put one right, take one back.

Nothing is overwritten. A reading is an entry dated when the dial was read; what is said of it later is
another entry, dated when it was said.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from sodien.errors import FieldError, SodienError
from sodien.history.corrections import withdrawal
from sodien.history.note import Noted, check_time, note, when
from sodien.i18n import tr
from sodien.ledger import pictures
from sodien.ledger.bodies import AmendmentBody, DialBody, DialRange
from sodien.ledger.store import NewRow
from sodien.metering import dial
from sodien.metering.bounds import decimal_text
from sodien.words import register as words

if TYPE_CHECKING:
    from sodien.history.current import MeterLedger
    from sodien.history.dial_readings import DialReading
    from sodien.history.meter import MeterHistory

#: How exactly the time of a reading is known where nobody says so, ± ms.
USUAL_WITHIN_MS = 60_000


def note_reading(
    where: MeterLedger,
    reading: str,
    *,
    now: int,
    at: int | None = None,
    within: int = USUAL_WITHIN_MS,
    by: str | None = None,
    photo: Path | None = None,
    dry_run: bool = False,
) -> Noted:
    """Note what the dial shows, or showed ``at`` a time; this pins the register, also in the past.

    Args:
        where: the meter.
        reading: the digits as they stand on the dial.
        now: ms UTC.
        at: when it was read, ms UTC; now where nobody says so.
        within: how exactly that is known, ± ms.
        by: who read it.
        photo: a picture of the dial; it is copied beside the ledger.
        dry_run: only say what it would change.

    Raises:
        FieldError: the reading is none of this dial, or its time has not come.
        SodienError: it is not known what time it is, or the picture cannot be kept.
    """
    at, place = when(where, at, now)
    shown = _read(where.history(), reading, at)
    body = DialBody(
        reading=shown.reading,
        low=shown.low,
        high=shown.high,
        within_ms=within,
        by=by or None,
        photo=pictures.kept(photo, where.ledger, keep=not dry_run) if photo is not None else None,
    )
    return note(where, NewRow("dial", where.meter.id, *place, at, body=body), at, dry_run=dry_run)


def correct_reading(
    where: MeterLedger,
    entry: int,
    reading: str,
    *,
    now: int,
    at: int | None = None,
    within: int | None = None,
    because: str | None = None,
    by: str | None = None,
    dry_run: bool = False,
) -> Noted:
    """Put ``reading`` in the place of what an entry says; its time stays unless another one is given.

    Raises:
        FieldError: the reading is none of this dial, or its time has not come.
        SodienError: there is no such dial reading.
    """
    wrong = find_reading(where, history := where.history(), entry)
    # What was typed for now stays where it is in its boot, unless another time is given.
    read_at = wrong.at if at is None and wrong.row.mono is None else at
    at = wrong.at if at is None else at
    check_time(where, at, now)
    shown = _read(history, reading, at)
    body = AmendmentBody(
        of_kind="dial",
        of=wrong.row.at or 0,
        what="correct",
        because=because or None,
        reading=shown.reading,
        low=shown.low,
        high=shown.high,
        read_at=read_at,
        within_ms=(wrong.counts.within_ms or 0) if within is None else within,
        by=by or None,
    )
    row = NewRow(AmendmentBody.kind, wrong.row.meter, at=now, body=body)
    return note(where, row, at, dry_run=dry_run)


def withdraw_reading(
    where: MeterLedger, entry: int, *, because: str, now: int, by: str | None = None, dry_run: bool = False
) -> Noted:
    """Say that a dial reading does not count, and why. Raises SodienError when there is none."""
    wrong = find_reading(where, where.history(), entry)
    return note(where, withdrawal(wrong.row, now, because, by), wrong.at, dry_run=dry_run)


def find_reading(where: MeterLedger, history: MeterHistory, entry: int) -> DialReading:
    """The reading with this number, also by the number of a correction of it. Raises SodienError."""
    said = (row for row in where.ledger.of_kind("amendment", where.meter.id) if row.seq == entry)
    of = next((row.read(AmendmentBody).of for row in said), None)
    for reading in history.readings:
        if reading.name == f"dial {entry}" or (of is not None and reading.row.at == of):
            return reading
    raise SodienError(tr("There is no dial reading {entry}; 'sodien dial --list' lists them.", entry=entry))


def dial_body(field: str, text: str, digits: int, decimals: int) -> DialRange:
    """What the ledger keeps of a reading that was typed. Raises FieldError."""
    try:
        read = dial.parse(text, digits, decimals)
    except dial.DialError as error:
        raise FieldError(field, words.refused(error)) from None
    low, high = (Decimal(decimal_text(one)) for one in (read.low, read.high))
    return DialRange(reading=read.text, low=low, high=high)


def _read(history: MeterHistory, text: str, at: int) -> DialRange:
    """The reading by the dial that was installed at that time (ms UTC)."""
    installed = history.installed_at(at)
    return dial_body("reading", text, installed.digits, installed.decimals)
