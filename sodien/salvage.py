"""Setting a damaged ledger aside and saving what can be read of it.

The damaged file is renamed, never overwritten, so that nothing is lost by trying. Readable rows move into
a new ledger under a new id, with new sequence numbers without holes: what the database already has is
sent again under its own time and overwrites itself. Its seals begin a new chain that names the old one's last
seal; the old seals stay as entries, and can be re-computed on the file that was set aside.

What a crash does: the new ledger is built under a temporary name and renamed last. A crash before the
damaged file is set aside changes nothing; between the two renames the next start finds no ledger but the
finished ``.salvaged`` file, and takes it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from sodien import seals
from sodien.ledger import Ledger, LedgerDamagedError, present
from sodien.messages import KINDS
from sodien.origins import Origin, decode

_ENTRY = "kind, meter, run, mono, at, pulses, first, doubt, body"


@dataclass(frozen=True, slots=True)
class Salvage:
    """What became of a damaged ledger.

    Attributes:
        aside: where the damaged file is now.
        entries: rows that could be read.
        lost: sequence numbers that could not be read (at least; rows beyond the last readable are unknown).
        reason: what was wrong with the file.
    """

    aside: Path
    entries: int
    lost: int
    reason: str


def open_or_salvage(path: Path, stamp: str, *, durable: bool = True) -> tuple[Ledger, Salvage | None]:
    """Open the daemon's ledger; a damaged one is set aside as ``<path>.damaged-<stamp>`` and salvaged.

    Args:
        path: the ledger file; made when missing.
        stamp: text that makes the set-aside name unique, e.g. a date.
        durable: as for :meth:`Ledger.open`.

    Raises:
        LedgerError: it may not be opened, or is from a newer Sodien.
    """
    finished = finished_path(path)
    if not present(path) and present(finished):
        os.replace(finished, path)
    try:
        ledger = Ledger.open(path, create=True, durable=durable)
        try:
            ledger.check()
        except LedgerDamagedError:
            ledger.close()
            raise
        return ledger, None
    except LedgerDamagedError as error:
        found = _salvage(path, finished, stamp, str(error))
    return Ledger.open(path, durable=durable), found


def _salvage(path: Path, finished: Path, stamp: str, reason: str) -> Salvage:
    building = Path(f"{path}.salvaging")
    for leftover in (building, Path(f"{building}-wal"), Path(f"{building}-shm"), finished):
        leftover.unlink(missing_ok=True)
    entries = lost = 0
    new = Ledger.open(building, create=True)
    try:
        db = sqlite3.connect(building, isolation_level=None)
        with contextlib.closing(db), contextlib.closing(_connect(path)) as old:
            db.execute("BEGIN IMMEDIATE")
            for row in _readable(old, "run", "id, boot, started, version, stopped", "id"):
                db.execute("INSERT OR IGNORE INTO run VALUES(?,?,?,?,?)", row)
            origins, sealed = _history(old)
            last_seq = 0
            highest: dict[str, int] = {}
            for seq, *values in _readable(old, "entry", f"seq, {_ENTRY}", "seq"):
                lost += seq - last_seq - 1
                last_seq = seq
                if not _plausible(values, highest):
                    lost += 1
                    continue
                try:
                    db.execute(f"INSERT INTO entry({_ENTRY}) VALUES(?,?,?,?,?,?,?,?,?)", values)
                    entries += 1
                    sealed.see(values)
                except sqlite3.Error:
                    lost += 1
            with contextlib.suppress(sqlite3.Error):
                for row in old.execute("SELECT meter, run, mono, pulses, doubt FROM save").fetchall():
                    db.execute("INSERT OR REPLACE INTO save VALUES(?,?,?,?,?)", row)
            # A run whose own row is lost keeps its number, so that no new run gets it.
            db.execute(
                "INSERT OR IGNORE INTO run(id, boot, started, version)"
                " SELECT max(run), '', 0, '' FROM entry HAVING max(run) > 0"
            )
            (run,) = db.execute("SELECT coalesce(max(id), 0) FROM run").fetchone()
            origins.append(Origin(sealed.ledger, "salvaged", sealed.hash, entries, run))
            db.execute("INSERT INTO meta VALUES('before', ?)", (msgspec.json.encode(origins).decode(),))
            db.execute("COMMIT")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        new.close()
    os.rename(building, finished)
    aside = put_in_place(path, finished, f"damaged-{stamp}")
    assert aside is not None
    return Salvage(aside, entries, lost, reason)


def finished_path(path: Path) -> Path:
    """Where a ledger that is to take the place of another stands when it is finished."""
    return Path(f"{path}.salvaged")


def put_in_place(path: Path, finished: Path, label: str) -> Path | None:
    """Put a finished ledger in its place; the one that is there is set aside as ``<path>.<label>``.

    Returns where that is, None when there was none. Raises OSError.
    """
    aside = Path(f"{path}.{label}")
    number = 1
    while aside.exists():
        number += 1
        aside = Path(f"{path}.{label}-{number}")
    for suffix in ("-wal", "-shm"):
        if Path(f"{path}{suffix}").exists():
            os.rename(f"{path}{suffix}", f"{aside}{suffix}")
    there = path.exists()
    if there:
        os.rename(path, aside)
    os.rename(finished, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return aside if there else None


class _LastSeal:
    """The last seal that a damaged ledger is known to have had."""

    def __init__(self, ledger: str, noted: str) -> None:
        self.ledger = ledger
        self.hash = noted
        self._noted = bool(noted)

    def see(self, values: Sequence[Any]) -> None:
        """A row that could be read: seals among them serve where the ledger's own note is gone."""
        if values[0] == seals.KIND and not self._noted:
            found = seals.read((0, *values))
            if found is not None:
                self.hash = found.hash


def _history(old: sqlite3.Connection) -> tuple[list[Origin], _LastSeal]:
    """Where the damaged ledger came from, and its last seal, as far as that can be read."""
    meta: dict[str, str] = {}
    for key in ("ledger", "before", "seal"):
        with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
            for (value,) in old.execute("SELECT value FROM meta WHERE key = ?", (key,)):
                meta[key] = str(value)
    note = decode(meta.get("seal"), seals.Note)
    origins = decode(meta.get("before"), list[Origin]) or []
    return origins, _LastSeal(meta.get("ledger", ""), note.hash if note else "")


def _plausible(values: Sequence[Any], highest: dict[str, int]) -> bool:
    """Whether a row that could be read makes sense; half a page that is gone reads as zeros.

    ``highest`` keeps each meter's count so far: it never falls.
    """
    kind, meter, run, mono, at, pulses, first, doubt, body = values
    numbers = (run, mono, at, pulses, first, doubt)
    if kind not in KINDS or not isinstance(meter, str):
        return False
    if not all(number is None or isinstance(number, int) for number in numbers):
        return False
    if not (body is None or isinstance(body, bytes)) or (at is not None and at < 0):
        return False
    if kind == "tick":
        if pulses is None or run is None or mono is None or pulses < highest.get(meter, 0):
            return False
        highest[meter] = pulses
    return True


def _connect(path: Path) -> sqlite3.Connection:
    """Open the damaged file for reading only; one that SQLite refuses outright yields no rows later."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    with contextlib.suppress(sqlite3.Error):
        db.execute("PRAGMA cell_size_check=ON")
        # SQLite refuses a file shorter than its header says, unless the schema may be written.
        db.execute("PRAGMA writable_schema=ON")
    return db


def _readable(db: sqlite3.Connection, table: str, columns: str, key: str) -> Iterator[tuple[Any, ...]]:
    """Rows that can be read, in order of their key: damaged stretches are narrowed down by halving."""
    try:
        top = int(db.execute(f"SELECT max({key}) FROM {table}").fetchone()[0] or 0)
    except sqlite3.Error:
        # The right edge of the table cannot be read. No more rows fit than the file had room for.
        top = _room_for_rows(db)
    ranges = [(1, top)]
    while ranges:
        low, high = ranges.pop()
        if low > high:
            continue
        try:
            rows = db.execute(
                f"SELECT {columns} FROM {table} WHERE {key} BETWEEN ? AND ? ORDER BY {key}",
                (low, high),
            ).fetchall()
        except (sqlite3.Error, UnicodeDecodeError, OverflowError):
            if low < high:
                middle = (low + high) // 2
                ranges.append((middle + 1, high))
                ranges.append((low, middle))
            continue
        yield from rows


def _room_for_rows(db: sqlite3.Connection) -> int:
    """The most rows the file can have held, by the page count its header remembers (0 when unreadable)."""
    smallest_row = 24
    try:
        pages = int(db.execute("PRAGMA page_count").fetchone()[0])
        return pages * int(db.execute("PRAGMA page_size").fetchone()[0]) // smallest_row
    except sqlite3.Error:
        return 0
