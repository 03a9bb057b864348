"""Bounds that hold whichever readings are right, when readings agree and when they do not.

Blocks of readings follow each other in time (``conflicts.py``), each with its simplest diagnoses. The bounds
must hold every combination of them. At any instant the lower bound of a combination is the largest of what
its blocks say, so the lowest over all combinations needs no enumeration: it is the largest of what each
block says in the diagnosis that says least, asked from block to block.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

from sodien.metering.register.conflicts import Block, Fault
from sodien.metering.register.envelope import (
    LowerEnvelope,
    PlacedReading,
    UpperEnvelope,
    lower_statements,
    upper_statements,
)
from sodien.metering.register.timeline import Point


class _Diagnosis:
    """One diagnosis of a block: the readings it keeps, in segments with cuts between them.

    ``join_left`` and ``join_right`` tell it what its neighbours say, and must be called before any question.
    """

    def __init__(self, readings: Sequence[PlacedReading], block: Block, faults: frozenset[Fault]) -> None:
        segments: list[list[PlacedReading]] = [[]]
        for i in range(block.first, block.last + 1):
            if i not in faults:
                segments[-1].append(readings[i])
            if ~i in faults and segments[-1]:
                segments.append([])
        # A cut with nothing kept on one side of it has no meaning.
        self._segments = [segment for segment in segments if segment]
        self._since = [min((reading.opens for reading in kept), key=_time) for kept in self._segments]
        self._until = [max((reading.closes for reading in kept), key=_time) for kept in self._segments]
        self._ends = [until.t for until in self._until]
        self.last = len(self._segments) - 1
        self._lower: list[LowerEnvelope] = []
        self._upper: list[UpperEnvelope] = []
        self._left: _Neighbours | None = None
        self._right: _Neighbours | None = None

    def join_left(self, left: _Neighbours | None) -> None:
        """Across a cut, all that is left of what came before is that the register does not fall."""
        self._left = left
        for k, segment in enumerate(self._segments):
            known = lower_statements(segment)
            if k:
                at = self._until[k - 1]
                before = self._lower[k - 1].at(at)
                if k == 1 and left is not None:
                    before = max(before, left.low(at))
                known.append((self._since[k], before))
            self._lower.append(LowerEnvelope(known))

    def join_right(self, right: _Neighbours | None) -> None:
        """Across a cut, all that is left of what came after is that the register was not above it."""
        self._right = right
        later: UpperEnvelope | None = None
        for k in range(self.last, -1, -1):
            known = upper_statements(self._segments[k])
            if later is not None:
                at = self._since[k + 1]
                after = later.at(at)
                if k + 1 == self.last and right is not None:
                    after = min(after, right.high(at))
                known.append((self._until[k], after))
            later = UpperEnvelope(known)
            self._upper.insert(0, later)

    def low(self, k: int, t: Point, *, left: bool = True, right: bool = True) -> int:
        """What segment k says R(t) is at least, with what the neighbours on either side of it say."""
        low = self._lower[k].at(t)
        if left and k == 0 and self._left is not None:
            low = max(low, self._left.low(t))
        if right and k == self.last and self._right is not None:
            low = max(low, self._right.low(t))
        return low

    def high(self, k: int, t: Point, *, left: bool = True, right: bool = True) -> int:
        """What segment k says R(t) is below, with what the neighbours on either side of it say."""
        high = self._upper[k].at(t)
        if left and k == 0 and self._left is not None:
            high = min(high, self._left.high(t))
        if right and k == self.last and self._right is not None:
            high = min(high, self._right.high(t))
        return high

    def bounds(self, t: Point) -> tuple[int, int]:
        k = min(bisect_left(self._ends, t.t), self.last)
        low, high = self.low(k, t), self.high(k, t)
        if k == 0 or t.t >= self._since[k].t:
            return low, high
        # Inside a cut the count is not trusted: anything between what either side says.
        low = max(min(low, self.low(k - 1, t)), self.low(k - 1, self._until[k - 1]))
        high = min(max(high, self.high(k - 1, t)), self.high(k, self._since[k]))
        return low, high


class _Neighbours:
    """What the blocks on one side say: the loosest of their diagnoses. Remembers the last answer."""

    def __init__(self, diagnoses: Sequence[_Diagnosis], *, on_left: bool) -> None:
        self._diagnoses, self._on_left = diagnoses, on_left
        self._low = self._high = (math.inf, 0)

    def low(self, t: Point) -> int:
        if self._low[0] != t.t:
            self._low = t.t, min(d.low(self._edge(d), t, **self._outwards) for d in self._diagnoses)
        return self._low[1]

    def high(self, t: Point) -> int:
        if self._high[0] != t.t:
            self._high = t.t, max(d.high(self._edge(d), t, **self._outwards) for d in self._diagnoses)
        return self._high[1]

    @property
    def _outwards(self) -> dict[str, bool]:
        return {"right": False} if self._on_left else {"left": False}

    def _edge(self, diagnosis: _Diagnosis) -> int:
        return diagnosis.last if self._on_left else 0


class RobustBounds:
    """Bounds on R(t) from readings sorted by time (one at least) and their blocks."""

    def __init__(self, readings: Sequence[PlacedReading], blocks: Sequence[Block]) -> None:
        self._blocks = [[_Diagnosis(readings, b, faults) for faults in b.diagnoses] for b in blocks]
        self._ends = [max(reading.closes.t for reading in readings[b.first : b.last + 1]) for b in blocks]
        left = right = None
        for diagnoses in self._blocks:
            for diagnosis in diagnoses:
                diagnosis.join_left(left)
            left = _Neighbours(diagnoses, on_left=True)
        for diagnoses in reversed(self._blocks):
            for diagnosis in diagnoses:
                diagnosis.join_right(right)
            right = _Neighbours(diagnoses, on_left=False)

    def bounds(self, t: Point) -> tuple[int, int]:
        """(low, high) of R(t) in scaled kWh."""
        k = min(bisect_left(self._ends, t.t), len(self._blocks) - 1)
        found = [diagnosis.bounds(t) for diagnosis in self._blocks[k]]
        return min(low for low, _ in found), max(high for _, high in found)


def _time(x: Point) -> int:
    return x.t
