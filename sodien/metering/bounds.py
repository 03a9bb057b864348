"""Exact intervals of kWh, written by their limits, and how they are rounded outwards to decimals.

Whether a limit itself can be reached is not kept: a dial reading 100.0 means 100.0 ≤ R < 100.1 and a count
of n pulses an energy strictly between (n-1)/c and (n+1)/c, and both are stored by their two limits. Every
upper limit that comes from a dial is out of reach, which is what the search for conflicts relies on.

What is stored, sent and shown (kWh and money) is a decimal of six places.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

_PLACES: Final = 6
_SCALE: Final = 10**_PLACES


@dataclass(frozen=True, slots=True)
class Interval:
    """``low ≤ x ≤ high`` in kWh, exact. Raises ValueError when low is above high."""

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"an interval's low {float(self.low)} is above its high {float(self.high)}")

    @property
    def width(self) -> Fraction:
        """``high - low``: what is not known."""
        return self.high - self.low

    @property
    def middle(self) -> Fraction:
        """Half-way between the limits."""
        return (self.low + self.high) / 2

    def __contains__(self, value: Fraction | int) -> bool:
        return self.low <= value <= self.high

    def __add__(self, other: Interval) -> Interval:
        """Every sum of a value here and a value there."""
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        """Every difference of a value here and a value there."""
        return Interval(self.low - other.high, self.high - other.low)

    def intersect(self, other: Interval) -> Interval | None:
        """What both allow; None when they have nothing in common (touching limits are a point)."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(low, high) if low <= high else None


@dataclass(frozen=True, slots=True)
class Bounded:
    """A quantity in kWh with its bounds, ``low ≤ true ≤ high``, and a best estimate in between."""

    low: Fraction
    best: Fraction
    high: Fraction

    def __add__(self, other: Bounded) -> Bounded:
        """The sum of two quantities that know nothing of each other."""
        return Bounded(self.low + other.low, self.best + other.best, self.high + other.high)

    def __sub__(self, other: Bounded) -> Bounded:
        """The difference of two quantities that know nothing of each other."""
        return Bounded(self.low - other.high, self.best - other.best, self.high - other.low)

    def times(self, factor: Fraction | int) -> Bounded:
        """The quantity multiplied by ``factor`` (≥ 0)."""
        return Bounded(self.low * factor, self.best * factor, self.high * factor)


def rounded_down(value: Fraction) -> Decimal:
    """``value`` to six places, not above it."""
    return _decimal(math.floor(value * _SCALE))


def rounded_up(value: Fraction) -> Decimal:
    """``value`` to six places, not below it."""
    return _decimal(math.ceil(value * _SCALE))


def rounded(value: Fraction) -> Decimal:
    """``value`` to six places, the nearest."""
    return _decimal(round(value * _SCALE))


def decimal_text(value: Fraction | Decimal) -> str:
    """A number that is exact in decimal, without an exponent."""
    exact = Fraction(value)
    return f"{Decimal(exact.numerator) / exact.denominator:f}"


def _decimal(millionths: int) -> Decimal:
    return Decimal(millionths).scaleb(-_PLACES)
