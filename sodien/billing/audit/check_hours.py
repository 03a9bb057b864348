"""Checks of the charge of a time-of-use meter: each register at its own price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sodien.billing.audit.result import Check, Result, texts
from sodien.billing.bill import TIME_OF_USE, Bill, TierRow, energy_rows
from sodien.billing.tariff.charge import Charge
from sodien.billing.tariff.model import Book


def by_hours(bill: Bill) -> bool:
    """Whether the bill has registers of hours: normal, peak, off-peak."""
    return any(row.register in TIME_OF_USE for row in bill.rows)


def registers_of(bill: Bill) -> dict[str, Decimal] | None:
    """The billed kWh of each register of hours; None where one is not printed, or the bill has none."""
    rows = [row for row in bill.rows if row.register in TIME_OF_USE]
    found: dict[str, Decimal] = {}
    for row in rows:
        if row.kwh is None:
            return None
        found[row.register] = found.get(row.register, Decimal(0)) + row.kwh
    return found or None


def unpriced(bill: Bill, book: Book) -> tuple[str, dict[str, object]] | None:
    """Why the registers of a bill cannot be priced: a sentence's key with its values; None when they can.

    Household tiers are not for hours, and after a price change nobody but the utility knows what the
    registers showed on that day.
    """
    if not by_hours(bill):
        return None
    tables = [table for table in book.tables if table.in_force]
    if not any(table.hours for table in tables):
        return "charge_hours_no_prices", {"tariff": book.id}
    if registers_of(bill) is None or energy_rows(bill) == ():
        return "charge_hours_no_kwh", {}
    if bill.first is not None and bill.last is not None:
        changes = [table.first for table in tables if table.first and bill.first < table.first <= bill.last]
        if changes:
            return "charge_hours_change", {"day": changes[0]}
    return None


def hour_prices(rows: Sequence[TierRow], table: Charge, own: Mapping[str, Decimal]) -> list[Check]:
    """The printed lines beside the prices of the registers and their kWh, in whatever order they stand.

    Args:
        rows: the printed lines with energy on them.
        table: the charge of the billed kWh.
        own: the kWh of each register on the bill.
    """
    lines = {line.price: line for part in table.parts for line in part.lines}
    decisions = ", ".join(dict.fromkeys(part.decision for part in table.parts))
    found = []
    for number, row in enumerate(rows, 1):
        if row.price not in lines:
            right = " / ".join(format(price, "f") for price in lines)
            values = {"row": number, "price": row.price, "right": right, "decisions": decisions}
            return [_check("prices", "disagrees", "prices_wrong", **values)]
    found.append(_check("prices", "agrees", "prices_agree", decisions=decisions))
    for price, line in lines.items():
        printed = sum((row.kwh for row in rows if row.price == price), Decimal(0))
        meant = own.get(line.register, Decimal(0))
        if printed != meant:
            values = {"kwh": printed, "price": price, "register": line.register, "own": meant}
            found.append(_check("hours", "disagrees", "hours_wrong", **values))
            return found
    found.append(_check("hours", "agrees", "hours_agree"))
    return found


def _check(key: str, result: Result, says: str, **values: object) -> Check:
    return Check(key=key, topic="money", result=result, says=says, values=texts(**values))
