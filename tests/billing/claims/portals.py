"""Simulated portals of utilities: honest ones under every practice, and ones with one fault.

The household, its load, outages and dial readings are those of :mod:`tests.billing.audit.world`; the truth is
known exactly, so what a fault must be found by is worked out from it and not from the code under test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from random import Random

from sodien.billing.audit.practice import Practice
from sodien.billing.bill import Bill, IndexRow
from sodien.billing.claims.claim import Claim
from sodien.bills.practice_files import permitted
from sodien.metering.calendar import day_bounds
from sodien.metering.register.replacements import Installed, Meters
from tests.billing.audit.world import DAY, HOUR, P_MAX_W, UNIT, ZONE, Meter, World, load, outages

#: What any company in Viet Nam may do, by the packaged practice files.
PERMITTED = permitted(None)
MARGIN = PERMITTED.margin_minutes * 60_000
_ONE = dt.timedelta(days=1)

WHEN = ("start", "end", "hour", "any", "after_midnight")
DATED = ("right", "early", "late", "sometimes_late")
CUT: dict[str, Callable[[Fraction], int]] = {
    "floor": floor,
    "nearest": lambda x: floor(x + Fraction(1, 2)),
    "up": ceil,
}


@dataclass
class Home:
    """A household with its true meter, and what it knows of it."""

    world: World
    meters: Meters
    practice: Practice
    days: list[dt.date]
    random: Random


@dataclass
class Told:
    """What a portal tells, and when each value was really read."""

    claims: list[Claim]
    read: list[int]
    step: Fraction


def home(
    seed: int, *, days: int = 30, outage: bool = True, anchored: bool = False, uneven: bool = False
) -> Home:
    """A household for so many claimed days; ``anchored``: with a dial reading, and no replaced meter.

    ``uneven``: it is away for some days, and uses much on others.
    """
    random = Random(seed)
    begin = dt.date(2025, 7, 1) + random.randrange(400) * _ONE
    before = 0 if not anchored and random.random() < 0.1 else 4
    start = day_bounds(begin, ZONE)[0]
    end = start + (before + days + 4) * DAY
    digits = random.choice((5, 5, 6))
    initial = Fraction(random.randrange(10 ** (digits + 3)), 1000)
    if random.random() < 0.15:
        initial = Fraction(10**digits) - random.randrange(600)
    constant, multiplier = random.choice((450, 800, 1600, 3200)), random.choice((1, 1, 1, 1, 1, 20))
    meters = [Meter("24562125", start, initial, constant, digits, multiplier)]
    if not anchored and random.random() < 0.08:
        at = random.randint(start + DAY, end - DAY)
        meters.append(Meter("30117788", at, Fraction(random.randrange(3000), 1000), 1600, 5, multiplier))
    watts = load(random, (end - start) // HOUR)
    if uneven:
        watts = [min(P_MAX_W, one * (0, 4)[hour // 120 % 2]) for hour, one in enumerate(watts)]
    world = World(start, HOUR, watts, meters)
    world.outages = outages(random, start, end) if outage else []
    installed = []
    for k, meter in enumerate(meters):
        until = meters[k + 1].start if k + 1 < len(meters) else end
        since, readings = max(start, meter.start), []
        for n in range(random.choice((1, 1, 2, 4) if anchored else (0, 1, 1, 2, 4))):
            within = random.choice((0, 0, 60_000, HOUR))
            if since + within < until - within - 1:
                t = random.randint(since + within, until - within - 1)
                readings.append(
                    world.reading(
                        f"{k}-{n}",
                        t,
                        meter,
                        decimals=random.choice((0, 1, 1, 2)),
                        within=within,
                        random=random,
                    )
                )
        register = world.installed(meter, until, readings, random)
        installed.append(
            Installed(
                meter.serial, register, meter.start if k else None, Fraction(multiplier), meter.digits, 1
            )
        )
    practice = Practice(
        zone=ZONE,
        read=random.choice(("whole_day", "hour", "end_of_day")),
        hour=dt.time(random.randrange(24)),
        truncation=random.choice(("floor", "floor", "nearest", "up")),
        permitted=PERMITTED,
        digits=digits,
    )
    first = begin + before * _ONE
    return Home(world, Meters(installed), practice, [first + n * _ONE for n in range(days)], random)


def honest(home: Home, when: str, dated: str, cut: str, decimals: int) -> Told:
    """The numbers of a portal that reads, dates and rounds in one of the permitted ways.

    What ``cut`` is not the household's own is permitted beside it, as is the date's slip.
    """
    world, random = home.world, home.random
    hour = random.randrange(DAY)
    claims, read = [], []
    step = Fraction(1, 10**decimals)
    for day in home.days:
        slip = {"right": 0, "early": 1, "late": -1}.get(dated, -random.choice((0, 0, 1)))
        low, high = day_bounds(day + slip * _ONE, ZONE)
        at = {
            "start": low,
            "end": high - 60_000,
            "hour": low + (hour + random.randrange(-HOUR // 2, HOUR // 2)) % DAY,
            "any": random.choice((low, high - 1, random.randint(low, high - 1))),
            "after_midnight": high + random.randint(0, MARGIN),
        }[when]
        at = min(max(at, world.start), world.end - 1)
        claims.append(_claim(home, day, at, cut, step))
        read.append(at)
    return Told(claims, read, step)


def _claim(home: Home, day: dt.date, at: int, cut: str, step: Fraction, off: Fraction = Fraction(0)) -> Claim:
    meter = home.world.meter(at)
    number = CUT[cut]((home.world.register(at, meter) + off) / step) * step % 10**meter.digits
    index = Decimal(number.numerator) / Decimal(number.denominator)
    told = max(day_bounds(day, ZONE)[1] + 5 * HOUR, at) if home.random.random() < 0.5 else None
    if home.random.random() < 0.15:
        return Claim(index, at=at + home.random.randint(-10, 10) * 60_000)
    return Claim(index, day=day, told=told)


def any_honest(home: Home) -> Told:
    """One of the ways, by chance."""
    random = home.random
    return honest(
        home,
        random.choice(WHEN),
        random.choice(DATED),
        random.choice(tuple(CUT)),
        random.choice((0, 1, 2, 2)),
    )


def honest_bill(home: Home) -> Bill | None:
    """A bill of days 6 to 25, read and rounded in any permitted way; None where the meter was replaced."""
    random, world = home.random, home.world
    cut = random.choice((home.practice.truncation, *PERMITTED.truncations))
    slip, indices, read = PERMITTED.printed_slip_days, [], []
    for day in (home.days[4], home.days[24]):
        low, high = day_bounds(day + random.randint(-slip, slip) * _ONE, ZONE)
        read.append(min(random.choice((low, high, high + MARGIN, random.randint(low, high))), world.end - 1))
    meter = world.meter(read[1])
    if world.meter(read[0]) is not meter:
        return None
    indices = [CUT[cut](world.register(at, meter)) % 10**meter.digits for at in read]
    kwh = (indices[1] - indices[0]) % 10**meter.digits * meter.multiplier
    row = IndexRow(old=Decimal(indices[0]), new=Decimal(indices[1]))
    return Bill(first=home.days[5], last=home.days[24], rows=(row,), kwh=Decimal(kwh))


# -- faults --------------------------------------------------------------------------------------------


@dataclass
class Faulty:
    """A portal with one fault: its claims, and by the truth what must be found.

    Attributes:
        kind: what is wrong.
        touched: the places of the wrong claims, and by how many kWh each is off, as printed.
        above: whether the fault is larger than what honest numbers could differ by, so that it must be found.
    """

    kind: str
    claims: list[Claim]
    touched: dict[int, Fraction]
    above: bool = False


FAULTS = ("misread", "stuck", "estimated", "late", "shifted", "fast")


def faulty(home: Home, kind: str) -> Faulty:
    """One portal with this fault, otherwise honest in any way; its home has a dial reading and one meter."""
    random = home.random
    told = any_honest(home)
    told = Told(
        [Claim(one.index, day=day) for one, day in zip(told.claims, home.days, strict=True)],
        told.read,
        told.step,
    )
    digits, count = home.world.meters[0].digits, len(told.claims)
    first = random.randrange(1, count - 9)
    last = min(count - 1, first + random.randrange(3, 13))
    places = {"misread": [first], "fast": list(range(count))}.get(kind, list(range(first, last + 1)))
    true = [home.world.register(at) for at in told.read]
    off = random.choice((-1, 1)) * Fraction(random.choice((3, 10, 30, 100, 300)))
    back = random.randrange(2, 7) * DAY
    rate = 1 + random.choice((-1, 1)) * Fraction(random.choice((20, 50, 150, 400)), 1000)
    touched, claims = {}, list(told.claims)
    for place in places:
        share = Fraction(place - first, last - first)
        value = {
            "misread": true[place] + off,
            "shifted": true[place] + off,
            "stuck": true[first],
            "estimated": true[first] + (true[last] - true[first]) * share,
            "late": home.world.register(max(home.world.start, told.read[place] - back)),
            "fast": true[0] + (true[place] - true[0]) * rate,
        }[kind]
        number = floor(value / told.step) * told.step % 10**digits
        claims[place] = replace(claims[place], index=Decimal(number.numerator) / Decimal(number.denominator))
        touched[place] = value - true[place]
    size = 10**digits
    printed = {
        place: (Fraction(claims[place].index) - Fraction(told.claims[place].index) + size // 2) % size
        - size // 2
        for place in places
    }
    found = Faulty(kind, claims, printed)
    if kind == "stuck":
        a, b = _widest(home, first), _widest(home, last)
        found.above = b[0] > a[1] and _flow(home, a[1], b[0]) - _unknown(home, a[1], b[0]) > 2 * told.step
    elif kind == "estimated":
        line = (true[last] - true[first]) / (last - first)
        low, high, apart = Fraction(0), Fraction(10**6), False
        for place in places[1:]:
            flowed, slack = true[place] - true[first], _slack(home, first, place)
            apart = apart or abs(touched[place]) > slack + 3 * told.step
            low = max(low, (line * (place - first) - 3 * told.step) / (flowed + slack))
            if flowed > slack:
                high = min(high, (line * (place - first) + 3 * told.step) / (flowed - slack))
        found.above = line > told.step and apart and low > high
    elif kind == "fast":
        a, b = _widest(home, 0), _widest(home, count - 1)
        most = home.world.start + HOUR <= a[0] and b[1] <= home.world.end - HOUR
        found.above = most and abs(touched[count - 1]) > _slack(home, 0, count - 1) * (1 + abs(rate)) + (
            3 * told.step
        )
    return found


def _widest(home: Home, place: int) -> tuple[int, int]:
    """The instants at which an honest value may have been read, and an hour that a count may be late."""
    slip = PERMITTED.printed_slip_days * _ONE
    day = home.days[place]
    return day_bounds(day - slip, ZONE)[0] - HOUR, day_bounds(day + slip, ZONE)[1] + MARGIN + HOUR


def _flow(home: Home, a: int, b: int) -> Fraction:
    """The true energy between two instants, in kWh of the register."""
    a, b = (min(max(t, home.world.start), home.world.end - 1) for t in (a, b))
    return Fraction(home.world.energy(b) - home.world.energy(a), UNIT)


def _unknown(home: Home, a: int, b: int) -> Fraction:
    """What the outages between two instants leave open at most, and two pulses."""
    blind = sum(max(0, min(b, y) - max(a, x)) for x, y in home.world.outages)
    return Fraction(P_MAX_W * blind, UNIT) + len(home.world.outages) + 1


def _slack(home: Home, one: int, other: int) -> Fraction:
    """By how much an honest difference of two values may be off."""
    a, b = _widest(home, one), _widest(home, other)
    return _flow(home, *a) + _flow(home, *b) + _unknown(home, a[0], b[1])
