"""Load profiles for the simulated meter, and the exact instants at which a meter would flash. Pure but for
reading the file.

A profile is a piecewise-constant load in whole watts that repeats for ever. Energy is watts times
nanoseconds, an integer, so nothing is ever rounded but the instant of a pulse, and that to 1 ns.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import statistics
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path

from sodien.errors import SodienError
from sodien.i18n import tr

#: One kilowatt-hour in watt-nanoseconds.
KWH_WNS = 1000 * 3600 * 10**9
_MINUTE_NS = 60 * 10**9
_MAX_KW = 1000
_COLUMNS = ["time", "power_kw"]


class ProfileError(SodienError):
    """A load profile cannot be read; the sentence names file, line and remedy."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A load that repeats for ever.

    Attributes:
        name: what to call it in a message.
        watts: the load of each stretch, 0 or more.
        durations_ns: how long each lasts, positive; as many as ``watts``, at least one.

    Raises:
        ValueError: a value is out of its range.
    """

    name: str
    watts: tuple[int, ...]
    durations_ns: tuple[int, ...]
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _energies: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.watts or len(self.watts) != len(self.durations_ns):
            raise ValueError(f"{len(self.watts)} loads do not fit {len(self.durations_ns)} durations")
        if min(self.watts) < 0 or min(self.durations_ns) <= 0:
            raise ValueError("a load is negative or a duration is not positive")
        stretches = zip(self.watts, self.durations_ns, strict=True)
        object.__setattr__(self, "_starts", tuple(accumulate(self.durations_ns, initial=0)))
        object.__setattr__(self, "_energies", tuple(accumulate((w * d for w, d in stretches), initial=0)))

    @property
    def period_ns(self) -> int:
        """How long it takes until it repeats."""
        return self._starts[-1]

    @property
    def total_kwh(self) -> Fraction:
        """Energy of one period."""
        return Fraction(self._energies[-1], KWH_WNS)

    @property
    def peak_watts(self) -> int:
        """The highest load."""
        return max(self.watts)

    def energy_kwh(self, at_ns: int | Fraction) -> Fraction:
        """Energy from the start of the profile until ``at_ns`` (0 or more), exact."""
        loops, rest = divmod(at_ns, self.period_ns)
        index = bisect_right(self._starts, rest) - 1
        energy = loops * self._energies[-1] + self._energies[index]
        return Fraction(energy + self.watts[index] * (rest - self._starts[index])) / KWH_WNS

    def stretches(self, begin_ns: int = 0) -> Iterator[tuple[int, int]]:
        """``(watts, duration_ns)`` from ``begin_ns`` on, for ever."""
        rest = begin_ns % self.period_ns
        index = bisect_right(self._starts, rest) - 1
        yield self.watts[index], self._starts[index + 1] - rest
        rows = list(zip(self.watts, self.durations_ns, strict=True))
        yield from rows[index + 1 :]
        while True:
            yield from rows


def pulses(
    profile: Profile,
    constant: Fraction | int,
    *,
    speed: Fraction | int = 1,
    start_kwh: Fraction | int = 0,
    begin_ns: int = 0,
) -> Iterator[int]:
    """When a meter under this load flashes: offsets in nanoseconds, in order, without end.

    A meter of ``constant`` imp/kWh flashes whenever its register reaches a whole multiple of 1/constant.
    The offset is the first whole nanosecond at which it has: at every whole nanosecond t the number of
    pulses with an offset ≤ t is floor(constant · register(t)) - floor(constant · start_kwh). A profile
    without any load yields nothing and ends.

    Args:
        profile: the load.
        constant: imp/kWh, positive.
        speed: the profile is played this many times as fast; positive.
        start_kwh: the register at offset 0, 0 or more.
        begin_ns: where in the profile offset 0 lies.
    """
    if profile.total_kwh == 0:
        return
    constant, speed = Fraction(constant), Fraction(speed)
    fast, slow = speed.numerator, speed.denominator
    # Scaled by the denominators, energy stays an integer: one pulse is `quantum`, one watt-nanosecond `gain`.
    register = Fraction(start_kwh) * KWH_WNS * constant.numerator
    gain = constant.numerator * register.denominator
    quantum = constant.denominator * register.denominator * KWH_WNS
    phase = register.numerator % quantum
    step = quantum * slow
    elapsed = 0  # of the profile, since begin_ns
    for watts, duration in profile.stretches(begin_ns):
        rate = gain * watts
        reached = phase + rate * duration
        count, rest = divmod(reached, quantum)
        if count:
            # Pulse i is at elapsed + (quantum - phase + i·quantum) / rate of the profile, played at speed.
            whole, part = divmod(elapsed * slow, fast)
            unit = rate * fast
            first = part * rate + (quantum - phase) * slow
            for due in range(first, first + count * step, step):
                yield whole - (-due // unit)
        phase = rest
        elapsed += duration


def read_profile(path: Path) -> Profile:
    """Read a CSV file ``time,power_kw``: ISO 8601 times in order, load in kilowatts (0 to 1000).

    A row holds until the next one; the last for the median spacing. Loads are rounded to the watt.

    Raises:
        ProfileError: the file is not like that.
    """
    times: list[dt.datetime] = []
    watts: list[int] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            header = [name.strip() for name in next(rows, [])]
            if header != _COLUMNS:
                raise ProfileError(tr("{path} line 1: expected the header time,power_kw", path=path))
            for row in rows:
                if not row:
                    continue
                place = f"{path} line {rows.line_num}"
                if len(row) != 2:
                    raise ProfileError(
                        tr("{place}: expected two values, time,power_kw; found {n}", place=place, n=len(row))
                    )
                times.append(_time(row[0], times[-1] if times else None, place))
                watts.append(_watts(row[1], place))
    except OSError as error:
        raise ProfileError(
            tr(
                "the load profile {path} cannot be read ({error}); check gpio.simulated.profile",
                path=path,
                error=error.strerror or error,
            )
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ProfileError(
            tr("{path} is not a CSV file in UTF-8; save it as CSV with the columns time,power_kw", path=path)
        ) from error
    if len(times) < 2:
        raise ProfileError(
            tr("{path} has fewer than two rows; give at least two, so that their spacing is known", path=path)
        )
    spacings = [_ns(later - earlier) for earlier, later in pairwise(times)]
    spacings.append(statistics.median_low(spacings))
    return Profile(path.name, tuple(watts), tuple(spacings))


def _ns(span: dt.timedelta) -> int:
    return span // dt.timedelta(microseconds=1) * 1000


def _time(text: str, before: dt.datetime | None, place: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise ProfileError(
            tr(
                "{place}: {text} is not an ISO 8601 time; write it like 2026-11-23T17:00",
                place=place,
                text=repr(text),
            )
        ) from None
    if before is None:
        return moment
    if (moment.tzinfo is None) != (before.tzinfo is None):
        raise ProfileError(
            tr("{place}: give an offset from UTC with every time or with none", place=place, text=text)
        )
    if moment <= before:
        raise ProfileError(
            tr(
                "{place}: {text} is not later than the row before; sort the rows",
                place=place,
                text=repr(text),
            )
        )
    return moment


def _watts(text: str, place: str) -> int:
    try:
        power = Decimal(text.strip())
    except InvalidOperation:
        power = Decimal("NaN")
    if not power.is_finite() or not 0 <= power <= _MAX_KW:
        raise ProfileError(
            tr(
                "{place}: {text} is not a load in kilowatts between 0 and {limit}; divide watts by 1000",
                place=place,
                text=repr(text),
                limit=_MAX_KW,
            )
        )
    return round(power * 1000)


_HOUSEHOLD_PEAK_W = 4000  # what a small home's main breaker carries, 20 A at 220 V, with some air


def household(seed: int = 1, days: int = 28) -> Profile:
    """A made-up Vietnamese household, one load a minute, about 8-12 kWh a day; the same for the same seed.

    Starts on a Monday at midnight. Whole weeks (the default) repeat without a seam.
    """
    home = _Household(seed, days)
    home.fridge()
    heat = 0.5  # of the day, 0 to 1
    for day in range(days):
        weekend = day % 7 >= 5
        heat = min(1.0, max(0.0, heat + home.draw() * 0.5 - 0.25))
        home.background(day)
        home.meals(day, weekend)
        home.evening(day, heat)
        home.chores(day, weekend)
        if weekend:
            home.afternoon(day, heat)
    watts = tuple(min(load + home.pick(0, 9), _HOUSEHOLD_PEAK_W) for load in home.load)
    return Profile(f"household {seed}", watts, (_MINUTE_NS,) * len(watts))


class _Household:
    """Adds appliances, minute by minute; what runs past the end goes on at the start."""

    def __init__(self, seed: int, days: int) -> None:
        # random() alone is promised to give the same numbers in every version of Python.
        self.draw = random.Random(seed).random  # noqa: S311  (a simulation)
        self.load = [0] * (days * 1440)

    def pick(self, low: int, high: int) -> int:
        return low + int(self.draw() * (high - low + 1))

    def run(self, day: int, minute: int, length: int, watts: int) -> None:
        start = day * 1440 + minute
        for at in range(start, start + length):
            self.load[at % len(self.load)] += watts

    def fridge(self) -> None:
        minute = 0
        while minute < len(self.load):
            on = min(self.pick(12, 18), len(self.load) - minute)
            self.run(0, minute, on, self.pick(90, 115))
            minute += on + self.pick(24, 38)

    def background(self, day: int) -> None:
        self.run(day, 0, 1440, self.pick(60, 85))  # router, stand-by, the light on the altar
        self.run(day, self.pick(480, 540), self.pick(360, 480), self.pick(45, 90))  # fan of who stays at home
        self.run(day, self.pick(560, 600), self.pick(60, 150), self.pick(70, 110))  # and television

    def meals(self, day: int, weekend: bool) -> None:
        self.run(day, self.pick(345, 390), self.pick(3, 5), 1500)  # kettle
        cooked = [self.pick(1035, 1080)]
        if weekend:
            cooked.append(self.pick(630, 680))
        for start in cooked:
            self.run(day, start + self.pick(5, 15), self.pick(15, 25), self.pick(900, 1200))  # induction
        if self.draw() < 0.6:
            cooked.append(self.pick(330, 365))
        for start in cooked:
            length = self.pick(22, 30)
            self.run(day, start, length, 650)  # rice cooker, then keeping warm
            self.run(day, start + length, self.pick(30, 70), 40)

    def evening(self, day: int, heat: float) -> None:
        self.run(day, self.pick(1060, 1090), self.pick(240, 290), self.pick(60, 100))  # light
        self.run(day, self.pick(1130, 1160), self.pick(120, 180), self.pick(80, 120))  # television
        self.run(day, self.pick(1080, 1110), self.pick(280, 330), self.pick(60, 120))  # fans
        for _ in range(self.pick(2, 3)):
            self.run(day, self.pick(1110, 1290), self.pick(6, 12), 2500)  # water heater
        if self.draw() < 0.35 + 0.65 * heat:
            self.cooling(day, self.pick(1190, 1290), self.pick(240, 540))

    def afternoon(self, day: int, heat: float) -> None:
        self.run(day, self.pick(780, 840), self.pick(100, 180), self.pick(120, 180))  # television and fans
        if self.draw() < 0.3 + 0.7 * heat:
            self.cooling(day, self.pick(740, 770), self.pick(90, 150))

    def chores(self, day: int, weekend: bool) -> None:
        if weekend or self.draw() < 0.45:
            self.run(day, self.pick(420, 560), self.pick(35, 50), self.pick(250, 380))  # washing machine
        for hour in (6, 17):
            self.run(day, hour * 60 + self.pick(0, 50), self.pick(8, 14), 370)  # pump to the roof tank

    def cooling(self, day: int, start: int, length: int) -> None:
        """An inverter air conditioner: full power at first, then it only holds."""
        first = self.pick(12, 25)
        self.run(day, start, first, self.pick(800, 950))
        end, start = start + length, start + first
        while start < end:
            hold = min(self.pick(5, 15), end - start)
            self.run(day, start, hold, self.pick(300, 560))
            start += hold
