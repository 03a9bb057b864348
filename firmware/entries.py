"""Ledger rows as wire entries (:mod:`sodien.messages`).

The register, power and coverage of a tick are worked out when it is sent, from all that is known then: the
ledger holds only what was counted, and a replay brings what was learnt since into the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from sodien import messages
from sodien.ledger import Ledger, Row
from sodien.register import View, bounds, gap_end, stamp

if TYPE_CHECKING:
    from sodien.settings import MeterSettings, Settings


class Renderer:
    """Turns rows into entries; keeps one view per meter as long as nothing that matters was added."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        """For the meters of these settings; rows of a meter they no longer name go out without a register."""
        self._ledger = ledger
        self._meters: dict[str, MeterSettings] = {meter.id: meter for meter in settings.meters}
        self._speed = settings.speed
        self._views: dict[str, View] = {}
        self._make: dict[str, Callable[[Row, Any], messages.Entry]] = {
            "tick": self._tick,
            "gap": self._gap,
            "dial": self._dial,
            "snapshot": self._snapshot,
            "hour": self._hour,
            "day": self._day,
            "health": self._health,
            "event": self._event,
        }

    def __call__(self, rows: Sequence[Row]) -> list[messages.Entry]:
        """The entries of these dated rows, in order."""
        self._refresh()
        return [self._entry(row) for row in rows]

    def _refresh(self) -> None:
        for name, meter in self._meters.items():
            view = self._views.get(name)
            if view is None or view.stamp != stamp(self._ledger, name):
                self._views[name] = View(self._ledger, meter, meter.p_max_kw * self._speed)

    def _view(self, row: Row) -> View | None:
        """A view that reaches to this row's time."""
        view = self._views.get(row.meter)
        if view is not None and row.at is not None and (view.end is None or row.at > view.end):
            meter = self._meters[row.meter]
            view = self._views[row.meter] = View(self._ledger, meter, meter.p_max_kw * self._speed)
        return view

    def _entry(self, row: Row) -> messages.Entry:
        assert row.at is not None
        common = {"seq": row.seq, "at": messages.format_time(row.at), "meter": row.meter or None}
        return self._make[row.kind](row, common)

    def _tick(self, row: Row, common: dict[str, Any]) -> messages.Tick:
        assert row.at is not None
        assert row.pulses is not None
        view = self._view(row)
        if view is None:
            return messages.Tick(**common, pulses=row.pulses)
        register = view.at(row.at)
        power = coverage = None
        before = self._ledger.newest("tick", row.meter, row.at - 1)
        if before is not None and before.at is not None and before.pulses is not None:
            coverage = view.coverage(before.at, row.at).share
            if coverage is not None and coverage > 0.999:
                span_s = (row.at - before.at) / 1000
                power = float((row.pulses - before.pulses) / view.constant * 3_600_000) / span_s
        return messages.Tick(**common, pulses=row.pulses, register=register, power_w=power, coverage=coverage)

    def _gap(self, row: Row, common: dict[str, Any]) -> messages.Gap:
        body = row.body
        high = Fraction(body["high"])
        meter = self._meters.get(row.meter)
        pulses_max = -(-high * Fraction(meter.constant) // 1) if meter else 0
        return messages.Gap(
            **common,
            end=messages.format_time(gap_end(row)),
            reason=body["reason"],
            seconds=int(body["ns"]) / 1e9,
            energy=bounds(Fraction(body.get("low", 0)), Fraction(body.get("low", 0)), high),
            pulses_max=int(pulses_max),
        )

    def _dial(self, row: Row, common: dict[str, Any]) -> messages.Dial:
        body = row.body
        return messages.Dial(
            **common,
            reading=body["reading"],
            low=Decimal(body["low"]),
            high=Decimal(body["high"]),
            within_s=int(body.get("within_ms", 0)) / 1000,
            by=body.get("by"),
        )

    def _snapshot(self, row: Row, common: dict[str, Any]) -> messages.Snapshot:
        body = row.body
        hour = msgspec.convert(body["hour"], messages.Instant, strict=False) if "hour" in body else None
        start, end = (
            msgspec.convert(body[name], messages.Instant, strict=False) for name in ("start", "end")
        )
        return messages.Snapshot(**common, day=body["day"], start=start, end=end, hour=hour)

    def _period(self, row: Row) -> dict[str, Any]:
        assert row.at is not None
        body = row.body
        return {
            "pulses": body["pulses"],
            "energy": msgspec.convert(body["energy"], messages.Bounds, strict=False),
            "seconds": (int(body["end"]) - row.at) / 1000,
            "counted": body["counted"],
            # Rows of the first version have no reasons.
            "blind": body.get("blind", {}),
        }

    def _hour(self, row: Row, common: dict[str, Any]) -> messages.Hour:
        return messages.Hour(**common, **self._period(row))

    def _day(self, row: Row, common: dict[str, Any]) -> messages.Day:
        return messages.Day(**common, **self._period(row), day=row.body["day"])

    def _health(self, row: Row, common: dict[str, Any]) -> messages.Health:
        return messages.Health(**common, **row.body)

    def _event(self, row: Row, common: dict[str, Any]) -> messages.Event:
        return messages.Event(**common, what=row.body["what"], detail=row.body.get("detail", {}))
