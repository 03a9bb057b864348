"""InfluxDB 1.x: ``/write`` (what ``apt install influxdb`` gives on a Raspberry Pi)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from collector.outputs.base import Denied, Unreachable
from collector.outputs.http_errors import error_of
from sodien.http import HttpClient, NoAnswerError


class Influx1:
    """Writes to a database of InfluxDB 1.x and creates it when it is missing and the user may.

    Args:
        url: e.g. ``http://localhost:8086``.
        bucket: the database, or ``database/retention-policy`` (which must exist).
        user: empty for a database without users.
        password: the user's.
        token: sent as ``Authorization: Token`` when there is no user (InfluxDB 1.8: ``user:password``).
        timeout_s: seconds to wait for a connection, and for an answer.
    """

    def __init__(
        self,
        url: str,
        bucket: str,
        user: str = "",
        password: str = "",
        token: str = "",
        timeout_s: float = 10.0,
    ) -> None:
        self._url = url.rstrip("/")
        self._database, _, self._policy = bucket.partition("/")
        self._client = HttpClient(url, user=user, password=password, token=token, timeout_s=timeout_s)

    def write(self, lines: Sequence[str]) -> None:
        """Store all lines; see :class:`collector.outputs.base.Output`."""
        body = "\n".join(lines).encode()
        try:
            self._post_lines(body)
        except Denied as denied:
            if denied.status != 404:
                raise
            self.create_database()
            self._post_lines(body)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _post_lines(self, body: bytes) -> None:
        # Milliseconds are read rightly by every version; 1.x takes "us" and reads nanoseconds.
        fields = {"db": self._database, "precision": "ms"}
        if self._policy:
            fields["rp"] = self._policy
        self._post("/write", fields, body)

    def create_database(self) -> None:
        """Make the database unless it is there. Raises Denied, Unreachable."""
        self._post("/query", {"q": f"CREATE DATABASE {_quoted(self._database)}"}, b"")

    def _post(self, path: str, fields: dict[str, str], body: bytes) -> None:
        where = f"InfluxDB at {self._url}"
        try:
            reply = self._client.ask("POST", f"{path}?{urlencode(fields)}", body)
        except NoAnswerError as error:
            raise Unreachable(f"{where} cannot be reached: {error}") from None
        if not reply.good:
            raise error_of(reply.status, reply.text, reply.headers.get("Retry-After"), where, self._remedy())

    def _remedy(self) -> str:
        if self._policy:
            return (
                f"create it: influx -execute 'CREATE RETENTION POLICY {_quoted(self._policy)} ON "
                f"{_quoted(self._database)} DURATION INF REPLICATION 1'"
            )
        return f"create it: influx -execute 'CREATE DATABASE {_quoted(self._database)}'"


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
