"""A damaged ledger is set aside whole, salvaged, never overwritten, and continues under a new id."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sodien.ledger import Ledger, NewRow, Save
from sodien.salvage import open_or_salvage

ROWS = 3000


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str]:
    path = tmp_path_factory.mktemp("sound") / "ledger.db"
    ledger = Ledger.open(path, create=True, durable=False)
    run = ledger.begin_run("boot", 0, "1")
    for n in range(1, ROWS + 1):
        ledger.append(
            [NewRow("tick", "main", run, n * 10**9, n * 1000, n * 3, 5)],
            [Save("main", run, n * 10**9, n * 3)],
        )
    ledger.set_confirmed([(1, ROWS)])
    ident = ledger.id
    ledger.close()
    return path.read_bytes(), ident


def counts(ledger: Ledger) -> list[int]:
    rows = ledger.rows(limit=10 * ROWS)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1)), "sequence numbers have no holes"
    return [row.pulses or 0 for row in rows]


def test_a_sound_ledger_is_just_opened(tmp_path: Path, sound: tuple[bytes, str]) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(sound[0])
    ledger, salvage = open_or_salvage(path, "x")
    assert salvage is None
    assert ledger.id == sound[1]
    assert [p.name for p in tmp_path.glob("*.damaged*")] == []


def test_no_ledger_makes_one(tmp_path: Path) -> None:
    ledger, salvage = open_or_salvage(tmp_path / "ledger.db", "x")
    assert salvage is None
    assert ledger.newest_seq() == 0


@pytest.mark.parametrize("seed", range(8))
def test_bit_flips(tmp_path: Path, sound: tuple[bytes, str], seed: int) -> None:
    path = tmp_path / "ledger.db"
    rng = random.Random(seed)
    data = bytearray(sound[0])
    start = rng.randrange(8192, len(data) - 2048)
    for _ in range(40):
        data[rng.randrange(start, start + 2048)] ^= 1 << rng.randrange(8)
    path.write_bytes(data)
    ledger, salvage = open_or_salvage(path, "20260101")
    if salvage is None:
        # The flips hit only values, which no check of the file's structure can see.
        assert ledger.newest_seq() == ROWS
        return
    assert salvage.aside.read_bytes()[8192:] == bytes(data)[8192:], "the damaged file is kept as it was"
    assert ledger.id != sound[1]
    assert ledger.confirmed() == [], "under a new id everything is sent again"
    found = counts(ledger)
    assert len(found) > ROWS * 0.8
    assert salvage.entries == len(found)
    ledger.check()
    ledger.append([NewRow("tick", "main", 1, 1, 10**9, 99)])


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_truncated(tmp_path: Path, sound: tuple[bytes, str], share: float) -> None:
    path = tmp_path / "ledger.db"
    cut = sound[0][: int(len(sound[0]) * share)]
    path.write_bytes(cut)
    ledger, salvage = open_or_salvage(path, "x")
    assert salvage is not None
    found = counts(ledger)
    assert len(found) > ROWS * share * 0.5
    assert found == sorted(found)
    assert all(value % 3 == 0 for value in found)
    assert salvage.aside.stat().st_size == len(cut)


def test_a_run_whose_row_is_lost_keeps_its_number(tmp_path: Path, sound: tuple[bytes, str]) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(sound[0])
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM run")
        db.execute("UPDATE entry SET run = 7 WHERE seq > 10")
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 2000] = bytes(2000)
    path.write_bytes(data)
    ledger, salvage = open_or_salvage(path, "x")
    assert salvage is not None
    assert ledger.begin_run("boot", 0, "1") == 8
    (origin,) = ledger.origins()
    assert (origin.run, origin.entries) == (7, salvage.entries)


def test_junk_keeps_the_junk(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"this was never a database" * 100)
    ledger, salvage = open_or_salvage(path, "x")
    assert salvage is not None
    assert (salvage.entries, ledger.newest_seq()) == (0, 0)
    assert salvage.aside.read_bytes().startswith(b"this was never")


def test_a_second_damage_on_the_same_day_does_not_overwrite_the_first(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    kept = []
    for number in range(3):
        path.write_bytes(f"junk number {number} ".encode() * 100)
        ledger, salvage = open_or_salvage(path, "same")
        ledger.close()
        path.unlink()
        assert salvage is not None
        kept.append(salvage.aside)
    assert len(set(kept)) == 3
    assert all(f"number {n}".encode() in p.read_bytes() for n, p in enumerate(kept))


def test_a_crash_between_the_renames_is_finished_at_the_next_start(
    tmp_path: Path, sound: tuple[bytes, str]
) -> None:
    (tmp_path / "ledger.db.salvaged").write_bytes(sound[0])
    ledger, _ = open_or_salvage(tmp_path / "ledger.db", "x")
    assert ledger.newest_seq() == ROWS
