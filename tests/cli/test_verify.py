"""`sodien verify` and `sodien export entries`, as a person and a third party use them."""

from __future__ import annotations

import csv
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sodien.ledger.store import Ledger, NewRow
from tests.cli.conftest import Sodien, minute
from tests.ledger.sealed import START, Life

PAGE = Path(__file__).parents[2] / "docs/reference/seals.md"


@pytest.fixture
def sealed(home: Path) -> Path:
    """A morning with two seals and one entry that is not sealed."""
    ledger = Ledger.open(home.parent / "ledger.db")
    ledger.seal(1, 0, minute(180), 60)
    ledger.seal(1, 0, minute(240))
    ledger.append([NewRow("event", "main", at=minute(241), body={"what": "note"})])
    ledger.close()
    return home


def change(config: Path, text: str) -> None:
    with closing(sqlite3.connect(config.parent / "ledger.db")) as db:
        db.execute(text)
        db.commit()


def test_a_sound_ledger(sodien: Sodien, sealed: Path) -> None:
    result = sodien("verify", "-c", sealed)
    assert result.code == 0
    assert "Entries 1 to 94 are as they were sealed. Seals: 2, the newest is entry 95" in result.out
    assert "of 2026-10-30 12:00:00." in result.out
    assert "Entries not sealed yet, the newest seal among them: 2." in result.out
    report = sodien("verify", "--json", "-c", sealed).json
    assert (report["ok"], report["entries"], report["unsealed"], report["faults"]) == (True, 96, 2, [])
    assert report["newest"]["hash"] in result.out


def test_the_first_entry_that_does_not_fit_is_named(sodien: Sodien, sealed: Path) -> None:
    change(sealed, "UPDATE entry SET pulses = pulses + 1 WHERE seq IN (70, 80)")
    result = sodien("verify", "-c", sealed)
    assert result.code == 1
    assert "Entry 70 (tick, main, 2026-10-30 10:08:00) was changed." in result.out
    assert "The last seal before it that fits: entry 94 of 2026-10-30 11:00:00." in result.out
    assert "The seal that shows it: entry 95 of 2026-10-30 12:00:00." in result.out
    (fault,) = sodien("verify", "--json", "-c", sealed).json["faults"]
    assert (fault["seq"], fault["kind"], fault["meter"], fault["after"], fault["seal"]) == (
        70, "tick", "main", 94, 95
    )  # fmt: skip
    assert fault["at"] == "2026-10-30T03:08:00.000Z"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("DELETE FROM entry WHERE seq = 5", "Entry 5 is missing."),
        ("DELETE FROM entry WHERE seq > 90", "Entry 91 and all after it are missing"),
        ("INSERT INTO entry(seq, kind, meter, at) VALUES(-1, 'tick', 'x', 5)", "Entry -1 (tick, x, 1970"),
        ("UPDATE entry SET body = '{}' WHERE seq = 94", "Entry 94 (seal, 2026-10-30 11:00:00) was changed."),
        ("DELETE FROM meta WHERE key = 'seal'", "is not the newest seal that the ledger remembers"),
    ],
)
def test_each_kind_of_change_has_its_words(sodien: Sodien, sealed: Path, text: str, told: str) -> None:
    change(sealed, text)
    for language in ("en", "vi"):
        result = sodien("--lang", language, "verify", "-c", sealed)
        assert result.code == 1
        assert result.err == ""
        if language == "en":
            assert told in result.out


def test_nothing_sealed_yet(sodien: Sodien, home: Path) -> None:
    result = sodien("verify", "-c", home)
    assert result.code == 0
    assert "Nothing is sealed yet" in result.out
    assert "Entries not sealed yet: 93." in result.out


def test_against_a_seal_that_was_kept(sodien: Sodien, sealed: Path, tmp_path: Path) -> None:
    kept = sodien("verify", "--json", "-c", sealed)
    seal = kept.json["newest"]["hash"]
    sheet = tmp_path / "sheet.json"
    sheet.write_text(kept.out)
    for against in (seal, seal.upper(), sheet):
        result = sodien("verify", "--against", against, "-c", sealed)
        assert result.code == 0, result.out
        assert "fits. It is entry 95 of 2026-10-30 12:00:00; entries 1 to 94" in result.out
    other = sodien("verify", "--against", "0" * 64, "-c", sealed)
    assert (other.code, "is not in this ledger" in other.out) == (1, True)
    change(sealed, "UPDATE entry SET pulses = 7 WHERE seq = 70")
    assert "what it covers was changed" in sodien("verify", "--against", seal, "-c", sealed).out


def test_against_shows_a_chain_that_was_forged_as_a_whole(sodien: Sodien, sealed: Path) -> None:
    """Somebody changes an entry and seals everything anew: only a seal kept elsewhere tells."""
    kept = sodien("verify", "--json", "-c", sealed).json["newest"]["hash"]
    change(sealed, "UPDATE entry SET pulses = 7 WHERE seq = 70")
    change(sealed, "DELETE FROM entry WHERE seq > 93")
    change(sealed, "DELETE FROM meta WHERE key = 'seal'")
    ledger = Ledger.open(sealed.parent / "ledger.db")
    ledger.seal(1, 0, minute(240))
    ledger.close()
    assert sodien("verify", "-c", sealed).code == 0
    assert sodien("verify", "--against", kept, "-c", sealed).code == 1


@pytest.mark.parametrize("against", ["nothing.txt", "1234", ""])
def test_against_what_is_no_seal(sodien: Sodien, sealed: Path, against: str) -> None:
    result = sodien("verify", "--against", against, "-c", sealed)
    assert result.code == 2
    assert "a seal has 64 digits" in result.one_sentence()


def test_another_ledger(sodien: Sodien, sealed: Path, tmp_path: Path) -> None:
    result = sodien("verify", "--ledger", tmp_path / "none.db", "-c", sealed)
    assert (result.code, "there is no such ledger" in result.one_sentence()) == (2, True)
    Life(tmp_path / "other.db", 1).write()
    assert sodien("verify", "--json", "--ledger", tmp_path / "other.db", "-c", sealed).json["seals"] == 0


def test_a_damaged_file_and_junk_get_a_sentence(sodien: Sodien, sealed: Path) -> None:
    ledger = sealed.parent / "ledger.db"
    data = ledger.read_bytes()
    ledger.write_bytes(data[: len(data) // 2])
    assert sodien("verify", "-c", sealed).code == 2
    ledger.write_bytes(b"junk" * 1000)
    assert "damaged" in sodien("verify", "-c", sealed).one_sentence()


def test_it_reads_while_another_writes_and_writes_nothing(sodien: Sodien, sealed: Path) -> None:
    ledger = Ledger.open(sealed.parent / "ledger.db")
    ledger.append([NewRow("event", "main", at=minute(300), body={"what": "note"})])
    before = ledger.path.read_bytes()
    with ledger._transaction():
        assert sodien("verify", "-c", sealed).code == 0
    assert ledger.path.read_bytes() == before
    ledger.close()


def program() -> str:
    (found,) = re.findall(
        r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return found


def recompute(file: Path) -> subprocess.CompletedProcess[str]:
    """What a third party does, with the program from the documents."""
    return subprocess.run(
        [sys.executable, "-I", "-c", program(), str(file)], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_third_party_re_computes_the_seals_from_an_export(
    sodien: Sodien, config: Path, tmp_path: Path, seed: int
) -> None:
    one = Life(config.parent / "ledger.db", seed)
    one.live(25)
    one.write()
    one.clock()
    one.seal_all()
    file = tmp_path / "entries.csv"
    assert sodien("export", "entries", "-o", file, "-c", config).code == 0
    done = recompute(file)
    assert done.stderr == ""
    hashes = [line.split(" ")[-1] for line in done.stdout.splitlines()]
    assert hashes[-1] == sodien("verify", "--json", "-c", config).json["newest"]["hash"]
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('""tick"",""main""', '""tick"",""other""', 1), encoding="utf-8")
    assert "does not fit" in recompute(file).stderr


def test_the_export_has_every_entry_and_its_time(sodien: Sodien, sealed: Path) -> None:
    out = sodien("export", "entries", "-c", sealed).out
    rows = list(csv.DictReader(out.splitlines()))
    assert [int(row["seq"]) for row in rows] == list(range(1, 97))
    assert rows[1]["at"] == "2026-10-30T01:01:00.000Z"
    assert int(rows[1]["at_ms"]) == minute(1)
    assert START > 0


@pytest.mark.parametrize("option", ["--meter=main", "--from=2026-10-30 08:00", "--to=now"])
def test_an_export_of_a_part_could_not_be_verified(sodien: Sodien, sealed: Path, option: str) -> None:
    result = sodien("export", "entries", option, "-c", sealed)
    assert (result.code, result.out) == (2, "")
    assert "leave out --meter, --from and --to" in result.one_sentence()
