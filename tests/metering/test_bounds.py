from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from sodien.metering.bounds import rounded, rounded_down, rounded_up


@given(st.fractions(-(10**9), 10**9))
def test_rounded_outwards_by_less_than_a_millionth(value: Fraction) -> None:
    assert rounded_down(value) <= value <= rounded_up(value)
    assert rounded_up(value) - rounded_down(value) <= Decimal("0.000001")
    assert rounded(value) in (rounded_down(value), rounded_up(value))


def test_six_places_are_written_without_an_exponent() -> None:
    assert [str(rounded_up(Fraction(n))) for n in (0, 1)] == ["0.000000", "1.000000"]
    assert str(rounded_up(Fraction(1, 3))) == "0.333334"
