"""The input device that keeps the kernel's edge time, and the choice of gpiozero's pin factory.

An edge is ``(index, ns, active)``: the meter's place in the settings, CLOCK_MONOTONIC nanoseconds, and the
level after polarity. ``(index, n, None)`` says that ``n`` edges of this meter were lost just before the next
one. Edges of all meters go into one :class:`queue.SimpleQueue`, which holds QUEUE_EDGES at most: what comes
while it is full is dropped and declared like any other loss.

gpiozero is imported here, gpiod and lgpio only when they are chosen; the command line imports this module
only to run.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from gpiozero import DigitalInputDevice
from gpiozero.exc import GPIOPinInUse, GPIOZeroError, PinFixedPull, PinInvalidPin, PinUnknownPi

from sodien.errors import SodienError
from sodien.i18n import tr

if TYPE_CHECKING:
    from sodien.clock import Clock
    from sodien.settings.model import GpioSettings, Settings

Edge = tuple[int, int, bool | None]

#: Edges that may wait to be counted: an hour at 16 pulses a second, and some tens of megabytes at the most.
QUEUE_EDGES = 120_000
#: How long edges may gather before they are counted: each wake-up costs. It is part of HANDLING_S
#: (:mod:`sodien.metering.counting.counter`), with what it takes to count and to save.
REST_S = 0.1

#: gpiozero's names for a pull resistor.
PULLS: dict[str, bool | None] = {"none": None, "up": True, "down": False}
_DEVICES = Path("/dev")


class GpioError(SodienError):
    """The pins cannot be used; the sentence says why and what to do."""


class PulseInput(DigitalInputDevice):  # type: ignore[misc]
    """One meter's line: puts every edge into a queue, nothing else.

    gpiozero calls back from the one thread that serves all pins; an exception there ends it, and with it
    all counting. So the callback only puts into a C-implemented queue, and what goes wrong nevertheless is
    counted in ``errors``. gpiozero's own events (``when_activated``, ``wait_for_active``, ``active_time``)
    are not fed; ``value`` and ``is_active`` read the line and respect ``active_high``.

    gpiozero keeps a weak reference to the callback: an input nobody holds stops counting.

    Attributes:
        errors: callbacks that failed; an edge was lost each time, and is declared.
        lost: edges that the pin factory declared lost.
        dropped: edges dropped because the queue was full.
    """

    def __init__(
        self,
        pin: int,
        *,
        index: int,
        pull: str,
        active_high: bool,
        queue: SimpleQueue[Edge],
        factory: Any,
    ) -> None:
        """Watch a pin (BCM number); edges carry ``index``.

        ``pull`` is none, up or down, in any combination with ``active_high``; gpiozero itself derives one
        from the other when a pull is set, so the polarity is applied here.
        """
        self.errors = 0
        self.lost = 0
        self.dropped = 0
        self._index = index
        self._active_high = active_high
        self._put: Callable[[Edge], None] = queue.put
        self._queued: Callable[[], int] = queue.qsize
        self._missing = 0  # lost or dropped, and not in the queue yet
        pull_up = PULLS[pull]
        super().__init__(
            pin,
            pull_up=pull_up,
            active_state=active_high if pull_up is None else None,
            bounce_time=None,
            pin_factory=factory,
        )
        # The pins of our own factory tell what the kernel dropped; nobody else's do.
        if hasattr(self.pin, "when_lost"):
            self.pin.when_lost = self._pin_lost

    def close(self) -> None:
        """Stop watching, and queue what is still on its way; closing twice is fine."""
        pin = getattr(self, "_pin", None)
        if pin is not None:
            with contextlib.suppress(Exception):  # the factory may be closed already
                if hasattr(pin, "flush"):
                    pin.flush()
            # gpiozero's lgpio pin forgets to on closing, and edges on their way would still arrive.
            with contextlib.suppress(Exception):
                pin.when_changed = None
            with contextlib.suppress(Exception):  # nor may the end of the object raise
                self._declare()
        super().close()

    def _state_to_value(self, state: Any) -> int:
        return int(bool(state) is self._active_high)

    def _pin_changed(self, ticks: float, state: Any) -> None:
        try:
            # Ticks are seconds as a float in gpiozero's own factories; a factory that counts whole
            # nanoseconds hands them over as an int and loses nothing.
            ns = ticks if type(ticks) is int else round(ticks * 1e9)
            if self._missing or self._queued() >= QUEUE_EDGES:
                self._crowded((self._index, ns, bool(state) is self._active_high))
            else:
                self._put((self._index, ns, bool(state) is self._active_high))
        except Exception:  # noqa: BLE001  (it would end gpiozero's thread)
            self.errors += 1
            self._missing += 1

    def _pin_lost(self, edges: int) -> None:
        """The pin factory could not keep this many edges; the next one comes after them."""
        self.lost += edges
        self._missing += edges

    def _crowded(self, edge: Edge) -> None:
        """Queue an edge after what is missing before it, or drop it where there is no room."""
        if self._queued() >= QUEUE_EDGES:
            self.dropped += 1
            self._missing += 1
        else:
            self._declare()
            self._put(edge)

    def _declare(self) -> None:
        if self._missing:
            self._put((self._index, self._missing, None))
            self._missing = 0


def open_inputs(settings: Settings, queue: SimpleQueue[Edge], factory: Any) -> list[PulseInput]:
    """Watch the pins of all meters; the caller holds the inputs and closes them.

    Raises:
        GpioError: a pin is in use, does not exist or cannot have this pull; none stays open then.
    """
    inputs: list[PulseInput] = []
    try:
        for index, meter in enumerate(settings.meters):
            try:
                opened = PulseInput(
                    meter.pin,
                    index=index,
                    pull=meter.pull,
                    active_high=meter.active == "high",
                    queue=queue,
                    factory=factory,
                )
            except Exception as error:
                raise pin_error(error, f"meters[{index}].pin", meter.pin) from error
            inputs.append(opened)
    except GpioError:
        close_inputs(inputs)
        raise
    return inputs


def close_inputs(inputs: Iterable[PulseInput]) -> None:
    """Stop watching; closing twice is fine."""
    for one in inputs:
        one.close()


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
                "the package lgpio cannot be loaded ({error}); install it with: pip install 'sodien[pi]', "
                "or set gpio.factory: simulated to try without hardware",
                error=error,
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
        raise _chip_error(error, chip) from error


def _chip_error(error: Exception, chip: int | None) -> GpioError:
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
            return _chip_error(error, None)
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


def _text(error: Exception) -> str:
    # lgpio's own exception shows the repr of its text.
    text = str(getattr(error, "value", error)).strip()
    return text if isinstance(error, GPIOZeroError) or text else type(error).__name__
