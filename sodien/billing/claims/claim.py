"""One claim: what the utility says the register showed on a day, or at an instant."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from sodien.billing.audit.practice import Practice, Window, days_window
from sodien.metering.calendar import date_of, day_bounds

_MINUTE_MS: Final = 60_000
_DAY_MS: Final = 1440 * _MINUTE_MS
#: A portal's clock may be off by so many minutes where it tells the time of a value.
_TOLD_MINUTES: Final = 15


@dataclass(frozen=True, slots=True)
class Claim:
    """What the utility says.

    Attributes:
        index: kWh as the dial shows them, before any multiplier.
        day: the local day of which it is said; None where an instant is told.
        at: the instant, ms UTC. Exactly one of the two is told.
        source: which portal, app or sensor said so.
        told: when it became known, ms UTC: its value was read by then; None where nobody knows.
    """

    index: Decimal
    day: dt.date | None = None
    at: int | None = None
    source: str = ""
    told: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if (self.day is None) == (self.at is None):
            raise ValueError("a claim is of a day or of an instant")

    def date(self, zone: ZoneInfo) -> dt.date:
        """Its local day."""
        return self.day if self.day is not None else date_of(self.at or 0, zone)

    def time(self, zone: ZoneInfo) -> int:
        """What it is put in order by, ms UTC: its instant, else the middle of its day."""
        if self.day is None:
            return self.at or 0
        return sum(day_bounds(self.day, zone)) // 2

    def window(self, practice: Practice, late: int = 0) -> Window:
        """When its value may have been read; ``late``: by how many days it is of an earlier time.

        Portals date alike what a day began with, what it ended with, and what was read in it: any instant of
        the day, whatever hour the utility's reader comes at.
        """
        if self.day is not None:
            window = days_window(self.day - dt.timedelta(days=late), practice)
        else:
            off = _TOLD_MINUTES * _MINUTE_MS + practice.printed_slip_days * _DAY_MS
            at = (self.at or 0) - late * _DAY_MS
            window = Window(at - off, at + off, self.date(practice.zone))
        if self.told is not None and window.start <= self.told < window.end:
            return replace(window, end=self.told)
        return window
