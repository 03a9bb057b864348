"""The ledgers that former versions wrote (fixtures/README.md), each as a file of its own."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"
SCHEMAS = (1, 2)
BACKUP = FIXTURES / "backup.tar.gz"


def unpack(schema: int, folder: Path) -> Path:
    """The ledger of this schema with its settings in ``folder``; returns the settings file."""
    (folder / "ledger.db").write_bytes(gzip.decompress((FIXTURES / f"schema-{schema}.db.gz").read_bytes()))
    settings = folder / "sodien.yaml"
    settings.write_bytes((FIXTURES / f"schema-{schema}.yaml").read_bytes())
    return settings


def lines(schema: int) -> list[str]:
    """What the database got of its dated entries, in order."""
    text = gzip.decompress((FIXTURES / f"schema-{schema}.lines.gz").read_bytes()).decode()
    return text.removesuffix("\n").split("\n")


def raw_rows(ledger: Path) -> list[tuple[object, ...]]:
    """Every entry as SQLite holds it."""
    with closing(sqlite3.connect(ledger)) as db:
        return db.execute("SELECT * FROM entry ORDER BY seq").fetchall()
