"""The promise, on random histories: the true register is inside, and nothing could be tighter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import floor
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.metering.register.observations import Anchor
from sodien.metering.register.register import Register
from tests.metering.register.history import HOUR, History, make
from tests.metering.register.oracle import Oracle

SEEDS = st.integers(0, 2**32)
BUDGET = settings(max_examples=120, deadline=None)


def readings(history: History, random: Random, most: int = 6) -> list[Anchor]:
    """Honest readings, exact in time or with a window, of any resolution."""
    found = []
    for name in range(random.randint(1, most)):
        window = random.choice((0, 0, 60_000, HOUR))
        before = random.randint(0, window)
        decimals = random.choice((0, 1, 3))
        t = history.moment(random)
        found.append(history.anchor(f"r{name}", t, decimals=decimals, before=before, after=window - before))
    return found


def holds(
    register: Register, history: History, truth: Callable[[int], Fraction], random: Random
) -> list[int]:
    """Truth inside, estimate inside, nothing falls; returns the instants looked at."""
    moments = sorted(history.moment(random) for _ in range(8))
    last = None
    for t in moments:
        found = register.at(t)
        assert found is not None
        assert found.low <= truth(t) <= found.high
        assert found.low <= found.best <= found.high
        if last is not None:
            assert last.low <= found.low
            assert last.high <= found.high
            assert last.best <= found.best
        last = found
    return moments


@BUDGET
@given(SEEDS)
def test_the_truth_is_inside_and_bounds_never_fall(seed):
    random, history = Random(seed), make(seed)
    register = history.register(readings(history, random))
    assert not register.findings
    moments = holds(register, history, history.truth, random)
    for t1, t2 in zip(moments, moments[1:], strict=False):
        found = register.energy(t1, t2)
        assert found.low <= history.truth(t2) - history.truth(t1) <= found.high
        assert found.low <= found.best <= found.high


@BUDGET
@given(SEEDS)
def test_energy_needs_no_reading(seed):
    random, history = Random(seed), make(seed)
    register = history.register([])
    for _ in range(5):
        t1, t2 = sorted((history.moment(random), history.moment(random)))
        found = register.energy(t1, t2)
        assert found.low <= history.truth(t2) - history.truth(t1) <= found.high
        assert found.low <= found.best <= found.high


@BUDGET
@given(SEEDS)
def test_a_true_reading_widens_nothing_and_order_does_not_matter(seed):
    random, history = Random(seed), make(seed)
    known = readings(history, random)
    fewer, all_of_them = history.register(known[:-1]), history.register(known)
    random.shuffle(known)
    shuffled = history.register(known)
    for _ in range(6):
        t1, t2 = sorted((history.moment(random), history.moment(random)))
        before, after = fewer.at(t1), all_of_them.at(t1)
        assert after is not None
        assert before is None or before.low <= after.low <= after.high <= before.high
        assert shuffled.at(t1) == after
        wide, narrow = fewer.energy(t1, t2), all_of_them.energy(t1, t2)
        assert wide.low <= narrow.low <= narrow.high <= wide.high
        assert shuffled.energy(t1, t2) == narrow


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_bounds_are_exactly_what_the_constraints_allow(seed):
    random, history = Random(seed), make(seed, exact=True, parts=3)

    def known_instant() -> int:
        while True:  # the oracle needs exact counts
            t = history.moment(random)
            if t in history.ticks or not any(p.start < t < p.end for p in history.pieces):
                return t

    anchors = []
    for name in range(random.randint(1, 3)):
        t = known_instant()
        low, high = sorted((t, known_instant() if random.random() < 0.3 else t))
        decimals = random.choice((0, 1, 3))
        anchors.append(history.anchor(f"r{name}", t, decimals=decimals, before=t - low, after=high - t))
    asked = sorted(known_instant() for _ in range(4))
    register, oracle = history.register(anchors), Oracle(history, anchors, asked)
    for t in asked:
        found = register.at(t)
        assert found is not None
        assert (found.low, found.high) == oracle.register(t)
    for t1, t2 in zip(asked, asked[1:], strict=False):
        flowed = register.energy(t1, t2)
        assert (flowed.low, flowed.high) == oracle.energy(t1, t2)


@BUDGET
@given(SEEDS)
def test_never_wider_than_the_readings_taken_one_by_one(seed):
    """R(t) as the intersection over all readings of what each says alone."""
    random, history = Random(seed), make(seed)
    known = readings(history, random)
    together, alone = history.register(known), [history.register([anchor]) for anchor in known]
    for _ in range(5):
        t = history.moment(random)
        found, each = together.at(t), [register.at(t) for register in alone]
        assert found is not None
        assert found.low == max(one.low for one in each if one is not None)
        assert found.high == min(one.high for one in each if one is not None)


@BUDGET
@given(SEEDS)
def test_one_wrong_reading_never_narrows_silently(seed):
    random, history = Random(seed), make(seed)
    known = readings(history, random)
    bad = random.randrange(len(known))
    error = Fraction(random.choice((-1000, -50, -3, 3, 50, 1000)), random.choice((1, 10)))
    known[bad] = replace(known[bad], low=known[bad].low + error, high=known[bad].high + error)
    register = history.register(known)
    for finding in register.findings:
        assert known[bad].id in (*finding.rejected, *finding.suspects)
        assert set(finding.rejected) <= {known[bad].id}
        holds(register, history, history.truth, random)


@BUDGET
@given(SEEDS)
def test_pulses_missed_unnoticed_never_reject_a_true_reading(seed):
    random, history = Random(seed), make(seed)
    when, jump = history.moment(random), Fraction(random.choice((1, 5, 100)), 2)

    def truth(t: int) -> Fraction:
        return history.truth(t) + (jump if t > when else 0)

    known = []
    for name in range(random.randint(2, 7)):
        t = history.moment(random)
        low = Fraction(floor(truth(t) * 10), 10)
        known.append(Anchor(f"r{name}", low, low + Fraction(1, 10), t, t))
    register = history.register(known)
    if register.findings:
        assert not register.rejected
        holds(register, history, truth, random)


@BUDGET
@given(SEEDS)
def test_pulses_counted_too_often_unnoticed_never_reject_a_true_reading(seed):
    random, history = Random(seed), make(seed, doubts=False)
    known = [history.anchor(f"r{name}", history.moment(random)) for name in range(random.randint(2, 7))]
    k, extra = random.randrange(len(history.pieces)), random.choice((5, 500, 50_000))
    piece = history.pieces[k]
    since = random.choice([t for t in history.ticks if piece.start < t <= piece.end])
    history.counts = [
        n + extra if t >= since else n for t, n in zip(history.ticks, history.counts, strict=True)
    ]
    history.pieces[k] = replace(piece, last=piece.last + extra)
    for later in range(k + 1, len(history.pieces)):
        p = history.pieces[later]
        history.pieces[later] = replace(p, first=p.first + extra, last=p.last + extra)
    register = history.register(known)
    if register.findings:
        assert not register.rejected
        holds(register, history, history.truth, random)


@BUDGET
@given(SEEDS)
def test_whatever_is_wrong_the_bounds_stay_in_order(seed):
    """Many wrong readings: no exception, no crossing, nothing falls, order does not matter."""
    random, history = Random(seed), make(seed)
    known = readings(history, random, most=14)
    for i in range(len(known)):
        if random.random() < 0.6:
            error = Fraction(random.randint(-3000, 3000), 10)
            known[i] = replace(known[i], low=known[i].low + error, high=known[i].high + error)
    register = history.register(known)
    random.shuffle(known)
    shuffled = history.register(known)
    last = None
    for t in sorted(history.moment(random) for _ in range(10)):
        found = register.at(t)
        assert found is not None
        assert found.low < found.high
        assert found == shuffled.at(t)
        assert last is None or (last.low <= found.low and last.high <= found.high and last.best <= found.best)
        last = found
    assert register.findings == shuffled.findings


@BUDGET
@given(SEEDS)
def test_the_dial_may_go_round(seed):
    random, history = Random(seed), make(seed)
    digits = 3
    history.start = Fraction(random.randint(600_000, 999_999), 1000)
    known = sorted(readings(history, random), key=lambda anchor: (anchor.start, anchor.end, anchor.id))
    size = 10**digits
    shown = [replace(a, low=a.low % size, high=a.low % size + a.high - a.low) for a in known]
    register, plain = history.register(shown, digits=digits), history.register(known)
    rounds = known[0].low // size * size
    if any(finding.kind == "rollover" for finding in register.findings):
        return  # a whole round can hide in the gaps; that is another test
    assert not register.findings
    for _ in range(6):
        t = history.moment(random)
        found, straight = register.at(t), plain.at(t)
        assert found is not None
        assert straight is not None
        assert (found.low + rounds, found.high + rounds) == (straight.low, straight.high)
