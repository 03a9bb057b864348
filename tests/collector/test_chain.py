"""Devices, a real broker, a collector in this process, real databases: nothing missing, nothing twice."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from collector import subscription
from collector.batch import MAX_PAYLOAD
from collector.outputs.base import Unreachable
from collector.outputs.file import FileOutput, read_lines
from collector.outputs.influx_v1 import Influx1
from collector.outputs.influx_v2 import Influx2
from collector.retry import Backoff
from collector.service import Collector, CollectorError
from sodien.mqtt import Broker, broker_of
from sodien.protocol.entries import DialEntry
from sodien.protocol.messages import encode_batch
from sodien.protocol.times import format_time
from sodien.settings.model import MqttSettings, TlsSettings
from tests.collector.conftest import Collect, stored_ticks
from tests.collector.device import START_MS, Device
from tests.support.servers import Influx, Mosquitto, Victoria


class Memory:
    """An output that keeps lines, and can be closed like a database that is down."""

    def __init__(self, down: bool = False) -> None:
        self.lines: list[str] = []
        self.up = threading.Event()
        self.tried = threading.Event()
        if not down:
            self.up.set()

    def write(self, lines: Sequence[str]) -> None:
        self.tried.set()
        if not self.up.is_set():
            raise Unreachable("the database is down")
        self.lines += lines

    def close(self) -> None:
        pass


def wait_for_log(caplog: pytest.LogCaptureFixture, text: str) -> None:
    deadline = time.monotonic() + 20
    while not any(text in record.message for record in caplog.records):
        assert time.monotonic() < deadline, f"never logged: {text}"
        time.sleep(0.01)


@pytest.mark.parametrize("version", [5, 3])
def test_to_influxdb_1(mosquitto: Mosquitto, influxdb: Influx, collect: Collect, version: int) -> None:
    collector = collect(Influx1(influxdb.url, "sodien"), version=version)
    with Device(mosquitto.port) as device, Device(mosquitto.port, "other") as other:
        device.send(device.make(3000))
        other.send(other.make(50))
        device.wait_confirmed(list(device.entries))
        other.wait_confirmed(list(other.entries))
    assert stored_ticks(influxdb, "nha") == device.expected()
    assert stored_ticks(influxdb, "other") == other.expected()
    assert collector.counters.stored == 3050
    assert collector.counters.writes < 305, "messages that wait are written together"


def test_to_the_influxdb_2_api(mosquitto: Mosquitto, victoria: Victoria, collect: Collect) -> None:
    collect(Influx2(victoria.url, "home", "sodien"))
    with Device(mosquitto.port) as device:
        device.send(device.make(2000))
        device.wait_confirmed(list(device.entries))
    (series,) = victoria.export('meter_pulses{device="nha"}')
    assert list(zip(series["timestamps"], series["values"], strict=True)) == device.expected()


def test_to_a_file(mosquitto: Mosquitto, collect: Collect, tmp_path: Path) -> None:
    collect(FileOutput(tmp_path / "out.lp"))
    with Device(mosquitto.port) as device:
        device.send(device.make(500))
        device.wait_confirmed(list(device.entries))
        device.send(list(device.entries))  # what a lost confirmation leads to
        device.send(device.make(1))
        device.wait_confirmed(list(device.entries))
    lines = list(read_lines(tmp_path / "out.lp"))
    assert [int(line.split()[-1]) for line in lines] == [ms for ms, _ in device.expected()]


def test_what_does_not_fit_is_put_aside_and_only_that(
    mosquitto: Mosquitto, influxdb: Influx, collect: Collect, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dead = tmp_path / "dead.jsonl"
    collector = collect(Influx1(influxdb.url, "sodien"), dead_letters=dead)
    # The database already knows dial.low as a text: it refuses every dial entry of this device.
    influxdb.query("CREATE DATABASE sodien")
    Influx1(influxdb.url, "sodien").write([f'dial,device=nha,meter=main low="12" {START_MS}'])
    with Device(mosquitto.port) as device:
        good = device.make(4)
        dial = DialEntry(seq=900, at=format_time(START_MS), meter="main", reading="1", low=1, high=2)  # type: ignore[arg-type]
        mixed = json.loads(encode_batch("l1", [device.entries[1], dial, device.entries[2]]))
        mixed["entries"].append({"kind": "tick", "seq": 901, "at": "yesterday", "pulses": 1})
        device.send_raw(b"\xff not JSON")
        device.send_raw(json.dumps(mixed).encode())
        device.send_raw(b"x" * (MAX_PAYLOAD + 1))
        device.send_raw(json.dumps(mixed).encode())  # again, as nobody confirmed all of it
        device.send([3, 4])
        device.wait_confirmed(good)
        assert device.confirmed == set(good)
    assert stored_ticks(influxdb) == device.expected()
    rows = [json.loads(row) for row in dead.read_text().splitlines()]
    assert sorted(row["kind"] for row in rows) == ["entry", "line", "message", "size"]
    assert {row["kind"]: row["payload"] for row in rows}["message"] == "\\xff not JSON"
    assert collector.counters.refused == 6
    told = [record.message for record in caplog.records if "put aside" in record.message]
    assert len(told) == 4


def test_database_down_at_the_start(
    mosquitto: Mosquitto, influxdb: Influx, collect: Collect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    influxdb.kill()
    collector = collect(Influx1(influxdb.url, "sodien"))
    with Device(mosquitto.port) as device:
        device.send(device.make(100))
        wait_for_log(caplog, "cannot be reached")
        influxdb.restart()
        device.wait_confirmed(list(device.entries))
    assert stored_ticks(influxdb) == device.expected()
    told = [record.message for record in caplog.records if record.name == "collector.retry"]
    assert len(told) == 2
    assert "cannot be reached" in told[0]
    assert "works again" in told[1]
    assert collector.fault() is None


def test_database_killed_in_the_middle(mosquitto: Mosquitto, influxdb: Influx, collect: Collect) -> None:
    collector = collect(Influx1(influxdb.url, "sodien"))
    with Device(mosquitto.port, per_message=2) as device:
        seqs = device.make(6000)
        for part in range(0, 6000, 2000):
            device.send(seqs[part : part + 2000])
            device.wait_confirmed([seqs[part]])
            influxdb.kill()
            influxdb.restart()
        device.wait_confirmed(seqs)  # nobody sent anything again
    assert stored_ticks(influxdb) == device.expected()
    assert collector.counters.refused == 0


def test_access_denied_until_a_person_mends_it(
    mosquitto: Mosquitto, tmp_path: Path, collect: Collect, caplog: pytest.LogCaptureFixture
) -> None:
    with Influx(tmp_path / "auth", auth=True) as influxdb:
        influxdb.query("CREATE USER root WITH PASSWORD 'secret' WITH ALL PRIVILEGES")
        influxdb.query("CREATE DATABASE sodien", u="root", p="secret")
        collect(Influx1(influxdb.url, "sodien", "pi", "pi"))
        with Device(mosquitto.port) as device:
            device.send(device.make(20))
            wait_for_log(caplog, "influxdb.token_file")
            assert device.confirmed == set()
            influxdb.query("CREATE USER pi WITH PASSWORD 'pi'", u="root", p="secret")
            influxdb.query("GRANT ALL ON sodien TO pi", u="root", p="secret")
            device.wait_confirmed(list(device.entries))
    assert sum("influxdb.token_file" in record.message for record in caplog.records) <= 2


@pytest.mark.parametrize("version", [5, 3])
def test_more_than_the_broker_may_send_and_than_memory_may_hold(
    mosquitto: Mosquitto, collect: Collect, version: int
) -> None:
    output = Memory(down=True)
    collect(output, version=version, inbox_bytes=300_000)
    with Device(mosquitto.port, per_message=1) as device:
        seqs = device.make(3000)
        device.send(seqs)
        device.wait_acknowledged(3000)
        assert output.tried.wait(20)
        output.up.set()
        device.wait_confirmed(seqs)  # nobody sent anything again
    assert len(set(output.lines)) == 3000


TLS = Path(__file__).parent / "tls"  # made for these tests: localhost, valid for a hundred years


def test_over_tls(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    encrypted = (f"certfile {TLS}/cert.pem", f"keyfile {TLS}/key.pem")
    with Mosquitto(tmp_path / "broker", lines=encrypted) as broker:
        settings = MqttSettings(host="localhost", port=broker.port, tls=TlsSettings(ca=TLS / "cert.pem"))
        output = Memory(down=True)
        collector = Collector(
            broker_of(settings),
            output,
            client_id="c",
            reconnect_s=(1, 1),
            inbox_bytes=10_000,
            backoff=Backoff(0.05, 0.2),
        )
        collector.start()
        assert collector.wait_subscribed(20)
        with Device(broker.port, per_message=1, tls=broker_of(settings).tls) as device:
            device.send(device.make(40))
            device.wait_acknowledged(40)
            output.up.set()
            device.wait_confirmed(list(device.entries))  # with connections ended by the collector itself
        connections = [one for one in caplog.records if one.message.startswith("connected to")]
        # Each makes room for what the broker holds back; were acknowledgements lost with it, it took dozens.
        assert 2 <= len(connections) <= 6
        collector.stop()
        assert len(set(output.lines)) == 40
        assert not [record for record in caplog.records if "connection to" in record.message]
        stranger = Collector(
            broker_of(MqttSettings(host="localhost", port=broker.port, tls=TlsSettings())),
            output,
            client_id="s",
        )
        stranger.start()
        wait_for_log(caplog, "no connection to the broker at localhost")
        stranger.stop()


def test_broker_killed_with_what_it_had_acknowledged(
    mosquitto: Mosquitto, influxdb: Influx, collect: Collect
) -> None:
    collector = collect(Influx1(influxdb.url, "sodien"))
    with Device(mosquitto.port) as device:
        first = device.make(10)
        device.send(first)
        device.wait_confirmed(first)
        collector.stop()
        lost = device.make(200)
        device.send(lost)
        device.wait_acknowledged(21)
        mosquitto.kill()
        mosquitto.restart()
        again = collect(Influx1(influxdb.url, "sodien"))
        marker = device.make(1)
        device.settle(marker)
        assert len(stored_ticks(influxdb)) == 11, "the broker was meant to lose what it had acknowledged"
        device.settle()
    assert stored_ticks(influxdb) == device.expected()
    assert again.fault() is None


def test_broker_killed_while_everything_runs(
    mosquitto: Mosquitto, influxdb: Influx, collect: Collect
) -> None:
    collector = collect(Influx1(influxdb.url, "sodien"))
    with Device(mosquitto.port, per_message=1) as device:
        for _ in range(2):
            seqs = device.make(2000)
            device.send(seqs)
            device.wait_confirmed(seqs[:1])
            mosquitto.kill()
            mosquitto.restart()
            device.settle()
    assert stored_ticks(influxdb) == device.expected()
    assert collector.fault() is None


def test_an_acknowledgement_does_not_cross_a_reconnection(mosquitto: Mosquitto, collect: Collect) -> None:
    """After the broker forgot everything, its packet ids begin again: an old one would name a new message."""
    written, go_on = threading.Event(), threading.Event()

    class OneThenDown(Memory):
        def write(self, lines: Sequence[str]) -> None:
            if go_on.is_set():
                raise Unreachable("down")
            written.set()
            assert go_on.wait(30)

    collector = collect(OneThenDown())
    with Device(mosquitto.port) as device:
        device.send(device.make(1))
        assert written.wait(20)
        mosquitto.kill()
        mosquitto.restart()
        assert collector.wait_subscribed(20)
        device.reconnected()
        second = device.make(1)
        device.send(second)
        while len(collector._inbox) == 0:
            time.sleep(0.01)
        go_on.set()  # the first is written, confirmed and would be acknowledged
        device.wait_confirmed([1])
        collector.stop()
        collect(Memory())
        device.wait_confirmed(second)  # nobody sent it again


def test_two_collectors_share_the_load(mosquitto: Mosquitto, influxdb: Influx, collect: Collect) -> None:
    one = collect(Influx1(influxdb.url, "sodien"), "one", share="all")
    two = collect(Influx1(influxdb.url, "sodien"), "two", share="all")
    with Device(mosquitto.port) as device:
        device.send(device.make(1000))
        device.wait_confirmed(list(device.entries))
        assert min(one.counters.messages, two.counters.messages) > 10
        assert one.counters.messages + two.counters.messages == 100, "no message goes to both"
        one.stop()  # the other takes over, and what was on its way to this one is sent again
        device.make(1000)
        device.settle()
    assert stored_ticks(influxdb) == device.expected()


@pytest.mark.parametrize("version", [5, 3])
def test_a_collector_that_is_gone_keeps_nothing_from_the_others(
    mosquitto: Mosquitto, collect: Collect, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    """Mosquitto hands out messages to the sessions of a group, whether somebody is there or not."""
    monkeypatch.setattr(subscription, "SHARED_SESSION_SECONDS", 1)
    gone = collect(Memory(), "gone", version, share="all")
    collect(Memory(), "there", version, share="all")
    gone.stop()
    with Device(mosquitto.port, per_message=1) as device:
        for _ in range(20):
            seqs = device.make(20)
            device.send(seqs)
            deadline = time.monotonic() + 1
            while time.monotonic() < deadline:
                if device.confirmed.issuperset(seqs):
                    return
                time.sleep(0.01)
    pytest.fail("the broker goes on giving messages to a collector that is gone")


@pytest.mark.parametrize(
    ("broker", "most"), [("max_inflight_messages 7", 7), ("max_inflight_messages 0", 1000)]
)
def test_answers_to_many_devices_do_not_wait_for_each_other(tmp_path: Path, broker: str, most: int) -> None:
    """As many are under way as the broker takes; paho's 20 leave a slow connection a few hundred a second."""
    with Mosquitto(tmp_path, (broker,)) as server:
        collector = Collector(Broker("127.0.0.1", server.port), Memory(), client_id="one")
        collector.start()
        try:
            assert collector.wait_subscribed(20)
            assert collector._subscription._client.max_inflight_messages == most
        finally:
            collector.stop()


def test_two_collectors_with_one_id_are_told_what_to_do(
    mosquitto: Mosquitto, collect: Collect, caplog: pytest.LogCaptureFixture
) -> None:
    collect(Memory(), "twin")
    collect(Memory(), "twin")
    wait_for_log(caplog, "--client-id")


def test_a_broker_that_does_not_let_us_confirm_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "acl").write_text("topic read sodien/#\ntopic write sodien/+/ledger\n")
    with Mosquitto(tmp_path / "broker", lines=(f"acl_file {tmp_path}/acl",)) as broker:
        collector = Collector(Broker("127.0.0.1", broker.port), Memory(), client_id="c")
        collector.start()
        assert collector.wait_subscribed(20)
        with Device(broker.port) as device:
            device.send(device.make(1))
            wait_for_log(caplog, "publish to sodien/+/stored")
        collector.stop()


def test_a_broker_that_does_not_let_us_read_says_so(
    mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    # Mosquitto's access file never refuses a subscription, other brokers do: their answer is made here.
    collector = Collector(Broker("127.0.0.1", mosquitto.port), Memory(), client_id="c")
    refused = ReasonCode(PacketTypes.SUBACK, identifier=0x87)
    collector._subscription._on_subscribe(None, None, 1, [refused], None)  # type: ignore[arg-type]
    assert "read sodien/+/ledger" in caplog.records[0].message
    collector.start()
    assert collector.wait_subscribed(20)
    collector.stop()


def test_a_wrong_password_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "users").write_text("")
    settings = ("allow_anonymous false", f"password_file {tmp_path}/users")
    with Mosquitto(tmp_path / "broker", config=settings) as broker:
        collector = Collector(
            Broker("127.0.0.1", broker.port, user="pi", password="secret"), Memory(), client_id="c"
        )
        collector.start()
        wait_for_log(caplog, "mqtt.password_file")
        assert "secret" not in caplog.text
        assert collector.fault() is None
        collector.stop()


def test_broker_down_at_the_start(
    mosquitto: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mosquitto.kill()
    collector = Collector(Broker("127.0.0.1", mosquitto.port), Memory(), client_id="c", reconnect_s=(1, 1))
    collector.start()
    wait_for_log(caplog, "mqtt.host")
    mosquitto.restart()
    assert collector.wait_subscribed(20)
    collector.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_thread_ends_the_process(mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    collector = Collector(Broker("127.0.0.1", mosquitto.port), Memory(), client_id="c")
    collector.start()
    assert collector.wait_subscribed(20)

    def boom() -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(collector._subscription._client, "loop_misc", boom)
    with pytest.raises(CollectorError, match="MQTT thread"):
        collector.run_until(threading.Event())
    collector.stop()


def test_a_dead_writer_ends_the_process(mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Memory):
        def write(self, lines: Sequence[str]) -> None:
            raise ZeroDivisionError

    collector = Collector(Broker("127.0.0.1", mosquitto.port), Broken(), client_id="c")
    collector.start()
    assert collector.wait_subscribed(20)
    with Device(mosquitto.port) as device:
        device.send(device.make(1))
        with pytest.raises(CollectorError, match="writer thread"):
            collector.run_until(threading.Event())
    collector.stop()


def test_stops_at_once_even_when_the_database_hangs(mosquitto: Mosquitto) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        collector = Collector(
            Broker("127.0.0.1", mosquitto.port),
            Influx1(f"http://127.0.0.1:{silent.getsockname()[1]}", "sodien", timeout_s=300),
            client_id="c",
            backoff=Backoff(300, 300),
        )
        collector.start()
        assert collector.wait_subscribed(20)  # what is sent before that is heard by nobody, once
        with Device(mosquitto.port) as device:
            device.send(device.make(1))
            silent.accept()  # the write is under way and will get no answer
            begun = time.monotonic()
            collector.stop(timeout=1.0)
            assert time.monotonic() - begun < 10


def test_status_is_told_when_it_changes(mosquitto: Mosquitto) -> None:
    told: list[str] = []
    beats = threading.Event()
    collector = Collector(Broker("127.0.0.1", mosquitto.port), Memory(), client_id="c", notify=told.append)
    collector.start()
    assert collector.wait_subscribed(20)
    with Device(mosquitto.port) as device:
        device.send(device.make(5))
        device.wait_confirmed(list(device.entries))

    def beat() -> None:
        if told and "5 entries stored" in told[-1]:
            beats.set()

    collector.run_until(beats, beat)
    collector.stop()
    assert told[-1] == "connected to the broker; database fine; 5 entries stored, 0 put aside"
