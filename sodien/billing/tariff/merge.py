"""A tariff file's content, and how several make a book: a later file adds to or replaces what is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sodien.billing.tariff.model import Book, PriceTable, Rules, Steps, TariffError, Tax
from sodien.billing.tariff.rounding import Rounding
from sodien.i18n import tr


@dataclass(frozen=True, slots=True)
class TariffLayer:
    """One file: None for what it does not say. ``where`` names it in errors.

    ``rules`` and ``rounding`` hold only what was written, by field of :class:`Rules` and :class:`Steps`.
    """

    where: str
    tariff: str
    name: str | None = None
    currency: str | None = None
    decimals: int | None = None
    checked_on: dt.date | None = None
    margin_days: int | None = None
    confirm_months: int | None = None
    people_per_household: int | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    rounding: Mapping[str, Rounding] = field(default_factory=dict)
    tables: tuple[PriceTable, ...] = ()
    taxes: tuple[Tax, ...] = ()


def combine(sheets: Iterable[TariffLayer]) -> dict[str, Book]:
    """The books that the files make, by tariff; a later file wins.

    A table replaces one of the same id, a tax rate one of the same tax and first day; the newest
    ``checked_on`` counts.

    Raises:
        TariffError: what the files say of a tariff is not complete, or contradicts itself.
    """
    by_tariff: dict[str, list[TariffLayer]] = {}
    for sheet in sheets:
        by_tariff.setdefault(sheet.tariff, []).append(sheet)
    return {tariff: _book(tariff, group) for tariff, group in by_tariff.items()}


def _book(tariff: str, sheets: list[TariffLayer]) -> Book:
    def said(key: str) -> Any:
        values = [value for sheet in sheets if (value := getattr(sheet, key)) is not None]
        if not values:
            where = ", ".join(sheet.where for sheet in sheets)
            raise TariffError(
                tr(
                    "{where}: the tariff {tariff} has no {key}; write it, or use the tariff of a packaged "
                    "file that you mean to add to.",
                    where=where,
                    tariff=tariff,
                    key=key,
                )
            )
        return values[-1]

    decimals = said("decimals")
    steps = Steps.default(decimals)
    rules = Rules()
    tables: dict[str, PriceTable] = {}
    taxes: dict[str, Tax] = {}
    optional: dict[str, int] = {}
    for sheet in sheets:
        rules = replace(rules, **sheet.rules)
        steps = replace(steps, **sheet.rounding)
        tables.update((table.id, table) for table in sheet.tables)
        for tax in sheet.taxes:
            taxes[tax.name] = _joined(taxes.get(tax.name), tax)
        for key in ("margin_days", "confirm_months", "people_per_household"):
            if (value := getattr(sheet, key)) is not None:
                optional[key] = value
    said("checked_on")
    return Book(
        id=tariff,
        name=said("name"),
        currency=said("currency"),
        decimals=decimals,
        checked_on=max(sheet.checked_on for sheet in sheets if sheet.checked_on is not None),
        tables=tuple(sorted(tables.values(), key=lambda t: t.first or dt.date.max)),
        taxes=tuple(taxes.values()),
        rules=rules,
        steps=steps,
        **optional,
    )


def _joined(old: Tax | None, new: Tax) -> Tax:
    if old is None:
        return new
    rates = {rate.first: rate for rate in (*old.rates, *new.rates)}
    return replace(new, rates=tuple(rates[first] for first in sorted(rates)))
