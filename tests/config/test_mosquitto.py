"""The shipped broker settings on a real Mosquitto: they load; each user may do what it needs, no more."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from sodien.mqtt import context_of
from sodien.protocol.topics import ALL_LEDGERS, Topics
from sodien.settings.model import MqttSettings, TlsSettings
from tests.support.servers import Mosquitto, find_program

SHIPPED = Path(__file__).parents[2] / "config" / "mosquitto"
USERS = ("nha-toi", "neighbour", "sodien-collector", "homeassistant", "admin")
MINE, THEIRS = Topics("nha-toi"), Topics("neighbour")
CONFIG = "homeassistant/device/{}/config"
#: topic → (who may publish it, who may hear it)
MAY: dict[str, tuple[set[str], set[str]]] = {
    MINE.ledger: ({"nha-toi"}, {"sodien-collector", "admin"}),
    MINE.availability: ({"nha-toi"}, {"homeassistant", "admin"}),
    MINE.live("main"): ({"nha-toi"}, {"nha-toi", "admin"}),
    MINE.home("main"): ({"nha-toi"}, {"homeassistant", "admin"}),
    MINE.home_event("main"): ({"nha-toi"}, {"homeassistant", "admin"}),
    MINE.dial_answer("main"): ({"nha-toi"}, {"homeassistant", "admin"}),
    MINE.read("main"): ({"homeassistant"}, {"nha-toi", "admin"}),
    MINE.dial("main"): (set(), {"nha-toi", "admin"}),
    MINE.claim("main"): (set(), {"nha-toi", "admin"}),
    MINE.measure("main"): (set(), {"nha-toi", "admin"}),
    MINE.measure_answer("main"): ({"nha-toi"}, {"homeassistant", "admin"}),
    MINE.claim_answer("main"): ({"nha-toi"}, {"homeassistant", "admin"}),
    MINE.stored: ({"sodien-collector"}, {"nha-toi", "admin"}),
    MINE.replay: ({"admin"}, {"nha-toi", "admin"}),
    MINE.owner: ({"sodien-collector", "admin"}, {"sodien-collector", "admin"}),
    THEIRS.ledger: ({"neighbour"}, {"sodien-collector", "admin"}),
    CONFIG.format("nha-toi"): ({"nha-toi", "homeassistant"}, {"nha-toi", "homeassistant"}),
    CONFIG.format("neighbour"): ({"neighbour", "homeassistant"}, {"neighbour", "homeassistant"}),
    CONFIG.format("nha-toi/main"): ({"nha-toi", "homeassistant"}, {"nha-toi", "homeassistant"}),
    "homeassistant/status": ({"homeassistant"}, {"nha-toi", "neighbour", "homeassistant"}),
    "other/topic": (set(), set()),
}


def shipped(folder: Path) -> tuple[str, ...]:
    """The shipped settings, with this test's files in place of those in /etc."""
    passwords = folder / "sodien.passwd"
    passwords.touch(mode=0o600)
    program = find_program("mosquitto_passwd", "mosquitto")
    for user in USERS:
        subprocess.run([program, "-b", str(passwords), user, f"secret-{user}"], check=True)
    access = folder / "sodien.acl"
    access.write_text((SHIPPED / "sodien.acl").read_text())
    access.chmod(0o600)
    text = (SHIPPED / "sodien.conf").read_text()
    text = text.replace("/etc/mosquitto/sodien.passwd", str(passwords)).replace(
        "/etc/mosquitto/sodien.acl", str(access)
    )
    assert "/etc/" not in re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    # The listener is the server's own, on a free port; it must be a loopback one in what is shipped too.
    listeners = re.findall(r"^listener (.*)$", text, re.MULTILINE)
    assert listeners == ["1883 127.0.0.1"]
    return tuple(line for line in text.splitlines() if not line.startswith("listener"))


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    folder = tmp_path_factory.mktemp("shipped")
    with Mosquitto(folder, config=shipped(folder)) as server:
        yield server


class User:
    """One who is logged in and listens to everything it is allowed to."""

    def __init__(self, name: str, port: int, password: str | None = None) -> None:
        self.heard: list[str] = []
        self.failure: str | None = None
        self._ready, self._synchronised = threading.Event(), threading.Event()
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"test-{name}")
        self.client.username_pw_set(name, password or f"secret-{name}")
        self.client.on_connect = self._connected
        self.client.on_subscribe = lambda *_: self._ready.set()
        self.client.on_message = lambda _c, _u, message: self.heard.append(message.topic)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        self._ready.wait(5)

    def _connected(self, client: paho.Client, _user: Any, _flags: Any, reason: Any, _p: Any) -> None:
        if reason.is_failure:
            self.failure = str(reason)
            self._ready.set()
            return
        client.subscribe([(topic, 1) for topic in MAY])

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def users(broker: Mosquitto) -> Iterator[dict[str, User]]:
    found = {name: User(name, broker.port) for name in USERS}
    yield found
    for user in found.values():
        user.close()


@pytest.mark.parametrize("topic", MAY)
def test_each_topic_has_its_writers_and_readers(users: dict[str, User], topic: str) -> None:
    writers, readers = MAY[topic]
    for name, user in users.items():
        for one in users.values():
            one.heard.clear()
        user.client.publish(topic, b"x", qos=1).wait_for_publish(5)
        # A message that everybody may hear, sent after it, shows that nothing more is on its way.
        users["homeassistant"].client.publish("homeassistant/status", b"x", qos=1).wait_for_publish(5)
        for reader in ("nha-toi", "neighbour", "homeassistant"):
            _until(lambda reader=reader: "homeassistant/status" in users[reader].heard)  # type: ignore[misc]
        expected = readers if name in writers else set()
        heard = {one for one, other in users.items() if topic in other.heard}
        if topic == "homeassistant/status":
            heard = readers  # the mark itself
            expected = readers
        elif expected - heard:
            _until(lambda expected=expected: all(topic in users[one].heard for one in expected))  # type: ignore[misc]
            heard = {one for one, other in users.items() if topic in other.heard}
        assert heard == expected, f"{name} publishes {topic}"


def test_nobody_gets_in_without_a_password(broker: Mosquitto) -> None:
    for name, password in (("nha-toi", "wrong"), ("stranger", "secret-stranger")):
        user = User(name, broker.port, password)
        assert user.failure is not None
        user.close()


def test_the_collector_hears_the_ledgers_by_its_own_subscription(
    broker: Mosquitto, users: dict[str, User]
) -> None:
    collector = users["sodien-collector"]
    collector.client.subscribe(ALL_LEDGERS, 1)
    collector.heard.clear()
    users["nha-toi"].client.publish(MINE.ledger, b"x", qos=1).wait_for_publish(5)
    _until(lambda: MINE.ledger in collector.heard)


def _until(check: Any) -> None:
    import time

    deadline = time.monotonic() + 10
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_tls_walk_through_makes_a_broker_that_the_programs_trust(tmp_path: Path) -> None:
    page = (SHIPPED.parents[1] / "docs" / "how-to" / "broker.md").read_text(encoding="utf-8")
    section = page.split("## Between two machines: TLS", 1)[1]
    script = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert script
    here = script[1].replace("/etc/mosquitto/certs", str(tmp_path)).replace("sudo ", "")
    here = here.replace("chown mosquitto", "chmod u+r").replace("192.168.1.10", "127.0.0.1")
    subprocess.run(["sh", "-euc", here], check=True, capture_output=True)
    names = ("cafile ca.crt", "certfile server.crt", "keyfile server.key")
    config = [f"{key} {tmp_path}/{name}" for key, name in (line.split() for line in names)]
    text = (SHIPPED / "sodien.conf").read_text()
    assert all(f"# {line.split()[0]} /etc/mosquitto/certs/{line.split()[1]}" in text for line in names)
    # The listener of the server under test is the TLS one.
    with TlsMosquitto(tmp_path / "broker", config=(*config, "allow_anonymous true")) as broker:
        client = paho.Client(CallbackAPIVersion.VERSION2)
        context = context_of(MqttSettings(tls=TlsSettings(ca=tmp_path / "ca.crt")))
        assert context is not None
        client.tls_set_context(context)
        connected = threading.Event()
        client.on_connect = lambda *_: connected.set()
        client.connect("127.0.0.1", broker.port)  # checks the name in the certificate too
        client.loop_start()
        assert connected.wait(10)
        client.disconnect()
        client.loop_stop()


class TlsMosquitto(Mosquitto):
    """As Mosquitto; certificates belong to the listener before them, so they follow it at once."""

    def arguments(self) -> list[str]:
        found = super().arguments()
        path = self.folder / "mosquitto.conf"
        lines = path.read_text().splitlines()
        tls = [line for line in lines if line.split()[0] in ("cafile", "certfile", "keyfile")]
        at = next(i for i, line in enumerate(lines) if line.startswith("listener"))
        rest = [line for line in lines[at + 1 :] if line not in tls]
        path.write_text("\n".join([*lines[: at + 1], *tls, *rest]) + "\n")
        return found
