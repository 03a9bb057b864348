"""The durable record: one SQLite file, append-only, the single source of truth.

MQTT and the database are views of it. Rows carry cumulative pulses, so that a lost or repeated row cannot
corrupt a total; the run they belong to and that boot's monotonic time; and, once the clock is known, their
wall time ``at`` (milliseconds UTC), which is written once. Sequence numbers never mean two things: a
salvaged or restored file continues under a new ledger id. Seals (:mod:`sodien.ledger.seals`) make a later
change visible.

What a crash does. Every public method that writes is one transaction in WAL mode with
``synchronous=FULL``: before its commit returns nothing of it exists, afterwards all of it survives a power
cut. The pulse counter is saved whenever ``at_risk_wh`` would otherwise be unsaved, in place (table
``save``), so a cut costs less than that.

Wear: what reaches the card per commit is whole 4 KiB blocks, and on ext4 more than that for its journal
whenever a file grows. So pages are small (1 KiB), and the WAL is laid out once (:meth:`Ledger.reserve`) and
then overwritten.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from sodien.i18n import tr
from sodien.ledger import schema, seals
from sodien.ledger.errors import (
    LedgerBusyError,
    LedgerDamagedError,
    LedgerError,
    damaged,
    newer,
    not_ours,
    present,
    sentence,
)
from sodien.ledger.ledger_queries import Queries
from sodien.ledger.origins import Origin, chain_of
from sodien.ledger.rows import COLUMNS, NewRow, Row, Run, Save, encoded
from sodien.ledger.schema import SCHEMA

__all__ = [
    "SEAL_MOST",
    "Ledger",
    "LedgerBusyError",
    "LedgerDamagedError",
    "LedgerError",
    "NewRow",
    "Row",
    "Run",
    "Save",
]

_PAGE_SIZE = 1024
_WAL_PAGES = 256  # 256 KiB: small enough to be re-used within the hour, large enough to batch checkpoints
#: With the frames' headers (24 bytes each) and room for the commit that calls for the checkpoint; the WAL is
#: never cut shorter.
_WAL_BYTES = (_WAL_PAGES + 64) * (_PAGE_SIZE + 24) + 32
_CACHE_KIB = 512  # the check at start fills it: SQLite would keep 2 MB of each connection for good
_BUSY_S = 5.0
#: Entries one seal covers at most: a few hundredths of a second on a PC, a fraction of one on a Pi Zero.
SEAL_MOST = 5000


class Ledger(Queries):
    """An open ledger. Use one object per thread; several processes may hold the same file open."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        super().__init__(path, db)
        self.id: str = db.execute("SELECT value FROM meta WHERE key='ledger'").fetchone()[0]

    # -- opening ---------------------------------------------------------------------------------------

    @classmethod
    def open(cls, path: Path, *, create: bool = False, durable: bool = True) -> Ledger:
        """Open the ledger at ``path``.

        Args:
            path: the SQLite file.
            create: make an empty ledger where there is none.
            durable: False skips every fsync; only for simulations whose files are thrown away.

        Raises:
            LedgerError: it is missing (and not ``create``), from a newer Sodien, or may not be opened.
            LedgerDamagedError: it is not a sound ledger; see :mod:`sodien.ledger.salvage`.
        """
        if not present(path):
            if not create:
                raise LedgerError(
                    tr(
                        "{path}: there is no ledger yet; start 'sodien run' first, or name another --config.",
                        path=path,
                    )
                )
            if not path.parent.is_dir():
                raise LedgerError(
                    tr("{path}: the folder does not exist; create it or change ledger.path.", path=path)
                )
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
            cls._prepare(path, db)
            return cls(path, db)
        except sqlite3.Error as error:
            db.close()
            raise sentence(path, error) from None
        except BaseException:
            db.close()
            raise

    @staticmethod
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

    def check(self) -> None:
        """Check the whole file. Raises LedgerDamagedError. Reads everything: once at start is enough."""
        try:
            rows = self._db.execute("PRAGMA quick_check(1)").fetchall()
            self._db.execute(f"SELECT {COLUMNS} FROM entry ORDER BY seq DESC LIMIT 1").fetchall()
        except sqlite3.Error as error:
            raise LedgerDamagedError(str(error)) from None
        if rows != [("ok",)]:
            raise damaged(self.path, str(rows[0][0]).splitlines()[-1])

    def close(self) -> None:
        """Close the file; a checkpoint folds the WAL in when this was the last user."""
        self._db.close()

    def reserve(self) -> None:
        """Lay the WAL out in its full length, so that no commit makes a file grow; for who writes for days.

        Only zeros are added behind what is there, and only by whoever may write: to SQLite, frames without
        the current salt are none. A crash in between leaves some zeros. A failure is no harm, the WAL then
        grows by itself: no room, or another program that holds the ledger for long. SQLite's locks are on the
        two other files, so that closing this one takes none away.
        """
        with (
            contextlib.suppress(LedgerBusyError, OSError),
            self._transaction(),
            Path(f"{self.path}-wal").open("r+b") as wal,
        ):
            missing = _WAL_BYTES - wal.seek(0, os.SEEK_END)
            if missing > 0:
                wal.write(bytes(missing))
                wal.flush()
                os.fsync(wal.fileno())

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all or nothing, durable when it returns. Raises LedgerError."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise sentence(self.path, error) from error

    # -- writing ---------------------------------------------------------------------------------------

    def begin_run(self, boot: str, started: int, version: str) -> int:
        """Note a new life of the daemon; returns its run id."""
        with self._transaction() as db:
            cursor = db.execute(
                "INSERT INTO run(boot, started, version) VALUES(?,?,?)", (boot, started, version)
            )
            return int(cursor.lastrowid or 0)

    def append(
        self, rows: Sequence[NewRow], saves: Sequence[Save] = (), *, stop: tuple[int, int] | None = None
    ) -> list[int]:
        """Append rows and update saves in one transaction; returns the rows' sequence numbers.

        Args:
            rows: what to append, in order.
            saves: counts to save in place.
            stop: (run, monotonic ns) of a clean stop, the last thing a run writes.

        Two entries of one meter and kind never share a time (it is their identity in the database): where
        a clock stepped backwards onto a used millisecond, the next free one is taken.
        """
        with self._transaction() as db:
            seqs = [self._insert(db, row) for row in rows]
            for save in saves:
                db.execute(
                    "INSERT OR REPLACE INTO save(meter, run, mono, pulses, doubt) VALUES(?,?,?,?,?)",
                    (save.meter, save.run, save.mono, save.pulses, save.doubt),
                )
            if stop is not None:
                db.execute("UPDATE run SET stopped = ? WHERE id = ?", (stop[1], stop[0]))
            return seqs

    def _insert(self, db: sqlite3.Connection, row: NewRow) -> int:
        at = row.at
        while True:
            try:
                cursor = db.execute(
                    "INSERT INTO entry(kind, meter, run, mono, at, pulses, first, doubt, body)"
                    " VALUES(?,?,?,?,?,?,?,?,?)",
                    (
                        row.kind,
                        row.meter,
                        row.run,
                        row.mono,
                        at,
                        row.pulses,
                        row.first,
                        row.doubt or None,
                        encoded(row.body),
                    ),
                )
                return int(cursor.lastrowid or 0)
            except sqlite3.IntegrityError:
                if at is None:
                    raise
                at += 1

    def date(self, boot: str, offset_ns: int) -> int:
        """Give every undated row of this boot its wall time (``mono + offset``); returns how many.

        ``at`` goes from unknown to known exactly once. A crash in between leaves all of them undated, and
        the next run of the same boot dates them.
        """
        with self._transaction() as db:
            rows = db.execute(
                "SELECT e.seq, e.mono FROM entry e JOIN run r ON r.id = e.run"
                " WHERE e.at IS NULL AND r.boot = ? ORDER BY e.seq",
                (boot,),
            ).fetchall()
            note = self.last_seal()
            sealed = note.last if note else 0
            for seq, mono in rows:
                if seq <= sealed:
                    db.execute("INSERT INTO late VALUES(?)", (seq,))
                at = (mono + offset_ns) // 1_000_000
                while True:
                    try:
                        db.execute("UPDATE entry SET at = ? WHERE seq = ?", (at, seq))
                        break
                    except sqlite3.IntegrityError:
                        at += 1
            return len(rows)

    def set_confirmed(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Remember which sequence numbers the database has. Losing this only means sending again."""
        with self._transaction() as db:
            db.execute("DELETE FROM confirmed")
            db.executemany("INSERT INTO confirmed VALUES(?,?)", ranges)

    # -- seals -----------------------------------------------------------------------------------------

    def seal(
        self, run: int | None, mono: int | None, at: int | None, most: int = SEAL_MOST
    ) -> seals.Seal | None:
        """Seal what was written or dated since the last seal, ``most`` entries at a time.

        The seal is an entry of its own, written in the transaction that reads what it covers; whoever wrote
        those entries (a person's command too) makes no difference. Nothing new but seals makes no seal.

        Args:
            run: the run that seals.
            mono: its time as in :class:`NewRow`.
            at: likewise.
            most: covered at most, so that a long backlog never holds up the counting.
        """
        with self._transaction() as db:
            note = self.last_seal()
            first = note.last + 1 if note else 1
            rows = db.execute(
                f"SELECT {COLUMNS} FROM entry WHERE seq >= ? ORDER BY seq LIMIT ?", (first, most)
            ).fetchall()
            late = db.execute(
                f"SELECT {COLUMNS} FROM entry WHERE seq IN (SELECT seq FROM late ORDER BY seq LIMIT ?)"
                " ORDER BY seq",
                (most,),
            ).fetchall()
            if not rows or (not late and all(row[1] == seals.KIND for row in rows)):
                return None
            previous = note.hash if note else chain_of(self.id, self.origins())[1]
            made = seals.seal(self.id, previous, first, rows, late)
            seq = self._insert(
                db, NewRow(seals.KIND, "", run, mono, at, body=msgspec.to_builtins(made, str_keys=True))
            )
            self._set_meta("seal", msgspec.json.encode(seals.SealNote(seq, made.last, made.hash)).decode())
            db.executemany("DELETE FROM late WHERE seq = ?", [(row[0],) for row in late])
            return made

    def carry_on(self) -> str:
        """Give a ledger that comes from a backup a new id, which is returned; everything will be sent again.

        Its entries keep their numbers, and its chain of seals goes on.
        """
        with self._transaction() as db:
            note = self.last_seal()
            (run,) = db.execute("SELECT coalesce(max(id), 0) FROM run").fetchone()
            before = Origin(self.id, "restored", note.hash if note else "", self.newest_seq(), run)
            self._set_meta("before", msgspec.json.encode([*self.origins(), before]).decode())
            new = schema.new_id()
            self._set_meta("ledger", new)
            db.execute("DELETE FROM confirmed")
        self.id = new
        return new

    def _set_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES(?,?)", (key, value))
