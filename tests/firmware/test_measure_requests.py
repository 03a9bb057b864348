"""Appliances measured from Home Assistant: started, stopped and answered; off unless set."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from firmware.home_asked import Asked
from firmware.home_requests import HomeRequests
from firmware.homeassistant import announcements
from sodien.device import state as daemon_state
from sodien.errors import BadPayload
from sodien.household.measured import measured
from sodien.protocol.topics import Topics
from tests.firmware.house import House, settings_of, steady

TOPICS = Topics("nha-toi")
MEASURE = TOPICS.measure("main")


class Measuring:
    """A house of 1 kW in which somebody measures from afar."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, home: str = "measure: true") -> None:
        self.house = House(settings_of(folder, f"homeassistant: {{{home}}}\n"), steady(1000))
        self.house.start()
        self.requests = HomeRequests(
            self.house.settings, lambda _: None, lambda: self.house.clock.wall_ns() // 1_000_000
        )
        monkeypatch.setattr(daemon_state, "read", lambda _: self._state())

    def _state(self) -> daemon_state.State | None:
        station = self.house.station
        return station.state(os.getpid()) if station is not None else None

    def ask(self, **asked: str) -> dict[str, Any]:
        self.house.play(10)
        ((topic, answer),) = self.requests.heard(self.house.ledger, MEASURE, json.dumps(asked).encode())
        assert topic == TOPICS.measure_answer("main")
        found: dict[str, Any] = json.loads(answer)
        return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Measuring:
    return Measuring(tmp_path, monkeypatch)


def test_started_and_stopped(home: Measuring) -> None:
    assert "ten minutes" in home.ask(what="start", name="quạt")["sentence"]
    home.house.play(900)
    answer = home.ask(what="start", name="quạt")
    assert (answer["accepted"], answer["running"]) == (True, "quạt")
    again = home.ask(what="start", name="fan")
    assert ("accepted" in again, again["running"]) == (False, "quạt")
    home.house.play(1800)
    answer = home.ask(what="stop")
    assert (answer["accepted"], answer["name"], "running" in answer) == (True, "quạt", False)
    # Nothing was switched on: what was on before is taken off again.
    assert float(answer["kwh"]["low"]) == 0 <= float(answer["kwh"]["high"]) < 0.02
    assert 0 < float(answer["cost_an_hour"]["high"]) < 100
    assert answer["currency"] == "VND"
    assert answer["sentence"].startswith("quạt: 0.000 … 0.0")
    (kept,) = measured(home.house.ledger, "main")
    assert kept.name == "quạt"
    assert "Nothing is being measured" in home.ask(what="drop")["sentence"]


def test_dropped_and_too_fast(home: Measuring) -> None:
    home.house.play(900)
    home.ask(what="start", name="fan")
    payload = b'{"what":"drop"}'
    ((_, answer),) = home.requests.heard(home.house.ledger, MEASURE, payload)
    assert "wait a few seconds" in json.loads(answer)["sentence"]
    assert json.loads(answer)["running"] == "fan"
    assert home.ask(what="drop")["accepted"]
    assert measured(home.house.ledger, "main") == []


@pytest.mark.parametrize(
    "payload",
    [b"", b"stop", b"{}", b'{"what":"go"}', b'{"what":"start","name":3}', b'{"what":' + b" " * 999],
)
def test_what_asks_nothing_is_put_aside(home: Measuring, payload: bytes) -> None:
    with pytest.raises(BadPayload):
        home.requests.heard(home.house.ledger, MEASURE, payload)


def test_it_is_off_unless_it_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Measuring(tmp_path, monkeypatch, "dial: true")
    assert not home.requests.hears(MEASURE)
    assert TOPICS.measure("+") not in home.requests.listens_to
    own = {"measure", "measure_stop", "measure_drop", "measured"}
    for on, keys in ((False, set()), (True, own)):
        found = announcements(
            "homeassistant", "nha-toi", home.house.settings.meters, "1", asked=Asked(measure=on)
        )
        components = set(found["homeassistant/device/nha-toi/main/config"]["cmps"])
        assert components & own == keys
