"""How a dial can be misread or its reading written down wrongly, and what would then have been meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sodien.metering import dial
from sodien.metering.bounds import Interval


@dataclass(frozen=True, slots=True)
class Misreading:
    """One possible misreading: ``key`` names its kind, ``meant`` what the dial would have shown, if known."""

    key: str
    meant: str


def misreadings(
    low: Fraction, step: Fraction, expected: Interval, digits: int, serials: Sequence[str] = ()
) -> Iterator[Misreading]:
    """Every single misreading that turns a reading that fits ``expected`` into the one that was typed.

    ``step`` must be 1, 1/10, …; readings with another step yield nothing. The most telling kinds come first.
    """
    decimals = len(str(step.denominator)) - 1
    if step != Fraction(1, 10**decimals):
        return
    typed = dial.show(low, digits, decimals).replace(".", "")
    plain = typed.lstrip("0")
    for serial in serials:
        figures = "".join(c for c in serial if c.isdigit())
        if len(plain) >= 4 and (figures.startswith(plain) or figures.endswith(plain)):
            yield Misreading("serial", "")

    def fits(value: Fraction, width: Fraction) -> bool:
        return len(dial.rounds(value, value + width, digits, expected)) > 0

    for factor in (Fraction(10), Fraction(1, 10), Fraction(100), Fraction(1, 100)):
        value = low * factor
        if value < 10**digits and low > 0 and fits(value, step * factor):
            yield Misreading("decimal_point", dial.show(value, digits, decimals))
    for i in range(len(typed) - 1):
        a, b = typed[i], typed[i + 1]
        value = int(typed[:i] + b + a + typed[i + 2 :]) * step
        if a != b and fits(value, step):
            yield Misreading("transposed", dial.show(value, digits, decimals))
    for i, old in enumerate(typed):
        for new in "0123456789":
            value = int(typed[:i] + new + typed[i + 1 :]) * step
            if new != old and fits(value, step):
                yield Misreading("one_digit", dial.show(value, digits, decimals))
