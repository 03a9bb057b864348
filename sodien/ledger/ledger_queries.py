"""What an open ledger is asked: entries by kind and time, runs, counts, seals, confirmations.

Nothing here writes. The base of :class:`sodien.ledger.store.Ledger`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sodien.ledger import seals
from sodien.ledger.errors import sentence
from sodien.ledger.origins import Origin, decode
from sodien.ledger.rows import COLUMNS, Row, Run, Save, row_of


class Queries:
    """The questions to an open ledger. Each raises LedgerError when the file does not answer."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self._db = db

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise sentence(self.path, error) from error

    def _one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        rows = self._all(sql, *values)
        return rows[0] if rows else None

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
            row_of(r)
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
        return [row_of(r) for r in self._all(sql, *values)]

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
        return row_of(found) if found else None

    def next_after(self, kind: str, meter: str, at: int) -> Row | None:
        """The first dated row of a kind after ``at``."""
        found = self._one(
            f"SELECT {COLUMNS} FROM entry WHERE meter = ? AND kind = ? AND at > ? ORDER BY at LIMIT 1",
            meter,
            kind,
            at,
        )
        return row_of(found) if found else None

    def last_tick(self, meter: str) -> Row | None:
        """The last tick in order of writing, dated or not."""
        found = self._one(
            f"SELECT {COLUMNS} FROM entry WHERE kind='tick' AND meter = ? ORDER BY seq DESC LIMIT 1",
            meter,
        )
        return row_of(found) if found else None

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
        return row_of(found) if found else None

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
        return row_of(found) if found else None

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
        return [row_of(one) for one in found]

    def first_tick_of(self, boot: str, meter: str) -> Row | None:
        """The first tick written in a boot, dated or not."""
        found = self._one(
            f"SELECT {', '.join('e.' + name for name in COLUMNS.split(', '))}"
            " FROM entry e JOIN run r ON r.id = e.run"
            " WHERE e.kind='tick' AND e.meter = ? AND r.boot = ? ORDER BY e.seq LIMIT 1",
            meter,
            boot,
        )
        return row_of(found) if found else None

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

    def _meta(self, key: str) -> str | None:
        found = self._one("SELECT value FROM meta WHERE key = ?", key)
        return str(found[0]) if found else None
