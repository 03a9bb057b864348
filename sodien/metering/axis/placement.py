"""Where each boot lies on the wall clock, from what its clock did and from the order of boots. Pure.

Within a boot the monotonic clock gives order and length exactly. What can be unknown or wrong is only the
boot's *offset* (wall time less monotonic time), and it is never repaired row by row: it is worked out anew
from all that is known when somebody asks, so that every later record heals the past by itself.

* Records whose offsets differ by no more than STEP_NS are one that stood longer. The last one counts for the
  whole boot. A step that has not *stood* yet (STOOD_NS without another) may be wrong itself: then every
  offset since the last one that stood is possible.
* Order is evidence: a boot begins after the one before it has ended. Where two boots contradict that, the one
  whose clock stood counts; of two that stood the later; of two that did not neither; of two whose clock is
  trusted unseen (``clock: trust``) the earlier, unless it comes after a leap of more than a day, to behind
  where the later one began. The other one is a boot whose time is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

#: An offset that moved by more than this has stepped.
STEP_NS: Final = 250_000_000
SECOND_NS: Final = 1_000_000_000
#: NTP clients look at least every 34 minutes: a wrong step is put right within this.
STOOD_NS: Final = 3_600_000_000_000
#: A clock that nobody has checked, and that is so far ahead of the boot before, yields to one that is not.
LEAP_NS: Final = 24 * STOOD_NS


class OffsetRecord(NamedTuple):
    """From monotonic ``mono`` on, wall time was ``mono + offset`` (ns) ± ``vague``.

    ``trusted``: nobody had checked.
    """

    mono: int
    offset: int
    trusted: bool = False
    vague: int = 0


class BootFacts(NamedTuple):
    """What is known of one boot: from its first run's start to the last thing noted, monotonic ns.

    ``watched``: until when its clock was looked at, where a boot after a sleep went on with it;
    ``clock``: the first boot of those that only sleeps part.
    """

    begin: int
    end: int
    records: tuple[OffsetRecord, ...] = ()
    watched: int = 0
    clock: int | None = None


def steps(boot: BootFacts) -> list[tuple[int, int]]:
    """(monotonic ns, by how many ns) of each step of a boot's clock."""
    groups = _groups(boot)
    return [
        (now.mono, now.offset - before.offset)
        for before, now in pairwise(groups)
        if boot.begin <= now.mono <= boot.end
    ]


class Place(NamedTuple):
    """A boot's offset (ns) is between ``low`` and ``high``, both included."""

    low: int
    high: int


def through_sleep(boots: Sequence[BootFacts], slept: Sequence[tuple[str, int]]) -> list[BootFacts]:
    """These boots, where those that only a sleep parts share what their one clock did.

    ``slept`` names the machine's boot of each, and how many whole seconds it had slept in it. Where the clock
    went on as it was, it tells exactly how long a sleep was; else that is known to a second.
    """
    found = list(boots)
    chain: list[_Slept] = []

    def share() -> None:
        seen = [(one, by) for by in chain for one in boots[by.boot].records]
        for own in chain if len(chain) > 1 else ():
            records = tuple(
                OffsetRecord(
                    one.mono + by.shift - own.shift,
                    one.offset - by.shift + own.shift,
                    one.trusted,
                    abs(by.vague - own.vague),
                )
                for one, by in seen
            )
            watched = boots[chain[-1].boot].end + chain[-1].shift - own.shift
            found[own.boot] = boots[own.boot]._replace(records=records, watched=watched, clock=chain[0].boot)
        chain.clear()

    for index, (machine, seconds) in enumerate(slept):
        if chain and slept[chain[-1].boot][0] != machine:
            share()
        if not chain:
            chain.append(_Slept(index, 0, 0))
            continue
        before = next((one for one in reversed(chain) if boots[one.boot].records), chain[-1])
        asleep = (seconds - slept[before.boot][1]) * SECOND_NS
        last, first = boots[before.boot].records[-1:], boots[index].records[:1]
        moved = first[0].offset - last[0].offset if first and last else None
        if moved is not None and abs(moved - asleep) <= SECOND_NS + STEP_NS:
            chain.append(_Slept(index, before.shift + moved, before.vague))
        else:  # it was set while the machine slept, or is not known on both sides
            chain.append(_Slept(index, before.shift + asleep, before.vague + SECOND_NS))
    share()
    return found


class _Slept(NamedTuple):
    """A boot, and from its monotonic time to that of the first of those that only sleeps part, ns ± vague."""

    boot: int
    shift: int
    vague: int


@dataclass(frozen=True, slots=True)
class Clash:
    """Boots ``earlier`` and ``later`` (indices) cannot both be where their clocks put them.

    Attributes:
        lost: those of the two that do not count.
        by_ns: the later one would have begun at least so long before the earlier one ended.
    """

    earlier: int
    later: int
    lost: tuple[int, ...]
    by_ns: int


def place(boots: Sequence[BootFacts]) -> tuple[list[Place | None], list[Clash]]:
    """Where each boot lies, None where its time is not known, and the contradictions found.

    Boots are in the order in which they ran. Linear in their number, as long as few contradict each other.
    """
    spans = list(accumulate((boot.end - boot.begin for boot in boots), initial=0))
    claims = [_claim(boot) for boot in boots]
    out: set[int] = set()
    told: list[Clash] = []
    while True:
        kept, clashes = _pass(boots, claims, spans, out)
        # Who lost against a boot that itself lost gets another chance.
        final = [one for one in clashes if len(one.lost) > 1 or _winner(one) in kept]
        told += final
        out.update(index for one in final for index in one.lost)
        # Boots with one clock are wrong together.
        wrong = {boots[index].clock for index in out} - {None}
        mates = {index for index, boot in enumerate(boots) if boot.clock in wrong} - out
        out |= mates
        if len(final) == len(clashes) and not mates:
            break
    _tighten(boots, kept, spans)
    places: list[Place | None] = [None] * len(boots)
    for index, (low, high) in kept.items():
        places[index] = Place(low, high)
    return places, sorted(told, key=lambda one: (one.later, one.earlier))


class _Claim(NamedTuple):
    """What a boot's own clock says: its offset from ``low`` to ``high``."""

    low: int
    high: int
    stood: bool
    trusted: bool

    @property
    def rank(self) -> int:
        return 2 if self.stood else 0 if self.trusted else 1


def _groups(boot: BootFacts) -> list[OffsetRecord]:
    """Its records, those without a step between them as one."""
    groups: list[OffsetRecord] = []
    for record in boot.records:
        if groups and abs(record.offset - groups[-1].offset) <= STEP_NS:
            first = groups.pop()
            record = record._replace(mono=first.mono, trusted=first.trusted and record.trusted)
        groups.append(record)
    return groups


def _claim(boot: BootFacts) -> _Claim | None:
    groups = _groups(boot)
    if not groups:
        return None
    ends = [*(after.mono for after in groups[1:]), max(boot.end, boot.watched)]
    stood = [not one.trusted and end - one.mono >= STOOD_NS for one, end in zip(groups, ends, strict=True)]
    since = max((index for index, yes in enumerate(stood) if yes), default=0)
    low = min(one.offset - one.vague for one in groups[since:])
    high = max(one.offset + one.vague for one in groups[since:])
    return _Claim(low, high, stood[-1], all(one.trusted for one in groups))


def _pass(
    boots: Sequence[BootFacts], claims: Sequence[_Claim | None], spans: Sequence[int], out: set[int]
) -> tuple[dict[int, tuple[int, int]], list[Clash]]:
    """The boots that stand beside each other, forwards, with the offsets that the ones before leave."""
    stack: list[tuple[int, int, int]] = []
    clashes: list[Clash] = []
    for index, claim in enumerate(claims):
        if claim is None or index in out:
            continue
        low, high, counts = claim.low, claim.high, True
        while stack:
            before, before_low, _ = stack[-1]
            earliest = before_low + boots[before].end + _room(spans, before, index) - boots[index].begin
            if earliest <= high + 2 * STEP_NS:  # each record is as exact as that
                low, high = max(low, earliest), max(high, earliest)
                break
            other = claims[before]
            assert other is not None
            lost = _lost(before, other, index, claim)
            if claim.trusted and _ahead(boots, claims, spans, stack, index):
                lost = (before,)
            clashes.append(Clash(before, index, lost, earliest - high))
            if before in lost:
                stack.pop()
            if index in lost:
                counts = False
                break
        if counts:
            stack.append((index, low, high))
    return {index: (low, high) for index, low, high in stack}, clashes


def _ahead(
    boots: Sequence[BootFacts],
    claims: Sequence[_Claim | None],
    spans: Sequence[int],
    stack: Sequence[tuple[int, int, int]],
    index: int,
) -> bool:
    """Whether the last boots of the stack have leapt ahead of where this one, which nobody checks, began.

    They are trusted as it is, and it fits behind the one before the leap.
    """
    claim = claims[index]
    assert claim is not None
    latest = claim.high + 2 * STEP_NS + boots[index].begin
    for (first, low, high), (leapt, begin, _) in zip(reversed(stack[:-1]), reversed(stack), strict=False):
        other = claims[leapt]
        if other is None or not other.trusted:
            return False
        begin += boots[leapt].begin
        fits = low + boots[first].end + _room(spans, first, index) <= latest < begin
        if fits and begin - high - boots[first].end > LEAP_NS:
            return True
    return False


def _lost(a: int, earlier: _Claim, b: int, later: _Claim) -> tuple[int, ...]:
    """Which of two boots that contradict each other do not count."""
    if earlier.rank != later.rank:
        return (a,) if earlier.rank < later.rank else (b,)
    return ((b,), (a, b), (a,))[earlier.rank]


def _winner(clash: Clash) -> int:
    return clash.earlier if clash.later in clash.lost else clash.later


def _room(spans: Sequence[int], before: int, after: int) -> int:
    """How long the boots between two others ran."""
    return spans[after] - spans[before + 1]


def _tighten(boots: Sequence[BootFacts], kept: dict[int, tuple[int, int]], spans: Sequence[int]) -> None:
    """Backwards: no boot ends after the next one has begun."""
    after: int | None = None
    for index in sorted(kept, reverse=True):
        low, high = kept[index]
        if after is not None:
            latest = kept[after][1] + boots[after].begin - _room(spans, index, after) - boots[index].end
            kept[index] = low, max(low, min(high, latest))
        after = index
