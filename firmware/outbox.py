"""What to send next, pure: the ledger is the outbox, this remembers what is under way and what is done.

An entry ends in one of two ways: *done*, when the collector confirms that the database has it (or, where no
collector listens, when the broker has taken it), or *refused*, because the collector says so or because what
was sent after it is answered again and again and it is not. Until then it is sent again, after a time-out
that backs off. What is refused stays marked until somebody asks for it again. New entries go first and one by
one; a backlog follows behind in batches, a few at a time, so that a month of it never delays what happens now
and never fills the client's memory. Whatever is overtaken by answers gives its place in the window back, so
that nothing holds up its neighbours.

Times are seconds of any monotonic clock, given as arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sodien.ledger.refusals import Refusals
from sodien.ranges import Ranges

BATCH = 250
WINDOW = 6
LIVE_WINDOW = 64
TIMEOUT_S = 10.0
TIMEOUT_CAP_S = 300.0
#: An entry alone in its message that was overtaken so often will not be answered.
UNANSWERED = 8
NO_ANSWER = "no answer to this entry, while others sent after it were answered"


@dataclass(slots=True)
class Sent:
    """A message under way.

    Attributes:
        overtaken: attempts, this one included, during which something sent later was answered. One during
            which nothing was answered says nothing, and is not counted.
        overtaken_now: whether that has happened during this attempt.
    """

    seqs: tuple[int, ...]
    deadline: float
    attempts: int
    live: bool
    overtaken: int = 0
    overtaken_now: bool = False


class Outbox:
    """Decides what is sent when. Not thread-safe; the publishing thread owns it.

    Attributes:
        done: what is confirmed.
        aside: what cannot be sent by this program; it is not waited for, and a later version may try again.
    """

    def __init__(
        self, confirmed: Iterable[tuple[int, int]], newest: int, refused: Refusals | None = None
    ) -> None:
        """Start with what the ledger says is confirmed and refused; ``newest`` is its last number now."""
        self.done = Ranges(confirmed)
        self.aside: set[int] = set()
        self.refused = refused or Refusals()
        for first, last in self.done.items():
            self.refused.discard(first, last)
        self._settled = Ranges([*self.done.items(), *self.refused.all.items()])
        self._under_way: dict[int, Sent] = {}
        self._busy: set[int] = set()
        self._ticket = 0
        self._live_next = newest
        self._back_next = self._settled.first_missing() - 1
        self._back_end = newest + 1

    # -- choosing --------------------------------------------------------------------------------------

    def live_after(self) -> int | None:
        """Send entries above this number now, one a message; None while too many are under way."""
        live = sum(1 for sent in self._under_way.values() if sent.live and not sent.overtaken)
        return self._live_next if live < LIVE_WINDOW else None

    def live_seen(self) -> int:
        """Up to here the live lane has looked; above it lies what nobody sent yet."""
        return self._live_next

    def backlog(self) -> tuple[int, int] | None:
        """(after, before): the stretch the next batch of the backlog comes from; None when not now."""
        batches = sum(1 for sent in self._under_way.values() if not sent.live and not sent.overtaken)
        if batches >= WINDOW or self._back_next + 1 >= self._back_end:
            return None
        return self._back_next, self._back_end

    def wanted(self, seq: int) -> bool:
        """Whether this entry still has to be sent and is not under way."""
        return seq not in self._settled and seq not in self._busy and seq not in self.aside

    def oldest(self, newest: int) -> int | None:
        """The first entry that has not ended yet; None when all have."""
        first = self._settled.first_missing()
        return first if first <= newest else None

    def due(self, now: float) -> list[tuple[int, Sent]]:
        """Messages whose confirmation is overdue, oldest first: send them again."""
        late = [(ticket, sent) for ticket, sent in self._under_way.items() if sent.deadline <= now]
        return sorted(late, key=lambda item: item[1].deadline)

    def deadline(self) -> float | None:
        """When the next confirmation is overdue."""
        return min((sent.deadline for sent in self._under_way.values()), default=None)

    def waiting(self, newest: int) -> int:
        """How many entries of a ledger that ends with ``newest`` are neither done, refused nor set aside."""
        return newest - self._settled.total() - sum(seq not in self._settled for seq in self.aside)

    # -- what happened ---------------------------------------------------------------------------------

    def sent(
        self, seqs: Sequence[int], now: float, *, live: bool, attempts: int = 1, overtaken: int = 0
    ) -> int:
        """These entries went out as one message; returns its ticket."""
        self._ticket += 1
        wait = min(TIMEOUT_CAP_S, TIMEOUT_S * 2 ** min(attempts - 1, 16))
        self._under_way[self._ticket] = Sent(tuple(seqs), now + wait, attempts, live, overtaken)
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

    def confirmed(
        self,
        ranges: Iterable[tuple[int, int]],
        newest: int,
        now: float,
        refused: Iterable[tuple[int, str]] = (),
    ) -> int:
        """The collector has these, and the database refuses those for good; returns how many newly ended.

        What one collector refuses and another has stored is stored. An answer also shows that somebody
        listens again: whatever waits out a long back-off is due soon, unless it was overtaken: that one is
        the trouble itself. Numbers the ledger never gave out (another device, a mistake) are ignored.
        """
        before = self._settled.total()
        for first, last in ranges:
            if 1 <= first <= last <= newest:
                self.done.add(first, last)
                self.refused.discard(first, last)
                self._settled.add(first, last)
        for seq, why in refused:
            if 1 <= seq <= newest and seq not in self.done:
                self._refuse(seq, why)
        self._forget_settled()
        fresh = self._settled.total() - before
        if fresh:
            for sent in self._under_way.values():
                if sent.attempts > 1 and not sent.overtaken:
                    sent.deadline = min(sent.deadline, now + TIMEOUT_S)
        return fresh

    def _refuse(self, seq: int, why: str) -> None:
        self.refused.add(seq, why)
        self._settled.add(seq, seq)

    def _forget_settled(self) -> None:
        """What has ended is not under way any more; what was sent before it, or with it, is overtaken."""
        answered = 0
        for ticket, sent in list(self._under_way.items()):
            left = tuple(seq for seq in sent.seqs if seq not in self._settled)
            if left != sent.seqs:
                answered = ticket  # tickets only grow
                self._busy.difference_update(sent.seqs)
                if left:
                    sent.seqs = left
                    self._busy.update(left)
                else:
                    del self._under_way[ticket]
        for ticket, sent in self._under_way.items():
            if ticket <= answered and not sent.overtaken_now:
                sent.overtaken_now = True
                sent.overtaken += 1

    def acknowledged(self, ticket: int) -> None:
        """The broker has this message; only with ``confirm: broker`` does that make its entries done."""
        sent = self.take_back(ticket)
        for seq in sent.seqs if sent else ():
            self.done.add(seq, seq)
            self._settled.add(seq, seq)

    def given_up(self, ticket: int) -> int | None:
        """An entry that is due, stood alone and was overtaken too often is refused; its number, else None."""
        sent = self._under_way.get(ticket)
        if sent is None or len(sent.seqs) != 1 or sent.overtaken < UNANSWERED:
            return None
        self.take_back(ticket)
        self.refuse(sent.seqs[0], NO_ANSWER)
        return sent.seqs[0]

    def refuse(self, seq: int, why: str) -> None:
        """This entry cannot be delivered, because …; it must not be under way."""
        if seq not in self.done:
            self._refuse(seq, why)

    def rescan(self, newest: int) -> None:
        """Look at the whole ledger again for what is not done: after rows were dated, or on reconnecting.

        The newest entries stay in the live lane: a reading typed in while much piled up does not wait for it.
        """
        self._back_next = self._settled.first_missing() - 1
        self._back_end = newest + 1
        self._live_next = max(self._live_next, newest - LIVE_WINDOW)

    def replay(self, seq: int, newest: int) -> None:
        """Somebody lost what came from ``seq`` on: it is neither done nor refused any more."""
        self.done.remove(max(1, seq))
        self.refused.discard(max(1, seq))
        self._settled.remove(max(1, seq))
        self.rescan(newest)
        self._back_next = min(self._back_next, max(0, seq - 1))

    def offer_refused(self, newest: int) -> None:
        """What was refused is sent again, because the reason may be gone."""
        for first, last in self.refused.all.items():
            self.refused.discard(first, last)
            self._settled.remove(first, last)
        self.rescan(newest)
