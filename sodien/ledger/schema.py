"""The ledger's tables, and how an older file becomes one of today's.

A migration is one transaction: a crash in between leaves the old file as it was. What an older Sodien could
not read raises the number, so that it says "newer" instead of going wrong.
"""

from __future__ import annotations

import sqlite3
import uuid

#: 1: the first release. 2: seals (kind ``seal``, table ``late``, and notes in ``meta``).
SCHEMA = 2
APPLICATION_ID = 0x536F4469  # "SoDi"

_FIRST = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE run(
    id INTEGER PRIMARY KEY, boot TEXT NOT NULL, started INTEGER NOT NULL, version TEXT NOT NULL,
    stopped INTEGER);
CREATE TABLE entry(
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, meter TEXT NOT NULL, run INTEGER, mono INTEGER,
    at INTEGER, pulses INTEGER, first INTEGER, doubt INTEGER, body BLOB);
CREATE UNIQUE INDEX entry_identity ON entry(meter, kind, at) WHERE at IS NOT NULL;
CREATE INDEX entry_undated ON entry(run) WHERE at IS NULL;
CREATE TABLE save(
    meter TEXT PRIMARY KEY, run INTEGER NOT NULL, mono INTEGER NOT NULL, pulses INTEGER NOT NULL,
    doubt INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE confirmed(first INTEGER PRIMARY KEY, last INTEGER NOT NULL);
"""

#: What each schema adds to the one before; ``late`` are entries that were dated after they had been sealed.
_STEPS = {2: "CREATE TABLE late(seq INTEGER PRIMARY KEY);"}


def new_id() -> str:
    """An id for a ledger: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def create(db: sqlite3.Connection) -> None:
    """Make an empty ledger in an empty file, unless another process has just done so."""
    db.execute("BEGIN IMMEDIATE")
    if db.execute("PRAGMA user_version").fetchone()[0] == 0:
        _run(db, _FIRST)
        db.execute("INSERT INTO meta VALUES('ledger', ?)", (new_id(),))
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        _climb(db, 1)
    db.execute("COMMIT")


def ours(db: sqlite3.Connection) -> bool:
    """Whether the file says that it is a Sodien ledger."""
    return bool(db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)


def migrate(db: sqlite3.Connection) -> None:
    """Bring a file of an older schema, 1 or more, up to SCHEMA. Raises sqlite3.Error; never half done."""
    db.execute("BEGIN IMMEDIATE")
    try:
        _climb(db, int(db.execute("PRAGMA user_version").fetchone()[0]))
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _climb(db: sqlite3.Connection, schema: int) -> None:
    for number in range(schema + 1, SCHEMA + 1):
        _run(db, _STEPS[number])
    if schema < SCHEMA:
        db.execute(f"PRAGMA user_version={SCHEMA}")


def _run(db: sqlite3.Connection, script: str) -> None:
    for statement in script.split(";"):
        if statement.strip():
            db.execute(statement)
