"""Where a count may be wrong, and how much of it is sure between any two instants.

Missing pulses were never counted, so they are placed in time: they may belong to any span that touches their
window. Extra ones are among the counted, so they are placed in the count: of the pulses counted from p to q
at most x are false. Of those from n to m, inside, at least ``m - n - x`` (never below 0) are then true, and
as a sum over disjoint ranges that is again the difference of a number of m and one of n.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate

from sodien.metering.register.observations import Counted, CountError

#: The count at an instant inside a counted piece, as (at least, at most).
Count = Callable[[int], tuple[int, int]]


class CountErrors:
    """The doubts of one counted piece; ``count`` looks up its count."""

    def __init__(self, piece: Counted, count: Count) -> None:
        doubts = [*piece.doubts, CountError(piece.start, piece.end, piece.extra, piece.missing)]
        by_start = sorted((d for d in doubts if d.missing), key=lambda d: d.start)
        by_end = sorted(by_start, key=lambda d: d.end)
        self._starts, self._begun = [d.start for d in by_start], _sums(d.missing for d in by_start)
        self._ends, self._over = [d.end for d in by_end], _sums(d.missing for d in by_end)
        # A pulse at a window's very edge may be counted on either side of it, hence the millisecond.
        ranges = sorted((count(d.start - 1)[0], count(d.end + 1)[1], d.extra) for d in doubts if d.extra)
        merged: list[tuple[int, int, int]] = []
        for p, q, x in ranges:
            if merged and p < merged[-1][1]:
                p_before, q_before, x_before = merged.pop()
                p, q, x = p_before, max(q, q_before), x + x_before
            merged.append((p, q, x))
        self._p, self._q = [p for p, _, _ in merged], [q for _, q, _ in merged]
        self._false = _sums(min(x, q - p) for p, q, x in merged)

    def missed_until(self, t: int) -> int:
        """Pulses that may be missing in windows that open by t."""
        return self._begun[bisect_right(self._starts, t)]

    def missed_before(self, t: int) -> int:
        """Pulses that may be missing in windows that close before t."""
        return self._over[bisect_left(self._ends, t)]

    def sure_until(self, n: int) -> int:
        """The count n less those that may be false, as the end of a span."""
        i = bisect_left(self._p, n)
        if i == 0:
            return n
        p, q, before, after = self._p[i - 1], self._q[i - 1], self._false[i - 1], self._false[i]
        return n - after if n > q else max(p - before, n - after)

    def sure_before(self, n: int) -> int:
        """The count n less those that may be false, as the start of a span: as many as can lie before it."""
        i = bisect_right(self._p, n)
        if i == 0:
            return n
        q, before, after = self._q[i - 1], self._false[i - 1], self._false[i]
        return n - after if n >= q else min(n - before, q - after)


def _sums(values: Iterable[int]) -> list[int]:
    return [0, *accumulate(values)]
