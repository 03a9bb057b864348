"""Verifying a ledger: re-computing the chain of seals and naming the first entry that does not fit.

:func:`verify` is pure: it is given rows. :func:`verify_file` reads one consistent state of a file, also of a
running daemon's, and writes nothing. What is hashed is said in :mod:`sodien.ledger.seals`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sodien.i18n import tr
from sodien.ledger import seals
from sodien.ledger.bodies import Range, SealBody
from sodien.ledger.errors import LedgerError, newer, not_ours, present, sentence
from sodien.ledger.file import read_only
from sodien.ledger.rows import COLUMNS, Origin, chain_of, decode
from sodien.ledger.schema import SCHEMA, ours
from sodien.ledger.seals import KIND, MARK, Raw, SealNote, read, seal
from sodien.ranges import Ranges

Why = Literal["changed", "missing", "extra", "unlinked", "dated", "cut", "noted"]


@dataclass(frozen=True, slots=True)
class Fault:
    """An entry that does not fit.

    Attributes:
        seq: its sequence number.
        why: ``changed`` since it was sealed; ``missing``; ``extra`` (a number no entry can have);
            ``unlinked`` (a seal that does not follow the one before it); ``dated`` (it was given a time
            that no seal covers or waits for); ``cut`` (the ledger once went further than it does now);
            ``noted`` (it is not the newest seal that the ledger remembers).
        kind: the entry's kind, None when there is no entry.
        meter: its meter, "" for the device.
        at: its time, ms UTC.
        after: sequence number of the last seal before it that fits, None when there is none.
        seal: sequence number of the seal that tells, None when no seal does.
    """

    seq: int
    why: Why
    kind: str | None = None
    meter: str = ""
    at: int | None = None
    after: int | None = None
    seal: int | None = None


@dataclass(slots=True)
class SealReport:
    """What became of a chain.

    Attributes:
        seals: (sequence number, time in ms UTC, seal) of each seal of the chain, in order.
        faults: what does not fit, in order of sequence numbers, one for each.
        sealed: the last sequence number that a seal covers.
        entries: the ledger's last sequence number.
    """

    seals: list[tuple[int, int | None, SealBody]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    sealed: int = 0
    entries: int = 0

    @property
    def unsealed(self) -> int:
        """Entries since the newest seal's reach; that seal's own entry is among them."""
        return max(0, self.entries - self.sealed)


@dataclass(frozen=True, slots=True)
class SealChain:
    """What there is to verify.

    Attributes:
        ids: ids under which this ledger's seals were made: its own, and those it was restored from.
        start: what the first seal names as ``previous``.
        newest: the ledger's last sequence number.
        found: raw rows of kind ``seal`` where this chain's seals can be, ascending.
        rows: raw rows first..last, both included, ascending.
        waiting: sequence numbers of rows dated after their seal, whose time the next seal will cover.
        note: what the ledger remembers of its newest seal; "unreadable" when that is no note.
        reached: a sequence number that it is known to have reached.
    """

    ids: Container[str]
    start: str
    newest: int
    found: Iterable[Raw]
    rows: Callable[[int, int], Iterable[Raw]]
    waiting: Container[int] = ()
    note: SealNote | Literal["unreadable"] | None = None
    reached: int = 0


_ALL = 1 << 62


def verify(chain: SealChain) -> SealReport:
    """Re-compute a chain from its beginning."""
    return _Verifier(chain).run()


class _Verifier:
    def __init__(self, chain: SealChain) -> None:
        self._chain = chain
        self._seals: list[tuple[int, int | None, SealBody]] = []
        self._faults: dict[int, Fault] = {}
        self._sealed = 0
        # None after a seal that cannot be read: the next one is then measured by what it says of itself.
        self._previous: str | None = chain.start
        self._last: int | None = 0
        self._after: int | None = None
        self._open: dict[int, Raw] = {}

    def run(self) -> SealReport:
        chain = self._chain
        for row in chain.rows(-_ALL, 0):
            self._fault(row[0], "extra", row)
        for row in chain.found:
            found = read(row)
            if found is None:
                self._fault(row[0], "changed", row)
                self._previous = self._last = None
            elif found.ledger in chain.ids:
                self._check(row, found)
        self._check_rest()
        faults = sorted(self._faults.values(), key=lambda fault: fault.seq)
        return SealReport(self._seals, faults, self._sealed, chain.newest)

    def _check(self, row: Raw, found: SealBody) -> None:
        """One seal against the rows it covers and the seal before it."""
        seq = row[0]
        first = found.first if self._last is None else self._last + 1
        previous = found.previous if self._previous is None else self._previous
        seen: list[Raw] = []
        rows = self._covered(found, seen)
        made = seal(found.ledger, previous, first, rows, self._dated(found, seen), undated=found.undated)
        fits = made == found and found.first <= found.last < seq
        if not fits:
            self._blame(row, found, made, seen)
        self._previous, self._last = found.hash, found.last
        self._seals.append((seq, row[5], found))
        self._sealed = max(self._sealed, min(found.last, seq - 1))
        if fits:
            self._after = seq

    def _covered(self, found: SealBody, seen: list[Raw]) -> Iterator[Raw]:
        undated = Ranges(found.undated)
        for row in self._chain.rows(found.first, found.last):
            if row[5] is not None and row[0] in undated:
                self._open[row[0]] = row
            seen.append(row)
            yield row

    def _dated(self, found: SealBody, seen: list[Raw]) -> Iterator[Raw]:
        for first, last in found.dated:
            for row in self._chain.rows(first, last):
                self._open.pop(row[0], None)
                seen.append(row)
                yield row

    def _blame(self, row: Raw, found: SealBody, made: SealBody, seen: list[Raw]) -> None:
        """Name the first entry that does not fit its seal, or the seal itself."""
        expected = _numbers((found.first, found.last), *found.dated)
        size = 2 * MARK
        for place, one in enumerate(seen):
            number = next(expected, None)
            if number != one[0]:
                self._fault(number if number is not None else one[0], "missing", None, row[0])
                return
            span = slice(place * size, (place + 1) * size)
            if made.marks[span] != found.marks[span]:
                self._fault(one[0], "changed", one, row[0])
                return
        number = next(expected, None)
        if number is not None:
            self._fault(number, "missing", None, row[0])
        elif (made.first, made.previous) != (found.first, found.previous) or found.last >= row[0]:
            self._fault(row[0], "unlinked", row, row[0])
        else:
            self._fault(row[0], "changed", row, row[0])

    def _check_rest(self) -> None:
        """What no seal covers yet, and whether the ledger's end is still there."""
        chain = self._chain
        for row in self._open.values():
            if row[0] not in chain.waiting:
                self._fault(row[0], "dated", row)
        expected = self._sealed + 1
        for row in chain.rows(expected, _ALL):
            if row[0] != expected:
                self._fault(expected, "missing")
            expected = row[0] + 1
        newest = self._seals[-1] if self._seals else None
        last = SealNote(newest[0], newest[2].last, newest[2].hash) if newest else None
        noted = chain.note if isinstance(chain.note, SealNote) else None
        if max(chain.reached, noted.seq if noted else 0) > chain.newest:
            self._fault(chain.newest + 1, "cut")
        elif last != chain.note and not any(fault.kind == KIND for fault in self._faults.values()):
            self._fault(max([note.seq for note in (last, noted) if note] or [chain.newest]), "noted")

    def _fault(self, seq: int, why: Why, row: Raw | None = None, by: int | None = None) -> None:
        if seq in self._faults:
            return
        kind, meter, at = None, "", None
        if row is not None:
            kind, meter = (value if isinstance(value, str) else repr(value) for value in row[1:3])
            at = row[5] if isinstance(row[5], int) else None
        self._faults[seq] = Fault(seq, why, kind, meter, at, self._after, by)


def _numbers(*spans: Range) -> Iterator[int]:
    for first, last in spans:
        yield from range(first, last + 1)


# -- a file ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verified:
    """A ledger's chain, re-computed.

    Attributes:
        ledger: its id.
        report: what was found.
        older: hashes of seals of the ledgers it was salvaged from, whose entries got other numbers.
    """

    ledger: str
    report: SealReport
    older: frozenset[str]


def verify_file(path: Path) -> Verified:
    """Re-compute the seals of the ledger at ``path``.

    Raises:
        LedgerError: it is missing, from a newer Sodien, or may not be read.
        LedgerDamagedError: SQLite cannot read it, or it is no ledger.
    """
    if not present(path):
        raise LedgerError(tr("{path}: there is no such ledger; name another file.", path=path))
    try:
        with closing(read_only(path)) as db:
            return _verify_db(path, db)
    except sqlite3.Error as error:
        raise sentence(path, error) from None


def raw_entries(path: Path) -> Iterator[seals.Raw]:
    """All raw rows of a ledger in order, as of one moment. Raises LedgerError."""
    if not present(path):
        raise LedgerError(tr("{path}: there is no such ledger; name another file.", path=path))
    try:
        with closing(read_only(path)) as db:
            yield from db.execute(f"SELECT {COLUMNS} FROM entry ORDER BY seq")
    except sqlite3.Error as error:
        raise sentence(path, error) from None


def _verify_db(path: Path, db: sqlite3.Connection) -> Verified:
    db.execute("BEGIN")  # one state of the file, whatever is written meanwhile
    schema = int(db.execute("PRAGMA user_version").fetchone()[0])
    if schema > SCHEMA:
        raise newer(path, schema)
    if not ours(db):
        raise not_ours(path)
    meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
    origins = decode(meta.get("before"), list[Origin]) or []
    ids, start, after = chain_of(str(meta.get("ledger", "")), origins)
    note: seals.SealNote | Literal["unreadable"] | None = decode(meta.get("seal"), seals.SealNote)
    if note is None and "seal" in meta:
        note = "unreadable"

    def rows(first: int, last: int) -> Iterator[seals.Raw]:
        return db.execute(
            f"SELECT {COLUMNS} FROM entry WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)
        )

    found = db.execute(f"SELECT {COLUMNS} FROM entry WHERE kind = ? ORDER BY seq", (seals.KIND,)).fetchall()
    chain = SealChain(
        ids=ids,
        start=start,
        newest=int(db.execute("SELECT max(seq) FROM entry").fetchone()[0] or 0),
        found=[row for row in found if row[0] > after],
        rows=rows,
        waiting=frozenset(seq for (seq,) in db.execute("SELECT seq FROM late")) if schema > 1 else (),
        note=note,
        reached=int(db.execute("SELECT max(last) FROM confirmed").fetchone()[0] or 0),
    )
    foreign = (seals.read(row) for row in found)
    older = {one.hash for one in foreign if one is not None and one.ledger not in ids}
    return Verified(
        str(meta.get("ledger", "")), verify(chain), frozenset(older | {o.seal for o in origins if o.seal})
    )


def known_seals(text: str) -> list[str]:
    """The hashes (64 hexadecimal digits) in a text, in order, each once; as printed or published."""
    import re

    found = re.findall(r"(?<![0-9A-Za-z])[0-9a-fA-F]{64}(?![0-9A-Za-z])", text)
    return list(dict.fromkeys(one.lower() for one in found))
