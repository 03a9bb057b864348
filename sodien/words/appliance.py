"""What an appliance uses and costs, in words: always both bounds, rounded outwards."""

from __future__ import annotations

from fractions import Fraction

from sodien import formats
from sodien.metering.bounds import Interval


def kwh(value: Interval, unit: str = " kWh", places: int | None = None) -> str:
    """Energy with so many decimals, else as many as the finer end needs."""
    return _both(formats.low_high(value.low, value.high, places)) + unit


def watts(kilowatts: Interval) -> str:
    """A power, of kW, in whole watts."""
    return f"{_both(formats.low_high(kilowatts.low * 1000, kilowatts.high * 1000, 0))} W"


def money(value: Interval, currency: str) -> str:
    """Money in whole units, with the currency."""
    low = formats.number(value.low, 0, rounding="down", grouped=True)
    high = formats.number(value.high, 0, rounding="up", grouped=True)
    return f"{_both((low, high))} {formats.currency_sign(currency)}"


def paid(used: Interval, each: Interval) -> Interval:
    """What so many kWh, 0 or more, cost at so much each."""
    return Interval(used.low * each.low, used.high * each.high)


def times(value: Interval, factor: Fraction) -> Interval:
    """A value so many times, 0 or more."""
    return Interval(value.low * factor, value.high * factor)


def _both(ends: tuple[str, str]) -> str:
    low, high = ends
    return low if low == high else f"{low} … {high}"
