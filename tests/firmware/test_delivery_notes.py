"""What the database has is noted in the ledger when the card is written to anyway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from firmware.delivery import NOTE_CONFIRMED_S, NOTE_WITH_ROWS_S, Delivery
from sodien.ledger.store import Ledger, NewRow


def no_link() -> Any:
    raise AssertionError("nothing is sent here")


def test_a_note_that_is_due_waits_for_rows_but_not_for_ever(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db", create=True, durable=False)

    def row(at: int) -> None:
        ledger.append([NewRow("event", "main", at=at, body={"what": "test", "detail": {}})])

    now = 0.0
    row(1)
    delivery = Delivery(ledger, no_link, no_link, "t", lambda: now)
    delivery.outbox.confirmed([(1, 1)], 1, now)
    now = NOTE_CONFIRMED_S + 1
    delivery.note_if_due()
    assert ledger.confirmed() == []
    row(2)
    delivery.note_if_due()
    assert ledger.confirmed() == [(1, 1)]
    delivery.outbox.confirmed([(2, 2)], 2, now)
    now += NOTE_CONFIRMED_S + NOTE_WITH_ROWS_S - 1
    delivery.note_if_due()
    assert ledger.confirmed() == [(1, 1)]
    now += 2
    delivery.note_if_due()
    assert ledger.confirmed() == [(1, 2)]
