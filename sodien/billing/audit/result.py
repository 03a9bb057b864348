"""What comes out of judging a bill: checks, explanations, the verdict; plain values that go into the ledger.

kWh and money are decimals, which JSON carries as strings. Where a number of ours has bounds they are rounded
outwards to six decimals, so that rounding never excludes the truth. Sentences are keys with values;
:mod:`sodien.billing.words.verdict` says them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from sodien.metering.bounds import rounded, rounded_down, rounded_up

Result = Literal["agrees", "cannot_tell", "disagrees"]
Overall = Literal["consistent", "cannot_tell", "disagrees"]
Topic = Literal["identity", "continuity", "reading", "consumption", "arithmetic", "tiers", "money"]


class Range(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A number of ours with bounds, ``low ≤ true ≤ high``, and a best estimate where there is one."""

    low: Decimal
    best: Decimal | None = None
    high: Decimal


class Check(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the verdict.

    Attributes:
        key: which check, the same for every bill: ``index_new``, ``consumption``, ``tier_2``, …
        topic: where it stands on an evidence sheet.
        result: *agrees*, *cannot_tell* or *disagrees*.
        says: key of its sentence; ``values`` fill it in (numbers as plain decimals, dates ISO 8601).
        billed: the number on the bill that was checked: kWh, or currency units for money.
        ours: what it was checked against; None where there is nothing to check against.
        by: on *disagrees*, by how much at least, in the unit of ``billed``.
        detectable: the smallest difference that this check would have noticed for sure.
    """

    key: str
    topic: Topic
    result: Result
    says: str
    values: Mapping[str, str] = {}
    billed: Decimal | None = None
    ours: Range | None = None
    by: Decimal | None = None
    detectable: Decimal | None = None


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One possible cause of a disagreement.

    Attributes:
        key: its kind, and the key of its sentence.
        likelihood: above 0, up to 1; only for ordering.
        values: what the sentence is filled with.
    """

    key: str
    likelihood: float
    values: Mapping[str, str]


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """An assumption that was used, or advice: a sentence's key and values."""

    key: str
    values: Mapping[str, str] = {}


class Uncounted(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of the period not counted, for one reason: a gap's, ``before`` or ``after`` all counting."""

    reason: str
    seconds: Decimal


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """How much was counted, from the first instant of the old reading to the last of the new."""

    seconds: Decimal
    counted: Decimal
    blind: tuple[Uncounted, ...] = ()


class ReadAt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When an index was read: our register can have shown it from ``start`` to ``end`` (ms UTC).

    Attributes:
        index: as printed.
        inside: whether that overlaps the time in which it may have been read by the notice's date.
        start, end: within that time if ``inside``, else the nearest stretch outside; None when our register
            did not show it in the weeks around.
    """

    index: Decimal
    inside: bool
    start: int | None = None
    end: int | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The verdict on one bill.

    Attributes:
        overall: *disagrees* if any check does; else *consistent* if the billed consumption agrees with ours;
            else *cannot_tell*.
        why: for *cannot_tell*, what was in the way: ``no_dates``, ``no_numbers`` (neither indices nor kWh),
            ``no_reading`` (no dial reading and no count to compare with), ``blind`` (too little was counted),
            ``before`` (the bill is of a time before counting: one check stands for all comparisons),
            ``since`` (its period began before counting: one check stands for those with its beginning),
            ``time`` (too much flows on a reading day to know more), ``replaced`` (a new meter that is not
            recorded), ``registers`` (several registers on the bill), ``estimated`` (nobody read the meter).
        disagrees_by_kwh: the bill is off by at least this many billed kWh, > 0; None when its kWh may be
            right. An index that agrees is taken as right when the other one is judged.
        direction: ``over`` or ``under`` billed, with ``disagrees_by_kwh``.
        disagrees_by_money: off by at least this much money; None when it may be right or is not printed.
        detectable_kwh: one wrong index, or a wrong consumption, that makes the bill wrong by more than this
            is always found; None when nothing could be detected.
        detectable_both_kwh: the same when both indices may be wrong at once.
        billed_kwh: the kWh judged: printed, else (new − old) × multiplier.
        own_kwh: our own consumption (as billed, after the multiplier) between the possible reading times.
        checks: line by line.
        reasons: possible causes of a disagreement, the likeliest first.
        assumptions: what was taken for granted.
        advice: what would have told, or what to do.
        covered: None when the period's dates are not known, or nobody asked.
        read_old, read_new: when the indices were read.
        habits: what the utility must do for the verdict to hold, where it is not this household's habit so
            far: *consistent, if the utility …*. Each names its sentence, the ``setting`` that makes it the
            habit, and the ``value``.
        otherwise_kwh: with ``habits``, by how much at least the bill is off under every other permitted
            practice; None where another one explains it too.
        currency: of its money, ISO 4217; the values of checks, reasons and habits name it where it is not
            VND.
    """

    overall: Overall
    why: str = ""
    disagrees_by_kwh: Decimal | None = None
    direction: Literal["", "over", "under"] = ""
    disagrees_by_money: Decimal | None = None
    detectable_kwh: Decimal | None = None
    detectable_both_kwh: Decimal | None = None
    billed_kwh: Decimal | None = None
    own_kwh: Range | None = None
    checks: tuple[Check, ...] = ()
    reasons: tuple[Reason, ...] = ()
    assumptions: tuple[Note, ...] = ()
    advice: tuple[Note, ...] = ()
    covered: Covered | None = None
    read_old: ReadAt | None = None
    read_new: ReadAt | None = None
    habits: tuple[Note, ...] = ()
    otherwise_kwh: Decimal | None = None
    currency: str = "VND"

    def check(self, key: str) -> Check | None:
        """The check of that name, None when the bill gave no occasion for it."""
        return next((check for check in self.checks if check.key == key), None)


def down(value: Fraction) -> Decimal:
    """``value`` as a decimal of six places, not above it."""
    return plain(rounded_down(value))


def at_least(value: Fraction) -> Decimal | None:
    """``value`` rounded down; None when nothing of it is left."""
    return down(value) if down(value) > 0 else None


def up(value: Fraction) -> Decimal:
    """``value`` as a decimal of six places, not below it."""
    return plain(rounded_up(value))


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros or an exponent."""
    return Decimal(int(value)) if value == value.to_integral_value() else value.normalize()


def span(low: Fraction, high: Fraction, best: Fraction | None = None) -> Range:
    """Bounds rounded outwards."""
    return Range(low=down(low), high=up(high), best=None if best is None else _near(best))


def _near(value: Fraction) -> Decimal:
    return plain(rounded(value))


_ROUNDING: Mapping[str, Callable[[Fraction], int]] = {
    "by": math.floor, "least": math.floor, "most": math.ceil, "detectable": math.ceil,
}  # fmt: skip


def texts(**values: object) -> dict[str, str]:
    """Values of a sentence as text; decimals without exponents or needless zeros, exact fractions rounded.

    What is said to be at least so much is rounded down, what is at most so much up.
    """
    out = {}
    for name, value in values.items():
        if isinstance(value, Fraction):
            value = plain(Decimal(_ROUNDING.get(name, round)(value * 1000)).scaleb(-3))
        out[name] = format(plain(value), "f") if isinstance(value, Decimal) else str(value)
    return out
