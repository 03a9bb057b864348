"""A sentence that claims something for certain stands only where the bounds prove it.

What is claimed is looked at again at instants of the time in question, with nothing but the register's bounds
there: neither the windows nor the narrowing of the verdict itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sodien.billing.audit.practice import Practice
from sodien.billing.audit.result import Check, Verdict
from sodien.billing.audit.verdict import judge
from sodien.billing.bill import Bill, main_row
from sodien.metering.register.register import Register
from tests.billing.audit import mistakes
from tests.billing.audit.practices import UTILITIES
from tests.billing.audit.world import ZONE, Household

SEEDS = st.integers(0, 2**32)
#: Sentences that say that something cannot be, or is at least so.
CERTAIN = frozenset(
    {
        "index_too_high",
        "index_too_low",
        "index_impossible",
        "read_at",
        "read_other_time",
        "index_joins_mended",
        "consumption_too_high",
        "consumption_too_low",
    }
)
#: Below and above an index in its steps, for each way to round it: what the register was. A whole step away
#: it was not: a register at a whole number is shown as that number, however it is rounded.
ROUNDED = {
    "floor": (Fraction(0), Fraction(1)),
    "nearest": (Fraction(-1, 2), Fraction(1, 2)),
    "up": (Fraction(-1), Fraction(0)),
    "either": (Fraction(-1, 2), Fraction(1)),
    "any": (Fraction(-1), Fraction(1)),
}


def can_show(register: Register, t: int, index: Decimal, practice: Practice, digits: int) -> bool:
    """Whether the register can have been at this index at t, in whatever round of the dial."""
    at = register.at(t)
    if at is None:
        return True
    under, over = ROUNDED[practice.truncation]
    size = 10**digits
    shown = Fraction(index)
    rounds = range(floor((at.low - shown - over) / size), ceil((at.high - shown - under) / size) + 1)
    for n in rounds:
        below, above = shown + n * size + under, shown + n * size + over
        reached = below < at.high or (below == at.high and under != -1)
        left = at.low < above or (at.low == above and over != 1)
        if reached and left:
            return True
    return False


def ms(text: str) -> int:
    """What a sentence says of a time, in ms UTC."""
    local = dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    return int(local.timestamp()) * 1000


def instants(start: int, end: int, random: Random) -> Iterable[int]:
    return [start, end, *(random.randint(start, end) for _ in range(12))]


def in_force(home: Household, verdict: Verdict) -> Practice:
    """The practice by which the sentences are said: how indices are rounded is all that is needed of it."""
    rounding = next(n.key for n in verdict.assumptions if n.key.startswith("truncation_"))
    return Practice(home.practice.zone, truncation=rounding.removeprefix("truncation_"))  # type: ignore[arg-type]


def check_claims(home: Household, bill: Bill, verdict: Verdict, random: Random) -> set[str]:
    """Try every claim of the verdict; the keys that were tried."""
    meter = home.meters.installed[-1]
    register, practice = meter.register, in_force(home, verdict)
    digits = meter.digits
    assert digits is not None
    tried = set()

    def shows(t: int, index: Decimal) -> bool:
        return can_show(register, t, index, practice, digits)

    for which in ("old", "new"):
        found, when = verdict.check(f"index_{which}"), verdict.check(f"read_{which}")
        if found is None or found.billed is None or "start" not in found.values:
            continue
        index, start, end = found.billed, ms(found.values["start"]), ms(found.values["end"])
        if found.says in ("index_too_high", "index_too_low", "index_impossible"):
            tried.add(found.says)
            if found.says != "index_impossible":
                assert not any(shows(t, index) for t in instants(start, end, random))
                assert found.by is not None
                least = Decimal(found.by) - 1  # one step nearer it would still not fit
                nearer = index - least if found.says == "index_too_high" else index + least
                assert not any(shows(t, nearer) for t in instants(start, end, random))
        if when is None:
            continue
        first, last = ms(when.values["start"]), ms(when.values["end"])
        tried.add(when.says)
        if when.says == "read_at":
            outside = [t for t in instants(start, end, random) if t < first or t > last]
            assert not any(shows(t, index) for t in outside)
        elif when.says == "read_other_time":
            assert not any(shows(t, index) for t in instants(start, end, random))
    joins = verdict.check("index_joins")
    old = verdict.check("index_old")
    if joins is not None and joins.says == "index_joins_mended" and old is not None:
        tried.add(joins.says)
        span = ms(old.values["start"]), ms(old.values["end"])
        assert not any(shows(t, Decimal(joins.values["new"])) for t in instants(*span, random))
    used = verdict.check("consumption")
    if used is not None and used.says in ("consumption_too_high", "consumption_too_low"):
        tried.add(used.says)
        check_consumption(home, bill, verdict, used, practice, random)
    return tried


def check_consumption(
    home: Household, bill: Bill, verdict: Verdict, used: Check, practice: Practice, random: Random
) -> None:
    """Between no two instants of the two readings can the billed kWh have flowed."""
    main = main_row(bill)
    assert used.billed is not None
    assert used.ours is not None
    spans = []
    for which, index in (("old", main and main.old), ("new", main and main.new)):
        check = verdict.check(f"index_{which}")
        if check is None or index is None or "start" not in check.values:
            return
        meter = home.meters.installed[-1]
        assert meter.digits is not None
        times = instants(ms(check.values["start"]), ms(check.values["end"]), random)
        if check.result != "disagrees":
            times = [t for t in times if can_show(meter.register, t, index, practice, meter.digits)]
        spans.append(times)
    factor = home.meters.installed[-1].multiplier
    for a in spans[0]:
        for b in spans[1]:
            if a > b:
                continue
            flowed = home.meters.consumed(a, b).billed
            assert used.ours.low <= flowed.high
            assert flowed.low <= used.ours.high
            # Cutting two indices takes a step off at most, or adds one.
            if used.says == "consumption_too_high":
                assert used.billed > flowed.low - factor
            else:
                assert used.billed < flowed.high + factor


def judged(seed: int, kind: int) -> tuple[Household, Bill, Verdict] | None:
    """A bill of some utility, mostly with a mistake, on one meter."""
    random = Random(seed)
    utility = random.choice([one for one in UTILITIES if one.energy])
    home = utility.household(seed, months=2)
    if len(home.meters.installed) > 1:
        return None
    bill, previous = home.bills[1], list(home.bills[:1])
    wrong = mistakes.make(home, 1, mistakes.KINDS[kind % len(mistakes.KINDS)], random)
    if wrong is not None and random.random() < 0.8:
        bill = utility.printed(home, 1, wrong.bill, random)
    if random.random() < 0.3 and previous and len(previous[0].rows) == 1:
        made = mistakes.make(home, 0, random.choice(mistakes.READING), random)
        previous = [made.bill] if made is not None else previous
    return home, bill, judge(bill, previous, home.meters, home.book, home.practice)


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(0, 100))
@example(4982, 44)  # a bound at a whole number
def test_what_is_claimed_is_proven_by_the_bounds(seed: int, kind: int) -> None:
    found = judged(seed, kind)
    if found is not None:
        check_claims(*found, Random(seed))


def test_every_claim_is_tried() -> None:
    tried: set[str] = set()
    for seed in range(150):
        found = judged(seed, seed)
        if found is not None:
            tried |= check_claims(*found, Random(seed))
    assert tried >= CERTAIN - {"index_impossible"}


@pytest.mark.parametrize("seconds", [1, 30, 59, 60])
def test_a_stretch_ends_with_the_minute_that_holds_all_of_it(seconds: int) -> None:
    from sodien.billing.audit.check_reading import local, until

    at = ms("2026-07-31 09:59")
    assert until(at + seconds * 1000, ZONE) == "2026-07-31 10:00"
    assert local(at + min(seconds, 59) * 1000, ZONE) == "2026-07-31 09:59"
