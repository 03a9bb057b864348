"""Hours, days, snapshots and costs that a wrong clock had closed, and what took their place since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sodien.ledger.bodies import RevisionBody
from sodien.ledger.rows import Row

if TYPE_CHECKING:
    from sodien.ledger.store import Ledger

KIND = RevisionBody.kind


class Revisions:
    """What counts of a meter's periods: (kind, time) of a row → the last revision of it."""

    def __init__(self, ledger: Ledger, meter: str) -> None:
        """Read them all; they are few."""
        self.rows = sorted(ledger.of_kind(KIND, meter), key=lambda row: row.seq)
        self.last: dict[tuple[str, int], Row] = {}
        for row in self.rows:
            body = row.read(RevisionBody)
            self.last[body.of_kind, body.of] = row

    def of(self, row: Row) -> Row | None:
        """The last revision of a period's row; None where it counts as it was written."""
        return self.last.get((row.kind, row.at or 0))

    def now(self, row: Row) -> Row:
        """A period's row as it counts now; it keeps its number."""
        revision = self.of(row)
        return replace(row, body=bytes(revision.read(RevisionBody).now)) if revision is not None else row
