"""The choice of the pin factory, and lgpio's errors as sentences."""

from __future__ import annotations

import os
import sys
from queue import SimpleQueue
from types import ModuleType, SimpleNamespace

import pytest
from gpiozero.pins.mock import MockFactory

from firmware.gpio import errors as gpio_errors
from firmware.gpio.errors import GpioError
from firmware.gpio.factory import REST_S, delivered, losses_declared, make_factory, reader_alive, rest_s
from firmware.gpio.inputs import close_inputs, open_inputs
from firmware.gpio.libgpiod.pins import GpiodFactory
from firmware.simulation.manual_clock import ManualClock
from firmware.simulation.source import SimulatedFactory
from sodien.metering.counting.counter import HANDLING_S


def lines(*meters: tuple[int, str, str]) -> SimpleNamespace:
    """Settings of meters given as (pin, pull, active)."""
    return SimpleNamespace(meters=[SimpleNamespace(pin=p, pull=u, active=a) for p, u, a in meters])


def drain(queue: SimpleQueue) -> list:
    return [queue.get_nowait() for _ in range(queue.qsize())]


def source(factory: str, chip: int | None = None) -> SimpleNamespace:
    return SimpleNamespace(factory=factory, chip=chip)


@pytest.fixture
def devices(monkeypatch, tmp_path):
    """An empty /dev."""
    monkeypatch.setattr(gpio_errors, "_DEVICES", tmp_path)
    return tmp_path


class LgpioError(Exception):
    """As lgpio's: its text is the repr of the value."""

    def __init__(self, value):
        self.value = value

    def __str__(self):
        return repr(self.value)


@pytest.fixture
def lgpio(monkeypatch):
    """A stand-in for the C library under gpiozero's real lgpio factory, on a Raspberry Pi 4."""
    module = ModuleType("lgpio")
    state = SimpleNamespace(chips=[], callbacks={}, alive=True, claim_error=None, open_error=None)

    def gpiochip_open(chip):
        if state.open_error:
            raise LgpioError(state.open_error)
        state.chips.append(chip)
        return 0

    def claim(*_):
        if state.claim_error:
            raise LgpioError(state.claim_error)
        return 0

    def callback(_handle, gpio, _edge, function):
        state.callbacks[gpio] = function
        return SimpleNamespace(cancel=lambda: state.callbacks.pop(gpio))

    names = {
        "SET_PULL_NONE": 128,
        "SET_PULL_UP": 32,
        "SET_PULL_DOWN": 64,
        "BOTH_EDGES": 3,
        "RISING_EDGE": 1,
        "FALLING_EDGE": 2,
        "error": LgpioError,
        "gpiochip_open": gpiochip_open,
        "gpiochip_close": lambda _: 0,
        "gpio_claim_input": claim,
        "gpio_claim_output": claim,
        "gpio_claim_alert": claim,
        "gpio_free": lambda *_: 0,
        "gpio_get_mode": lambda *_: 0,
        "gpio_read": lambda *_: 0,
        "gpio_set_debounce_micros": lambda *_: 0,
        "callback": callback,
        "_notify_thread": SimpleNamespace(is_alive=lambda: state.alive),
    }
    for name, value in names.items():
        setattr(module, name, value)
    monkeypatch.setitem(sys.modules, "lgpio", module)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", lambda: 0xC03114)
    yield state
    sys.modules.pop("gpiozero.pins.lgpio", None)


def test_auto_is_gpiod_where_a_chip_is_and_a_remedy_where_none_is(wires, tmp_path):
    for name in ("auto", "gpiod"):
        factory = make_factory(source(name), ManualClock())
        assert isinstance(factory, GpiodFactory)
        assert reader_alive(factory)
        assert rest_s(factory) == 0, "its edges have gathered in the kernel"
        factory.close()
    (tmp_path / "gpiochip0").unlink()
    with pytest.raises(GpioError, match=r"no GPIO chip .* gpio\.factory: simulated"):
        make_factory(source("auto"), ManualClock())


def test_lgpio_stays_selectable(devices, lgpio):
    factory = make_factory(source("lgpio"), ManualClock())
    assert lgpio.chips == [0]
    make_factory(source("lgpio", chip=4), ManualClock())
    assert lgpio.chips == [0, 4]
    assert reader_alive(factory)
    lgpio.alive = False
    assert not reader_alive(factory)
    assert not losses_declared(factory)
    assert delivered(factory) is None
    assert rest_s(factory) == REST_S


def test_edges_rest_for_half_of_what_a_save_may_take_at_most():
    assert 0 < REST_S <= float(HANDLING_S) / 2


def test_the_kernels_time_passes_through_gpiozeros_lgpio_pins(devices, lgpio):
    factory = make_factory(source("lgpio"), ManualClock())
    queue: SimpleQueue = SimpleQueue()
    inputs = open_inputs(lines((17, "none", "low")), queue, factory)
    ns = 12 * 86_400 * 10**9 + 123_456_789
    lgpio.callbacks[17](0, 17, 0, ns)
    lgpio.callbacks[17](0, 17, 1, ns + 30_000_000)
    (_, on, lit), (_, off, dark) = drain(queue)
    assert (lit, dark) == (True, False)
    assert abs(on - ns) <= 1
    assert abs(off - ns - 30_000_000) <= 1
    close_inputs(inputs)
    assert lgpio.callbacks == {}
    factory.close()


def test_a_busy_line_is_one_sentence(devices, lgpio):
    factory = make_factory(source("lgpio"), ManualClock())
    lgpio.claim_error = "GPIO busy"
    with pytest.raises(GpioError, match=r"meters\[0\]\.pin: GPIO17 is in use by another program"):
        open_inputs(lines((17, "none", "high")), SimpleQueue(), factory)
    lgpio.claim_error = "bad pull up/down"
    with pytest.raises(GpioError, match=r"GPIO17 cannot be opened \(bad pull up/down\)"):
        open_inputs(lines((17, "none", "high")), SimpleQueue(), factory)
    lgpio.claim_error = None
    factory.close()


def test_a_chip_that_cannot_be_opened_is_one_sentence(devices, lgpio, monkeypatch):
    lgpio.open_error = "can not open gpiochip"
    with pytest.raises(GpioError, match=r"/dev/gpiochip7 cannot be opened \(can not open gpiochip\)"):
        make_factory(source("lgpio", chip=7), ManualClock())
    (devices / "gpiochip0").touch()
    monkeypatch.setattr(os, "access", lambda path, _: not str(path).endswith("gpiochip0"))
    with pytest.raises(GpioError, match=r"no permission .* group gpio"):
        make_factory(source("lgpio"), ManualClock())


def test_a_machine_that_is_no_pi_is_one_sentence(devices, lgpio, monkeypatch):
    from gpiozero.exc import PinUnknownPi

    def unknown():
        raise PinUnknownPi("unable to locate Pi revision")

    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", unknown)
    (devices / "gpiochip0").touch()
    with pytest.raises(GpioError, match=r"no Raspberry Pi revision code.*gpio\.factory: simulated"):
        make_factory(source("lgpio"), ManualClock())


def test_a_missing_lgpio_is_one_sentence(devices, monkeypatch):
    monkeypatch.setitem(sys.modules, "lgpio", None)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    with pytest.raises(GpioError, match=r"gpio\.factory: auto.*pip install 'lgpio>="):
        make_factory(source("lgpio"), ManualClock())


def test_lgpio_without_a_writable_directory_is_one_sentence(devices, monkeypatch, tmp_path):
    monkeypatch.delitem(sys.modules, "lgpio", raising=False)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    monkeypatch.setenv("LG_WD", str(tmp_path / "missing"))
    with pytest.raises(GpioError, match=r"lgpio must be able to write in .*missing.* LG_WD"):
        make_factory(source("lgpio"), ManualClock())


def test_simulated_needs_nothing(devices):
    clock = ManualClock(monotonic_ns=5)
    factory = make_factory(source("simulated"), clock)
    assert isinstance(factory, SimulatedFactory)
    assert factory.ticks() == 5
    assert factory.ticks_diff(3_000_000_000, 1_000_000_000) == 2.0
    assert reader_alive(factory)
    assert reader_alive(MockFactory(revision="a02082"))
