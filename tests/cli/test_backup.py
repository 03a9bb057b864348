"""`sodien backup` and `sodien restore`, as a person and a timer use them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sodien.files import only_one
from sodien.ledger.store import Ledger
from tests.cli.conftest import SETTINGS, Sodien, minute


@pytest.fixture
def sealed(home: Path) -> Path:
    ledger = Ledger.open(home.parent / "ledger.db")
    ledger.seal(1, 0, minute(180))
    ledger.close()
    return home


@pytest.fixture
def kept(sodien: Sodien, sealed: Path, tmp_path: Path) -> Path:
    file = tmp_path / "kept.tar.gz"
    assert sodien("backup", file, "-c", sealed).code == 0
    return file


def test_without_a_place_it_goes_beside_the_ledger(sodien: Sodien, sealed: Path) -> None:
    result = sodien("backup", "-c", sealed)
    (file,) = (sealed.parent / "backups").iterdir()
    assert result.out.startswith(f"{file}: 94 entries, ")
    assert file.name.startswith("sodien-nha-toi-20")


def test_json_and_keep(sodien: Sodien, sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    old = folder / "sodien-nha-toi-20200101T000000Z.tar.gz"
    old.write_bytes(b"")
    report = sodien("backup", folder, "--keep", 1, "--json", "-c", sealed).json
    assert report["pruned"] == [str(old)]
    assert report["files"] == ["ledger.db", "sodien.yaml"]
    assert (report["entries"], len(report["seal"])) == (94, 64)
    assert [str(path) for path in folder.iterdir()] == [report["file"]]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere/"], "there is no such folder; make it, or connect the disk"),
        (["no/where.tar.gz"], "there is no such folder"),
        (["kept.tar.gz", "--keep", "3"], "--keep goes with a folder"),
    ],
)
def test_a_wrong_place_is_a_sentence(
    sodien: Sodien,
    sealed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    result = sodien("backup", *words, "-c", sealed)
    assert result.code == 2
    assert told in result.one_sentence()
    assert set(tmp_path.iterdir()) == before


def test_a_ledger_that_does_not_fit_is_a_finding_and_nothing_is_pruned(
    sodien: Sodien, sealed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    old = folder / "sodien-nha-toi-20200101T000000Z.tar.gz"
    old.write_bytes(b"")
    with closing(sqlite3.connect(sealed.parent / "ledger.db")) as db:
        db.execute("UPDATE entry SET pulses = 5 WHERE seq = 7")
        db.commit()
    result = sodien("backup", folder, "--keep", 1, "-c", sealed)
    assert result.code == 1
    assert f"from entry 7 on; 'sodien verify -c {sealed}' says more" in result.one_sentence()
    assert list(folder.iterdir()) == [old]


def test_restore_says_what_it_did(sodien: Sodien, sealed: Path, kept: Path) -> None:
    sodien("dial", "12345.6", "--at", "2026-10-30 08:30", "-c", sealed)
    sealed.write_text(SETTINGS + "# changed since\n")
    result = sodien("restore", kept, "-c", sealed)
    assert result.code == 0
    assert "Restored 94 entries of 20" in result.out
    assert "ledger.db.before-restore-20" in result.out
    assert f"The settings in {sealed} were kept; those of the backup differ" in result.out
    assert "read the dial" in result.out
    assert sealed.read_text().endswith("# changed since\n")
    assert sodien("verify", "--json", "-c", sealed).json["entries"] == 94


def test_on_another_pi_the_settings_come_back_too(sodien: Sodien, kept: Path, tmp_path: Path) -> None:
    config = tmp_path / "new" / "etc" / "sodien.yaml"
    (tmp_path / "new" / "etc").mkdir(parents=True)
    report = sodien("restore", kept, "--json", "-c", config).json
    assert (report["settings"], report["aside"], report["entries"]) == ("restored", None, 94)
    assert config.read_text() == SETTINGS
    status = sodien("status", "--json", "-c", config).json
    assert status["ledger"]["id"] == report["ledger"] != report["from"]
    assert status["meters"][0]["pulses"] == 720


def test_a_dry_run_changes_nothing(sodien: Sodien, sealed: Path, kept: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in sealed.parent.rglob("*")}
    assert "sound. Device nha-toi, 94 entries" in sodien("restore", kept, "--dry-run", "-c", sealed).out
    assert sodien("restore", kept, "--dry-run", "--json", "-c", sealed).json["sound"] is True
    assert {path: path.stat().st_mtime_ns for path in sealed.parent.rglob("*")} == before


def test_while_it_counts_nothing_is_restored(sodien: Sodien, sealed: Path, kept: Path) -> None:
    with only_one(sealed.parent / "ledger.db"):
        result = sodien("restore", kept, "-c", sealed)
    assert result.code == 2
    sentence = f"another 'sodien run -c {sealed}' is counting into this ledger; stop it first"
    assert sentence in result.one_sentence()


@pytest.mark.parametrize("content", [None, b"", b"junk", b"\x1f\x8b junk"])
def test_what_is_no_backup_is_a_sentence(
    sodien: Sodien, sealed: Path, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "no.tar.gz"
    if content is not None:
        file.write_bytes(content)
    for words in (["restore", file], ["restore", file, "--dry-run"]):
        result = sodien(*words, "-c", sealed)
        assert result.code == 2
        result.one_sentence()


def test_the_ledger_of_a_backup_is_verified_by_itself(sodien: Sodien, sealed: Path, kept: Path) -> None:
    sodien("restore", kept, "-c", sealed)
    (aside,) = sealed.parent.glob("ledger.db.before-restore-*")
    assert sodien("verify", "--ledger", aside, "-c", sealed).code == 0


def test_without_a_ledger_no_folder_is_left_behind(sodien: Sodien, config: Path) -> None:
    result = sodien("backup", "-c", config)
    assert "there is no ledger yet" in result.one_sentence()
    assert list(config.parent.iterdir()) == [config]
