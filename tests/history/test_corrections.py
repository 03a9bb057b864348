"""Amendments: the last one said of an entry counts; the program's own reasons speak the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from sodien import i18n
from sodien.history.corrections import (
    CORRECTED,
    CORRECTED_BY,
    UNDONE,
    amendments,
    told,
    withdrawal,
    withdraws,
)
from sodien.ledger.bodies import AmendmentBody
from sodien.ledger.store import Ledger, NewRow
from tests.support.rows import body_of


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.db", create=True, durable=False)
    yield opened
    opened.close()


def correct(dial: NewRow, at: int, text: str) -> NewRow:
    low = Decimal(text)
    body = AmendmentBody(
        of_kind="dial", of=dial.at or 0, what="correct", reading=text, low=low, high=low + 1, within_ms=0
    )
    return NewRow("amendment", dial.meter, at=at, body=body)


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


@pytest.mark.parametrize(
    ("stored", "vi"),
    [
        (CORRECTED, "điện lực đã sửa lại"),
        (CORRECTED_BY.format(which="1K26TSD 5022"), "điện lực đã sửa lại bằng hóa đơn 1K26TSD 5022"),
        (UNDONE, "hoàn tác trên trang"),
        ("gõ nhầm số 6", "gõ nhầm số 6"),
        ("I think the utility corrected it", "I think the utility corrected it"),
        ("today", "today"),
        ("", ""),
    ],
)
def test_a_reason_is_told_in_the_language_of_the_reader(stored: str, vi: str) -> None:
    assert told(stored) == stored
    with i18n.speaking("vi"):
        assert told(stored) == vi
