"""Dial readings typed in Home Assistant, the button, and what happens: pure, and on a real broker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from firmware.home_events import HomeEvents
from firmware.home_requests import EVERY_MS, HomeRequests
from firmware.publisher import Publisher
from sodien.errors import BadPayload
from sodien.history.wire_entries import WireEntries
from sodien.ledger.store import Ledger, NewRow
from sodien.mqtt import Broker
from sodien.protocol.messages import Live
from sodien.protocol.times import format_time
from sodien.protocol.topics import Topics
from tests.firmware.house import House, settings_of, steady
from tests.firmware.test_publisher import until
from tests.support.rows import body_of
from tests.support.servers import Mosquitto

TOPICS = Topics("nha-toi")
DIAL, ANSWER, READ = TOPICS.dial("main"), TOPICS.dial_answer("main"), TOPICS.read("main")
TYPED = "homeassistant: {dial: true}\n"


class Typing:
    """A house whose dial readings are typed elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.house = House(settings_of(folder, TYPED), steady(2000))
        self.house.start()
        self.house.play(600)
        self.fresh: list[str] = []
        self.requests = HomeRequests(self.house.settings, self.fresh.append, lambda: self.now)

    @property
    def now(self) -> int:
        return self.house.clock.wall_ns() // 1_000_000

    def say(self, text: str, at: int | None = None) -> dict[str, Any]:
        payload = text if at is None else json.dumps({"reading": text, "at": format_time(at)})
        ((topic, answer),) = self.requests.heard(self.house.ledger, DIAL, payload.encode())
        assert topic == ANSWER
        found: dict[str, Any] = json.loads(answer)
        return found

    def wait(self) -> None:
        self.house.play(EVERY_MS / 1000)

    def rows(self) -> list[dict[str, Any]]:
        return [body_of(row) for row in self.house.rows("dial")]


@pytest.fixture
def typing(tmp_path: Path) -> Typing:
    return Typing(tmp_path)


def test_a_typed_reading_is_noted_and_answered(typing: Typing) -> None:
    answer = typing.say("12345,6", typing.now - 1500)
    assert answer["accepted"] is True
    assert answer["sentence"].startswith("main: the dial showed 12345.6 at ")
    low, high = (float(answer["register"][bound]) for bound in ("low", "high"))
    assert 12345 < low <= 12345.6 <= high < 12346
    (row,) = typing.rows()
    assert (row["reading"], row["by"], row["within_ms"]) == ("12345.6", "Home Assistant", 61_500)
    assert typing.fresh == ["main"], "and the register is told at once"
    assert typing.house.rows("dial")[0].seq == answer["entry"]


@pytest.mark.parametrize("text", ["abc", "123456789", "-5", "12345.67", "12 345.6 kWh ở nhà"])
def test_what_is_no_reading_is_answered_in_a_sentence(typing: Typing, text: str) -> None:
    answer = typing.say(text)
    assert "accepted" not in answer
    assert answer["sentence"].endswith(".")
    assert answer["typed"] == text
    assert typing.rows() == []


@pytest.mark.parametrize("away", [-61_000, 61_000, -86_400_000])
def test_one_that_was_on_its_way_is_refused(typing: Typing, away: int) -> None:
    answer = typing.say("12345.6", typing.now + away)
    assert "its time is not certain" in answer["sentence"]
    assert typing.rows() == []


def test_one_that_contradicts_is_noted_and_said(typing: Typing) -> None:
    assert typing.say("12345.6")["accepted"]
    typing.wait()
    answer = typing.say("12399.9")
    assert answer["accepted"]
    assert (
        "cannot" in answer["sentence"] or "do not fit" in answer["sentence"] or len(answer["sentence"]) > 80
    )
    assert len(typing.rows()) == 2


def test_twice_the_same_message_is_one_reading_and_haste_waits(typing: Typing) -> None:
    at = typing.now
    assert typing.say("12345.6", at)["accepted"]
    again = json.dumps({"reading": "12345.6", "at": format_time(at)}).encode()
    assert typing.requests.heard(typing.house.ledger, DIAL, again) == []
    assert "wait" in typing.say("12345.7", typing.now)["sentence"]
    assert len(typing.rows()) == 1


@pytest.mark.parametrize("payload", [b"", b"  ", b"\xff", b"{", b'{"reading": 5}', b"[" * 9, b"1" * 61,
                                     b'{"reading": "1", "at": "noon"}'])  # fmt: skip
def test_what_does_not_fit_is_put_aside(typing: Typing, payload: bytes) -> None:
    if payload == b"[" * 9:
        assert "accepted" not in typing.say(payload.decode())
        return
    with pytest.raises(BadPayload):
        typing.requests.heard(typing.house.ledger, DIAL, payload)


def test_without_being_asked_for_nothing_is_typed(tmp_path: Path) -> None:
    requests = HomeRequests(settings_of(tmp_path), lambda _meter: None, lambda: 0)
    assert requests.listens_to == (TOPICS.read("+"),)
    assert requests.hears(READ)
    assert not requests.hears(DIAL)
    assert not requests.hears(TOPICS.read("other"))


def test_events_are_told_once_and_history_never(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    house.start()
    house.play(600)
    house.kill()
    house.play(120)
    past = house.ledger.newest_seq()
    events = HomeEvents("nha-toi", ["main"], past, house.settings.zone)
    assert events.next(house.ledger, WireEntries(house.settings, house.ledger)) == []
    house.start()
    house.play(10)
    render = WireEntries(house.settings, house.ledger)
    ((topic, payload),) = events.next(house.ledger, render)
    told = json.loads(payload)
    assert topic == TOPICS.home_event("main")
    assert (told["event_type"], told["reason"]) == ("gap", "killed")
    assert told["sentence"].startswith("main: nothing was counted from ")
    assert events.next(house.ledger, render) == []
    at = house.clock.wall_ns() // 1_000_000
    body = {"day": "2026-11-30", "when": "tomorrow"}
    house.ledger.append([NewRow("reminder", "main", at=at, body=body)])
    house.ledger.append([NewRow("reminder", "elsewhere", at=at, body=body)])
    ((_, payload),) = events.next(house.ledger, render)
    assert "the utility reads the meter tomorrow" in json.loads(payload)["sentence"]


@pytest.fixture
def person(mosquitto: Mosquitto) -> Iterator[paho.Client]:
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.user_data_set([])
    client.on_message = lambda _c, heard, message: heard.append((message.topic, message.payload))
    client.connect("127.0.0.1", mosquitto.port)
    client.loop_start()
    client.subscribe(f"{TOPICS.home('main')}/#", 1)
    yield client
    client.disconnect()
    client.loop_stop()


def test_on_a_real_broker(tmp_path: Path, mosquitto: Mosquitto, person: paho.Client) -> None:
    settings = settings_of(tmp_path, TYPED)
    path = settings.ledger.path
    ledger = Ledger.open(path, create=True)
    asked: list[str] = []
    now = 1_795_478_400_000
    device = Publisher(
        Broker("127.0.0.1", mosquitto.port),
        "nha-toi",
        lambda: Ledger.open(path),
        lambda own: WireEntries(settings, own),
        requests=HomeRequests(settings, asked.append, lambda: now),
        events=HomeEvents("nha-toi", ["main"], 0, settings.zone),
    )
    heard: list[tuple[str, bytes]] = person.user_data_get()
    person.publish(DIAL, b"99999.9", 1, retain=True).wait_for_publish(5)
    device.live_topics.tell("main", Live(0))
    device.start()
    try:
        until(lambda: device.live_topics.announced, "online")
        person.publish(READ, b"PRESS", 1).wait_for_publish(5)
        until(lambda: asked == ["main"], "asked for what is now")
        person.publish(DIAL, b"12345.6", 1).wait_for_publish(5)
        until(lambda: ANSWER in dict(heard), "answered")
        assert json.loads(dict(heard)[ANSWER])["typed"] == "12345.6", "and not the one that was retained"
        body = {"day": "2026-11-30", "when": "today"}
        ledger.append([NewRow("reminder", "main", at=now, body=body)])
        device.wake()
        until(lambda: TOPICS.home_event("main") in dict(heard), "told")
        assert len(ledger.of_kind("dial")) == 1
        late: list[str] = []
        person.on_message = lambda _c, _u, message: late.append(message.topic)
        person.unsubscribe(f"{TOPICS.home('main')}/#")
        person.subscribe(f"{TOPICS.home('main')}/#", 1)
        until(lambda: late == [ANSWER], "the answer is kept, the event is not")
    finally:
        device.stop(1)
        ledger.close()
