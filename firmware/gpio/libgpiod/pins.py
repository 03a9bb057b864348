"""gpiozero's pins on libgpiod: a line request per pin, both edges with the kernel's time, no polling.

Ticks are whole nanoseconds of CLOCK_MONOTONIC; gpiozero's devices compare them with
:meth:`GpiodFactory.ticks_diff` only, which gives seconds. ``state`` is the level of the wire, as with every
factory of gpiozero; polarity is the device's business. Bounce is the kernel's debounce: the level must be
stable for that long.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from typing import Any
from weakref import WeakMethod

from gpiozero.compat import frozendict
from gpiozero.exc import (
    GPIOPinInUse,
    PinFixedPull,
    PinInvalidBounce,
    PinInvalidFunction,
    PinInvalidPull,
    PinInvalidState,
    PinSetInput,
    PinUnknownPi,
)
from gpiozero.pins import BoardInfo, HeaderInfo, PinInfo
from gpiozero.pins.local import LocalPiFactory, LocalPiPin
from gpiozero.pins.pi import PiBoardInfo

from firmware.gpio.libgpiod import chips
from firmware.gpio.libgpiod.events import BUFFER_EVENTS, READ_BYTES, Line
from firmware.gpio.libgpiod.reader import Reader

CONSUMER = "sodien"
_PULLS = {"floating": "DISABLED", "up": "PULL_UP", "down": "PULL_DOWN"}
_EDGES = {"none": "NONE", "rising": "RISING", "falling": "FALLING", "both": "BOTH"}


class LineInUse(GPIOPinInUse):  # type: ignore[misc]
    """The line is taken outside this process; ``user`` is the name its user gave the kernel, or empty."""

    def __init__(self, pin: GpiodPin, user: str) -> None:
        super().__init__(f"{pin!r} is in use by {user or 'another program or a kernel driver'}")
        self.user = user


class GpiodFactory(LocalPiFactory):  # type: ignore[misc]
    """Pins of one GPIO chip.

    On a Raspberry Pi a pin has all the names gpiozero gives it (17, "GPIO17", "BOARD11", …). On any other
    board, and for lines of the chip that are not on the Pi's header, it is the number of the line on the
    chip, as 17 or "GPIO17", or the line's own name in the kernel.

    Attributes:
        chip: what is known of the chip.
        reader: the thread that reads the edges of all pins.
        rest_s: how long edges gather before they are delivered.
    """

    losses_declared = True

    def __init__(self, chip: int | str | None = None, *, rest_s: float = 0.0) -> None:
        """Use a chip.

        Args:
            chip: its number or path; None for the Raspberry Pi's own, or the only one elsewhere.
            rest_s: let edges gather this long before they are delivered (0: at once).

        Raises:
            GpioError: the chip or the package gpiod can't be had; the sentence says what to do.
        """
        super().__init__()
        self.gpiod = chips.package()
        self.chip = chips.find(chip)
        self._chip: Any = None
        self._info = self._board(everything=chip is not None)
        if not isinstance(self._info, PiBoardInfo):
            # gpiozero lets all factories of a Pi share their pins; these are no pins of the Pi.
            self.pins: dict[PinInfo, GpiodPin] = {}
            self._reservations: dict[PinInfo, list[Any]] = defaultdict(list)
            self._res_lock = Lock()
        self.pin_class = GpiodPin
        self.rest_s = rest_s
        self.reader = Reader(rest_s)

    def _board(self, *, everything: bool) -> BoardInfo:
        """The Pi's header, if the chip drives one of a known revision; and all lines of the chip."""
        board = None
        if self.chip.is_pi:
            with contextlib.suppress(PinUnknownPi, OSError):
                board = PiBoardInfo.from_revision(self._get_revision())
        if board is not None and not everything:
            return board
        known = (
            set()
            if board is None
            else {name for h in board.headers.values() for p in h.pins.values() for name in p.names}
        )
        lines = {}
        for offset in range(self.chip.lines):
            name = f"GPIO{offset}"
            if name in known:
                continue
            names = {offset, str(offset), name, self.open_chip().get_line_info(offset).name} - known
            lines[offset] = PinInfo(
                offset, name, frozenset(names - {"", None}), "", offset + 1, 1, frozenset({"gpio"})
            )
        header = HeaderInfo("CHIP", self.chip.lines, 1, frozendict(lines))
        if board is not None:
            return board._replace(headers=frozendict({**board.headers, "CHIP": header}))
        values = dict.fromkeys(BoardInfo._fields) | {"headers": frozendict({"CHIP": header})}
        return BoardInfo(**values | {"model": self.chip.label, "board": ""})

    def close(self) -> None:
        """Release all lines and end the reader."""
        super().close()
        self.reader.close()
        if self._chip is not None:
            self._chip.close()
            self._chip = None

    def open_chip(self) -> Any:
        """The chip, opened when it is first needed."""
        if self._chip is None:
            self._chip = self.gpiod.Chip(self.chip.path)
        return self._chip

    @staticmethod
    def ticks() -> int:
        """Now, in nanoseconds of CLOCK_MONOTONIC."""
        return time.monotonic_ns()

    @staticmethod
    def ticks_diff(later: float, earlier: float) -> float:
        """Seconds between two ticks."""
        return (later - earlier) / 1_000_000_000

    def reader_alive(self) -> bool:
        """Whether edges can still arrive, for a watchdog."""
        return self.reader.alive()

    def delivered_ns(self) -> int:
        """The monotonic ns up to which all edges are delivered."""
        return self.reader.delivered_ns()


class GpiodPin(LocalPiPin):  # type: ignore[misc]
    """One line. Requested when the pin is made and released by ``close``; used again, it is requested again.

    Attributes:
        errors: handlers of :attr:`when_changed` that raised; counting goes on.
    """

    def __init__(self, factory: GpiodFactory, info: PinInfo) -> None:
        super().__init__(factory, info)
        self.errors = 0
        self._when_changed: Callable[[], Callable[..., None] | None] | None
        self._function = "input"
        self._pull = info.pull or "floating"
        self._bounce: float | None = None
        self._edges = "both"
        self._watching = False
        self._request: Any = None
        self._line = Line()
        self._when_lost: WeakMethod[Callable[[int], None]] | None = None
        self._open()

    @property
    def lost(self) -> int:
        """Edges that the kernel dropped since the line was requested."""
        return self._line.lost

    def close(self) -> None:
        """Release the line; closing twice is fine."""
        self.when_changed = None
        self._when_lost = None
        request, self._request = self._request, None
        if request is not None:
            request.release()
        self._function = "input"
        self._pull = self.info.pull or "floating"
        self._bounce = None
        self._edges = "both"

    # -- the request -----------------------------------------------------------------------------------

    def _settings(self, output: bool | None = None) -> Any:
        line = self.factory.gpiod.line
        if self._function == "output":
            value = line.Value.ACTIVE if output else line.Value.INACTIVE
            return self.factory.gpiod.LineSettings(direction=line.Direction.OUTPUT, output_value=value)
        return self.factory.gpiod.LineSettings(
            direction=line.Direction.INPUT,
            bias=getattr(line.Bias, _PULLS[self._pull]),
            edge_detection=getattr(line.Edge, _EDGES[self._edges] if self._watching else "NONE"),
            debounce_period=timedelta(seconds=self._bounce or 0),
            event_clock=line.Clock.MONOTONIC,
        )

    def _open(self, output: bool | None = None) -> Any:
        """The line request, made where there is none. Raises GPIOPinInUse or OSError."""
        if self._request is None:
            chip = self.factory.open_chip()
            try:
                self._request = chip.request_lines(
                    {self._number: self._settings(output)},
                    consumer=CONSUMER,
                    event_buffer_size=BUFFER_EVENTS,
                )
            except OSError as error:
                if error.errno == errno.EBUSY:
                    raise LineInUse(self, self._user(chip)) from error
                raise
            self._line = Line()
        return self._request

    def _user(self, chip: Any) -> str:
        with contextlib.suppress(OSError):
            return str(chip.get_line_info(self._number).consumer or "")
        return ""

    def _configure(self, output: bool | None = None) -> None:
        if self._request is None:
            self._open(output)
        else:
            self._request.reconfigure_lines({self._number: self._settings(output)})

    # -- what gpiozero asks for ------------------------------------------------------------------------

    def output_with_state(self, state: float) -> None:
        """Become an output that has this state from the beginning."""
        self._become("output", bool(state))

    def _get_function(self) -> str:
        return self._function

    def _set_function(self, value: str) -> None:
        if value not in ("input", "output"):
            raise PinInvalidFunction(f'invalid function "{value}" for pin {self!r}')
        self._become(value, self._function == "output" and bool(self._get_state()))

    def _become(self, function: str, output: bool) -> None:
        if function == "output":
            self.when_changed = None
            self._pull = self.info.pull or "floating"
        self._function = function
        self._configure(output)

    def _get_state(self) -> bool:
        value = self._open().get_value(self._number)
        return bool(value is self.factory.gpiod.line.Value.ACTIVE)

    def _set_state(self, value: float) -> None:
        if self._function != "output":
            raise PinSetInput(f"cannot set state of pin {self!r}")
        if not 0 <= value <= 1:
            raise PinInvalidState(f'invalid state "{value}" for pin {self!r}')
        line = self.factory.gpiod.line
        self._open().set_value(self._number, line.Value.ACTIVE if value else line.Value.INACTIVE)

    def _get_pull(self) -> str:
        return self._pull

    def _set_pull(self, value: str) -> None:
        if self._function != "input":
            raise PinFixedPull(f"cannot set pull on non-input pin {self!r}")
        if value not in _PULLS:
            raise PinInvalidPull(f'invalid pull "{value}" for pin {self!r}')
        if self.info.pull not in (value, ""):
            raise PinFixedPull(f"{self!r} has a physical pull-{self.info.pull} resistor")
        self._pull = value
        self._configure()

    def _get_bounce(self) -> float | None:
        return self._bounce

    def _set_bounce(self, value: float | None) -> None:
        if value is not None and value < 0:
            raise PinInvalidBounce("bounce must be 0 or greater")
        bounce = value or None
        if bounce != self._bounce:
            self._bounce = bounce
            self._configure()

    def _get_edges(self) -> str:
        return self._edges

    def _set_edges(self, value: str) -> None:
        if value not in _EDGES:
            raise ValueError(f'invalid edges "{value}" for pin {self!r}')
        if value != self._edges:
            self._edges = value
            if self._watching:
                self._configure()

    # -- edges -----------------------------------------------------------------------------------------

    @property
    def when_lost(self) -> Callable[[int], None] | None:
        """A bound method called with how many edges the kernel dropped, before the edge after them.

        Comes from the thread that calls :attr:`when_changed`. Held weakly, as gpiozero holds that one.
        """
        return None if self._when_lost is None else self._when_lost()

    @when_lost.setter
    def when_lost(self, method: Callable[[int], None] | None) -> None:
        self._when_lost = None if method is None else WeakMethod(method)

    def flush(self) -> None:
        """Deliver the edges that the kernel still holds, in the caller's thread; before closing."""
        if self._watching and self._request is not None:
            self.factory.reader.drain(self._request.fd)

    def _enable_event_detect(self) -> None:
        self._open()
        os.set_blocking(self._request.fd, False)
        self._forget()
        self._watching = True
        try:
            self._configure()
        except BaseException:
            self._watching = False
            raise
        self.factory.reader.add(self._request.fd, self._deliver)

    def _disable_event_detect(self) -> None:
        self._watching = False
        if self._request is not None:
            self.factory.reader.remove(self._request.fd)
            self._configure()
            self._forget()

    def _forget(self) -> None:
        """Edges that nobody waited for must not turn up when somebody does again."""
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._request.fd, READ_BYTES):
                self._line.skip(data)

    def _deliver(self, data: bytes) -> None:
        """Hand on what was read; runs in the reader's thread, which a handler's exception must not end."""
        for ns, level, lost in self._line.edges(data):
            try:
                if lost:
                    self._tell_lost(lost)
                self._call_when_changed(ns, level)
            except Exception as error:  # noqa: BLE001
                self.errors += 1
                self.factory.reader.errors += 1
                context = f"{self!r}: the handler of the edge at {ns} ns, level {level:d}, failed"
                self.factory.reader.report(error, context)

    def _tell_lost(self, lost: int) -> None:
        method = self.when_lost
        if method is not None:
            method(lost)

    def _call_when_changed(self, ticks: int | None = None, state: bool | None = None) -> None:
        reference = self._when_changed
        method = None if reference is None else reference()
        if method is None:
            # Nobody holds the device any more. The lock of when_changed is not ours to wait for here.
            self._when_changed = None
            if self._request is not None:
                self.factory.reader.remove(self._request.fd)
            return
        method(
            self.factory.ticks() if ticks is None else ticks,
            self.state if state is None else state,
        )
