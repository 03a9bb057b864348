"""Dial readings that cannot all be true: which, by how much, and what can explain it.

Two readings *disagree* when what one says the register had at least reached is not below what the other
says it was under. Bounds between instants add up along the timeline, so readings can be true together
exactly when no two of them disagree.

A disagreement is explained by a *fault*: either reading is wrong, or the count is wrong in one of the
stretches between them (missed pulses, double counting): then that stretch is *cut*, and all that is left of
it is that the register does not fall. A set of faults that settles every disagreement is a *diagnosis*; all
of those with the fewest faults are kept, and ``robust_bounds.py`` makes the bounds hold every one of them. So
one bad reading between good ones is rejected, because nothing else explains it with one fault, while for the
newest reading "it is wrong" and "pulses were missed since the last one" stay open until another reading
settles it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from sodien.metering.register.envelope import (
    LowerEnvelope,
    PlacedReading,
    UpperEnvelope,
    lower_statements,
    upper_statements,
)
from sodien.metering.register.timeline import Point, least

#: Diagnoses with more faults than this are not searched for, nor are more diagnoses than that kept.
MOST_FAULTS = 8
MOST_DIAGNOSES = 200
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

    ``diagnoses`` are the simplest, each a set of faults; one empty set where nothing disagrees.
    ``entangled`` says that no simple one was found.
    """

    first: int
    last: int
    disagreements: tuple[Disagreement, ...] = ()
    diagnoses: tuple[frozenset[Fault], ...] = (frozenset(),)
    entangled: bool = False

    @property
    def rejected(self) -> frozenset[int]:
        """Readings that are wrong in every diagnosis."""
        return frozenset(fault for fault in frozenset.intersection(*self.diagnoses) if fault >= 0)


def disagreements(readings: Sequence[PlacedReading]) -> list[Disagreement]:
    """Every pair that cannot be true together. O(n log n) when there is none."""
    if len(readings) < 2:
        return []
    lower = LowerEnvelope(lower_statements(readings))
    below = [j for j, reading in enumerate(readings) if lower.at(reading.opens) >= reading.high]
    if not below:
        return []
    upper = UpperEnvelope(upper_statements(readings))
    above = [i for i, reading in enumerate(readings) if upper.at(reading.closes) <= reading.low]
    found = []
    for i in above:
        for j in below:
            excess = readings[i].lower(readings[j].opens) - readings[j].high
            if i != j and excess >= 0:
                found.append(Disagreement(i, j, excess))
    return found


def blocks(readings: Sequence[PlacedReading]) -> list[Block]:
    """Readings sorted by time, divided into blocks with no disagreement between blocks, each explained."""
    pairs = disagreements(readings)
    if not pairs:
        return [Block(0, len(readings) - 1)] if readings else []
    spans = _spans(readings, pairs)
    return [
        _explained(readings, first, last, [p for p in pairs if first <= p.above <= last])
        for first, last in spans
    ]


def _spans(readings: Sequence[PlacedReading], pairs: Sequence[Disagreement]) -> list[tuple[int, int]]:
    """Index ranges, cut only where no pair and no reading's window reaches across."""
    reach = [0] * len(readings)
    for pair in pairs:
        reach[pair.earlier] = max(reach[pair.earlier], pair.later)
    involved = {i for pair in pairs for i in (pair.above, pair.below)}
    spans: list[tuple[int, int]] = []
    first, until, end = 0, 0, readings[0].closes.t
    for i in range(1, len(readings)):
        until = max(until, reach[i - 1])
        apart = until < i and end <= readings[i].opens.t
        # Peaceful readings beside each other stay in one block.
        if apart and (i in involved or i - 1 in involved):
            spans.append((first, i - 1))
            first = i
        end = max(end, readings[i].closes.t)
    spans.append((first, len(readings) - 1))
    return spans


def _explained(readings: Sequence[PlacedReading], first: int, last: int, pairs: list[Disagreement]) -> Block:
    if not pairs:
        return Block(first, last)
    edges = _edges(readings, first, last)
    diagnoses = _Search(readings, edges).simplest(pairs)
    if diagnoses is not None:
        return Block(first, last, tuple(pairs), tuple(diagnoses))
    # Too entangled to blame one: trust the readings and cut every stretch; what that leaves is readings
    # below earlier ones, where each reading alone is an alternative if no few of them can be blamed.
    cuts = frozenset(~k for k in edges)
    everywhere = _Cuts(readings, edges, sorted(edges))
    rest = [pair for pair in pairs if not everywhere.settle(pair)]
    diagnoses = _Search(readings, {}).simplest(rest) if rest else [frozenset()]
    if diagnoses is None:
        every = frozenset(range(first, last + 1))
        diagnoses, cuts = [every - {i} for i in sorted(every)], frozenset()
    return Block(first, last, tuple(pairs), tuple(faults | cuts for faults in diagnoses), entangled=True)


def _edges(readings: Sequence[PlacedReading], first: int, last: int) -> dict[int, Point]:
    """The k for which the stretch between readings k and k+1 can be cut, with where the cut begins."""
    edges = {}
    closed = readings[first].closes
    for k in range(first, last):
        closed = max(closed, readings[k].closes, key=lambda point: point.t)
        if closed.t <= readings[k + 1].opens.t:
            edges[k] = closed
    return edges


class _Cuts:
    """Some cuts, and what they settle. ``cuts`` are in order, each a key of ``edges``."""

    def __init__(self, readings: Sequence[PlacedReading], edges: dict[int, Point], cuts: list[int]) -> None:
        self._readings, self._edges, self._cuts = readings, edges, cuts
        # From the first cut on, what must have flowed in the stretches between cuts.
        kept = (least(readings[a + 1].opens, edges[b]) for a, b in pairwise(cuts))
        self._kept = list(accumulate(kept, initial=0))

    def settle(self, pair: Disagreement) -> bool:
        """Whether the two readings can both be true when nothing is counted across the cuts."""
        i, j = bisect_left(self._cuts, pair.earlier), bisect_left(self._cuts, pair.later) - 1
        if i > j:
            return False
        if pair.above > pair.below:  # the later one is too high: more may have flowed than was counted
            return True
        # The earlier one is too high: less flowed than was counted, yet the register never falls.
        above, below = self._readings[pair.above], self._readings[pair.below]
        after = self._readings[self._cuts[j] + 1].opens
        lower = above.lower(self._edges[self._cuts[i]]) + self._kept[j] - self._kept[i]
        return lower + least(after, below.opens) < below.high


class _Search:
    """Looks for the smallest sets of faults that settle disagreements."""

    def __init__(self, readings: Sequence[PlacedReading], edges: dict[int, Point]) -> None:
        self._readings, self._edges = readings, edges
        self._steps = 0

    def simplest(self, pairs: list[Disagreement]) -> list[frozenset[Fault]] | None:
        """All sets of the fewest faults that settle every pair; None when that takes too many or too long."""
        shortest_first = sorted(pairs, key=lambda pair: (pair.later - pair.earlier, pair.earlier))
        for size in range(1, MOST_FAULTS + 1):
            diagnoses: list[frozenset[Fault]] = []
            for diagnosis in self._extend(frozenset(), frozenset(), size, shortest_first):
                diagnoses.append(diagnosis)
                if len(diagnoses) > MOST_DIAGNOSES:
                    return None
            if self._steps > _MOST_STEPS:
                return None
            if diagnoses:
                return sorted(diagnoses, key=sorted)
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
        cuts = _Cuts(self._readings, self._edges, sorted(~fault for fault in chosen if fault < 0))
        return [pair for pair in left if not cuts.settle(pair)]


def _apart(pairs: Sequence[Disagreement]) -> int:
    """How many pairs share neither a reading nor a stretch: no fewer faults can settle them all."""
    count, end = 0, -1
    for pair in sorted(pairs, key=lambda pair: pair.later):
        if pair.earlier > end:
            count, end = count + 1, pair.later
    return count
