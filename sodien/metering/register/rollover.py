"""How often the dial has gone round between readings: 00000.2 after 99999.8 is 100000.2.

The register itself never falls; the dial shows it modulo its size. From reading to reading the fewest rounds
that fit what can have flowed are taken. Where more rounds fit as well (a blind stretch so long that a whole
round of the dial could hide in it) that is reported, because then the energy across it is not certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sodien.metering.register.envelope import PlacedReading
from sodien.metering.register.timeline import least, most


@dataclass(frozen=True, slots=True)
class UnsureRollover:
    """Between two readings (indices) the dial may have gone round up to ``more`` times more than is taken."""

    first: int
    second: int
    more: int


def unwrapped(
    readings: Sequence[PlacedReading], size: int
) -> tuple[list[PlacedReading], list[UnsureRollover]]:
    """Readings sorted by time, each with its rounds added; ``size`` is the whole dial in scaled kWh."""
    result: list[PlacedReading] = []
    unsure: list[UnsureRollover] = []
    low = high = 0
    for j, reading in enumerate(readings):
        if not result:
            result.append(reading)
            low, high = reading.low, reading.high
            continue
        # What is known of the register after the readings before, moved to this one's window.
        at_low, at_high = readings[j - 1].closes, readings[j - 1].opens
        start, end = reading.opens, reading.closes
        least_start = low + least(at_low, start) if at_low.t <= start.t else low - most(start, at_low)
        fewest = (least_start - reading.high) // size + 1
        greatest = -((reading.low - high - most(at_high, end)) // size) - 1
        least_end = low + least(at_low, end) if at_low.t <= end.t else low - most(end, at_low)
        most_start = high + most(at_high, start)
        if fewest <= greatest:
            if greatest > fewest:
                unsure.append(UnsureRollover(j - 1, j, greatest - fewest))
            moved = reading.moved(fewest * size)
            low, high = max(moved.low, least_end), min(moved.high, most_start)
        else:
            # It fits with no number of rounds: take the nearest and go on from either.
            under, over = reading.moved((fewest - 1) * size), reading.moved(fewest * size)
            moved = under if least_start - under.high < over.low - (high + most(at_high, end)) else over
            low, high = min(moved.low, least_end), max(moved.high, most_start)
        result.append(moved)
    return result, unsure
