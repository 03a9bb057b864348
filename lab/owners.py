"""Whose the bytes are that reached a disk: a file's, the journal's, the file system's own tables."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lab import machine
from lab.crash import DISCARD, SECTOR, Entry

BLOCK = 4096
OTHER = "rest"


def owners(image: Path) -> dict[int, str]:
    """Block number → file name, ``journal`` or ``inodes``, of an ext4 image that is not mounted."""
    found: dict[int, str] = {}
    for line in _debugfs(image, "ls -p /").splitlines():
        fields = line.split("/")
        if len(fields) > 5 and fields[5] not in (".", "..", ""):
            found |= dict.fromkeys(_blocks(image, f"/{fields[5]}"), fields[5])
    found |= dict.fromkeys(_blocks(image, "<8>"), "journal")
    tables = re.findall(r"Inode table at (\d+)-(\d+)", _run("dumpe2fs", str(image)))
    for first, last in tables:
        found |= dict.fromkeys(range(int(first), int(last) + 1), "inodes")
    return found


def shares(entries: Sequence[Entry], owner: Mapping[int, str], begin: int, end: int) -> dict[str, int]:
    """Bytes by owner of what was written after the first ``begin`` bytes, up to the first ``end``; pure."""
    found: Counter[str] = Counter()
    done = 0
    for sector in _sectors(entries):
        if begin <= done < end:
            found[owner.get(sector * SECTOR // BLOCK, OTHER)] += SECTOR
        done += SECTOR
    return dict(found.most_common())


def _sectors(entries: Sequence[Entry]) -> Iterator[int]:
    """Every sector written, in order."""
    for entry in entries:
        if not entry.flags & DISCARD:
            yield from range(entry.sector, entry.sector + len(entry.data) // SECTOR)


def _blocks(image: Path, file: str) -> list[int]:
    return [int(word) for word in _debugfs(image, f"blocks {file}").split()]


def _debugfs(image: Path, command: str) -> str:
    return _run("debugfs", "-R", command, str(image))


def _run(name: str, *arguments: str) -> str:
    line = [machine.tool(name), *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=False).stdout
