"""Coverage: how much of a span was counted, how much was not, and why; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    counted, blind, at, why = 0, [], t1, "before"
    for piece, after in zip(pieces, (*reasons, "after"), strict=bool(pieces)):
        start, end = min(max(piece.start, at), t2), min(max(piece.end, at), t2)
        if at < start:
            blind.append((at, start, why))
        counted += end - start
        at, why = end, after
    if at < t2:
        blind.append((at, t2, why))
    return Coverage(t2 - t1, counted, tuple(blind))
