"""Hours, days and reading-day snapshots: written once, late if need be, but for the right instants.

What is due is read off the ledger: everything that has ended by the last settled instant and has no row
yet. So a daemon that was down for days writes what it missed as soon as the clock is known, from counts
and gaps, and a crash in between writes the rest after the restart. The ledger's identity (meter, kind,
time) keeps a second row out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from sodien.bills.cost_so_far import Costs
from sodien.history.meter import MeterHistory
from sodien.history.reading_days import Calendars
from sodien.history.revisions import Revisions
from sodien.ledger.bodies import (
    BODIES,
    CostBody,
    DayBody,
    HourBody,
    ReminderBody,
    RevisionBody,
    SnapshotBody,
    as_stored,
)
from sodien.ledger.store import Ledger, NewRow, Row
from sodien.metering import calendar

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from firmware.meter_state import MeterState
    from firmware.recorder import Recorder
    from sodien.clock import ClockRecord
    from sodien.ledger.bodies import Body
    from sodien.protocol.values import Bounds
    from sodien.settings.model import Settings

_KINDS = ("hour", "day", "snapshot", "reminder", "cost")
#: While the clock may be wrong, it is looked at again after this.
_AGAIN_MS = 60_000
_STEP_MS = 12 * 3_600_000
_LONGEST_DAY_MS = 25 * 3_600_000
#: Periods that may end within a step, of all kinds.
_ROWS_OF_A_STEP = 28
#: Rows a call returns at most, so that catching up after weeks does not hold up the counting.
MOST = 48


class PeriodRows:
    """Finds what has ended and has not been written."""

    def __init__(self, settings: Settings, ledger: Ledger, costs: Costs, calendars: Calendars) -> None:
        """For all meters of these settings."""
        self._settings = settings
        self._ledger = ledger
        self._costs = costs
        self._calendars = calendars
        self._zone: ZoneInfo = settings.zone
        self._next: dict[tuple[str, str], int] = {}
        self._record: ClockRecord | None = None
        self._looked: dict[str, tuple[int, int]] = {}
        self.more = False

    def ended(self, recorder: Recorder) -> bool:
        """Whether a period has ended by the last settled instant, or may have."""
        if self._record is not recorder.watch.last:
            self._record = recorder.watch.last
            self._next.clear()  # it rested on another clock
        return any(
            wall >= self._next_end(state.settings.id)
            for state in recorder.meters
            if (wall := _settled_ms(recorder, state)) is not None
        )

    def due(self, recorder: Recorder) -> list[NewRow]:
        """Rows for the hours, days and reading days that ended by the last settled instant; MOST at once."""
        rows: list[NewRow] = []
        behind, self.more = self.more, False
        for state in recorder.meters:
            settled = _settled_ms(recorder, state)
            if settled is None or (settled < self._next_end(state.settings.id) and not behind):
                continue
            view = MeterHistory(self._ledger, state.settings, state.p_max_kw, recorder.count_now(state))
            if view.start is None or not view.certain:
                # Nothing is closed by a clock that may be wrong.
                self._next.update({(state.settings.id, kind): settled + _AGAIN_MS for kind in _KINDS})
                continue
            # What matters most comes first.
            for make in (self._snapshots, self._reminders, self._days, self._hours, self._cost):
                for row in make(recorder.run, state, view, settled):
                    rows.append(row)
                    if len(rows) >= MOST:
                        self.more = True
                        return rows
            rows += self._revisions(recorder.run, state, view, settled, MOST - len(rows))
        return rows

    def _next_end(self, meter: str) -> int:
        """When the next period of any kind ends, as far as it is known already; ms UTC."""
        return min(self._next.get((meter, kind), 0) for kind in _KINDS)

    def _first_start(self, meter: str, kind: str, view: MeterHistory, settled: int) -> int:
        """Where the next period of a kind begins: after the newest row, else where the ledger begins.

        Rows of what has not come yet were written by a clock that was wrong, and do not count.
        """
        newest = self._ledger.newest(kind, meter, settled)
        return newest.read(HourBody).end if newest is not None else view.start or 0

    def _hours(self, run: int, state: MeterState, view: MeterHistory, settled: int) -> Iterator[NewRow]:
        meter = state.settings.id
        start = self._first_start(meter, "hour", view, settled)
        start = calendar.hour_start(start, self._zone)
        while True:
            end = calendar.next_hour(start, self._zone)
            self._next[meter, "hour"] = end
            if end > settled:
                return
            if not self._has("hour", meter, start):
                body = HourBody(**_energy(view, start, end))
                yield NewRow("hour", meter, run, None, start, body=body)
            start = end

    def _days(self, run: int, state: MeterState, view: MeterHistory, settled: int) -> Iterator[NewRow]:
        meter = state.settings.id
        start = self._first_start(meter, "day", view, settled)
        while True:
            day = calendar.date_of(start, self._zone)
            start, end = calendar.day_bounds(day, self._zone)
            self._next[meter, "day"] = end
            if end > settled:
                return
            if not self._has("day", meter, start):
                body = DayBody(day=day, **_energy(view, start, end))
                yield NewRow("day", meter, run, None, start, body=body)
            start = end

    def _snapshots(self, run: int, state: MeterState, view: MeterHistory, settled: int) -> Iterator[NewRow]:
        meter, rule = state.settings.id, self._calendars.of(state.settings)
        newest = self._ledger.newest("snapshot", meter, settled)
        after = newest.at if newest and newest.at is not None else view.start or 0
        day = calendar.next_reading_day(calendar.date_of(after, self._zone), rule)
        while True:
            _, end = calendar.day_bounds(day, self._zone)
            self._next[meter, "snapshot"] = end
            if end > settled:
                return
            if end > after and not self._has("snapshot", meter, end):
                body = self._snapshot(state, view, day)
                yield NewRow("snapshot", meter, run, None, end, body=body)
            day = calendar.next_reading_day(day, rule, after=True)

    def _snapshot(self, state: MeterState, view: MeterHistory, day: dt.date) -> SnapshotBody:
        start, end = calendar.day_bounds(day, self._zone)
        instants = {"start": start, "end": end}
        if state.settings.reading_hour is not None:
            instants["hour"] = calendar.instant_at(day, state.settings.reading_hour, self._zone)
        return SnapshotBody(day=day, **{name: view.instant(at) for name, at in instants.items()})

    def _has(self, kind: str, meter: str, at: int) -> bool:
        """Whether a clock that was wrong has closed this period before."""
        return self._ledger.count_of(kind, meter, at - 1, at) > 0

    def _revisions(
        self, run: int, state: MeterState, view: MeterHistory, settled: int, most: int
    ) -> list[NewRow]:
        """What takes the place of rows that a wrong clock has closed, as far as their time has come.

        Looked at are those that ended within half a day at once: again when a clock has done something since.
        """
        meter, boots = state.settings.id, view.evidence.boots
        spoilt = boots.spoilt()
        newest, looked = self._looked.get(meter, (0, 0))
        looked = looked if newest == boots.newest else 0
        left = [(max(start, looked), min(end, settled)) for start, end in spoilt]
        left = [(start, end) for start, end in left if start < end]
        if not left:
            self._looked[meter] = boots.newest, max([looked, *(min(end, settled) for _, end in spoilt)])
            return []
        start, end = left[0][0], min(left[0][1], left[0][0] + _STEP_MS)
        self.more = self.more or end < left[0][1] or len(left) > 1 or most < _ROWS_OF_A_STEP
        if most < _ROWS_OF_A_STEP:
            return []
        self._looked[meter] = boots.newest, end
        known, rows = Revisions(self._ledger, meter), []
        kinds: tuple[Literal["snapshot", "day", "hour", "cost"], ...] = ("snapshot", "day", "hour", "cost")
        for kind in kinds:
            for row in self._ledger.of_kind(kind, meter, start - _LONGEST_DAY_MS, end + 1):
                version = known.of(row) or row
                ended = row.read(HourBody).end if kind in ("day", "hour") else row.at or 0
                if start < ended <= end and version.seq < boots.newest:
                    then = known.now(row).read(BODIES[kind])
                    now = self._as_known(state, view, row, then)
                    if _differs(then, now):
                        body = RevisionBody(of=row.at or 0, of_kind=kind, now=as_stored(now))
                        rows.append(NewRow("revision", meter, run, None, settled, body=body))
        return rows

    def _as_known(self, state: MeterState, view: MeterHistory, row: Row, then: Body) -> Body:
        if isinstance(then, SnapshotBody):
            return self._snapshot(state, view, then.day)
        if isinstance(then, CostBody):
            days = self._calendars.of(state.settings)
            return self._costs.hourly(view, state.settings, days, row.at or 0) or then
        assert isinstance(then, HourBody)
        return msgspec.structs.replace(then, **_energy(view, row.at or 0, then.end))

    def _reminders(self, run: int, state: MeterState, view: MeterHistory, settled: int) -> Iterator[NewRow]:
        """The reminder of today, if its hour has come and it is not there yet; those of other days are past.

        The row comes before the command: after a crash in between nobody is told twice.
        """
        meter, rule = state.settings.id, self._calendars.of(state.settings)
        today = calendar.date_of(settled, self._zone)
        at = calendar.instant_at(today, self._settings.reminder.at, self._zone)
        _, midnight = calendar.day_bounds(today, self._zone)
        self._next[meter, "reminder"] = at if settled < at else midnight
        if settled < at:
            return
        day = calendar.next_reading_day(today, rule)
        when = {0: "today", 1: "tomorrow" if self._settings.reminder.day_before else None}.get(
            (day - today).days
        )
        if when is not None and not self._ledger.of_kind("reminder", meter, at, midnight):
            yield NewRow("reminder", meter, run, None, at, body=ReminderBody(day=day, when=when))

    def _cost(self, run: int, state: MeterState, view: MeterHistory, settled: int) -> Iterator[NewRow]:
        """The cost so far at the end of each hour."""
        meter = state.settings.id
        newest = self._ledger.newest("cost", meter, settled)
        at = newest.at if newest is not None and newest.at is not None else view.start or 0
        days = self._calendars.of(state.settings)
        while True:
            at = calendar.next_hour(at, self._zone)
            self._next[meter, "cost"] = at
            if at > settled:
                return
            if self._has("cost", meter, at):
                continue
            cost = self._costs.hourly(view, state.settings, days, at)
            if cost is None:
                self._next[meter, "cost"] = calendar.next_hour(settled, self._zone)
                return
            yield NewRow("cost", meter, run, None, at, body=cost)


def _energy(view: MeterHistory, start: int, end: int) -> dict[str, Any]:
    """What hours and days have in common."""
    coverage = view.coverage(start, end)
    return {
        "end": end,
        "pulses": view.pulses(end) - view.pulses(start),
        "energy": view.dial_energy(start, end),  # multiplied when it is sent: a multiplier may be corrected
        "counted": coverage.counted / 1000,
        "blind": {reason: ms / 1000 for reason, ms in coverage.by_reason.items()},
    }


def _differs(then: Body, now: Body) -> bool:
    """Whether it is worth another entry: dial readings narrow what was right as well."""
    if isinstance(then, CostBody) and isinstance(now, CostBody):
        return not _inside(now.kwh, then.kwh) or (then.first, then.last) != (now.first, now.last)
    if isinstance(then, HourBody) and isinstance(now, HourBody):
        same = then.pulses == now.pulses and abs(then.counted - now.counted) <= 1
        return not same or not _inside(now.energy, then.energy)
    return then != now


def _inside(now: Bounds, then: Bounds) -> bool:
    return then.low <= now.low and now.high <= then.high


def _settled_ms(recorder: Recorder, state: MeterState) -> int | None:
    """The instant up to which everything is counted, ms UTC; None while the clock is not known."""
    return recorder.watch.wall_ms(state.settled)
