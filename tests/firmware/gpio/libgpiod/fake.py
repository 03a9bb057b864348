"""A GPIO chip in memory behind gpiod's own interface: settings and enums are gpiod's, edges come by a pipe.

As in the kernel: a line has one owner, its events are numbered from 1 as long as it is requested, and only
edges that are asked for become events.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from types import SimpleNamespace
from typing import Any

import gpiod
from gpiod.line import Bias, Direction, Edge, Value

from firmware.gpio.libgpiod.events import RECORD, RISING

_FALLING = 2
_RAISED = {Edge.BOTH: (True, False), Edge.RISING: (True,), Edge.FALLING: (False,), Edge.NONE: ()}


def record(ns: int, level: bool, number: int, offset: int = 17) -> bytes:
    """An event as the kernel writes it."""
    number %= 1 << 32
    return RECORD.pack(ns, RISING if level else _FALLING, offset, number, number)


class FakeRequest:
    """One requested line."""

    def __init__(self, wires: FakeWires, offset: int, settings: gpiod.LineSettings, size: int | None) -> None:
        self.wires, self.offset, self.settings, self.size = wires, offset, settings, size
        self.fd, self._in = os.pipe()
        fcntl.fcntl(self._in, fcntl.F_SETPIPE_SZ, 1 << 20)
        self.number = 0
        self._apply()

    def _apply(self) -> None:
        level = {Bias.PULL_UP: True, Bias.PULL_DOWN: False}.get(self.settings.bias)
        if self.settings.direction is Direction.OUTPUT:
            level = self.settings.output_value is Value.ACTIVE
        if level is not None and self.offset not in self.wires.driven:
            self.wires.levels[self.offset] = level

    def get_value(self, offset: int) -> Value:
        assert offset == self.offset
        return Value.ACTIVE if self.wires.levels.get(offset, False) else Value.INACTIVE

    def set_value(self, offset: int, value: Value) -> None:
        assert offset == self.offset
        assert self.settings.direction is Direction.OUTPUT
        self.wires.drive(offset, value is Value.ACTIVE)

    def reconfigure_lines(self, config: dict[int, gpiod.LineSettings]) -> None:
        ((offset, self.settings),) = config.items()
        assert offset == self.offset
        self._apply()

    def release(self) -> None:
        del self.wires.requests[self.offset]
        os.close(self.fd)
        os.close(self._in)

    def event(self, level: bool, ns: int) -> None:
        if level in _RAISED[self.settings.edge_detection]:
            self.number += 1
            self.write(record(ns, level, self.number, self.offset))

    def write(self, data: bytes) -> None:
        assert os.write(self._in, data) == len(data)

    def lose(self, events: int) -> None:
        """As if the buffer had been full so often."""
        self.number += events


class FakeWires:
    """What is outside: the levels, who owns which line, and wires from one line to another."""

    def __init__(self, label: str = "pinctrl-bcm2711", lines: int = 54) -> None:
        self.label, self.lines = label, lines
        self.levels: dict[int, bool] = {}
        self.driven: set[int] = set()
        self.requests: dict[int, FakeRequest] = {}
        self.others: dict[int, str] = {}
        self.names: dict[int, str] = {}
        self.wired: dict[int, int] = {}

    def drive(self, offset: int, level: bool, ns: int | None = None) -> None:
        """Set the level from outside."""
        if self.levels.get(offset, False) is not level:
            self.levels[offset] = level
            if offset in self.requests:
                self.requests[offset].event(level, time.monotonic_ns() if ns is None else ns)
        if offset in self.wired:
            self.driven.add(self.wired[offset])
            self.drive(self.wired[offset], level, ns)

    def chip(self, path: str) -> FakeChip:
        return FakeChip(self, path)


class FakeChip:
    """gpiod.Chip."""

    def __init__(self, wires: FakeWires, path: str) -> None:
        self.wires, self.path = wires, path

    def __enter__(self) -> FakeChip:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        pass

    def get_info(self) -> Any:
        return SimpleNamespace(label=self.wires.label, num_lines=self.wires.lines)

    def get_line_info(self, offset: int) -> Any:
        user = self.wires.others.get(offset, "sodien" if offset in self.wires.requests else "")
        return SimpleNamespace(name=self.wires.names.get(offset), consumer=user)

    def request_lines(
        self, config: dict[int, gpiod.LineSettings], consumer: str, event_buffer_size: int
    ) -> FakeRequest:
        ((offset, settings),) = config.items()
        if offset in self.wires.others or offset in self.wires.requests:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        request = FakeRequest(self.wires, offset, settings, event_buffer_size)
        self.wires.requests[offset] = request
        return request
