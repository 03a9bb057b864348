"""The publishing thread: ledger → broker, until the collector confirms.

paho runs its own network thread. Its callbacks only put into a queue and cannot raise; this thread owns
the outbox and its own connection to the ledger. paho keeps its queue in memory, so it is never given more
than the outbox's windows hold.

What a crash does at each line: before ``publish`` an entry is in the ledger and not confirmed, and goes out
after the restart; between ``publish`` and the confirmation it goes out again, and the database overwrites
it with itself; after the confirmation and before it is noted in the ledger (every hour, for the
card's sake) the same. Nothing is done before the database has it.

It is longer than other files because it is one thread, and all that only that thread may touch.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, Protocol

import paho.mqtt.client as paho

from firmware.homeassistant import Discovery
from firmware.live_topics import LiveTopics
from firmware.outbox import BATCH, LIVE_WINDOW, Outbox
from sodien import errors
from sodien.clock import now_ms
from sodien.ledger.store import Ledger, LedgerError, Row
from sodien.logs import OnceAMinute
from sodien.mqtt import LARGEST_B, Broker, client_of, connect_options, why_unreachable
from sodien.mqtt_client import BoundedClient
from sodien.protocol import entries, messages, times, topics

log = logging.getLogger(__name__)

NOTE_CONFIRMED_S = 3600.0
#: What the database refuses is noted sooner, so that it is told also after a restart.
NOTE_REFUSED_S = 600.0
#: What strangers may send is bounded: bytes of a message (LARGEST_B), how many wait, and a replay at most so
#: often.
MOST_WAITING = 10_000
REPLAY_EVERY_S = 30.0
_IDLE_S = 5.0
_AGAIN_S = 60.0
_KEEPALIVE_S = 60
_CONNECTED, _LOST, _PUBACK, _STORED, _REPLAY, _WAKE, _DATED, _HOME, _TOO_LONG, _LISTENING, _KEPT = range(11)


class Render(Protocol):
    """Turns ledger rows into wire entries on the publishing thread; what it leaves out is set aside."""

    set_aside: dict[int, str]

    def __call__(self, rows: Sequence[Row]) -> list[entries.Entry]: ...  # noqa: D102


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
        monotonic: Callable[[], float] = time.monotonic,
        ledger_id: str = "",
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
            monotonic: seconds for time-outs; injectable.
            ledger_id: part of the client id: two devices of one name do not throw each other out.
        """
        self._confirm = confirm
        self._discovery = discovery
        self._home = discovery.listens_to if discovery is not None else ()
        self._broker = broker
        self._topics = topics.Topics(device)
        self._open_ledger = open_ledger
        self._make_render = render
        self._monotonic = monotonic
        self._inbox: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self._mids: dict[int, int] = {}
        self._others: dict[int, str] = {}  # messages that hold no entries: their topics
        self._connected = False
        self._refusals = OnceAMinute(log, monotonic)
        self._replay_at = float("-inf")
        self._noted = (0, 0)
        self._note_at = self._note_refused_at = 0.0
        self.queue: int | None = None
        self.refused = 0
        self.refused_because: str | None = None
        self.last_confirmed: int | None = None
        self.set_aside: tuple[int, ...] = ()
        self.state = "connecting"
        self.failure: str | None = None
        self._network: threading.Thread | None = None
        self.live_topics = LiveTopics(self._topics, self._retain, self.wake)
        self._client_id = "-".join(part for part in ("sodien", device, ledger_id[:8]) if part)
        self._client = self._make_client()

    # -- called from other threads ---------------------------------------------------------------------

    def start(self) -> None:
        """Connect in the background and begin; a broker that is down is normal."""
        self._connect()
        self._thread.start()

    def _connect(self) -> None:
        options = connect_options(self._broker)
        self._client.connect_async(self._broker.host, self._broker.port, _KEEPALIVE_S, **options)
        self._client.loop_start()
        self._network = self._client._thread  # paho forgets it when it dies

    def wake(self, *, dated: bool = False) -> None:
        """There are new rows; ``dated``: older rows have got their time."""
        self._inbox.put((_DATED if dated else _WAKE, None))

    def _retain(self, topic: str, payload: bytes, qos: int) -> None:
        sent = self._client.publish(topic, payload, qos=qos, retain=True)
        if qos > 0:
            self._others[sent.mid] = topic

    def alive(self) -> bool:
        """Whether both threads run; the one that publishes makes a new network thread where that has died."""
        return self._thread.is_alive() and self._network is not None and self._network.is_alive()

    def stop(self, timeout: float = 3.0) -> None:
        """Send what is new, say offline, disconnect; waits at most ``timeout`` seconds."""
        self._stop.set()
        self._inbox.put((_WAKE, None))
        self._thread.join(timeout)
        if self._connected:
            goodbye = self._client.publish(self._topics.availability, topics.OFFLINE, qos=1, retain=True)
            deadline = time.monotonic() + 1.0
            # A connection that broke just now fails the publish; asking such a message for its state raises.
            while goodbye.rc == 0 and not goodbye.is_published() and time.monotonic() < deadline:
                time.sleep(0.01)
        self._client.disconnect()
        self._client.loop_stop()

    # -- the client ------------------------------------------------------------------------------------

    def _make_client(self) -> BoundedClient:
        client = client_of(self._broker, self._client_id)
        client.will_set(self._topics.availability, topics.OFFLINE, qos=1, retain=True)
        put, waiting, home = self._inbox.put, self._inbox.qsize, self._home

        def connected(_c: Any, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
            put((_LOST, str(reason)) if reason.is_failure else (_CONNECTED, None))

        def lost(_c: Any, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
            self._jitter()
            put((_LOST, str(reason)))

        def acked(_c: Any, _u: Any, mid: int, reason: Any, _p: Any) -> None:
            put((_PUBACK, (mid, bool(getattr(reason, "is_failure", False)))))

        def message(_c: Any, _u: Any, received: paho.MQTTMessage) -> None:
            if waiting() >= MOST_WAITING:
                return  # nothing of ours is that many; a confirmation that is lost comes again
            if len(received.payload) > LARGEST_B:
                put((_TOO_LONG, received.retain))  # nothing of ours is that large
                return
            if received.retain and received.topic in self.live_topics.asks:
                put((_KEPT, (received.topic, received.payload)))
                return
            if received.topic in home:
                put((_HOME, (received.topic, received.payload, received.retain)))
                return
            if received.retain:
                return  # a request that stays at the broker would be carried out at every reconnection
            put((_STORED if received.topic == self._topics.stored else _REPLAY, received.payload))

        def failed(_c: Any, _u: Any) -> None:
            put((_LOST, why_unreachable(client.failure)))

        client.on_connect = connected
        client.on_disconnect = lost
        client.on_connect_fail = failed
        client.on_publish = acked
        client.on_message = message
        client.on_subscribe = lambda *_: put((_LISTENING, None))
        self._jitter(client)
        return client

    def _jitter(self, client: paho.Client | None = None) -> None:
        """Reconnect after 1-3 s, doubling up to 1-2 minutes; not all devices of a broker at once."""
        low, high = random.uniform(1, 3), random.uniform(60, 120)  # noqa: S311
        (client or self._client).reconnect_delay_set(low, high)  # type: ignore[arg-type]

    # -- the thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        """Publish until told to stop. A mistake of ours in here begins anew, and never ends the counting."""
        while True:
            try:
                self._publish_from(self._open_ledger())
            except Exception as error:
                if isinstance(error, LedgerError):
                    self._refusals.warn("ledger", f"{error} Publishing tries again.")
                elif repr(error) != self.failure:
                    log.exception("publishing failed; it begins anew, and counting goes on")
                self.failure = repr(error)
            if self._stop.wait(_AGAIN_S):
                return

    def _publish_from(self, ledger: Ledger) -> None:
        try:
            render = self._make_render(ledger)
            outbox = Outbox(ledger.confirmed(), ledger.newest_seq(), ledger.refused())
            self._mids.clear()
            self._noted = _ended(outbox)
            self._note_at = self._monotonic() + NOTE_CONFIRMED_S
            while True:
                stopping = self._stop.is_set()
                try:
                    self._turn(ledger, outbox, render)
                except LedgerError as error:
                    log.warning("%s Publishing tries again.", error)
                    self._stop.wait(_IDLE_S)
                if stopping:
                    break
            self._finish(ledger, outbox, render)
        finally:
            ledger.close()

    def _turn(self, ledger: Ledger, outbox: Outbox, render: Render) -> None:
        """Wait for something to happen, take it in, send what is due."""
        if self._network is not None and not self._network.is_alive() and not self._stop.is_set():
            log.error("the network thread has died; connecting anew")
            self._connected = False
            self._client = self._make_client()
            self._connect()
        self._take_in(ledger, outbox, self._wait_s(outbox))
        if self._connected:
            self._tell_live()
            self._send(ledger, outbox, render)
        self._ask_of_a_person(ledger, outbox)
        self._tell(ledger, outbox)
        now = self._monotonic()
        (done, refused), (noted, noted_refused) = _ended(outbox), self._noted
        if (done != noted and (now >= self._note_at or abs(done - noted) > 5000)) or (
            refused != noted_refused and now >= self._note_refused_at
        ):
            self._note(ledger, outbox)

    def _tell_live(self) -> None:
        """Say online as soon as every live state is known; stop listening to what the broker has kept."""
        for topic in self.live_topics.kept(self._monotonic()):
            self._client.unsubscribe(topic)
        self.live_topics.announce()

    def _tell(self, ledger: Ledger, outbox: Outbox) -> None:
        self.queue = outbox.waiting(ledger.newest_seq())
        self.refused_because = outbox.refused.chief()
        self.refused = outbox.refused.total()

    def _note(self, ledger: Ledger, outbox: Outbox) -> None:
        ledger.set_confirmed(outbox.done.items(), outbox.refused.noted())
        self._noted = _ended(outbox)
        now = self._monotonic()
        self._note_at, self._note_refused_at = now + NOTE_CONFIRMED_S, now + NOTE_REFUSED_S

    def _ask_of_a_person(self, ledger: Ledger, outbox: Outbox) -> None:
        """Carry out what `sodien replay` has left in the ledger."""
        request = ledger.asked_again()
        if request is None:
            return
        newest = ledger.newest_seq()
        if request.from_seq is None:
            log.info("asked to send again what the database refused: %d entries", outbox.refused.total())
            outbox.offer_refused(newest)
        else:
            log.info("asked to send again from entry %d on", request.from_seq)
            outbox.replay(request.from_seq, newest)
        self._note(ledger, outbox)
        ledger.did_again(request)
        if self._connected:
            self._inbox.put((_WAKE, None))  # it is sent at once, not when something else happens

    def _finish(self, ledger: Ledger, outbox: Outbox, render: Render) -> None:
        """After the last send: give the collector a moment to confirm, then note what is done."""
        deadline = self._monotonic() + 1.5
        try:
            while (
                self._connected
                and self._monotonic() < deadline
                and outbox.waiting(ledger.newest_seq())
                and (outbox.live_after() is not None)
            ):
                self._take_in(ledger, outbox, 0.1)
                self._send(ledger, outbox, render)
            self._tell(ledger, outbox)
            if _ended(outbox) != self._noted:
                self._note(ledger, outbox)
        except LedgerError as error:
            log.warning("%s What is confirmed will be sent once more.", error)

    def _wait_s(self, outbox: Outbox) -> float:
        deadlines = [one for one in (outbox.deadline(), self.live_topics.deadline()) if one is not None]
        if not deadlines or not self._connected:
            return _IDLE_S * 6
        return max(0.0, min(_IDLE_S * 6, min(deadlines) - self._monotonic()))

    def _take_in(self, ledger: Ledger, outbox: Outbox, wait: float) -> None:
        try:
            what, value = self._inbox.get(timeout=wait) if wait > 0 else self._inbox.get_nowait()
            while True:
                self._happened(ledger, outbox, what, value)
                what, value = self._inbox.get_nowait()
        except Empty:
            return

    def _happened(self, ledger: Ledger, outbox: Outbox, what: int, value: Any) -> None:
        if what in (_STORED, _REPLAY):
            try:
                self._asked(ledger, outbox, what, value)
            except errors.BadPayload as error:
                self._refusals.warn("misfit", f"a message that does not fit was ignored: {error}")
        elif what == _PUBACK:
            mid, failure = value
            ticket = self._mids.pop(mid, None)
            topic = self._others.pop(mid, self._topics.ledger if ticket is not None else None)
            if failure and topic is not None:
                self._refusals.warn(
                    f"denied {topic}",
                    f"the broker does not let this user publish to {topic}; allow it in its access list",
                )
            if ticket is not None and not failure and self._confirm == "broker":
                outbox.acknowledged(ticket)
                self.last_confirmed = now_ms()
        elif what == _CONNECTED:
            self._connected = True
            self.state, self.failure = "connected", None
            log.info("connected to the broker at %s:%d", self._broker.host, self._broker.port)
            wanted = (self._topics.stored, self._topics.replay, *self._home, *self.live_topics.asks)
            self._client.subscribe([(topic, 1) for topic in wanted])
            self._others.clear()
            self.live_topics.lost()
            self._tell_live()
            if self._discovery is not None:
                self._say(self._discovery.connected())
            outbox.rescan(ledger.newest_seq())
        elif what == _HOME:
            assert self._discovery is not None
            self._say(self._discovery.heard(*value))
        elif what == _LOST:
            if self.failure != value:
                log.warning(
                    "no connection to the broker at %s:%d: %s", self._broker.host, self._broker.port, value
                )
            self._connected = False
            self.live_topics.lost()
            self.state, self.failure = "disconnected", value
        elif what == _LISTENING:
            self.live_topics.listening(self._monotonic())
        elif what == _KEPT:
            self.live_topics.heard(*value)
        elif what == _TOO_LONG:
            retained = "; it is retained, whoever may write there should clear it" if value else ""
            self._refusals.warn(
                "length",
                f"a message of more than {LARGEST_B} bytes in one of our topics was ignored{retained}",
            )
        elif what == _DATED:
            outbox.rescan(ledger.newest_seq())

    def _say(self, payloads: Sequence[tuple[str, bytes]]) -> None:
        for topic, payload in payloads:
            self._retain(topic, payload, 1)

    def _asked(self, ledger: Ledger, outbox: Outbox, what: int, payload: bytes) -> None:
        newest = ledger.newest_seq()
        if what == _STORED:
            stored = messages.decode_stored(payload)
            if stored.ledger != ledger.id:
                return
            before = outbox.refused.total()
            refused = [(one.seq, one.why) for one in stored.refused]
            if outbox.confirmed(stored.ranges, newest, self._monotonic(), refused) and stored.ranges:
                self.last_confirmed = now_ms()
            if outbox.refused.total() > before:
                self._say_refused(outbox)
            return
        replay = messages.decode_replay(payload)
        seq = replay.from_seq
        if seq is None and replay.from_time is not None:
            seq = ledger.first_seq_since(times.parse_time(replay.from_time))
        if seq is not None:
            now = self._monotonic()
            if now - self._replay_at < REPLAY_EVERY_S:
                log.warning("asked to send again so soon after the last time; ignored")
                return
            self._replay_at = now
            log.info("asked to send again from entry %d on", seq)
            outbox.replay(seq, newest)
            self._note(ledger, outbox)

    def _say_refused(self, outbox: Outbox) -> None:
        self._refusals.warn(
            "refused",
            f"entries the database refuses: {outbox.refused.total()}, mostly because: "
            f"{outbox.refused.chief()}; they stay in the ledger, 'sodien replay' offers them again",
        )

    # -- sending ---------------------------------------------------------------------------------------

    def _send(self, ledger: Ledger, outbox: Outbox, render: Render) -> None:
        now = self._monotonic()
        newest = ledger.newest_seq()
        if newest > outbox.live_seen() + 2 * LIVE_WINDOW:
            outbox.rescan(newest)  # the collector was away: what piled up is backlog, now comes first
        after = outbox.live_after()
        if after is not None:
            for row in ledger.rows(after, limit=BATCH):
                if outbox.live_after() is None:
                    break
                if outbox.wanted(row.seq):
                    self._publish(ledger, outbox, render, [row], now, live=True)
                outbox.passed(row.seq, live=True)
        for ticket, _ in outbox.due(now):
            self._send_again(ledger, outbox, render, ticket, now)
        while (stretch := outbox.backlog()) is not None:
            rows = ledger.rows(*stretch, limit=BATCH)
            wanted = [row for row in rows if outbox.wanted(row.seq)]
            if wanted:
                self._publish(ledger, outbox, render, wanted, now, live=False)
            outbox.passed(rows[-1].seq if len(rows) == BATCH else stretch[1] - 1, live=False)

    def _set_aside(self, outbox: Outbox, render: Render, seqs: set[int]) -> None:
        """These rows cannot be rendered: everything else goes on, and a person is told."""
        outbox.aside |= seqs
        self.set_aside = tuple(sorted(outbox.aside))
        for seq in sorted(seqs):
            why = render.set_aside.get(seq, "")
            self._refusals.warn("aside", f"entry {seq} cannot be sent and was set aside ({why})")

    def _send_again(self, ledger: Ledger, outbox: Outbox, render: Render, ticket: int, now: float) -> None:
        if outbox.given_up(ticket) is not None:
            self._say_refused(outbox)
            return
        sent = outbox.take_back(ticket)
        if sent is None:
            return
        seqs = set(sent.seqs)
        rows = [
            row
            for row in ledger.rows(min(seqs) - 1, max(seqs) + 1, limit=len(seqs) * 4 + BATCH)
            if row.seq in seqs
        ]
        # A message that nobody confirms twice may hold one entry that cannot be stored: narrow it down.
        half = (len(rows) + 1) // 2 if sent.attempts >= 2 and len(rows) > 1 else len(rows)
        overtaken = sent.overtaken if half == len(rows) else min(1, sent.overtaken)
        for part in (rows[:half], rows[half:]):
            if part:
                self._publish(
                    ledger,
                    outbox,
                    render,
                    part,
                    now,
                    live=sent.live,
                    attempts=sent.attempts + 1,
                    overtaken=overtaken,
                )

    def _publish(
        self,
        ledger: Ledger,
        outbox: Outbox,
        render: Render,
        rows: Sequence[Row],
        now: float,
        *,
        live: bool,
        attempts: int = 1,
        overtaken: int = 0,
    ) -> None:
        entries = render(rows)
        if len(entries) < len(rows):
            self._set_aside(outbox, render, {row.seq for row in rows} - {entry.seq for entry in entries})
            if not entries:
                return
        info = self._client.publish(self._topics.ledger, messages.encode_batch(ledger.id, entries), qos=1)
        seqs = [entry.seq for entry in entries]
        ticket = outbox.sent(seqs, now, live=live, attempts=attempts, overtaken=overtaken)
        self._mids[info.mid] = ticket
        if len(self._mids) > 4096:  # messages whose PUBACK a lost connection took away
            for mid in sorted(self._mids)[:2048]:
                del self._mids[mid]


def _ended(outbox: Outbox) -> tuple[int, int]:
    """How many entries are done, and how many refused: what the ledger is to remember."""
    return outbox.done.total(), outbox.refused.total()
