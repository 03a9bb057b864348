"""The count at any instant, looked up tick by tick, also where the clock was wrong for a while.

When a synchronised clock steps, it was wrong before, since some unknown moment after it was last found right.
The rows of that *era* keep the time they were given, but each of them may truly lie up to the step later
(earlier, for a step backwards). So in an era the count at an instant is only known within what was counted
up to the step around it. Eras follow from the ``clock`` events of a boot: two records with other offsets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from sodien.clock import STEP_NS
from sodien.ledger.bodies import EventBody
from sodien.ledger.store import Ledger, Row
from sodien.metering.register.observations import CountError

if TYPE_CHECKING:
    from sodien.history.meter import Count

_LAST_SEQ = 1 << 62
#: A pulse that is noted late began no earlier than this before.
_LATE_MS = 60_000
#: Look-ups that finding the times of doubts may cost.
_MOST_LOOKS = 400


@dataclass(slots=True)
class ClockEra:
    """Rows in order of writing whose times may be wrong by ``shift`` ms, 0 in most.

    Attributes:
        first_seq, last_seq: both included.
        shift: the true time of a row is between its own and its own plus this.
        run: the run whose clock record began it, 0 where it does not matter.
        first, last: its first and last dated tick by order of writing; None without one.
    """

    first_seq: int
    last_seq: int
    shift: int = 0
    run: int = 0
    first: Row | None = None
    last: Row | None = None


def at_of(row: Row) -> int:
    """The time of a dated row, ms UTC."""
    assert row.at is not None
    return row.at


def pulses_of(row: Row) -> int:
    """The count of a tick."""
    return row.pulses or 0


class Counts:
    """One meter's ticks; ``now`` is a count beyond what the ledger holds."""

    def __init__(self, ledger: Ledger, meter: str, now: Count | None = None) -> None:
        self._ledger, self._meter, self.now = ledger, meter, now
        self._looks = _MOST_LOOKS

    @cached_property
    def eras(self) -> list[ClockEra]:
        """By order of writing; a single one where no clock ever stepped."""
        steps = _steps(self._ledger)
        if not steps:
            return [ClockEra(0, _LAST_SEQ)]
        found: list[ClockEra] = []
        after = 0
        for era in steps:
            begun = era.first_seq
            # What the run before had saved is written down by this one, with the time of the one before.
            while (row := self._edge(era, last=False)) and (row.run or era.run) < era.run:
                era.first_seq = row.seq + 1
            if found and begun == after:
                found[-1].last_seq = era.first_seq - 1
            elif era.first_seq > after:
                found.append(ClockEra(after, era.first_seq - 1))
            found.append(era)
            after = era.last_seq + 1
        found.append(ClockEra(after, _LAST_SEQ))
        for era in found:
            era.first = self._edge(era, last=False)
            era.last = self._edge(era, last=True)
        return [era for era in found if era.first is not None]

    def _edge(self, era: ClockEra, *, last: bool) -> Row | None:
        return self._ledger.edge_tick(self._meter, era.first_seq, era.last_seq, last=last)

    @cached_property
    def stepped(self) -> bool:
        """Whether any time may be wrong."""
        return len(self.eras) > 1 or any(era.shift for era in self.eras)

    @property
    def first(self) -> Row | None:
        """The first dated tick in order of writing."""
        return self._ledger.edge_tick(self._meter, 0, _LAST_SEQ, last=False)

    @property
    def last(self) -> Row | None:
        """The last one."""
        return self._ledger.edge_tick(self._meter, 0, _LAST_SEQ, last=True)

    def hull(self, at: int) -> tuple[int, int]:
        """Between which instants one that was noted as ``at`` truly lies."""
        shifts = [0]
        for era in self.eras if self.stepped else ():
            if era.shift and era.first is not None and era.last is not None:
                # Its last row may have been written a minute before it ended, or long before it was noted.
                begin, end = at_of(era.first), at_of(era.last)
                if begin - 60_000 <= at <= end + max(60_000, abs(era.shift)):
                    shifts.append(era.shift)
        return at + min(shifts), at + max(shifts)

    def count(self, at: int) -> tuple[int, int]:
        """The cumulative count at an instant of a counted piece: (at least, at most).

        Between two ticks it is known until the first new pulse, and open from there to the second tick.
        """
        if self.stepped:
            return self._around(at)
        before = self._ledger.newest("tick", self._meter, at)
        low = pulses_of(before) if before is not None else 0
        if before is not None and before.at == at:
            return low, low
        after = self._ledger.next_after("tick", self._meter, at)
        if after is not None:
            first, high = at_of(after) - (after.first or 0), pulses_of(after)
        elif self.now is not None and self.now.first is not None:
            first, high = self.now.first, self.now.pulses
        else:
            return low, low
        if at <= first or high <= low:
            return low, low
        if before is not None and first <= at_of(before):
            return low, high  # a save that became a tick: when its pulses came is not known
        return low + 1, high

    def doubts(self, start: int, end: int, before: int, after: int) -> tuple[CountError, ...]:
        """When the pulses in doubt of a piece came: from ``before`` at its start to ``after`` at its end.

        Found by halving between ticks as long as the look-ups last; where they do not, windows stay wide.
        """
        found: list[CountError] = []
        spans = [(start, before, end, after)] if after > before else []
        while spans:
            a, low, b, high = spans.pop()
            row = self._between(a, b)
            if row is None:
                # A late pulse belongs before the tick that it was noted after.
                window = max(start, a - _LATE_MS), b
                found.append(CountError(*window, high - low, high - low))
                continue
            middle, doubt = at_of(row), min(max(row.doubt, low), high)
            spans += [(middle, doubt, b, high)] if high > doubt else []
            spans += [(a, low, middle, doubt)] if doubt > low else []
        return tuple(found)

    def _between(self, a: int, b: int) -> Row | None:
        """A tick after ``a`` and before ``b``, near the middle; None without one."""
        if self._looks <= 0:
            return None
        self._looks -= 2
        row = self._ledger.newest("tick", self._meter, (a + b) // 2)
        if row is None or at_of(row) <= a:
            row = self._ledger.next_after("tick", self._meter, a)
        return row if row is not None and a < at_of(row) < b else None

    def _around(self, at: int) -> tuple[int, int]:
        """The count where a clock was wrong: between the most and the least that any era allows."""
        low = 0
        high = self.now.pulses if self.now is not None else None
        for era in self.eras:
            assert era.first is not None
            assert era.last is not None
            surely, possibly = at - max(0, era.shift), at - min(0, era.shift)
            if surely >= at_of(era.last):
                low = max(low, pulses_of(era.last))
            elif surely >= at_of(era.first):
                before = self._near(surely, era, after=False)
                low = max(low, pulses_of(before) if before is not None else 0)
            if possibly < at_of(era.first):
                after: Row | None = era.first
            elif possibly < at_of(era.last):
                after = self._near(possibly, era, after=True)
                exact = self._near(possibly, era, after=False)
                if exact is not None and exact.at == possibly:
                    after = exact
            else:
                after = era.last if era.last.at == possibly else None
            if after is not None:
                high = pulses_of(after) if high is None else min(high, pulses_of(after))
        if high is None:
            high = max(pulses_of(era.last) for era in self.eras if era.last is not None)
        return min(low, high), high

    def _near(self, at: int, era: ClockEra, *, after: bool) -> Row | None:
        return self._ledger.tick_near(self._meter, at, era.first_seq, era.last_seq, after=after)


def _steps(ledger: Ledger) -> list[ClockEra]:
    """The eras that ended with a step, without their ticks."""
    boots: dict[str, list[tuple[int, int, int]]] = {}
    first_of_run: dict[int | None, int] = {}
    for row in sorted(ledger.of_kind("event", ""), key=lambda row: row.seq):
        first_of_run.setdefault(row.run, row.seq)
        noted = row.read(EventBody).clock
        if noted is not None:
            known = boots.setdefault(noted.boot, [])
            if not known:
                known.append((first_of_run[row.run] - 1, noted.offset_ns, row.run or 0))
            known.append((row.seq, noted.offset_ns, row.run or 0))
    found = []
    for known in boots.values():
        since, run = known[0][0] + 1, known[0][2]
        for (_, before, _), (seq, offset, later) in pairwise(known):
            moved = offset - before
            if abs(moved) > STEP_NS:
                shift = moved // 1_000_000 if moved < 0 else -(-moved // 1_000_000)
                found.append(ClockEra(since, seq - 1, shift, run))
                since, run = seq, later
    return sorted(found, key=lambda era: era.first_seq)
