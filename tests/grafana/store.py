"""Lines into a real InfluxDB 1.x, as the collector writes them."""

from __future__ import annotations

from collections.abc import Sequence

from collector.outputs.influx_v1 import Influx1
from tests.support.servers import Influx


def write(server: Influx, database: str, lines: Sequence[str]) -> None:
    """Store all lines. Raises Refused when one does not fit."""
    sink = Influx1(server.url, database)
    try:
        sink.write(lines)
    finally:
        sink.close()
