"""The one client: what a broker may make it do."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from sodien.mqtt import LARGEST_B, Broker, client_of, connect_options, why_unreachable
from sodien.mqtt_client import HEADER_B

CONNACK = {3: b"\x20\x02\x00\x00", 5: b"\x20\x03\x00\x00\x00"}


class LooseBroker:
    """Lets everybody in and sends each connection the next of what it was given."""

    def __init__(self, version: int, sends: list[bytes]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.greetings: list[bytes] = []
        self.all_sent = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(version, sends), daemon=True)
        self._thread.start()

    def _serve(self, version: int, sends: list[bytes]) -> None:
        for one in [*sends, b""]:
            connection, _ = self._listener.accept()
            with closing(connection):
                self.greetings.append(connection.recv(1000))
                connection.sendall(CONNACK[version] + one)
                if one:
                    connection.settimeout(5)
                    while connection.recv(1000):  # until it has had enough of this
                        pass
                else:
                    self.all_sent.set()

    def close(self) -> None:
        self._listener.close()


@contextmanager
def client_on(port: int, version: int) -> Iterator[threading.Thread]:
    broker = Broker("127.0.0.1", port, version)
    client = client_of(broker, "c")
    client.reconnect_delay_set(1, 1)
    client.connect_async(broker.host, broker.port, 60, **connect_options(broker))
    client.loop_start()
    thread = client._thread
    assert thread is not None
    yield thread
    client.disconnect()
    client.loop_stop()


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.parametrize(
    "packet",
    [
        b"\x90\x00",  # a SUBACK of nothing
        b"\x30\x01x",  # a PUBLISH without a topic
        b"\x32\x05\xff\xff\x00\x00\x00",  # one whose topic is longer than it
        b"\x30\xff\xff\xff\xff\x7f",  # a length of five bytes
        b"\xf0\x01\x00",
    ],
)
def test_a_packet_that_is_no_mqtt_ends_the_connection_and_not_the_client(version: int, packet: bytes) -> None:
    with closing(LooseBroker(version, [packet])) as broker, client_on(broker.port, version) as thread:
        assert broker.all_sent.wait(10)  # it came back
        assert thread.is_alive()


def test_a_broker_is_told_the_longest_packet() -> None:
    with closing(LooseBroker(5, [])) as broker, client_on(broker.port, 5):
        assert broker.all_sent.wait(10)
        assert b"\x27" + (LARGEST_B + HEADER_B).to_bytes(4, "big") in broker.greetings[0]


@pytest.mark.parametrize(
    ("code", "word"), [(10, "expired"), (9, "not valid yet"), (62, "another name"), (20, "authority")]
)
def test_a_certificates_fault_is_named(code: int, word: str) -> None:
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_code = code
    assert word in why_unreachable(error)
    assert "refused" in why_unreachable(ConnectionRefusedError(111, "Connection refused"))
