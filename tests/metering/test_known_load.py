"""The known-load test: worked examples, and whether its interval holds the truth."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.metering.known_load import Element, Flashes, PlugMeter, judge, seconds_to_tell, so_far
from tests.support.known_loads import tried

CONSTANT = Fraction(1600)
QUIET = [Flashes(0, Fraction(180)), Flashes(0, Fraction(180))]
PLUG = PlugMeter(Fraction(1), Fraction(1, 100), Fraction(0), Fraction(1))


def test_a_worked_budget() -> None:
    """1 kWh in 1800 s on a plug-in meter of class 1 that shows 0.01 kWh; 1,620 pulses of 1600 a kWh."""
    found = judge(Flashes(1620, Fraction(1800)), QUIET, CONSTANT, PLUG, Fraction(2))
    assert found is not None
    # Nothing in 180 s is at most one pulse: 12.5 W, so 6.25 W are taken off: 0.003125 kWh.
    assert found.error == 100 * (Fraction(1620, 1600) - Fraction(1, 320) - 1)
    halves = {part.name: part.half for part in found.parts}
    assert halves == {
        "class": 1,
        "display": 1,
        "moments": Fraction(400, 1800),
        "pulses": Fraction(1, 16),
        "rest": Fraction(5, 16),
    }
    # 1/√3, 1/√6, (2/9)/√6, (1/16)/√6, (5/16)/√3: squared 0.3333, 0.1667, 0.0082, 0.0007, 0.0326; root × 2
    assert found.expanded == Decimal("1.471644")
    assert found.farthest == sum(halves.values())
    assert found.judgement == "cannot_tell"


@pytest.mark.parametrize(
    ("pulses", "judgement"),
    [(6420, "within"), (6500, "cannot_tell"), (6700, "outside"), (6100, "outside")],
)
def test_judgements(pulses: int, judgement: str) -> None:
    """4 kWh in two hours: all limits at once are 1.4 %, and the meter is of class 2."""
    plug = PlugMeter(Fraction(1), Fraction(1, 100), Fraction(0), Fraction(4))
    rest = [Flashes(0, Fraction(600))]
    found = judge(Flashes(pulses, Fraction(7200)), rest, CONSTANT, plug, Fraction(2))
    assert found is not None
    assert found.judgement == judgement


def test_what_else_was_on_is_taken_off() -> None:
    """100 W of something else: 8 pulses in 180 s, and 80 in the half hour."""
    rest = [Flashes(8, Fraction(180)), Flashes(8, Fraction(180))]
    with_rest = judge(Flashes(1680, Fraction(1800)), rest, CONSTANT, PLUG, Fraction(2))
    assert with_rest is not None
    assert with_rest.error == 0
    assert next(part.half for part in with_rest.parts if part.name == "rest") == Fraction(5, 8)


def test_an_element_tells_gross_errors_only() -> None:
    element = Element(Fraction(2000), Fraction(220), Fraction(220))
    kwh = 2000 * Fraction(975, 1000) * 1800 / 3_600_000
    right = judge(Flashes(round(kwh * 1600), Fraction(1800)), QUIET, CONSTANT, element, Fraction(2))
    twice = judge(Flashes(round(kwh * 3200), Fraction(1800)), QUIET, CONSTANT, element, Fraction(2))
    assert right is not None
    assert twice is not None
    assert (right.judgement, twice.judgement) == ("cannot_tell", "outside")
    assert Decimal(9) < right.expanded < Decimal(10)


def test_nothing_used_is_no_test() -> None:
    empty = PlugMeter(Fraction(1), Fraction(1, 100), Fraction(5), Fraction(5))
    assert judge(Flashes(10, Fraction(60)), QUIET, CONSTANT, empty, Fraction(2)) is None


@given(
    error=st.fractions(Fraction(3, 2), 20),
    watts=st.integers(100, 9000).map(Fraction),
    constant=st.sampled_from([450, 900, 1000, 1600, 3200, 6400]).map(Fraction),
)
def test_the_time_it_takes_is_enough_and_a_minute_less_is_not(
    error: Fraction, watts: Fraction, constant: Fraction
) -> None:
    rest_s = Fraction(600)
    seconds = seconds_to_tell(error, watts, constant, PLUG, rest_s)
    rest = [Flashes(0, rest_s)]
    if seconds is None:
        assert so_far(Fraction(86_400), watts, constant, PLUG, rest) > error
        return
    assert so_far(Fraction(seconds), watts, constant, PLUG, rest) <= error
    assert seconds == 60 or so_far(Fraction(seconds - 60), watts, constant, PLUG, rest) > error


def test_a_reference_that_is_not_good_enough_never_tells() -> None:
    poor = PlugMeter(Fraction(2), Fraction(1, 10), Fraction(0), Fraction(0))
    assert seconds_to_tell(Fraction(2), Fraction(2000), CONSTANT, poor, Fraction(180)) is None


def test_the_interval_holds_the_truth_and_no_meter_is_judged_wrongly() -> None:
    """A short form of benchmarks/meter_test.py."""
    found = [tried(Random(seed)) for seed in range(800)]
    usual = [one.held for one in found if not one.extreme]
    assert sum(usual) >= 0.95 * len(usual)
    assert not [one for one in found if one.false]
    assert {one.judgement for one in found} == {"within", "cannot_tell", "outside"}
