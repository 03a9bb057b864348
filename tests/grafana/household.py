"""Three days and a bit of a household, as the ledger entries a device sends.

21 to 23 November 2026 in Viet Nam and the 24th until 10:25, one pulse constant, a gap on the 22nd, which is
also the reading day. Everything is worked out from the pulses here, so that the tests know each true value.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from sodien.protocol.entries import (
    DayEntry,
    DialEntry,
    Entry,
    EventEntry,
    GapEntry,
    HealthEntry,
    HourEntry,
    ReplacementEntry,
    ResolutionEntry,
    SnapshotEntry,
    TickEntry,
)
from sodien.protocol.times import format_time
from sodien.protocol.values import Bounds, Instant

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CONSTANT = 1600
P_MAX_KW = Decimal("8.8")
MINUTE = 60_000
HOUR = 60 * MINUTE
DIAL_LOW, DIAL_HIGH = Decimal("12345.6"), Decimal("12345.7")


def local(day: int, hour: int = 0, minute: int = 0) -> int:
    """A moment of November 2026 in the household's zone, in ms."""
    return int(dt.datetime(2026, 11, day, hour, minute, tzinfo=ZONE).timestamp() * 1000)


START, NOW = local(21), local(24, 10, 25)
GAP_START, GAP_END = local(22, 13, 10), local(22, 14, 40)
GAP_KWH = P_MAX_KW * (GAP_END - GAP_START) / HOUR
DAYS = {21: "2026-11-21", 22: "2026-11-22", 23: "2026-11-23"}


def pulses_in_minute(at: int, scale: int) -> int:
    """Pulses of the minute that begins at ``at``: none at night but every 20 minutes, more in the evening."""
    if GAP_START <= at < GAP_END:
        return 0
    moment = dt.datetime.fromtimestamp(at / 1000, ZONE)
    if moment.hour < 5:
        return scale if moment.minute % 20 == 7 else 0
    evening = 40 if 18 <= moment.hour < 22 else 0
    return scale * (5 + evening + moment.minute % 7 + moment.day % 3)


@dataclass
class Household:
    """The entries of one meter, and what the panels must show."""

    meter: str
    scale: int
    anchored: bool = True
    entries: list[Entry] = field(default_factory=list)
    hours: dict[int, Bounds] = field(default_factory=dict)
    days: dict[int, Bounds] = field(default_factory=dict)
    registers: dict[int, Bounds] = field(default_factory=dict)
    powers: dict[int, float] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._cumulative = {START: 0}
        for at in range(START, NOW, MINUTE):
            self._cumulative[at + MINUTE] = self._cumulative[at] + pulses_in_minute(at, self.scale)
        self._ticks()
        self._hours_and_days()
        self._events()

    def _add(self, kind: type[Entry], at: int, **fields: object) -> None:
        entry = kind(seq=len(self.entries) + 1, at=format_time(at), meter=self.meter, **fields)  # type: ignore[arg-type]
        self.entries.append(entry)

    def energy(self, start: int, end: int) -> Bounds:
        """What flowed between two whole minutes: the counted pulses, and anything up to P_max in the gap."""
        counted = Decimal(self._cumulative[end] - self._cumulative[start]) / CONSTANT
        blind = max(0, min(end, GAP_END) - max(start, GAP_START))
        unknown = P_MAX_KW * blind / HOUR
        return Bounds(low=counted, best=counted + unknown / 10, high=counted + unknown)

    def register(self, at: int) -> Bounds:
        """The register from the one dial reading at START."""
        energy = self.energy(START, at)
        low, high = DIAL_LOW + energy.low, DIAL_HIGH + energy.high
        return Bounds(low=low, best=DIAL_LOW + energy.best + Decimal("0.05"), high=high)

    def _ticks(self) -> None:
        last = START
        for at in range(START + MINUTE, NOW + 1, MINUTE):
            if self._cumulative[at] == self._cumulative[last]:
                continue
            pulses = self._cumulative[at] - self._cumulative[last]
            self.counts[at] = self._cumulative[at]
            self.powers[at] = pulses / CONSTANT * 1000 / ((at - last) / HOUR)
            register = self.register(at) if self.anchored else None
            if register:
                self.registers[at] = register
            self._add(
                TickEntry, at, pulses=self.counts[at], number=len(self.counts), register=register,
                power_w=self.powers[at], coverage=1.0,
            )  # fmt: skip
            last = at

    def _hours_and_days(self) -> None:
        for start in range(START, NOW - HOUR + 1, HOUR):
            self.hours[start] = self.energy(start, start + HOUR)
            blind = max(0, min(start + HOUR, GAP_END) - max(start, GAP_START)) / 1000
            pulses = self._cumulative[start + HOUR] - self._cumulative[start]
            shared = {"energy": self.hours[start], "seconds": 3600.0, "counted": 3600.0 - blind}
            shared |= {"blind": {"power": blind}} if blind else {}
            self._add(HourEntry, start, pulses=pulses, **shared)
        for day, name in DAYS.items():
            start, end = local(day), local(day + 1)
            self.days[start] = self.energy(start, end)
            blind = max(0, min(end, GAP_END) - max(start, GAP_START)) / 1000
            pulses = self._cumulative[end] - self._cumulative[start]
            shared = {"energy": self.days[start], "seconds": 86400.0, "counted": 86400.0 - blind}
            shared |= {"blind": {"power": blind}} if blind else {}
            self._add(DayEntry, start, pulses=pulses, day=name, **shared)

    def instant(self, at: int) -> Instant:
        if self.anchored:
            return Instant(at=format_time(at), register=self.register(at))
        return Instant(at=format_time(at), why="no dial reading yet")

    def _events(self) -> None:
        if self.anchored:
            self._add(DialEntry, START, reading=str(DIAL_LOW), low=DIAL_LOW, high=DIAL_HIGH, by="Lan")
        energy = Bounds(low=Decimal(0), best=GAP_KWH / 10, high=GAP_KWH)
        self._add(
            GapEntry, GAP_START,
            end=format_time(GAP_END), reason="power", seconds=(GAP_END - GAP_START) / 1000,
            energy=energy, pulses_max=math.ceil(GAP_KWH * CONSTANT),
        )  # fmt: skip
        self._add(
            SnapshotEntry, local(23),
            day=DAYS[22], start=self.instant(local(22)), end=self.instant(local(23)),
            hour=self.instant(local(22, 9)),
        )  # fmt: skip
        for number, at in enumerate(range(START + HOUR, NOW, HOUR)):
            rejected = {"short": number // 10, "spacing": 2}
            self._add(
                HealthEntry, at, rejected=rejected, undecided=1, late=0, queue=number % 5, ledger_bytes=40960
            )
        self._add(EventEntry, START, what="started", detail={"version": "0.1"})
        if self.anchored:
            self._add(
                ReplacementEntry, START,
                old_final="98765.4", new_initial="12345.6", constant=Decimal(CONSTANT),
                digits=5, decimals=1, multiplier=1, serial="A17", by="Lan",
            )  # fmt: skip
            self._add(
                ResolutionEntry, local(23, 8), of=format_time(GAP_START), what="energy", low=Decimal("0.1"),
                high=Decimal("0.4"), by="Lan",
            )  # fmt: skip
