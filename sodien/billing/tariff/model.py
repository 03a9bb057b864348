"""Tariffs as data: price tables with their dates, taxes, and the rules by which a utility works out a bill.

A :class:`Book` holds all there is to know of one tariff, past and present, with the certainty of every
fact. It knows which table is in force on a day; :mod:`sodien.billing.tariff.charge` does the arithmetic.
Files become books in :mod:`sodien.bills.tariff_files`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal

import msgspec

from sodien import formats
from sodien.billing.tariff import keys
from sodien.billing.tariff.prices import (
    PriceTable,
    TariffError,
    TariffProblem,
    Tax,
    TenantRule,
    table_problems,
)
from sodien.billing.tariff.rounding import Rounding
from sodien.i18n import tr
from sodien.value_rules import Choice, Flag

#: What the width of a tier is for.
Per = Literal["month", "day", "period"]

#: A longer period is a mistyped year.
MAX_DAYS: Final = 1100
MAX_YEAR: Final = 2999
_WHOLE: Final = Rounding("half-up", Decimal(1))


class Rules(msgspec.Struct, frozen=True):
    """How a period becomes quotas and money.

    Attributes:
        quota_per: the unit of time of tier widths.
        quota_days: T, the days of a month in "days used / T": of the calendar month in which the period
            begins (``begin``) or ends (``end``), of the one before that in which it ends (``before``), or
            a number.
        prorate: quotas by the days used only ``when-asked``, or ``always``.
        first_tier_whole: a period with a price change is not cut into tiers where all of it fits the first.
        tax_day: the ``first`` or the ``last`` day of the period picks the tax rate.
    """

    quota_per: Annotated[Per, Choice(("month", "day", "period"), "what the width of a tier is for")] = "month"
    quota_days: keys.QuotaDays = "begin"
    prorate: Annotated[
        Literal["when-asked", "always"], Choice(("when-asked", "always"), "quotas by the days used")
    ] = "when-asked"
    first_tier_whole: Annotated[bool, Flag("no tiering per part where all fits the first tier")] = True
    tax_day: Annotated[Literal["first", "last"], Choice(("first", "last"), "the day that picks the rate")] = (
        "last"
    )


class Steps(msgspec.Struct, frozen=True):
    """What is rounded, each in its own way: kWh of a quota and of a share, then money."""

    quota: keys.Round = _WHOLE
    split: keys.Round = _WHOLE
    line: keys.Round = _WHOLE
    fixed: keys.Round = _WHOLE
    tax: keys.Round = _WHOLE
    total: keys.Round = _WHOLE

    @classmethod
    def default(cls, decimals: int) -> Steps:
        """Half-up everywhere: whole kWh, and the smallest unit of a currency with that many decimals."""
        money = Rounding("half-up", Decimal(1).scaleb(-decimals))
        return cls(line=money, fixed=money, tax=money, total=money)


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known of one tariff.

    Attributes:
        id: such as vn-residential.
        currency: ISO 4217; ``decimals`` of it, 0 to 3.
        checked_on: when somebody last looked whether the newest table still applies.
        margin_days: how long after that a period may end without a word of doubt.
        confirm_months: how long a check is good for, whatever the period.
        people_per_household: that many people of a shared meter have one quota.
        tenants: what a landlord may take from tenants, by the day from which that holds.
    """

    id: str
    name: str
    currency: str
    decimals: int
    checked_on: dt.date
    tables: tuple[PriceTable, ...]
    taxes: tuple[Tax, ...] = ()
    rules: Rules = Rules()
    steps: Steps = Steps()
    margin_days: int = 45
    confirm_months: int = 12
    people_per_household: int | None = None
    tenants: tuple[TenantRule, ...] = ()

    def __post_init__(self) -> None:
        for problem in problems(self):
            raise TariffError(f"{self.id}: {problem.key} {problem.what}; {problem.remedy}.")

    def table_on(self, day: dt.date) -> PriceTable:
        """The table in force on a day: of those that cover it the one that began last.

        Raises:
            TariffError: there is none.
        """
        fit = [table for table in self.tables if table.covers(day)]
        if not fit:
            raise TariffError(
                tr(
                    "The tariff {tariff} has no price table in force on {day}; "
                    "add the decision of that time to a tariff file.",
                    tariff=self.id,
                    day=formats.date(day),
                ),
                "charge_no_prices",
                tariff=self.id,
                day=day,
            )
        return max(fit, key=_began)

    def spans(self, first: dt.date, last: dt.date) -> list[tuple[PriceTable, dt.date, dt.date]]:
        """The period cut where the table changes: each table with its first and last day.

        Raises:
            TariffError: the period is impossible, or a day of it has no table.
        """
        if last < first:
            raise TariffError(
                tr(
                    "The period ends on {last}, before it begins on {first}; correct one of the two.",
                    first=formats.date(first),
                    last=formats.date(last),
                )
            )
        if (last - first).days >= MAX_DAYS or last.year > MAX_YEAR:
            raise TariffError(
                tr(
                    "The period from {first} to {last} is longer than {days} days or too far ahead; "
                    "check the years.",
                    first=formats.date(first),
                    last=formats.date(last),
                    days=MAX_DAYS,
                )
            )
        found: list[tuple[PriceTable, dt.date, dt.date]] = []
        for offset in range((last - first).days + 1):
            day = first + dt.timedelta(days=offset)
            table = self.table_on(day)
            if found and found[-1][0] is table:
                found[-1] = (table, found[-1][1], day)
            else:
                found.append((table, day, day))
        return found

    def superseded(self, table: PriceTable) -> bool:
        """Whether ``table`` has an end: its own last day, or a later table for the same days of the year."""
        return table.last is not None or any(
            other.in_force
            and _began(other) > _began(table)
            and (other.season is None or other.season == table.season)
            for other in self.tables
        )

    def pending(self) -> tuple[PriceTable, ...]:
        """The tables that are decided and not in force."""
        return tuple(table for table in self.tables if not table.in_force)

    def tenant_rule(self, day: dt.date) -> TenantRule | None:
        """What a landlord may take from tenants on a day; None where nothing is known of it."""
        begun = [rule for rule in self.tenants if rule.first <= day]
        return max(begun, key=lambda rule: rule.first) if begun else None

    def households(self, people: int) -> Fraction:
        """How many households ``people`` on a shared meter count as: 3 of 4 are 3/4.

        Raises:
            TariffError: not at least one person, or the tariff knows no such rule.
        """
        if self.people_per_household is None:
            raise TariffError(
                tr(
                    "The tariff {tariff} has no rule for the number of people; give the households.",
                    tariff=self.id,
                )
            )
        if people < 1:
            raise TariffError(tr("{people} people cannot share a meter; give at least 1.", people=people))
        return Fraction(people, self.people_per_household)


def _began(table: PriceTable) -> dt.date:
    return table.first or dt.date.min


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
