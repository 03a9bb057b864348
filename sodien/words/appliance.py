"""What an appliance uses and costs, in words: always both bounds, rounded outwards."""

from __future__ import annotations

from sodien import formats
from sodien.metering.bounds import Interval


def kwh(value: Interval, unit: str = " kWh", places: int = 3) -> str:
    """Energy, to the watt-hour or with so many decimals."""
    return formats.from_to(value.low, value.high, places) + unit


def watts(kilowatts: Interval) -> str:
    """A power, of kW, in whole watts."""
    return f"{formats.from_to(kilowatts.low * 1000, kilowatts.high * 1000, 0)} W"


def money(value: Interval, currency: str) -> str:
    """Money in whole units, with the currency."""
    return f"{formats.from_to(value.low, value.high, 0, grouped=True)} {formats.currency_sign(currency)}"
