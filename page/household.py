"""What every screen is made from: the meter's history up to now, refreshed every five seconds for all.

One connection to the ledger serves all requests, one at a time: a page is a few milliseconds of work, and
twenty telephones that look at once get the same snapshot.
"""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from sodien.bills.cost_so_far import Cost, Costs
from sodien.clock import Clock
from sodien.device import state as daemon_state
from sodien.device.state import State
from sodien.errors import SodienError
from sodien.history.current import MeterLedger, live_count
from sodien.history.meter import MeterHistory, history_of
from sodien.history.reading_days import Calendars
from sodien.ledger.store import Ledger
from sodien.metering.bounds import Interval
from sodien.metering.calendar import ReadingDays
from sodien.settings.model import MeterSettings, Settings

T = TypeVar("T")

#: How old a snapshot may be: what is entered makes a new one at once.
_FRESH_MS = 5000


class Memory:
    """The last result of each name, as long as what it stands on is the same."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[object, Any]] = {}

    def once(self, name: str, stands_on: object, make: Callable[[], T]) -> T:
        """The result of ``make``; worked out anew only where ``stands_on`` has changed."""
        if name not in self._known or self._known[name][0] != stands_on:
            self._known[name] = stands_on, make()
        found: T = self._known[name][1]
        return found


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One meter as it stands.

    Attributes:
        where: the meter in its ledger; for what is noted.
        history: what is known of it.
        now: the clock, ms UTC.
        at: the last instant that is known, ms UTC; ``now`` where nothing is.
        state: what the daemon says; None while it does not run.
        days: when the utility reads.
        costs: works them out.
        memory: of what takes long to work out, and changes seldom.
        shown: what was made of this snapshot, for the next who asks.
        cost: so far; None where it is not known, ``cost_why`` says why then.
    """

    where: MeterLedger
    history: MeterHistory
    now: int
    at: int
    state: State | None
    days: ReadingDays
    cost: Cost | None
    cost_why: str
    costs: Costs
    memory: Memory
    shown: Memory = field(default_factory=Memory)

    def steps(self, first: dt.date, last: dt.date) -> list[tuple[Decimal | None, Decimal]]:
        """The tiers of a billing period: billed kWh up to which each goes, and its price; maybe none."""
        try:
            return self.costs.steps(self.meter, first, last)
        except SodienError:
            return []

    def each_more(self) -> Interval | None:
        """What a kWh more costs now, taxes included; None where no tariff says so."""
        try:
            return self.costs.each_more(self.history, self.meter, self.days, self.now)
        except SodienError:
            return None

    @property
    def settings(self) -> Settings:
        """Of the device."""
        return self.where.settings

    @property
    def meter(self) -> MeterSettings:
        """Of the meter."""
        return self.where.meter


class Household:
    """The settings and the ledger behind the page."""

    def __init__(self, settings: Settings, clock: Callable[[], int], machine: Clock | None = None) -> None:
        """Nothing is opened yet; ``clock`` tells ms UTC, ``machine`` is that of :class:`MeterLedger`."""
        self.settings = settings
        self._machine = machine
        self._clock = clock
        self._lock = threading.RLock()
        self._ledger: Ledger | None = None
        self._file: tuple[int, int] | None = None
        self._known: dict[str, Snapshot] = {}
        self._memories: dict[str, Memory] = {}
        self._costs: Costs | None = None
        self._calendars: Calendars | None = None

    def now(self) -> int:
        """The page's clock, ms UTC."""
        return self._clock()

    @contextmanager
    def meter(self, wanted: str | None = None) -> Iterator[Snapshot]:
        """The meter of this id, or the first, as it stands; nobody else uses the ledger meanwhile.

        Raises SodienError: there is no such meter, or no ledger yet.
        """
        meter = next((one for one in self.settings.meters if wanted in (None, one.id)), None)
        if meter is None:
            raise SodienError(f"no meter {wanted}")
        with self._lock:
            yield self._snapshot(meter)

    def forget(self) -> None:
        """Something was noted: the next snapshot is a new one."""
        with self._lock:
            self._known.clear()

    def close(self) -> None:
        """Close the ledger."""
        with self._lock:
            if self._ledger is not None:
                self._ledger.close()
            self._ledger, self._file = None, None
            self._known.clear()

    def _open(self) -> tuple[Ledger, Costs, Calendars]:
        """The ledger of these settings; opened anew when another file has taken its place (a restore)."""
        path = self.settings.ledger.path
        try:
            found = os.stat(path)
            file = found.st_dev, found.st_ino
        except OSError:
            file = None
        if self._ledger is not None and file != self._file:
            self.close()
        if self._ledger is None or self._costs is None or self._calendars is None:
            self._ledger = Ledger.open(path)
            self._file = file
            self._costs = Costs(self.settings, self._ledger)
            self._calendars = Calendars(self._ledger)
        return self._ledger, self._costs, self._calendars

    def _snapshot(self, meter: MeterSettings) -> Snapshot:
        now = self._clock()
        ledger, costs, calendars = self._open()
        before = self._known.get(meter.id)
        if before is not None and 0 <= now - before.now < _FRESH_MS:
            return before
        state = daemon_state.read(ledger)
        counted = live_count(meter.id, state)
        earlier = before.history if before is not None else None
        history = history_of(self.settings, ledger, meter, counted, before=earlier)
        at = history.end if history.end is not None else now
        days = calendars.of(meter)
        cost, why = None, ""
        try:
            cost = costs.at(history, meter, days, at)
        except SodienError as error:
            why = str(error)
        where = MeterLedger(self.settings, ledger, meter, self._machine)
        found = Snapshot(
            where,
            history,
            now,
            at,
            state,
            days,
            cost,
            why,
            costs,
            self._memories.setdefault(meter.id, Memory()),
        )
        self._known[meter.id] = found
        return found
