"""The best estimate: what the register most likely was, for a person who wants one number.

The bounds carry the promise; this only has to be sensible, inside them and never falling. At each reading it
is the middle of the bounds. In between, counted energy is taken as counted, and blind stretches get what is
missing, shared out by the household's usual power around them. Beyond the last reading they get that usual
power itself: the mean over the whole counted pieces next to the stretch, at least a day's worth on either
side.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sodien.metering.register.timeline import MS_PER_HOUR, Point, Timeline

_DAY_MS = 24 * MS_PER_HOUR


class _Knot(NamedTuple):
    t: int
    counted: int
    blind: int
    best: int
    shared: int  # blind energy since the first knot, after it was made to fit the readings


class Estimate:
    """Estimates on one timeline, in scaled kWh."""

    def __init__(
        self, timeline: Timeline, readings: Sequence[Point], bounds: Callable[[Point], tuple[int, int]]
    ) -> None:
        """``readings`` are the instants at which the dial was read; ``bounds`` those of the register."""
        self._timeline = timeline
        self._expect()
        self._knots: list[_Knot] = []
        for x in sorted(readings, key=lambda x: x.t):
            low, high = bounds(x)
            counted, blind = self._flow(x)
            shared = 0
            if self._knots:
                last = self._knots[-1]
                if x.t == last.t:
                    continue
                wanted = max(0, (low + high) // 2 - last.best - (counted - last.counted))
                shared = last.shared + (wanted if blind > last.blind else 0)
            self._knots.append(_Knot(x.t, counted, blind, (low + high) // 2, shared))
        self._times = [knot.t for knot in self._knots]

    def _expect(self) -> None:
        """Expected energy, counted and blind, from the first cut to every cut."""
        pieces = [(r.piece, r.unit) for r in self._timeline.regions if r.piece is not None]
        ms, energy = [0], [0]
        for piece, unit in pieces:
            ms.append(ms[-1] + piece.end - piece.start)
            energy.append(energy[-1] + (piece.last - piece.first) * unit)
        self._usual: list[tuple[int, int]] = []  # (energy, ms) around the stretch before piece k
        for counted in ms:
            a = max(0, bisect_right(ms, counted - _DAY_MS) - 1)
            b = min(len(ms) - 1, bisect_left(ms, counted + _DAY_MS))
            self._usual.append((energy[b] - energy[a], ms[b] - ms[a]))
        self._counted, self._blind = [0], [0]
        for index, region in enumerate(self._timeline.regions[1:-1], start=1):
            whole = 0
            if region.piece is not None:
                self._counted.append(
                    self._counted[-1] + (region.piece.last - region.piece.first) * region.unit
                )
            else:
                self._counted.append(self._counted[-1])
                whole = max(
                    region.low, min(region.cap or 0, self._at_usual(index, region.end - region.start))
                )
            self._blind.append(self._blind[-1] + whole)

    def _at_usual(self, index: int, elapsed: int) -> int:
        """Energy at usual power in the blind region of that index; never more than the supply carries."""
        energy, ms = self._usual[index // 2]
        return min(energy * elapsed // ms, self._timeline.regions[index].rate * elapsed) if ms else 0

    def _flow(self, x: Point) -> tuple[int, int]:
        """Expected energy (counted, blind) since the first cut; negative before it."""
        region = self._timeline.regions[x.region]
        if x.region == 0:
            return 0, -self._at_usual(0, region.end - x.t)
        counted, blind = self._counted[x.region - 1], self._blind[x.region - 1]
        if region.piece is not None:
            return counted + x.counted, blind
        if x.region == len(self._timeline.regions) - 1:
            return counted, blind + self._at_usual(x.region, x.t - region.start)
        whole = self._blind[x.region] - blind
        return counted, blind + whole * (x.t - region.start) // (region.end - region.start)

    def at(self, x: Point, low: int, high: int) -> int:
        """The estimate within the bounds at an instant. Needs a reading somewhere."""
        counted, blind = self._flow(x)
        k = bisect_right(self._times, x.t)
        knots = self._knots
        if 0 < k < len(knots):
            best = _between(knots[k - 1], knots[k], x.t, counted, blind)
        else:
            near = knots[k - 1] if k else knots[0]
            best = near.best + counted - near.counted + blind - near.blind
        return max(low, min(best, high))

    def energy(self, x: Point, y: Point) -> int:
        """The estimated energy from x to a later y, not yet held within bounds."""
        (counted_x, blind_x), (counted_y, blind_y) = self._flow(x), self._flow(y)
        return counted_y - counted_x + self._share(y.t, blind_y) - self._share(x.t, blind_x)

    def _share(self, t: int, blind: int) -> int:
        k = bisect_right(self._times, t)
        knots = self._knots
        if not knots:
            return blind
        if not 0 < k < len(knots):
            near = knots[k - 1] if k else knots[0]
            return near.shared + blind - near.blind
        a, b = knots[k - 1], knots[k]
        if b.blind == a.blind:
            return a.shared
        return a.shared + (blind - a.blind) * (b.shared - a.shared) // (b.blind - a.blind)


def _between(a: _Knot, b: _Knot, t: int, counted: int, blind: int) -> int:
    """Between two readings: what was counted, and of the rest its share; never falling."""
    rise, seen, unseen = b.best - a.best, b.counted - a.counted, b.blind - a.blind
    if unseen > 0 and rise >= seen:
        return a.best + counted - a.counted + (blind - a.blind) * (rise - seen) // unseen
    if seen + unseen > 0:
        return a.best + (counted - a.counted + blind - a.blind) * rise // (seen + unseen)
    return a.best + rise * (t - a.t) // (b.t - a.t)
