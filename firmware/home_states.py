"""What Home Assistant is told of each meter: the live state, rounded as it is shown there, and calm.

Home Assistant keeps a row of every change, and what moves with each pulse makes thousands an hour. So what is
added up (energy, register, money) moves three times an hour: the last time right before the hour is full, so
that its hourly statistics hold that hour's energy. A power stays until another one is clearly another.
Everything else is told at once: a reminder, a problem, another tier, a dial reading, a new day.

Nothing is kept over a crash: the first state after it is told as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

import msgspec

from sodien.notify.happened import remind
from sodien.protocol.messages import Home, Live
from sodien.protocol.values import Bounds

#: How often what is added up moves, and how long before the full hour it does.
EVERY_MS, AHEAD_MS = 1_200_000, 10_000
#: The same state is sent again after this: it says that the power still holds.
AGAIN_MS = 60_000
#: A power is another one from this on, W and share.
_WATTS, _SHARE = 5.0, 0.02
_CENT = Decimal("0.01")
#: A register whose bounds came closer by this was read off the dial.
_CLOSER = Decimal("0.05")
#: What moves with each pulse.
_SUMS = ("register", "today_kwh", "period_kwh", "energy_kwh", "counter_kwh", "cost", "projection", "coverage")


@dataclass(slots=True)
class _Told:
    """What a meter's last state was, when, and in which third of the hour its sums were taken."""

    home: Home
    at: int
    slot: int


class HomeStates:
    """The states of all meters of a device; belongs to the counting loop.

    Attributes:
        asked: meters of which everything is to be told as it is now; any thread may add one.
        stopping: so is all of every meter, from now on.
    """

    def __init__(self, *, told: bool = True) -> None:
        """``told``: False tells nothing, ever."""
        self._tells = told
        self._told: dict[str, _Told] = {}
        self.asked: set[str] = set()
        self.stopping = False

    def next(self, meter: str, live: Live, now: int) -> Home | None:
        """What to tell, or None where nothing is to be told.

        Args:
            meter: its id.
            live: its live state as it is told.
            now: ms UTC, or of any clock that goes on while the time is not known.
        """
        anew = self.stopping or meter in self.asked
        self.asked.discard(meter)
        if not self._tells:
            return None
        told = self._told.get(meter)
        fresh, slot = rounded(live, meter), (now + AHEAD_MS) // EVERY_MS
        if told is None or anew or slot != told.slot or _otherwise(told.home, fresh):
            home = fresh
        else:
            kept: dict[str, Any] = {name: getattr(told.home, name) for name in ("at", "pulses", *_SUMS)}
            home = msgspec.structs.replace(fresh, **kept)
            slot = told.slot
        if told is not None and not _another(told.home.power_w, home.power_w):
            home = msgspec.structs.replace(home, power_w=told.home.power_w)
        if told is not None and not anew and home == told.home and 0 <= now - told.at < AGAIN_MS:
            return None
        self._told[meter] = _Told(home, now, slot)
        return home


def rounded(live: Live, meter: str) -> Home:
    """A live state as it is shown: bounds outwards, a counter and what is left down."""
    fields = {name: getattr(live, name) for name in Live.__struct_fields__}
    for name in ("register", "today_kwh", "period_kwh", "energy_kwh"):
        fields[name] = _outwards(fields[name])
    if live.counter_kwh is not None:
        fields["counter_kwh"] = live.counter_kwh.quantize(_CENT, ROUND_FLOOR)
    if live.power_w is not None:
        fields["power_w"] = float(round(live.power_w))
    if live.coverage is not None:
        fields["coverage"] = round(live.coverage, 3)
    near = live.reminder is not None and live.reading_day is not None
    fields["reminder_text"] = remind(meter, live.reading_day or "", live.reminder or "") if near else None
    return Home(**fields | {"power_max_w": None, "rejected": {}})


def _outwards(found: Bounds | None) -> Bounds | None:
    if found is None:
        return None
    return Bounds(
        found.low.quantize(_CENT, ROUND_FLOOR),
        found.best.quantize(_CENT, ROUND_HALF_EVEN),
        found.high.quantize(_CENT, ROUND_CEILING),
    )


def _another(told: float | None, now: float | None) -> bool:
    if told is None or now is None:
        return told is not now
    return abs(told - now) > max(_WATTS, _SHARE * told)


def _otherwise(told: Home, now: Home) -> bool:
    """Whether something has changed that counting alone does not change."""
    for name in Home.__struct_fields__:
        before, after = getattr(told, name), getattr(now, name)
        if name in _SUMS:
            if (before is None) != (after is None):
                return True
            if isinstance(before, Bounds) and after.best < before.best:
                return True  # a new day, another meter, another sum
        elif name not in ("at", "pulses", "power_w", "problem_since") and before != after:
            return True
    before, after = told.register, now.register
    return before is not None and after is not None and _width(after) < _width(before) - _CLOSER


def _width(found: Bounds) -> Decimal:
    return found.high - found.low
