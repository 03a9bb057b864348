"""A pytest plugin for gpiozero's own test_real_pins.py in the lab: a wire from GPIO22 to GPIO27 in software.

Its tests assume a wire between the two pins; gpio-sim has none, so whatever GPIO22 becomes is copied to
GPIO27 at once. Get the tests from gpiozero's source distribution, then:

    pip download --no-deps --no-binary :all: gpiozero -d FOLDER && tar xf FOLDER/gpiozero-*.tar.gz -C FOLDER
    lab/run -- .venv/bin/python -m pytest -p no:cacheprovider -p tests.lab_gpio.wired -c /dev/null \
        --rootdir FOLDER FOLDER/gpiozero-*/tests/test_real_pins.py -k gpiod
"""

from __future__ import annotations

from typing import Any

import pytest

from firmware.gpio.libgpiod.pins import GpiodPin
from tests.lab_gpio.chip import SimLine

FROM, TO = 22, 27


def _wire(name: str) -> None:
    real = getattr(GpiodPin, name)

    def wired(self: GpiodPin, *values: Any) -> None:
        real(self, *values)
        if self._number in (FROM, TO):
            source, target = SimLine(FROM), SimLine(TO)
            target.drive(source.level)
            source.close()
            target.close()

    setattr(GpiodPin, name, wired)


for _name in ("_set_state", "_configure"):
    _wire(_name)


@pytest.fixture
def no_default_factory(request: pytest.FixtureRequest) -> Any:
    """As in gpiozero's own conftest: no factory is chosen yet."""
    from gpiozero import Device

    saved, Device.pin_factory = Device.pin_factory, None
    yield None
    Device.pin_factory = saved
