"""The dial: what a person typed, and what a register would show.

The dial truncates, so 12345.6 means 12345.6 ≤ R < 12345.7, and it goes round: after 99999.9 comes 00000.0.
A reading typed with fewer decimals than the dial has is simply coarser: 12345 means [12345, 12346).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Literal

from sodien.metering.bounds import Interval

_SHAPE = re.compile(r"([0-9]+)(?:([.,])([0-9]*))?\Z")


@dataclass(frozen=True, slots=True)
class DialValue:
    """A dial reading: its value as typed, and the step it was read in (1 for whole kWh, 1/10, …)."""

    text: str
    low: Fraction
    step: Fraction

    @property
    def high(self) -> Fraction:
        """The register was below this."""
        return self.low + self.step


Fault = Literal[
    "empty",
    "negative",
    "separators",
    "not_digits",
    "no_point",
    "too_long",
    "no_decimals",
    "thousands",
    "too_fine",
]


class DialError(ValueError):
    """A text that is no reading of this dial. :func:`sodien.words.register.refused` says so in a sentence.

    Attributes:
        key: what is wrong with it: empty, negative, several separators, not digits alone, the decimal point
            left out (``meant`` has it), too many digits, a separator without decimals, a separator between
            thousands, or more decimals than the dial has.
        typed: the text, on one line.
        digits, decimals: those of the dial.
        example: a reading as this dial would show one.
        meant: what may have been meant; empty when nothing is likely.
    """

    def __init__(self, key: Fault, typed: str, digits: int, decimals: int, meant: str = "") -> None:
        super().__init__(f"{typed!r} is no reading of a dial with {digits} + {decimals} digits: {key}")
        self.key: Fault = key
        # For a sentence of one line.
        typed = "".join(c if c.isprintable() else "�" for c in " ".join(typed.split()))
        self.typed, self.digits, self.decimals, self.meant = typed, digits, decimals, meant
        tenfold = Fraction(12345678901234567890, 10**19) * 10 ** (digits - 1)
        self.example = show(tenfold, digits, decimals)


def parse(text: str, digits: int, decimals: int) -> DialValue:
    """A reading as typed: ``12345.6`` or ``12345,6``, spaces around it and a unit allowed.

    ``digits`` (before the point) and ``decimals`` are those of the dial. Raises DialError. Nothing is
    guessed, because a reading that means something else than the person saw would make a wrong anchor:
    ``12.345`` is no number of thousands, and more digits than the dial has are refused also when a point may
    have been forgotten.
    """
    typed = text.strip()
    bare = re.sub(r"\s*kwh\Z", "", typed, flags=re.IGNORECASE)

    def fault(key: Fault, meant: str = "") -> DialError:
        return DialError(key, typed, digits, decimals, meant)

    if not bare:
        raise fault("empty")
    match = _SHAPE.match(bare) if bare.isascii() else None
    if match is None:
        if bare[0] in "-−":
            raise fault("negative")
        if re.search(r"[0-9][\s.,'_][0-9]", bare) and re.fullmatch(r"[0-9\s.,'_]+", bare):
            raise fault("separators")
        raise fault("not_digits")
    whole, point, fraction = match.groups(default="")
    if len(whole) > digits:
        if not point and decimals and len(whole) == digits + decimals:
            raise fault("no_point", f"{whole[:digits]}.{whole[digits:]}")
        raise fault("too_long")
    if point and not fraction:
        raise fault("no_decimals")
    if len(fraction) > decimals:
        raise fault("thousands" if len(fraction) == 3 else "too_fine")
    step = Fraction(1, 10 ** len(fraction))
    normal = whole.zfill(digits) + (f".{fraction}" if fraction else "")
    return DialValue(normal, int(whole + fraction) * step, step)


def show(register: Fraction, digits: int, decimals: int) -> str:
    """A register as the dial shows it: truncated, with leading zeros, starting over after the last digit."""
    shown = floor(register * 10**decimals) % 10 ** (digits + decimals)
    text = str(shown).zfill(digits + decimals)
    return f"{text[:digits]}.{text[digits:]}" if decimals else text


def rounds(low: Fraction, high: Fraction, digits: int, expected: Interval) -> range:
    """How often the dial can have gone round for a reading ``[low, high)`` to lie within ``expected``.

    Every k of the range puts a part of ``[low + k·10^digits, high + k·10^digits)`` inside; it may be empty.
    """
    size = 10**digits
    return range(floor((expected.low - high) / size) + 1, floor((expected.high - low) / size) + 1)
