"""A tariff file's content, and how several make a book: a later file adds to or replaces what is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from sodien.billing.tariff import keys
from sodien.billing.tariff.model import Book, Rules, Steps
from sodien.billing.tariff.prices import PriceTable, TariffError, Tax, TenantRule
from sodien.i18n import tr
from sodien.value_rules import Number, Word


class TariffFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of one tariff: None, or no entries, for what it does not say."""

    tariff: keys.Id
    name: Annotated[str | None, Word("what people call the tariff")] = None
    currency: keys.Currency = None
    decimals: Annotated[int | None, Number("the decimals of the currency", 0, 3, int)] = None
    checked_on: keys.MaybeDay = None
    margin_days: Annotated[
        int | None, Number("the days a check is good for a later period", 0, 1000, int)
    ] = None
    confirm_months: Annotated[int | None, Number("the months a check is good for", 1, 1000, int)] = None
    people_per_household: Annotated[int | None, Number("the people that have one quota", 1, 1000, int)] = None
    rules: Rules = Rules()
    rounding: Steps = Steps()
    tables: tuple[PriceTable, ...] = ()
    taxes: tuple[Tax, ...] = ()
    tenants: tuple[TenantRule, ...] = ()


@dataclass(frozen=True, slots=True)
class TariffLayer:
    """One file as a layer of its tariff.

    Attributes:
        where: the file, for errors.
        file: its content.
        rules, rounding: those of them that are written, by name: the others are left to the layers below.
    """

    where: str
    file: TariffFile
    rules: Mapping[str, Any]
    rounding: Mapping[str, Any]


def combine(layers: Iterable[TariffLayer]) -> dict[str, Book]:
    """The books that the files make, by tariff; a later file wins.

    A table replaces one of the same id, a tax rate one of the same tax and first day, a rule for tenants one
    of the same first day; the newest ``checked_on`` counts.

    Raises:
        TariffError: what the files say of a tariff is not complete, or contradicts itself.
    """
    by_tariff: dict[str, list[TariffLayer]] = {}
    for layer in layers:
        by_tariff.setdefault(layer.file.tariff, []).append(layer)
    return {tariff: _book(tariff, group) for tariff, group in by_tariff.items()}


def _book(tariff: str, layers: list[TariffLayer]) -> Book:
    def said(key: str) -> Any:
        values = [value for layer in layers if (value := getattr(layer.file, key)) is not None]
        if not values:
            where = ", ".join(layer.where for layer in layers)
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
    tenants: dict[dt.date, TenantRule] = {}
    optional: dict[str, int] = {}
    for layer in layers:
        rules = replace(rules, **layer.rules)
        steps = replace(steps, **layer.rounding)
        tables.update((table.id, table) for table in layer.file.tables)
        tenants.update((rule.first, rule) for rule in layer.file.tenants)
        for tax in layer.file.taxes:
            taxes[tax.name] = _joined(taxes.get(tax.name), tax)
        for key in ("margin_days", "confirm_months", "people_per_household"):
            if (value := getattr(layer.file, key)) is not None:
                optional[key] = value
    said("checked_on")
    return Book(
        id=tariff,
        name=said("name"),
        currency=said("currency"),
        decimals=decimals,
        checked_on=max(day for layer in layers if (day := layer.file.checked_on) is not None),
        tables=tuple(sorted(tables.values(), key=lambda t: t.first or dt.date.max)),
        taxes=tuple(taxes.values()),
        rules=rules,
        steps=steps,
        tenants=tuple(tenants.values()),
        **optional,
    )


def _joined(old: Tax | None, new: Tax) -> Tax:
    if old is None:
        return new
    rates = {rate.first: rate for rate in (*old.rates, *new.rates)}
    return replace(new, rates=tuple(rates[first] for first in sorted(rates)))
