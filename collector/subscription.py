"""The collector's side of MQTT: a persistent session whose messages are acknowledged by hand.

paho's callbacks run on its network thread and an exception would end that thread without a word; here they
only put into the inbox, and cannot raise. An acknowledgement must not cross a reconnection, where the same
packet id can mean another message: every connection has a number (generation), it goes up under a lock before
the next connection exists, and an acknowledgement with an old number is dropped.
"""

from __future__ import annotations

import logging
import random
import socket
import threading
import time
from collections.abc import Iterable
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.properties import Properties

from collector.batch import MAX_PAYLOAD
from collector.inbox import Inbox, Message
from collector.retry import Trouble
from sodien.mqtt import (
    RECEIVE_MAXIMUM,
    Broker,
    client_of,
    connect_options,
    unanswered_limit,
    why_unreachable,
)
from sodien.mqtt_client import BoundedClient
from sodien.protocol.topics import ALL_LEDGERS

log = logging.getLogger(__name__)

#: How long a broker keeps the session of a collector that is away (MQTT 5).
SESSION_SECONDS = 30 * 86_400
#: The same where several share the ledgers. Mosquitto goes on handing out messages to a session whose
#: collector is away; they are out of the others' reach then, and the devices have to send them again. Enough
#: for a connection that breaks, and for a restart.
SHARED_SESSION_SECONDS = 30
_KEEPALIVE_S = 30
_RESUBSCRIBE_S = 60.0
#: How long acknowledgements may take to leave before a connection is dropped on purpose.
_SEND_S = 1.0
#: Two clients with one id throw each other out, and Mosquitto 2.0 does not say why: so many connections in
#: a row that last less than this are taken for it.
_SETTLED_S = 60.0
_FIGHT = 3
_KEPT_OF_TOO_LONG = 16 << 10


class Subscription:
    """One session with a broker. Everything but the callbacks may be called from any thread.

    Args:
        broker: where.
        client_id: names the session; two clients with one id throw each other out.
        share: name of the group that shares the ledgers of all devices, None for all of them.
        inbox: takes the messages.
        reconnect_s: shortest and longest pause between attempts to connect, in seconds; both are randomised.
    """

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        share: str | None,
        inbox: Inbox,
        reconnect_s: tuple[int, int] = (1, 30),
    ) -> None:
        self._broker = broker
        self._client_id = client_id
        self._topic = f"$share/{share}/{ALL_LEDGERS}" if share else ALL_LEDGERS
        self._session_s = SHARED_SESSION_SECONDS if share else SESSION_SECONDS
        self._inbox = inbox
        self._reconnect_s = reconnect_s
        self._trouble = Trouble(f"the connection to the {broker.place}")
        self._refusal = Trouble("MQTT access")
        self._lock = threading.RLock()
        self._generation = 0
        self._thread: threading.Thread | None = None
        self._subscribe_again_at: float | None = None
        self._connected_at = 0.0
        self._short_lived = 0
        self._bounced = False
        self.connected = False
        self.subscribed = threading.Event()
        self._client = self._make_client()

    def start(self) -> None:
        """Connect in the background; a broker that is not there yet is normal."""
        options = connect_options(self._broker, self._session_s, largest=MAX_PAYLOAD)
        self._client.connect_async(self._broker.host, self._broker.port, _KEEPALIVE_S, **options)
        self._client.loop_start()

    def stop(self, timeout: float) -> None:
        """Send what is queued, disconnect and wait at most ``timeout`` seconds."""
        self._client.disconnect()
        # Besides, because a disconnect in the middle of connecting is overlooked; it waits without limit,
        # so on a thread of its own.
        threading.Thread(target=self._client.loop_stop, daemon=True).start()
        if self._thread is not None:
            self._thread.join(timeout)
        self.connected = False

    def alive(self) -> bool:
        """Whether paho's network thread runs; one that has died never comes back."""
        return self._thread is None or self._thread.is_alive()

    def tick(self, now: float) -> None:
        """What is due, to be called about once a second (monotonic seconds)."""
        if self._trouble.kind == "fight" and self.connected and now - self._connected_at > _SETTLED_S:
            self._trouble.end(now)
        if self._subscribe_again_at is not None and now >= self._subscribe_again_at and self.connected:
            self._subscribe_again_at = None
            self._client.subscribe(self._topic, qos=1)

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish with QoS 1; while there is no connection it waits in memory."""
        self._client.publish(topic, payload, qos=1)

    def acknowledge(self, messages: Iterable[Message]) -> None:
        """Acknowledge the messages that the present connection brought; others come again."""
        with self._lock:
            for message in messages:
                if message.qos == 1 and message.generation == self._generation:
                    self._client.ack(message.mid, 1)

    def bounce(self) -> None:
        """Drop the connection, so that the broker sends again what is not acknowledged.

        What has just been acknowledged goes out first, or it would come again too.
        """
        patience = time.monotonic() + _SEND_S
        while self._client.want_write() and time.monotonic() < patience:
            time.sleep(0.005)
        connection = self._client.socket()
        if isinstance(connection, socket.socket):
            self._bounced = True
            try:
                # Not SSLSocket's own shutdown: it drops the encryption, and paho, reading at the same moment,
                # would take what is still coming for MQTT.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            except OSError:
                self._bounced = False  # it is gone already

    # -- callbacks: on paho's thread, they must not raise ----------------------------------------------

    def _make_client(self) -> BoundedClient:
        # MQTT 3.1.1 cannot say for how long, so a shared session ends with its connection there.
        keep = self._session_s == SESSION_SECONDS
        client = client_of(
            self._broker, self._client_id, keep_session=keep, manual_ack=True, largest=MAX_PAYLOAD
        )
        client.on_pre_connect = self._on_pre_connect
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        self._spread(client)
        return client

    def _spread(self, client: paho.Client) -> None:
        """Other delays than the neighbours have, so that not all come back to a broker at once."""
        first, last = self._reconnect_s
        jitter = random.Random()  # noqa: S311
        client.reconnect_delay_set(jitter.randint(first, 2 * first), jitter.randint((last + 1) // 2, last))

    def _next_generation(self) -> None:
        with self._lock:
            self._generation += 1
            self.connected = False
            self.subscribed.clear()

    def _on_pre_connect(self, _client: paho.Client, _data: Any) -> None:
        self._thread = threading.current_thread()
        self._next_generation()

    def _on_connect(
        self, client: paho.Client, _data: Any, flags: Any, reason: Any, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._trouble.begin("refused", self._refusal_of(str(reason)), time.monotonic())
            return
        self._spread(client)
        # Or answers to many devices would wait for each other, and those devices send everything again.
        self._client.most_unanswered(min(RECEIVE_MAXIMUM, unanswered_limit(properties)))
        self._connected_at = time.monotonic()
        self.connected = True
        if flags.session_present:
            # The broker sends them again on this connection, where they can be acknowledged.
            self._inbox.forget_before(self._generation)
        # Also in a session that is present: the broker may have lost the subscription in a crash.
        client.subscribe(self._topic, qos=1)
        if self._trouble.kind != "fight":
            self._trouble.end(self._connected_at)
            log.info("connected to the %s as %s", self._broker.place, self._client_id)

    def _refusal_of(self, reason: str) -> str:
        remedy = "check mqtt.user and mqtt.password_file"
        if "protocol" in reason.lower():
            remedy = "set mqtt.version: 3 for a broker that does not speak MQTT 5"
        elif "identifier" in reason.lower():
            remedy = "check collector.client_id"
        return f"the {self._broker.place} refuses the collector ({reason}); {remedy}"

    def _on_connect_fail(self, _client: paho.Client, _data: Any) -> None:
        self._trouble.begin(
            "lost",
            f"no connection to the {self._broker.place} ({why_unreachable(self._client.failure)}); "
            "trying again until it answers "
            "(check mqtt.host and mqtt.port, and that the broker runs)",
            time.monotonic(),
        )

    def _on_disconnect(
        self, _client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Properties | None
    ) -> None:
        now = time.monotonic()
        if self._bounced:
            self._bounced = False
            self._next_generation()
            return
        if self.connected:
            self._short_lived = self._short_lived + 1 if now - self._connected_at < _SETTLED_S else 0
        self._next_generation()
        if not reason.is_failure:
            return
        if self._short_lived >= _FIGHT or "taken over" in str(reason).lower():
            self._trouble.begin(
                "fight",
                f"the {self._broker.place} keeps ending the connection soon after it was made ({reason}); "
                f"another client may use the id {self._client_id}: give each collector its own "
                "collector.client_id (or --client-id), and see the broker's log",
                now,
            )
        elif not self._trouble.kind:
            self._trouble.begin(
                "lost",
                f"lost the connection to the {self._broker.place} ({reason}); trying again until it answers",
                now,
            )

    def _on_subscribe(
        self, _client: paho.Client, _data: Any, _mid: int, reasons: Any, _properties: Properties | None
    ) -> None:
        now = time.monotonic()
        if any(reason.is_failure for reason in reasons):
            self._subscribe_again_at = now + _RESUBSCRIBE_S
            self._refusal.begin(
                "subscribe",
                f"the {self._broker.place} does not let this user read {self._topic}; allow it in the "
                "broker's access list",
                now,
            )
            return
        if self._refusal.kind == "subscribe":
            self._refusal.end(now)
        self.subscribed.set()

    def _on_publish(
        self, _client: paho.Client, _data: Any, _mid: int, reason: Any, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._refusal.begin(
                "publish",
                f"the {self._broker.place} does not let this user publish to sodien/+/stored ({reason}); "
                "allow it in the broker's access list, else the devices send everything again",
                time.monotonic(),
            )
        elif self._refusal.kind == "publish":
            self._refusal.end(time.monotonic())

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        payload = bytes(message.payload)
        too_long = len(payload) > MAX_PAYLOAD
        if too_long:
            payload = payload[:_KEPT_OF_TOO_LONG]
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "(not UTF-8)"
        self._inbox.put(Message(self._generation, message.mid, message.qos, topic, payload, too_long))
