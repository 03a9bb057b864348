"""Power from the last two pulses, and what it can be at most while no pulse comes; pure.

Each pulse is ``1 / constant`` kWh. Times are monotonic nanoseconds; floats leave here for display only.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

#: Watts × nanoseconds in one kilowatt-hour.
_W_NS_PER_KWH: Final = 3_600_000 * 1_000_000_000

#: The shortest stretch that says something about the mean power: over a minute the pulse whose phase is not
#: known is a small part of all, and a moment's inrush no longer counts.
PROVING_NS: Final = 60 * 1_000_000_000


def busiest(ticks: Iterable[tuple[int, int, int, int]]) -> tuple[int, int] | None:
    """The stretch between two neighbouring ticks of one run in which most pulses came for its length.

    (pulses counted for certain, ns) of a stretch not shorter than PROVING_NS; None without one. ``ticks`` are
    (run, monotonic ns, cumulative pulses, cumulative pulses in doubt) in order.
    """
    best: tuple[int, int] | None = None
    most = -1.0
    last_run = last_mono = last_pulses = last_doubt = -1
    for run, mono, pulses, doubt in ticks:
        ns = mono - last_mono
        if run == last_run and ns >= PROVING_NS:
            sure = max(0, pulses - last_pulses - (doubt - last_doubt))
            if (rate := (sure - 1) / ns) > most:
                best, most = (sure, ns), rate
        last_run, last_mono, last_pulses, last_doubt = run, mono, pulses, doubt
    return best


def proven_kw(pulses: int, ns: int, constant: Fraction) -> Fraction | None:
    """The mean power in kW that must have flowed at least; None for a stretch shorter than PROVING_NS.

    Of ``pulses`` that began within ``ns`` nanoseconds the first may have been nearly full before, so that
    the energy is only known to be more than ``pulses - 1``. ``constant`` is in imp/kWh (> 0).
    """
    if ns < PROVING_NS:
        return None
    return max(0, pulses - 1) * Fraction(_W_NS_PER_KWH, 1000) / (constant * ns)


class PowerMeter:
    """The power of one meter, as its pulses tell it."""

    __slots__ = ("_den", "_interval", "_last", "_num")

    def __init__(self, constant: Fraction) -> None:
        """Begin without a pulse.

        Args:
            constant: the meter constant in imp/kWh (> 0).

        Raises:
            ValueError: the constant is not positive.
        """
        if constant <= 0:
            raise ValueError(f"the meter constant is {constant}; it must be positive")
        energy = _W_NS_PER_KWH / Fraction(constant)
        self._num, self._den = energy.numerator, energy.denominator
        self._last: int | None = None
        self._interval: int | None = None

    def pulse(self, t_ns: int) -> None:
        """Take the leading edge of a pulse. One that is not later than the last is ignored."""
        if self._last is not None:
            if t_ns <= self._last:
                return
            self._interval = t_ns - self._last
        self._last = t_ns

    def at(self, now_ns: int) -> tuple[float | None, float | None]:
        """The power to show at ``now_ns``, and the most the mean power since the last pulse can be; in W.

        The power is the mean between the last two pulses, None before there are two. The upper bound is one
        pulse's energy over the time since the last pulse, or else the next would have come; it is None while
        no time has passed or no pulse came. The power shown never exceeds it.
        """
        since = 0 if self._last is None else now_ns - self._last
        most = self._watts(since) if since > 0 else None
        if self._interval is None:
            return None, most
        return self._watts(max(self._interval, since)), most

    def _watts(self, interval_ns: int) -> float:
        # A quotient of integers is rounded once, to the nearest float.
        return self._num / (self._den * interval_ns)
