"""The real servers of the tests: Mosquitto, InfluxDB 1.x and VictoriaMetrics.

Each runs as a child process on a free loopback port with a directory of its own, never the system's
instance. ``start`` returns when the server answers, ``kill`` is SIGKILL (a crash), ``restart`` comes back on
the same port with the same data, ``stop`` is SIGTERM. A server that will not start raises
:class:`ServerError` with the end of its log.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import pytest

#: Below the range from which Linux takes the ports of outgoing connections, above the well-known ones.
PORTS = range(20_000, 32_000)
_SEARCH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])


class ServerError(Exception):
    """A server did not start; the message ends with its log."""


def find_program(command: str, package: str) -> str:
    """The program's path; a missing one fails the test (a silent skip would hide an untested chain)."""
    path = shutil.which(command, path=_SEARCH)
    if path is None:
        pytest.fail(
            f"{command} is not installed; run 'make servers' or: sudo apt-get install "
            f"--no-install-recommends {package}",
            pytrace=False,
        )
    return path


class PortLease:
    """A loopback port that no other test process of this machine picks while the lease is held."""

    def __init__(self) -> None:
        folder = Path(tempfile.gettempdir()) / f"sodien-test-ports-{os.getuid()}"
        folder.mkdir(exist_ok=True)
        for port in random.SystemRandom().sample(PORTS, 200):
            held: IO[str] = (folder / str(port)).open("w")
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", port))
            except OSError:
                held.close()
                continue
            self.port = port
            self._held = held
            return
        raise ServerError("no free loopback port was found")

    def release(self) -> None:
        self._held.close()


class Server:
    """What the three servers share. ``folder`` holds configuration, data and log."""

    name = "server"
    command = ""
    package = ""
    leases_wanted = 1
    start_seconds = 30.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._leases: list[PortLease] = []

    @property
    def port(self) -> int:
        """The port it serves on; stays the same over kill and restart."""
        return self._leases[0].port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def arguments(self) -> list[str]:
        """Write the configuration and return the command's arguments."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether the server does its work by now."""
        try:
            with urllib.request.urlopen(f"{self.url}/ping", timeout=2) as reply:
                return bool(200 <= reply.status < 300)
        except OSError:
            return False

    def start(self) -> Self:
        """Start on a port that is free now; another is tried when somebody was faster."""
        program = find_program(self.command, self.package)
        for attempt in range(5):
            self._leases = [PortLease() for _ in range(self.leases_wanted)]
            try:
                self._launch(program)
            except ServerError:
                taken = b"in use" in self.log.read_bytes() or b"bind" in self.log.read_bytes()
                if attempt == 4 or not taken:
                    raise
                self._release()
            else:
                return self
        raise AssertionError("unreachable")

    def restart(self) -> None:
        """Start again on the same port with the same data."""
        assert not self.running, f"{self.name} still runs"
        self._launch(find_program(self.command, self.package))

    def kill(self) -> None:
        """SIGKILL, as a power cut would; returns when the process is gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, then SIGKILL if that does not help within ten seconds. May be called twice."""
        self._end(signal.SIGTERM)
        self._release()

    def _launch(self, program: str) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [program, *self.arguments()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        deadline = time.monotonic() + self.start_seconds
        while not self.answers():
            if self.process.poll() is not None:
                self._give_up(f"ended with code {self.process.returncode}")
            if time.monotonic() > deadline:
                self._give_up(f"did not answer within {self.start_seconds:.0f} s")
            time.sleep(0.02)
        print(f"{self.name} answers on 127.0.0.1:{self.port}, log: {self.log}")  # shown when the test fails

    def _give_up(self, what: str) -> None:
        self._end(signal.SIGKILL)
        tail = self.log.read_text(errors="replace")[-2000:]
        raise ServerError(f"{self.name} {what}; end of {self.log}:\n{tail}")

    def _end(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)

    def _release(self) -> None:
        for lease in self._leases:
            lease.release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _ask(self, path: str, data: bytes | None = None, **parameters: str) -> bytes:
        """The answer to GET, or to POST with data. Raises ServerError."""
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self.url}{path}?{query}", data=data, timeout=30) as reply:
                body: bytes = reply.read()
                return body
        except urllib.error.HTTPError as error:
            raise ServerError(f"{self.name} answered {error.code}: {error.read().decode()}") from None


class Mosquitto(Server):
    """A broker. ``lines`` are appended to the configuration; ``config`` replaces the usual settings.

    The usual settings keep every message (no queue limit) and save only at a clean stop: a ``kill`` then
    loses what the broker has acknowledged, which is what the tests need.
    """

    name = command = package = "mosquitto"
    usual = (
        "persistence true",
        "autosave_interval 1800",
        "max_queued_messages 0",
        "max_inflight_messages 1000",
        "allow_anonymous true",
    )

    def __init__(
        self, folder: Path, lines: tuple[str, ...] = (), config: tuple[str, ...] | None = None
    ) -> None:
        super().__init__(folder)
        self.config = (*(self.usual if config is None else config), *lines)

    def arguments(self) -> list[str]:
        path = self.folder / "mosquitto.conf"
        settings = [f"listener {self.port} 127.0.0.1", f"persistence_location {self.folder}/", *self.config]
        if os.geteuid() == 0:
            settings.insert(0, "user root")  # else it drops its rights and cannot write into our directory
        path.write_text("\n".join([*settings, "log_dest stderr"]) + "\n")
        return ["-c", str(path)]

    def answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=2).close()
        except OSError:
            return False
        return True


class Influx(Server):
    """InfluxDB 1.x. With ``auth``, every request needs a user: make one with :meth:`query` first."""

    name = "influxdb"
    command = "influxd"
    package = "influxdb"
    leases_wanted = 2

    def __init__(self, folder: Path, auth: bool = False) -> None:
        super().__init__(folder)
        self.auth = auth

    def arguments(self) -> list[str]:
        path = self.folder / "influxdb.conf"
        path.write_text(
            f"""reporting-disabled = true
reporting-enabled = false
bind-address = "127.0.0.1:{self._leases[1].port}"
[meta]
  dir = "{self.folder}/meta"
[data]
  dir = "{self.folder}/data"
  wal-dir = "{self.folder}/wal"
  query-log-enabled = false
[monitor]
  store-enabled = false
[subscriber]
  enabled = false
[continuous_queries]
  enabled = false
[http]
  bind-address = "127.0.0.1:{self.port}"
  auth-enabled = {"true" if self.auth else "false"}
  log-enabled = false
"""
        )
        return ["-config", str(path)]

    def query(self, q: str, db: str = "", **parameters: str) -> list[dict[str, Any]]:
        """Rows of an InfluxQL statement as dicts: columns and tags, times in ms. Raises ServerError.

        ``parameters`` go into the request, e.g. ``u`` and ``p`` for a user.
        """
        arguments = {"db": db, "epoch": "ms", **parameters}
        if q.split()[0].upper() in {"SELECT", "SHOW"}:
            body = self._ask("/query", None, q=q, **arguments)
        else:
            body = self._ask("/query", urllib.parse.urlencode({"q": q}).encode(), **arguments)
        result = json.loads(body)["results"][0]
        if "error" in result:
            raise ServerError(f"InfluxDB answered {result['error']!r} to {q!r}")
        return [
            {**series.get("tags", {}), **dict(zip(series["columns"], values, strict=True))}
            for series in result.get("series", [])
            for values in series.get("values", [])
        ]


class Victoria(Server):
    """VictoriaMetrics: the real ``/api/v2/write``, from Debian.

    It keeps no strings, and loses writes that are not on its disk yet when it is killed.
    """

    name = "victoria-metrics"
    command = "victoria-metrics"
    package = "victoria-metrics"

    def arguments(self) -> list[str]:
        return [
            "-retentionPeriod=100y",
            "-dedup.minScrapeInterval=1ms",
            f"-httpListenAddr=127.0.0.1:{self.port}",
            f"-storageDataPath={self.folder}/data",
            "-memory.allowedBytes=256MB",
        ]

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=2) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    def export(self, match: str) -> list[dict[str, Any]]:
        """All samples of the series that match, e.g. ``meter_pulses``: metric, values, timestamps in ms."""
        self._ask("/internal/force_flush")
        body = self._ask("/api/v1/export", None, **{"match[]": match})
        return [json.loads(line) for line in body.splitlines()]

    def query(self, promql: str, at: float) -> list[dict[str, Any]]:
        """The instant query's result at a time (seconds since 1970)."""
        self._ask("/internal/force_flush")
        answer = json.loads(self._ask("/api/v1/query", query=promql, time=str(at)))
        rows: list[dict[str, Any]] = answer["data"]["result"]
        return rows
