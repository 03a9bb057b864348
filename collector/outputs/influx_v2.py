"""The InfluxDB 2 API through influxdb-client: InfluxDB 1.8, 2 and 3, and VictoriaMetrics.

VictoriaMetrics answers before the lines are on its disk (a few seconds, ``-inmemoryDataFlushInterval``), so a
power cut of its own can cost lines it has accepted; ask for a replay then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collector.outputs.base import Denied, Unreachable
from collector.outputs.http_errors import error_of
from sodien.http import reason_of


class Influx2:
    """Writes to a bucket with ``/api/v2/write``.

    Args:
        url: e.g. ``http://localhost:8086``.
        org: organisation; not used by InfluxDB 1.8, 3 and VictoriaMetrics.
        bucket: must exist; this program's token need not be allowed to create one.
        token: API token; for InfluxDB 1.8 ``user:password``. Empty where none is asked for.
        timeout_s: seconds to wait for a connection, and for an answer.
    """

    def __init__(self, url: str, org: str, bucket: str, token: str = "", timeout_s: float = 10.0) -> None:
        # Imported here: it costs a second on a small Pi, and the file output does without it.
        from influxdb_client.client.influxdb_client import InfluxDBClient
        from influxdb_client.client.write_api import SYNCHRONOUS
        from influxdb_client.domain.write_precision import WritePrecision

        self._url, self._org, self._bucket = url.rstrip("/"), org, bucket
        self._client: Any = InfluxDBClient(
            url=self._url,
            token=token,
            org=org or "-",
            timeout=(timeout_s * 1000, timeout_s * 1000),
            retries=False,
        )
        self._writer: Any = self._client.write_api(write_options=SYNCHRONOUS)
        self._precision = WritePrecision.MS

    def write(self, lines: Sequence[str]) -> None:
        """Store all lines; see :class:`collector.outputs.base.Output`."""
        from influxdb_client.rest import ApiException
        from urllib3.exceptions import HTTPError

        where = f"InfluxDB at {self._url}"
        try:
            self._writer.write(bucket=self._bucket, record="\n".join(lines), write_precision=self._precision)
        except ApiException as error:
            if not error.status:  # the client's way of saying that TLS failed
                raise Denied(f"{where} cannot be trusted: {reason_of(error)}") from None
            headers: Any = error.headers or {}
            remedy = f"create the bucket: influx bucket create --name {self._bucket} --org {self._org}"
            raise error_of(
                error.status, str(error.body or ""), headers.get("Retry-After"), where, remedy
            ) from None
        except (HTTPError, OSError) as error:
            raise Unreachable(f"{where} cannot be reached: {reason_of(error)}") from None

    def close(self) -> None:
        """Close the connections."""
        self._writer.close()
        self._client.close()
