"""What to send next, pure: the ledger is the outbox, this remembers what is under way and what is done.

An entry is done when the collector confirms that the database has it (or, where no collector listens, when
the broker has taken it). Until then it is sent again, after a time-out that backs off. New entries go
first and one by one; a backlog follows behind in batches, a few at a time, so that a month of it never
delays what happens now and never fills the client's memory.

Times are seconds of any monotonic clock, given as arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sodien.ranges import Ranges

BATCH = 250
WINDOW = 6
LIVE_WINDOW = 64
TIMEOUT_S = 10.0
TIMEOUT_CAP_S = 300.0


@dataclass(slots=True)
class Sent:
    """A message under way."""

    seqs: tuple[int, ...]
    deadline: float
    attempts: int
    live: bool


class Outbox:
    """Decides what is sent when. Not thread-safe; the publishing thread owns it.

    Attributes:
        done: what is confirmed.
        aside: what cannot be sent by this program; it is not waited for, and a later version may try again.
    """

    def __init__(self, confirmed: Iterable[tuple[int, int]], newest: int) -> None:
        """Start with what the ledger says is confirmed; ``newest`` is its last sequence number now."""
        self.done = Ranges(confirmed)
        self.aside: set[int] = set()
        self._under_way: dict[int, Sent] = {}
        self._busy: set[int] = set()
        self._ticket = 0
        self._live_next = newest
        self._back_next = self.done.first_missing() - 1
        self._back_end = newest + 1

    # -- choosing --------------------------------------------------------------------------------------

    def live_after(self) -> int | None:
        """Send entries above this number now, one a message; None while too many are under way."""
        live = sum(1 for sent in self._under_way.values() if sent.live)
        return self._live_next if live < LIVE_WINDOW else None

    def live_seen(self) -> int:
        """Up to here the live lane has looked; above it lies what nobody sent yet."""
        return self._live_next

    def backlog(self) -> tuple[int, int] | None:
        """(after, before): the stretch the next batch of the backlog comes from; None when not now."""
        batches = sum(1 for sent in self._under_way.values() if not sent.live)
        if batches >= WINDOW or self._back_next + 1 >= self._back_end:
            return None
        return self._back_next, self._back_end

    def wanted(self, seq: int) -> bool:
        """Whether this entry still has to be sent and is not under way."""
        return seq not in self.done and seq not in self._busy and seq not in self.aside

    def due(self, now: float) -> list[tuple[int, Sent]]:
        """Messages whose confirmation is overdue, oldest first: send them again."""
        late = [(ticket, sent) for ticket, sent in self._under_way.items() if sent.deadline <= now]
        return sorted(late, key=lambda item: item[1].deadline)

    def deadline(self) -> float | None:
        """When the next confirmation is overdue."""
        return min((sent.deadline for sent in self._under_way.values()), default=None)

    def waiting(self, newest: int) -> int:
        """How many entries of a ledger that ends with ``newest`` are neither done nor set aside."""
        return newest - self.done.total() - sum(seq not in self.done for seq in self.aside)

    # -- what happened ---------------------------------------------------------------------------------

    def sent(self, seqs: Sequence[int], now: float, *, live: bool, attempts: int = 1) -> int:
        """These entries went out as one message; returns its ticket."""
        self._ticket += 1
        wait = min(TIMEOUT_CAP_S, TIMEOUT_S * 2 ** (attempts - 1))
        self._under_way[self._ticket] = Sent(tuple(seqs), now + wait, attempts, live)
        self._busy.update(seqs)
        return self._ticket

    def passed(self, seq: int, *, live: bool) -> None:
        """Everything up to ``seq`` of this lane has been looked at."""
        if live:
            self._live_next = max(self._live_next, seq)
        else:
            self._back_next = max(self._back_next, seq)

    def take_back(self, ticket: int) -> Sent | None:
        """A message that is about to be sent again (or split)."""
        sent = self._under_way.pop(ticket, None)
        if sent is not None:
            self._busy.difference_update(sent.seqs)
        return sent

    def confirmed(self, ranges: Iterable[tuple[int, int]], newest: int, now: float) -> int:
        """The collector has these; returns how many are newly done.

        A confirmation also shows that somebody listens again: whatever waits out a long back-off is due at
        once. Numbers the ledger never gave out (another device, a mistake) are ignored.
        """
        before = self.done.total()
        for first, last in ranges:
            if 1 <= first <= last <= newest:
                self.done.add(first, last)
        self._forget_done()
        fresh = self.done.total() - before
        if fresh:
            for sent in self._under_way.values():
                if sent.attempts > 1:
                    sent.deadline = min(sent.deadline, now + TIMEOUT_S)
        return fresh

    def _forget_done(self) -> None:
        for ticket, sent in list(self._under_way.items()):
            left = tuple(seq for seq in sent.seqs if seq not in self.done)
            if left != sent.seqs:
                self._busy.difference_update(sent.seqs)
                if left:
                    sent.seqs = left
                    self._busy.update(left)
                else:
                    del self._under_way[ticket]

    def acknowledged(self, ticket: int) -> None:
        """The broker has this message; only with ``confirm: broker`` does that make its entries done."""
        sent = self.take_back(ticket)
        for seq in sent.seqs if sent else ():
            self.done.add(seq, seq)

    def rescan(self, newest: int) -> None:
        """Look at the whole ledger again for what is not done: after rows were dated, or on reconnecting.

        The newest entries stay in the live lane: a reading typed in while much piled up does not wait for it.
        """
        self._back_next = self.done.first_missing() - 1
        self._back_end = newest + 1
        self._live_next = max(self._live_next, newest - LIVE_WINDOW)

    def replay(self, seq: int, newest: int) -> None:
        """Somebody lost what came from ``seq`` on: it is not done any more."""
        self.done.remove_from(max(1, seq))
        self.rescan(newest)
        self._back_next = min(self._back_next, max(0, seq - 1))
