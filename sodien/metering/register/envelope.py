"""The tightest bound that many one-sided statements about the register give at any instant.

A statement says ``R(x) < v``. At another instant t it means ``R(t) < v + most(x, t)`` when x is earlier and
``R(t) < v - least(t, x)`` when x is later. :class:`UpperEnvelope` answers with the smallest of all these in
O(log n), because ``most`` and ``least`` are differences (see ``chain.py``) and so their minima over x can be
kept as running minima.

Lower bounds are the same thing seen in a mirror: ``R(x) ≥ v`` is ``-R ≤ -v`` with time running backwards.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from sodien.metering.register.timeline import Point, least, most

#: The register at a point is at least, or below, so much (scaled kWh).
Statement = tuple[Point, int]


class PlacedReading(NamedTuple):
    """A dial reading on the chain: ``R(floor_at) ≥ low`` and ``R(ceiling_at) < high``, in scaled kWh.

    For a reading with a window that is all it says: the register was below ``high`` when the window opened
    and had reached ``low`` when it closed.
    """

    id: str
    low: int
    high: int
    floor_at: Point  # the end of the window
    ceiling_at: Point  # its start

    def floor(self, t: Point) -> int:
        """What this reading alone says R(t) is at least."""
        x = self.floor_at
        return self.low + least(x, t) if x.t <= t.t else self.low - most(t, x)

    def ceiling(self, t: Point) -> int:
        """What this reading alone says R(t) is below."""
        x = self.ceiling_at
        return self.high + most(x, t) if x.t <= t.t else self.high - least(t, x)

    def moved(self, by: int) -> PlacedReading:
        """The same reading with another number of turns of the dial."""
        return self._replace(low=self.low + by, high=self.high + by)


class UpperEnvelope:
    """The smallest upper bound from statements ``R(point) < value``; at least one is needed."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        ordered = sorted(statements, key=lambda statement: statement[0].t)
        n = len(ordered)
        self._times = [x.t for x, _ in ordered]
        self._regions = [x.region for x, _ in ordered]
        values = [v for _, v in ordered]
        # Running minima from the left: over the whole chain, and anew in each region.
        self._chain_before = [v - x.chain_most_from for x, v in ordered]
        self._most_before = [v - x.most_from for x, v in ordered]
        self._cap_before = list(values)
        for i in range(1, n):
            _lower(self._chain_before, i, i - 1)
            if self._regions[i] == self._regions[i - 1]:
                _lower(self._most_before, i, i - 1)
                _lower(self._cap_before, i, i - 1)
        # And from the right.
        self._chain_after = [v - x.chain_least_to for x, v in ordered]
        self._least_after = [v - x.least_to for x, v in ordered]
        self._value_after = list(values)
        for i in range(n - 2, -1, -1):
            _lower(self._chain_after, i, i + 1)
            if self._regions[i] == self._regions[i + 1]:
                _lower(self._least_after, i, i + 1)
                _lower(self._value_after, i, i + 1)

    def at(self, t: Point) -> int:
        """The bound at an instant."""
        left, right = bisect_left(self._regions, t.region), bisect_right(self._regions, t.region)
        found = []
        if left > 0:
            found.append(self._chain_before[left - 1] + t.chain_most_to)
        if right < len(self._regions):
            found.append(self._chain_after[right] + t.chain_least_from)
        if left < right:
            i = bisect_right(self._times, t.t, left, right)
            if i > left:
                found.append(self._most_before[i - 1] + t.most_to)
                if t.cap is not None:
                    found.append(self._cap_before[i - 1] + t.cap)
            i = bisect_left(self._times, t.t, left, right)
            if i < right:
                found.append(self._least_after[i] + t.least_from)
                found.append(self._value_after[i])
        return min(found)


def _lower(values: list[int], i: int, by: int) -> None:
    values[i] = min(values[i], values[by])


class LowerEnvelope:
    """The largest lower bound from statements ``R(point) ≥ value``; at least one is needed."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._mirrored = UpperEnvelope([(x.mirrored(), -value) for x, value in statements])

    def at(self, t: Point) -> int:
        """The bound at an instant."""
        return -self._mirrored.at(t.mirrored())


def floors(pins: Sequence[PlacedReading]) -> list[Statement]:
    """What readings say the register had at least reached."""
    return [(pin.floor_at, pin.low) for pin in pins]


def ceilings(pins: Sequence[PlacedReading]) -> list[Statement]:
    """What readings say the register was below."""
    return [(pin.ceiling_at, pin.high) for pin in pins]
