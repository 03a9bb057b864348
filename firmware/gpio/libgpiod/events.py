"""The kernel's records of edges, pure: bytes of a line request in, edges and losses out.

A record is ``struct gpio_v2_line_event`` of the kernel's <linux/gpio.h>, 48 bytes in the machine's order:
``timestamp_ns`` (u64, CLOCK_MONOTONIC), ``id`` (u32, 1 rising, 2 falling), ``offset`` (u32), ``seqno``
(u32), ``line_seqno`` (u32, counts the events of this line from 1), and 24 bytes of padding. A full buffer
drops its oldest record, so what is lost is missing just before the next record that can be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Final

RECORD: Final = Struct("=QIIII24x")
#: The largest buffer of a request with one line: the kernel takes no more than 16 records for each of 64.
BUFFER_EVENTS: Final = 1024
#: One read takes all that the kernel can hold.
READ_BYTES: Final = RECORD.size * BUFFER_EVENTS
RISING: Final = 1
_WRAP: Final = 1 << 32
_HALF: Final = 1 << 31


def missed(expected: int, found: int) -> int:
    """How many events are missing where ``line_seqno`` ``found`` comes and ``expected`` should.

    The number is a u32 and wraps. A number before the expected one is a count begun anew, not a loss.
    """
    behind = (found - expected) % _WRAP
    return behind if behind < _HALF else 0


class Line:
    """The events of one line request, in order; keeps the sequence from read to read.

    Attributes:
        lost: events that the kernel dropped, so far.
    """

    __slots__ = ("_expected", "lost")

    def __init__(self) -> None:
        """A line just requested: its first event has the number 1."""
        self.lost = 0
        self._expected = 1

    def edges(self, data: bytes) -> Iterator[tuple[int, bool, int]]:
        """``(ns, level, lost)`` of each record; ``lost`` is how many were dropped just before it.

        Raises:
            struct.error: ``data`` is not whole records; the kernel gives only whole ones.
        """
        expected = self._expected
        for ns, kind, _offset, _seqno, number in RECORD.iter_unpack(data):
            lost = 0
            if number != expected:
                lost = missed(expected, number)
                self.lost += lost
            expected = self._expected = (number + 1) % _WRAP
            yield ns, kind == RISING, lost

    def skip(self, data: bytes) -> None:
        """Take records that nobody wants, such as those from before a change of the settings."""
        for *_rest, number in RECORD.iter_unpack(data):
            self._expected = (number + 1) % _WRAP
