"""Verifying a ledger's seals.

Reads one consistent state of the file, also of a running daemon's, and writes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sodien.i18n import tr
from sodien.ledger import seals
from sodien.ledger.errors import LedgerError, newer, not_ours, present, sentence
from sodien.ledger.origins import Origin, chain_of, decode
from sodien.ledger.rows import COLUMNS
from sodien.ledger.schema import SCHEMA, ours
from sodien.ledger.verify import SealChain, SealReport, verify


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
        with closing(connect(path)) as db:
            return _verify(path, db)
    except sqlite3.Error as error:
        raise sentence(path, error) from None


def connect(path: Path) -> sqlite3.Connection:
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


def raw_entries(path: Path) -> Iterator[seals.Raw]:
    """All raw rows of a ledger in order, as of one moment. Raises LedgerError."""
    if not present(path):
        raise LedgerError(tr("{path}: there is no such ledger; name another file.", path=path))
    try:
        with closing(connect(path)) as db:
            yield from db.execute(f"SELECT {COLUMNS} FROM entry ORDER BY seq")
    except sqlite3.Error as error:
        raise sentence(path, error) from None


def _verify(path: Path, db: sqlite3.Connection) -> Verified:
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
