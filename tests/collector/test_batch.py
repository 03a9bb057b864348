"""Messages to lines, refusals to bad lines, lines to confirmations."""

from __future__ import annotations

import datetime as dt
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.batch import (
    MAX_ENTRIES,
    MAX_PAYLOAD,
    BadMessage,
    DatabaseLine,
    answers,
    confirmations,
    unpack,
    write_all,
)
from collector.dead_letters import DeadLetters
from collector.inbox import Message
from collector.outputs.base import Refused, Unreachable
from sodien.mqtt import LARGEST_B
from sodien.protocol.entries import TickEntry
from sodien.protocol.messages import encode, encode_batch

TICK = TickEntry(seq=4, at="2026-11-23T17:00:00.000Z", meter="main", pulses=7)
GOOD_RAW = b'{"kind":"tick","seq":4,"at":"2026-11-23T17:00:00.000Z","meter":"main","pulses":7}'


def message(payload: bytes, topic: str = "sodien/nha/ledger", too_long: bool = False) -> Message:
    return Message(1, 1, 1, topic, payload, too_long)


def a_line(seq: int, device: str = "nha", ledger: str = "l") -> DatabaseLine:
    return DatabaseLine(f"line {seq}", device, ledger, seq, f"sodien/{device}/ledger", str(seq).encode())


def test_unpack_keeps_what_confirming_needs() -> None:
    lines, bad = unpack(message(encode_batch("l1", [TICK])))
    assert bad == []
    assert [(line.text, line.device, line.ledger, line.seq) for line in lines] == [
        ("meter,device=nha,meter=main pulses=7i 1795453200000", "nha", "l1", 4)
    ]


def test_one_bad_entry_spoils_no_other() -> None:
    entries = [
        GOOD_RAW,
        b'{"kind":"tick","seq":5,"at":"yesterday","pulses":7}',
        b'{"kind":"teapot","seq":6,"at":"2026-11-23T17:00:00Z"}',
        b'{"kind":"tick","seq":0,"at":"2026-11-23T17:00:00Z","pulses":7}',
        b'{"kind":"tick","seq":7,"at":"2026-11-23T17:00:00Z","pulses":99999999999999999999}',
        b'{"kind":"tick","seq":' + b"9" * 5000 + b',"at":"2026-11-23T17:00:00Z","pulses":1}',
        b'{"kind":"tick","seq":8,"at":"2026-11-23T17:00:00Z","meter":"a/b","pulses":1}',
        GOOD_RAW.replace(b'"seq":4', b'"seq":9,"colour":"red"'),
    ]
    lines, bad = unpack(message(b'{"v":1,"ledger":"l1","entries":[' + b",".join(entries) + b"]}"))
    assert [line.seq for line in lines] == [4, 9]
    assert [one.payload for one in bad] == entries[1:-1]
    assert {one.kind for one in bad} == {"entry"}


@pytest.mark.parametrize(
    ("payload", "topic", "kind"),
    [
        (b"", "sodien/nha/ledger", "message"),
        (b"\xff\xfe\x00", "sodien/nha/ledger", "message"),
        (b"[" * 100_000, "sodien/nha/ledger", "message"),
        (b'{"v":2,"ledger":"l","entries":[]}', "sodien/nha/ledger", "message"),
        (b'{"v":1,"ledger":"","entries":[]}', "sodien/nha/ledger", "message"),
        (b'{"v":1,"ledger":"l"}', "sodien/nha/ledger", "message"),
        (b'{"v":1,"ledger":"l","entries":[]}', "sodien/n h a/ledger", "topic"),
        (b'{"v":1,"ledger":"l","entries":[]}', "other/nha/ledger", "topic"),
    ],
)
def test_a_bad_message_is_named(payload: bytes, topic: str, kind: str) -> None:
    lines, bad = unpack(message(payload, topic))
    assert lines == []
    assert [(one.kind, one.topic, one.payload) for one in bad] == [(kind, topic, payload)]


def test_a_payload_that_is_too_long_is_not_even_parsed() -> None:
    lines, bad = unpack(message(encode_batch("l", [TICK]), too_long=True))
    assert (lines, [one.kind for one in bad]) == ([], ["size"])


FLOODS = {
    "numbers": b",".join([b"1"] * 2_000_000),
    "objects": b",".join([b"{}"] * 1_300_000),
    "as many as may be": b",".join(
        [b'{"kind":"tick","seq":%d,"x":"' % n + b"y" * 780 + b'"}' for n in range(5000)]
    ),
    "deep": b",".join([b"[" * 400 + b"]" * 400] * 5000),
    "commas in a text": b'{"kind":"' + b"," * 4_000_000 + b'"}',
}


@pytest.mark.parametrize("entries", FLOODS.values(), ids=FLOODS.keys())
def test_a_flood_of_bad_entries_costs_little_time_and_memory(entries: bytes, tmp_path: Path) -> None:
    payload = b'{"v":1,"ledger":"l","entries":[' + entries + b"]}"
    assert len(payload) < MAX_PAYLOAD
    dead = DeadLetters(tmp_path / "dead", lambda: dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    tracemalloc.start()
    try:
        lines, bad = unpack(message(payload))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 32 << 20
    start = time.process_time()
    lines, bad = unpack(message(payload))
    dead.put(*bad)
    assert time.process_time() - start < 1
    assert (lines, len(bad) <= MAX_ENTRIES, sum(dead.counts.values())) == ([], True, len(bad))


@given(st.binary(), st.text())
@example(b'{"v":1,"ledger":"l","entries":[[[[]]]]}', "sodien/nha/ledger")
def test_unpack_never_raises(payload: bytes, topic: str) -> None:
    unpack(message(payload, topic))
    unpack(message(b'{"v":1,"ledger":"l","entries":[' + payload + b"]}"))


@given(st.integers(0, 200).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, max(0, n - 1))))))
def test_exactly_the_bad_lines_are_found_and_all_others_stored(case: tuple[int, set[int]]) -> None:
    count, poison = case
    poison = {index for index in poison if index < count}
    lines = [a_line(seq) for seq in range(count)]
    stored: set[str] = set()
    calls = 0

    def write(texts: Sequence[str]) -> None:
        nonlocal calls
        calls += 1
        assert texts
        if any(f"line {seq}" in texts for seq in poison):
            raise Refused("bad")
        stored.update(texts)

    bad, _ = write_all(lines, write)
    assert {int(one.payload) for one in bad} == poison
    assert stored == {line.text for line in lines} - {f"line {seq}" for seq in poison}
    assert calls <= 1 + 2 * len(poison) * (max(1, count).bit_length() + 1)


def test_other_troubles_end_the_writing() -> None:
    def write(_texts: Sequence[str]) -> None:
        raise Unreachable("gone")

    with pytest.raises(Unreachable):
        write_all([a_line(1)], write)


def test_confirmations_are_per_device_and_ledger_and_leave_out_the_refused() -> None:
    lines = [a_line(1), a_line(2), a_line(3), a_line(7), a_line(2, "other"), a_line(5, ledger="old")]

    def write(texts: Sequence[str]) -> None:
        if "line 3" in texts:
            raise Refused("bad")

    refused, _ = write_all(lines, write)
    assert confirmations(lines, refused) == {
        ("nha", "l"): [(1, 2), (7, 7)],
        ("other", "l"): [(2, 2)],
        ("nha", "old"): [(5, 5)],
    }


def test_a_number_with_a_refused_line_is_not_confirmed_whatever_else_carried_it() -> None:
    good, bad = a_line(3), DatabaseLine("line 3b", "nha", "l", 3, "sodien/nha/ledger", b"3b")

    def write(texts: Sequence[str]) -> None:
        if "line 3b" in texts:
            raise Refused("bad")

    refused, _ = write_all([good, bad], write)
    assert confirmations([good, bad], refused) == {}


def test_the_device_is_told_what_was_refused_and_why() -> None:
    raws = [
        GOOD_RAW,
        GOOD_RAW.replace(b'"seq":4', b'"seq":5').replace(b'"tick"', b'"teapot"'),
        b'{"kind":"tick","seq":"six"}',
    ]
    lines, bad = unpack(message(b'{"v":1,"ledger":"l1","entries":[' + b",".join(raws) + b"]}"))
    ((device, answer),) = answers(lines, bad)
    assert (device, answer.ledger, answer.ranges) == ("nha", "l1", [(4, 4)])
    assert [one.seq for one in answer.refused] == [5]
    assert "teapot" in answer.refused[0].why


def test_many_refusals_are_told_in_messages_that_a_device_takes() -> None:
    bad = [BadMessage("line", "t", "\u20ac\x00" * 500, b"", "nha", "l", seq) for seq in range(1, 1001)]
    found = [answer for _, answer in answers([], bad)]
    assert [one.seq for answer in found for one in answer.refused] == list(range(1, 1001))
    assert max(len(encode(answer)) for answer in found) < LARGEST_B
