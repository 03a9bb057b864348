"""Flashes that a limit of the settings refuses, in words; apart, because the counting daemon says them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sodien import formats
from sodien.i18n import tr
from sodien.metering.counting.limits import suggested_width
from sodien.metering.counting.refused import Doubted


def refused_flashes(found: Doubted, width_ms: Decimal, speed: Fraction) -> tuple[str, str]:
    """What a limit refuses that may be pulses, and the setting that would end it.

    ``width_ms`` is min_pulse_ms; a source that runs ``speed`` times as fast shows what it shows at speed 1.
    """
    narrowest = Fraction(found.narrowest_ns) * speed
    counts = {"refused": formats.count(found.refused), "flashes": formats.count(found.flashes)}
    match found.reason:
        case "short":
            return (
                tr(
                    "{refused} of the last {flashes} flashes were refused because they are shorter than "
                    "min_pulse_ms ({width} ms); they may be pulses, so they widen the bounds",
                    width=formats.number(Fraction(width_ms), most=1),
                    **counts,
                ),
                tr(
                    "write min_pulse_ms: {ms} into the settings of this meter; 'sodien aim' shows the "
                    "flashes.",
                    ms=formats.number(suggested_width(narrowest), most=1, lang="en"),
                ),
            )
        case "dark":
            return (
                tr(
                    "{refused} of the last {flashes} flashes were refused because the light had been out for "
                    "less than min_dark_ms; they may be pulses, so they widen the bounds",
                    **counts,
                ),
                tr(
                    "write a smaller min_dark_ms into the settings of this meter; 'sodien aim' shows the "
                    "flashes."
                ),
            )
    return (
        tr(
            "{refused} of the last {flashes} flashes were refused because they came faster than the supply "
            "can carry; they may be pulses, so they widen the bounds",
            **counts,
        ),
        tr(
            "correct constant, breaker_amps or max_power_kw in the settings of this meter; where "
            "'sodien aim' sees two flashes for one pulse, shade the sensor instead."
        ),
    )
