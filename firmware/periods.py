"""Hours, days and reading-day snapshots: written once, late if need be, but for the right instants.

What is due is read off the ledger: everything that has ended by the last settled instant and has no row
yet. So a daemon that was down for days writes what it missed as soon as the clock is known, from counts
and gaps, and a crash in between writes the rest after the restart. The ledger's identity (meter, kind,
time) keeps a second row out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sodien.ledger import Ledger, NewRow
from sodien.messages import plain
from sodien.metering import calendar
from sodien.register import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firmware.recorder import MeterState, Recorder
    from sodien.settings import Settings

#: Rows a call returns at most, so that catching up after weeks does not hold up the counting.
MOST = 48


class Periods:
    """Finds what has ended and has not been written."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        """For all meters of these settings."""
        self._settings = settings
        self._ledger = ledger
        self._zone: ZoneInfo = settings.zone
        self._next: dict[tuple[str, str], int] = {}

    def due(self, recorder: Recorder) -> list[NewRow]:
        """Rows for the hours, days and reading days that ended by the last settled instant; MOST at once."""
        rows: list[NewRow] = []
        for state in recorder.meters:
            wall = recorder.watch.wall_ns(state.settled)
            if wall is None:
                continue
            settled = wall // 1_000_000
            if all(settled < self._end(state.settings.id, kind) for kind in ("hour", "day", "snapshot")):
                continue
            view = View(self._ledger, state.settings, state.p_max_kw, recorder.count_now(state))
            if view.start is None:
                continue
            for make in (self._snapshots, self._days, self._hours):  # what matters most comes first
                for row in make(recorder.run, state, view, settled):
                    rows.append(row)
                    if len(rows) >= MOST:
                        return rows
        return rows

    def _end(self, meter: str, kind: str) -> int:
        """When the next period of a kind ends, as far as it is known already."""
        return self._next.get((meter, kind), 0)

    def _first_start(self, meter: str, kind: str, view: View) -> int:
        """Where the next period of a kind begins: after the newest row, else where the ledger begins."""
        newest = self._ledger.newest(kind, meter)
        if newest is None or newest.at is None:
            return view.start or 0
        return int(newest.body["end"])

    def _hours(self, run: int, state: MeterState, view: View, settled: int) -> Iterator[NewRow]:
        meter = state.settings.id
        start = self._first_start(meter, "hour", view)
        start = calendar.hour_start(start, self._zone)
        while True:
            end = calendar.next_hour(start, self._zone)
            self._next[meter, "hour"] = end
            if end > settled:
                return
            yield self._energy("hour", run, state, view, start, end, {})
            start = end

    def _days(self, run: int, state: MeterState, view: View, settled: int) -> Iterator[NewRow]:
        meter = state.settings.id
        start = self._first_start(meter, "day", view)
        while True:
            day = calendar.date_of(start, self._zone)
            start, end = calendar.day_bounds(day, self._zone)
            self._next[meter, "day"] = end
            if end > settled:
                return
            yield self._energy("day", run, state, view, start, end, {"day": day.isoformat()})
            start = end

    def _energy(
        self, kind: str, run: int, state: MeterState, view: View, start: int, end: int, extra: dict[str, str]
    ) -> NewRow:
        first, last = view.pulses(start), view.pulses(end)
        coverage = view.coverage(start, end)
        body = {
            "end": end,
            "pulses": last - first,
            "energy": plain(view.energy(start, end)),
            "counted": coverage.counted / 1000,
            "blind": {reason: ms / 1000 for reason, ms in coverage.by_reason.items()},
            **extra,
        }
        return NewRow(kind, state.settings.id, run, None, start, body=body)

    def _snapshots(self, run: int, state: MeterState, view: View, settled: int) -> Iterator[NewRow]:
        meter, rule = state.settings.id, state.settings.reading_day
        newest = self._ledger.newest("snapshot", meter)
        after = newest.at if newest and newest.at is not None else view.start or 0
        day = calendar.next_reading_day(calendar.date_of(after, self._zone), rule)
        while True:
            start, end = calendar.day_bounds(day, self._zone)
            self._next[meter, "snapshot"] = end
            if end > settled:
                return
            if end > after:
                instants = {"start": start, "end": end}
                if state.settings.reading_hour is not None:
                    instants["hour"] = calendar.instant_at(day, state.settings.reading_hour, self._zone)
                body: dict[str, object] = {"day": day.isoformat()}
                for name, at in instants.items():
                    body[name] = plain(view.instant(at))
                yield NewRow("snapshot", meter, run, None, end, body=body)
            day = calendar.next_reading_day(day, rule, after=True)
