"""The most power that can flow through a household's meter; pure."""

from __future__ import annotations

from fractions import Fraction

#: What a breaker need not interrupt, as a share of its rating: IEC 60898-1 (household circuit breakers) lets
#: 1.13 times the rating flow for the conventional time, an hour (two above 63 A), without a trip, and has
#: 1.45 times trip within it. In between a breaker may trip or may not, so the second bounds what flows.
OVERLOAD = Fraction(145, 100)
#: How far the mains may be above the nominal voltage. EN 50160: 10 %. Viet Nam (circular 39/2015/TT-BCT on
#: distribution grids): 5 % where customers are connected, 10 % after grave faults.
MAINS_HIGH = Fraction(110, 100)


def rated_kw(amps: Fraction, voltage: Fraction, phases: int) -> Fraction:
    """The power at a main breaker's rating and the nominal voltage from phase to neutral, in kW."""
    return amps * voltage * phases / 1000


def most_kw(rated: Fraction) -> Fraction:
    """P_max: the most mean power in kW that a main breaker lets through, by its rated power.

    One number for stretches of any length: a breaker that carries 1.4 times its rating for an hour may do so
    for a day, and one that trips may be switched on again, so that less for long gaps would be an assumption
    about the household. What flows for seconds while a motor starts, or until a still higher current trips
    (2.55 times the rating: within one or two minutes), is not in it.
    """
    return rated * OVERLOAD * MAINS_HIGH
