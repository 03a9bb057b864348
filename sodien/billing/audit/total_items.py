"""What beside a mistake makes a sum of money differ from its parts: rounding, debt, discount.

What the notice prints of it explains for certain; what utilities are known to do without printing it is
named, so that nobody is accused of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Any, Final, Literal

from sodien.billing.audit.practice import Practice
from sodien.billing.audit.result import Note, Result, texts
from sodien.billing.bill import Bill

#: Tax may be rounded line by line, so a sum with tax may be off by one unit in any case.
_UNIT: Final = 1
#: So many of the bills before may be owed together.
_OWED: Final = 6

How = Literal["items", "rounded", "discount", "debt", "more", "less"]


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation: which, whether it is certain, what its sentence says, and the habit it takes."""

    how: How
    result: Result
    values: dict[str, Any]
    habit: Note | None = None


def explain(
    printed: Decimal, worths: Sequence[Fraction], bill: Bill, previous: Sequence[Bill], practice: Practice
) -> Explained | None:
    """Why a total is none of ``worths``, the charge with its tax; None where nothing explains it."""
    return next(_explanations(Fraction(printed), worths, bill, previous, practice), None)


def explain_net(
    printed: Decimal, worths: Sequence[Fraction], bill: Bill, practice: Practice
) -> Explained | None:
    """The same for money before tax: no debt is in it, and it is rounded by nobody; but a discount may be.

    Where the lines of the charge are not printed, another purpose's may be in it too.
    """
    value, discount = Fraction(printed), Fraction(bill.discount or 0)
    if discount and any(abs(value - worth + discount) <= _UNIT for worth in worths):
        return Explained("items", "agrees", {"debt": 0, "discount": bill.discount})
    for part in practice.permitted.discounts:
        if any(abs(value - worth * (1 - part)) <= _UNIT for worth in worths):
            return Explained("discount", "cannot_tell", {"percent": part * 100})
    return _unexplained(value, worths) if practice.permitted.other_items and not bill.tiers else None


def _explanations(
    printed: Fraction, worths: Sequence[Fraction], bill: Bill, previous: Sequence[Bill], practice: Practice
) -> Iterator[Explained]:
    allowed = practice.permitted
    extra = [*_printed_items(bill)]
    if any(abs(printed - worth - one) <= _UNIT for worth in worths for one in extra):
        yield Explained("items", "agrees", {"debt": bill.debt or 0, "discount": bill.discount or 0})
    for step in dict.fromkeys((practice.total_step, *allowed.total_steps)):
        if step > 1 and printed % step == 0 and _near(printed, worths, [0, *extra], step):
            yield Explained("rounded", "agrees", {"step": step}, _habit(step, practice))
    steps = max((practice.total_step, *allowed.total_steps))
    for discount in allowed.discounts:
        if _near(printed, [worth * (1 - discount) for worth in worths], [0, *extra], 2):
            yield Explained("discount", "cannot_tell", {"percent": discount * 100})
    if not allowed.other_items:
        return
    for owed in _owed(previous):
        if _near(printed, worths, [owed], steps if printed % steps == 0 else _UNIT + 1):
            yield Explained("debt", "cannot_tell", {"debt": owed})
    yield _unexplained(printed, worths)


def _unexplained(printed: Fraction, worths: Sequence[Fraction]) -> Explained:
    nearest = min(worths, key=lambda worth: abs(printed - worth))
    return Explained("more" if printed > nearest else "less", "cannot_tell", {})


def _near(printed: Fraction, worths: Sequence[Fraction], extra: Sequence[Fraction | int], most: int) -> bool:
    return any(abs(printed - worth - one) < most for worth in worths for one in extra)


def _printed_items(bill: Bill) -> Iterator[Fraction]:
    """What the printed debt and discount come to, with the tax on the discount or without it."""
    debt, discount = Fraction(bill.debt or 0), Fraction(bill.discount or 0)
    if debt or discount:
        yield debt - discount
        if discount and bill.tax_rate is not None:
            yield debt - discount * (1 + Fraction(bill.tax_rate))


def _owed(previous: Sequence[Bill]) -> list[Fraction]:
    """What may be owed: one of the latest bills, or the last few of them together."""
    totals = [Fraction(bill.total) for bill in reversed(previous[-_OWED:]) if bill.total is not None]
    return list(dict.fromkeys([*totals, *accumulate(totals)]))


def _habit(step: int, practice: Practice) -> Note | None:
    if step == practice.total_step:
        return None
    return Note(key="habit_total_step", values=texts(value=step, setting="billing.total_step"))
