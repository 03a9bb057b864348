"""Simulated boarding houses: some rooms and a staircase behind one meter, an honest utility and a landlord.

Loads, outages, counters and dial readings are those of :mod:`tests.billing.audit.world`, so what everybody
used is known exactly. The utility reads, dates, rounds and prints in any permitted way; the landlord reads on
any hour of the reading days, in whole kWh or finer, rounds, and divides the rest in any usual way.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from random import Random

from sodien.billing.audit.practice import Practice
from sodien.billing.bill import Bill, IndexRow
from sodien.billing.sharing.amount import amount_of
from sodien.billing.sharing.instants import any_time, at_once, between, readings
from sodien.billing.sharing.shares import (
    COMMON,
    Common,
    Shared,
    Tenant,
    judge_charge,
    judge_sum,
    loss,
    shares,
)
from sodien.billing.tariff.charge import charge
from sodien.billing.tariff.quota import Consumption
from sodien.bills.practice_files import permitted
from sodien.metering.bounds import Bounded
from sodien.metering.calendar import day_bounds
from sodien.metering.register.replacements import Installed, Meters
from tests.billing.audit.world import (
    BOOK,
    HOUR,
    UNIT,
    ZONE,
    Meter,
    World,
    instant,
    load,
    outages,
)

PERMITTED = permitted(None)
_ONE = dt.timedelta(days=1)
_MARGIN = PERMITTED.margin_minutes * 60_000
#: What went wrong, a line each.
WRONG: list[str] = []


@dataclass
class House:
    """A boarding house, and one month of its utility's.

    Attributes:
        main, rooms: the true meters; ``known`` what our counters know of main and each room.
        days: the reading days at both ends; ``read`` is when the utility really read.
        bill: as printed; None where none has come yet. ``kwh`` and ``total`` are what it comes to.
        practice: the household's idea of it.
        people: behind each room.
    """

    random: Random
    main: World
    rooms: list[World]
    known: list[Meters]
    days: tuple[dt.date, dt.date]
    read: tuple[int, int]
    bill: Bill | None
    kwh: Decimal
    total: Decimal
    use: Consumption
    practice: Practice
    people: list[int | None]

    def used(self, world: World, start: int, end: int) -> Fraction:
        """The true kWh."""
        return Fraction(world.energy(end) - world.energy(start), UNIT)


def house(seed: int) -> House:
    """A house and its month."""
    random = Random(seed)
    year, month = random.choice([(2025, 5), (2025, 7), (2025, 9), (2026, 1), (2026, 2), (2026, 5)])
    old = dt.date(year, month, random.randrange(1, 29))
    new = (old.replace(day=1) + 32 * _ONE).replace(day=old.day)
    start = day_bounds(old - random.randrange(3, 9) * _ONE, ZONE)[0]
    end = day_bounds(new + random.randrange(4, 9) * _ONE, ZONE)[0]
    count, number = (end - start) // HOUR, random.randrange(1, 6)
    loads = [[watts // (number + 1) for watts in load(random, count)] for _ in range(number + 1)]
    if random.random() < 0.15:
        loads[-1] = [0] * count  # nothing but the rooms
    off = outages(random, start, end) if random.random() < 0.5 else []
    worlds = [
        _world(random, start, watts, off)
        for watts in ([sum(hour) for hour in zip(*loads, strict=True)], *loads[:-1])
    ]
    practice = Practice(
        zone=ZONE,
        read=random.choice(("whole_day", "whole_day", "hour", "end_of_day")),
        hour=dt.time(random.randrange(6, 22)),
        period=(old + _ONE, new),
        permitted=PERMITTED,
        digits=worlds[0].meters[0].digits,
    )
    read = _reads(random, old, new, practice, worlds[0])
    use = Consumption(Decimal(0), old + _ONE, new, households=random.choice((Fraction(1), Fraction(7, 4))))
    bill, kwh, total = _bill(random, worlds[0], read, old, new, use)
    known = [_known(random, world, end) for world in worlds]
    people = [random.choice((None, 1, 2, 5)) for _ in range(number)]
    return House(
        random, worlds[0], worlds[1:], known, (old, new), read, bill, kwh, total, use, practice, people
    )


def _world(random: Random, start: int, watts: list[int], off: list[tuple[int, int]]) -> World:
    initial = Fraction(random.randrange(10**8), 1000)
    if random.random() < 0.1:
        initial = Fraction(10**5) - random.randrange(300)
    meter = Meter("1", start, initial, random.choice((450, 1000, 1600, 3200)), 5, 1)
    world = World(start, HOUR, watts, [meter])
    world.outages = off
    return world


def _known(random: Random, world: World, end: int) -> Meters:
    """What our counter and some dial readings know of a meter."""
    (meter,) = world.meters
    dials = []
    for number in range(random.choice((0, 1, 1, 2, 4))):
        within = random.choice((0, 0, 60_000, HOUR))
        at = random.randint(world.start + within, end - within - 1)
        decimals = random.choice((0, 1, 1, 2))
        dials.append(world.reading(f"{number}", at, meter, decimals=decimals, within=within, random=random))
    register = world.installed(meter, end, dials, random)
    return Meters([Installed(meter.serial, register, None, Fraction(1), meter.digits, 1)])


def _reads(random: Random, old: dt.date, new: dt.date, practice: Practice, world: World) -> tuple[int, int]:
    """When the utility really reads: on the day, a day early or late, or a little after its midnight."""
    found = []
    for day in (old, new):
        at = instant(day + random.choice((0, 0, 0, 0, -1, 1)) * _ONE, practice, random)
        if practice.read != "hour" and random.random() < 0.15:
            at = day_bounds(day, ZONE)[1] + random.randint(0, _MARGIN)
        found.append(min(max(at, world.start), world.end - 1))
    return found[0], found[1]


def _bill(
    random: Random, world: World, read: tuple[int, int], old: dt.date, new: dt.date, use: Consumption
) -> tuple[Bill | None, Decimal, Decimal]:
    """The bill as it is printed, what it comes to in kWh, and in money."""
    world.cut = random.choice((floor, floor, floor, ceil, _nearest))
    first, last = (world.index(at) for at in read)
    kwh = Decimal((last - first) % 10**5)
    if random.random() < 0.15:  # from the registers before they were cut
        kwh = Decimal(_nearest(Fraction(world.energy(read[1]) - world.energy(read[0]), UNIT)))
    total = charge(BOOK, Consumption(kwh, use.first, use.last, use.households)).total
    kind = random.randrange(8)
    if kind == 0:
        return None, kwh, total
    if random.random() < 0.1:
        step = random.choice((100, 1000))
        total = Decimal(_nearest(Fraction(total) / step) * step)
    row = IndexRow(old=Decimal(first), new=Decimal(last), kwh=kwh)
    same = random.random() < 0.1  # as cooperatives print it
    bill = Bill(first=old if same else old + _ONE, last=new, rows=(row,), kwh=kwh, total=total)
    if kind == 1:
        return Bill(first=bill.first, last=new, kwh=kwh, total=total), kwh, total
    if kind == 2:
        return Bill(first=bill.first, last=new, total=total), kwh, total
    if kind == 3:
        exact = charge(BOOK, Consumption(kwh, use.first, use.last, use.households)).total
        return Bill(first=bill.first, last=new, rows=(row,), kwh=kwh), kwh, exact
    return bill, kwh, total


def _nearest(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


# -- one month -----------------------------------------------------------------------------------------------


def month(home: House, count: Counter[str], name: str) -> None:
    """Share it, and hold everything at the truth; what is wrong goes into WRONG."""

    def wrong(what: str) -> None:
        count["wrong"] += 1
        WRONG.append(f"house {name}: {what}")

    bill = home.bill or Bill()
    main, *rooms = home.known
    when = readings(bill, home.practice, None, main)
    assert when is not None
    if not all(one.start <= at <= one.end for one, at in zip(when, home.read, strict=True)):
        wrong("the utility read at another time than it may have")
    agreed: Common = home.random.choice(COMMON)
    if agreed == "people" and None in home.people:
        agreed = "equally"
    tenants = [
        Tenant(
            f"room{number}",
            between(known, *when),
            at_once(known, *when),
            any_time(known, *when),
            people=people,
        )
        for number, (known, people) in enumerate(zip(rooms, home.people, strict=True))
    ]
    amount = amount_of(BOOK, home.use, bill, bill.kwh, between(main, *when))
    found = shares(amount.billed, tenants, agreed)
    used = [home.used(room, *home.read) for room in home.rooms]
    if not _inside(amount.billed.kwh, Fraction(home.kwh)) or not _inside(
        amount.billed.total, Fraction(home.total)
    ):
        wrong("kWh or money of the bill are outside")
    for share, kwh, part in zip(found.shares, used, _parts(home, used, agreed), strict=True):
        count["tenants"] += 1
        if not _inside(share.own.kwh, kwh):
            wrong(f"the kWh of {share.tenant.meter} are outside")
        if not _inside(share.money, part):
            wrong(f"the money of {share.tenant.meter} is outside")
        width = share.own.kwh.high - share.own.kwh.low
        count["narrow"] += width <= max(3, kwh / 20)
    lost = loss(at_once(main, *when), tenants)
    span = [min(max(one.at, home.main.start), home.main.end - 1) for one in when]
    through = home.used(home.main, *span) - sum(home.used(room, *span) for room in home.rooms)
    if lost.over > 0 or not _inside(lost.kwh, through):
        wrong("the loss is outside, or called impossible")
    if found.charged > amount.billed.total.best or found.left < 0:
        wrong("the receipts are more than the bill")
    _landlord(home, found, agreed, count, wrong)
    count["months"] += 1


def _inside(value: Bounded, true: Fraction) -> bool:
    return value.low <= true <= value.high


def _parts(home: House, used: list[Fraction], agreed: Common, kwh: Fraction | None = None) -> list[Fraction]:
    """What each owes by these kWh: their part of the bill, and of the rest as it was agreed."""
    billed, total, together = Fraction(home.kwh), Fraction(home.total), sum(used, Fraction(0))
    whole = max(billed, together)
    rest = total * (billed - together) / billed if billed > together else Fraction(0)
    heads = sum(one or 0 for one in home.people)
    parts = []
    for own, people in zip(used, home.people, strict=True):
        weight = {
            "landlord": Fraction(0),
            "kwh": own / together if together else Fraction(0),
            "people": Fraction(people or 0, heads or 1),
            "equally": Fraction(1, len(used)),
        }[agreed]
        parts.append((total * own / whole if whole else Fraction(0)) + rest * weight)
    return parts


def _landlord(home: House, found: Shared, agreed: Common, count: Counter[str], wrong: object) -> None:
    """Honest charges, which nobody may call too much; then greedy ones."""
    assert callable(wrong)
    random = home.random
    cut = random.choice((0, 1, 2))
    read = []
    for room in home.rooms:
        times = [
            min(max(random.choice((low, high - 1, random.randint(low, high - 1))), room.start), room.end - 1)
            for low, high in (day_bounds(day, ZONE) for day in home.days)
        ]
        first, last = (Fraction(floor(room.register(at) * 10**cut), 10**cut) for at in times)
        read.append(max(Fraction(0), last - first))
    known_to_us = random.random() < 0.5
    how: Common = agreed if known_to_us else random.choice(COMMON)
    step = random.choice((1, 1, 100, 1000))
    charged = [Decimal(_nearest(part / step) * step) for part in _parts(home, read, how)]
    while sum(charged) > home.total:  # who is honest takes no more than the bill
        charged[charged.index(max(charged))] -= 1
    for share, money in zip(found.shares, charged, strict=True):
        judged = judge_charge(money, share, found, known_to_us)
        count[f"honest {judged.result}"] += 1
        if judged.result == "disagrees":
            wrong(f"an honest charge for {share.tenant.meter} is called too much")
    if judge_sum(sum(charged, Decimal(0)), found.billed).result == "disagrees":
        wrong("honest charges together are called too much")
    for share, kwh in zip(found.shares, read, strict=True):
        money = Decimal(_nearest(kwh * 4500))
        if money > home.total * 2 / len(found.shares):
            count["greedy"] += 1
            count["greedy found"] += judge_charge(money, share, found, known_to_us).result == "disagrees"
    greedy = Decimal(_nearest(sum(read) * 4500))
    if greedy > home.total:
        count["greedy together"] += 1
        count["greedy together found"] += judge_sum(greedy, found.billed).result == "disagrees"
