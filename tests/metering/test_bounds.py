"""Intervals, quantities with bounds, and how they are rounded."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.metering.bounds import Bounded, Interval, decimal_text, rounded, rounded_down, rounded_up


@given(st.fractions(-(10**9), 10**9))
def test_rounded_outwards_by_less_than_a_millionth(value: Fraction) -> None:
    assert rounded_down(value) <= value <= rounded_up(value)
    assert rounded_up(value) - rounded_down(value) <= Decimal("0.000001")
    assert rounded(value) in (rounded_down(value), rounded_up(value))


def test_six_places_are_written_without_an_exponent() -> None:
    assert [str(rounded_up(Fraction(n))) for n in (0, 1)] == ["0.000000", "1.000000"]
    assert str(rounded_up(Fraction(1, 3))) == "0.333334"


numbers = st.fractions(-100, 100, max_denominator=8)
intervals = st.tuples(numbers, numbers).map(lambda two: Interval(min(two), max(two)))


@given(intervals, intervals, st.data())
def test_sums_and_differences_hold_those_of_all_that_is_inside_and_no_more(
    one: Interval, other: Interval, data: st.DataObject
) -> None:
    value = data.draw(st.fractions(one.low, one.high, max_denominator=8))
    beside = data.draw(st.fractions(other.low, other.high, max_denominator=8))
    assert value in one
    assert value + beside in one + other
    assert value - beside in one - other
    assert (one + other).width == (one - other).width == one.width + other.width >= 0
    assert one.low + one.high == 2 * one.middle


@given(intervals, intervals, numbers)
def test_what_two_intervals_have_in_common_is_in_both(
    one: Interval, other: Interval, value: Fraction
) -> None:
    common = one.intersect(other)
    assert (common is not None and value in common) == (value in one and value in other)


def test_limits_belong_to_an_interval_and_two_that_touch_have_a_point() -> None:
    one, other = Interval(Fraction(1), Fraction(2)), Interval(Fraction(2), Fraction(5))
    assert one.intersect(other) == Interval(Fraction(2), Fraction(2))
    assert one.intersect(Interval(Fraction(3), Fraction(3))) is None
    assert [value in one for value in (0, 1, 2, 3)] == [False, True, True, False]
    assert (one.width, other.width, other.middle) == (1, 3, Fraction(7, 2))
    with pytest.raises(ValueError, match=r"low 3\.0 is above its high 2\.0"):
        Interval(Fraction(3), Fraction(2))


def test_quantities_add_up_and_multiply_limit_by_limit() -> None:
    one = Bounded(Fraction(1), Fraction(2), Fraction(4))
    assert one + Bounded(Fraction(10), Fraction(20), Fraction(40)) == Bounded(
        Fraction(11), Fraction(22), Fraction(44)
    )
    assert one.times(3) == Bounded(Fraction(3), Fraction(6), Fraction(12))


def test_the_nearest_of_six_places() -> None:
    assert [str(rounded(Fraction(one, 10**7))) for one in (14, 16, -16)] == [
        "0.000001",
        "0.000002",
        "-0.000002",
    ]
    assert decimal_text(Fraction(5, 4)) == "1.25"
