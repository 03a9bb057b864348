"""What a sensor sees while it is being placed, pure: edges in, numbers and a judgement out.

A stretch is the time between two edges: *lit* at active level, else *dark*. A flash is a lit stretch of at
least the shortest width that counts; shorter ones are noise, and so are dark stretches too short to be the
pause between two pulses (a flash that breaks up). Times are monotonic nanoseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median

from sodien.metering.counting.limits import PulseLimits, suggested_width

_MS = 1_000_000
_S = 1_000_000_000
_WS_PER_KWH = 3_600_000

#: Flashes that a judgement "good" rests on at least.
ENOUGH = 5
#: A line that has been lit for so long does not show pulses (anti-creep, daylight, or the wrong polarity).
STUCK_NS = 10 * _S
#: Dark stretches shorter than this are breaks in a flash: test outputs of household meters stay dark for
#: tens of milliseconds, while a phototransistor at its threshold chatters faster than this.
BREAK_NS = 2 * _MS
#: Mains light flickers at twice the mains frequency, 50 or 60 Hz.
_FLICKER_NS = (10 * _MS, 8_333_333)
_FLICKER_SHARE = Fraction(1, 20)
#: More than one stretch of noise for so many flashes is too many.
_NOISY = 20
#: No meter's flash is shorter (IEC 62052-11).
LEAST_NS = _MS // 5
#: Flashes of one meter are alike: the widest is not this many times as wide as the narrowest.
_ALIKE = 4


@dataclass(frozen=True, slots=True)
class Spread:
    """Smallest, median and largest of some durations in ns; ``number`` of them, at least one."""

    number: int
    low: int
    median: int
    high: int


@dataclass(frozen=True, slots=True)
class Aim:
    """What was seen between ``start`` and ``now``.

    Attributes:
        flashes: lit stretches, complete, of at least the shortest width that counts.
        width: of the flashes; ``spacing`` from one flash's beginning to the next.
        noise: lit stretches that are too short; ``breaks``: dark stretches shorter than BREAK_NS.
        lit: whether the line is active now, and ``since`` when (ns).
        watts: mean power over the last pulses, exact from flash to flash; None with fewer than two.
        verdict: ``waiting``, ``good``, ``few``, ``stuck``, ``inverted``, ``flicker``, ``weak``, ``noisy``,
            ``double`` (two flashes for one pulse), ``fast`` (more than the supply can carry) or ``short``
            (clean flashes, but shorter than the shortest width that counts).
        flashes, width, spacing, watts: for the verdict ``short``, of those flashes.
        min_pulse_ms: a good setting for the shortest flash that counts; None where nothing can be advised.
    """

    flashes: int
    width: Spread | None
    spacing: Spread | None
    noise: int
    breaks: int
    lit: bool
    since: int
    watts: Fraction | None
    verdict: str
    min_pulse_ms: Fraction | None


def look(
    edges: Sequence[tuple[int, bool]],
    lit: bool,
    start: int,
    now: int,
    limits: PulseLimits,
    constant: Fraction,
) -> Aim:
    """Judge what was seen.

    Args:
        edges: (monotonic ns, whether active after it) in order, from ``start`` on.
        lit: the level at ``start``.
        start: monotonic ns at which watching began.
        now: monotonic ns, not before the last edge.
        limits: what a legal pulse is; the spacing stands for the most the supply can carry.
        constant: imp/kWh.
    """
    stretches = _stretches(edges)
    on = [(a, b) for a, b, active in stretches if active]
    off = [b - a for a, b, active in stretches if not active]
    flashes = flashes_of(edges, limits)
    noise = len(on) - len(flashes)
    breaks = sum(1 for dark in off if dark < BREAK_NS)
    spacings = [y - x for (x, _), (y, _) in pairwise(flashes)]
    level, since = (edges[-1][1], edges[-1][0]) if edges else (lit, start)
    width = _spread([b - a for a, b in flashes])
    spacing = _spread(spacings)
    verdict = _verdict(on, off, flashes, spacings, noise, breaks, level, now - since, limits)
    if verdict == "noisy" and (narrow := _narrow(on, flashes, limits)) is not None:
        verdict, flashes, noise = "short", narrow, len(on) - len(narrow)
        spacings = [y - x for (x, _), (y, _) in pairwise(flashes)]
        width, spacing = _spread([b - a for a, b in flashes]), _spread(spacings)
    suggestion = None
    if verdict in ("good", "few", "noisy", "short") and width is not None:
        least = limits.min_active_ns if verdict != "short" else width.low
        longest_noise = max((b - a for a, b in on if b - a < least), default=0)
        suggestion = suggested_width(Fraction(width.low), longest_noise)
    return Aim(
        len(flashes),
        width,
        spacing,
        noise,
        breaks,
        level,
        since,
        _watts(flashes, constant),
        verdict,
        suggestion,
    )


def _narrow(
    on: Sequence[tuple[int, int]], flashes: Sequence[tuple[int, int]], limits: PulseLimits
) -> list[tuple[int, int]] | None:
    """The lit stretches as pulses shorter than the shortest width that counts; None where noise is likelier.

    They are alike, none is shorter than any meter's, all but a few come as far apart as pulses do, and next
    to nothing else is seen.
    """
    found = [(a, b) for a, b in on if b - a >= LEAST_NS]
    if len(found) < ENOUGH or 2 * len(flashes) > len(found):
        return None
    widths = sorted(b - a for a, b in found)
    close = sum(1 for (x, _), (y, _) in pairwise(found) if y - x < limits.min_spacing_ns)
    if widths[-1] >= _ALIKE * widths[0] or close * _NOISY > len(found):
        return None
    return found if (len(on) - len(found)) * _NOISY <= len(found) else None


def flashes_of(edges: Sequence[tuple[int, bool]], limits: PulseLimits) -> list[tuple[int, int]]:
    """(beginning, end) in ns of every complete lit stretch that is long enough for a pulse."""
    return [(a, b) for a, b, active in _stretches(edges) if active and b - a >= limits.min_active_ns]


def _stretches(edges: Sequence[tuple[int, bool]]) -> list[tuple[int, int, bool]]:
    """Complete stretches (from, to, active), without the one before the first edge or after the last."""
    found: list[tuple[int, int, bool]] = []
    for (a, active), (b, _) in pairwise(edges):
        if found and found[-1][2] is active:  # the same level twice: one stretch
            found[-1] = found[-1][0], b, active
        else:
            found.append((a, b, active))
    return found


def _verdict(
    on: Sequence[tuple[int, int]],
    off: Sequence[int],
    flashes: Sequence[tuple[int, int]],
    spacings: Sequence[int],
    noise: int,
    breaks: int,
    level: bool,
    held: int,
    limits: PulseLimits,
) -> str:
    if level and held >= STUCK_NS:
        return "stuck"
    if not on:
        return "waiting"
    periods = [y - x for (x, _), (y, _) in pairwise(on)]
    if len(periods) >= 4 * ENOUGH and _flickers(periods):
        return "flicker"
    if off and len(flashes) >= ENOUGH:
        lit_time, dark_time = median(b - a for a, b in flashes), median(off)
        if dark_time >= limits.min_active_ns and lit_time > 3 * dark_time:
            return "inverted"
    if breaks * _NOISY > len(flashes) and breaks > 1:
        return "weak"
    if len(flashes) < 2:
        return "noisy" if noise > ENOUGH else "few"
    close = sum(1 for spacing in spacings if spacing < limits.min_spacing_ns)
    if close * 4 >= len(spacings) and len(spacings) >= ENOUGH:
        return "double" if 3 * close < 2 * len(spacings) + 2 else "fast"
    if noise * _NOISY > len(flashes) and noise > 1:
        return "noisy"
    return "good" if len(flashes) >= ENOUGH else "few"


def _flickers(periods: Sequence[int]) -> bool:
    middle = median(periods)
    return any(abs(middle - mains) <= mains * _FLICKER_SHARE for mains in _FLICKER_NS)


def _spread(values: Sequence[int]) -> Spread | None:
    return Spread(len(values), min(values), int(median(values)), max(values)) if values else None


def _watts(flashes: Sequence[tuple[int, int]], constant: Fraction) -> Fraction | None:
    last = [begin for begin, _ in flashes[-(ENOUGH + 1) :]]
    if len(last) < 2:
        return None
    return Fraction(_WS_PER_KWH * _S * (len(last) - 1), last[-1] - last[0]) / constant


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a known load says about the constant.

    Attributes:
        low, high: imp/kWh that fit the flashes and the load.
        fits: whether the constant on the plate is among them.
        usual: usual constants that are.
    """

    low: Fraction
    high: Fraction
    fits: bool
    usual: tuple[int, ...]


def calibrate(
    flashes: int,
    elapsed_ns: int,
    watts: Fraction,
    tolerance: Fraction,
    constant: Fraction,
    usual: Sequence[int],
) -> Calibration | None:
    """The constant by ``P = 3 600 000 · n / (c · t)``, turned round; None with fewer than two flashes.

    Args:
        flashes: seen, the first and the last at the ends of the time: n flashes are n - 1 steps of energy.
        elapsed_ns: from the first flash's beginning to the last one's, > 0.
        watts: the load, > 0; everything else on this meter switched off.
        tolerance: of the load, as a share (a plug-in meter is good for 1 to 2 %, a rating plate for 10 %).
        constant: of the plate, imp/kWh.
        usual: constants that are printed on meters.
    """
    if flashes < 2 or elapsed_ns <= 0:
        return None
    exact = Fraction(_WS_PER_KWH * _S * (flashes - 1), elapsed_ns) / watts
    low, high = exact / (1 + tolerance), exact / (1 - tolerance)
    return Calibration(low, high, low <= constant <= high, tuple(c for c in usual if low <= c <= high))
