"""Honest utilities as they really read, round and print: each makes a household's bills in its own way.

A practice changes when the meter is read and how an index is rounded (``reads``), what one bill says
(``prints``), or both. Bills with a mistake are made from its honest ones, and printed in the same way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from random import Random

from msgspec.structs import replace as strip

from sodien.billing.audit.practice import Permitted
from sodien.billing.bill import Bill, IndexRow, TierRow
from sodien.bills.practice_files import permitted
from sodien.metering.calendar import day_bounds
from tests.billing.audit.world import UNIT, ZONE, Household, honest, instant, make
from tests.billing.tariff.charged import charged

_DAY = dt.timedelta(days=1)
_MINUTE = 60_000
#: What a household in the south may expect of its utility, by the packaged files.
PERMITTED: Permitted = permitted("SPC")

Reads = Callable[[Household, Random], None]
Prints = Callable[[Household, int, Bill, Random], Bill]


@dataclass(frozen=True)
class Utility:
    """One practice; ``energy`` where mistakes in the reading are looked for too."""

    name: str
    reads: Reads | None = None
    prints: Prints | None = None
    energy: bool = True

    def household(self, seed: int, **options: object) -> Household:
        """A household whose bills this utility makes."""
        home, random = make(seed, **options), Random(seed + 1)  # type: ignore[arg-type]
        home.practice = replace(home.practice, permitted=PERMITTED)
        if self.reads is not None:
            self.reads(home, random)
            home.bills = []
            for k in range(len(home.days) - 1):
                home.bills.append(honest(home, k))
        if self.prints is not None:
            for k, bill in enumerate(home.bills):
                home.bills[k] = self.prints(home, k, bill, random)
        return home

    def printed(self, home: Household, k: int, bill: Bill, random: Random) -> Bill:
        """A bill with a mistake in it as this utility prints it; already so where only readings differ."""
        return bill if self.prints is None else self.prints(home, k, bill, random)


# -- when it reads, how it rounds ------------------------------------------------------------------------


def slips(home: Household, random: Random) -> None:
    for k, day in enumerate(home.days):
        home.read[k] = instant(day + random.randrange(-1, 2) * _DAY, home.practice, random)


def midnight(home: Household, random: Random) -> None:
    home.practice = replace(home.practice, read="end_of_day", hour=None)
    for k, day in enumerate(home.days):
        home.read[k] = day_bounds(day, ZONE)[1] + random.randrange(-30, 31) * _MINUTE


def rounds(cut: Callable[[Fraction], int]) -> Reads:
    def reads(home: Household, random: Random) -> None:
        home.world.cut = cut

    return reads


def nearest(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def _even(value: Fraction) -> int:
    return round(value)


# -- what it prints --------------------------------------------------------------------------------------


def one_meter(home: Household, k: int) -> bool:
    return home.world.meter(home.read[k]) is home.world.meter(home.read[k + 1])


def first_same(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    return strip(bill, first=home.days[k])


def registers(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    if not one_meter(home, k) or bill.kwh is None or len(bill.rows) != 1:
        return bill
    flow = home.world.energy(home.read[k + 1]) - home.world.energy(home.read[k])
    kwh = Decimal(nearest(Fraction(flow, UNIT) * home.world.meter(home.read[k]).multiplier))
    honest_kwh = home.bills[k].kwh
    if bill.rows[0].kwh != honest_kwh:  # a mistake: rounded as the honest bill would have been
        kwh = bill.kwh
    rows = (strip(bill.rows[0], kwh=kwh),)
    return charged(bare(strip(bill, rows=rows, kwh=kwh)), home.prints[k])


def bare(bill: Bill) -> Bill:
    return strip(bill, tiers=(), net=None, tax=None, tax_rate=None, total=None)


def estimated(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    """The second month is estimated, said so, and settled by the third."""
    if not all(one_meter(home, at) for at in range(len(home.read) - 1)) or k == 0:
        return bill
    meter = home.world.meter(home.read[k + 1])
    old, new = bill.rows[0].old, bill.rows[0].new
    assert old is not None
    assert new is not None
    size = 10**meter.digits
    steps = (int(new) - int(old)) % size
    if k == 1:
        steps = int(steps * random.uniform(0.5, 0.95))
        new = Decimal((int(old) + steps) % size)
    else:
        before = home.bills[1].rows[0].new
        assert before is not None
        old, steps = before, (int(new) - int(before)) % size
    kwh = Decimal(steps * meter.multiplier)
    rows = (strip(bill.rows[0], old=old, new=new, kwh=kwh),)
    made = strip(bill, rows=rows, kwh=kwh, estimated=k == 1)
    return charged(bare(made), home.prints[k])


def _removed(inside: bool) -> Prints:
    def prints(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        row = bill.rows[0]
        if len(bill.rows) != 1 or row.removed is None or row.kwh is None:
            return bill
        return bill if inside else strip(bill, rows=(strip(row, kwh=row.kwh - row.removed),))

    return prints


def _apart(name: str) -> Prints:
    """Energy of a sub-meter taken off, or energy measured elsewhere added; the row is the meter's alone."""

    def prints(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        if bill.kwh is None or len(bill.rows) != 1 or bill.rows[0].removed is not None:
            return bill
        part = Decimal(random.randrange(1, max(2, int(bill.kwh) // 3)))
        if name == "sub" and part > bill.kwh:
            return bill
        kwh = bill.kwh + (part if name == "direct" else -part)
        row: IndexRow = strip(bill.rows[0], **{name: part})
        return charged(bare(strip(bill, rows=(row,), kwh=kwh)), home.prints[k])

    return prints


def full(bill: Bill) -> Bill:
    return charged(bare(bill), "all")


def _average(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    made = full(bill)
    if made.net is None or not made.kwh:
        return made
    places = random.choice((0, 2))
    price = Decimal(round(made.net / made.kwh, places)) if places else Decimal(round(made.net / made.kwh))
    amount = random.choice((made.net, round(price * made.kwh, 2))) if places else made.net
    return strip(made, tiers=(TierRow(kwh=made.kwh, price=price, amount=amount),))


def _hours(home: Household, k: int, bill: Bill, random: Random) -> Bill:
    """Three registers and their prices, as businesses have them."""
    if not one_meter(home, k) or bill.kwh is None or bill.kwh < 3 or len(bill.rows) != 1:
        return bill
    m = home.world.meter(home.read[k]).multiplier
    steps = int(bill.kwh) // m
    parts = [steps // 2, steps // 4]
    parts.append(steps - sum(parts))
    rows = [
        IndexRow(register=name, old=Decimal(9), new=Decimal(9 + n), kwh=Decimal(n * m), multiplier=Decimal(m))
        for name, n in zip(("BT", "CD", "TD"), parts, strict=True)
    ]
    tiers = tuple(
        TierRow(kwh=row.kwh or Decimal(0), price=Decimal(price), amount=(row.kwh or Decimal(0)) * price)
        for row, price in zip(rows, (2870, 5025, 1918), strict=True)
    )
    net = sum((one.amount or Decimal(0) for one in tiers), Decimal(0))
    tax = Decimal(nearest(Fraction(net) * 8 / 100))
    return strip(
        bill,
        rows=(*bill.rows, *rows),
        tiers=tiers,
        net=net,
        tax=tax,
        tax_rate=Decimal("0.08"),
        total=net + tax,
    )


def total_step(step: int, how: Callable[[Fraction], int]) -> Prints:
    def prints(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        made = charged(bare(bill), random.choice(("all", "total")))
        return (
            made
            if made.total is None
            else strip(made, total=Decimal(how(Fraction(made.total) / step) * step))
        )

    return prints


def debt(said: bool) -> Prints:
    def prints(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        made = charged(bare(bill), random.choice(("all", "total")))
        if made.total is None:
            return made
        before = home.bills[k - 1].total if k and random.random() < 0.5 else None
        debt = before if before is not None else Decimal(random.randrange(1_000, 900_000))
        return strip(made, total=made.total + debt, debt=debt if said else None)

    return prints


def _discount(said: bool) -> Prints:
    """The state gives up a tenth: of the sum before tax, or of every price."""

    def prints(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        made = full(bill)
        if made.net is None:
            return made
        less = Decimal(nearest(Fraction(made.net) / 10))
        net = made.net - less
        tax = Decimal(nearest(Fraction(net) * 8 / 100))
        made = strip(made, net=net, tax=tax, total=net + tax, discount=less if said else None)
        return made if random.random() < 0.5 else strip(made, tiers=(), net=None, tax=None, tax_rate=None)

    return prints


def _purposes(said: bool) -> Prints:
    """A part of the kWh is of a shop, at its own price."""

    def prints(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        if bill.kwh is None or bill.kwh < 10:
            return bill
        shop = Decimal(random.randrange(1, int(bill.kwh)))
        made = charged(bare(strip(bill, kwh=bill.kwh - shop)), "all")
        assert made.net is not None
        other = TierRow(kwh=shop, price=Decimal(3152), amount=shop * 3152)
        net = made.net + shop * 3152
        tax = Decimal(nearest(Fraction(net) * 8 / 100))
        made = strip(made, kwh=bill.kwh, tiers=(*made.tiers, other), net=net, tax=tax, total=net + tax)
        if said:
            return made
        return strip(made, tiers=()) if random.random() < 0.5 else strip(made, tiers=(), net=None, tax=None)

    return prints


def _tax(how: Callable[[Fraction], int]) -> Prints:
    def prints(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        made = full(bill)
        if made.net is None:
            return made
        tax = Decimal(how(Fraction(made.net) * 8 / 100))
        return strip(made, tax=tax, total=made.net + tax)

    return prints


def both(*prints: Prints) -> Prints:
    def all_of(home: Household, k: int, bill: Bill, random: Random) -> Bill:
        for one in prints:
            bill = one(home, k, bill, random)
        return bill

    return all_of


UTILITIES: tuple[Utility, ...] = (
    Utility("usual"),
    Utility("day_early_or_late", slips),
    Utility("first_is_last", None, first_same),
    Utility("index_nearest", rounds(nearest)),
    Utility("index_even", rounds(_even)),
    Utility("index_up", rounds(ceil)),
    Utility("kwh_by_registers", None, registers),
    Utility("around_midnight", midnight),
    Utility("estimated", None, estimated, energy=False),
    Utility("removed_inside", None, _removed(True)),
    Utility("removed_outside", None, _removed(False)),
    Utility("sub_meter", None, _apart("sub"), energy=False),
    Utility("direct", None, _apart("direct"), energy=False),
    Utility("average_price", None, _average),
    Utility("three_prices", None, _hours, energy=False),
    Utility("total_100", None, total_step(100, nearest)),
    Utility("total_1000", None, total_step(1000, nearest)),
    Utility("total_1000_up", None, total_step(1000, ceil)),
    Utility("old_debt_printed", None, debt(True)),
    Utility("old_debt_silent", None, debt(False)),
    Utility("discount_printed", None, _discount(True)),
    Utility("discount_silent", None, _discount(False)),
    Utility("two_purposes", None, _purposes(True), energy=False),
    Utility("two_purposes_silent", None, _purposes(False), energy=False),
    Utility("tax_down", None, _tax(floor)),
    Utility("tax_even", None, _tax(round)),
    Utility("cooperative", rounds(ceil), both(first_same, total_step(1000, nearest))),
    Utility("late_and_first_is_last", slips, first_same),
)
