"""Amendments: the last one said of an entry counts, whatever the clock showed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sodien.history.corrections import amendment, amendments, withdrawal, withdraws
from sodien.ledger.store import Ledger, NewRow


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.db", create=True, durable=False)
    yield opened
    opened.close()


@pytest.mark.parametrize("step", [1, -1])
def test_the_last_one_said_counts(ledger: Ledger, step: int) -> None:
    dial = NewRow("dial", "main", at=1_000)
    correction = amendment(dial, 5_000, {"what": "correct", "reading": "12"})
    ledger.append([dial, correction, withdrawal(dial, 5_000 + step, "typed twice", "Lan")])
    last = amendments(ledger, "main")["dial", 1_000]
    assert withdraws(last)
    assert (last.body["what"], last.body["because"], last.body["by"]) == ("withdraw", "typed twice", "Lan")
    later = amendment(dial, 9_000, {"what": "correct", "reading": "13"})
    assert amendments(ledger, "main", [later])["dial", 1_000] is later, (
        "what is not in the ledger yet comes last"
    )


def test_an_entry_of_another_kind_or_meter_at_the_same_time_stays(ledger: Ledger) -> None:
    said = withdrawal(NewRow("bill", "main", at=1_000), 5_000, "of the neighbours", None)
    ledger.append([said])
    assert "by" not in said.body
    assert not withdraws(amendments(ledger, "main").get(("schedule", 1_000)))
    assert amendments(ledger, "other") == {}
