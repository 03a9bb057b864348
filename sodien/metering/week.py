"""A week of a household: what is always on, the busiest hour, days unlike those before; with bounds.

No appliance is guessed at. Where too little was counted, nothing is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sodien.metering.bounds import Interval

DAYS: Final = 7
#: Days before it that a week is compared with, and how many of them it takes.
DAYS_BEFORE, LEAST_BEFORE = 28, 14
#: Of the 168 hours of a week, so many have to be counted whole: a busy evening may be in the others.
LEAST_HOURS: Final = 160
#: A day stands out beyond Tukey's fences: farther from the middle half than one and a half times its width.
_FENCE: Final = Fraction(3, 2)


@dataclass(frozen=True, slots=True)
class HourUse:
    """An hour that was counted whole: its start (ms UTC) and its kWh, which are its kW on average."""

    at: int
    kwh: Interval


@dataclass(frozen=True, slots=True)
class DayUse:
    """A local day and its kWh."""

    day: dt.date
    kwh: Interval


@dataclass(frozen=True, slots=True)
class Week:
    """What can be said of a week.

    Attributes:
        quietest: kW of its quietest hour. No more than its high end is always on.
        busiest: kW of its busiest hour, and ``busiest_at`` when it began; None where several may have been.
        kwh: all of it.
        usual: kWh of the days before, from the least to the most; None where too few were counted.
        unusual: the days that used more than any of those or less, and far from most.
    """

    quietest: Interval
    busiest: Interval
    busiest_at: int | None
    kwh: Interval
    usual: Interval | None
    unusual: tuple[DayUse, ...]


def week_of(hours: Sequence[HourUse], days: Sequence[DayUse], before: Sequence[DayUse]) -> Week | None:
    """What can be said of the seven ``days``; None where too little was counted.

    Args:
        hours: those of the week that were counted whole.
        days: the seven, counted whole or not.
        before: those of the four weeks before that were counted (nearly) whole.
    """
    if len(days) != DAYS or len(hours) < LEAST_HOURS:
        return None
    quietest = Interval(min(one.kwh.low for one in hours), min(one.kwh.high for one in hours))
    top = max(hours, key=lambda one: one.kwh.low)
    certain = all(one.kwh.high <= top.kwh.low for one in hours if one is not top)
    whole = sum((one.kwh for one in days[1:]), days[0].kwh)
    usual, unusual = _unusual(days, before)
    return Week(
        quietest,
        Interval(top.kwh.low, max(one.kwh.high for one in hours)),
        top.at if certain else None,
        whole,
        usual,
        unusual,
    )


def _unusual(days: Sequence[DayUse], before: Sequence[DayUse]) -> tuple[Interval | None, tuple[DayUse, ...]]:
    if len(before) < LEAST_BEFORE:
        return None, ()
    lows, highs = sorted(one.kwh.low for one in before), sorted(one.kwh.high for one in before)
    usual = Interval(lows[0], highs[-1])
    quarter = len(before) // 4
    first, third = lows[quarter], highs[-1 - quarter]
    room = _FENCE * (third - first)
    least, most = min(usual.low, first - room), max(usual.high, third + room)
    return usual, tuple(one for one in days if one.kwh.high < least or one.kwh.low > most)
