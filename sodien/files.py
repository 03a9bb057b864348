"""Files that survive a power cut or another program: replaced whole, synced, locked."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sodien.errors import SodienError
from sodien.i18n import tr


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write beside ``path``, which it takes the place of at the end.

    An exception in between leaves what was there, and nothing beside it.

    Raises:
        SodienError: the path is a device or a folder, which a rename would replace or fail on.
        OSError: the file cannot be written.
    """
    if path.exists() and not path.is_file():
        raise SodienError(tr("{path} is not a file; name another one with -o.", path=path))
    building = path.with_name(f".{path.name}.new")
    try:
        with building.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(building, path)
    except BaseException:
        with contextlib.suppress(OSError):
            building.unlink()
        raise


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class LedgerInUseError(SodienError):
    """Another program counts into this ledger."""


def lock_path(ledger: Path) -> Path:
    """The file that is locked; it stays there."""
    return Path(f"{ledger}.lock")


@contextmanager
def only_one(ledger: Path) -> Iterator[None]:
    """Hold the ledger's lock file. A folder that is missing is left to whoever opens the ledger.

    Raises:
        LedgerInUseError: another program holds it.
        SodienError: the lock file cannot be used.
    """
    try:
        stream = lock_path(ledger).open("w", encoding="ascii")
    except FileNotFoundError:
        yield
        return
    except OSError as error:
        raise _unusable(ledger, error) from None
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LedgerInUseError(
                tr("{path}: another 'sodien run' is counting into this ledger; stop it first.", path=ledger)
            ) from None
        except OSError as error:
            raise _unusable(ledger, error) from None
        yield


def _unusable(ledger: Path, error: OSError) -> SodienError:
    return SodienError(
        tr(
            "{path}: the lock file cannot be used ({error}); let the service's user write in its folder.",
            path=ledger,
            error=error.strerror or error,
        )
    )
