"""The first screen: a sentence, the dial, and what a person looks for at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from page import drawings
from page.drawings import Bar, Digit
from page.household import Snapshot
from sodien import formats
from sodien.history.reading_days import spans
from sodien.i18n import tr
from sodien.metering import calendar, dial
from sodien.protocol.values import Bounds
from sodien.words.flashes import refused_flashes

_HOUR_MS = 3_600_000
_BARS = 12


@dataclass(frozen=True, slots=True)
class NowScreen:
    """The screen's values, worded.

    Attributes:
        sentence: how things stand, in one sentence.
        colour: of it: ``good``, ``unsure`` or ``bad``.
        trouble: what needs a person; None where nothing does.
        digits: the dial; none where no dial reading was ever noted.
        register: the same in words with its bounds and the multiplier; nothing where it is not known.
        asof: when that was.
        power: what flows now, or at most.
        hour: the last hour as text; ``chart`` its twelve parts.
        today, period, cost: as text, with bounds.
        reading_day: the next one, and in how many days.
        delivered: the kWh are those that were delivered to the grid; there is no cost then.
    """

    sentence: str
    colour: str
    trouble: str | None
    digits: list[Digit]
    register: str
    asof: str
    power: str
    hour: str
    chart: Markup | None
    today: str
    period: str
    cost: str
    reading_day: str
    delivered: bool


def now_of(seen: Snapshot) -> NowScreen:
    """The first screen as of a snapshot."""
    settings, meter, history = seen.settings, seen.meter, seen.history
    register = history.newest()
    times = spans(history, seen.days, settings.zone, seen.at)
    today = calendar.date_of(seen.at, settings.zone)
    reading = calendar.next_reading_day(today, seen.days)
    counted = history.coverage(*times["period"])
    trouble = trouble_of(seen)
    colour = "bad" if trouble else "good" if counted.counted == counted.elapsed else "unsure"
    start = max(history.start, seen.at - _HOUR_MS) if history.start is not None else seen.at
    factor = history.multiplier(seen.at)
    live = seen.state.live.get(meter.id) if seen.state is not None else None
    return NowScreen(
        sentence=sentence(seen, register),
        colour=colour,
        trouble=trouble,
        digits=_digits(seen, register),
        register=register_words(seen) + (f" · × {factor}" if register and factor != 1 else ""),
        asof=formats.instant(seen.at, settings.zone),
        power=_power(live.power_w if live else None, live.power_max_w if live else None),
        hour=between(history.energy(start, seen.at), 3) if seen.at > start else "–",
        chart=_last_hour(seen),
        today=between(history.energy(*times["today"]), 1),
        period=used(seen, *times["period"]),
        cost=money(seen),
        reading_day=f"{formats.date(reading)} · {in_days((reading - today).days)}",
        delivered=meter.delivery_of is not None,
    )


def sentence(seen: Snapshot, register: Bounds | None) -> str:
    """How things stand, for somebody who reads nothing else."""
    settings, history = seen.settings, seen.history
    if history.start is None:
        return tr("Nothing has been counted yet.")
    start, end = spans(history, seen.days, settings.zone, seen.at)["period"]
    counted = history.coverage(start, end)
    missed = (counted.elapsed - counted.counted) / 1000
    state = (
        tr("Everything is counted")
        if missed == 0
        else tr("Counted, except for {time} of this period", time=formats.duration(missed))
    )
    used = between(history.energy(start, end), 0)
    begun = formats.date(calendar.date_of(start, settings.zone))
    since = (
        tr("{used} delivered to the grid since {day}", used=used, day=begun)
        if seen.meter.delivery_of is not None
        else tr("{used} since {day}", used=used, day=begun)
    )
    if seen.cost is not None:
        since = tr("{used}, {cost}", used=since, cost=money(seen))
    today = calendar.date_of(seen.at, settings.zone)
    day = calendar.next_reading_day(today, seen.days)
    when = tr("today") if day == today else tr("tomorrow") if (day - today).days == 1 else formats.date(day)
    text = tr("{state}: {used}. Next reading day: {day}.", state=state, used=since, day=when)
    if register is None:
        text += " " + tr("Enter what the dial shows, and the register is known.")
    return text


def trouble_of(seen: Snapshot) -> str | None:
    """The one thing that needs a person now; None where nothing does."""
    if seen.state is None:
        return tr("Nothing is being counted now: the service sodien-firmware is not running.")
    if not seen.state.clock_set:
        return tr("The Pi does not know the time yet; counting goes on.")
    if seen.state.trouble:
        return seen.state.trouble
    if refused := seen.state.refused_flashes.get(seen.meter.id):
        return ": ".join(refused_flashes(refused, seen.meter.min_pulse_ms, seen.settings.speed))
    return next(iter(seen.history.findings(seen.settings.zone, explain=False)), None)


def between(found: Bounds, places: int) -> str:
    """kWh as one number where the bounds are one at that precision, else from … to."""
    low, high = formats.low_high(found.low, found.high, places)
    nearest = formats.number(found.best, places)
    slack = Fraction(1, 10**places)
    if Fraction(found.high) - Fraction(found.low) <= slack:
        return f"{nearest} kWh"
    return f"{low} … {high} kWh"


def used(seen: Snapshot, start: int, end: int) -> str:
    """The kWh of this period: as counted, or from the last bill's reading on where counting began later."""
    if seen.cost is not None and seen.cost.previous is not None:
        return between(seen.cost.kwh, 0)
    return between(seen.history.energy(start, end), 1)


def money(seen: Snapshot) -> str:
    """The cost so far: one amount, or from … to; a dash and why where it is not known."""
    cost = seen.cost
    if cost is None:
        return f"– ({seen.cost_why})"
    if cost.money.low == cost.money.high:
        return formats.money(cost.money.best, cost.currency)
    low = formats.money(cost.money.low, cost.currency, "down").rsplit(" ", 1)[0]
    return f"{low} … {formats.money(cost.money.high, cost.currency, 'up')}"


def in_days(count: int) -> str:
    """How far a day is away."""
    if count == 0:
        return tr("today")
    return tr("in {days}", days=formats.days(count))


def register_words(seen: Snapshot) -> str:
    """Between what and what the register is, as the dial shows it; nothing where it is not known."""
    register = seen.history.newest()
    if register is None:
        return ""
    turn = 10 ** seen.history.installed_at(seen.at).digits
    low, high = formats.low_high(Fraction(register.low) % turn, Fraction(register.high) % turn, 2)
    return tr("between {low} and {high} kWh", low=low, high=high)


def _power(watts: float | None, most: float | None) -> str:
    if watts is not None:
        return formats.watts(watts)
    return tr("at most {most}", most=formats.watts(most, "up")) if most is not None else "–"


def _digits(seen: Snapshot, register: Bounds | None) -> list[Digit]:
    if register is None:
        return []
    installed = seen.history.installed_at(seen.at)
    low, best, high = (
        dial.show(Fraction(value), installed.digits, installed.decimals)
        for value in (register.low, register.best, register.high)
    )
    return drawings.digits(low, best, high)


def _last_hour(seen: Snapshot) -> Markup | None:
    history, settings = seen.history, seen.settings
    if history.start is None or seen.at - history.start < _HOUR_MS:
        return None
    part = _HOUR_MS // _BARS
    found = []
    for number in range(_BARS):
        start = seen.at - _HOUR_MS + number * part
        energy, counted = history.energy(start, start + part), history.coverage(start, start + part)
        name = formats.instant(start, settings.zone)[-5:]
        found.append(
            Bar(
                name,
                float(energy.low),
                float(energy.best),
                float(energy.high),
                counted.counted / counted.elapsed,
                f"{name}: {between(energy, 3)}",
            )
        )
    return drawings.bars(found, describe=tr("The last hour in twelve parts, kWh each"), labels=4)
