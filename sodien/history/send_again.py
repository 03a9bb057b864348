"""What the database refused, as a sentence, and a person's request to send entries again."""

from __future__ import annotations

from sodien import formats
from sodien.clock import now_ms
from sodien.history.daemon_state import State
from sodien.i18n import tr
from sodien.ledger.rows import SendAgain
from sodien.ledger.store import Ledger


def refused_sentence(count: int, why: str | None) -> str:
    """That entries were refused, and the reason of most."""
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


def send_again(ledger: Ledger, from_seq: int | None) -> int:
    """Leave a request in the ledger that the daemon carries out, now or at its next start.

    Args:
        ledger: whose entries.
        from_seq: everything from this entry on; None only what the database refused.

    Returns:
        How many entries that is, as far as the ledger knows.
    """
    ledger.ask_again(SendAgain(from_seq, now_ms()))
    if from_seq is None:
        return ledger.refused().total()
    return max(0, ledger.newest_seq() - from_seq + 1)
