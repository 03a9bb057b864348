"""Counted and blind time tile every span, and each blind stretch says why."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.metering.register.coverage import coverage
from sodien.metering.register.observations import Counted

HOUR = 3_600_000


def piece(start: int, end: int) -> Counted:
    return Counted(start, end, 0, 0, Fraction(1000))


DAY = [piece(8 * HOUR, 9 * HOUR), piece(10 * HOUR, 11 * HOUR), piece(11 * HOUR, 12 * HOUR)]
WHY = ["power", "stopped"]


def test_coverage_says_how_long_and_why_not() -> None:
    found = coverage(DAY, WHY, 7 * HOUR, 21 * HOUR // 2)
    assert (found.elapsed, found.counted) == (7 * HOUR // 2, 3 * HOUR // 2)
    assert found.blind == ((7 * HOUR, 8 * HOUR, "before"), (9 * HOUR, 10 * HOUR, "power"))
    assert found.by_reason == {"before": HOUR, "power": HOUR}
    assert found.share == pytest.approx(3 / 7)
    # A gap without length has no time to be blind in.
    assert coverage(DAY, WHY, 10 * HOUR, 13 * HOUR).by_reason == {"after": HOUR}
    inside = coverage(DAY, WHY, 8 * HOUR + 1, 8 * HOUR + 5)
    assert (inside.counted, inside.blind, inside.share) == (4, (), 1.0)
    assert coverage(DAY, WHY, 9 * HOUR + 1, 9 * HOUR + 5).by_reason == {"power": 4}


def test_spans_without_length_or_count() -> None:
    assert coverage(DAY, WHY, HOUR, HOUR).share is None
    assert coverage([], [], 0, HOUR).blind == ((0, HOUR, "before"),)
    with pytest.raises(ValueError, match="ends before it starts"):
        coverage(DAY, WHY, 5, 4)


@given(st.lists(st.integers(0, 60), min_size=2, max_size=12), st.integers(0, 60), st.integers(0, 60))
def test_every_millisecond_is_counted_or_has_one_reason(cuts: list[int], a: int, b: int) -> None:
    cuts = sorted(cuts[: len(cuts) // 2 * 2])
    pieces = [piece(*cuts[i : i + 2]) for i in range(0, len(cuts), 2)]
    reasons = [f"gap {i}" for i in range(len(pieces) - 1)]
    found = coverage(pieces, reasons, min(a, b), max(a, b))
    expected: dict[str, int] = {}
    for t in range(min(a, b), max(a, b)):
        inside = [i for i, p in enumerate(pieces) if p.start <= t < p.end]
        began = sum(p.start <= t for p in pieces)
        why = "after" if began == len(pieces) else f"gap {began - 1}" if began else "before"
        key = "counted" if inside else why
        expected[key] = expected.get(key, 0) + 1
    counted = {"counted": found.counted} if found.counted else {}
    assert {**found.by_reason, **counted} == expected
