"""What if: so many kWh less or more until this billing period ends, by the tariff in force, with bounds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from sodien import formats
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.metering import calendar
from sodien.metering.bounds import Bounded, Interval, rounded, rounded_down, rounded_up
from sodien.protocol.values import Bounds, Money
from sodien.words import appliance as words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sodien.bills.cost_so_far import Costs
    from sodien.history.meter import MeterHistory
    from sodien.metering.calendar import ReadingDays
    from sodien.settings.model import MeterSettings

_HOUR_MS = 3_600_000
_DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Changed:
    """A billing period as it will probably end, and what a change of it costs or saves.

    Attributes:
        day: the reading day that ends it.
        kwh, money: what it will probably come to as things are; taxes included.
        change: the kWh ``more``, or less.
        difference: what these cost or save, taxes included.
        currency: of the money, ISO 4217.
    """

    day: dt.date
    kwh: Bounds
    money: Money
    change: Interval
    more: bool
    difference: Money
    currency: str


@dataclass(frozen=True, slots=True)
class RestOfPeriod:
    """The rest of a billing period of one meter from ``now`` (ms UTC) on; its days are in ``zone``."""

    costs: Costs
    zone: ZoneInfo
    history: MeterHistory
    meter: MeterSettings
    days: ReadingDays
    now: int

    def hours_left(self) -> Fraction:
        """Hours until the reading day has ended."""
        today = calendar.day_up_to(self.now + 1, self.zone)
        _, last = calendar.billing_period(today, self.days)
        return Fraction(calendar.day_bounds(last, self.zone)[1] - self.now, _HOUR_MS)

    def of_power(self, kilowatts: Interval, hours: Fraction, *, a_day: bool) -> Interval:
        """The kWh of a power for so many hours, or for so many of each day that is left."""
        if a_day:
            hours = hours * self.hours_left() / _DAY_HOURS
        return Interval(kilowatts.low * hours, kilowatts.high * hours)

    def with_(self, change: Interval, *, more: bool) -> Changed:
        """The period with so many kWh (above 0) more or less until its end.

        Raises SodienError where the tariff cannot be used, where too little was counted to say what the
        period will come to, and for less than what is still to come.
        """
        found = self.costs.at(self.history, self.meter, self.days, self.now)
        whole = found.projection
        if whole is None:
            raise SodienError(
                tr(
                    "Too little of this billing period was counted to say what it will come to; try again "
                    "tomorrow."
                )
            )
        end = Bounded(*(Fraction(one) for one in (whole.kwh.low, whole.kwh.best, whole.kwh.high)))
        if more:
            used, kwh = end, Bounded(change.low, change.middle, change.high)
        else:
            used, kwh = less(end, Fraction(found.kwh.low), Fraction(found.kwh.high), change)
        if kwh.high < change.low:
            raise SodienError(
                tr(
                    "At most {kwh} kWh are still to come until {day}, so {wanted} kWh less are not possible.",
                    kwh=formats.number(kwh.high, 0, rounding="up"),
                    day=formats.date(dt.date.fromisoformat(whole.day)),
                    wanted=formats.number(change.low, most=1),
                )
            )
        paid = self.costs.of_more(self.meter, self.days, self.now, used, kwh)
        difference = Money(rounded_down(paid.low), rounded(paid.best), rounded_up(paid.high))
        return Changed(
            dt.date.fromisoformat(whole.day),
            whole.kwh,
            whole.cost,
            change,
            more,
            difference,
            found.currency,
        )


def less(end: Bounded, used_low: Fraction, used_high: Fraction, change: Interval) -> tuple[Bounded, Bounded]:
    """The billed kWh of a period that would end at ``end`` with ``change`` less, and what then falls away.

    No more can fall away than is still to come: ``end`` without what was used by now.
    """
    low, high = max(Fraction(0), end.low - used_high), max(Fraction(0), end.high - used_low)
    gone = Interval(min(change.low, low), min(change.high, high))
    best = min(max(gone.low, min(change.middle, end.best)), gone.high)
    kept = [max(Fraction(0), one) for one in (end.low - gone.high, end.best - best, end.high - gone.low)]
    return Bounded(kept[0], min(max(kept[0], kept[1]), kept[2]), kept[2]), Bounded(gone.low, best, gone.high)


def sentences(found: Changed) -> list[str]:
    """What the period will probably come to, and what the change costs or saves."""
    kwh, money = words.kwh(found.change, places=1), formats.money_bounds(found.difference, found.currency)
    return [
        tr(
            "As things are, this period comes to {kwh} and {money} until {day}, if the days until then are "
            "usual.",
            kwh=formats.billed_bounds(found.kwh),
            money=formats.money_bounds(found.money, found.currency),
            day=formats.date(found.day),
        ),
        tr("{kwh} more cost {money}, taxes included.", kwh=kwh, money=money)
        if found.more
        else tr("{kwh} less save {money}, taxes included.", kwh=kwh, money=money),
    ]
