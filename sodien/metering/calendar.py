"""Local days, local hours and the utility's reading days, pure.

Instants are whole milliseconds since 1970-01-01 00:00 UTC; dates are those of the meter's time zone, which is
passed in. Days tile time: each begins at the first instant whose wall clock shows its midnight or later, and
ends where the next begins. So a day has 23, 24 or 25 hours as the zone says, begins late where there is no
midnight, and is empty where the zone skipped it. Where clocks are set back over midnight, the repeated
stretch belongs to the day that had already begun.

A utility reads the meter once a month, on the reading day: a day of the month, or the last. The bill names
the period "từ ngày A đến ngày B" (from day A to day B) with both days included; B is the reading day, and A
the day after the one before.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ReadingDays:
    """A rule with the months in which the utility read, or announces to read, on another day.

    Attributes:
        rule: the day of every month: 1 to 31, clamped to the month's end, or "last".
        moved: (year, month) of the rule's own day → the day that takes its place.
    """

    rule: int | str
    moved: Mapping[tuple[int, int], dt.date] = field(default_factory=dict)


#: The day of the month on which the utility reads: 1 to 31, clamped to the month's end, or "last"; or that
#: with the months in which it is another one.
ReadingRule = int | str | ReadingDays

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MS: Final = dt.timedelta(milliseconds=1)
_DAY: Final = dt.timedelta(days=1)
_HOUR_MS: Final = 3_600_000
_TIME_OF_DAY: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


def day_bounds(date: dt.date, zone: ZoneInfo) -> tuple[int, int]:
    """The instants at which a local day begins (included) and ends (excluded)."""
    return _midnight(date, zone), _midnight(date + _DAY, zone)


def date_of(ms: int, zone: ZoneInfo) -> dt.date:
    """The local day to which an instant belongs, in agreement with :func:`day_bounds`."""
    date = _local(ms, zone).date()
    tomorrow = date + _DAY
    return tomorrow if ms >= _midnight(tomorrow, zone) else date


def day_up_to(ms: int, zone: ZoneInfo) -> dt.date:
    """The local day of what was counted up to an instant: at midnight the one that ends there."""
    return date_of(ms - 1, zone)


def instant_at(date: dt.date, time: dt.time | str, zone: ZoneInfo) -> int:
    """The instant of a local time of day, ``dt.time`` or "HH:MM" (00:00 to 23:59).

    A time that happens twice is the first of the two; one that is skipped is the instant of the jump.

    Raises:
        ValueError: the text is not a time of day.
    """
    if isinstance(time, str):
        match = _TIME_OF_DAY.fullmatch(time)
        if match is None:
            raise ValueError(f"{time!r} is not a time of day; write it as HH:MM, 00:00 to 23:59")
        time = dt.time(int(match[1]), int(match[2]))
    return _first_instant(dt.datetime.combine(date, time.replace(tzinfo=None, fold=0)), zone)


def hour_start(ms: int, zone: ZoneInfo) -> int:
    """Where the local hour that contains ``ms`` begins: the newest boundary not after it.

    Boundaries are the full hours on the wall clock, and the instants at which the clock jumps; so an hour is
    at most 60 minutes, never has two names, and hours tile days.
    """
    offset = _offset(ms, zone)
    full = ms - (ms + offset) % _HOUR_MS
    if _offset(full, zone) == offset:
        return full
    return _first(full, ms, lambda t: _offset(t, zone) == offset)


def next_hour(ms: int, zone: ZoneInfo) -> int:
    """The first boundary of local hours after ``ms``, see :func:`hour_start`."""
    offset = _offset(ms, zone)
    full = ms - (ms + offset) % _HOUR_MS + _HOUR_MS
    if _offset(full - 1, zone) == offset:
        return full
    return _first(ms, full - 1, lambda t: _offset(t, zone) != offset)


def reading_day(year: int, month: int, rule: ReadingRule) -> dt.date:
    """The reading day of a month; 29 to 31 and "last" are its last day where it is shorter.

    Raises:
        ValueError: the rule is neither 1 to 31 nor "last".
    """
    if isinstance(rule, ReadingDays):
        return rule.moved.get((year, month)) or reading_day(year, month, rule.rule)
    last = calendar.monthrange(year, month)[1]
    if rule == "last":
        return dt.date(year, month, last)
    if not isinstance(rule, int) or not 1 <= rule <= 31:
        raise ValueError(f"the reading day is {rule!r}; it must be a day of the month, 1 to 31, or 'last'")
    return dt.date(year, month, min(rule, last))


def with_announced(rule: int | str, days: Iterable[dt.date]) -> ReadingDays:
    """The rule, each announced day in the place of the rule's day nearest to it; the last one counts."""
    moved = {}
    for day in days:
        near = [(abs(reading_day(*month, rule) - day), month) for month in _months(day)]
        moved[min(near)[1]] = day
    return ReadingDays(rule, moved)


def next_reading_day(date: dt.date, rule: ReadingRule, *, after: bool = False) -> dt.date:
    """The first reading day on or after ``date``; with ``after``, the first one later than it."""
    least = date + _DAY if after else date
    return min(day for month in _months(date, 2) if (day := reading_day(*month, rule)) >= least)


def previous_reading_day(date: dt.date, rule: ReadingRule) -> dt.date:
    """The last reading day before ``date``."""
    return max(day for month in _months(date, 2) if (day := reading_day(*month, rule)) < date)


def _months(date: dt.date, around: int = 1) -> list[tuple[int, int]]:
    """The months from so many before that of ``date`` to so many after it, as (year, month)."""
    number = date.year * 12 + date.month - 1
    found = [divmod(number + step, 12) for step in range(-around, around + 1)]
    return [(year, month + 1) for year, month in found if dt.MINYEAR <= year <= dt.MAXYEAR]


def reading_days(first: dt.date, last: dt.date, rule: ReadingRule) -> list[dt.date]:
    """The reading days from ``first`` to ``last``, both included."""
    out = []
    day = next_reading_day(first, rule)
    while day <= last:
        out.append(day)
        day = next_reading_day(day, rule, after=True)
    return out


def billing_period(date: dt.date, rule: ReadingRule) -> tuple[dt.date, dt.date]:
    """The billing period that contains ``date``: its first day A and its last day B, the reading day."""
    end = next_reading_day(date, rule)
    return previous_reading_day(end, rule) + _DAY, end


def _local(ms: int, zone: ZoneInfo) -> dt.datetime:
    """The wall clock at an instant, without zone."""
    return (_EPOCH + ms * _MS).astimezone(zone).replace(tzinfo=None)


def _offset(ms: int, zone: ZoneInfo) -> int:
    """Local time minus UTC at an instant, in ms."""
    offset = (_EPOCH + ms * _MS).astimezone(zone).utcoffset()
    assert offset is not None
    return offset // _MS


def _midnight(date: dt.date, zone: ZoneInfo) -> int:
    return _first_instant(dt.datetime.combine(date, dt.time()), zone)


def _first_instant(wall: dt.datetime, zone: ZoneInfo) -> int:
    """The first instant at which the wall clock shows ``wall`` or later."""
    first = (wall.replace(tzinfo=zone) - _EPOCH) // _MS
    if _local(first, zone) == wall:
        return first
    # Skipped: fold 0 and 1 place it after and before the jump (PEP 495), which is in between.
    before = (wall.replace(tzinfo=zone, fold=1) - _EPOCH) // _MS
    return _first(before, first, lambda t: _local(t, zone) >= wall)


def _first(no: int, yes: int, holds: Callable[[int], bool]) -> int:
    """The first instant after ``no`` from which on ``holds`` is true, as it is at ``yes``."""
    while yes - no > 1:
        middle = (no + yes) // 2
        if holds(middle):
            yes = middle
        else:
            no = middle
    return yes
