"""The tightest bound that many one-sided statements about the register give at any instant.

A statement says ``R(x) < v``. At another instant t it means ``R(t) < v + most(x, t)`` when x is earlier and
``R(t) < v - least(t, x)`` when x is later. :class:`UpperEnvelope` answers with the smallest of all these in
O(log n), because ``most`` and ``least`` are differences (see ``timeline.py``) and so their minima over x can
be kept as running minima.

Lower bounds are upper bounds seen in a mirror: ``R(x) ≥ v`` is ``-R ≤ -v`` with time running backwards.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from sodien.metering.register.timeline import Point, least, most

#: The register at a point is at least, or below, so much (scaled kWh).
Statement = tuple[Point, int]


class PlacedReading(NamedTuple):
    """A dial reading on the timeline: ``R(closes) ≥ low`` and ``R(opens) < high``, in scaled kWh.

    For a reading with a window that is all it says: the register was below ``high`` when the window opened
    and had reached ``low`` when it closed.
    """

    id: str
    low: int
    high: int
    closes: Point  # the end of the window
    opens: Point  # its start

    def lower(self, t: Point) -> int:
        """What this reading alone says R(t) is at least."""
        x = self.closes
        return self.low + least(x, t) if x.t <= t.t else self.low - most(t, x)

    def upper(self, t: Point) -> int:
        """What this reading alone says R(t) is below."""
        x = self.opens
        return self.high + most(x, t) if x.t <= t.t else self.high - least(t, x)

    def moved(self, by: int) -> PlacedReading:
        """This reading moved by whole rounds of the dial."""
        return self._replace(low=self.low + by, high=self.high + by)


class UpperEnvelope:
    """The smallest upper bound from statements ``R(point) < value``; at least one is needed."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        ordered = sorted(statements, key=lambda statement: statement[0].t)
        n = len(ordered)
        self._times = [x.t for x, _ in ordered]
        self._regions = [x.region for x, _ in ordered]
        values = [v for _, v in ordered]
        # Running minima from the left: over the whole timeline, and anew in each region.
        self._total_before = [v - x.total_most_from for x, v in ordered]
        self._most_before = [v - x.most_from for x, v in ordered]
        self._cap_before = list(values)
        for i in range(1, n):
            _lower(self._total_before, i, i - 1)
            if self._regions[i] == self._regions[i - 1]:
                _lower(self._most_before, i, i - 1)
                _lower(self._cap_before, i, i - 1)
        # And from the right.
        self._total_after = [v - x.total_least_to for x, v in ordered]
        self._least_after = [v - x.least_to for x, v in ordered]
        self._value_after = list(values)
        for i in range(n - 2, -1, -1):
            _lower(self._total_after, i, i + 1)
            if self._regions[i] == self._regions[i + 1]:
                _lower(self._least_after, i, i + 1)
                _lower(self._value_after, i, i + 1)

    def at(self, t: Point) -> int:
        """The bound at an instant."""
        left, right = bisect_left(self._regions, t.region), bisect_right(self._regions, t.region)
        found = []
        if left > 0:
            found.append(self._total_before[left - 1] + t.total_most_to)
        if right < len(self._regions):
            found.append(self._total_after[right] + t.total_least_from)
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


def lower_statements(readings: Sequence[PlacedReading]) -> list[Statement]:
    """What readings say the register had at least reached."""
    return [(reading.closes, reading.low) for reading in readings]


def upper_statements(readings: Sequence[PlacedReading]) -> list[Statement]:
    """What readings say the register was below."""
    return [(reading.opens, reading.high) for reading in readings]
