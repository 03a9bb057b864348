"""Checks of the printed charge against itself: each tier row, sums, tax and total. Needs no tariff."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from msgspec.structs import replace

from sodien.billing.arithmetic import Sum, charge_sums, money_sums, net_of, unit
from sodien.billing.audit.practice import Practice
from sodien.billing.audit.result import Check, Note, Topic, at_least, texts
from sodien.billing.audit.total_items import Explained, explain
from sodien.billing.bill import Bill


def compared(one: Sum, key: str, topic: Topic, **values: object) -> Check:
    """A printed number beside what it should be."""
    values |= {"printed": one.printed, "sum": one.worked_out, "by": one.off}
    says = "adds_not" if not one.adds else "adds" if one.off == 0 else "rounds"
    return Check(
        key=key,
        topic=topic,
        result="agrees" if one.adds else "disagrees",
        says=f"{one.key}_{says}",
        values=texts(**values),
        billed=one.printed,
        by=None if one.adds else at_least(one.off),
    )


def named(check: Check, why: Explained | None, stem: str) -> Check:
    """The check with what explains it; itself where nothing does."""
    if why is None:
        return check
    values = {**check.values, **texts(**why.values)}
    return replace(check, result=why.result, says=f"{stem}_{why.how}", values=values, by=None)


def tiers(bill: Bill, billed: Fraction | None, practice: Practice) -> list[Check]:
    """Each printed row, then their sums."""
    found = []
    for one in charge_sums(bill, billed):
        if one.key != "tier":
            made = compared(one, one.key, "tiers")
            if one.key == "tiers_net" and not one.adds:
                made = _gross(_discounted(made, one, bill, practice), one, bill)
                only = bill.tiers[0]
                if len(bill.tiers) == 1 and one.off < Fraction(only.kwh) * unit(only.price):
                    made = replace(made, result="agrees", says="tiers_net_rounds", by=None)
            found.append(made)
            continue
        row, number = bill.tiers[one.row], one.row + 1
        made = compared(one, f"tier_{number}", "tiers", row=number, kwh=row.kwh, price=row.price)
        if not one.adds and len(bill.tiers) == 1 and one.off < Fraction(row.kwh) * unit(row.price):
            # One line for all kWh has their average price, which is rounded itself.
            made = replace(made, result="agrees", says="tier_average", by=None)
        found.append(made)
    return found


def _discounted(made: Check, one: Sum, bill: Bill, practice: Practice) -> Check:
    """The sum of the lines, less what was given up of it."""
    less = one.worked_out - Fraction(one.printed)
    if bill.discount is not None and abs(less - Fraction(bill.discount)) <= 1:
        return replace(made, result="agrees", says="tiers_net_items", by=None)
    for discount in practice.permitted.discounts:
        if abs(one.worked_out * (1 - discount) - Fraction(one.printed)) <= 1:
            values = {**made.values, **texts(percent=discount * 100)}
            return replace(made, result="cannot_tell", says="tiers_net_discount", values=values, by=None)
    return made


def _gross(made: Check, one: Sum, bill: Bill) -> Check:
    """The sum of lines with the tax in them is the total."""
    if bill.total is None or abs(one.worked_out - Fraction(bill.total)) > 1:
        return made
    values = {**made.values, **texts(printed=bill.total)}
    return replace(made, result="agrees", says="tiers_total_adds", values=values, by=None)


def totals(bill: Bill, previous: Sequence[Bill], practice: Practice) -> tuple[list[Check], tuple[Note, ...]]:
    """The tax and the total, and the habits of the utility that they take."""
    net, found = net_of(bill), []
    habits: list[Note] = []
    for one in money_sums(bill):
        values: dict[str, object] = {"net": net}
        if one.key == "total":
            values["tax"] = bill.tax
        else:
            values["percent"] = Fraction(bill.tax_rate or 0) * 100
        if one.key == "tax" and bill.tax_rate:
            values["net"] = one.worked_out / Fraction(bill.tax_rate)
        made = compared(one, one.key, "money", **values)
        if one.key != "tax" and not one.adds:
            why = explain(one.printed, [one.worked_out], bill, previous, practice)
            made = named(made, why, "total")
            habits += [why.habit] if why is not None and why.habit is not None else []
        found.append(made)
    return found, tuple(habits)
