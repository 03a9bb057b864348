"""A damaged ledger is set aside whole, salvaged, never overwritten, and continues under a new id."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from contextlib import closing
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sodien.history.evidence import MeterEvidence
from sodien.history.gaps import gaps
from sodien.history.installations import installations
from sodien.ledger.opening import finished_path, open_or_salvage
from sodien.ledger.salvage import salvage
from sodien.ledger.store import Ledger, NewRow, Save
from sodien.settings.model import MeterSettings
from tests.support.histories import History, samples
from tests.support.rows import body_of

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
    return [row.pulses or 0 for row in rows if row.kind == "tick"]


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
    assert salvage.entries == ledger.newest_seq()
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


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1 << 32))
def test_what_lost_rows_may_have_hidden_is_declared(seed: int) -> None:
    """Ticks and declared gaps are lost in the middle: the true register stays inside the bounds."""
    random = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        # A clock that was wrong as well is not covered: where rows are lost, so is how wrong their times are.
        history = History(path, Random(seed), steps=False)
        with closing(sqlite3.connect(path)) as db:
            kinds = db.execute("SELECT seq, kind FROM entry ORDER BY seq").fetchall()
            for _ in range(random.randint(1, 3)):
                first = random.randrange(len(kinds))
                for seq, kind in kinds[first : first + random.randint(1, 40)]:
                    if kind not in ("tick", "gap") or seq in (1, kinds[-1][0]):
                        break
                    db.execute("DELETE FROM entry WHERE seq = ?", (seq,))
            db.commit()
        found = salvage(path, finished_path(path), "x", "rows are missing")
        assume(history.view().start is not None)  # not every count is lost
        for sample in samples(history, random, 6):
            assert sample.holds, (sample, found)


def test_a_hole_between_two_counts_is_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    ledger = Ledger.open(path, create=True)
    run = ledger.begin_run("boot", 0, "1")
    detail = {"constant": "1000", "p_max_w": 8800}
    rows = [NewRow("event", "main", run, 0, 0, body={"what": "meter", "detail": detail})]
    rows += [NewRow("tick", "main", run, n * 60 * 10**9, n * 60_000, n * 10, 5) for n in range(11)]
    ledger.append(rows)
    ledger.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM entry WHERE seq BETWEEN 5 AND 9")
        db.commit()
    found = salvage(path, finished_path(path), "x", "rows are missing")
    ledger = Ledger.open(path)
    (gap,) = ledger.of_kind("gap", "main")
    # From the tick of minute 2 (row 4) to that of minute 8 (row 10), with 60 pulses somewhere in it.
    assert (gap.at, gap.pulses, body_of(gap)["after"], body_of(gap)["ns"]) == (120_000, 20, 80, 360 * 10**9)
    assert (body_of(gap)["reason"], body_of(gap)["high"]) == ("damaged", "0.880000")
    evidence = MeterEvidence(ledger, "main")
    meter = MeterSettings(id="main", pin=17, constant=Decimal(1000))
    installed = installations(ledger, meter, [], evidence)
    (declared,) = gaps(evidence, Fraction("8.8"), {}, installed)
    blind = declared.blind()
    assert blind.low == Fraction(59, 1000)
    assert blind.high is not None
    assert Fraction("0.88") <= blind.high <= Fraction("0.94")
    assert found.lost == 5
    ledger.close()
