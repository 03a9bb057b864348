"""`sodien selftest`: does this machine see every edge, and when it happened?

With a wire from a spare output to the input it emits known trains and compares; :func:`judge` is pure.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from firmware.gpio.inputs import Edge, PulseInput

#: Widths of the trains in ms, and pulses in each; as much dark follows.
WIDTHS_MS = (30, 10, 2, 1)
PULSES = 50
#: After the last edge, so long may the reader take.
SETTLE_S = 0.5
#: An edge seen later than this after it was made is a finding.
LATE_NS = 5_000_000

#: An edge that was made: ns just before and just after, and the level.
Made = tuple[int, int, bool]


@dataclass(frozen=True, slots=True)
class Train:
    """What became of one train.

    Attributes:
        width_ms: as meant.
        pulses, seen: flashes made and flashes seen.
        lost: edges declared lost.
        width_error_us: the worst difference between the width as made and as seen; None unless all were seen.
        late_us: the longest time from making an edge to its time stamp; None likewise.
    """

    width_ms: int
    pulses: int
    seen: int
    lost: int
    width_error_us: float | None
    late_us: float | None

    @property
    def good(self) -> bool:
        """Every flash seen, in time, and nothing beside them."""
        on_time = self.late_us is not None and self.late_us < LATE_NS / 1e3
        return self.seen == self.pulses and self.lost == 0 and on_time


def judge(width_ms: int, made: Sequence[Made], edges: Sequence[Edge]) -> Train:
    """Compare what was made with what was seen."""
    lost = sum(ns for _, ns, level in edges if level is None)
    seen = [(ns, level) for _, ns, level in edges if level is not None]
    pulses = sum(level for *_, level in made)
    flashes = sum(bool(level) for _, level in seen)
    if [level for _, level in seen] != [level for *_, level in made]:
        return Train(width_ms, pulses, flashes, lost, None, None)
    late = max((ns - before for (ns, _), (before, *_) in zip(seen, made, strict=True)), default=0)
    errors = [0.0]
    for number in range(0, len(made) - 1, 2):
        meant = (made[number + 1][0] + made[number + 1][1] - made[number][0] - made[number][1]) / 2
        errors.append(abs(seen[number + 1][0] - seen[number][0] - meant))
    return Train(width_ms, pulses, flashes, lost, max(errors) / 1e3, late / 1e3)


def emit(drive: Callable[[bool], None], width_ms: int, pulses: int = PULSES) -> list[Made]:
    """Make one train; what was made when. Takes ``2 x width x pulses``."""
    made = []
    due = time.monotonic_ns()
    for number in range(2 * pulses):
        due += width_ms * 1_000_000
        if (ahead := due - time.monotonic_ns()) > 0:
            time.sleep(ahead / 1e9)
        before = time.monotonic_ns()
        drive(number % 2 == 0)
        made.append((before, time.monotonic_ns(), number % 2 == 0))
    return made


def run_trains(factory: Any, out: int, into: int, pulses: int = PULSES) -> list[Train]:
    """Emit all trains on one pin and read them on another. Raises GpioError or what gpiozero raises."""
    from gpiozero import DigitalOutputDevice

    queue: SimpleQueue[Edge] = SimpleQueue()
    trains = []
    with DigitalOutputDevice(out, pin_factory=factory) as source:
        line = PulseInput(into, index=0, pull="none", active_high=True, queue=queue, factory=factory)
        try:
            time.sleep(SETTLE_S)
            for width in WIDTHS_MS:
                take(queue)
                made = emit(lambda level: source.on() if level else source.off(), width, pulses)
                time.sleep(SETTLE_S)
                trains.append(judge(width, made, take(queue)))
        finally:
            line.close()
    return trains


def listen(factory: Any, into: int, pull: str, seconds: float) -> dict[str, Any]:
    """Without a wire: what the input shows by itself for some seconds."""
    queue: SimpleQueue[Edge] = SimpleQueue()
    line = PulseInput(into, index=0, pull=pull, active_high=True, queue=queue, factory=factory)
    try:
        time.sleep(seconds)
        level = bool(line.is_active)
    finally:
        line.close()
    edges = take(queue)
    return {
        "seconds": seconds,
        "level": level,
        "edges": sum(active is not None for *_, active in edges),
        "lost": sum(ns for _, ns, active in edges if active is None),
    }


def take(queue: SimpleQueue[Edge]) -> list[Edge]:
    """All that is in the queue now."""
    return [queue.get_nowait() for _ in range(queue.qsize())]


def machine(factory: Any) -> dict[str, Any]:
    """What a report has to say about where it was made."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    def of(name: str) -> str | None:
        try:
            return version(name)
        except PackageNotFoundError:
            return None

    chip = getattr(factory, "chip", None)
    return {
        "sodien": of("sodien"),
        "gpiozero": of("gpiozero"),
        "gpiod": of("gpiod"),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "model": getattr(factory.board_info, "model", None),
        "factory": type(factory).__name__,
        "chip": str(getattr(chip, "path", chip)),
        "label": getattr(chip, "label", None),
    }
