"""What a person reads off the dial, pure: text → [low, high), and back to what the dial would show.

The dial truncates: 12345.6 means at least 12345.6 and below 12345.7. A reading given with fewer digits
after the point says less: 12345 means [12345, 12346).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_READING = re.compile(r"(\d+)(?:[.,](\d+))?")


@dataclass(frozen=True, slots=True)
class Reading:
    """One dial reading in kWh: ``low ≤ register < high``, modulo the dial's digits.

    Attributes:
        text: as read, with a decimal point.
    """

    text: str
    low: Decimal
    high: Decimal


def parse(text: str, digits: int, decimals: int) -> Reading:
    """Understand a reading typed by a person; a decimal comma is as good as a point.

    Args:
        text: e.g. ``12345.6`` or ``012345,6``.
        digits: digits of the dial before the point.
        decimals: digits after it (often red).

    Raises:
        ValueError: one sentence that says what is wrong and how to write it.
    """
    example = "1" * digits + ("." + "6" * decimals if decimals else "")
    match = _READING.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            f"'{text}' is not a dial reading; write the digits as the dial shows them, like {example}, "
            "without separators between thousands"
        )
    whole, part = match[1], match[2] or ""
    if len(whole.lstrip("0")) > digits:
        raise ValueError(
            f"'{text}' has {len(whole.lstrip('0'))} digits before the point, but the dial has {digits}; "
            "check the reading (is it the serial number?) or 'digits' in the settings"
        )
    if len(part) > decimals:
        raise ValueError(
            f"'{text}' has {len(part)} digits after the point, but the dial has {decimals}; "
            "check the reading or 'decimals' in the settings"
        )
    normal = (whole.lstrip("0") or "0") + (f".{part}" if part else "")
    low = Decimal(normal)
    return Reading(normal, low, low + Decimal(1).scaleb(-len(part)))


def shown(register: Fraction, digits: int, decimals: int) -> str:
    """A register in kWh as the dial shows it: truncated, rolled over, with leading zeros."""
    units = int(register * 10**decimals // 1) % 10 ** (digits + decimals)
    whole, part = divmod(units, 10**decimals)
    return f"{whole:0{digits}d}" + (f".{part:0{decimals}d}" if decimals else "")
