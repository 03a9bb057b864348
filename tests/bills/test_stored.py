"""Bills in the ledger: which rows belong together, which period they are for, what two notices are as one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.billing.bill import Bill, IndexRow
from sodien.billing.companies import COMPANIES, company_of
from sodien.bills.stored import (
    StoredBill,
    before,
    bills,
    expected_period,
    merged,
    new_row,
    period_of,
    standing,
)
from sodien.history.reading_days import Calendars
from sodien.ledger.store import Ledger, NewRow
from sodien.metering.calendar import ReadingDays, with_announced
from sodien.settings.model import MeterSettings
from tests.support.rows import body_of

TODAY = dt.date(2026, 11, 4)
LAST = ReadingDays("last")
METER = MeterSettings(id="main", pin=17, constant=Decimal(1600))
SEPTEMBER = Bill(last=dt.date(2026, 9, 30), kwh=Decimal(290))
OCTOBER = Bill(first=dt.date(2026, 10, 1), last=dt.date(2026, 10, 31), kwh=Decimal(298))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


@pytest.mark.parametrize(
    ("bill", "rule", "expected"),
    [
        (OCTOBER, LAST, None),
        (SEPTEMBER, LAST, ("09-01", "09-30")),
        (Bill(first=day("10-05")), LAST, ("10-05", "10-31")),
        (Bill(month=9, year=2026), LAST, ("09-01", "09-30")),
        (Bill(month=9), LAST, ("09-01", "09-30")),
        (Bill(month=10, year=2026), ReadingDays(15), ("09-16", "10-15")),
        (Bill(), LAST, ("10-01", "10-31")),
        (Bill(), ReadingDays(4), ("10-05", "11-04")),
        (Bill(), with_announced("last", [day("11-02")]), ("10-01", "11-02")),
    ],
)
def test_the_period_a_bill_must_be_for(
    bill: Bill, rule: ReadingDays, expected: tuple[str, str] | None
) -> None:
    found = expected_period(bill, rule, TODAY)
    assert found == (None if expected is None else (day(expected[0]), day(expected[1])))


def test_a_month_without_a_year_is_the_last_one_that_was() -> None:
    found = expected_period(Bill(month=12), LAST, TODAY)
    assert found == (dt.date(2025, 12, 1), dt.date(2025, 12, 31))


AT = 1_793_000_000_000


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path / "ledger.db", create=True, durable=False)


def test_rows_of_one_bill_belong_together(ledger: Ledger) -> None:
    ledger.append(
        [
            new_row("main", OCTOBER, AT + 1000, text="october"),
            new_row("main", SEPTEMBER, AT + 2000, expected=(day("09-01"), day("09-30"))),
            new_row(
                "main",
                Bill(last=OCTOBER.last, kwh=Decimal(299)),
                AT + 3000,
                corrects=AT + 1000,
                because="typed",
            ),
            NewRow(
                "verdict", "main", at=AT + 3000, body={"of": AT + 1000, "verdict": {"overall": "consistent"}}
            ),
            new_row("shop", OCTOBER, AT + 1000),
        ]
    )
    september, october = bills(ledger, "main")
    assert (september.entry, september.period) == (2, (day("09-01"), day("09-30")))
    assert (october.entry, october.numbers(), october.bill.kwh) == (1, [1, 3], Decimal(299))
    assert october.verdict is not None
    assert body_of(october.rows[0])["text"] == "october"
    assert before([september, october], october) == [SEPTEMBER]
    assert before([september, october], september) == []
    body = {"kind": "bill", "of": AT + 2000, "what": "withdraw", "because": "x"}
    ledger.append([NewRow("amendment", "main", at=AT + 5000, body=body)])
    found = bills(ledger, "main")
    assert [one.entry for one in standing(found)] == [1]
    assert before(found, found[-1]) == []


def test_the_calendar_follows_announcements_and_bills(ledger: Ledger) -> None:
    calendars = Calendars(ledger)
    assert calendars.of(METER) == ReadingDays("last")
    ledger.append([NewRow("schedule", "main", at=AT + 1, body={"day": "2026-11-28"})])
    ledger.append([new_row("main", Bill(last=day("10-30")), AT + 2)])
    assert calendars.of(METER).moved == {(2026, 11): day("11-28"), (2026, 10): day("10-30")}
    # Where the meter was read counts more than where it was to be read.
    ledger.append([NewRow("schedule", "main", at=AT + 3, body={"day": "2026-10-29"})])
    assert calendars.of(METER).moved[2026, 10] == day("10-30")
    for kind, at in (("schedule", AT + 1), ("bill", AT + 2)):
        body = {"kind": kind, "of": at, "what": "withdraw", "because": "x"}
        ledger.append([NewRow("amendment", "main", at=10 + at, body=body)])
    assert calendars.of(METER).moved == {(2026, 10): day("10-29")}


# -- two notices as one --------------------------------------------------------------------------------

numbers = st.none() | st.integers(0, 3).map(Decimal)
some_bills = st.builds(
    Bill,
    customer=st.sampled_from([None, "PB05010001234"]),
    month=st.sampled_from([None, 9, 10]),
    kwh=numbers,
    total=numbers,
    rows=st.lists(st.builds(IndexRow, old=numbers, new=numbers), max_size=1).map(tuple),
    estimated=st.booleans(),
    source=st.sampled_from(["sms", "text"]),
)


@given(some_bills, some_bills)
def test_merging_keeps_everything_and_invents_nothing(one: Bill, other: Bill) -> None:
    both = merged(one, other)
    back = merged(other, one)
    assert (both is None) == (back is None)
    if both is None:
        return
    assert both == back
    for name in ("customer", "month", "kwh", "total"):
        values = {getattr(bill, name) for bill in (one, other)} - {None}
        assert len(values) <= 1
        assert getattr(both, name) == next(iter(values), None)
    for name in ("old", "new"):
        values = {getattr(row, name) for bill in (one, other) for row in bill.rows} - {None}
        assert {getattr(row, name) for row in both.rows} - {None} == values
    assert merged(both, one) == (both if both.source == one.source else merged(both, one))


def test_notices_that_contradict_are_not_one() -> None:
    assert merged(OCTOBER, SEPTEMBER) is None
    assert merged(Bill(rows=(IndexRow(old=Decimal(1)),)), Bill(rows=(IndexRow(old=Decimal(2)),))) is None


def test_the_effective_period_prefers_what_is_printed() -> None:
    assert period_of(OCTOBER, (day("09-01"), day("09-30"))) == (day("10-01"), day("10-31"))
    assert period_of(Bill(last=day("10-30")), (day("10-01"), day("10-31"))) == (day("10-01"), day("10-30"))
    assert period_of(Bill(), None) is None
    assert StoredBill((new_row("m", OCTOBER, 5),)).entry == 0


# -- power companies -----------------------------------------------------------------------------------


def test_the_company_is_known_by_the_code() -> None:
    for code, company in (("PB05010001234", "SPC"), ("pe0100", "HCMC"), ("PD", "HANOI"), ("PN", "NPC")):
        found = company_of(code)
        assert found is not None
        assert found.id == company
    assert company_of("XX01") is None
    assert company_of(None) is None
    prefixes = [prefix for company in COMPANIES.values() for prefix in company.prefixes]
    assert len(prefixes) == len(set(prefixes))
    assert all(company.hotlines for company in COMPANIES.values())
