"""Why a bill must not be taken as it is: faults that need nothing but the bill and the ones before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from sodien.billing.arithmetic import turns_over
from sodien.billing.bill import Bill
from sodien.billing.notices.dates import YEARS
from sodien.billing.notices.model import Problem

#: The longest period of a bill, in days: meters that use little are read every few months, none after a year.
MOST_DAYS = 366


def plain_faults(bill: Bill, previous_bills: Iterable[Bill] = ()) -> tuple[Problem, ...]:
    """Impossible dates, an index that fell, negative numbers; another customer, the same bill, the same days.

    A difference, such as an adjusting invoice has, may be negative.

    Args:
        bill: what was understood or typed.
        previous_bills: the household's other bills for this meter, in any order.
    """
    faults = [*_dates(bill), *(() if bill.adjusts is not None else (*_indices(bill), *_negative(bill)))]
    for other in previous_bills:
        faults += _against(bill, other)
    seen: list[Problem] = []
    for fault in faults:
        if fault not in seen:
            seen.append(fault)
    return tuple(seen)


def _dates(bill: Bill) -> Iterable[Problem]:
    for field, day in (("first", bill.first), ("last", bill.last)):
        if day is not None and day.year not in YEARS:
            yield Problem("impossible_date", field, {"text": _d(day)})
    if bill.first and bill.last:
        values = {"first": _d(bill.first), "last": _d(bill.last)}
        if bill.first > bill.last:
            yield Problem("first_after_last", "first", values)
        elif (bill.last - bill.first).days >= MOST_DAYS:
            yield Problem("too_long", "last", values)
    if bill.month is not None and not 1 <= bill.month <= 12:
        yield Problem("impossible_month", "month", {"text": f"{bill.month}"})
    if bill.year is not None and bill.year not in YEARS:
        yield Problem("impossible_year", "year", {"text": f"{bill.year}"})


def _indices(bill: Bill) -> Iterable[Problem]:
    for number, row in enumerate(bill.rows):
        if row.old is None or row.new is None or row.new >= row.old:
            continue
        if not row.removed and not turns_over(row):
            values = {"old": f"{row.old:f}", "new": f"{row.new:f}"}
            yield Problem("new_below_old", f"rows[{number}].new", values)


def _negative(bill: Bill) -> Iterable[Problem]:
    numbers: list[tuple[str, Decimal | None]] = [
        (field, getattr(bill, field)) for field in ("kwh", "net", "tax", "tax_rate", "total", "households")
    ]
    for number, row in enumerate(bill.rows):
        numbers += [
            (f"rows[{number}].{f}", getattr(row, f)) for f in ("old", "new", "kwh", "multiplier", "removed")
        ]
    for number, tier in enumerate(bill.tiers):
        numbers += [(f"tiers[{number}].{f}", getattr(tier, f)) for f in ("kwh", "price", "amount")]
    for field, value in numbers:
        if value is not None and value < 0:
            yield Problem("negative", field, {"value": f"{value:f}"})
        elif value == 0 and field.rpartition(".")[2] in ("multiplier", "households"):
            yield Problem("zero", field, {"value": f"{value:f}"})


def _against(bill: Bill, other: Bill) -> Iterable[Problem]:
    if bill.customer and other.customer and bill.customer != other.customer:
        yield Problem("other_customer", "customer", {"value": bill.customer, "other": other.customer})
        return
    if _said(bill) == _said(other):
        yield Problem("same_bill", "", {"which": _which(other)})
        return
    if bill.first and bill.last and other.first and other.last:
        values = {"first": _d(bill.first), "last": _d(bill.last),
                  "other_first": _d(other.first), "other_last": _d(other.last)}  # fmt: skip
        if (bill.first, bill.last) == (other.first, other.last):
            yield Problem("same_period", "last", values)
        elif bill.first <= other.last and other.first <= bill.last:
            yield Problem("overlap", "first", values)
    elif bill.last and bill.last == other.last:
        yield Problem("same_reading_day", "last", {"last": _d(bill.last)})


def _said(bill: Bill) -> Bill:
    """The bill by its content alone, wherever it came from."""
    return msgspec.structs.replace(bill, source="", name=None)


def _which(bill: Bill) -> str:
    if bill.last:
        return _d(bill.last)
    if bill.month and bill.year:
        return f"{bill.month}/{bill.year}"
    return bill.customer or "?"


def _d(day: dt.date) -> str:
    """As the notices print it."""
    return f"{day:%d/%m/%Y}"
