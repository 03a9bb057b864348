"""When the utility reads a meter: the day of the settings, and the days it announced or printed on a bill."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sodien.history.corrections import amendments, withdraws
from sodien.metering.calendar import ReadingDays, with_announced

if TYPE_CHECKING:
    from sodien.ledger.store import Ledger
    from sodien.settings.model import MeterSettings

#: Entries that may name a reading day.
KINDS = ("schedule", "bill", "amendment")


def reading_days(ledger: Ledger, meter: MeterSettings) -> ReadingDays:
    """The calendar as the ledger knows it: a later entry wins, and what was withdrawn does not count."""
    amended = amendments(ledger, meter.id)
    days = []
    for kind in ("schedule", "bill"):  # where the meter was read counts more than where it was to be read
        for row in ledger.of_kind(kind, meter.id):
            of = int(row.body.get("corrects", row.at or 0))
            day = row.body["day"] if kind == "schedule" else row.body["bill"].get("last")
            if day is not None and not withdraws(amended.get((kind, of))):
                days.append(dt.date.fromisoformat(day))
    return with_announced(meter.reading_day, days)


class Calendars:
    """The calendars of one ledger's meters, read anew only when an entry came that may change them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[str, tuple[tuple[int, ...], ReadingDays]] = {}

    def of(self, meter: MeterSettings) -> ReadingDays:
        """The calendar of a meter."""
        stamp = tuple(self._ledger.count_of(kind, meter.id) for kind in KINDS)
        known = self._known.get(meter.id)
        if known is None or known[0] != stamp:
            known = self._known[meter.id] = stamp, reading_days(self._ledger, meter)
        return known[1]
