"""What the device says beside its entries, and the broker keeps: states, availability, announcements.

A broker may forbid a topic, take shorter messages than ours, or end the connection because of one. None of
that may hold up the entries or go unsaid. MQTT 5 tells what is forbidden; with MQTT 3.1.1 it shows by what
does not come back on a topic that the device reads itself.

Nothing is kept over a crash: at every connection all of it is said anew.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable

from firmware.broker_link import Answered, Link, longest_payload
from sodien.logs import OnceAMinute

#: A connection that ends so often while a message has no answer ends because of it.
CUTS = 3
#: How long our own words may take to come back.
ECHO_S = 10.0


class Retained:
    """Belongs to the publishing thread; :meth:`publish` may be called from any other.

    Attributes:
        denied: topics that the broker does not let this user write, or read.
        leftovers: topics that are only cleared: nobody misses them where the broker denies them.
        reads: whether a topic is listened to on this connection, so that our own words come back.
    """

    def __init__(
        self,
        link: Callable[[], Link],
        warnings: OnceAMinute,
        monotonic: Callable[[], float],
        needed: str,
        *,
        echoes: bool = False,
    ) -> None:
        """Prepare.

        Args:
            link: the present connection.
            warnings: where to say what goes wrong.
            monotonic: seconds.
            needed: a topic that is short and never left out.
            echoes: whether what is forbidden shows only by what does not come back (MQTT 3.1.1).
        """
        self._link, self._warnings, self._monotonic = link, warnings, monotonic
        self._needed, self._echoes = needed, echoes
        self._lock = threading.Lock()
        self._unanswered: dict[int, str] = {}
        self._queue: deque[tuple[str, bytes]] = deque()
        self._cuts: Counter[str] = Counter()
        self._awaited: dict[str, float] = {}
        self._largest: int | None = None
        self.leftovers: frozenset[str] = frozenset()
        self.reads: Callable[[str], bool] = lambda _topic: False
        self.denied: tuple[str, ...] = ()

    def connected(self, largest: int | None) -> None:
        """A connection begins; ``largest`` bytes a packet may have."""
        with self._lock:
            self._forget()
            self._largest = largest
        self.denied = ()

    def lost(self) -> bool:
        """The connection has ended; whether a message of ours had no answer then."""
        with self._lock:
            topics = set(self._unanswered.values())
            self._cuts.update(topics)
            self._forget()
        return bool(topics)

    def _forget(self) -> None:
        self._unanswered.clear()
        self._queue.clear()
        self._awaited.clear()

    @property
    def doubtful(self) -> bool:
        """Whether the broker has to answer one of these first, because one may end the connection."""
        with self._lock:
            return bool(self._cuts) and bool(self._unanswered or self._queue)

    def publish(self, topic: str, payload: bytes, qos: int) -> None:
        """Say it, if the broker takes it; while one of these is doubted, one after another."""
        with self._lock:
            if not self._may(topic, payload):
                return
            if not qos:
                self._link().publish(topic, payload, qos=0, retain=True)
                return
            self._queue.append((topic, payload))
            self._go_on()

    def answered(self, answer: Answered) -> bool:
        """The broker said something about a message; whether it is one of these."""
        with self._lock:
            topic = self._unanswered.pop(answer.mid, None)
            if topic is not None:
                self._cuts.pop(topic, None)
                self._go_on()
        if topic is None:
            return False
        self.told(topic, answer)
        return True

    def told(self, topic: str, answer: Answered) -> None:
        """The broker's answer to a message in this topic, also to one of entries."""
        if answer.refused is None:
            self.denied = tuple(one for one in self.denied if one != topic or self._echoes)
        elif answer.too_long:
            self._warnings.warn(f"size {topic}", f"the broker refuses a message in {topic} for its length")
        elif answer.forbidden:
            self.deny(topic, f"the broker does not let this user publish to {topic} ({answer.refused})")
        else:
            text = (
                f"the broker refuses what is published to {topic} ({answer.refused}); see its log and limits"
            )
            self._warnings.warn(f"refused {topic}", text)

    def heard(self, topic: str) -> None:
        """Our own words came back."""
        with self._lock:
            self._awaited.pop(topic, None)
        self.denied = tuple(one for one in self.denied if one != topic)

    @property
    def awaits(self) -> bool:
        """Whether some of our own words should still come back."""
        return bool(self._awaited)

    def overdue(self) -> None:
        """Say what has not come back."""
        now = self._monotonic()
        with self._lock:
            missing = [topic for topic, until in self._awaited.items() if until <= now]
            for topic in missing:
                del self._awaited[topic]
        for topic in missing:
            self.deny(topic, f"what is published to {topic} does not come back from the broker")

    def deny(self, topic: str, sentence: str) -> None:
        """The broker forbids this topic: it is named, here and by `sodien doctor`."""
        if topic in self.leftovers:
            return
        if topic not in self.denied:
            self.denied = (*self.denied, topic)
        self._warnings.warn(f"denied {topic}", f"{sentence}; allow it in the broker's access list")

    def _go_on(self) -> None:
        while self._queue and not (self._cuts and self._unanswered):
            topic, payload = self._queue.popleft()
            self._unanswered[self._link().publish(topic, payload, retain=True)] = topic
            if self._echoes and self.reads(topic):
                self._awaited[topic] = self._monotonic() + ECHO_S

    def _may(self, topic: str, payload: bytes) -> bool:
        if self._cuts[topic] >= CUTS and topic != self._needed:
            self._warnings.warn(
                f"cut {topic}",
                f"the broker ends the connection when {topic} is sent ({len(payload)} bytes); it is left "
                "out until the next start: raise the broker's limit (Mosquitto: max_packet_size)",
            )
            return False
        most = longest_payload(topic, self._largest)
        if most is None or len(payload) <= most:
            return True
        self._warnings.warn(
            f"size {topic}",
            f"the broker takes {most} bytes in {topic} at most, and this is {len(payload)}; it is not sent: "
            "raise the broker's limit (Mosquitto: max_packet_size)",
        )
        return False
