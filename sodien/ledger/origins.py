"""Which ledgers another one carries on under a new id, and what that means for its seals. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar

import msgspec

T = TypeVar("T")


class Origin(msgspec.Struct, frozen=True):
    """A ledger that another one carries on under a new id.

    Attributes:
        ledger: its id.
        how: ``salvaged`` (damaged; its readable rows got new sequence numbers) or ``restored`` (from a
            backup; the sequence numbers are the same).
        seal: hash of its last seal, "" when it had none.
        entries: the last sequence number of the new ledger that came from it.
        run: the last run that came from it, 0 when there was none.
    """

    ledger: str
    how: Literal["salvaged", "restored"]
    seal: str
    entries: int
    run: int


def chain_of(ledger: str, origins: Sequence[Origin]) -> tuple[frozenset[str], str, int]:
    """A ledger's chain: the ids its seals were made under, the hash the first follows, and where it begins.

    It begins after the returned sequence number: seals up to there were carried over by a salvage.

    A restored ledger goes on with the chain of the backup, whose entries kept their numbers; a salvaged one
    begins a chain that names the last seal of the old.
    """
    ids = [ledger]
    for origin in reversed(origins):
        if origin.how == "salvaged":
            return frozenset(ids), origin.seal, origin.entries
        ids.append(origin.ledger)
    return frozenset(ids), "", 0


def decode(text: str | None, kind: type[T]) -> T | None:
    """A note of the ledger's table ``meta``; None when it is absent or cannot be read."""
    try:
        return msgspec.json.decode(text, type=kind) if text else None
    except (msgspec.DecodeError, UnicodeError):
        return None
