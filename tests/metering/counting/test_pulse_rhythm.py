"""Light that is no pulse, lamps with dropouts and the mains' flicker, against the description of a pulse."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import assume, example, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from sodien.metering.counting.limits import PulseLimits
from sodien.metering.counting.pulse_filter import PulseFilter
from tests.metering.counting.test_pulse_filter import (
    LAMPS,
    MS,
    RHYTHM,
    Edge,
    Flash,
    _feed_lossy,
    edges_of,
    feed,
    feed_advancing,
    flashes_in,
    flashes_of,
    legal,
    lines,
    trains,
)

LATER = 10**12


def settled(f: PulseFilter, accepted: list[int], end: int) -> list[int]:
    """What is certain once nothing more comes."""
    while (due := f.due) is not None:
        pulse = f.advance(max(due, end))
        end = max(due, end) + 1
        if pulse is not None:
            accepted.append(pulse)
    return accepted


def closed(line: Sequence[Edge], data: st.DataObject) -> list[Edge]:
    """The light goes out at the end, soon or late."""
    if not line or not line[-1][1]:
        return list(line)
    return [*line, (line[-1][0] + data.draw(st.integers(0, 40)), False)]


def lit_at_first(line: Sequence[Edge]) -> int:
    return line[0][0] if line and not line[0][1] else -(10**30)


@pytest.mark.parametrize(
    "limits", [RHYTHM, PulseLimits(3, 24, 5), PulseLimits(3, 24, 0, 6, 11), PulseLimits(8, 24, 2, 6, 11)]
)
@given(line=lines(limits=RHYTHM), data=st.data())
def test_exactly_the_legal_pulses_are_counted(
    limits: PulseLimits, line: list[Edge], data: st.DataObject
) -> None:
    line = closed(line, data)
    f = PulseFilter(limits)
    accepted = settled(f, feed(f, line), LATER)
    assert accepted == legal(flashes_of(line), limits, lit_at_first(line))
    assert flashes_in(f, accepted) == sum(active for _, active in line)
    assert f.undecided == 0


@given(lines(limits=RHYTHM), st.data())
def test_advance_never_changes_what_is_counted(line: list[Edge], data: st.DataObject) -> None:
    line = closed(line, data)
    f = PulseFilter(RHYTHM)
    accepted = settled(f, feed_advancing(f, line, data), LATER)
    assert accepted == legal(flashes_of(line), RHYTHM, lit_at_first(line))


@given(lines(limits=RHYTHM), st.data())
def test_what_is_due_is_decided_then_and_not_before(line: list[Edge], data: st.DataObject) -> None:
    f = PulseFilter(RHYTHM)
    feed(f, line)
    due, pending = f.due, f.pending
    assert (due is None) == (pending is None)
    if due is None or pending is None:
        return
    assert due <= pending + RHYTHM.min_active_ns + RHYTHM.flicker_to_ns
    before = (f.pending, dict(f.rejected))
    early = max(due - 1, line[-1][0])
    if early < due:
        assert f.advance(early) is None
        assert (f.pending, f.rejected) == before
    pulse = f.advance(max(due, line[-1][0]))
    assert (f.pending, f.rejected) != before or pulse is not None


@given(trains(RHYTHM, slack=RHYTHM.flicker_to_ns), st.booleans())
def test_no_legal_pulse_is_refused(train: list[Flash], declared: bool) -> None:
    """Any width and any rate, the dark between them being long enough."""
    assume(all(b[0] - a[1] >= RHYTHM.min_dark_ns for a, b in zip(train, train[1:], strict=False)))
    f = PulseFilter(RHYTHM, losses_declared=declared)
    assert settled(f, feed(f, edges_of(train)), LATER) == [start for start, _ in train]
    assert sum(f.rejected.values()) == f.undecided == 0


@budget(max_examples=300)
@given(
    lines(60, RHYTHM),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=5),
    st.booleans(),
    st.data(),
)
def test_declared_losses_stay_in_the_bounds(
    line: list[Edge], holes: list[tuple[int, int]], declared: bool, data: st.DataObject
) -> None:
    missing = {i for start, n in holes for i in range(start, start + n)}
    line = closed(line, data)
    assume(line and len(line) - 1 not in missing)
    truth = len(legal(flashes_of(line), RHYTHM, lit_at_first(line)))
    f = PulseFilter(RHYTHM, losses_declared=declared)
    f.start(not line[0][1], line[0][0] - data.draw(st.integers(0, 20)))
    accepted = settled(f, _feed_lossy(f, line, missing, data, declare=True), LATER)
    assert len(accepted) <= truth <= len(accepted) + f.undecided
    assert accepted == sorted(set(accepted))


def cannot_be_judged(line: Sequence[Edge], first: int, limits: PulseLimits) -> int:
    """How many flashes from edge ``first`` on fit at the spacing, until the light was out for long enough."""
    known, last, count = line[first][0], -LATER, 0
    for start, end in flashes_of(line[first:]):
        if start - known >= max(limits.min_dark_ns, limits.flicker_to_ns):
            break
        if start - last >= limits.min_spacing_ns:
            last, count = start, count + 1
        known = end
    return count


@budget(max_examples=300)
@given(
    limits=st.sampled_from([RHYTHM, PulseLimits(3, 24, 5), PulseLimits(3, 24, 0, 6, 11)]),
    hole=st.integers(0, 59),
    n=st.integers(1, 5),
    declared=st.booleans(),
    data=st.data(),
)
def test_a_loss_costs_what_it_hides_and_what_follows_without_a_pause(
    limits: PulseLimits, hole: int, n: int, declared: bool, data: st.DataObject
) -> None:
    line = closed(data.draw(lines(60, limits)), data)
    hole = min(hole, len(line) - n - 1)
    assume(hole >= 0)
    f = PulseFilter(limits, losses_declared=declared)
    f.start(not line[0][1], line[0][0] - data.draw(st.integers(0, 20)))
    truth = legal(flashes_of(line), limits, lit_at_first(line))
    accepted = settled(f, _feed_lossy(f, line, set(range(hole, hole + n)), data, declare=True), LATER)
    assert len(accepted) <= len(truth) <= len(accepted) + f.undecided
    assert f.undecided <= (n + 1) // 2 + 1 + cannot_be_judged(line, hole + n, limits)


@pytest.mark.parametrize("n", range(1, 8))
def test_after_a_clean_train_a_loss_costs_one_more(n: int) -> None:
    """And with room enough the truth: see ``test_the_bound_of_lost_is_reached``."""
    for hole, bound in ((6, (n + 1) // 2), (7, n // 2 + 1)):
        train = edges_of((k * 100, k * 100 + 20) for k in range(12))
        f = PulseFilter(RHYTHM)
        accepted = feed(f, train[:hole])
        f.lost(n)
        accepted = settled(f, accepted + feed(f, train[hole + n :]), LATER)
        assert f.undecided == bound + (not (hole + n) % 2)
        assert len(accepted) + f.undecided == 12


def test_light_that_is_never_out_for_long_is_never_judged_after_a_loss() -> None:
    """Narrow flashes 15 apart, dark for 5 of them: without the loss every second is a pulse."""
    line = edges_of((k * 15, k * 15 + 10) for k in range(200))
    whole, torn = PulseFilter(RHYTHM), PulseFilter(RHYTHM)
    truth = settled(whole, feed(whole, line), LATER)
    accepted = feed(torn, line[:20])
    torn.lost(2)
    accepted = settled(torn, accepted + feed(torn, line[22:]), LATER)
    assert len(truth) == 100
    assert len(truth) <= len(accepted) + torn.undecided <= len(truth) + 2


@given(lines(60, RHYTHM), st.integers(0, 12), st.integers(0, 40))
@example(
    [
        (0, True),
        (3, False),
        (13, True),
        (16, False),
        (24, True),
        (35, False),
        (48, True),
        (51, False),
        (72, True),
        (75, False),
    ],
    5,
    0,
)
def test_the_end_tells_what_may_be_missing(line: list[Edge], lost: int, later: int) -> None:
    assume(line)
    f = PulseFilter(RHYTHM)
    f.start(not line[0][1], line[0][0] - 1)
    kept = line[: len(line) - lost]
    accepted = feed(f, kept)
    if len(kept) < len(line):
        f.lost(len(line) - len(kept))
    if (pulse := f.end(line[-1][0] + later)) is not None:
        accepted.append(pulse)
    for width in (later, later + 100):
        whole = [*line, (line[-1][0] + width, False)] if line[-1][1] else line
        truth = len(legal(flashes_of(whole), RHYTHM, lit_at_first(line)))
        assert len(accepted) <= truth <= len(accepted) + f.undecided


# Lamps and mains, in milliseconds


def wave(
    period_us: int, on_us: int, start_ms: float, end_ms: float, jitter: Sequence[int] = (0,)
) -> list[Flash]:
    """Half waves of a lamp; ``jitter`` in microseconds, taken in turn for each leading edge."""
    out, n, t = [], 0, start_ms * MS
    while t < end_ms * MS:
        begin = t + jitter[n % len(jitter)] * 1000
        out.append((begin, begin + on_us * 1000))
        n, t = n + 1, t + period_us * 1000
    return out


def count(flashes: list[Flash], limits: PulseLimits = LAMPS) -> tuple[list[int], dict[str, int]]:
    f = PulseFilter(limits)
    accepted = settled(f, feed(f, edges_of(flashes)), LATER)
    assert f.undecided == 0
    return accepted, {reason: n for reason, n in f.rejected.items() if n}


@pytest.mark.parametrize("period_us", [10_000, 8_333, 9_900, 10_100, 20_000, 16_667])
@given(share=st.integers(1, 99), jitter=st.lists(st.integers(-400, 400), min_size=1, max_size=7))
@budget(max_examples=25)
def test_mains_flicker_counts_nothing(period_us: int, share: int, jitter: list[int]) -> None:
    """100 and 120 Hz, and a rectified half of it: for seconds, at any duty, with or without jitter."""
    on = period_us * share // 100
    assume(period_us - on > 900)
    accepted, rejected = count(wave(period_us, on, 0, 3000, jitter))
    assert accepted == []
    assert set(rejected) <= {"short", "flicker"}


@pytest.mark.parametrize("on_us", [2_000, 4_900, 5_100, 7_000, 9_000])
def test_pulses_are_counted_through_mains_flicker(on_us: int) -> None:
    """The LED adds its light: where both shine, the line is active."""
    pulses = [(n * 300, n * 300 + 80) for n in range(1, 20)]
    light = wave(10_000, on_us, 0, 6000) + [(a * MS, b * MS) for a, b in pulses]
    merged: list[Flash] = []
    for start, end in sorted(light):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    accepted, _ = count(merged)
    assert len(accepted) == len(pulses)
    assert all(abs(t - p[0] * MS) <= 10 * MS for t, p in zip(accepted, pulses, strict=True))


@given(st.lists(st.tuples(st.integers(30, 3000), st.integers(1, 9)), min_size=1, max_size=30))
def test_a_lamp_lit_for_long_with_dropouts_counts_once(pieces: list[tuple[int, int]]) -> None:
    t, flashes = 0, []
    for lit, dark in pieces:
        flashes.append((t * MS, (t + lit) * MS))
        t += lit + dark
    accepted, rejected = count(flashes)
    assert accepted == [0]
    assert rejected == ({"dark": len(pieces) - 1} if len(pieces) > 1 else {})


@pytest.mark.parametrize(
    ("period_ms", "on_us", "limits"),
    [
        (
            60,
            30_000,
            PulseLimits(5 * MS, 30 * MS, 7_500_000, 7_500_000, 22 * MS),
        ),  # IEC 62053-31
        (255, 80_000, LAMPS),
        (130, 200, PulseLimits(200_000, 127 * MS, 10 * MS, 7_500_000, 22 * MS)),  # an optical output: 0.2 ms
        (10, 2_000, PulseLimits(1 * MS, 5 * MS, 1_250_000)),  # 100 a second are pulses where they can be
    ],
)
def test_outputs_of_real_meters_survive(period_ms: int, on_us: int, limits: PulseLimits) -> None:
    flashes = wave(period_ms * 1000, on_us, 0, 20_000)
    accepted, rejected = count(flashes, limits)
    assert accepted == [start for start, _ in flashes]
    assert rejected == {}


@pytest.mark.parametrize(
    ("dark", "flicker"), [(-1, (0, 0)), (24, (0, 0)), (0, (-1, 3)), (0, (5, 4)), (0, (5, 24))]
)
def test_impossible_limits_are_refused(dark: int, flicker: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="must"):
        PulseLimits(3, 24, dark, *flicker)
