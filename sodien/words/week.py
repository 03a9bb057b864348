"""A week of a household in at most three sentences."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sodien import formats
from sodien.i18n import tr
from sodien.metering.bounds import Interval
from sodien.metering.week import Week

_HOURS = 168


def sentences(found: Week, zone: ZoneInfo) -> list[str]:
    """What is always on, the busiest hour, and the days that stood out, local times in ``zone``."""
    said = [
        tr(
            "At most {high} W are always on, for the quietest hour drew {range} W; of the week's {kwh} kWh "
            "that is at most {share}.",
            high=formats.number(found.quietest.high * 1000, 0, rounding="up"),
            range=formats.from_to(found.quietest.low * 1000, found.quietest.high * 1000, 0),
            kwh=_range(found.kwh, 1),
            share=formats.number(min(found.quietest.high * _HOURS, found.kwh.high), 1, rounding="up"),
        )
    ]
    kilowatts = _range(found.busiest, 2)
    said.append(
        tr("The busiest hour drew {kw} kW on average.", kw=kilowatts)
        if found.busiest_at is None
        else tr(
            "The busiest hour began {when} and drew {kw} kW on average.",
            when=formats.instant(found.busiest_at, zone),
            kw=kilowatts,
        )
    )
    if found.usual is None:
        return said
    usual = _range(found.usual, 1)
    if not found.unusual:
        said.append(tr("No day stood out from the four weeks before ({usual} kWh a day).", usual=usual))
        return said
    days = ", ".join(f"{formats.date(one.day)} ({_range(one.kwh, 1)} kWh)" for one in found.unusual)
    said.append(tr("Unlike the four weeks before ({usual} kWh a day): {days}.", usual=usual, days=days))
    return said


def _range(value: Interval, places: int) -> str:
    return formats.from_to(value.low, value.high, places)
