"""A backup as one file: a .tar.gz with a manifest, the ledger, the settings and the photos.

A tar and not a database of our own: in ten years any computer opens it without Sodien, the settings keep
their comments, and a ledger packs to a fraction of its size. The manifest comes first and names every file
with its size and SHA-256. Reading trusts nothing: only files the manifest names, under names that we give,
written by us and not by the unpacker.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import msgspec

from sodien.errors import SodienError
from sodien.files import acting_as_caller, open_file
from sodien.i18n import tr
from sodien.ledger.seals import SealNote

MANIFEST = "manifest.json"
LEDGER = "ledger.db"
SETTINGS = "sodien.yaml"
PHOTOS = "photos"
VERSION = 1
_NAMES = re.compile(rf"{re.escape(LEDGER)}|{re.escape(SETTINGS)}|{PHOTOS}/[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_MANIFEST_MOST = 1 << 22
_CHUNK = 1 << 18
#: A ledger packs to a tenth; zeros pack to a thousandth.
_MOST_RATIO = 100
_SMALL = 64 << 20


class _Bounded(gzip.GzipFile):
    """Reads little at a time: a header may announce gigabytes, and tarfile would take memory for them."""

    def read(self, size: int | None = -1) -> bytes:
        if size is None or not 0 <= size <= 2 * _MANIFEST_MOST:
            raise tarfile.ReadError("a header is too long")
        return super().read(size)


class ArchivePart(msgspec.Struct, frozen=True):
    """One file of a backup."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds.

    Attributes:
        backup: version of this format.
        made: when (RFC 3339, UTC), by the clock of the machine.
        sodien: the version that made it.
        device: whose ledger.
        ledger: its id.
        entries: its last sequence number.
        seal: its newest seal, None before the first.
        files: name in the archive → size and hash.
    """

    backup: int
    made: str
    sodien: str
    device: str
    ledger: str
    entries: int
    seal: SealNote | None
    files: dict[str, ArchivePart]


class BackupError(SodienError):
    """The backup cannot be written, or is not one that may be used."""


def allowed(name: str) -> bool:
    """Whether a file of this name can be in a backup."""
    return _NAMES.fullmatch(name) is not None


def part(path: Path) -> ArchivePart:
    """Size and hash of a file."""
    with _unlinked(path) as stream:
        digest = hashlib.file_digest(stream, "sha256")
        return ArchivePart(stream.tell(), digest.hexdigest())


def _unlinked(path: Path) -> io.BufferedReader:
    """A file to read that is no link: whoever owns the folder must not make root pack other files."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def write(target: Path, manifest: Manifest, sources: Mapping[str, Path]) -> None:
    """Write the archive to ``target`` and through to the disk. Raises OSError."""
    with target.open("xb") as stream:
        os.fchmod(stream.fileno(), 0o640)
        with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=6) as tar:
            text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
            _add(tar, MANIFEST, io.BytesIO(text), len(text), 0)
            for name, path in sources.items():
                with _unlinked(path) as source:
                    found = os.fstat(source.fileno())
                    _add(tar, name, source, found.st_size, int(found.st_mtime))
        stream.flush()
        os.fsync(stream.fileno())


def _add(tar: tarfile.TarFile, name: str, stream: IO[bytes], size: int, mtime: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, mtime, 0o640
    tar.addfile(info, stream)


def unpack(archive: Path, folder: Path | None, only: str | None = None) -> Manifest:
    """Read and check a whole archive, and write its files to a folder.

    Args:
        archive: the backup.
        folder: where to; None writes nothing.
        only: the one file to write.

    Raises:
        BackupError: it is not a backup, is incomplete or damaged, or holds what does not belong there.
    """
    try:
        with acting_as_caller():
            raw = open_file(archive)
        size = os.fstat(raw.fileno()).st_size
        with raw, _Bounded(fileobj=raw) as whole, tarfile.open(fileobj=whole, mode="r:") as tar:
            manifest = _manifest(tar, archive)
            if sum(part.bytes for part in manifest.files.values()) > _MOST_RATIO * size + _SMALL:
                raise _refused(archive, tr("it would unpack to far more than a ledger can"))
            missing = set(manifest.files)
            while (member := tar.next()) is not None:
                name = member.name
                if name not in missing or not allowed(name) or not member.isreg() or member.sparse:
                    raise _refused(archive, tr("{name} does not belong in it", name=name))
                missing.remove(name)
                expected = manifest.files[name]
                source = tar.extractfile(member)
                if source is None or member.size != expected.bytes:
                    raise _refused(archive, tr("{name} is not as it was written", name=name))
                wanted = folder if only is None or name == only else None
                if _copy(source, wanted, name) != expected.sha256:
                    raise _refused(archive, tr("{name} is not as it was written", name=name))
            if missing:
                raise _refused(archive, tr("{name} is missing", name=sorted(missing)[0]))
            # gzip's checksum of all of it, the manifest included, stands at the very end.
            while whole.read(_CHUNK):
                pass
            return manifest
    except (tarfile.TarError, EOFError, zlib.error, ValueError, OverflowError) as error:
        raise _refused(archive, str(error)) from None
    except OSError as error:
        raise _refused(archive, str(error.strerror or error)) from None


def _manifest(tar: tarfile.TarFile, archive: Path) -> Manifest:
    first = tar.next()
    source = tar.extractfile(first) if first is not None and first.isreg() else None
    if first is None or source is None or first.name != MANIFEST or first.size > _MANIFEST_MOST:
        raise _refused(archive, tr("it has no manifest"))
    try:
        manifest = msgspec.json.decode(source.read(), type=Manifest)
    except msgspec.DecodeError as error:
        raise _refused(archive, tr("its manifest cannot be read: {error}", error=error)) from None
    if manifest.backup > VERSION:
        raise _refused(archive, tr("it was written by a newer Sodien"))
    if LEDGER not in manifest.files:
        raise _refused(archive, tr("{name} is missing", name=LEDGER))
    return manifest


def _copy(source: IO[bytes], folder: Path | None, name: str) -> str:
    """The SHA-256 of a member, which is also written to the folder."""
    digest = hashlib.sha256()
    if folder is None:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
        return digest.hexdigest()
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    with path.open("xb") as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest()


def _refused(archive: Path, reason: str) -> BackupError:
    return BackupError(
        tr("{path}: not a sound backup ({reason}); choose another file.", path=archive, reason=reason)
    )
