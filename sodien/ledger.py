"""The durable record: one SQLite file, append-only, the single source of truth.

MQTT and the database are views of it. Rows carry cumulative pulses, so that a lost or repeated row cannot
corrupt a total; the run they belong to and that boot's monotonic time; and, once the clock is known, their
wall time ``at`` (milliseconds UTC), which is written once. Sequence numbers never mean two things: a
salvaged or restored file continues under a new ledger id. Seals (:mod:`sodien.seals`) make a later change
visible.

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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from sodien import schema, seals
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.origins import Origin, chain_of, decode
from sodien.schema import SCHEMA

_PAGE_SIZE = 1024
_WAL_PAGES = 256  # 256 KiB: small enough to be re-used within the hour, large enough to batch checkpoints
#: With the frames' headers (24 bytes each) and room for the commit that calls for the checkpoint; the WAL is
#: never cut shorter.
_WAL_BYTES = (_WAL_PAGES + 64) * (_PAGE_SIZE + 24) + 32
_CACHE_KIB = 512  # the check at start fills it: SQLite would keep 2 MB of each connection for good
_BUSY_S = 5.0
#: Entries one seal covers at most: a few hundredths of a second on a PC, a fraction of one on a Pi Zero.
SEAL_MOST = 5000

COLUMNS = "seq, kind, meter, run, mono, at, pulses, first, doubt, body"


class LedgerError(SodienError):
    """The ledger cannot be used; the sentence says why and what to do."""


class LedgerDamagedError(LedgerError):
    """The file is there but is not a sound ledger."""


class LedgerBusyError(LedgerError):
    """A write did not go through now (disk full, locked, read-only); nothing of it was written."""


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to append.

    Attributes:
        kind: one of the entry kinds of :mod:`sodien.messages`.
        meter: meter id, or "" for the device.
        mono: monotonic nanoseconds of the run's boot; None for what a person enters.
        at: wall time in ms UTC, or None while the clock is not known.
        pulses: cumulative accepted pulses (ticks and gaps).
        first: ticks only: ms from the first new pulse to this tick, 0 when there is none.
        doubt: cumulative pulses of which the filter could not decide, each way.
        body: further plain values, by kind.
    """

    kind: str
    meter: str = ""
    run: int | None = None
    mono: int | None = None
    at: int | None = None
    pulses: int | None = None
    first: int | None = None
    doubt: int = 0
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row(NewRow):
    """A row of the ledger; ``seq`` is its place in it."""

    seq: int = 0


@dataclass(frozen=True, slots=True)
class Save:
    """The count as of a monotonic instant: every pulse before ``mono`` is in ``pulses``."""

    meter: str
    run: int
    mono: int
    pulses: int
    doubt: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One life of the daemon.

    Attributes:
        started: monotonic ns of that boot.
        stopped: the same for a clean stop; None while it runs or when it ended without a goodbye.
    """

    id: int
    boot: str
    started: int
    version: str
    stopped: int | None = None


def _encode(body: dict[str, Any]) -> bytes | None:
    return msgspec.json.encode(body, order="sorted") if body else None


def _row(values: tuple[Any, ...]) -> Row:
    seq, kind, meter, run, mono, at, pulses, first, doubt, body = values
    detail = msgspec.json.decode(body) if body else {}
    return Row(kind, meter, run, mono, at, pulses, first, doubt or 0, detail, seq)


def sentence(path: Path, error: sqlite3.Error) -> LedgerError:
    """What SQLite refused, as something a person can act on."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return LedgerBusyError(tr("{path}: another program holds the ledger; try again.", path=path))
    if "full" in text:
        return LedgerBusyError(tr("{path}: the disk is full; free some space.", path=path))
    if "readonly" in text or "unable to open" in text:
        return _no_permission(path)
    if "malformed" in text or "not a database" in text or "corrupt" in text:
        return LedgerDamagedError(
            tr(
                "{path}: the ledger is damaged ({text}); 'sodien run' sets it aside and salvages it.",
                path=path,
                text=text,
            )
        )
    return LedgerBusyError(tr("{path}: the ledger could not be written ({text}).", path=path, text=text))


def present(path: Path) -> bool:
    """Whether the file is there. Raises LedgerError when the folder may not be looked into."""
    try:
        return path.exists()
    except PermissionError:
        raise _no_permission(path) from None


def _no_permission(path: Path) -> LedgerError:
    return LedgerBusyError(
        tr(
            "{path}: no permission to use the ledger; run as the user that owns it (sudo -u sodien …).",
            path=path,
        )
    )


class Ledger:
    """An open ledger. Use one object per thread; several processes may hold the same file open."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self._db = db
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
            LedgerDamagedError: it is not a sound ledger; see :mod:`sodien.salvage`.
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
            raise LedgerError(
                tr(
                    "{path}: written by a newer Sodien (schema {schema}); update this one.",
                    path=path,
                    schema=found,
                )
            )
        elif found < 1 or (found < SCHEMA and not schema.ours(db)):
            raise LedgerDamagedError(
                tr("{path}: this SQLite file is not a Sodien ledger; choose another ledger.path.", path=path)
            )
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
            raise LedgerDamagedError(
                tr(
                    "{path}: the ledger is damaged ({text}); 'sodien run' sets it aside and salvages it.",
                    path=self.path,
                    text=str(rows[0][0]).splitlines()[-1],
                )
            )

    def close(self) -> None:
        """Close the file; a checkpoint folds the WAL in when this was the last user."""
        self._db.close()

    def reserve(self) -> None:
        """Lay the WAL out in its full length, so that no commit makes a file grow; for who writes for days.

        Only zeros are added behind what is there, and only by whoever may write: to SQLite, frames without
        the current salt are none. A crash in between leaves some zeros. A failure is no harm, the WAL then
        grows by itself. SQLite's locks are on the two other files, so that closing this one takes none away.

        Raises:
            LedgerError: another program held the ledger for long.
        """
        with self._transaction(), contextlib.suppress(OSError), Path(f"{self.path}-wal").open("r+b") as wal:
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

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise sentence(self.path, error) from error

    def _one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        rows = self._all(sql, *values)
        return rows[0] if rows else None

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
                        _encode(row.body),
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
            note = self._note()
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
            note = self._note()
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
            self._set_meta("seal", msgspec.json.encode(seals.Note(seq, made.last, made.hash)).decode())
            db.executemany("DELETE FROM late WHERE seq = ?", [(row[0],) for row in late])
            return made

    def carry_on(self) -> str:
        """Give a ledger that comes from a backup a new id, which is returned; everything will be sent again.

        Its entries keep their numbers, and its chain of seals goes on.
        """
        with self._transaction() as db:
            note = self._note()
            (run,) = db.execute("SELECT coalesce(max(id), 0) FROM run").fetchone()
            before = Origin(self.id, "restored", note.hash if note else "", self.newest_seq(), run)
            self._set_meta("before", msgspec.json.encode([*self.origins(), before]).decode())
            new = schema.new_id()
            self._set_meta("ledger", new)
            db.execute("DELETE FROM confirmed")
        self.id = new
        return new

    def last_seal(self) -> seals.Note | None:
        """What is remembered of the newest seal; None before the first."""
        return self._note()

    def origins(self) -> list[Origin]:
        """The ledgers whose entries this one carries on, oldest first; empty for most."""
        return decode(self._meta("before"), list[Origin]) or []

    def _note(self) -> seals.Note | None:
        text = self._meta("seal")
        note = decode(text, seals.Note)
        if text is None or note is not None:
            return note
        # The card has damaged the note: the seals themselves tell, and counting goes on.
        for row in self._all(f"SELECT {COLUMNS} FROM entry WHERE kind = ? ORDER BY seq DESC", seals.KIND):
            found = seals.read(row)
            if found is not None:
                return seals.Note(row[0], found.last, found.hash)
        return None

    def _meta(self, key: str) -> str | None:
        found = self._one("SELECT value FROM meta WHERE key = ?", key)
        return str(found[0]) if found else None

    def _set_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES(?,?)", (key, value))

    # -- reading ---------------------------------------------------------------------------------------

    def confirmed(self) -> list[tuple[int, int]]:
        """Ranges of sequence numbers (both ends included) that the database has confirmed."""
        return [(int(a), int(b)) for a, b in self._all("SELECT first, last FROM confirmed ORDER BY first")]

    def run(self, run_id: int) -> Run | None:
        """The run with this id."""
        found = self._one("SELECT id, boot, started, version, stopped FROM run WHERE id = ?", run_id)
        return Run(*found) if found else None

    def runs_after(self, run_id: int) -> list[Run]:
        """All runs that began after this one, in order."""
        found = self._all(
            "SELECT id, boot, started, version, stopped FROM run WHERE id > ? ORDER BY id", run_id
        )
        return [Run(*one) for one in found]

    def newest_seq(self) -> int:
        """The last sequence number, 0 for an empty ledger."""
        found = self._one("SELECT max(seq) FROM entry")
        return int(found[0] or 0) if found else 0

    def unconfirmed(self, ranges: Sequence[tuple[int, int]]) -> int:
        """How many entries are not in these confirmed ranges. Sequence numbers have no holes."""
        return self.newest_seq() - sum(last - first + 1 for first, last in ranges)

    def rows(self, after: int = 0, before: int | None = None, limit: int = 500) -> list[Row]:
        """Dated rows with ``after < seq < before``, in order."""
        top = before if before is not None else 1 << 62
        return [
            _row(r)
            for r in self._all(
                f"SELECT {COLUMNS} FROM entry WHERE seq > ? AND seq < ? AND at IS NOT NULL"
                " ORDER BY seq LIMIT ?",
                after,
                top,
                limit,
            )
        ]

    def first_seq_since(self, at: int) -> int | None:
        """The lowest sequence number of a row at or after a time (ms UTC), None when there is none."""
        found = self._one("SELECT min(seq) FROM entry WHERE at >= ?", at)
        return int(found[0]) if found and found[0] is not None else None

    def of_kind(
        self, kind: str, meter: str | None = None, since: int | None = None, until: int | None = None
    ) -> list[Row]:
        """Dated rows of one kind with ``since <= at < until``, in order of time."""
        where, values = ["kind = ?", "at IS NOT NULL"], [kind]  # type: tuple[list[str], list[Any]]
        if meter is not None:
            where.append("meter = ?")
            values.append(meter)
        if since is not None:
            where.append("at >= ?")
            values.append(since)
        if until is not None:
            where.append("at < ?")
            values.append(until)
        sql = f"SELECT {COLUMNS} FROM entry WHERE {' AND '.join(where)} ORDER BY at, seq"
        return [_row(r) for r in self._all(sql, *values)]

    def count_of(self, kind: str, meter: str, after: int = -(1 << 62), until: int = 1 << 62) -> int:
        """How many dated rows of a kind a meter has with ``after < at <= until``.

        Without a span meant for the rare kinds.
        """
        found = self._one(
            "SELECT count(*) FROM entry WHERE meter = ? AND kind = ? AND at > ? AND at <= ?",
            meter,
            kind,
            after,
            until,
        )
        return int(found[0]) if found else 0

    def newest(self, kind: str, meter: str, at: int | None = None) -> Row | None:
        """The last dated row of a kind, at or before ``at`` when given."""
        found = self._one(
            f"SELECT {COLUMNS} FROM entry WHERE meter = ? AND kind = ? AND at <= ? ORDER BY at DESC LIMIT 1",
            meter,
            kind,
            at if at is not None else 1 << 62,
        )
        return _row(found) if found else None

    def next_after(self, kind: str, meter: str, at: int) -> Row | None:
        """The first dated row of a kind after ``at``."""
        found = self._one(
            f"SELECT {COLUMNS} FROM entry WHERE meter = ? AND kind = ? AND at > ? ORDER BY at LIMIT 1",
            meter,
            kind,
            at,
        )
        return _row(found) if found else None

    def last_tick(self, meter: str) -> Row | None:
        """The last tick in order of writing, dated or not."""
        found = self._one(
            f"SELECT {COLUMNS} FROM entry WHERE kind='tick' AND meter = ? ORDER BY seq DESC LIMIT 1",
            meter,
        )
        return _row(found) if found else None

    def edge_tick(self, meter: str, first_seq: int, last_seq: int, *, last: bool) -> Row | None:
        """The first or last dated tick in order of writing within sequence numbers, both included."""
        if self.newest("tick", meter) is None:
            return None  # the search below would read everything
        # The + keeps SQLite from the index by time, which it would have to sort as a whole.
        found = self._one(
            f"SELECT {COLUMNS} FROM entry WHERE seq BETWEEN ? AND ? AND +kind = 'tick' AND +meter = ?"
            f" AND +at IS NOT NULL ORDER BY seq {'DESC' if last else 'ASC'} LIMIT 1",
            first_seq,
            last_seq,
            meter,
        )
        return _row(found) if found else None

    def tick_near(self, meter: str, at: int, first_seq: int, last_seq: int, *, after: bool) -> Row | None:
        """The first tick after a time, or the last one at or before it, within sequence numbers."""
        side, order = (">", "ASC") if after else ("<=", "DESC")
        found = self._one(
            f"SELECT {COLUMNS} FROM entry WHERE meter = ? AND kind = 'tick' AND at {side} ?"
            f" AND seq BETWEEN ? AND ? ORDER BY at {order} LIMIT 1",
            meter,
            at,
            first_seq,
            last_seq,
        )
        return _row(found) if found else None

    def last_dated_tick(self, meter: str) -> Row | None:
        """The last dated tick in order of writing: a clock that stepped back does not matter."""
        return self.edge_tick(meter, 0, 1 << 62, last=True)

    def undated_ticks(self, meter: str, after: int) -> list[Row]:
        """Ticks whose time is not known with ``seq > after``, in order of writing."""
        found = self._all(
            f"SELECT {COLUMNS} FROM entry WHERE kind='tick' AND meter = ? AND at IS NULL AND seq > ?"
            " ORDER BY seq",
            meter,
            after,
        )
        return [_row(one) for one in found]

    def first_tick_of(self, boot: str, meter: str) -> Row | None:
        """The first tick written in a boot, dated or not."""
        found = self._one(
            f"SELECT {', '.join('e.' + name for name in COLUMNS.split(', '))}"
            " FROM entry e JOIN run r ON r.id = e.run"
            " WHERE e.kind='tick' AND e.meter = ? AND r.boot = ? ORDER BY e.seq LIMIT 1",
            meter,
            boot,
        )
        return _row(found) if found else None

    def counts(self, meter: str) -> Iterator[tuple[int, int, int, int]]:
        """Every tick of a meter in order of writing, dated or not: (run, monotonic ns, pulses, doubt)."""
        try:
            yield from self._db.execute(
                "SELECT run, mono, pulses, ifnull(doubt, 0) FROM entry"
                " WHERE kind = 'tick' AND meter = ? AND run IS NOT NULL AND mono IS NOT NULL ORDER BY seq",
                (meter,),
            )
        except sqlite3.Error as error:
            raise sentence(self.path, error) from error

    def saves(self) -> dict[str, Save]:
        """The last saved count of each meter."""
        return {r[0]: Save(*r) for r in self._all("SELECT meter, run, mono, pulses, doubt FROM save")}

    def size(self) -> int:
        """Bytes of the ledger's files."""
        return sum(p.stat().st_size for p in (self.path, Path(f"{self.path}-wal")) if p.exists())
