"""Hours, days and months of a meter: what flowed in each, how much of it was counted, why not the rest."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from sodien import formats
from sodien.i18n import tr
from sodien.metering import calendar
from sodien.words.register import reason

if TYPE_CHECKING:
    from sodien.history.meter import MeterHistory
    from sodien.protocol.values import Bounds

By = Literal["hour", "day", "month"]
_DAY = dt.timedelta(days=1)
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Span:
    """One hour, day or month.

    Attributes:
        start, end: its time, ms UTC.
        energy: kWh of what of it is known.
        counted: share of that which was counted, 0 to 1.
        why: in words, why not the rest; empty where all was.
    """

    start: int
    end: int
    energy: Bounds
    counted: float
    why: str


def spans_of(
    history: MeterHistory, zone: ZoneInfo, by: str, last: dt.date, count: int, at: int
) -> Iterator[Span]:
    """The hours of the day ``last``, or the ``count`` days or months up to and with it, by time.

    Cut to what is known as of ``at`` (ms UTC); what lies before all counting is left out.
    """
    if history.start is None:
        return
    oldest = calendar.date_of(history.start, zone)
    for start, end in itertools.pairwise(_edges(by, last, count, oldest, zone)):
        until = min(end, at)
        if until <= start or end <= history.start:
            continue
        begin = max(start, history.start)
        covered = history.coverage(begin, until)
        why = _why(begin - start, covered.by_reason)
        yield Span(start, end, history.energy(begin, until), covered.counted / max(1, covered.elapsed), why)


def name_of(by: str, start: int, zone: ZoneInfo) -> str:
    """What an hour, a day or a month is called in a table."""
    if by == "hour":
        return formats.instant(start, zone)[-5:]
    day = calendar.date_of(start, zone)
    return formats.date(day) if by == "day" else formats.month(day.month, day.year)


def whole_hours(history: MeterHistory, start: int, end: int, zone: ZoneInfo) -> Iterator[tuple[int, Bounds]]:
    """Start and kWh of the local hours from ``start``, where one begins, to ``end`` that were counted whole.

    Their kWh are their kW on average. An hour that ``end`` or a change of clocks cuts short is none.
    """
    while history.start is not None and (stop := calendar.next_hour(start, zone)) <= end:
        covered = history.coverage(start, stop)
        if start >= history.start and covered.counted == covered.elapsed == _HOUR_MS:
            yield start, history.energy(start, stop)
        start = stop


def _edges(by: str, last: dt.date, count: int, oldest: dt.date, zone: ZoneInfo) -> list[int]:
    """The instants (ms UTC) at which one ends and the next begins."""
    if by == "hour":
        start, end = calendar.day_bounds(last, zone)
        hours = [start]
        while hours[-1] < end:
            hours.append(calendar.next_hour(hours[-1], zone))
        return hours
    if by == "day":
        first = max(oldest, last - (count - 1) * _DAY)
        days = range((last - first).days + 2)
        return [calendar.day_bounds(first + number * _DAY, zone)[0] for number in days]
    months = last.year * 12 + last.month - 1
    least = max(oldest.year * 12 + oldest.month - 1, months - count + 1)
    return [
        calendar.day_bounds(dt.date(number // 12, number % 12 + 1, 1), zone)[0]
        for number in range(least, months + 2)
    ]


def _why(before: int, blind: dict[str, int]) -> str:
    """What of it was not counted, in words."""
    said = [
        tr("{time} not counted: {reason}", time=formats.duration(ms / 1000), reason=reason(why))
        for why, ms in sorted(blind.items(), key=lambda item: -item[1])
        if ms >= 1000
    ]
    if before:
        said.insert(0, tr("counting began partway through"))
    return "; ".join(said)
