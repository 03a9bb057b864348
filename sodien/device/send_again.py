"""What the database refused, as a sentence, and a person's request to send entries again."""

from __future__ import annotations

import re

from sodien import formats
from sodien.clock import now_ms
from sodien.device.state import State
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.ledger.rows import SendAgain
from sodien.ledger.store import Ledger
from sodien.protocol.messages import owner_in


def refused_sentence(count: int, why: str | None) -> str:
    """That entries were refused, and the reason of most."""
    if why is not None and (owner := owner_in(why)) is not None:
        return tr(
            "the collector refuses entries ({count}): another ledger delivers under this device's name. "
            "Another device? Then give this one a name of its own ('device' in the settings). If this ledger "
            "follows that one (a new card, say): sodien replay --succeeds {owner}",
            count=formats.count(count),
            owner=owner,
        )
    return tr("the database refuses entries ({count}): {why}", count=formats.count(count), why=why or "–")


def refused_of(ledger: Ledger, state: State | None) -> tuple[int, str | None]:
    """How many entries the database refused, and why most; the running daemon knows it best."""
    if state is not None:
        return state.refused, state.refused_because
    noted = ledger.refused()
    return noted.total(), noted.chief()


def waiting(ledger: Ledger) -> int:
    """Entries that the database has neither stored nor refused, as far as the ledger knows."""
    return max(0, ledger.unconfirmed(ledger.confirmed()) - ledger.refused().total())


def send_again(ledger: Ledger, from_seq: int | None, succeeds: str | None = None) -> int:
    """Leave a request in the ledger that the daemon carries out, now or at its next start.

    A crash before the request leaves a ledger that says whom it follows, and asks for nothing yet.

    Args:
        ledger: whose entries.
        from_seq: everything from this entry on; None only what the database refused.
        succeeds: the id of a ledger that this one is said to follow from now on.

    Returns:
        How many entries that is, as far as the ledger knows.

    Raises SodienError when the ledger cannot follow that one.
    """
    if succeeds is not None:
        if succeeds == ledger.id or re.fullmatch(r"[0-9a-f]{32}", succeeds) is None:
            raise SodienError(
                tr(
                    "{id}: not the id of another ledger; 'sodien doctor' names the one that has this "
                    "device's name.",
                    id=succeeds,
                )
            )
        ledger.succeed(succeeds)
    ledger.ask_again(SendAgain(from_seq, now_ms()))
    if from_seq is None:
        return ledger.refused().total()
    return max(0, ledger.newest_seq() - from_seq + 1)
