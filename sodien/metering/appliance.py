"""What one appliance used: the meter's energy while it ran, less what else was on."""

from __future__ import annotations

from fractions import Fraction

from sodien.metering.bounds import Interval


def alone(total: Interval, hours: Fraction, rest_kw: Interval) -> Interval:
    """kWh of an appliance, as long as what else was on stayed as it was before.

    Args:
        total: what the meter counted while it ran, kWh.
        hours: how long that was, > 0.
        rest_kw: the power of all else, ≥ 0.

    It is never below 0: what else was on may have been less than before.
    """
    rest = Interval(rest_kw.low * hours, rest_kw.high * hours)
    found = total - rest
    return Interval(max(Fraction(0), found.low), max(Fraction(0), found.high))
