"""What one appliance used: the meter's energy while it ran, less what else was on."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from sodien.metering.bounds import Interval

#: Of what else is on, the quietest and the busiest stretch of so many ms count, among those of the last hour.
STRETCH_MS = 600_000
LOOKS_BACK_MS = 3_600_000
_HOUR_MS = 3_600_000
_DAYS = 30


def rest_of(stretches: Iterable[Interval]) -> Interval:
    """The power (kW) of what else is on, by the kWh of stretches of STRETCH_MS, one at least.

    A refrigerator comes and goes by itself, so the power lies between the quietest and the busiest of them.
    """
    low, high = zip(*((one.low, one.high) for one in stretches), strict=True)
    hours = Fraction(STRETCH_MS, _HOUR_MS)
    return Interval(Fraction(min(low)) / hours, Fraction(max(high)) / hours)


def counted(pulses: int, kwh: Fraction, inside_ms: Fraction, wanted_ms: int) -> Interval:
    """kWh of ``wanted_ms`` by the whole ``pulses`` of ``inside_ms``, at ``kwh`` a pulse.

    Counts are told every few seconds, so theirs are a little more or less of the time, at the power found.
    """
    inside = max(Fraction(1), inside_ms)
    off = min(Fraction(1), abs(wanted_ms - inside) / inside)
    return Interval(max(0, pulses - 1) * kwh * (1 - off), (pulses + 1) * kwh * (1 + off))


def alone(total: Interval, hours: Fraction, rest_kw: Interval) -> Interval:
    """kWh of an appliance, as long as what else was on stayed between the powers that it had before.

    Args:
        total: what the meter counted while it ran, kWh.
        hours: how long that was, > 0.
        rest_kw: the power of all else, ≥ 0.

    It is never below 0: what else was on may have been less than before.
    """
    rest = Interval(rest_kw.low * hours, rest_kw.high * hours)
    found = total - rest
    return Interval(max(Fraction(0), found.low), max(Fraction(0), found.high))


def in_a_month(kilowatts: Interval, hours_a_day: Fraction) -> Interval:
    """kWh of thirty days of so many hours, 0 or more."""
    hours = hours_a_day * _DAYS
    return Interval(kilowatts.low * hours, kilowatts.high * hours)


def paid(kwh: Interval, each: Interval) -> Interval:
    """What so many kWh, 0 or more, cost at so much each; an hour of so many kW likewise."""
    return Interval(kwh.low * each.low, kwh.high * each.high)
