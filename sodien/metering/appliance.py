"""What one appliance used: the meter's energy while it ran, less what else was on."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sodien.metering.bounds import Interval

#: What else is on lies between the quietest and the busiest stretch of so many ms in the last hour.
STRETCH_MS = 600_000
LOOKS_BACK_MS = 3_600_000
#: A daemon makes its count known every five seconds, and tells it five seconds later at most.
TOLD_MS = 10_000
_HOUR_MS = 3_600_000
_DAYS = 30
_NS = 1_000_000


def rest_of(counts: Sequence[tuple[int, int]], kwh: Fraction) -> Interval | None:
    """The power (kW) of what else is on, by the counts of the last hour: (monotonic ns, pulses), in order.

    A refrigerator comes and goes by itself, so it lies between the quietest and the busiest stretch of ten
    minutes or a little longer, each from one count to another; a pulse is ``kwh``. None for less than one.
    """
    found = []
    for number, (begun, before) in enumerate(counts):
        later = (
            (ns - begun, pulses) for ns, pulses in counts[number + 1 :] if ns - begun >= STRETCH_MS * _NS
        )
        lasted, pulses = next(later, (0, 0))
        if lasted:
            hours = Fraction(lasted, _HOUR_MS * _NS)
            found.append((max(0, pulses - before - 1) * kwh / hours, (pulses - before + 1) * kwh / hours))
    if not found:
        return None
    low, high = zip(*found, strict=True)
    return Interval(min(low), max(high))


def counted(pulses: int, kwh: Fraction, inside_ms: Fraction, wanted_ms: int) -> Interval:
    """kWh of ``wanted_ms`` by the whole ``pulses`` of ``inside_ms``, at ``kwh`` a pulse.

    The newest count that is known may be TOLD_MS old, at either end; what came since is taken to be no more
    than at the power found.
    """
    inside = max(Fraction(1), inside_ms)
    off = min(Fraction(1), (abs(wanted_ms - inside) + TOLD_MS) / inside)
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
