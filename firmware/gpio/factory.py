"""The choice of gpiozero's pin factory, and what each factory can promise.

gpiod, lgpio and the simulation are imported only when they are chosen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from firmware.gpio.errors import GpioError, chip_error
from sodien.errors import install_command
from sodien.i18n import tr

if TYPE_CHECKING:
    from sodien.clock import Clock
    from sodien.settings.model import GpioSettings

#: How long edges may gather before they are counted: each wake-up costs. It is part of HANDLING_S
#: (:mod:`sodien.metering.counting.counter`), with what it takes to count and to save.
REST_S = 0.1


def make_factory(gpio: GpioSettings, clock: Clock) -> Any:
    """The pin factory the settings ask for (``gpio.factory``: auto, gpiod, lgpio, simulated).

    ``auto`` is gpiod where the kernel offers a GPIO chip. ``clock`` is for the simulated factory.

    Raises:
        GpioError: it cannot be had on this machine.
    """
    if gpio.factory == "simulated":
        from firmware.simulation.source import SimulatedFactory

        return SimulatedFactory(clock)
    if gpio.factory == "lgpio":
        return _lgpio(gpio.chip)
    from firmware.gpio.libgpiod.pins import GpiodFactory

    return GpiodFactory(gpio.chip, rest_s=REST_S)


def rest_s(factory: Any) -> float:
    """Seconds to let edges gather after one has come: none where the factory has done so already."""
    return REST_S - float(getattr(factory, "rest_s", 0.0))


def losses_declared(factory: Any) -> bool:
    """Whether edges that this factory could not deliver are all declared."""
    return bool(getattr(factory, "losses_declared", False))


def delivered(factory: Any) -> Callable[[], int] | None:
    """Tells the monotonic ns up to which all edges are in the queue; None where the factory can't know."""
    own = getattr(factory, "delivered_ns", None)
    return own if callable(own) else None


def reader_alive(factory: Any) -> bool:
    """Whether the thread that delivers edges still runs, as far as the factory lets us see.

    A watchdog should stop being fed when it is not: nothing is counted any more, and nothing says so.
    """
    own = getattr(factory, "reader_alive", None)
    if callable(own):
        return bool(own())
    if type(factory).__module__ != "gpiozero.pins.lgpio":
        return True
    thread = getattr(sys.modules.get("lgpio"), "_notify_thread", None)
    return thread is None or bool(thread.is_alive())


def _lgpio(chip: int | None) -> Any:
    # lgpio makes its notification pipes in $LG_WD, else in the working directory, and fails at import
    # with an unrelated "file not found" when it may not; so ask first.
    folder = os.environ.get("LG_WD") or os.getcwd()
    if "lgpio" not in sys.modules and not os.access(folder, os.W_OK | os.X_OK):
        raise GpioError(
            tr(
                "lgpio must be able to write in {folder}; start Sodien in a directory of its own "
                "or set LG_WD to one",
                folder=folder,
            )
        )
    try:
        from gpiozero.pins.lgpio import LGPIOFactory
    except ImportError as error:
        raise GpioError(
            tr(
                "the package lgpio cannot be loaded ({error}); set gpio.factory: auto, which does without "
                "it, or install it: {command}",
                error=error,
                command=install_command("lgpio"),
            )
        ) from error
    except OSError as error:
        raise GpioError(
            tr(
                "lgpio cannot make its pipes in {folder} ({error}); start Sodien in a directory "
                "it may write in or set LG_WD to one",
                folder=folder,
                error=error,
            )
        ) from error
    try:
        return LGPIOFactory(chip=chip)
    except Exception as error:
        raise chip_error(error, chip) from error
