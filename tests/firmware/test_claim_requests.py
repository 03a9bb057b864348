"""The utility's daily readings that Home Assistant forwards: noted, judged and answered; off unless set."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from firmware import claim_requests
from firmware.home_asked import Asked
from firmware.home_requests import HomeRequests
from firmware.homeassistant import announcements
from sodien.errors import BadPayload
from sodien.metering.calendar import date_of
from sodien.protocol.times import format_time
from sodien.protocol.topics import Topics
from tests.firmware.house import House, settings_of, steady
from tests.support.rows import body_of

TOPICS = Topics("nha-toi")
CLAIM, DIAL = TOPICS.claim("main"), TOPICS.dial("main")
FORWARDED = "homeassistant: {dial: true, claim: true}\n"


class Forwarding:
    """A house of 2 kW whose dial was read, and whose utility's readings are forwarded."""

    def __init__(self, folder: Path, settings: str = FORWARDED) -> None:
        self.house = House(settings_of(folder, settings), steady(2000))
        self.house.start()
        self.house.play(600)
        self.requests = HomeRequests(self.house.settings, lambda _: None, lambda: self.now)

    @property
    def now(self) -> int:
        return self.house.clock.wall_ns() // 1_000_000

    @property
    def today(self) -> dt.date:
        return date_of(self.now, self.house.settings.zone)

    def tell(self, **claim: object) -> dict[str, Any]:
        payload = json.dumps(claim, default=str).encode()
        ((topic, answer),) = self.requests.heard(self.house.ledger, CLAIM, payload)
        assert topic == TOPICS.claim_answer("main")
        found: dict[str, Any] = json.loads(answer)
        return found

    def rows(self) -> list[dict[str, Any]]:
        return [body_of(row) for row in self.house.rows("claim")]


@pytest.fixture
def forwarding(tmp_path: Path) -> Forwarding:
    found = Forwarding(tmp_path)
    found.requests.heard(found.house.ledger, DIAL, b"12345.6")
    found.house.play(1800)
    return found


def test_a_claim_is_noted_once_and_judged(forwarding: Forwarding) -> None:
    at = format_time(forwarding.now - 600_000)
    answer = forwarding.tell(index="12346.3", at=at, source="EVN")
    assert (answer["accepted"], answer["result"], answer["source"]) == (True, "agrees", "EVN")
    assert answer["sentence"].endswith(": agrees.")
    assert float(answer["low"]) < 12346.3 < float(answer["high"])
    (row,) = forwarding.rows()
    assert (row["index"], row["source"], row["by"]) == ("12346.3", "EVN", "Home Assistant")
    again = forwarding.tell(index="12346.3", at=at, source="EVN")
    assert (again["accepted"], "entry" in again) == (True, False)
    assert len(forwarding.rows()) == 1


def test_one_that_disagrees_is_noted_and_said(forwarding: Forwarding) -> None:
    answer = forwarding.tell(index=13000, day=forwarding.today)
    assert (answer["accepted"], answer["result"]) == (True, "disagrees")
    assert "too high by at least" in answer["sentence"]


def test_what_cannot_be_one_is_answered_in_a_sentence(forwarding: Forwarding) -> None:
    day = forwarding.today
    for claim in (
        {"index": -1, "day": day},
        {"index": 10**9, "day": day},
        {"index": 1, "day": day + dt.timedelta(days=2)},
        {"index": 1, "day": day, "source": "x" * 100},
    ):
        answer = forwarding.tell(**claim)
        assert "accepted" not in answer
        assert answer["sentence"].endswith(".")
    assert forwarding.rows() == []


@pytest.mark.parametrize(
    "payload",
    [
        b"12346.3",
        b"{}",
        b'{"index":"12346.3"}',
        b'{"index":"12346.3","day":"2026-11-29","at":"2026-11-29T00:00:00Z"}',
        b'{"index":"NaN","day":"2026-11-29"}',
        b'{"index":"1e400","day":"2026-11-29"}',
        b'{"index":"x","day":"2026-11-29"}',
        b'{"index":1,"day":"29/11/2026"}',
        b'{"index":1,"at":"noon"}',
        b'{"index":1,"day":"2026-11-29","source":"' + b"x" * 1000 + b'"}',
    ],
)
def test_what_is_no_claim_is_put_aside(forwarding: Forwarding, payload: bytes) -> None:
    with pytest.raises(BadPayload):
        forwarding.requests.heard(forwarding.house.ledger, CLAIM, payload)
    assert forwarding.rows() == []


def test_a_flood_is_refused(forwarding: Forwarding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_requests, "MOST_AN_HOUR", 3)
    day = forwarding.today - dt.timedelta(days=10)
    answers = [forwarding.tell(index=100 + n, day=day + dt.timedelta(days=n)) for n in range(5)]
    assert [answer.get("accepted", False) for answer in answers] == [True, True, True, False, False]
    assert len(forwarding.rows()) == 3
    forwarding.house.play(3700)
    assert forwarding.tell(index=104, day=day)["accepted"]


def test_it_is_off_unless_it_is_set(tmp_path: Path) -> None:
    house = Forwarding(tmp_path, "homeassistant: {dial: true}\n")
    assert not house.requests.hears(CLAIM)
    assert TOPICS.claim("+") not in house.requests.listens_to
    for claim, keys in ((False, set()), (True, {"claim", "claim_drift"})):
        meters, asked = house.house.settings.meters, Asked(claim=claim)
        found = announcements("homeassistant", "nha-toi", meters, "1", asked=asked)
        components = set(found["homeassistant/device/nha-toi/main/config"]["cmps"])
        assert components & {"claim", "claim_drift"} == keys
