"""When the utility reads a meter: the day of the settings, and the days it announced or printed on a bill."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import msgspec

from sodien.history.corrections import amendments, withdraws
from sodien.ledger.bodies import BillBody, ScheduleBody
from sodien.metering import calendar
from sodien.metering.calendar import ReadingDays, with_announced

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sodien.history.meter import MeterHistory
    from sodien.ledger.store import Ledger, Row
    from sodien.settings.model import MeterSettings

#: Entries that may name a reading day.
KINDS = ("schedule", "bill", "amendment")


def reading_days(ledger: Ledger, meter: MeterSettings, told: int | None = None) -> ReadingDays:
    """The calendar as the ledger knows it: a later entry wins, and what was withdrawn does not count.

    With ``told`` (ms UTC), as it was known then: by the entries made before.
    """
    amended = amendments(ledger, meter.id) if told is None else {}
    days = []
    for kind in ("schedule", "bill"):  # where the meter was read counts more than where it was to be read
        for row in ledger.of_kind(kind, meter.id, until=told):
            of, day = _announced(row) if kind == "schedule" else _printed(row)
            if day is not None and not withdraws(amended.get((kind, of))):
                days.append(day)
    return with_announced(meter.reading_day, days)


class _Printed(msgspec.Struct):
    """What matters here of a bill; counting need not know the rest."""

    last: dt.date | None = None


def _announced(row: Row) -> tuple[int, dt.date | None]:
    return row.at or 0, row.read(ScheduleBody).day


def _printed(row: Row) -> tuple[int, dt.date | None]:
    body = row.read(BillBody)
    of = body.corrects if body.corrects is not None else row.at or 0
    return of, msgspec.json.decode(body.bill, type=_Printed).last


class Calendars:
    """The calendars of one ledger's meters, read anew only when an entry came that may change them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[str, tuple[tuple[int, ...], ReadingDays]] = {}
        self._since: dict[str, tuple[dt.date, int]] = {}

    def of(self, meter: MeterSettings) -> ReadingDays:
        """The calendar of a meter."""
        stamp = tuple(self._ledger.count_of(kind, meter.id) for kind in KINDS)
        known = self._known.get(meter.id)
        if known is None or known[0] != stamp:
            known = self._known[meter.id] = stamp, reading_days(self._ledger, meter)
        return known[1]

    def period_since(self, meter: MeterSettings, today: dt.date, zone: ZoneInfo) -> int:
        """When the billing period of a day began, ms UTC, by what was known as it did.

        A bill that comes later may have been read on another day than was expected. That moves the period,
        and whoever adds up its cost must not take it for a new one.
        """
        first, _ = calendar.billing_period(today, self.of(meter))
        known = self._since.get(meter.id)
        if known is None or known[0] != first:
            then = reading_days(self._ledger, meter, calendar.day_bounds(first, zone)[0])
            near = calendar.previous_reading_day(first, then), calendar.next_reading_day(first, then)
            begun = min((day + dt.timedelta(1) for day in near), key=lambda day: abs(day - first))
            known = self._since[meter.id] = first, calendar.day_bounds(begun, zone)[0]
        return known[1]


def spans(view: MeterHistory, days: ReadingDays, zone: ZoneInfo, now: int) -> dict[str, tuple[int, int]]:
    """(start, end) in ms UTC of today and of this billing period, cut to what the ledger covers.

    The billing period begins after the last reading day ("từ ngày A": the previous reading day + 1).
    At midnight it is all of the day, or of the period, that ends there.
    """
    today = calendar.day_up_to(now, zone)
    midnight, _ = calendar.day_bounds(today, zone)
    first_day, _ = calendar.billing_period(today, days)
    period, _ = calendar.day_bounds(first_day, zone)
    begin = min(now, view.start) if view.start is not None else now  # a clock may step to before it
    return {"today": (max(midnight, begin), now), "period": (max(period, begin), now)}
