"""A broker that has retained the largest message of MQTT, and the daemon under a memory limit: one JSON line.

``giant VERSION``: the message lies in the topic that the daemon hears its confirmations on. The daemon is
started twice, because a retained message comes at every start.
"""

from __future__ import annotations

import json
import resource
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from lab.guest.drive import Daemon, vouch, warm
from sodien.protocol.topics import Topics

LARGEST = 268_435_455  # what MQTT can announce
#: Address space: threads and libraries have some of it, the message would not fit into the rest.
LIMIT = 400 << 20
_TOPIC = Topics("lab").stored.encode()
_READY_S, _SETTLE_S = 300.0, 60.0


def retain(port: int) -> None:
    """As a stranger's client does it."""
    with _reached(port) as stranger:
        stranger.sendall(b"\x10\x11\x00\x04MQTT\x04\x02\x00\x00\x00\x05giant")
        if stranger.recv(4) != b"\x20\x02\x00\x00":
            sys.exit("the broker takes no stranger")
        stranger.sendall(b"\x33\xff\xff\xff\x7f" + struct.pack("!H", len(_TOPIC)) + _TOPIC + b"\x00\x01")
        left = LARGEST - len(_TOPIC) - 4
        block = bytes(1 << 20)
        while left:
            left -= stranger.send(block[: min(left, len(block))])
        if stranger.recv(4) != b"\x40\x02\x00\x01":
            sys.exit("the broker has not taken the message")


def _reached(port: int) -> socket.socket:
    # No deadline here: while files are read from the host, the machine's clock runs ahead of it.
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            time.sleep(0.2)


def peak(pid: int) -> int:
    """Most bytes that a process has had in memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def connected(log: Path, times: int) -> bool:
    """Whether the daemon has found its broker so often."""
    deadline = time.monotonic() + _READY_S
    while log.read_text(errors="replace").count("connected to the broker") < times:
        if time.monotonic() > deadline:
            return False
        time.sleep(1)
    return True


def main() -> None:
    """Two starts with the message there."""
    version = int(sys.argv[1])
    place, log = Path("/mnt/giant"), Path("/run/lab/daemon.log")
    place.mkdir()
    (place / "mosquitto.conf").write_text(
        "listener 1883 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n"
    )
    config = place / "sodien.yaml"
    config.write_text(
        f"device: lab\nclock: auto\nledger: {{path: ledger.db}}\nmqtt: {{version: {version}}}\n"
        "gpio: {factory: simulated}\nmeters: [{id: main, pin: 17, constant: 1600}]\n"
    )
    warm()
    vouch(True)
    with Path("/run/lab/mosquitto.log").open("ab") as said:
        broker = subprocess.Popen(
            ["mosquitto", "-c", str(place / "mosquitto.conf")], stdout=said, stderr=said
        )
    retain(1883)
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))  # of what is started from here on
    running = Daemon(config, log)
    running.ready()
    found: dict[str, Any] = {"connected": 0, "peak": 0}
    for number in (1, 2):
        found["connected"] += connected(log, number)
        time.sleep(_SETTLE_S)
        if running.process.poll() is not None:
            break
        found["peak"] = max(found["peak"], peak(running.process.pid))
        if number == 1:
            running.again(15)
    alive = running.process.poll() is None
    found["code"] = running.stop()[0] if alive else running.process.returncode
    found["ignored"] = log.read_text(errors="replace").count("in one of our topics was ignored")
    broker.terminate()
    broker.wait()
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
