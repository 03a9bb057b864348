"""The known-load test: does the meter itself run right, as far as a reference can tell?

The meter's energy over a test, less what else was on, is compared with a reference: a plug-in meter, or a
heating element of known power at a measured voltage. What is not known of each is one line of an uncertainty
budget as the GUM (JCGM 100:2008, 4.3, 5.1 and 6.2) writes it: half a width, its shape, its standard
uncertainty; all of them together times k = 2 are the interval that is told. Whether the meter is within its
class is judged by more: only where every part at its limit at once would not change it (F.2.4.5), so that a
reference that errs as far as its own class allows accuses no meter, and acquits none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext
from fractions import Fraction
from typing import Final, Literal

Name = Literal["class", "display", "moments", "rating", "voltage", "clock", "pulses", "rest"]
Shape = Literal["rectangular", "triangular"]
#: How each part is spread: one limit evenly, two ends that differ in a triangle (GUM 4.3.7 and 4.3.9).
_SHAPE: Final[Mapping[Name, Shape]] = {
    "class": "rectangular",
    "display": "triangular",
    "moments": "triangular",
    "rating": "rectangular",
    "voltage": "rectangular",
    "clock": "rectangular",
    "pulses": "triangular",
    "rest": "rectangular",
}
#: Half a width of this shape is so many standard uncertainties, squared.
_DIVISOR: Final = {"rectangular": 3, "triangular": 6}
Judgement = Literal["within", "cannot_tell", "outside"]

COVERAGE: Final = 2
#: Seconds by which a person may be early or late in reading a display, at either end.
MOMENT_S: Final = Fraction(2)
#: A Pi's clock without network time keeps 100 ppm.
_CLOCK: Final = Fraction(1, 100)
_S_PER_HOUR: Final = 3600
_LONGEST_S: Final = 24 * _S_PER_HOUR
_MILLIONTH: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the budget, in per cent of the reference's energy.

    Attributes:
        name: what is not known.
        half: half of the width that it can have.
    """

    name: Name
    half: Fraction

    @property
    def shape(self) -> Shape:
        """How it is spread over that width."""
        return _SHAPE[self.name]

    @property
    def variance(self) -> Fraction:
        """Its standard uncertainty squared."""
        return self.half**2 / _DIVISOR[self.shape]

    @property
    def standard(self) -> Decimal:
        """Its standard uncertainty, rounded up."""
        return _root(self.variance)


@dataclass(frozen=True, slots=True)
class PlugMeter:
    """A plug-in meter: its class in per cent, the step of its kWh display, and the two readings.

    A display is taken to be cut, not rounded: the energy is the difference of the readings, ± one step.
    """

    accuracy: Fraction
    step: Fraction
    before: Fraction = Fraction(0)
    after: Fraction = Fraction(0)

    def energy(self, seconds: Fraction) -> Fraction:
        """kWh by the readings; ``seconds`` do not matter."""
        return self.after - self.before

    def parts(self, kwh: Fraction, seconds: Fraction) -> list[Part]:
        """What is not known of it."""
        return [
            Part("class", self.accuracy),
            Part("display", 100 * self.step / kwh),
            Part("moments", 100 * 2 * MOMENT_S / seconds),
        ]


@dataclass(frozen=True, slots=True)
class Element:
    """A heating element by its plate: power at a voltage, and the voltage measured during the test.

    Above 200 W the plate may be 5 % too low to 10 % too high (IEC 60335-1, 10.1), so the power is taken to be
    in the middle of that. ``within`` is the voltmeter's limit in per cent.
    """

    watts: Fraction
    rated: Fraction
    volts: Fraction
    within: Fraction = Fraction(1)
    too_high: Fraction = Fraction(10)
    too_low: Fraction = Fraction(5)

    def energy(self, seconds: Fraction) -> Fraction:
        """kWh in so many seconds."""
        middle = 1 - (self.too_high - self.too_low) / 200
        return self.watts * middle * (self.volts / self.rated) ** 2 * seconds / (1000 * _S_PER_HOUR)

    def parts(self, kwh: Fraction, seconds: Fraction) -> list[Part]:
        """What is not known of it."""
        middle = 1 - (self.too_high - self.too_low) / 200
        return [
            Part("rating", (self.too_high + self.too_low) / 2 / middle),
            Part("voltage", 2 * self.within),
            Part("clock", _CLOCK),
        ]


Reference = PlugMeter | Element


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """What is asked for.

    Attributes:
        limit: the meter's class, per cent.
        tell: the error to tell, per cent.
        watts: about what the load draws.
        rest_s: how long to look at what else is on, before and after.
        reference: what the load is measured by; its readings come with the test.
    """

    limit: Fraction
    tell: Fraction
    watts: Fraction
    rest_s: int
    reference: Reference

    def seconds(self, constant: Fraction) -> int | None:
        """How long the load must run at a meter of ``constant`` imp/kWh; None: no day is long enough."""
        return seconds_to_tell(self.tell, self.watts, constant, self.reference, Fraction(self.rest_s))

    def least(self, constant: Fraction) -> Decimal:
        """The expanded uncertainty, per cent, that a whole day leaves."""
        rest = [Flashes(0, Fraction(self.rest_s))]
        return so_far(Fraction(86_400), self.watts, constant, self.reference, rest)


@dataclass(frozen=True, slots=True)
class Flashes:
    """What the meter's LED did in a stretch, by the kernel's clock; ``seconds`` > 0.

    At an end between two counts the pulses are those of a steady load, which is never a whole one off.
    """

    pulses: Fraction | int
    seconds: Fraction


@dataclass(frozen=True, slots=True)
class Result:
    """What the test found, in per cent of the reference's energy.

    Attributes:
        error: the meter's; positive: it registers too much.
        parts: the budget.
        limit: the meter's own class.
        kwh: the reference's energy.
    """

    error: Fraction
    parts: tuple[Part, ...]
    limit: Fraction
    kwh: Fraction

    @property
    def expanded(self) -> Decimal:
        """The expanded uncertainty with k = 2, rounded up."""
        return _expanded(self.parts)

    @property
    def farthest(self) -> Fraction:
        """By how much the error can be wrong when each part is at its limit at once."""
        return sum((part.half for part in self.parts), Fraction(0))

    @property
    def judgement(self) -> Judgement:
        """Whether the meter is within its class, if that is beyond doubt."""
        off, doubt = abs(self.error), max(self.farthest, Fraction(self.expanded))
        if off + doubt <= self.limit:
            return "within"
        return "outside" if off - doubt > self.limit else "cannot_tell"


def as_stored(result: Result) -> dict[str, str]:
    """A result as decimals of six places: the parts, and for whoever reads it what follows from them."""
    found = {
        "judgement": result.judgement,
        "error_percent": text(result.error),
        "expanded_percent": text(Fraction(result.expanded)),
        "limits_percent": text(result.farthest),
        "class_percent": text(result.limit),
        "kwh": text(result.kwh),
    }
    return found | {f"half_{part.name}_percent": text(part.half) for part in result.parts}


def from_stored(stored: Mapping[str, object]) -> Result:
    """The result that :func:`as_stored` wrote. Raises KeyError or ValueError where something is missing."""
    parts = [
        Part(name, Fraction(str(stored[key]))) for name in _SHAPE if (key := f"half_{name}_percent") in stored
    ]
    error, limit, kwh = (Fraction(str(stored[key])) for key in ("error_percent", "class_percent", "kwh"))
    return Result(error, tuple(parts), limit, kwh)


def text(value: Fraction) -> str:
    """A decimal of six places at most, as it is stored."""
    return f"{Decimal(round(value * 10**6)) / 10**6:f}"


def judge(
    test: Flashes, rest: Sequence[Flashes], constant: Fraction, reference: Reference, limit: Fraction
) -> Result | None:
    """The meter's error by a test with a known load.

    Args:
        test: what was counted while the load was on and the reference ran.
        rest: what was counted with the load off, before and after; what else is on is taken from it.
        constant: of the plate, imp/kWh.
        reference: what the load used.
        limit: the meter's class, per cent.

    Returns:
        None where the reference shows no energy.
    """
    kwh = reference.energy(test.seconds)
    if kwh <= 0 or test.seconds <= 0:
        return None
    low, high = _rest_kw(rest, constant)
    hours = test.seconds / _S_PER_HOUR
    error = 100 * ((Fraction(test.pulses) / constant - (low + high) / 2 * hours) / kwh - 1)
    parts = (*reference.parts(kwh, test.seconds), *_own(kwh, constant, (high - low) / 2 * hours))
    return Result(error, parts, limit, kwh)


def seconds_to_tell(
    error: Fraction, watts: Fraction, constant: Fraction, reference: Reference, rest_s: Fraction
) -> int | None:
    """Whole minutes, in seconds, that a test must run until its expanded uncertainty is ``error`` per cent.

    ``watts`` is the load; of ``reference`` only what is not known of it matters; the rest is measured for
    ``rest_s`` seconds, with nothing on. None where no day is long enough: the reference is not good enough.
    """
    low, high = 1, _LONGEST_S // 60
    if _planned(high * 60, watts, constant, reference, rest_s) > error:
        return None
    while low < high:
        middle = (low + high) // 2
        if _planned(middle * 60, watts, constant, reference, rest_s) <= error:
            high = middle
        else:
            low = middle + 1
    return low * 60


def so_far(
    seconds: Fraction, watts: Fraction, constant: Fraction, reference: Reference, rest: Sequence[Flashes]
) -> Decimal:
    """The expanded uncertainty, per cent, of a test that ended after ``seconds`` at a load of ``watts``."""
    low, high = _rest_kw(rest, constant)
    kwh = watts * seconds / (1000 * _S_PER_HOUR)
    own = _own(kwh, constant, (high - low) / 2 * seconds / _S_PER_HOUR)
    return _expanded([*reference.parts(kwh, seconds), *own])


def _planned(
    seconds: int, watts: Fraction, constant: Fraction, reference: Reference, rest_s: Fraction
) -> Decimal:
    return so_far(Fraction(seconds), watts, constant, reference, [Flashes(0, rest_s)])


def _rest_kw(rest: Sequence[Flashes], constant: Fraction) -> tuple[Fraction, Fraction]:
    """Between which powers what else is on lies, by all that was seen of it; whole pulses leave one open."""
    bounds = [
        (
            max(Fraction(0), Fraction(one.pulses - 1)),
            Fraction(one.pulses + 1),
            constant * one.seconds / _S_PER_HOUR,
        )
        for one in rest
    ]
    return min(low / per for low, _, per in bounds), max(high / per for _, high, per in bounds)


def _own(kwh: Fraction, constant: Fraction, rest_kwh: Fraction) -> list[Part]:
    """What is not known on the side of the meter: a pulse at each end, and what else was on."""
    return [
        Part("pulses", 100 / (constant * kwh)),
        Part("rest", 100 * rest_kwh / kwh),
    ]


def _expanded(parts: Sequence[Part]) -> Decimal:
    return _root(COVERAGE**2 * sum((part.variance for part in parts), Fraction(0)))


def _root(square: Fraction) -> Decimal:
    """The square root, rounded up to a millionth."""
    with localcontext() as context:
        context.rounding = ROUND_CEILING
        root = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt(context)
        return root.quantize(_MILLIONTH)
