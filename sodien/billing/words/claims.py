"""The utility's daily readings judged, as sentences in the language in use."""

from __future__ import annotations

from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from sodien import formats
from sodien.billing.claims.claim import Claim
from sodien.billing.claims.judging import JudgedClaim
from sodien.billing.claims.on_bill import BillByClaims
from sodien.billing.claims.series import ClaimDrift, ClaimFault
from sodien.billing.words.verdict import habit_phrase
from sodien.i18n import Text, tr

_WHY: Final[dict[str, Text]] = {
    "no_reading": "cannot tell: no dial reading yet",
    "replaced": "cannot tell: the meter was replaced then",
    "rounds": "cannot tell: the dial may have rolled over",
    "blind": "cannot tell: too little was counted",
}


def when(claim: Claim, zone: ZoneInfo) -> str:
    """The day a claim is of, or its time."""
    if claim.day is not None:
        return formats.date(claim.day)
    return formats.instant(claim.at or 0, zone)


def judgement(one: JudgedClaim) -> str:
    """What a claim's judgement is, in some words for a table."""
    if one.why == "impossible":
        return tr("disagrees: more digits than the dial has")
    if one.result == "disagrees":
        kwh = formats.number(abs(one.off), most=2, rounding="down")
        if one.off > 0:
            return tr("disagrees: too high by at least {kwh} kWh", kwh=kwh)
        return tr("disagrees: too low by at least {kwh} kWh", kwh=kwh)
    if one.result == "cannot_tell":
        return tr(_WHY[one.why])
    if one.habits:
        return tr("agrees, if the utility {habit}", habit=habit_phrase(one.habits))
    return tr("agrees")


def ours(one: JudgedClaim) -> str:
    """Our register in the time of a claim, to a tenth of a kWh outwards."""
    if one.ours is None:
        return "–"
    low, high = formats.low_high(one.ours.low, one.ours.high, 1)
    return f"{low} … {high}"


def drift(found: ClaimDrift, zone: ZoneInfo) -> str:
    """How far theirs runs from ours."""
    words = {
        "first": when(found.first, zone),
        "last": when(found.last, zone),
        "best": _per_mille(found.best),
        "low": _per_mille(found.low, "down"),
        "high": _per_mille(found.high, "up"),
    }
    if found.low > 0:
        return tr(
            "From {first} to {last} the utility's readings rose faster than yours: {best} ‰, between {low} "
            "and {high} ‰.",
            **words,
        )
    if found.high < 0:
        return tr(
            "From {first} to {last} the utility's readings rose more slowly than yours: {best} ‰, between"
            " {low} and {high} ‰.",
            **words,
        )
    return tr(
        "From {first} to {last} the utility's readings may have risen at the same rate as yours: {best} ‰"
        " apart, between {low} and {high} ‰.",
        **words,
    )


def fault(found: ClaimFault, zone: ZoneInfo) -> str:
    """What may be wrong with some readings; certain only where it is."""
    kwh = formats.number(found.kwh, most=1, rounding="down")
    values = {
        "first": when(found.first, zone),
        "last": when(found.last, zone),
        "days": formats.days(found.days),
        "kwh": kwh,
    }
    sentences: dict[tuple[str, bool], Text] = {
        (
            "stuck",
            True,
        ): (
            "From {first} to {last} the utility shows the same reading, although at least {kwh} kWh were "
            "used: it is stuck."
        ),
        (
            "stuck",
            False,
        ): (
            "From {first} to {last} the utility shows the same reading, although {kwh} kWh were used: it "
            "may be stuck, or updated late."
        ),
        ("estimated", True): (
            "From {first} to {last} the utility's readings lie on a straight line that your register did "
            "not follow: they were calculated, not read."
        ),
        (
            "estimated",
            False,
        ): (
            "From {first} to {last} the utility's readings lie on a straight line: they may have been "
            "calculated, not read."
        ),
        ("late", True): "From {first} to {last} the utility's readings fit only if they are {days} old.",
        (
            "late",
            False,
        ): "From {first} to {last} the utility's readings may be {days} old: that is when they fit.",
        (
            "shifted",
            True,
        ): "From {first} to {last} all the utility's readings are off by the same amount: {off} kWh.",
        ("shifted", False): (
            "From {first} to {last} all the utility's readings may be off by the same amount: {off} kWh."
        ),
        ("late_or_shifted", False): (
            "From {first} to {last} the utility's readings disagree with yours: they may be {days} old, "
            "or all be off by the same amount ({off} kWh)."
        ),
        ("fast", True): "From {first} to {last} the utility's readings rise faster than your register.",
        ("slow", True): (
            "From {first} to {last} the utility's readings rise more slowly than your register."
        ),
        ("jump", True): (
            "Between {first} and {last} the utility's readings rise by at least {apart} kWh more than was"
            " used."
        ),
        (
            "jump_back",
            True,
        ): (
            "Between {first} and {last} the utility's readings rise by at least {apart} kWh less than was"
            " used."
        ),
        ("wrong", True): (
            "From {first} to {last} the utility's readings disagree with yours, by different amounts."
        ),
    }
    kind: str = found.kind
    if found.off is not None:
        values["off"] = _limits(found.off.low, found.off.high)
        values["apart"] = formats.number(
            min(abs(found.off.low), abs(found.off.high)), most=1, rounding="down"
        )
        if kind == "jump" and found.off.high < 0:
            kind = "jump_back"
    return tr(sentences[kind, found.certain], **values)


def on_bill(found: BillByClaims) -> str:
    """What the daily readings say of one number of a bill."""
    names = {
        "old": tr("previous reading"),
        "new": tr("current reading"),
        "kwh": tr("consumption"),
    }
    values = {
        "what": names[found.which],
        "printed": formats.number(found.printed, most=2),
        "low": "…" if found.low is None else formats.number(found.low, 1, rounding="down"),
        "high": "…" if found.high is None else formats.number(found.high, 1, rounding="up"),
    }
    if found.result == "cannot_tell":
        return tr("{what} {printed}: too few daily readings around it to tell.", **values)
    if found.result == "agrees":
        return tr("{what} {printed}: fits the daily readings, {low} to {high} kWh.", **values)
    off = formats.number(abs(found.off), most=1, rounding="down")
    if found.off > 0:
        return tr(
            "{what} {printed}: at least {off} kWh above the utility's own daily readings.", off=off, **values
        )
    return tr(
        "{what} {printed}: at least {off} kWh below the utility's own daily readings.", off=off, **values
    )


def _limits(low: Fraction, high: Fraction) -> str:
    return f"{_signed(low, 1, 'down')} … {_signed(high, 1, 'up')}"


def _per_mille(value: Fraction, rounding: formats.Rounding = "near") -> str:
    return _signed(value, 1 if abs(value) < 10 else 0, rounding)


def _signed(value: Fraction, places: int, rounding: formats.Rounding) -> str:
    text = formats.number(value, places, rounding=rounding)
    return f"+{text}" if value > 0 else text
