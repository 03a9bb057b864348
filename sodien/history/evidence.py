"""What the ledger holds of one meter, on the line of all boots: counted pieces, and what lay between them.

Nothing here rests on the date of a row. A piece runs from a run's first tick to its last, cut where edges or
rows were lost; runs of boots whose time is not known lie inside the gap between their neighbours.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from sodien.device.state import Count
from sodien.history.boots import Boots
from sodien.history.ticks import LATE_MS, Ticks
from sodien.ledger.bodies import GapBody
from sodien.ledger.store import Ledger, NewRow, Row, Run
from sodien.metering.axis.placement import STOOD_NS
from sodien.metering.register.observations import Counted, CountError
from sodien.metering.register.outage import Boot

#: A run's first tick is among the first entries that it writes, its last one may be among these of the next.
_AT_BEGIN = 100
_LAST_SEQ = 1 << 62
_DAY_MS = 86_400_000
_ONE = Fraction(1)  # pieces get their constant when it is known which meter they are of


class _Part(NamedTuple):
    """A stretch of one run without a gap, of a boot whose place is known; ``begun`` in monotonic ns.

    ``hole`` is the gap inside the run that it comes after, None for a run's first.
    """

    run: int
    boot: int
    ticks: Ticks
    begun: int
    ended: int
    first: int
    hole: Row | None = None


class Between(NamedTuple):
    """What lay between two counted pieces.

    Attributes:
        row: the gap as it was declared; None where nobody did.
        ns: its length, where it is exact: inside of one boot.
        boots: those in it whose time is not known.
        goodbye: whether the run before it ended cleanly.
    """

    row: Row | None
    ns: int | None
    boots: tuple[Boot, ...]
    goodbye: bool


def boot_of(runs: Sequence[Run], ends: Mapping[int, tuple[NewRow, NewRow]]) -> Boot:
    """What the runs of one boot have counted; ``ends`` are the first and last tick of each, by its id."""
    awake = last = runs[0].started
    counted, doubt, counts = 0, 0, []
    for run in runs:
        head, tail = ends.get(run.id, (None, None))
        if head is None or tail is None or head.mono is None or tail.mono is None:
            continue
        counted += tail.mono - head.mono
        last = max(last, tail.mono)
        counts.append((tail.pulses or 0) - (head.pulses or 0))
        doubt += max(0, tail.doubt - head.doubt)
    return Boot(awake, last - awake, counted, tuple(counts), doubt, runs[-1].stopped is not None)


class MeterEvidence:
    """One meter's counted pieces by time.

    Attributes:
        boots: all of the ledger.
        line: where they lie.
        pieces: on the line, in ms; the constant is not in them.
        between: what lay between them, one fewer.
    """

    def __init__(
        self, ledger: Ledger, meter: str, now: Count | None = None, extra: Iterable[NewRow] = ()
    ) -> None:
        """Read the rare rows and the ends of each run; single ticks are looked up when somebody asks.

        ``extra`` are a person's words about clocks that the ledger does not hold (yet).
        """
        self._ledger, self._meter = ledger, meter
        runs = ledger.runs_after(0)
        begins = ledger.begins()
        runs = [run for run in runs if run.id in begins]
        self._runs = runs
        self._place_of = {run.id: index for index, run in enumerate(runs)}
        ends = [*(begins[run.id] for run in runs[1:]), _LAST_SEQ][: len(runs)]
        windows = [(run.id, begins[run.id], end) for run, end in zip(runs, ends, strict=True)]
        self._heads = ledger.edge_ticks(
            meter, [(run, a, min(b, a + 2 * _AT_BEGIN)) for run, a, b in windows], last=False
        )
        counted = [window for window in windows if window[0] in self._heads]
        # The save of a run that was killed becomes a tick of the next one, before its first own.
        following = [*(self._heads[run].seq for run, _, _ in counted[1:]), _LAST_SEQ][: len(counted)]
        self._tails = ledger.edge_ticks(
            meter,
            [(run, a, min(b + _AT_BEGIN, own)) for (run, a, b), own in zip(counted, following, strict=True)],
            last=True,
        )
        open_run = (now.run, now.mono) if now is not None else None
        self.boots = Boots(
            ledger, runs, (self._heads, self._tails), ledger.last_noted(windows), open_run, extra
        )
        self.line, self._boot = self.boots.line, self.boots.of_run
        # What was declared: inside a boot before a run, between boots before a boot, or within a run.
        self._declared: dict[tuple[int | None, int | None], list[Row]] = {}
        for row in ledger.of_kind("gap", meter):
            if row.run in self._boot:
                name = (None, self._boot[row.run]) if row.mono is None else (row.run, None)
                self._declared.setdefault(name, []).append(row)
        self._parts = [part for run in runs for part in self._of_run(run.id)]
        self.between = [self._between(a, b) for a, b in pairwise(self._parts)]
        self.pieces = self._counted()
        self._starts = [piece.start for piece in self.pieces]
        self._open = self.pieces[-1] if self.pieces else None
        self.extend(now)

    # -- pieces ----------------------------------------------------------------------------------------

    def _of_run(self, run: int) -> list[_Part]:
        head, tail, boot = self._heads.get(run), self._tails.get(run), self._boot[run]
        if head is None or tail is None or not self.line.has(boot):
            return []

        down = partial(self.line.down, boot)
        found = []
        begun, first, hole = head.mono or 0, head.pulses or 0, None
        for row, start, ns in self._holes(run):
            ticks = Ticks(self._ledger, self._meter, head, start, down)
            found.append(_Part(run, boot, ticks, begun, max(begun, start.mono or 0), first, hole))
            begun, first, hole = (start.mono or 0) + ns, row.read(GapBody).after, row
            after = self._ledger.tick_from(self._meter, start.seq + 1, tail.seq + 1)
            while after is not None and (after.mono or 0) < begun - 2_000_000:
                after = self._ledger.tick_from(self._meter, after.seq + 1, tail.seq + 1)
            head = after or tail
        ticks = Ticks(self._ledger, self._meter, head, tail, down)
        found.append(_Part(run, boot, ticks, begun, max(begun, tail.mono or 0), first, hole))
        return found

    def _holes(self, run: int) -> list[tuple[Row, Row, int]]:
        """Gaps inside a run: the row, the tick that it begins with, and its length in ns."""
        found = []
        for row in (*self._declared.get((run, None), []), *self._declared.get((None, self._boot[run]), [])):
            start = None
            if row.mono is None and row.run == run and (row.at or 0) >= (self._heads[run].at or 0):
                # Declared afterwards, from a damaged ledger: it has the date of the tick it begins with.
                start = self._ledger.newest("tick", self._meter, row.at)
                start = start if start is not None and start.at == row.at else None
            elif row.mono is not None and row.read(GapBody).reason == "overflow":
                start = self._ledger.tick_before(self._meter, row.seq)
            if start is not None and start.run == run and start.mono is not None:
                found.append((row, start, row.read(GapBody).ns))
        return sorted(found, key=lambda one: one[1].mono or 0)

    def _piece(self, index: int, after: int | None) -> Counted:
        """The piece of a part; ``after`` is the end of the one before on the line."""
        part = self._parts[index]
        start, known = self.line.down(part.boot, part.begun), part.ticks.head.doubt
        if after is not None:
            start = max(after, self.line.up(part.boot, part.begun))
            gap = self.between[index - 1]
            known = self._parts[index - 1].ticks.tail.doubt + sum(boot.doubt for boot in gap.boots)
        end = max(start, self.line.down(part.boot, part.ended))
        last = max(part.first, part.ticks.tail.pulses)
        return Counted(start, end, part.first, last, _ONE, doubts=part.ticks.doubts(known, start, end))

    def _counted(self) -> list[Counted]:
        pieces: list[Counted] = []
        for index in range(len(self._parts)):
            pieces.append(self._piece(index, pieces[-1].end if pieces else None))
        return pieces

    def extend(self, now: Count | None) -> None:
        """Let the last piece go on: to the run's newest tick, and to a count beyond the ledger."""
        self.now = None
        if self._open is None:
            return
        part, newest = self._parts[-1], self._ledger.last_tick(self._meter)
        if newest is not None and newest.run == part.run and newest.seq > part.ticks.tail.seq:
            part.ticks.go_on(newest)
            self._parts[-1] = part._replace(ended=newest.mono or part.ended)
            before = self.pieces[-2].end if len(self.pieces) > 1 else None
            self._open = self._piece(len(self._parts) - 1, before)
        part, piece = self._parts[-1], self._open
        self.pieces[-1] = piece
        if now is None or now.run != part.run or (end := self.line.up(part.boot, now.mono)) < piece.end:
            return
        self.now = now
        doubts = piece.doubts
        if (more := now.doubt - part.ticks.tail.doubt) > 0:
            doubts = (*doubts, CountError(max(piece.start, piece.end - LATE_MS), end, more, more))
        last = max(piece.last, now.pulses)
        self.pieces[-1] = Counted(piece.start, end, piece.first, last, _ONE, doubts=doubts)

    @property
    def certain(self) -> bool:
        """Whether the time of the run that goes on is beyond doubt.

        Its boot has its place, no step waits to be confirmed, and after a jump of more than a day the clock
        has stood: a clock that is wrong by weeks would close all their days at once.
        """
        if self.now is None:
            return False
        part = self._parts[-1]
        boots = self.line.stretches
        if boots[-1].boot != part.boot or boots[-1].width:
            return False
        first = next(index for index, one in enumerate(self._parts) if one.boot == part.boot)
        jumped = first > 0 and self.pieces[first].start - self.pieces[first - 1].end > _DAY_MS
        return not jumped or self.now.mono - self._parts[first].begun >= STOOD_NS

    def count(self, at: int) -> tuple[int, int]:
        """The cumulative count at an instant of the line inside of a piece: (at least, at most).

        Between two ticks it is known until the first new pulse, and open from there to the second tick.
        """
        before, after = self._parts[max(0, bisect_right(self._starts, at) - 1)].ticks.around(at)
        low = before.pulses if before is not None else 0
        if before is not None and before.at == at:
            return low, low
        if after is not None:
            first, high = after.first, after.pulses
        elif self.now is not None and self.now.first is not None:
            first, high = self.line.down(self._parts[-1].boot, self.now.first), self.now.pulses
        else:
            return low, low
        if at <= first or high <= low:
            return low, low
        if before is not None and first <= before.at:
            return low, high  # a save that became a tick: when its pulses came is not known
        return low + 1, high

    # -- what lay between ------------------------------------------------------------------------------

    def _between(self, a: _Part, b: _Part) -> Between:
        if b.hole is not None:
            return Between(b.hole, b.begun - a.ended, self._hidden(a, b, ()), False)
        inside = self._runs[self._place_of[a.run] + 1 : self._place_of[b.run]]
        same = a.boot == b.boot
        rows = self._declared.get((b.run, None) if same else (None, b.boot), [])
        rows = [row for row in rows if not same or (row.mono or 0) < b.begun]
        if len(rows) > 1:
            rows.sort(key=lambda row: (row.read(GapBody).reason in ("damaged", "restored"), row.seq))
        boots = () if same else self._unplaced([run for run in inside if self._boot[run.id] != b.boot])
        ended = self._runs[self._place_of[a.run]]
        for run in inside:
            ended = run if self._boot[run.id] == a.boot else ended
        return Between(
            rows[-1] if rows else None,
            b.begun - a.ended if same else None,
            self._hidden(a, b, boots),
            ended.stopped is not None,
        )

    def _unplaced(self, runs: Sequence[Run]) -> tuple[Boot, ...]:
        grouped: dict[int, list[Run]] = {}
        for run in runs:
            grouped.setdefault(self._boot[run.id], []).append(run)
        counted = [run.id for run in runs if run.id in self._heads and run.id in self._tails]
        ends = {run: (self._heads[run], self._tails[run]) for run in counted}
        return tuple(boot_of(one, ends) for one in grouped.values())

    def _hidden(self, a: _Part, b: _Part, boots: tuple[Boot, ...]) -> tuple[Boot, ...]:
        """With what the count has risen by and no row tells of: rows were lost."""
        rise = b.first - max(a.first, a.ticks.tail.pulses) - sum(sum(boot.counts) for boot in boots)
        doubt = b.ticks.head.doubt - a.ticks.tail.doubt - sum(boot.doubt for boot in boots)
        return (*boots, Boot(0, 0, 0, (rise,), max(0, doubt))) if rise > 0 else boots
