"""Printed dates: day, month and year in the order of Viet Nam, or year-month-day."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

_PARTS = re.compile(r"[0-9]+")
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


def read_time(raw: str) -> dt.time | None:
    """A time of day from 08:30, 08:30:15, 8h30 or 8h; None for what is none."""
    hour, minute, second, *_ = [*map(int, _PARTS.findall(raw)[:3]), 0, 0, 0]
    try:
        return dt.time(hour, minute, second)
    except ValueError:
        return None
