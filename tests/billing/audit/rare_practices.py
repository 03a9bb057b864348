"""Honest utilities that do several things at once, or what few do: some were accused once."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from random import Random

from msgspec.structs import replace as strip

from sodien.billing.bill import Bill, TierRow
from sodien.metering.calendar import day_bounds
from tests.billing.audit.practices import (
    Prints,
    Reads,
    Utility,
    bare,
    both,
    debt,
    estimated,
    first_same,
    full,
    midnight,
    nearest,
    one_meter,
    registers,
    rounds,
    slips,
    total_step,
)
from tests.billing.audit.world import ZONE, Household, instant
from tests.billing.tariff.charged import PRICES, WIDTHS, charged

_DAY = dt.timedelta(days=1)
_MINUTE = 60_000
ZERO = Decimal(0)


def _then(*reads: Reads) -> Reads:
    def all_of(home: Household, random: Random) -> None:
        for one in reads:
            one(home, random)

    return all_of


# -- indices ---------------------------------------------------------------------------------------------


def _decimals(places: int, cut: Callable[[Fraction], int]) -> Prints:
    """Indices with decimals; their difference is rounded to a whole kWh."""

    def prints(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        if not one_meter(home, k):
            return bill
        meter, scale = home.world.meter(home.read[k + 1]), 10**places
        old, new = (
            Decimal(cut(home.world.register(t, meter) * scale)) / scale
            for t in (home.read[k], home.read[k + 1])
        )
        kwh = Decimal(nearest(Fraction(new - old) * meter.multiplier))
        size = 10**meter.digits
        row = strip(bill.rows[0], old=old % size, new=new % size, kwh=kwh)
        return charged(bare(strip(bill, rows=(row,), kwh=kwh)), home.prints[k])

    return prints


def _old_rounded(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    """The old index is rounded and the new one cut: they do not join by 1."""
    old, new = bill.rows[0].old, bill.rows[0].new
    if not one_meter(home, k) or old is None or new is None or new <= old:
        return bill
    meter = home.world.meter(home.read[k + 1])
    old = Decimal(nearest(home.world.register(home.read[k], meter)) % 10**meter.digits)
    if old > new or old == 0:
        return bill
    kwh = (new - old) * meter.multiplier
    return charged(bare(strip(bill, rows=(strip(bill.rows[0], old=old, kwh=kwh),), kwh=kwh)), home.prints[k])


def _two_rows(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    """One meter in two rows: it was read in the middle, as when prices change."""
    old, new = bill.rows[0].old, bill.rows[0].new
    if not one_meter(home, k) or old is None or new is None:
        return bill
    meter = home.world.meter(home.read[k + 1])
    middle = Decimal(home.world.index((home.read[k] + home.read[k + 1]) // 2, meter))
    if not old <= middle <= new:
        return bill
    serial = random.choice((None, meter.serial))
    first = strip(bill.rows[0], new=middle, kwh=(middle - old) * meter.multiplier, serial=serial)
    second = strip(bill.rows[0], old=middle, kwh=(new - middle) * meter.multiplier, serial=serial)
    return strip(bill, rows=(first, second))


# -- days and times --------------------------------------------------------------------------------------


def _hour(printed: dt.time) -> Prints:
    def prints(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        return strip(bill, read_at=printed)

    return prints


def _last_is_next(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    """The last day printed is the day after the reading, on which the next period begins."""
    return strip(bill, last=home.days[k + 1] + _DAY)


def _month_alone(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    last = home.days[k + 1]
    return strip(bill, first=None, last=None, month=last.month, year=last.year)


def _other_days(home: Household, random: Random) -> None:
    """The reading day is moved: one short period, one long one."""
    home.days[2] -= 12 * _DAY
    home.read[2] = instant(home.days[2], home.practice, random)


def _at_midnight_before(home: Household, random: Random) -> None:
    """Remote meters are read in the first hour of the printed day."""
    home.practice = replace(home.practice, read="whole_day", hour=None)
    for k, day in enumerate(home.days):
        home.read[k] = day_bounds(day, ZONE)[0] + random.randrange(60) * _MINUTE


# -- estimates -------------------------------------------------------------------------------------------


def _all_one_meter(home: Household) -> bool:
    return all(one_meter(home, k) for k in range(len(home.read) - 1))


def _with(
    home: Household, k: int, bill: Bill, old: Decimal, new: Decimal, steps: int, **more: object
) -> Bill:
    kwh = Decimal(steps * home.world.meter(home.read[k + 1]).multiplier)
    made = bare(strip(bill, rows=(strip(bill.rows[0], old=old, new=new, kwh=kwh),), kwh=kwh, **more))
    return charged(made, home.prints[k]) if kwh >= 0 else made


def _two_estimates(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    """The first two months are estimated, the third settles both."""
    if not _all_one_meter(home):
        return bill
    size = 10 ** home.world.meter(home.read[k + 1]).digits
    old, new = bill.rows[0].old, bill.rows[0].new
    assert old is not None
    assert new is not None
    if k:
        before = home.bills[k - 1].rows[0].new
        assert before is not None
        old = before
    steps = (int(new) - int(old)) % size
    if k < 2:
        steps = random.randrange(steps or 1) if steps < size // 2 else 0
        new = Decimal((int(old) + steps) % size)
    return _with(home, k, bill, old, new, steps, estimated=k < 2)


def _estimated_too_much(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    """The estimate is more than was used until the month after; then it is given back: kWh below 0."""
    if not _all_one_meter(home) or k == 0:
        return bill
    size = 10 ** home.world.meter(home.read[k + 1]).digits
    old, new = bill.rows[0].old, bill.rows[0].new
    assert old is not None
    assert new is not None
    if k == 1:
        until = home.world.index(home.read[3])
        steps = (until - int(old)) % size + random.randrange(1, 60)
        return _with(home, k, bill, old, Decimal((int(old) + steps) % size), steps, estimated=True)
    before = home.bills[1].rows[0].new
    assert before is not None
    return _with(home, k, bill, before, new, (int(new) - int(before) + size // 2) % size - size // 2)


def _restated(said: bool) -> Prints:
    """The bill after an estimate goes back to the last real reading, less what was charged since."""

    def prints(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        made = estimated(home, k, bill, random)
        before, new = home.bills[1], bill.rows[0].new
        if k != 2 or not _all_one_meter(home) or before.kwh is None or new is None:
            return made
        meter, old = home.world.meter(home.read[3]), before.rows[0].old
        assert old is not None
        steps = (int(new) - int(old)) % 10**meter.digits - int(before.kwh) // meter.multiplier
        if steps < 0:
            return made
        made = _with(home, k, bill, old, new, steps)
        return strip(made, rows=(strip(made.rows[0], sub=before.kwh),)) if said else made

    return prints


# -- money -----------------------------------------------------------------------------------------------


def _tax_by_line(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    """Quotas by the days used, and the tax of each line cut."""
    assert bill.first is not None
    assert bill.last is not None
    days = (bill.last - bill.first).days + 1
    month = monthrange(bill.first.year, bill.first.month)[1]
    quotas = [nearest(Fraction(width * days, month)) for width in WIDTHS]
    made = charged(bare(bill), "all", quotas=quotas)
    if made.net is None:
        return made
    tax = sum((Decimal(floor(Fraction(row.amount or 0) * 8 / 100)) for row in made.tiers), ZERO)
    return strip(made, tax=tax, total=made.net + tax)


def _with_tax(lines: bool) -> Prints:
    """Prices with the tax in them, rounded to whole đồng, as cooperatives have them."""

    def prints(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        made = full(bill)
        rows = []
        for row in made.tiers:
            price = Decimal(nearest(Fraction(row.price) * 108 / 100))
            rows.append(TierRow(kwh=row.kwh, price=price, amount=row.kwh * price))
        total = sum((row.amount or ZERO for row in rows), ZERO)
        return strip(bare(made), tiers=tuple(rows) if lines else (), total=total)

    return prints


def _first_tiers_cheaper(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    """The state gives up a tenth of the first four prices."""
    made = full(bill)
    tiers = [
        strip(
            row, price=row.price * Decimal("0.9"), amount=Decimal(nearest(Fraction(row.amount or 0) * 9 / 10))
        )
        if number < 4
        else row
        for number, row in enumerate(made.tiers)
    ]
    net = sum((row.amount or ZERO for row in tiers), ZERO)
    tax = Decimal(nearest(Fraction(net) * 8 / 100))
    return strip(made, tiers=tuple(tiers), net=net, tax=tax, total=net + tax)


def _discount_below(taxed: bool) -> Prints:
    """The discount is a line of its own, below the sum before tax or below the total."""

    def prints(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        made = full(bill)
        if made.net is None or made.total is None:
            return made
        if not taxed:
            less = Decimal(nearest(Fraction(made.total) / 10))
            return strip(made, total=made.total - less, discount=less)
        less = Decimal(nearest(Fraction(made.net) / 10))
        tax = Decimal(nearest(Fraction(made.net - less) * 8 / 100))
        return strip(made, tax=tax, total=made.net - less + tax, discount=less)

    return prints


def _lines(arrange: Callable[[tuple[TierRow, ...]], tuple[TierRow, ...]]) -> Prints:
    def prints(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        made = full(bill)
        return strip(made, tiers=arrange(made.tiers))

    return prints


def _with_empty(tiers: tuple[TierRow, ...]) -> tuple[TierRow, ...]:
    return tiers + tuple(TierRow(kwh=ZERO, price=Decimal(p), amount=ZERO) for p in PRICES[len(tiers) :])


def _paid(change: Callable[[Decimal, Random], Decimal]) -> Prints:
    def prints(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        made = full(bill)
        return made if made.total is None else strip(made, total=change(made.total, random))

    return prints


def _whole_thousands(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    return bill if bill.total is None else strip(bill, total=round(bill.total, -3))


def _three_households(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    quotas = [width * 3 for width in WIDTHS]
    return charged(bare(strip(bill, households=Decimal(3))), "all", quotas=quotas)


def _households_not_set(home: Household, random: Random) -> None:
    home.practice = replace(home.practice, households=None)


def _losses(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    """Two percent for the losses of a transformer, added apart."""
    if not one_meter(home, k) or bill.kwh is None:
        return bill
    more = Decimal(nearest(Fraction(bill.kwh) * 2 / 100))
    row = strip(bill.rows[0], direct=more)
    return charged(bare(strip(bill, rows=(row,), kwh=bill.kwh + more)), home.prints[k])


# -- names -----------------------------------------------------------------------------------------------


def _other_code(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    """Companies merge, and customers get other codes."""
    return bill if k == 0 else strip(bill, customer="PB05990001234")


def _long_serial(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    return strip(bill, serial=f"2018-EMIC-{home.world.meter(home.read[k + 1]).serial}")


RARE: tuple[Utility, ...] = (
    Utility("early_up_and_first_is_last", _then(slips, rounds(ceil)), first_same),
    Utility("late_registers_same_1000", slips, both(first_same, registers, total_step(1000, floor))),
    Utility("late_up_registers", _then(slips, rounds(ceil)), registers),
    Utility("midnight_nearest_same", _then(midnight, rounds(nearest)), first_same),
    Utility("midnight_nearest_registers", _then(midnight, rounds(nearest)), registers),
    Utility("first_hour", _at_midnight_before),
    Utility("first_hour_same", _at_midnight_before, first_same),
    Utility("last_is_next", None, _last_is_next),
    Utility("two_decimals", None, _decimals(2, floor), energy=False),
    Utility("one_decimal_nearest", None, _decimals(1, nearest), energy=False),
    Utility("three_decimals_late", slips, _decimals(3, floor), energy=False),
    Utility("old_index_rounded", None, _old_rounded, energy=False),
    Utility("read_in_the_middle", None, _two_rows, energy=False),
    Utility("hour_0_00", None, _hour(dt.time(0, 0)), energy=False),
    Utility("hour_23_59", midnight, _hour(dt.time(23, 59)), energy=False),
    Utility("month_alone", None, _month_alone, energy=False),
    Utility("other_reading_day", _other_days),
    Utility("two_estimates", None, _two_estimates, energy=False),
    Utility("estimated_too_much", None, _estimated_too_much, energy=False),
    Utility("back_to_the_reading", None, _restated(False), energy=False),
    Utility("back_to_the_reading_said", None, _restated(True), energy=False),
    Utility("estimated_late", slips, estimated, energy=False),
    Utility("estimated_up_and_1000", rounds(ceil), both(estimated, total_step(1000, nearest)), energy=False),
    Utility("tax_by_line", None, _tax_by_line, energy=False),
    Utility("prices_with_tax", None, _with_tax(lines=True), energy=False),
    Utility("total_of_prices_with_tax", None, _with_tax(lines=False), energy=False),
    Utility("first_tiers_cheaper", None, _first_tiers_cheaper, energy=False),
    Utility("discount_before_tax", None, _discount_below(taxed=True), energy=False),
    Utility("discount_after_tax", None, _discount_below(taxed=False), energy=False),
    Utility("highest_tier_first", None, _lines(lambda tiers: tiers[::-1]), energy=False),
    Utility("empty_tiers_too", None, _lines(_with_empty), energy=False),
    Utility("total_500_up", None, total_step(500, ceil), energy=False),
    Utility("debt_and_1000", None, both(debt(True), _whole_thousands), energy=False),
    Utility("interest", None, _paid(lambda total, random: total + random.randrange(50, 9000)), energy=False),
    Utility("nothing_to_pay", None, _paid(lambda total, random: ZERO), energy=False),
    Utility("three_households", _households_not_set, _three_households, energy=False),
    Utility("losses", None, _losses, energy=False),
    Utility("other_customer_code", None, _other_code, energy=False),
    Utility("long_serial", None, _long_serial, energy=False),
)
