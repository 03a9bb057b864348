"""Aiming the sensor: what a line looks like, and what is said of it."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.metering.counting.limits import PulseLimits
from sodien.metering.counting.signal_quality import Aim, calibrate, look
from sodien.metering.register.explanations import USUAL_CONSTANTS

MS, S = 1_000_000, 1_000_000_000
#: 1600 imp/kWh behind 40 A at 220 V: 256 ms at the least, half of it is the limit.
LIMITS = PulseLimits(min_active_ns=5 * MS, min_spacing_ns=128 * MS)
CONSTANT = Fraction(1600)
Edges = list[tuple[int, bool]]


def train(number: int, period: int, width: int, start: int = S) -> Edges:
    edges = []
    for k in range(number):
        edges += [(start + k * period, True), (start + k * period + width, False)]
    return edges


def judged(edges: Edges, *, lit: bool = False, after: int = S) -> Aim:
    return look(edges, lit, 0, (edges[-1][0] if edges else 0) + after, LIMITS, CONSTANT)


def test_clean_flashes_are_good_and_tell_the_power() -> None:
    aim = judged(train(10, 2250 * MS, 80 * MS))
    assert (aim.verdict, aim.flashes, aim.noise, aim.breaks) == ("good", 10, 0, 0)
    assert aim.watts == 1000
    assert aim.width is not None
    assert aim.spacing is not None
    assert (aim.width.low, aim.width.high) == (80 * MS, 80 * MS)
    assert (aim.spacing.number, aim.spacing.median) == (9, 2250 * MS)
    assert aim.min_pulse_ms == 15


def test_nothing_and_not_enough() -> None:
    assert judged([]).verdict == "waiting"
    assert judged(train(2, S, 80 * MS)).verdict == "few"
    assert judged([]).min_pulse_ms is None


def test_a_line_that_stays_active() -> None:
    assert judged([], lit=True, after=11 * S).verdict == "stuck"
    assert judged([], lit=True, after=3 * S).verdict == "waiting"
    assert judged([(S, True)], after=11 * S).verdict == "stuck"


def test_the_other_polarity() -> None:
    edges = [(t, not active) for t, active in train(10, 2250 * MS, 80 * MS)]
    assert judged(edges, lit=True).verdict == "inverted"


@pytest.mark.parametrize("period", [10 * MS, 8_333_333])
def test_mains_light(period: int) -> None:
    assert judged(train(50, period, period // 2)).verdict == "flicker"


def test_a_flash_that_breaks_up() -> None:
    edges: Edges = []
    for start, _ in train(10, 2250 * MS, 80 * MS)[::2]:
        edges += [(start, True), (start + 30 * MS, False), (start + 31 * MS, True), (start + 80 * MS, False)]
    assert judged(edges).verdict == "weak"


def test_noise_beside_the_flashes_and_a_limit_above_it() -> None:
    edges = train(10, 2250 * MS, 80 * MS)
    for k in range(5):
        edges += [(S + k * 2250 * MS + S, True), (S + k * 2250 * MS + S + 3 * MS, False)]
    aim = judged(sorted(edges))
    assert (aim.verdict, aim.noise) == ("noisy", 5)
    assert aim.min_pulse_ms is not None
    assert 3 < aim.min_pulse_ms < 80


@pytest.mark.parametrize(
    ("width", "advice"), [(2 * MS, "1"), (4 * MS, "2"), (600_000, "0.3"), (250_000, "0.2")]
)
def test_clean_flashes_shorter_than_what_counts(width: int, advice: str) -> None:
    aim = judged(train(30, 400 * MS, width))
    assert (aim.verdict, aim.flashes, aim.noise) == ("short", 30, 0)
    assert aim.min_pulse_ms == Fraction(advice)
    assert aim.watts == pytest.approx(3_600_000 / 1600 / 0.4)
    limits = PulseLimits(int(aim.min_pulse_ms * MS), LIMITS.min_spacing_ns)
    again = look(train(30, 400 * MS, width), False, 0, 30 * S, limits, CONSTANT)
    assert again.verdict == "good", "with the advice"


def test_short_flashes_that_are_not_alike_are_noise() -> None:
    random = Random(1)
    edges: Edges = []
    for k in range(40):
        start = S + k * 400 * MS
        edges += [(start, True), (start + random.choice([210_000, 1_000_000, 4_900_000]), False)]
    assert judged(edges).verdict == "noisy"
    assert judged(train(40, 400 * MS, 150_000)).verdict == "noisy", "shorter than any meter's"
    assert judged(train(40, 40 * MS, 2 * MS)).verdict == "noisy", "faster than can flow"


def test_two_flashes_for_one_pulse() -> None:
    edges = sorted(train(10, 2250 * MS, 30 * MS) + train(10, 2250 * MS, 30 * MS, S + 50 * MS))
    assert judged(edges).verdict == "double"


def test_more_than_the_supply_can_carry() -> None:
    assert judged(train(50, 40 * MS, 20 * MS)).verdict == "fast"


@given(
    st.integers(6, 60), st.integers(30, 90), st.integers(0, 2**32), st.sampled_from([5, 60, 400, 2000, 8800])
)
def test_an_honest_meter_is_good_at_any_load(number: int, width_ms: int, seed: int, watts: int) -> None:
    random = Random(seed)
    at, edges = S, []
    for _ in range(number):
        at += int(3_600_000 * S / (watts * 1600) * random.uniform(0.95, 1.05))
        edges += [(at, True), (at + width_ms * MS, False)]
    aim = judged(edges)
    assert aim.verdict == "good"
    assert aim.min_pulse_ms is not None
    assert Fraction(1, 2) <= aim.min_pulse_ms < width_ms
    assert aim.watts is not None
    assert watts * 0.94 < aim.watts < watts * 1.07


@given(st.lists(st.tuples(st.integers(1, 3 * S), st.booleans()), max_size=60), st.booleans())
def test_any_edges_get_a_judgement(steps: list[tuple[int, bool]], lit: bool) -> None:
    at, edges = 0, []
    for step, active in steps:
        at += step
        edges.append((at, active))
    aim = judged(edges, lit=lit)
    assert aim.flashes + aim.noise <= len(edges)
    assert (aim.width is None) == (aim.flashes == 0)


def test_a_known_load_finds_the_constant() -> None:
    # 2 kW for 30 flashes of a meter with 1000 imp/kWh: one every 1.8 s.
    fit = calibrate(30, 29 * 1800 * MS, Fraction(2000), Fraction(3, 100), Fraction(1000), USUAL_CONSTANTS)
    assert fit is not None
    assert (fit.fits, fit.usual) == (True, (1000,))
    fit = calibrate(30, 29 * 1800 * MS, Fraction(2000), Fraction(3, 100), Fraction(1600), USUAL_CONSTANTS)
    assert fit is not None
    assert (fit.fits, fit.usual) == (False, (1000,))
    assert calibrate(1, 0, Fraction(2000), Fraction(1, 100), Fraction(1000), ()) is None


@given(st.sampled_from(USUAL_CONSTANTS), st.integers(50, 9000), st.integers(2, 50), st.fractions(-1, 1))
def test_the_true_constant_always_fits(constant: int, watts: int, flashes: int, error: Fraction) -> None:
    """Whatever the error of the plug-in meter, as long as it is within the tolerance."""
    tolerance = Fraction(3, 100)
    elapsed = int(Fraction(3_600_000 * S, watts * constant) * (flashes - 1))
    claimed = Fraction(watts) / (1 + tolerance * error * Fraction(99, 100))
    fit = calibrate(flashes, elapsed, claimed, tolerance, Fraction(constant), USUAL_CONSTANTS)
    assert fit is not None
    assert fit.fits
