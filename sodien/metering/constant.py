"""The meter constant as plates print it: imp/kWh, rev/kWh, or what one pulse or turn is worth. Pure.

Electronic meters print ``1600 imp/kWh``, disc meters ``375 rev/kWh`` (vòng), others the energy of one pulse
or turn: ``0.625 Wh/imp``, or ``Kh 7.2``, which is Wh per turn of the disc in the ANSI world.
"""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = r"(?P<number>\d+(?:[.,]\d+)?)"
_PULSE = r"(?:imp|impulses?|pulses?|p|rev|revs|r|tr|turns?|vòng|vong|v|xung)\.?"
_PER_KWH = rf"{_NUMBER}\s*{_PULSE}\s*/\s*k\s*W\s*[·.*]?\s*h"
_WORTH = rf"{_NUMBER}\s*(?P<kilo>k?)\s*W\s*[·.*]?\s*h\s*/\s*{_PULSE}"
_KH = rf"Kh\s*[=:]?\s*{_NUMBER}(?:\s*W\s*[·.*]?\s*h(?:\s*/\s*{_PULSE})?)?"
#: More decimals than any plate tells apart; an index of nine digits stays exact to a millionth of a kWh.
_STEP = Decimal(1).scaleb(-12)


def parse(text: str) -> Decimal | None:
    """Pulses (or turns) per kWh of a constant with its unit; None for anything else, also for 0.

    >>> parse("1600 imp/kWh"), parse("375 vòng/kWh"), parse("0,625 Wh/imp")
    (Decimal('1600'), Decimal('375'), Decimal('1600'))
    >>> parse("Kh 7.2"), parse("1600"), parse("1600 kWh")
    (Decimal('138.888888888889'), None, None)
    """
    bare = text.strip()
    if match := re.fullmatch(_PER_KWH, bare, re.IGNORECASE):
        return _number(match) or None
    match = re.fullmatch(_WORTH, bare, re.IGNORECASE)
    kilo = match is not None and bool(match["kilo"])
    match = match or re.fullmatch(_KH, bare, re.IGNORECASE)
    if match is None or not (worth := _number(match)):
        return None
    exact = Decimal(1 if kilo else 1000) / worth
    whole = exact.quantize(Decimal(1))
    return whole if exact == whole else exact.quantize(_STEP).normalize()


def thousands(text: str) -> str | None:
    """The number of a constant where its dot or comma could stand between thousands: ``1.600 imp/kWh``."""
    match = re.fullmatch(_PER_KWH, text.strip(), re.IGNORECASE)
    number = match["number"] if match else text
    return number if re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+", number) else None


def _number(match: re.Match[str]) -> Decimal:
    return Decimal(match["number"].replace(",", "."))
