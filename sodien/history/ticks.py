"""Looking up a count: ticks are found by their place in the ledger, never by their date.

Within a run the ticks of a meter are in order of both sequence number and monotonic time, so the one that is
looked for is found by interpolation between two that are known, mostly in one look-up.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import islice
from typing import NamedTuple

from sodien.ledger.store import Ledger, Row
from sodien.metering.register.observations import CountError

#: Reading begins so many entries before where a tick should be,
_NEAR = 4
#: and so many ticks are read on before it is searched again.
_FEW = 32
#: A pulse that is noted late began no earlier than this before.
LATE_MS = 60_000
#: Look-ups that finding the times of doubts may cost.
_MOST_LOOKS = 400


class Seen(NamedTuple):
    """A tick on the line: ms, when the first new pulse before it began, its count and doubt."""

    seq: int
    at: int
    first: int
    pulses: int
    doubt: int


class Ticks:
    """One meter's ticks from one to another of the same run; ``down`` puts monotonic ns on the line."""

    def __init__(self, ledger: Ledger, meter: str, head: Row, tail: Row, down: Callable[[int], int]) -> None:
        self._ledger, self._meter, self._down = ledger, meter, down
        self.head, self.tail = self.seen(head), self.seen(tail)
        self._found: list[tuple[Seen, Seen]] = []  # neighbours, by time

    def seen(self, row: Row) -> Seen:
        """A tick of this run on the line."""
        at = self._down(row.mono or 0)
        return Seen(row.seq, at, at - (row.first or 0), row.pulses or 0, row.doubt)

    def go_on(self, tail: Row) -> None:
        """The run has written more; ``tail`` is its last tick now."""
        self.tail = self.seen(tail)

    def around(self, at: int) -> tuple[Seen | None, Seen | None]:
        """The last tick at or before an instant of the line, and the first one after it."""
        if at < self.head.at:
            return None, self.head
        if at >= self.tail.at:
            return self.tail, None
        place = bisect_right(self._found, at, key=lambda pair: pair[0].at)
        low = self._found[place - 1] if place else (self.head, self.head)
        if at >= low[1].at:
            high = self._found[place][0] if place < len(self._found) else self.tail
            low = self._search(at, low[1], high)
            self._found.insert(place, low)
        return low

    def _search(self, at: int, low: Seen, high: Seen) -> tuple[Seen, Seen]:
        """The neighbours between which an instant lies, within two ticks around it."""
        below, step = high.seq, 0
        while below - low.seq > 1:
            step += 1
            share = (at - low.at) / (high.at - low.at) if step % 3 else 0.5
            guess = low.seq + int((below - low.seq) * share) - _NEAR
            guess = min(max(guess, low.seq + 1), below - 1)
            moved = False
            for row in islice(self._ledger.ticks_from(self._meter, guess, below), _FEW):
                found = self.seen(row)
                if found.at > at:
                    if moved:
                        return low, found
                    high = found
                    break
                low, moved = found, True
            if not moved:
                below = guess
        return low, high

    def doubts(self, before: int, start: int, end: int) -> tuple[CountError, ...]:
        """When the pulses in doubt came that were added since ``before``, within start..end of the line.

        Found by halving between ticks as long as the look-ups last; where they do not, windows stay wide.
        """
        found: list[CountError] = []
        looks = _MOST_LOOKS
        first = self.head._replace(doubt=min(before, self.tail.doubt))
        spans = [(first, self.tail)] if self.tail.doubt > first.doubt else []
        while spans:
            a, b = spans.pop()
            row = None
            if looks > 0 and b.seq - a.seq > 1:
                looks -= 1
                middle = (a.seq + b.seq + 1) // 2
                row = self._ledger.tick_from(self._meter, middle, b.seq)
                if row is None and middle > a.seq + 1:
                    row = self._ledger.tick_from(self._meter, a.seq + 1, middle)
            if row is None:
                # A late pulse belongs before the tick that it was noted after.
                window = max(start, min(a.at - LATE_MS, end)), max(start, min(b.at, end))
                found.append(CountError(*window, b.doubt - a.doubt, b.doubt - a.doubt))
                continue
            middle_tick = self.seen(row)
            doubt = min(max(middle_tick.doubt, a.doubt), b.doubt)
            middle_tick = middle_tick._replace(doubt=doubt)
            spans += [(middle_tick, b)] if b.doubt > doubt else []
            spans += [(a, middle_tick)] if doubt > a.doubt else []
        return tuple(found)
