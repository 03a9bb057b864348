"""Coverage: how much of a span was counted, how much was not, and why; pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from sodien.metering.register.observations import Counted


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a span was counted, in ms.

    Attributes:
        elapsed: its length.
        counted: what of it was counted.
        blind: (start, end, reason) of what was not, by time: the reasons of the gaps, and ``before`` and
            ``after`` all that was counted.
    """

    elapsed: int
    counted: int
    blind: tuple[tuple[int, int, str], ...]

    @property
    def share(self) -> float | None:
        """Counted time as a share of all (0 to 1); None for a span without length."""
        return self.counted / self.elapsed if self.elapsed else None

    @property
    def by_reason(self) -> dict[str, int]:
        """Blind time (ms) by reason; with ``counted`` it adds up to ``elapsed``."""
        found: dict[str, int] = {}
        for start, end, reason in self.blind:
            found[reason] = found.get(reason, 0) + end - start
        return found


def coverage(pieces: Sequence[Counted], reasons: Sequence[str], t1: int, t2: int) -> Coverage:
    """The coverage of t1..t2 (ms UTC).

    ``pieces`` are by time and do not overlap; ``reasons``, one fewer, say why nothing was counted between
    them. Raises ValueError when t2 is before t1.
    """
    if t2 < t1:
        raise ValueError(f"the span from {t1} ends before it starts, at {t2}")
    counted, blind, at = 0, [], t1
    index = bisect_right(pieces, t1, key=attrgetter("end"))
    while at < t2:
        piece = pieces[index] if index < len(pieces) else None
        start = t2 if piece is None else min(max(piece.start, at), t2)
        if at < start:
            why = "before" if index == 0 else "after" if piece is None else reasons[index - 1]
            blind.append((at, start, why))
        at = start if piece is None else min(piece.end, t2)
        counted += at - start
        index += 1
    return Coverage(t2 - t1, counted, tuple(blind))
