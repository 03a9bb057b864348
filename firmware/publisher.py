"""The publishing thread: it owns its ledger, the delivery from it, and the link to the broker.

The link's callbacks, and other threads, only put into a queue. Nothing that goes wrong in here ends the
counting: the thread begins anew.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from firmware.broker_link import (
    OFFLINE,
    Answered,
    BrokerLink,
    Connected,
    Forbidden,
    Heard,
    Link,
    LinkEvent,
    Listening,
    Lost,
    TooLong,
)
from firmware.delivery import Delivery, Render
from firmware.former_names import FormerNames
from firmware.home_discovery import Discovery
from firmware.home_events import HomeEvents
from firmware.home_requests import HomeRequests
from firmware.live_topics import LiveTopics
from firmware.retained import Retained
from sodien import errors
from sodien.clock import now_ms
from sodien.ledger.store import Ledger, LedgerError
from sodien.logs import OnceAMinute
from sodien.mqtt import LARGEST_B, Broker
from sodien.protocol import topics

log = logging.getLogger(__name__)

_IDLE_S = 5.0
_AGAIN_S = 60.0
_OVERDUE_S = 0.2


@dataclass(frozen=True, slots=True)
class Woken:
    """There are new rows; ``dated``: older rows have got their time."""

    dated: bool = False


MakeLink = Callable[[Callable[[LinkEvent], None], Callable[[], int]], Link]


class Publisher:
    """Publishes one device's ledger and live state."""

    def __init__(
        self,
        broker: Broker,
        device: str,
        open_ledger: Callable[[], Ledger],
        render: Callable[[Ledger], Render],
        *,
        confirm: str = "collector",
        discovery: Discovery | None = None,
        requests: HomeRequests | None = None,
        events: HomeEvents | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        ledger_id: str = "",
        former: FormerNames | None = None,
        make_link: MakeLink | None = None,
    ) -> None:
        """Prepare; :meth:`start` connects.

        Args:
            broker: where to publish.
            device: the device's id in topics.
            open_ledger: opens the ledger for this thread.
            render: given that ledger, makes the function that turns rows into entries.
            confirm: what makes an entry done: ``collector`` (the database has it) or ``broker`` (PUBACK has
                to do).
            discovery: what to say to Home Assistant; None says and hears nothing.
            requests: what may be asked there; None listens to nothing.
            events: what happens, told there; None tells nothing.
            monotonic: seconds for time-outs; injectable.
            former: names that the device and its meters no longer have; None looks for nothing left behind.
            ledger_id: part of the client id: two devices of one name do not throw each other out.
            make_link: makes a link that puts events and asks how many wait; None makes one over paho.
        """
        self._confirm = confirm
        self._discovery = discovery
        self._requests, self._events = requests, events
        self._home: tuple[str, ...] = discovery.listens_to if discovery is not None else ()
        if requests is not None:
            self._home += requests.listens_to
        self._former = former or FormerNames(device, ())
        self._broker = broker
        self._topics = topics.Topics(device)
        self._open_ledger = open_ledger
        self._make_render = render
        self._monotonic = monotonic
        self._inbox: SimpleQueue[LinkEvent | Woken] = SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self._connected = self._started = False
        self._own_live = False  # whether our own live states are listened to: do they come back?
        self._largest: int | None = None
        self._warnings = OnceAMinute(log, monotonic)
        self.queue: int | None = None
        self.refused = 0
        self.refused_because: str | None = None
        self.last_confirmed: int | None = None
        self.oldest: int | None = None
        self.oldest_since: int | None = None
        self.set_aside: tuple[int, ...] = ()
        self.state = "connecting"
        self.failure: str | None = None
        self.retained = Retained(
            lambda: self.link,
            self._warnings,
            monotonic,
            self._topics.availability,
            echoes=broker.version != 5,
        )
        self.retained.leftovers = frozenset(self._former.gone)
        self.live_topics = LiveTopics(self._topics, self.retained.publish, self.wake)
        self._client_id = "-".join(part for part in ("sodien", device, ledger_id[:8]) if part)
        self._make_link = make_link or self._over_paho
        self.link = self._make_link(self._inbox.put, self._inbox.qsize)

    def _over_paho(self, put: Callable[[LinkEvent], None], waiting: Callable[[], int]) -> Link:
        will = (self._topics.availability, OFFLINE)
        return BrokerLink(self._broker, self._client_id, will, self._heeds_retained, put, waiting)

    def _reads(self, topic: str) -> bool:
        own = topic.startswith(self._topics.live("")[: -len("/live")]) and topic.endswith("/live")
        return self._of_home(topic) or (self._own_live and own)

    def _of_home(self, topic: str) -> bool:
        return self._discovery is not None and self._discovery.hears(topic)

    def _heeds_retained(self, topic: str) -> bool:
        return self._of_home(topic) or topic in (*self.live_topics.asks, *self._former.listens_to)

    # -- called from other threads ---------------------------------------------------------------------

    def start(self) -> None:
        """Connect in the background and begin; a broker that is down is normal."""
        self.link.start()
        self._started = True
        self._thread.start()

    def wake(self, *, dated: bool = False) -> None:
        """There are new rows; ``dated``: older rows have got their time."""
        self._inbox.put(Woken(dated))

    def alive(self) -> bool:
        """Whether both threads run; the one that publishes makes a new link where that has died."""
        return self._thread.is_alive() and self.link.alive()

    def stop(self, timeout: float = 3.0) -> None:
        """Send what is new, say offline, disconnect; waits at most ``timeout`` seconds."""
        self._stop.set()
        self._inbox.put(Woken())
        self._thread.join(timeout)
        self.link.stop((self._topics.availability, OFFLINE) if self._connected else None)

    # -- the thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        """Publish until told to stop. A mistake of ours in here begins anew, and never ends the counting."""
        while True:
            try:
                self._publish_from(self._open_ledger())
            except Exception as error:
                if isinstance(error, LedgerError):
                    self._warnings.warn("ledger", f"{error} Publishing tries again.")
                elif repr(error) != self.failure:
                    log.exception("publishing failed; it begins anew, and counting goes on")
                self.failure = repr(error)
            if self._stop.wait(_AGAIN_S):
                return

    def _publish_from(self, ledger: Ledger) -> None:
        try:
            delivery = self.delivery(ledger)
            while True:
                stopping = self._stop.is_set()
                try:
                    self.turn(delivery, self._wait_s(delivery))
                except LedgerError as error:
                    log.warning("%s Publishing tries again.", error)
                    self._stop.wait(_IDLE_S)
                if stopping:
                    break
            self._finish(delivery)
        finally:
            ledger.close()

    def delivery(self, ledger: Ledger) -> Delivery:
        """The delivery from a ledger that is this thread's own."""
        self._ledger, self._render = ledger, self._make_render(ledger)
        delivery = Delivery(
            ledger,
            self._render,
            lambda: self.link,
            self._topics.ledger,
            self._monotonic,
            confirm=self._confirm,
            warnings=self._warnings,
        )
        if self._connected:
            delivery.connected(self._largest)
        return delivery

    def turn(self, delivery: Delivery, wait: float) -> None:
        """Wait for something to happen, take it in, send what is due."""
        self._take_in(delivery, wait)
        if self._started and not self.link.alive() and not self._stop.is_set():
            log.error("the network thread has died; connecting anew")
            self._happened(delivery, Lost("the network thread has died"))
            self.link = self._make_link(self._inbox.put, self._inbox.qsize)
            self.link.start()
        delivery.do_as_asked()
        if self._connected:
            self._tell_live()
            self._send(delivery)
            self._tell_events()
        self._tell(delivery)
        delivery.note_if_due()

    def _tell_events(self) -> None:
        """Tell what happened, once whoever listens knows that the device is online."""
        if self._events is not None and self.live_topics.announced:
            for topic, payload in self._events.next(self._ledger, self._render):
                self.link.publish(topic, payload)

    def _tell_live(self) -> None:
        """Say online as soon as every live state is known; stop listening to what the broker has kept."""
        for topic in self.live_topics.kept(self._monotonic()):
            self.link.unsubscribe(topic)
        self.live_topics.announce()
        self.retained.overdue()
        if self._own_live and self.live_topics.announced and not self.retained.awaits:
            self._own_live = False
            self.link.unsubscribe(self._topics.live("+"))

    def _send(self, delivery: Delivery) -> None:
        if not self.retained.doubtful:
            delivery.send()

    def _tell(self, delivery: Delivery) -> None:
        oldest = delivery.oldest()
        if oldest != self.oldest:
            self.oldest, self.oldest_since = oldest, None if oldest is None else now_ms()
        self.queue = delivery.waiting()
        self.refused_because = delivery.outbox.refused.chief()
        self.refused = delivery.outbox.refused.total()
        self.set_aside = tuple(sorted(delivery.outbox.aside))
        self.last_confirmed = delivery.last_confirmed or self.last_confirmed

    def _finish(self, delivery: Delivery) -> None:
        """After the last send: give the collector a moment to confirm, then note what is done."""
        deadline = self._monotonic() + 1.5
        try:
            while (
                self._connected
                and self._monotonic() < deadline
                and delivery.waiting()
                and delivery.outbox.live_after() is not None
            ):
                self._take_in(delivery, 0.1)
                self._send(delivery)
            self._tell(delivery)
            delivery.finish()
        except LedgerError as error:
            log.warning("%s What is confirmed will be sent once more.", error)

    def _wait_s(self, delivery: Delivery) -> float:
        moments = (delivery.outbox.deadline(), self.live_topics.deadline())
        deadlines = [one for one in moments if one is not None]
        if not deadlines or not self._connected:
            return _IDLE_S * 6
        # What is overdue now, right after sending, has to wait for an answer first.
        return max(_OVERDUE_S, min(_IDLE_S * 6, min(deadlines) - self._monotonic()))

    def _take_in(self, delivery: Delivery, wait: float) -> None:
        try:
            event = self._inbox.get(timeout=wait) if wait > 0 else self._inbox.get_nowait()
            while True:
                self._happened(delivery, event)
                event = self._inbox.get_nowait()
        except Empty:
            return

    def _happened(self, delivery: Delivery, event: LinkEvent | Woken) -> None:
        match event:
            case Heard():
                self._heard(delivery, event)
            case Answered():
                self._answered(delivery, event)
            case Connected():
                self._begin(delivery, event)
            case Listening():
                self.live_topics.listening(self._monotonic())
            case Lost():
                self._lost(delivery, event)
            case Forbidden():
                for topic in set(event.topics) - set(self._former.listens_to):
                    self.retained.deny(topic, f"the broker does not let this user read {topic}")
            case TooLong():
                retained = "; it is retained, whoever may write there should clear it"
                self._warnings.warn(
                    "length",
                    f"a message of more than {LARGEST_B} bytes in one of our topics was ignored"
                    f"{retained if event.retained else ''}",
                )
            case Woken(dated=True):
                delivery.dated()

    def _heard(self, delivery: Delivery, message: Heard) -> None:
        topic = message.topic
        if self._discovery is not None and self._discovery.hears(topic):
            if not message.retained:
                self.retained.heard(topic)
            self._say(self._discovery.heard(topic, message.payload, message.retained))
        elif self._requests is not None and self._requests.hears(topic):
            self._asked(message)
        elif topic in self._former.listens_to:
            for left in self._former.heard(topic, message.payload) if message.retained else ():
                self.retained.publish(left, b"", 1)
        elif topic == self._topics.stored or topic == self._topics.replay:
            try:
                (delivery.stored if topic == self._topics.stored else delivery.replay)(message.payload)
            except errors.BadPayload as error:
                self._warnings.warn("misfit", f"a message that does not fit was ignored: {error}")
        elif message.retained:
            self.live_topics.heard(topic, message.payload)
        else:
            self.retained.heard(topic)

    def _asked(self, message: Heard) -> None:
        assert self._requests is not None
        try:
            self._say(self._requests.heard(self._ledger, message.topic, message.payload))
        except errors.BadPayload as error:
            self._warnings.warn("misfit", f"a message that does not fit was ignored: {error}")

    def _answered(self, delivery: Delivery, answer: Answered) -> None:
        if delivery.answered(answer):
            self.retained.told(self._topics.ledger, answer)
        else:
            self.retained.answered(answer)

    def _begin(self, delivery: Delivery, connected: Connected) -> None:
        self._connected, self._largest = True, connected.largest
        self.state, self.failure = "connected", None
        log.info("connected to the broker at %s:%d", self._broker.host, self._broker.port)
        wanted = [self._topics.stored, self._topics.replay, *self._home, *self.live_topics.asks]
        wanted += self._former.listens_to
        self._own_live = self._broker.version != 5
        if self._own_live:
            wanted.append(self._topics.live("+"))
        self.retained.connected(connected.largest)
        self.retained.reads = self._reads
        delivery.connected(connected.largest)
        self.link.subscribe(wanted)
        self.live_topics.lost()
        self._tell_live()
        if self._discovery is not None:
            self._say(self._discovery.connected())
        self._say([(topic, b"") for topic in self._former.gone])

    def _lost(self, delivery: Delivery, lost: Lost) -> None:
        if self.failure != lost.why:
            log.warning(
                "no connection to the broker at %s:%d: %s", self._broker.host, self._broker.port, lost.why
            )
        self._connected = False
        self.live_topics.lost()
        self.state, self.failure = "disconnected", lost.why
        delivery.lost(alone=not self.retained.lost())

    def _say(self, payloads: Sequence[tuple[str, bytes]]) -> None:
        for topic, payload in payloads:
            self.retained.publish(topic, payload, 1)
