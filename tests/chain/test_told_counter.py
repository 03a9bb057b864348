"""What the real daemon tells of its counter, through kills, a restore and a new ledger, on a real broker."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from sodien.ledger.store import Ledger
from sodien.protocol.topics import Topics
from tests.chain.household import CONSTANT, DEVICE, Household, until
from tests.support.rows import body_of
from tests.support.servers import Mosquitto

TOPICS = Topics(DEVICE)
KILLS = 4


class HomeAssistant:
    """Hears what is told, in order; ``said`` are (topic, payload) that were not retained."""

    def __init__(self, port: int) -> None:
        self.said: list[tuple[str, bytes]] = []
        self._ready = threading.Event()
        self.client = paho.Client(CallbackAPIVersion.VERSION2)
        self.client.on_connect = lambda c, *_: c.subscribe(
            [(TOPICS.live("main"), 0), (TOPICS.availability, 1)]
        )
        self.client.on_subscribe = lambda *_: self._ready.set()
        self.client.on_message = lambda _c, _u, m: (
            None if m.retain else self.said.append((m.topic, m.payload))
        )
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert self._ready.wait(10)

    def lives(self) -> list[dict[str, Any]]:
        return [json.loads(payload) for topic, payload in list(self.said) if topic == TOPICS.live("main")]

    def counters(self) -> list[Decimal]:
        return [Decimal(live["counter_kwh"]) for live in self.lives()]

    def wait(self, more: int, what: str) -> None:
        have = len(self.lives())
        until(lambda: len(self.lives()) >= have + more, 30, what)


def energy(states: Sequence[Decimal]) -> Decimal:
    """The sum of Home Assistant's statistics for a ``total_increasing`` sensor, as its recorder forms it."""
    total = Decimal(0)
    for before, now in pairwise(states):
        new_meter = now < before * Decimal("0.9")
        total += now if new_meter else now - before
    return total


@pytest.fixture
def house(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Household]:
    with Household(tmp_path, mosquitto.port, "http://127.0.0.1:1") as household:
        yield household


@pytest.fixture
def home(mosquitto: Mosquitto) -> Iterator[HomeAssistant]:
    one = HomeAssistant(mosquitto.port)
    yield one
    one.client.disconnect()
    one.client.loop_stop()


def notes(house: Household) -> list[dict[str, Any]]:
    return [
        body_of(row)["detail"]
        for row in house.rows()
        if row.kind == "event" and body_of(row)["what"] == "counter"
    ]


def sodien(house: Household, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sodien", *words, "-c", str(house.file)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def check(home: HomeAssistant) -> None:
    """Nothing that was told has fallen, and so Home Assistant's sum is what was counted."""
    counters, pulses = home.counters(), [live["pulses"] for live in home.lives()]
    assert counters == sorted(counters)
    assert pulses == sorted(pulses)
    assert energy(counters) == counters[-1] - counters[0]


@pytest.mark.timeout(180)
def test_the_counter_never_falls_through_kills(house: Household, home: HomeAssistant) -> None:
    for _ in range(KILLS):
        house.firmware.start()
        home.wait(2, "the state of the start, and one with what was counted since")
        house.firmware.kill()
    house.firmware.start()
    home.wait(2, "counting")
    house.firmware.stop()
    until(lambda: home.said[-1] == (TOPICS.availability, b"offline"), 10, "the goodbye")
    check(home)
    # At every connection the state comes before the word that it is right now.
    for before, (topic, payload) in pairwise(home.said):
        if (topic, payload) == (TOPICS.availability, b"online"):
            assert before[0] == TOPICS.live("main")
    # A clean stop tells the last count.
    last = home.lives()[-1]
    assert last["pulses"] == house.saved() == len(house.true_pulses()) - lost(house)
    assert Decimal(last["counter_kwh"]) == Decimal(house.saved()) / CONSTANT
    assert [note["pulses"] for note in notes(house)] == [0], "noted once for this ledger"


def lost(house: Household) -> int:
    gaps = [row for row in house.rows() if row.kind == "gap"]
    spans = [(row.mono or 0, (row.mono or 0) + int(body_of(row)["ns"])) for row in gaps]
    return sum(start <= at < end for at in house.true_pulses() for start, end in spans)


@pytest.mark.timeout(180)
def test_a_restored_and_a_new_ledger_go_on_from_what_was_told(house: Household, home: HomeAssistant) -> None:
    house.firmware.start()
    home.wait(2, "counting")
    house.firmware.stop()
    backup = house.folder / "backup.tar.gz"
    sodien(house, "backup", str(backup))
    house.firmware.start()
    home.wait(3, "counting")
    house.firmware.stop()
    told = home.counters()[-1]

    sodien(house, "restore", str(backup))
    behind = Decimal(house.saved()) / CONSTANT
    assert behind < told * Decimal("0.8"), "further back than what Home Assistant takes for the same meter"
    house.firmware.start()
    home.wait(2, "counting")
    house.firmware.kill()
    house.firmware.start()
    home.wait(2, "counting, with what was noted")
    house.firmware.stop()
    check(home)
    with closing(Ledger.open(house.ledger_path)) as ledger:
        restored = ledger.id
    assert [note["ledger"] == restored for note in notes(house)] == [False, True]
    assert Decimal(notes(house)[-1]["kwh"]) == told - behind

    told = home.counters()[-1]
    for file in house.folder.glob("ledger.db*"):
        file.unlink()
    house.firmware.start()
    home.wait(2, "counting")
    house.firmware.stop()
    check(home)
    (note,) = notes(house)
    assert Decimal(note["kwh"]) == told
    assert home.counters()[-1] == told + Decimal(house.saved()) / CONSTANT


def test_home_assistants_sum() -> None:
    """What the energy dashboard would make of a counter that falls."""
    values = [Decimal(n) for n in (10, 20, 19, 21)]
    assert energy(values) == 11, "a small step back is subtracted, and its pulses come again"
    assert energy([Decimal(10), Decimal(20), Decimal(16), Decimal(21)]) == 10 + 16 + 5, (
        "a new meter: all again"
    )
