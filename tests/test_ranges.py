"""Sets of numbers as ranges, with Python's sets as the oracle."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from sodien.ranges import Ranges


@given(st.lists(st.tuples(st.integers(1, 120), st.integers(0, 9))))
def test_ranges_are_the_set_they_stand_for(spans: list[tuple[int, int]]) -> None:
    ranges = Ranges()
    oracle: set[int] = set()
    for first, length in spans:
        ranges.add(first, first + length)
        oracle |= set(range(first, first + length + 1))
    assert {n for n in range(1, 140) if n in ranges} == oracle
    assert ranges.total() == len(oracle)
    items = ranges.items()
    assert all(b + 1 < c for (_, b), (c, _) in zip(items, items[1:], strict=False)), "merged where they touch"
    assert ranges.first_missing() == next(n for n in range(1, 200) if n not in oracle)


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9))),
    st.integers(1, 70),
    st.none() | st.integers(-1, 30),
)
def test_remove(spans: list[tuple[int, int]], first: int, more: int | None) -> None:
    ranges = Ranges((a, a + n) for a, n in spans)
    last = first + more if more is not None else 80
    left = {n for n in range(1, 80) if n in ranges and not first <= n <= last}
    ranges.remove(first, first + more if more is not None else None)
    assert {n for n in range(1, 80) if n in ranges} == left
    assert ranges.total() == len(left)


@given(st.lists(st.integers(1, 60)))
def test_ranges_cover_exactly_the_numbers(seqs: list[int]) -> None:
    ranges = Ranges.of(seqs).items()
    assert [seq for first, last in ranges for seq in range(first, last + 1)] == sorted(set(seqs))
    assert all(after[0] > before[1] + 1 for before, after in itertools.pairwise(ranges))


def test_a_range_that_runs_backwards_holds_nothing() -> None:
    ranges = Ranges([(5, 7), (3, 1), (9, 8)])
    assert ranges.items() == [(5, 7)]
