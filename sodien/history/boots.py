"""The boots of a ledger: what is known of their clocks, where that puts them, and what is typed in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal, NamedTuple

from sodien import formats
from sodien.history.events import clock_words, notes
from sodien.i18n import tr
from sodien.ledger.noted import ClockNoted
from sodien.ledger.store import Ledger, NewRow, Row, Run
from sodien.metering.axis.line import BootLine
from sodien.metering.axis.placement import BootFacts, Clash, OffsetRecord, Place, place, through_sleep

#: What places a boot: the network's word, ``clock: trust``, the dates of its rows; or why nothing does.
How = Literal["network", "trusted", "dates", "never_set", "said_wrong", "contradicted"]
_MS = 1_000_000
#: After every instant of a ledger.
NEVER = 1 << 62
#: A clock that was wrong by less spoils no hour that would be worth another entry.
MOVED_NS = 60_000_000_000


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
        how: what places it, or why nothing does.
        claims: every offset that its clock ever had, also those that do not count.
    """

    number: int
    boot: str
    facts: BootFacts
    place: Place | None
    how: How
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
        words, noticed = clock_words(ledger, extra), notes(ledger, "", ClockNoted)
        boots: dict[str, list[Run]] = {}
        for run in runs:
            boots.setdefault(run.boot, []).append(run)
        index = {boot: number for number, boot in enumerate(boots)}
        self.of_run = {run.id: index[run.boot] for run in runs}
        told: dict[str, list[tuple[Row, ClockNoted]]] = {}
        for row, said in noticed:
            told.setdefault(said.boot, []).append((row, said))
        facts: list[BootFacts] = []
        dated: set[str] = set()
        for boot, own in boots.items():
            # What it wrote first counts: a run begins with a tick.
            head, last = heads.get(own[0].id), [tails[run.id] for run in own if run.id in tails]
            begin = head.mono if head is not None and head.mono is not None else own[0].started
            ends_at = [one for run in own for one in (run.started, run.stopped, noted.get(run.id))]
            ends_at += [tail.mono for tail in last]
            ends_at += [now[1] for run in own if now is not None and now[0] == run.id]
            word = words.get(boot)
            records = [
                OffsetRecord(row.mono or 0, said.offset_ns, said.how == "trust")
                for row, said in told.get(boot, [])
                if word is None or (isinstance(word, Row) and word.seq < row.seq)
            ]
            if not records and word is None:
                # A ledger without clock records: the date of a run's last tick tells.
                offsets = [tail.at * _MS - (tail.mono or 0) for tail in last if tail.at is not None]
                records = [OffsetRecord(begin, offset) for offset in offsets[:1]]
                dated.update([boot] if records else [])
            facts.append(BootFacts(begin, max(one for one in ends_at if one is not None), tuple(records)))
        # The id of a boot after a sleep says how many seconds the machine has slept (:mod:`sodien.clock`).
        # What a person has said of one is no news of the others.
        named = [
            boot.partition("+") if fact.records or boot not in words else (boot, "", "")
            for boot, fact in zip(boots, facts, strict=True)
        ]
        slept = [(machine, int(seconds) if seconds.isdigit() else 0) for machine, _, seconds in named]
        facts = through_sleep(facts, slept)
        places, self._clashes = place(facts)
        self.known = []
        for (boot, own), fact, placed in zip(boots.items(), facts, places, strict=True):
            how = _how(fact, placed, boot in dated, boot in words)
            claims = tuple(said.offset_ns for _, said in told.get(boot, []))
            self.known.append(KnownBoot(own[0].id, boot, fact, placed, how, claims))
        self.newest = max(
            [row.seq for row in ledger.of_kind("clock", "")]
            + [row.seq for row, said in noticed if said.boot in boots],
            default=0,
        )
        self.line = BootLine(facts, places)

    def contradictions(self, zone: tzinfo) -> list[tuple[str, str]]:
        """Clocks that contradict each other: a sentence with times in ``zone``, and what to do about it."""
        return [self._told(clash, zone) for clash in self._clashes]

    def _told(self, clash: Clash, zone: tzinfo) -> tuple[str, str]:
        before, after = self.known[clash.earlier], self.known[clash.later]
        ended = (before.facts.end + before.facts.records[-1].offset) // _MS
        begun = (after.facts.begin + after.facts.records[-1].offset) // _MS
        times = {
            "ended": formats.instant(ended, zone, seconds=True),
            "begun": formats.instant(begun, zone, seconds=True),
        }
        if len(clash.lost) > 1:
            said = tr(
                "The Pi's clock was wrong: it was started at {begun}, yet had counted until {ended} before. "
                "Neither time is certain, so what was counted around it has wide bounds.",
                **times,
            )
        elif clash.earlier in clash.lost:
            said = tr(
                "The Pi's clock was wrong before it was started at {begun}: it had counted until {ended} "
                "by it. When that was is not known, so what was counted then has wide bounds.",
                **times,
            )
        else:
            said = tr(
                "The Pi's clock has been wrong since it was started at {begun}: it had counted until {ended} "
                "before. When it really was is not known, so what was counted since then has wide bounds.",
                **times,
            )
        return said, tr(
            "If you know which clock was wrong, report it: 'sodien clock wrong {earlier}' for the one "
            "before, 'sodien clock wrong {later}' for the one after.",
            earlier=before.number,
            later=after.number,
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
            edges = [one.wall(one.facts.begin), one.wall(one.facts.end), *self._between(index)]
            edges += [
                (mono + claim) // _MS for claim in one.claims for mono in (one.facts.begin, one.facts.end)
            ]
            known = [edge for edge in edges if edge is not None]
            found.append((min(known), max(known)))
        return sorted(found)

    def span(self, index: int) -> tuple[int | None, int | None]:
        """From when to when one was, ms UTC; where that is not known between which it lies, or None."""
        one = self.known[index]
        return (one.wall(one.facts.begin), one.wall(one.facts.end)) if one.place else self._between(index)

    def _between(self, index: int) -> tuple[int | None, int | None]:
        """When the placed boot before one ended and the one after it began, ms UTC; None without one."""
        before = (other.wall(other.facts.end) for other in self.known[:index][::-1] if other.place)
        after = (other.wall(other.facts.begin) for other in self.known[index + 1 :] if other.place)
        return next(before, None), next(after, None)

    def placed(self, run: int) -> bool:
        """Whether it is known when a run was, or nothing of it is known yet."""
        return run not in self.of_run or self.line.has(self.of_run[run])

    def position(self, row: Row) -> int:
        """Where an entry of the daemon lies on the line.

        In a boot whose time is not known where the next one begins that has its place, NEVER without one.
        """
        boot = self.of_run.get(row.run or 0)
        if boot is None or row.mono is None:
            return row.at if row.at is not None else self._next(boot or 0)
        return self.line.down(boot, row.mono) if self.line.has(boot) else self._next(boot)

    def _next(self, boot: int) -> int:
        return next((one.start + one.shift for one in self.line.stretches if one.boot > boot), NEVER)

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


def _how(facts: BootFacts, placed: Place | None, dated: bool, wrong: bool) -> How:
    if placed is None:
        return "contradicted" if facts.records else "said_wrong" if wrong else "never_set"
    trusted = all(record.trusted for record in facts.records)
    return "dates" if dated else "trusted" if trusted else "network"
