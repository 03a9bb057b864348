"""The bounds of all that can be believed, when readings agree and when they do not.

Blocks of readings follow each other in time (``conflict.py``), each with the ways to explain it. The bounds
must hold every combination of ways. What one block says about another is one statement for each bound at the
border between them, and a looser statement never makes a bound tighter, so it is enough to hand the loosest
one on, from block to block, once forwards and once backwards.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from sodien.metering.chain import Point
from sodien.metering.conflict import Block, Fault
from sodien.metering.front import Front, Pin, Statement

#: Both bounds at a point, from one side of it.
Border = tuple[Point, int, int]


@dataclass(slots=True)
class _Segment:
    """What is said between two cuts of one way."""

    floors: list[Statement] = field(default_factory=list)
    ceilings: list[Statement] = field(default_factory=list)

    def add(self, pin: Pin) -> None:
        self.floors.append((pin.floor_at, pin.low))
        self.ceilings.append((pin.ceiling_at, pin.high))

    def border(self, border: Border | None) -> None:
        if border is not None:
            self.floors.append((border[0], border[1]))
            self.ceilings.append((border[0], border[2]))

    @property
    def since(self) -> Point:
        return min((x for x, _ in self.ceilings), key=_time)

    @property
    def until(self) -> Point:
        return max((x for x, _ in self.floors), key=_time)


def _time(x: Point) -> int:
    return x.t


class _Way:
    """One explanation of a block: the readings it keeps, in segments with cuts between them."""

    def __init__(
        self,
        pins: Sequence[Pin],
        block: Block,
        faults: frozenset[Fault],
        left: Border | None,
        right: Border | None,
    ) -> None:
        segments = [_Segment()]
        segments[0].border(left)
        for i in range(block.first, block.last + 1):
            if i not in faults:
                segments[-1].add(pins[i])
            if ~i in faults and segments[-1].floors:
                segments.append(_Segment())
        segments[-1].border(right)
        if not segments[-1].floors:  # nothing was kept beyond the last cut, so it has no meaning
            segments.pop()
        self._since = [segment.since for segment in segments]
        self._until = [segment.until for segment in segments]
        # Across a cut nothing is left but that the register does not fall.
        for k in range(1, len(segments)):
            a, b = segments[k - 1], segments[k]
            b.floors.append((self._since[k], Front(a.floors, a.ceilings).low(self._until[k - 1])))
        for k in range(len(segments) - 1, 0, -1):
            a, b = segments[k - 1], segments[k]
            a.ceilings.append((self._until[k - 1], Front(b.floors, b.ceilings).high(self._since[k])))
        self._fronts = [Front(segment.floors, segment.ceilings) for segment in segments]
        self._ends = [until.t for until in self._until]

    def bounds(self, t: Point) -> tuple[int, int]:
        k = min(bisect_left(self._ends, t.t), len(self._ends) - 1)
        here = self._fronts[k]
        low, high = here.low(t), here.high(t)
        if k == 0 or t.t >= self._since[k].t:
            return low, high
        # Inside a cut the count is not trusted: anything between what either side says.
        before = self._fronts[k - 1]
        low = max(min(low, before.low(t)), before.low(self._until[k - 1]))
        high = min(max(high, before.high(t)), here.high(self._since[k]))
        return low, high


class Belief:
    """Bounds on R(t) from readings sorted by time (one at least) and their blocks."""

    def __init__(self, pins: Sequence[Pin], blocks: Sequence[Block]) -> None:
        starts: list[Point] = []
        ends: list[Point] = []
        for block in blocks:
            mine = pins[block.first : block.last + 1]
            starts.append(min((pin.ceiling_at for pin in mine), key=_time))
            ends.append(max((pin.floor_at for pin in mine), key=_time))
        left: list[Border | None] = [None]
        for block, end in zip(blocks[:-1], ends[:-1], strict=True):
            ways = [_Way(pins, block, way, left[-1], None) for way in block.ways]
            left.append((end, *_hull(ways, end)))
        right: list[Border | None] = [None]
        for block, start in zip(blocks[:0:-1], starts[:0:-1], strict=True):
            ways = [_Way(pins, block, way, None, right[-1]) for way in block.ways]
            right.append((start, *_hull(ways, start)))
        right.reverse()
        self._blocks = [
            [_Way(pins, block, way, left[k], right[k]) for way in block.ways]
            for k, block in enumerate(blocks)
        ]
        self._times = [end.t for end in ends]

    def bounds(self, t: Point) -> tuple[int, int]:
        """(low, high) of R(t) in scaled kWh."""
        k = min(bisect_left(self._times, t.t), len(self._blocks) - 1)
        return _hull(self._blocks[k], t)


def _hull(ways: Sequence[_Way], t: Point) -> tuple[int, int]:
    found = [way.bounds(t) for way in ways]
    return min(low for low, _ in found), max(high for _, high in found)
