"""The counter told outside: what a ledger that knows less than was told notes, and goes on from."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.live_topics import KEPT_S, LiveTopics
from firmware.told_counter import ToldCounters, ahead_of
from sodien.errors import BadPayload
from sodien.ledger.bodies import EventBody
from sodien.ledger.noted import CounterNoted
from sodien.ledger.store import Ledger, NewRow
from sodien.protocol.messages import MOST_KWH, MOST_PULSES, Live, decode_live, encode
from sodien.protocol.topics import Topics

TOPICS = Topics("nha-toi")
#: One life of a ledger: pulses counted before a backup, and after it until the ledger is restored from it.
LIVES = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000), st.booleans()), max_size=8)


def kwh(pulses: int) -> Decimal:
    return Decimal(pulses) / 1600


def note(pulses: int, ledger: str = "old") -> CounterNoted:
    return CounterNoted(ledger=ledger, pulses=pulses, kwh=kwh(pulses))


@given(LIVES)
def test_whatever_is_restored_or_made_anew_what_is_told_never_falls(
    lives: list[tuple[int, int, bool]],
) -> None:
    """The ledger is lost, or restored from a backup, with the notes that the backup has."""
    told: list[Live] = []
    own, noted = 0, note(0, "")
    for number, (before, after, anew) in enumerate(lives):
        noted = ahead_of(str(number), noted, told[-1] if told else None, own, kwh(own))
        backup = (0, note(0, "")) if anew else (own + before, noted)
        for count in range(own, own + before + after + 1, 97):
            told.append(Live(count + noted.pulses, counter_kwh=kwh(count) + noted.kwh))
        own, noted = backup
    counts = [live.pulses for live in told]
    energies = [live.counter_kwh or 0 for live in told]
    assert counts == sorted(counts)
    assert energies == sorted(energies)


def test_what_is_noted_is_the_difference() -> None:
    kept = Live(900, counter_kwh=kwh(900))
    assert ahead_of("new", note(0), kept, 700, kwh(700)) == note(200, "new")
    assert ahead_of("new", note(50), kept, 900, kwh(900)) == note(50, "new"), (
        "never less than its backup knew"
    )
    assert ahead_of("new", note(50), None, 900, kwh(900)) == note(50, "new"), (
        "nor where the broker has nothing"
    )
    without = ahead_of("new", note(0), Live(900), 700, kwh(700))
    assert (without.pulses, without.kwh) == (200, 0)


def test_nothing_is_told_before_it_is_in_the_ledger(tmp_path: Path) -> None:
    with closing(Ledger.open(tmp_path / "ledger.db", create=True, durable=False)) as ledger:
        told = ToldCounters(ledger, ["main"], ask=True)
        assert told.unknown == {"main"}
        ((meter, body),) = told.answered({"main": Live(90)}, {"main": (7, kwh(7))})
        assert told.unknown == {"main"}, "noted, not saved"
        assert list(told.answered({}, {})) == [], "and only once"
        ledger.append([NewRow("event", meter, body=body)])
        assert told.saved()
        assert told.unknown == set()
        assert told.of("main", 8, Live(10, counter_kwh=kwh(8))) == Live(91, counter_kwh=kwh(8))
        again = ToldCounters(ledger, ["main"], ask=True)
        assert (again.unknown, again.ahead) == (set(), told.ahead), "found again, though it has no time yet"
        assert ToldCounters(ledger, ["other"], ask=False).unknown == set()


def test_the_newest_note_counts_and_an_unreadable_one_does_not(tmp_path: Path) -> None:
    with closing(Ledger.open(tmp_path / "ledger.db", create=True, durable=False)) as ledger:
        assert ToldCounters(ledger, ["main"], ask=False).ahead["main"].ledger == ""
        bad = EventBody(what="counter", detail={"pulses": "many"})
        rows = [EventBody.of(note(1)), EventBody.of(note(2)), bad, EventBody(what="started")]
        ledger.append([NewRow("event", "main", at=9000 - n, body=body) for n, body in enumerate(rows)])
        assert ToldCounters(ledger, ["main"], ask=False).ahead["main"] == note(2)


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"pulses":-1}', f'{{"pulses":{MOST_PULSES + 1}}}',
        '{"pulses":1,"counter_kwh":"NaN"}',
        f'{{"pulses":1,"counter_kwh":"{MOST_KWH + 1}"}}', '{"pulses":1,"counter_kwh":"-1"}',
        '{"pulses":1,"counter_kwh":"1e999999"}', '{"pulses":1,"counter_kwh":"Infinity"}', "[" * 100_000,
    ],
)  # fmt: skip
def test_nonsense_that_a_stranger_left_is_not_gone_on_from(text: str) -> None:
    with pytest.raises(BadPayload):
        decode_live(text.encode())
    assert decode_live(encode(Live(7, counter_kwh=kwh(7)))) == Live(7, counter_kwh=kwh(7))


class Broker:
    """Hears what is published; ``answers`` is what was found of the states it has kept."""

    def __init__(self, ask: list[str]) -> None:
        self.said: list[tuple[str, bytes]] = []
        self.answers: list[dict[str, Live]] = []
        self.live = LiveTopics(
            TOPICS, lambda topic, payload, _: self.said.append((topic, payload)), lambda: None
        )
        self.live.expect(["a", "b"], ask, self.answers.append)

    def states(self) -> list[str]:
        return [topic.removeprefix("sodien/nha-toi/") for topic, _ in self.said]


def test_the_states_come_before_online_at_every_connection() -> None:
    broker = Broker([])
    broker.live.tell("a", Live(1))
    broker.live.announce()
    assert broker.said == [], "one meter is missing"
    broker.live.tell("b", Live(1))
    broker.live.announce()
    broker.live.announce()
    broker.live.tell("a", Live(2))
    assert broker.states() == ["a/live", "b/live", "availability", "a/live"]
    broker.live.lost()
    broker.live.tell("b", Live(3))
    broker.live.announce()
    assert broker.states()[4:] == ["a/live", "b/live", "availability"]
    assert broker.said[5] == (TOPICS.live("b"), encode(Live(3)))


def test_the_broker_is_asked_once_and_not_waited_for_longer_than_needed() -> None:
    broker = Broker(["a", "b"])
    assert broker.live.asks == [TOPICS.live("a"), TOPICS.live("b")]
    assert broker.live.kept(0) == []
    assert broker.live.deadline() is None
    broker.live.listening(0)
    broker.live.heard(TOPICS.live("a"), encode(Live(7)))
    broker.live.heard(TOPICS.live("b"), b"nonsense")
    broker.live.heard(TOPICS.live("c"), encode(Live(7)))
    assert broker.live.kept(KEPT_S / 2) == []
    broker.live.lost()  # the connection broke, and the next one asks again
    broker.live.listening(100)
    assert broker.live.kept(100) == []
    assert len(broker.live.kept(100 + KEPT_S)) == 2
    assert broker.answers == [{"a": Live(7)}]
    assert (broker.live.asks, broker.live.deadline(), broker.live.kept(999)) == ([], None, [])
    both = Broker(["a", "b"])
    both.live.listening(0)
    both.live.heard(TOPICS.live("a"), encode(Live(7)))
    both.live.heard(TOPICS.live("b"), encode(Live(8)))
    assert len(both.live.kept(0)) == 2, "all have come"
