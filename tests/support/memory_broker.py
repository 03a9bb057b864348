"""A broker in memory, with the limits that real ones have: no thread, no socket, no time of its own.

It does what the MQTT specifications and Mosquitto's documentation say of a broker with ``max_packet_size``,
``message_size_limit`` and an access list, for both versions of MQTT: what is too long ends the connection or
is dropped, what is forbidden is dropped, and only MQTT 5 says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from firmware.broker_link import Answered, Connected, Forbidden, Heard, LinkEvent, Listening, Lost


@dataclass
class MemoryBroker:
    """Takes the messages of one link, and gives it those of others.

    Attributes:
        five: whether it speaks MQTT 5.
        ends_above: payload bytes from which on it ends the connection; ``announced``: MQTT 5 tells it before.
        drops_above: payload bytes from which on it drops a message.
        forbidden: topics that may be neither written nor read.
        taken: (topic, payload) of messages that it has, in order; ``retained`` what stays there.
        sees: told (topic, payload) of each message that a device sends.
        leaves: told (topic, payload) of each message that stays without an answer for good.
        loses: whether the connection ends at a message, by chance.
        answers: how many messages it answers before it is slow; None: all.
    """

    five: bool = True
    ends_above: int | None = None
    announced: bool = True
    drops_above: int | None = None
    forbidden: set[str] = field(default_factory=set)
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    retained: dict[str, bytes] = field(default_factory=dict)
    sees: Callable[[str, bytes], None] = lambda _topic, _payload: None
    leaves: Callable[[str, bytes], None] = lambda _topic, _payload: None
    loses: Callable[[], bool] = lambda: False

    def link(self, put: Callable[[LinkEvent], None], _waiting: Callable[[], int]) -> MemoryLink:
        """A link to this broker."""
        return MemoryLink(self, put)


class MemoryLink:
    """A :class:`firmware.broker_link.Link`; :meth:`connect` and :meth:`cut` are what the network does.

    Answers come with :meth:`deliver`, so that a connection may end before them.
    """

    def __init__(self, broker: MemoryBroker, put: Callable[[LinkEvent], None]) -> None:
        self.broker, self._put = broker, put
        self.up = False
        self._number = 0
        self._answers: list[Answered] = []
        self._open: dict[int, tuple[str, bytes]] = {}
        self._heard: set[str] = set()

    def start(self) -> None:
        """Connect."""
        self.connect()

    def alive(self) -> bool:
        """Always."""
        return True

    def connect(self) -> None:
        """The network is there."""
        if self.up:
            return
        self.up = True
        limit = self.broker.ends_above
        told = limit is not None and self.broker.five and self.broker.announced
        self._put(Connected(limit + 10 + 21 if told and limit is not None else None))

    def cut(self, why: str = "connection lost") -> None:
        """The network is gone, with all that was under way."""
        if self.up:
            self.up = False
            self._answers.clear()
            for topic, payload in self._open.values():
                self.broker.leaves(topic, payload)
            self._open.clear()
            self._put(Lost(why))

    def subscribe(self, wanted: Sequence[str]) -> None:
        """Listen to these topics."""
        denied = tuple(topic for topic in wanted if topic in self.broker.forbidden)
        if denied:
            self._put(Forbidden(denied))
        self._heard |= set(wanted) - set(denied)
        self._put(Listening())

    def unsubscribe(self, topic: str) -> None:
        """Listen to this one no longer."""
        self._heard.discard(topic)

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> int:
        """Send a message; its answer comes with :meth:`deliver`."""
        self._number += 1
        broker = self.broker
        broker.sees(topic, payload)
        if not self.up:
            broker.leaves(topic, payload)
            return self._number
        if qos:
            self._open[self._number] = topic, payload
        if broker.ends_above is not None and len(payload) > broker.ends_above:
            self.cut("packet too large")
            return self._number
        if broker.loses():
            self.cut()
            return self._number
        refused = None
        too_long = broker.drops_above is not None and len(payload) > broker.drops_above
        if topic in broker.forbidden:
            refused = "Not authorized"
        elif too_long:
            refused = "Packet too large"
        else:
            broker.taken.append((topic, payload))
            if retain:
                broker.retained[topic] = payload
        if qos:
            told = refused if broker.five else None
            self._answers.append(
                Answered(self._number, told, too_long and broker.five, told == "Not authorized")
            )
        return self._number

    def deliver(self, count: int | None = None) -> None:
        """The broker's answers, or the first ``count``, arrive."""
        some = self._answers[:count]
        del self._answers[:count]
        for answer in some:
            if answer.too_long:
                self.broker.leaves(*self._open[answer.mid])
            self._open.pop(answer.mid, None)
            self._put(answer)

    def hear(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        """A message of somebody else arrives."""
        if self.up and topic in self._heard:
            self._put(Heard(topic, payload, retained))

    def stop(self, goodbye: tuple[str, bytes] | None) -> None:
        """Disconnect."""
        if goodbye is not None:
            self.publish(*goodbye, retain=True)
        self.up = False
