"""Did everything arrive, and is the truth inside the bounds? Compares meter, ledger and database."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from collector.outputs.file import read_lines
from sodien.demo.bills import Judged
from sodien.demo.home import METER, Pi, pulses_in
from sodien.history.meter import MeterHistory
from sodien.i18n import tr
from sodien.ledger.bodies import GapBody, SnapshotBody
from sodien.ledger.store import Ledger, Row
from sodien.metering import calendar
from sodien.metering.bounds import rounded
from sodien.protocol.entries import MEASUREMENTS
from sodien.protocol.times import parse_time
from sodien.protocol.values import Bounds

if TYPE_CHECKING:
    from rich.console import Console

#: (measurement, meter or "", ms UTC): what a point is in the database.
Point = tuple[str, str, int]

_MEASUREMENT_OF = {str(kind.__struct_config__.tag): name for kind, name in MEASUREMENTS.items()}
_PULSES = re.compile(r"[ ,]pulses=([0-9]+)i")


@dataclass(frozen=True, slots=True)
class Truth:
    """Bounds beside what is true, in kWh."""

    bounds: Bounds | None
    true: Fraction

    @property
    def holds(self) -> bool:
        """Whether there are bounds and the truth lies in them."""
        return self.bounds is not None and Fraction(self.bounds.low) <= self.true <= Fraction(
            self.bounds.high
        )

    def plain(self) -> dict[str, Decimal | None]:
        """For JSON: low, best, high and true."""
        low, best, high = (
            (self.bounds.low, self.bounds.best, self.bounds.high) if self.bounds else (None,) * 3
        )
        return {"low": low, "best": best, "high": high, "true": rounded(self.true)}


@dataclass(frozen=True, slots=True)
class SnapshotTruth:
    """A reading day as it was written down, and the same instants as known at the end of the demo."""

    day: str
    start: Truth
    end: Truth
    start_now: Truth
    end_now: Truth


class ToldBeside(Protocol):
    """What came of a story that is told beside the household's."""

    def plain(self) -> dict[str, Any]:
        """For JSON; nothing in it depends on the machine or on chance."""

    def findings(self) -> list[str]:
        """What is wrong, in words."""

    def show(self, console: Console) -> None:
        """For people."""


@dataclass(slots=True)
class DemoReport:
    """What came out.

    Attributes:
        pulses_emitted: by the meter's LED; ``pulses_counted`` by the device.
        pulses_in_declared_gaps_max: what the declared gaps say can be missing at most.
        pulses_unplugged: emitted while the Pi was off.
        gaps: (start ms UTC, seconds, reason) of each declared gap.
        entries_written: rows in the ledger.
        entries_stored: of these, how many have their point in the database, with the ledger's count in it.
        duplicates: points of the database that belong to no entry, and entries that share their point with
            another one. A repeat overwrites itself and is none.
        unconfirmed: entries that the collector has not confirmed.
        put_aside: payloads that the collector could not store.
        register: at the end of the demo.
        bills: the utility's notices and the verdicts on them.
        told: what came of the story told beside, by its name.
        days_outside: local midnights at which the truth is outside the bounds, as known at the end.
    """

    days: int
    seed: int
    pulses_emitted: int
    pulses_counted: int
    pulses_in_declared_gaps_max: int
    pulses_unplugged: int
    entries_written: int
    entries_stored: int
    duplicates: int
    unconfirmed: int
    put_aside: int
    register: Truth
    gaps: list[tuple[int, float, str]] = field(default_factory=list)
    snapshots: list[SnapshotTruth] = field(default_factory=list)
    bills: list[Judged] = field(default_factory=list)
    told: dict[str, ToldBeside] = field(default_factory=dict)
    days_outside: int = 0

    def findings(self) -> list[str]:
        """What is wrong, in words; empty when all is well."""
        lost = self.pulses_emitted - self.pulses_counted
        checks = [
            (lost < 0, tr("more pulses were counted than emitted")),
            (lost > self.pulses_in_declared_gaps_max, tr("pulses are missing that no gap declares")),
            (self.entries_stored != self.entries_written, tr("entries are missing in the database")),
            (self.duplicates != 0, tr("the database holds points that are not in the ledger")),
            (self.unconfirmed != 0, tr("entries were not confirmed")),
            (self.put_aside != 0, tr("the collector put payloads aside")),
            (not self.register.holds, tr("the true register is outside its bounds")),
            (self.days_outside != 0, tr("the true register was outside its bounds at a midnight")),
            (
                not all(t.holds for s in self.snapshots for t in (s.start, s.end, s.start_now, s.end_now)),
                tr("the true register is outside the bounds of a snapshot"),
            ),
            (not all(one.right for one in self.bills), tr("the verdict on a notice is wrong")),
        ]
        found = [text for wrong, text in checks if wrong]
        return found + [text for told in self.told.values() for text in told.findings()]

    def plain(self) -> dict[str, Any]:
        """For JSON; nothing in it depends on the machine or on chance."""
        return {
            "days": self.days,
            "seed": self.seed,
            "pulses_emitted": self.pulses_emitted,
            "pulses_counted": self.pulses_counted,
            "pulses_in_declared_gaps_max": self.pulses_in_declared_gaps_max,
            "pulses_emitted_unplugged": self.pulses_unplugged,
            "entries_written": self.entries_written,
            "entries_stored": self.entries_stored,
            "entries_unconfirmed": self.unconfirmed,
            "duplicates": self.duplicates,
            "true_register": rounded(self.register.true),
            "register": {k: v for k, v in self.register.plain().items() if k != "true"},
            "snapshots": [
                {
                    "day": one.day,
                    "start": one.start.plain(),
                    "end": one.end.plain(),
                    "known_now": {"start": one.start_now.plain(), "end": one.end_now.plain()},
                }
                for one in self.snapshots
            ],
            "bills": [one.plain() for one in self.bills],
            **{name: told.plain() for name, told in self.told.items()},
            "findings": self.findings(),
        }


def judge(pi: Pi, database: Path, *, days: int, seed: int, unplugged: int, put_aside: int) -> DemoReport:
    """Compare everything, after the station has stopped; the ledger is still open."""
    ledger, meter = pi.ledger, pi.meter_settings
    assert ledger is not None
    history = MeterHistory(ledger, meter, meter.p_max_kw)
    rows = ledger.rows(limit=1 << 62)
    stored = read_points(database)
    owners = Counter(_point(row) for row in rows)
    gaps = [(row.at or 0, row.read(GapBody)) for row in ledger.of_kind("gap", METER)]
    end = history.end or 0
    constant = Fraction(meter.constant)
    report = DemoReport(
        days=days,
        seed=seed,
        pulses_emitted=pi.meter.emitted,
        pulses_counted=_counted(ledger),
        pulses_in_declared_gaps_max=sum(pulses_in(Fraction(gap.high), constant) for _, gap in gaps),
        pulses_unplugged=unplugged,
        entries_written=ledger.newest_seq(),
        entries_stored=sum(_is_stored(row, stored) for row in rows),
        duplicates=sum(point not in owners for point in stored) + sum(n - 1 for n in owners.values()),
        unconfirmed=ledger.unconfirmed(ledger.confirmed()),
        put_aside=put_aside,
        register=Truth(history.at(end), pi.true_kwh(end)),
        gaps=[(at, gap.ns / 1e9, gap.reason) for at, gap in gaps],
    )
    for row in ledger.of_kind("snapshot", METER):
        report.snapshots.append(_snapshot(row, pi, history))
    for midnight in _midnights(pi, history):
        report.days_outside += not Truth(history.at(midnight), pi.true_kwh(midnight)).holds
    return report


def _counted(ledger: Ledger) -> int:
    tick = ledger.last_tick(METER)
    return tick.pulses or 0 if tick is not None else 0


def _midnights(pi: Pi, history: MeterHistory) -> list[int]:
    zone = pi.settings.zone
    found, at, end = [], history.start or 0, history.end or 0
    while at <= end:
        found.append(at)
        _, at = calendar.day_bounds(calendar.date_of(at, zone), zone)
    return found


def _snapshot(row: Row, pi: Pi, history: MeterHistory) -> SnapshotTruth:
    written, now = [], []
    body = row.read(SnapshotBody)
    for instant in (body.start, body.end):
        at = parse_time(instant.at)
        true = pi.true_kwh(at)
        written.append(Truth(instant.register, true))
        now.append(Truth(history.at(at), true))
    return SnapshotTruth(body.day.isoformat(), *written, *now)


# -- the database -------------------------------------------------------------------------------------------


def _point(row: Row) -> Point:
    assert row.at is not None
    return _MEASUREMENT_OF[row.kind], row.meter, row.at


def read_points(database: Path) -> dict[Point, str]:
    """The points of a line protocol file as a database would keep them: the last write of each wins."""
    points: dict[Point, str] = {}
    for line in read_lines(database):
        head, _, rest = line.partition(" ")
        fields, _, time = rest.rpartition(" ")
        measurement, *tags = head.split(",")
        meter = dict(tag.split("=", 1) for tag in tags).get("meter", "")
        points[measurement, meter, int(time)] = fields
    return points


def _is_stored(row: Row, stored: dict[Point, str]) -> bool:
    fields = stored.get(_point(row))
    if fields is None or row.kind != "tick":
        return fields is not None
    found = _PULSES.search(f" {fields}")
    return found is not None and int(found[1]) == row.pulses
