"""A real Home Assistant: discovery, its energy page, statistics through all that may happen, removal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import paho.mqtt.publish as publish
import pytest

from interop.home.server import HomeAssistant
from sodien.history.events import notes
from sodien.ledger.noted import CounterNoted
from sodien.ledger.store import Ledger
from sodien.protocol.topics import Topics
from tests.chain.household import CONSTANT, DEVICE, Household, until
from tests.support.servers import Mosquitto

PYTHON = os.environ.get("HOME_ASSISTANT_PYTHON", "")  # make interop sets it
pytestmark = [
    pytest.mark.skipif(not PYTHON, reason="no Python 3.13 or newer on this machine: no Home Assistant"),
    pytest.mark.timeout(900),
]
TOPICS = Topics(DEVICE)
SPEED = 20
CENT = Decimal("0.01")


@pytest.fixture
def house(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Household]:
    with Household(tmp_path, mosquitto.port, "http://127.0.0.1:1") as household:
        with household.file.open("a") as file:
            file.write("homeassistant: {dial: true}\n")
        yield household


@pytest.fixture
def home(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[HomeAssistant]:
    folder = tmp_path / "home"
    folder.mkdir()
    one = HomeAssistant(folder, Path(PYTHON))
    print(f"Home Assistant {one.version()}")
    try:
        one.start()
        one.connect_broker(mosquitto.port)
        yield one
    finally:
        one.close()


def sodien(house: Household, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sodien", *words, "-c", str(house.file)], capture_output=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr.decode()


def unique(key: str) -> str:
    return f"sodien_{DEVICE}_main_{key}"


class Seen:
    """What Home Assistant has of the one meter."""

    def __init__(self, home: HomeAssistant, port: int) -> None:
        self.home, self.port = home, port
        until(lambda: unique("energy") in home.entities(), 60, "discovered")
        self.ids = {name: one["entity_id"] for name, one in home.entities().items()}

    def id(self, key: str) -> str:
        return str(self.ids[unique(key)])

    def state(self, key: str) -> dict[str, Any]:
        return self.home.states()[self.id(key)]

    def value(self, key: str) -> Decimal:
        return Decimal(self.state(key)["state"])

    def told(self, key: str, check: Callable[[dict[str, Any]], object], seconds: float = 30) -> Any:
        return until(lambda: (lambda state: state if check(state) else None)(self.state(key)), seconds, key)

    def read_now(self) -> None:
        publish.single(TOPICS.read("main"), "PRESS", qos=1, hostname="127.0.0.1", port=self.port)


def test_what_a_person_sees_and_does(house: Household, home: HomeAssistant, mosquitto: Mosquitto) -> None:
    house.firmware.start()
    seen = Seen(home, mosquitto.port)
    seen.told("energy", lambda state: state["state"] not in ("unknown", "unavailable"))
    entities = home.entities()
    assert all(one["platform"] == "mqtt" for one in entities.values())
    off = {name for name, one in entities.items() if one["disabled_by"]}
    assert off == {unique("register_low"), unique("register_high")}
    states = home.states()
    for name, one in entities.items():
        assert name in off or states[one["entity_id"]]["state"] != "unavailable", name
    # Two devices, one below the other.
    devices = {one["name"]: one for one in home.ask({"type": "config/device_registry/list"})}
    pi, meter = devices[f"Sodien {DEVICE}"], devices["Meter main"]
    assert meter["via_device_id"] == pi["id"]
    assert meter["model"] == f"Electricity meter, {CONSTANT} imp/kWh"

    # The dial is typed, and what came of it is said.
    home.call("text.set_value", seen.id("dial"), value="12345.6")
    answer = seen.told("dial_answer", lambda state: "12345.6" in state["state"])
    assert answer["attributes"]["accepted"] is True
    assert seen.told("register", lambda state: state["state"] != "unknown")["attributes"]["low"]
    time.sleep(11)  # one in ten seconds
    home.call("text.set_value", seen.id("dial"), value="123456789.5")
    refused = seen.told("dial_answer", lambda state: state["attributes"]["typed"] == "123456789.5")
    assert "accepted" not in refused["attributes"]
    assert refused["state"].endswith(".")

    # A button, an event, triggers.
    before = seen.value("energy")
    home.call("button.press", seen.id("read_now"))
    seen.told("energy", lambda state: Decimal(state["state"]) > before)
    house.firmware.kill()
    seen.told("energy", lambda state: state["state"] == "unavailable")
    house.firmware.start()
    event = seen.told("event", lambda state: state["attributes"].get("event_type") == "gap")
    assert event["attributes"]["reason"] == "killed"
    triggers = home.ask({"type": "device_automation/trigger/list", "device_id": meter["id"]})
    mine = {one["subtype"] for one in triggers if one["domain"] == "mqtt"}
    assert mine == {"Verdict", "Reminder", "Gap"}

    assert home.complaints() == []

    # Switched off, it leaves nothing behind.
    house.firmware.stop()
    text = house.file.read_text()
    house.file.write_text(text.replace("homeassistant: {dial: true}", "homeassistant: {discovery: false}"))
    house.firmware.start()
    until(lambda: not home.entities(), 30, "withdrawn")
    # With the last entity it removes the device, and for each trigger clears what is cleared already.
    assert [line for line in home.complaints() if "No device components to cleanup" not in line] == []


def test_entities_of_the_one_device_before_go_over_to_the_new_ones(
    house: Household, home: HomeAssistant, mosquitto: Mosquitto
) -> None:
    """Once, after an upgrade from 0.1.0 and a restart of Home Assistant; what it calls them stays."""
    ((topic, before),) = json.loads(
        (Path(__file__).parent / "home" / "announced-0.1.0.json").read_text()
    ).items()
    publish.single(topic, json.dumps(before), 1, retain=True, hostname="127.0.0.1", port=mosquitto.port)
    until(lambda: len(home.entities()) == len(before["cmps"]), 60, "discovered as before")
    ids = Seen(home, mosquitto.port).ids
    house.firmware.start()
    time.sleep(5)
    home.stop()
    home.start()
    seen = Seen(home, mosquitto.port)
    seen.told("energy", lambda state: state["state"] not in ("unknown", "unavailable"))
    assert len(seen.ids) > len(ids)
    assert ids.items() <= seen.ids.items()
    assert home.complaints() == []
    devices = {one["name"] for one in home.ask({"type": "config/device_registry/list"})}
    assert {f"Sodien {DEVICE}", "Meter main"} <= devices


def test_the_blueprint_of_the_documents_is_one(home: HomeAssistant) -> None:
    page = (Path(__file__).parents[1] / "docs" / "how-to" / "home-assistant.md").read_text()
    (blueprint,) = re.findall(r"```yaml\n(blueprint:.*?)```", page, re.DOTALL)
    folder = home.folder / "blueprints" / "automation" / "sodien"
    folder.mkdir(parents=True)
    (folder / "read_the_dial.yaml").write_text(blueprint)
    use = [{"id": "1", "alias": "dial", "use_blueprint": {
        "path": "sodien/read_the_dial.yaml", "input": {"reminder": "binary_sensor.read_dial"}
    }}]  # fmt: skip
    (home.folder / "automations.yaml").write_text(json.dumps(use))
    home.ask({"type": "call_service", "domain": "automation", "service": "reload"})
    until(lambda: home.states().get("automation.dial", {}).get("state") == "on", 20, "the automation is on")
    found = home.ask({"type": "blueprint/list", "domain": "automation"})
    assert "error" not in found["sodien/read_the_dial.yaml"]
    assert home.complaints() == []


def statistics(home: HomeAssistant, entity: str) -> list[dict[str, Any]]:
    start = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    found = home.ask(
        {"type": "recorder/statistics_during_period", "start_time": start, "statistic_ids": [entity],
         "period": "5minute", "types": ["state", "sum"]}
    )  # fmt: skip
    rows: list[dict[str, Any]] = found.get(entity, [])
    return rows


def test_statistics_are_what_was_counted(house: Household, home: HomeAssistant, mosquitto: Mosquitto) -> None:
    """Through kill −9, restart, restore and another meter; Home Assistant's clock runs faster for it."""
    house.firmware.start()
    seen = Seen(home, mosquitto.port)
    home.stop()
    home.start(speed=SPEED)

    def more(rows: int = 2) -> None:
        """Wait for so many statistics, telling what is now."""
        have = len(statistics(home, seen.id("energy")))
        for _ in range(60):
            seen.read_now()
            time.sleep(1)
            if len(statistics(home, seen.id("energy"))) >= have + rows:
                return
        raise AssertionError("no statistics")

    more()
    # The energy page takes it as it is.
    source = {"type": "grid", "flow_from": [
        {"stat_energy_from": seen.id(key), "stat_cost": seen.id("cost"), "entity_energy_price": None,
         "number_energy_price": None}
        for key in ("energy", "energy_whole")
    ], "flow_to": [], "cost_adjustment_day": 0.0}  # fmt: skip
    home.ask({"type": "energy/save_prefs", "energy_sources": [source]})
    found = home.ask({"type": "energy/validate"})
    assert not any(issues for group in found.values() for issues in group), found
    assert home.ask({"type": "recorder/validate_statistics"}) == {}

    house.firmware.kill()
    house.firmware.start()
    more()
    house.firmware.stop()
    backup = house.folder / "backup.tar.gz"
    sodien(house, "backup", str(backup))
    house.firmware.start()
    more()
    house.firmware.stop()
    sodien(house, "restore", str(backup))
    house.firmware.start()
    more()
    sodien(house, "dial", "12345.6")
    sodien(house, "meter", "replace", "--at", "now", "--old-final", "12345.7", "--new-initial", "0.0")
    more()
    home.stop()
    home.start(speed=SPEED)
    more()
    house.firmware.stop()
    with closing(Ledger.open(house.ledger_path)) as ledger:
        kwh = [note.kwh for _, note in notes(ledger, "main", CounterNoted)]
    counter = Decimal(house.saved()) / CONSTANT + (kwh[-1] if kwh else 0)
    until(
        lambda: abs(Decimal(str(statistics(home, seen.id("energy"))[-1]["state"])) - counter) <= CENT,
        60,
        "the statistics end at what the ledger has counted",
    )
    for key in ("energy", "energy_whole"):
        rows = statistics(home, seen.id(key))
        moved = Decimal(str(rows[-1]["state"])) - Decimal(str(rows[0]["state"]))
        summed = Decimal(str(rows[-1]["sum"])) - Decimal(str(rows[0]["sum"]))
        assert moved > 0
        assert abs(moved - summed) < Decimal("0.001"), key
    assert home.ask({"type": "recorder/validate_statistics"}) == {}
    assert home.complaints() == []
