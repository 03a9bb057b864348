"""Checks of the printed charge against itself: each tier row, sums, tax and total. Needs no tariff."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sodien.billing.audit.result import Check, Topic, at_least, texts
from sodien.billing.bill import Bill, TierRow


def compared(
    key: str,
    topic: Topic,
    printed: Decimal,
    worked_out: Fraction,
    *,
    slack: Fraction = Fraction(0),
    **values: object,
) -> Check:
    """``printed`` beside what it should be; up to ``slack`` (a rounding that no source settles) agrees."""
    off = abs(Fraction(printed) - worked_out)
    good = off <= slack
    values |= {"printed": printed, "sum": worked_out, "by": off}
    return Check(
        key=key,
        topic=topic,
        result="agrees" if good else "disagrees",
        says=f"{key.split('_')[0] if key.startswith('tier_') else key}_{'adds' if good else 'adds_not'}",
        values=texts(**values),
        billed=printed,
        by=None if good else at_least(off),
    )


def amount(row: TierRow) -> Fraction:
    """What a row should cost: kWh × price, before any rounding."""
    return Fraction(row.kwh) * Fraction(row.price)


def rounding(exact: Fraction, printed: Decimal) -> Fraction:
    """How far a printed amount may be off by rounding: less than one unit of its last digit, if at all."""
    unit = Fraction(1, 10 ** max(0, -int(printed.as_tuple().exponent)))
    return Fraction(0) if (exact / unit).denominator == 1 else unit


def tiers(bill: Bill, billed: Fraction | None) -> list[Check]:
    """Each printed row, then their sums."""
    found = []
    for number, row in enumerate(bill.tiers, 1):
        if row.amount is None:
            continue
        exact = amount(row)
        found.append(
            compared(
                f"tier_{number}",
                "tiers",
                row.amount,
                exact,
                slack=rounding(exact, row.amount),
                row=number,
                kwh=row.kwh,
                price=row.price,
            )
        )
    if not bill.tiers:
        return found
    if billed is not None:
        kwh = sum((row.kwh for row in bill.tiers), Decimal(0))
        found.append(compared("tiers_kwh", "tiers", kwh, billed))
    if bill.net is not None and all(row.amount is not None for row in bill.tiers):
        amounts = sum((row.amount for row in bill.tiers if row.amount is not None), Decimal(0))
        found.append(compared("tiers_net", "tiers", bill.net, Fraction(amounts)))
    return found


def net_of(bill: Bill) -> Decimal | None:
    """The money before tax as printed: ``net``, else the sum of the rows, else total − tax."""
    if bill.net is not None:
        return bill.net
    if bill.tiers and all(row.amount is not None for row in bill.tiers):
        return sum((row.amount for row in bill.tiers if row.amount is not None), Decimal(0))
    if bill.total is not None and bill.tax is not None:
        return bill.total - bill.tax
    return None


def totals(bill: Bill) -> list[Check]:
    """tax = net × rate, to one unit; total = net + tax, exactly."""
    found = []
    net = net_of(bill)
    if net is not None and bill.tax is not None and bill.tax_rate is not None:
        # Half a unit is rounded away from zero, or cut: no source is certain, so one unit is allowed.
        exact = Fraction(net) * Fraction(bill.tax_rate)
        unit = Fraction(1, 10 ** max(0, -int(bill.tax.as_tuple().exponent)))
        percent = Fraction(bill.tax_rate) * 100
        found.append(compared("tax", "money", bill.tax, exact, slack=unit, net=net, percent=percent))
    if net is not None and bill.tax is not None and bill.total is not None and bill.net is not None:
        found.append(
            compared("total", "money", bill.total, Fraction(net) + Fraction(bill.tax), net=net, tax=bill.tax)
        )
    elif net is not None and bill.total is not None and bill.tax is None and bill.tax_rate is not None:
        exact = Fraction(net) * (1 + Fraction(bill.tax_rate))
        percent = Fraction(bill.tax_rate) * 100
        found.append(
            compared("total_rate", "money", bill.total, exact, slack=Fraction(1), net=net, percent=percent)
        )
    return found
