"""How the utility reads and bills this household, as far as it is known; and when a reading was taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sodien.billing.bill import Bill
from sodien.metering.calendar import day_bounds, instant_at

ReadAt = Literal["whole_day", "hour", "end_of_day"]
Truncation = Literal["floor", "nearest", "either"]

_DAY: Final = dt.timedelta(days=1)
#: A date outside is mistyped, and no reading day.
_YEARS: Final = range(1971, 2200)
_MINUTE_MS: Final = 60_000
#: A reader's clock may be off by so many minutes when the notice prints the time of the reading.
_PRINTED_MINUTES: Final = 15


@dataclass(frozen=True, slots=True)
class Practice:
    """What is known, or assumed, about the utility's practice.

    Attributes:
        zone: the meter's time zone; bills print local dates.
        read: how well the time of a reading is known: ``whole_day`` any instant of the reading day;
            ``hour`` the local time ``hour`` ± ``window_minutes`` on that day; ``end_of_day`` 23:59 to
            midnight, as remote meters report. A time printed on the notice wins over it for the new index.
        hour: the utility's usual local time, for ``hour``.
        window_minutes: how far off ``hour`` a reading may be, ≥ 0.
        slip_days: by how many days a reading may be off **where the notice prints no date** (Decree
            137/2013, article 17, allows one day either way). Never applied to a printed date.
        period: first and last day of the billing period as the household expects it, taken where the notice
            prints none; the slip then applies.
        customer: the household's customer code; None leaves it unchecked.
        plates: the serial number on each meter's plate, under the name it has in the register
            (``Installed.serial``); a meter without one is not checked.
        households: on this meter; multiplies the quotas; None when not known (the bill's own, else 1).
        scheme: how this household is charged (:class:`sodien.billing.tariff.charge.Consumption`).
        today: the day on which the verdict is asked for, so that a stale price table is noticed; may be None.
        truncation: what the utility's whole index says of the register: ``floor`` i ≤ R < i + 1 (read by
            eye), ``nearest`` i − ½ ≤ R < i + ½, ``either`` both. Indices printed with decimals are that
            much finer.
        digits: of the dial before the point, None when not known; the index goes round with the dial.
        enough_kwh, enough: a check counts as *agrees* only if a difference of ``enough_kwh``, or of this
            part of the billed kWh (whichever is more), would have been noticed; otherwise it cannot tell.
    """

    zone: ZoneInfo
    read: ReadAt = "whole_day"
    hour: dt.time | None = None
    window_minutes: int = 60
    slip_days: int = 1
    period: tuple[dt.date, dt.date] | None = None
    customer: str | None = None
    plates: Mapping[str, str] = field(default_factory=dict)
    households: Fraction | None = None
    scheme: Literal["tiers", "prepaid", "undeclared"] = "tiers"
    today: dt.date | None = None
    truncation: Truncation = "floor"
    digits: int | None = None
    enough_kwh: Fraction = Fraction(3)
    enough: Fraction = Fraction(1, 5)

    def __post_init__(self) -> None:
        if self.read == "hour" and self.hour is None:
            raise ValueError("the usual hour of the reading is needed when it is to be used")
        if self.window_minutes < 0 or self.slip_days < 0:
            raise ValueError("the window and the slip of a reading must not be negative")

    def worth(self, kwh: Fraction) -> Fraction:
        """The largest detectable difference (kWh) with which a check of so many billed kWh still agrees."""
        return max(self.enough_kwh, self.enough * abs(kwh))


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch in which a reading may have been taken, ms UTC, both ends included.

    Attributes:
        start, end: the first and the last instant.
        day: the reading day, without the slip.
        slipped: the notice prints no date, so that the slip is included.
    """

    start: int
    end: int
    day: dt.date
    slipped: bool = False


def windows(
    bill: Bill, practice: Practice, previous: Bill | None = None
) -> tuple[Window | None, Window | None]:
    """When the old and the new index may have been read; None where no date is known at all.

    The old index was read on the day before the period's first day. A date before 1971 or after 2199 is none.
    """
    expected = practice.period
    if bill.first is not None and bill.first.year in _YEARS:
        old = _window(bill.first - _DAY, practice)
    elif previous is not None and previous.last is not None and previous.last.year in _YEARS:
        old = _window(previous.last, practice)
    elif expected is not None:
        old = _window(expected[0] - _DAY, practice, slip=practice.slip_days)
    else:
        old = None
    if bill.last is not None and bill.last.year in _YEARS:
        new = _window(bill.last, practice, printed=bill.read_at)
    elif expected is not None:
        new = _window(expected[1], practice, slip=practice.slip_days)
    else:
        new = None
    if previous is not None and previous.read_at is not None and old is not None and previous.last == old.day:
        old = _window(old.day, practice, printed=previous.read_at)
    return old, new


def _window(
    day: dt.date, practice: Practice, *, slip: int | None = None, printed: dt.time | None = None
) -> Window:
    first, last = day - _DAY * (slip or 0), day + _DAY * (slip or 0)
    start, end = _within(first, practice, printed)[0], _within(last, practice, printed)[1]
    return Window(start, end, day, slip is not None)


def _within(day: dt.date, practice: Practice, printed: dt.time | None) -> tuple[int, int]:
    """The instants of one day at which a reading may have been taken."""
    start, end = day_bounds(day, practice.zone)
    if printed is not None:
        middle, minutes, length = instant_at(day, printed, practice.zone), _PRINTED_MINUTES, _MINUTE_MS
    elif practice.read == "hour" and practice.hour is not None:
        middle, minutes, length = instant_at(day, practice.hour, practice.zone), practice.window_minutes, 0
    elif practice.read == "end_of_day":
        return max(start, end - _MINUTE_MS), end
    else:
        return start, end
    low, high = middle - minutes * _MINUTE_MS, middle + length + minutes * _MINUTE_MS
    return max(start, low), min(end, high)
