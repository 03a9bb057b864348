"""The billing period: how much, what it costs, the tiers as stairs, and how it will end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from page import drawings
from page.drawings import Step
from page.household import Snapshot
from page.now import between, money, used
from sodien import formats
from sodien.history.meter import bounds
from sodien.history.reading_days import spans
from sodien.household.both_ways import both_ways
from sodien.i18n import tr
from sodien.metering import calendar

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PeriodScreen:
    """The screen's values, worded; None where something is not known.

    ``delivered``: the kWh are those that were delivered to the grid; there is no cost then. ``both``: what
    was delivered beside what was taken, where another meter counts that, and ``both_hint`` since when.
    """

    name: str
    gone: int
    left: int
    used: str
    cost: str
    since: str | None
    previous: str | None
    counted: str
    stairs: Markup | None
    tiers: list[tuple[str, str, str]]
    tier: str | None
    projection: tuple[str, str] | None
    before: list[tuple[str, str]]
    delivered: bool
    both: list[tuple[str, str]]
    both_hint: str | None


def period_of(seen: Snapshot) -> PeriodScreen:
    """The billing period as of a snapshot."""
    settings, history = seen.settings, seen.history
    today = calendar.day_up_to(seen.at, settings.zone)
    first, last = calendar.billing_period(today, seen.days)
    start, end = spans(history, seen.days, settings.zone, seen.at)["period"]
    cost = seen.cost
    previous = cost.previous if cost is not None else None
    projection = None
    if cost is not None and cost.projection is not None:
        kwh, paid = cost.projection.kwh, cost.projection.cost
        low = formats.money(paid.low, cost.currency, "down").rsplit(" ", 1)[0]
        projection = (
            tr("{low} … {high} kWh", low=formats.number(kwh.low, 0), high=formats.number(kwh.high, 0)),
            f"{low} … {formats.money(paid.high, cost.currency, 'up')}",
        )
    begin, _ = calendar.day_bounds(first, settings.zone)
    covered = history.coverage(min(begin, end), end)
    stairs, tiers = _stairs(seen, first, last)
    both, hint = _both(seen)
    return PeriodScreen(
        name=f"{formats.date(first)} – {formats.date(last)}",
        gone=(today - first).days + 1,
        left=(last - today).days,
        used=used(seen, start, end),
        previous=formats.number(previous) if previous is not None else None,
        cost=money(seen),
        since=formats.instant(start, settings.zone) if start > begin else None,
        counted=formats.percent(covered.share, rounding="down") if covered.share is not None else "–",
        stairs=stairs,
        tiers=tiers,
        tier=_next_tier(seen, start if previous is None else begin),
        projection=projection,
        before=_before(seen, first, begin),
        delivered=seen.meter.delivery_of is not None,
        both=both,
        both_hint=hint,
    )


def _both(seen: Snapshot) -> tuple[list[tuple[str, str]], str | None]:
    """What was delivered, and the difference, as rows; none where nothing counts what is delivered."""
    found = both_ways(seen.where, seen.history, seen.costs, seen.days, seen.state, seen.at)
    if found is None:
        return [], None
    rows = [
        (name, between(bounds(one.low, one.best, one.high), 1))
        for name, one in (
            (tr("delivered to the grid"), found.energy.delivered),
            (tr("taken less delivered"), found.energy.net),
        )
    ]
    if found.to_pay is not None and seen.cost is not None:
        rows.append((tr("to pay with both"), formats.money_bounds(found.to_pay, seen.cost.currency)))
    if found.since is None:
        return rows, None
    since = formats.instant(found.since, seen.settings.zone)
    return rows, tr("both directions counted since {since}", since=since)


def _stairs(
    seen: Snapshot, first: dt.date, last: dt.date
) -> tuple[Markup | None, list[tuple[str, str, str]]]:
    """The tiers as a drawing, and as rows (number, up to, price)."""
    cost = seen.cost
    steps = seen.steps(first, last)
    if cost is None or len(steps) < 2:
        return None, []
    currency = formats.currency_sign(cost.currency)
    drawn, rows = [], []
    for number, (end, price) in enumerate(steps, 1):
        name = formats.number(end) if end is not None else ""
        text = formats.amount(price)
        drawn.append(Step(float(end) if end is not None else None, float(price), name, text))
        rows.append(
            (
                str(number),
                tr("up to {kwh} kWh", kwh=name) if end is not None else tr("all above"),
                f"{text} {currency}/kWh",
            )
        )
    here = between(cost.kwh, 0)
    describe = tr(
        "The tiers as stairs of rising price; used so far: {kwh}, tier {tier}.",
        kwh=here,
        tier=cost.tier if cost.tier is not None else "–",
    )
    kwh = cost.kwh
    return drawings.staircase(
        drawn, float(kwh.low), float(kwh.best), float(kwh.high), describe=describe, here=here
    ), rows


def _next_tier(seen: Snapshot, start: int) -> str | None:
    """When the next tier begins, if the days to come are as those of this period."""
    cost = seen.cost
    if cost is None or cost.next_tier is None or seen.at <= start:
        return None
    away = Fraction(cost.next_tier.starts_at_kwh) - Fraction(cost.kwh.best)
    rate = Fraction(cost.kwh.best) / (seen.at - start)  # billed kWh a millisecond
    price = formats.amount(cost.next_tier.price) + " " + formats.currency_sign(cost.currency)
    said = tr(
        "Tier {tier} ({price} a kWh) begins in {away} kWh",
        tier=cost.next_tier.tier,
        price=price,
        away=formats.number(max(away, Fraction(0)), 0),
    )
    if rate > 0:
        day = calendar.date_of(seen.at + int(away / rate), seen.settings.zone)
        if day <= cost.last:
            return tr("{said}, about {day} if you go on as so far.", said=said, day=formats.date(day))
        return tr("{said}: not in this period, if you go on like this.", said=said)
    return said + "."


def _before(seen: Snapshot, first: dt.date, begin: int) -> list[tuple[str, str]]:
    """The same stretch of the period before, and of the year before, where it was counted."""
    history, zone = seen.history, seen.settings.zone
    length = seen.at - begin
    found = []
    last = first - _DAY
    earlier, _ = calendar.billing_period(last, seen.days)
    year = _year_before(first)
    for name, day in (
        (tr("the period before, to the same day"), earlier),
        (tr("a year ago, the same days"), year),
    ):
        start, _ = calendar.day_bounds(day, zone)
        if history.start is not None and history.start <= start and length > 0:
            found.append((name, between(history.energy(start, min(start + length, seen.at)), 1)))
    return found


def _year_before(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
