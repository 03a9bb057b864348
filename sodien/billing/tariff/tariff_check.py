"""What is wrong with a tariff: each a key, what it is, and what to write instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from sodien.billing.tariff.rounding import half_up, plain
from sodien.i18n import tr

if TYPE_CHECKING:
    from sodien.billing.tariff.model import Book, PriceTable


@dataclass(frozen=True, slots=True)
class TariffProblem:
    """What is wrong with one fact: its key, what it is, and what to write instead."""

    key: str
    what: str
    remedy: str


def problems(book: Book) -> Iterator[TariffProblem]:
    """What is wrong with a book as a whole and with each of its tables; nothing for one that can be used."""
    if not 0 <= book.decimals <= 3:
        yield TariffProblem("decimals", tr("is {value}", value=book.decimals), tr("write 0 to 3 decimals"))
    if not any(table.in_force for table in book.tables):
        yield TariffProblem(
            "tables", tr("has no table that is in force"), tr("add one with the day from which it applies")
        )
    seen: set[str] = set()
    for table in book.tables:
        if table.id in seen:
            yield TariffProblem(
                tr("table {id}", id=table.id),
                tr("stands there twice"),
                tr("give each table an id of its own"),
            )
        seen.add(table.id)
        for problem in table_problems(table, book.decimals):
            yield TariffProblem(
                f"{tr('table {id}', id=table.id)}, {problem.key}", problem.what, problem.remedy
            )
    yield from _overlaps(book)
    for tax in book.taxes:
        firsts = [rate.first for rate in tax.rates]
        if not firsts or len(set(firsts)) < len(firsts):
            what = tr("has two rates from the same day") if firsts else tr("has no rate")
            yield TariffProblem(
                tr("tax {name}", name=tax.name), what, tr("give one rate for each day from which it changes")
            )


def _overlaps(book: Book) -> Iterator[TariffProblem]:
    tables = [table for table in book.tables if table.in_force]
    year = [dt.date(2024, 1, 1) + dt.timedelta(days=day) for day in range(366)]
    for index, one in enumerate(tables):
        for other in tables[index + 1 :]:
            if one.first == other.first and any(
                (one.season is None or day in one.season) and (other.season is None or day in other.season)
                for day in year
            ):
                yield TariffProblem(
                    tr("table {id}", id=other.id),
                    tr("begins on {day} like {other}", day=other.first, other=one.id),
                    tr("change its first day, or use the same id if it is meant to replace the other"),
                )


def table_problems(table: PriceTable, decimals: int | None) -> Iterator[TariffProblem]:
    """What is wrong with one table, by key within it; ``decimals`` of the currency, None if not known."""
    if table.in_force and table.first is None:
        yield TariffProblem(
            "first", tr("is missing"), tr("write the day from which it applies, or in_force: false")
        )
    if table.first and table.last and table.last < table.first:
        yield TariffProblem(
            "last",
            tr("is {value}, before the first day", value=table.last),
            tr("write the last day on which it applies"),
        )
    if not table.tiers:
        yield TariffProblem(
            "tiers", tr("is empty"), tr("write one tier at least; one without width is a flat price")
        )
    for index, tier in enumerate(table.tiers):
        key = f"tiers[{index}]"
        if tier.width is None and index < len(table.tiers) - 1:
            yield TariffProblem(f"{key}.width", tr("is missing"), tr("write it; only the last tier has none"))
        if tier.width is not None and index == len(table.tiers) - 1:
            yield TariffProblem(
                f"{key}.width",
                tr("is {value}", value=tier.width),
                tr("leave it out of the last tier, which takes all the rest"),
            )
        if tier.width is not None and tier.width <= 0:
            yield TariffProblem(
                f"{key}.width",
                tr("is {value}", value=tier.width),
                tr("write the kWh of the tier, more than 0"),
            )
        if tier.price is None:
            if table.in_force:
                yield TariffProblem(
                    f"{key}.price", tr("is missing"), tr("write the price per kWh, or in_force: false")
                )
            continue
        if tier.price < 0:
            yield TariffProblem(
                f"{key}.price", tr("is {value}", value=tier.price), tr("write the price per kWh, 0 or more")
            )
        yield from _price_problem(f"{key}.price", tier.price, tier.percent, table, decimals)
    if table.prepaid is not None:
        yield from _price_problem(
            "prepaid.price", table.prepaid.price, table.prepaid.percent, table, decimals
        )
    if table.undeclared is not None and not 1 <= table.undeclared <= len(table.tiers):
        yield TariffProblem(
            "undeclared",
            tr("is {value}", value=table.undeclared),
            tr("write the number of a tier, 1 to {most}", most=len(table.tiers)),
        )
    for index, fixed in enumerate(table.fixed):
        if fixed.amount < 0:
            yield TariffProblem(
                f"fixed[{index}].amount",
                tr("is {value}", value=fixed.amount),
                tr("write an amount of 0 or more"),
            )


def _price_problem(
    key: str, price: Decimal, percent: Decimal | None, table: PriceTable, decimals: int | None
) -> Iterator[TariffProblem]:
    if decimals == 0 and price >= 1 and price.as_tuple().exponent == -3:
        thousand = plain(price * 1000)
        yield TariffProblem(
            key,
            tr("is {value}, which could mean thousands", value=price),
            tr("write {thousand} for that, or {price}0 if it is meant", thousand=thousand, price=price),
        )
    if percent is None or table.average is None or decimals is None:
        return
    expected = price_of(table.average, percent, decimals)
    if price != expected:
        yield TariffProblem(
            key,
            tr(
                "is {price}, but {percent} % of the average price {average} is {expected}",
                price=price,
                percent=percent,
                average=table.average,
                expected=expected,
            ),
            tr("correct the one that is mistyped, or leave percent out"),
        )


def price_of(average: Decimal, percent: Decimal, decimals: int = 0) -> Decimal:
    """The price that is ``percent`` of an average price, half-up: how the Vietnamese rows were made.

    Found by arithmetic: it gives all 35 printed prices of five decisions.
    """
    return half_up(Fraction(average) * Fraction(percent) / 100, decimals)
