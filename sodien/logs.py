"""What the services log: one line each whatever a stranger wrote, and no flood of them."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable

from sodien.printable import printable

MINUTE_S = 60.0


class LineFormatter(logging.Formatter):
    """Writes what would steer a terminal, or begin a line that looks like another one, as visible escapes."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's name)
        """The line of a record."""
        return printable(super().formatMessage(record), keep="\t")

    def formatException(self, ei: object) -> str:  # noqa: N802
        """The lines of a traceback."""
        return printable(super().formatException(ei), keep="\t\n")  # type: ignore[arg-type]


class OnceAMinute:
    """Warns of what may come in floods: at once the first time, then at most once a minute for each kind.

    May be called from several threads; two that meet may cost a line too many, nothing else.
    """

    def __init__(self, log: logging.Logger, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._monotonic = monotonic
        self._kinds: dict[str, tuple[float, int]] = {}

    def warn(self, kind: str, text: str) -> None:
        """Log the text, or count it until the minute is over; ``kind`` is one of a few words of ours."""
        now = self._monotonic()
        said, silent = self._kinds.get(kind, (float("-inf"), 0))
        if now - said < MINUTE_S:
            self._kinds[kind] = said, silent + 1
            return
        self._kinds[kind] = now, 0
        self._log.warning("%s%s", text, f" ({silent} more since the last line)" if silent else "")


def set_up(verbose: bool) -> None:
    """Log to standard error, one line each; systemd adds the time itself."""
    stamp = "" if os.environ.get("JOURNAL_STREAM") else "%(asctime)s "
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter(f"{stamp}%(levelname)s %(message)s"))
    logging.basicConfig(level=logging.DEBUG if verbose else logging.INFO, handlers=[handler])
