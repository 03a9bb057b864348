"""Amendments: the last one said of an entry counts, whatever the clock showed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from sodien.history.corrections import amendments, correction, withdrawal, withdraws
from sodien.ledger.bodies import DialRange
from sodien.ledger.store import Ledger, NewRow
from tests.support.rows import body_of


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.db", create=True, durable=False)
    yield opened
    opened.close()


def correct(dial: NewRow, at: int, text: str) -> NewRow:
    shown = DialRange(reading=text, low=Decimal(text), high=Decimal(text) + 1)
    return correction(dial, at, shown, read_at=1_793_000_001_000, within_ms=0)


@pytest.mark.parametrize("step", [1, -1])
def test_the_last_one_said_counts(ledger: Ledger, step: int) -> None:
    dial = NewRow("dial", "main", at=1_793_000_001_000)
    corrected = correct(dial, 1_793_000_005_000, "12")
    ledger.append([dial, corrected, withdrawal(dial, 1_793_000_005_000 + step, "typed twice", "Lan")])
    last = amendments(ledger, "main")["dial", 1_793_000_001_000]
    assert withdraws(last)
    assert (body_of(last)["what"], body_of(last)["because"], body_of(last)["by"]) == (
        "withdraw",
        "typed twice",
        "Lan",
    )
    later = correct(dial, 1_793_000_009_000, "13")
    assert amendments(ledger, "main", [later])["dial", 1_793_000_001_000] is later, (
        "what is not in the ledger yet comes last"
    )


def test_an_entry_of_another_kind_or_meter_at_the_same_time_stays(ledger: Ledger) -> None:
    said = withdrawal(
        NewRow("bill", "main", at=1_793_000_001_000), 1_793_000_005_000, "of the neighbours", None
    )
    ledger.append([said])
    assert "by" not in body_of(said)
    assert not withdraws(amendments(ledger, "main").get(("schedule", 1_793_000_001_000)))
    assert amendments(ledger, "other") == {}
