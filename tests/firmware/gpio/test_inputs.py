"""The input device, through gpiozero's own pins."""

from __future__ import annotations

import gc
from itertools import pairwise
from queue import SimpleQueue
from types import SimpleNamespace

import pytest
from gpiozero.pins.mock import MockFactory
from hypothesis import given
from hypothesis import strategies as st

from firmware.gpio.errors import GpioError
from firmware.gpio.inputs import PulseInput, close_inputs, open_inputs
from firmware.simulation.manual_clock import ManualClock
from firmware.simulation.source import SimulatedFactory


def lines(*meters: tuple[int, str, str]) -> SimpleNamespace:
    """Settings of meters given as (pin, pull, active)."""
    return SimpleNamespace(meters=[SimpleNamespace(pin=p, pull=u, active=a) for p, u, a in meters])


def drain(queue: SimpleQueue) -> list:
    return [queue.get_nowait() for _ in range(queue.qsize())]


@pytest.mark.parametrize("pull", ["none", "up", "down"])
@pytest.mark.parametrize("active", ["high", "low"])
def test_edges_carry_exact_time_and_polarity(pull, active):
    clock = ManualClock(monotonic_ns=40 * 86_400 * 10**9 + 1)  # odd, and past what a float can hold to the ns
    factory = SimulatedFactory(clock)
    queue: SimpleQueue = SimpleQueue()
    (line,) = open_inputs(lines((17, pull, active)), queue, factory)
    pin = factory.pin(17)
    assert pin.pull == {"none": "floating", "up": "up", "down": "down"}[pull]
    assert pin.bounce is None
    pin.drive(active == "low", clock.monotonic_ns())
    drain(queue)
    expected = []
    for level in (True, False, True, False):
        clock.advance(80_000_003)
        expected.append((0, clock.monotonic_ns(), level))
        high = level == (active == "high")
        if high:
            pin.drive_high()
        else:
            pin.drive_low()
        assert line.is_active is level
        assert line.value == int(level)
    assert drain(queue) == expected
    assert line.errors == 0
    line.close()
    pin.drive(active == "high", clock.monotonic_ns())
    assert queue.empty()


def test_gpiozeros_own_mock_reports_seconds_as_a_float():
    factory = MockFactory(revision="a02082")
    queue: SimpleQueue = SimpleQueue()
    before = factory.ticks()
    inputs = open_inputs(lines((17, "down", "high"), (27, "up", "low")), queue, factory)
    factory.pin(17).drive_high()
    factory.pin(27).drive_low()
    factory.pin(17).drive_low()
    edges = drain(queue)
    after = factory.ticks()
    assert [(index, active) for index, _, active in edges] == [(0, True), (1, True), (0, False)]
    times = [round(before * 1e9), *(ns for _, ns, _ in edges), round(after * 1e9)]
    assert all(type(ns) is int for ns in times)
    assert all(a <= b for a, b in pairwise(times))
    close_inputs(inputs)
    close_inputs(inputs)


@given(ns=st.integers(0, 100 * 86_400 * 10**9))
def test_float_ticks_come_back_to_a_few_nanoseconds(ns):
    queue: SimpleQueue = SimpleQueue()
    line = PulseInput(
        17, index=3, pull="none", active_high=True, queue=queue, factory=MockFactory(revision="a02082")
    )
    line._pin_changed(ns / 1_000_000_000, 1)
    index, found, active = queue.get_nowait()
    assert (index, active) == (3, True)
    assert abs(found - ns) <= 2
    line.close()


@pytest.mark.parametrize("ticks", [None, "soon", float("nan"), object()])
def test_the_callback_never_raises_and_counts_what_went_wrong(ticks):
    queue: SimpleQueue = SimpleQueue()
    line = PulseInput(
        17, index=0, pull="none", active_high=True, queue=queue, factory=MockFactory(revision="a02082")
    )
    line.pin.when_changed(ticks, 1)
    line.pin.when_changed(1.0, 1)
    assert line.errors == 1
    assert drain(queue) == [(0, 1, None), (0, 10**9, True)], "what could not be taken is declared lost"


def test_a_queue_that_fails_does_not_end_the_thread():
    def put(_: object) -> None:
        raise MemoryError

    line = PulseInput(
        17,
        index=0,
        pull="none",
        active_high=True,
        queue=SimpleNamespace(put=put, qsize=lambda: 0),
        factory=MockFactory(revision="a02082"),
    )
    line.pin.drive_high()
    assert line.errors == 1


def test_an_input_nobody_holds_stops_counting():
    factory = MockFactory(revision="a02082")
    queue: SimpleQueue = SimpleQueue()
    open_inputs(lines((17, "none", "high")), queue, factory)
    gc.collect()
    factory.pin(17).drive_high()
    assert queue.empty()


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ((99, "none", "high"), r"meters\[1\]\.pin: this board has no GPIO99"),
        ((17, "none", "high"), r"meters\[1\]\.pin: GPIO17 is in use"),
        ((2, "none", "high"), r"meters\[1\]\.pin: GPIO2 has a fixed pull-up resistor"),
    ],
)
def test_a_pin_that_cannot_be_opened_is_one_sentence_and_leaves_none_open(second, message):
    factory = MockFactory(revision="a02082")
    queue: SimpleQueue = SimpleQueue()
    with pytest.raises(GpioError, match=message) as raised:
        open_inputs(lines((17, "none", "high"), second), queue, factory)
    assert "\n" not in str(raised.value)
    factory.pin(17).drive_high()
    assert queue.empty()
    close_inputs(open_inputs(lines((17, "none", "high")), queue, factory))
