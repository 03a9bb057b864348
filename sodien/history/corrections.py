"""Amendments: what a person says later of an earlier entry, which itself stays as it was.

An ``amendment`` row names the entry by its kind and time (with the meter its identity); the last one of an
entry counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sodien.ledger.rows import NewRow

if TYPE_CHECKING:
    from sodien.ledger.store import Ledger

KIND = "amendment"


def amendments(ledger: Ledger, meter: str, extra: Iterable[NewRow] = ()) -> dict[tuple[str, int], NewRow]:
    """(kind, time) of an entry → the last amendment of it."""
    rows = sorted(ledger.of_kind(KIND, meter), key=lambda row: row.seq)
    found: list[NewRow] = [*rows, *(row for row in extra if row.kind == KIND)]
    return {(row.body["kind"], int(row.body["of"])): row for row in found}


def withdraws(last: NewRow | None) -> bool:
    """Whether an entry with this last amendment, if any, does not count any more."""
    return last is not None and last.body["what"] == "withdraw"


def amendment(entry: NewRow, at: int, body: dict[str, Any]) -> NewRow:
    """The row that says something of an entry, made at ``at`` (ms UTC)."""
    return NewRow(KIND, entry.meter, at=at, body={"kind": entry.kind, "of": entry.at, **body})


def withdrawal(entry: NewRow, at: int, because: str, by: str | None) -> NewRow:
    """The amendment that says that an entry does not count, and why; ``by``: who says so."""
    return amendment(entry, at, {"what": "withdraw", "because": because} | ({"by": by} if by else {}))
