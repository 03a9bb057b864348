"""Backups: one verified file made of a ledger while it is being written, and putting it back in its place.

What a crash does to a backup: everything is made in a hidden folder beside the target, and the finished
archive is renamed last; so there is never half a backup. The folder that is left over is removed by a later
one.

Restoring overwrites nothing: what was there is set aside. What was counted after the backup is not in it. So
the ledger goes on under a new id, which keeps sequence numbers from meaning two things, and the next run
declares a gap from the backup's last count to its start. What a crash does: the ledger is made ready under a
hidden name. Between setting the old one aside and putting the new one in its place, the next start finds no
ledger but the finished file, and takes it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from sodien import __version__
from sodien.files import acting_as_owner, only_one, sync_folder
from sodien.i18n import tr
from sodien.ledger import archive, count_file
from sodien.ledger.archive import BackupError, Manifest
from sodien.ledger.errors import LedgerError, none_yet, present, sentence
from sodien.ledger.file import read_only
from sodien.ledger.opening import finished_path
from sodien.ledger.salvage import put_in_place
from sodien.ledger.seals import SealNote
from sodien.ledger.store import Ledger
from sodien.ledger.verify import Verified, verify_file
from sodien.protocol.times import format_time

_STALE_S = 86_400


class UnfitLedgerError(BackupError):
    """The ledger, or the one in a backup, does not fit its seals: a finding."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Written:
    """A finished backup."""

    path: Path
    bytes: int
    manifest: Manifest


def default_folder(ledger: Path) -> Path:
    """Where backups go that are given no place."""
    return ledger.parent / "backups"


def name_of(device: str, now_ms: int) -> str:
    """The name of a backup made at ``now_ms`` (ms UTC); names sort by time."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now_ms // 1000))
    return f"sodien-{device}-{stamp}.tar.gz"


def free_in(folder: Path, device: str, now_ms: int) -> Path:
    """The file of a backup made at ``now_ms`` (ms UTC): of the first second from then on that has none yet.

    Two in one second are two files; when exactly each was made stands in it.
    """
    while (path := folder / name_of(device, now_ms)).exists():
        now_ms += 1000
    return path


def backups_in(folder: Path, device: str) -> list[Path]:
    """The backups of a device under the names that Sodien gives them, oldest first."""
    name = re.compile(rf"sodien-{re.escape(device)}-\d{{8}}T\d{{6}}Z\.tar\.gz")
    return sorted(path for path in folder.iterdir() if name.fullmatch(path.name) and path.is_file())


def prune(folder: Path, device: str, keep: int, newest: Path) -> list[Path]:
    """Remove all but the ``keep`` newest backups of a device, by their names; never ``newest``."""
    old = [path for path in backups_in(folder, device) if path != newest]
    gone = old[: max(0, len(old) - (keep - 1))]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def back_up(ledger: Path, device: str, config: Path, target: Path, now_ms: int) -> Written:
    """Write a backup of a ledger, the settings file and the photos to ``target``, which must not exist.

    ``device`` is whose ledger it is, for the manifest; ``config`` may be absent.

    Raises:
        BackupError: it exists or cannot be written.
        UnfitLedgerError: what was written would not verify.
        LedgerError: the ledger cannot be read.
    """
    if not present(ledger):
        raise none_yet(ledger)
    if target.exists():
        raise BackupError(tr("{path}: already exists; name another file.", path=target))
    try:
        with acting_for(ledger, target.parent), staging(target.parent, "backup") as stage:
            copy = stage / archive.LEDGER
            _copy_ledger(ledger, copy)
            verified = check(copy)
            sources = {archive.LEDGER: copy}
            if config.is_file():
                sources[archive.SETTINGS] = config
            sources |= _photos(ledger.parent / archive.PHOTOS)
            sources = _frozen(sources, stage)
            seals = verified.report.seals
            manifest = Manifest(
                backup=archive.VERSION,
                made=format_time(now_ms),
                sodien=__version__,
                device=device,
                ledger=verified.ledger,
                entries=verified.report.entries,
                seal=SealNote(seals[-1][0], seals[-1][2].last, seals[-1][2].hash) if seals else None,
                files={name: archive.part(path) for name, path in sources.items()},
            )
            finished = stage / "finished.tar.gz"
            archive.write(finished, manifest, sources)
            archive.unpack(finished, None)  # what reached the disk is what was meant
            size = finished.stat().st_size
            os.rename(finished, target)
            sync_folder(target.parent)
            return Written(target, size, manifest)
    except OSError as error:
        raise BackupError(
            tr(
                "{path}: the backup cannot be written ({reason}); free space or name another place.",
                path=target,
                reason=error.strerror or error,
            )
        ) from None


def acting_for(ledger: Path, folder: Path) -> AbstractContextManager[None]:
    """As :func:`acting_as_owner` in a folder of whoever owns the ledger; elsewhere root writes as root.

    A path below the ledger's folder is its owner's wherever it leads. Raises BackupError.
    """
    if folder.absolute().is_relative_to(ledger.parent.absolute()):
        return acting_as_owner(ledger.parent)
    mine = ledger.parent.stat().st_uid != folder.stat().st_uid
    if mine and os.geteuid() == 0 and ledger.is_symlink():
        raise BackupError(
            tr(
                "{path}: is a link, which root does not follow; run this without sudo.",
                path=ledger,
            )
        )
    return nullcontext() if mine else acting_as_owner(folder)


def check(ledger: Path) -> Verified:
    """Open, check and verify a ledger at rest. Raises LedgerError, UnfitLedgerError."""
    try:
        with closing(read_only(ledger)) as db:
            found = db.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        raise sentence(ledger, error) from None
    if found != [("ok",)]:
        raise sentence(ledger, sqlite3.DatabaseError(f"malformed: {found[0][0]}"))
    verified = verify_file(ledger)
    if verified.report.faults:
        raise UnfitLedgerError(
            tr(
                "The ledger does not fit its seals from entry {seq} on; 'sodien verify' says more.",
                seq=verified.report.faults[0].seq,
            )
        )
    return verified


def _copy_ledger(ledger: Path, copy: Path) -> None:
    """One state of the ledger, whole and without its free pages; whoever counts is not held up."""
    counts = count_file.read(ledger)
    try:
        with closing(read_only(ledger)) as db:
            db.execute("VACUUM INTO ?", (str(copy),))
        with closing(sqlite3.connect(copy, isolation_level=None)) as db:
            count_file.take_in(db, counts)
    except sqlite3.Error as error:
        raise sentence(ledger, error) from None


def _photos(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            name = f"{archive.PHOTOS}/{path.name}"
            if archive.allowed(name) and path.is_file() and not path.is_symlink() and path.suffix != ".part":
                found[name] = path
    return found


def _frozen(sources: dict[str, Path], stage: Path) -> dict[str, Path]:
    """The settings may be edited while they are read; a copy of that one small file is not."""
    if archive.SETTINGS in sources:
        copy = stage / archive.SETTINGS
        shutil.copy2(sources[archive.SETTINGS], copy)
        sources[archive.SETTINGS] = copy
    return sources


@contextmanager
def staging(folder: Path, word: str) -> Iterator[Path]:
    """A folder for what is not finished; those that a crash left behind are removed after a day."""
    prefix = f".sodien-{word}-"
    for old in folder.glob(f"{prefix}*"):
        with contextlib.suppress(OSError):
            if time.time() - old.stat().st_mtime > _STALE_S:
                shutil.rmtree(old, ignore_errors=True)
    stage = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


# -- putting it back --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    Attributes:
        manifest: of the backup.
        ledger: the new id.
        aside: where the ledger is that was there before, None when there was none.
        photos: how many photos were brought back.
    """

    manifest: Manifest
    ledger: str
    aside: Path | None
    photos: int


def settings_text(file: Path) -> str | None:
    """The settings in a backup that verifies, None when it has none. Raises BackupError."""
    with tempfile.TemporaryDirectory() as folder:
        archive.unpack(file, Path(folder), archive.SETTINGS)
        path = Path(folder) / archive.SETTINGS
        return path.read_text(encoding="utf-8") if path.is_file() else None


def examine(file: Path) -> Manifest:
    """Verify a backup and the ledger in it, and change nothing. Raises BackupError, LedgerError."""
    with tempfile.TemporaryDirectory() as folder:
        return _unpacked(file, Path(folder))


def restore(file: Path, ledger: Path, device: str, stamp: str) -> Restored:
    """Put the ledger and photos of a backup where the settings say.

    Args:
        file: the backup.
        ledger: the ledger's path; a file that is there is set aside as ``<ledger>.before-restore-<stamp>``.
        device: the settings' device; the backup must be of the same.
        stamp: text for names, e.g. a date.

    Raises:
        BackupError: the backup does not verify, is of another device, or cannot be put there.
        LedgerInUseError: ``sodien run`` is counting.
    """
    if not ledger.parent.is_dir():
        raise BackupError(
            tr("{path}: the folder does not exist; create it or change ledger.path.", path=ledger.parent)
        )
    try:
        with (
            acting_as_owner(ledger.parent),
            only_one(ledger),
            staging(ledger.parent, "restore") as stage,
        ):
            manifest = _unpacked(file, stage)
            if manifest.device != device:
                raise BackupError(
                    tr(
                        "{path}: a backup of device {theirs}, but the settings are for {ours}; "
                        "correct 'device' first.",
                        path=file,
                        theirs=manifest.device,
                        ours=device,
                    )
                )
            finished = finished_path(ledger)
            if finished.exists() and not ledger.exists():
                os.rename(finished, ledger)
            there = _fold_wal(ledger)
            new = Ledger.open(stage / archive.LEDGER)
            try:
                ident = new.carry_on()
                if there is not None and there not in new.follows():
                    new.succeed(there)
            finally:
                new.close()
            photos = _bring_photos(stage / archive.PHOTOS, ledger.parent / archive.PHOTOS, stamp)
            os.rename(stage / archive.LEDGER, finished)
            aside = put_in_place(ledger, finished, f"before-restore-{stamp}")
            return Restored(manifest, ident, aside, photos)
    except OSError as error:
        raise BackupError(
            tr(
                "{path}: the backup cannot be put there ({reason}); run this with sudo.",
                path=ledger,
                reason=error.strerror or error,
            )
        ) from None


def _unpacked(file: Path, stage: Path) -> Manifest:
    manifest = archive.unpack(file, stage)
    verified = check(stage / archive.LEDGER)
    if (verified.ledger, verified.report.entries) != (manifest.ledger, manifest.entries):
        raise BackupError(tr("{path}: the manifest does not fit the ledger; choose another file.", path=file))
    return manifest


def _fold_wal(ledger: Path) -> str | None:
    """Bring the old ledger's last commits into its file before that is renamed; a damaged one stays as is.

    Returns its id; None where there is none that can be read.
    """
    if ledger.exists():
        with suppress(LedgerError), closing(Ledger.open(ledger)) as old:
            return old.id
    return None


def _bring_photos(source: Path, target: Path, stamp: str) -> int:
    """Put photos back; where another one has the name, both are kept."""
    count = 0
    for path in sorted(source.iterdir()) if source.is_dir() else ():
        target.mkdir(exist_ok=True)
        place = target / path.name
        if place.exists():
            if archive.part(place) == archive.part(path):
                continue
            place = target / f"{path.stem}-{stamp}{path.suffix}"
        os.rename(path, place)
        count += 1
    if count:
        sync_folder(target)
    return count
