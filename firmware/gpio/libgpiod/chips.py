"""Which GPIO chip: the Raspberry Pi's own by its label, elsewhere the only one or the one that is named."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

from firmware.gpio.errors import GpioError
from sodien.errors import install_command
from sodien.i18n import tr

#: Labels of the chips behind the 40-pin header: Pi 1 to 3 and Zero, Pi 4, Pi 5.
PI_LABELS: Final = ("pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1")
DEVICES: Final = Path("/dev")


@dataclass(frozen=True, slots=True)
class Chip:
    """A GPIO chip. ``failure`` is the errno of why it could not be opened; ``label`` is then empty."""

    path: str
    label: str = ""
    lines: int = 0
    failure: int = 0

    @property
    def is_pi(self) -> bool:
        """Whether it drives the header of a Raspberry Pi."""
        return self.label in PI_LABELS


def package() -> ModuleType:
    """The module ``gpiod``, of the generation that can be used.

    Raises:
        GpioError: it is missing, or is Debian's binding of the same name for libgpiod 1.
    """
    try:
        import gpiod
    except ImportError as error:
        raise GpioError(
            tr(
                "the package gpiod cannot be loaded ({error}); set gpio.factory: lgpio where that is "
                "installed, or simulated to try without hardware, or install it: {command}",
                error=error,
                command=install_command("pi"),
            )
        ) from error
    if not hasattr(gpiod, "LineSettings"):
        raise GpioError(
            tr(
                "the package gpiod is version 1, and Sodien needs 2; "
                "install Sodien in a virtual environment of its own, or there: {command}",
                command=install_command("pi"),
            )
        )
    return gpiod


def names(devices: Path) -> list[str]:
    """The chips of a folder such as /dev, by number, each once: a Pi 5 has a link gpiochip4 to its first."""
    numbered = [
        (path.is_symlink(), int(digits), path)
        for path in devices.glob("gpiochip*")
        if (digits := path.name.removeprefix("gpiochip")).isdecimal() and path.exists()
    ]
    once: dict[Path, tuple[int, str]] = {}
    for _link, number, path in sorted(numbered):
        once.setdefault(path.resolve(), (number, str(path)))
    return [name for _number, name in sorted(once.values())]


def look(path: str) -> Chip:
    """Ask one chip for its label. Raises GpioError where the package is missing; nothing else."""
    gpiod = package()
    try:
        with gpiod.Chip(path) as chip:
            info = chip.get_info()
            return Chip(path, info.label, info.num_lines)
    except OSError as error:
        return Chip(path, failure=error.errno or errno.EIO)


def choose(chips: Sequence[Chip]) -> Chip:
    """The chip to use where none is named: the Pi's, else the only one.

    Raises:
        GpioError: there is none, it may not be opened, or it takes a person to choose.
    """
    if not chips:
        raise GpioError(
            tr(
                "no GPIO chip (/dev/gpiochip*) on this machine; run on a Raspberry Pi, "
                "or set gpio.factory: simulated to try without hardware"
            )
        )
    for chip in chips:
        if chip.is_pi:
            return chip
    for chip in chips:
        if chip.failure:
            raise failure(chip)
    if len(chips) == 1:
        return chips[0]
    known = ", ".join(f"{os.path.basename(chip.path)} ({chip.label}, {chip.lines})" for chip in chips)
    raise GpioError(
        tr(
            "this machine has several GPIO chips and none is a Raspberry Pi's: {chips}; "
            "name one in gpio.chip",
            chips=known,
        )
    )


def failure(chip: Chip) -> GpioError:
    """Why a chip cannot be used, for a person."""
    match chip.failure:
        case errno.EACCES | errno.EPERM:
            return GpioError(
                tr(
                    "no permission to open {name}; add the user to the group gpio (sudo adduser USER gpio) "
                    "and log in again",
                    name=chip.path,
                )
            )
        case errno.ENOENT:
            return GpioError(
                tr(
                    "there is no GPIO chip {name}; 'ls /dev/gpiochip*' shows what is there, check gpio.chip",
                    name=chip.path,
                )
            )
        case code:
            return GpioError(
                tr(
                    "the GPIO chip {name} cannot be opened ({error}); check gpio.chip",
                    name=chip.path,
                    error=os.strerror(code),
                )
            )


def find(chip: int | str | None, devices: Path | None = None) -> Chip:
    """The chip named by number or path, or :func:`choose` among all of them. Raises GpioError."""
    devices = devices or DEVICES
    if chip is None:
        return choose([look(path) for path in names(devices)])
    path = f"{devices}/gpiochip{chip}" if isinstance(chip, int) else chip
    found = look(path)
    if found.failure:
        raise failure(found)
    return found
