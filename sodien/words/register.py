"""What the pure core found, in words: explanations, findings, refused readings.

The core (:mod:`sodien.metering`) says what it found as keys and numbers; here they become sentences in the
language in use. Numbers are rounded so that limits are never tighter than they were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from sodien import formats
from sodien.i18n import tr
from sodien.metering.dial import DialError
from sodien.metering.register.drift import Drift
from sodien.metering.register.explanations import Explanation, explain_conflict
from sodien.metering.register.register import Register, RegisterFinding

#: How a person knows a dial reading: its value and local time, for an id of the core.
Named = Callable[[str], str]

#: A finding names so many readings and explanations; `sodien drift` has all.
_READINGS = 4
_EXPLANATIONS = 2
#: Before the point, where a register does not know its dial.
_DIGITS = 6


def explanations(register: Register, found: RegisterFinding) -> list[Explanation]:
    """What may explain a finding of ``register``, the likeliest first."""
    return explain_conflict(register, found, digits=register.digits or _DIGITS)


def explanation(found: Explanation, named: Named) -> str:
    """One explanation as a sentence."""
    values = found.parameters

    def number(key: str) -> Fraction:
        return Fraction(values[key])

    def reading(key: str) -> str:
        return named(str(values[key]))

    match found.key:
        case "constant":
            return tr(
                "The constant may be {constant} imp/kWh, not {now}: dial and count give {low} to {high}.",
                constant=formats.constant(number("constant")),
                now=formats.constant(number("now")),
                low=formats.constant(number("low"), "down"),
                high=formats.constant(number("high"), "up"),
            )
        case "missed":
            return tr(
                "Pulses may have been missed between {first} and {second}: {low} to {high} of all.",
                first=reading("first"),
                second=reading("second"),
                low=formats.percent(number("low") / 1000, 2, "down"),
                high=formats.percent(number("high") / 1000, 2, "up"),
            )
        case "double":
            return tr(
                "Every pulse may have been counted twice between {first} and {second}: at least {low} too "
                "many.",
                first=reading("first"),
                second=reading("second"),
                low=formats.percent(number("low") / 1000, 2, "down"),
            )
        case "extra":
            return tr(
                "More may have been counted than flashed between {first} and {second}: at least {low} too "
                "many.",
                first=reading("first"),
                second=reading("second"),
                low=formats.percent(number("low") / 1000, 2, "down"),
            )
        case "clock":
            return _clock(reading("anchor"), int(number("low")), int(number("high")))
        case "replaced":
            return tr(
                "The meter may have been replaced between {first} and {second}: its register fell.",
                first=reading("first"),
                second=reading("second"),
            )
        case "serial":
            return tr(
                "Reading {reading} looks like the meter's serial number, not its register.",
                reading=reading("anchor"),
            )
        case "decimal_point":
            return tr(
                "The decimal point of reading {reading} may be misplaced: {meant} would fit.",
                reading=reading("anchor"),
                meant=formats.dial(str(values["meant"])),
            )
        case "transposed":
            return tr(
                "Two digits of reading {reading} may be swapped: {meant} would fit.",
                reading=reading("anchor"),
                meant=formats.dial(str(values["meant"])),
            )
        case "one_digit":
            return tr(
                "One digit of reading {reading} may be wrong: {meant} would fit.",
                reading=reading("anchor"),
                meant=formats.dial(str(values["meant"])),
            )
    raise ValueError(f"an explanation {found.key!r} has no sentence")


def _clock(reading: str, low: int, high: int) -> str:
    """The minutes by which the reading's time would have to move; both on one side, as a rule."""
    if low > 0:
        return tr(
            "Reading {reading} would fit {low} to {high} minutes later; its time may be wrong.",
            reading=reading,
            low=low,
            high=high,
        )
    if high < 0:
        return tr(
            "Reading {reading} would fit {low} to {high} minutes earlier; its time may be wrong.",
            reading=reading,
            low=-high,
            high=-low,
        )
    return tr(
        "Reading {reading} would fit from {low} minutes earlier to {high} later; its time may be wrong.",
        reading=reading,
        low=-low,
        high=high,
    )


def verdict(drift: Drift) -> str:
    """Whether dial and count agree between two readings, and what is proven when they do not."""
    match drift.verdict:
        case "agree":
            return tr("agree within reading error")
        case "fell":
            return tr("the dial fell, which no register does")
        case "missed" if drift.proven is not None:
            return tr(
                "at least {pulses:pulse|pulses} missed, proven as far as readings and constant are right",
                pulses=formats.HowMany(drift.proven),
            )
        case "missed":
            return tr("the dial moved more than was counted: pulses missed, or a wrong constant")
        case "extra" if drift.proven is not None:
            return tr(
                "more counted than flashed: at least {pulses:pulse|pulses} too many, as far as readings and "
                "constant are right",
                pulses=formats.HowMany(drift.proven),
            )
        case "extra":
            return tr("the dial moved less than was counted: pulses too many, or a wrong constant")


def finding(found: RegisterFinding, register: Register, named: Named, *, explain: bool = True) -> str:
    """One finding of ``register`` as sentences, with the likeliest explanations if asked."""
    readings = _list(found.anchors, named)
    if found.kind == "rollover":
        return tr(
            "Between these readings the dial may have rolled over more often: {readings}.", readings=readings
        )
    said = [
        tr(
            "These dial readings disagree with the count or each other by at least {excess} kWh: {readings}.",
            excess=formats.kwh(found.excess, "down"),
            readings=readings,
        )
    ]
    if not explain:
        return said[0]
    likeliest = explanations(register, found)[:_EXPLANATIONS]
    if not likeliest:
        said.append(tr("Look for a mistyped reading, a wrong constant or missed pulses."))
    for rank, one in enumerate(likeliest):
        sentence = explanation(one, named)
        said.append(
            tr("Or: {explanation}", explanation=sentence)
            if rank
            else tr("Likeliest: {explanation}", explanation=sentence)
        )
    return " ".join(said)


def _list(anchors: Sequence[str], named: Named) -> str:
    if len(anchors) <= _READINGS:
        return ", ".join(named(name) for name in anchors)
    return tr(
        "{first} … {last}, {count} readings",
        first=named(anchors[0]),
        last=named(anchors[-1]),
        count=len(anchors),
    )


def refused(error: DialError) -> str:
    """Why a text is no dial reading, and what to type instead."""
    typed, digits, decimals = error.typed, error.digits, error.decimals
    example = formats.dial(error.example)
    match error.key:
        case "empty":
            return tr(
                "The reading is empty; type what the dial shows, for example {example}.", example=example
            )
        case "negative":
            return tr(
                "'{typed}' is negative, and a dial never is; type it as shown, like {example}.",
                typed=typed,
                example=example,
            )
        case "separators":
            return tr(
                "'{typed}' has more than one separator; leave out those between thousands, like {example}.",
                typed=typed,
                example=example,
            )
        case "not_digits":
            return tr(
                "'{typed}' is not a dial reading; type only its digits, like {example}.",
                typed=typed,
                example=example,
            )
        case "no_point":
            return tr(
                "'{typed}' has more than the {digits} digits that this dial has before the decimals; if the "
                "last {decimals} are decimals (often red), type {meant}.",
                typed=typed,
                digits=digits,
                decimals=decimals,
                meant=formats.dial(error.meant),
            )
        case "too_long":
            return tr(
                "'{typed}' has more than the {digits} digits that this dial has before the decimals; type "
                "it as shown, like {example}.",
                typed=typed,
                digits=digits,
                example=example,
            )
        case "no_decimals":
            return tr(
                "'{typed}' ends with a separator; type its decimals too, or none and no separator.",
                typed=typed,
            )
        case "thousands":
            return tr(
                "'{typed}' has three digits after the separator, but no separator belongs between thousands; "
                "type it as shown, like {example}.",
                typed=typed,
                example=example,
            )
        case "too_fine":
            return tr(
                "'{typed}' has more decimals than the dial shows ({decimals}); type it as shown, like "
                "{example}.",
                typed=typed,
                decimals=decimals,
                example=example,
            )


def reason(key: str) -> str:
    """Why nothing was counted, for people; a key that this version does not know stands for itself."""
    match key:
        case "stopped":
            return tr("counting was stopped")
        case "killed":
            return tr("the program ended unexpectedly")
        case "power":
            return tr("the Pi lost its power or was reset")
        case "overflow":
            return tr("edges were lost")
        case "damaged":
            return tr("the ledger was damaged")
        case "restored":
            return tr("the ledger was restored from a backup")
        case "clock":
            return tr("the clock was not known")
        case "before":
            return tr("before counting began")
        case "after":
            return tr("after the last count")
    return key
