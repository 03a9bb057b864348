"""What a person types and what a dial shows."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.metering import dial
from sodien.metering.bounds import Interval


@pytest.mark.parametrize(
    ("text", "low", "step"),
    [
        ("12345.6", "12345.6", "0.1"),
        ("12345,6", "12345.6", "0.1"),
        ("  12345.6 kWh ", "12345.6", "0.1"),
        ("12345", "12345", "1"),  # coarser: the decimals were not read
        ("00000.2", "0.2", "0.1"),
        ("7", "7", "1"),
        ("0", "0", "1"),
    ],
)
def test_a_reading_is_a_value_and_its_resolution(text, low, step):
    reading = dial.parse(text, 5, 1)
    assert reading.low == Fraction(low)
    assert reading.step == Fraction(step)
    assert reading.high == Fraction(low) + Fraction(step)


def test_leading_zeros_are_kept_as_on_the_dial():
    assert dial.parse("7,1", 5, 1).text == "00007.1"
    assert dial.parse("7", 5, 1).text == "00007"


@pytest.mark.parametrize(
    ("text", "key", "meant"),
    [
        ("", "empty", ""),
        ("kWh", "empty", ""),
        ("12.345,6", "separators", ""),
        ("1,234.5", "separators", ""),
        ("12 345", "separators", ""),
        ("12'345", "separators", ""),
        ("12345.6\n7", "separators", ""),
        ("12.345", "thousands", ""),
        ("12345.67", "too_fine", ""),
        ("123456", "no_point", "12345.6"),  # the red digit typed without its point
        ("1234567", "too_long", ""),
        ("-12", "negative", ""),
        ("12345.", "no_decimals", ""),
        (".5", "not_digits", ""),
        ("abc", "not_digits", ""),
        ("1e5", "not_digits", ""),
        ("١٢٣", "not_digits", ""),
    ],
)
def test_what_cannot_be_meant_is_refused(text, key, meant):
    with pytest.raises(dial.DialError) as error:
        dial.parse(text, 5, 1)
    assert (error.value.key, error.value.meant, error.value.example) == (key, meant, "12345.6")
    assert error.value.typed.isprintable()


def test_a_dial_without_decimals_takes_none():
    assert dial.parse("123456", 6, 0).low == 123456
    with pytest.raises(dial.DialError) as error:
        dial.parse("12345.6", 6, 0)
    assert (error.value.key, error.value.example) == ("too_fine", "123456")


@pytest.mark.parametrize(
    ("register", "shown"),
    [
        ("12345.69", "12345.6"),
        ("100000.25", "00000.2"),
        ("99999.99", "99999.9"),
        ("-0.05", "99999.9"),
        ("0", "00000.0"),
    ],
)
def test_the_dial_truncates_and_goes_round(register, shown):
    assert dial.show(Fraction(register), 5, 1) == shown


def test_a_dial_without_decimals_shows_none():
    assert dial.show(Fraction("12345.9"), 6, 0) == "012345"


@given(st.fractions(0, 10**7), st.integers(1, 8), st.integers(0, 3))
def test_what_is_shown_reads_back_as_holding_the_register(register, digits, decimals):
    reading = dial.parse(dial.show(register, digits, decimals), digits, decimals)
    assert reading.low <= register % 10**digits < reading.high
    assert reading.step == Fraction(1, 10**decimals)


@given(
    st.fractions(0, 10**6, max_denominator=1000),
    st.fractions(0, 2500, max_denominator=100),
    st.integers(1, 4),
)
def test_turns_are_all_that_fit_and_no_others(start, width, digits):
    expected = Interval(start, start + width)
    low, high = Fraction(7, 10), Fraction(8, 10)
    found = dial.rounds(low, high, digits, expected)
    size = 10**digits
    around = range(int(start // size) - 2, int((start + width) // size) + 3)
    fitting = [
        k
        for k in around
        if low + k * size <= expected.high and low + Fraction(1, 10) + k * size > expected.low
    ]
    assert list(found) == fitting
