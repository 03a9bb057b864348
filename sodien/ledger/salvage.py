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
import itertools
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from sodien.files import sync_folder
from sodien.ledger import count_file, seals
from sodien.ledger.bodies import BODIES, EventBody, GapBody
from sodien.ledger.noted import MeterNoted
from sodien.ledger.rows import Origin, decode
from sodien.ledger.store import Ledger
from sodien.metering.bounds import rounded_up
from sodien.metering.register.outage import Boot

#: Notes of the damaged ledger that the new one goes on with: whom it follows, its devices' names.
_KEPT = ("succeeds", "names")
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


def salvage(path: Path, finished: Path, stamp: str, reason: str) -> Salvage:
    """Set the damaged ledger at ``path`` aside; what can be read of it, ``finished`` first, takes its place.

    ``stamp`` makes the name of the file that is set aside; ``reason`` says what was wrong with it.
    """
    building = Path(f"{path}.salvaging")
    for leftover in (building, Path(f"{building}-wal"), Path(f"{building}-shm"), finished):
        leftover.unlink(missing_ok=True)
    counts = count_file.read(path)
    entries = lost = 0
    new = Ledger.open(building, create=True)
    try:
        db = sqlite3.connect(building, isolation_level=None)
        with contextlib.closing(db), contextlib.closing(_connect(path)) as old:
            db.execute("BEGIN IMMEDIATE")
            for row in _readable(old, "run", "id, boot, started, version, stopped", "id"):
                db.execute("INSERT OR IGNORE INTO run VALUES(?,?,?,?,?)", row)
            origins, sealed, kept = _history(old)
            last_seq = 0
            highest: dict[str, int] = {}
            holes = Holes()
            for seq, *values in _readable(old, "entry", f"seq, {_ENTRY}", "seq"):
                if seq - last_seq > 1:
                    lost += seq - last_seq - 1
                    holes.open()
                last_seq = seq
                if not _plausible(values, highest):
                    lost += 1
                    holes.open()
                    continue
                holes.see(values)
                try:
                    db.execute(f"INSERT INTO entry({_ENTRY}) VALUES(?,?,?,?,?,?,?,?,?)", values)
                    entries += 1
                    sealed.see(values)
                except sqlite3.Error:
                    lost += 1
            entries += sum(_insert_gap(db, gap) for gap in holes.rows())
            with contextlib.suppress(sqlite3.Error):
                for row in old.execute("SELECT meter, run, mono, pulses, doubt FROM save").fetchall():
                    db.execute("INSERT OR REPLACE INTO save VALUES(?,?,?,?,?)", row)
            count_file.take_in(db, counts)
            # A run whose own row is lost keeps its number, so that no new run gets it.
            db.execute(
                "INSERT OR IGNORE INTO run(id, boot, started, version)"
                " SELECT max(run), '', 0, '' FROM entry HAVING max(run) > 0"
            )
            (run,) = db.execute("SELECT coalesce(max(id), 0) FROM run").fetchone()
            origins.append(Origin(sealed.ledger, "salvaged", sealed.hash, entries, run))
            db.execute("INSERT INTO meta VALUES('before', ?)", (msgspec.json.encode(origins).decode(),))
            db.executemany("INSERT INTO meta VALUES(?, ?)", kept)
            db.execute("COMMIT")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        new.close()
    os.rename(building, finished)
    aside = put_in_place(path, finished, f"damaged-{stamp}")
    assert aside is not None
    return Salvage(aside, entries, lost, reason)


def put_in_place(path: Path, finished: Path, label: str) -> Path | None:
    """Put a finished ledger in its place; the one that is there is set aside as ``<path>.<label>``.

    Returns where that is, None when there was none. Raises OSError.
    """
    aside = Path(f"{path}.{label}")
    number = 1
    while aside.exists():
        number += 1
        aside = Path(f"{path}.{label}-{number}")
    for suffix in ("-wal", "-shm", "-counts"):
        if Path(f"{path}{suffix}").exists():
            os.rename(f"{path}{suffix}", f"{aside}{suffix}")
    there = path.exists()
    if there:
        os.rename(path, aside)
    os.rename(finished, path)
    sync_folder(path.parent)
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


def _history(old: sqlite3.Connection) -> tuple[list[Origin], _LastSeal, list[tuple[str, str]]]:
    """Where the damaged ledger came from, its last seal, and notes to keep, as far as that can be read."""
    meta: dict[str, str] = {}
    for key in ("ledger", "before", "seal", *_KEPT):
        with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
            for (value,) in old.execute("SELECT value FROM meta WHERE key = ?", (key,)):
                meta[key] = str(value)
    note = decode(meta.get("seal"), seals.SealNote)
    origins = decode(meta.get("before"), list[Origin]) or []
    kept = [(key, meta[key]) for key in _KEPT if key in meta]
    return origins, _LastSeal(meta.get("ledger", ""), note.hash if note else ""), kept


class _Count(NamedTuple):
    """A cumulative count with a time, ms UTC."""

    at: int
    pulses: int
    doubt: int


class _Gap(NamedTuple):
    """Nothing counted with a time from one count to another."""

    start: _Count
    end: _Count


class Holes:
    """Declares what lost rows may have hidden: a gap from the count before them to the next count.

    The counts on either side are cumulative, so what was counted in between is known; but a gap may have been
    declared there, and its row is lost. So the stretch is one in which anything the supply can carry may have
    flowed beside what was counted, less the gaps whose rows can be read. The same holds between two runs
    without a gap between them: every run declares one, some time after its first tick.
    """

    def __init__(self) -> None:
        self._last: dict[str, _Count] = {}  # the newest of each meter
        self._since: dict[str, _Count] = {}  # the newest before the first hole since
        self._p_max_w: dict[str, int] = {}
        self._holes: list[tuple[str, int | None, _Gap]] = []
        self._changes: list[
            tuple[str, int | None, _Gap]
        ] = []  # from the last count of a run to the next's first
        self._runs: dict[str, int | None] = {}
        self._any = False
        self._declared: dict[str, list[_Gap]] = {}

    def open(self) -> None:
        """Rows are missing here."""
        self._any = True
        for meter, last in self._last.items():
            self._since.setdefault(meter, last)

    def see(self, values: Sequence[Any]) -> None:
        """The next row that could be read."""
        kind, meter, run, _, at, pulses, _, doubt, body = values
        if kind == "event" and body is not None:
            with contextlib.suppress(msgspec.DecodeError):
                noted = msgspec.json.decode(body, type=EventBody).noted
                if isinstance(noted, MeterNoted):
                    self._p_max_w[meter] = noted.p_max_w or 0
        if at is None or pulses is None:
            return
        now = _Count(at, pulses, doubt or 0)
        if kind == "gap" and body is not None:
            with contextlib.suppress(msgspec.DecodeError):
                gap = msgspec.json.decode(body, type=GapBody)
                end = _Count(gap.end(at), gap.after, now.doubt)
                self._declared.setdefault(meter, []).append(_Gap(now, end))
        elif kind == "tick":
            before, last = self._since.pop(meter, None), self._last.get(meter)
            if before is not None and at > before.at:
                self._holes.append((meter, run, _Gap(before, now)))
            elif last is not None and run != self._runs[meter] and at > last.at:
                self._changes.append((meter, run, _Gap(last, now)))
            self._last[meter], self._runs[meter] = now, run

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The gaps to declare, as the values of their rows."""
        if not self._any:
            return
        bare = [
            (meter, run, change)
            for meter, run, change in self._changes
            if not any(_overlap(change, gap) for gap in self._declared.get(meter, []))
        ]
        # No tick comes after it any more: what is known next is the count at which a gap was declared.
        open_end = []
        for meter, since in self._since.items():
            later = (gap.start for gap in sorted(self._declared.get(meter, [])) if gap.start.at > since.at)
            open_end += [(meter, None, _Gap(since, start)) for start in itertools.islice(later, 1)]
        for meter, run, hole in [*self._holes, *bare, *open_end]:
            for start, end in _without(hole, sorted(self._declared.get(meter, []))):
                row = ("gap", meter, run, None, start.at, start.pulses, None, None)
                yield (*row, self._body(meter, start, end, whole=(start, end) == hole))

    def _body(self, meter: str, before: _Count, now: _Count, *, whole: bool) -> bytes:
        ms = now.at - before.at
        p_max_kw = Fraction(self._p_max_w.get(meter, 0)) / 1000
        high = p_max_kw * ms / 3_600_000
        # Pulses whose energy flowed, without a length of their own: what they are worth is for the constants
        # that are known when somebody asks. Beside a declared gap nobody knows which of the two they are in.
        hidden = Boot(0, 0, 0, (max(0, now.pulses - before.pulses),), max(0, now.doubt - before.doubt))
        body = GapBody(
            ns=ms * 1_000_000,
            reason="damaged",
            after=now.pulses,
            high=rounded_up(high),
            boots=(hidden,) if whole else None,
        )
        return msgspec.json.encode(body, order="sorted")


def _overlap(one: _Gap, other: _Gap) -> bool:
    return one.start.at < other.end.at and other.start.at < one.end.at


def _without(hole: _Gap, declared: Sequence[_Gap]) -> Iterator[_Gap]:
    """What is left of a hole beside gaps that were declared, these sorted by their beginning."""
    begun = hole.start
    for gap in declared:
        if not _overlap(gap, _Gap(begun, hole.end)):
            continue
        if gap.start.at > begun.at:
            yield _Gap(begun, gap.start)
        begun = gap.end
    if begun.at < hole.end.at:
        yield _Gap(begun, hole.end)


def _insert_gap(db: sqlite3.Connection, gap: tuple[Any, ...]) -> int:
    """Put a gap in; one that begins at the same millisecond was declared already. Returns the rows made."""
    try:
        db.execute(f"INSERT INTO entry({_ENTRY}) VALUES(?,?,?,?,?,?,?,?,?)", gap)
    except sqlite3.IntegrityError:
        return 0
    return 1


def _plausible(values: Sequence[Any], highest: dict[str, int]) -> bool:
    """Whether a row that could be read makes sense; half a page that is gone reads as zeros.

    ``highest`` keeps each meter's count so far: it never falls.
    """
    kind, meter, run, mono, at, pulses, first, doubt, body = values
    numbers = (run, mono, at, pulses, first, doubt)
    if kind not in BODIES or not isinstance(meter, str):
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
