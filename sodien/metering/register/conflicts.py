"""Dial readings that cannot all be true: which, by how much, and what can explain it.

Two readings *disagree* when what one says the register had at least reached is not below what the other
says it was under. Bounds between instants add up along the chain, so readings can be true together exactly
when no two of them disagree.

A disagreement is explained by a *fault*: either reading is wrong, or the count is wrong in one of the
stretches between them (missed pulses, double counting): then that stretch is *cut*, and all that is left of
it is that the register does not fall. The simplest explanations, those with the fewest faults, are all
kept; ``belief.py`` makes the bounds hold every one of them. So one bad reading between good ones is rejected,
because nothing else explains it with one fault, while for the newest reading "it is wrong" and "pulses
were missed since the last one" stay open until another reading settles it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from sodien.metering.register.envelope import LowerEnvelope, PlacedReading, UpperEnvelope, ceilings, floors
from sodien.metering.register.timeline import Point, least

#: Explanations with more faults than this are not searched for, nor are more explanations than that kept.
MOST_FAULTS = 8
MOST_WAYS = 200
_MOST_STEPS = 2000

#: A reading's index in the sorted list, or ``~k`` for a cut between readings k and k+1.
Fault = int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Reading ``above`` is too high beside ``below``, or that one too low, by ``excess`` or more (scaled)."""

    above: int
    below: int
    excess: int

    @property
    def earlier(self) -> int:
        """The first of the two in the sorted list."""
        return min(self.above, self.below)

    @property
    def later(self) -> int:
        """The second of the two in the sorted list."""
        return max(self.above, self.below)


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive readings ``first .. last`` (indices, both included) that are explained on their own.

    ``ways`` are the simplest explanations, each a set of faults; one empty set where nothing disagrees.
    ``entangled`` says that no simple explanation was found.
    """

    first: int
    last: int
    disagreements: tuple[Disagreement, ...] = ()
    ways: tuple[frozenset[Fault], ...] = (frozenset(),)
    entangled: bool = False

    @property
    def rejected(self) -> frozenset[int]:
        """Readings that are wrong in every way."""
        return frozenset(fault for fault in frozenset.intersection(*self.ways) if fault >= 0)


def disagreements(pins: Sequence[PlacedReading]) -> list[Disagreement]:
    """Every pair that cannot be true together. O(n log n) when there is none."""
    if len(pins) < 2:
        return []
    floor = LowerEnvelope(floors(pins))
    below = [j for j, pin in enumerate(pins) if floor.at(pin.ceiling_at) >= pin.high]
    if not below:
        return []
    ceiling = UpperEnvelope(ceilings(pins))
    above = [i for i, pin in enumerate(pins) if ceiling.at(pin.floor_at) <= pin.low]
    found = []
    for i in above:
        for j in below:
            excess = pins[i].floor(pins[j].ceiling_at) - pins[j].high
            if i != j and excess >= 0:
                found.append(Disagreement(i, j, excess))
    return found


def blocks(pins: Sequence[PlacedReading]) -> list[Block]:
    """Readings sorted by time, divided into blocks with no disagreement between blocks, each explained."""
    pairs = disagreements(pins)
    if not pairs:
        return [Block(0, len(pins) - 1)] if pins else []
    spans = _spans(pins, pairs)
    return [
        _explained(pins, first, last, [p for p in pairs if first <= p.above <= last]) for first, last in spans
    ]


def _spans(pins: Sequence[PlacedReading], pairs: Sequence[Disagreement]) -> list[tuple[int, int]]:
    """Index ranges, cut only where no pair and no reading's window reaches across."""
    reach = [0] * len(pins)
    for pair in pairs:
        reach[pair.earlier] = max(reach[pair.earlier], pair.later)
    involved = {i for pair in pairs for i in (pair.above, pair.below)}
    spans: list[tuple[int, int]] = []
    first, until, end = 0, 0, pins[0].floor_at.t
    for i in range(1, len(pins)):
        until = max(until, reach[i - 1])
        apart = until < i and end <= pins[i].ceiling_at.t
        # Peaceful readings beside each other stay in one block.
        if apart and (i in involved or i - 1 in involved):
            spans.append((first, i - 1))
            first = i
        end = max(end, pins[i].floor_at.t)
    spans.append((first, len(pins) - 1))
    return spans


def _explained(pins: Sequence[PlacedReading], first: int, last: int, pairs: list[Disagreement]) -> Block:
    if not pairs:
        return Block(first, last)
    edges = _edges(pins, first, last)
    ways = _Search(pins, edges).simplest(pairs)
    if ways is not None:
        return Block(first, last, tuple(pairs), tuple(ways))
    # Too entangled to blame one: trust the readings and cut every stretch; what that leaves is readings
    # below earlier ones, where each reading alone is an alternative if no few of them can be blamed.
    cuts = frozenset(~k for k in edges)
    everywhere = _Cuts(pins, edges, sorted(edges))
    rest = [pair for pair in pairs if not everywhere.settle(pair)]
    ways = _Search(pins, {}).simplest(rest) if rest else [frozenset()]
    if ways is None:
        every = frozenset(range(first, last + 1))
        ways, cuts = [every - {i} for i in sorted(every)], frozenset()
    return Block(first, last, tuple(pairs), tuple(way | cuts for way in ways), entangled=True)


def _edges(pins: Sequence[PlacedReading], first: int, last: int) -> dict[int, Point]:
    """The k for which the stretch between readings k and k+1 can be cut, with where the cut begins."""
    edges = {}
    closed = pins[first].floor_at
    for k in range(first, last):
        closed = max(closed, pins[k].floor_at, key=lambda point: point.t)
        if closed.t <= pins[k + 1].ceiling_at.t:
            edges[k] = closed
    return edges


class _Cuts:
    """Some cuts, and what they settle. ``cuts`` are in order, each a key of ``edges``."""

    def __init__(self, pins: Sequence[PlacedReading], edges: dict[int, Point], cuts: list[int]) -> None:
        self._pins, self._edges, self._cuts = pins, edges, cuts
        # From the first cut on, what must have flowed in the stretches between cuts.
        kept = (least(pins[a + 1].ceiling_at, edges[b]) for a, b in pairwise(cuts))
        self._kept = list(accumulate(kept, initial=0))

    def settle(self, pair: Disagreement) -> bool:
        """Whether the two readings can both be true when nothing is counted across the cuts."""
        i, j = bisect_left(self._cuts, pair.earlier), bisect_left(self._cuts, pair.later) - 1
        if i > j:
            return False
        if pair.above > pair.below:  # the later one is too high: more may have flowed than was counted
            return True
        # The earlier one is too high: less flowed than was counted, yet the register never falls.
        above, below = self._pins[pair.above], self._pins[pair.below]
        after = self._pins[self._cuts[j] + 1].ceiling_at
        floor = above.floor(self._edges[self._cuts[i]]) + self._kept[j] - self._kept[i]
        return floor + least(after, below.ceiling_at) < below.high


class _Search:
    """Looks for the smallest sets of faults that settle disagreements."""

    def __init__(self, pins: Sequence[PlacedReading], edges: dict[int, Point]) -> None:
        self._pins, self._edges = pins, edges
        self._steps = 0

    def simplest(self, pairs: list[Disagreement]) -> list[frozenset[Fault]] | None:
        """All sets of the fewest faults that settle every pair; None when that takes too many or too long."""
        shortest_first = sorted(pairs, key=lambda pair: (pair.later - pair.earlier, pair.earlier))
        for size in range(1, MOST_FAULTS + 1):
            ways: list[frozenset[Fault]] = []
            for way in self._extend(frozenset(), frozenset(), size, shortest_first):
                ways.append(way)
                if len(ways) > MOST_WAYS:
                    return None
            if self._steps > _MOST_STEPS:
                return None
            if ways:
                return sorted(ways, key=sorted)
        return None

    def _extend(
        self, chosen: frozenset[Fault], barred: frozenset[Fault], size: int, left: list[Disagreement]
    ) -> Iterator[frozenset[Fault]]:
        self._steps += 1
        if not left:
            yield chosen
            return
        if self._steps > _MOST_STEPS or _apart(left) > size:
            return
        pair = left[0]
        stretches = [~k for k in range(pair.earlier, pair.later) if k in self._edges]
        for fault in (pair.earlier, pair.later, *stretches):
            if fault not in barred and fault not in chosen:
                now = chosen | {fault}
                yield from self._extend(now, barred, size - 1, self._unsettled(now, fault, left))
                barred |= {fault}

    def _unsettled(
        self, chosen: frozenset[Fault], new: Fault, left: list[Disagreement]
    ) -> list[Disagreement]:
        if new >= 0:
            return [pair for pair in left if new not in (pair.above, pair.below)]
        cuts = _Cuts(self._pins, self._edges, sorted(~fault for fault in chosen if fault < 0))
        return [pair for pair in left if not cuts.settle(pair)]


def _apart(pairs: Sequence[Disagreement]) -> int:
    """How many pairs share neither a reading nor a stretch: no fewer faults can settle them all."""
    count, end = 0, -1
    for pair in sorted(pairs, key=lambda pair: pair.later):
        if pair.earlier > end:
            count, end = count + 1, pair.later
    return count
