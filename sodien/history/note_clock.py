"""A person's word that the clock of a boot was wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sodien.errors import SodienError
from sodien.history.note import Noted, note
from sodien.i18n import tr
from sodien.ledger.bodies import ClockBody
from sodien.ledger.store import NewRow

if TYPE_CHECKING:
    from sodien.history.current import MeterLedger


def note_clock(
    where: MeterLedger,
    number: int,
    what: Literal["wrong", "undo"],
    *,
    now: int,
    by: str | None = None,
    dry_run: bool = False,
) -> Noted:
    """Note that the clock of a boot was wrong until ``now`` (ms UTC), or take that back.

    Where the clock is set anew later, the boot has its place again. Raises SodienError when there is no such
    boot.
    """
    boot = next((one for one in where.history().evidence.boots.known if one.number == number), None)
    if boot is None:
        raise SodienError(tr("There is no boot {number}; 'sodien clock' lists them.", number=number))
    body = ClockBody(boot=boot.boot, what=what, by=by or None)
    return note(where, NewRow(ClockBody.kind, at=now, body=body), now, dry_run=dry_run)
