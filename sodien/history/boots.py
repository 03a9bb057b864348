"""The boots of a ledger: what is known of their clocks, where that puts them, and what is typed in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import NamedTuple

from sodien import formats
from sodien.history.events import clock_notes, clock_words
from sodien.i18n import tr
from sodien.ledger.store import Ledger, NewRow, Row, Run
from sodien.metering.axis.line import BootLine
from sodien.metering.axis.placement import BootFacts, Clash, OffsetRecord, Place, place, through_sleep

_MS = 1_000_000
#: A clock that was wrong by less spoils no hour that would be worth another entry.
MOVED_NS = 60_000_000_000


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two boots that cannot both be where their clocks put them.

    Attributes:
        earlier, later: their numbers.
        ended: when the earlier one ended by its own clock, ms UTC.
        begun: when the later one began by its own, before that.
        earlier_lost, later_lost: whose time counts as not known.
    """

    earlier: int
    later: int
    ended: int
    begun: int
    earlier_lost: bool
    later_lost: bool

    def sentence(self, zone: tzinfo) -> str:
        """It in words, and what it means for what was counted; times are in ``zone``."""
        times = {
            "ended": formats.instant(self.ended, zone, seconds=True),
            "begun": formats.instant(self.begun, zone, seconds=True),
        }
        if self.earlier_lost and self.later_lost:
            return tr(
                "The Pi's clock was wrong: it was started at {begun}, yet had counted until {ended} before. "
                "Neither time is certain, so what was counted around it has wide bounds.",
                **times,
            )
        if self.earlier_lost:
            return tr(
                "The Pi's clock was wrong before it was started at {begun}: it had counted until {ended} "
                "by it. When that was is not known, so what was counted then has wide bounds.",
                **times,
            )
        return tr(
            "The Pi's clock has been wrong since it was started at {begun}: it had counted until {ended} "
            "before. When it really was is not known, so what was counted since then has wide bounds.",
            **times,
        )

    @property
    def remedy(self) -> str:
        """The commands with which a person says which of two clocks was wrong."""
        return tr(
            "If you know which clock was wrong, report it: sodien clock wrong {earlier} for the one "
            "before, sodien clock wrong {later} for the one after.",
            earlier=self.earlier,
            later=self.later,
        )


@dataclass(frozen=True, slots=True)
class Typed:
    """Where something lies that a person typed: between which instants of the line, and ms UTC ± ms."""

    start: int
    end: int
    at: int
    within: int


class KnownBoot(NamedTuple):
    """A boot, and where it lies.

    Attributes:
        number: its first run, by which people name it.
        boot: its id.
        facts: what is known of its clock.
        place: its offset; None where its time is not known.
        said_wrong: a person said that its clock was wrong, and it was not set since.
        dated: only the dates of its rows say so.
        claims: every offset that its clock ever had, also those that do not count.
    """

    number: int
    boot: str
    facts: BootFacts
    place: Place | None
    said_wrong: bool
    dated: bool
    claims: tuple[int, ...]

    def wall(self, mono: int) -> int | None:
        """ms UTC of an instant of it, the middle of what is possible; None where nobody knows."""
        return (mono + (self.place.low + self.place.high) // 2) // _MS if self.place is not None else None

    @property
    def moved(self) -> bool:
        """Whether its clock ever put it elsewhere than where it lies, or may lie."""
        place = self.place
        return any(
            place is None or not place.high - MOVED_NS <= claim <= place.low + MOVED_NS
            for claim in self.claims
        )


class Boots:
    """All boots in order.

    Attributes:
        of_run: the id of a run → the index of its boot.
        known: what is known of each.
        line: where they lie.
        newest: the entry that told of a clock last.
        clashes: those that cannot both be where their clocks put them.
    """

    def __init__(
        self,
        ledger: Ledger,
        runs: Sequence[Run],
        ends: tuple[Mapping[int, Row], Mapping[int, Row]],
        noted: Mapping[int, int],
        now: tuple[int, int] | None = None,
        extra: Iterable[NewRow] = (),
    ) -> None:
        """Place them.

        Args:
            ledger: where to read.
            runs: those that have written something.
            ends: the first and the last tick of each run, by its id.
            noted: monotonic ns of the last row of each run.
            now: the run that goes on, and how far it is (monotonic ns).
            extra: a person's words about clocks that the ledger does not hold (yet).
        """
        heads, tails = ends
        boots: dict[str, int] = {}
        self.of_run = {run.id: boots.setdefault(run.boot, len(boots)) for run in runs}
        begin: dict[int, int] = {}
        end: dict[int, int] = {}
        numbers: dict[str, int] = {}
        for run in runs:
            boot = self.of_run[run.id]
            numbers.setdefault(run.boot, run.id)
            head, tail = heads.get(run.id), tails.get(run.id)
            # What it wrote first counts: a run begins with a tick.
            begin.setdefault(boot, head.mono if head is not None and head.mono is not None else run.started)
            lasts = [run.started, run.stopped, noted.get(run.id), tail.mono if tail else None]
            if now is not None and now[0] == run.id:
                lasts.append(now[1])
            end[boot] = max(end.get(boot, 0), *(one for one in lasts if one is not None))
        words = clock_words(ledger, extra)
        wrong, dated = {boots[boot] for boot in words if boot in boots}, set()
        records: dict[int, list[OffsetRecord]] = {index: [] for index in boots.values()}
        claims: dict[int, list[int]] = {index: [] for index in boots.values()}
        self.newest = max((row.seq for row in ledger.of_kind("clock", "")), default=0)
        for row, said in sorted(clock_notes(ledger), key=lambda one: one[0].seq):
            if said.boot not in boots:
                continue
            self.newest = max(self.newest, row.seq)
            claims[boots[said.boot]].append(said.offset_ns)
            word = words.get(said.boot)
            if word is None or (isinstance(word, Row) and word.seq < row.seq):
                mono, trusted = row.mono or 0, said.how == "trust"
                records[boots[said.boot]].append(OffsetRecord(mono, said.offset_ns, trusted))
        for tail in tails.values():
            # A ledger without clock records: the date of the last tick tells.
            boot = self.of_run[tail.run or 0]
            if tail.at is not None and tail.mono is not None and not records[boot] and boot not in wrong:
                records[boot] = [OffsetRecord(begin[boot], tail.at * 1_000_000 - tail.mono)]
                dated.add(boot)
        # The id of a boot after a sleep says how many seconds the machine has slept (:mod:`sodien.clock`).
        named = [boot.partition("+") for boot in boots]
        slept = [(machine, int(seconds) if seconds.isdigit() else 0) for machine, _, seconds in named]
        facts = [BootFacts(begin[one], end[one], tuple(records[one])) for one in boots.values()]
        facts = through_sleep(facts, slept)
        places, clashes = place(facts)
        self.known = [
            KnownBoot(
                numbers[boot],
                boot,
                fact,
                placed,
                index in wrong and not fact.records,
                index in dated,
                tuple(claims[index]),
            )
            for (boot, index), fact, placed in zip(boots.items(), facts, places, strict=True)
        ]
        self.line = BootLine(facts, places)
        self.clashes = [self._told(one) for one in clashes]

    def _told(self, clash: Clash) -> Contradiction:
        before, after = self.known[clash.earlier], self.known[clash.later]
        earlier, later = before.facts, after.facts
        return Contradiction(
            before.number,
            after.number,
            (earlier.end + earlier.records[-1].offset) // 1_000_000,
            (later.begin + later.records[-1].offset) // 1_000_000,
            clash.earlier in clash.lost,
            clash.later in clash.lost,
        )

    def spoilt(self) -> list[tuple[int, int]]:
        """Of which times (ms UTC) there may be rows that a wrong clock has closed, by time.

        From the end of the boot before to the end of the boot in question, or the start of the next, by every
        time that its clock ever had.
        """
        found: list[tuple[int, int]] = []
        for index, one in enumerate(self.known):
            if not one.moved:
                continue
            edges = [one.wall(one.facts.begin), one.wall(one.facts.end), *self.between(index)]
            edges += [
                (mono + claim) // _MS for claim in one.claims for mono in (one.facts.begin, one.facts.end)
            ]
            known = [edge for edge in edges if edge is not None]
            found.append((min(known), max(known)))
        return sorted(found)

    def between(self, index: int) -> tuple[int | None, int | None]:
        """When the placed boot before one ended and the one after it began, ms UTC; None without one."""
        before = (other.wall(other.facts.end) for other in self.known[:index][::-1] if other.place)
        after = (other.wall(other.facts.begin) for other in self.known[index + 1 :] if other.place)
        return next(before, None), next(after, None)

    def position(self, row: Row) -> int | None:
        """Where an entry of the daemon lies on the line; None in a boot whose time is not known."""
        boot = self.of_run.get(row.run or 0)
        if boot is None or row.mono is None:
            return row.at
        return self.line.down(boot, row.mono) if self.line.has(boot) else None

    def following(self, row: Row) -> int | None:
        """Where the first placed boot after that of an entry begins on the line; None without one."""
        boot = self.of_run.get(row.run or 0, 0)
        after = [one for one in self.line.stretches if one.boot > boot]
        return after[0].start + after[0].shift if after else None

    def typed(self, row: NewRow, within: int) -> Typed | None:
        """Where what a person typed lies, by their clock, or in the boot in which they typed it for now.

        Then it is known exactly, however wrong the clock was; in a boot whose time is not known it lies
        between its neighbours. None where that is nowhere.
        """
        boot = self.of_run.get(row.run or 0)
        if boot is None or row.mono is None:
            return self.by_clock(row.at or 0, within)
        if self.line.has(boot):
            start, end = self.line.around(boot, row.mono, within)
            width = next(one.width for one in self.line.stretches if one.boot == boot)
            return Typed(start, end, self.line.wall(self.line.down(boot, row.mono)), within + -(-width // 2))
        before = [one for one in self.line.stretches if one.boot < boot]
        after = [one for one in self.line.stretches if one.boot > boot]
        if not before or not after:
            return None
        a, b = before[-1], after[0]
        low, high = a.end, b.start + b.width
        middle = (low + high) // 2
        return Typed(a.end + a.shift, b.start + b.shift, middle, high - middle + within)

    def by_clock(self, at: int, within: int) -> Typed:
        """Where something lies that a person says was ``at`` ms UTC ± ``within``."""
        return Typed(self.line.early(at - within), self.line.late(at + within), at, within)
