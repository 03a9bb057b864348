"""What to send next, pure: the ledger is the outbox, this remembers what is under way and what is done.

An entry ends in one of two ways: *done*, when the collector confirms that the database has it (or, where no
collector listens, when the broker has taken it), or *refused*, because the collector says so or because what
was sent after it is answered again and again and it is not. Until then it is sent again, after a time-out
that backs off and follows how long answers take: a collector with the backlog of a thousand devices before
it is busy, not deaf, and must not get everything twice. What is refused stays marked until somebody asks for
it again. New entries go first, those that are there together in one message; a backlog follows in batches,
few at a time, so that a month of it never delays what happens now and never fills the client's memory.
Whatever is overtaken by answers gives its place in the window back, so that nothing holds up its neighbours.

A broker that ends the connection because a message is too long does not say so in MQTT 3.1.1. So a message
during which a connection ended goes out again in halves, and further batches are smaller for a while; an
entry alone that this happens to again is sent with nothing beside it, and when the connection ends at once
each time, it is the entry, which is refused then.

Times are seconds of any monotonic clock, given as arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sodien.ledger.refusals import Refusals
from sodien.ranges import Ranges

BATCH = 250
#: So many batches of a backlog are under way at most: one at first, one more with each answer to what was
#: sent once, half as many when one is overdue, as RFC 5681 has it for TCP: many devices share one collector.
WINDOW = 6
LIVE_WINDOW = 64
TIMEOUT_S = 10.0
TIMEOUT_CAP_S = 300.0
#: An answer is overdue after so many times what the last one took.
SLACK = 3.0
#: An entry alone in its message that was overtaken so often will not be answered.
UNANSWERED = 8
NO_ANSWER = "no answer to this entry, while others sent after it were answered"
#: Connections that may end during an entry alone in its message until it is sent with nothing beside it, and
#: how many that then end at once are no accident.
SUSPECT, STRIKES, AT_ONCE_S = 2, 4, 5.0
ENDS_CONNECTION = "the broker ends the connection whenever this entry is sent"
#: How long batches stay small after a connection ended during one; four times as long after each further one.
GROW_AFTER_S, GROW_AFTER_CAP_S = 600.0, 6 * 3600.0
#: A suspect that is due for so long holds up the others until it had its turn.
PATIENCE_S = 60.0


@dataclass(slots=True)
class Sent:
    """A message under way.

    Attributes:
        at: when it was sent; ``deadline`` is when its confirmation is overdue.
        overtaken: attempts, this one included, during which something sent later was answered. One during
            which nothing was answered says nothing, and is not counted.
        overtaken_now: whether that has happened during this attempt.
        taken: whether the broker has said anything about it.
        cuts: connections that ended before it did; ``cut_now`` that this has happened to this attempt.
        strikes: how many of them ended at once, while it was the only message without an answer.
        why: what the broker said when it did not take it.
        whole: whether none of its entries has ended.
    """

    seqs: tuple[int, ...]
    at: float
    deadline: float
    attempts: int
    live: bool
    overtaken: int = 0
    overtaken_now: bool = False
    taken: bool = False
    cuts: int = 0
    cut_now: bool = False
    strikes: int = 0
    why: str | None = None
    whole: bool = True

    @property
    def suspect(self) -> bool:
        """Whether it may be what the broker ends connections for."""
        return len(self.seqs) == 1 and self.cuts >= SUSPECT


class Outbox:
    """Decides what is sent when. Not thread-safe; the publishing thread owns it.

    Attributes:
        done: what is confirmed.
        aside: what cannot be sent by this program; it is not waited for, and a later version may try again.
        batch: how many entries a message of the backlog may hold now.
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
        self.batch = BATCH
        self._grow_at = self._grow_after = 0.0
        self._overdue_s = TIMEOUT_S
        self._window = 1
        self._live_next = newest
        self._back_next = self._settled.first_missing() - 1
        self._back_end = newest + 1

    # -- choosing --------------------------------------------------------------------------------------

    def live_after(self) -> int | None:
        """Send entries above this number now; None while too many messages are under way."""
        live = sum(1 for sent in self._under_way.values() if sent.live and not sent.overtaken)
        return self._live_next if live < LIVE_WINDOW else None

    def live_seen(self) -> int:
        """Up to here the live lane has looked; above it lies what nobody sent yet."""
        return self._live_next

    def backlog(self) -> tuple[int, int] | None:
        """(after, before): the stretch the next batch of the backlog comes from; None when not now."""
        batches = sum(1 for sent in self._under_way.values() if not sent.live and not sent.overtaken)
        if batches >= self._window or self._back_next + 1 >= self._back_end:
            return None
        return self._back_next, self._back_end

    def wanted(self, seq: int) -> bool:
        """Whether this entry still has to be sent and is not under way."""
        return seq not in self._settled and seq not in self._busy and seq not in self.aside

    def oldest(self, newest: int) -> int | None:
        """The first entry that still has to end; None when all have, or are set aside."""
        after = 0
        for first, last in [*self._settled.items(), (newest + 1, newest + 1)]:
            for seq in range(after + 1, min(first, newest + 1)):
                if seq not in self.aside:
                    return seq
            after = last
        return None

    def due(self, now: float, *, answered: bool = True) -> list[int]:
        """Tickets of messages to send again now, the longest overdue first.

        A suspect comes alone, once the broker has said something about every other message and, on this
        connection, about any at all (``answered``).
        """
        late = sorted(
            (sent.deadline, ticket) for ticket, sent in self._under_way.items() if sent.deadline <= now
        )
        if self._suspect_under_way():
            return []
        usual = [ticket for _, ticket in late if not self._under_way[ticket].suspect]
        suspects = [ticket for _, ticket in late if self._under_way[ticket].suspect]
        return usual if usual or not answered or self._unheard() else suspects[:1]

    def holds(self, now: float) -> bool:
        """Whether nothing else may be sent, because a suspect is under way or has waited for its turn."""
        return self._suspect_under_way() or any(
            sent.suspect and sent.deadline + PATIENCE_S <= now for sent in self._under_way.values()
        )

    def _suspect_under_way(self) -> bool:
        return any(sent.suspect and not (sent.taken or sent.cut_now) for sent in self._under_way.values())

    def _unheard(self) -> bool:
        return any(not (sent.taken or sent.cut_now) for sent in self._under_way.values())

    def deadline(self) -> float | None:
        """When the next confirmation is overdue."""
        return min((sent.deadline for sent in self._under_way.values()), default=None)

    def waiting(self, newest: int) -> int:
        """How many entries of a ledger that ends with ``newest`` are neither done, refused nor set aside."""
        return newest - self._settled.total() - sum(seq not in self._settled for seq in self.aside)

    # -- what happened ---------------------------------------------------------------------------------

    def sent(self, seqs: Sequence[int], now: float, *, live: bool, before: Sent | None = None) -> int:
        """These entries went out as one message; returns its ticket.

        ``before`` is the message that this one, or a part of it, is again.
        """
        self._ticket += 1
        again = before or Sent((), now, now, 0, live)
        attempts = again.attempts + (0 if again.cut_now else 1)
        wait = self._overdue_s
        if attempts > 1:  # what is sent after it waits as long, until an answer tells (Karn's rule, RFC 6298)
            wait = min(TIMEOUT_CAP_S, max(wait, 2 * (again.deadline - again.at)))
            self._overdue_s = wait
            if not again.overtaken:
                self._window = max(1, self._window // 2)
        self._under_way[self._ticket] = Sent(
            tuple(seqs),
            now,
            now + wait,
            max(1, attempts),
            live,
            overtaken=again.overtaken if len(seqs) == len(again.seqs) else min(1, again.overtaken),
            cuts=again.cuts if len(seqs) == 1 == len(again.seqs) else 0,
            strikes=again.strikes,
        )
        self._busy.update(seqs)
        return self._ticket

    def passed(self, seq: int, *, live: bool) -> None:
        """Everything up to ``seq`` of this lane has been looked at."""
        if live:
            self._live_next = max(self._live_next, seq)
        else:
            self._back_next = max(self._back_next, seq)

    def again(self, ticket: int, now: float) -> tuple[Sent, list[tuple[int, ...]]] | None:
        """Take back a message that is about to be sent again, and the parts in which it should be.

        What is overtaken twice may hold one entry that cannot be stored, and what a connection ended
        during may be too long: both are narrowed down. What is merely late stays whole.
        """
        sent = self._under_way.pop(ticket, None)
        if sent is None:
            return None
        self._busy.difference_update(sent.seqs)
        seqs = sent.seqs
        if len(seqs) >= self.batch > 1 and sent.whole and sent.overtaken_now and not sent.cut_now:
            self._shrink(len(seqs), now)  # MQTT 3.1.1 does not tell what a broker dropped for its length
        narrow = sent.cut_now or (sent.attempts > 1 and sent.overtaken)
        half = (len(seqs) + 1) // 2 if narrow else len(seqs)
        return sent, [part for part in (seqs[:half], seqs[half:]) if part]

    def taken(self, ticket: int, now: float, why: str | None = None, *, too_long: bool = False) -> None:
        """The broker has said that it took a message, or ``why`` it did not; too long ones come in halves."""
        sent = self._under_way.get(ticket)
        if sent is None:
            return
        sent.taken, sent.why = True, why
        if too_long and len(sent.seqs) > 1:
            self._shrink(len(sent.seqs), now)
            sent.cut_now, sent.deadline = True, now
        elif why is None and len(sent.seqs) >= self.batch < BATCH and now >= self._grow_at:
            self.batch = min(BATCH, 2 * self.batch)
            self._grow_at = now + self._grow_after
        elif why is None and len(sent.seqs) >= BATCH:
            self._grow_after = 0.0

    def cut(self, now: float, *, alone: bool = True) -> None:
        """The connection ended: what the broker had not answered is due at once, in smaller messages.

        ``alone``: no message of another kind was unanswered.
        """
        unheard = [sent for sent in self._under_way.values() if not (sent.taken or sent.cut_now)]
        largest = max((len(sent.seqs) for sent in unheard), default=1)
        if largest > 1:
            self._shrink(largest, now)
        for sent in unheard:
            sent.cuts += 1
            sent.cut_now, sent.deadline = True, now
            if alone and len(unheard) == 1 and now - sent.at < AT_ONCE_S and sent.cuts > SUSPECT:
                sent.strikes += 1

    def _shrink(self, failed: int, now: float) -> None:
        """Messages of so many entries are too long, for now."""
        self.batch = max(1, min(self.batch, (failed + 1) // 2))
        self._grow_after = min(GROW_AFTER_CAP_S, max(GROW_AFTER_S, 4 * self._grow_after))
        self._grow_at = now + self._grow_after

    def confirmed(
        self,
        ranges: Iterable[tuple[int, int]],
        newest: int,
        now: float,
        refused: Iterable[tuple[int, str]] = (),
    ) -> int:
        """The collector has these, and the database refuses those for good; returns how many newly ended.

        What one collector refuses and another has stored is stored. An answer also shows that somebody
        listens again: whatever waits out a long back-off is due soon, unless it was overtaken before: that
        one is the trouble itself. Numbers the ledger never gave out (another device, a mistake) are ignored,
        and so are refusals of what is not under way: they answer an older message, when something else held.
        """
        before = self._settled.total()
        for first, last in ranges:
            if 1 <= first <= last <= newest:
                self.done.add(first, last)
                self.refused.discard(first, last)
                self._settled.add(first, last)
        for seq, why in refused:
            if seq in self._busy and seq not in self.done:
                self._refuse(seq, why)
        self._forget_settled(now)
        fresh = self._settled.total() - before
        if fresh:
            for sent in self._under_way.values():
                if sent.attempts > 1 and sent.overtaken <= sent.overtaken_now:
                    sent.deadline = min(sent.deadline, now + self._overdue_s)
        return fresh

    def _refuse(self, seq: int, why: str) -> None:
        self.refused.add(seq, why)
        self._settled.add(seq, seq)

    def _forget_settled(self, now: float) -> None:
        """What has ended is not under way any more; what was sent before it, or with it, is overtaken."""
        answered = 0
        for ticket, sent in list(self._under_way.items()):
            left = tuple(seq for seq in sent.seqs if seq not in self._settled)
            if left != sent.seqs:
                answered = ticket  # tickets only grow
                self._answered(sent, now)
                self._busy.difference_update(sent.seqs)
                if left:
                    sent.seqs, sent.whole = left, False
                    self._busy.update(left)
                else:
                    del self._under_way[ticket]
        for ticket, sent in self._under_way.items():
            if ticket <= answered and not (sent.overtaken_now or sent.cut_now):
                sent.overtaken_now = True
                sent.overtaken += 1

    def _answered(self, sent: Sent, now: float) -> None:
        """Learn from a first answer; to what was sent twice, nobody knows which sending was answered."""
        if sent.attempts == 1 and sent.whole:
            self._window = min(WINDOW, self._window + 1)
            self._overdue_s = min(TIMEOUT_CAP_S, max(TIMEOUT_S, SLACK * (now - sent.at)))

    def acknowledged(self, ticket: int, now: float) -> None:
        """The broker has this message; only with ``confirm: broker`` does that make its entries done."""
        sent = self._under_way.pop(ticket, None)
        if sent is None:
            return
        self._answered(sent, now)
        for seq in sent.seqs:
            self._busy.discard(seq)
            self.done.add(seq, seq)
            self._settled.add(seq, seq)

    def given_up(self, ticket: int) -> int | None:
        """An entry that is due, stood alone and was overtaken too often, or ended connections, is refused.

        Returns its number, else None.
        """
        sent = self._under_way.get(ticket)
        if sent is None or len(sent.seqs) != 1:
            return None
        if sent.overtaken < UNANSWERED and sent.strikes < STRIKES:
            return None
        del self._under_way[ticket]
        self._busy.difference_update(sent.seqs)
        why = ENDS_CONNECTION if sent.strikes >= STRIKES else sent.why or NO_ANSWER
        self.refuse(sent.seqs[0], why)
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

    def forget_sent(self) -> None:
        """What is under way is not waited for: it says something that no longer holds, and is sent again."""
        self._under_way.clear()
        self._busy.clear()

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
