"""The delivery promise: every entry ends stored or refused aloud; none waits for ever, none is there twice.

The real publisher, delivery, ledger and the collector's own functions, on a broker and a database in memory.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from collector.batch import answers, unpack, write_all
from collector.inbox import Message
from collector.names import Names
from collector.outputs.base import Refused
from firmware.delivery import REPLAY_EVERY_S, Delivery
from firmware.outbox import TIMEOUT_CAP_S, TIMEOUT_S
from firmware.publisher import Publisher
from sodien.ledger.rows import Row, SendAgain
from sodien.ledger.store import Ledger, NewRow
from sodien.mqtt import Broker
from sodien.protocol.entries import Entry, EventEntry
from sodien.protocol.messages import (
    Batch,
    decode_batch,
    decode_entry,
    decode_owner,
    encode,
    encode_batch,
    owner_in,
)
from sodien.protocol.times import format_time
from sodien.protocol.topics import Topics
from tests.support.memory_broker import MemoryBroker, MemoryLink

TOPICS = Topics("nha-toi")
STRANGER, STRANGE = "f" * 32, "strange"
START = 1_793_000_000_000


class PlainEntries:
    """Renders a row as an event with a text of the row's own length."""

    def __init__(self) -> None:
        self.set_aside: dict[int, str] = {}

    def __call__(self, rows: Sequence[Row]) -> list[Entry]:
        return [
            EventEntry(
                seq=row.seq, at=format_time(row.at or 0), what="clock", detail={"x": "y" * (row.pulses or 0)}
            )
            for row in rows
        ]


class World:
    """One device with its ledger, a broker with limits, a collector, and a database that refuses some."""

    def __init__(self, folder: Path, broker: MemoryBroker, chance: random.Random) -> None:
        self.path = folder / "ledger.db"
        self.broker, self.chance = broker, chance
        self.now = 0.0
        self.ledger = Ledger.open(self.path, create=True, durable=False)
        self.refused: set[int] = set()
        self.names = Names(lambda: int(self.now))
        self.stored: dict[str, int] = {}
        self.free: dict[int, float] = {}  # entry → from when on it may be sent (again)
        broker.sees, broker.leaves = self._sees, self._leaves
        self.device: Publisher
        self.delivery: Delivery
        self.began = 0
        self._start()

    def _start(self) -> None:
        self.device = Publisher(
            Broker("memory"),
            "nha-toi",
            lambda: Ledger.open(self.path),
            lambda _ledger: PlainEntries(),
            monotonic=lambda: self.now,
            make_link=self.broker.link,
        )
        self.delivery = self.device.delivery(Ledger.open(self.path, durable=False))
        self.device.link.start()
        self.turn()

    @property
    def link(self) -> MemoryLink:
        assert isinstance(self.device.link, MemoryLink)
        return self.device.link

    def turn(self, count: int | None = None) -> None:
        """Let the device and the broker answer each other until both are silent."""
        self.device.turn(self.delivery, 0)
        self.link.deliver(count)
        self.device.turn(self.delivery, 0)

    def new(self, count: int, longest: int) -> None:
        first = self.ledger.newest_seq()
        self.ledger.append(
            [
                NewRow(
                    "event",
                    "",
                    at=START + 60_000 * number,
                    pulses=self.chance.randrange(longest + 1),
                    first=0,
                )
                for number in range(first, first + count)
            ]
        )
        self.device.wake()

    def collect(self, share: float = 1.0) -> None:
        """The collector deals with what the broker has, and answers; of both a part may get lost."""
        taken, self.broker.taken = self.broker.taken, []
        for topic, payload in taken:
            if topic != TOPICS.ledger or self.chance.random() > share:
                continue
            lines, bad = unpack(Message(1, 1, 1, topic, payload), self._judge)
            assert all(owner_in(one.reason) for one in bad)

            def write(texts: Sequence[str]) -> None:
                assert not any(STRANGE in text for text in texts) or self.strangers
                if any(seq in self.refused for seq in map(_seq_of, texts)):
                    raise Refused("never")
                for text in [text for text in texts if STRANGE not in text]:
                    self.stored[text.rpartition(" ")[2]] = _seq_of(text)

            refused, _ = write_all(lines, write)
            for _, answer in answers(lines, [*bad, *refused]):
                if self.chance.random() <= share:
                    self.link.hear(TOPICS.stored, encode(answer))
        self.turn()

    def _judge(self, device: str, batch: Batch) -> str | None:
        new, why = self.names.judge(device, batch.ledger, batch.follows)
        if new is not None:
            self.broker.retained[TOPICS.owner] = encode(new)
        return why

    @property
    def strangers(self) -> bool:
        """Whether the name is another device's now."""
        owner = self.names.known.get(TOPICS.device)
        return owner is not None and owner.ledger == STRANGER

    def collector_anew(self) -> None:
        """Another collector process, which knows what the broker has kept."""
        self.names = Names(lambda: int(self.now))
        if (kept := self.broker.retained.get(TOPICS.owner)) is not None:
            self.names.heard(TOPICS.device, decode_owner(kept))

    def intrude(self) -> None:
        """Another device of that name delivers minutes of its own."""
        seqs = [self.chance.randrange(1, self.ledger.newest_seq() + 2) for _ in range(3)]
        entries = [
            EventEntry(
                seq=seq, at=format_time(START + 60_000 * (seq - 1)), what="clock", detail={"x": STRANGE}
            )
            for seq in seqs
        ]
        self.broker.taken.append((TOPICS.ledger, encode_batch(STRANGER, entries)))

    def restore(self) -> None:
        """The ledger goes on under a new id, as from a backup of this moment."""
        self.link.up = False
        self.delivery._ledger.close()
        self.ledger.carry_on()
        self.free.clear()
        self._start()

    def take_over(self) -> None:
        """A person says that this ledger follows the other device's."""
        self.ledger.succeed(STRANGER)
        self.free.clear()
        self.ask(None)

    def restart(self) -> None:
        """The process is killed; what was not noted in the ledger is forgotten."""
        self.link.up = False
        self.delivery._ledger.close()
        self.free.clear()
        self._start()

    def reconnect(self) -> None:
        """The network goes and comes back; what the broker had not answered may be sent again."""
        self.link.cut()
        self.link.connect()
        self.turn()

    def _sees(self, topic: str, payload: bytes) -> None:
        """Every message as the device sends it: none without need."""
        for seq in _seqs_in(topic, payload):
            assert self.now >= self.free.get(seq, 0.0), f"{seq} is sent without need"
            self.free[seq] = self.now + TIMEOUT_S

    def _leaves(self, topic: str, payload: bytes) -> None:
        """A message that the broker may not have: its entries may come again at once."""
        for seq in _seqs_in(topic, payload):
            self.free.pop(seq, None)

    def replay(self, seq: int) -> None:
        """Somebody asks over MQTT."""
        self.now += REPLAY_EVERY_S
        self._may_come_again(seq)
        self.link.hear(TOPICS.replay, b'{"from_seq":%d}' % seq)
        self.turn()

    def ask(self, seq: int | None) -> None:
        """A person types `sodien replay`."""
        if seq is not None:
            self._may_come_again(seq)
        for one in [one for one in self.free if one in self.delivery.outbox.refused]:
            del self.free[one]
        self.ledger.ask_again(SendAgain(seq, int(self.now * 1000)))
        self.device.wake()
        self.turn()

    def _may_come_again(self, seq: int) -> None:
        self.free = {one: when for one, when in self.free.items() if one < seq}


def _seqs_in(topic: str, payload: bytes) -> list[int]:
    if topic != TOPICS.ledger:
        return []
    return [decode_entry(raw).seq for raw in decode_batch(payload).entries]


def _seq_of(text: str) -> int:
    at = int(text.rpartition(" ")[2])
    return (at - START) // 60_000 + 1


def settle(world: World, turns: int = 4000) -> None:
    """From now on the network is there and the collector answers; limits and refusals stay."""
    world.broker.loses = lambda: False
    for _ in range(turns):
        if not world.link.up:
            world.link.connect()
        world.turn()
        world.collect()
        if not world.device.queue:
            return
        world.now += world.chance.choice((1, 10, 70, 300))
        if world.chance.random() < 0.3:
            world.new(1, 0)  # the next minute
    raise AssertionError(f"entries that wait for ever: {world.device.queue}")


STEPS = st.sampled_from(
    [
        "wait", "wait", "long", "new", "new", "collect", "collect", "lossy", "part", "reconnect", "broken",
        "restart", "replay", "again", "dated", "intrude", "collector_anew", "restore", "take_over",
    ]
)  # fmt: skip
#: A broker has one limit or the other: the longest payload until it ends the connection, or drops a message.
LIMIT = st.sampled_from([450, 1000, 5000, 20_000, 200_000])
LIMITS = st.one_of(st.just((None, None)), st.tuples(LIMIT, st.none()), st.tuples(st.none(), LIMIT))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 500),
    st.lists(STEPS, max_size=30),
    st.integers(0, 10_000),
    st.booleans(),
    st.booleans(),
    LIMITS,
)
@example(600, [], 1, False, False, (1000, None))
@example(600, [], 1, False, False, (None, 1000))
@example(600, [], 1, True, True, (200, None))
@example(600, ["replay", "again"], 1, True, True, (None, 200))
@example(40, ["collect", "intrude", "collect", "collector_anew", "intrude"], 1, True, True, (None, None))
@example(0, ["intrude", "collect", "new", "collect", "new", "restore"], 1, True, True, (None, None))
@example(479, ["intrude", "wait", "collect", "replay", "take_over"], 35, True, True, (None, None))
@example(50, ["intrude", "wait", "collect", "take_over"], 1, True, True, (None, None))
def test_every_entry_ends_stored_or_refused_aloud_and_none_comes_twice(
    backlog: int,
    steps: list[str],
    seed: int,
    five: bool,
    announced: bool,
    limits: tuple[int | None, int | None],
) -> None:
    ends_above, drops_above = limits
    chance = random.Random(seed)
    broker = MemoryBroker(five=five, announced=announced, ends_above=ends_above, drops_above=drops_above)
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), broker, chance)
        world.refused = {seq for seq in range(1, backlog + 500) if chance.random() < 0.02}
        world.new(backlog, 300)
        for step in steps:
            _take(step, world)
        settle(world)
        world.device.turn(world.delivery, 0)
        box, newest = world.delivery.outbox, world.ledger.newest_seq()
        everything = set(range(1, newest + 1))
        done = {seq for seq in everything if seq in box.done}
        refused = {seq for seq in everything if seq in box.refused}
        assert done | refused == everything
        assert not done & refused
        stored = set(world.stored.values())
        assert done <= stored
        assert len(world.stored) == len(stored), "nothing is there twice"
        assert world.device.refused == len(refused), "what is refused is told"
        for one in box.refused.noted():
            for seq in [seq for first, last in one.ranges for seq in range(first, last + 1)]:
                named = owner_in(one.why) == STRANGER and not (world.names.known and not world.strangers)
                assert named or seq in world.refused or _too_long(world, seq), (seq, one.why)
        world.delivery._ledger.close()
        world.ledger.close()


def _take(step: str, world: World) -> None:
    chance = world.chance
    match step:
        case "wait" | "long":
            world.now += chance.uniform(0, 20) if step == "wait" else TIMEOUT_CAP_S + 100
            world.turn()
        case "new":
            world.new(chance.randrange(4), 400)
            world.turn()
        case "collect" | "lossy":
            world.collect(1.0 if step == "collect" else 0.7)
        case "part":
            world.turn(chance.randrange(3))
        case "reconnect":
            world.reconnect()
        case "broken":
            world.broker.loses = lambda: chance.random() < 0.2
            world.reconnect()
        case "restart" | "collector_anew" | "intrude" | "restore" | "take_over":
            getattr(world, step)()
        case "replay":
            world.replay(chance.randrange(1, world.ledger.newest_seq() + 2))
        case "again":
            world.ask(chance.choice([None, chance.randrange(1, world.ledger.newest_seq() + 2)]))
        case "dated":
            world.device.wake(dated=True)
            world.turn()


def _too_long(world: World, seq: int) -> bool:
    (row,) = world.ledger.rows(seq - 1, seq + 1)
    limits = [one for one in (world.broker.ends_above, world.broker.drops_above) if one is not None]
    around = 200 + 50 * len(world.ledger.follows())
    return (row.pulses or 0) + around > min(limits, default=1 << 30)
