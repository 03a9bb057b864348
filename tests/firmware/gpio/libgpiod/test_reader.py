"""The reading thread: order, what it survives, and what it can tell of itself."""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from firmware.gpio.libgpiod.reader import Reader
from tests.firmware.gpio.libgpiod.fake import record


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.001)


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.close()
    reader.close()


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    out, into = os.pipe()
    os.set_blocking(out, False)
    yield out, into
    for fd in (out, into):
        try:
            os.close(fd)
        except OSError:
            pass


def test_what_is_written_arrives_in_order(reader: Reader, pipe: tuple[int, int]) -> None:
    out, into = pipe
    got: list[bytes] = []
    reader.add(out, got.append)
    sent = [record(n, bool(n % 2), n) for n in range(1, 2001)]
    for start in range(0, 2000, 50):
        os.write(into, b"".join(sent[start : start + 50]))
    until(lambda: sum(map(len, got)) == 48 * 2000)
    assert b"".join(got) == b"".join(sent)
    assert reader.alive()


def test_a_failing_delivery_is_counted_told_once_and_survived(
    reader: Reader, pipe: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    out, into = pipe
    got: list[bytes] = []

    def deliver(data: bytes) -> None:
        got.append(data)
        if len(got) < 4:
            raise RuntimeError("boom")

    reader.add(out, deliver)
    for number in range(1, 6):
        os.write(into, record(number, True, number))
        until(lambda number=number: len(got) == number)
    until(lambda: reader.errors == 3)
    assert reader.alive()
    told = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert len(told) == 1
    assert "1 edges were lost in handling them" in told[0].getMessage()


def test_it_tells_up_to_when_everything_is_delivered(reader: Reader, pipe: tuple[int, int]) -> None:
    out, into = pipe
    go, inside = threading.Event(), threading.Event()

    def deliver(_data: bytes) -> None:
        inside.set()
        assert go.wait(20)

    reader.add(out, deliver)
    before = time.monotonic_ns()
    assert reader.delivered_ns() >= before
    before = time.monotonic_ns()
    os.write(into, record(1, True, 1))
    written = time.monotonic_ns()
    assert reader.delivered_ns() < written
    assert inside.wait(20)
    assert reader.delivered_ns() < written, "read, and not handled"
    go.set()
    until(lambda: reader.delivered_ns() > written)


def test_a_buffer_that_was_full_proves_nothing(reader: Reader, pipe: tuple[int, int]) -> None:
    """Under a storm of edges the time goes on with each read that takes all there is."""
    out, into = pipe
    fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, 1 << 20)
    told: list[int] = []
    reader.add(out, lambda data: told.append(len(data)) or time.sleep(0.001))
    os.write(into, b"".join(record(n, True, n) for n in range(1, 4 * 1024 + 10)))
    written = time.monotonic_ns()
    until(lambda: reader.delivered_ns() > written)
    assert sum(told) == 48 * (4 * 1024 + 9)


def test_removing_waits_for_a_delivery_and_ends_it(reader: Reader, pipe: tuple[int, int]) -> None:
    out, into = pipe
    inside, done = threading.Event(), []

    def deliver(_data: bytes) -> None:
        inside.set()
        time.sleep(0.05)
        done.append(1)

    reader.add(out, deliver)
    os.write(into, record(1, True, 1))
    assert inside.wait(20)
    reader.remove(out)
    assert done == [1]
    reader.remove(out)
    os.write(into, record(2, True, 2))
    assert done == [1]


def test_a_delivery_may_remove_its_own_line(reader: Reader, pipe: tuple[int, int]) -> None:
    out, into = pipe
    got: list[bytes] = []

    def deliver(data: bytes) -> None:
        reader.remove(out)
        got.append(data)

    reader.add(out, deliver)
    os.write(into, record(1, True, 1))
    until(lambda: bool(got))
    assert reader.alive()


def test_drain_delivers_what_waits_in_the_callers_thread(pipe: tuple[int, int]) -> None:
    out, into = pipe
    reader = Reader(rest_s=30.0)
    who: list[str] = []
    reader.add(out, lambda _data: who.append(threading.current_thread().name))
    os.write(into, record(1, True, 1))
    reader.drain(out)
    assert who == [threading.current_thread().name]
    # Not closed: the thread rests for half a minute, and as a daemon it holds nobody up.


def test_a_line_that_is_gone_is_told(
    reader: Reader, pipe: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    out, into = pipe
    reader.add(out, lambda _data: None)
    assert reader.alive()
    os.close(into)
    until(lambda: not reader.alive())
    assert reader.failure is not None
    assert "cannot be read any more" in caplog.text


def test_rest_gathers_edges(pipe: tuple[int, int]) -> None:
    out, into = pipe
    reader = Reader(rest_s=0.2)
    got: list[bytes] = []
    reader.add(out, got.append)
    for number in range(1, 9):
        os.write(into, record(number, True, number))
    until(lambda: bool(got))
    assert len(got[0]) == 8 * 48, "one wake-up for all of them"
    reader.close()
