"""One decision's prices and the taxes on them, as a tariff file has them, and what can be wrong with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

import msgspec

from sodien import formats
from sodien.billing.tariff import keys
from sodien.billing.tariff.rounding import half_up, plain
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.value_rules import Choice, Flag, Number

#: What a charge beside the energy is for: the consumption tells kW, kVA and kWh delivered to the grid.
FixedPer = Literal["month", "day", "period", "kwh", "kw", "kva", "delivered"]
#: What a least amount is for.
MinimumPer = Literal["month", "day", "period"]


class TariffError(SodienError):
    """A tariff cannot be used, or not for this period: one sentence with the place and the remedy.

    Attributes:
        key: of the sentence with which a verdict says it in any language; empty where it has none.
        values: what that sentence is filled with.
    """

    def __init__(self, message: str, key: str = "", **values: object) -> None:
        super().__init__(message)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class TariffProblem:
    """What is wrong with one fact: its key, what it is, and what to write instead."""

    key: str
    what: str
    remedy: str


class Tier(msgspec.Struct, frozen=True):
    """``width`` kWh per unit of time and household (None: all the rest) at ``price`` per kWh before tax.

    ``percent`` of the decision's average price, where the price was set that way. ``base`` is the charge for
    a month in which the consumption ends in this tier.
    """

    width: keys.Width = None
    price: keys.MaybePrice = None
    percent: keys.Percent = None
    base: keys.MaybeAmount = None


class HourPrice(msgspec.Struct, frozen=True):
    """The price per kWh of one register of a time-of-use meter: in Viet Nam BT, CD or TD."""

    register: keys.Register
    price: keys.Price
    percent: keys.Percent = None


class Prepaid(msgspec.Struct, frozen=True):
    """The one price per kWh of a prepayment meter."""

    price: keys.Price
    percent: keys.Percent = None
    certainty: keys.Certainty = "confirmed"


class Fixed(msgspec.Struct, frozen=True):
    """An ``amount`` of money before tax for each of something; less than 0 is a discount.

    ``per`` month, day, period or kWh; per kW or kVA of demand and month; or per kWh delivered to the grid.
    """

    name: keys.OneLine
    per: Annotated[
        FixedPer,
        Choice(("month", "day", "period", "kwh", "kw", "kva", "delivered"), "what the amount is for"),
    ]
    amount: keys.Charged


class Minimum(msgspec.Struct, frozen=True):
    """What a period costs at least, before tax, for each month, day or period."""

    name: keys.OneLine
    per: Annotated[MinimumPer, Choice(("month", "day", "period"), "what the amount is for")]
    amount: keys.Amount


class Season(msgspec.Struct, frozen=True):
    """The days of every year from ``first`` to ``last`` (month, day), both included; may span New Year."""

    first: keys.MonthDay
    last: keys.MonthDay

    def __contains__(self, day: dt.date) -> bool:
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


class PriceTable(msgspec.Struct, frozen=True, kw_only=True):
    """One decision's prices.

    Attributes:
        id: stands for the table in results; unique in a book.
        decision: the public document that set it, such as 1279/QĐ-BCT.
        first, last: the days it is for, both included; without ``last`` until a later table begins.
        tiers: from the first kWh on; the last has no width.
        bands: the price of the tier that the consumption ends in is for all kWh, not only for those in it.
        hours: the price of each register of a time-of-use meter, in place of tiers or beside them.
        in_force: False for what is decided but has not begun: never used for a bill.
        issued: the day of the decision.
        seen: the last day on which a public source said that it still applies.
        average: the average price of the decision, of which ``percent`` are parts.
        prepaid: the price of prepayment meters.
        undeclared: the tier (from 1) whose price all kWh cost where tenants were not declared.
        season: the days of the year it is for; None is all of them.
        fixed: charges beside the energy.
        minimum: what a period costs at least.
        line: how the money of each line is rounded, where not as in all tables.
        certainty, source: of the price row, in words.
    """

    id: keys.Id
    decision: keys.OneLine
    first: keys.MaybeDay = None
    tiers: tuple[Tier, ...] = ()
    bands: Annotated[bool, Flag("whether the price of the tier reached is for all kWh")] = False
    hours: tuple[HourPrice, ...] = ()
    last: keys.MaybeDay = None
    in_force: Annotated[bool, Flag("whether it may be used for a bill")] = True
    issued: keys.MaybeDay = None
    seen: keys.MaybeDay = None
    average: keys.Average = None
    prepaid: Prepaid | None = None
    undeclared: Annotated[int | None, Number("the number of the tier undeclared tenants pay", 1, 99, int)] = (
        None
    )
    season: Season | None = None
    fixed: tuple[Fixed, ...] = ()
    minimum: Minimum | None = None
    line: keys.MaybeRound = None
    certainty: keys.Certainty = "confirmed"
    source: keys.OneLine = ""

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


class TaxRate(msgspec.Struct, frozen=True):
    """``percent`` from ``first`` to ``last`` (None: until a later rate begins); ``basis`` is the law."""

    first: keys.Day
    percent: keys.Rate
    last: keys.MaybeDay = None
    basis: keys.OneLine = ""
    certainty: keys.Certainty = "confirmed"


class Tax(msgspec.Struct, frozen=True):
    """A tax on the money before taxes (``net``), or on that with the taxes before this one (``sum``).

    ``rounding`` is its own, where it is not that of the other taxes.
    """

    name: keys.OneLine
    rates: tuple[TaxRate, ...]
    on: Annotated[
        Literal["net", "sum"],
        Choice(("net", "sum"), "the money before taxes, or with the taxes before this one"),
    ] = "net"
    rounding: keys.MaybeRound = None

    def rate_on(self, day: dt.date) -> TaxRate:
        """The rate of that day. Raises TariffError where there is none."""
        fit = [r for r in self.rates if r.first <= day and (r.last is None or day <= r.last)]
        if not fit:
            raise TariffError(
                tr(
                    "The tariff has no rate of {tax} for {day}; "
                    "add one to a tariff file (percent: 0 for none).",
                    tax=self.name,
                    day=formats.date(day),
                ),
                "charge_no_rate",
                tax=self.name,
                day=day,
            )
        return max(fit, key=lambda rate: rate.first)


class TenantRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a landlord may take for electricity from tenants without a contract of their own.

    From the day ``first`` on; ``bill``: all of them together no more than the bill. ``law`` says where.
    """

    first: keys.Day
    law: keys.OneLine
    at_most: Annotated[Literal["bill"], Choice(("bill",), "the most that all tenants pay together")] = "bill"
    certainty: keys.Certainty = "confirmed"
    source: keys.OneLine = ""


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
    if not table.tiers and not table.hours:
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
    for index, hour in enumerate(table.hours):
        key = f"hours[{index}]"
        if hour.register in [other.register for other in table.hours[:index]]:
            yield TariffProblem(
                f"{key}.register",
                tr("is {value} once more", value=hour.register),
                tr("give each register one price"),
            )
        yield from _price_problem(f"{key}.price", hour.price, hour.percent, table, decimals)
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
                "is {price}, but {percent}% of the average price {average} is {expected}",
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
