"""A collector inside the test's process, and what databases hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from collector.outputs.base import Output
from collector.retry import Backoff
from collector.service import Collector
from sodien.mqtt import Broker
from tests.support.servers import Influx, Mosquitto

Collect = Callable[..., Collector]


@pytest.fixture
def collect(mosquitto: Mosquitto) -> Iterator[Collect]:
    """Starts collectors on the broker: ``collect(output, client_id=…, **options)``; stops them at the end."""
    running: list[Collector] = []

    def start(output: Output, client_id: str = "collector", version: int = 5, **options: Any) -> Collector:
        options.setdefault("backoff", Backoff(0.05, 0.2))
        options.setdefault("kept_s", 0.2)
        collector = Collector(
            Broker("127.0.0.1", mosquitto.port, version),
            output,
            client_id=client_id,
            reconnect_s=(1, 1),
            **options,
        )
        collector.start()
        running.append(collector)
        assert collector.wait_subscribed(20), "no subscription"
        return collector

    yield start
    for collector in running:
        collector.stop()


def stored_ticks(influxdb: Influx, device: str = "nha", db: str = "sodien") -> list[tuple[int, int]]:
    """(milliseconds, pulses) of all ticks of a device."""
    rows = influxdb.query(f"SELECT pulses FROM meter WHERE device = '{device}'", db)
    return [(row["time"], row["pulses"]) for row in rows]
