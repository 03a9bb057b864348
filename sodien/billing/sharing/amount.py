"""What is shared: kWh and money of a bill, as far as it prints them; and the quotas behind the money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from msgspec.structs import replace

from sodien.billing.bill import Bill
from sodien.billing.sharing.bill_shares import Quotas
from sodien.billing.sharing.shares import Billed, Tenant, households
from sodien.billing.tariff.charge import Charge, charge
from sodien.billing.tariff.cost_so_far import billed
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.prices import TariffError
from sodien.billing.tariff.quota import Consumption
from sodien.metering.bounds import Bounded


@dataclass(frozen=True, slots=True)
class Amount:
    """What is shared.

    Attributes:
        billed: kWh and money, points where they are printed.
        kwh_printed, money_printed: whether they are the bill's.
        use: what the tariff was asked for; its ``kwh`` is not looked at.
        cost: how the tariff works the money out for the best estimate of the kWh; None where it cannot.
    """

    billed: Billed
    kwh_printed: bool
    money_printed: bool
    use: Consumption
    cost: Charge | None


def amount_of(
    book: Book, use: Consumption, bill: Bill, printed_kwh: Decimal | None, counted: Bounded
) -> Amount:
    """What a bill asks, or what it will ask.

    An old debt is no part of it. Quotas by the days used are tried where the printed money is not explained
    without.

    Args:
        book: the tariff.
        use: the period, the households and so on.
        bill: what the utility says; may be empty.
        printed_kwh: the billed kWh; None where the bill has none.
        counted: billed kWh through the utility's meter in the period.

    Raises:
        TariffError: nothing is printed, and the tariff cannot tell what the kWh cost.
    """
    if printed_kwh is not None and printed_kwh >= 0:
        kwh, kwh_printed = _point(printed_kwh), True
    else:
        whole = billed(counted)
        kwh, kwh_printed = Bounded(*map(Fraction, (whole.low, whole.best, whole.high))), False
    printed = _printed(bill)
    cost = None
    try:
        costs = _costs(book, use, kwh)
        if printed is not None and costs[1].total != printed:
            other = replace(use, prorate=not use.prorate)
            if (by_days := _costs(book, other, kwh))[1].total == printed:
                use, costs = other, by_days
        cost = costs[1]
    except TariffError:
        if printed is None:
            raise
    if printed is not None:
        total = _point(printed)
    else:
        totals = [Fraction(one.total) for one in costs]
        total = Bounded(min(totals), totals[1], max(totals))
    return Amount(Billed(kwh, total, book.decimals), kwh_printed, printed is not None, use, cost)


def _printed(bill: Bill) -> Decimal | None:
    """The money of this period as printed, taxes included."""
    if bill.total is not None:
        total = bill.total - (bill.debt or 0)
    elif bill.net is not None and bill.tax is not None:
        total = bill.net + bill.tax
    else:
        return None
    return total if total >= 0 else None


def _costs(book: Book, use: Consumption, kwh: Bounded) -> list[Charge]:
    """What the low end, the best estimate and the high end cost."""
    ends = (kwh.low, kwh.best, kwh.high)
    made = {
        end: charge(book, replace(use, kwh=Decimal(end.numerator) / Decimal(end.denominator)))
        for end in dict.fromkeys(ends)
    }
    return [made[end] for end in ends]


def _point(value: Decimal) -> Bounded:
    exact = Fraction(value)
    return Bounded(exact, exact, exact)


def quotas_of(book: Book, amount: Amount, tenants: Sequence[Tenant]) -> Quotas:
    """The quotas used, beside those that the tenants have a right to."""
    use = amount.use
    known = book.people_per_household is not None and use.scheme != "prepaid"
    declared = households(tenants, book.people_per_household or 1) if known else None
    used = use.households if use.scheme == "tiers" else Fraction(0)
    saved = None
    if declared is not None and amount.cost is not None and amount.kwh_printed and declared > used:
        kwh = sum((part.kwh for part in amount.cost.parts), Decimal(0))
        other = charge(book, replace(use, kwh=kwh, households=declared, scheme="tiers"))
        saved = amount.cost.total - other.total if other.total < amount.cost.total else None
    return Quotas(used, declared, known, saved)
