"""This period's cost so far and at its end, with bounds.

Money never falls when the kWh rise, so the bounds of the energy carry over: the cost of the low end is the
low end of the cost. Bills count whole kWh, because both indices are truncated: a register that moved by U
between two readings is billed with U rounded down or up, as the decimals fell. So the low end is rounded
down and the high end up before the multiplier. What a part of the period costs (:func:`added`) is rounded
nowhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from msgspec.structs import replace

from sodien import formats
from sodien.billing.tariff.charge import Assumption, Charge, charge
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.prices import TariffError
from sodien.billing.tariff.quota import Consumption, whole_quotas
from sodien.billing.tariff.rounding import Rounding, half_up
from sodien.i18n import tr
from sodien.metering.bounds import Bounded

_HOUR_S: Final = 3600
_FINE: Final = 10**6
_EXACT: Final = Rounding("half-up", Decimal(1) / _FINE)


@dataclass(frozen=True, slots=True)
class DecimalBounds:
    """A number with its bounds, ``low ≤ best ≤ high``."""

    low: Decimal
    best: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Next:
    """The tier after the one reached: it begins above ``starts_at`` billed kWh and costs ``price`` each.

    ``away`` is how many billed kWh are left until then; 0 where the bound is there already.
    """

    tier: int
    starts_at: Decimal
    price: Decimal
    away: DecimalBounds


@dataclass(frozen=True, slots=True)
class SoFar:
    """What a period's energy costs.

    Attributes:
        kwh: what would be billed, whole kWh after the multiplier.
        money: what is to be paid for it, taxes included.
        low, best, high: the whole charge of each.
        tier: that which the best estimate has reached, from 1; None where one price is for all kWh.
        price: of a kWh in it, before tax; None with the tier.
        next: the tier above it; None in the last one.
        assumptions: everything taken for granted, those of the charges included.
    """

    kwh: DecimalBounds
    money: DecimalBounds
    low: Charge
    best: Charge
    high: Charge
    tier: int | None
    price: Decimal | None
    next: Next | None
    assumptions: tuple[Assumption, ...]


def billed(energy: Bounded, multiplier: int = 1) -> DecimalBounds:
    """The kWh a bill may show for ``energy`` through the register (before the multiplier, ≥ 0)."""
    if energy.low < 0:
        raise TariffError(
            tr("The consumption is {kwh} kWh; it cannot be less than 0.", kwh=formats.kwh(energy.low, "down"))
        )
    high = -(-energy.high.numerator // energy.high.denominator)
    low = energy.low.numerator // energy.low.denominator
    best = min(max(half_up(energy.best), Decimal(low)), Decimal(high))
    return DecimalBounds(Decimal(low) * multiplier, best * multiplier, Decimal(high) * multiplier)


def cost(
    book: Book,
    energy: Bounded,
    use: Consumption,
    multiplier: int = 1,
    price: Callable[[Book, Consumption], Charge] = charge,
) -> SoFar:
    """What ``energy`` (kWh through the register, before the multiplier) of a period costs.

    ``use`` says which period, households and so on; its ``kwh`` is not looked at. The period is the whole
    one, also while it runs: what is used so far is charged as if no more were used until its end, so the
    cost so far and the bill are one curve. ``price`` may be :func:`charge` with a memory.

    Raises:
        TariffError: as :func:`sodien.billing.tariff.charge.charge`; or the energy is negative.
    """
    table = book.table_on(use.last)
    if table.hours and not table.tiers:
        raise TariffError(
            tr(
                "The tariff {tariff} has a price for each register by the time of day; one pulse line counts "
                "their sum, so there is no cost so far.",
                tariff=book.id,
            )
        )
    kwh = billed(energy, multiplier)
    low, best, high = (price(book, replace(use, kwh=value)) for value in (kwh.low, kwh.best, kwh.high))
    totals = (low.total, best.total, high.total)
    tier, each, after = _tiers(book, use, kwh)
    said = (
        Assumption("whole_kwh", {"multiplier": str(multiplier)}),
        Assumption("whole_period", {}),
        *(item for one in (low, best, high) for item in one.assumptions),
    )
    once = {(item.key, *sorted(item.values.items())): item for item in said}
    return SoFar(
        kwh=kwh,
        money=DecimalBounds(min(totals), best.total, max(totals)),
        low=low,
        best=best,
        high=high,
        tier=tier,
        price=each,
        next=after,
        assumptions=tuple(once.values()),
    )


def added(book: Book, before: Bounded, more: Bounded, use: Consumption) -> Bounded:
    """What ``more`` kWh cost, taxes included, that follow on ``before`` kWh of their period, with bounds.

    Both are billed kWh (after the multiplier) with their fractions, for a bill is whole and a part of it is
    not: kWh and money are rounded to a millionth only. ``use`` as of :func:`cost`. Fixed charges are no part
    of it.

    Money never falls when the kWh rise, so the least kWh at the cheapest place are the low end. Where each
    kWh costs as much as the one before it or more, the cheapest place is the low end of ``before``; elsewhere
    both ends of ``before`` bound it.

    Raises:
        TariffError: as :func:`sodien.billing.tariff.charge.charge`.
    """
    exact = _unrounded(book)

    def paid(kwh: Fraction) -> Fraction:
        value = Decimal(kwh.numerator * _FINE // kwh.denominator) / _FINE
        return Fraction(charge(exact, replace(use, kwh=value)).total)

    low, best, high = (paid(one) for one in (before.low, before.best, before.high))
    if _rises(book, use):
        least, most = paid(before.low + more.low) - low, paid(before.high + more.high) - high
    else:
        least, most = paid(before.low + more.low) - high, paid(before.high + more.high) - low
    middle = paid(before.best + more.best) - best
    least = max(Fraction(0), least)
    return Bounded(least, min(max(middle, least), max(most, least)), max(most, least))


def standing(book: Book, use: Consumption) -> Fraction:
    """What the period costs without a kWh: its fixed charges with their taxes. Raises TariffError."""
    return Fraction(charge(_unrounded(book), replace(use, kwh=Decimal(0))).total)


def _unrounded(book: Book) -> Book:
    """The same tariff, for parts of a bill: money and split kWh to a millionth. Quotas stay whole."""
    steps = replace(book.steps, split=_EXACT, line=_EXACT, fixed=_EXACT, tax=_EXACT, total=_EXACT)
    tables = tuple(replace(one, line=None) for one in book.tables)
    return replace(
        book, steps=steps, tables=tables, taxes=tuple(replace(t, rounding=None) for t in book.taxes)
    )


def _rises(book: Book, use: Consumption) -> bool:
    """Whether each kWh costs as much as the one before it or more."""
    if use.scheme != "tiers":
        return True
    spans = book.spans(use.first, use.last)
    if len(spans) > 1 and book.rules.first_tier_whole:
        return False
    for table, _, _ in spans:
        prices = [tier.price or Decimal(0) for tier in table.tiers]
        if table.bands or prices != sorted(prices) or any(tier.base is not None for tier in table.tiers):
            return False
    return True


def _tiers(
    book: Book, use: Consumption, kwh: DecimalBounds
) -> tuple[int | None, Decimal | None, Next | None]:
    """The tier reached by the best estimate, by the tiers that end the period, its price, and the next."""
    if use.scheme != "tiers":
        return None, None, None
    found = steps(book, use.first, use.last, use.prorate, use.households)
    for number, (end, each) in enumerate(found, 1):
        if end is None or number == len(found):
            return number, each, None
        if kwh.best <= end:
            away = DecimalBounds(*(max(Decimal(0), end - value) for value in (kwh.high, kwh.best, kwh.low)))
            return number, each, Next(number + 1, end, found[number][1], away)
    return None, None, None


def steps(
    book: Book, first: dt.date, last: dt.date, prorate: bool, households: Fraction
) -> list[tuple[Decimal | None, Decimal]]:
    """The tiers that end a period: billed kWh up to which each goes (None: without end), and its price.

    Empty where one price is for all kWh.
    """
    table = book.spans(first, last)[-1][0]
    if len(table.tiers) <= 1:
        return []
    quotas = whole_quotas(table, book.rules, book.steps, first, last, prorate, households)
    found: list[tuple[Decimal | None, Decimal]] = []
    end = Decimal(0)
    for quota, tier in zip(quotas, table.tiers, strict=True):
        end += quota or Decimal(0)
        # A table in force has all its prices.
        found.append((end if quota is not None else None, tier.price or Decimal(0)))
    return found


def project(used: Bounded, remaining_s: Fraction | int, usual: Bounded) -> Bounded:
    """The energy in kWh at the period's end: what is used and ``remaining_s`` seconds at usual power.

    ``usual`` is in kW, low to high: what the household is expected to draw on average over the rest of the
    period, or, with 0 and P_max, what it can draw at all. Raises ValueError for a time that is negative.
    """
    if remaining_s < 0:
        raise ValueError("the time that remains is not negative")
    hours = Fraction(remaining_s) / _HOUR_S
    return Bounded(
        used.low + usual.low * hours, used.best + usual.best * hours, used.high + usual.high * hours
    )


def usual_power(used: Bounded, elapsed_s: Fraction | int, p_max_kw: Fraction) -> Bounded | None:
    """Power in kW to project with when nothing is known but this period: its average, from 0 to P_max.

    The bounds are what is possible, not what is likely. None while no time has passed.
    """
    if elapsed_s <= 0:
        return None
    average = used.best * _HOUR_S / Fraction(elapsed_s)
    return Bounded(Fraction(0), min(average, p_max_kw), p_max_kw)
