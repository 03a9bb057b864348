"""One line for all boots, on which evidence lies exactly, and wall time looked up on it. Pure.

On the line (ms) each boot keeps its exact length, and every blind stretch between two boots gets the greatest
length that their places allow. Where all places are points the line is wall time itself. An instant of
wall time then lies between :meth:`BootLine.early` and :meth:`BootLine.late`, and that is all there is to
answer questions by: the register at ``t`` is at least what it was at ``early(t)`` and at most what it was at
``late(t)``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from sodien.metering.axis.placement import BootFacts, Place

_MS = 1_000_000


class Stretch(NamedTuple):
    """A placed boot on the line.

    Attributes:
        boot: its index among all boots.
        low: the offset (ns) of its place at the earliest.
        width: by how many ms it may lie later.
        shift: from its wall time at the earliest to the line, ms.
        start, end: its wall time at the earliest, ms UTC.
    """

    boot: int
    low: int
    width: int
    shift: int
    start: int
    end: int


class BootLine:
    """The placed boots by time."""

    def __init__(self, boots: Sequence[BootFacts], places: Sequence[Place | None]) -> None:
        self.stretches: list[Stretch] = []
        shift = 0
        for index, (boot, place) in enumerate(zip(boots, places, strict=True)):
            if place is None:
                continue
            width = -((place.low - place.high) // _MS)
            shift += width if self.stretches else 0
            start, end = (boot.begin + place.low) // _MS, -(-(boot.end + place.low) // _MS)
            self.stretches.append(Stretch(index, place.low, width, shift, start, end))
        self._by_boot = {one.boot: one for one in self.stretches}
        self._starts = [one.start for one in self.stretches]
        self._ends = [one.end + one.width for one in self.stretches]
        self.sharp = not any(one.width for one in self.stretches)
        self._begins = [one.start + one.shift for one in self.stretches]

    def has(self, boot: int) -> bool:
        """Whether the boot's place is known."""
        return boot in self._by_boot

    def down(self, boot: int, mono: int) -> int:
        """Monotonic ns of a placed boot on the line, rounded down to ms."""
        one = self._by_boot[boot]
        return (mono + one.low) // _MS + one.shift

    def up(self, boot: int, mono: int) -> int:
        """Monotonic ns of a placed boot on the line, rounded up to ms."""
        one = self._by_boot[boot]
        return -(-(mono + one.low) // _MS) + one.shift

    def around(self, boot: int, mono: int, within: int) -> tuple[int, int]:
        """Between which instants of the line lies what was ``mono`` ns of a placed boot, ± ``within`` ms.

        Beside the boot, where distances on the line are the greatest possible, wall time tells.
        """
        one = self._by_boot[boot]
        start, end = self.down(boot, mono) - within, self.up(boot, mono) + within
        if start < one.start + one.shift:
            start = min(start, self.early(start - one.shift))
        if end > one.end + one.shift:
            end = max(end, self.late(end - one.shift + one.width))
        return start, end

    def early(self, wall: int) -> int:
        """Where an instant (ms UTC) lies on the line at the earliest."""
        if self.sharp or not self.stretches:
            return wall
        k = bisect_left(self._ends, wall)
        if k == 0:
            return wall - self.stretches[0].width
        return wall + self.stretches[k - 1].shift

    def late(self, wall: int) -> int:
        """Where an instant (ms UTC) lies on the line at the latest."""
        if self.sharp or not self.stretches:
            return wall
        k = bisect_right(self._starts, wall) - 1
        return wall - self.stretches[0].width if k < 0 else wall + self.stretches[k].shift

    def wall(self, at: int) -> int:
        """The wall time (ms UTC) of an instant on the line: the middle of what is possible."""
        if self.sharp or not self.stretches:
            return at
        k = max(0, bisect_right(self._begins, at) - 1)
        one = self.stretches[k]
        wall = at - one.shift + one.width // 2
        if k + 1 < len(self.stretches):
            after = self.stretches[k + 1]
            wall = min(wall, after.start + after.width // 2)
        return wall
