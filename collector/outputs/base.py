"""Where the lines go: what every output offers, and how it says that a write did not work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Output(Protocol):
    """An output for line protocol (times in milliseconds)."""

    def write(self, lines: Sequence[str]) -> None:
        """Store all lines; when it returns, they are stored for good.

        Writing a line again must change nothing. Called by one thread at a time; may block for as long as
        the output's own time-outs (half a minute), not for ever.

        Raises:
            Refused: the output will never take these lines as they are.
            Denied: the output is there, but this user, token or bucket is not; a person has to mend it.
            Unreachable: nothing was said about the lines; it will work later.
        """
        ...

    def close(self) -> None:
        """Release connections and files."""
        ...


class OutputError(Exception):
    """A write did not work; the message is one sentence."""


class Refused(OutputError):  # noqa: N818  (a verdict of the database, not a fault of ours)
    """The database does not take at least one of the lines (HTTP 400, 413, 422); others may be stored.

    Attributes:
        too_long: whether it is for the length of all of them together (413).
    """

    def __init__(self, message: str, *, too_long: bool = False) -> None:
        super().__init__(message)
        self.too_long = too_long


class Denied(OutputError):  # noqa: N818
    """The database refuses this user, token or bucket (HTTP 401, 403, 404); the message names the remedy.

    Attributes:
        status: of HTTP; 0 where there was none.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Unreachable(OutputError):  # noqa: N818
    """The database is not there, is busy or failed (no connection, HTTP 429, 5xx).

    Attributes:
        retry_after: seconds the database asks to wait, None when it does not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
