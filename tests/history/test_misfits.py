"""What a person may note: refused before it is stored, or sound for everything that comes later."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sodien.billing.bill import Bill
from sodien.bills.receive import add_bill
from sodien.errors import SodienError
from sodien.history.current import MeterLedger
from sodien.history.note_meter import note_constant, note_replacement
from sodien.history.note_reading import note_reading
from sodien.history.wire_entries import WireEntries
from sodien.ledger.bodies import EventBody
from sodien.ledger.misfits import EARLIEST_MS, LATEST_MS
from sodien.ledger.store import Ledger, NewRow
from sodien.protocol.messages import encode
from sodien.settings.model import parse
from tests.cli.conftest import SETTINGS, fill, minute

NOW = minute(150)
YEAR_1 = -62_135_596_800_000


@contextlib.contextmanager
def opened() -> Iterator[MeterLedger]:
    with tempfile.TemporaryDirectory() as folder:
        household = parse(SETTINGS, Path(folder) / "sodien.yaml")
        ledger = Ledger.open(Path(folder) / "ledger.db", create=True, durable=False)
        try:
            fill(ledger)
            yield MeterLedger(household, ledger, household.meters[0])
        finally:
            ledger.close()


def all_views(where: MeterLedger) -> None:
    """Everything that `sodien run` and `sodien status` do with a ledger."""
    history = where.history()
    history.instant(NOW)
    history.findings(where.settings.zone)
    history.energy(minute(0), NOW)
    render = WireEntries(where.settings, where.ledger)
    entries = render(where.ledger.rows())
    for entry in entries:
        encode(entry)
    assert set(render.set_aside) == set(where.ledger.set_aside(everything=True))
    assert len(entries) == where.ledger.newest_seq() - len(render.set_aside)


instants = st.one_of(
    st.integers(YEAR_1, NOW),
    st.integers(-(1 << 60), 1 << 60),
    st.sampled_from([EARLIEST_MS - 1, EARLIEST_MS, LATEST_MS - 1, LATEST_MS, NOW, 0, YEAR_1]),
)


@settings(max_examples=25)
@given(instants, st.integers(-10, 1 << 60), st.sampled_from(["1", "12345.6", "99999.9"]))
@example(YEAR_1, 60_000, "1")
@example(NOW, 1 << 60, "1")
def test_a_reading_is_refused_or_sound(at: int, within: int, text: str) -> None:
    with opened() as where:
        before = where.ledger.newest_seq()
        try:
            note_reading(where, text, now=NOW, at=at, within=within)
        except SodienError:
            assert where.ledger.newest_seq() == before
        assert where.ledger.set_aside(everything=True) == {}
        all_views(where)


@settings(max_examples=25)
@given(
    instants,
    st.decimals(allow_nan=True, allow_infinity=True),
    st.integers(-3, 10**9),
    st.integers(-3, 10**9),
)
@example(NOW - 1, Decimal("1e-999999"), 5, 1)
@example(NOW - 1, Decimal("1600"), 10**9, 1)
def test_a_replacement_or_constant_is_refused_or_sound(
    at: int, constant: Decimal, digits: int, more: int
) -> None:
    with opened() as where:
        with contextlib.suppress(SodienError):
            note_constant(where, constant, now=NOW, at=at)
        with contextlib.suppress(SodienError):
            note_replacement(
                where,
                now=NOW,
                at=at,
                old_final="12346.1",
                new_initial="0.0",
                constant=constant,
                digits=digits,
                decimals=1,
                multiplier=more,
            )
        assert where.ledger.set_aside(everything=True) == {}
        all_views(where)


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize(
    ("meter", "what", "detail"),
    [
        ("", "clock", {}),
        ("", "clock", {"boot": "b", "offset_ns": "late"}),
        ("main", "meter", {"constant": "0"}),
        ("main", "meter", {"constant": "many"}),
        ("main", "power", {"pulses": 3}),
        ("main", "counter", {"pulses": "many"}),
    ],
)
def test_an_event_that_nobody_can_read_back_holds_up_nothing(
    meter: str, what: str, detail: dict[str, Any], dated: bool
) -> None:
    with opened() as where:
        before = where.history().instant(NOW)
        last = where.ledger.last_run()
        assert last is not None
        body = EventBody(what=what, detail=detail)
        where.ledger.append([NewRow("event", meter, last.id, 10**9, NOW - 1 if dated else None, body=body)])
        if dated:
            all_views(where)
        assert where.history().instant(NOW) == before


@pytest.mark.parametrize(("first", "last"), [(1, 1), (1999, 2000), (2025, 2100), (2025, 9999)])
def test_a_bill_outside_of_all_calendars_is_refused(first: int, last: int) -> None:
    with opened() as where:
        before = where.ledger.newest_seq()
        bill = Bill(source="typed", first=dt.date(first, 1, 1), last=dt.date(last, 12, 31), kwh=Decimal(5))
        with pytest.raises(SodienError):
            add_bill(where, bill, now=NOW)
        assert where.ledger.newest_seq() == before


GAP = b'{"ns":60000,"reason":"power","after":10,"high":"1"}'
BAD_ROWS: dict[str, dict[str, Any]] = {
    "a dial of year 1": {"kind": "dial", "at": YEAR_1, "body": b'{"reading":"1","low":"1","high":"2"}'},
    "far away": {"kind": "dial", "at": 1 << 60, "body": b'{"reading":"1","low":"1","high":"2"}'},
    "an endless window": {
        "kind": "dial",
        "body": b'{"reading":"1","low":"1","high":"2","within_ms":1152921504606846976}',
    },
    "an endless number": {"kind": "dial", "body": b'{"reading":"1","low":"1","high":"1e999999999"}'},
    "no number": {"kind": "dial", "body": b'{"reading":"1","low":"NaN","high":"NaN"}'},
    "no body": {"kind": "dial"},
    "no JSON": {"kind": "amendment", "body": b"\xff\x00"},
    "of nothing": {"kind": "resolution", "body": b'{"of":-99999999999999999,"what":"undo"}'},
    "no constant": {"kind": "constant", "body": b'{"constant":"0"}'},
    "a constant below nothing": {"kind": "constant", "body": b'{"constant":"-1600","from_start":true}'},
    "a bill of nothing": {"kind": "bill", "body": b"{}"},
    "a schedule of year 1": {"kind": "schedule", "body": b'{"day":"0001-01-01"}'},
    "a replacement with endless digits": {
        "kind": "replacement",
        "body": b'{"old_final":{"reading":"1","low":"1","high":"2"},'
        b'"new_initial":{"reading":"1","low":"1","high":"2"},'
        b'"constant":"1600","digits":999999999,"decimals":1,"multiplier":1}',
    },
    # What only the daemon writes: an earlier version, a failing card, a hand.
    "a count before all time": {"kind": "tick", "at": YEAR_1, "pulses": 5},
    "a count after all time": {"kind": "tick", "at": 1 << 60, "pulses": 5},
    "no count": {"kind": "tick"},
    "a count in words": {"kind": "tick", "pulses": "many"},
    "a count below nothing": {"kind": "tick", "pulses": -5},
    "a gap of nothing": {"kind": "gap", "pulses": 5, "body": b"{}"},
    "a gap without a count": {"kind": "gap", "body": GAP},
    "an endless gap": {"kind": "gap", "pulses": 5, "body": GAP.replace(b"60000", b"6" * 25)},
    "a gap of endless energy": {"kind": "gap", "pulses": 5, "body": GAP.replace(b'"1"', b'"1e999999"')},
    "an hour of no JSON": {"kind": "hour", "body": b"\xff\x00"},
    "a day of nothing": {"kind": "day", "body": b"{}"},
    "a day that ends after all time": {
        "kind": "day",
        "body": b'{"day":"2026-11-01","end":1152921504606846976,"pulses":3,"counted":1,'
        b'"energy":{"low":"1","best":"1","high":"1"}}',
    },
    "a snapshot of nothing": {"kind": "snapshot", "body": b"{}"},
    "an event of no JSON": {"kind": "event", "body": b"\xff\x00"},
    "a cost of nothing": {"kind": "cost", "body": b"[]"},
    "a reminder of no day": {"kind": "reminder", "body": b'{"day":"soon","when":"today"}'},
}


@pytest.mark.parametrize("bad", BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_what_is_in_a_ledger_all_the_same_is_set_aside_by_number(bad: dict[str, Any]) -> None:
    with opened() as where:
        note_reading(where, "12345.6", now=NOW, at=minute(10))
        known = where.history().at(NOW)
        (seq,) = where.ledger.append([NewRow(meter="main", **{"at": minute(20), **bad})])
        assert list(where.ledger.set_aside(everything=True)) == [seq]
        assert where.history().at(NOW) == known
        all_views(where)
        note_reading(where, "12345.9", now=NOW, at=minute(100))  # and everything else goes on
        all_views(where)
