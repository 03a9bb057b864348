"""Power from pulses: worked examples, and bounds that hold for any load."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.metering.counting.power import PROVING_NS, PowerMeter, busiest, proven_kw

S = 1_000_000_000
CONSTANTS = st.fractions(min_value=Fraction(1, 3), max_value=10_000).filter(lambda c: c > 0)


def test_a_worked_example() -> None:
    """1600 imp/kWh: a pulse is 0.625 Wh, so 2.25 s between two are 1000 W."""
    meter = PowerMeter(Fraction(1600))
    assert meter.at(0) == (None, None)
    meter.pulse(10 * S)
    assert meter.at(10 * S) == (None, None)
    assert meter.at(12_250_000_000) == (None, 1000.0)
    meter.pulse(12_250_000_000)
    assert meter.at(12_250_000_000) == (1000.0, None)
    assert meter.at(13_375_000_000) == (1000.0, 2000.0)
    assert meter.at(14_500_000_000) == (1000.0, 1000.0)
    assert meter.at(16_750_000_000) == (500.0, 500.0)  # the load went off; what it can be decays
    meter.pulse(16_750_000_000)
    assert meter.at(16_750_000_001)[0] == 500.0


def test_a_pulse_not_later_than_the_last_is_ignored() -> None:
    meter = PowerMeter(Fraction(1000))
    for t in (0, 36 * S, 36 * S, 35 * S):
        meter.pulse(t)
    assert meter.at(36 * S) == (100.0, None)
    assert meter.at(35 * S) == (100.0, None)


@pytest.mark.parametrize("constant", [0, -1])
def test_a_constant_that_is_not_positive_is_refused(constant: int) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        PowerMeter(Fraction(constant))


@given(CONSTANTS, st.lists(st.integers(1, 10**15), min_size=2, max_size=5), st.integers(0, 10**15))
def test_the_shown_power_is_exact_and_never_above_its_bound(
    constant: Fraction, intervals: list[int], since: int
) -> None:
    meter = PowerMeter(constant)
    t = 0
    for interval in intervals:
        t += interval
        meter.pulse(t)
    power, most = meter.at(t + since)
    exact = 3_600_000 / (constant * Fraction(max(intervals[-1], since), S))
    assert power == float(exact)
    assert (most is None) == (since == 0)
    assert most is None or power <= most == float(3_600_000 / (constant * Fraction(since, S)))


@given(CONSTANTS, st.lists(st.integers(0, 10**12), min_size=2, max_size=9))
def test_what_is_shown_only_falls_while_no_pulse_comes(constant: Fraction, times: list[int]) -> None:
    meter = PowerMeter(constant)
    meter.pulse(-5 * S)
    meter.pulse(0)
    shown = [meter.at(now) for now in sorted(times)]
    for (power, most), (later, later_most) in pairwise(shown):
        assert power is not None
        assert later is not None
        assert later <= power
        assert most is None or (later_most is not None and later_most <= most)


def test_the_busiest_stretch_between_two_ticks() -> None:
    minute = PROVING_NS
    assert busiest([]) is None
    assert busiest([(1, 0, 0, 0)]) is None
    ticks = [
        (1, minute, 0, 0),
        (1, 2 * minute, 100, 0),
        (1, 4 * minute, 320, 0),  # 110 a minute
        (1, 9 * minute // 2, 390, 0),  # more, but not for a minute
        (2, 6 * minute, 9000, 0),  # another run: what lay between is not known
        (2, 7 * minute, 9300, 299),  # nearly all in doubt
        (2, 8 * minute, 9300, 301),  # more in doubt than counted
    ]
    assert busiest(ticks) == (220, 2 * minute)
    assert busiest(ticks[5:]) == (0, minute)


def test_a_minute_of_pulses_proves_a_power() -> None:
    """1600 imp/kWh at 9.6 kW: 256 pulses a minute, of which 255 are whole."""
    assert proven_kw(256, PROVING_NS, Fraction(1600)) == Fraction(255, 256) * Fraction("9.6")
    assert proven_kw(0, PROVING_NS, Fraction(1600)) == 0
    assert proven_kw(256, PROVING_NS - 1, Fraction(1600)) is None


@given(CONSTANTS, st.fractions(0, 100), st.integers(PROVING_NS, 100 * PROVING_NS), st.fractions(0, 1))
def test_no_more_power_is_proven_than_flowed(
    constant: Fraction, kw: Fraction, ns: int, phase: Fraction
) -> None:
    """``phase``: how much of a pulse the meter had already measured when the stretch began."""
    pulses = int(kw * constant * ns / (3600 * S) + phase)
    proven = proven_kw(pulses, ns, constant)
    assert proven is not None
    assert proven <= kw
