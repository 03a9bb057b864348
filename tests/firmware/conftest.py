from __future__ import annotations

from collections.abc import Iterator

import gpiod
import pytest
from gpiozero.pins.local import LocalPiFactory

from firmware.gpio.libgpiod import chips
from firmware.gpio.libgpiod.pins import GpiodFactory
from tests.firmware.gpio.libgpiod.fake import FakeWires

PI_4 = 0xC03114


@pytest.fixture
def wires(monkeypatch: pytest.MonkeyPatch, tmp_path) -> FakeWires:
    """A Raspberry Pi 4's chip at <tmp>/gpiochip0, the only one there is."""
    wires = FakeWires()
    (tmp_path / "gpiochip0").touch()
    monkeypatch.setattr(gpiod, "Chip", wires.chip)
    monkeypatch.setattr(chips, "DEVICES", tmp_path)
    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", lambda: PI_4)
    return wires


@pytest.fixture
def factory(wires: FakeWires) -> Iterator[GpiodFactory]:
    LocalPiFactory.pins.clear()
    with GpiodFactory() as factory:
        yield factory
    assert not wires.requests, "closing releases every line"
