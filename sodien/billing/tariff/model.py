"""Tariffs as data: price tables with their dates, taxes, and the rules by which a utility works out a bill.

A :class:`Book` holds all there is to know of one tariff, past and present, with the certainty of every
fact. It knows which table is in force on a day; :mod:`sodien.billing.tariff.charge` does the arithmetic.
Files become books in :mod:`sodien.bills.tariff_files`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from sodien.billing.tariff.rounding import Rounding
from sodien.billing.tariff.tariff_check import problems
from sodien.errors import SodienError
from sodien.i18n import tr

#: ``confirmed``: a source that says so was read; ``likely``: one weak source, or general knowledge;
#: ``unknown``: nobody can say yet.
Certainty = Literal["confirmed", "likely", "unknown"]
#: What the width of a tier, or a fixed charge, is for.
Per = Literal["month", "day", "period"]
FixedPer = Literal["month", "day", "period", "kwh"]

_DAY: Final = dt.timedelta(days=1)
#: A longer period is a mistyped year.
MAX_DAYS: Final = 1100
MAX_YEAR: Final = 2999


class TariffError(SodienError):
    """A tariff cannot be used, or not for this period: one sentence with the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Tier:
    """``width`` kWh per unit of time and household (None: all the rest) at ``price`` per kWh before tax.

    ``percent`` of the decision's average price, where the price was set that way.
    """

    width: Decimal | None
    price: Decimal | None
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Prepaid:
    """The one price per kWh of a prepayment meter."""

    price: Decimal
    percent: Decimal | None = None
    certainty: Certainty = "confirmed"


@dataclass(frozen=True, slots=True)
class Fixed:
    """An ``amount`` of money before tax for each month, day, period or kWh."""

    name: str
    per: FixedPer
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Season:
    """The days of every year from ``first`` to ``last`` (month, day), both included; may span New Year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def __contains__(self, day: dt.date) -> bool:
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


@dataclass(frozen=True, slots=True)
class PriceTable:
    """One decision's prices.

    Attributes:
        id: stands for the table in results; unique in a book.
        decision: the public document that set it, such as 1279/QĐ-BCT.
        first, last: the days it is for, both included; without ``last`` until a later table begins.
        tiers: from the first kWh on; the last has no width.
        in_force: False for what is decided but has not begun: never used for a bill.
        issued: the day of the decision.
        seen: the last day on which a public source said that it still applies.
        average: the average price of the decision, of which ``percent`` are parts.
        prepaid: the price of prepayment meters.
        undeclared: the tier (from 1) whose price all kWh cost where tenants were not declared.
        season: the days of the year it is for; None is all of them.
        fixed: charges beside the energy.
        certainty, source: of the price row, in words.
    """

    id: str
    decision: str
    first: dt.date | None
    tiers: tuple[Tier, ...]
    last: dt.date | None = None
    in_force: bool = True
    issued: dt.date | None = None
    seen: dt.date | None = None
    average: Decimal | None = None
    prepaid: Prepaid | None = None
    undeclared: int | None = None
    season: Season | None = None
    fixed: tuple[Fixed, ...] = ()
    certainty: Certainty = "confirmed"
    source: str = ""

    def covers(self, day: dt.date) -> bool:
        """Whether the table is for that day, if no later one is."""
        return (
            self.in_force
            and self.first is not None
            and self.first <= day
            and (self.last is None or day <= self.last)
            and (self.season is None or day in self.season)
        )

    @property
    def widths(self) -> tuple[Decimal | None, ...]:
        """The tiers without their prices."""
        return tuple(tier.width for tier in self.tiers)


@dataclass(frozen=True, slots=True)
class TaxRate:
    """``percent`` from ``first`` to ``last`` (None: until a later rate begins); ``basis`` is the law."""

    first: dt.date
    percent: Decimal
    last: dt.date | None = None
    basis: str = ""
    certainty: Certainty = "confirmed"


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax on the money before taxes (``net``), or on that with the taxes before this one (``sum``)."""

    name: str
    rates: tuple[TaxRate, ...]
    on: Literal["net", "sum"] = "net"

    def rate_on(self, day: dt.date) -> TaxRate:
        """The rate of that day. Raises TariffError where there is none."""
        fit = [r for r in self.rates if r.first <= day and (r.last is None or day <= r.last)]
        if not fit:
            raise TariffError(
                tr(
                    "The tariff has no rate of {tax} for {day}; "
                    "add one to a tariff file (percent: 0 for none).",
                    tax=self.name,
                    day=day,
                )
            )
        return max(fit, key=lambda rate: rate.first)


@dataclass(frozen=True, slots=True)
class Rules:
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

    quota_per: Per = "month"
    quota_days: Literal["begin", "end", "before"] | int = "begin"
    prorate: Literal["when-asked", "always"] = "when-asked"
    first_tier_whole: bool = True
    tax_day: Literal["first", "last"] = "last"


@dataclass(frozen=True, slots=True)
class Steps:
    """What is rounded, each in its own way: kWh of a quota and of a share, then money."""

    quota: Rounding
    split: Rounding
    line: Rounding
    fixed: Rounding
    tax: Rounding
    total: Rounding

    @classmethod
    def default(cls, decimals: int) -> Steps:
        """Half-up everywhere: whole kWh, and the smallest unit of a currency with that many decimals."""
        kwh = Rounding("half-up", Decimal(1))
        money = Rounding("half-up", Decimal(1).scaleb(-decimals))
        return cls(kwh, kwh, money, money, money, money)


@dataclass(frozen=True, slots=True)
class Book:
    """Everything known of one tariff.

    Attributes:
        id: such as vn-residential.
        currency: ISO 4217; ``decimals`` of it, 0 to 3.
        checked_on: when somebody last looked whether the newest table still applies.
        margin_days: how long after that a period may end without a word of doubt.
        confirm_months: how long a check is good for, whatever the period.
        people_per_household: that many people of a shared meter have one quota.
    """

    id: str
    name: str
    currency: str
    decimals: int
    checked_on: dt.date
    tables: tuple[PriceTable, ...]
    taxes: tuple[Tax, ...] = ()
    rules: Rules = Rules()
    steps: Steps = field(default_factory=lambda: Steps.default(0))
    margin_days: int = 45
    confirm_months: int = 12
    people_per_household: int | None = None

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
                    day=day,
                )
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
                    first=first,
                    last=last,
                )
            )
        if (last - first).days >= MAX_DAYS or last.year > MAX_YEAR:
            raise TariffError(
                tr(
                    "The period from {first} to {last} is longer than {days} days or too far ahead; "
                    "check the years.",
                    first=first,
                    last=last,
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
