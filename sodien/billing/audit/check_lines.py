"""Checks of the printed lines of a charge against the tariff: their prices and quotas.

Lines that are not the household's own charge are named: one average price, a discount, another purpose.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from msgspec.structs import replace

from sodien.billing.arithmetic import line_amount, one_slip, unit
from sodien.billing.audit.charge_variants import Variant, Variants, flooded, price, stale
from sodien.billing.audit.practice import Practice
from sodien.billing.audit.result import Check, Result, texts
from sodien.billing.bill import TierRow
from sodien.billing.tariff.charge import Charge, ChargeLine
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.prices import TariffError


def say(key: str, result: Result, says: str, **values: object) -> Check:
    """A check of money without bounds."""
    return Check(key=key, topic="money", result=result, says=says, values=texts(**values))


@dataclass(frozen=True, slots=True)
class Lines:
    """The printed lines beside the tariff.

    Attributes:
        checks: of their prices and quotas.
        found: how the household's kWh may be charged.
        other: money before tax of lines at other prices; below 0 what lower prices take off.
        gross: the prices have the tax in them.
    """

    checks: list[Check]
    found: Variants
    other: Fraction = Fraction(0)
    gross: bool = False


def check_lines(rows: list[TierRow], found: Variants, practice: Practice) -> Lines:
    """The lines with energy on them, by the tariff."""
    bad = _prices(rows, found.table)
    if bad is not None and _prices(rows[::-1], found.table) is None:
        rows, bad = rows[::-1], None  # the highest tier first
    if bad is None:
        checks = _quota_checks(rows, found, _agree(found))
        if checks[-1].result != "disagrees" or not _averages(rows, found, practice):
            return Lines(checks, found)
    # One line may have an average price that by chance is that of a tier.
    for part in (Fraction(0), *practice.permitted.discounts):
        if _average(rows, found, part):
            how: tuple[Result, str] = (
                ("cannot_tell", "prices_discount") if part else ("agrees", "prices_average")
            )
            return Lines([say("prices", *how, price=rows[0].price, percent=part * 100)], found)
        before = _before(rows, part, found.table)
        if part and _prices(before, found.table) is None:
            some = any(row.price == other.price for row, other in zip(rows, before, strict=True))
            says = "prices_discount_some" if some else "prices_discount"
            first = say("prices", "cannot_tell", says, percent=part * 100)
            less = sum(map(_amount, rows), Fraction(0)) - sum(map(line_amount, before), Fraction(0))
            return Lines(_quota_checks(before, found, first), found, less)
    assert bad is not None
    for rate, _ in found.taxes:
        if rate and _prices(before := _without_tax(rows, rate, found.table), found.table) is None:
            first = say("prices", "agrees", "prices_gross", percent=rate * 100)
            return Lines(_quota_checks(before, found, first), found, gross=True)
    split = _other_purpose(rows, found) if practice.permitted.other_items else None
    if split is None:
        return Lines([bad], found)
    own, other, household = split
    price = " / ".join(format(row.price, "f") for row in other)
    kwh = sum((row.kwh for row in other), Decimal(0))
    first = say("prices", "cannot_tell", "prices_purpose", price=price, kwh=kwh)
    return Lines(_quota_checks(own, household, first), household, sum(map(_amount, other), Fraction(0)))


def _amount(row: TierRow) -> Fraction:
    return line_amount(row) if row.amount is None else Fraction(row.amount)


def _agree(found: Variants) -> Check:
    return say("prices", "agrees", "prices_agree", decisions=_decisions(found.table))


def _average(rows: list[TierRow], found: Variants, discount: Fraction) -> bool:
    """Whether one line has the average price of all kWh, as invoices print it."""
    if len(rows) != 1:
        return False
    slack = Fraction(rows[0].kwh) * unit(rows[0].price) + 1
    nets = [Fraction(variant.charge.net) * (1 - discount) for variant in found.sure]
    return any(abs(line_amount(rows[0]) - net) < slack for net in nets)


def _averages(rows: list[TierRow], found: Variants, practice: Practice) -> bool:
    """Whether one line has the average price of all kWh, as it is or with a permitted discount."""
    return any(_average(rows, found, part) for part in (Fraction(0), *practice.permitted.discounts))


def _before(rows: list[TierRow], discount: Fraction, table: Charge) -> list[TierRow]:
    """The lines with their prices before a discount, which the state gives on all tiers or the first few."""
    mine = _known(table)
    return [
        row if row.price in mine else replace(row, price=Decimal(round(Fraction(row.price) / (1 - discount))))
        for row in rows
    ]


def _without_tax(rows: list[TierRow], rate: Fraction, table: Charge) -> list[TierRow]:
    """The lines with the prices of the table that they are with the tax; others as they are."""
    gross = {round(Fraction(price) * (1 + rate)): price for price in _known(table)}
    return [replace(row, price=gross.get(round(row.price), row.price)) for row in rows]


def _known(table: Charge) -> set[Decimal]:
    return {line.price for part in table.parts for line in part.lines}


def _other_purpose(
    rows: list[TierRow], found: Variants
) -> tuple[list[TierRow], list[TierRow], Variants] | None:
    """The household's lines and those of another purpose, such as business, with its own price.

    Only where the household's make a lawful charge by themselves, and where the other price is none of an
    older table nor one that a slip of a figure makes.
    """
    mine = _known(found.table)
    every = {tier.price for table in found.book.tables for tier in table.tiers if tier.price is not None}
    own = [row for row in rows if row.price in mine]
    other = [row for row in rows if row.price not in mine]
    if not own or any(row.price in every or _near_price(row.price, mine) for row in other):
        return None
    kwh = sum((row.kwh for row in own), Decimal(0))
    household = Variants(found.book, replace(found.use, kwh=kwh), found.households_known)
    variants = (*household.sure, *household.doubtful)
    return (own, other, household) if any(_fits(own, one.lines) for one in variants) else None


def _near_price(price: Decimal, known: Iterable[Decimal]) -> bool:
    """Whether a price is a known one but for one figure, or the order of two."""
    return any(one_slip(format(price, "f"), format(one, "f")) for one in known)


def _quota_checks(rows: list[TierRow], found: Variants, first: Check) -> list[Check]:
    table, book = found.table, found.book
    checks = [first]
    fit = next((variant for variant in found.sure if _fits(rows, variant.lines)), None)
    if fit is None and len(table.parts) == 1:
        fit = next((variant for variant in found.sure if _fills(rows, book, variant)), None)
    if fit is None:
        fit = next((variant for variant in found.doubtful if _fits(rows, variant.lines)), None)
    if fit is None and len(table.parts) == 1:
        fit = next((variant for variant in found.doubtful if _fills(rows, book, variant)), None)
    quotas = _quotas(rows)
    if fit is not None and fit.doubt:
        values: dict[str, object] = {
            "quotas": quotas,
            "households": fit.use.households,
            "price": rows[0].price,
        }
        return [*checks, say("quotas", "cannot_tell", f"quotas_{fit.doubt}", **values)]
    if fit is not None:
        says = "quotas_by_days" if fit.use.prorate else "quotas_agree"
        return [*checks, say("quotas", "agrees", says, households=fit.use.households, quotas=quotas)]
    if len(table.parts) > 1:
        printed = sum((Fraction(row.kwh) * Fraction(row.price) for row in rows), Fraction(0))
        off = min(abs(printed - Fraction(variant.charge.net)) for variant in found.sure)
        if off <= split_slack(table):
            return [*checks, say("quotas", "cannot_tell", "quotas_split", by=off)]
        return [*checks, say("quotas", "disagrees", "quotas_split_wrong", by=off)]
    rule = [line.quota for line in table.parts[0].lines if line.quota is not None]
    shown = " / ".join(format(quota, "f") for quota in rule) or "-"
    values = {"households": found.use.households, "quotas": quotas, "rule": shown}
    return [*checks, say("quotas", "disagrees", "quotas_wrong", **values)]


def _decisions(table: Charge) -> str:
    return ", ".join(dict.fromkeys(part.decision for part in table.parts))


def _prices(rows: list[TierRow], table: Charge) -> Check | None:
    """A printed price that is not in force, or not at its place; None when all are."""
    every = [line.price for part in table.parts for line in part.lines]
    for number, row in enumerate(rows, 1):
        right = every
        if len(table.parts) == 1 and 1 < len(rows) <= len(every):
            right = [every[number - 1]]
        if row.price in right:
            continue
        shown = " / ".join(format(p, "f") for p in dict.fromkeys(right))
        values = {"row": number, "price": row.price, "right": shown, "decisions": _decisions(table)}
        if stale(table):
            return say("prices", "cannot_tell", "prices_stale", **values)
        return say("prices", "disagrees", "prices_wrong", **values)
    return None


def _quotas(rows: list[TierRow]) -> str:
    """The quotas that the printed rows imply: those below the last are full."""
    return " / ".join(format(row.kwh, "f") for row in rows[:-1]) or "-"


def _fits(rows: list[TierRow], lines: list[ChargeLine]) -> bool:
    return [(row.kwh, row.price) for row in rows] == [(line.kwh, line.price) for line in lines]


def _fills(rows: list[TierRow], book: Book, variant: Variant) -> bool:
    """Whether the rows fill the quotas of that variant, whatever the sum of their kWh."""
    if variant.doubt == "rule":  # it has another book; only an exact fit counts
        return False
    full = price(book, flooded(variant.use))
    if isinstance(full, TariffError):
        return False
    lines = full.parts[0].lines
    if len(rows) > len(lines) or any(r.price != q.price for r, q in zip(rows, lines, strict=False)):
        return False
    last = lines[len(rows) - 1].quota
    below = all(row.kwh == line.quota for row, line in zip(rows[:-1], lines, strict=False))
    return below and (last is None or rows[-1].kwh <= last)


def split_slack(table: Charge) -> Fraction:
    """How much money the unsettled rounding of a price change can move: 2 kWh a line and price step."""
    if len(table.parts) == 1:
        return Fraction(0)
    prices = [line.price for part in table.parts for line in part.lines]
    return Fraction(2 * len(prices)) * Fraction(max(prices) - min(prices))
