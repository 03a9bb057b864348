"""The counter since installation: exact, and never down."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from sodien.metering.counting.counter import counted_kwh


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
