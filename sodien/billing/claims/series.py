"""Claims one after another: how far their register runs from ours, and what may be wrong with its numbers.

Everything rests on two necessary conditions of honest numbers, whatever the instants at which they were read
inside their windows: each lies in our register's bounds over its window, and two of them differ by what can
have flowed between. The second needs no dial reading. A fault is *certain* only where no permitted practice
explains the numbers, and no other fault that is known here does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final, Literal

from sodien.billing.arithmetic import difference
from sodien.billing.audit.index_match import PrintedIndex
from sodien.billing.audit.own_record import digits_of, installed_between
from sodien.billing.audit.practice import Practice
from sodien.billing.claims.claim import Claim
from sodien.billing.claims.judging import JudgedClaim, judge_claim, match, meter_of, widest
from sodien.metering.bounds import Interval
from sodien.metering.register.replacements import Installed, Meters

_DAY: Final = dt.timedelta(days=1)
#: So many claims at least make a line, or show what is the same about numbers that disagree.
_LINE: Final = 4
_SAME: Final = 3
#: A value is looked for so many days before its own at most.
_LATE: Final = range(1, 15)

Kind = Literal["stuck", "estimated", "late", "shifted", "late_or_shifted", "fast", "slow", "jump", "wrong"]


@dataclass(frozen=True, slots=True)
class ClaimDrift:
    """How far their register went beside ours, between two claims.

    Attributes:
        first, last: the claims.
        theirs: the kWh between them by their numbers, as limits.
        ours: by our count, between the times at which they may have been read.
        low, best, high: theirs against ours in ‰; above 0 theirs runs faster.
    """

    first: Claim
    last: Claim
    theirs: Interval
    ours: Interval
    low: Fraction
    best: Fraction
    high: Fraction

    @property
    def differs(self) -> bool:
        """Whether the bounds prove that they do not run alike."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class ClaimFault:
    """What may be wrong with some claims in a row.

    Attributes:
        kind: ``stuck``: the same number while energy flowed; ``estimated``: a straight line that was not
            read; ``late``: the values are ``days`` old; ``shifted``: all are off by the same, ``off``;
            ``late_or_shifted``: either; ``fast`` or ``slow``: they go up by more, or less, than ours;
            ``jump``: two that are too far apart, where no dial reading tells which; ``wrong``: they disagree,
            and nothing of this fits all of them.
        certain: whether the bounds prove it, whatever the utility's practice; else it only may be so.
        first, last: the claims at both ends.
        count: how many there are.
        days: by how many days the values are late, where they may be.
        off: by how many kWh they are off, where by the same; ``jump``: how much too far apart at least.
        kwh: ``stuck``: the kWh that flowed meanwhile at least.
    """

    kind: Kind
    certain: bool
    first: Claim
    last: Claim
    count: int
    days: int = 0
    off: Interval | None = None
    kwh: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of the utility's numbers: each judged, by time, with drift and faults."""

    judged: tuple[JudgedClaim, ...]
    drift: ClaimDrift | None
    faults: tuple[ClaimFault, ...]

    @property
    def disagrees(self) -> bool:
        """Whether anything is wrong for certain."""
        certain = any(fault.certain for fault in self.faults)
        drifts = self.drift is not None and self.drift.differs
        return certain or drifts or any(one.result == "disagrees" for one in self.judged)


def account(claims: Iterable[Claim], meters: Meters, practice: Practice) -> Account:
    """Judge the claims of one source; ``practice`` is the household's, with what else is permitted."""
    ordered = sorted(claims, key=lambda one: one.time(practice.zone))
    judged = tuple(judge_claim(one, meters, practice) for one in ordered)
    return Account(judged, drift(ordered, meters, practice), tuple(_faults(judged, meters, practice)))


# -- between two claims --------------------------------------------------------------------------------


def _meter(one: Claim, other: Claim, meters: Meters, practice: Practice) -> Installed | None:
    """The one meter of both; None where it was replaced between them."""
    found = installed_between(meters, one.window(practice).start, other.window(practice).end)
    return found[0] if len(found) == 1 else None


def _theirs(
    one: Claim, other: Claim, meter: Installed, practice: Practice, ours: Interval
) -> Interval | None:
    """How far the register went by their numbers, in the round of the dial nearest to ``ours``.

    None where that cannot be told.
    """
    a, b = (PrintedIndex.of(claim.index, practice.truncation) for claim in (one, other))
    limits = b.register - a.register
    digits = digits_of(meter, practice)
    if digits is None:
        return limits if limits.high >= 0 else None
    size = 10**digits
    if ours.width >= size:
        return None
    rounds = round((ours.middle - limits.middle) / size) * size
    return Interval(limits.low + rounds, limits.high + rounds)


def _ours(one: Claim, other: Claim, meter: Installed, practice: Practice) -> Interval:
    """How far it can have gone by our count, whenever in their windows both were read."""
    a, b = one.window(practice), other.window(practice)
    energy = meter.register.energy
    if a.end <= b.start:
        return Interval(energy(a.end, b.start).low, energy(a.start, b.end).high)
    return Interval(-energy(b.start, a.end).high, energy(a.start, b.end).high)


def _apart(one: Claim, other: Claim, meters: Meters, practice: Practice) -> Fraction:
    """By how many kWh at least their difference cannot be right, > 0 too much; 0 where it can be."""
    meter = _meter(one, other, meters, practice)
    if meter is None:
        return Fraction(0)
    ours = _ours(one, other, meter, practice)
    theirs = _theirs(one, other, meter, practice, ours)
    if theirs is None:
        return Fraction(0)
    if theirs.low > ours.high:
        return theirs.low - ours.high
    return theirs.high - ours.low if theirs.high < ours.low else Fraction(0)


def drift(claims: Sequence[Claim], meters: Meters, practice: Practice) -> ClaimDrift | None:
    """Theirs against ours, from the first claim to the last that are of the meter installed last.

    None where fewer than two can be compared, or too little flowed between them for certain.
    """
    loose = widest(practice)
    inside = [one for one in claims if _counted(one, meters, loose)]
    for first in inside[:-1]:
        last = inside[-1]
        meter = _meter(first, last, meters, loose)
        if meter is None:
            continue
        ours = _ours(first, last, meter, loose)
        theirs = _theirs(first, last, meter, loose, ours)
        if theirs is None or ours.low <= 0:
            return None
        a, b = first.window(loose), last.window(loose)
        middle = meter.register.energy((a.start + a.end) // 2, (b.start + b.end) // 2).best
        low, high = theirs.low / ours.high, theirs.high / ours.low
        best = theirs.middle / middle if middle > 0 else low
        best = min(max(best, low), high)
        return ClaimDrift(first, last, theirs, ours, *(1000 * (one - 1) for one in (low, best, high)))
    return None


def _counted(claim: Claim, meters: Meters, practice: Practice) -> bool:
    """Whether counting had begun, and not ended, while it may have been read."""
    meter = meter_of(claim, meters, practice)
    span = meter.register.span if meter is not None else None
    window = claim.window(practice)
    return span is not None and span[0] <= window.start and window.end <= span[1]


# -- faults --------------------------------------------------------------------------------------------


def _faults(judged: Sequence[JudgedClaim], meters: Meters, practice: Practice) -> Iterable[ClaimFault]:
    loose = widest(practice)
    taken: set[int] = set()
    claims = [one.claim for one in judged]
    for run in _runs(claims, lambda a, b: a.index == b.index):
        fault = _stuck([claims[i] for i in run], meters, practice, loose) if len(run) > 1 else None
        if fault is not None:
            taken.update(run)
            yield fault
    for run in _lines(claims, meters, practice):
        fault = _line([claims[i] for i in run], meters, practice, loose)
        if fault is not None and len(taken & set(run)) < 2:  # its ends may be those of another one
            taken.update(run)
            yield fault
    for (i, one), (k, other) in pairwise(enumerate(judged)):
        if i in taken or k in taken or "no_reading" not in (one.why, other.why):
            continue
        if off := _apart(one.claim, other.claim, meters, loose):
            yield ClaimFault("jump", True, one.claim, other.claim, 2, off=Interval(off, off))
    for wrong in (True, False):
        rest = [
            i
            for i, one in enumerate(judged)
            if i not in taken
            and one.why != "impossible"
            and (one.result == "disagrees" if wrong else bool(one.habits))
        ]
        for run in _consecutive(rest):
            if len(run) >= _SAME:
                some, before = [judged[i] for i in run], claims[run[0] - 1] if run[0] else None
                by = loose if wrong else practice
                fault = _same(some, before, meters, practice, by, certain=wrong)
                if fault is not None:
                    yield fault


def _runs(claims: Sequence[Claim], alike: Callable[[Claim, Claim], bool]) -> list[list[int]]:
    """The longest stretches in which each claim is like the one before, by their places."""
    found: list[list[int]] = []
    for i, one in enumerate(claims):
        if found and alike(claims[i - 1], one):
            found[-1].append(i)
        else:
            found.append([i])
    return found


def _consecutive(places: Sequence[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for place in places:
        if found and found[-1][-1] == place - 1:
            found[-1].append(place)
        else:
            found.append([place])
    return found


def _stuck(run: Sequence[Claim], meters: Meters, practice: Practice, loose: Practice) -> ClaimFault | None:
    """The same number all along, while more flowed than what it leaves out."""
    for one, certain in ((loose, True), (practice, False)):
        off = _apart(run[0], run[-1], meters, one)
        if off < 0:
            meter = _meter(run[0], run[-1], meters, one)
            assert meter is not None
            flowed = _ours(run[0], run[-1], meter, one).low
            return ClaimFault("stuck", certain, run[0], run[-1], len(run), kwh=flowed)
    return None


def _lines(claims: Sequence[Claim], meters: Meters, practice: Practice) -> list[list[int]]:
    """Claims of one day after another that go up by the same each day, within what is rounded off."""
    days = [one.date(practice.zone) for one in claims]
    found: list[list[int]] = []
    begin = 0
    steps: list[Fraction] = []
    for i in range(1, len(claims) + 1):
        step = None
        if i < len(claims) and days[i] - days[i - 1] == _DAY:
            digits = digits_of(meters.meter(claims[i].time(practice.zone)), practice)
            step = difference(claims[i - 1].index, claims[i].index, digits)
        if step is not None and step > 0:
            unit = min(PrintedIndex.of(one.index, "floor").step for one in claims[begin : i + 1])
            if max([*steps, step]) - min([*steps, step]) <= unit:
                steps.append(step)
                continue
        if len(steps) + 1 >= _LINE:
            found.append(list(range(begin, begin + len(steps) + 1)))
        # The last step may begin the next line.
        begin, steps = (i - 1, [step]) if step is not None and step > 0 else (i, [])
    return found


def _line(run: Sequence[Claim], meters: Meters, practice: Practice, loose: Practice) -> ClaimFault | None:
    """A straight line through numbers that cannot have been read: some of them are too far apart."""
    pairs = [*pairwise(run), *((run[0], one) for one in run[2:]), *((one, run[-1]) for one in run[1:-1])]
    for one, certain in ((loose, True), (practice, False)):
        if any(_apart(a, b, meters, one) for a, b in pairs):
            # Who uses the same every day has a straight line too, and a fast register shows a steeper one.
            certain = certain and _rates(run, meters, one) is None
            return ClaimFault("estimated", certain, run[0], run[-1], len(run))
    return None


def _same(
    run: Sequence[JudgedClaim],
    before: Claim | None,
    meters: Meters,
    usual: Practice,
    practice: Practice,
    *,
    certain: bool,
) -> ClaimFault | None:
    """What is the same about numbers that disagree, or that agree only if the utility has some habit.

    A shift is certain where it came at once, after the claim ``before``: a register that runs fast or slow
    gets there too.
    """
    claims = [one.claim for one in run]
    days = next((late for late in _LATE if _fits(claims, meters, usual, late)), 0)
    first, last, count = claims[0], claims[-1], len(claims)
    if not certain:
        return ClaimFault("late", False, first, last, count, days=days) if days else None
    late = days or next((one for one in _LATE if _fits(claims, meters, practice, one)), 0)
    off = _offset(claims, meters, practice)
    rate = _rate(claims, meters, practice)
    if off is not None and late:
        return ClaimFault("late_or_shifted", False, first, last, count, days=late, off=off)
    if off is not None:
        jumped = before is not None and _apart(before, first, meters, practice) != 0
        return ClaimFault("shifted", jumped, first, last, count, off=off)
    if late:
        return ClaimFault("late", bool(days) and not rate, first, last, count, days=late)
    if rate:
        return ClaimFault("fast" if rate > 0 else "slow", True, first, last, count)
    return ClaimFault("wrong", True, first, last, count)


def _fits(claims: Sequence[Claim], meters: Meters, practice: Practice, late: int) -> bool:
    """Whether every value can have been read so many days before its own."""
    for claim in claims:
        meter = meter_of(claim, meters, practice)
        if meter is None or not match(claim, meter, practice, late).fits:
            return False
    return True


def _offset(claims: Sequence[Claim], meters: Meters, practice: Practice) -> Interval | None:
    """By how many kWh all of them may be off alike; None where no one number explains them."""
    found: Interval | None = None
    for claim in claims:
        meter = meter_of(claim, meters, practice)
        if meter is None:
            return None
        beside = match(claim, meter, practice)
        if beside.seen is None:
            return None
        here = beside.index.register - beside.seen
        found = here if found is None else found.intersect(here)
        if found is None:
            return None
    return found


def _rate(claims: Sequence[Claim], meters: Meters, practice: Practice) -> int:
    """1 where one rate above ours explains what lies between them, -1 where one below; 0 where none need."""
    rates = _rates(claims, meters, practice)
    if rates is None or rates.low <= 1 <= rates.high:
        return 0
    return 1 if rates.low > 1 else -1


def _rates(claims: Sequence[Claim], meters: Meters, practice: Practice) -> Interval | None:
    """The rates, beside ours, of a register that shows all of them; None where there is none."""
    low, high = Fraction(0), Fraction(10**6)
    pairs = [*((claims[0], one) for one in claims[1:]), *((one, claims[-1]) for one in claims[1:-1])]
    for one, other in pairs:
        meter = _meter(one, other, meters, practice)
        if meter is None:
            return None
        ours = _ours(one, other, meter, practice)
        theirs = _theirs(one, other, meter, practice, ours)
        if theirs is None or ours.high <= 0:
            continue
        low = max(low, theirs.low / ours.high)
        if ours.low > 0:
            high = min(high, theirs.high / ours.low)
        if low > high:
            return None
    return Interval(low, high)
