"""What goes wrong with pins and chips, as a sentence for a person."""

from __future__ import annotations

import os
from pathlib import Path

from gpiozero.exc import GPIOPinInUse, GPIOZeroError, PinFixedPull, PinInvalidPin, PinUnknownPi

from sodien.errors import SodienError
from sodien.i18n import tr

_DEVICES = Path("/dev")


class GpioError(SodienError):
    """The pins cannot be used; the sentence says why and what to do."""


def pin_error(error: Exception, place: str, pin: int) -> GpioError:
    """What went wrong with a pin, for a person; ``place`` is where the settings name it."""
    match error:
        case PinInvalidPin():
            text = tr(
                "{place}: this board has no GPIO{pin}; name a BCM pin of its header", place=place, pin=pin
            )
        case PinFixedPull():
            text = tr(
                "{place}: GPIO{pin} has a fixed pull-up resistor; choose another pin, or pull: up",
                place=place,
                pin=pin,
            )
        case PinUnknownPi():
            return chip_error(error, None)
        case GPIOPinInUse() if getattr(error, "user", ""):
            text = tr(
                "{place}: GPIO{pin} is in use by {user}; stop it or choose another pin",
                place=place,
                pin=pin,
                user=getattr(error, "user", ""),
            )
        case _ if isinstance(error, GPIOPinInUse) or "busy" in str(error).lower():
            text = tr(
                "{place}: GPIO{pin} is in use by another program or a kernel driver; "
                "stop it or choose another pin",
                place=place,
                pin=pin,
            )
        case _:
            text = tr(
                "{place}: GPIO{pin} cannot be opened ({error}); check the pin number and the wiring",
                place=place,
                pin=pin,
                error=_text(error),
            )
    return GpioError(text)


def chip_error(error: Exception, chip: int | None) -> GpioError:
    """Why a GPIO chip cannot be opened; ``chip`` None: the board's own."""
    if isinstance(error, PinUnknownPi):
        return GpioError(
            tr(
                "this machine has no Raspberry Pi revision code, so its pins are not known; "
                "run on a Raspberry Pi, or set gpio.factory: simulated to try without hardware"
            )
        )
    # Which chip lgpio tried is not in its message: 4 on a Pi 5 with an older kernel, else 0.
    name = "/dev/gpiochip*" if chip is None else f"/dev/gpiochip{chip}"
    if any(os.path.exists(path) and not os.access(path, os.R_OK | os.W_OK) for path in _chips(chip)):
        return GpioError(
            tr(
                "no permission to open {name}; add the user to the group gpio (sudo adduser USER gpio) "
                "and log in again",
                name=name,
            )
        )
    return GpioError(
        tr("the GPIO chip {name} cannot be opened ({error}); check gpio.chip", name=name, error=_text(error))
    )


def _chips(chip: int | None) -> list[Path]:
    return [_DEVICES / f"gpiochip{number}" for number in ((0, 4) if chip is None else (chip,))]


def _text(error: Exception) -> str:
    # lgpio's own exception shows the repr of its text.
    text = str(getattr(error, "value", error)).strip()
    return text if isinstance(error, GPIOZeroError) or text else type(error).__name__
