"""How much of a count is sure, against trying every way in which it may be wrong."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.metering.register.count_errors import CountErrors
from sodien.metering.register.observations import Counted, CountError

LENGTH = 8  # one pulse a tenth of a second, at 50, 150, … ms


def count(t: int) -> tuple[int, int]:
    n = min(LENGTH, max(0, (t + 50) // 100))
    return n, n


@st.composite
def windows(draw: st.DrawFn) -> tuple[CountError, ...]:
    """Windows one after another, each with an honest number of false pulses in it."""
    cuts = sorted(draw(st.lists(st.integers(0, LENGTH), min_size=2, max_size=4, unique=True)))
    return tuple(
        CountError(a * 100, b * 100, extra=draw(st.integers(0, b - a)))
        for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    )


@settings(max_examples=100, deadline=None)
@given(windows())
def test_the_sure_part_of_every_span_is_the_least_over_all_ways_to_be_wrong(doubts):
    piece = Counted(0, LENGTH * 100, 0, LENGTH, Fraction(1000), doubts=doubts)
    found = CountErrors(piece, count)
    choices = []
    for doubt in doubts:
        inside = range(doubt.start // 100, doubt.end // 100)
        choices.append([c for k in range(doubt.extra + 1) for c in combinations(inside, k)])
    ways = [{i for choice in way for i in choice} for way in product(*choices)]
    for n in range(LENGTH + 1):
        for m in range(n, LENGTH + 1):
            sure = min(sum(i not in false for i in range(n, m)) for false in ways)
            assert max(0, found.sure_until(m) - found.sure_before(n)) == sure


def test_more_doubts_than_pulses_leave_nothing_sure_but_cost_nothing_outside():
    piece = Counted(0, 800, 0, 8, Fraction(1000), doubts=(CountError(200, 400, extra=50),))
    found = CountErrors(piece, count)
    assert found.sure_until(4) - found.sure_before(2) == 0
    assert found.sure_until(8) - found.sure_before(0) == 6
    assert found.sure_until(8) - found.sure_before(4) == 4


def test_doubts_about_the_same_pulses_are_taken_together():
    inner, outer = CountError(100, 200, extra=1), CountError(0, 600, extra=1)
    found = CountErrors(Counted(0, 800, 0, 8, Fraction(1000), doubts=(inner, outer)), count)
    assert found.sure_until(6) - found.sure_before(3) <= 2  # the outer one may lie here
    assert found.sure_until(8) - found.sure_before(0) == 6


def test_missing_pulses_belong_to_every_span_that_touches_their_window():
    piece = Counted(0, 800, 0, 8, Fraction(1000), missing=1, doubts=(CountError(200, 400, missing=3),))
    found = CountErrors(piece, count)
    spans = {(0, 100): 1, (0, 200): 4, (300, 350): 4, (400, 800): 4, (401, 800): 1}
    for (a, b), missing in spans.items():
        assert found.missed_until(b) - found.missed_before(a) == missing
