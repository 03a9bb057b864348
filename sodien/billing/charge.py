"""What a consumption costs under a tariff: quotas, tiers, fixed charges, taxes, and every step of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sodien.billing.tariff import Book


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something taken for granted that a source does not settle; every result names the ones it used.

    Attributes:
        key: which; its sentence stands in :mod:`sodien.billing.words`.
        values: what the sentence is filled with.
    """

    key: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Use:
    """What is to be paid for.

    Attributes:
        kwh: billed kWh of the whole period (after the multiplier), ≥ 0.
        first, last: the billing period, both days included.
        households: on this meter; multiplies the quotas (3/4 for three people of a shared meter).
        prorate: quotas by the days used (new supply, other holder, termination, agreed change of the reading
            day); a price change within the period prorates its parts in any case.
        tax_rates: rates that are printed on the bill, by name of the tax; they win over the table.
    """

    kwh: Decimal
    first: dt.date
    last: dt.date
    households: Fraction = Fraction(1)
    prorate: bool = False
    tax_rates: Mapping[str, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One tier of one part: ``kwh × price = amount``; ``quota`` is its width, None for the last tier."""

    tier: int
    quota: Decimal | None
    kwh: Decimal
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """The stretch of a period under one price table; ``decision`` is the public document that set it."""

    tariff: str
    decision: str
    first: dt.date
    last: dt.date
    kwh: Decimal
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Extra:
    """A fixed charge or a tax: what it is called, its rate or days, and the money."""

    name: str
    basis: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """The whole sum with its parts; money in currency units, rounded as the tariff says."""

    parts: tuple[Part, ...]
    fixed: tuple[Extra, ...]
    net: Decimal
    taxes: tuple[Extra, ...]
    total: Decimal
    assumptions: tuple[Assumption, ...]


def charge(book: Book, use: Use) -> Charge:
    """What ``use`` costs by the tables of ``book``. Raises TariffError where no table covers the period."""
    raise NotImplementedError
