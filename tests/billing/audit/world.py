"""Simulated households whose truth is known exactly, honest bills of them, and bills with one mistake.

A world is some months of load (whole watts, so that energy is an integer of watt-milliseconds), one or two
meters, an honest counter with outages, dial readings of the household, and the utility's readings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from math import floor
from random import Random
from zoneinfo import ZoneInfo

from msgspec.structs import replace as strip

from sodien.billing.audit.practice import Practice
from sodien.billing.bill import Bill, IndexRow
from sodien.billing.tariff.model import Book
from sodien.bills.tariff_files import load_book
from sodien.metering.calendar import date_of, day_bounds, instant_at, reading_days
from sodien.metering.register.observations import Anchor, Blind, Counted
from sodien.metering.register.register import Register
from sodien.metering.register.replacements import Installed, Meters
from tests.billing.tariff.charged import Prints, charged

BOOK = load_book()
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOUR = 3_600_000
DAY = 24 * HOUR
P_MAX_W = 8800
UNIT = 1000 * HOUR  # watt-milliseconds in a kWh
_ONE_DAY = dt.timedelta(days=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass
class Meter:
    """One meter in the world: it shows ``initial`` kWh at ``start`` and counts from there."""

    serial: str
    start: int
    initial: Fraction
    constant: int
    digits: int
    multiplier: int


@dataclass
class World:
    """What really happened, and what an honest counter and household know of it."""

    start: int
    step: int  # ms
    watts: list[int]
    meters: list[Meter]
    sums: list[int] = field(default_factory=list)
    outages: list[tuple[int, int]] = field(default_factory=list)
    cut: Callable[[Fraction], int] = floor  # what the utility does with the decimals of an index

    def __post_init__(self) -> None:
        total, self.sums = 0, [0]
        for watts in self.watts:
            total += watts * self.step
            self.sums.append(total)

    @property
    def end(self) -> int:
        return self.start + len(self.watts) * self.step

    def energy(self, t: int) -> int:
        """Since the start, in watt-milliseconds, of what the meters measured."""
        i, rest = divmod(t - self.start, self.step)
        return self.sums[i] + (self.watts[i] * rest if rest else 0)

    def meter(self, t: int) -> Meter:
        return [m for m in self.meters if m.start <= t][-1]

    def register(self, t: int, meter: Meter | None = None) -> Fraction:
        """What the meter's register really is at t."""
        meter = meter or self.meter(t)
        return meter.initial + Fraction(self.energy(t) - self.energy(meter.start), UNIT)

    def index(self, t: int, meter: Meter | None = None) -> int:
        """What a person reads off the dial at t, in whole kWh."""
        meter = meter or self.meter(t)
        return self.cut(self.register(t, meter)) % 10**meter.digits

    def installed(self, meter: Meter, until: int, readings: Sequence[Anchor], random: Random) -> Register:
        """The register as our counter and the household's dial readings know it."""
        pieces: list[Counted] = []
        links: list[Blind | None] = []
        total = 0
        begin = max(meter.start, self.start)
        cuts = [o for o in self.outages if o[0] > begin and o[1] < until]
        phases = []
        for a, b in zip([begin, *(o[1] for o in cuts)], [*(o[0] for o in cuts), until], strict=True):
            phase = random.randrange(UNIT)
            phases.append((a, b, total, phase))
            last = total + (self._flow(a, b) * meter.constant + phase) // UNIT
            pieces.append(Counted(a, b, total, last, Fraction(meter.constant)))
            total = last
        for a, b in cuts:
            used = Fraction(self._flow(a, b), UNIT)
            kind = random.randrange(4)
            known = Blind(used * Fraction(random.randrange(11), 10), used * Fraction(12, 10) + 1, "stopped")
            links.append(known if kind == 0 else Blind(reason=("power", "stopped", "sensor")[kind - 1]))

        tick = random.choice((1, 1, 60_000, HOUR))  # how often the count was saved

        def count(t: int) -> tuple[int, int]:
            for a, b, first, phase in phases:
                if a <= t <= b:
                    before = max(a, t // tick * tick)
                    after = before if before == t else min(b, (t // tick + 1) * tick)
                    low, high = (
                        first + (self._flow(a, when) * meter.constant + phase) // UNIT
                        for when in (before, after)
                    )
                    return low, high
            raise AssertionError("asked outside the pieces")

        return Register(pieces, links, readings, Fraction(P_MAX_W, 1000), count, digits=meter.digits)

    def _flow(self, a: int, b: int) -> int:
        return self.energy(b) - self.energy(a)

    def reading(
        self, name: str, t: int, meter: Meter, *, decimals: int, within: int, random: Random
    ) -> Anchor:
        """An honest dial reading, its time known to ± ``within`` ms."""
        size = 10**meter.digits
        step = Fraction(1, 10**decimals)
        low = floor(self.register(t, meter) / step) * step % size
        shift = random.randint(0, within)
        return Anchor(name, low, low + step, t - shift, t + within - shift)


@dataclass
class Household:
    """A world with the bills an honest utility writes, and when it really read the meter for each."""

    world: World
    practice: Practice
    meters: Meters
    bills: list[Bill]
    read: list[int]  # one more than bills: read[k] is the old reading of bill k
    days: list[dt.date]  # the reading days
    random: Random
    prints: list[Prints]  # what of the charge each bill prints
    book: Book | None = None


def load(random: Random, hours: int) -> list[int]:
    """Hourly watts of an ordinary, an empty or a restless household."""
    kind = random.randrange(8)
    base = random.choice((0, 40, 120, 300))
    if kind == 0:
        return [base if random.random() < 0.97 else random.randrange(2000) for _ in range(hours)]
    if kind == 1:
        return [random.choice((0, 50, 2000, P_MAX_W)) for _ in range(hours)]
    scale = random.choice((300, 800, 1500))
    out = []
    for hour in range(hours):
        evening = 2 if 17 <= (hour + 7) % 24 <= 22 else 1
        out.append(min(P_MAX_W, base + random.randrange(scale) * evening))
    return out


def practice(random: Random, meters: list[Meter]) -> Practice:
    """How this household knows its utility to read."""
    kind = random.randrange(5)
    plates = {meter.serial: meter.serial for meter in meters}
    common = {"zone": ZONE, "customer": "PB05010001234", "plates": plates}
    common["households"] = random.choice((None, Fraction(1)))
    if kind == 0:
        hour = dt.time(random.randrange(6, 20), random.choice((0, 30)))
        return Practice(**common, read="hour", hour=hour, window_minutes=random.choice((0, 30, 120)))
    if kind == 1:
        return Practice(**common, read="end_of_day")
    return Practice(**common)


def instant(day: dt.date, how: Practice, random: Random) -> int:
    """An instant at which an honest utility reads on ``day``; the limits as likely as what is between."""
    low, high = day_bounds(day, how.zone)
    if how.read == "hour" and how.hour is not None:
        at, spread = instant_at(day, how.hour, how.zone), how.window_minutes * 60_000
        low, high = max(low, at - spread), min(high, at + spread)
    elif how.read == "end_of_day":
        low = high - 60_000
    return random.choice((low, high - 1 if high > low else high, random.randint(low, max(low, high - 1))))


def make(seed: int, *, watts: Sequence[int] | None = None, step: int = HOUR, months: int = 3) -> Household:
    """A household from a seed; ``watts`` is a recorded load that goes round, else one is made up."""
    random = Random(seed)
    year, month = random.choice([(2025, 7), (2025, 9), (2026, 1), (2026, 2), (2026, 5)])
    rule: int | str = random.choice((1, 7, 15, 28, 31, "last"))
    begin = dt.date(year, month, 1)
    days = reading_days(begin, begin + dt.timedelta(days=31 * (months + 2)), rule)[: months + 1]
    start = day_bounds(days[0] - random.randrange(1, 20) * _ONE_DAY, ZONE)[0]
    end = day_bounds(days[-1] + random.randrange(2, 16) * _ONE_DAY, ZONE)[0]
    count = (end - start) // step
    if watts is None:
        power = load(random, count)
    else:
        shift = random.randrange(len(watts))
        power = [watts[(shift + i) % len(watts)] for i in range(count)]
    digits = random.choice((5, 5, 6))
    constant, multiplier = random.choice((450, 800, 1600, 3200)), random.choice((1, 1, 1, 1, 1, 20))
    initial = Fraction(random.randrange(10 ** (digits + 3)), 1000)
    if random.random() < 0.15:
        initial = Fraction(10**digits) - random.randrange(600)
    meters = [Meter("24562125", start, initial, constant, digits, multiplier)]
    if random.random() < 0.08:
        at = random.randint(start + DAY, end - DAY)
        fresh = Fraction(random.randrange(3000), 1000)
        meters.append(
            Meter("30117788", at, fresh, random.choice((800, 1600)), random.choice((5, 6)), multiplier)
        )
    world = World(start, step, power, meters)
    world.outages = outages(random, start, end)
    how = practice(random, meters)
    read = [instant(day, how, random) for day in days]
    installed = []
    for k, meter in enumerate(meters):
        until = meters[k + 1].start if k + 1 < len(meters) else end
        since = max(start, meter.start)
        readings = []
        for n in range(random.choice((0, 1, 1, 2, 4))):
            within = random.choice((0, 0, 60_000, HOUR))
            t = random.randint(since + within, max(since + within, until - within - 1))
            if not since + within <= t <= until - within:
                continue
            name, decimals = f"{k}-{n}", random.choice((0, 1, 1, 2))
            readings.append(world.reading(name, t, meter, decimals=decimals, within=within, random=random))
        if len(meters) > 1:
            t = until - 1 if k == 0 else since
            readings.append(world.reading(f"{k}-c", t, meter, decimals=1, within=0, random=random))
        register = world.installed(meter, until, readings, random)
        installed.append(
            Installed(
                meter.serial, register, meter.start if k else None, Fraction(multiplier), meter.digits, 1
            )
        )
    book = BOOK if random.random() < 0.9 else None
    household = Household(world, how, Meters(installed), [], read, days, random, [], book)
    for k in range(months):
        household.prints.append(random.choice(("all", "all", "total", "nothing")))
        household.bills.append(honest(household, k))
    return household


def outages(random: Random, start: int, end: int) -> list[tuple[int, int]]:
    """Stretches without counting, apart from each other: minutes, hours or days; often none."""
    found: list[tuple[int, int]] = []
    for _ in range(random.choice((0, 0, 1, 2, 4))):
        length = random.choice((1, 60_000, HOUR, 7 * HOUR, 3 * DAY, 12 * DAY))
        a = random.randint(start + 1, end - 2)
        b = min(a + length, end - 1)
        if b > a and all(b < x - 1 or a > y + 1 for x, y in found):
            found.append((a, b))
    return sorted(found)


def honest(home: Household, k: int) -> Bill:
    """The bill of period k as an honest utility prints it."""
    world, random = home.world, home.random
    old_at, new_at = home.read[k], home.read[k + 1]
    first_meter, last_meter = world.meter(old_at), world.meter(new_at)
    m = last_meter.multiplier
    if first_meter is last_meter:
        old, new = world.index(old_at), world.index(new_at)
        kwh = (new - old) % 10**last_meter.digits * m
        rows = (row(old, new, kwh, m, random),)
    else:
        at = last_meter.start
        final, begun = world.index(at, first_meter), world.index(at, last_meter)
        old, new = world.index(old_at), world.index(new_at)
        removed = (final - old) % 10**first_meter.digits * m
        kwh = removed + (new - begun) * m
        if random.random() < 0.5:
            rows = (
                IndexRow(
                    old=Decimal(begun),
                    new=Decimal(new),
                    multiplier=Decimal(m),
                    kwh=Decimal(kwh),
                    removed=Decimal(removed),
                ),
            )
        else:
            rows = (row(old, final, removed, m, random), row(begun, new, kwh - removed, m, random))
    bill = Bill(
        customer="PB05010001234",
        serial=last_meter.serial if random.random() < 0.7 else None,
        first=home.days[k] + _ONE_DAY,
        last=home.days[k + 1],
        rows=rows,
        kwh=Decimal(kwh),
    )
    return charged(bill, home.prints[k])


def thinned(home: Household, k: int) -> tuple[Bill, Practice, list[Bill]]:
    """Bill k with less on it, as notices are: no dates (then read a day early or late), no index, no kWh."""
    random, bill = home.random, home.bills[k]
    practice, previous = home.practice, list(home.bills[:k])
    kind = random.randrange(6)
    if kind <= 1:
        keep = list(home.read)
        for i in (k, k + 1):
            day = home.days[i] + random.randrange(-1, 2) * _ONE_DAY
            home.read[i] = instant(day, practice, random)
        bill = honest(home, k)
        practice = replace(practice, period=(home.days[k] + _ONE_DAY, home.days[k + 1]))
        home.read = keep
        return strip(bill, first=None, last=None), practice, []
    if kind == 2:
        rows = tuple(strip(r, kwh=None) for r in bill.rows)
        return strip(bill, kwh=None, rows=rows), practice, previous
    if kind == 3:
        return strip(bill, rows=()), practice, previous[-1:]
    if kind == 4:
        minute = home.read[k + 1] + random.randrange(-5, 6) * 60_000
        printed = (_EPOCH + dt.timedelta(milliseconds=minute)).astimezone(ZONE)
        if printed.date() == bill.last:
            bill = strip(bill, read_at=printed.time().replace(second=0, microsecond=0))
        return bill, practice, []
    return strip(bill, customer=None, serial=None, first=None), practice, previous


def row(old: int, new: int, kwh: int, m: int, random: Random) -> IndexRow:
    printed = Decimal(m) if m != 1 or random.random() < 0.6 else None
    return IndexRow(old=Decimal(old), new=Decimal(new), multiplier=printed, kwh=Decimal(kwh))


def local_date(ms: int) -> dt.date:
    return date_of(ms, ZONE)
