"""Ledger rows as wire entries (:mod:`sodien.protocol.messages`).

The register, power and coverage of a tick are worked out when it is sent, from all that is known then: the
ledger holds only what was counted, and a replay brings what was learnt since into the database.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from sodien.history.meter import MeterHistory, bounds, history_of, stamp
from sodien.ledger import bodies
from sodien.ledger.misfits import misfit
from sodien.ledger.rows import encoded
from sodien.ledger.store import Ledger, LedgerError, NewRow, Row
from sodien.protocol import entries, times
from sodien.protocol.messages import encode

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
        self._numbers: dict[str, tuple[int, int]] = {}
        self.set_aside: dict[int, str] = {}
        self._make: dict[str, Callable[[Row, dict[str, Any]], entries.Entry]] = {
            **_AS_STORED,
            "tick": self._tick,
            "gap": self._gap,
            "hour": self._hour,
            "day": self._day_of_energy,
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
        tried = Row(
            row.kind,
            row.meter,
            row.run,
            row.mono,
            row.at,
            row.pulses,
            row.first,
            row.doubt,
            encoded(row.body),
        )
        encode(self.entry(tried))

    def _history(self, row: Row) -> MeterHistory | None:
        """A history that reaches to this row's time."""
        history = self._histories.get(row.meter)
        if history is not None and row.at is not None and (history.end is None or row.at > history.end):
            meter = self._meters[row.meter]
            history = self._histories[row.meter] = history_of(self._settings, self._ledger, meter)
        return history

    def entry(self, row: Row) -> entries.Entry:
        """The entry of one dated row. Raises whatever a row that cannot be rendered makes it raise."""
        if row.at is None or (why := misfit(row)) is not None:
            raise ValueError(f"its {why or 'time'} cannot be reckoned with")
        common = {"seq": row.seq, "at": times.format_time(row.at), "meter": row.meter or None}
        return self._make[row.kind](row, common)

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
            constants = history.constants_over(gap.start, gap.end)
            blind = gap.blind(constants)
            low, high = blind.low, blind.high if blind.high is not None else high
            pulses_max = math.ceil(high * max(constants))
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

    def _period(self, row: Row, body: bodies.HourBody) -> dict[str, Any]:
        """The ledger holds the dial's kWh; what is sent has been multiplied."""
        assert row.at is not None
        energy, history = body.energy, self._history(row)
        factors = history.multipliers(row.at, body.end) if history is not None else {Fraction(1)}
        if history is not None and len(factors) > 1:
            energy = history.energy(row.at, body.end)
        elif (factor := factors.pop()) != 1:
            energy = bounds(*(Fraction(kwh) * factor for kwh in (energy.low, energy.best, energy.high)))
        return {
            "pulses": body.pulses,
            "energy": energy,
            "seconds": (body.end - row.at) / 1000,
            "counted": body.counted,
            "blind": body.blind or {},
        }

    def _hour(self, row: Row, common: dict[str, Any]) -> entries.HourEntry:
        return entries.HourEntry(**common, **self._period(row, row.read(bodies.HourBody)))

    def _day_of_energy(self, row: Row, common: dict[str, Any]) -> entries.DayEntry:
        body = row.read(bodies.DayBody)
        return entries.DayEntry(**common, **self._period(row, body), day=body.day.isoformat())


# -- what is sent as it was stored ---------------------------------------------------------------------


def _dial(row: Row, common: dict[str, Any]) -> entries.DialEntry:
    body = row.read(bodies.DialBody)
    return entries.DialEntry(
        **common,
        reading=body.reading,
        low=body.low,
        high=body.high,
        within_s=(body.within_ms or 0) / 1000,
        by=body.by,
        photo=body.photo.sha256 if body.photo is not None else None,
    )


def _resolution(row: Row, common: dict[str, Any]) -> entries.ResolutionEntry:
    body = row.read(bodies.ResolutionBody)
    return entries.ResolutionEntry(
        **common, of=times.format_time(body.of), what=body.what, low=body.low, high=body.high, by=body.by
    )


def _clock(row: Row, common: dict[str, Any]) -> entries.ClockEntry:
    body = row.read(bodies.ClockBody)
    return entries.ClockEntry(**common, boot=body.boot, what=body.what, by=body.by)


def _amendment(row: Row, common: dict[str, Any]) -> entries.AmendmentEntry:
    body = row.read(bodies.AmendmentBody)
    return entries.AmendmentEntry(
        **common,
        of=times.format_time(body.of),
        of_kind=body.of_kind,
        what=body.what,
        because=body.because,
        reading=body.reading,
        low=body.low,
        high=body.high,
        read_at=_time(body.read_at),
        within_s=body.within_ms / 1000 if body.within_ms is not None else None,
        by=body.by,
    )


def _replacement(row: Row, common: dict[str, Any]) -> entries.ReplacementEntry:
    body = row.read(bodies.ReplacementBody)
    return entries.ReplacementEntry(
        **common,
        old_final=body.old_final.reading,
        new_initial=body.new_initial.reading,
        constant=body.constant,
        digits=body.digits,
        decimals=body.decimals,
        multiplier=body.multiplier,
        serial=body.serial,
        within_s=(body.within_ms or 0) / 1000,
        by=body.by,
    )


def _constant(row: Row, common: dict[str, Any]) -> entries.ConstantEntry:
    body = row.read(bodies.ConstantBody)
    return entries.ConstantEntry(**common, constant=body.constant, from_start=body.from_start, by=body.by)


def _bill(row: Row, common: dict[str, Any]) -> entries.BillEntry:
    # Here, because counting needs nothing of bills until one is on its way.
    from sodien.billing.bill import Bill, IndexRow, main_row, printed_kwh

    body = row.read(bodies.BillBody)
    bill = msgspec.json.decode(body.bill, type=Bill)
    main = main_row(bill) or IndexRow()
    first, last = body.expected or (None, None)
    return entries.BillEntry(
        **common,
        source=bill.source,
        sha256=body.sha256,
        corrects=_time(body.corrects),
        first=_day(bill.first or first),
        last=_day(bill.last or last),
        old=main.old,
        new=main.new,
        multiplier=main.multiplier,
        billed_kwh=printed_kwh(bill),
        net=bill.net,
        tax=bill.tax,
        total=bill.total,
        estimated=bill.estimated,
    )


class _Keyed(msgspec.Struct):
    """A check or a reason of a verdict: what travels of it."""

    key: str
    result: str = ""


class _OwnKwh(msgspec.Struct):
    """Our own consumption; without a best estimate where there is none."""

    low: Decimal | None = None
    best: Decimal | None = None
    high: Decimal | None = None


class _ReadAt(msgspec.Struct):
    """When the new index was read, ms UTC."""

    start: int | None = None
    end: int | None = None


class _Verdict(msgspec.Struct):
    """What travels of a verdict; whatever else it holds stays at home."""

    overall: str
    why: str = ""
    direction: str = ""
    disagrees_by_kwh: Decimal | None = None
    disagrees_by_money: Decimal | None = None
    detectable_kwh: Decimal | None = None
    billed_kwh: Decimal | None = None
    own_kwh: _OwnKwh | None = None
    checks: list[_Keyed] = []
    reasons: list[_Keyed] = []
    read_new: _ReadAt | None = None


def _verdict(row: Row, common: dict[str, Any]) -> entries.VerdictEntry:
    body = row.read(bodies.VerdictBody)
    verdict = msgspec.json.decode(body.verdict, type=_Verdict)
    own, read = verdict.own_kwh or _OwnKwh(), verdict.read_new or _ReadAt()
    return entries.VerdictEntry(
        **common,
        of=times.format_time(body.of),
        overall=verdict.overall,
        why=verdict.why,
        first=_day(body.first),
        last=_day(body.last),
        direction=verdict.direction,
        disagrees_by_kwh=verdict.disagrees_by_kwh,
        disagrees_by_money=verdict.disagrees_by_money,
        detectable_kwh=verdict.detectable_kwh,
        billed_kwh=verdict.billed_kwh,
        own_low=own.low,
        own=own.best,
        own_high=own.high,
        wrong=tuple(one.key for one in verdict.checks if one.result == "disagrees"),
        reason=verdict.reasons[0].key if verdict.reasons else "",
        read_from=_time(read.start),
        read_to=_time(read.end),
    )


def _schedule(row: Row, common: dict[str, Any]) -> entries.ScheduleEntry:
    body = row.read(bodies.ScheduleBody)
    return entries.ScheduleEntry(**common, day=body.day.isoformat(), until=_day(body.until))


def _cost(row: Row, common: dict[str, Any]) -> entries.CostEntry:
    body = row.read(bodies.CostBody)
    return entries.CostEntry(
        **common,
        first=body.first.isoformat(),
        last=body.last.isoformat(),
        kwh=body.kwh,
        cost=body.cost,
        currency=body.currency,
        tier=body.tier or None,
        since=body.since or None,
        projection=body.projection or None,
    )


def _reminder(row: Row, common: dict[str, Any]) -> entries.ReminderEntry:
    body = row.read(bodies.ReminderBody)
    return entries.ReminderEntry(**common, day=body.day.isoformat(), when=body.when)


def _snapshot(row: Row, common: dict[str, Any]) -> entries.SnapshotEntry:
    body = row.read(bodies.SnapshotBody)
    return entries.SnapshotEntry(
        **common, day=body.day.isoformat(), start=body.start, end=body.end, hour=body.hour
    )


def _health(row: Row, common: dict[str, Any]) -> entries.HealthEntry:
    body = row.read(bodies.HealthBody)
    return entries.HealthEntry(
        **common,
        rejected=body.rejected or {},
        undecided=body.undecided or 0,
        late=body.late or 0,
        lost=body.lost or 0,
        errors=body.errors or 0,
        queue=body.queue or 0,
        ledger_bytes=body.ledger_bytes or 0,
    )


def _event(row: Row, common: dict[str, Any]) -> entries.EventEntry:
    body = row.read(bodies.EventBody)
    return entries.EventEntry(**common, what=body.what, detail=body.detail or {})


def _seal(row: Row, common: dict[str, Any]) -> entries.SealEntry:
    body = row.read(bodies.SealBody)
    return entries.SealEntry(
        **common,
        hash=body.hash,
        previous=body.previous,
        first=body.first,
        last=body.last,
        ledger=body.ledger,
    )


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _time(ms: int | None) -> str | None:
    return times.format_time(ms) if ms is not None else None


_AS_STORED: dict[str, Callable[[Row, dict[str, Any]], entries.Entry]] = {
    "dial": _dial,
    "resolution": _resolution,
    "clock": _clock,
    "amendment": _amendment,
    "replacement": _replacement,
    "constant": _constant,
    "bill": _bill,
    "verdict": _verdict,
    "schedule": _schedule,
    "cost": _cost,
    "reminder": _reminder,
    "snapshot": _snapshot,
    "health": _health,
    "event": _event,
    "seal": _seal,
}
