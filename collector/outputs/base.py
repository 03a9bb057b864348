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
            Expired: everything that the output still keeps is stored.
        """
        ...

    def close(self) -> None:
        """Release connections and files."""
        ...


class OutputError(Exception):
    """A write did not work; the message is one sentence."""


class Refused(OutputError):  # noqa: N818  (a verdict of the database, not a fault of ours)
    """At least one of the lines is malformed for this database (HTTP 400, 413, 422); others may be stored."""


class Denied(OutputError):  # noqa: N818
    """The database refuses this user, token or bucket (HTTP 401, 403, 404); the message names the remedy."""


class Unreachable(OutputError):  # noqa: N818
    """The database is not there, is busy or failed (no connection, HTTP 429, 5xx).

    Attributes:
        retry_after: seconds the database asks to wait, None when it does not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Expired(OutputError):  # noqa: N818
    """Some lines are older than the database keeps; it has stored the rest and dropped those.

    They count as stored: the database would delete them at once if it took them.
    """
