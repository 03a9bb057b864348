"""Backing up a ledger while it is being written: one file, verified before it gets its name.

What a crash does: everything is made in a hidden folder beside the target, and the finished archive is
renamed last; so there is never half a backup. The folder that is left over is removed by a later backup.
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
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sodien import __version__
from sodien.files import sync_folder
from sodien.i18n import tr
from sodien.ledger import archive
from sodien.ledger.archive import BackupError, Manifest
from sodien.ledger.errors import LedgerError, present, sentence
from sodien.ledger.seals import SealNote
from sodien.ledger.verification import Verified, connect, verify_file
from sodien.protocol.times import format_time

if TYPE_CHECKING:
    pass

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
        raise LedgerError(
            tr(
                "{path}: there is no ledger yet; start 'sodien run' first, or name another --config.",
                path=ledger,
            )
        )
    if target.exists():
        raise BackupError(tr("{path}: is there already; name another file.", path=target))
    try:
        with staging(target.parent, "backup") as stage:
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


def check(ledger: Path) -> Verified:
    """Open, check and verify a ledger at rest. Raises LedgerError, UnfitLedgerError."""
    try:
        with closing(connect(ledger)) as db:
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
    try:
        with closing(connect(ledger)) as db:
            db.execute("VACUUM INTO ?", (str(copy),))
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
