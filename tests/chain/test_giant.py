"""The largest message that MQTT knows, retained, met at every start by programs of bounded memory."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from sodien.protocol.messages import Stored, encode, encode_batch
from sodien.protocol.topics import Topics
from tests.collector.device import START_MS
from tests.support.servers import Mosquitto

LARGEST = 268_435_455  # what MQTT can announce
ROOM = 96 << 20
ROOT = Path(__file__).parents[2]
TOPICS = Topics("nha-toi")

#: After all is loaded, no more than ROOM of memory may be added.
BOUNDED = f"""
import resource, sys, threading
from pathlib import Path
from sodien.mqtt import Broker
import paho.mqtt.client, paho.mqtt.properties, sodien.mqtt_client
port, version, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
threading.stack_size(1 << 20)
def bound():
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + {ROOM}
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
"""
DEVICE = (
    BOUNDED
    + """
from firmware.publisher import Publisher
from sodien.history.wire_entries import WireEntries
from sodien.ledger.store import Ledger, NewRow
from tests.firmware.house import settings_of
settings = settings_of(folder)
ledger = Ledger.open(settings.ledger.path, create=True)
ledger.append([NewRow("tick", "main", at=1_793_000_000_000, pulses=1, first=0)])
print(ledger.id, flush=True)
bound()
publisher = Publisher(Broker("127.0.0.1", port, version), "nha-toi",
                      lambda: Ledger.open(settings.ledger.path), lambda own: WireEntries(settings, own))
publisher.start()
while publisher.alive() and publisher.queue != 0:
    publisher.wake()
    threading.Event().wait(0.05)
print("alive" if publisher.alive() else "dead", publisher.queue)
publisher.stop()
"""
)
COLLECTOR = (
    BOUNDED
    + """
from collector.service import Collector
from collector.outputs.file import FileOutput
collector = Collector(Broker("127.0.0.1", port, version), FileOutput(folder / "out"), client_id="c",
                      dead_letters=folder / "dead")
bound()
collector.start()
while collector.fault() is None and not collector.counters.stored:
    threading.Event().wait(0.05)
print("dead" if collector.fault() else "alive", collector.counters.refused)
collector.stop()
"""
)


def retain_giant(port: int, topic: str) -> None:
    """As a stranger's client does it; paho would hold the message too."""
    name = topic.encode()
    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.sendall(b"\x10\x11\x00\x04MQTT\x04\x02\x00\x00\x00\x05giant")
        assert stranger.recv(4) == b"\x20\x02\x00\x00"
        stranger.sendall(b"\x33\xff\xff\xff\x7f" + struct.pack("!H", len(name)) + name + b"\x00\x01")
        left = LARGEST - len(name) - 4
        block = b" " * (1 << 20)
        while left:
            left -= stranger.send(block[: min(left, len(block))])
        assert stranger.recv(4) == b"\x40\x02\x00\x01"  # the broker has it


def start(code: str, port: int, version: int, folder: Path) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", code, str(port), str(version), str(folder)]
    return subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.parametrize("version", [5, 3])
def test_a_device_reads_past_it_and_goes_on(version: int, tmp_path: Path, mosquitto: Mosquitto) -> None:
    retain_giant(mosquitto.port, TOPICS.stored)
    collector = paho.Client(CallbackAPIVersion.VERSION2)
    collector.connect("127.0.0.1", mosquitto.port)
    collector.loop_start()
    device = start(DEVICE, mosquitto.port, version, tmp_path)
    assert device.stdout is not None
    confirmation = encode(Stored(ledger=device.stdout.readline().strip(), ranges=[(1, 1)]))
    deadline = time.monotonic() + 60
    while device.poll() is None and time.monotonic() < deadline:
        collector.publish(TOPICS.stored, confirmation, qos=1)
        time.sleep(0.2)
    collector.disconnect()
    collector.loop_stop()
    device.kill()
    said = device.stdout.read()
    assert said.splitlines()[-1] == "alive 0", said
    assert ("more than 262144 bytes" in said) == (version == 3)  # a broker of MQTT 5 keeps it from us
    assert "it is retained" in said or version == 5


@pytest.mark.parametrize("version", [5, 3])
def test_the_collector_reads_past_it_and_goes_on(version: int, tmp_path: Path, mosquitto: Mosquitto) -> None:
    from sodien.protocol.entries import TickEntry

    retain_giant(mosquitto.port, TOPICS.ledger)
    device = paho.Client(CallbackAPIVersion.VERSION2)
    device.connect("127.0.0.1", mosquitto.port)
    device.loop_start()
    collector = start(COLLECTOR, mosquitto.port, version, tmp_path)
    tick = TickEntry(seq=1, at="2026-11-23T17:00:00Z", meter="main", pulses=START_MS % 1000)
    deadline = time.monotonic() + 60
    while collector.poll() is None and time.monotonic() < deadline:
        device.publish(TOPICS.ledger, encode_batch("l1", [tick]), qos=1)
        time.sleep(0.2)
    device.disconnect()
    device.loop_stop()
    collector.kill()
    assert collector.stdout is not None
    said = collector.stdout.read()
    assert said.splitlines()[-1] == f"alive {1 if version == 3 else 0}", said
    assert (tmp_path / "dead").exists() == (version == 3)
