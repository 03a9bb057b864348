"""The collector: takes ledger messages, writes them, answers them: stored, or refused, because ….

One writer thread does, for each batch, in this order: see whose the device's name is (and tell it, where it
is new), write, put aside, answer, acknowledge. It keeps no state; names are what the broker retains
(:mod:`collector.names_link`). What a crash (or SIGKILL, or power cut) at each point does:

* before the write: the broker still has the messages unacknowledged and sends them to the next connection
  of this client id; should the broker forget them too, the device sends again what is not confirmed;
* after the write, before the confirmation: the same messages come again, and writing them again changes
  nothing, because measurement, tags and time come from the entry itself;
* after the confirmation, before the acknowledgement: the broker sends them once more, they are written over
  themselves and confirmed again; the device merges confirmations;
* after the acknowledgement: done. If the confirmation was lost on its way, the device sends again.

Memory is bounded: the broker has at most its window (1,000 messages) under way to us, the inbox holds at most
64 MiB and leaves the rest with the broker, and a batch is about 1 MiB (or one message of up to 4 MiB).
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.ages import Ages
from collector.batch import BadMessage, DatabaseLine, answers, unpack, write_all
from collector.dead_letters import DeadLetters
from collector.inbox import LIMIT_BYTES, Inbox, Message
from collector.names_link import KEPT_S, NamesLink
from collector.outputs.base import Denied, Output, Refused, Unreachable
from collector.retry import Backoff, Trouble
from collector.subscription import Subscription
from sodien.clock import now_ms
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.mqtt import Broker
from sodien.protocol.messages import encode
from sodien.protocol.topics import Topics

log = logging.getLogger(__name__)

#: A writer that has shown no life for so long hangs; a single write gives up long before.
STUCK_S = 180.0


class CollectorError(SodienError):
    """The collector cannot go on in this process and has to be started again."""

    exit_code = 1


class _StoppingError(Exception):
    """It is time to go; what is not acknowledged comes again."""


@dataclass(slots=True)
class Counters:
    """Since the start.

    Attributes:
        messages: messages dealt with.
        stored: entries the database has accepted, repeats included.
        refused: entries and payloads put aside, repeats included.
        expired: entries older than the database keeps.
        writes: requests that were accepted.
    """

    messages: int = 0
    stored: int = 0
    refused: int = 0
    expired: int = 0
    writes: int = 0


class Collector:
    """MQTT to one output, lossless.

    Args:
        broker: where the ledgers come from.
        output: where they go; closed by :meth:`stop`.
        client_id: names the persistent session; must differ between collectors of one broker.
        share: ``$share`` group, for several collectors on a broker that spreads the load; None for all.
        dead_letters: file for what cannot be stored; None only counts it.
        notify: told one line of status whenever it changes (at most once a second).
        reconnect_s: shortest and longest pause between attempts to reach the broker.
        inbox_bytes: payload bytes that may wait here while the database is down.
        backoff: pauses between attempts to reach the database.
        stuck_s: how long a write may take before the writer counts as hung, in seconds.
        kept_s: how long to wait at the start for what the broker has kept of names, in seconds.
    """

    def __init__(
        self,
        broker: Broker,
        output: Output,
        *,
        client_id: str,
        share: str | None = None,
        dead_letters: Path | None = None,
        notify: Callable[[str], object] | None = None,
        reconnect_s: tuple[int, int] = (1, 30),
        inbox_bytes: int = LIMIT_BYTES,
        backoff: Backoff | None = None,
        stuck_s: float = STUCK_S,
        kept_s: float = KEPT_S,
    ) -> None:
        self._output = output
        self._notify = notify
        self._inbox = Inbox(inbox_bytes)
        self._subscription = Subscription(broker, client_id, share, self._inbox, reconnect_s)
        self._names = NamesLink(broker, client_id, reconnect_s, kept_s)
        self._dead_letters = DeadLetters(dead_letters, lambda: dt.datetime.now(dt.UTC))
        self._backoff = backoff or Backoff()
        self._trouble = Trouble("the database")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="collector-writer", daemon=True)
        self._stuck_s = stuck_s
        self._beat = time.monotonic()
        self._said = ""
        self._ages = Ages(self._write, now_ms)
        self.counters = Counters()

    # -- for the owner ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Connect and write in the background; neither broker nor database need be there yet."""
        self._beat = time.monotonic()
        self._names.start()
        self._subscription.start()
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """End within about ``timeout`` seconds, also when the database hangs; nothing is lost by that."""
        deadline = time.monotonic() + timeout
        self._stop.set()
        self._inbox.wake()
        if self._thread.is_alive():
            self._thread.join(timeout)
        self._names.stop()
        self._subscription.stop(max(1.0, deadline - time.monotonic()))
        if not self._thread.is_alive():
            self._output.close()

    def wait_subscribed(self, timeout: float) -> bool:
        """Whether the broker has taken the subscription, within ``timeout`` seconds."""
        return self._subscription.subscribed.wait(timeout)

    def run_until(self, event: threading.Event, beat: Callable[[], object] | None = None) -> None:
        """Stay until the event is set; calls ``beat`` once a second while all is well.

        Raises CollectorError when a thread has died or hangs: a fresh process will do better.
        """
        while not event.wait(1.0):
            fault = self.fault()
            if fault is not None:
                raise CollectorError(tr("The collector stops because {fault}; start it again.", fault=fault))
            if beat is not None:
                beat()

    def fault(self) -> str | None:
        """Why this process cannot go on, None while it can."""
        if not self._subscription.alive():
            return "the MQTT thread has ended"
        if not self._thread.is_alive():
            return "the writer thread has ended"
        if time.monotonic() - self._beat > self._stuck_s:
            return f"the writer has not moved for {self._stuck_s:.0f} s"
        return None

    # -- the writer thread -----------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                if not self._names.ready(self._subscription.connected):
                    self._live()
                    self._say()
                    self._stop.wait(0.05)
                    continue
                messages = self._inbox.take(timeout=1.0)
                self._live()
                if messages:
                    self._handle(messages)
                if self._inbox.relieved():
                    self._subscription.bounce()
                self._say()
        except _StoppingError:
            pass
        except Exception:
            log.exception("the writer met something unforeseen")

    def _handle(self, messages: Sequence[Message]) -> None:
        lines: list[DatabaseLine] = []
        bad: list[BadMessage] = []
        for message in messages:
            good_ones, bad_ones = unpack(message, self._names.judge)
            lines += good_ones
            bad += bad_ones
        refused, expired = write_all(lines, self._write, self._ages.all_too_old)
        if expired and not self.counters.expired:
            log.warning("the database keeps no entries so old; they stay in the device's ledger only")
        # Before the confirmation, so that who has seen one finds it counted.
        self.counters.messages += len(messages)
        self.counters.stored += len(lines) - len(refused)
        self.counters.refused += len(bad) + len(refused)
        self.counters.expired += expired
        self._dead_letters.put(*bad, *refused)
        for device, answer in answers(lines, [*bad, *refused]):
            self._subscription.publish(Topics(device).stored, encode(answer))
        self._subscription.acknowledge(messages)

    def _write(self, lines: Sequence[str]) -> None:
        """Write, again and again until the output has taken or refused the lines.

        Raises Refused, and _StoppingError when the collector is to stop.
        """
        while True:
            self._live()
            try:
                self._output.write(lines)
            except Refused:
                self._works()
                raise
            except Unreachable as error:
                self._pause("unreachable", f"{error}; trying again until it answers", error.retry_after)
            except Denied as error:
                self._pause("denied", f"{error}; trying again until it works", None)
            else:
                break
        self.counters.writes += 1
        self._works()

    def _pause(self, kind: str, text: str, at_least: float | None) -> None:
        self._trouble.begin(kind, text, time.monotonic())
        self._say()
        until = time.monotonic() + self._backoff.wait(at_least)
        while (left := until - time.monotonic()) > 0:
            self._live()
            if self._stop.wait(min(left, 1.0)):
                raise _StoppingError
        if self._stop.is_set():
            raise _StoppingError

    def _live(self) -> None:
        self._beat = time.monotonic()
        self._subscription.tick(self._beat)

    def _works(self) -> None:
        self._backoff.reset()
        self._trouble.end(time.monotonic())

    def _say(self) -> None:
        if self._notify is None:
            return
        text = (
            f"{'connected to' if self._subscription.connected else 'waiting for'} the broker; "
            f"{f'database {self._trouble.kind}' if self._trouble.kind else 'database fine'}; "
            f"{self.counters.stored} entries stored, {self.counters.refused} put aside"
        )
        if text != self._said:
            self._said = text
            self._notify(text)
