"""Checks of the printed charge against itself: each tier row, sums, tax and total. Needs no tariff."""

from __future__ import annotations

from fractions import Fraction

from sodien.billing.arithmetic import Sum, charge_sums, money_sums, net_of
from sodien.billing.audit.result import Check, Topic, at_least, texts
from sodien.billing.bill import Bill


def compared(one: Sum, key: str, topic: Topic, **values: object) -> Check:
    """A printed number beside what it should be."""
    values |= {"printed": one.printed, "sum": one.worked_out, "by": one.off}
    return Check(
        key=key,
        topic=topic,
        result="agrees" if one.adds else "disagrees",
        says=f"{one.key}_{'adds' if one.adds else 'adds_not'}",
        values=texts(**values),
        billed=one.printed,
        by=None if one.adds else at_least(one.off),
    )


def tiers(bill: Bill, billed: Fraction | None) -> list[Check]:
    """Each printed row, then their sums."""
    found = []
    for one in charge_sums(bill, billed):
        if one.key != "tier":
            found.append(compared(one, one.key, "tiers"))
            continue
        row, number = bill.tiers[one.row], one.row + 1
        found.append(compared(one, f"tier_{number}", "tiers", row=number, kwh=row.kwh, price=row.price))
    return found


def totals(bill: Bill) -> list[Check]:
    """The tax and the total."""
    net, found = net_of(bill), []
    for one in money_sums(bill):
        values: dict[str, object] = {"net": net}
        if one.key == "total":
            values["tax"] = bill.tax
        else:
            values["percent"] = Fraction(bill.tax_rate or 0) * 100
        found.append(compared(one, one.key, "money", **values))
    return found
