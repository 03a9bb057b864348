"""The durable record: one SQLite file, append-only, the single source of truth.

MQTT and the database are views of it. Rows carry cumulative pulses, so that a lost or repeated row cannot
corrupt a total; the run they belong to and that boot's monotonic time; and, once the clock is known, their
wall time ``at`` (milliseconds UTC), which is written once. Sequence numbers never mean two things: a
salvaged or restored file continues under a new ledger id. Seals (:mod:`sodien.ledger.seals`) make a later
change visible.

What a crash does. Every public method that writes is one transaction in WAL mode with
``synchronous=FULL``: before its commit returns nothing of it exists, afterwards all of it survives a power
cut. The pulse counter is saved whenever ``at_risk_wh`` would otherwise be unsaved, so a cut costs less than
that: in place (table ``save``), or where nothing else is to be written in a file of its own
(:mod:`.count_file`).

It is longer than other files because it holds every question to the one open file.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from sodien.clock import ms_of
from sodien.ledger import count_file, schema, seals
from sodien.ledger.bodies import SealBody
from sodien.ledger.errors import LedgerBusyError, LedgerDamagedError, LedgerError, sentence
from sodien.ledger.file import connect, lay_out_wal, quick_check
from sodien.ledger.misfits import NOTED, Misfit, misfit
from sodien.ledger.refusals import Refusals, RefusedFor
from sodien.ledger.rows import (
    COLUMNS,
    NewRow,
    Origin,
    Row,
    Run,
    Save,
    SendAgain,
    chain_of,
    decode,
    encoded,
    row_of,
)

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

#: Entries one seal covers at most: a few hundredths of a second on a PC, a fraction of one on a Pi Zero.
SEAL_MOST = 5000
#: (run, first sequence number, the one after the last), read once each.
_WINDOWS = (
    "windows AS MATERIALIZED (SELECT json_extract(value, '$[0]') AS r, json_extract(value, '$[1]') AS a,"
    " json_extract(value, '$[2]') AS b FROM json_each(?))"
)


class Ledger:
    """An open ledger. Use one object per thread; several processes may hold the same file open."""

    def __init__(self, path: Path, db: sqlite3.Connection, *, durable: bool = True) -> None:
        self.path = path
        self._durable = durable
        self._db = db
        self._counts = count_file.CountFile(path, durable=durable)
        self._boots: dict[int, str] = {}
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
        db = connect(path, create=create, durable=durable)
        try:
            return cls(path, db, durable=durable)
        except sqlite3.Error as error:
            db.close()
            raise sentence(path, error) from None
        except BaseException:
            db.close()
            raise

    def check(self) -> None:
        """Check the whole file. Raises LedgerDamagedError. Reads everything: once at start is enough."""
        quick_check(self.path, self._db)

    def close(self) -> None:
        """Close the file; a checkpoint folds the WAL in when this was the last user."""
        self._counts.close()
        self._db.close()

    def reserve(self) -> None:
        """Lay the WAL out in its full length, so that no commit makes a file grow; for who writes for days.

        A failure is no harm, the WAL then grows by itself: no room, or another program that holds the ledger
        for long.
        """
        with contextlib.suppress(LedgerBusyError, OSError), self._transaction():
            lay_out_wal(self.path)

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
                if self._db.in_transaction:
                    self._reopen()
                raise
        except sqlite3.Error as error:
            raise sentence(self.path, error) from error

    def _reopen(self) -> None:
        """A rollback that fails leaves the transaction open for good; a new connection begins without one."""
        with contextlib.suppress(sqlite3.Error):
            self._db.close()
        self._db = connect(self.path, durable=self._durable)

    # -- writing ---------------------------------------------------------------------------------------

    def begin_run(self, boot: str, started: int, version: str) -> int:
        """Note that the daemon has started; returns the id of its run."""
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

    def save_counts(self, saves: Sequence[Save]) -> bool:
        """Save counts of one run at a tenth of what a commit costs the card, as durably.

        False where that cannot be done, and nothing is saved: then it is for :meth:`append`.
        """
        run = saves[0].run
        if run not in self._boots:
            found = self.run(run)
            if found is None:
                return False
            self._boots = {run: found.boot}
        return self._counts.write(self.id, self._boots[run], saves)

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
                at = ms_of(mono + offset_ns)
                while True:
                    try:
                        db.execute("UPDATE entry SET at = ? WHERE seq = ?", (at, seq))
                        break
                    except sqlite3.IntegrityError:
                        at += 1
            return len(rows)

    def set_confirmed(
        self, ranges: Sequence[tuple[int, int]], refused: Sequence[RefusedFor] | None = None
    ) -> None:
        """Remember which sequence numbers the database has, and which it refuses (None: as before).

        Losing this only means sending again.
        """
        with self._transaction() as db:
            db.execute("DELETE FROM confirmed")
            db.executemany("INSERT INTO confirmed VALUES(?,?)", ranges)
            if refused is not None:
                self._set_meta("refused", msgspec.json.encode(refused).decode())

    def ask_again(self, request: SendAgain) -> None:
        """Ask whoever publishes this ledger, now or later, to send entries again."""
        with self._transaction():
            self._set_meta("again", msgspec.json.encode(request).decode())

    def asked_again(self) -> SendAgain | None:
        """What :meth:`ask_again` asked for and nobody has done yet."""
        return decode(self._meta("again"), SendAgain)

    def did_again(self, request: SendAgain) -> None:
        """That is done; a request that came meanwhile stays."""
        with self._transaction() as db:
            text = msgspec.json.encode(request).decode()
            db.execute("DELETE FROM meta WHERE key = 'again' AND value = ?", (text,))

    def succeed(self, ledger: str) -> None:
        """Say that this ledger follows another, of which it holds no entries: a new card, say."""
        with self._transaction():
            self._set_meta("succeeds", msgspec.json.encode([*self._noted("succeeds"), ledger]).decode())

    def named(self, device: str) -> None:
        """Note the name under which it delivers now, unless that is noted."""
        self._now("names", device)

    def announced(self, prefix: str) -> None:
        """Note where it is announced to Home Assistant now, unless that is noted."""
        self._now("prefixes", prefix)

    def _now(self, key: str, value: str) -> None:
        before = self._noted(key)
        if before[-1:] != [value]:
            with self._transaction():
                noted = [*(one for one in before if one != value), value]
                self._set_meta(key, msgspec.json.encode(noted).decode())

    # -- seals -----------------------------------------------------------------------------------------

    def seal(
        self, run: int | None, mono: int | None, at: int | None, most: int = SEAL_MOST
    ) -> SealBody | None:
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
            seq = self._insert(db, NewRow(seals.KIND, "", run, mono, at, body=made))
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
            db.execute("DELETE FROM meta WHERE key IN ('refused', 'again')")
        self.id = new
        return new

    def _set_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES(?,?)", (key, value))

    # -- questions -------------------------------------------------------------------------------------

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise sentence(self.path, error) from error

    def _one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        rows = self._all(sql, *values)
        return rows[0] if rows else None

    def _rows(self, where: str, *values: object) -> list[Row]:
        return [row_of(one) for one in self._all(f"SELECT {COLUMNS} FROM entry WHERE {where}", *values)]

    def _row(self, where: str, *values: object) -> Row | None:
        """The first of these rows that is not set aside."""
        return next(self._sound(where, *values), None)

    def _sound(self, where: str, *values: object) -> Iterator[Row]:
        """These rows without those set aside, read one by one."""
        try:
            with contextlib.closing(
                self._db.execute(f"SELECT {COLUMNS} FROM entry WHERE {where}", values)
            ) as found:
                yield from (row for row in map(row_of, found) if misfit(row) is None)
        except sqlite3.Error as error:
            raise sentence(self.path, error) from error

    def confirmed(self) -> list[tuple[int, int]]:
        """Ranges of sequence numbers (both ends included) that the database has confirmed."""
        return [(int(a), int(b)) for a, b in self._all("SELECT first, last FROM confirmed ORDER BY first")]

    def refused(self) -> Refusals:
        """Which entries the database refused for good, and why."""
        return Refusals(decode(self._meta("refused"), list[RefusedFor]) or [])

    def run(self, run_id: int) -> Run | None:
        """The run with this id."""
        found = self._one("SELECT id, boot, started, version, stopped FROM run WHERE id = ?", run_id)
        return Run(*found) if found else None

    def last_run(self) -> Run | None:
        """The run that began last."""
        found = self._one("SELECT id, boot, started, version, stopped FROM run ORDER BY id DESC LIMIT 1")
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
        return self._rows("seq > ? AND seq < ? AND at IS NOT NULL ORDER BY seq LIMIT ?", after, top, limit)

    def first_seq_since(self, at: int) -> int | None:
        """The lowest sequence number of a row at or after a time (ms UTC), None when there is none."""
        found = self._one("SELECT min(seq) FROM entry WHERE at >= ?", at)
        return int(found[0]) if found and found[0] is not None else None

    def of_kind(
        self,
        kind: str,
        meter: str | None = None,
        since: int | None = None,
        until: int | None = None,
        *,
        naming: bytes | None = None,
    ) -> list[Row]:
        """Dated rows of one kind with ``since <= at < until``, in order of time; without those set aside.

        With ``naming`` only those in whose body that stands somewhere.
        """
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
        if naming is not None:
            where.append("instr(body, ?)")
            values.append(naming)
        return list(self._sound(f"{' AND '.join(where)} ORDER BY at, seq", *values))

    def set_aside(self, *, everything: bool = False) -> dict[int, Misfit]:
        """What is wrong with the rows that :meth:`of_kind` leaves out, by their number.

        Those that a person noted; with ``everything`` those that the daemon wrote too, which reads the whole
        ledger.
        """
        where, kinds = "at IS NOT NULL", () if everything else sorted(NOTED)
        if not everything:
            where += f" AND kind IN ({', '.join('?' * len(NOTED))})"
        with contextlib.closing(
            self._db.execute(f"SELECT {COLUMNS} FROM entry WHERE {where} ORDER BY seq", kinds)
        ) as found:
            return {row.seq: why for row in map(row_of, found) if (why := misfit(row)) is not None}

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
        return self._row(
            "meter = ? AND kind = ? AND at <= ? ORDER BY at DESC",
            meter,
            kind,
            at if at is not None else 1 << 62,
        )

    def last_tick(self, meter: str) -> Row | None:
        """The last tick in order of writing, dated or not."""
        return self._row("kind='tick' AND meter = ? ORDER BY seq DESC", meter)

    def begins(self) -> dict[int, int]:
        """The first sequence number of each run that has written something, by the run's id."""
        found: dict[int, int] = {}
        for which in ("meter = '' AND kind = 'event' AND at IS NOT NULL", "at IS NULL"):
            for run, seq in self._all(
                f"SELECT run, min(seq) FROM entry WHERE {which} AND run IS NOT NULL GROUP BY run"
            ):
                found[run] = min(seq, found.get(run, seq))
        late = self._all(  # where it wrote before: the event of its start is lost
            "SELECT r FROM (SELECT json_extract(value, '$[0]') AS r, json_extract(value, '$[1]') AS a"
            " FROM json_each(?)) WHERE r = (SELECT run FROM entry WHERE seq < a AND run IS NOT NULL"
            " ORDER BY seq DESC LIMIT 1)",
            msgspec.json.encode(list(found.items())).decode(),
        )
        unknown = [run for (run,) in self._all("SELECT id FROM run") if run not in found]
        for run in [*unknown, *(run for (run,) in late)]:
            if (seq := self._first_of(run)) is not None:
                found[run] = min(seq, found.get(run, seq))
        return found

    def _first_of(self, run: int) -> int | None:
        """The first row of a run that has noted no start; runs write one after another."""
        low, high = 1, self.newest_seq() + 1
        while low < high:
            middle = (low + high) // 2
            row = self._one(
                "SELECT run FROM entry WHERE seq >= ? AND run IS NOT NULL ORDER BY seq LIMIT 1", middle
            )
            if row is not None and row[0] < run:
                low = middle + 1
            else:
                high = middle
        row = self._one("SELECT seq FROM entry WHERE seq >= ? AND run = ? ORDER BY seq LIMIT 1", low, run)
        return int(row[0]) if row else None

    def edge_ticks(self, meter: str, within: Sequence[tuple[int, int, int]], *, last: bool) -> dict[int, Row]:
        """The first or last tick of each run, by order of writing.

        Args:
            meter: its id.
            within: (run, first sequence number, the one after the last) where to look.
            last: the last one of each, instead of the first.
        """
        found_first = (
            "SELECT seq FROM entry WHERE seq >= a AND seq < b AND +run = r AND +kind = 'tick'"
            f" AND +meter = ? ORDER BY seq {'DESC' if last else 'ASC'} LIMIT 1"
        )
        rows = self._all(
            f"WITH {_WINDOWS} SELECT {COLUMNS} FROM windows CROSS JOIN entry WHERE seq = ({found_first})",
            msgspec.json.encode(within).decode(),
            meter,
        )
        found = {row.run: row for row in map(row_of, rows) if row.run is not None}
        bounds = {run: (first, below) for run, first, below in within}
        for run in [run for run, row in found.items() if misfit(row) is not None]:
            where = "seq >= ? AND seq < ? AND +kind = 'tick' AND +meter = ? AND +run = ? ORDER BY seq"
            sound = self._row(f"{where} {'DESC' if last else 'ASC'}", *bounds[run], meter, run)
            if sound is None:
                del found[run]
            else:
                found[run] = sound
        return found

    def last_noted(self, within: Sequence[tuple[int, int, int]]) -> dict[int, int]:
        """The monotonic ns of the last row that each run wrote; ``within`` as for :meth:`edge_ticks`."""
        found = self._all(
            f"WITH {_WINDOWS} SELECT r, (SELECT mono FROM entry WHERE seq >= a AND seq < b AND +run = r"
            " AND typeof(mono) = 'integer' ORDER BY seq DESC LIMIT 1) FROM windows",
            msgspec.json.encode(within).decode(),
        )
        return {int(run): int(mono) for run, mono in found if mono is not None}

    def ticks_from(self, meter: str, seq: int, below: int) -> Iterator[Row]:
        """The ticks of a meter, by order of writing, from a sequence number on and before another."""
        return self._sound(
            "seq >= ? AND seq < ? AND +kind = 'tick' AND +meter = ? ORDER BY seq", seq, below, meter
        )

    def tick_from(self, meter: str, seq: int, below: int) -> Row | None:
        """The first of :meth:`ticks_from`."""
        return next(self.ticks_from(meter, seq, below), None)

    def tick_before(self, meter: str, seq: int) -> Row | None:
        """The last tick of a meter before a sequence number."""
        return self._row("seq < ? AND +kind = 'tick' AND +meter = ? ORDER BY seq DESC", seq, meter)

    def last_dated_tick(self, meter: str) -> Row | None:
        """The last dated tick in order of writing: a clock that stepped back does not matter."""
        if self.newest("tick", meter) is None:
            return None  # the search below would read everything
        # The + keeps SQLite from the index by time, which it would have to sort as a whole.
        return self._row("+kind = 'tick' AND +meter = ? AND +at IS NOT NULL ORDER BY seq DESC", meter)

    def undated(self, kind: str, meter: str, after: int = 0) -> list[Row]:
        """Sound rows of a kind whose time is not known with ``seq > after``, in order of writing."""
        # The + keeps SQLite from reading all rows in order: those without a time are few, and indexed.
        where = "kind = ? AND meter = ? AND at IS NULL AND +seq > ? ORDER BY +seq"
        return list(self._sound(where, kind, meter, after))

    def first_tick_of(self, boot: str, meter: str) -> Row | None:
        """The first tick written in a boot, dated or not."""
        return self._row(
            "kind='tick' AND meter = ? AND run IN (SELECT id FROM run WHERE boot = ?) ORDER BY seq",
            meter,
            boot,
        )

    def counts(self, meter: str) -> Iterator[tuple[int, int, int, int]]:
        """Every tick of a meter in order of writing, dated or not: (run, monotonic ns, pulses, doubt)."""
        try:
            yield from self._db.execute(
                "SELECT run, mono, pulses, ifnull(doubt, 0) FROM entry"
                " WHERE kind = 'tick' AND meter = ? AND typeof(run) = 'integer' AND typeof(mono) = 'integer'"
                " AND typeof(pulses) = 'integer' ORDER BY seq",
                (meter,),
            )
        except sqlite3.Error as error:
            raise sentence(self.path, error) from error

    def saves(self) -> dict[str, Save]:
        """The last saved count of each meter."""
        found = {r[0]: Save(*r) for r in self._all("SELECT meter, run, mono, pulses, doubt FROM save")}
        counts = count_file.read(self.path)
        if counts is None or counts.ledger != self.id:
            return found
        for save in (Save(*values) for values in counts.saves):
            run, other = self.run(save.run), found.get(save.meter)
            if run is None or run.boot != counts.boot:
                continue
            if other is None or (other.run, other.mono) < (save.run, save.mono):
                found[save.meter] = save
        return found

    def size(self) -> int:
        """Bytes of the ledger's files."""
        return sum(p.stat().st_size for p in (self.path, Path(f"{self.path}-wal")) if p.exists())

    def last_seal(self) -> seals.SealNote | None:
        """What is remembered of the newest seal; None before the first."""
        text = self._meta("seal")
        note = decode(text, seals.SealNote)
        if text is None or note is not None:
            return note
        # The card has damaged the note: the seals themselves tell, and counting goes on.
        for row in self._all(f"SELECT {COLUMNS} FROM entry WHERE kind = ? ORDER BY seq DESC", seals.KIND):
            found = seals.read(row)
            if found is not None:
                return seals.SealNote(row[0], found.last, found.hash)
        return None

    def origins(self) -> list[Origin]:
        """The ledgers whose entries this one carries on, oldest first; empty for most."""
        return decode(self._meta("before"), list[Origin]) or []

    def names(self) -> list[str]:
        """The devices' names under which it has delivered, the present one last; empty when not noted."""
        return self._noted("names")

    def prefixes(self) -> list[str]:
        """Where it was announced to Home Assistant, the present prefix last; empty when not noted."""
        return self._noted("prefixes")

    def _noted(self, key: str) -> list[str]:
        return decode(self._meta(key), list[str]) or []

    def follows(self) -> list[str]:
        """The ledgers that this one carries on, or was said to follow; each such act adds one."""
        return [*(one.ledger for one in self.origins() if one.ledger), *self._noted("succeeds")]

    def _meta(self, key: str) -> str | None:
        found = self._one("SELECT value FROM meta WHERE key = ?", key)
        return str(found[0]) if found else None
