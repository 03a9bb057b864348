"""Where collectors tell each other whose a device's name is: retained messages, on a connection of their own.

A connection of its own, because on the other one a backlog that nobody may acknowledge yet would stand before
the answer. What a crash does: a name is told, and the broker has answered, before the first line is written
under it; so whoever comes next knows it. The broker keeps it; should the broker forget everything, whoever
still runs tells it again, and if nobody does, the next ledger to deliver has the name.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from queue import Empty, SimpleQueue
from typing import Any

import paho.mqtt.client as paho

from collector.names import MOST_NAMES, Names
from collector.retry import Trouble
from sodien.clock import now_ms
from sodien.errors import BadPayload
from sodien.mqtt import Broker, client_of, connect_options
from sodien.mqtt_client import BoundedClient
from sodien.protocol.messages import Batch, Owner, decode_owner, encode
from sodien.protocol.topics import ALL_OWNERS, Topics, device_of

log = logging.getLogger(__name__)

_KEEPALIVE_S = 30
#: What the broker has kept comes right behind its answer to the subscription; the wait is for slow ones.
KEPT_S = 1.0
#: How long nothing is written while the broker is there and says nothing of names.
PATIENCE_S = 30.0
#: Collectors that would contradict each other for ever do so this seldom.
CONTRADICT_EVERY_S = 5.0
#: How long a name may take to be told before writing begins all the same.
_TELL_S = 5.0
_LARGEST = 4 << 10
#: How many messages of strangers may wait; there is one for each name.
_MOST_WAITING = 2 * MOST_NAMES


class NamesLink:
    """Knows whose names are. Everything but the callbacks belongs to the writer thread.

    Args:
        broker: where.
        client_id: of the collector; this connection has one of its own beside it.
        reconnect_s: shortest and longest pause between attempts to connect, in seconds.
        kept_s: how long to wait for what the broker has kept.
    """

    def __init__(
        self, broker: Broker, client_id: str, reconnect_s: tuple[int, int], kept_s: float = KEPT_S
    ) -> None:
        self.names = Names(now_ms)
        self._broker = broker
        self._kept_s = kept_s
        self._queue: SimpleQueue[tuple[str, bytes] | None] = SimpleQueue()
        self._listening_at: float | None = None
        self._heard: set[str] | None = None  # on this connection, until all that was kept has come
        self._waits_since: float | None = None
        self._contradicted: set[str] = set()
        self._contradict_at = 0.0
        self._ready = False
        self._trouble = Trouble("telling whose a device's name is")
        self._client = self._make_client(f"{client_id}-names", reconnect_s)

    def start(self) -> None:
        """Connect in the background."""
        options = connect_options(self._broker, largest=_LARGEST)
        self._client.connect_async(self._broker.host, self._broker.port, _KEEPALIVE_S, **options)
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnect, without waiting."""
        self._client.disconnect()
        threading.Thread(target=self._client.loop_stop, daemon=True).start()

    # -- the writer thread -----------------------------------------------------------------------------

    def ready(self, connected: bool) -> bool:
        """Whether it is known what the broker has kept, so that writing may begin.

        ``connected``: whether the ledgers' own connection is there: while it is, patience ends some time.
        """
        now = time.monotonic()
        self._take_in(now)
        if not self._ready and connected:
            self._waits_since = now if self._waits_since is None else self._waits_since
            if now - self._waits_since > PATIENCE_S:
                self._ready = True
                log.error(
                    "the %s does not say which ledger has which name (%s); until it does, two devices of one "
                    "name are told apart from now on only",
                    self._broker.place,
                    ALL_OWNERS,
                )
        return self._ready

    def judge(self, device: str, batch: Batch) -> str | None:
        """Why what a ledger delivers is refused; None when the name is its own. Tells a new owner first."""
        new, why = self.names.judge(device, batch.ledger, batch.follows)
        if new is not None:
            log.info("ledger %s delivers as %s", batch.ledger, device)
            self._tell(device, new)
        return why

    def _tell(self, device: str, owner: Owner) -> None:
        info = self._client.publish(Topics(device).owner, encode(owner), qos=1, retain=True)
        until = time.monotonic() + _TELL_S
        while info.rc == 0 and not info.is_published() and time.monotonic() < until:
            time.sleep(0.005)

    def _take_in(self, now: float) -> None:
        try:
            while True:
                message = self._queue.get_nowait()
                if message is None:
                    self._listening_at, self._heard = now, set()
                else:
                    self._hear(*message)
        except Empty:
            pass
        if self._heard is not None and self._listening_at is not None:
            if now - self._listening_at < self._kept_s:
                return
            heard, self._heard, self._ready = self._heard, None, True
            self._say_again(self.names.known.keys() - heard)  # the broker has lost them
        if self._contradicted and now >= self._contradict_at:
            self._contradict_at = now + CONTRADICT_EVERY_S
            log.warning(
                "another collector knew of no ledger that delivers as %s and took another one; what it wrote "
                "may stand in the place of entries: 'sodien replay --from' on that device puts them right",
                ", ".join(sorted(self._contradicted)),
            )
            self._say_again(self._contradicted)
            self._contradicted.clear()

    def _say_again(self, devices: Iterable[str]) -> None:
        for device in devices:
            if (owner := self.names.known.get(device)) is not None:
                self._client.publish(Topics(device).owner, encode(owner), qos=1, retain=True)

    def _hear(self, topic: str, payload: bytes) -> None:
        try:
            device = device_of(topic, "owner")
            owner = decode_owner(payload) if payload else None
        except BadPayload as error:
            self._trouble.begin("misfit", f"put aside from {topic}: {error}", time.monotonic())
            return
        if self._heard is not None:
            self._heard.add(device)
        if not self.names.heard(device, owner):
            self._contradicted.add(device)

    # -- callbacks: on paho's thread, they must not raise ----------------------------------------------

    def _make_client(self, client_id: str, reconnect_s: tuple[int, int]) -> BoundedClient:
        client = client_of(self._broker, client_id, largest=_LARGEST)
        client.forgets = True
        client.reconnect_delay_set(*reconnect_s)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    def _on_connect(
        self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any
    ) -> None:
        if not reason.is_failure:
            client.subscribe(ALL_OWNERS, qos=1)

    def _on_subscribe(
        self, _client: paho.Client, _data: Any, _mid: int, reasons: Any, _properties: Any
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            self._denied("read", "")
        self._queue.put(None)

    def _on_publish(self, _client: paho.Client, _data: Any, _mid: int, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._denied("publish to", f" ({reason})")

    def _denied(self, what: str, said: str) -> None:
        self._trouble.begin(
            what,
            f"the {self._broker.place} does not let this user {what} {ALL_OWNERS}{said}; allow it in the "
            "broker's access list, else two devices of one name are not told apart after a restart",
            time.monotonic(),
        )

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        if self._queue.qsize() < _MOST_WAITING:
            self._queue.put((topic, bytes(message.payload)))
