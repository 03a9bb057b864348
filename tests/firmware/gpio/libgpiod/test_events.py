"""The kernel's records, byte by byte, and the count of what it dropped."""

from __future__ import annotations

import struct
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.gpio.libgpiod.events import BUFFER_EVENTS, READ_BYTES, RECORD, Line, missed
from tests.firmware.gpio.libgpiod.fake import record


def test_a_record_has_the_kernels_layout() -> None:
    """struct gpio_v2_line_event, written out by hand."""
    numbers = (0x0102030405060708, 2, 17, 9, 8)
    data = b"".join(
        value.to_bytes(size, sys.byteorder) for value, size in zip(numbers, (8, 4, 4, 4, 4), strict=True)
    ) + bytes(24)
    assert len(data) == RECORD.size == 48
    assert READ_BYTES == 48 * BUFFER_EVENTS == 49_152
    line = Line()
    assert list(line.edges(data)) == [(0x0102030405060708, False, 7)]
    assert line.lost == 7


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**31 - 1))
def test_missed_counts_across_the_wrap(expected: int, lost: int) -> None:
    assert missed(expected, (expected + lost) % 2**32) == lost


@pytest.mark.parametrize("found", [1, 5, 99])
def test_a_count_begun_anew_is_no_loss(found: int) -> None:
    assert missed(100, found) == 0


@given(
    st.lists(st.tuples(st.integers(0, 2**63), st.booleans(), st.integers(0, 3000)), max_size=40),
    st.lists(st.integers(1, 40), max_size=6),
    st.integers(0, 2**32 - 1),
)
def test_whatever_the_reads_every_edge_comes_once_and_every_loss_is_counted(
    events: list[tuple[int, bool, int]], cuts: list[int], begin: int
) -> None:
    line = Line()
    line.skip(record(0, True, begin))
    number, records = begin, []
    for ns, level, lost in events:
        number += lost + 1
        records.append(record(ns, level, number))
    found, at = [], 0
    for cut in [*cuts, len(records)]:
        found += line.edges(b"".join(records[at : at + cut]))
        at += cut
    assert found == events
    assert line.lost == sum(lost for *_, lost in events)


def test_half_a_record_is_refused() -> None:
    with pytest.raises(struct.error):
        list(Line().edges(bytes(47)))
