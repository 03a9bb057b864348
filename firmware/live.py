"""The live state of each meter, for the retained topic and `sodien status`."""

from __future__ import annotations

import datetime as dt
import logging
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from sodien.bills.cost_so_far import Costs, since_text
from sodien.history.events import notes
from sodien.history.meter import MeterHistory
from sodien.history.reading_days import Calendars, spans
from sodien.i18n import tr
from sodien.ledger.noted import MeterNoted
from sodien.ledger.store import Ledger
from sodien.metering import calendar
from sodien.metering.bounds import rounded_down
from sodien.metering.counting.counter import counted_kwh
from sodien.protocol.messages import Live
from sodien.protocol.times import format_time
from sodien.protocol.values import Bounds
from sodien.words.flashes import refused_flashes

if TYPE_CHECKING:
    from firmware.meter_state import MeterState
    from firmware.recorder import Recorder
    from sodien.settings.model import Settings


log = logging.getLogger(__name__)


def reminder(today: dt.date, rule: calendar.ReadingRule) -> tuple[dt.date, str | None]:
    """The next reading day, today included, and whether it is ``tomorrow`` or ``today``."""
    day = calendar.next_reading_day(today, rule)
    return day, {0: "today", 1: "tomorrow"}.get((day - today).days)


class LiveView:
    """Makes the live state from the recorder's counts and the ledger."""

    def __init__(self, settings: Settings, ledger: Ledger, costs: Costs, calendars: Calendars) -> None:
        self._settings = settings
        self._ledger = ledger
        self._costs = costs
        self._calendars = calendars
        self._constants: dict[str, tuple[int, list[tuple[int, Fraction]]]] = {}
        self._views: dict[str, MeterHistory] = {}
        self._failures: dict[str, str] = {}
        self._since: dict[str, str] = {}
        self._troubled: dict[str, str | None] = {}

    def _noted_constants(self, meter: str) -> list[tuple[int, Fraction]]:
        """The meter's pulses per real kWh as far as they are dated, see :func:`counted_kwh`."""
        changes = self._ledger.count_of("event", meter)
        known, constants = self._constants.get(meter, (-1, []))
        if changes != known:
            constants = constants_of(self._ledger, meter)
            self._constants[meter] = changes, constants
        return constants

    def _counter(self, state: MeterState) -> Decimal | None:
        """kWh that this ledger has saved, rounded down.

        None before the ledger has the constant that is in force now, with its time.
        """
        constants = self._noted_constants(state.settings.id)
        if not constants or constants[-1][1] != state.settings.pulses_per_kwh:
            return None
        return rounded_down(counted_kwh(state.counter.on_disk, constants))

    def ledger_kwh(self, state: MeterState) -> Decimal:
        """The same for whoever needs a number: at the constant of the settings where none can be read."""
        constant = state.settings.pulses_per_kwh
        try:
            constants = self._noted_constants(state.settings.id)
        except Exception:
            log.exception("the constants of %s cannot be read", state.settings.id)
            constants = []
        return rounded_down(counted_kwh(state.counter.on_disk, constants or [(0, constant)]))

    def _refused_flashes(self, state: MeterState) -> str | None:
        """A limit that seems to refuse pulses, and what to write instead."""
        found = state.refused.doubted()
        if found is None:
            return None
        return ": ".join(refused_flashes(found, state.settings.min_pulse_ms, self._settings.speed))

    def make(self, recorder: Recorder, now: int, delivery: str | None = None) -> dict[str, Live]:
        """The live state of every meter at monotonic ``now`` (ns); ``delivery`` is a problem of all."""
        return {
            state.settings.id: self._dated(
                recorder, now, self._one_or_why(recorder, state, now, delivery), state
            )
            for state in recorder.meters
        }

    def _dated(self, recorder: Recorder, now: int, live: Live, state: MeterState) -> Live:
        """With the time since when there is a problem: any, as its words may change from one to the next."""
        if live.problem is None:
            self._troubled.pop(state.settings.id, None)
            return live
        wall = recorder.watch.wall_ms(now)
        since = self._troubled.get(state.settings.id) or (format_time(wall) if wall is not None else None)
        self._troubled[state.settings.id] = since
        return msgspec.structs.replace(live, problem_since=since)

    def _begun(self, meter: str) -> str | None:
        """When counting of a meter was begun, by the date of the entry that says so: it never changes."""
        if meter not in self._since:
            first = next((row.at for row, _ in notes(self._ledger, meter, MeterNoted)), None)
            if first is None:
                return None
            self._since[meter] = format_time(first)
        return self._since[meter]

    def _one_or_why(self, recorder: Recorder, state: MeterState, now: int, delivery: str | None) -> Live:
        """Where the ledger holds what nobody can reckon with, count and power are told all the same."""
        try:
            return self._one(recorder, state, now, delivery)
        except Exception as error:
            if repr(error) != self._failures.get(state.settings.id):
                log.exception("the register of %s cannot be worked out; counting goes on", state.settings.id)
            self._failures[state.settings.id] = repr(error)
            self._views.pop(state.settings.id, None)
            why = tr("the register cannot be worked out ({reason}); see 'sodien doctor'", reason=repr(error))
            power, most = state.power.at(now)
            return Live(
                state.counter.pulses,
                power_w=power,
                power_max_w=most,
                why=why,
                rejected=dict(state.filter.rejected),
                problem=recorder.writer.trouble or why,
            )

    def _one(self, recorder: Recorder, state: MeterState, now: int, delivery: str | None) -> Live:
        power, most = state.power.at(now)
        trouble = recorder.writer.trouble or self._refused_flashes(state)
        rejected = dict(state.filter.rejected)
        count = recorder.count_now(state)
        if count is None:
            return self._without_time(state, power, most, tr("the clock is not set yet"), trouble)
        meter = state.settings
        before = self._views.get(meter.id)
        view = self._views[meter.id] = MeterHistory(self._ledger, meter, state.p_max_kw, count, before=before)
        at = view.end
        if at is None or not view.reaches_now:
            return self._without_time(
                state,
                power,
                most,
                next(iter(view.findings(self._settings.zone, explain=False)), view.why_none()),
                trouble,
            )
        register = view.newest()
        energies: dict[str, Bounds] = {}
        days = self._calendars.of(state.settings)
        times = spans(view, days, self._settings.zone, at)
        for name, (start, end) in times.items():
            energies[name] = view.energy(start, end)
        today = calendar.date_of(at, self._settings.zone)
        day, near = reminder(today, days)
        cost = self._costs.live(view, state.settings, days, at)
        days_since = self._calendars.period_since(
            state.settings, calendar.day_up_to(at, self._settings.zone), self._settings.zone
        )
        return Live(
            pulses=state.counter.pulses,
            multiplier=meter.multiplier if meter.multiplier != 1 else None,
            at=format_time(at),
            power_w=power,
            power_max_w=most,
            register=register,
            why=None if register else view.why_none(),
            today_kwh=energies["today"],
            period_kwh=energies["period"],
            period_since=format_time(days_since),
            energy_kwh=view.energy(view.start, at) if view.start is not None else None,
            energy_since=self._begun(meter.id),
            coverage=view.coverage(*times["today"]).share,
            rejected=rejected,
            counter_kwh=self._counter(state),
            cost=cost.money if cost else None,
            currency=cost.currency if cost else None,
            cost_since=since_text(cost) if cost else None,
            cost_previous=cost.previous if cost else None,
            tier=cost.tier if cost else None,
            price=cost.price if cost else None,
            next_tier=cost.next_tier if cost else None,
            projection=cost.projection if cost else None,
            reading_day=day.isoformat(),
            reminder=near,
            problem=trouble or next(iter(view.findings(self._settings.zone, explain=False)), delivery),
        )

    def _without_time(
        self, state: MeterState, power: float | None, most: float | None, why: str, trouble: str | None
    ) -> Live:
        """Count and power, while nobody can say when this is."""
        return Live(
            state.counter.pulses,
            None,
            power,
            most,
            why=why,
            rejected=dict(state.filter.rejected),
            counter_kwh=self._counter(state),
            problem=trouble,
        )


def constants_of(ledger: Ledger, meter: str) -> list[tuple[int, Fraction]]:
    """Pulses per real kWh of a meter as they came into force: (cumulative count, imp/kWh ÷ multiplier)."""
    found = []
    for row, noted in notes(ledger, meter, MeterNoted):
        pulses = row.pulses
        if pulses is None:  # written by the first version, which left it to the tick beside it
            tick = ledger.newest("tick", meter, row.at)
            pulses = (tick.pulses or 0) if tick is not None else 0
        found.append((pulses, Fraction(noted.constant) / (noted.times or 1)))
    return found
