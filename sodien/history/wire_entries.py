"""Ledger rows as wire entries (:mod:`sodien.protocol.messages`).

The register, power and coverage of a tick are worked out when it is sent, from all that is known then: the
ledger holds only what was counted, and a replay brings what was learnt since into the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace

from sodien.history.meter import MeterHistory, bounds, history_of, stamp
from sodien.history.revisions import Revisions
from sodien.ledger import bodies
from sodien.ledger.as_stored import AS_STORED, cost_so_far, time_of
from sodien.ledger.misfits import misfit
from sodien.ledger.rows import encoded
from sodien.ledger.store import Ledger, LedgerError, NewRow, Row
from sodien.metering.calendar import day_bounds
from sodien.protocol import entries, times
from sodien.protocol.messages import encode
from sodien.protocol.values import Bounds

if TYPE_CHECKING:
    from sodien.settings.model import MeterSettings, Settings


class WireEntries:
    """Turns rows into entries; keeps one history per meter as long as nothing that matters was added.

    Attributes:
        set_aside: the rows that could not be turned into entries, by their number, and why.
    """

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        """For the meters of these settings; rows of a meter they no longer name go out without a register."""
        self._ledger = ledger
        self._meters: dict[str, MeterSettings] = {meter.id: meter for meter in settings.meters}
        self._settings = settings
        self._histories: dict[str, MeterHistory] = {}
        self._revisions: dict[str, Revisions] = {}
        self._numbers: dict[str, tuple[int, int]] = {}
        self.set_aside: dict[int, str] = {}
        self._make: dict[str, Callable[[Row, dict[str, Any]], entries.Entry]] = {
            **AS_STORED,
            "tick": self._tick,
            "gap": self._gap,
            "hour": self._hour,
            "day": self._day_of_energy,
            "snapshot": self._snapshot,
            "cost": self._cost,
            "claim": self._claim,
        }

    def __call__(self, rows: Sequence[Row]) -> list[entries.Entry]:
        """The entries of these dated rows, in order; those that cannot be made are set aside."""
        self._refresh()
        found = []
        for row in rows:
            try:
                found.append(self.entry(row))
            except LedgerError:
                raise
            except Exception as error:  # noqa: BLE001  (one row must not hold up all that follow it)
                self.set_aside[row.seq] = f"{type(error).__name__}: {error}"
        return found

    def _refresh(self) -> None:
        for name, meter in self._meters.items():
            history = self._histories.get(name)
            if history is None or history.stamp != stamp(self._ledger, name):
                self._histories[name] = history_of(self._settings, self._ledger, meter)

    def check(self, row: NewRow) -> None:
        """Try to render a row that is not stored yet. Raises as :meth:`entry` does."""
        encode(self.entry(Row(**asdict(row) | {"body": encoded(row.body)})))

    def _history(self, row: Row) -> MeterHistory | None:
        """A history that reaches to this row's time."""
        history = self._histories.get(row.meter)
        if history is not None and row.at is not None and (history.end is None or row.at > history.end):
            meter = self._meters[row.meter]
            history = self._histories[row.meter] = history_of(self._settings, self._ledger, meter)
        return history

    def entry(self, row: Row) -> entries.Entry:
        """The entry of one dated row. Raises whatever a row that cannot be rendered makes it raise."""
        if row.kind == bodies.RevisionBody.kind and misfit(row) is None:
            row = self._named_by(row)
        if row.at is None or (why := misfit(row)) is not None:
            raise ValueError(f"its {why or 'time'} cannot be reckoned with")
        common = {"seq": row.seq, "at": times.format_time(row.at), "meter": row.meter or None}
        return self._make[row.kind](row, common)

    def _named_by(self, revision: Row) -> Row:
        """The row whose place a revision takes, under the revision's number."""
        body = revision.read(bodies.RevisionBody)
        row = self._ledger.newest(body.of_kind, revision.meter, body.of)
        if row is None or row.at != body.of:
            raise ValueError("it names a row that is not there")
        return replace(row, seq=revision.seq)

    def _revisions_of(self, meter: str) -> Revisions:
        count = self._ledger.count_of(bodies.RevisionBody.kind, meter)
        if meter not in self._revisions or len(self._revisions[meter].rows) != count:
            self._revisions[meter] = Revisions(self._ledger, meter)
        return self._revisions[meter]

    def _number(self, meter: str, at: int) -> int:
        """Which tick of the meter the one at ``at`` is, by time; counted on from the one before, not anew."""
        last, number = self._numbers.get(meter, (at, 0))
        if at <= last:
            last, number = -(1 << 62), 0
        number += self._ledger.count_of("tick", meter, last, at)
        self._numbers[meter] = at, number
        return number

    def _tick(self, row: Row, common: dict[str, Any]) -> entries.TickEntry:
        assert row.at is not None
        assert row.pulses is not None
        common["number"] = self._number(row.meter, row.at)
        history = self._history(row)
        if history is None:
            return entries.TickEntry(**common, pulses=row.pulses)
        register = history.at(row.at)
        power = coverage = None
        before = self._ledger.newest("tick", row.meter, row.at - 1)
        if before is not None and before.at is not None and before.pulses is not None:
            coverage = history.coverage(before.at, row.at).share
            if coverage is not None and coverage > 0.999:
                span_s = (row.at - before.at) / 1000
                kwh = (row.pulses - before.pulses) / history.constant(row.at) * history.multiplier(row.at)
                power = float(kwh * 3_600_000) / span_s
        return entries.TickEntry(
            **common, pulses=row.pulses, register=register, power_w=power, coverage=coverage
        )

    def _gap(self, row: Row, common: dict[str, Any]) -> entries.GapEntry:
        assert row.at is not None
        body = row.read(bodies.GapBody)
        low, high, pulses_max, supply = Fraction(0), Fraction(body.high), 0, None
        history = self._history(row)
        gap = next((gap for gap in history.gaps if gap.seq == row.seq), None) if history is not None else None
        if history is not None and gap is not None:
            blind = gap.blind()
            low, high = blind.low, blind.high if blind.high is not None else high
            pulses_max = gap.most_pulses()
            supply = "out" if gap.supply_out else None
            low, high = (kwh * history.multiplier(gap.start) for kwh in (low, high))
        return entries.GapEntry(
            **common,
            end=times.format_time(body.end(row.at)),
            reason=body.reason,
            seconds=body.ns / 1e9,
            energy=bounds(low, low, high),
            pulses_max=pulses_max,
            counted=body.after - (row.pulses or 0),
            supply=supply,
        )

    def _period(self, row: Row, kind: type[bodies.HourBody]) -> dict[str, Any]:
        assert row.at is not None
        revisions = self._revisions_of(row.meter)
        body, revision = revisions.now(row).read(kind), revisions.of(row)
        return {
            "pulses": body.pulses,
            "energy": self._multiplied(row, body),
            "seconds": (body.end - row.at) / 1000,
            "counted": body.counted,
            "blind": body.blind or {},
            "revised": time_of(revision.at) if revision is not None else None,
            "then": self._multiplied(row, row.read(kind)) if revision is not None else None,
        }

    def _multiplied(self, row: Row, body: bodies.HourBody) -> Bounds:
        """The ledger holds the dial's kWh; what is sent has been multiplied."""
        assert row.at is not None
        energy, history = body.energy, self._history(row)
        factors = history.multipliers(row.at, body.end) if history is not None else {Fraction(1)}
        if history is not None and len(factors) > 1:
            energy = history.energy(row.at, body.end)
        elif (factor := factors.pop()) != 1:
            energy = bounds(*(Fraction(kwh) * factor for kwh in (energy.low, energy.best, energy.high)))
        return energy

    def _hour(self, row: Row, common: dict[str, Any]) -> entries.HourEntry:
        return entries.HourEntry(**common, **self._period(row, bodies.HourBody))

    def _day_of_energy(self, row: Row, common: dict[str, Any]) -> entries.DayEntry:
        day = row.read(bodies.DayBody).day
        return entries.DayEntry(**common, **self._period(row, bodies.DayBody), day=day.isoformat())

    def _cost(self, row: Row, common: dict[str, Any]) -> entries.Entry:
        revisions = self._revisions_of(row.meter)
        entry = cost_so_far(revisions.now(row), common)
        if (revision := revisions.of(row)) is None:
            return entry
        return replace(entry, revised=time_of(revision.at), then=row.read(bodies.CostBody).cost)

    def _claim(self, row: Row, common: dict[str, Any]) -> entries.ClaimEntry:
        body = row.read(bodies.ClaimBody)
        history, register = self._history(row), None
        if history is not None:
            first = last = body.read_at if body.read_at is not None else row.at or 0
            if body.day is not None:
                first, last = day_bounds(body.day, self._settings.zone)
            begin, end = history.at(first), history.at(last)
            if begin is not None and end is not None and begin.low <= end.high:
                best = min(max((begin.best + end.best) / 2, begin.low), end.high)
                register = Bounds(begin.low, best, end.high)
        return entries.ClaimEntry(
            **common,
            index=body.index,
            day=body.day.isoformat() if body.day is not None else None,
            read_at=time_of(body.read_at),
            source=body.source or "",
            register=register,
            by=body.by,
        )

    def _snapshot(self, row: Row, common: dict[str, Any]) -> entries.SnapshotEntry:
        revisions = self._revisions_of(row.meter)
        then, now = row.read(bodies.SnapshotBody), revisions.now(row).read(bodies.SnapshotBody)
        if (revision := revisions.of(row)) is not None:
            common |= {
                "revised": time_of(revision.at),
                "then_start": then.start.register,
                "then_end": then.end.register,
            }
        return entries.SnapshotEntry(
            **common, day=now.day.isoformat(), start=now.start, end=now.end, hour=now.hour
        )
