"""The shipped Telegraf settings: a real broker, Telegraf and InfluxDB, and what both collectors store."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import paho.mqtt.publish as publish
import pytest

from collector.line_protocol import of_entry
from sodien.protocol import entries, times
from sodien.protocol.messages import encode_batch
from sodien.protocol.topics import Topics
from tests.grafana.household import MINUTE, START, Household
from tests.support.servers import Influx, Mosquitto

CONFIG = Path(__file__).parents[1] / "config" / "telegraf" / "sodien.conf"
TELEGRAF = os.environ["TELEGRAF"]  # make interop sets it
DEVICE = "nha-toi"
#: What Telegraf stores; the collector stores the same fields and some more.
MEASUREMENTS = {"tick": "meter", "hour": "hour", "day": "day", "gap": "gap"}
#: The fields that these are, as docs/how-to/telegraf.md says.
LEFT_OUT = {"number", "blind_power", "end_ms", "counted"}


class Telegraf:
    def __init__(self, folder: Path, broker: Mosquitto, database: Influx) -> None:
        text = CONFIG.read_text().replace("127.0.0.1:1883", f"127.0.0.1:{broker.port}")
        text = text.replace("http://127.0.0.1:8086", database.url).replace('"5s"', '"200ms"')
        self.config, self.log = folder / "telegraf.conf", folder / "telegraf.log"
        self.config.write_text(text)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([TELEGRAF, "--config", self.config], stdout=log, stderr=log)
        until(lambda: b"Connected" in self.log.read_bytes())

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(20)


def until(check: Any) -> None:
    deadline = time.monotonic() + 30
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def telegraf(tmp_path: Path, mosquitto: Mosquitto, influxdb: Influx) -> Iterator[Telegraf]:
    one = Telegraf(tmp_path, mosquitto, influxdb)
    one.start()
    yield one
    one.stop()


def rows(influxdb: Influx, measurement: str, database: str = "sodien") -> list[dict[str, Any]]:
    return influxdb.query(f'SELECT * FROM "{measurement}"', database)


def stored(influxdb: Influx, measurement: str, number: int) -> bool:
    return len(rows(influxdb, measurement)) == number


def test_it_stores_what_the_collector_stores(
    telegraf: Telegraf, mosquitto: Mosquitto, influxdb: Influx
) -> None:
    household = Household("main", scale=1)
    entries = household.entries[:]
    for first in range(0, len(entries), 250):
        payload = encode_batch("0" * 32, entries[first : first + 250])
        publish.single(Topics(DEVICE).ledger, payload, qos=1, hostname="127.0.0.1", port=mosquitto.port)
    influxdb.query("CREATE DATABASE reference")
    body = "\n".join(of_entry(DEVICE, entry) for entry in entries).encode()
    with urllib.request.urlopen(
        urllib.request.Request(f"{influxdb.url}/write?db=reference&precision=ms", data=body)
    ) as reply:
        assert reply.status == 204
    for kind, measurement in MEASUREMENTS.items():
        expected = rows(influxdb, measurement, "reference")
        assert expected
        until(partial(stored, influxdb, measurement, len(expected)))
        for got, want in zip(rows(influxdb, measurement), expected, strict=True):
            assert got.items() <= want.items(), kind
            assert set(want) - set(got) <= LEFT_OUT, kind


def test_entries_wait_at_the_broker_while_it_is_away(
    telegraf: Telegraf, mosquitto: Mosquitto, influxdb: Influx
) -> None:
    telegraf.stop()
    for number in range(40):
        tick = entries.TickEntry(
            seq=number + 1, at=times.format_time(START + number * MINUTE), meter="main", pulses=number
        )
        payload = encode_batch("0" * 32, [tick])
        publish.single(Topics(DEVICE).ledger, payload, qos=1, hostname="127.0.0.1", port=mosquitto.port)
    telegraf.start()
    until(partial(stored, influxdb, "meter", 40))
