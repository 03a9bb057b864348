"""The dial: what a person typed, and what a register would show.

The dial truncates, so 12345.6 means 12345.6 ≤ R < 12345.7, and it goes round: after 99999.9 comes 00000.0.
A reading typed with fewer decimals than the dial has is simply coarser: 12345 means [12345, 12346).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from sodien.metering.interval import Interval

_SHAPE = re.compile(r"([0-9]+)(?:([.,])([0-9]*))?\Z")


@dataclass(frozen=True, slots=True)
class Reading:
    """A dial reading: its value as typed, and the step it was read in (1 for whole kWh, 1/10, …)."""

    text: str
    low: Fraction
    step: Fraction

    @property
    def high(self) -> Fraction:
        """The register was below this."""
        return self.low + self.step


def parse(text: str, digits: int, decimals: int) -> Reading:
    """A reading as typed: ``12345.6`` or ``12345,6``, spaces around it and a unit allowed.

    ``digits`` (before the point) and ``decimals`` are those of the dial. Raises ValueError: one sentence that
    says what to type instead. Nothing is guessed, because a reading that means something else than the
    person saw would make a wrong anchor: ``12.345`` is no number of thousands, and more digits than the
    dial has are refused also when a point may have been forgotten.
    """
    typed = text.strip()
    bare = re.sub(r"\s*kwh\Z", "", typed, flags=re.IGNORECASE)
    example = show(Fraction(12345678901234567890, 10**19) * 10 ** (digits - 1), digits, decimals)
    if not bare:
        raise ValueError(f"the reading is empty; type what the dial shows, for example {example}")
    if not bare.isascii() or not _SHAPE.match(bare):
        if bare[0] in "-−":
            raise ValueError(f"{typed!r} is negative, and a dial never is; type it as shown, like {example}")
        if re.search(r"[0-9][\s.,'_][0-9]", bare) and re.fullmatch(r"[0-9\s.,'_]+", bare):
            raise ValueError(
                f"{typed!r} has more than one separator; leave out those between thousands, like {example}"
            )
        raise ValueError(f"{typed!r} is not a dial reading; type only its digits, like {example}")
    whole, point, fraction = _SHAPE.match(bare).groups(default="")  # type: ignore[union-attr]
    if len(whole) > digits:
        hint = ""
        if not point and decimals and len(whole) == digits + decimals:
            hint = (
                f"; if the last {decimals} are decimals (often red), type {whole[:digits]}.{whole[digits:]}"
            )
        raise ValueError(f"{typed!r} has {len(whole)} digits, this dial {digits} before the decimals{hint}")
    if point and not fraction:
        raise ValueError(f"{typed!r} ends with a separator; type its decimals too, or none and no separator")
    if len(fraction) > decimals:
        shown = f"shows {decimals} decimal{'s' if decimals > 1 else ''}" if decimals else "shows no decimals"
        hint = ", and no separator belongs between thousands" if len(fraction) == 3 else ""
        raise ValueError(f"{typed!r} has {len(fraction)} decimals, but this dial {shown}{hint}")
    step = Fraction(1, 10 ** len(fraction))
    normal = whole.zfill(digits) + (f".{fraction}" if fraction else "")
    return Reading(normal, int(whole + fraction) * step, step)


def show(register: Fraction, digits: int, decimals: int) -> str:
    """A register as the dial shows it: truncated, with leading zeros, starting over after the last digit."""
    shown = floor(register * 10**decimals) % 10 ** (digits + decimals)
    text = str(shown).zfill(digits + decimals)
    return f"{text[:digits]}.{text[digits:]}" if decimals else text


def turns(low: Fraction, high: Fraction, digits: int, expected: Interval) -> range:
    """How often the dial can have gone round for a reading ``[low, high)`` to lie within ``expected``.

    Every k of the range puts a part of ``[low + k·10^digits, high + k·10^digits)`` inside; it may be empty.
    """
    size = 10**digits
    return range(floor((expected.low - high) / size) + 1, floor((expected.high - low) / size) + 1)
