"""When the utility read its meter at both ends of a bill, so that every sub-meter is asked at those instants.

The instant is known no better than the utility's practice has it: by the printed dates, and where the bill
prints indices, by when our own register of the meter can have shown them. Nothing that is permitted is left
out, for a share must hold whatever this utility does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from sodien.billing.audit.index_match import match_index
from sodien.billing.audit.own_record import digits_of, installed_between
from sodien.billing.audit.practice import Practice, Window, days_window, windows
from sodien.billing.bill import Bill, main_row
from sodien.metering.bounds import Bounded, Interval
from sodien.metering.register.replacements import Meters

_NOTHING: Final = Fraction(0)


@dataclass(frozen=True, slots=True)
class UtilityReading:
    """When the utility read, ms UTC.

    Attributes:
        start, end: the first and the last instant at which it can have been.
        at: one of them, the same for all meters.
        day: the first and the last instant of the day, or days, on which it was.
    """

    start: int
    end: int
    at: int
    day: tuple[int, int]


def readings(
    bill: Bill, practice: Practice, previous: Bill | None, meters: Meters
) -> tuple[UtilityReading, UtilityReading] | None:
    """The readings at the beginning and the end of a bill's period; None where its dates are not known.

    Args:
        bill: what the utility says; without anything in it, ``practice.period`` is the period.
        practice: the household's, with what else the utility may do.
        previous: the bill before.
        meters: our registers of the utility's own meter.
    """
    wide = _widest(practice)
    old, new = windows(bill, wide, previous)
    if old is None or new is None or old.end >= new.end:
        return None
    row = main_row(bill)
    return (
        _reading(old, row.old if row is not None else None, wide, meters),
        _reading(new, row.new if row is not None else None, wide, meters),
    )


def between(meters: Meters, old: UtilityReading, new: UtilityReading) -> Bounded:
    """Billed kWh through a meter from one reading to the next, whenever in their time they were."""
    outer = meters.consumed(old.start, new.end).billed
    inner = meters.consumed(old.end, new.start).billed if old.end <= new.start else None
    middle = at_once(meters, old, new)
    low = inner.low if inner is not None else _NOTHING
    return Bounded(max(_NOTHING, low), min(max(middle.best, low), outer.high), outer.high)


def at_once(meters: Meters, old: UtilityReading, new: UtilityReading) -> Bounded:
    """Billed kWh through a meter between the two instants that are the same for all meters."""
    return meters.consumed(old.at, new.at).billed


def any_time(meters: Meters, old: UtilityReading, new: UtilityReading) -> Interval:
    """Billed kWh from some instant of one reading's days to some instant of the next one's."""
    (early, begun), (ended, late) = old.day, new.day
    low = meters.consumed(begun, ended).billed.low if begun <= ended else _NOTHING
    return Interval(max(_NOTHING, low), meters.consumed(early, late).billed.high)


def _widest(practice: Practice) -> Practice:
    """The practice with everything that is permitted beside it."""
    other = practice.permitted
    first_days = {practice.first_day, *other.first_days}
    cuts = {practice.truncation, *other.truncations}
    return replace(
        practice,
        printed_slip_days=max(practice.printed_slip_days, other.printed_slip_days),
        margin_minutes=max(practice.margin_minutes, other.margin_minutes),
        first_day=practice.first_day if len(first_days) == 1 else "either",
        truncation=practice.truncation if len(cuts) == 1 else "any",
    )


def _reading(window: Window, printed: Decimal | None, practice: Practice, meters: Meters) -> UtilityReading:
    start, end = window.start, window.end
    installed = installed_between(meters, start, end)
    if printed is not None and len(installed) == 1:
        (meter,) = installed
        found = match_index(meter.register, printed, window, practice.truncation, digits_of(meter, practice))
        if found.fits and not found.vague:
            start, end = found.when
    day = days_window(window.day, practice)
    first, last = min(day.start, window.start), max(day.end, window.end)
    # Where nothing tells the hour, the end of the day is what people take.
    own = days_window(window.day, replace(practice, printed_slip_days=0, margin_minutes=0)).end
    narrowed = (start, end) != (window.start, window.end) or practice.read != "whole_day"
    at = (start + end) // 2 if narrowed else min(max(own, start), end)
    return UtilityReading(start, end, at, (first, last))
