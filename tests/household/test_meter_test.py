"""A known-load test led step by step: whenever one looks, the steady load is counted as it is."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.device.state import Count
from sodien.errors import SodienError
from sodien.household.meter_test import MeterTest
from sodien.metering.known_load import LoadPlan, PlugMeter

S = 1_000_000_000
CONSTANT = 1600
PLAN = LoadPlan(Fraction(2), Fraction(3), Fraction(2000), 180, PlugMeter(Fraction(1), Fraction(1, 1000)))


class Meter:
    """Flashes as the load of each second says; the daemon tells its count every few seconds."""

    def __init__(self, error: float, phase: float) -> None:
        self.at, self.pulses, self.kw, self.error = 0, phase, 0.005, error
        self.told = Count(1, 0, 0)
        self.used = 0.0

    def play(self, seconds: int) -> None:
        for _ in range(seconds):
            self.at += S
            self.pulses += self.kw / 3600 * CONSTANT * (1 + self.error / 100)
            self.used += self.kw / 3600
            pulses = math.floor(self.pulses)
            if self.at - self.told.mono >= (5 if pulses != self.told.pulses else 60) * S:
                self.told = Count(1, self.at, pulses)


def rest(test: MeterTest, meter: Meter, every: int, stage: str) -> None:
    test.switched_off(meter.at)
    while test.stage != stage:
        meter.play(every)
        test.look(meter.told, meter.at)


@given(
    error=st.floats(-5, 5),
    phase=st.floats(0, 1, exclude_max=True),
    kw=st.floats(0.7, 3.5),
    run=st.integers(600, 2000),
    every=st.integers(1, 30),
    waits=st.lists(st.integers(0, 90), min_size=4, max_size=4),
)
def test_the_error_is_found(
    error: float, phase: float, kw: float, run: int, every: int, waits: list[int]
) -> None:
    meter = Meter(error, phase)
    meter.play(70)
    test = MeterTest(PLAN, Fraction(CONSTANT), run, Fraction(1), meter.told)
    assert test.left(meter.at) == 0
    meter.play(waits[0])
    rest(test, meter, every, "on")
    meter.play(waits[1])
    meter.kw += kw
    meter.play(31)
    test.look(meter.told, meter.at)
    begun = meter.used
    test.switched_on(meter.at, Fraction(0))
    assert test.left(meter.at) == run
    meter.play(run + waits[2])  # nobody looks: the telephone is asleep
    test.look(meter.told, meter.at)
    assert test.left(meter.at) == 0
    found = test.closing(meter.at)
    assert found is not None
    assert float(found[0]) == pytest.approx(1000 * meter.kw * (1 + error / 100), rel=0.02)
    used = Fraction(meter.used - begun) * Fraction(kw / meter.kw)
    test.ended(meter.at, used)
    meter.kw -= kw
    meter.play(waits[3])
    rest(test, meter, every, "done")
    result = test.result()
    own = sum(part.half for part in result.parts if part.name in ("pulses", "rest"))
    assert abs(float(result.error) - error) <= float(own) * 1.05 + 0.01


def begun() -> tuple[MeterTest, Meter]:
    meter = Meter(0, 0)
    meter.play(70)
    return MeterTest(PLAN, Fraction(CONSTANT), 600, Fraction(1), meter.told), meter


def test_steps_out_of_turn_and_counts_that_do_not_fit() -> None:
    test, meter = begun()
    for step in (
        lambda: test.switched_on(meter.at, Fraction(0)),
        lambda: test.ended(meter.at, Fraction(1)),
        test.result,
    ):
        with pytest.raises(SodienError, match="look at what it waits for"):
            step()
    for count, says in (
        (None, "Nothing is being counted"),
        (Count(2, meter.at, 0), "interrupted"),
        (Count(1, meter.at, 0, None, 3), "in doubt"),
        (Count(1, meter.at - 80 * S, 0), "no new count"),
    ):
        with pytest.raises(SodienError, match=says):
            test.look(count, meter.at)
    rest(test, meter, 5, "on")
    meter.play(40)
    with pytest.raises(SodienError, match="is the load on"):
        test.switched_on(meter.told.mono + 26 * S, Fraction(0))
    meter.kw = 2
    meter.play(31)
    test.look(meter.told, meter.at)
    test.switched_on(meter.at, Fraction(3))
    with pytest.raises(SodienError, match="a little longer"):
        test.ended(meter.at, Fraction(4))
    meter.play(60)
    test.look(meter.told, meter.at)
    with pytest.raises(SodienError, match="no more than before"):
        test.ended(meter.at, Fraction(3))
    test.ended(meter.at, Fraction(4))
    assert test.stage == "off_again"
