"""A device as far as a collector sees it: sends entries, and sends again what is not confirmed."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Sequence
from typing import Any, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from sodien.protocol.entries import TickEntry
from sodien.protocol.messages import decode_stored, encode_batch
from sodien.protocol.times import format_time
from sodien.protocol.topics import Topics

START_MS = 1_793_000_000_000
MINUTE_MS = 60_000


class Device:
    """Ticks of one meter, one a minute from START_MS, in messages of ``per_message`` entries."""

    def __init__(
        self,
        port: int,
        name: str = "nha",
        ledger: str = "l1",
        per_message: int = 10,
        tls: ssl.SSLContext | None = None,
        follows: Sequence[str] = (),
    ) -> None:
        self.name, self.ledger, self.per_message = name, ledger, per_message
        self.follows = list(follows)
        self.refused: dict[int, str] = {}
        self.topics = Topics(name)
        self.entries: dict[int, TickEntry] = {}
        self.confirmed: set[int] = set()
        self.acknowledged = 0  # by the broker, in messages
        self.sent = 0
        self._changed = threading.Condition()
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"device-{name}-{ledger}",
            protocol=MQTTProtocolVersion.MQTTv311,
        )
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.on_publish = self._on_publish
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        if tls is not None:
            self._client.tls_set_context(tls)
        self._host = "localhost" if tls else "127.0.0.1"
        self._client.reconnect_delay_set(1, 1)
        self._client.max_inflight_messages_set(100)
        self._ready = threading.Event()
        self._port = port

    def __enter__(self) -> Self:
        self._client.connect_async(self._host, self._port)
        self._client.loop_start()
        self.reconnected()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def reconnected(self) -> None:
        """Wait until it listens on the present connection."""
        assert self._ready.wait(20), "the device found no broker"

    def make(self, count: int) -> list[int]:
        """New entries; their sequence numbers."""
        first = len(self.entries) + 1
        for seq in range(first, first + count):
            at = format_time(START_MS + seq * MINUTE_MS)
            self.entries[seq] = TickEntry(seq=seq, at=at, meter="main", pulses=seq * 3, power_w=seq / 7)
        return list(range(first, first + count))

    def send(self, seqs: list[int]) -> None:
        """Publish these entries, in order."""
        for payload in self.payloads(seqs):
            self.send_raw(payload)

    def payloads(self, seqs: list[int]) -> list[bytes]:
        """The messages that :meth:`send` publishes."""
        return [
            encode_batch(
                self.ledger,
                [self.entries[seq] for seq in seqs[index : index + self.per_message]],
                self.follows,
            )
            for index in range(0, len(seqs), self.per_message)
        ]

    def send_raw(self, payload: bytes, topic: str | None = None) -> None:
        self.sent += 1
        self._client.publish(topic or self.topics.ledger, payload, qos=1)

    def wait_confirmed(self, seqs: list[int], timeout: float = 30.0) -> None:
        with self._changed:
            done = self._changed.wait_for(lambda: self.confirmed.issuperset(seqs), timeout)
        assert done, f"not confirmed within {timeout} s: {sorted(set(seqs) - self.confirmed)[:20]}…"

    def wait_refused(self, seqs: list[int], timeout: float = 30.0) -> set[str]:
        """Wait until all these are refused; the reasons."""
        with self._changed:
            done = self._changed.wait_for(lambda: self.refused.keys() >= set(seqs), timeout)
        assert done, f"not refused within {timeout} s: {sorted(set(seqs) - self.refused.keys())[:20]}…"
        return {self.refused[seq] for seq in seqs}

    def wait_acknowledged(self, messages: int, timeout: float = 30.0) -> None:
        with self._changed:
            done = self._changed.wait_for(lambda: self.acknowledged >= messages, timeout)
        assert done, f"the broker acknowledged {self.acknowledged} of {messages} messages"

    def settle(self, seqs: list[int] | None = None, timeout: float = 60.0, resend_s: float = 1.0) -> None:
        """Send these entries (all) again as long as they are not confirmed."""
        deadline = time.monotonic() + timeout

        def open_ones() -> list[int]:
            return [seq for seq in (self.entries if seqs is None else seqs) if seq not in self.confirmed]

        while missing := open_ones():
            assert time.monotonic() < deadline, f"never confirmed: {missing[:20]}…"
            self.send(missing)
            with self._changed:
                self._changed.wait_for(lambda: not open_ones(), resend_s)

    def expected(self) -> list[tuple[int, int]]:
        """(milliseconds, pulses) of all entries, as the database has to hold them."""
        return [self.expected_of(seq) for seq in sorted(self.entries)]

    def expected_of(self, seq: int) -> tuple[int, int]:
        """(milliseconds, pulses) of one entry."""
        return START_MS + seq * MINUTE_MS, self.entries[seq].pulses

    def _on_connect(self, client: paho.Client, *_: Any) -> None:
        client.subscribe(self.topics.stored, qos=1)

    def _on_subscribe(self, *_: Any) -> None:
        self._ready.set()

    def _on_disconnect(self, *_: Any) -> None:
        self._ready.clear()

    def _on_publish(self, *_: Any) -> None:
        with self._changed:
            self.acknowledged += 1
            self._changed.notify_all()

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        stored = decode_stored(message.payload)
        if stored.ledger == self.ledger:
            with self._changed:
                for first, last in stored.ranges:
                    self.confirmed.update(range(first, last + 1))
                self.refused |= {one.seq: one.why for one in stored.refused}
                self._changed.notify_all()
