"""The register of one meter at any instant, as bounds that hold everything known.

    R(t) is in [a.low + E_low(a→t), a.high + E_high(a→t)]  for every dial reading a,

backwards in time likewise, where E counts pulses exactly and a blind stretch adds between 0 and what the
supply can carry. The register is the intersection over all readings, so a new reading also narrows the past.
The bounds are limits: the truth lies between them (a reading's low may be reached, its high may not).

Readings that cannot all be true are findings, not errors, and the bounds then hold every simplest
explanation (``conflicts.py``). One Register is one meter, one direction and one run of its dial; a replaced
meter is two of them (``replacements.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from sodien.metering.bounds import Bounded
from sodien.metering.register.conflicts import Block, blocks
from sodien.metering.register.count_errors import Count
from sodien.metering.register.drift import Drift, between
from sodien.metering.register.envelope import PlacedReading
from sodien.metering.register.estimate import Estimate
from sodien.metering.register.observations import Anchor, Blind, Counted
from sodien.metering.register.robust_bounds import RobustBounds
from sodien.metering.register.rollover import UnsureRollover, unwrapped
from sodien.metering.register.timeline import Point, Timeline, least, most


@dataclass(frozen=True, slots=True)
class RegisterFinding:
    """Something in the readings that a person should look at.

    Attributes:
        kind: ``conflict``: readings that cannot all be true with what was counted.
            ``rollover``: between two readings the dial may have gone round more often than was taken.
        anchors: ids of the readings involved, by time.
        excess: by how many kWh at least the worst pair disagrees; for ``rollover`` how many more rounds fit.
        rejected: readings that every simplest explanation calls wrong; the bounds do without them.
        suspects: readings that some simplest explanation calls wrong; the bounds hold either case.
        stretches: pairs of neighbouring readings between which some explanation has the count wrong.
        pairs: (id too high, id too low beside it, kWh at least) for every disagreement.
        entangled: no simple explanation was found; all readings were trusted and no count across them.
    """

    kind: Literal["conflict", "rollover"]
    anchors: tuple[str, ...]
    excess: Fraction
    rejected: tuple[str, ...] = ()
    suspects: tuple[str, ...] = ()
    stretches: tuple[tuple[str, str], ...] = ()
    pairs: tuple[tuple[str, str, Fraction], ...] = ()
    entangled: bool = False


class Register:
    """Bounds on one meter's register.

    Args:
        pieces: the counted pieces by time, not overlapping.
        links: what lies between them, one fewer; None for "anything the supply can carry".
        anchors: dial readings in any order, withdrawn ones left out.
        p_max_kw: the most power the supply can carry.
        count: the cumulative count at an instant inside a piece, as (at least, at most); asked only for
            instants of readings and queries that fall between a piece's ends. Without it the count in
            there is only known to lie between the piece's first and last.
        digits: digits of the dial before the decimal point; when given, readings are taken modulo 10^digits.

    Raises ValueError, in one sentence, for evidence that contradicts itself: pieces out of order, an id
    twice, a count outside its piece.
    """

    def __init__(
        self,
        pieces: Sequence[Counted],
        links: Sequence[Blind | None],
        anchors: Sequence[Anchor],
        p_max_kw: Fraction,
        count: Count | None = None,
        *,
        digits: int | None = None,
    ) -> None:
        if len({anchor.id for anchor in anchors}) != len(anchors):
            raise ValueError("two dial readings have the same id")
        self._given = pieces, links, p_max_kw, count, digits
        denominators = {n.denominator for anchor in anchors for n in (anchor.low, anchor.high)}
        self._timeline = Timeline(pieces, links, p_max_kw, count, denominators)
        self._anchors = sorted(anchors, key=lambda a: (a.start, a.end, a.id))
        placed = [self._place(anchor) for anchor in self._anchors]
        self._unsure: list[UnsureRollover] = []
        size = self._timeline.scale * 10**digits if digits is not None else None
        if size is not None:
            placed, self._unsure = unwrapped(placed, size)
        self._blocks = blocks(placed)
        self.rejected = frozenset(placed[i].id for block in self._blocks for i in block.rejected)
        self._cuts = sorted({~f for b in self._blocks for faults in b.diagnoses for f in faults if f < 0})
        if size is not None and placed:
            # The earliest reading that counts is in the dial's first round.
            first = next((reading for reading in placed if reading.id not in self.rejected), placed[0])
            rounds = first.low // size
            placed = [reading.moved(-rounds * size) for reading in placed]
        self._placed = placed
        self._robust = RobustBounds(placed, self._blocks) if placed else None

    def _place(self, anchor: Anchor) -> PlacedReading:
        start = self._timeline.point(anchor.start)
        end = start if anchor.end == anchor.start else self._timeline.point(anchor.end)
        return PlacedReading(
            anchor.id, self._timeline.scaled(anchor.low), self._timeline.scaled(anchor.high), end, start
        )

    def at(self, t: int) -> Bounded | None:
        """The register at t (ms UTC), unbounded upwards: show it modulo the dial. None without a reading."""
        if self._robust is None:
            return None
        x = self._timeline.point(t)
        low, high = self._robust.bounds(x)
        kwh = self._timeline.kwh
        return Bounded(kwh(low), kwh(self._estimate.at(x, low, high)), kwh(high))

    def energy(self, t1: int, t2: int) -> Bounded:
        """The energy that flowed from t1 to t2 (ms UTC), as tight as all evidence makes it.

        Needs no reading. Raises ValueError when t2 is before t1.
        """
        if t2 < t1:
            raise ValueError(f"the span from {t1} ends before it starts, at {t2}")
        x, y = self._timeline.point(t1), self._timeline.point(t2)
        low, high = least(x, y), most(x, y)
        if self._robust is not None and t1 != t2:
            (low_x, high_x), (low_y, high_y) = self._robust.bounds(x), self._robust.bounds(y)
            if any(self._touches(k, k + 1, t1, t2) for k in self._cuts):
                # Some explanation has the count wrong here: only the readings and the supply limit it.
                low, high = 0, max(high, self._timeline.rate * (t2 - t1))
            low = max(low, low_y - high_x)
            if not any(self._touches(unsure.first, unsure.second, t1, t2) for unsure in self._unsure):
                high = min(high, high_y - low_x)
        kwh = self._timeline.kwh
        return Bounded(kwh(low), kwh(max(low, min(self._estimate.energy(x, y), high))), kwh(high))

    def _touches(self, first: int, second: int, t1: int, t2: int) -> bool:
        """Whether a part of [t1, t2] lies between two readings, windows included."""
        return t1 < self._anchors[second].end and self._anchors[first].start < t2

    @cached_property
    def _estimate(self) -> Estimate:
        times = (
            (anchor.start + anchor.end) // 2 for anchor in self._anchors if anchor.id not in self.rejected
        )
        readings = [self._timeline.point(t) for t in times]
        return Estimate(self._timeline, readings, self._bounds)

    def _bounds(self, x: Point) -> tuple[int, int]:
        assert self._robust is not None
        return self._robust.bounds(x)

    @cached_property
    def findings(self) -> tuple[RegisterFinding, ...]:
        """What a person should look at, by time: conflicts, then unsure roll-overs of the dial."""
        found = [self._conflict(block) for block in self._blocks if block.disagreements]
        for unsure in self._unsure:
            a, b = self._placed[unsure.first], self._placed[unsure.second]
            found.append(RegisterFinding("rollover", (a.id, b.id), Fraction(unsure.more)))
        return tuple(found)

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """The dial readings by time, as given."""
        return tuple(self._anchors)

    @property
    def digits(self) -> int | None:
        """Digits of the dial before the point, None where they are not known."""
        return self._given[4]

    @property
    def span(self) -> tuple[int, int] | None:
        """From the first counted instant to the last (ms UTC); None when nothing was counted."""
        pieces = self._given[0]
        return (pieces[0].start, pieces[-1].end) if pieces else None

    def _conflict(self, block: Block) -> RegisterFinding:
        ids = [anchor.id for anchor in self._anchors]
        faults = frozenset.union(*block.diagnoses)
        involved = {i for pair in block.disagreements for i in (pair.above, pair.below)}
        pairs = [(ids[p.above], ids[p.below], self._timeline.kwh(p.excess)) for p in block.disagreements]
        return RegisterFinding(
            "conflict",
            tuple(ids[i] for i in sorted(involved)),
            max(excess for _, _, excess in pairs),
            tuple(ids[i] for i in sorted(block.rejected)),
            tuple(ids[i] for i in sorted(faults - block.rejected) if i >= 0),
            tuple((ids[k], ids[k + 1]) for k in sorted(~f for f in faults if f < 0)),
            tuple(pairs),
            block.entangled,
        )

    def without(self, *ids: str) -> Register:
        """The register that the other readings give. Raises KeyError for an unknown reading."""
        for anchor in ids:
            self._placed_reading(anchor)
        pieces, links, p_max_kw, count, digits = self._given
        others = [anchor for anchor in self._anchors if anchor.id not in ids]
        return Register(pieces, links, others, p_max_kw, count, digits=digits)

    def drift(self, first: str, second: str) -> Drift:
        """What the dial moved, and what was counted, between two readings. Raises KeyError."""
        a, b = self._placed_reading(first), self._placed_reading(second)
        return between(self._timeline, a, b) if a.opens.t <= b.opens.t else between(self._timeline, b, a)

    def _placed_reading(self, anchor: str) -> PlacedReading:
        for reading in self._placed:
            if reading.id == anchor:
                return reading
        raise KeyError(f"no dial reading {anchor} here")
