"""The counter since installation: exact, and never down."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.metering.counting.counter import HANDLING_S, Counter, counted_kwh, most_unsaved, save_threshold


def test_each_pulse_keeps_the_constant_it_was_counted_with() -> None:
    constants = [(0, Fraction(1000)), (500, Fraction(1600)), (1300, Fraction(1000))]
    assert counted_kwh(0, constants) == 0
    assert counted_kwh(500, constants) == Fraction(1, 2)
    assert counted_kwh(1300, constants) == 1
    assert counted_kwh(1400, constants) == Fraction(11, 10)


def test_the_first_constant_holds_from_the_beginning() -> None:
    assert counted_kwh(200, [(100, Fraction(100))]) == 2


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10_000)), min_size=1, max_size=6),
    st.lists(st.integers(0, 2 * 10**6), min_size=2, max_size=8),
)
def test_it_never_goes_down_and_adds_up(changes: list[tuple[int, int]], counts: list[int]) -> None:
    constants = [(first, Fraction(constant)) for first, constant in sorted(changes)]
    energies = [counted_kwh(pulses, constants) for pulses in sorted(counts)]
    assert energies == sorted(energies)
    # One pulse at a time gives the same: a pulse never changes its worth.
    first, last = sorted(counts)[:2]
    step = counted_kwh(last, constants) - counted_kwh(first, constants)
    assert step <= (last - first) / min(constant for _, constant in constants)
    assert step >= (last - first) / max(constant for _, constant in constants)


@pytest.mark.parametrize("constant", [100, 250, 800, 1600, 6400, 10_000])
@given(
    at_risk=st.fractions(min_value=Fraction(1, 2), max_value=200, max_denominator=8),
    p_max_kw=st.fractions(min_value=1, max_value=70, max_denominator=16),
    pulses=st.integers(0, 400),
)
def test_less_than_at_risk_is_ever_unsaved(
    constant: int, at_risk: Fraction, p_max_kw: Fraction, pulses: int
) -> None:
    """Where a pulse is worth more than may be at risk, each is saved at once, and it alone is at risk."""
    threshold = save_threshold(at_risk, Fraction(constant), p_max_kw)
    counter, worst = Counter(7, threshold, 0), 0
    for n in range(pulses):
        counter.count(n)
        worst = max(worst, counter.pulses - counter.on_disk)
        if counter.must_save():
            counter.saved()
    assert worst <= threshold <= most_unsaved(at_risk, Fraction(constant), p_max_kw)
    pulse_wh = Fraction(1000, constant)
    assert threshold == 1 or threshold * pulse_wh < at_risk
    if pulse_wh >= at_risk:
        assert threshold == 1
    # What fits is used: a card is not worn for less.
    meanwhile = p_max_kw * constant / 3600 * HANDLING_S
    assert (threshold + 1 + meanwhile) * pulse_wh >= at_risk or threshold == 1


@pytest.mark.parametrize(
    ("constant", "threshold", "most"),
    [(100, 1, 2), (1600, 30, 32), (6400, 123, 128)],
)
def test_twenty_watt_hours_in_pulses(constant: int, threshold: int, most: int) -> None:
    """At 14 kW, the most that 40 A and 220 V let through, the pulses of the moment a save takes count too."""
    found = save_threshold(Fraction(20), Fraction(constant), Fraction(14))
    assert (found, most_unsaved(Fraction(20), Fraction(constant), Fraction(14))) == (threshold, most)
