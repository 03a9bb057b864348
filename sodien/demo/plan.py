"""What happens when in the demo. Pure; the same days and seed give the same story."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
HOUR_NS = 60 * MINUTE_NS
DAY_NS = 24 * HOUR_NS

#: How far the simulated time goes from one turn of the counting loop to the next.
STEP_NS = 20 * MINUTE_NS
_FINE_NS = 3 * MINUTE_NS

#: A Monday, as the household's profile begins; the month ends on day 9, the next one on day 39.
FIRST_DAY = dt.date(2026, 3, 23)
TIMEZONE = "Asia/Ho_Chi_Minh"
MOST_DAYS = 400
#: When the utility reads the meter on the reading day, and by which code it knows the household.
READING_HOUR = "09:30"
CUSTOMER = "PB00000000000"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens ``at`` nanoseconds after the demo's first midnight.

    ``what`` is dial, plug (pulled), power (back), clock (set by the network), broker-down or broker-up.
    """

    at: int
    what: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The story.

    Attributes:
        days: how many simulated days.
        start_kwh: the true register at the beginning.
        happenings: in order of time, all before the end.
    """

    days: int
    seed: int
    start_kwh: Fraction
    happenings: tuple[Happening, ...]

    @property
    def end_ns(self) -> int:
        """When the demo ends."""
        return self.days * DAY_NS

    def steps(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """(instant, what happens then), in order to the end: every STEP_NS, finer before a plug is pulled.

        A real daemon saves when enough energy is unsaved, whenever that is; small steps let it do so before
        it loses its power.
        """
        times: dict[int, tuple[str, ...]] = {}
        for one in self.happenings:
            times[one.at] = (*times.get(one.at, ()), one.what)
        instants = set(times)
        instants.update(range(STEP_NS, self.end_ns, STEP_NS), (self.end_ns,))
        for one in self.happenings:
            if one.what == "plug":
                instants.update(range(max(1, one.at - _FINE_NS), one.at, SECOND_NS))
        for at in sorted(instants):
            yield at, times.get(at, ())


def make(days: int, seed: int) -> Plan:
    """Two power cuts, six hours without broker, a dial reading before and one after all that.

    The times are parts of the whole, so that one day tells the same story as forty.
    """
    draw = random.Random(seed).random  # noqa: S311  (a simulation)
    whole = days * DAY_NS

    def moment(part: float) -> int:
        jitter = (draw() - 0.5) * 0.02
        return int(whole * (part + jitter)) // 1_000_000 * 1_000_000

    def span(low: int, high: int) -> int:
        return min(int(low + draw() * (high - low)), whole // 20) // 1_000_000 * 1_000_000

    happenings = [Happening(moment(0.02), "dial")]
    for part, low, high in ((0.15, HOUR_NS, 3 * HOUR_NS), (0.62, 8 * MINUTE_NS, 40 * MINUTE_NS)):
        cut = moment(part)
        back = cut + span(low, high)
        happenings += [
            Happening(cut, "plug"),
            Happening(back, "power"),
            Happening(back + span(2 * MINUTE_NS, 6 * MINUTE_NS), "clock"),
        ]
    down = moment(0.3)
    happenings += [Happening(down, "broker-down"), Happening(down + 6 * HOUR_NS, "broker-up")]
    happenings.append(Happening(moment(0.75), "dial"))
    start = Fraction(int(draw() * 40_000_000) + 1_000_000, 1000)
    return Plan(days, seed, start, tuple(sorted(happenings, key=lambda one: one.at)))
