"""Counted pieces and the blind stretches between them, cut where a meter or its constant changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from sodien.history.installations import Installation
from sodien.metering.register.observations import Blind, Counted, CountError

#: The cumulative count at an instant of the line, as (at least, at most).
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

        return lambda at: _count(self.pieces[max(0, bisect_right(starts, at) - 1)], at, lookup)


def of_installation(whole: Pieces, installation: Installation, lookup: Lookup) -> Pieces:
    """The part of one installation, with its constants.

    It reaches to where the meter was installed at most. What was counted while another may have been is
    in doubt, and a gap then need not hold anything.
    """
    part = whole
    if installation.came is not None:
        _, part = divided(part, installation.came[0], lookup)
        part = _shared(part, *installation.came, lookup)
    if installation.went is not None:
        part, _ = divided(part, installation.went[1], lookup)
        part = _shared(part, *installation.went, lookup)
    result = Pieces()
    for index, piece in enumerate(part.pieces):
        rest = Pieces([replace(piece, constant=installation.constant_at(piece.start))])
        for since in installation.constants:
            if piece.start < since.position < piece.end:
                done, rest = divided(rest, since.position, lookup)
                result.pieces += done.pieces
                result.links.append(Blind(Fraction(0), Fraction(0)))
                rest.pieces[0] = replace(rest.pieces[0], constant=since.constant)
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
