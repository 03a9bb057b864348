"""An output that needs no server: line protocol appended to a file.

A batch is on the disk (``fsync``) before it counts as stored. A crash in the middle of one leaves a torn last
line, which the next start drops; what was not confirmed comes again. A line that is among the last
:data:`REMEMBERED` ones is not appended a second time, so a repeat changes nothing here either.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from collector.outputs.base import Unreachable
from sodien.errors import SodienError
from sodien.i18n import tr

#: How many lines back a repeat is recognised (about 70 days of one meter; some 10 MB of memory).
REMEMBERED = 100_000
_BLOCK = 1 << 16


class FileOutput:
    """Appends to ``path``, made if missing; one process at a time.

    Raises SodienError when the file cannot be opened or another process writes to it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise SodienError(
                tr(
                    "The output file {path} cannot be opened ({error}); choose another with --to.",
                    path=path,
                    error=error.strerror,
                )
            ) from None
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._fd)
            raise SodienError(
                tr("Another process writes to {path}; give this one a file of its own.", path=path)
            ) from None
        self._recent: dict[int, None] = {}
        self._size = self._end_of_whole_lines()
        os.ftruncate(self._fd, self._size)
        for known in _tail(path, REMEMBERED):
            self._remember(known)

    def write(self, lines: Sequence[str]) -> None:
        """Append the lines and wait for the disk; see :class:`collector.outputs.base.Output`."""
        fresh = [line for line in dict.fromkeys(lines) if hash(line) not in self._recent]
        if not fresh:
            return
        data = ("\n".join(fresh) + "\n").encode()
        try:
            done = 0
            while done < len(data):
                done += os.pwrite(self._fd, data[done:], self._size + done)
            os.fsync(self._fd)
        except OSError as error:
            # What did not get there whole must not stay: the lines come again.
            try:
                os.ftruncate(self._fd, self._size)
            except OSError:
                pass  # the next attempt writes over it, at the same place
            raise Unreachable(f"the file {self.path} cannot be written: {error.strerror}") from None
        self._size += len(data)
        for line in fresh:
            self._remember(line)

    def close(self) -> None:
        """Close the file and let others write to it."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _remember(self, line: str) -> None:
        self._recent[hash(line)] = None
        if len(self._recent) > REMEMBERED:
            del self._recent[next(iter(self._recent))]

    def _end_of_whole_lines(self) -> int:
        """Size up to and including the last line break."""
        end = os.fstat(self._fd).st_size
        while end > 0:
            start = max(0, end - _BLOCK)
            found = os.pread(self._fd, end - start, start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            end = start
        return 0


def read_lines(path: Path) -> Iterator[str]:
    """The whole lines of an output file, oldest first; a torn last line is left out."""
    with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        for line in lines:
            if line.endswith("\n"):
                yield line[:-1]


def _tail(path: Path, count: int) -> list[str]:
    from collections import deque

    return list(deque(read_lines(path), maxlen=count))
