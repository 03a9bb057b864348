import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.crash import DISCARD, FLUSH, FUA, SECTOR, Cache, Entry, cuts, outside, parse

OLD, NEW, NEWER = (bytes([value]) * SECTOR for value in (0, 1, 2))


def sector(image, n):
    return bytes(image[n * SECTOR : (n + 1) * SECTOR])


def images(cache, count=60):
    draw = random.Random(3)
    return [cache.after_cut(draw) for _ in range(count)]


def log(*entries, size=512):
    data = struct.pack("<QQQI", 0x6A736677736872, 1, len(entries), size).ljust(size, b"\0")
    for at, sectors, flags, payload in entries:
        data += struct.pack("<QQQQ", at, sectors, flags, len(payload)).ljust(size, b"\0") + payload
    return data


def test_reads_writes_flushes_and_discards_and_stops_at_a_torn_end():
    whole = log((7, 1, 0, NEW), (0, 0, FLUSH, b""), (9, 2, DISCARD, b""), (3, 1, FUA, NEWER))
    found = list(parse(whole))
    assert found == [
        Entry(7, 0, NEW), Entry(0, FLUSH, b""), Entry(9, DISCARD, bytes(2 * SECTOR)), Entry(3, FUA, NEWER)
    ]  # fmt: skip
    assert list(parse(whole[:-1])) == found[:-1]
    with pytest.raises(ValueError, match="not a log"):
        list(parse(bytes(512)))


def test_what_was_flushed_is_there_and_what_was_not_may_be():
    cache = Cache(bytearray(4 * SECTOR))
    cache.play(Entry(0, 0, NEW))
    cache.play(Entry(0, FLUSH, b""))
    cache.play(Entry(1, 0, NEW))
    found = images(cache)
    assert {sector(image, 0) for image in found} == {NEW}
    assert {sector(image, 1) for image in found} == {OLD, NEW}


def test_a_later_write_can_be_there_without_an_earlier_one():
    cache = Cache(bytearray(2 * SECTOR))
    cache.play(Entry(0, 0, NEW))
    cache.play(Entry(1, 0, NEW))
    assert {(sector(i, 0), sector(i, 1)) for i in images(cache, 200)} >= {(OLD, NEW), (NEW, OLD)}


def test_a_write_of_several_sectors_can_be_torn():
    cache = Cache(bytearray(8 * SECTOR))
    cache.play(Entry(0, 0, NEW * 8))
    assert any(0 < sum(sector(i, n) == NEW for n in range(8)) < 8 for i in images(cache, 200))


def test_a_forced_write_is_durable_and_nothing_older_comes_after_it():
    cache = Cache(bytearray(3 * SECTOR))
    cache.play(Entry(0, 0, NEW * 3))
    cache.play(Entry(1, FUA, NEWER))
    found = images(cache)
    assert {sector(image, 1) for image in found} == {NEWER}
    assert {sector(image, 0) for image in found} == {OLD, NEW}
    assert {sector(image, 2) for image in found} == {OLD, NEW}


def test_a_flush_with_data_does_not_make_its_own_data_durable():
    cache = Cache(bytearray(2 * SECTOR))
    cache.play(Entry(0, 0, NEW))
    cache.play(Entry(1, FLUSH, NEW))
    found = images(cache)
    assert {sector(image, 0) for image in found} == {NEW}
    assert {sector(image, 1) for image in found} == {OLD, NEW}


@given(st.integers(0, 9), st.integers(1, 5), st.integers(0, 9), st.integers(1, 5))
def test_what_is_outside_is_the_rest(a, n, b, m):
    write, over = Entry(a, 0, b"".join(bytes([i]) * SECTOR for i in range(n))), Entry(b, FUA, NEW * m)
    rest = {e.sector + i for e in outside(write, over) for i in range(len(e.data) // SECTOR)}
    assert rest == set(range(a, a + n)) - set(range(b, b + m))
    for entry in outside(write, over):
        assert entry.data[:1] == bytes([entry.sector - a])


def test_cuts_are_in_order_and_inside():
    found = cuts(range(5, 51), 20, random.Random(1))
    assert list(found) == sorted(found)
    assert all(5 <= cut <= 50 for cut in found)
