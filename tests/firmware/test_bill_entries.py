"""Bills, verdicts and reading days on the wire: what the database needs, and nothing that names a person."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from collector.line_protocol import of_entry
from sodien.billing.audit.result import Check, Range, Reason, Verdict
from sodien.billing.bill import Bill, IndexRow
from sodien.bills.stored import StoredBill, new_row, verdict_row
from sodien.history.wire_entries import WireEntries
from sodien.ledger.store import Ledger, NewRow
from sodien.protocol.entries import BillEntry, Entry, VerdictEntry
from sodien.protocol.messages import decode_batch, decode_entry, encode_batch
from tests.firmware.house import settings_of

AT = 1_795_000_000_000
BILL = Bill(
    customer="PB05010001234",
    name="NGUYỄN VĂN MẪU",
    serial="24560001",
    last=dt.date(2026, 10, 31),
    rows=(
        IndexRow(register="BT", old=Decimal(1), new=Decimal(2)),
        IndexRow(
            register="KT", old=Decimal(9570), new=Decimal(9880), multiplier=Decimal(1), kwh=Decimal(310)
        ),
    ),
    total=Decimal(836000),
    source="sms",
)
VERDICT = Verdict(
    overall="disagrees",
    direction="over",
    disagrees_by_kwh=Decimal(8),
    disagrees_by_money=Decimal(27000),
    detectable_kwh=Decimal(10),
    billed_kwh=Decimal(310),
    own_kwh=Range(low=Decimal("287.5"), high=Decimal("307.2")),
    checks=(
        Check(key="index_new", topic="reading", result="disagrees", says="x"),
        Check(key="index_old", topic="reading", result="agrees", says="x"),
    ),
    reasons=(Reason(key="other_day", likelihood=0.5, values={}),),
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path / "ledger.db", create=True, durable=False)


def sent(tmp_path: Path, ledger: Ledger, *rows: NewRow) -> list[Entry]:
    """The rows as a collector reads them."""
    ledger.append(rows)
    entries = WireEntries(settings_of(tmp_path), ledger)(ledger.rows())
    return [decode_entry(raw) for raw in decode_batch(encode_batch(ledger.id, entries)).entries]


def test_two_meters_are_one_register_on_the_wire(tmp_path: Path, ledger: Ledger) -> None:
    two = Bill(
        rows=(
            IndexRow(old=Decimal(950), new=Decimal(1000), multiplier=Decimal(1), kwh=Decimal(50)),
            IndexRow(old=Decimal(0), new=Decimal(30), multiplier=Decimal(1), kwh=Decimal(30)),
        )
    )
    (bill,) = sent(tmp_path, ledger, new_row("main", two, AT))
    assert isinstance(bill, BillEntry)
    assert (bill.old, bill.new, bill.multiplier, bill.billed_kwh) == (950, 30, 1, 80)


def test_a_bill_and_its_verdict(tmp_path: Path, ledger: Ledger) -> None:
    row = new_row(
        "main", BILL, AT, text="the text", expected=(dt.date(2026, 10, 1), dt.date(2026, 10, 31)), by="Lan"
    )
    bill, verdict = sent(tmp_path, ledger, row, verdict_row("main", StoredBill((row,)), VERDICT, AT + 1000))
    assert isinstance(bill, BillEntry)
    assert (bill.first, bill.last) == ("2026-10-01", "2026-10-31")
    assert (bill.old, bill.new, bill.billed_kwh) == (9570, 9880, 310)
    assert isinstance(verdict, VerdictEntry)
    assert (verdict.of, verdict.overall, verdict.disagrees_by_kwh) == (bill.at, "disagrees", 8)
    assert (verdict.own_low, verdict.own, verdict.own_high) == (Decimal("287.5"), None, Decimal("307.2"))
    assert (verdict.wrong, verdict.reason) == (("index_new",), "other_day")
    for entry in (bill, verdict):
        line = of_entry("d", entry)
        for private in ("PB05010001234", "NGUYỄN", "24560001", "the text", "Lan"):
            assert private not in line


def test_a_correction_names_the_bill_whose_place_it_takes(tmp_path: Path, ledger: Ledger) -> None:
    first = new_row("main", BILL, AT)
    second = new_row("main", Bill(last=BILL.last, kwh=Decimal(298)), AT + 2000, corrects=AT)
    before, after = sent(tmp_path, ledger, first, second)
    assert isinstance(before, BillEntry)
    assert isinstance(after, BillEntry)
    assert (before.corrects, after.corrects) == (None, before.at)
    assert (after.old, after.billed_kwh, after.source) == (None, 298, "typed")


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("schedule", {"day": "2026-11-28", "text": "private"}, 'day="2026-11-28"'),
        ("schedule", {"day": "2026-11-28", "until": "2026-11-29"}, 'day="2026-11-28",until="2026-11-29"'),
        ("reminder", {"day": "2026-11-28", "when": "today"}, 'day="2026-11-28",when="today"'),
    ],
)
def test_reading_days(tmp_path: Path, ledger: Ledger, kind: str, body: dict[str, str], expected: str) -> None:
    (entry,) = sent(tmp_path, ledger, NewRow(kind, "main", at=AT, body=body))
    assert of_entry("d", entry) == f"{kind},device=d,meter=main {expected} {AT}"
