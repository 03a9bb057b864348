"""A rollback that fails: the connection is made anew, and the next write goes through."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from sodien.ledger.store import Ledger, LedgerError, NewRow


class Failing:
    """A connection on which COMMIT and ROLLBACK fail, as on a card that does not answer."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def execute(self, sql: str, *values: Any) -> Any:
        if sql in ("COMMIT", "ROLLBACK"):
            raise sqlite3.OperationalError("disk I/O error")
        return self._db.execute(sql, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)


def test_the_next_write_goes_through(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db", create=True)
    ledger._db = Failing(ledger._db)  # type: ignore[assignment]
    with pytest.raises(LedgerError):
        ledger.append([NewRow("tick", "main", at=1_793_000_000_000, pulses=1)])
    assert ledger.append([NewRow("tick", "main", at=1_793_000_000_000, pulses=2)]) == [1]
    (row,) = ledger.rows()
    assert row.pulses == 2
    ledger.close()
