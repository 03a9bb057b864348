"""The packaged book as it stood on one day: for tests that no new decision may change."""

from __future__ import annotations

import datetime as dt
import functools
from decimal import Decimal

from msgspec.structs import replace

from sodien.billing.tariff.model import Book
from sodien.billing.tariff.prices import Tax, TaxRate
from sodien.bills.tariff_files import load_book

CHECKED_ON = dt.date(2026, 11, 23)
#: What nobody knows on that day: whether the reduction of VAT is extended.
UNKNOWN = TaxRate(dt.date(2027, 1, 1), Decimal(10), certainty="unknown")


@functools.cache
def book_of_2026() -> Book:
    """Tables and rates of tax that had begun, the pending table, and a rate that is not known for 2027."""
    book = load_book()

    def known(tax: Tax) -> Tax:
        return replace(tax, rates=(*(one for one in tax.rates if one.first <= CHECKED_ON), UNKNOWN))

    return replace(
        book,
        checked_on=CHECKED_ON,
        tables=tuple(one for one in book.tables if one.first is None or one.first <= CHECKED_ON),
        taxes=tuple(map(known, book.taxes)),
    )
