"""How the utility reads and bills this household, as far as it is known; and when a reading was taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sodien.billing.bill import Bill
from sodien.metering.calendar import day_bounds, instant_at

ReadAt = Literal["whole_day", "hour", "end_of_day"]
Truncation = Literal["floor", "nearest", "up", "either", "any"]
FirstDay = Literal["after", "same", "either"]
KwhFrom = Literal["indices", "registers"]

_DAY: Final = dt.timedelta(days=1)
#: A date outside is mistyped, and no reading day.
_YEARS: Final = range(1971, 2200)
_MINUTE_MS: Final = 60_000
#: A reader's clock may be off by so many minutes when the notice prints the time of the reading.
_PRINTED_MINUTES: Final = 15


@dataclass(frozen=True, slots=True)
class Permitted:
    """What a utility may lawfully, or is known to, do beside what is this household's habit so far.

    Each is a set of possibilities: nobody here knows which of them this utility has.

    Attributes:
        printed_slip_days: most days that a reading may be off a printed date.
        first_days, truncations, kwh_from: further values of the practice's fields of these names.
        margin_minutes: longest time after midnight for which a reading may bear the day's date.
        total_steps: to what totals may be rounded, in units of the currency.
        discounts: parts of the price that the state gives up in some months, such as 1/10.
        other_items: totals may hold an old debt, a credit or another purpose's charge that is not printed.
    """

    printed_slip_days: int = 0
    first_days: tuple[FirstDay, ...] = ()
    truncations: tuple[Truncation, ...] = ()
    kwh_from: tuple[KwhFrom, ...] = ()
    margin_minutes: int = 0
    total_steps: tuple[int, ...] = ()
    discounts: tuple[Fraction, ...] = ()
    other_items: bool = False


#: A utility of which all is known.
NOTHING_ELSE: Final = Permitted()


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
            eye), ``nearest`` i − ½ ≤ R ≤ i + ½, ``up`` i − 1 < R ≤ i, ``either`` the first or the second,
            ``any`` one of the three. Indices printed with decimals are that much finer.
        printed_slip_days: by how many days a reading may be off a **printed** date.
        first_day: the first day printed is the day ``after`` the old reading, or the ``same`` day, as
            cooperatives print it; ``either`` where nobody knows.
        kwh_from: the billed kWh are the difference of the printed ``indices``, or that of the ``registers``
            before anything was cut, rounded by itself: then they may be one step of the index apart.
        margin_minutes: how long after midnight a reading may still bear the day's date, as remote ones do;
            for ``end_of_day`` also how long before.
        total_step: the total is rounded to a whole number of so many units of the currency.
        permitted: what the utility may do beside all this.
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
    printed_slip_days: int = 0
    first_day: FirstDay = "after"
    kwh_from: KwhFrom = "indices"
    margin_minutes: int = 0
    total_step: int = 1
    permitted: Permitted = field(default_factory=lambda: NOTHING_ELSE)
    digits: int | None = None
    enough_kwh: Fraction = Fraction(3)
    enough: Fraction = Fraction(1, 5)

    def __post_init__(self) -> None:
        if self.read == "hour" and self.hour is None:
            raise ValueError("the usual hour of the reading is needed when it is to be used")
        if min(self.window_minutes, self.slip_days, self.printed_slip_days, self.margin_minutes) < 0:
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

    The old index was read on the day before the period's first day, or on that day itself where the practice
    says so. A date before 1971 or after 2199 is none.
    """
    expected, slip = practice.period, practice.printed_slip_days
    if bill.first is not None and bill.first.year in _YEARS:
        first = bill.first if practice.first_day == "same" else bill.first - _DAY
        last = bill.first if practice.first_day != "after" else first
        old = _window(first, last, practice, slip)
    elif previous is not None and previous.last is not None and previous.last.year in _YEARS:
        old = _window(previous.last, previous.last, practice, slip)
    elif expected is not None:
        old = _window(expected[0] - _DAY, expected[0] - _DAY, practice, practice.slip_days, dated=False)
    else:
        old = None
    if bill.last is not None and bill.last.year in _YEARS:
        new = _window(bill.last, bill.last, practice, slip, printed=_hour(bill, practice))
    elif expected is not None:
        new = _window(expected[1], expected[1], practice, practice.slip_days, dated=False)
    else:
        new = None
    if previous is not None and old is not None and previous.last == old.day:
        hour = _hour(previous, practice)
        old = old if hour is None else _window(old.day, old.day, practice, 0, printed=hour)
    return old, new


def days_window(day: dt.date, practice: Practice) -> Window:
    """When a value of this day may have been read, whatever hour is usual: at any time of it."""
    return _window(day, day, replace(practice, read="whole_day"), practice.printed_slip_days)


def _hour(bill: Bill, practice: Practice) -> dt.time | None:
    """The printed time of the new reading, where it tells one.

    0:00 is how a date without a time is printed. A time within the margin after midnight may be of the day
    printed or of the one after it.
    """
    printed = bill.read_at
    if printed is None or printed == dt.time():
        return None
    return None if printed.hour * 60 + printed.minute <= practice.margin_minutes else printed


def _window(
    first: dt.date,
    last: dt.date,
    practice: Practice,
    slip: int,
    *,
    dated: bool = True,
    printed: dt.time | None = None,
) -> Window:
    """The window of a reading on one of these days; a printed time of day leaves no slip."""
    days = 0 if printed is not None else slip
    start = _within(first - _DAY * days, practice, printed)[0]
    end = _within(last + _DAY * days, practice, printed)[1]
    return Window(start, end, first, not dated)


def _within(day: dt.date, practice: Practice, printed: dt.time | None) -> tuple[int, int]:
    """The instants of one day at which a reading may have been taken."""
    start, end = day_bounds(day, practice.zone)
    margin = practice.margin_minutes * _MINUTE_MS
    if printed is not None:
        middle, minutes, length = instant_at(day, printed, practice.zone), _PRINTED_MINUTES, _MINUTE_MS
    elif practice.read == "hour" and practice.hour is not None:
        middle, minutes, length = instant_at(day, practice.hour, practice.zone), practice.window_minutes, 0
    elif practice.read == "end_of_day":
        return max(start, end - max(_MINUTE_MS, margin)), end + margin
    else:
        return start, end + margin
    low, high = middle - minutes * _MINUTE_MS, middle + length + minutes * _MINUTE_MS
    if printed is not None and high > end:  # 23:59 and the like stand for the end of the day
        return max(start, min(low, end - margin)), end + margin
    return max(start, low), min(end, high)
