"""What a consumption costs under a tariff: quotas, tiers, fixed charges, taxes, and every step of it.

Every amount is exact until a step of the tariff rounds it (:class:`sodien.billing.tariff.model.Steps`).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sodien import formats
from sodien.billing.tariff.assumed import assumptions
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.prices import Fixed, PriceTable, TariffError
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
    line: of the tier whose price it is, or of tier 0 for prepayment. A time-of-use meter has a line of tier 0
    for each ``register``.
    """

    tier: int
    quota: Decimal | None
    kwh: Decimal
    price: Decimal
    amount: Decimal
    register: str = ""


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
            unknown tax, a price the table does not have, registers or a demand that are not told).
    """
    return charge_together([(book, use)])


def charge_together(purposes: Sequence[tuple[Book, Consumption]]) -> Charge:
    """What one meter costs that serves several purposes, each by its own tariff; at least one.

    Taxes and total are those of the first tariff, on the sum of all. Raises TariffError as :func:`charge`.
    """
    parts: list[ChargePart] = []
    fixed: list[Extra] = []
    assumed: list[Assumption] = []
    net = Decimal(0)
    for book, use in purposes:
        _check(book, use)
        spans = book.spans(use.first, use.last)
        own = _parts(book, use, spans)
        extras = [*_fixed(book, use, spans, [part.kwh for part in own])]
        cost = sum((line.amount for part in own for line in part.lines), Decimal(0))
        cost += sum((extra.amount for extra in extras), Decimal(0))
        if (more := _minimum(book, use, spans, cost)) is not None:
            extras.append(more)
            cost += more.amount
        parts += own
        fixed += extras
        net += cost
        said = (Assumption(key, values) for key, values in assumptions(book, use, spans))
        assumed += (one for one in said if one not in assumed)
    book, use = purposes[0]
    taxes = tuple(_taxes(book, use, net))
    total = book.steps.total(Fraction(net) + sum(Fraction(tax.amount) for tax in taxes))
    return Charge(tuple(parts), tuple(fixed), net, taxes, total, tuple(assumed))


def _check(book: Book, use: Consumption) -> None:
    if not use.kwh.is_finite() or use.kwh < 0:
        raise TariffError(tr("The consumption is {kwh} kWh; it cannot be less than 0.", kwh=use.kwh))
    if use.registers is not None and sum(use.registers.values()) != use.kwh:
        raise TariffError(
            tr(
                "The registers add up to {sum} kWh, but the consumption is {kwh} kWh; correct one of them.",
                sum=formats.number(sum(use.registers.values())),
                kwh=formats.number(use.kwh),
            )
        )
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
    if any(_by_hours(table, use) for table, _, _ in spans):
        return tuple(_hour_parts(book, use, spans))
    shares = _shares(book, use.kwh, spans)
    quotas = part_quotas(spans, book.rules, book.steps, use.prorate, use.households)
    in_first = _all_in_first(book, use, spans)
    found = []
    for (table, first, last), kwh, widths in zip(spans, shares, quotas, strict=True):
        if use.scheme != "tiers":
            lines: tuple[ChargeLine, ...] = (_flat(book, use, table, kwh),)
        elif table.bands:
            number = _tier_reached(book, use, table)
            lines = (_line(book, table, number, None, kwh, table.tiers[number - 1].price),)
        elif in_first:
            whole = whole_quotas(
                table, book.rules, book.steps, use.first, use.last, use.prorate, use.households
            )
            lines = (_line(book, table, 1, whole[0], kwh, table.tiers[0].price),)
        else:
            lines = tuple(
                _line(book, table, number, quota, here, tier.price)
                for number, (tier, quota, here) in enumerate(
                    zip(table.tiers, widths, fill(kwh, widths), strict=True), 1
                )
            )
        found.append(ChargePart(table.id, table.decision, first, last, kwh, lines))
    return tuple(found)


def _by_hours(table: PriceTable, use: Consumption) -> bool:
    return use.scheme == "tiers" and bool(table.hours) and (use.registers is not None or not table.tiers)


def _hour_parts(book: Book, use: Consumption, spans: _Spans) -> Iterator[ChargePart]:
    """A part for each table, with a line for each register; each register's kWh are split by days."""
    if use.registers is None:
        raise TariffError(
            tr(
                "The tariff {tariff} prices each register ({registers}); give the kWh of each.",
                tariff=book.id,
                registers=", ".join(hour.register for hour in spans[-1][0].hours),
            ),
            "charge_hours_no_kwh",
        )
    shares = {register: _shares(book, kwh, spans) for register, kwh in use.registers.items()}
    for at, (table, first, last) in enumerate(spans):
        prices = {hour.register: hour.price for hour in table.hours}
        for register in shares.keys() - prices.keys():
            raise TariffError(
                tr(
                    "The table of {decision} has no price for the register {register}; it has {registers}.",
                    decision=table.decision,
                    register=register,
                    registers=", ".join(prices) or "–",
                ),
                "charge_no_register",
                decision=table.decision,
                register=register,
            )
        lines = tuple(
            _line(book, table, 0, None, kwh[at], prices[register], register)
            for register, kwh in shares.items()
        )
        whole = sum((line.kwh for line in lines), Decimal(0))
        yield ChargePart(table.id, table.decision, first, last, whole, lines)


def _tier_reached(book: Book, use: Consumption, table: PriceTable) -> int:
    """The tier, from 1, in which the whole period's consumption ends."""
    quotas = whole_quotas(table, book.rules, book.steps, use.first, use.last, use.prorate, use.households)
    end = Decimal(0)
    for number, quota in enumerate(quotas, 1):
        if quota is None:
            return number
        end += quota
        if use.kwh <= end:
            return number
    return len(quotas)


def _line(
    book: Book,
    table: PriceTable,
    tier: int,
    quota: Decimal | None,
    kwh: Decimal,
    price: Decimal | None,
    register: str = "",
) -> ChargeLine:
    price = price or Decimal(0)  # a table in force has all its prices
    rounded = table.line or book.steps.line
    return ChargeLine(tier, quota, kwh, price, rounded(Fraction(kwh) * Fraction(price)), register)


def _flat(book: Book, use: Consumption, table: PriceTable, kwh: Decimal) -> ChargeLine:
    if use.scheme == "prepaid":
        if table.prepaid is None:
            raise TariffError(
                tr(
                    "The table of {decision} has no price for prepayment; add it to a tariff file.",
                    decision=table.decision,
                ),
                "charge_no_prepaid",
                decision=table.decision,
            )
        return _line(book, table, 0, None, kwh, table.prepaid.price)
    if table.undeclared is None:
        raise TariffError(
            tr(
                "The table of {decision} does not say which tier undeclared tenants pay; "
                "add undeclared to a tariff file.",
                decision=table.decision,
            )
        )
    return _line(book, table, table.undeclared, None, kwh, table.tiers[table.undeclared - 1].price)


def _all_in_first(book: Book, use: Consumption, spans: _Spans) -> bool:
    """Whether a period with a price change is all within the whole period's first tier."""
    if not book.rules.first_tier_whole or len(spans) == 1 or not same_widths(spans) or use.scheme != "tiers":
        return False
    if any(table.bands for table, _, _ in spans):
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
        times = {"day": Fraction(here), "month": months * share, "period": share}
        charges = [*table.fixed, *_base(book, use, table)]
        for fixed in charges:
            if fixed.per in ("kwh", "delivered"):
                count = Fraction(kwh) if fixed.per == "kwh" else Fraction(use.delivered) * share
                shown = _plain(count)
            elif fixed.per in ("kw", "kva"):
                demand = _demand(book, use, fixed)
                count = Fraction(demand) * months * share
                shown = plain(demand)
            else:
                count = times[fixed.per]
                shown = str(count)
            amount = book.steps.fixed(count * Fraction(fixed.amount))
            yield Extra(fixed.name, f"{shown} {fixed.per} × {fixed.amount}", amount)


def _base(book: Book, use: Consumption, table: PriceTable) -> Iterator[Fixed]:
    """The charge for the month that the tier reached decides."""
    if table.tiers and any(tier.base is not None for tier in table.tiers):
        number = _tier_reached(book, use, table)
        amount = table.tiers[number - 1].base or Decimal(0)
        yield Fixed(tr("Base charge, tier {tier}", tier=number), "month", amount)


def _demand(book: Book, use: Consumption, fixed: Fixed) -> Decimal:
    demand = use.kw if fixed.per == "kw" else use.kva
    if demand is None:
        raise TariffError(
            tr(
                "The tariff {tariff} charges {name} by the {unit}; give how many are charged.",
                tariff=book.id,
                name=fixed.name,
                unit="kW" if fixed.per == "kw" else "kVA",
            ),
            "charge_no_demand",
            tariff=book.id,
            name=fixed.name,
            unit="kW" if fixed.per == "kw" else "kVA",
        )
    return demand


def _minimum(book: Book, use: Consumption, spans: _Spans, net: Decimal) -> Extra | None:
    """What is missing to the least amount of the period; None where nothing is."""
    days = days_between(use.first, use.last)
    months = months_used(book.rules, use.first, use.last, use.prorate)
    least, names = Fraction(0), []
    for table, first, last in spans:
        if table.minimum is not None:
            share = Fraction(days_between(first, last), days)
            times = {"day": share * days, "month": months * share, "period": share}
            least += times[table.minimum.per] * Fraction(table.minimum.amount)
            names.append(table.minimum.name)
    if not names or least <= net:  # a surplus may bring the net below 0
        return None
    amount = book.steps.fixed(least)
    return Extra(names[-1], f"{amount} − {net}", amount - net)


def _plain(count: Fraction) -> str:
    return plain(Decimal(count.numerator) / Decimal(count.denominator))


def _taxes(book: Book, use: Consumption, net: Decimal) -> Iterator[Extra]:
    running = net
    for tax in book.taxes:
        printed = (use.tax_rates or {}).get(tax.name)
        percent = printed * 100 if printed is not None else tax.rate_on(_tax_day(book, use)).percent
        base = running if tax.on == "sum" else net
        rounded = tax.rounding or book.steps.tax
        amount = rounded(Fraction(base) * Fraction(percent) / 100)
        running += amount
        yield Extra(tax.name, f"{plain(percent)} %", amount)


def _tax_day(book: Book, use: Consumption) -> dt.date:
    return use.last if book.rules.tax_day == "last" else use.first
