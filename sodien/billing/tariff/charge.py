"""What a consumption costs under a tariff: quotas, tiers, fixed charges, taxes, and every step of it.

Every amount is exact until a step of the tariff rounds it (:class:`sodien.billing.tariff.model.Steps`).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sodien.billing.tariff.assumed import assumptions
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.prices import PriceTable, TariffError
from sodien.billing.tariff.quota import (
    Consumption,
    days_between,
    fill,
    months_used,
    part_quotas,
    same_widths,
    whole_quotas,
)
from sodien.billing.tariff.rounding import plain
from sodien.i18n import tr

_Spans = list[tuple[PriceTable, dt.date, dt.date]]


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something taken for granted that a source does not settle; every result names the ones it used.

    Attributes:
        key: which; its sentence stands in :mod:`sodien.billing.words.sentences`.
        values: what the sentence is filled with.
    """

    key: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One tier of one part: ``kwh × price = amount``; ``quota`` is its width, None for the last tier.

    Every tier of the table has a line, those without a kWh too. Where one price is for all kWh, there is one
    line: of the tier whose price it is, or of tier 0 for prepayment.
    """

    tier: int
    quota: Decimal | None
    kwh: Decimal
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ChargePart:
    """The stretch of a period under one price table; ``decision`` is the public document that set it."""

    tariff: str
    decision: str
    first: dt.date
    last: dt.date
    kwh: Decimal
    lines: tuple[ChargeLine, ...]


@dataclass(frozen=True, slots=True)
class Extra:
    """A fixed charge or a tax: what it is called, its rate or days, and the money."""

    name: str
    basis: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """The whole sum with its parts; money in currency units, rounded as the tariff says."""

    parts: tuple[ChargePart, ...]
    fixed: tuple[Extra, ...]
    net: Decimal
    taxes: tuple[Extra, ...]
    total: Decimal
    assumptions: tuple[Assumption, ...]


def charge(book: Book, use: Consumption) -> Charge:
    """What ``use`` costs by the tables of ``book``.

    Raises:
        TariffError: no table covers the period, or ``use`` is impossible (negative kWh, no household, an
            unknown tax, a price the table does not have).
    """
    _check(book, use)
    spans = book.spans(use.first, use.last)
    parts = _parts(book, use, spans)
    fixed = tuple(_fixed(book, use, spans, [part.kwh for part in parts]))
    net = sum((line.amount for part in parts for line in part.lines), Decimal(0))
    net += sum((extra.amount for extra in fixed), Decimal(0))
    taxes = tuple(_taxes(book, use, net))
    assumed = tuple(Assumption(key, values) for key, values in assumptions(book, use, spans))
    total = book.steps.total(Fraction(net) + sum(Fraction(tax.amount) for tax in taxes))
    return Charge(parts, fixed, net, taxes, total, assumed)


def _check(book: Book, use: Consumption) -> None:
    if not use.kwh.is_finite() or use.kwh < 0:
        raise TariffError(tr("The consumption is {kwh} kWh; it cannot be less than 0.", kwh=use.kwh))
    if use.households <= 0:
        raise TariffError(
            tr("The number of households is {number}; it has to be more than 0.", number=use.households)
        )
    names = [tax.name for tax in book.taxes]
    for name, rate in (use.tax_rates or {}).items():
        if name not in names:
            raise TariffError(
                tr(
                    "The tariff {tariff} has no tax {tax}; its taxes: {known}.",
                    tariff=book.id,
                    tax=name,
                    known=", ".join(names) or "–",
                )
            )
        if not rate.is_finite() or not 0 <= rate < 1:
            raise TariffError(
                tr(
                    "The rate of {tax} is {rate}; write it as a fraction of 1, such as 0.08.",
                    tax=name,
                    rate=rate,
                )
            )


def _shares(book: Book, kwh: Decimal, spans: _Spans) -> list[Decimal]:
    """The kWh of each part by its days, rounded from the beginning on, so that they add up."""
    if len(spans) == 1:
        return [kwh]
    first, days = spans[0][1], days_between(spans[0][1], spans[-1][2])
    until = [
        min(kwh, book.steps.split(Fraction(kwh) * days_between(first, last) / days))
        for _, _, last in spans[:-1]
    ]
    ends = [Decimal(0), *until, kwh]
    return [b - a for a, b in itertools.pairwise(ends)]


def _parts(book: Book, use: Consumption, spans: _Spans) -> tuple[ChargePart, ...]:
    shares = _shares(book, use.kwh, spans)
    quotas = part_quotas(spans, book.rules, book.steps, use.prorate, use.households)
    in_first = _all_in_first(book, use, spans)
    found = []
    for (table, first, last), kwh, widths in zip(spans, shares, quotas, strict=True):
        if use.scheme != "tiers":
            lines: tuple[ChargeLine, ...] = (_flat(book, use, table, kwh),)
        elif in_first:
            whole = whole_quotas(
                table, book.rules, book.steps, use.first, use.last, use.prorate, use.households
            )
            lines = (_line(book, 1, whole[0], kwh, table.tiers[0].price),)
        else:
            lines = tuple(
                _line(book, number, quota, here, tier.price)
                for number, (tier, quota, here) in enumerate(
                    zip(table.tiers, widths, fill(kwh, widths), strict=True), 1
                )
            )
        found.append(ChargePart(table.id, table.decision, first, last, kwh, lines))
    return tuple(found)


def _line(book: Book, tier: int, quota: Decimal | None, kwh: Decimal, price: Decimal | None) -> ChargeLine:
    price = price or Decimal(0)  # a table in force has all its prices
    return ChargeLine(tier, quota, kwh, price, book.steps.line(Fraction(kwh) * Fraction(price)))


def _flat(book: Book, use: Consumption, table: PriceTable, kwh: Decimal) -> ChargeLine:
    if use.scheme == "prepaid":
        if table.prepaid is None:
            raise TariffError(
                tr(
                    "The table of {decision} has no price for prepayment; add it to a tariff file.",
                    decision=table.decision,
                )
            )
        return _line(book, 0, None, kwh, table.prepaid.price)
    if table.undeclared is None:
        raise TariffError(
            tr(
                "The table of {decision} does not say which tier undeclared tenants pay; "
                "add undeclared to a tariff file.",
                decision=table.decision,
            )
        )
    return _line(book, table.undeclared, None, kwh, table.tiers[table.undeclared - 1].price)


def _all_in_first(book: Book, use: Consumption, spans: _Spans) -> bool:
    """Whether a period with a price change is all within the whole period's first tier."""
    if not book.rules.first_tier_whole or len(spans) == 1 or not same_widths(spans) or use.scheme != "tiers":
        return False
    whole = whole_quotas(
        spans[0][0], book.rules, book.steps, use.first, use.last, use.prorate, use.households
    )
    return whole[0] is not None and use.kwh <= whole[0]


def _fixed(book: Book, use: Consumption, spans: _Spans, shares: list[Decimal]) -> Iterator[Extra]:
    days = days_between(use.first, use.last)
    months = months_used(book.rules, use.first, use.last, use.prorate)
    for (table, first, last), kwh in zip(spans, shares, strict=True):
        here = days_between(first, last)
        share = Fraction(here, days)
        times = {"kwh": Fraction(kwh), "day": Fraction(here), "month": months * share, "period": share}
        for fixed in table.fixed:
            count = times[fixed.per]
            shown = str(count) if count.denominator == 1 or fixed.per != "kwh" else str(kwh)
            amount = book.steps.fixed(count * Fraction(fixed.amount))
            yield Extra(fixed.name, f"{shown} {fixed.per} × {fixed.amount}", amount)


def _taxes(book: Book, use: Consumption, net: Decimal) -> Iterator[Extra]:
    running = net
    for tax in book.taxes:
        printed = (use.tax_rates or {}).get(tax.name)
        percent = printed * 100 if printed is not None else tax.rate_on(_tax_day(book, use)).percent
        base = running if tax.on == "sum" else net
        amount = book.steps.tax(Fraction(base) * Fraction(percent) / 100)
        running += amount
        yield Extra(tax.name, f"{plain(percent)} %", amount)


def _tax_day(book: Book, use: Consumption) -> dt.date:
    return use.last if book.rules.tax_day == "last" else use.first
