"""Exact kWh and money as decimals of six places: what is stored, sent and shown."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Final

_PLACES: Final = 6
_SCALE: Final = 10**_PLACES


def down(value: Fraction) -> Decimal:
    """``value``, not above it."""
    return _decimal(math.floor(value * _SCALE))


def up(value: Fraction) -> Decimal:
    """``value``, not below it."""
    return _decimal(math.ceil(value * _SCALE))


def near(value: Fraction) -> Decimal:
    """``value``, rounded to the nearest."""
    return _decimal(round(value * _SCALE))


def _decimal(millionths: int) -> Decimal:
    return Decimal(millionths).scaleb(-_PLACES)
