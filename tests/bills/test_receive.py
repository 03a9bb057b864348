"""What the utility says, received: stored once, judged at once, and all or nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.billing.bill import Bill, IndexRow
from sodien.billing.notices.model import Schedule
from sodien.billing.notices.read import read
from sodien.bills.receive import (
    Notice,
    add_bill,
    correct_bill,
    left_out,
    notice_of,
    receive_notice,
    withdraw_bill,
)
from sodien.bills.review import evidence_of, review_bills
from sodien.bills.stored import bills
from sodien.errors import SodienError
from sodien.history.current import MeterLedger
from sodien.history.note_reading import note_reading
from sodien.history.reading_days import reading_days
from sodien.ledger.store import Ledger
from sodien.metering.calendar import next_reading_day
from sodien.settings import model
from tests.cli.billed import CUSTOMER, NOW, SMS_INDEX, SMS_MONEY, SMS_SCHEDULE, household, notice
from tests.support.rows import body_of


@contextlib.contextmanager
def opened(*, dial: bool = True) -> Iterator[MeterLedger]:
    """A household of 400 W whose register is known to the digit."""
    with tempfile.TemporaryDirectory() as folder:
        home = model.load(household(Path(folder), dial=dial))
        ledger = Ledger.open(home.ledger.path)
        try:
            yield MeterLedger(home, ledger, home.meters[0])
        finally:
            ledger.close()


@pytest.fixture
def where() -> Iterator[MeterLedger]:
    with opened() as found:
        yield found


def typed(old: int, new: int) -> Bill:
    return Bill(
        first=dt.date(2026, 10, 1),
        last=dt.date(2026, 10, 31),
        rows=(IndexRow(old=Decimal(old), new=Decimal(new)),),
    )


def entries(where: MeterLedger) -> int:
    return where.ledger.newest_seq()


# -- notices -------------------------------------------------------------------------------------------


def test_from_the_text_to_the_verdict(where: MeterLedger) -> None:
    received = receive_notice(where, notice_of(read(notice())), now=NOW, by="Lan")
    ((stored, verdict),) = received.bills
    assert (verdict.overall, received.disagrees) == ("consistent", False)
    assert stored.verdict == verdict
    assert body_of(stored.rows[0])["text"] == notice()
    assert body_of(stored.rows[0])["by"] == "Lan"
    assert bills(where.ledger, "main") == [stored]


def test_two_messages_are_one_bill(where: MeterLedger) -> None:
    receive_notice(where, notice_of(read(SMS_INDEX)), now=NOW)
    ((stored, verdict),) = receive_notice(where, notice_of(read(SMS_MONEY)), now=NOW + 1).bills
    assert stored.bill.total is not None
    assert stored.bill.rows[0].new == 9868
    assert verdict.overall == "consistent"
    assert len(bills(where.ledger, "main")) == 1
    together = notice_of(read(f"{SMS_INDEX}\n{SMS_MONEY}"))
    assert len(together.bills) == 1


def test_the_same_again_is_refused(where: MeterLedger) -> None:
    ((stored, _),) = receive_notice(where, notice_of(read(notice())), now=NOW).bills
    before = entries(where)
    with pytest.raises(SodienError, match=rf"already stored \(entry {stored.entry}\)"):
        receive_notice(where, notice_of(read(notice())), now=NOW + 1)
    assert entries(where) == before


def test_nothing_of_a_notice_is_stored_when_a_part_is_refused(where: MeterLedger) -> None:
    before = entries(where)
    far = Schedule(day=dt.date(2036, 1, 1))
    with pytest.raises(SodienError, match="more than a year away"):
        receive_notice(where, Notice((typed(9570, 9868),), (far,), "text"), now=NOW)
    with pytest.raises(SodienError, match="customer code PB05019999999"):
        receive_notice(where, Notice((Bill(customer="PB05019999999", kwh=Decimal(298)),)), now=NOW)
    with pytest.raises(SodienError, match="nothing to check"):
        add_bill(where, Bill(customer=CUSTOMER), now=NOW)
    assert entries(where) == before


def test_an_announced_day_is_noted_once(where: MeterLedger) -> None:
    announced = notice_of(read(SMS_SCHEDULE))
    assert receive_notice(where, announced, now=NOW).reading_days == (dt.date(2026, 11, 28),)
    days = reading_days(where.ledger, where.meter)
    assert next_reading_day(dt.date(2026, 11, 4), days) == dt.date(2026, 11, 28)
    assert receive_notice(where, announced, now=NOW + 1).reading_days == (dt.date(2026, 11, 28),)
    (row,) = where.ledger.of_kind("schedule", "main")
    withdraw_bill(where, row.seq, because="put off", now=NOW + 2)
    days = reading_days(where.ledger, where.meter)
    assert next_reading_day(dt.date(2026, 11, 4), days) == dt.date(2026, 11, 30)


def test_what_nobody_understands(where: MeterLedger) -> None:
    with pytest.raises(SodienError):
        notice_of(read("Chúc mừng năm mới!"))


def test_which_meter_a_notice_is_for(where: MeterLedger) -> None:
    meter = where.meter
    assert notice_of(read(SMS_INDEX)).is_for(meter)
    assert notice_of(read(SMS_SCHEDULE)).is_for(meter) is False
    assert Notice((Bill(serial="123"),)).is_for(meter) is False
    assert Notice((Bill(),)).is_for(meter) is False


def test_only_what_is_missing_is_asked_for() -> None:
    assert left_out(read(notice())) == []
    wrong_sum = read(notice(kwh=299))
    assert [one.key for one in wrong_sum.problems] != []
    assert left_out(wrong_sum) == []


# -- typed bills, corrections, withdrawals -------------------------------------------------------------


@settings(max_examples=8)
@given(st.integers(0, 400), st.integers(0, 400))
def test_a_correction_stands_and_the_old_entry_stays(first: int, second: int) -> None:
    with opened() as where:
        ((stored, _),) = add_bill(where, typed(9570, 9570 + first), now=NOW).bills
        ((mended, verdict),) = correct_bill(
            where, stored.entry, typed(9570, 9570 + second), now=NOW, because="misread"
        ).bills
        assert mended.entry == stored.entry
        assert mended.bill.rows[0].new == 9570 + second
        assert msgspec.convert(body_of(mended.rows[0])["bill"], Bill).rows[0].new == 9570 + first
        assert bills(where.ledger, "main") == [mended]
        # What stands is judged as if it had been typed at once.
        with opened() as other:
            assert add_bill(other, typed(9570, 9570 + second), now=NOW).bills[0][1] == verdict


def test_what_was_withdrawn_can_be_entered_again_but_not_corrected(where: MeterLedger) -> None:
    ((stored, _),) = add_bill(where, typed(9570, 9868), now=NOW).bills
    number = withdraw_bill(where, stored.entry, because="of the neighbour", now=NOW + 1, by="Lan")
    assert number > stored.entry
    with pytest.raises(SodienError, match="was withdrawn"):
        correct_bill(where, stored.entry, typed(9570, 9869), now=NOW + 2)
    ((again, _),) = add_bill(where, typed(9570, 9868), now=NOW + 3).bills
    assert again.entry != stored.entry
    with pytest.raises(SodienError, match="no bill 4711"):
        withdraw_bill(where, 4711, because="x", now=NOW)


# -- looked at again -----------------------------------------------------------------------------------


def test_a_later_reading_makes_the_verdict_firmer() -> None:
    with opened(dial=False) as where:
        ((_, first),) = add_bill(where, typed(9600, 9898), now=NOW).bills
        assert first.overall != "disagrees"
        note_reading(where, "09904.3", now=NOW, at=NOW - 60_000, within=0)
        review = review_bills(where, now=NOW)
        ((stored, second),) = review.bills
        assert (second.overall, review.disagrees) == ("disagrees", True)
        assert stored.verdict == first
        assert review_bills(where, now=NOW, every=True) == review


def test_the_sheet_holds_the_verdict_of_the_review(where: MeterLedger) -> None:
    ((stored, verdict),) = add_bill(where, typed(9570, 9868), now=NOW).bills
    found = evidence_of(where, now=NOW, entry=stored.entry)
    assert found == evidence_of(where, now=NOW)
    assert found.verdict == verdict
    assert found.html.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("look", [review_bills, evidence_of])
def test_there_is_no_bill(where: MeterLedger, look: object) -> None:
    for entry, sentence in ((None, "No bill has been entered yet"), (7, "no bill 7")):
        with pytest.raises(SodienError, match=sentence):
            look(where, now=NOW, entry=entry)  # type: ignore[operator]
    with pytest.raises(SodienError, match="No bill has been entered yet"):
        review_bills(where, now=NOW, every=True)
