"""Amendments: what a person says later of an earlier entry, which itself stays as it was.

An ``amendment`` row names the entry by its kind and time (with the meter its identity); the last one of an
entry counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sodien.history.events import noted
from sodien.i18n import tr
from sodien.ledger.bodies import AmendmentBody
from sodien.ledger.rows import NewRow

if TYPE_CHECKING:
    from sodien.ledger.store import Ledger

KIND = "amendment"
#: The program's own reasons. They are stored as they stand here and told in the language of whoever reads.
CORRECTED = "the utility corrected it"
CORRECTED_BY = "the utility corrected it by invoice {which}"
UNDONE = "undone on the page"


def told(because: str) -> str:
    """A stored reason in the language in use; a person's own words stay as they were typed."""
    before, ours, which = because.partition(CORRECTED_BY.removesuffix("{which}"))
    if ours and not before:
        return tr("the utility corrected it by invoice {which}", which=which)
    own = {CORRECTED: tr("the utility corrected it"), UNDONE: tr("undone on the page")}
    return own.get(because, because)


def amendments(ledger: Ledger, meter: str, extra: Iterable[NewRow] = ()) -> dict[tuple[str, int], NewRow]:
    """(kind, time) of an entry → the last amendment of it."""
    said = ((row, row.read(AmendmentBody)) for row in noted(ledger, KIND, meter, extra))
    return {(body.of_kind, body.of): row for row, body in said}


def withdraws(last: NewRow | None) -> bool:
    """Whether an entry with this last amendment, if any, does not count any more."""
    return last is not None and last.read(AmendmentBody).what == "withdraw"


def withdrawal(entry: NewRow, at: int, because: str, by: str | None) -> NewRow:
    """The amendment that says that an entry does not count, and why; ``by``: who says so."""
    body = AmendmentBody(
        of_kind=entry.kind, of=entry.at or 0, what="withdraw", because=because, by=by or None
    )
    return NewRow(KIND, entry.meter, at=at, body=body)
