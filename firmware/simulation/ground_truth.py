"""The truth log of the simulated meters: ``<meter> <running count> <monotonic ns>``, a line per pulse."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from sodien.errors import SodienError
from sodien.i18n import tr


class SimulationError(SodienError):
    """The simulation cannot go on; the sentence says why and what to do."""


class TruthLog:
    """Appends one line per emitted pulse, unbuffered; running counts go on where the file ends.

    Attributes:
        counts: the last running count of each meter.

    Raises:
        SimulationError: the file is something else, or cannot be written.
    """

    _LINE = re.compile(rb"([A-Za-z0-9][A-Za-z0-9_.-]*) ([0-9]+) ([0-9]+)\n")
    _TORN = re.compile(rb"[A-Za-z0-9][A-Za-z0-9_.-]*( ([0-9]+( [0-9]*)?)?)?")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: dict[str, int] = {}
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise self._error(error) from error
        try:
            self._size = self._resume()
        except OSError as error:
            os.close(self._fd)
            raise self._error(error) from error
        except SimulationError:
            os.close(self._fd)
            raise

    def write(self, meter: str, mono_ns: int) -> None:
        """Log the meter's next pulse. Raises SimulationError; then nothing of the line is in the file."""
        count = self.counts.get(meter, 0) + 1
        line = b"%b %d %d\n" % (meter.encode("ascii"), count, mono_ns)
        try:
            written = os.write(self._fd, line)
            if written < len(line):
                os.ftruncate(self._fd, self._size)
                raise OSError(None, "disk full")
        except OSError as error:
            raise self._error(error) from error
        self._size += written
        self.counts[meter] = count

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _resume(self) -> int:
        if not stat.S_ISREG(os.fstat(self._fd).st_mode):
            raise self._foreign(0)
        size = 0
        with open(self._fd, "rb", closefd=False) as file:
            for number, line in enumerate(file, 1):
                match = self._LINE.fullmatch(line)
                if match is not None:
                    self.counts[match[1].decode("ascii")] = int(match[2])
                    size += len(line)
                elif line.endswith(b"\n") or self._TORN.fullmatch(line) is None:
                    raise self._foreign(number)
        # A torn last line is a pulse that never was: the line is written before the LED lights.
        os.ftruncate(self._fd, size)
        return size

    def _foreign(self, number: int) -> SimulationError:
        return SimulationError(
            tr(
                "{path} line {number} is not a line of a truth log; "
                "name another file in gpio.simulated.truth",
                path=self.path,
                number=number,
            )
        )

    def _error(self, error: OSError) -> SimulationError:
        return SimulationError(
            tr(
                "the truth log {path} cannot be written ({error}); check gpio.simulated.truth",
                path=self.path,
                error=error.strerror or error,
            )
        )
