"""What this billing period has cost so far, and what it will have cost on the next reading day.

The daemon asks once a minute, so what does not change is kept: the tariff is read once, when it is first
needed; a charge is worked out again only when the billed kWh change, the projection once an hour.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from sodien.errors import SodienError
from sodien.history.revisions import Revisions
from sodien.i18n import tr
from sodien.ledger.bodies import CostBody, DayBody
from sodien.metering import calendar
from sodien.metering.bounds import Bounded, Interval, rounded, rounded_down, rounded_up
from sodien.protocol.times import format_time
from sodien.protocol.values import Bounds, Money, NextTier, Projection

if TYPE_CHECKING:
    from sodien.billing.tariff.charge import Charge
    from sodien.billing.tariff.cost_so_far import DecimalBounds, SoFar
    from sodien.billing.tariff.model import Book
    from sodien.billing.tariff.quota import Consumption
    from sodien.billing.tariff.surplus import TwoWay
    from sodien.history.meter import MeterHistory
    from sodien.ledger.store import Ledger
    from sodien.metering.calendar import ReadingDays
    from sodien.settings.model import MeterSettings, Settings

log = logging.getLogger(__name__)

HOUR_MS = 3_600_000
MINUTE_MS = 60_000
#: How many days back the household's usual consumption is looked for, and how many it takes at least.
USUAL_DAYS, LEAST_DAYS = 28, 7
#: Less of a period says nothing about the rest of it: a night is not a day.
LEAST_HOURS = 24
#: A day of which less was counted says nothing about usual days.
COVERED = 0.98
#: A tariff that could not be used is tried again after this.
_AGAIN_MS = HOUR_MS


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost so far of one billing period.

    Attributes:
        first, last: the period; ``last`` is the reading day.
        kwh: what would be billed, whole kWh after the multiplier.
        money: what is to be paid for it, taxes included.
        currency: ISO 4217.
        tier, next_tier: the tier reached, from 1, and the one above; None where there are none.
        price: of a kWh in the tier reached, before tax.
        since: from when on it was counted (ms UTC), when that is later than the period's beginning.
        previous: the last bill's reading that it goes on from, where counting began later than the period.
        projection: at the end of the reading day; None where it is not known.
    """

    first: dt.date
    last: dt.date
    kwh: Bounds
    money: Money
    currency: str
    tier: int | None = None
    price: Decimal | None = None
    next_tier: NextTier | None = None
    since: int | None = None
    previous: Decimal | None = None
    projection: Projection | None = None


@dataclass(slots=True)
class _Known:
    """What was worked out for a meter last."""

    at: int
    key: tuple[object, ...]
    cost: Cost
    hour: int


class Costs:
    """The costs so far of the meters of one ledger. One thread may use it, for :meth:`currency` any."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self._zone = settings.zone
        self._ledger = ledger
        self._books: dict[str, tuple[Book, Callable[[Book, Consumption], Charge]]] = {}
        self._known: dict[str, _Known] = {}
        self._failed: dict[str, tuple[int, str]] = {}
        self._reading = threading.Lock()

    def _book(self, meter: MeterSettings) -> tuple[Book, Callable[[Book, Consumption], Charge]]:
        """The tariff of a meter, read once, and its charges with a memory. Raises TariffError."""
        with self._reading:  # two threads ask for it at the start, and reading takes time and memory
            if meter.id not in self._books:
                from sodien.billing.tariff.charge import charge
                from sodien.bills.tariff_files import load_book

                book = load_book(meter.billing.tariffs, meter.billing.tariff)
                remembered = lru_cache(maxsize=64)(lambda use: charge(book, use))
                self._books[meter.id] = book, lambda _book, use: remembered(use)
            return self._books[meter.id]

    def currency(self, meter: MeterSettings) -> str | None:
        """The currency of its tariff (ISO 4217), None when the tariff cannot be used; for any thread."""
        try:
            return self._book(meter)[0].currency
        except SodienError:
            return None

    def steps(
        self, meter: MeterSettings, first: dt.date, last: dt.date
    ) -> list[tuple[Decimal | None, Decimal]]:
        """The tiers that end a billing period: billed kWh up to which each goes (the last: None), its price.

        Empty where one price is for all kWh. Raises TariffError.
        """
        from sodien.billing.tariff.cost_so_far import steps

        billing = meter.billing
        _own_bill(meter)
        if billing.scheme != "tiers":
            return []
        return steps(self._book(meter)[0], first, last, billing.prorate, billing.households or Fraction(1))

    def live(self, history: MeterHistory, meter: MeterSettings, days: ReadingDays, now: int) -> Cost | None:
        """The cost as of ``now`` (ms UTC), at most a minute old.

        None where the tariff cannot be used: that is said once in the log, and must not harm the counting.
        """
        known = self._known.get(meter.id)
        if known is not None and 0 <= now - known.at < MINUTE_MS:
            return known.cost
        return self._try(history, meter, days, now)

    def hourly(
        self, history: MeterHistory, meter: MeterSettings, days: ReadingDays, at: int
    ) -> CostBody | None:
        """The body of the entry for the end of a local hour (ms UTC); None as :meth:`live`."""
        cost = self._try(history, meter, days, at)
        if cost is None:
            return None
        return CostBody(
            first=cost.first,
            last=cost.last,
            kwh=cost.kwh,
            cost=cost.money,
            currency=cost.currency,
            tier=cost.tier,
            next_tier_kwh=cost.next_tier.starts_at_kwh if cost.next_tier is not None else None,
            since=since_text(cost),
            projection=cost.projection,
        )

    def _try(self, history: MeterHistory, meter: MeterSettings, days: ReadingDays, now: int) -> Cost | None:
        failed = self._failed.get(meter.id)
        if not meter.own_bill or (failed is not None and 0 <= now - failed[0] < _AGAIN_MS):
            return None
        try:
            return self.at(history, meter, days, now)
        except SodienError as error:
            if failed is None or failed[1] != str(error):
                log.warning("%s: the cost so far is not known: %s", meter.id, error)
            self._failed[meter.id] = now, str(error)
            return None

    def at(self, history: MeterHistory, meter: MeterSettings, days: ReadingDays, now: int) -> Cost:
        """The cost of the billing period that holds the instant before ``now`` (ms UTC), up to ``now``.

        Raises:
            TariffError: the tariff cannot be used, or has no table for the period.
        """
        from sodien.billing.tariff.cost_so_far import billed, cost

        book, price = self._book(meter)
        use = self._use(meter, days, now)
        first, last = use.first, use.last
        start, _ = calendar.day_bounds(first, self._zone)
        begin = min(now, max(start, history.start if history.start is not None else now))
        counted, multiplier = _energy(history, begin, now)
        billed_from = self._since_last_bill(history, meter, first, begin, now) if begin > start else None
        previous, energy = billed_from or (None, counted)
        key = (first, last, begin, billed(energy, multiplier), previous)
        known, hour = self._known.get(meter.id), now // HOUR_MS
        if known is None or known.key != key:
            since = begin if begin > start and previous is None else None
            made = _cost(book, cost(book, energy, use, multiplier, price), use, since, previous)
        else:
            made = known.cost
        if known is None or known.hour != hour or known.key[:3] != key[:3]:
            seconds = Fraction(calendar.day_bounds(last, self._zone)[1] - now, 1000)
            usual = self._usual(history, meter, now, begin, counted)
            projection = None
            if usual is not None:
                from sodien.billing.tariff.cost_so_far import project

                whole = cost(book, project(energy, seconds, usual), use, multiplier, price)
                projection = Projection(last.isoformat(), _kwh(whole.kwh), _money(whole.money))
        else:
            projection = known.cost.projection
        made = replace(made, projection=projection)
        self._known[meter.id] = _Known(now, key, made, hour)
        return made

    def _use(self, meter: MeterSettings, days: ReadingDays, now: int) -> Consumption:
        """The billing period that holds the instant before ``now``, without its kWh. Raises TariffError."""
        _own_bill(meter)
        from sodien.billing.tariff.quota import Consumption

        today = calendar.day_up_to(now, self._zone)
        first, last = calendar.billing_period(today, days)
        return Consumption(
            kwh=Decimal(0),
            first=first,
            last=last,
            households=meter.billing.households or Fraction(1),
            prorate=meter.billing.prorate,
            scheme=meter.billing.scheme,
            today=today,
        )

    def both_ways(self, meter: MeterSettings, days: ReadingDays, now: int, energy: TwoWay) -> Money:
        """What the period at ``now`` (ms UTC) costs, with what its tariff pays for the surplus and taxes.

        Raises:
            TariffError: the tariff does not say what is paid, cannot be used, or has no table for the period.
        """
        from sodien.billing.tariff.surplus import to_pay

        return _money(to_pay(self._book(meter)[0], energy, self._use(meter, days, now)))

    def of_span(
        self, history: MeterHistory, meter: MeterSettings, days: ReadingDays, start: int, end: int
    ) -> Money:
        """What a span (ms UTC) adds to the bills of its periods, taxes included.

        That is its kWh at the prices of the tiers which their period had reached by then, and its share of
        the period's fixed charges. Where nobody knows what the period had used before, any tier is possible
        that it can have reached.

        Raises:
            TariffError: the tariff cannot be used, or has no table for the period.
        """
        from sodien.billing.tariff.cost_so_far import added, standing

        book, _ = self._book(meter)
        low = best = high = Fraction(0)
        while start < end:
            use = self._use(meter, days, start + 1)
            opened, _ = calendar.day_bounds(use.first, self._zone)
            _, closed = calendar.day_bounds(use.last, self._zone)
            stop = min(end, closed)
            before = self._used_by(history, meter, use.first, start)
            found = added(book, before, history.consumed(start, stop).billed, use)
            fixed = standing(book, use) * (stop - start) / (closed - opened)
            low, best, high = low + found.low + fixed, best + found.best + fixed, high + found.high + fixed
            start = stop
        return Money(rounded_down(low), rounded(best), rounded_up(high))

    def each_more(self, history: MeterHistory, meter: MeterSettings, days: ReadingDays, now: int) -> Interval:
        """What a kWh more costs at ``now`` (ms UTC), taxes included: in the tier reached, or those possible.

        Raises:
            TariffError: the tariff cannot be used, or has no table for the period.
        """
        one = Bounded(Fraction(1), Fraction(1), Fraction(1))
        first = self._use(meter, days, now + 1).first
        found = self.of_more(meter, days, now, self._used_by(history, meter, first, now), one)
        return Interval(found.low, found.high)

    def of_more(
        self, meter: MeterSettings, days: ReadingDays, now: int, used: Bounded, more: Bounded
    ) -> Bounded:
        """What ``more`` billed kWh cost, taxes included, that follow on ``used`` of the period at ``now``.

        Raises:
            TariffError: the tariff cannot be used, or has no table for the period.
        """
        from sodien.billing.tariff.cost_so_far import added

        return added(self._book(meter)[0], used, more, self._use(meter, days, now + 1))

    def _used_by(self, history: MeterHistory, meter: MeterSettings, first: dt.date, at: int) -> Bounded:
        """The billed kWh of a period from its ``first`` day to ``at`` (ms UTC), counted or not."""
        start, _ = calendar.day_bounds(first, self._zone)
        begin = min(at, max(start, history.start if history.start is not None else at))
        found = self._since_last_bill(history, meter, first, begin, at) if begin > start else None
        if found is None:
            return history.consumed(start, at).billed
        factor = history.installation.multiplier
        return Bounded(*(Fraction(one) * factor for one in (found[1].low, found[1].best, found[1].high)))

    def _since_last_bill(
        self, history: MeterHistory, meter: MeterSettings, first: dt.date, begin: int, now: int
    ) -> tuple[Decimal, Bounded] | None:
        """The last bill's reading, and kWh of the dial from it to now: the next bill starts from that number.

        It is the utility's claim, right or wrong, and moves no bound of the register. None where there is
        none, where another meter was installed since, or where the dial cannot have come from there.
        """
        from sodien.billing.bill import main_row
        from sodien.bills.stored import bills, standing

        read = first - dt.timedelta(days=1)
        last = [
            one
            for one in standing(bills(self._ledger, meter.id))
            if (one.bill.last or (one.period[1] if one.period else None)) == read
        ]
        row = main_row(last[-1].bill) if last else None
        day, _ = calendar.day_bounds(read, self._zone)
        installed = history.installation
        if row is None or row.new is None or (installed.start is not None and installed.start > day):
            return None
        then, here = history.at(begin), history.at(now)
        if then is None or here is None:
            return None
        turn, new = 10**installed.digits, Fraction(row.new)
        most = history.p_max_kw / installed.multiplier * (begin - day) / HOUR_MS
        for gone in (0, turn):
            if then.high + gone >= new and Fraction(then.low) + gone - new <= most:
                moved = gone + (turn if here.high < then.low else 0) - new
                low, best, high = (
                    max(Fraction(0), Fraction(one) + moved) for one in (here.low, here.best, here.high)
                )
                return row.new, Bounded(low, best, high)
        return None

    def _usual(
        self, history: MeterHistory, meter: MeterSettings, now: int, begin: int, energy: Bounded
    ) -> Bounded | None:
        """Power in kW over the rest of the period: from the quietest to the busiest of the last days.

        Until enough days were counted: this period's average, and anything the supply can carry. None in the
        first hours, which say nothing about the days to come.
        """
        from sodien.billing.tariff.cost_so_far import usual_power

        powers, revisions = [], Revisions(self._ledger, meter.id)
        for row in self._ledger.of_kind("day", meter.id, now - (USUAL_DAYS + 1) * 24 * HOUR_MS, now):
            body = revisions.now(row).read(DayBody)
            seconds = Fraction(body.end - (row.at or 0), 1000)
            if seconds > 0 and body.counted >= COVERED * float(seconds):
                low, best, high = (Fraction(one) for one in msgspec.structs.astuple(body.energy))
                hours = seconds / 3600
                powers.append((low / hours, best / hours, high / hours))
        if len(powers) < LEAST_DAYS:
            if now - begin < LEAST_HOURS * HOUR_MS:
                return None
            return usual_power(energy, Fraction(now - begin, 1000), history.p_max_kw)
        lows, bests, highs = zip(*powers, strict=True)
        return Bounded(min(lows), sum(bests, Fraction(0)) / len(bests), max(highs))


def _own_bill(meter: MeterSettings) -> None:
    """Raises TariffError for kWh that have no tiers of their own: a sub-meter's, and what is delivered."""
    if meter.own_bill:
        return
    from sodien.billing.tariff.prices import TariffError

    if meter.delivery_of is not None:
        raise TariffError(
            tr(
                "{meter} counts what is delivered to the grid; that is no consumption, so it has no cost",
                meter=meter.id,
            )
        )
    if meter.sub_of is not None:
        raise TariffError(
            tr(
                "{meter} is behind {main}, its cost is a share of that bill; 'sodien shares' works it out",
                meter=meter.id,
                main=meter.sub_of,
            )
        )


def _energy(history: MeterHistory, start: int, end: int) -> tuple[Bounded, int]:
    """What went through the register, and what it is multiplied by for the bill."""
    factors = {
        installation.multiplier
        for installation in history.installations
        if installation.end is None or installation.end > start
    }
    (factor,) = factors if len(factors) == 1 else (None,)
    consumed = history.consumed(start, end)
    if factor is not None and factor.denominator == 1:
        return consumed.kwh, int(factor)
    return consumed.billed, 1


def _cost(book: Book, found: SoFar, use: Consumption, since: int | None, previous: Decimal | None) -> Cost:
    above = found.next
    return Cost(
        first=use.first,
        last=use.last,
        kwh=_kwh(found.kwh),
        money=_money(found.money),
        currency=book.currency,
        tier=found.tier,
        price=found.price,
        next_tier=NextTier(above.tier, above.starts_at, above.price) if above is not None else None,
        since=since,
        previous=previous,
    )


def _kwh(found: DecimalBounds) -> Bounds:
    return Bounds(found.low, found.best, found.high)


def _money(found: DecimalBounds) -> Money:
    return Money(found.low, found.best, found.high)


def since_text(cost: Cost) -> str | None:
    """From when on it was counted, RFC 3339, where that is not the whole period."""
    return format_time(cost.since) if cost.since is not None else None
