"""Entries as line protocol, with influxdb-client's Point as the oracle."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from influxdb_client import Point, WritePrecision

from collector.line_protocol import line, of_entry
from sodien.errors import BadPayload
from sodien.protocol.entries import (
    AmendmentEntry,
    BillEntry,
    ClaimEntry,
    ConstantEntry,
    CostEntry,
    DayEntry,
    DialEntry,
    Entry,
    EventEntry,
    GapEntry,
    HealthEntry,
    HourEntry,
    ReminderEntry,
    ReplacementEntry,
    ResolutionEntry,
    ScheduleEntry,
    SealEntry,
    SnapshotEntry,
    TickEntry,
    VerdictEntry,
)
from sodien.protocol.messages import decode_batch, decode_entry, encode_batch
from sodien.protocol.times import format_time
from sodien.protocol.values import Bounds, Instant, Money, Projection

AT = "2026-11-23T17:00:00.000Z"
MS = 1_795_453_200_000

# Point writes a line break into a text as it is, which a reader of lines would take for the end of the point.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]))
names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).filter(
    lambda text: not text.endswith("\\") and not text.startswith("#")
)
values = st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False), texts)
times = st.integers(-(2**43), 2**43 - 1)


@given(names, st.dictionaries(names, names, max_size=4), st.dictionaries(names, values, min_size=1), times)
def test_line_equals_what_the_client_library_makes(
    measurement: str, tags: dict[str, str], fields: dict[str, Any], time_ms: int
) -> None:
    point = Point(measurement)
    for name, tag in tags.items():
        point.tag(name, tag)
    for name, value in fields.items():
        point.field(name, value)
    point.time(time_ms, WritePrecision.MS)
    assert line(measurement, tags, fields, time_ms) == point.to_line_protocol()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_never_breaks_the_line(text: str) -> None:
    assert len(line("m", {}, {"by": text}, 0).splitlines()) == 1


def test_what_cannot_be_seen_is_stored_as_a_space() -> None:
    unseen = [*map(chr, range(32)), "\x7f", "\x85", "\u2028", "\u2029"]
    assert line("m", {}, {"by": f"a{''.join(unseen)}b~\x80"}, 0) == f'm by="a{" " * len(unseen)}b~\x80" 0'


@pytest.mark.parametrize(
    ("fields", "time_ms"),
    [
        ({}, 0),
        ({"x": float("nan")}, 0),
        ({"x": float("inf")}, 0),
        ({"x": 2**63}, 0),
        ({"x": -(2**63) - 1}, 0),
        ({"x": 1}, 9_300_000_000_000),
        ({"x": 1}, -9_300_000_000_000),
    ],
)
def test_what_a_database_cannot_hold_is_refused_here(fields: dict[str, Any], time_ms: int) -> None:
    with pytest.raises(BadPayload):
        line("m", {}, fields, time_ms)


def bounds(low: str, best: str, high: str) -> Bounds:
    return Bounds(Decimal(low), Decimal(best), Decimal(high))


EVERY_KIND: list[tuple[Entry, str]] = [
    (TickEntry(seq=1, at=AT, meter="main", pulses=7), "meter,device=d,meter=main pulses=7i"),
    (
        TickEntry(seq=1, at=AT, meter="main", pulses=7, number=3),
        "meter,device=d,meter=main number=3i,pulses=7i",
    ),
    (
        TickEntry(seq=1, at=AT, meter="main", pulses=7, register=bounds("12", "12.05", "12.1"), power_w=230,
             coverage=1.0),
        "meter,device=d,meter=main coverage=1,high=12.1,low=12,power_w=230,pulses=7i,register=12.05",
    ),
    (
        GapEntry(seq=1, at=AT, meter="main", end="2026-11-23T17:00:01.500Z", reason="power", seconds=1.5,
            energy=bounds("0", "0.001", "0.0037"), pulses_max=6),
        "gap,device=d,meter=main counted=0i,end_ms=1795453201500i,kwh_high=0.0037,kwh_low=0,pulses_max=6i,"
        'reason="power",seconds=1.5',
    ),
    (
        DialEntry(seq=1, at=AT, meter="main", reading="12345.6", low=Decimal("12345.6"),
                  high=Decimal("12345.7"), by='Chị "Ba"'),
        'dial,device=d,meter=main by="Chị \\"Ba\\"",high=12345.7,low=12345.6,reading="12345.6",within_s=0',
    ),
    (
        ResolutionEntry(seq=1, at=AT, meter="main", of="2026-11-23T17:00:01.500Z", what="energy",
                   low=Decimal("0.2"), high=Decimal(1), by="Lan"),
        'resolution,device=d,meter=main by="Lan",high=1,low=0.2,of_ms=1795453201500i,what="energy"',
    ),
    (
        AmendmentEntry(seq=1, at=AT, meter="main", of="2026-11-23T17:00:01.500Z", of_kind="dial",
                       what="withdraw", because="mistyped"),
        'amendment,device=d,meter=main because="mistyped",of_kind="dial",of_ms=1795453201500i,'
        'what="withdraw"',
    ),
    (
        AmendmentEntry(seq=1, at=AT, meter="main", of="2026-11-23T17:00:01.500Z", of_kind="dial",
                       what="correct", reading="1.0", low=Decimal(1), high=Decimal("1.1"),
                       read_at="2026-11-23T17:00:01.500Z", within_s=60.0),
        "amendment,device=d,meter=main high=1.1,low=1,of_kind=\"dial\",of_ms=1795453201500i,"
        'read_at_ms=1795453201500i,reading="1.0",what="correct",within_s=60',
    ),
    (
        BillEntry(seq=1, at=AT, meter="main", source="sms", sha256="0a", corrects="2026-11-23T17:00:01.500Z",
                  first="2026-11-01", last="2026-11-30", old=Decimal(9570), new=Decimal(9868),
                  multiplier=Decimal(1), billed_kwh=Decimal(298), total=Decimal(792184)),
        'bill,device=d,meter=main corrects_ms=1795453201500i,estimated=0i,first="2026-11-01",index_new=9868,'
        'index_old=9570,kwh=298,last="2026-11-30",multiplier=1,sha256="0a",source="sms",total=792184',
    ),
    (
        VerdictEntry(seq=1, at=AT, meter="main", of="2026-11-23T17:00:01.500Z", overall="disagrees",
                     first="2026-11-01", last="2026-11-30", direction="over", disagrees_by_kwh=Decimal(8),
                     disagrees_by_money=Decimal(24000), detectable_kwh=Decimal(10), billed_kwh=Decimal(310),
                     own_low=Decimal("287.5"), own=Decimal("297.6"), own_high=Decimal("307.2"),
                     wrong=("index_new", "consumption"), reason="other_day", read_from=AT, read_to=AT),
        "verdict,device=d,meter=main billed_kwh=310,detectable_kwh=10,direction=\"over\",disagrees_by_kwh=8,"
        'disagrees_by_money=24000,first="2026-11-01",last="2026-11-30",of_ms=1795453201500i,own_kwh=297.6,'
        'own_kwh_high=307.2,own_kwh_low=287.5,read_from_ms=1795453200000i,read_to_ms=1795453200000i,'
        'reason="other_day",verdict="disagrees",'
        'wrong="index_new consumption"',
    ),
    (
        ClaimEntry(
            seq=1, at=AT, meter="main", index=Decimal("15248.39"), day="2026-11-29", source="EVN",
            register=bounds("1", "2", "3"),
        ),
        'claim,device=d,meter=main day="2026-11-29",high=3,index=15248.39,low=1,register=2,'
        'source="EVN"',
    ),
    (
        ScheduleEntry(seq=1, at=AT, meter="main", day="2026-11-30"),
        'schedule,device=d,meter=main day="2026-11-30"',
    ),
    (
        CostEntry(seq=1, at=AT, meter="main", first="2026-11-01", last="2026-11-30",
                  kwh=bounds("9", "10", "11"),
                  cost=Money(Decimal(1), Decimal(2), Decimal(3)), currency="VND", tier=1,
                  next_tier_kwh=Decimal(50),
                  projection=Projection("2026-11-30", bounds("90", "100", "110"),
                                        Money(Decimal(10), Decimal(20), Decimal(30)))),
        'cost,device=d,meter=main cost=2,cost_high=3,cost_low=1,currency="VND",first="2026-11-01",kwh=10,'
        'kwh_high=11,kwh_low=9,last="2026-11-30",next_tier_kwh=50,projected_cost=20,projected_cost_high=30,projected_cost_low=10,'
        "projected_kwh=100,projected_kwh_high=110,projected_kwh_low=90,tier=1i",
    ),
    (
        ReminderEntry(seq=1, at=AT, meter="main", day="2026-11-30", when="today"),
        'reminder,device=d,meter=main day="2026-11-30",when="today"',
    ),
    (
        ReplacementEntry(seq=1, at=AT, meter="main", old_final="1.0", new_initial="0.0",
                         constant=Decimal(1600), digits=5, decimals=1, multiplier=1, serial="A7"),
        "replacement,device=d,meter=main constant=1600,decimals=1i,digits=5i,multiplier=1i,"
        'new_initial="0.0",old_final="1.0",serial="A7",within_s=0',
    ),
    (
        ConstantEntry(seq=1, at=AT, meter="main", constant=Decimal("187.5"), from_start=True),
        "constant,device=d,meter=main constant=187.5,from_start=1i",
    ),
    (
        SnapshotEntry(seq=1, at=AT, meter="main", day="2026-11-23", start=Instant(at=AT, why="no anchor"),
                 end=Instant(at=AT, register=bounds("1", "2", "3"))),
        'snapshot,device=d,meter=main day="2026-11-23",end=2,end_high=3,end_low=1',
    ),
    (
        HourEntry(seq=1, at=AT, meter="main", pulses=3, energy=bounds("1", "1", "1.5"), seconds=3600,
             counted=3599.5, blind={"power": 0.5}),
        "hour,device=d,meter=main blind_power=0.5,counted=3599.5,kwh=1,kwh_high=1.5,kwh_low=1,pulses=3i,"
        "seconds=3600",
    ),
    (
        DayEntry(seq=1, at=AT, meter="main", day="2026-11-23", pulses=3, energy=bounds("1", "1", "1"),
            seconds=86400, counted=80000, blind={"killed": 400.0, "stopped": 6000.0}),
        'day,device=d,meter=main blind_killed=400,blind_stopped=6000,counted=80000,'
        'day="2026-11-23",kwh=1,kwh_high=1,kwh_low=1,pulses=3i,'
        "seconds=86400",
    ),
    (
        HealthEntry(seq=1, at=AT, rejected={"short": 2}, late=1, queue=5),
        "health,device=d errors=0i,late=1i,ledger_bytes=0i,lost=0i,queue=5i,rejected_short=2i,undecided=0i",
    ),
    (
        EventEntry(seq=1, at=AT, what="clock", detail={"by_s": 2.5, "note": 'a"b\nc'}),
        'event,device=d detail="{\\"by_s\\":2.5,\\"note\\":\\"a\\\\\\"b\\\\nc\\"}",what="clock"',
    ),
    (
        SealEntry(seq=9, at=AT, hash="ab12", previous="", first=1, last=8, ledger="34cd"),
        'seal,device=d first=1i,hash="ab12",last=8i,ledger="34cd",previous=""',
    ),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "expected"), EVERY_KIND)
def test_every_kind_after_a_trip_over_the_wire(entry: Entry, expected: str) -> None:
    raw = decode_batch(encode_batch("ledger", [entry])).entries[0]
    assert of_entry("d", decode_entry(raw)) == f"{expected} {MS}"


@given(st.integers(-(10**12), 8 * 10**12), st.integers(0, 2**62))
def test_time_is_exact_to_the_millisecond(ms: int, pulses: int) -> None:
    text = of_entry("d", TickEntry(seq=1, at=format_time(ms), pulses=pulses))
    assert text == f"meter,device=d pulses={pulses}i {ms}"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"kind":"dial","seq":1,"at":"2026-11-23T17:00:00Z","reading":"1","low":"NaN","high":"2"}',
        b'{"kind":"dial","seq":1,"at":"2026-11-23T17:00:00Z","reading":"1","low":"1","high":"Infinity"}',
        b'{"kind":"dial","seq":1,"at":"2026-11-23T17:00:00Z","reading":"1","low":"1","high":"1e9999"}',
        b'{"kind":"tick","seq":1,"at":"0001-01-01T00:00:00Z","pulses":1}',
        b'{"kind":"health","seq":1,"at":"2026-11-23T17:00:00Z","rejected":{"a b":1}}',
        b'{"kind":"hour","seq":1,"at":"2026-11-23T17:00:00Z","pulses":1,"energy":{"low":"1","best":"1",'
        b'"high":"1"},"seconds":1,"counted":0,"blind":{"a b":1}}',
        b'{"kind":"gap","seq":1,"at":"2026-11-23T17:00:00Z","end":"soon","reason":"power","seconds":1,'
        b'"energy":{"low":"0","best":"0","high":"0"},"pulses_max":0}',
    ],
)
def test_an_entry_that_cannot_be_stored_says_so(raw: bytes) -> None:
    with pytest.raises(BadPayload):
        of_entry("d", decode_entry(msgspec.Raw(raw)))
