"""The ledger's SQLite file: opened for writing or only to be read, checked, its WAL laid out on the card.

Wear: what reaches the card per commit is whole 4 KiB blocks, and on ext4 more than that for its journal
whenever a file grows. So pages are small (1 KiB), and the WAL is laid out once and then overwritten.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from sodien.i18n import tr
from sodien.ledger import schema
from sodien.ledger.errors import (
    LedgerDamagedError,
    LedgerError,
    damaged,
    newer,
    none_yet,
    not_ours,
    present,
    sentence,
)
from sodien.ledger.rows import COLUMNS
from sodien.ledger.schema import SCHEMA

_PAGE_SIZE = 1024
_WAL_PAGES = 256  # 256 KiB: small enough to be re-used within the hour, large enough to batch checkpoints
#: With the frames' headers (24 bytes each) and room for the commit that calls for the checkpoint; the WAL is
#: never cut shorter.
_WAL_BYTES = (_WAL_PAGES + 64) * (_PAGE_SIZE + 24) + 32
_CACHE_KIB = 512  # the check at start fills it: SQLite would keep 2 MB of each connection for good
_BUSY_S = 5.0


def connect(path: Path, *, create: bool = False, durable: bool = True) -> sqlite3.Connection:
    """The file of :meth:`sodien.ledger.store.Ledger.open`, of today's schema. Raises LedgerError."""
    if not present(path):
        if not create:
            raise none_yet(path)
        if not path.parent.is_dir():
            raise LedgerError(
                tr("{path}: the folder does not exist; create it or change ledger.path.", path=path)
            )
        _make(path)
    try:
        db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise sentence(path, error) from None
    try:
        db.execute(f"PRAGMA page_size={_PAGE_SIZE}")
        db.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
        db.execute(f"PRAGMA wal_autocheckpoint={_WAL_PAGES}")
        db.execute(f"PRAGMA journal_size_limit={_WAL_BYTES}")
        _prepare(path, db)
        return db
    except sqlite3.Error as error:
        db.close()
        raise sentence(path, error) from None
    except BaseException:
        db.close()
        raise


def _make(path: Path) -> None:
    """An empty file, as open as the umask lets it: SQLite alone would keep it from a group that writes."""
    with contextlib.suppress(OSError):  # SQLite says the same better
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666))


def _prepare(path: Path, db: sqlite3.Connection) -> None:
    (found,) = db.execute("PRAGMA user_version").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if found == 0 and tables == 0:
        schema.create(db)
    elif found > SCHEMA:
        raise newer(path, found)
    elif found < 1 or (found < SCHEMA and not schema.ours(db)):
        raise not_ours(path)
    elif found < SCHEMA:
        schema.migrate(db)


def quick_check(path: Path, db: sqlite3.Connection) -> None:
    """Read everything. Raises LedgerDamagedError."""
    try:
        rows = db.execute("PRAGMA quick_check(1)").fetchall()
        db.execute(f"SELECT {COLUMNS} FROM entry ORDER BY seq DESC LIMIT 1").fetchall()
    except sqlite3.Error as error:
        raise LedgerDamagedError(str(error)) from None
    if rows != [("ok",)]:
        raise damaged(path, str(rows[0][0]).splitlines()[-1])


def lay_out_wal(path: Path) -> None:
    """Give the WAL its full length; only for whoever may write just now. Raises OSError.

    Only zeros are added behind what is there: to SQLite, frames without the current salt are none. A crash in
    between leaves some zeros. SQLite's locks are on the two other files, so that closing this one takes none
    away.
    """
    with Path(f"{path}-wal").open("r+b") as wal:
        missing = _WAL_BYTES - wal.seek(0, os.SEEK_END)
        if missing > 0:
            wal.write(bytes(missing))
            wal.flush()
            os.fsync(wal.fileno())


def read_only(path: Path) -> sqlite3.Connection:
    """The file for reading only. Bytes that are no text come as surrogates, so that they can be named."""
    # A file at rest on a folder that may not be written to has no WAL, and needs none.
    resting = "&immutable=1" if not Path(f"{path}-wal").exists() else ""
    name = path.absolute().as_uri()
    db = sqlite3.connect(f"{name}?mode=ro", uri=True, isolation_level=None)
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        db.close()
        if not resting:
            raise
        db = sqlite3.connect(f"{name}?mode=ro{resting}", uri=True, isolation_level=None)
    db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    return db
