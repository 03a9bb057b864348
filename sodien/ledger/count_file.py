"""The newest counts, in a small file beside the ledger: what it costs the card to save no more than a number.

A commit of the ledger reaches the card as ten blocks of 4 KiB and more, this as one. So counts that have to
be saved before the minute rows are due are saved here; the ledger has them with its next commit.

The file has two blocks that are written in turn. A power cut spoils the one that is being written at most,
and the other one holds what was saved before. Each says whose it is: a ledger that took this one's place, by
a restore, a salvage or a person's hand, has another id or knows no such run, and lets it lie.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import zlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from sodien.files import sync_folder
from sodien.ledger.rows import Save

_BLOCK = 4096
_SUM = 8  # hexadecimal digits of a block's checksum


class SavedCounts(msgspec.Struct, frozen=True):
    """What one block says: ``turn`` counts up, so the higher one is newer; ``boot`` is that of the run."""

    ledger: str
    boot: str
    turn: int
    saves: tuple[tuple[str, int, int, int, int], ...]


def path_of(ledger: Path) -> Path:
    """Where the counts of a ledger are."""
    return Path(f"{ledger}-counts")


def read(ledger: Path) -> SavedCounts | None:
    """The newest counts of a ledger file; None where there are none that can be read."""
    try:
        with open(path_of(ledger), "rb", opener=_no_link) as file:
            blocks = [file.read(_BLOCK), file.read(_BLOCK)]
    except OSError:
        return None
    found = [counts for block in blocks if (counts := _decoded(block)) is not None]
    return max(found, key=lambda counts: counts.turn, default=None)


def take_in(db: sqlite3.Connection, counts: SavedCounts | None) -> None:
    """Put counts into a copy of their ledger, as far as it knows their run and nothing newer."""
    for meter, run, mono, pulses, doubt in counts.saves if counts is not None else ():
        assert counts is not None
        db.execute(
            "INSERT OR REPLACE INTO save(meter, run, mono, pulses, doubt) SELECT ?,?,?,?,?"
            " WHERE EXISTS(SELECT 1 FROM run WHERE id = ? AND boot = ?)"
            " AND NOT EXISTS(SELECT 1 FROM save WHERE meter = ? AND (run, mono) >= (?, ?))",
            (meter, run, mono, pulses, doubt, run, counts.boot, meter, run, mono),
        )


def _no_link(name: str, flags: int) -> int:
    return os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _decoded(block: bytes) -> SavedCounts | None:
    text = block[_SUM:].rstrip(b"\0")
    if len(block) != _BLOCK or block[:_SUM] != _sum(text):
        return None
    try:
        return msgspec.json.decode(text, type=SavedCounts)
    except msgspec.DecodeError:
        return None


def _sum(text: bytes) -> bytes:
    return b"%08x" % zlib.crc32(text)


class CountFile:
    """The file of one open ledger, for the one process that counts."""

    def __init__(self, ledger: Path, *, durable: bool) -> None:
        self._ledger = ledger
        self._durable = durable
        self._fd: int | None = None
        self._turn = 0

    def write(self, ledger_id: str, boot: str, saves: Sequence[Save]) -> bool:
        """Save counts, durable when this returns True; False where it cannot be done here."""
        try:
            if self._fd is None:
                self._fd = self._open()
            turn = self._turn + 1
            values = tuple((one.meter, one.run, one.mono, one.pulses, one.doubt) for one in saves)
            text = msgspec.json.encode(SavedCounts(ledger_id, boot, turn, values))
            if len(text) > _BLOCK - _SUM:
                return False
            block = (_sum(text) + text).ljust(_BLOCK, b"\0")
            if os.pwrite(self._fd, block, turn % 2 * _BLOCK) != _BLOCK:
                return False
            if self._durable:
                os.fdatasync(self._fd)
        except OSError:
            self.close()
            return False
        self._turn = turn
        return True

    def _open(self) -> int:
        """The file, laid out in its full length; its newest block stays until a newer one is there."""
        newest = read(self._ledger)
        self._turn = newest.turn if newest is not None else 0
        path = path_of(self._ledger)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
        try:
            missing = 2 * _BLOCK - os.fstat(fd).st_size
            if missing > 0:
                os.pwrite(fd, bytes(missing), 2 * _BLOCK - missing)
                if self._durable:
                    os.fsync(fd)
                    sync_folder(path.parent)
        except BaseException:
            os.close(fd)
            raise
        return fd

    def close(self) -> None:
        """Close the file; the next write opens it again."""
        if self._fd is not None:
            with contextlib.suppress(OSError):
                os.close(self._fd)
            self._fd = None
