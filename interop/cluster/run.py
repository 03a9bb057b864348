"""A broker that dies in the middle of a flood, and a collector with it: is anything missing, or there twice?

    make interop-cluster [ARGS='--meters 1000 --minutes 240 --only artemis --json']

Real parts on loopback: a replicated pair of ActiveMQ Artemis behind HAProxy, and beside it one Mosquitto that
is started again; InfluxDB 1.x; `sodien collect` in a ``$share`` group; for every meter the publisher, the
ledger and the connection of `sodien run`, which counts nothing here. Every meter makes an entry a minute and
a live state every few seconds throughout; then all get a backlog at once. At a quarter of it the broker that
works is killed (SIGKILL), at a half one collector, which stays away until the backlog is stored. In the end
the database is compared with the ledgers, entry by entry.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from benchmarks.common import cpu_seconds, rss_mb
from interop.cluster.devices import MINUTE, PARTS, START, Told, name_of
from interop.cluster.servers import HAProxy, pair
from tests.support.servers import Influx, Mosquitto, Server

ROOT = Path(__file__).parents[2]
A_PROCESS = 100
PATIENCE_S = 900.0
SETTINGS = """
device: cluster
meters: [{{id: main, pin: 17, constant: 1600}}]
mqtt: {{host: 127.0.0.1, port: {port}}}
influxdb: {{url: "{url}", bucket: sodien}}
collector: {{share: town, client_id: "collector-{number}", aside: {folder}/aside-{number}.jsonl}}
"""


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def until(check: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not check():
        if time.monotonic() > deadline:
            raise SystemExit(f"not within {PATIENCE_S:.0f} s: {what}")
        time.sleep(0.05)


class Devices:
    """The processes with the devices, and the sum of what they tell."""

    def __init__(self, folder: Path, meters: int, port: int, live_s: float) -> None:
        folder.mkdir()
        self.joined: list[float] = []
        self.moments: set[int] = set()
        self.lags: list[tuple[float, float]] = []
        self._told: dict[int, Told] = {}
        self._processes = []
        for first in range(0, meters, A_PROCESS):
            count = min(A_PROCESS, meters - first)
            words = [folder, first, count, port, live_s]
            process = subprocess.Popen(
                [sys.executable, "-m", "interop.cluster.devices", *map(str, words)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=(folder / f"devices-{first}.log").open("wb"),
            )
            assert process.stdout is not None
            self._processes.append(process)
            threading.Thread(target=self._listen, args=(first, process.stdout), daemon=True).start()

    def _listen(self, first: int, lines: IO[bytes]) -> None:
        for line in lines:
            told = msgspec.json.decode(line, type=Told)
            self.joined += told.joined
            self.moments.update(told.moments)
            self.lags += told.lags
            self._told[first] = told

    def total(self, what: str) -> int:
        """Of one of the counts of :class:`Told`."""
        return sum(getattr(told, what) for told in self._told.values())

    def command(self, line: str) -> None:
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(line.encode() + b"\n")
            process.stdin.flush()

    def alive(self) -> bool:
        return all(process.poll() is None for process in self._processes)

    def close(self) -> None:
        for process in self._processes:
            if process.stdin is not None:
                process.stdin.close()
        for process in self._processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

    def silence(self, begin: float, end: float) -> tuple[float, float]:
        """The longest stretch within which nothing was newly confirmed: its beginning and its end."""
        moments = sorted({moment / PARTS for moment in self.moments if begin <= moment / PARTS <= end})
        edges = [begin, *moments]
        return max(itertools.pairwise(edges), key=lambda pair: pair[1] - pair[0], default=(begin, end))

    def lag(self, begin: float, end: float) -> str:
        """Median, 95 % and most of single entries confirmed within a stretch, in ms."""
        found = sorted(1000 * lag for at, lag in self.lags if begin <= at < end)
        if not found:
            return "-"
        return f"{statistics.median(found):.0f}, {found[int(len(found) * 0.95)]:.0f}, {found[-1]:.0f}"


class Collectors:
    """The collectors of one ``$share`` group."""

    def __init__(self, folder: Path, port: int, database: Influx) -> None:
        self._folder, self._port, self._database = folder, port, database
        self.running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, number: int) -> None:
        file = self._folder / f"sodien-{number}.yaml"
        file.write_text(
            SETTINGS.format(port=self._port, url=self._database.url, folder=self._folder, number=number)
        )
        log = (self._folder / f"collector-{number}.log").open("ab")
        words = [sys.executable, "-m", "sodien", "collect", "-v", "-c", str(file)]
        self.running[number] = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log)

    def kill(self, number: int) -> None:
        process = self.running.pop(number)
        process.kill()
        process.wait(10)

    def close(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(30)


class One:
    """A broker that is killed and started again, as systemd does."""

    name = "Mosquitto, one"

    def __init__(self, folder: Path) -> None:
        self.broker = Mosquitto(folder / "broker").start()
        self.port = self.broker.port

    def kill(self) -> None:
        self.broker.kill()
        time.sleep(0.1)  # RestartSec of systemd
        self.broker.restart()

    def processes(self) -> list[Server]:
        return [self.broker]

    def close(self) -> None:
        self.broker.stop()


class Pair:
    """Two Artemis, one waiting, behind HAProxy; the one that works is killed and stays away."""

    name = "Artemis, replicated pair"

    def __init__(self, folder: Path) -> None:
        self.primary, self.backup, self._leases = pair(folder)
        for broker in (self.primary, self.backup):
            say(f"starting {broker.name}")
            broker.start_here()
        self.front = HAProxy(folder / "front", self.primary, self.backup).start()
        self.port = self.front.port

    def kill(self) -> None:
        self.primary.kill()

    def processes(self) -> list[Server]:
        return [one for one in (self.primary, self.backup, self.front) if one.running]

    def close(self) -> None:
        for server in (self.front, self.backup, self.primary):
            server.stop()
        for lease in self._leases:
            lease.release()


def compare(database: Influx, made: int, meters: int) -> tuple[int, int, int]:
    """(missing, twice, strange): every ledger's entries against the points of its device."""
    missing = twice = strange = 0
    total = 0
    for first in range(0, meters, A_PROCESS):
        names = [name_of(number) for number in range(first, min(meters, first + A_PROCESS))]
        rows = database.query(
            f"SELECT pulses FROM meter WHERE device =~ /^({'|'.join(names)})$/ GROUP BY device", "sodien"
        )
        found: dict[str, list[tuple[int, int]]] = {name: [] for name in names}
        for row in rows:
            found[row["device"]].append((row["time"], row["pulses"]))
        for points in found.values():
            numbers = [number for _, number in points]
            total += len(set(numbers))
            twice += len(numbers) - len(set(numbers))
            strange += sum(time_ms != START + number * MINUTE for time_ms, number in points)
    missing = made - total
    return missing, twice, strange


def measure(folder: Path, kind: type[One] | type[Pair], chosen: argparse.Namespace) -> dict[str, Any]:
    """One flood through one kind of broker."""
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(Influx(folder / "influx"))
        database.query("CREATE DATABASE sodien")
        broker = kind(folder)
        stack.callback(broker.close)
        collectors = Collectors(folder, broker.port, database)
        stack.callback(collectors.close)
        for number in range(1, chosen.collectors + 1):
            collectors.start(number)
        devices = Devices(folder / "devices", chosen.meters, broker.port, chosen.live)
        stack.callback(devices.close)
        until(lambda: devices.total("connected") == chosen.meters, "every device is connected")
        say(f"{kind.name}: {chosen.meters} devices are connected; an entry a minute each")
        return _flood(broker, database, collectors, devices, chosen)


def _flood(
    broker: One | Pair, database: Influx, collectors: Collectors, devices: Devices, chosen: argparse.Namespace
) -> dict[str, Any]:
    meters = chosen.meters

    def made() -> int:
        return devices.total("made")

    def confirmed() -> int:
        return devices.total("confirmed")

    devices.command("flood 1")  # whose name is whose is told once, before the first entry
    until(lambda: confirmed() >= meters, "the first entries are stored")
    devices.command("begin")
    begun = time.monotonic()
    cpu, live = _cpu(broker), devices.total("live")
    time.sleep(chosen.steady)
    steady = time.monotonic()
    result: dict[str, Any] = {
        "broker": broker.name,
        "meters": meters,
        "collectors": chosen.collectors,
        "steady_lag_ms_median_p95_max": devices.lag(begun, steady),
        "steady_broker_cpu_percent": round(100 * (_cpu(broker) - cpu) / (steady - begun)),
        "steady_live_per_s": round((devices.total("live") - live) / (steady - begun)),
        "broker_rss_mb": {server.name: rss_mb(_pid(server)) for server in broker.processes()},
    }
    before, backlog = confirmed(), meters * chosen.minutes
    sent = devices.total("sent"), devices.total("sent_bytes")
    say(f"the flood: {backlog} entries at once")
    devices.command(f"flood {chosen.minutes}")
    flood = time.monotonic()
    until(lambda: confirmed() - before >= backlog * 0.25, "a quarter is stored")
    killed = time.monotonic()
    broker.kill()
    say("the broker is killed")
    until(lambda: confirmed() - before >= backlog * 0.5, "half is stored")
    away = time.monotonic()
    collectors.kill(chosen.collectors)
    say("a collector is killed")
    until(lambda: made() >= before + backlog and confirmed() >= made(), "everything is stored")
    done = time.monotonic()
    say("everything is stored")
    result |= {
        "backlog": backlog,
        "flood_s": round(done - flood, 1),
        "flows_again_s": round(devices.silence(killed, away)[1] - killed, 1),
        "all_back_s": round(max([at for at in devices.joined if at > killed], default=killed) - killed, 1),
        "silence_after_collector_s": round(_length(devices.silence(away, done)), 1),
        "flood_lag_ms_median_p95_max": devices.lag(flood, done),
        "ledger_messages": devices.total("sent") - sent[0],
        "bytes_per_entry_sent": round((devices.total("sent_bytes") - sent[1]) / backlog),
        "bytes_per_live_state": round(devices.total("live_bytes") / max(1, devices.total("live"))),
        "broker_rss_mb_after": {server.name: rss_mb(_pid(server)) for server in broker.processes()},
    }
    collectors.start(chosen.collectors)  # it comes back, and may get again what it had
    devices.command("end")
    time.sleep(8)
    until(lambda: confirmed() >= made(), "the last entries are stored")
    result["confirmed_again"] = devices.total("again")
    result["refused"] = devices.total("refused")
    result["missing"], result["twice"], result["at_another_time"] = compare(database, made(), meters)
    result["database_mb"] = round(
        sum(file.stat().st_size for file in database.folder.rglob("*") if file.is_file()) / 1e6, 1
    )
    result["entries"] = made()
    say(json.dumps(result))
    return result


def _length(stretch: tuple[float, float]) -> float:
    return stretch[1] - stretch[0]


def _pid(server: Server) -> int:
    assert server.process is not None
    return server.process.pid


def _cpu(broker: One | Pair) -> float:
    return sum(cpu_seconds(_pid(server)) for server in broker.processes())


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="sodien-cluster-") as folder:
        yield Path(folder)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--meters", type=int, default=1000)
    parser.add_argument("--collectors", type=int, default=3)
    parser.add_argument("--minutes", type=int, default=240, help="backlog of each meter, an entry a minute")
    parser.add_argument("--steady", type=float, default=30, help="seconds before the flood")
    parser.add_argument("--live", type=float, default=30, help="seconds between live states; 0: none")
    parser.add_argument("--only", choices=["artemis", "mosquitto"])
    parser.add_argument("--keep", type=Path, help="folder for logs and data; else they are thrown away")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing is left running
    kinds: dict[str, type[One] | type[Pair]] = {"mosquitto": One, "artemis": Pair}
    with _folder(chosen.keep) as folder, contextlib.redirect_stdout(sys.stderr):
        results = [
            measure(folder / name, kind, chosen)
            for name, kind in kinds.items()
            if chosen.only in (None, name)
        ]
    machine = {
        "machine": f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1),
    }
    if chosen.json:
        print(json.dumps({**machine, "results": results}))
    else:
        for name in results[0]:
            print(f"{name.replace('_', ' '):<30}", *(f"{result[name]!s:<45}" for result in results))
        print(*(f"{name}: {value}" for name, value in machine.items()), sep="; ")
    sys.exit(any(result["missing"] or result["twice"] or result["at_another_time"] for result in results))


if __name__ == "__main__":
    main()
