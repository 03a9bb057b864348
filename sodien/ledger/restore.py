"""Putting a backup in the place of a ledger. Nothing is overwritten: what was there is set aside.

What was counted after the backup is not in it. So the ledger goes on under a new id, which keeps sequence
numbers from meaning two things, and the next run declares a gap from the backup's last count to its start.

What a crash does: the ledger is made ready under a hidden name. Between setting the old one aside and
putting the new one in its place, the next start finds no ledger but the finished file, and takes it.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sodien.files import sync_folder
from sodien.i18n import tr
from sodien.ledger import archive
from sodien.ledger.archive import BackupError, Manifest
from sodien.ledger.backup import check, staging
from sodien.ledger.salvage import finished_path, put_in_place
from sodien.ledger.store import Ledger, LedgerError
from sodien.lock import lock_path, only_one


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
        with only_one(ledger), staging(ledger.parent, "restore") as stage:
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
            new = Ledger.open(stage / archive.LEDGER)
            try:
                ident = new.carry_on()
            finally:
                new.close()
            _own(stage, ledger.parent)
            _own(lock_path(ledger), ledger.parent)
            photos = _bring_photos(stage / archive.PHOTOS, ledger.parent / archive.PHOTOS, stamp)
            finished = finished_path(ledger)
            if finished.exists() and not ledger.exists():
                os.rename(finished, ledger)
            _fold_wal(ledger)
            os.rename(stage / archive.LEDGER, finished)
            aside = put_in_place(ledger, finished, f"before-restore-{stamp}")
            return Restored(manifest, ident, aside, photos)
    except OSError as error:
        raise BackupError(
            tr(
                "{path}: the backup cannot be put there ({reason}); run as the user that owns it "
                "(sudo -u sodien …).",
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


def _fold_wal(ledger: Path) -> None:
    """Bring the old ledger's last commits into its file before that is renamed; a damaged one stays as is."""
    if ledger.exists():
        with suppress(LedgerError):
            Ledger.open(ledger).close()


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
        _own(target, target.parent)
        sync_folder(target)
    return count


def _own(path: Path, like: Path) -> None:
    """What root restores belongs to whoever owns the ledger's folder, so that the service can write it."""
    if os.geteuid() != 0:
        return
    owner = like.stat()
    for one in (path, *path.rglob("*")):
        os.chown(one, owner.st_uid, owner.st_gid, follow_symlinks=False)
