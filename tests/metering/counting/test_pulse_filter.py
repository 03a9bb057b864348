"""The pulse filter against an independent description of what a legal pulse is.

Most properties use limits of a few nanoseconds, so that random times often fall exactly on a limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sodien.metering.counting.limits import PulseLimits
from sodien.metering.counting.pulse_filter import Loss, PulseFilter

MS = 1_000_000
TINY = PulseLimits(min_active_ns=5, min_spacing_ns=12)
#: 1600 imp/kWh, 40 A at 220 V, and the default width.
HOUSE = PulseLimits(min_active_ns=5 * MS, min_spacing_ns=255 * MS)

#: With a minimum dark time and a rhythm to refuse, in nanoseconds and as it is for a household.
RHYTHM = PulseLimits(min_active_ns=3, min_spacing_ns=24, min_dark_ns=5, flicker_from_ns=6, flicker_to_ns=11)
LAMPS = PulseLimits(5 * MS, 127 * MS, 10 * MS, 7_500_000, 22 * MS)

Edge = tuple[int, bool]
Flash = tuple[int, int]


def flashes_of(edges: Sequence[Edge]) -> list[Flash]:
    """(leading, trailing) of every complete flash of an alternating line."""
    return [(a[0], b[0]) for a, b in pairwise(edges) if a[1] and not b[1]]


def legal(flashes: Iterable[Flash], limits: PulseLimits, lit_until: int = -(10**30)) -> list[int]:
    """The leading edges of the legal pulses, by definition; ``lit_until``: a light was on at the start."""
    long = [(start, end) for start, end in flashes if end - start >= limits.min_active_ns]
    out: list[int] = []
    for i, (start, end) in enumerate(long):
        near = [abs(start - other[0]) for other in (*long[max(0, i - 1) : i], *long[i + 1 : i + 2])]
        short = end - start < limits.flicker_to_ns
        if short and any(limits.flicker_from_ns <= apart <= limits.flicker_to_ns for apart in near):
            continue
        if start - lit_until < limits.min_dark_ns:
            lit_until = lit_until if short else end
            continue
        lit_until = end
        if not out or start - out[-1] >= limits.min_spacing_ns:
            out.append(start)
    return out


def edges_of(flashes: Iterable[Flash]) -> list[Edge]:
    return [edge for start, end in flashes for edge in ((start, True), (end, False))]


def feed(f: PulseFilter, edges: Iterable[Edge]) -> list[int]:
    return [pulse for t, active in edges if (pulse := f.edge(t, active)) is not None]


def flashes_in(f: PulseFilter, accepted: Sequence[int]) -> int:
    """How many flashes the filter accounts for."""
    return len(accepted) + sum(f.rejected.values()) + (f.pending is not None)


def steps(limits: PulseLimits) -> st.SearchStrategy[int]:
    """Times between two edges: anything, and often a limit or one beside it, where mistakes are."""
    names = ("min_active_ns", "min_spacing_ns", "min_dark_ns", "flicker_from_ns", "flicker_to_ns")
    edges = {getattr(limits, name) + by for name in names for by in (-1, 0, 1)}
    least = [limits.min_spacing_ns - limits.min_active_ns + by for by in (-1, 0, 1)]
    return st.integers(0, 30) | st.sampled_from(sorted(one for one in {*edges, *least} if one >= 0))


@st.composite
def trains(draw: st.DrawFn, limits: PulseLimits = TINY, slack: int = 0) -> list[Flash]:
    """Legal pulses, any width and any rate that is legal; ``slack`` more spacing than needed."""
    start, out = draw(st.integers(-50, 50)), []
    for _ in range(draw(st.integers(0, 12))):
        width = limits.min_active_ns + draw(st.integers(0, 4 * limits.min_spacing_ns) | steps(limits))
        out.append((start, start + width))
        start += max(limits.min_spacing_ns + slack, width + 1)
        start += draw(st.integers(0, 3 * limits.min_spacing_ns) | steps(limits))
    return out


@st.composite
def lines(draw: st.DrawFn, most: int = 40, limits: PulseLimits = TINY) -> list[Edge]:
    """Any alternating line: legal pulses, glitches, dropouts and everything between."""
    t, active, out = draw(st.integers(-50, 50)), draw(st.booleans()), []
    for step in draw(st.lists(steps(limits), max_size=most)):
        t += step
        out.append((t, active))
        active = not active
    return out


# What one flash does


@pytest.mark.parametrize(
    ("flashes", "accepted", "reason"),
    [
        ([(0, 5)], [0], None),
        ([(0, 4)], [], "short"),
        ([(0, 5), (12, 17)], [0, 12], None),
        ([(0, 5), (11, 17)], [0], "spacing"),
        ([(0, 5), (11, 12)], [0], "short"),
        ([(0, 4), (5, 10)], [5], "short"),
        ([(0, 5), (11, 16), (16, 21)], [0, 16], "spacing"),  # what is refused does not move the spacing
    ],
)
def test_limits_are_inclusive(flashes: list[Flash], accepted: list[int], reason: str | None) -> None:
    f = PulseFilter(TINY)
    assert feed(f, edges_of(flashes)) == accepted
    assert {r for r, n in f.rejected.items() if n} == ({reason} if reason else set())
    assert f.undecided == 0


@pytest.mark.parametrize(("active_ns", "spacing_ns"), [(0, 5), (-1, 5), (5, 4)])
def test_impossible_limits_are_refused(active_ns: int, spacing_ns: int) -> None:
    with pytest.raises(ValueError, match="must be"):
        PulseLimits(active_ns, spacing_ns)


def test_a_flash_lit_at_the_start_is_not_ours() -> None:
    told, untold = PulseFilter(TINY), PulseFilter(TINY)
    told.start(True, 0)
    for f in (told, untold):
        assert f.advance(100) is None
        assert feed(f, [(200, False), (300, True), (310, False)]) == [300]
        assert sum(f.rejected.values()) == f.undecided == 0
    with pytest.raises(ValueError, match="new filter"):
        f.start(False, 400)


def test_a_lamp_that_stays_on_counts_once() -> None:
    f = PulseFilter(TINY)
    assert f.edge(0, True) is None
    assert f.pending == 0
    assert f.advance(4) is None
    assert f.pending == 0
    assert f.advance(5) == 0
    assert f.pending is None
    assert [f.advance(t) for t in range(6, 200, 7)] == [None] * 28
    assert f.edge(1000, False) is None
    assert sum(f.rejected.values()) == 0


def test_a_late_watermark_changes_nothing() -> None:
    f = PulseFilter(TINY)
    f.advance(100)
    assert f.advance(50) is None
    assert feed(f, [(60, True), (70, False)]) == [60]  # older than promised, taken all the same


def test_time_that_goes_backwards_is_refused() -> None:
    f = PulseFilter(TINY)
    assert feed(f, [(0, True), (10, False), (9, True), (8, False), (30, True), (40, False)]) == [0, 30]
    assert f.rejected["order"] == 2


# Clean lines


@given(trains(), st.booleans(), st.booleans(), st.booleans())
def test_no_legal_pulse_is_refused(train: list[Flash], active_high: bool, told: bool, declared: bool) -> None:
    raw = [(t, level == active_high) for t, level in edges_of(train)]  # the line as the pin sees it
    f = PulseFilter(TINY, losses_declared=declared)
    if told:
        f.start(False, -100)
    assert feed(f, ((t, level == active_high) for t, level in raw)) == [start for start, _ in train]
    assert sum(f.rejected.values()) == f.undecided == 0


@given(lines())
def test_exactly_the_legal_pulses_are_counted(line: list[Edge]) -> None:
    f = PulseFilter(TINY)
    accepted = feed(f, line)
    assert accepted == legal(flashes_of(line), TINY)
    assert all(b - a >= TINY.min_spacing_ns for a, b in pairwise(accepted))
    assert flashes_in(f, accepted) == sum(active for _, active in line)
    assert f.rejected["short"] == sum(end - start < TINY.min_active_ns for start, end in flashes_of(line))
    assert f.undecided == 0


@given(lines())
def test_filtering_twice_is_filtering_once(line: list[Edge]) -> None:
    once = feed(PulseFilter(TINY), line)
    again = [(start, end) for start, end in flashes_of(line) if start in once and end > start]
    assert feed(PulseFilter(TINY), edges_of(again)) == once


def feed_advancing(f: PulseFilter, edges: Sequence[Edge], data: st.DataObject) -> list[int]:
    """As ``feed``, with watermarks that keep their promise drawn between the edges."""
    out: list[int] = []
    for i, (t, active) in enumerate(edges):
        earlier = edges[i - 1][0] if i else t - 40
        marks = data.draw(st.lists(st.integers(earlier, t), max_size=2), label="watermarks")
        settled = [*map(f.advance, marks), f.edge(t, active)]
        out += [pulse for pulse in settled if pulse is not None]
    return out


@given(lines(), st.sets(st.integers(0, 40)), st.booleans(), st.data())
def test_advance_never_changes_what_is_counted(
    line: list[Edge], missing: set[int], declared: bool, data: st.DataObject
) -> None:
    seen = [edge for i, edge in enumerate(line) if i not in missing]  # the same level twice, too
    plain, advancing = (PulseFilter(TINY, losses_declared=declared) for _ in range(2))
    assert feed(plain, seen) == feed_advancing(advancing, seen, data)
    assert plain.rejected == advancing.rejected
    assert plain.undecided >= advancing.undecided  # a promise kept can only make things clearer
    assert plain.pending == advancing.pending


@given(trains(), st.integers(0, 200))
def test_at_a_boundary_all_that_began_before_is_settled(train: list[Flash], boundary: int) -> None:
    f = PulseFilter(TINY)
    before = [edge for edge in edges_of(train) if edge[0] < boundary]
    out = feed(f, before)
    if (pulse := f.advance(boundary)) is not None:
        out.append(pulse)
    if f.pending is not None:
        wake = f.pending + TINY.min_active_ns
        assert boundary < wake < boundary + TINY.min_active_ns
        late = [edge for edge in edges_of(train) if boundary <= edge[0] < wake]
        out += feed(f, late)
        if (pulse := f.advance(wake)) is not None:
            out.append(pulse)
    assert [start for start in out if start < boundary] == [s for s, _ in train if s < boundary]


# Chatter


@st.composite
def chatter(draw: st.DrawFn, longest: int) -> list[int]:
    """An even number of toggles as offsets within ``longest``, 0.05-3 ms apart."""
    offsets, t = [], 0
    for step in draw(st.lists(st.integers(50_000, 3 * MS), max_size=8)):
        t += step
        if t > longest:
            break
        offsets.append(t)
    return offsets[: len(offsets) // 2 * 2]


@given(st.data())
def test_chatter_neither_adds_nor_removes(data: st.DataObject) -> None:
    """Bouncing before, at and after both edges, of up to 3 ms: the settled flash is the pulse."""
    edges: list[Edge] = []
    settled, t = [], 0
    for _ in range(data.draw(st.integers(1, 6))):
        for offset, active in zip(data.draw(chatter(3 * MS)), _alternate(True), strict=False):
            edges.append((t + offset, active))
        t += 3 * MS
        settled.append(t)
        edges.append((t, True))
        t += data.draw(st.integers(5 * MS, 200 * MS))
        edges.append((t, False))
        for offset, active in zip(data.draw(chatter(3 * MS)), _alternate(True), strict=False):
            edges.append((t + offset, active))
        t = max(t + 4 * MS, settled[-1] + HOUSE.min_spacing_ns - 3 * MS) + data.draw(st.integers(0, 10**10))
    assert edges == sorted(edges, key=lambda edge: edge[0])
    f = PulseFilter(HOUSE)
    assert feed(f, edges) == settled
    assert f.rejected["short"] == sum(f.rejected.values())
    assert f.undecided == 0


def _alternate(level: bool) -> Iterable[bool]:
    while True:
        yield level
        level = not level


@given(trains(slack=TINY.min_active_ns), st.lists(st.integers(-60, 400), max_size=12), st.booleans())
def test_what_merges_is_no_pulse_and_hides_none(train: list[Flash], times: list[int], declared: bool) -> None:
    """A glitch or dropout over before the kernel looked is one event with the level there was already."""
    edges = edges_of(train)
    for t in times:
        level = any(start <= t < end for start, end in train)
        edges.append((t, level))
    taken = {t for t, _ in edges_of(train)}
    edges = sorted(edge for edge in set(edges) if edge in edges_of(train) or edge[0] not in taken)
    f = PulseFilter(TINY, losses_declared=declared)
    f.start(False, -60)
    accepted = feed(f, edges)
    if declared:
        assert accepted == [start for start, _ in train]
        assert f.undecided == 0
    assert len(accepted) <= len(train) <= len(accepted) + f.undecided
    assert f.rejected["same_level"] == sum(f.rejected.values()) - f.rejected["short"] - f.rejected["spacing"]


def test_merged_noise_does_not_widen_without_limit() -> None:
    """A thousand merged glitches or dropouts a second: no more is undecided than pulses fit in the time."""
    for level in (False, True):
        f = PulseFilter(HOUSE)
        f.start(level, 0)
        assert feed(f, ((t * MS, level) for t in range(1, 10_001))) == []
        assert f.undecided <= 10_000 // 255 + 1
        assert f.rejected["same_level"] == 10_000


# The same level twice


@pytest.mark.parametrize(
    ("edges", "accepted", "undecided"),
    [
        ([(0, True), (5, True), (10, False)], [0], 0),  # the second is too close to be another pulse
        ([(0, True), (12, True), (20, False)], [0], 1),  # it may be another pulse, or the same flash
        ([(0, True), (4, True), (9, False)], [4], 0),  # the first was a glitch or part of the second
        ([(0, True), (4, True), (8, False)], [], 1),  # two glitches, or one flash with a dropout
        ([(0, True), (1, True), (5, False)], [], 1),
        ([(0, True), (2, True), (4, False)], [], 0),
        ([(0, True), (2, True), (4, True), (6, False)], [], 1),
        ([(0, False), (5, False)], [], 1),  # a pulse of 5 fits
        ([(0, False), (4, False)], [], 0),
        ([(0, True), (5, False), (16, False)], [0], 0),  # it would begin 11 after the last at most
        ([(0, True), (5, False), (17, False)], [0], 1),
    ],
)
def test_same_level_twice(edges: list[Edge], accepted: list[int], undecided: int) -> None:
    f = PulseFilter(TINY)
    assert feed(f, edges) == accepted
    assert f.undecided == undecided
    assert f.rejected["same_level"] >= 1
    f = PulseFilter(TINY, losses_declared=True)
    feed(f, edges)
    assert f.undecided == 0


@given(trains(), st.sets(st.integers(0, 23)), st.data())
def test_one_undeclared_loss_at_a_time_stays_in_the_bounds(
    train: list[Flash], missing: set[int], data: st.DataObject
) -> None:
    """Edges lost one by one, so that each leaves the same level twice."""
    edges = edges_of(train)
    assume(not any(i + 1 in missing for i in missing) and missing <= set(range(len(edges) - 1)))
    f = PulseFilter(TINY)
    f.start(False, -60)
    accepted = _feed_lossy(f, edges, missing, data, declare=False)
    assert len(accepted) <= len(train) <= len(accepted) + f.undecided


# Declared losses


def _feed_lossy(
    f: PulseFilter, edges: Sequence[Edge], missing: set[int], data: st.DataObject, *, declare: bool
) -> list[int]:
    """Feed what is not missing, with honest watermarks: none later than the next edge, lost or not."""
    out: list[int] = []
    dropped = 0
    for i, (t, active) in enumerate(edges):
        if not dropped and i and data.draw(st.booleans(), label="advance"):
            mark = data.draw(st.integers(edges[i - 1][0], t), label="watermark")
            if (pulse := f.advance(mark)) is not None:
                out.append(pulse)
        if i in missing:
            dropped += 1
            continue
        if dropped and declare:
            first = data.draw(st.integers(0, dropped), label="declared first")
            f.lost(first)
            f.lost(dropped - first)
        dropped = 0
        if (pulse := f.edge(t, active)) is not None:
            out.append(pulse)
    return out


@given(
    lines(60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=5),
    st.booleans(),
    st.data(),
)
def test_declared_losses_stay_in_the_bounds(
    line: list[Edge], holes: list[tuple[int, int]], declared: bool, data: st.DataObject
) -> None:
    """The proof of ``lost``: drop any edges of any line, and what all of them would have given is inside."""
    missing = {i for start, n in holes for i in range(start, start + n)}
    assume(line and len(line) - 1 not in missing)
    truth = len(legal(flashes_of(line), TINY))
    f = PulseFilter(TINY, losses_declared=declared)
    f.start(not line[0][1], line[0][0] - data.draw(st.integers(0, 20)))
    accepted = _feed_lossy(f, line, missing, data, declare=True)
    if f.pending is not None:
        assert f.pending == line[-1][0]
    assert len(accepted) <= truth <= len(accepted) + f.undecided
    assert accepted == sorted(set(accepted))
    # Nothing is wider than the edges allow: every hole hides at most n // 2 + 1 pulses.
    runs = [len(run) for run in "".join("x" if i in missing else " " for i in range(len(line))).split()]
    assert f.undecided <= sum(n // 2 + 1 for n in runs)


@given(lines(60), st.integers(0, 12), st.integers(0, 40), st.booleans())
def test_the_end_tells_what_may_be_missing(line: list[Edge], lost: int, later: int, declared: bool) -> None:
    """Whatever the last edges would have given is inside, the flash that was lit at the end as well."""
    assume(line)
    f = PulseFilter(TINY, losses_declared=declared)
    f.start(not line[0][1], line[0][0] - 1)
    kept = line[: len(line) - lost]
    accepted = feed(f, kept)
    if len(kept) < len(line):
        f.lost(len(line) - len(kept))
        assert f.losing
    end = line[-1][0] + later
    if (pulse := f.end(end)) is not None:
        accepted.append(pulse)
    assert f.pending is None
    for width in (later, later + 100):  # the flash lit at the end goes out now, or later
        whole = [*line, (line[-1][0] + width, False)] if line[-1][1] else line
        assert len(accepted) <= len(legal(flashes_of(whole), TINY)) <= len(accepted) + f.undecided


def test_a_loss_is_known_by_its_ends() -> None:
    f = PulseFilter(TINY)
    f.start(False, 0)
    f.advance(70)
    assert f.loss is None
    f.lost(4)
    f.edge(100, True)
    assert f.loss == Loss(70, 100, 2)
    assert not f.losing
    f.advance(103)  # too early to be sure of the flash
    f.lost(2)
    f.edge(200, False)
    assert f.loss == Loss(100, 200, 2), "from the leading edge of the flash that was torn"
    f.lost(1)
    f.edge(203, True)
    assert f.loss == Loss(200, 203, 0)
    assert f.undecided == 4


@pytest.mark.parametrize("n", range(1, 10))
def test_the_bound_of_lost_is_reached(n: int) -> None:
    """ceil(n / 2) on a dark line, n // 2 + 1 with a flash pending: and with room enough, the truth."""
    for lit, bound in ((False, (n + 1) // 2), (True, n // 2 + 1)):
        train = edges_of((k * 100, k * 100 + 10) for k in range(12))
        seen, rest = train[: 1 if lit else 2], train[1 if lit else 2 :]
        f = PulseFilter(TINY)
        accepted = feed(f, seen)
        f.lost(n)
        accepted += feed(f, rest[n:])
        assert f.undecided == bound
        assert len(accepted) + f.undecided == 12


def test_a_watermark_narrows_what_a_loss_can_hide() -> None:
    f = PulseFilter(TINY)
    f.start(False, 0)
    f.advance(90)
    f.lost(10)
    f.edge(100, True)
    assert f.undecided == 1  # one pulse of 5 between 90 and 100, not nine since 0


def test_a_second_loss_stands_for_itself() -> None:
    f = PulseFilter(TINY)
    f.edge(0, True)
    f.lost(1)
    f.edge(2, True)  # the torn flash was too short, so nothing is hidden
    f.edge(3, False)
    f.lost(2)
    f.edge(7, True)
    assert f.undecided == 0


def test_a_torn_flash_is_pulse_enough_at_exactly_the_minimum() -> None:
    for until, undecided in ((4, 0), (5, 1)):
        f = PulseFilter(TINY)
        f.edge(0, True)
        f.lost(1)
        f.edge(until, True)
        assert f.undecided == undecided


def test_loss_is_bounded_by_time_too() -> None:
    """Four hundred edges of chatter lost within a second can't hide two hundred pulses."""
    f = PulseFilter(HOUSE)
    f.start(False, 0)
    f.lost(400)
    assert f.edge(1_000 * MS, True) is None
    assert f.undecided == 4  # at 0, 255, 510 and 765 ms
    assert f.advance(1_005 * MS) == 1_000 * MS


def test_a_flash_known_to_be_long_enough_survives_a_loss() -> None:
    f = PulseFilter(TINY)
    f.edge(0, True)
    assert f.advance(5) == 0
    f.lost(1)
    assert f.edge(30, True) is None
    assert f.undecided == 0
    assert f.edge(40, False) == 30


def test_between_lost_and_the_next_edge_nothing_is_certain() -> None:
    f = PulseFilter(TINY)
    f.edge(0, True)
    f.lost(0)
    assert f.pending == 0
    f.lost(1)
    assert f.pending is None
    assert f.advance(100) is None
    assert f.edge(200, True) is None
    assert f.undecided == 1
    assert f.rejected["lost"] == 1
    f = PulseFilter(TINY)
    f.start(False, 0)
    f.lost(2)
    f.advance(100)
    f.edge(101, True)
    assert f.undecided == 1
    with pytest.raises(ValueError, match="lost edges"):
        f.lost(-1)


@given(
    lines(),
    st.sets(st.integers(0, 40)),
    st.booleans(),
    st.booleans(),
    st.sets(st.integers(0, 40), max_size=4),
)
@example([(0, True), (10, False)], set(), False, False, {1})
def test_every_flash_is_accepted_or_has_one_reason(
    line: list[Edge], missing: set[int], declare: bool, declared: bool, backwards: set[int]
) -> None:
    f = PulseFilter(TINY, losses_declared=declared)
    f.start(False, -60)
    accepted: list[int] = []
    flashes, level, latest, dropped = 0, False, -60, 0
    for i, (t, active) in enumerate(line):
        if i in missing:
            dropped += 1
            continue
        if dropped and declare:
            f.lost(dropped)
        # A flash begins with every active edge, and ends unseen before every edge that finds the line dark.
        t_seen = latest - 1 if i in backwards else t
        if t_seen < latest:
            flashes += 1
        else:
            flashes += active or not level or (bool(dropped) and declare)
            level, latest = active, t
            dropped = 0
        if (pulse := f.edge(t_seen, active)) is not None:
            accepted.append(pulse)
    assert flashes_in(f, accepted) == flashes
