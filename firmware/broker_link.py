"""The device's link to its broker: paho's client, whose callbacks become events in one queue.

paho runs a network thread of its own. Its callbacks only put into the queue and cannot raise. It keeps
nothing over a reconnection: what the broker had not answered then is for the outbox to decide.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import paho.mqtt.client as paho

from sodien.mqtt import (
    LARGEST_B,
    Broker,
    client_of,
    connect_options,
    packet_limit,
    unanswered_limit,
    why_unreachable,
)
from sodien.mqtt_client import BoundedClient
from sodien.protocol import topics

#: What strangers may send is bounded: bytes of a message (LARGEST_B), and how many wait.
MOST_WAITING = 10_000
_KEEPALIVE_S = 60
#: Messages that the broker may have unanswered; MQTT 5 brokers may ask for fewer (Receive Maximum).
_MOST_UNANSWERED = 20
#: MQTT 5: "packet too large"; Mosquitto gives it to a message above its message_size_limit.
_TOO_LARGE, _NOT_AUTHORIZED = 0x95, 0x87

#: What the availability topic says.
ONLINE, OFFLINE = topics.ONLINE.encode(), topics.OFFLINE.encode()


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker is there and takes packets of ``largest`` bytes; None where it does not say."""

    largest: int | None = None


@dataclass(frozen=True, slots=True)
class Listening:
    """The broker has answered a subscription."""


@dataclass(frozen=True, slots=True)
class Lost:
    """There is no connection (any more), because …."""

    why: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The broker has taken the message with this number, or ``refused`` it.

    ``too_long``: for its length; ``forbidden``: because this user may not.
    """

    mid: int
    refused: str | None = None
    too_long: bool = False
    forbidden: bool = False


@dataclass(frozen=True, slots=True)
class Forbidden:
    """The broker does not let this user read these topics."""

    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """A message came."""

    topic: str
    payload: bytes
    retained: bool = False


@dataclass(frozen=True, slots=True)
class TooLong:
    """A message came that is longer than any of ours."""

    retained: bool


LinkEvent = Connected | Listening | Lost | Answered | Forbidden | Heard | TooLong


class Link(Protocol):
    """What the publishing thread needs of a connection; events go to the queue that it was made with."""

    def start(self) -> None:
        """Connect in the background, and again whenever that is lost."""

    def alive(self) -> bool:
        """Whether the thread that reads and writes runs."""

    def subscribe(self, wanted: Sequence[str]) -> None:
        """Listen to these topics."""

    def unsubscribe(self, topic: str) -> None:
        """Listen to this one no longer."""

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> int:
        """Send a message; its number comes back in :class:`Answered`."""

    def stop(self, goodbye: tuple[str, bytes] | None) -> None:
        """Disconnect, with a retained message before."""


class BrokerLink:
    """A link over paho."""

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        will: tuple[str, bytes],
        heeds_retained: Callable[[str], bool],
        put: Callable[[LinkEvent], None],
        waiting: Callable[[], int],
    ) -> None:
        """Prepare; :meth:`start` connects.

        Args:
            broker: where to.
            client_id: names this device at the broker.
            will: (topic, payload) that the broker publishes when the device dies, retained.
            heeds_retained: whether retained messages of a topic are wanted; of others they are left out: a
                request that stays at the broker would be carried out at every reconnection.
            put: takes the events; called on paho's thread.
            waiting: how many events nobody has taken yet.
        """
        self._broker = broker
        self._heeds_retained = heeds_retained
        self._put, self._waiting = put, waiting
        self._lock = threading.Lock()
        self._subscribed: dict[int, tuple[str, ...]] = {}
        self._thread: threading.Thread | None = None
        self.client = self._make_client(client_id, will)

    def start(self) -> None:
        """Connect in the background; a broker that is down is normal."""
        options = connect_options(self._broker)
        self.client.connect_async(self._broker.host, self._broker.port, _KEEPALIVE_S, **options)
        self.client.loop_start()
        self._thread = self.client._thread  # paho forgets it when it dies

    def alive(self) -> bool:
        """Whether paho's network thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def subscribe(self, wanted: Sequence[str]) -> None:
        """Listen to these topics; :class:`Forbidden` tells of those that the broker denies."""
        with self._lock:  # the answer may be faster than we are
            _, mid = self.client.subscribe([(topic, 1) for topic in wanted])
            if mid is not None:
                self._subscribed[mid] = tuple(wanted)

    def unsubscribe(self, topic: str) -> None:
        """Listen to this one no longer."""
        self.client.unsubscribe(topic)

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> int:
        """Send a message; its number comes back in :class:`Answered`."""
        return self.client.publish(topic, payload, qos=qos, retain=retain).mid

    def stop(self, goodbye: tuple[str, bytes] | None) -> None:
        """Disconnect; waits at most a second for the broker to take the goodbye."""
        if goodbye is not None:
            said = self.client.publish(*goodbye, qos=1, retain=True)
            deadline = time.monotonic() + 1.0
            # A connection that broke just now fails the publish; asking such a message for its state raises.
            while said.rc == 0 and not said.is_published() and time.monotonic() < deadline:
                time.sleep(0.01)
        self.client.disconnect()
        self.client.loop_stop()

    def _make_client(self, client_id: str, will: tuple[str, bytes]) -> BoundedClient:
        client = client_of(self._broker, client_id)
        client.forgets = True
        client.will_set(*will, qos=1, retain=True)
        put = self._put

        def connected(_c: Any, _u: Any, _f: Any, reason: Any, properties: Any) -> None:
            if reason.is_failure:
                put(Lost(str(reason)))
                return
            self._jitter(client)
            client.most_unanswered(min(_MOST_UNANSWERED, unanswered_limit(properties)))
            put(Connected(packet_limit(properties)))

        def lost(_c: Any, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
            put(Lost(str(reason)))

        def acked(_c: Any, _u: Any, mid: int, reason: Any, _p: Any) -> None:
            refused = str(reason) if getattr(reason, "is_failure", False) else None
            code = getattr(reason, "value", 0)
            put(Answered(mid, refused, code == _TOO_LARGE, code == _NOT_AUTHORIZED))

        def subscribed(_c: Any, _u: Any, mid: int, reasons: Any, _p: Any) -> None:
            with self._lock:
                wanted = self._subscribed.pop(mid, ())
            denied = tuple(topic for topic, reason in zip(wanted, reasons, strict=False) if reason.is_failure)
            if denied:
                put(Forbidden(denied))
            put(Listening())

        def message(_c: Any, _u: Any, received: paho.MQTTMessage) -> None:
            if self._waiting() >= MOST_WAITING:
                return  # nothing of ours is that many; a confirmation that is lost comes again
            if len(received.payload) > LARGEST_B:
                put(TooLong(received.retain))  # nothing of ours is that large
            elif not received.retain or self._heeds_retained(received.topic):
                put(Heard(received.topic, bytes(received.payload), received.retain))

        def failed(_c: Any, _u: Any) -> None:
            put(Lost(why_unreachable(client.failure)))

        client.on_connect = connected
        client.on_disconnect = lost
        client.on_connect_fail = failed
        client.on_publish = acked
        client.on_subscribe = subscribed
        client.on_message = message
        self._jitter(client)
        return client

    def _jitter(self, client: paho.Client) -> None:
        """Reconnect after 1-3 s, doubling up to 1-2 minutes; not all devices of a broker at once.

        It begins the doubling anew, so it is for connections that the broker has answered: a proxy with no
        broker behind it takes every connection and ends it.
        """
        low, high = random.uniform(1, 3), random.uniform(60, 120)  # noqa: S311
        client.reconnect_delay_set(low, high)  # type: ignore[arg-type]


def longest_payload(topic: str, largest: int | None) -> int | None:
    """Bytes a payload may have in a QoS 1 message to this topic where packets have ``largest`` bytes.

    MQTT 5, 3.3: five bytes of fixed header, two of the topic's length, two of the packet's number, one that
    says there are no properties.
    """
    return None if largest is None else max(0, largest - 10 - len(topic.encode()))
