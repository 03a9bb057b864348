"""The last whole week of a meter, Monday to Sunday, as its ledger knows it; told from Monday morning on."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING

from sodien.history.bars import spans_of, whole_hours
from sodien.metering import calendar
from sodien.metering.bounds import Interval
from sodien.metering.week import DAYS, DAYS_BEFORE, DayUse, HourUse, Week, week_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sodien.history.meter import MeterHistory
    from sodien.protocol.values import Bounds

#: A day of which less was counted tells nothing of what days are like.
_COVERED = 0.98
#: The hour of a Monday from which on the week before is told.
_FROM_HOUR = 8


def due(now: int, zone: ZoneInfo) -> dt.date:
    """The Monday whose week before it is to be told by ``now`` (ms UTC): this one from the morning on."""
    day = calendar.date_of(now - _FROM_HOUR * 3_600_000, zone)
    return day - dt.timedelta(days=day.weekday())


def week_before(history: MeterHistory, zone: ZoneInfo, monday: dt.date) -> Week | None:
    """What can be said of the seven days before; None where too little of them was counted."""
    end, _ = calendar.day_bounds(monday, zone)
    if history.start is None or history.end is None or history.end < end:
        return None
    last = monday - dt.timedelta(days=1)
    spans = list(spans_of(history, zone, "day", last, DAYS + DAYS_BEFORE, end))
    start, _ = calendar.day_bounds(monday - dt.timedelta(days=DAYS), zone)
    week = [_day(one.start, one.energy, zone) for one in spans if one.start >= start]
    before = [
        _day(one.start, one.energy, zone)
        for one in spans
        if one.start < start and one.start >= history.start and one.counted >= _COVERED
    ]
    hours = [HourUse(at, _interval(energy)) for at, energy in whole_hours(history, start, end, zone)]
    return week_of(hours, week, before)


def _day(start: int, energy: Bounds, zone: ZoneInfo) -> DayUse:
    return DayUse(calendar.date_of(start, zone), _interval(energy))


def _interval(energy: Bounds) -> Interval:
    return Interval(Fraction(energy.low), Fraction(energy.high))
