"""The pin factory on a real kernel: what it gives, what it drops and what it refuses."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from queue import SimpleQueue

import pytest
from gpiozero import Button, DigitalOutputDevice

from firmware.gpio.errors import GpioError
from firmware.gpio.inputs import PulseInput, open_inputs
from firmware.gpio.libgpiod.pins import GpiodFactory
from sodien.metering.counting.limits import PulseLimits
from sodien.metering.counting.pulse_filter import PulseFilter
from tests.firmware.gpio.libgpiod.test_pins import settle
from tests.firmware.gpio.test_inputs import drain, lines
from tests.lab_gpio.chip import SimLine

#: Waiting for the host's disk makes the lab's clock run ahead.
PATIENCE_S = 600


def pulse_input(factory: GpiodFactory, pull: str = "none") -> tuple[PulseInput, SimpleQueue]:
    queue: SimpleQueue = SimpleQueue()
    (line,) = open_inputs(lines((17, pull, "high")), queue, factory)
    settle(factory)
    drain(queue)
    return line, queue


def test_it_is_the_pis_chip(factory: GpiodFactory) -> None:
    assert (factory.chip.label, factory.chip.lines) == ("pinctrl-bcm2711", 54)
    assert factory.board_info.model == "4B"


def test_every_edge_comes_with_the_kernels_time(factory: GpiodFactory, line: SimLine) -> None:
    device, queue = pulse_input(factory)
    written = []
    for number in range(400):
        before = time.monotonic_ns()
        line.drive(number % 2 == 0)
        written.append((before, time.monotonic_ns(), number % 2 == 0))
        time.sleep(0.001)
    settle(factory)
    edges = drain(queue)
    assert len(edges) == len(written)
    for (index, ns, active), (before, after, level) in zip(edges, written, strict=True):
        assert (index, active) == (0, level)
        assert before <= ns <= after + 1_000_000, "the interrupt may be served a moment later"
    assert device.lost == device.errors == 0
    device.close()


@pytest.mark.parametrize("edges", [1024, 1025, 1500, 3000])
def test_what_the_kernel_drops_is_declared_to_the_edge(
    factory: GpiodFactory, line: SimLine, edges: int
) -> None:
    device, queue = pulse_input(factory)
    with factory.reader._turn:  # the reader is held up
        for number in range(edges):
            line.drive(number % 2 == 0)
            time.sleep(0.0005)
    line.drive(edges % 2 == 0)
    settle(factory)
    got = drain(queue)
    lost = max(0, edges - 1024)
    assert device.lost == sum(ns for _, ns, active in got if active is None) == pytest.approx(lost, abs=1)
    assert len([edge for edge in got if edge[2] is not None]) + device.lost == edges + 1
    # What the filter makes of it holds the truth.
    f = PulseFilter(PulseLimits(100_000, 200_000), losses_declared=True)
    f.start(False, 0)
    accepted = 0
    for _, ns, active in got:
        if active is None:
            f.lost(ns)
        else:
            accepted += f.edge(ns, active) is not None
    accepted += f.end(time.monotonic_ns()) is not None
    truth = (edges + 2) // 2  # the first is a leading edge, and there is one more
    assert accepted <= truth <= accepted + f.undecided
    assert f.undecided <= lost // 2 + 2
    device.close()


def test_watching_again_is_no_loss(factory: GpiodFactory, line: SimLine) -> None:
    seen: list[bool] = []

    def handler(_ticks: int, state: bool) -> None:
        seen.append(state)

    pin = factory.pin(17)
    for _ in range(3):
        pin.when_changed = handler
        line.flash()
        settle(factory)
        pin.when_changed = None
        line.flash()
    assert seen == [True, False] * 3
    assert pin.lost == 0
    pin.close()


def test_closing_brings_what_the_kernel_holds(line: SimLine) -> None:
    with GpiodFactory(rest_s=5.0) as factory:
        queue: SimpleQueue = SimpleQueue()
        (device,) = open_inputs(lines((17, "none", "high")), queue, factory)
        line.flash()
        device.close()
        assert [active for _, _, active in drain(queue)] == [True, False]


def test_pulls(factory: GpiodFactory, line: SimLine) -> None:
    device, _ = pulse_input(factory, "up")
    assert device.is_active
    device.close()
    device, _ = pulse_input(factory, "down")
    assert not device.is_active
    device.close()


def test_a_button(factory: GpiodFactory, line: SimLine) -> None:
    with Button(17, pull_up=False, pin_factory=factory) as button:
        pressed, released = threading.Event(), threading.Event()
        button.when_pressed, button.when_released = pressed.set, released.set
        line.drive(True)
        assert pressed.wait(PATIENCE_S)
        assert button.is_pressed
        line.drive(False)
        assert released.wait(PATIENCE_S)
        threading.Timer(0.05, line.drive, (True,)).start()
        assert button.wait_for_press(PATIENCE_S)


def test_debounce_swallows_what_is_not_stable(factory: GpiodFactory, line: SimLine) -> None:
    with Button(17, pull_up=False, bounce_time=0.05, pin_factory=factory) as button:
        presses: list[int] = []
        button.when_pressed = lambda: presses.append(1)
        for _ in range(5):
            line.drive(True)
            time.sleep(0.005)
            line.drive(False)
            time.sleep(0.005)
        line.drive(True)
        time.sleep(0.3)
        settle(factory)
        assert presses == [1]


def test_an_output(factory: GpiodFactory) -> None:
    outside = SimLine(22)
    with DigitalOutputDevice(22, pin_factory=factory) as out:
        assert not outside.level
        out.on()
        assert outside.level
        out.off()
        assert not outside.level
    with DigitalOutputDevice(22, initial_value=True, pin_factory=factory):
        assert outside.level
    outside.close()


def test_a_second_process_gets_one_sentence(factory: GpiodFactory) -> None:
    device, _ = pulse_input(factory)
    code = (
        "from queue import SimpleQueue\n"
        "from firmware.gpio.inputs import open_inputs\n"
        "from firmware.gpio.libgpiod.pins import GpiodFactory\n"
        "from tests.firmware.test_gpio import lines\n"
        "try:\n"
        "    open_inputs(lines((17, 'none', 'high')), SimpleQueue(), GpiodFactory())\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "GpioError meters[0].pin: GPIO17 is in use by sodien; stop it or choose another pin\n"
    device.close()


def test_a_chip_that_is_not_there(factory: GpiodFactory) -> None:
    with pytest.raises(GpioError, match="there is no GPIO chip /dev/gpiochip9"):
        GpiodFactory(9)
