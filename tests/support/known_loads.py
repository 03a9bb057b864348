"""Known-load tests of simulated meters with references that are wrong inside their class."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from sodien.metering.known_load import Element, Flashes, PlugMeter, Reference, judge


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one.

    Attributes:
        extreme: reference and meter were wrong by all that their classes allow.
        held: the interval held the meter's true error.
        false: a meter within its class was called outside, or the other way round.
    """

    extreme: bool
    held: bool
    false: bool
    judgement: str


def tried(random: Random) -> Tried:
    """A meter, a load, a base load that drifts, and a reference with an error of its own.

    In one of four the reference is wrong by all that its class allows, and the meter by all of its own.
    """
    limit, constant = random.choice([1, 2]), random.choice([450, 900, 1000, 1600, 3200])
    extreme = random.random() < 0.25
    side = random.choice([-1, 1])
    true = side * limit if extreme else random.uniform(-1.5 * limit, 1.5 * limit)
    kw, seconds = random.uniform(0.4, 3.5), random.uniform(300, 7200)
    base, later = random.choice([0.0, 0.004, 0.06]), random.uniform(0.8, 1.2)
    rest_s = random.choice([120, 180, 600])
    phase = random.random()

    def pulses(kwh: float) -> int:
        """Whole pulses that a stretch shows which begins anywhere between two of them."""
        nonlocal phase
        done = phase + kwh * constant * (1 + true / 100)
        phase = done % 1
        return math.floor(done)

    before = Flashes(pulses(base * rest_s / 3600), Fraction(rest_s))
    reference: Reference
    if random.random() < 0.7:
        accuracy, step = random.choice([0.5, 1.0, 2.0]), random.choice([0.001, 0.01])
        off = -side * accuracy if extreme else random.uniform(-accuracy, accuracy)
        drift = (1 + later) / 2
        test = Flashes(pulses((kw + base * drift) * seconds / 3600), Fraction(seconds))
        shown = random.uniform(0, 50)
        # Read a little earlier or later than the count was taken.
        early, late = (random.uniform(-2, 2) * kw / 3600 for _ in range(2))
        used = kw * seconds / 3600
        first = math.floor((shown + early * (1 + off / 100)) / step)
        last = math.floor((shown + (used + late) * (1 + off / 100)) / step)
        unit = Fraction(str(step))
        reference = PlugMeter(Fraction(str(accuracy)), unit, first * unit, last * unit)
    else:
        volts, within = random.uniform(200, 240), 1.0
        off = (-10 if side > 0 else 5) if extreme else random.uniform(-10, 5)
        plate = round(kw * 1000)
        measured = volts * (1 + random.uniform(-within, within) / 100)
        real = plate * (1 + off / 100) * (volts / 220) ** 2 / 1000
        drift = (1 + later) / 2
        test = Flashes(pulses((real + base * drift) * seconds / 3600), Fraction(seconds))
        reference = Element(Fraction(plate), Fraction(220), Fraction(str(round(measured, 3))))
    after = Flashes(pulses(base * later * rest_s / 3600), Fraction(rest_s))
    found = judge(test, [before, after], Fraction(constant), reference, Fraction(limit))
    if found is None:
        return Tried(extreme, True, False, "cannot_tell")
    held = abs(float(found.error) - true) <= float(found.expanded)
    right = abs(true) <= limit
    wrong = (right and found.judgement == "outside") or (not right and found.judgement == "within")
    return Tried(extreme, held, wrong, found.judgement)
