"""Rounding as a tariff states it: a mode and a step, exact."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from sodien.i18n import tr

#: Halves away from zero, halves to the even neighbour, towards zero, away from zero.
MODES: Final = ("half-up", "half-even", "down", "up")
_EXACT: Final = Context(prec=200)


@dataclass(frozen=True, slots=True)
class Rounding:
    """To multiples of ``step`` (> 0), such as ``half-up 1``, ``down 10`` or ``half-up 0.05``."""

    mode: str
    step: Decimal

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(
                tr("is rounded {mode}, not one of {modes}", mode=repr(self.mode), modes=", ".join(MODES))
            )
        if not self.step.is_finite() or self.step <= 0:
            raise ValueError(tr("has a step that is not more than 0"))

    @classmethod
    def parse(cls, text: str) -> Rounding:
        """The rounding that ``mode step`` names. Raises ValueError with what is wrong."""
        mode, _, step = text.partition(" ")
        try:
            return cls(mode, Decimal(step.strip()))
        except ArithmeticError:
            raise ValueError(tr("has no step behind the mode")) from None

    def __str__(self) -> str:
        return f"{self.mode} {self.step}"

    def __call__(self, value: Fraction) -> Decimal:
        """The multiple of the step, with the decimals of the step."""
        steps = abs(value) / Fraction(self.step)
        whole, rest = divmod(steps.numerator, steps.denominator)
        twice = 2 * rest - steps.denominator
        up = {
            "half-up": twice >= 0,
            "half-even": twice > 0 or (twice == 0 and whole % 2 == 1),
            "down": False,
            "up": rest > 0,
        }[self.mode]
        count = (whole + up) * (-1 if value < 0 else 1)
        return _EXACT.multiply(Decimal(count), self.step)


def half_up(value: Fraction, decimals: int = 0) -> Decimal:
    """Rounded to ``decimals`` places, halves away from zero."""
    return Rounding("half-up", Decimal(1).scaleb(-decimals))(value)


def plain(number: Decimal) -> str:
    """A number without trailing zeros or exponent: 8.00 is 8."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
