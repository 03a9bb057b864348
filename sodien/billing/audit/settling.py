"""Estimated bills and the one that settles them are judged together: nobody read the meter in between.

The bill after an estimate begins at an index that nobody read, or goes back to the last one that was read.
Only the sum of both can be right or wrong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from msgspec.structs import replace

from sodien.billing.bill import Bill, IndexRow, main_row, printed_kwh, whole_rows


@dataclass(frozen=True, slots=True)
class JudgedTogether:
    """A bill with the estimated ones right before it that it settles.

    Attributes:
        bill: all of them as one bill, from the last real reading on; the bill itself where it settles none.
        previous: the bills before.
        count: how many estimated bills it settles.
        kwh: what those have charged.
        unread: the old index is that of an estimate, so nobody read it.
        unknown: and nobody knows what the estimates have charged.
        again: the bill goes back to the index of the last real reading, and charges what is left of it.
    """

    bill: Bill
    previous: Sequence[Bill]
    count: int = 0
    kwh: Fraction = Fraction(0)
    unread: bool = False
    unknown: bool = False
    again: bool = False


def settled(bill: Bill, previous: Sequence[Bill]) -> JudgedTogether:
    """``bill`` with the estimates it settles; an estimate itself settles nothing."""
    estimates: list[Bill] = []
    for earlier in reversed(previous):
        if not earlier.estimated or (estimates and not _joins(earlier, estimates[-1])):
            break
        estimates.append(earlier)
    unread = bool(estimates) and _joins(estimates[0], bill)
    again = bool(estimates) and not unread and _same_old(estimates[-1], bill)
    if bill.estimated or not (unread or again):
        return JudgedTogether(bill, previous, unread=unread)
    charged = [_kwh(one) for one in estimates]
    if None in charged:
        return JudgedTogether(bill, previous, unread=unread, unknown=True)
    kwh = sum((one for one in charged if one is not None), Decimal(0))
    since = estimates[-1]
    own = _kwh(bill)
    together = replace(
        bill,
        first=since.first,
        rows=_rows(bill, since, kwh if again else None),
        kwh=None if own is None else own + kwh,
    )
    before = previous[: -len(estimates)]
    return JudgedTogether(together, before, len(estimates), Fraction(kwh), unread=unread, again=again)


def _same_old(since: Bill, bill: Bill) -> bool:
    """Whether the bill goes back to the old index of an estimate, for days after it."""
    one, other = main_row(since), main_row(bill)
    if one is None or other is None or one.old is None or one.old != other.old:
        return False
    return since.last is None or bill.first is None or bill.first >= since.last


def _joins(earlier: Bill, later: Bill) -> bool:
    """Whether ``later`` begins where ``earlier`` ended: at its index, else on its last day or one later."""
    one, other = main_row(earlier), main_row(later)
    if one is not None and other is not None and None not in (one.new, other.old):
        return one.new == other.old
    if earlier.last is None or later.first is None:
        return False
    return dt.timedelta(0) <= later.first - earlier.last <= dt.timedelta(1)


def _kwh(bill: Bill) -> Decimal | None:
    """The kWh of a bill: printed, else by its indices where nothing else is to be known for that."""
    printed = printed_kwh(bill)
    row = main_row(bill)
    if printed is not None or row is None or row.old is None or row.new is None or row.new < row.old:
        return printed
    return (row.new - row.old) * (row.multiplier or 1) + (row.removed or 0)


def _rows(bill: Bill, since: Bill, paid: Decimal | None) -> tuple[IndexRow, ...]:
    """The bill's rows with the first whole one's old index that of ``since``; kWh of rows do not count.

    ``paid`` kWh of estimates that a row takes off are none of a sub-meter.
    """
    before = main_row(since)
    old = before.old if before is not None else None
    first = whole_rows(bill)[:1]
    return tuple(
        replace(
            row,
            kwh=None,
            old=old if any(row is one for one in first) else row.old,
            sub=None if row.sub == paid else row.sub,
        )
        for row in bill.rows
    )
