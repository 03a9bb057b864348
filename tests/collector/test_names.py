"""Two ledgers under one name: the second is refused aloud, until it says that it follows the first."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt import publish, subscribe

from collector import names_link
from collector.names import Names, prevails
from collector.outputs.file import FileOutput, read_lines
from collector.service import Collector
from sodien.device.send_again import refused_sentence
from sodien.mqtt import Broker
from sodien.protocol.messages import Batch, Owner, decode_owner, encode, owned_by, owner_in
from tests.collector.conftest import Collect
from tests.collector.device import Device
from tests.support.servers import Mosquitto

ONE, TWO, THREE = "1" * 32, "2" * 32, "3" * 32


def test_the_first_has_the_name() -> None:
    names = Names(lambda: 0)
    new, why = names.judge("nha", ONE, [])
    assert (new, why) == (names.known["nha"], None)
    assert names.judge("nha", ONE, []) == (None, None)
    assert names.judge("nha", TWO, [THREE]) == (None, owned_by(ONE))
    assert names.judge("nha-2", TWO, [])[1] is None, "another name is free"
    assert owner_in(owned_by(ONE)) == ONE
    assert owner_in("field type conflict") is None


def test_who_follows_takes_the_name_over_and_two_never_take_turns() -> None:
    names = Names(lambda: 0)
    names.judge("nha", ONE, [])
    assert names.judge("nha", TWO, [ONE])[1] is None, "restored from a backup of the first"
    assert names.judge("nha", ONE, [])[1] == owned_by(TWO)
    assert names.judge("nha", ONE, [TWO])[1] is None, "a person said that the first goes on"
    assert names.judge("nha", TWO, [ONE])[1] == owned_by(ONE), "what it said before is no news"
    assert names.judge("nha", TWO, [ONE, ONE])[1] is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["send", "a", "b", "c"])), max_size=60))
def test_a_name_changes_hands_only_as_often_as_somebody_said_so(steps: list[tuple[str, str]]) -> None:
    names = Names(lambda: 0)
    follows: dict[str, list[str]] = {one: [] for one in "abc"}
    owner, changes = None, 0
    for ledger, what in steps:
        if what != "send":
            follows[ledger].append(what)
        new, why = names.judge("nha", ledger, follows[ledger])
        assert (why is None) == (names.known["nha"].ledger == ledger)
        if new is not None:
            assert owner is None or owner in follows[ledger], "nobody is passed unnamed"
            assert decode_owner(encode(new)) == new
            owner, changes = ledger, changes + 1
    assert changes <= 1 + sum(map(len, follows.values()))


def test_the_longest_owner_is_taken() -> None:
    names, follows = Names(lambda: 1 << 50), list[str]()
    for number in range(200):
        follows.append(f"{number:032x}")
        new, _ = names.judge("nha", f"{number + 1:032x}", follows)
    assert new is not None
    assert len(new.passed) == 50
    assert len(encode(new)) < names_link._LARGEST


LEDGERS = st.sampled_from("abc")
OWNERS = st.builds(
    Owner,
    LEDGERS,
    st.integers(0, 2),
    st.dictionaries(LEDGERS, st.integers(0, 2)),
    st.integers(0, 2),
    term=st.integers(0, 2),
)


@given(OWNERS, OWNERS, OWNERS)
def test_of_two_one_prevails_and_never_in_a_circle(one: Owner, other: Owner, third: Owner) -> None:
    if one.ledger != other.ledger:
        assert prevails(one, other) != prevails(other, one)
    if prevails(one, other) and prevails(other, third):
        assert prevails(one, third)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.sampled_from("abc"), st.sampled_from(["send", "tell", "a", "b", "c"])
        ),
        max_size=60,
    ),
    st.sets(st.integers(0, 2)),
)
def test_collectors_come_to_agree_and_who_has_a_name_keeps_it(
    steps: list[tuple[int, str, str]], forgetful: set[int]
) -> None:
    """Three collectors hear each other late, and some start anew at a broker that has lost everything."""
    follows: dict[str, list[str]] = {one: [] for one in "abc"}
    clock = iter(range(10**6))
    collectors = [Names(lambda: next(clock)) for _ in range(3)]
    said: list[Owner] = []
    heard = [0, 0, 0]

    def hear(number: int) -> None:
        for owner in said[heard[number] :]:
            if not collectors[number].heard("nha", owner):
                said.append(collectors[number].known["nha"])
        heard[number] = len(said)

    for number, ledger, what in steps:
        if what == "tell":
            hear(number)
        elif what == "send":
            new, _ = collectors[number].judge("nha", ledger, follows[ledger])
            said += [new] if new is not None else []
        else:
            follows[ledger].append(what)
    for number in forgetful:
        collectors[number].known.clear()
    for _ in range(20):
        for number in range(3):
            hear(number)
    assert len({one.known["nha"].ledger for one in collectors if "nha" in one.known}) <= 1
    assert len(said) < 400, "nobody contradicts for ever"


def test_a_collector_that_knows_nothing_does_not_give_a_name_away_for_good() -> None:
    clock = iter(range(100))
    knows, starts = Names(lambda: next(clock)), Names(lambda: next(clock))
    first, _ = knows.judge("nha", ONE, [])
    wrong, _ = starts.judge("nha", TWO, [])
    assert first is not None
    assert wrong is not None
    assert not knows.heard("nha", wrong), "it says again what it knows"
    assert starts.heard("nha", first)
    assert starts.judge("nha", TWO, [])[1] == owned_by(ONE)
    over, _ = knows.judge("nha", THREE, [ONE])
    assert over is not None
    assert starts.heard("nha", over)
    assert not starts.heard("nha", first), "what the broker has kept of before is no news"


def test_the_second_is_refused_and_nothing_is_overwritten(
    mosquitto: Mosquitto, collect: Collect, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    out, dead = tmp_path / "out.lp", tmp_path / "dead.jsonl"
    collector = collect(FileOutput(out), dead_letters=dead)
    with Device(mosquitto.port, ledger=ONE) as first, Device(mosquitto.port, ledger=TWO) as second:
        first.send(first.make(30))
        first.wait_confirmed(list(first.entries))
        second.send(second.make(40))
        assert second.wait_refused(list(second.entries)) == {owned_by(ONE)}
        assert "put aside from sodien/nha/ledger (name)" in caplog.text
        # A restart forgets nothing, whoever comes first.
        collector.stop()
        again = tmp_path / "again.lp"
        collector = collect(FileOutput(again))
        second.refused.clear()
        second.send(list(second.entries))
        second.wait_refused(list(second.entries))
        first.send(first.make(1))
        first.wait_confirmed(list(first.entries))
        assert not second.confirmed
        # A person says that the second one follows the first.
        second.follows = [ONE]
        second.send(list(second.entries))
        second.wait_confirmed(list(second.entries))
        first.send(more := first.make(2))
        assert first.wait_refused(more) == {owned_by(TWO)}
    assert len(list(read_lines(out))) == 30
    assert not dead.exists(), "those fit, and their device has them"


def test_a_broker_that_forgot_everything_is_told_again(mosquitto: Mosquitto, collect: Collect) -> None:
    """While a collector knows whose a name is, a broker that lost all it retained costs nothing."""
    collector = collect(Memory())
    with Device(mosquitto.port, ledger=ONE) as first:
        first.send(first.make(3))
        first.wait_confirmed(list(first.entries))
    mosquitto.kill()
    mosquitto.restart()
    with Device(mosquitto.port, ledger=TWO) as second:
        assert collector.wait_subscribed(20)
        second.send(second.make(3))
        second.wait_refused(list(second.entries))
        until(lambda: ONE in retained(mosquitto.port))
    collector.stop()
    collect(Memory(), client_id="another")
    with Device(mosquitto.port, ledger=TWO) as second:
        second.send(second.make(3))
        second.wait_refused(list(second.entries))


def test_several_collectors_agree(mosquitto: Mosquitto, collect: Collect) -> None:
    one, two = Memory(), Memory()
    for output, client in ((one, "one"), (two, "two")):
        collect(output, client_id=client, share="group")
    with Device(mosquitto.port, ledger=ONE, per_message=1) as first:
        first.send(first.make(20))
        first.wait_confirmed(list(first.entries))
        with Device(mosquitto.port, ledger=TWO, per_message=1) as second:
            second.send(second.make(20))
            assert second.wait_refused(list(second.entries)) == {owned_by(ONE)}
            assert not second.confirmed
    assert one.lines
    assert two.lines


def test_a_new_collector_at_a_broker_that_lost_everything_is_put_right(
    mosquitto: Mosquitto, collect: Collect, caplog: pytest.LogCaptureFixture
) -> None:
    knows = collect(Memory(), client_id="knows", share="group")
    with Device(mosquitto.port, ledger=ONE) as first:
        first.send(first.make(1))
        first.wait_confirmed([1])
        wrong = encode(Owner(TWO, since=1 << 50))  # what a collector said that knew of nothing
        publish.single("sodien/nha/owner", wrong, 1, retain=True, hostname="127.0.0.1", port=mosquitto.port)
        until(lambda: ONE in retained(mosquitto.port))
        first.send(first.make(1))
        first.wait_confirmed([2])
    assert knows.counters.refused == 0
    assert "no ledger that delivers as nha" in caplog.text


def test_whoever_may_frees_a_name(mosquitto: Mosquitto, collect: Collect) -> None:
    collect(Memory())
    with Device(mosquitto.port, ledger=ONE) as first, Device(mosquitto.port, ledger=TWO) as second:
        first.send(first.make(1))
        first.wait_confirmed([1])
        publish.single("sodien/nha/owner", b"", 1, retain=True, hostname="127.0.0.1", port=mosquitto.port)
        second.make(1)
        second.settle()
        first.send(first.make(1))
        first.wait_refused([2])


def test_a_broker_that_forbids_the_topic_is_named_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    access = tmp_path / "acl"
    access.write_text("topic readwrite sodien/+/ledger\ntopic readwrite sodien/+/stored\n")
    access.chmod(0o600)
    with Mosquitto(tmp_path / "broker", lines=(f"acl_file {access}",)) as broker:
        collector = Collector(
            Broker("127.0.0.1", broker.port), Memory(), client_id="c", reconnect_s=(1, 1), kept_s=0.1
        )
        collector.start()
        assert collector.wait_subscribed(20)
        with Device(broker.port, ledger=ONE) as first, Device(broker.port, ledger=TWO) as second:
            first.send(first.make(3))
            first.wait_confirmed(list(first.entries))
            second.send(second.make(3))
            second.wait_refused(list(second.entries))
        collector.stop()
    assert "does not let this user publish to sodien/+/owner" in caplog.text


def test_a_broker_that_says_nothing_of_names_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(names_link, "PATIENCE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        link = names_link.NamesLink(Broker("127.0.0.1", silent.getsockname()[1]), "c", (1, 1))
        link.start()
        assert not link.ready(connected=False)
        assert not link.ready(connected=True)
        time.sleep(0.3)
        assert link.ready(connected=True)
        assert "does not say which ledger has which name" in caplog.text
        batch = Batch(1, ONE, [])
        assert link.judge("nha", batch) is None
        assert link.judge("nha", Batch(1, TWO, [])) == owned_by(ONE)
        link.stop()


def test_what_nobody_of_ours_says_of_names_changes_nothing(mosquitto: Mosquitto, collect: Collect) -> None:
    for payload in (b"\xff", b"{}", b'{"ledger":"","v":1}', b"[" * 5000, b"x" * 100_000):
        publish.single("sodien/nha/owner", payload, 1, retain=True, hostname="127.0.0.1", port=mosquitto.port)
        collect(Memory(), client_id=f"c{len(payload)}").stop()
    collect(Memory())
    with Device(mosquitto.port, ledger=ONE) as first:
        first.make(2)
        first.settle()


def retained(port: int) -> str:
    """What the broker keeps of the name."""
    found = subscribe.simple("sodien/nha/owner", hostname="127.0.0.1", port=port)
    return bytes(found.payload).decode()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class Memory:
    """An output that keeps its lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, lines: Sequence[str]) -> None:
        self.lines += lines

    def close(self) -> None:
        pass


def test_the_device_says_what_to_do() -> None:
    said = refused_sentence(7, owned_by(ONE))
    assert f"sodien replay --succeeds {ONE}" in said
    assert "succeeds" not in refused_sentence(7, "too old")
