"""Backups: whole, verified, never half; a restore overwrites nothing and believes nothing."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien import __version__
from sodien.files import LedgerInUseError, only_one
from sodien.ledger import archive, backup
from sodien.ledger.archive import BackupError
from sodien.ledger.backup import UnfitLedgerError, back_up, examine, free_in, name_of, prune, restore
from sodien.ledger.opening import open_or_salvage
from sodien.ledger.store import Ledger, LedgerError
from sodien.ledger.verify import verify_file
from sodien.settings.model import Settings, load
from tests.ledger.sealed import Life

SETTINGS = """\
# how my house is wired
device: nha-toi
ledger: {path: ledger.db}
meters: [{id: main, pin: 17, constant: 1600}]
"""
NOW = 1_795_478_400_000
STAMP = "20261124T000000"


class Home:
    """Settings, a ledger with some life in it, and photos."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.config = folder / "sodien.yaml"
        self.config.write_text(SETTINGS, encoding="utf-8")
        (folder / "photos").mkdir(exist_ok=True)
        (folder / "photos" / "0123abcd.jpg").write_bytes(b"the dial")
        self.life = Life(folder / "ledger.db", seed)
        self.life.live(25)
        self.life.write()
        self.life.seal()

    @property
    def settings(self) -> Settings:
        return load(self.config)

    def back_up(self, target: Path) -> archive.Manifest:
        return back_up(self.settings.ledger.path, self.settings.device, self.config, target, NOW).manifest

    def restore(self, file: Path) -> Ledger:
        self.life.ledger.close()
        restore(file, self.settings.ledger.path, "nha-toi", STAMP)
        self.life.ledger = Ledger.open(self.settings.ledger.path, durable=False)
        return self.life.ledger


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def kept(home: Home, tmp_path: Path) -> Path:
    file = tmp_path / "kept.tar.gz"
    home.back_up(file)
    return file


def entries(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT * FROM entry ORDER BY seq").fetchall()


def listing(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.name.endswith(".lock")}


def repack(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Change what is in an archive, without a word to its manifest."""
    with tarfile.open(file) as tar:
        parts = {m.name: (tar.extractfile(m) or io.BytesIO()).read() for m in tar if m.isfile()}
    change(parts)
    with tarfile.open(file, "w:gz") as tar:
        for name, data in parts.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


# -- writing -------------------------------------------------------------------------------------------


def test_any_computer_opens_a_backup(home: Home, kept: Path, tmp_path: Path) -> None:
    subprocess.run(["tar", "-xzf", kept, "-C", tmp_path], check=True)
    assert (tmp_path / "sodien.yaml").read_text(encoding="utf-8") == SETTINGS
    assert (tmp_path / "photos" / "0123abcd.jpg").read_bytes() == b"the dial"
    assert entries(tmp_path / "ledger.db") == entries(home.life.path)
    manifest = msgspec.json.decode((tmp_path / "manifest.json").read_bytes())
    for name, part in manifest["files"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == part["sha256"]
    assert kept.stat().st_mode & 0o007 == 0, "how a household lives is nobody else's business"


def test_a_backup_is_made_while_another_process_writes(home: Home, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from sodien.ledger.store import *\n"
        "l = Ledger.open(Path(sys.argv[1])); run = l.begin_run('b', 0, '1'); n = 0\n"
        "while True:\n"
        "    n += 1; l.append([NewRow('tick', 'other', run, n, n, n)], [Save('other', run, n, n)])\n"
        "    if n % 5 == 0: l.seal(run, n, n)\n"
        "    print(n, flush=True)\n"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", code, str(home.life.path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    try:
        for number in range(4):
            while int(writer.stdout.readline()) < 40 * number + 1:
                pass
            file = tmp_path / f"{number}.tar.gz"
            manifest = home.back_up(file)
            assert examine(file) == manifest
    finally:
        writer.kill()
        writer.wait()


def test_nothing_is_left_beside_a_backup(home: Home, kept: Path, tmp_path: Path) -> None:
    assert {path.name for path in tmp_path.iterdir()} == {"home", "kept.tar.gz"}


def test_a_backup_never_overwrites(home: Home, kept: Path) -> None:
    before = kept.read_bytes()
    with pytest.raises(BackupError, match="already exists"):
        home.back_up(kept)
    assert kept.read_bytes() == before


def test_a_ledger_that_does_not_fit_is_not_backed_up(home: Home, tmp_path: Path) -> None:
    with closing(sqlite3.connect(home.life.path)) as db:
        db.execute("UPDATE entry SET pulses = 1000000 WHERE seq = 1")
        db.commit()
    with pytest.raises(UnfitLedgerError, match="from entry 1 on") as found:
        home.back_up(tmp_path / "no.tar.gz")
    assert found.value.exit_code == 1
    assert {path.name for path in tmp_path.iterdir()} == {"home"}


def test_no_ledger_and_a_full_disk_are_sentences(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "write", full)
    with pytest.raises(BackupError, match="No space left on device"):
        home.back_up(tmp_path / "no.tar.gz")
    monkeypatch.undo()
    home.life.ledger.close()
    home.life.path.unlink()
    with pytest.raises(LedgerError, match="there is no ledger yet"):
        home.back_up(tmp_path / "no.tar.gz")
    assert {path.name for path in tmp_path.iterdir()} == {"home"}


def test_what_reached_the_disk_is_read_back(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = archive.write

    def card_that_lies(target: Path, *rest: object) -> None:
        real(target, *rest)  # type: ignore[arg-type]
        data = bytearray(target.read_bytes())
        data[len(data) // 2] ^= 1
        target.write_bytes(data)

    monkeypatch.setattr(archive, "write", card_that_lies)
    with pytest.raises(BackupError, match="not a sound backup"):
        home.back_up(tmp_path / "no.tar.gz")
    assert not (tmp_path / "no.tar.gz").exists()


def test_what_a_crash_left_behind_goes_with_time(home: Home, tmp_path: Path) -> None:
    old, young = tmp_path / ".sodien-backup-old", tmp_path / ".sodien-backup-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "ledger.db").write_bytes(b"half")
    os.utime(old, (time.time() - 2 * 86_400,) * 2)
    home.back_up(tmp_path / "new.tar.gz")
    assert (old.exists(), young.exists()) == (False, True)


def test_pruning_keeps_the_newest_of_this_device_and_everything_else(tmp_path: Path) -> None:
    own = [tmp_path / name_of("nha-toi", NOW + day * 86_400_000) for day in range(5)]
    others = [
        tmp_path / name_of("nha-toi-2", NOW),
        tmp_path / "sodien-nha-toi-20261124T000000Z.tar.gz.old",
        tmp_path / "sodien-nha-toi-mine.tar.gz",
        tmp_path / "sodien-nha-toi-20261124T000000Z.tar",
    ]
    for path in (*own, *others):
        path.write_bytes(b"")
    assert prune(tmp_path, "nha-toi", 2, own[-1]) == own[:3]
    assert set(tmp_path.iterdir()) == {*own[3:], *others}
    assert prune(tmp_path, "nha-toi", 2, own[-1]) == []


def test_pruning_never_takes_the_one_just_made(tmp_path: Path) -> None:
    """A clock that nobody has set names it as the oldest of all."""
    own = [tmp_path / name_of("nha-toi", NOW + day * 86_400_000) for day in range(3)]
    made = tmp_path / name_of("nha-toi", 0)
    for path in (*own, made):
        path.write_bytes(b"")
    prune(tmp_path, "nha-toi", 1, made)
    assert list(tmp_path.iterdir()) == [made]


# -- restoring -----------------------------------------------------------------------------------------


def test_a_restored_ledger_goes_on_under_a_new_id_and_one_chain(home: Home, kept: Path) -> None:
    manifest = archive.unpack(kept, None)
    before = entries(home.life.path)
    home.life.write()
    home.life.seal_all()
    later = entries(home.life.path)
    ledger = home.restore(kept)
    assert ledger.id != manifest.ledger
    assert entries(home.life.path) == before
    assert ledger.confirmed() == []
    aside = Path(f"{home.life.path}.before-restore-{STAMP}")
    assert entries(aside) == later
    (origin,) = ledger.origins()
    assert (origin.ledger, origin.how, origin.entries) == (manifest.ledger, "restored", manifest.entries)
    home.life.reopen(power_cut=False)
    home.life.write()
    home.life.seal_all()
    found = verify_file(home.life.path)
    assert found.report.faults == []
    assert {made.ledger for _, _, made in found.report.seals} == {manifest.ledger, ledger.id}
    assert manifest.seal is not None
    assert manifest.seal.hash in {made.hash for _, _, made in found.report.seals}


def test_a_restored_ledger_follows_the_backups_and_the_one_that_was_there(home: Home, kept: Path) -> None:
    first = archive.unpack(kept, None).ledger
    assert home.life.ledger.follows() == []
    second = home.restore(kept)
    assert second.follows() == [first]
    second.succeed("5" * 32)
    third = home.restore(kept)
    assert third.follows() == [first, second.id], "the broker knows the second by now"
    third.close()


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6))
def test_restored_twice_and_salvaged_in_between_it_still_verifies(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("home")
    home = Home(folder / "home", seed)
    for number in range(2):
        file = folder / f"{number}.tar.gz"
        home.back_up(file)
        home.life.live(5)
        home.restore(file)
        home.life.reopen(power_cut=True)
        home.life.live(10, salvage=False)
        assert verify_file(home.life.path).report.faults == []
        before = home.life.ledger.id
        home.life.salvage()
        if home.life.ledger.id == before:
            break  # the damage hit nothing that an opening ledger looks at
        home.life.live(10)
        home.life.seal_all()
        assert verify_file(home.life.path).report.faults == []
    home.life.ledger.close()


def test_two_restores_of_one_backup_are_two_ledgers(tmp_path: Path, kept: Path) -> None:
    ids = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        ids.add(restore(kept, tmp_path / name / "ledger.db", "nha-toi", STAMP).ledger)
    assert len(ids | {archive.unpack(kept, None).ledger}) == 3


def test_photos_come_back_and_none_is_overwritten(home: Home, kept: Path) -> None:
    photo = home.folder / "photos" / "0123abcd.jpg"
    photo.write_bytes(b"another")
    home.restore(kept)
    assert photo.read_bytes() == b"another"
    assert (home.folder / "photos" / f"0123abcd-{STAMP}.jpg").read_bytes() == b"the dial"
    photo.unlink()
    home.restore(kept)
    assert photo.read_bytes() == b"the dial"


def test_nothing_is_restored_while_it_counts(home: Home, kept: Path) -> None:
    home.life.ledger.close()
    before = listing(home.folder)
    with only_one(home.life.path), pytest.raises(LedgerInUseError, match="stop it first"):
        home.restore(kept)
    assert listing(home.folder) == before


def test_another_devices_backup_is_refused(home: Home, kept: Path) -> None:
    before = listing(home.folder)
    with pytest.raises(BackupError, match="of device nha-toi, but the settings are for other"):
        restore(kept, home.life.path, "other", STAMP)
    assert listing(home.folder) == before


def test_a_damaged_ledger_is_set_aside_too(home: Home, kept: Path) -> None:
    home.life.ledger.close()
    home.life.path.write_bytes(b"this was a ledger once" * 100)
    home.restore(kept)
    aside = Path(f"{home.life.path}.before-restore-{STAMP}")
    assert aside.read_bytes().startswith(b"this was a ledger once")
    assert verify_file(home.life.path).report.faults == []


def test_a_second_restore_in_the_same_second_keeps_both(home: Home, kept: Path) -> None:
    home.restore(kept)
    home.restore(kept)
    assert len(list(home.folder.glob("ledger.db.before-restore-*"))) == 2


def test_a_crash_between_the_renames_is_finished_at_the_next_start(
    home: Home, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.rename

    def dies(old: os.PathLike[str], new: os.PathLike[str]) -> None:
        if str(new) == str(home.life.path):
            raise KeyboardInterrupt
        real(old, new)

    monkeypatch.setattr(os, "rename", dies)
    with pytest.raises(KeyboardInterrupt):
        home.restore(kept)
    monkeypatch.undo()
    assert not home.life.path.exists()
    ledger, salvage = open_or_salvage(home.life.path, "x")
    assert salvage is None
    assert [origin.how for origin in ledger.origins()] == ["restored"]
    ledger.close()


def change_ledger(parts: dict[str, bytes]) -> None:
    """A row is changed, and the manifest made to fit."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(parts["ledger.db"])
        db.execute("UPDATE entry SET pulses = 1000000 WHERE seq = 2")
        db.commit()
        parts["ledger.db"] = db.serialize()
    refit(parts)


def refit(parts: dict[str, bytes]) -> None:
    manifest = msgspec.json.decode(parts["manifest.json"])
    manifest["files"] = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in parts.items()
        if name != "manifest.json"
    }
    parts["manifest.json"] = msgspec.json.encode(manifest)


def put(name: str, data: bytes, *, fits: bool) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        parts[name] = data
        if fits:
            refit(parts)

    return change


def without(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        del parts[name]

    return change


def of_another(parts: dict[str, bytes]) -> None:
    parts["manifest.json"] = parts["manifest.json"].replace(b'"entries": ', b'"entries": 1')


def newer(parts: dict[str, bytes]) -> None:
    parts["manifest.json"] = parts["manifest.json"].replace(b'"backup": 1', b'"backup": 2')


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (change_ledger, "does not fit its seals from entry 2 on"),
        (put("sodien.yaml", b"device: x", fits=False), "sodien.yaml is not as it was written"),
        (put("sodien.yaml", SETTINGS.replace("nha", "nho").encode(), fits=False), "not as it was written"),
        (put("../evil", b"x", fits=True), "../evil does not belong in it"),
        (put("/etc/passwd", b"x", fits=True), "/etc/passwd does not belong in it"),
        (put("photos/../../evil", b"x", fits=True), "does not belong in it"),
        (put("photos/.hidden", b"x", fits=True), "does not belong in it"),
        (put("extra", b"x", fits=False), "extra does not belong in it"),
        (put("ledger.db", b"junk" * 500, fits=True), "damaged"),
        (put("manifest.json", b"{}", fits=False), "its manifest cannot be read"),
        (without("manifest.json"), "it has no manifest"),
        (without("ledger.db"), "ledger.db is missing"),
        (of_another, "the manifest does not fit the ledger"),
        (newer, "written by a newer Sodien"),
    ],
)
def test_what_does_not_verify_is_refused_and_changes_nothing(
    home: Home, kept: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], told: str
) -> None:
    repack(kept, change)
    before = listing(home.folder)
    rows = entries(home.life.path)
    for attempt in (lambda: examine(kept), lambda: home.restore(kept)):
        with pytest.raises((BackupError, LedgerError), match=told.replace(".", r"\.")):
            attempt()
    assert listing(home.folder) - {"ledger.db-wal", "ledger.db-shm"} == before - {
        "ledger.db-wal",
        "ledger.db-shm",
    }
    assert entries(home.life.path) == rows
    assert not (tmp_path / "evil").exists()


def test_a_link_is_refused(kept: Path) -> None:
    with tarfile.open(kept) as tar:
        manifest = (tar.extractfile("manifest.json") or io.BytesIO()).read()
    with tarfile.open(kept, "w:gz") as tar:
        info = tarfile.TarInfo("manifest.json")
        info.size = len(manifest)
        tar.addfile(info, io.BytesIO(manifest))
        link = tarfile.TarInfo("ledger.db")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(BackupError, match=r"ledger\.db does not belong in it"):
        examine(kept)


@pytest.fixture(scope="module")
def one_backup(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, archive.Manifest]:
    folder = tmp_path_factory.mktemp("sound")
    manifest = Home(folder / "home").back_up(folder / "kept.tar.gz")
    return (folder / "kept.tar.gz").read_bytes(), manifest


@settings(max_examples=200, deadline=None)
@given(st.booleans(), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_any_damage_to_the_file_is_refused_or_harmless(
    tmp_path_factory: pytest.TempPathFactory,
    one_backup: tuple[bytes, archive.Manifest],
    cut: bool,
    share: float,
    flip: int,
) -> None:
    sound, manifest = one_backup
    place = int(len(sound) * share)
    broken = sound[:place] if cut else sound[:place] + bytes([sound[place] ^ flip]) + sound[place + 1 :]
    file = tmp_path_factory.getbasetemp() / "damaged.tar.gz"
    file.write_bytes(broken)
    try:
        found = examine(file)
    except BackupError:
        return
    assert found == manifest, "only what does not matter, such as the time in gzip's header"


def test_a_changed_manifest_is_noticed_by_the_checksum(
    tmp_path: Path, one_backup: tuple[bytes, archive.Manifest]
) -> None:
    """Any other byte of the file: the manifest names no hash of itself."""
    sound, _ = one_backup
    text = gzip.decompress(sound)
    other = gzip.compress(
        text.replace(f'"{__version__}"'.encode(), f'"x{__version__[1:]}"'.encode(), 1), mtime=0
    )
    (tmp_path / "changed.tar.gz").write_bytes(other[:-8] + sound[-8:])
    with pytest.raises(BackupError, match="CRC"):
        examine(tmp_path / "changed.tar.gz")


def test_backups_go_beside_the_ledger_unless_told(tmp_path: Path) -> None:
    assert backup.default_folder(tmp_path / "ledger.db") == tmp_path / "backups"


def test_two_backups_of_one_second_are_two_files_that_sort_by_time(tmp_path: Path) -> None:
    made = []
    for _ in range(3):
        made.append(free_in(tmp_path, "nha-toi", NOW))
        made[-1].touch()
    assert made == sorted(set(made))
    assert made[0].name == name_of("nha-toi", NOW)
