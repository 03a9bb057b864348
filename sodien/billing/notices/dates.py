"""Printed dates: day, month and year in the order of Viet Nam, or year-month-day."""

from __future__ import annotations

import datetime as dt
import re

_PARTS = re.compile(r"[0-9]+")
#: No notice is about a day outside these years.
YEARS = range(1990, 2100)


def read_date(raw: str) -> dt.date | str:
    """The day, or why there is none: ``impossible_date``, ``short_year`` or ``no_year`` (keys of problems).

    A year of two digits is not completed: 2026 would be a number that the notice does not print.
    """
    parts = _PARTS.findall(raw)
    if len(parts) == 2:
        return "no_year"
    if len(parts) != 3 or any(len(part) > 4 for part in parts):
        return "impossible_date"
    if len(parts[0]) == 4:
        parts.reverse()
    day, month, year = map(int, parts)
    if len(parts[2]) == 2:
        return "short_year"
    if len(parts[2]) != 4 or year not in YEARS:
        return "impossible_date"
    try:
        return dt.date(year, month, day)
    except ValueError:
        return "impossible_date"


def read_time(raw: str) -> dt.time | None:
    """A time of day from 08:30, 08:30:15, 8h30 or 8h; None for what is none."""
    hour, minute, second, *_ = [*map(int, _PARTS.findall(raw)[:3]), 0, 0, 0]
    try:
        return dt.time(hour, minute, second)
    except ValueError:
        return None
