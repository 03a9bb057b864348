"""Many devices in one process: each with ledger, publisher and connection of `sodien run`, and no counting.

    python -m interop.cluster.devices FOLDER FIRST COUNT PORT LIVE_S

Reads commands by lines: ``begin`` adds an entry a minute to every ledger from now on, ``flood 360`` so many
at once, ``end`` no more. Says every quarter of a second what happened, as a line of JSON (:class:`Told`).
Times are the machine's monotonic clock, which all processes share. A hundred a process: paho waits with
select(2), which takes no file beyond the 1,024th.
"""

from __future__ import annotations

import logging
import random
import sys
import threading
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path

import msgspec

from firmware.broker_link import OFFLINE, BrokerLink, Connected, Heard, Link, LinkEvent, Lost
from firmware.publisher import Publisher
from sodien.ledger.rows import Row
from sodien.ledger.store import Ledger, NewRow
from sodien.mqtt import Broker
from sodien.protocol.entries import Entry, TickEntry
from sodien.protocol.messages import Live, decode_stored
from sodien.protocol.times import format_time
from sodien.protocol.topics import Topics
from sodien.protocol.values import Bounds, Money
from sodien.ranges import Ranges

START = 1_793_000_000_000
MINUTE = 60_000
#: Moments at which something was confirmed are told to so many parts of a second.
PARTS = 20


class Told(msgspec.Struct):
    """Attributes:
    made: entries in the ledgers.
    confirmed: entries confirmed; ``again``: confirmations of what was confirmed already.
    connected: devices with a connection.
    joined: when connections were made since the last line, in seconds.
    moments: when something was newly confirmed since then, in 1/20 s.
    lags: (when confirmed, seconds since its row was written) of single entries.
    sent, sent_bytes: ledger messages and their payloads.
    live, live_bytes: the same of live states.
    refused: entries that ended as refused.
    """

    made: int = 0
    confirmed: int = 0
    again: int = 0
    connected: int = 0
    joined: list[float] = []
    moments: list[int] = []
    lags: list[tuple[float, float]] = []
    sent: int = 0
    sent_bytes: int = 0
    live: int = 0
    live_bytes: int = 0
    refused: int = 0


def name_of(number: int) -> str:
    return f"meter-{number:05d}"


def kwh(pulses: int, width: str = "0.1") -> Bounds:
    low = Decimal(12345) + Decimal(pulses) / 1600
    return Bounds(low, low + Decimal(width) / 2, low + Decimal(width))


class Ticks:
    """Rows as entries of the usual length."""

    def __init__(self, _ledger: Ledger) -> None:
        self.set_aside: dict[int, str] = {}

    def __call__(self, rows: Sequence[Row]) -> list[Entry]:
        return [
            TickEntry(
                seq=row.seq,
                at=format_time(row.at or 0),
                meter="main",
                pulses=row.pulses or 0,
                number=row.seq,
                register=kwh(row.pulses or 0),
                power_w=612.5,
                coverage=1.0,
            )
            for row in rows
        ]


class CountingLink(BrokerLink):
    """The link of a device, which counts what it sends."""

    def count(self, told: Told, ledger: str) -> CountingLink:
        self.told, self.ledger = told, ledger
        return self

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> int:
        if topic == self.ledger:
            self.told.sent += 1
            self.told.sent_bytes += len(payload)
        elif topic.endswith("/live"):
            self.told.live += 1
            self.told.live_bytes += len(payload)
        return super().publish(topic, payload, qos=qos, retain=retain)


class Device:
    """One meter's device, and what is remembered of it."""

    def __init__(self, folder: Path, number: int, port: int, told: Told, lock: threading.Lock) -> None:
        self.name = name_of(number)
        self._path = folder / f"{self.name}.db"
        self._told, self._lock = told, lock
        self._topics = Topics(self.name)
        self._broker = Broker("127.0.0.1", port)
        self._done = Ranges()
        self._waits: dict[int, float] = {}
        self._connected = False
        self._made = 0
        with_one = Ledger.open(self._path, create=True, durable=False)
        self._id = with_one.id
        with_one.close()
        self.publisher = Publisher(
            self._broker,
            self.name,
            partial(Ledger.open, self._path, durable=False),
            Ticks,
            ledger_id=self._id,
            make_link=self._link,
        )

    def _link(self, put: Callable[[LinkEvent], None], waiting: Callable[[], int]) -> Link:
        def listen(event: LinkEvent) -> None:
            self._listen(event)
            put(event)

        will = (self._topics.availability, OFFLINE)
        link = CountingLink(
            self._broker, f"sodien-{self.name}-{self._id[:8]}", will, lambda _: False, listen, waiting
        )
        return link.count(self._told, self._topics.ledger)

    def _listen(self, event: LinkEvent) -> None:
        now, told = time.monotonic(), self._told
        with self._lock:
            match event:
                case Connected():
                    self._connected = True
                    told.connected += 1
                    told.joined.append(round(now, 2))
                case Lost():
                    told.connected -= self._connected
                    self._connected = False
                case Heard(topic=self._topics.stored):
                    answer = decode_stored(event.payload)
                    told.refused += len(answer.refused)
                    before = self._done.total()
                    for first, last in answer.ranges:
                        self._done.add(first, last)
                    fresh = self._done.total() - before
                    told.confirmed += fresh
                    told.again += sum(last - first + 1 for first, last in answer.ranges) - fresh
                    if fresh and (moment := int(now * PARTS)) not in told.moments[-1:]:
                        told.moments.append(moment)
                    for seq in [seq for seq in self._waits if seq in self._done]:
                        told.lags.append((round(now, 2), round(now - self._waits.pop(seq), 4)))

    def add(self, count: int) -> None:
        """Rows for so many minutes; the lag of a single one is measured."""
        rows = [
            NewRow("tick", "main", at=START + seq * MINUTE, pulses=seq, first=0)
            for seq in range(self._made + 1, self._made + 1 + count)
        ]
        ledger = Ledger.open(self._path, durable=False)
        ledger.append(rows)
        ledger.close()
        self._made += count
        with self._lock:
            self._told.made += count
            if count == 1:
                self._waits[self._made] = time.monotonic()
        self.publisher.wake()

    def tell_live(self) -> None:
        pulses, now = self._made, format_time(START + self._made * MINUTE)
        money = Money(Decimal(612_345), Decimal(612_400), Decimal(612_455))
        self.publisher.live_topics.tell(
            "main",
            Live(
                pulses=pulses,
                at=now,
                power_w=612.5,
                power_max_w=640.0,
                register=kwh(pulses),
                today_kwh=kwh(pulses, "0.01"),
                period_kwh=kwh(pulses),
                period_since=now,
                energy_kwh=kwh(pulses),
                energy_since=now,
                coverage=1.0,
                counter_kwh=Decimal(pulses) / 1600,
                cost=money,
                currency="VND",
                tier=3,
                price=Decimal(2380),
                reading_day="2026-12-05",
            ),
        )


def main() -> None:
    folder, first, count, port, live_s = Path(sys.argv[1]), *map(int, sys.argv[2:5]), float(sys.argv[5])
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    threading.stack_size(256 * 1024)
    told, lock = Told(), threading.Lock()
    devices = [Device(folder, number, port, told, lock) for number in range(first, first + count)]
    commands: list[str] = []
    threading.Thread(target=partial(_read, commands), daemon=True).start()
    threading.Thread(target=partial(_tell, told, lock), daemon=True).start()
    for device in devices:
        device.publisher.start()
    chance = random.Random(first)
    due: list[tuple[float, Device]] = []
    live = [(time.monotonic() + chance.uniform(0, live_s), device) for device in devices] if live_s else []
    while True:
        while commands:
            match commands.pop(0).split():
                case ["begin"]:
                    due = [(time.monotonic() + chance.uniform(0, 60), device) for device in devices]
                case ["flood", number]:
                    for device in devices:
                        device.add(int(number))
                case ["end"]:
                    due = []
                case _:
                    for device in devices:
                        device.publisher.stop(0)
                    return
        now = time.monotonic()
        for which, (at, device) in enumerate(due):
            if at <= now:
                due[which] = at + 60, device
                device.add(1)
        for which, (at, device) in enumerate(live):
            if at <= now:
                live[which] = max(at + live_s, now), device
                device.tell_live()
        time.sleep(0.02)


def _read(commands: list[str]) -> None:
    commands.extend(sys.stdin)  # line by line
    commands.append("leave")


def _tell(told: Told, lock: threading.Lock) -> None:
    while True:
        with lock:
            line = msgspec.json.encode(told)
            told.joined, told.moments, told.lags = [], [], []
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()
        time.sleep(0.25)


if __name__ == "__main__":
    main()
