"""Every lawful way to work a charge out, where no source settles which one the utility has to take.

A bill that fits one of them is not called wrong. *Sure* variants are lawful whatever else is true: quotas in
full, or by the days used. The others only show that something could explain the bill: another number of
households, undeclared tenants, another month length in the quotas.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Final, Literal

from msgspec.structs import replace

from sodien.billing.audit.check_hours import registers_of
from sodien.billing.audit.practice import Practice
from sodien.billing.bill import Bill
from sodien.billing.tariff import charge as charges
from sodien.billing.tariff.assumed import STALE
from sodien.billing.tariff.charge import Charge, ChargeLine
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.prices import TariffError
from sodien.billing.tariff.quota import Consumption

#: A consumption that fills every tier of every table.
FLOOD: Final = Decimal(1_000_000)
#: Households that share a meter, when nobody says how many there are: quarters up to one, then whole ones.
HOUSEHOLDS: Final = (*(Fraction(k, 4) for k in range(1, 5)), *(Fraction(k) for k in range(2, 21)))
#: What a charge takes for granted when its table may no longer be the one in force.
_OLD: Final = STALE | {"table_pending"}
_UNSURE_TAX: Final = frozenset({"tax_likely", "tax_unknown"})

#: Why a variant is not sure; empty for one that is.
Doubt = Literal["", "households", "scheme", "rule"]


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant: its charge, by what, and why it may not be meant (``doubt``)."""

    charge: Charge
    use: Consumption
    doubt: Doubt = ""

    @property
    def lines(self) -> list[ChargeLine]:
        """The lines with energy on them."""
        return [line for part in self.charge.parts for line in part.lines if line.kwh]


def price(book: Book, use: Consumption) -> Charge | TariffError:
    """What ``use`` costs, or why the tariff cannot tell."""
    try:
        return charges.charge(book, use)
    except TariffError as error:
        return error


def stale(found: Charge) -> bool:
    """Whether the table may no longer have been the one in force."""
    return any(note.key in _OLD for note in found.assumptions)


def flooded(use: Consumption) -> Consumption:
    """So much consumption that every line of the charge has some."""
    if use.registers is None:
        return replace(use, kwh=FLOOD)
    return replace(use, kwh=FLOOD * len(use.registers), registers=dict.fromkeys(use.registers, FLOOD))


def use_of(bill: Bill, book: Book, practice: Practice, kwh: Fraction) -> Consumption | None:
    """What is to be charged: the billed kWh, the days, the households. None without days."""
    period = practice.period
    if bill.first is not None and bill.last is not None:
        period = (bill.first, bill.last) if bill.first <= bill.last else None
    if period is None:
        return None
    households = practice.households
    if households is None:
        households = Fraction(bill.households) if bill.households else Fraction(1)
    if practice.first_day == "same" and period[0] < period[1]:
        period = (period[0] + dt.timedelta(days=1), period[1])
    rates = None
    if bill.tax_rate is not None and len(book.taxes) == 1:
        rates = {book.taxes[0].name: bill.tax_rate}
    return Consumption(
        kwh=Decimal(kwh.numerator) / Decimal(kwh.denominator),
        first=period[0],
        last=period[1],
        households=households,
        tax_rates=rates,
        scheme=practice.scheme,
        registers=registers_of(bill),
        today=practice.today,
    )


@dataclass(frozen=True)
class Variants:
    """All variants of charging ``use``; the doubtful are worked out only when no sure one fits."""

    book: Book
    use: Consumption
    households_known: bool

    @cached_property
    def sure(self) -> tuple[Variant, ...]:
        """In full, then by the days used; none when the tariff cannot tell."""
        return tuple(self._lawful())

    @cached_property
    def doubtful(self) -> tuple[Variant, ...]:
        """Those that could explain a bill, but of which nobody has said that they apply."""
        return tuple(self._doubtful())

    @cached_property
    def table(self) -> Charge:
        """Every tier of the period with its price and quota. Only where there is a sure variant."""
        found = price(self.book, flooded(self.use))
        assert not isinstance(found, TariffError)
        return found

    @cached_property
    def taxes(self) -> list[tuple[Fraction, bool]]:
        """See :func:`tax_rates`."""
        return tax_rates(self.book, self.use)

    @property
    def highest_tax(self) -> Fraction:
        """The highest rate that the taxes together ever had, as a fraction of the net."""
        every = (max(rate.percent for rate in tax.rates) for tax in self.book.taxes if tax.rates)
        return sum((Fraction(percent) for percent in every), Fraction(0)) / 100

    def _lawful(self) -> Iterator[Variant]:
        for prorate in dict.fromkeys((self.use.prorate, True)):
            yield from _variant("", self.book, replace(self.use, prorate=prorate))

    def _doubtful(self) -> Iterator[Variant]:
        book, use = self.book, self.use
        for days in ("begin", "end", "before"):
            if days != book.rules.quota_days:
                other = replace(book, rules=replace(book.rules, quota_days=days))
                yield from _variant("rule", other, replace(use, prorate=True))
        if not self.households_known:
            for share in HOUSEHOLDS:
                if share != use.households:
                    yield from _variant("households", book, replace(use, households=share))
        if use.scheme == "tiers" and use.registers is None:
            yield from _variant("scheme", book, replace(use, scheme="undeclared"))


def _variant(doubt: Doubt, book: Book, use: Consumption) -> Iterator[Variant]:
    found = price(book, use)
    if not isinstance(found, TariffError):
        yield Variant(found, use, doubt)


def tax_rates(book: Book, use: Consumption) -> list[tuple[Fraction, bool]]:
    """All taxes together, as a fraction of the net, on the last and the first day, and whether it is sure."""
    found: dict[Fraction, bool] = {}
    for day in dict.fromkeys((use.last, use.first)):
        one = price(book, replace(flooded(use), first=day, last=day, tax_rates=None))
        if isinstance(one, TariffError) or not one.net:
            continue
        taxes = sum((tax.amount for tax in one.taxes), Decimal(0))
        unsure = any(note.key in _UNSURE_TAX for note in one.assumptions)
        found.setdefault(Fraction(round(taxes / one.net, 6)), not unsure)
    return list(found.items())


def under(book: Book, table: str) -> Book:
    """The same book as if that table (by id) had always been in force, and no other."""
    only = next(one for one in book.tables if one.id == table)
    always = replace(only, first=dt.date(1950, 1, 1), last=None, season=None, in_force=True)
    return replace(book, tables=(always,))
