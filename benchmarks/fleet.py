"""Many meters through one broker: messages/s, lag from publish to confirmation, memory.

    python benchmarks/fleet.py [--meters 1,100,10000] [--collectors 1,2,4] [--seconds 20] [--json]

Every simulated device sends one entry a minute at a random moment (steady), then every device at once sends
a backlog of an hour, 60 entries in one message (flood). Real Mosquitto, real InfluxDB 1.x, and real
``sodien collect`` processes that share the load with ``$share``. Lag runs from publish to the collector's
confirmation, that is, until the database has the entry. What it does not emulate: one connection for each
device (eight connections speak for all), the network, and more than this machine's processors, on which
publisher, servers and collectors all run.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from common import ROOT, arguments, cpu_seconds, folder, rss_mb, show, until
from paho.mqtt.enums import CallbackAPIVersion

from sodien.protocol import messages, times, topics
from tests.support.servers import Influx, Mosquitto

CONNECTIONS = 8
BACKLOG = 60
PROBE = "probe"
START = 1_793_000_000_000
LEDGER = "0" * 32
SETTINGS = """
device: bench
meters: [{{id: main, pin: 17, constant: 1600}}]
mqtt: {{host: 127.0.0.1, port: {port}}}
influxdb: {{url: "{url}", bucket: sodien}}
collector: {{share: fleet, aside: {folder}/aside-{number}.jsonl}}
"""


class Fleet:
    """All devices, on a few connections; remembers when what was sent and confirmed."""

    def __init__(self, port: int, meters: int) -> None:
        self.names = [f"dev{number:05d}" for number in range(meters)]
        self.next_seq = dict.fromkeys([*self.names, PROBE], 1)
        self.sent: dict[tuple[str, int], float] = {}
        self.lags: list[float] = []
        self._lock = threading.Lock()
        self.clients = [self._client(port) for _ in range(min(CONNECTIONS, meters))]
        self.ears = self._client(port, listen=True)

    def _client(self, port: int, *, listen: bool = False) -> paho.Client:
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.max_inflight_messages_set(1000)
        ready = threading.Event()
        if listen:
            client.on_message = self._stored
            client.on_connect = lambda c, *_: c.subscribe(f"{topics.ROOT}/+/stored", 1)
            client.on_subscribe = lambda *_: ready.set()
        else:
            client.on_connect = lambda *_: ready.set()
        client.connect("127.0.0.1", port)
        client.loop_start()
        assert ready.wait(10)
        return client

    def _stored(self, _client: Any, _user: Any, message: paho.MQTTMessage) -> None:
        now = time.perf_counter()
        device = message.topic.split("/")[1]
        stored = messages.decode_stored(message.payload)
        with self._lock:
            for first, last in stored.ranges:
                for seq in range(first, last + 1):
                    sent = self.sent.pop((device, seq), None)
                    if sent is not None:
                        self.lags.append(now - sent)

    def send(self, device: str, entries: int) -> None:
        """One message of so many entries."""
        first = self.next_seq[device]
        self.next_seq[device] = first + entries
        ticks = [
            entries.TickEntry(
                seq=seq, at=times.format_time(START + seq * 60_000), meter="main", pulses=seq, power_w=1.5
            )
            for seq in range(first, first + entries)
        ]
        payload = messages.encode_batch(LEDGER, ticks)
        now = time.perf_counter()
        with self._lock:
            self.sent |= {(device, tick.seq): now for tick in ticks}
        client = self.clients[hash(device) % len(self.clients)]
        client.publish(topics.Topics(device).ledger, payload, qos=1)

    def probe(self) -> bool:
        """Whether somebody confirms; an entry sent before that is lost, nobody here sends it again."""
        with self._lock:
            self.sent.clear()
            self.lags.clear()
        self.send(PROBE, 1)
        time.sleep(1)
        return self.waiting() == 0

    def waiting(self) -> int:
        """Entries that nobody has confirmed."""
        with self._lock:
            return len(self.sent)

    def taken(self) -> list[float]:
        """The lags since the last call, in order."""
        with self._lock:
            lags, self.lags = self.lags, []
        return sorted(lags)

    def close(self) -> None:
        """Disconnect."""
        for client in (*self.clients, self.ears):
            client.disconnect()
            client.loop_stop()


def measure(where: Path, meters: int, collectors: int, seconds: float) -> dict[str, Any]:
    """One size of fleet, with fresh servers."""
    where.mkdir()
    with Mosquitto(where / "broker") as broker, Influx(where / "influx") as database:
        database.query("CREATE DATABASE sodien")
        running = []
        fleet = Fleet(broker.port, meters)
        try:
            for number in range(collectors):
                file = where / f"sodien-{number}.yaml"
                file.write_text(
                    SETTINGS.format(port=broker.port, url=database.url, folder=where, number=number)
                )
                log = (where / f"collect-{number}.log").open("wb")
                words = ["collect", "-c", str(file), "--client-id", f"fleet-{number}"]
                running.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "sodien", *words], cwd=ROOT, stdout=log, stderr=log
                    )
                )
            until(fleet.probe, 60, "the collectors are up")
            result: dict[str, Any] = {"meters": meters, "collectors": collectors}
            result |= _steady(fleet, seconds)
            cpu = sum(cpu_seconds(one.pid) for one in running)
            result |= _flood(fleet)
            sent = meters * BACKLOG
            result["flood_cpu_us_per_entry"] = round(
                (sum(cpu_seconds(one.pid) for one in running) - cpu) * 1e6 / sent
            )
            result["collector_rss_mb"] = max(rss_mb(one.pid) for one in running)
            assert broker.process is not None
            assert database.process is not None
            result["broker_rss_mb"] = rss_mb(broker.process.pid)
            result["database_rss_mb"] = rss_mb(database.process.pid)
            (row,) = database.query("SELECT count(pulses) FROM meter WHERE device != 'probe'", "sodien")
            emitted = sum(fleet.next_seq[name] - 1 for name in fleet.names)
            result["missing"] = emitted - int(row["count"])
            return result
        finally:
            fleet.close()
            for one in running:
                one.terminate()
                one.wait(30)


def _steady(fleet: Fleet, seconds: float) -> dict[str, Any]:
    """Each device once a minute, for a while."""
    chance = random.Random(1)
    moments = sorted((chance.uniform(0, 60), name) for name in fleet.names)
    due = [(at, name) for at, name in moments if at < seconds] or [(0.0, fleet.names[0])]
    begun = time.perf_counter()
    for at, name in due:
        ahead = begun + at - time.perf_counter()
        if ahead > 0:
            time.sleep(ahead)
        fleet.send(name, 1)
    until(lambda: fleet.waiting() == 0, 120, "the steady entries are confirmed")
    lags = fleet.taken()
    return {
        "steady_per_s": round(len(fleet.names) / 60, 1),
        "lag_ms_median": round(statistics.median(lags) * 1000, 1),
        "lag_ms_p95": round(lags[int(len(lags) * 0.95)] * 1000, 1),
        "lag_ms_max": round(lags[-1] * 1000, 1),
    }


def _flood(fleet: Fleet) -> dict[str, Any]:
    """Everybody at once sends what an hour's outage left."""
    begun = time.perf_counter()
    for name in fleet.names:
        fleet.send(name, BACKLOG)
    until(lambda: fleet.waiting() == 0, 900, "the backlog is confirmed")
    spent = time.perf_counter() - begun
    fleet.taken()
    return {
        "flood_entries_per_s": round(len(fleet.names) * BACKLOG / spent),
        "flood_messages_per_s": round(len(fleet.names) / spent),
        "flood_s": round(spent, 1),
    }


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--meters", default="1,100,10000", help="sizes of the fleet")
    parser.add_argument("--collectors", default="1,2,4", help="numbers of collectors, for the largest fleet")
    parser.add_argument("--seconds", type=float, default=20, help="length of the steady part")
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.meters.split(",")]
    shares = [int(number) for number in chosen.collectors.split(",")]
    runs = [(size, shares[0]) for size in sizes] + [(sizes[-1], number) for number in shares[1:]]
    with folder() as where:
        results = [
            measure(where / f"{meters}-{collectors}", meters, collectors, chosen.seconds)
            for meters, collectors in runs
        ]
    if chosen.json:
        show({"command": " ".join(sys.argv), "results": results}, as_json=True)
        return
    columns = list(results[0])
    print("| " + " | ".join(column.replace("_", " ") for column in columns) + " |")
    print("|" + "---|" * len(columns))
    for result in results:
        print("| " + " | ".join(str(result[column]) for column in columns) + " |")
    show({"command": " ".join(sys.argv)}, as_json=False)


if __name__ == "__main__":
    main()
