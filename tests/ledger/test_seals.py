"""The chain of seals: an honest ledger always verifies; a change of a sealed entry is found and named."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.ledger import seals
from sodien.ledger.store import Ledger, NewRow
from sodien.ledger.verify import Fault, SealReport, verify_file
from tests.ledger.sealed import START, Life

SEEDS = st.integers(0, 10**6)
NUMBERS = ("run", "mono", "at", "pulses", "first", "doubt")


@contextmanager
def life(seed: int, steps: int, *, salvage: bool = False) -> Iterator[Life]:
    with tempfile.TemporaryDirectory() as folder:
        one = Life(Path(folder) / "ledger.db", seed)
        one.live(steps, salvage=salvage)
        yield one
        one.ledger.close()


def report(path: Path) -> SealReport:
    return verify_file(path).report


def sql(path: Path, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """What somebody with the file and an SQLite program can do."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DROP INDEX entry_identity")
        for text, values in statements:
            db.execute(text, values)


def rows(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(
            "SELECT seq, kind, meter, run, mono, at, pulses, first, doubt, body FROM entry ORDER BY seq"
        ).fetchall()


# -- honest --------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 40))
def test_an_honest_ledger_verifies_at_every_moment(seed: int, steps: int) -> None:
    with life(seed, steps) as one:
        found = report(one.path)
        assert found.faults == []
        assert found.entries == one.ledger.newest_seq()
        one.seal_all()
        found = report(one.path)
        assert found.faults == []
        assert found.unsealed <= len(found.seals), "only seals themselves are left over"


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(5, 40))
def test_a_salvaged_ledger_verifies_and_names_the_old_chain(seed: int, steps: int) -> None:
    with life(seed, steps) as one:
        one.seal_all()
        old = one.ledger.id
        one.salvage()
        if one.ledger.id == old:
            return  # the damage hit nothing that an opening ledger looks at
        assert report(one.path).faults == []
        one.live(10)
        one.seal_all()
        assert report(one.path).faults == []
        (origin,) = one.ledger.origins()
        assert {made.previous for _, _, made in report(one.path).seals[:1]} <= {origin.seal}


def test_the_first_seal_after_a_salvage_follows_the_last_one_before(tmp_path: Path) -> None:
    one = Life(tmp_path / "ledger.db", 3)
    one.write(200)
    one.write(200)
    one.seal_all()
    last = one.ledger.last_seal()
    assert last is not None
    one.salvage()
    (origin,) = one.ledger.origins()
    assert (origin.how, origin.seal) == ("salvaged", last.hash)
    one.seal_all()
    found = report(one.path)
    assert found.faults == []
    assert found.seals[0][2].previous == last.hash
    assert found.seals[0][2].first == 1


def test_nothing_new_makes_no_seal(tmp_path: Path) -> None:
    one = Life(tmp_path / "ledger.db", 1)
    assert one.ledger.seal(1, 0, START) is None, "an empty ledger"
    one.write()
    assert one.ledger.seal(1, 0, START) is not None
    assert one.ledger.seal(1, 0, START) is None
    assert len(report(one.path).seals) == 1


def test_two_seals_at_one_time_stand_side_by_side(tmp_path: Path) -> None:
    one = Life(tmp_path / "ledger.db", 1)
    for _ in range(2):
        one.write()
        one.ledger.seal(1, 0, START)
    first, second = report(one.path).seals
    assert (first[1], second[1]) == (START, START + 1)
    assert second[2].previous == first[2].hash
    assert second[2].first == first[2].last + 1


def test_a_time_that_comes_late_is_covered_by_a_later_seal(tmp_path: Path) -> None:
    one = Life(tmp_path / "ledger.db", 1)
    one.offset = None
    one.write()
    one.ledger.seal(1, 0, None)
    one.offset = START * 1_000_000
    last = one.ledger.newest_seq()
    one.ledger.date("boot 0", one.offset)
    assert report(one.path).faults == []
    made = one.ledger.seal(1, 0, START)
    assert made is not None
    assert made.dated == ((1, last - 1),)
    assert report(one.path).faults == []
    sql(one.path, ("UPDATE entry SET at = at + 1 WHERE seq = 1", ()))
    (fault,) = report(one.path).faults
    assert (fault.seq, fault.why) == (1, "changed")


def test_a_time_given_behind_the_ledgers_back_is_found(tmp_path: Path) -> None:
    one = Life(tmp_path / "ledger.db", 1)
    one.offset = None
    one.write()
    one.ledger.seal(1, 0, None)
    sql(one.path, ("UPDATE entry SET at = 5 WHERE seq = 1", ()))
    (fault,) = report(one.path).faults
    assert (fault.seq, fault.why, fault.kind) == (1, "dated", rows(one.path)[0][1])


# -- tampering -----------------------------------------------------------------------------------------


def sealed(one: Life) -> int:
    """Seal everything; the last sequence number that is covered, at least 2."""
    one.write()
    one.write()
    one.seal_all()
    return report(one.path).sealed


def flipped(value: Any, place: int) -> Any:
    if isinstance(value, str):
        place %= len(value) or 1
        return value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :] if value else "x"
    if isinstance(value, bytes):
        place %= len(value)
        return value[:place] + bytes([value[place] ^ (1 << place % 8)]) + value[place + 1 :]
    return 0 if value is None else value ^ (1 << place % 40)


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(1, 25), st.data())
def test_any_flip_in_a_sealed_row_is_found_and_named(seed: int, steps: int, data: st.DataObject) -> None:
    with life(seed, steps) as one:
        row = data.draw(st.sampled_from(rows(one.path)[: sealed(one)] or rows(one.path)[:1]))
        column = data.draw(st.sampled_from(["kind", "meter", "body", *NUMBERS]))
        value = row[("seq", "kind", "meter", *NUMBERS, "body").index(column)]
        new = flipped(value, data.draw(st.integers(0, 500)))
        sql(one.path, (f"UPDATE entry SET {column} = ? WHERE seq = ?", (new, row[0])))
        faults = report(one.path).faults
        assert faults[0].seq == row[0]
        assert faults[0].why in ("changed", "dated")
        assert (faults[0].after or 0) < row[0] or faults[0].after is not None


@pytest.mark.parametrize("value", [None, "", b"tick", "1", 1.0, 0])
def test_another_type_or_nothing_is_found(tmp_path: Path, value: Any) -> None:
    one = Life(tmp_path / "ledger.db", 1)
    one.write()
    row = one.ledger.append([NewRow("event", "main", body={"what": "note"})])[0]
    one.seal_all()
    with closing(sqlite3.connect(one.path)) as db:
        db.execute("PRAGMA ignore_check_constraints=1")
        for column, original in (("body", b'{"what":"note"}'), ("doubt", None), ("pulses", None)):
            db.execute(f"UPDATE entry SET {column} = ? WHERE seq = ?", (value, row))
            db.commit()
            found = [fault.seq for fault in report(one.path).faults]
            stored = db.execute(f"SELECT {column} FROM entry WHERE seq = ?", (row,)).fetchone()[0]
            assert found == ([] if stored == original else [row])
            db.execute(f"UPDATE entry SET {column} = ? WHERE seq = ?", (original, row))
            db.commit()


def test_a_kind_whose_bytes_spell_the_same_in_another_type_is_found(tmp_path: Path) -> None:
    one = Life(tmp_path / "ledger.db", 1)
    one.write()
    one.seal_all()
    for value in (b"\xb6'$", b"tick", b"\xff\xfe"):
        sql_rows = rows(one.path)
        with closing(sqlite3.connect(one.path)) as db:
            db.execute("UPDATE entry SET kind = ? WHERE seq = 1", (value,))
            db.commit()
        assert report(one.path).faults[0].seq == 1
        with closing(sqlite3.connect(one.path)) as db:
            db.execute("UPDATE entry SET kind = CAST(? AS TEXT) WHERE seq = 1", (value,))
            db.commit()
            assert report(one.path).faults == [] or report(one.path).faults[0].seq == 1
            db.execute("UPDATE entry SET kind = ? WHERE seq = 1", (sql_rows[0][1],))
            db.commit()
        assert report(one.path).faults == []


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(1, 25), st.data())
def test_a_deleted_row_is_found(seed: int, steps: int, data: st.DataObject) -> None:
    with life(seed, steps) as one:
        seq = data.draw(st.integers(1, sealed(one)))
        sql(one.path, ("DELETE FROM entry WHERE seq = ?", (seq,)))
        fault = report(one.path).faults[0]
        assert (fault.seq, fault.why) == (seq, "missing")


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(1, 25), st.data())
def test_a_deleted_row_is_found_also_when_the_numbers_are_closed_up(
    seed: int, steps: int, data: st.DataObject
) -> None:
    with life(seed, steps) as one:
        seq = data.draw(st.integers(1, sealed(one)))
        sql(
            one.path,
            ("DELETE FROM entry WHERE seq = ?", (seq,)),
            ("UPDATE entry SET seq = -seq WHERE seq > ?", (seq,)),
            ("UPDATE entry SET seq = -seq - 1 WHERE seq < 0", ()),
        )
        fault = report(one.path).faults[0]
        assert fault.seq == seq


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(1, 25), st.data())
def test_an_inserted_row_is_found(seed: int, steps: int, data: st.DataObject) -> None:
    with life(seed, steps) as one:
        seq = data.draw(st.integers(0, sealed(one)))
        sql(
            one.path,
            ("UPDATE entry SET seq = -seq - 1 WHERE seq >= ?", (max(1, seq),)),
            ("UPDATE entry SET seq = -seq WHERE seq < 0 AND ? > 0", (seq,)),
            ("UPDATE entry SET seq = -seq - 1 WHERE seq < 0", ()),
            ("INSERT INTO entry(seq, kind, meter, at, pulses) VALUES(?, 'tick', 'main', 77, 88)", (seq,)),
        )
        fault = report(one.path).faults[0]
        assert fault.seq == seq
        assert fault.why == ("changed" if seq else "extra")


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(1, 25), st.data())
def test_swapped_rows_are_found(seed: int, steps: int, data: st.DataObject) -> None:
    with life(seed, steps) as one:
        top = sealed(one)
        one_seq = data.draw(st.integers(1, top - 1))
        other = data.draw(st.integers(one_seq + 1, top))
        sql(
            one.path,
            ("UPDATE entry SET seq = -1 WHERE seq = ?", (one_seq,)),
            ("UPDATE entry SET seq = ? WHERE seq = ?", (one_seq, other)),
            ("UPDATE entry SET seq = ? WHERE seq = -1", (other,)),
        )
        assert report(one.path).faults[0].seq == one_seq


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 25), st.data())
def test_a_changed_seal_is_found(seed: int, steps: int, data: st.DataObject) -> None:
    with life(seed, steps) as one:
        sealed(one)
        seq, _, made = data.draw(st.sampled_from(report(one.path).seals))
        body = msgspec.to_builtins(made)
        name = data.draw(st.sampled_from(sorted(body)))
        body[name] = {
            "ledger": "0" * 32,
            "hash": "0" * 64,
            "previous": "1" * 64,
            "marks": made.marks[:-1] + ("0" if made.marks[-1] != "0" else "1"),
            "first": made.first + 1,
            "last": made.last - 1,
            "undated": [[made.first, made.first + 10**15]],
            "dated": [[1, 10**15]],
        }[name]
        new = msgspec.json.encode(body, order="sorted")
        sql(one.path, ("UPDATE entry SET body = ? WHERE seq = ?", (new, seq)))
        assert report(one.path).faults


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(1, 25), st.data())
def test_a_cut_off_end_is_found(seed: int, steps: int, data: st.DataObject) -> None:
    with life(seed, steps) as one:
        top = sealed(one)
        keep = data.draw(st.integers(0, top))
        sql(one.path, ("DELETE FROM entry WHERE seq > ?", (keep,)))
        fault = report(one.path).faults[0]
        assert fault.seq <= keep + 1
        assert "cut" in {one.why for one in report(one.path).faults}


def test_an_end_that_the_database_has_seen_is_missed(tmp_path: Path) -> None:
    one = Life(tmp_path / "ledger.db", 1)
    one.write()
    top = one.ledger.newest_seq()
    one.ledger.set_confirmed([(1, top)])
    sql(one.path, ("DELETE FROM entry WHERE seq = ?", (top,)))
    assert report(one.path).faults == [Fault(top, "cut")]


def test_forging_the_row_and_its_seal_breaks_the_next_seal(tmp_path: Path) -> None:
    """Somebody who knows how it works re-computes one seal, but not all after it."""
    one = Life(tmp_path / "ledger.db", 1)
    for _ in range(3):
        one.write()
        one.ledger.seal(1, 0, START)
    seq, _, made = report(one.path).seals[0]
    forged_rows = [row if row[0] != 2 else (*row[:6], 10**6, *row[7:]) for row in rows(one.path)]
    forged = seals.seal(made.ledger, made.previous, 1, forged_rows[: made.last])
    body = msgspec.json.encode(forged, order="sorted")
    sql(
        one.path,
        ("UPDATE entry SET pulses = ? WHERE seq = 2", (10**6,)),
        ("UPDATE entry SET body = ? WHERE seq = ?", (body, seq)),
    )
    (fault,) = report(one.path).faults
    assert (fault.seq, fault.kind, fault.why) == (seq, "seal", "changed")


def test_a_newline_in_a_body_cannot_stand_for_two_rows() -> None:
    body = b'{"a":1}]\n5 [2,"tick","main",null,null,1,null,null]'
    assert b"\n" not in seals.content((1, "tick", "main", None, None, 5, 1, None, None, body))


TEXTS = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.text(), st.binary(), st.floats())
RAW = st.tuples(*[TEXTS] * 9, st.one_of(TEXTS, st.just(b'{"a":1}')))


@given(RAW, RAW)
def test_rows_that_differ_have_different_bytes(one: seals.Raw, other: seals.Raw) -> None:
    def line(row: seals.Raw) -> bytes:
        return seals.digest(row[5], seals.content(row))

    same = repr(one) == repr(other)
    assert (line(one) == line(other)) is same


def test_a_seal_is_small(tmp_path: Path) -> None:
    """An hour of two meters costs less than a kilobyte in the ledger."""
    ledger = Ledger.open(tmp_path / "ledger.db", create=True, durable=False)
    for minute in range(60):
        ledger.append([NewRow("tick", name, 1, minute, START + minute, 5, 1) for name in ("a", "b")])
    ledger.seal(1, 0, START + 10**6)
    assert len(rows(ledger.path)[-1][9]) < 1024
