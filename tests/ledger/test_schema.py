"""A ledger of an older schema becomes one of today's, whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sodien.ledger import schema
from sodien.ledger.store import Ledger, LedgerError, NewRow
from sodien.ledger.verify import verify_file

#: What the first release wrote, as it wrote it.
SCHEMA_1 = """
PRAGMA page_size=1024;
PRAGMA journal_mode=WAL;
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
INSERT INTO meta VALUES('ledger', '34cdaa16ba3c411288d9f2ca48c9c7a5');
PRAGMA user_version=1;
PRAGMA application_id=1399800937;
INSERT INTO run VALUES(1, 'boot', 0, '0.1.0', 99), (2, 'next boot', 0, '0.1.0', NULL);
INSERT INTO entry VALUES
    (1, 'event', '', 1, 0, 1000, NULL, NULL, NULL, CAST('{"what":"started"}' AS BLOB)),
    (2, 'tick', 'main', 1, 60, 60000, 5, 10, NULL, NULL),
    (3, 'tick', 'main', 2, 60, NULL, 9, 0, 2, NULL);
INSERT INTO save VALUES('main', 2, 60, 9, 2);
INSERT INTO confirmed VALUES(1, 2);
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(SCHEMA_1)
    return path


def tables(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as db:
        return set(db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall())


def test_a_ledger_of_the_first_release_goes_on(old: Path) -> None:
    ledger = Ledger.open(old)
    assert ledger.id == "34cdaa16ba3c411288d9f2ca48c9c7a5"
    assert [(row.seq, row.pulses, row.at) for row in ledger.rows()] == [(1, None, 1000), (2, 5, 60000)]
    assert ledger.saves()["main"].pulses == 9
    assert ledger.confirmed() == [(1, 2)]
    assert ledger.last_seal() is None
    assert verify_file(old).report.unsealed == 3
    ledger.append([NewRow("tick", "main", 2, 120, None, 12, 1)])
    made = ledger.seal(2, 120, None)
    assert made is not None
    assert (made.first, made.last, made.undated) == (1, 4, ((3, 4),))
    ledger.date("next boot", 10**12)
    assert verify_file(old).report.faults == []
    ledger.close()
    Ledger.open(old).close()


def test_an_old_and_a_new_file_have_the_same_tables(old: Path, tmp_path: Path) -> None:
    Ledger.open(old).close()
    Ledger.open(tmp_path / "new.db", create=True).close()
    assert tables(old) == tables(tmp_path / "new.db")
    for path in (old, tmp_path / "new.db"):
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (schema.SCHEMA,)
            assert db.execute("PRAGMA application_id").fetchone() == (schema.APPLICATION_ID,)
            assert db.execute("PRAGMA page_size").fetchone() == (1024,)


def test_a_migration_that_fails_leaves_the_old_file(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables(old)
    monkeypatch.setattr(schema, "_STEPS", {2: "CREATE TABLE late(seq); CREATE TABLE meta(twice)"})
    with pytest.raises(LedgerError):
        Ledger.open(old)
    assert tables(old) == before
    monkeypatch.undo()
    assert len(Ledger.open(old).rows()) == 2


def test_an_old_file_is_verified_without_being_changed(old: Path) -> None:
    before = old.read_bytes()
    report = verify_file(old).report
    assert (report.faults, report.seals, report.entries, report.unsealed) == ([], [], 3, 3)
    assert old.read_bytes() == before


def test_a_stranger_with_the_same_number_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE mine(x)")
        db.execute("PRAGMA user_version=1")
    with pytest.raises(LedgerError, match="not a Sodien ledger"):
        Ledger.open(path)
    with pytest.raises(LedgerError, match="not a Sodien ledger"):
        verify_file(path)
    assert tables(path) == {("mine", "CREATE TABLE mine(x)")}
