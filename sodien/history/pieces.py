"""Counted pieces and the blind stretches between them, read from the ledger and cut where a meter changed.

Only the rare rows are read (gaps and what was said of them); single ticks are looked up on demand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from sodien.history.gaps import Gap
from sodien.history.installations import Installation
from sodien.metering.register.observations import Blind, Counted, CountError

if TYPE_CHECKING:
    from sodien.history.counts import Counts

#: The cumulative count at an instant (ms UTC), as (at least, at most).
Lookup = Callable[[int], tuple[int, int]]
_ANY = Fraction(1)  # stands for the constant until the pieces are cut


@dataclass(slots=True)
class Pieces:
    """Pieces by time and the links between them, one fewer."""

    pieces: list[Counted] = field(default_factory=list)
    links: list[Blind] = field(default_factory=list)

    def count(self, lookup: Lookup) -> Lookup:
        """A lookup that never leaves the count of the piece it is asked in."""
        starts = [piece.start for piece in self.pieces]

        def count(at: int) -> tuple[int, int]:
            low, high = lookup(at)
            piece = self.pieces[max(0, bisect_right(starts, at) - 1)]
            return min(max(low, piece.first), piece.last), max(min(high, piece.last), piece.first)

        return count


def joined(
    pieces: Sequence[Counted],
    gaps: Sequence[Gap],
    installations: Sequence[Installation],
    vague: Sequence[Counted] = (),
) -> Pieces:
    """Pieces with the gaps between them as evidence.

    Of the ``vague`` ones it is not sure when they began or ended.
    """
    links = []
    for before, gap, after in zip(pieces, gaps, pieces[1:], strict=False):
        constants = [
            c for installation in installations_over(installations, gap.start, gap.end) for c in installation
        ]
        links.append(gap.blind(constants, after.start - before.end))
        if before in vague or after in vague:
            # The clock was wrong, so it may have been longer, and hold what was counted beside it.
            high = gap.outage.flowed(constants, (after.start - before.end) * 1_000_000).high
            links[-1] = Blind(Fraction(0), high, gap.reason)
    return Pieces(list(pieces), links)


def sure(
    pieces: Sequence[Counted], gaps: Sequence[Gap], ticks: Counts
) -> tuple[list[Counted], list[Counted]]:
    """Pieces cut back to the time in which it is sure that they were counted, where a clock was wrong.

    What was counted in the time that was cut off is in doubt: it may lie in the gap beside. Returns all
    pieces, and those of which it is not sure when they began or ended.
    """
    found: list[Counted] = []
    vague: list[Counted] = []
    until: int | None = None
    for piece, gap in zip(reversed(pieces), [*reversed(gaps), None], strict=True):
        begun, ended = ticks.hull(piece.start), ticks.hull(piece.end)
        if gap is not None and gap.same_boot:
            # It was dated by where the gap before it began.
            early, late = (at + piece.start - gap.start for at in ticks.hull(gap.start))
            begun = min(begun[0], early), max(begun[1], late)
        start, end = begun[1], ended[0]
        if until is not None:
            end = min(end, until)
        start = min(start, end)
        extra = piece.extra
        if start != piece.start or begun[0] != begun[1]:
            extra += max(0, min(ticks.count(start)[1], piece.last) - piece.first)
        if end != piece.end or ended[0] != ended[1]:
            extra += max(0, piece.last - max(ticks.count(end)[0], piece.first))
        found.insert(0, replace(piece, start=start, end=end, extra=min(extra, piece.last - piece.first)))
        if (start, end) != (piece.start, piece.end) or begun[0] != begun[1] or ended[0] != ended[1]:
            vague.append(found[0])
        until = start
    return found, vague


def installations_over(installations: Sequence[Installation], start: int, end: int) -> list[list[Fraction]]:
    """The constants of each installation that touches a span."""
    return [
        installation.constants_over(start, end)
        for installation in installations
        if (installation.end is None or installation.end >= start)
        and (installation.start is None or installation.start <= end)
    ]


def of_installation(
    whole: Pieces, installation: Installation, after: Installation | None, lookup: Lookup
) -> Pieces:
    """The part of one installation, with its constants; ``after`` is the next, for how exactly it began.

    It reaches to where the meter was installed at most. What was counted while another may have been is
    in doubt, and a gap then need not hold anything.
    """
    part = whole
    if installation.start is not None:
        _, part = divided(part, installation.start - installation.within, lookup)
        part = _shared(
            part, installation.start - installation.within, installation.start + installation.within, lookup
        )
    if installation.end is not None:
        within = after.within if after else 0
        part, _ = divided(part, installation.end + within, lookup)
        part = _shared(part, installation.end - within, installation.end + within, lookup)
    result = Pieces()
    for index, piece in enumerate(part.pieces):
        rest = Pieces([replace(piece, constant=installation.constant(piece.start))])
        for since, constant in installation.constants:
            if piece.start < since < piece.end:
                done, rest = divided(rest, since, lookup)
                result.pieces += done.pieces
                result.links.append(Blind(Fraction(0), Fraction(0)))
                rest.pieces[0] = replace(rest.pieces[0], constant=constant)
        result.pieces += rest.pieces
        if index < len(part.links):
            result.links.append(part.links[index])
    return result


def divided(whole: Pieces, at: int, lookup: Lookup) -> tuple[Pieces, Pieces]:
    """What lies before and after an instant; both parts reach to it.

    Pulses of which it is not known on which side they fell are in doubt on both.
    """
    pieces, links = whole.pieces, whole.links
    index = bisect_right([piece.start for piece in pieces], at) - 1
    if index >= 0 and at <= pieces[index].end:
        before, after = _cut(pieces[index], at, lookup)
        return (
            Pieces([*pieces[:index], before], links[:index]),
            Pieces([after, *pieces[index + 1 :]], links[index:]),
        )
    # In a gap, or outside of what was counted: an empty piece marks the instant.
    left = Pieces(pieces[: index + 1], links[: max(0, index)])
    right = Pieces(pieces[index + 1 :], links[index + 1 :])
    gap = links[index] if 0 <= index < len(links) else None
    part = Blind(Fraction(0), gap.high if gap else None, gap.reason if gap else "")
    if left.pieces:
        left.links.append(part)
    if right.pieces:
        right.links.insert(0, part)
    last = left.pieces[-1].last if left.pieces else right.pieces[0].first if right.pieces else 0
    first = right.pieces[0].first if right.pieces else last
    left.pieces.append(Counted(at, at, last, last, _ANY))
    right.pieces.insert(0, Counted(at, at, first, first, _ANY))
    return left, right


def _cut(piece: Counted, at: int, lookup: Lookup) -> tuple[Counted, Counted]:
    low, high = _count(piece, at, lookup)
    loose = (CountError(at, at, extra=high - low),) if high > low else ()
    early = tuple(_within(doubt, piece.start, at) for doubt in piece.doubts if doubt.start <= at)
    late = tuple(_within(doubt, at, piece.end) for doubt in piece.doubts if doubt.end >= at)
    before = replace(piece, end=at, last=high, doubts=early + loose)
    return before, replace(piece, start=at, first=low, doubts=late + loose)


def _shared(part: Pieces, start: int, end: int, lookup: Lookup) -> Pieces:
    """The pieces with doubt from ``start`` to ``end``, where another meter may have been installed."""
    if start == end:
        return part
    pieces = []
    for piece in part.pieces:
        a, b = max(piece.start, start), min(piece.end, end)
        if a <= b:
            extra = _count(piece, b, lookup)[1] - _count(piece, a, lookup)[0]
            piece = replace(piece, doubts=(*piece.doubts, CountError(a, b, extra=extra)))
        pieces.append(piece)
    links = [
        replace(link, low=Fraction(0)) if before.end <= end and after.start >= start else link
        for before, link, after in zip(part.pieces, part.links, part.pieces[1:], strict=False)
    ]
    return Pieces(pieces, links)


def _count(piece: Counted, at: int, lookup: Lookup) -> tuple[int, int]:
    if at <= piece.start:
        return piece.first, piece.first
    if at >= piece.end:
        return piece.last, piece.last
    low, high = lookup(at)
    return min(max(low, piece.first), piece.last), max(min(high, piece.last), piece.first)


def _within(doubt: CountError, start: int, end: int) -> CountError:
    return replace(doubt, start=max(doubt.start, start), end=min(doubt.end, end))
