"""Which API a database speaks, found by asking it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from collector.outputs.base import Denied, Output, Unreachable
from sodien.http import HttpClient, NoAnswerError


def api_of(url: str) -> str:
    """``v1`` or ``v2``: what ``GET /ping`` says in X-Influxdb-Version (1.x is v1; 2, 3 and silence are v2).

    Raises Unreachable when the database does not answer.
    """
    try:
        with HttpClient(url) as client:
            reply = client.ask("GET", "/ping")
    except NoAnswerError as error:
        raise Unreachable(f"InfluxDB at {url} cannot be reached: {error}") from None
    if reply.status >= 500:  # a proxy whose database is down
        raise Unreachable(f"InfluxDB at {url} answered {reply.status} to a ping")
    version = reply.headers.get("X-Influxdb-Version", "")
    return "v1" if version.lstrip("v").startswith("1.") else "v2"


class Probing:
    """An output that finds out which API to speak when it first writes, and again after a denial.

    The database may have been replaced by another version meanwhile.


    Args:
        url: of the database.
        make: builds the output for ``v1`` or ``v2``.
    """

    def __init__(self, url: str, make: Callable[[str], Output]) -> None:
        self._url = url
        self._make = make
        self._output: Output | None = None

    def write(self, lines: Sequence[str]) -> None:
        """Store all lines; see :class:`collector.outputs.base.Output`."""
        if self._output is None:
            self._output = self._make(api_of(self._url))
        try:
            self._output.write(lines)
        except Denied:
            self.close()
            raise

    def close(self) -> None:
        """Close the connections."""
        if self._output is not None:
            self._output.close()
            self._output = None
