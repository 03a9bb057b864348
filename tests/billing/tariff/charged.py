"""How an honest utility charges in these tests: worked out here by itself, not by the code under test.

Every made-up bill lies between May 2025 and the end of 2026: one price table (1279/QĐ-BCT) and 8 % of tax.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Literal

from msgspec.structs import replace

from sodien.billing.bill import Bill, TierRow

PRICES = (1984, 2050, 2380, 2998, 3350, 3460)
FORMER_PRICES = (1893, 1956, 2271, 2860, 3197, 3302)  # 2699/QĐ-BCT
WIDTHS = (50, 50, 100, 100, 100)

#: What of the charge a notice prints.
Prints = Literal["all", "total", "nothing"]


def charged(
    bill: Bill, prints: Prints, *, prices: Sequence[int] = PRICES, quotas: Sequence[int] = WIDTHS
) -> Bill:
    """The bill with the charge of its kWh."""
    if prints == "nothing" or bill.kwh is None:
        return bill
    left, rows = int(bill.kwh), []
    for number, price in enumerate(prices):
        here = min(left, quotas[number]) if number < len(quotas) else left
        left -= here
        if here:
            rows.append(TierRow(kwh=Decimal(here), price=Decimal(price), amount=Decimal(here * price)))
    net = sum((row.kwh * row.price for row in rows), Decimal(0))
    tax = Decimal(floor(Fraction(net) * Fraction(8, 100) + Fraction(1, 2)))
    if prints == "total":
        return replace(bill, total=net + tax)
    return replace(bill, tiers=tuple(rows), net=net, tax=tax, tax_rate=Decimal("0.08"), total=net + tax)
