"""What is told of each meter on its retained topic, and when the device may be called online.

Home Assistant takes `online` for "the states are right now". So each meter's live state goes out before it,
at every connection. And a ledger that the broker has not heard of yet (a new one, one from a backup) first
asks what was told last: the counter told outside goes on from there (:mod:`firmware.told_counter`).

A crash at any point leaves the broker with what was told last, which the ledger holds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

from sodien.errors import BadPayload
from sodien.protocol import messages, topics

log = logging.getLogger(__name__)

#: What the broker has kept comes right behind its answer to the subscription; the wait is for slow ones.
KEPT_S = 2.0


class LiveTopics:
    """Belongs to the publishing thread; :meth:`tell` may be called from any other."""

    def __init__(
        self, device: topics.Topics, publish: Callable[[str, bytes, int], object], wake: Callable[[], None]
    ) -> None:
        """Prepare.

        Args:
            device: its topics.
            publish: publishes (topic, payload, QoS) retained.
            wake: asks the publishing thread to call :meth:`announce`.
        """
        self._topics = device
        self._publish = publish
        self._wake = wake
        self._lock = threading.Lock()
        self._latest: dict[str, bytes] = {}
        self._told: set[str] = set()
        self._announced = False
        self._meters: frozenset[str] = frozenset()
        self._asked: dict[str, str] = {}
        self._due: float | None = None
        self._found: dict[str, messages.Live] = {}
        self._on_kept: Callable[[dict[str, messages.Live]], None] | None = None

    def expect(
        self,
        meters: Iterable[str],
        ask: Iterable[str],
        on_kept: Callable[[dict[str, messages.Live]], None],
    ) -> None:
        """Say before the start which meters will be told of, and of which to ask what the broker has kept.

        ``on_kept`` gets the answer once, on the publishing thread.
        """
        self._meters = frozenset(meters)
        self._asked = {self._topics.live(meter): meter for meter in ask}
        self._on_kept = on_kept if self._asked else None

    @property
    def asks(self) -> list[str]:
        """Topics to listen to until :meth:`kept` has heard enough; empty afterwards."""
        return list(self._asked) if self._on_kept is not None else []

    @property
    def announced(self) -> bool:
        """Whether all states were told on this connection."""
        return self._announced

    def tell(self, meter: str, live: messages.Live, home: messages.Home | None = None) -> None:
        """This is the newest state of a meter, and what Home Assistant is told anew of it, if anything."""
        payloads = {self._topics.live(meter): messages.encode(live)}
        if home is not None:
            payloads[self._topics.home(meter)] = messages.encode(home)
        with self._lock:
            self._latest |= payloads
            self._told.add(meter)
            if self._announced:
                for topic, payload in payloads.items():
                    self._publish(topic, payload, 0)
                return
        self._wake()

    def announce(self) -> None:
        """Tell every state and then that the device is online; once per connection, as soon as it can be."""
        with self._lock:
            if self._announced or not self._meters <= self._told:
                return
            for topic, payload in self._latest.items():
                # With an answer, once per connection: so a topic that the broker forbids is known.
                self._publish(topic, payload, 1)
            self._publish(self._topics.availability, topics.ONLINE.encode(), 1)
            self._announced = True

    def lost(self) -> None:
        """There is no connection, or a new one."""
        with self._lock:
            self._announced = False
        self._due = None

    # -- what the broker has kept ----------------------------------------------------------------------

    def listening(self, now: float) -> None:
        """The broker has answered the subscription to :attr:`asks`; ``now`` in seconds."""
        if self._due is None:
            self._due = now + KEPT_S

    def heard(self, topic: str, payload: bytes) -> None:
        """A retained state came."""
        meter = self._asked.get(topic)
        if meter is None or self._on_kept is None:
            return
        try:
            self._found[meter] = messages.decode_live(payload)
        except BadPayload as error:
            log.warning(
                "what the broker keeps on %s is no state of ours, and is overwritten: %s", topic, error
            )

    def kept(self, now: float) -> list[str]:
        """Hand over what was found when that is all; returns the topics to listen to no longer."""
        if self._on_kept is None or self._due is None:
            return []
        if now < self._due and len(self._found) < len(self._asked):
            return []
        hand_over, self._on_kept, done = self._on_kept, None, list(self._asked)
        hand_over(self._found)
        return done

    def deadline(self) -> float | None:
        """When :meth:`kept` has waited long enough."""
        return self._due if self._on_kept is not None else None
