"""The simulated chip of the lab, driven through sysfs.

Each write is an edge; the kernel reads the level a moment later, so edges closer than SETTLE_S may merge.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

SETTLE_S = 0.001
ROOT = Path("/sys/devices/platform/gpio-sim.0/gpiochip0")


class SimLine:
    """One line from outside: what pulls it, and the level it has."""

    def __init__(self, offset: int) -> None:
        self._pull = os.open(ROOT / f"sim_gpio{offset}/pull", os.O_WRONLY)
        self._value = ROOT / f"sim_gpio{offset}/value"

    def drive(self, level: bool) -> None:
        """Set the level of an input."""
        os.pwrite(self._pull, b"pull-up" if level else b"pull-down", 0)

    def flash(self) -> None:
        """A pulse that the kernel sees whole."""
        for level in (True, False):
            self.drive(level)
            time.sleep(SETTLE_S)

    @property
    def level(self) -> bool:
        """The level, whoever makes it."""
        return self._value.read_text().strip() == "1"

    def close(self) -> None:
        os.close(self._pull)
