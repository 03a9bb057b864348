"""Ledger rows that travel as they were stored: nothing learnt later is added to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec

from sodien.ledger import bodies
from sodien.ledger.store import Row
from sodien.protocol import entries, times


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
        read_at=time_of(body.read_at),
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
        corrects=time_of(body.corrects),
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
        read_from=time_of(read.start),
        read_to=time_of(read.end),
    )


def _schedule(row: Row, common: dict[str, Any]) -> entries.ScheduleEntry:
    body = row.read(bodies.ScheduleBody)
    return entries.ScheduleEntry(**common, day=body.day.isoformat(), until=_day(body.until))


def cost_so_far(row: Row, common: dict[str, Any]) -> entries.CostEntry:
    """The entry of a cost row, by what its body says."""
    body = row.read(bodies.CostBody)
    return entries.CostEntry(
        **common,
        first=body.first.isoformat(),
        last=body.last.isoformat(),
        kwh=body.kwh,
        cost=body.cost,
        currency=body.currency,
        tier=body.tier or None,
        next_tier_kwh=body.next_tier_kwh,
        since=body.since or None,
        projection=body.projection or None,
    )


def _reminder(row: Row, common: dict[str, Any]) -> entries.ReminderEntry:
    body = row.read(bodies.ReminderBody)
    return entries.ReminderEntry(**common, day=body.day.isoformat(), when=body.when)


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


def time_of(ms: int | None) -> str | None:
    """ms UTC as it travels."""
    return times.format_time(ms) if ms is not None else None


AS_STORED: dict[str, Callable[[Row, dict[str, Any]], entries.Entry]] = {
    "dial": _dial,
    "resolution": _resolution,
    "clock": _clock,
    "amendment": _amendment,
    "replacement": _replacement,
    "constant": _constant,
    "bill": _bill,
    "verdict": _verdict,
    "schedule": _schedule,
    "reminder": _reminder,
    "health": _health,
    "event": _event,
    "seal": _seal,
}
