"""A new entry about a meter: what a person says, and what it changes.

Whatever is noted goes the same way: the entry is tried beside the ledger, so that one that nothing can be
worked out from is not stored, and then appended, unless it was only to be tried.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sodien import formats
from sodien.errors import FieldError
from sodien.i18n import tr

if TYPE_CHECKING:
    from sodien.history.current import MeterLedger
    from sodien.history.meter import MeterHistory
    from sodien.ledger.store import NewRow

#: Two clocks may differ by so much before a time that a person gives lies in the future.
_AHEAD_MS = 60_000


@dataclass(frozen=True, slots=True)
class Noted:
    """What an entry changes.

    Attributes:
        row: what is noted.
        at: the instant it is about, ms UTC.
        entry: its number in the ledger; None where it was only tried.
        before: the meter's history without it.
        after: the meter's history with it.
    """

    row: NewRow
    at: int
    entry: int | None
    before: MeterHistory
    after: MeterHistory


def note(where: MeterLedger, row: NewRow, at: int, *, dry_run: bool = False) -> Noted:
    """Append an entry about a meter at ``at`` (ms UTC) unless ``dry_run``, and say what it changes."""
    before = where.history()
    after = where.history([row])
    if dry_run:
        return Noted(row, at, None, before, after)
    (entry,) = where.ledger.append([row])
    return Noted(row, at, entry, before, where.history())


def check_past(at: int, now: int, zone: dt.tzinfo, field: str = "at") -> None:
    """Raise FieldError for a time (ms UTC) that has not come."""
    if at > now + _AHEAD_MS:
        when = formats.instant(at, zone)
        raise FieldError(field, tr("{when} lies in the future; give the time of the reading.", when=when))
