"""Dial against count between two readings: the numbers behind ``sodien drift`` and every diagnosis."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Literal

from sodien.metering.bounds import Interval
from sodien.metering.register.envelope import PlacedReading
from sodien.metering.register.timeline import Timeline, least, most


@dataclass(frozen=True, slots=True)
class Drift:
    """What the dial moved and what was counted between two readings, the earlier one first.

    Attributes:
        first, second: ids of the readings.
        start, end: from the opening of the first window to the closing of the second (ms UTC).
        dial: kWh the dial moved; below 0 where it seems to have fallen.
        pulses: (at least, at most) pulses counted between the two instants, doubts included.
        slack: counted pieces involved; in each the energy is within one pulse of the count.
        constant: imp/kWh; None when it changed in between or nothing was counted.
        counted: kWh that the pulses stand for.
        blind: kWh that can have flowed uncounted.
    """

    first: str
    second: str
    start: int
    end: int
    dial: Interval
    pulses: tuple[int, int]
    slack: int
    constant: Fraction | None
    counted: Interval
    blind: Interval

    @property
    def seen(self) -> Interval:
        """The dial's kWh less the blind ones: what the pulses should add up to (never below 0)."""
        zero = Fraction(0)
        return Interval(
            max(zero, self.dial.low - self.blind.high), max(zero, self.dial.high - self.blind.low)
        )

    @property
    def measured(self) -> tuple[Fraction, Fraction | None] | None:
        """The constant that would make dial and count agree, as limits in imp/kWh.

        None when it cannot be told: nothing was counted, or the dial fell. The upper limit is None when
        the blind stretches could explain all that the dial moved.
        """
        low, high = self.pulses
        if high == 0 or self.seen.high == 0:
            return None
        least_pulses = max(0, low - self.slack)
        upper = (high + self.slack) / self.seen.low if self.seen.low > 0 else None
        return least_pulses / self.seen.high, upper

    @property
    def agrees(self) -> bool:
        """Whether the two readings can both be true with what was counted."""
        flowed = self.counted + self.blind
        return self.dial.low < flowed.high and self.dial.high > flowed.low

    @property
    def verdict(self) -> Literal["agree", "missed", "extra", "fell"]:
        """Whether dial and count agree; else whether too little was counted, too much, or the dial fell."""
        if self.agrees:
            return "agree"
        if self.dial.high <= 0:
            return "fell"
        return "missed" if self.dial.low >= (self.counted + self.blind).high else "extra"

    @property
    def proven(self) -> int | None:
        """Pulses that were missed, or counted too often, at least; 0 where dial and count agree.

        Less than one pulse more than was counted and missed flashed in each counted piece, and more than one
        pulse less than was truly counted; so the number is the next whole one above what that leaves.
        None without a constant. It presumes that readings and constant are right.
        """
        if self.verdict == "agree":
            return 0
        if self.constant is None:
            return None
        low, high = self.pulses
        if self.verdict == "missed":
            return max(0, floor(self.seen.low * self.constant) - high - self.slack + 1)
        return max(0, floor(low - self.slack - self.seen.high * self.constant) + 1)

    @property
    def lost(self) -> tuple[Fraction | None, Fraction] | None:
        """Limits of the pulses not counted as a share of those that flashed (0.1 is 100 ‰).

        Below 0: so many were counted too often. The lower limit is None when nothing needs to have flashed.
        None without a constant, or when the dial did not move.
        """
        if self.constant is None or self.seen.high == 0:
            return None
        low, high = self.pulses
        most_lost = 1 - max(0, low - self.slack) / (self.constant * self.seen.high)
        if self.seen.low == 0:
            return None, most_lost
        return 1 - (high + self.slack) / (self.constant * self.seen.low), most_lost


def between(timeline: Timeline, a: PlacedReading, b: PlacedReading) -> Drift:
    """The drift from one reading to a later one of the same timeline."""
    kwh = timeline.kwh
    dial = Interval(kwh(b.low - a.high), kwh(b.high - a.low))
    # With windows the instants are only known to lie between an inner and an outer span.
    outer, inner = (a.opens.t, b.closes.t), (a.closes.t, b.opens.t)
    pulses_low = pulses_high = slack = 0
    counted_low = counted_high = blind_low = blind_high = 0
    constants = set()
    for start, end, index in timeline.stretches(*outer):
        x, y, region = timeline.inside(index, start), timeline.inside(index, end), timeline.regions[index]
        if region.piece is None:
            blind_high += most(x, y)
        else:
            counted_high += most(x, y)
            pulses_high += (y.most_to - x.most_from) // region.unit - 1
            slack += 1
            constants.add(region.piece.constant)
    for start, end, index in timeline.stretches(*inner):
        x, y, region = timeline.inside(index, start), timeline.inside(index, end), timeline.regions[index]
        if region.piece is None:
            blind_low += least(x, y)
        else:
            counted_low += least(x, y)
            pulses_low += max(0, (y.least_to - x.least_from) // region.unit + 1)
    return Drift(
        a.id,
        b.id,
        outer[0],
        outer[1],
        dial,
        (pulses_low, pulses_high),
        slack,
        constants.pop() if len(constants) == 1 else None,
        Interval(kwh(counted_low), kwh(counted_high)),
        Interval(kwh(blind_low), kwh(blind_high)),
    )
