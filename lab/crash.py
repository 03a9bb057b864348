"""What a disk with a volatile cache may hold after the power failed; pure but for reading the log.

The log is QEMU's ``blklogwrites`` (the format of the kernel's dm-log-writes): every write, flush and FUA
write in the order in which the machine handed them over.

The model. A flush makes everything durable that was written before it; a FUA write is durable itself. What
came after the last flush is in the cache, and of that anything may have reached the medium: each write is
kept, dropped or torn (some of its 512-byte sectors are new, the others old), independently of the others.
A later write can so be there while an earlier one is not. What it does not have: a sector that is neither
old nor new, and damage to sectors nobody wrote, which cheap SD cards are capable of.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
FLUSH, FUA, DISCARD = 1, 2, 4
_MAGIC = 0x6A736677736872


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: ``data`` written at ``sector``; flags tell flushes."""

    sector: int
    flags: int
    data: bytes


def read(path: Path) -> list[Entry]:
    """The whole log; an entry torn at its end (the machine was cut off) is left away."""
    return list(parse(path.read_bytes()))


def parse(log: bytes) -> Iterator[Entry]:
    """The entries of a log. Raises ValueError when it is not one."""
    magic, _version, _entries, size = struct.unpack_from("<QQQI", log)
    if magic != _MAGIC:
        raise ValueError("not a log of blklogwrites")
    at = size
    while at + size <= len(log):
        sector, sectors, flags, length = struct.unpack_from("<QQQQ", log, at)
        at += size
        if not sectors and not flags:
            return
        if flags & DISCARD:
            yield Entry(sector * size // SECTOR, flags, bytes(sectors * size))
            continue
        data = log[at : at + sectors * size]
        if len(data) < sectors * size or (length and length > len(data)):
            return
        at += sectors * size
        yield Entry(sector * size // SECTOR, flags, data)


@dataclass
class Cache:
    """The medium and what is in the cache above it, as the log is played.

    Attributes:
        medium: what is durable.
        pending: writes since the last flush, in order.
    """

    medium: bytearray
    pending: list[Entry] = field(default_factory=list)

    def play(self, entry: Entry) -> None:
        """Take the next request."""
        if entry.flags & FLUSH:
            for write in self.pending:
                put(self.medium, write.sector, write.data)
            self.pending.clear()
        if not entry.data:
            return
        if entry.flags & FUA:
            # Older writes to the same place, still in the cache, may not come after it.
            self.pending = [rest for write in self.pending for rest in outside(write, entry)]
            put(self.medium, entry.sector, entry.data)
        else:
            self.pending.append(entry)

    def after_cut(self, draw: random.Random) -> bytearray:
        """One image of what the power cut may have left."""
        image = bytearray(self.medium)
        kept = draw.choice((0.0, 0.3, 0.7, 0.95))
        torn = draw.choice((0.0, 0.3))
        for write in self.pending:
            if draw.random() < torn:
                for n in range(len(write.data) // SECTOR):
                    if draw.random() < 0.5:
                        put(image, write.sector + n, write.data[n * SECTOR : (n + 1) * SECTOR])
            elif draw.random() < kept:
                put(image, write.sector, write.data)
        return image


def put(image: bytearray, sector: int, data: bytes) -> None:
    """Write into an image."""
    image[sector * SECTOR : sector * SECTOR + len(data)] = data


def outside(write: Entry, over: Entry) -> Iterator[Entry]:
    """The parts of a write that another one does not cover."""
    begin, end = write.sector, write.sector + len(write.data) // SECTOR
    low, high = over.sector, over.sector + len(over.data) // SECTOR
    for first, last in ((begin, min(end, low)), (max(begin, high), end)):
        if first < last:
            yield Entry(first, write.flags, write.data[(first - begin) * SECTOR : (last - begin) * SECTOR])


def cuts(places: Sequence[int], count: int, draw: random.Random) -> Sequence[int]:
    """``count`` random ones of these places in the log, in order; the power fails after so many entries."""
    return sorted(draw.choice(places) for _ in range(count))
