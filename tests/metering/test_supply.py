"""What a main breaker lets through, by the figures of the standard."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from sodien.metering.supply import most_kw, rated_kw


def test_forty_amperes() -> None:
    rated = rated_kw(Fraction(40), Fraction(220), 1)
    assert rated == Fraction("8.8")
    assert most_kw(rated) == Fraction("14.036")
    assert most_kw(rated) > Fraction("9.13"), "the recorded household's busiest minute"


@given(
    st.fractions(1, 6300),
    st.fractions(50, 500),
    st.sampled_from([1, 2, 3]),
    st.fractions(0, Fraction(145, 100)),
)
def test_what_need_not_trip_is_within(amps: Fraction, volts: Fraction, phases: int, share: Fraction) -> None:
    """Any current below the conventional tripping one, at mains as high as they may be."""
    flows = amps * share * volts * Fraction(110, 100) * phases / 1000
    assert flows <= most_kw(rated_kw(amps, volts, phases))
