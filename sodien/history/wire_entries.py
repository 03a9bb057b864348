"""Ledger rows as wire entries (:mod:`sodien.protocol.messages`).

The register, power and coverage of a tick are worked out when it is sent, from all that is known then: the
ledger holds only what was counted, and a replay brings what was learnt since into the database.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from sodien.history.gaps import gap_end
from sodien.history.meter import MeterHistory, bounds, stamp, view_of
from sodien.ledger.store import Ledger, Row
from sodien.protocol import entries, times, values

if TYPE_CHECKING:
    from sodien.settings.model import MeterSettings, Settings


class WireEntries:
    """Turns rows into entries; keeps one view per meter as long as nothing that matters was added."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        """For the meters of these settings; rows of a meter they no longer name go out without a register."""
        self._ledger = ledger
        self._meters: dict[str, MeterSettings] = {meter.id: meter for meter in settings.meters}
        self._settings = settings
        self._views: dict[str, MeterHistory] = {}
        self._numbers: dict[str, tuple[int, int]] = {}
        self._make: dict[str, Callable[[Row, Any], entries.Entry]] = {
            "tick": self._tick,
            "gap": self._gap,
            "dial": self._dial,
            "resolution": self._resolution,
            "amendment": self._amendment,
            "replacement": self._replacement,
            "constant": self._constant,
            "bill": self._bill,
            "verdict": self._verdict,
            "schedule": self._schedule,
            "cost": self._cost,
            "reminder": self._reminder,
            "snapshot": self._snapshot,
            "hour": self._hour,
            "day": self._day,
            "health": self._health,
            "event": self._event,
            "seal": self._seal,
        }

    def __call__(self, rows: Sequence[Row]) -> list[entries.Entry]:
        """The entries of these dated rows, in order."""
        self._refresh()
        return [self._entry(row) for row in rows]

    def _refresh(self) -> None:
        for name, meter in self._meters.items():
            view = self._views.get(name)
            if view is None or view.stamp != stamp(self._ledger, name):
                self._views[name] = view_of(self._settings, self._ledger, meter)

    def _view(self, row: Row) -> MeterHistory | None:
        """A view that reaches to this row's time."""
        view = self._views.get(row.meter)
        if view is not None and row.at is not None and (view.end is None or row.at > view.end):
            meter = self._meters[row.meter]
            view = self._views[row.meter] = view_of(self._settings, self._ledger, meter)
        return view

    def _entry(self, row: Row) -> entries.Entry:
        assert row.at is not None
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
        view = self._view(row)
        if view is None:
            return entries.TickEntry(**common, pulses=row.pulses)
        register = view.at(row.at)
        power = coverage = None
        before = self._ledger.newest("tick", row.meter, row.at - 1)
        if before is not None and before.at is not None and before.pulses is not None:
            coverage = view.coverage(before.at, row.at).share
            if coverage is not None and coverage > 0.999:
                span_s = (row.at - before.at) / 1000
                power = float((row.pulses - before.pulses) / view.constant(row.at) * 3_600_000) / span_s
        return entries.TickEntry(
            **common, pulses=row.pulses, register=register, power_w=power, coverage=coverage
        )

    def _gap(self, row: Row, common: dict[str, Any]) -> entries.GapEntry:
        body = row.body
        low, high, pulses_max, supply = Fraction(0), Fraction(body["high"]), 0, None
        view = self._view(row)
        gap = next((gap for gap in view.gaps if gap.seq == row.seq), None) if view is not None else None
        if view is not None and gap is not None:
            constants = view.constants_over(gap.start, gap.end)
            blind = gap.blind(constants)
            low, high = blind.low, blind.high if blind.high is not None else high
            pulses_max = math.ceil(high * max(constants))
            supply = "out" if gap.supply_out else None
        return entries.GapEntry(
            **common,
            end=times.format_time(gap_end(row)),
            reason=body["reason"],
            seconds=int(body["ns"]) / 1e9,
            energy=bounds(low, low, high),
            pulses_max=pulses_max,
            counted=int(body["after"]) - (row.pulses or 0),
            supply=supply,
        )

    def _dial(self, row: Row, common: dict[str, Any]) -> entries.DialEntry:
        body = row.body
        return entries.DialEntry(
            **common,
            reading=body["reading"],
            low=Decimal(body["low"]),
            high=Decimal(body["high"]),
            within_s=int(body.get("within_ms", 0)) / 1000,
            by=body.get("by"),
            photo=body["photo"]["sha256"] if "photo" in body else None,
        )

    def _resolution(self, row: Row, common: dict[str, Any]) -> entries.ResolutionEntry:
        body = row.body
        return entries.ResolutionEntry(
            **common,
            of=times.format_time(int(body["of"])),
            what=body["what"],
            low=_decimal(body.get("low")),
            high=_decimal(body.get("high")),
            by=body.get("by"),
        )

    def _amendment(self, row: Row, common: dict[str, Any]) -> entries.AmendmentEntry:
        body = row.body
        return entries.AmendmentEntry(
            **common,
            of=times.format_time(int(body["of"])),
            of_kind=body["kind"],
            what=body["what"],
            because=body.get("because"),
            reading=body.get("reading"),
            low=_decimal(body.get("low")),
            high=_decimal(body.get("high")),
            read_at=times.format_time(int(body["read_at"])) if "read_at" in body else None,
            within_s=int(body["within_ms"]) / 1000 if "within_ms" in body else None,
            by=body.get("by"),
        )

    def _replacement(self, row: Row, common: dict[str, Any]) -> entries.ReplacementEntry:
        body = row.body
        return entries.ReplacementEntry(
            **common,
            old_final=body["old_final"]["reading"],
            new_initial=body["new_initial"]["reading"],
            constant=Decimal(body["constant"]),
            digits=int(body["digits"]),
            decimals=int(body["decimals"]),
            multiplier=int(body["multiplier"]),
            serial=body.get("serial"),
            within_s=int(body.get("within_ms", 0)) / 1000,
            by=body.get("by"),
        )

    def _constant(self, row: Row, common: dict[str, Any]) -> entries.ConstantEntry:
        body = row.body
        return entries.ConstantEntry(
            **common,
            constant=Decimal(body["constant"]),
            from_start=bool(body.get("from_start", False)),
            by=body.get("by"),
        )

    def _bill(self, row: Row, common: dict[str, Any]) -> entries.BillEntry:
        # Here, because counting needs nothing of bills until one is on its way.
        from sodien.billing.bill import Bill, IndexRow, main_row, printed_kwh

        body, bill = row.body, msgspec.convert(row.body["bill"], Bill)
        main = main_row(bill) or IndexRow()
        expected = body.get("expected") or [None, None]
        corrects = body.get("corrects")
        return entries.BillEntry(
            **common,
            source=bill.source,
            sha256=body.get("sha256"),
            corrects=times.format_time(int(corrects)) if corrects is not None else None,
            first=bill.first.isoformat() if bill.first is not None else expected[0],
            last=bill.last.isoformat() if bill.last is not None else expected[1],
            old=main.old,
            new=main.new,
            multiplier=main.multiplier,
            billed_kwh=printed_kwh(bill),
            net=bill.net,
            tax=bill.tax,
            total=bill.total,
            estimated=bill.estimated,
        )

    def _verdict(self, row: Row, common: dict[str, Any]) -> entries.VerdictEntry:
        body, verdict = row.body, row.body["verdict"]
        own = verdict.get("own_kwh") or {}
        reasons = verdict.get("reasons", [])
        read = verdict.get("read_new") or {}
        return entries.VerdictEntry(
            **common,
            of=times.format_time(int(body["of"])),
            overall=verdict["overall"],
            why=verdict.get("why", ""),
            first=body.get("first"),
            last=body.get("last"),
            direction=verdict.get("direction", ""),
            disagrees_by_kwh=_decimal(verdict.get("disagrees_by_kwh")),
            disagrees_by_money=_decimal(verdict.get("disagrees_by_money")),
            detectable_kwh=_decimal(verdict.get("detectable_kwh")),
            billed_kwh=_decimal(verdict.get("billed_kwh")),
            own_low=_decimal(own.get("low")),
            own=_decimal(own.get("best")),
            own_high=_decimal(own.get("high")),
            wrong=tuple(one["key"] for one in verdict.get("checks", []) if one["result"] == "disagrees"),
            reason=reasons[0]["key"] if reasons else "",
            read_from=_time(read.get("start")),
            read_to=_time(read.get("end")),
        )

    def _schedule(self, row: Row, common: dict[str, Any]) -> entries.ScheduleEntry:
        return entries.ScheduleEntry(**common, day=row.body["day"], until=row.body.get("until"))

    def _cost(self, row: Row, common: dict[str, Any]) -> entries.CostEntry:
        return msgspec.convert({"kind": "cost", **row.body, **common}, entries.CostEntry, strict=False)

    def _reminder(self, row: Row, common: dict[str, Any]) -> entries.ReminderEntry:
        return entries.ReminderEntry(**common, day=row.body["day"], when=row.body["when"])

    def _snapshot(self, row: Row, common: dict[str, Any]) -> entries.SnapshotEntry:
        body = row.body
        hour = msgspec.convert(body["hour"], values.Instant, strict=False) if "hour" in body else None
        start, end = (msgspec.convert(body[name], values.Instant, strict=False) for name in ("start", "end"))
        return entries.SnapshotEntry(**common, day=body["day"], start=start, end=end, hour=hour)

    def _period(self, row: Row) -> dict[str, Any]:
        assert row.at is not None
        body = row.body
        return {
            "pulses": body["pulses"],
            "energy": msgspec.convert(body["energy"], values.Bounds, strict=False),
            "seconds": (int(body["end"]) - row.at) / 1000,
            "counted": body["counted"],
            # Rows of the first version have no reasons.
            "blind": body.get("blind", {}),
        }

    def _hour(self, row: Row, common: dict[str, Any]) -> entries.HourEntry:
        return entries.HourEntry(**common, **self._period(row))

    def _day(self, row: Row, common: dict[str, Any]) -> entries.DayEntry:
        return entries.DayEntry(**common, **self._period(row), day=row.body["day"])

    def _health(self, row: Row, common: dict[str, Any]) -> entries.HealthEntry:
        return entries.HealthEntry(**common, **row.body)

    def _event(self, row: Row, common: dict[str, Any]) -> entries.EventEntry:
        return entries.EventEntry(**common, what=row.body["what"], detail=row.body.get("detail", {}))

    def _seal(self, row: Row, common: dict[str, Any]) -> entries.SealEntry:
        told = {name: row.body[name] for name in ("hash", "previous", "first", "last", "ledger")}
        return entries.SealEntry(**common, **told)


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None


def _time(ms: int | None) -> str | None:
    return times.format_time(int(ms)) if ms is not None else None
