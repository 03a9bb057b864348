"""``sodien collect`` as a process of its own: SIGKILL at any moment, SIGTERM, settings, systemd."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.outputs.file import read_lines
from collector.outputs.influx_v1 import Influx1
from tests.collector.conftest import Collect, stored_ticks
from tests.collector.device import Device
from tests.support.servers import Influx, Mosquitto

SETTINGS = """
device: nha
meters:
  - {{id: main, pin: 17, constant: 1600}}
mqtt: {{host: 127.0.0.1, port: {port}}}
influxdb: {{url: "{url}", bucket: sodien}}
collector: {{aside: {folder}/aside.jsonl}}
"""


class Process:
    """Starts ``sodien collect`` with settings for this broker and database."""

    def __init__(self, folder: Path, port: int, url: str) -> None:
        self.folder = folder
        self.settings = folder / "sodien.yaml"
        self.settings.write_text(SETTINGS.format(port=port, url=url, folder=folder))
        self.log = folder / "collect.log"
        self.child: subprocess.Popen[bytes] | None = None

    def start(self, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "sodien", "collect", "-c", str(self.settings), *options],
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
            )
        return self.child

    def kill(self) -> None:
        if self.child is not None:
            self.child.kill()
            self.child.wait()

    def text(self) -> str:
        return self.log.read_text()


@pytest.fixture
def process(mosquitto: Mosquitto, influxdb: Influx, tmp_path: Path) -> Iterator[Process]:
    made = Process(tmp_path, mosquitto.port, influxdb.url)
    yield made
    made.kill()
    print(made.text())


def test_killed_ten_times_at_random_moments(mosquitto: Mosquitto, influxdb: Influx, process: Process) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    influxdb.query("CREATE DATABASE sodien")
    process.start()
    stop = threading.Event()
    with Device(mosquitto.port, per_message=3) as device:

        def live() -> None:
            while not stop.wait(0.005):
                device.send(device.make(3))

        sender = threading.Thread(target=live)
        sender.start()
        stages = 0
        for _ in range(10):
            # Often while it starts, mostly a moment after it has begun to write and confirm.
            before = len(device.confirmed)
            begun = time.monotonic()
            while len(device.confirmed) == before and time.monotonic() - begun < 20:
                stop.wait(0.001)
                if chance.random() < 0.0002:
                    break
            stages += len(device.confirmed) > before
            stop.wait(chance.uniform(0, 0.15))
            process.kill()
            assert_confirmed_is_stored(device, influxdb)
            process.start()
        stop.set()
        sender.join()
        device.settle(timeout=60)
    assert stages >= 3, "it was meant to be killed while it writes"
    assert stored_ticks(influxdb) == device.expected()
    (count,) = influxdb.query("SELECT count(pulses) FROM meter", "sodien")
    assert count["count"] == len(device.entries)
    assert not (process.folder / "aside.jsonl").exists()


CRASHING = """
import os, signal, sys, threading
from collector.outputs.influx_v1 import Influx1
from sodien.mqtt import Broker
from collector.service import Collector

port, url, when, name = sys.argv[1:]
output = Influx1(url, "sodien")
collector = Collector(Broker("127.0.0.1", int(port)), output, client_id="crash")
owner = output if name == "write" else collector._subscription
real = getattr(owner, name)

def crash(*arguments):
    if when == "after":
        real(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(owner, name, crash)
collector.start()
print(collector.wait_subscribed(20), flush=True)
collector.run_until(threading.Event())
"""


@pytest.mark.parametrize("name", ["write", "publish", "acknowledge"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_each_hand_over(
    mosquitto: Mosquitto, influxdb: Influx, collect: Collect, when: str, name: str
) -> None:
    influxdb.query("CREATE DATABASE sodien")
    with (
        Device(mosquitto.port) as device,
        subprocess.Popen(
            [sys.executable, "-c", CRASHING, str(mosquitto.port), influxdb.url, when, name],
            stdout=subprocess.PIPE,
        ) as child,
    ):
        assert child.stdout is not None
        assert child.stdout.readline() == b"True\n"
        device.send(device.make(50))
        assert child.wait(20) == -signal.SIGKILL
        stored = assert_confirmed_is_stored(device, influxdb)
        assert bool(stored) == (f"{when} {name}" != "before write")
        collect(Influx1(influxdb.url, "sodien"), "crash")
        if name != "acknowledge":
            device.wait_confirmed(list(device.entries))  # the broker sends it again, the device need not
        device.settle()
    assert stored_ticks(influxdb) == device.expected()


def assert_confirmed_is_stored(device: Device, influxdb: Influx) -> set[tuple[int, int]]:
    """Nothing may be confirmed that the database does not have; what it has."""
    confirmed = {device.expected_of(seq) for seq in set(device.confirmed)}
    stored = set(stored_ticks(influxdb))
    assert confirmed <= stored
    return stored


def test_term_ends_it_cleanly_with_the_database_down(
    mosquitto: Mosquitto, influxdb: Influx, process: Process
) -> None:
    influxdb.kill()
    child = process.start()
    with Device(mosquitto.port) as device:
        device.make(10)
        until_log(process, "connected to the broker")
        device.send(list(device.entries))
        until_log(process, "cannot be reached")
        begun = time.monotonic()
        child.terminate()
        assert child.wait(20) == 0
        assert time.monotonic() - begun < 10
        assert "Traceback" not in process.text()
        assert device.confirmed == set()
        influxdb.restart()
        process.start()
        device.wait_confirmed(list(device.entries))  # the broker had kept it for this client id
    assert stored_ticks(influxdb) == device.expected()


def test_to_a_file_and_ready_for_systemd(mosquitto: Mosquitto, process: Process, tmp_path: Path) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(address))
        systemd.settimeout(20)
        child = process.start("--to", str(tmp_path / "out.lp"), NOTIFY_SOCKET=str(address))
        told = [systemd.recv(4096).decode()]
        while told[-1] != "READY=1":  # what it tries may be told before, and how that went
            assert told[-1].startswith("STATUS=")
            told.append(systemd.recv(4096).decode())
        with Device(mosquitto.port) as device:
            until_log(process, "connected to the broker")
            device.send(device.make(20))
            device.wait_confirmed(list(device.entries))
        while not {
            "WATCHDOG=1",
            "STATUS=connected to the broker; database fine; 20 entries stored, 0 put aside",
        } <= {*told}:
            told.append(systemd.recv(4096).decode())
        child.send_signal(signal.SIGINT)
        assert child.wait(20) == 0
        while told[-1] != "STOPPING=1":
            told.append(systemd.recv(4096).decode())
    assert len(list(read_lines(tmp_path / "out.lp"))) == 20


def test_what_cannot_be_used_is_one_sentence(process: Process, tmp_path: Path) -> None:
    child = process.start("--to", str(tmp_path / "sodien.yaml" / "out.lp"))
    assert child.wait(20) == 2
    assert "choose another with --to" in process.text()
    process.settings.write_text(process.settings.read_text() + "\ncolour: red\n")
    assert process.start().wait(20) == 2
    process.settings.write_text(
        process.settings.read_text()
        .replace("colour: red", "")
        .replace("mqtt: {", "mqtt: {user: pi, password_file: none/such, ")
    )
    assert process.start().wait(20) == 2
    assert "mqtt.password_file" in process.text()
    assert "Traceback" not in process.text()


def until_log(process: Process, text: str) -> None:
    deadline = time.monotonic() + 20
    while text not in process.text():
        assert time.monotonic() < deadline, f"never logged: {text}\n{process.text()}"
        time.sleep(0.01)
