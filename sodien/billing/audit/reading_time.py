"""When was an index read? When our register can have shown it, and the utility's usual hour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from sodien.billing.audit.check_reading import local, until
from sodien.billing.audit.index_match import IndexMatch, PrintedIndex, shown
from sodien.billing.audit.practice import Practice
from sodien.billing.audit.result import Check, ReadAt, texts
from sodien.metering.calendar import day_bounds

_DAY_MS: Final = 24 * 3_600_000
#: How far around the reading day an index is looked for.
SEARCH_DAYS: Final = 45
#: An instant known no better than this says nothing about the utility's hour.
_TELLING_MS: Final = 6 * 3_600_000
#: How many bills must tell the same before an hour is suggested.
_ENOUGH_BILLS: Final = 3


def read_at(match: IndexMatch, printed: Decimal) -> ReadAt | None:
    """When ``printed`` was read, by our register; None when the register tells nothing about it."""
    if match.seen is None or match.vague or match.impossible:
        return None
    if match.fits:
        return ReadAt(index=printed, inside=True, start=match.when[0], end=match.when[1])
    found = elsewhere(match)
    if found is None:
        return ReadAt(index=printed, inside=False)
    return ReadAt(index=printed, inside=False, start=found[0], end=found[1])


def elsewhere(match: IndexMatch, index: PrintedIndex | None = None) -> tuple[int, int] | None:
    """When the register can have shown the index outside its window, in the weeks around it (ms UTC)."""
    around = (match.window.start - SEARCH_DAYS * _DAY_MS, match.window.end + SEARCH_DAYS * _DAY_MS)
    known = match.register.span
    if known is None:
        return None
    start, end = max(around[0], known[0]), min(around[1], known[1])
    return shown(match.register, index or match.index, (start, end)) if start < end else None


def checks(
    matches: Iterable[tuple[str, IndexMatch | None, Decimal | None]], practice: Practice
) -> list[Check]:
    """A finding of its own for every index that our register showed on another day than the notice says.

    ``matches`` are (key, match, printed index). An index that may have been read inside its time says when,
    unless that is the whole of it.
    """
    found = []
    for key, match, printed in matches:
        if match is None or printed is None or (when := read_at(match, printed)) is None:
            continue
        if when.start is None or when.end is None:
            continue
        values = texts(
            index=printed,
            day=match.window.day,
            start=local(when.start, practice.zone),
            end=until(when.end, practice.zone),
        )
        if when.inside:
            if when.end - when.start >= match.window.end - match.window.start:
                continue
            says, result = "read_at", "agrees"
        else:
            says, result = "read_other_time", "disagrees"
        if when.inside and (match.window.slipped or practice.printed_slip_days):
            start, end = day_bounds(match.window.day, practice.zone)
            if when.end < start or when.start >= end:
                says, result = ("read_slipped" if match.window.slipped else "read_off_day"), "agrees"
        found.append(
            Check(key=key, topic="reading", result=result, says=says, values=values)  # type: ignore[arg-type]
        )
    return found


def usual_hour(readings: Iterable[ReadAt], practice: Practice) -> tuple[dt.time, int] | None:
    """The utility's usual local time, to the half hour, and ± minutes, from the readings of several bills.

    A suggestion for the setting ``reading_hour``, never applied by itself. None unless at least three
    readings, each known to six hours, all allow one time of day within ± 90 minutes.
    """
    known = []
    for reading in readings:
        if not reading.inside or reading.start is None or reading.end is None:
            continue
        if reading.end - reading.start > _TELLING_MS:
            continue
        known.append((_minute(reading.start, practice), _minute(reading.end, practice)))
    if len(known) < _ENOUGH_BILLS:
        return None
    known = [(a, b if b >= a else 24 * 60) for a, b in known]
    best: tuple[int, int] | None = None
    for minute in range(0, 24 * 60, 30):
        # The window that would have held every reading whole.
        worst = max(max(abs(minute - a), abs(b - minute)) for a, b in known)
        if best is None or worst < best[1]:
            best = (minute, worst)
    assert best is not None
    minute, worst = best
    spread = max(30, -(-worst // 30) * 30)
    allowed = 90 + max(b - a for a, b in known)
    return (dt.time(minute // 60, minute % 60), spread) if worst <= allowed else None


def _minute(ms: int, practice: Practice) -> int:
    hour, minute = local(ms, practice.zone)[11:].split(":")
    return int(hour) * 60 + int(minute)
