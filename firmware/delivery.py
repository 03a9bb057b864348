"""From the ledger to the broker until every entry has ended: one ledger, its outbox, what is under way.

The publishing thread owns it and tells it what happened; nothing here waits, and time is an argument's.

What a crash does at each line: before ``publish`` an entry is in the ledger and not confirmed, and goes out
after the restart; between ``publish`` and the confirmation it goes out again, and the database overwrites
it with itself; after the confirmation and before it is noted in the ledger (every hour, for the
card's sake) the same. Nothing is done before the database has it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from firmware.broker_link import Answered, Link, longest_payload
from firmware.outbox import BATCH, LIVE_WINDOW, Outbox, Sent
from sodien.clock import now_ms
from sodien.ledger.store import Ledger, Row
from sodien.logs import OnceAMinute
from sodien.protocol import entries, messages, times

log = logging.getLogger(__name__)

NOTE_CONFIRMED_S = 3600.0
#: So long a note that is due waits for rows.
NOTE_WITH_ROWS_S = 600.0
#: What the database refuses is noted sooner, so that it is told also after a restart.
NOTE_REFUSED_S = 600.0
#: Strangers may ask for a replay at most so often.
REPLAY_EVERY_S = 30.0
_NOTE_AT_MOST = 5000


class Render(Protocol):
    """Turns ledger rows into wire entries on the publishing thread; what it leaves out is set aside."""

    set_aside: dict[int, str]

    def __call__(self, rows: Sequence[Row]) -> list[entries.Entry]: ...  # noqa: D102


class Delivery:
    """Delivers one ledger's entries over a link.

    Attributes:
        outbox: what is to be sent, under way, done and refused.
        last_confirmed: when an entry was last stored, ms UTC; None before.
    """

    def __init__(
        self,
        ledger: Ledger,
        render: Render,
        link: Callable[[], Link],
        topic: str,
        monotonic: Callable[[], float],
        *,
        confirm: str = "collector",
        warnings: OnceAMinute | None = None,
    ) -> None:
        """Begin with what the ledger says is done.

        Args:
            ledger: this thread's own.
            render: turns its rows into entries.
            link: the present connection.
            topic: of the ledger.
            monotonic: seconds.
            confirm: what makes an entry done: ``collector`` or ``broker``.
            warnings: where to say what may come in floods.
        """
        self._ledger, self._render, self._link, self._topic = ledger, render, link, topic
        self._monotonic, self._confirm = monotonic, confirm
        self._warnings = warnings or OnceAMinute(log, monotonic)
        self._follows = ledger.follows()
        self.outbox = Outbox(ledger.confirmed(), ledger.newest_seq(), ledger.refused())
        self.last_confirmed: int | None = None
        self._tickets: dict[int, int] = {}  # by message number, on this connection
        self._answered = False
        self._most: int | None = None
        self._replay_at = float("-inf")
        self._noted = self._ended()
        self._newest = ledger.newest_seq()
        now = monotonic()
        self._note_at, self._note_refused_at = now + NOTE_CONFIRMED_S, now

    # -- what happened ---------------------------------------------------------------------------------

    def connected(self, largest: int | None) -> None:
        """A connection begins; ``largest`` bytes are the longest packet that the broker takes."""
        self._most = longest_payload(self._topic, largest)
        self._answered = False
        self.outbox.rescan(self._ledger.newest_seq())

    def lost(self, *, alone: bool = True) -> None:
        """The connection has ended, or never began; ``alone``: no other message was unanswered then."""
        self._tickets.clear()
        self.outbox.cut(self._monotonic(), alone=alone)

    def answered(self, answer: Answered) -> bool:
        """The broker said something about a message; whether it is one of entries."""
        self._answered = True
        ticket = self._tickets.pop(answer.mid, None)
        if ticket is None:
            return False
        if answer.refused is None and self._confirm == "broker":
            self.outbox.acknowledged(ticket, self._monotonic())
            self.last_confirmed = now_ms()
        why = f"the broker refuses it: {answer.refused}" if answer.refused else None
        self.outbox.taken(ticket, self._monotonic(), why, too_long=answer.too_long)
        return True

    def stored(self, payload: bytes) -> None:
        """The collector says what is stored and what refused. Raises BadPayload."""
        stored = messages.decode_stored(payload)
        if stored.ledger != self._ledger.id:
            return
        before = self.outbox.refused.total()
        refused = [(one.seq, one.why) for one in stored.refused]
        newest = self._ledger.newest_seq()
        fresh = self.outbox.confirmed(stored.ranges, newest, self._monotonic(), refused)
        if fresh and stored.ranges:
            self.last_confirmed = now_ms()
        if self.outbox.refused.total() > before:
            self._say_refused()

    def replay(self, payload: bytes) -> None:
        """Somebody asks for entries again. Raises BadPayload."""
        replay = messages.decode_replay(payload)
        seq = replay.from_seq
        if seq is None and replay.from_time is not None:
            seq = self._ledger.first_seq_since(times.parse_time(replay.from_time))
        if seq is None:
            return
        now = self._monotonic()
        if now - self._replay_at < REPLAY_EVERY_S:
            log.warning("asked to send again so soon after the last time; ignored")
            return
        self._replay_at = now
        log.info("asked to send again from entry %d on", seq)
        self.outbox.replay(seq, self._ledger.newest_seq())
        self.note()

    def dated(self) -> None:
        """Older rows have got their time."""
        self.outbox.rescan(self._ledger.newest_seq())

    def do_as_asked(self) -> None:
        """Carry out what `sodien replay` has left in the ledger."""
        request = self._ledger.asked_again()
        if request is None:
            return
        newest = self._ledger.newest_seq()
        if (follows := self._ledger.follows()) != self._follows:
            self._follows = follows
            self._tickets.clear()
            self.outbox.forget_sent()
        if request.from_seq is None:
            log.info("asked to send again what was refused: %d entries", self.outbox.refused.total())
            self.outbox.offer_refused(newest)
        else:
            log.info("asked to send again from entry %d on", request.from_seq)
            self.outbox.replay(request.from_seq, newest)
        self.note()
        self._ledger.did_again(request)

    # -- what to do ------------------------------------------------------------------------------------

    def send(self) -> None:
        """Send what is due: new entries first, then what went without an answer, then the backlog."""
        now, outbox = self._monotonic(), self.outbox
        newest = self._ledger.newest_seq()
        if newest > outbox.live_seen() + 2 * LIVE_WINDOW:
            outbox.rescan(newest)  # the collector was away: what piled up is backlog, now comes first
        while not outbox.holds(now) and (after := outbox.live_after()) is not None:
            rows = self._ledger.rows(after, limit=outbox.batch)
            if not rows:
                break
            if wanted := [row for row in rows if outbox.wanted(row.seq)]:
                self._publish(wanted, live=True)
            outbox.passed(rows[-1].seq, live=True)
        for ticket in outbox.due(now, answered=self._answered):
            self._send_again(ticket, now)
        while not outbox.holds(now) and (stretch := outbox.backlog()) is not None:
            limit = outbox.batch
            rows = self._ledger.rows(*stretch, limit=limit)
            wanted = [row for row in rows if outbox.wanted(row.seq)]
            if wanted:
                self._publish(wanted, live=False)
            outbox.passed(rows[-1].seq if len(rows) == limit else stretch[1] - 1, live=False)

    def _send_again(self, ticket: int, now: float) -> None:
        if self.outbox.given_up(ticket) is not None:
            self._say_refused()
            return
        found = self.outbox.again(ticket, now)
        if found is None:
            return
        sent, parts = found
        seqs = set(sent.seqs)
        rows = [
            row
            for row in self._ledger.rows(min(seqs) - 1, max(seqs) + 1, limit=len(seqs) * 4 + BATCH)
            if row.seq in seqs
        ]
        for part in parts:
            if some := [row for row in rows if row.seq in part]:
                self._publish(some, live=sent.live, before=sent)

    def _publish(self, rows: Sequence[Row], *, live: bool, before: Sent | None = None) -> None:
        made = self._render(rows)
        if len(made) < len(rows):
            self._set_aside({row.seq for row in rows} - {entry.seq for entry in made})
            if not made:
                return
        payload = messages.encode_batch(self._ledger.id, made, self._follows)
        if self._most is not None and len(payload) > self._most:
            if len(made) == 1:
                self.outbox.refuse(made[0].seq, f"longer than the broker takes: {len(payload)} bytes")
                self._say_refused()
                return
            half = (len(rows) + 1) // 2
            self._publish(rows[:half], live=live, before=before)
            self._publish(rows[half:], live=live, before=before)
            return
        number = self._link().publish(self._topic, payload)
        seqs = [entry.seq for entry in made]
        self._tickets[number] = self.outbox.sent(seqs, self._monotonic(), live=live, before=before)

    def _set_aside(self, seqs: set[int]) -> None:
        """These rows cannot be rendered: everything else goes on, and a person is told."""
        self.outbox.aside |= seqs
        for seq in sorted(seqs):
            why = self._render.set_aside.get(seq, "")
            self._warnings.warn("aside", f"entry {seq} cannot be sent and was set aside ({why})")

    def _say_refused(self) -> None:
        refused = self.outbox.refused
        self._warnings.warn(
            "refused",
            f"entries the database refuses: {refused.total()}, mostly because: {refused.chief()}; they stay "
            "in the ledger, 'sodien replay' offers them again",
        )

    # -- what the ledger is to remember ----------------------------------------------------------------

    def waiting(self) -> int:
        """How many entries have not ended."""
        return self.outbox.waiting(self._ledger.newest_seq())

    def oldest(self) -> int | None:
        """The first entry that has not ended; None when all have."""
        return self.outbox.oldest(self._ledger.newest_seq())

    def note_if_due(self) -> None:
        """Note in the ledger what has ended, every hour, right after rows were written if any are soon.

        What the file system has yet to write for those, journal and time stamps, serves for the note too.
        """
        now, newest = self._monotonic(), self._ledger.newest_seq()
        wait = NOTE_WITH_ROWS_S if newest == self._newest else 0.0
        self._newest = newest
        (done, refused), (noted, noted_refused) = self._ended(), self._noted
        if (done != noted and (now >= self._note_at + wait or abs(done - noted) > _NOTE_AT_MOST)) or (
            refused != noted_refused and now >= self._note_refused_at
        ):
            self.note()

    def note(self) -> None:
        """Note in the ledger what has ended, unless it is known there."""
        self._ledger.set_confirmed(self.outbox.done.items(), self.outbox.refused.noted())
        self._noted = self._ended()
        now = self._monotonic()
        self._note_at, self._note_refused_at = now + NOTE_CONFIRMED_S, now + NOTE_REFUSED_S

    def finish(self) -> None:
        """The last note."""
        if self._ended() != self._noted:
            self.note()

    def _ended(self) -> tuple[int, int]:
        return self.outbox.done.total(), self.outbox.refused.total()
