"""Opening the daemon's ledger, also one that is damaged or whose restoring a crash has cut short."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sodien.ledger.errors import LedgerDamagedError, present
from sodien.ledger.store import Ledger

if TYPE_CHECKING:
    from sodien.ledger.salvage import Salvage


def open_or_salvage(path: Path, stamp: str, *, durable: bool = True) -> tuple[Ledger, Salvage | None]:
    """Open the daemon's ledger; a damaged one is set aside as ``<path>.damaged-<stamp>`` and salvaged.

    Args:
        path: the ledger file; made when missing.
        stamp: text that makes the set-aside name unique, e.g. a date.
        durable: as for :meth:`Ledger.open`.

    Raises:
        LedgerError: it may not be opened, or is from a newer Sodien.
    """
    finished = finished_path(path)
    if not present(path) and present(finished):
        os.replace(finished, path)
    try:
        ledger = Ledger.open(path, create=True, durable=durable)
        try:
            ledger.check()
        except LedgerDamagedError:
            ledger.close()
            raise
        return ledger, None
    except LedgerDamagedError as error:
        from sodien.ledger import salvage  # what a sound ledger does not need is not loaded

        found = salvage.salvage(path, finished, stamp, str(error))
    return Ledger.open(path, durable=durable), found


def finished_path(path: Path) -> Path:
    """Where a ledger that is to take the place of another stands when it is finished."""
    return Path(f"{path}.salvaged")
