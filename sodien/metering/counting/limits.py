"""What a legal pulse looks like: the limits by which pulses are filtered and a sensor's signal is judged."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

_MS = 1_000_000
#: Suggested shortest width: this share of the shortest flash seen, within these limits.
_SHARE = Fraction(1, 2)
_SUGGEST_LOW, _SUGGEST_HIGH = Fraction(1, 5), Fraction(15)
#: Suggested widths have steps of half a millisecond, and of a tenth below one.
_STEP, _FINE_STEP = Fraction(1, 2), Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class PulseLimits:
    """What a legal pulse looks like; all in nanoseconds.

    min_active_ns: the shortest flash that is a pulse (> 0). Longer than the sensor's chatter.
    min_spacing_ns: the shortest time between the leading edges of two pulses (>= min_active_ns). It follows
        from the meter constant and the most power that can flow. A margin belongs in it: a breaker carries
        several times its rating while a motor starts, and chatter delays a leading edge by its own length.
    min_dark_ns: a light that is out for less has not been out (0: any dropout ends it). Shorter than the dark
        between two pulses can be.
    flicker_from_ns, flicker_to_ns: the periods of flicker (both 0: none is looked for). No two pulses can be
        so close: flicker_to_ns < min_spacing_ns.

    Raises:
        ValueError: a limit is out of its range.
    """

    min_active_ns: int
    min_spacing_ns: int
    min_dark_ns: int = 0
    flicker_from_ns: int = 0
    flicker_to_ns: int = 0

    def __post_init__(self) -> None:
        if self.min_active_ns <= 0:
            raise ValueError(f"min_active_ns is {self.min_active_ns}; it must be positive")
        if self.min_spacing_ns < self.min_active_ns:
            raise ValueError(
                f"min_spacing_ns is {self.min_spacing_ns}; "
                f"it must be at least min_active_ns ({self.min_active_ns})"
            )
        if not 0 <= self.min_dark_ns < self.min_spacing_ns:
            raise ValueError(
                f"min_dark_ns is {self.min_dark_ns}; "
                f"it must be at least 0 and less than min_spacing_ns ({self.min_spacing_ns})"
            )
        if not 0 <= self.flicker_from_ns <= self.flicker_to_ns < self.min_spacing_ns:
            raise ValueError(
                f"flicker is from {self.flicker_from_ns} to {self.flicker_to_ns}; "
                f"it must run upwards and end below min_spacing_ns ({self.min_spacing_ns})"
            )


@dataclass(frozen=True, slots=True)
class NoiseLimits:
    """What no pulse of any meter looks like; all in nanoseconds, and 0 where nothing of the kind is known.

    least_ns: no flash is shorter. The test output of a meter to IEC 62052-11 is on for 0.2 ms or more.
    break_ns: no dark between two pulses is shorter. Test outputs of household meters stay dark for tens of
        milliseconds, while a phototransistor at its threshold chatters faster than this.
    flicker_to_ns: no two pulses begin closer to each other: that is light on the mains.
    """

    least_ns: int = 0
    break_ns: int = 0
    flicker_to_ns: int = 0


def suggested_width(shortest: Fraction, longest_noise: int = 0) -> Fraction:
    """min_pulse_ms for a meter whose shortest flash lasts ``shortest`` ns.

    Half of it, but longer than the noise where that fits.
    """
    half = shortest / _MS * _SHARE
    noise = Fraction(longest_noise, _MS)
    wanted = max(half, (noise + shortest / _MS) / 2) if noise >= half else half
    step = _STEP if wanted >= 1 else _FINE_STEP
    return max(_SUGGEST_LOW, min(_SUGGEST_HIGH, wanted // step * step))
