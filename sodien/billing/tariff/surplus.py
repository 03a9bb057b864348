"""A period of a meter that counts both directions: what was taken and delivered, their difference, money.

The difference of the kWh is arithmetic, not a bill: where nobody says that the two are set off against each
other, each is charged or paid by itself. What is paid for surplus is data of the tariff (a charge for each
kWh ``delivered``); where there is none, no money is told.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal

from msgspec.structs import replace

from sodien import formats
from sodien.billing.tariff.charge import charge
from sodien.billing.tariff.cost_so_far import DecimalBounds, billed
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.prices import TariffError
from sodien.billing.tariff.quota import Consumption
from sodien.i18n import tr
from sodien.metering.bounds import Bounded


@dataclass(frozen=True, slots=True)
class TwoWay:
    """kWh of one span, after the multiplier: ``imported`` from the grid and ``delivered`` to it, both ≥ 0."""

    imported: Bounded
    delivered: Bounded

    @property
    def net(self) -> Bounded:
        """Imported less delivered, below 0 where more was delivered; every difference that both allow."""
        return self.imported - self.delivered


def to_pay(book: Book, energy: TwoWay, use: Consumption) -> DecimalBounds:
    """What the period costs, taxes included, with what its tariff pays for the surplus; may be below 0.

    Both directions are billed in whole kWh, as :func:`sodien.billing.tariff.cost_so_far.billed`. Money rises
    with the kWh that were taken, and rises or falls with those that were delivered, so the four corners hold
    the ends. ``use`` says which period, households and so on; its kWh are not looked at.

    Raises:
        TariffError: a price table of the period does not say what a delivered kWh is paid; or as
            :func:`sodien.billing.tariff.charge.charge`.
    """
    for table, first, _ in book.spans(use.first, use.last):
        if not any(one.per == "delivered" for one in table.fixed):
            raise TariffError(
                tr(
                    "The tariff {tariff} does not say for {day} what is paid for a kWh delivered to the grid",
                    tariff=book.id,
                    day=formats.date(first),
                )
            )
    kwh, given = billed(energy.imported), billed(energy.delivered)

    def paid(taken: Decimal, delivered: Decimal) -> Decimal:
        return charge(book, replace(use, kwh=taken, delivered=delivered)).total

    corners = [paid(*one) for one in itertools.product((kwh.low, kwh.high), (given.low, given.high))]
    return DecimalBounds(min(corners), paid(kwh.best, given.best), max(corners))
