"""The publishing thread on a real Mosquitto: done when confirmed, availability, a broker that is down."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from firmware.broker_link import BrokerLink
from firmware.delivery import REPLAY_EVERY_S
from firmware.publisher import Publisher
from sodien.device.send_again import send_again
from sodien.history.wire_entries import WireEntries
from sodien.ledger.rows import SendAgain
from sodien.ledger.store import Ledger, NewRow
from sodien.mqtt import LARGEST_B, Broker
from sodien.protocol.messages import (
    RefusedEntry,
    Stored,
    decode_batch,
    decode_entry,
    encode,
    owned_by,
)
from sodien.protocol.topics import Topics
from tests.firmware.house import settings_of
from tests.support.servers import Mosquitto

TOPICS = Topics("nha-toi")
START = 1_793_000_000_000


def until(check: Callable[[], object], what: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


class Listener:
    """What a collector and a person with MQTT Explorer would see."""

    def __init__(self, port: int) -> None:
        self.seqs: list[int] = []
        self.sizes: list[int] = []
        self.availability: list[bytes] = []
        self.ledger = ""
        self.follows: list[str] = []
        self._ready = threading.Event()
        self.client = paho.Client(CallbackAPIVersion.VERSION2)
        self.client.on_connect = lambda c, *_: c.subscribe([(TOPICS.ledger, 1), (TOPICS.availability, 1)])
        self.client.on_subscribe = lambda *_: self._ready.set()
        self.client.on_message = self._on_message
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert self._ready.wait(10)

    def _on_message(self, _client: Any, _user: Any, message: paho.MQTTMessage) -> None:
        if message.topic == TOPICS.availability:
            self.availability.append(message.payload)
            return
        batch = decode_batch(message.payload)
        self.ledger = batch.ledger
        self.follows = batch.follows
        self.sizes.append(len(batch.entries))
        self.seqs += [decode_entry(raw).seq for raw in batch.entries]

    def confirm(self, *ranges: tuple[int, int], ledger: str | None = None) -> None:
        stored = Stored(ledger=ledger or self.ledger, ranges=list(ranges))
        self.client.publish(TOPICS.stored, encode(stored), qos=1).wait_for_publish(5)


class Device:
    """A publisher with its ledger; ``hurry`` makes its clock for time-outs run faster."""

    def __init__(self, folder: Path, port: int, confirm: str = "collector", version: int = 5) -> None:
        self.settings = settings_of(folder)
        self.ledger = Ledger.open(self.settings.ledger.path, create=True)
        self.ahead = 0.0
        self.publisher = Publisher(
            Broker("127.0.0.1", port, version),
            "nha-toi",
            lambda: Ledger.open(self.settings.ledger.path),
            lambda own: WireEntries(self.settings, own),
            confirm=confirm,
            monotonic=lambda: time.monotonic() + self.ahead,
        )

    @property
    def client(self) -> paho.Client:
        assert isinstance(self.publisher.link, BrokerLink)
        return self.publisher.link.client

    def tick(self, count: int = 1) -> None:
        first = self.ledger.newest_seq()
        self.ledger.append(
            [
                NewRow("tick", "main", at=START + n * 60_000, pulses=n, first=0)
                for n in range(first, first + count)
            ]
        )
        self.publisher.wake()

    def hurry(self, seconds: float) -> None:
        self.ahead += seconds
        self.publisher.wake()


@pytest.fixture
def make(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Callable[..., Device]]:
    devices: list[Device] = []

    def start(**options: Any) -> Device:
        device = Device(tmp_path, mosquitto.port, **options)
        devices.append(device)
        return device

    yield start
    for device in devices:
        device.publisher.stop(0.5)
        device.ledger.close()


@pytest.fixture
def listener(mosquitto: Mosquitto) -> Iterator[Listener]:
    one = Listener(mosquitto.port)
    yield one
    one.client.disconnect()
    one.client.loop_stop()


def test_the_brokers_word_is_not_enough(make: Callable[..., Device], listener: Listener) -> None:
    device = make()
    device.tick(3)
    device.publisher.start()
    until(lambda: listener.seqs == [1, 2, 3], "the first delivery")
    device.hurry(60)
    until(lambda: listener.seqs == [1, 2, 3] * 2, "sent again: the broker had it, nobody confirmed")
    assert device.publisher.queue == 3
    listener.confirm((1, 2))
    until(lambda: device.publisher.queue == 1, "two are done")
    device.hurry(600)
    until(lambda: listener.seqs[6:] == [3], "only what is not done goes out again")
    listener.confirm((3, 3), ledger="another")
    listener.confirm((1, 500), (0, 7))
    device.tick()
    until(lambda: listener.seqs[-1] == 4, "a new entry")
    assert device.publisher.queue == 2, "another ledger's word, or a range beyond the ledger, counts nothing"
    listener.confirm((3, 4))
    until(lambda: device.publisher.queue == 0, "all is done")


def test_where_no_collector_listens_the_brokers_word_has_to_do(
    make: Callable[..., Device], listener: Listener
) -> None:
    device = make(confirm="broker")
    device.tick(3)
    device.publisher.start()
    until(lambda: device.publisher.queue == 0, "done by PUBACK")
    until(lambda: listener.seqs == [1, 2, 3], "delivered once")
    device.hurry(60)
    device.tick()
    until(lambda: listener.seqs[3:] == [4], "and never again")


def test_availability_follows_the_device(make: Callable[..., Device], listener: Listener) -> None:
    device = make()
    device.publisher.start()
    until(lambda: listener.availability == [b"online"], "online")
    device.publisher.stop(0.5)
    until(lambda: listener.availability == [b"online", b"offline"], "offline")
    device.publisher.stop(0.5)  # once more does no harm, without any connection


def test_the_last_will_speaks_for_a_device_that_died(make: Callable[..., Device], listener: Listener) -> None:
    device = make()
    device.publisher.start()
    until(lambda: listener.availability == [b"online"], "online")
    connection = device.client.socket()
    assert connection is not None
    connection.shutdown(2)  # the network is gone without a DISCONNECT
    until(lambda: b"offline" in listener.availability, "the will")
    until(lambda: listener.availability[-1] == b"online", "back by itself")


def test_a_broker_that_is_down_at_the_start_is_normal(
    make: Callable[..., Device], mosquitto: Mosquitto
) -> None:
    mosquitto.kill()
    device = make()
    device.tick(5)
    device.publisher.start()
    until(lambda: device.publisher.failure is not None, "it says so")
    assert device.publisher.alive()
    mosquitto.restart()
    listener = Listener(mosquitto.port)
    until(lambda: set(listener.seqs) == {1, 2, 3, 4, 5}, "delivered once the broker is there", 30)
    listener.client.disconnect()
    listener.client.loop_stop()


def test_nonsense_from_the_broker_changes_nothing(make: Callable[..., Device], listener: Listener) -> None:
    device = make()
    device.tick(2)
    device.publisher.start()
    until(lambda: listener.seqs == [1, 2], "delivered")
    for payload in (b"", b"{", b"\xff\xfe", b'{"ledger":1}', b'{"v":1,"ledger":"x","ranges":[[2,1]]}'):
        listener.client.publish(TOPICS.stored, payload, qos=1).wait_for_publish(5)
        listener.client.publish(TOPICS.replay, payload, qos=1).wait_for_publish(5)
    listener.confirm((1, 2))
    until(lambda: device.publisher.queue == 0, "it still listens")
    assert device.publisher.alive()


@pytest.mark.parametrize(
    "payload",
    [
        b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",  # would end the thread with a RecursionError
        b'{"ledger":"a","ranges":[[1,' + b"9" * 5000 + b"]]}",
        b"x" * (LARGEST_B + 1),
        b"\xff\xfe\x00",
    ],
    ids=["deep", "huge number", "too large", "no text"],
)
def test_whatever_a_stranger_sends_the_device_goes_on(
    make: Callable[..., Device], listener: Listener, payload: bytes
) -> None:
    device = make()
    device.publisher.start()
    until(lambda: device.publisher.state == "connected", "connected")
    for topic in (TOPICS.stored, TOPICS.replay, "homeassistant/status"):
        listener.client.publish(topic, payload, qos=1).wait_for_publish(10)
    device.tick()
    until(lambda: listener.seqs == [1], "published")
    listener.confirm((1, 1))
    until(lambda: device.publisher.queue == 0, "confirmed")
    assert device.publisher.alive()


def test_a_flood_of_replays_is_one_replay(make: Callable[..., Device], listener: Listener) -> None:
    device = make()
    device.tick(3)
    device.publisher.start()
    until(lambda: sorted(listener.seqs) == [1, 2, 3], "published")
    listener.confirm((1, 3))
    until(lambda: device.publisher.queue == 0, "confirmed")
    for _ in range(50):
        listener.client.publish(TOPICS.replay, b'{"from_seq":1}', qos=1).wait_for_publish(10)
    until(lambda: len(listener.seqs) >= 6, "sent again once")
    listener.confirm((1, 3))
    until(lambda: device.publisher.queue == 0, "confirmed again")
    device.tick()
    until(lambda: 4 in listener.seqs, "the next one")
    assert len(listener.seqs) == 7
    device.hurry(REPLAY_EVERY_S + 1)
    listener.client.publish(TOPICS.replay, b'{"from_seq":4}', qos=1).wait_for_publish(10)
    until(lambda: listener.seqs.count(4) == 2, "a later request is heard")


def test_an_entry_that_cannot_be_sent_holds_up_no_other(
    make: Callable[..., Device], listener: Listener
) -> None:
    device = make()
    device.tick(2)
    body = b'{"reading":"1","low":"1","high":"2"}'
    device.ledger.append([NewRow("dial", "main", at=-62_135_596_800_000, body=body)])
    device.tick(2)
    device.publisher.start()
    until(lambda: listener.seqs == [1, 2, 4, 5], "all but the one of year 1")
    listener.confirm((1, 2), (4, 5))
    until(lambda: device.publisher.queue == 0, "nothing waits for it")
    assert device.publisher.set_aside == (3,)
    device.tick()
    until(lambda: listener.seqs[-1] == 6, "what comes later")


def test_a_mistake_of_ours_begins_anew(
    make: Callable[..., Device], listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware.publisher._AGAIN_S", 0.1)
    device = make()
    device.tick(2)
    render, fails = device.publisher._make_render, iter(range(3))

    def fragile(ledger: Ledger) -> Any:
        if next(fails, None) is not None:
            raise RuntimeError("never foreseen")
        return render(ledger)

    device.publisher._make_render = fragile
    device.publisher.start()
    until(lambda: listener.seqs == [1, 2], "the delivery after three failures")
    assert device.publisher.alive()


def test_a_network_thread_that_died_is_replaced(make: Callable[..., Device], listener: Listener) -> None:
    device = make()
    device.publisher.start()
    until(lambda: device.publisher.state == "connected", "the connection")
    device.client.loop_stop()
    device.tick()
    until(lambda: listener.seqs == [1], "the delivery")
    until(device.publisher.alive, "another network thread")


def test_what_the_database_refuses_is_marked_told_and_offered_again_when_a_person_asks(
    make: Callable[..., Device], listener: Listener
) -> None:
    device = make()
    device.publisher.start()
    device.tick(3)
    until(lambda: len(listener.seqs) == 3, "all three came")
    answer = Stored(listener.ledger, [(1, 2)], [RefusedEntry(3, "too\x1b old")])
    listener.client.publish(TOPICS.stored, encode(answer), qos=1).wait_for_publish(5)
    until(lambda: device.publisher.refused == 1, "it is told")
    assert (device.publisher.queue, device.publisher.refused_because) == (0, "too\\u001b old")
    until(lambda: 3 in device.ledger.refused(), "it is noted at once, and outlives a restart")
    device.hurry(1000)
    device.ledger.ask_again(SendAgain(None, 1))
    device.publisher.wake()
    until(lambda: listener.seqs == [1, 2, 3, 3], "it comes again")
    until(lambda: device.ledger.asked_again() is None, "done once")
    listener.confirm((3, 3))
    until(lambda: (device.publisher.queue, device.publisher.refused) == (0, 0), "all is stored")


def test_a_ledger_that_is_said_to_follow_another_says_so_and_offers_what_was_refused(
    make: Callable[..., Device], listener: Listener
) -> None:
    device = make()
    device.publisher.start()
    device.tick(3)
    until(lambda: len(listener.seqs) == 3, "all three came")
    assert listener.follows == []
    owner = "7" * 32
    answer = Stored(listener.ledger, [], [RefusedEntry(seq, owned_by(owner)) for seq in (1, 2, 3)])
    listener.client.publish(TOPICS.stored, encode(answer), qos=1).wait_for_publish(5)
    until(lambda: device.publisher.refused == 3, "it is told")
    assert device.publisher.refused_because == owned_by(owner)
    device.hurry(1000)
    assert send_again(device.ledger, None, owner) >= 0
    device.publisher.wake()
    until(lambda: sorted(listener.seqs) == [1, 1, 2, 2, 3, 3], "they come again")
    assert listener.follows == [owner]


def test_a_topic_that_the_broker_forbids_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rules = tmp_path / "acl"
    rules.write_text(f"topic read #\ntopic write {TOPICS.availability}\n")
    with Mosquitto(tmp_path / "broker", (f"acl_file {rules}",)) as broker:
        device = Device(tmp_path, broker.port)
        device.publisher.start()
        try:
            device.tick()
            until(lambda: f"publish to {TOPICS.ledger} (" in caplog.text, "the topic is named")
            assert TOPICS.availability not in caplog.text
        finally:
            device.publisher.stop(0.5)
            device.ledger.close()


@pytest.mark.parametrize(
    ("version", "limit"),
    [(5, "max_packet_size 3000"), (3, "max_packet_size 3000"), (5, "message_size_limit 3000")],
)
def test_a_brokers_limit_is_obeyed_and_only_what_is_too_long_is_refused(
    tmp_path: Path, version: int, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware.broker_link.random.uniform", lambda low, high: low / 10)
    with Mosquitto(tmp_path / "broker", (limit,)) as broker:
        device = Device(tmp_path, broker.port, version=version)
        device.tick(120)
        long = b'{"detail":{"x":"' + b"y" * 4000 + b'"},"what":"noted"}'
        device.ledger.append([NewRow("event", "", at=START - 60_000, body=long)])
        device.tick(2)
        listener = Listener(broker.port)
        device.publisher.start()
        confirmed = 0
        try:

            def ended() -> bool:
                nonlocal confirmed
                came = listener.seqs[confirmed:]
                confirmed += len(came)
                for seq in set(came):
                    listener.confirm((seq, seq))
                if "message_size" in limit:
                    device.hurry(1)  # so that nobody waits for time-outs
                return device.publisher.refused == 1 and device.publisher.queue == 0

            until(ended, "every entry ends", 60)
            assert set(listener.seqs) == set(range(1, device.ledger.newest_seq() + 1)) - {121}
            assert device.publisher.refused == 1
            assert max(listener.sizes) > 1, "the others came in batches"
        finally:
            device.publisher.stop(0.5)
            device.ledger.close()
            listener.client.disconnect()
            listener.client.loop_stop()


def test_a_broker_that_takes_connections_and_ends_them_is_asked_ever_more_seldom(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a proxy does whose broker is away: a town's devices at once every two seconds would keep it down."""
    monkeypatch.setattr("firmware.broker_link.random.uniform", lambda low, _high: 0.05 * low)
    came: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(10)
        link = BrokerLink(
            Broker("127.0.0.1", proxy.getsockname()[1]),
            "device",
            (TOPICS.availability, b"offline"),
            lambda _: False,
            lambda _: None,
            lambda: 0,
        )
        link.start()
        try:
            while len(came) < 6:
                proxy.accept()[0].close()
                came.append(time.monotonic())
        finally:
            link.stop(None)
    assert came[5] - came[4] > 4 * (came[1] - came[0])
