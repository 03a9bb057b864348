"""One meter's timeline: how much energy can, and must, have flowed between two instants.

The timeline is cut at the starts and ends of the counted pieces. Between two cuts lies a *region*, counted
or blind, and for any two instants x ≤ y the energy is at most ``most(x, y)`` and at least ``least(x, y)``:

* counted, n pulses between: ``(n+1)/c`` and ``(n-1)/c``, never below 0; doubts widen both;
* blind: ``P_max·(y-x)`` and 0, and both respect the energy of the whole stretch;
* across cuts: the sums, because all that joins two regions is the one unknown register at the cut.

Both are differences of a number that belongs to y alone and one that belongs to x alone (:class:`Point`),
which is what makes many readings cheap (see ``envelope.py``). Numbers are integers: kWh times one common
scale.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from sodien.metering.register.count_errors import Count, CountErrors
from sodien.metering.register.observations import Blind, Counted

MS_PER_HOUR = 3_600_000


class Point(NamedTuple):
    """An instant, with its numbers for ``most`` and ``least``, within its region and along the timeline."""

    t: int
    region: int
    cap: int | None  # the energy of the whole region, where that is limited
    counted: int  # counted since the region began; half-way where the count is only known between bounds
    most_to: int
    most_from: int
    least_to: int
    least_from: int
    total_most_to: int
    total_most_from: int
    total_least_to: int
    total_least_from: int

    def mirrored(self) -> Point:
        """This instant with time running backwards: arriving and leaving change places."""
        return Point(
            -self.t,
            -self.region,
            self.cap,
            self.counted,
            -self.most_from,
            -self.most_to,
            -self.least_from,
            -self.least_to,
            -self.total_most_from,
            -self.total_most_to,
            -self.total_least_from,
            -self.total_least_to,
        )


def most(x: Point, y: Point) -> int:
    """The largest energy that can have flowed from x to a not earlier y."""
    if x.t == y.t:
        return 0
    if x.region != y.region:
        return y.total_most_to - x.total_most_from
    rise = y.most_to - x.most_from
    return rise if x.cap is None else min(rise, x.cap)


def least(x: Point, y: Point) -> int:
    """The smallest energy that must have flowed from x to a not earlier y."""
    if x.t == y.t:
        return 0
    if x.region != y.region:
        return y.total_least_to - x.total_least_from
    return max(0, y.least_to - x.least_from)


@dataclass(slots=True)
class Region:
    """One stretch of the timeline; ``unit`` is one pulse's energy, 0 where nothing was counted."""

    start: int
    end: int
    unit: int = 0
    piece: Counted | None = None
    blind: Blind | None = None
    doubts: CountErrors | None = None
    rate: int = 0  # the most energy per ms
    low: int = 0
    cap: int | None = None  # None: no more than the rate says


class Timeline:
    """Counted pieces and the blind stretches between, before and after them.

    Raises ValueError when pieces overlap or are not in order, or when the links do not fit between them.
    ``extra_denominators`` are those of other numbers that must be exact in this timeline's scale.
    """

    def __init__(
        self,
        pieces: Sequence[Counted],
        links: Sequence[Blind | None],
        p_max_kw: Fraction,
        count: Count | None,
        extra_denominators: Iterable[int] = (),
    ) -> None:
        if p_max_kw < 0:
            raise ValueError("the largest power must not be negative")
        if len(links) != max(0, len(pieces) - 1):
            raise ValueError(
                f"{len(pieces)} counted pieces need {max(0, len(pieces) - 1)} links, not {len(links)}"
            )
        self._count = count
        p_max = p_max_kw / MS_PER_HOUR
        gaps = [_gap(a, b, link, p_max) for (a, b), link in zip(pairwise(pieces), links, strict=True)]
        dens = {p_max.denominator, 2, *extra_denominators, *(p.constant.numerator for p in pieces)}
        for _, rate, low, high in gaps:
            dens.update((rate.denominator, low.denominator, high.denominator))
        self.scale = math.lcm(*dens)
        self.rate = self.scaled(p_max)
        self.regions: list[Region] = []
        self.cuts: list[int] = []  # region i lies between cuts i-1 and i
        for index, piece in enumerate(pieces):
            if index == 0:
                self.regions.append(Region(piece.start, piece.start, rate=self.rate))
            else:
                link, rate, low, high = gaps[index - 1]
                a, b = self.cuts[-1], piece.start
                self.regions.append(
                    Region(
                        a, b, blind=link, rate=self.scaled(rate), low=self.scaled(low), cap=self.scaled(high)
                    )
                )
            self.cuts += [piece.start, piece.end]
            unit = piece.constant.denominator * (self.scale // piece.constant.numerator)
            region = Region(piece.start, piece.end, unit=unit, piece=piece)
            self.regions.append(region)
            if piece.extra or piece.missing or piece.doubts:
                region.doubts = CountErrors(piece, partial(self.counts, region))
        last = pieces[-1].end if pieces else 0
        self.regions.append(Region(last, last, rate=self.rate))
        self.most_at = [0]  # most and least from the first cut to each cut
        self.least_at = [0]
        for region in self.regions[1:-1]:
            whole_most, whole_least = _whole(region)
            self.most_at.append(self.most_at[-1] + whole_most)
            self.least_at.append(self.least_at[-1] + whole_least)

    def scaled(self, kwh: Fraction) -> int:
        """An exact kWh in this timeline's integer scale."""
        return kwh.numerator * (self.scale // kwh.denominator)

    def kwh(self, scaled: int) -> Fraction:
        """Back from the integer scale."""
        return Fraction(scaled, self.scale)

    def counts(self, region: Region, t: int) -> tuple[int, int]:
        """(at least, at most) the cumulative count at t inside a counted region. Raises ValueError."""
        piece = region.piece
        assert piece is not None
        if t >= piece.end:
            return piece.last, piece.last
        if t <= piece.start:
            return piece.first, piece.first
        if self._count is None:
            return piece.first, piece.last
        low, high = self._count(t)
        if not max(low, piece.first) <= min(high, piece.last):
            raise ValueError(
                f"the count at {t} cannot be {low} to {high}: "
                f"the piece around it runs from {piece.first} to {piece.last}"
            )
        low, high = max(low, piece.first), min(high, piece.last)
        return low, high

    def point(self, t: int) -> Point:
        """The numbers of an instant. Raises ValueError when its count contradicts its piece."""
        return self.inside(bisect_left(self.cuts, t), t)

    def inside(self, index: int, t: int) -> Point:
        """The numbers of an instant within a region that it lies in or borders on.

        At the region's start they hold only for use within it.
        """
        region = self.regions[index]
        if region.piece is not None:
            return self._counted_point(t, index, region, region.piece)
        if index == 0:  # before the first piece: measured backwards from the first cut
            u = region.rate * (t - region.end)
            return Point(t, 0, None, 0, u, u, 0, 0, 0, u, 0, 0)
        u = region.rate * (t - region.start)
        before = index - 1
        if index == len(self.regions) - 1:
            to, sure = self.most_at[before] + u, self.least_at[before]
            return Point(t, index, None, 0, u, u, 0, 0, to, to, sure, sure)
        whole = region.rate * (region.end - region.start)
        slack = whole - region.low  # a part of the stretch may lack what the rest can have carried
        cap = whole if region.cap is None else min(region.cap, whole)
        return Point(
            t,
            index,
            cap,
            0,
            u,
            u,
            u - slack,
            u,
            self.most_at[before] + min(cap, u),
            self.most_at[index] - min(cap, whole - u),
            self.least_at[before] + max(0, u - slack),
            self.least_at[index] - max(0, region.low - u),
        )

    def stretches(self, t1: int, t2: int) -> Iterator[tuple[int, int, int]]:
        """What t1..t2 is made of, by time: (start, end, index of the region), without empty ones."""
        start = t1
        for index in range(bisect_left(self.cuts, t1), len(self.regions)):
            end = min(t2, self.cuts[index]) if index < len(self.cuts) else t2
            if start < end:
                yield start, end, index
                start = end
            if end == t2:
                return

    def _counted_point(self, t: int, index: int, region: Region, piece: Counted) -> Point:
        low, high = self.counts(region, t)
        unit = region.unit
        counted = (low + high) * unit // 2 - piece.first * unit
        missing_to = missing_from = 0
        sure_low, sure_high, sure = low, high, piece.last
        if region.doubts is not None:
            missing_to, missing_from = region.doubts.missed_until(t), region.doubts.missed_before(t)
            sure_low, sure_high = region.doubts.sure_until(low), region.doubts.sure_before(high)
            sure = region.doubts.sure_until(piece.last)
        most_to, most_from = (high + missing_to + 1) * unit, (low + missing_from) * unit
        least_to, least_from = (sure_low - 1) * unit, sure_high * unit
        most_a, most_b = self.most_at[index - 1], self.most_at[index]
        least_a, least_b = self.least_at[index - 1], self.least_at[index]
        if t == region.end:
            return Point(
                t,
                index,
                None,
                counted,
                most_to,
                most_from,
                least_to,
                least_from,
                most_b,
                most_b,
                least_b,
                least_b,
            )
        begin = piece.first * unit
        left = (sure - 1) * unit - least_from
        return Point(
            t,
            index,
            None,
            counted,
            most_to,
            most_from,
            least_to,
            least_from,
            most_a + most_to - begin,
            most_a + most_from - begin,
            least_a + max(0, least_to - begin),
            least_b - max(0, left),
        )


def _gap(
    before: Counted, after: Counted, link: Blind | None, rate: Fraction
) -> tuple[Blind, Fraction, Fraction, Fraction]:
    """A link with its largest power in kWh/ms, ``rate`` as a rule, and its energy limits in kWh."""
    elapsed = after.start - before.end
    if elapsed < 0:
        raise ValueError(
            f"the counted piece from {after.start} starts before the one before it ends, at {before.end}"
        )
    link = link or Blind()
    if link.low and link.low > rate * elapsed:
        if elapsed == 0:
            raise ValueError(f"no time passed at {after.start}, so no energy can have flowed unseen")
        # A stated energy contradicts a breaker set too small; the statement wins over the setting.
        rate = (link.low if link.high is None else link.high) / elapsed
    high = rate * elapsed
    if link.high is not None:
        high = min(high, link.high)
    return link, rate, link.low, high


def _whole(region: Region) -> tuple[int, int]:
    """(most, least) energy of a region from end to end."""
    if region.piece is None:
        return (region.cap or 0), region.low
    first, last = region.piece.first, region.piece.last
    missing, sure = 0, last
    if region.doubts is not None:
        missing, sure = region.doubts.missed_until(region.end), region.doubts.sure_until(last)
    if region.start == region.end and last - first + missing == 0:
        return 0, 0
    return (last - first + missing + 1) * region.unit, max(0, sure - first - 1) * region.unit
