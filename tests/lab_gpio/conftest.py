"""Tests on a real kernel with a simulated chip (gpio-sim): they run in the lab, where SODIEN_LAB is set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from gpiozero.pins.local import LocalPiFactory

from firmware.gpio.libgpiod.pins import GpiodFactory
from tests.lab_gpio.chip import SimLine

_WHY = "NOT TESTED here: needs a kernel with gpio-sim (lab/run -- … pytest tests/lab_gpio)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("gpiosim")
            if not os.environ.get("SODIEN_LAB"):
                item.add_marker(
                    pytest.mark.skip(
                        reason="NOT TESTED here: needs gpio-sim; lab/run -- … pytest tests/lab_gpio"
                    )
                )


@pytest.fixture
def factory() -> Iterator[GpiodFactory]:
    LocalPiFactory.pins.clear()
    with GpiodFactory() as factory:
        yield factory


@pytest.fixture
def line() -> Iterator[SimLine]:
    """GPIO17 from outside, dark."""
    line = SimLine(17)
    line.drive(False)
    yield line
    line.drive(False)
    line.close()
