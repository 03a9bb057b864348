"""gpiozero's own devices on our pins, over a chip in memory; the real kernel's turn is in tests/lab_gpio."""

from __future__ import annotations

import gc
import logging
import threading
import time
from datetime import timedelta
from importlib.metadata import entry_points
from queue import SimpleQueue

import gpiozero
import pytest
from gpiod.line import Bias, Direction, Edge
from gpiozero import Button, DigitalInputDevice, DigitalOutputDevice
from gpiozero.exc import (
    GPIOPinInUse,
    PinFixedPull,
    PinInvalidBounce,
    PinInvalidFunction,
    PinInvalidPin,
    PinInvalidPull,
    PinPWMUnsupported,
    PinSetInput,
    PinUnknownPi,
)

from firmware.gpio import inputs as gpio_module
from firmware.gpio.errors import GpioError
from firmware.gpio.factory import delivered, losses_declared, reader_alive
from firmware.gpio.inputs import PulseInput, close_inputs, open_inputs
from firmware.gpio.libgpiod.pins import GpiodFactory
from tests.firmware.gpio.libgpiod.fake import FakeWires, record
from tests.firmware.gpio.libgpiod.test_reader import until
from tests.firmware.gpio.test_inputs import drain, lines

NS = 123_456_789_012_345


def settle(factory: GpiodFactory) -> None:
    """Wait until every edge so far is delivered."""
    now, told = time.monotonic_ns(), delivered(factory)
    assert told is not None
    until(lambda: told() > now)


def test_it_is_registered_with_gpiozero() -> None:
    (entry,) = entry_points(group="gpiozero_pin_factories", name="gpiod")
    assert entry.load() is GpiodFactory


def test_gpiozero_chooses_it_by_name(wires: FakeWires, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "gpiod")
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    with Button(17) as button:
        assert isinstance(button.pin_factory, GpiodFactory)
        button.pin_factory.close()


@pytest.mark.parametrize("pull", ["none", "up", "down"])
@pytest.mark.parametrize("active", ["high", "low"])
def test_pulse_inputs_get_the_kernels_time_to_the_nanosecond(
    wires: FakeWires, factory: GpiodFactory, pull: str, active: str
) -> None:
    queue: SimpleQueue = SimpleQueue()
    (line,) = open_inputs(lines((17, pull, active)), queue, factory)
    settings = wires.requests[17].settings
    assert settings.bias is {"none": Bias.DISABLED, "up": Bias.PULL_UP, "down": Bias.PULL_DOWN}[pull]
    assert settings.edge_detection is Edge.BOTH
    assert settings.debounce_period == timedelta(0)
    assert wires.requests[17].size == 1024
    wires.drive(17, active == "low")
    settle(factory)
    drain(queue)
    for number, level in enumerate((True, False, True)):
        wires.drive(17, level == (active == "high"), NS + number)
        assert line.is_active is level
    until(lambda: queue.qsize() == 3)
    assert drain(queue) == [(0, NS, True), (0, NS + 1, False), (0, NS + 2, True)]
    assert losses_declared(factory)
    line.close()
    assert 17 not in wires.requests, "a closed input leaves the line to others"


def test_what_the_kernel_dropped_is_declared_before_the_next_edge(
    wires: FakeWires, factory: GpiodFactory
) -> None:
    queue: SimpleQueue = SimpleQueue()
    (line,) = open_inputs(lines((17, "none", "high")), queue, factory)
    wires.drive(17, True, NS)
    wires.requests[17].lose(7)
    wires.drive(17, False, NS + 9)
    until(lambda: queue.qsize() == 3)
    assert drain(queue) == [(0, NS, True), (0, 7, None), (0, NS + 9, False)]
    assert line.lost == line.pin.lost == 7
    line.close()


def test_edges_before_the_first_can_be_lost_too(wires: FakeWires, factory: GpiodFactory) -> None:
    queue: SimpleQueue = SimpleQueue()
    (line,) = open_inputs(lines((17, "none", "high")), queue, factory)
    wires.requests[17].lose(2)
    wires.drive(17, True, NS)
    until(lambda: queue.qsize() == 2)
    assert drain(queue) == [(0, 2, None), (0, NS, True)]
    line.close()


def test_a_full_queue_drops_and_declares(
    wires: FakeWires, factory: GpiodFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpio_module, "QUEUE_EDGES", 4)
    queue: SimpleQueue = SimpleQueue()
    (line,) = open_inputs(lines((17, "none", "high")), queue, factory)
    for number in range(10):
        wires.drive(17, number % 2 == 0, NS + number)
    until(lambda: line.dropped == 6)
    assert drain(queue) == [(0, NS + n, n % 2 == 0) for n in range(4)]
    wires.drive(17, True, NS + 10)
    until(lambda: queue.qsize() == 2)
    assert drain(queue) == [(0, 6, None), (0, NS + 10, True)]
    for number in range(11, 17):
        wires.drive(17, number % 2 == 0, NS + number)
    until(lambda: line.dropped == 8)
    close_inputs([line])
    assert drain(queue)[-1] == (0, 2, None), "also when no edge comes any more"


def test_closing_queues_what_the_kernel_still_holds(wires: FakeWires) -> None:
    factory = GpiodFactory(rest_s=30.0)
    queue: SimpleQueue = SimpleQueue()
    (line,) = open_inputs(lines((17, "none", "high")), queue, factory)
    wires.drive(17, True, NS)
    line.close()
    assert drain(queue) == [(0, NS, True)]
    assert not wires.requests


def test_a_handler_that_raises_is_counted_and_the_next_edge_comes(
    wires: FakeWires, factory: GpiodFactory, caplog: pytest.LogCaptureFixture
) -> None:
    seen = []

    def handler(ticks: int, state: bool) -> None:
        seen.append((ticks, state))
        if len(seen) < 3:
            raise ValueError("boom")

    pin = factory.pin(17)
    pin.when_changed = handler
    for number in range(4):
        wires.drive(17, number % 2 == 0, NS + number)
    until(lambda: len(seen) == 4)
    assert pin.errors == factory.reader.errors == 2
    assert factory.reader_alive()
    told = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert told == [f"GPIO17: the handler of the edge at {NS} ns, level 1, failed; reading goes on"]


def test_a_button_works_unchanged(wires: FakeWires, factory: GpiodFactory) -> None:
    pressed, released = threading.Event(), threading.Event()
    with Button(17, pin_factory=factory) as button:
        assert button.pull_up is True
        assert not button.is_pressed
        button.when_pressed = pressed.set
        button.when_released = released.set
        wires.drive(17, False)
        assert pressed.wait(20)
        assert button.is_pressed
        assert 0 <= button.active_time < 20
        assert button.inactive_time is None
        wires.drive(17, True)
        assert released.wait(20)
        assert button.wait_for_release(20)
        threading.Timer(0.01, wires.drive, (17, False)).start()
        assert button.wait_for_press(20)


def test_a_held_button(wires: FakeWires, factory: GpiodFactory) -> None:
    held = threading.Event()
    with Button(17, pull_up=False, hold_time=0.01, pin_factory=factory) as button:
        button.when_held = held.set
        wires.drive(17, True)
        assert held.wait(20)
        assert button.held_time >= 0


def test_bounce_is_the_kernels_debounce(wires: FakeWires, factory: GpiodFactory) -> None:
    with DigitalInputDevice(17, bounce_time=0.015, pin_factory=factory) as device:
        assert device.pin.bounce == 0.015
        assert wires.requests[17].settings.debounce_period == timedelta(milliseconds=15)
        with pytest.raises(PinInvalidBounce):
            device.pin.bounce = -1
    with DigitalInputDevice(17, pin_factory=factory) as device:
        assert device.pin.bounce is None


def test_edges_can_be_chosen(wires: FakeWires, factory: GpiodFactory) -> None:
    seen: list[tuple[int, bool]] = []

    def handler(ticks: int, state: bool) -> None:
        seen.append((ticks, state))

    pin = factory.pin(17)
    pin.edges = "falling"
    pin.when_changed = handler
    for number, level in enumerate((True, False, True, False)):
        wires.drive(17, level, NS + number)
    until(lambda: len(seen) == 2)
    pin.edges = "rising"
    assert pin.edges == "rising"
    wires.drive(17, True, NS + 4)
    until(lambda: len(seen) == 3)
    assert seen == [(NS + 1, False), (NS + 3, False), (NS + 4, True)]
    with pytest.raises(ValueError, match="invalid edges"):
        pin.edges = "sharp"


def test_edges_of_an_unwatched_time_do_not_turn_up_later(wires: FakeWires, factory: GpiodFactory) -> None:
    seen: list[int] = []

    def handler(ticks: int, _state: bool) -> None:
        seen.append(ticks)

    pin = factory.pin(17)
    pin.when_changed = handler
    wires.drive(17, True, NS)
    until(lambda: seen == [NS])
    pin.when_changed = None
    request = wires.requests[17]
    assert request.settings.edge_detection is Edge.NONE
    request.write(record(NS + 1, False, 2))  # it was on its way
    wires.drive(17, False)
    request.number = 2
    pin.when_changed = handler
    wires.drive(17, True, NS + 3)
    until(lambda: len(seen) == 2)
    assert seen == [NS, NS + 3]
    assert pin.lost == 0


def test_a_device_nobody_holds_stops_being_read(wires: FakeWires, factory: GpiodFactory) -> None:
    seen = []

    class Owner:
        def handler(self, ticks: int, _state: bool) -> None:
            seen.append(ticks)

    owner = Owner()
    pin = factory.pin(17)
    pin.when_changed = owner.handler
    del owner
    gc.collect()
    wires.drive(17, True)
    settle(factory)
    wires.drive(17, False)
    time.sleep(0.01)
    assert seen == []
    again = Owner()
    pin.when_changed = again.handler
    wires.drive(17, True, NS)
    until(lambda: seen == [NS])


def test_outputs(wires: FakeWires, factory: GpiodFactory) -> None:
    wires.wired[22] = 17
    queue: SimpleQueue = SimpleQueue()
    (line,) = open_inputs(lines((17, "none", "high")), queue, factory)
    with DigitalOutputDevice(22, pin_factory=factory) as out:
        assert wires.requests[22].settings.direction is Direction.OUTPUT
        assert not out.value
        out.on()
        assert out.value
        assert line.is_active
        out.off()
        until(lambda: queue.qsize() == 2)
    with DigitalOutputDevice(22, initial_value=True, pin_factory=factory) as out:
        assert out.value
    with pytest.raises(PinPWMUnsupported):
        gpiozero.PWMLED(22, pin_factory=factory)
    line.close()


def test_what_gpiozero_expects_to_be_refused(wires: FakeWires, factory: GpiodFactory) -> None:
    pin = factory.pin(17)
    with pytest.raises(PinInvalidFunction):
        pin.function = "toaster"
    with pytest.raises(PinInvalidPull):
        pin.pull = "sideways"
    with pytest.raises(PinSetInput):
        pin.state = 1
    pin.function = "output"
    with pytest.raises(PinFixedPull):
        pin.pull = "up"
    with pytest.raises(ValueError, match="invalid state"):
        pin.state = 2
    with pytest.raises(PinFixedPull):
        factory.pin(2).pull = "down"
    with pytest.raises(PinInvalidPin):
        factory.pin(54)


def test_a_line_of_somebody_else_is_one_sentence(wires: FakeWires, factory: GpiodFactory) -> None:
    wires.others[17] = "spi0 CS0"
    with pytest.raises(
        GpioError, match=r"^meters\[0\]\.pin: GPIO17 is in use by spi0 CS0; stop it or choose"
    ):
        open_inputs(lines((17, "none", "high")), SimpleQueue(), factory)
    wires.others[17] = ""
    with pytest.raises(GpioError, match=r"^meters\[0\]\.pin: GPIO17 is in use by another program"):
        open_inputs(lines((17, "none", "high")), SimpleQueue(), factory)
    wires.others.clear()
    with Button(17, pin_factory=factory), pytest.raises(GPIOPinInUse):
        Button(17, pin_factory=factory)


def test_the_pi_has_its_names(wires: FakeWires, factory: GpiodFactory) -> None:
    assert factory.board_info.model == "4B"
    assert factory.pin("BOARD11") is factory.pin(17) is factory.pin("GPIO17")


def test_a_named_chip_of_the_pi_has_all_its_lines(wires: FakeWires) -> None:
    with GpiodFactory(0) as factory:
        assert factory.pin("BOARD11") is factory.pin(17)
        assert factory.pin(40).info.name == "GPIO40"
        with pytest.raises(PinFixedPull):
            factory.pin(2).pull = "down"


@pytest.mark.parametrize("known", [True, False])
def test_any_board_will_do(wires: FakeWires, monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    def revision() -> int:
        if known:
            return 0xC03114
        raise PinUnknownPi("unable to locate Pi revision")

    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", revision)
    wires.label, wires.lines, wires.names = "1e780000.gpio", 8, {5: "METER", 6: "METER"}
    queue: SimpleQueue = SimpleQueue()
    with GpiodFactory() as factory:
        (line,) = open_inputs(lines((5, "none", "high")), queue, factory)
        assert factory.pin("METER") is factory.pin("GPIO5") is factory.pin(5)
        wires.drive(5, True, NS)
        until(lambda: queue.qsize() == 1)
        with pytest.raises(GpioError, match="GPIO5 is in use"):
            open_inputs(lines((5, "none", "high")), queue, factory)
        with pytest.raises(GpioError, match="this board has no GPIO8"):
            open_inputs(lines((8, "none", "high")), queue, factory)
        with pytest.raises(PinInvalidPin):
            factory.pin("BOARD11")
        line.close()


def test_ticks_are_nanoseconds_and_their_difference_seconds(factory: GpiodFactory) -> None:
    before = time.monotonic_ns()
    ticks = factory.ticks()
    assert before <= ticks <= time.monotonic_ns()
    assert factory.ticks_diff(NS + 1_500_000_000, NS) == 1.5


def test_the_reader_that_died_is_noticed(wires: FakeWires, factory: GpiodFactory) -> None:
    line = PulseInput(17, index=0, pull="none", active_high=True, queue=SimpleQueue(), factory=factory)
    assert reader_alive(factory)
    dead = threading.Thread(target=time.monotonic)
    dead.start()
    dead.join()
    living, factory.reader._thread = factory.reader._thread, dead
    assert not reader_alive(factory)
    factory.reader._thread = living
    line.close()
