"""Putting a file in its place so that a power cut leaves the former one or the new one, whole."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
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
