"""Seals: a SHA-256 chain over the ledger's entries, so that a later change can be shown. Pure.

A seal covers the entries since the seal before it. What is hashed, byte by byte, is told in
docs/reference/seals.md; anyone can re-compute it from ``sodien export entries``.

The time of an entry may come after its seal (a Pi without a battery learns the time late, and a row is dated
exactly once). So a seal names the entries that had no time yet (``undated``) and covers them without one; a
later seal names those that have been dated since (``dated``) and covers them once more, now with their time.
Nothing has to wait for the clock, and no time stays outside the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import msgspec

from sodien.ledger.bodies import Range, SealBody
from sodien.ranges import Ranges

#: The columns of a raw row, in the ledger's order; values are what SQLite holds, unread.
Raw = tuple[Any, ...]
#: The kind of a seal's own entry.
KIND = "seal"
#: Begins the header that is hashed; another number would be another way to hash.
VERSION = "sodien-seal 1"
#: Bytes of an entry's digest kept in its seal, to find the entry that does not fit (1 of 65,536 hides).
MARK = 2


class SealNote(msgspec.Struct, frozen=True):
    """What the ledger remembers of its newest seal, beside the entries: its place, its reach, its hash."""

    seq: int
    last: int
    hash: str


def content(row: Raw) -> bytes:
    """Everything of an entry but its time, as one line of JSON: the same bytes only for the same values."""
    seq, kind, meter, run, mono, _, pulses, first, doubt, body = row
    head = _json([seq, kind, meter, run, mono, pulses, first, doubt])
    if body is None:
        return head
    return head[:-1] + b"," + _body(body) + b"]"


def digest(at: Any, row_content: bytes) -> bytes:
    """SHA-256 of an entry's line; ``at`` is ms UTC, None while it is not known."""
    time = b"-" if at is None else _json(at)
    return hashlib.sha256(time + b" " + row_content + b"\n").digest()


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_blob)
    return text.encode("utf-8", "surrogateescape")


def _blob(value: bytes) -> dict[str, str]:
    return {"blob": value.hex()}


def _body(body: Any) -> bytes:
    """JSON as it was written. What the ledger never writes is told apart by a ``!`` that JSON never has."""
    if isinstance(body, bytes):
        return body if not any(byte < 0x20 for byte in body) else b"!" + body.hex().encode()
    return b"!" + _json(body)


def seal(
    ledger: str,
    previous: str,
    first: int,
    rows: Iterable[Raw],
    late: Iterable[Raw] = (),
    *,
    undated: tuple[Range, ...] | None = None,
) -> SealBody:
    """Seal rows.

    Args:
        ledger: id of the ledger.
        previous: hash of the seal before.
        first: sequence number at which this seal begins.
        rows: from ``first`` on, at least one, ascending.
        late: rows sealed before without a time that have one now, ascending.
        undated: which rows count as undated; None: those that are.
    """
    inside = Ranges(undated) if undated is not None else None
    digests: list[bytes] = []
    without: list[int] = []
    last = first - 1
    for row in rows:
        last, at = row[0], row[5]
        if inside is None:
            if at is None:
                without.append(last)
        elif last in inside:
            at = None
        digests.append(digest(at, content(row)))
    dated = []
    for row in late:
        dated.append(row[0])
        digests.append(digest(row[5], content(row)))
    open_ranges = tuple(Ranges.of(without).items()) if undated is None else undated
    dated_ranges = tuple(Ranges.of(dated).items())
    header = _json([VERSION, ledger, previous, first, last, open_ranges, dated_ranges]) + b"\n"
    return SealBody(
        ledger=ledger,
        first=first,
        last=last,
        previous=previous,
        hash=hashlib.sha256(header + b"".join(digests)).hexdigest(),
        marks="".join(one[:MARK].hex() for one in digests),
        undated=open_ranges,
        dated=dated_ranges,
    )


def read(row: Raw) -> SealBody | None:
    """The seal in a raw row, None when it is not one that Sodien wrote."""
    body = row[9]
    if not isinstance(body, bytes):
        return None
    try:
        found = msgspec.json.decode(body, type=SealBody)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return found if msgspec.json.encode(found, order="sorted") == body else None
