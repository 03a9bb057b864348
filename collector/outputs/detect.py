"""Which API a database speaks, found by asking it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import urllib3

from collector.outputs.base import Denied, Output, Unreachable

TIMEOUT = urllib3.Timeout(connect=5.0, read=10.0)


def api_of(url: str) -> str:
    """``v1`` or ``v2``: what ``GET /ping`` says in X-Influxdb-Version (1.x is v1; 2, 3 and silence are v2).

    Raises Unreachable when the database does not answer.
    """
    try:
        with urllib3.PoolManager(retries=False, timeout=TIMEOUT) as pool:
            reply = pool.request("GET", f"{url.rstrip('/')}/ping", redirect=False)
    except urllib3.exceptions.HTTPError as error:
        raise Unreachable(f"InfluxDB at {url} cannot be reached: {error}") from None
    if reply.status >= 500:  # a proxy whose database is down
        raise Unreachable(f"InfluxDB at {url} answered {reply.status} to a ping")
    version = reply.headers.get("X-Influxdb-Version", "")
    return "v1" if version.lstrip("v").startswith("1.") else "v2"


class Probing:
    """A sink that finds out which API to speak when it first writes, and again after the database denied it
    (it may have been replaced by another version).

    Args:
        url: of the database.
        make: builds the sink for ``v1`` or ``v2``.
    """

    def __init__(self, url: str, make: Callable[[str], Output]) -> None:
        self._url = url
        self._make = make
        self._sink: Output | None = None

    def write(self, lines: Sequence[str]) -> None:
        """Store all lines; see :class:`collector.outputs.base.Output`."""
        if self._sink is None:
            self._sink = self._make(api_of(self._url))
        try:
            self._sink.write(lines)
        except Denied:
            self.close()
            raise

    def close(self) -> None:
        """Close the connections."""
        if self._sink is not None:
            self._sink.close()
            self._sink = None
