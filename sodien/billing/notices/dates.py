"""Printed dates: day, month and year in the order of Viet Nam, or year-month-day."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

_PARTS = re.compile(r"[0-9]+")
#: A day as programs write it: perhaps with a time, perhaps in UTC.
_STAMP = re.compile(
    r"(?P<day>[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4})"
    r"(?:[T ](?P<time>[0-9:.]{1,20})?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
#: Midnight in Viet Nam, in UTC.
_MIDNIGHT = re.compile(r"17:00(?::00(?:\.0+)?)?")
#: No notice is about a day outside these years.
YEARS = range(1990, 2100)


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A day as it is printed: month and year may be left to another date or to the month of the bill."""

    day: int
    month: int | None
    year: int | None

    def completed(self, month: int | None, year: int | None) -> PrintedDate:
        """With what is not printed here taken from elsewhere."""
        return replace(
            self,
            month=month if self.month is None else self.month,
            year=year if self.year is None else self.year,
        )

    def date(self) -> dt.date | None:
        """The day; None when a part is missing or the calendar has no such day."""
        if self.month is None or self.year is None or self.year not in YEARS:
            return None
        try:
            return dt.date(self.year, self.month, self.day)
        except ValueError:
            return None


def printed_date(raw: str) -> PrintedDate | None:
    """The parts of a printed date; None for more than three numbers, or a year of three digits.

    A year of two digits is one of this century.
    """
    parts = _PARTS.findall(raw)
    if not 1 <= len(parts) <= 3 or any(len(part) > 4 for part in parts):
        return None
    if len(parts[0]) == 4:
        if len(parts) != 3:
            return None
        parts.reverse()
    if any(len(part) > 2 for part in parts[:2]) or (len(parts) == 3 and len(parts[2]) not in (2, 4)):
        return None
    numbers = [int(part) for part in parts]
    if len(parts) == 3 and len(parts[2]) == 2:
        numbers[2] += 2000
    return PrintedDate(numbers[0], *[*numbers[1:], None, None][:2])


def read_date(raw: str) -> dt.date | str:
    """The day, or why there is none: ``impossible_date`` or ``no_year`` (keys of problems)."""
    printed = printed_date(raw)
    if printed is None:
        return "impossible_date"
    if printed.month is None or printed.year is None:
        return "no_year"
    return printed.date() or "impossible_date"


def local_day(stamp: str) -> str | None:
    """The day of a stamp such as ``2026-10-01T00:00:00+07:00``, as :func:`read_date` takes it.

    A time in UTC before 17:00 is of the same day in Viet Nam; 17:00 is how programs write midnight there, of
    the next day. None for a later one, another zone, and what is no stamp.
    """
    match = _STAMP.fullmatch(stamp)
    if match is None:
        return None
    day, time, zone = match["day"], match["time"] or "", match["zone"]
    if zone in (None, "+07:00", "+0700") or not time.strip("0:."):
        return day
    if zone not in ("Z", "+00:00", "+0000"):
        return None
    if _MIDNIGHT.fullmatch(time):
        before = read_date(day)
        return None if isinstance(before, str) else f"{before + dt.timedelta(days=1):%Y-%m-%d}"
    return day if time < "17" else None


def read_time(raw: str) -> dt.time | None:
    """A time of day from 08:30, 08:30:15, 8h30 or 8h; None for what is none."""
    hour, minute, second, *_ = [*map(int, _PARTS.findall(raw)[:3]), 0, 0, 0]
    try:
        return dt.time(hour, minute, second)
    except ValueError:
        return None
