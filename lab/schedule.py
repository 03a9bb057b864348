"""Trains of flashes for the player, pure: lists of ``(offset_ns, level)``, the levels alternating from dark.

A flash is ``(start_ns, width_ns)``; :func:`levels` turns flashes in order into edges, and says so when they
touch each other.
"""

from __future__ import annotations

import itertools
import random
import struct
from collections.abc import Iterable, Sequence

Flash = tuple[int, int]
Edge = tuple[int, bool]

US = 1_000
MS = 1_000_000
S = 1_000_000_000


def steady(rate: float, width_ms: float, seconds: float, *, start_ns: int = 0) -> list[Flash]:
    """``rate`` flashes a second, all alike, for ``seconds``."""
    period = round(S / rate)
    return [(start_ns + n * period, round(width_ms * MS)) for n in range(round(seconds * rate))]


def glitches(pulses: Sequence[Flash], draw: random.Random, *, share: float = 0.7) -> list[Flash]:
    """Needles of 0.05 to 3 ms in the dark between flashes, up to three in a row."""
    found = list(pulses)
    for (start, width), (following, _) in itertools.pairwise(pulses):
        at = start + width + 5 * MS
        for _ in range(draw.randint(1, 3) if draw.random() < share else 0):
            length = draw.randint(50 * US, 3 * MS)
            at += draw.randint(2 * MS, 12 * MS)
            if at + length + 2 * MS >= following:
                break
            found.append((at, length))
            at += length
    return sorted(found)


def chatter(pulses: Sequence[Flash], draw: random.Random) -> list[Flash]:
    """Each flash begins and ends with a few bounces of 0.05 to 1 ms."""
    found = []
    for start, width in pulses:
        at = start
        for _ in range(draw.randint(1, 4)):
            length = draw.randint(50 * US, MS)
            found.append((at, length))
            at += length + draw.randint(50 * US, MS)
        found.append((at, width))
        at += width
        for _ in range(draw.randint(0, 3)):
            at += draw.randint(50 * US, MS)
            length = draw.randint(50 * US, MS)
            found.append((at, length))
            at += length
    return found


def flicker(pulses: Sequence[Flash], until_ns: int, *, width_ms: float = 3.5) -> list[Flash]:
    """A lamp on 50 Hz mains shining in: 100 flashes a second wherever the LED leaves it dark."""
    period, width = S // 100, round(width_ms * MS)
    found = list(pulses)
    lit = iter([*pulses, (until_ns + S, 0)])
    start, length = next(lit)
    end_before = -S
    for at in range(0, until_ns, period):
        while at > start + length:
            end_before = start + length
            start, length = next(lit)
        if at > end_before + MS and at + width + MS < start:
            found.append((at, width))
    return sorted(found)


def levels(flashes: Iterable[Flash], *, active_high: bool = True) -> list[Edge]:
    """The edges of flashes. Raises ValueError where one begins before the one before it is over."""
    edges: list[Edge] = []
    last = -1
    for start, width in flashes:
        if start <= last or width <= 0:
            raise ValueError(f"the flash at {start} ns touches the one before it, or has no width")
        last = start + width
        edges += [(start, active_high), (last, not active_high)]
    return edges


def encode(edges: Iterable[Edge]) -> bytes:
    """For the player; see guest/player.c."""
    values = [at << 1 | level for at, level in edges]
    return struct.pack(f"<{len(values)}q", *values)


def decode(data: bytes) -> list[Edge]:
    """What :func:`encode` made."""
    return [(value >> 1, bool(value & 1)) for value in struct.unpack(f"<{len(data) // 8}q", data)]
