"""What a ledger says, as plain values: read with the project's own code, judged by the scenarios."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from sodien.ledger.bodies import EventBody, GapBody, HealthBody
from sodien.ledger.rows import COLUMNS, row_of
from sodien.ledger.store import Ledger, Row

_ALL = f"SELECT {COLUMNS} FROM entry ORDER BY seq"


@dataclass(frozen=True)
class Record:
    """One meter's rows.

    Attributes:
        rows: every row of the ledger in order of writing, dated or not.
        saves: the saved count (pulses) and the monotonic ns it is as of; None before the first.
    """

    rows: list[Row] = field(default_factory=list)
    save: tuple[int, int] | None = None

    def of(self, kind: str) -> list[Row]:
        """Rows of one kind."""
        return [row for row in self.rows if row.kind == kind]

    @property
    def ticks(self) -> list[Row]:
        """The counts."""
        return self.of("tick")

    @property
    def counted(self) -> int:
        """Pulses counted over all runs."""
        ticks = self.ticks
        return max((ticks[-1].pulses or 0) if ticks else 0, self.save[0] if self.save else 0)

    @property
    def doubt(self) -> int:
        """Pulses of which Sodien itself says that it cannot tell."""
        ticks = self.ticks
        return ticks[-1].doubt if ticks else 0

    @property
    def declared(self) -> int:
        """Pulses that may be missing, as Sodien says itself: in doubt, or in a gap for an overflow."""
        return self.doubt + sum(gap.read(GapBody).most or 0 for gap in self.of("gap"))

    @property
    def health(self) -> dict[str, Any]:
        """The last health row."""
        rows = self.of("health")
        return msgspec.to_builtins(rows[-1].read(HealthBody)) if rows else {}

    def events(self, what: str) -> list[Row]:
        """Events of one name."""
        return [row for row in self.of("event") if row.read(EventBody).what == what]


def read(path: Path, meter: str = "main") -> Record:
    """Everything of a ledger. Raises LedgerError when it is not one."""
    ledger = Ledger.open(path)
    try:
        ledger.check()
        saves = ledger.saves()
    finally:
        ledger.close()
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        rows = [row_of(values) for values in db.execute(_ALL) if values[2] in ("", meter)]
    finally:
        db.close()
    save = saves.get(meter)
    return Record(rows, (save.pulses, save.mono) if save else None)
