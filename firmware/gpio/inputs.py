"""The input device that keeps the kernel's edge time.

An edge is ``(index, ns, active)``: the meter's place in the settings, CLOCK_MONOTONIC nanoseconds, and the
level after polarity. ``(index, n, None)`` says that ``n`` edges of this meter were lost just before the next
one. Edges of all meters go into one :class:`queue.SimpleQueue`, which holds QUEUE_EDGES at most: what comes
while it is full is dropped and declared like any other loss.

gpiozero is imported here, so the command line imports this module only to run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from gpiozero import DigitalInputDevice

from firmware.gpio.errors import GpioError, pin_error

if TYPE_CHECKING:
    from sodien.settings.model import Settings

Edge = tuple[int, int, bool | None]

#: Edges that may wait to be counted: an hour at 16 pulses a second, and some tens of megabytes at the most.
QUEUE_EDGES = 120_000

#: gpiozero's names for a pull resistor.
PULLS: dict[str, bool | None] = {"none": None, "up": True, "down": False}


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
