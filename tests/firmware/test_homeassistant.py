"""Home Assistant's discovery: the documented rules, and what is said on a real broker."""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from firmware.daemon import discovery_of
from firmware.homeassistant import Discovery, announcement, birth_topic, config_topic
from firmware.live import reminder
from firmware.publisher import Publisher
from sodien.bills import tariff_files
from sodien.bills.cost_so_far import Costs
from sodien.ledger.store import Ledger
from sodien.mqtt import Broker
from sodien.protocol.messages import Live
from sodien.protocol.topics import Topics
from sodien.settings.model import parse
from tests.firmware.house import House, settings_of, steady
from tests.firmware.test_publisher import until
from tests.support.rows import body_of
from tests.support.servers import Mosquitto

DEVICE, PREFIX = "nha-toi", "homeassistant"
CONFIG, BIRTH = config_topic(PREFIX, DEVICE), birth_topic(PREFIX)
TOPICS = Topics(DEVICE)

# What Home Assistant's documents allow: MQTT sensor, MQTT binary sensor, device discovery; sensor classes.
SHARED = {
    "p", "unique_id", "default_entity_id", "name", "device_class", "entity_category", "state_topic",
    "value_template", "expire_after", "availability",
}  # fmt: skip
ALLOWED = {
    "sensor": SHARED | {"state_class", "unit_of_measurement", "suggested_display_precision"},
    "binary_sensor": SHARED | {"payload_on", "payload_off"},
}
UNITS = {"energy": {"Wh", "kWh", "MWh"}, "power": {"W", "kW"}, "monetary": {"VND"}, "date": {None}}
STATE_CLASSES = {"energy": {"total", "total_increasing"}, "power": {"measurement"}, "monetary": {"total"}}


def rules(payload: dict[str, Any]) -> None:
    """Raises AssertionError where the documented rules are broken."""
    assert set(payload) <= {"dev", "o", "cmps", "availability", "qos", "state_topic", "migrate_discovery"}
    assert payload["dev"]["ids"]
    assert payload["o"]["name"]
    unique = [one["unique_id"] for one in payload["cmps"].values()]
    assert len(set(unique)) == len(unique)
    entities = [one["default_entity_id"] for one in payload["cmps"].values() if "default_entity_id" in one]
    assert len(set(entities)) == len(entities)
    for key, one in payload["cmps"].items():
        assert re.fullmatch(r"[a-zA-Z0-9_-]+", key)
        assert set(one) <= ALLOWED[one["p"]], key
        assert one["state_topic"]
        assert re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", one.get("default_entity_id", "sensor.x")), key
        kind = one.get("device_class")
        if kind in UNITS:
            assert one.get("unit_of_measurement") in UNITS[kind], key
        if "state_class" in one:
            assert one["state_class"] in STATE_CLASSES[kind], key
        if kind == "date":
            assert "state_class" not in one


@pytest.mark.parametrize("meters", [["main"], ["main", "Nhà.trọ-2".encode("ascii", "ignore").decode()]])
def test_the_announcement_keeps_the_documented_rules(meters: list[str]) -> None:
    rules(announcement(DEVICE, meters, "1.0", "VND"))


def test_exactly_one_energy_sensor_a_meter_fits_the_energy_dashboard() -> None:
    payload = announcement(DEVICE, ["main", "shop"], "1.0")
    fitting = [
        key
        for key, one in payload["cmps"].items()
        if one.get("device_class") == "energy" and one.get("state_class") == "total_increasing"
    ]
    assert fitting == ["main_energy", "shop_energy"]


def test_every_template_names_a_field_of_the_live_state() -> None:
    fields = set(Live.__struct_fields__) | {"cost"}
    for one in announcement(DEVICE, ["main"], "1.0", "VND")["cmps"].values():
        named = set(re.findall(r"value_json\.(\w+)", one.get("value_template", "")))
        assert named <= fields
        # A field may be absent: nothing is read before it is known to be there.
        assert not named or "is defined" in one["value_template"]


def test_what_is_gone_is_announced_as_removed_and_its_topic_cleared() -> None:
    old = json.dumps(announcement(DEVICE, ["main", "shop"], "1.0")).encode()
    config = announcement(DEVICE, ["main"], "1.1")
    discovery = Discovery(PREFIX, DEVICE, lambda: config)
    first, cleared, last = discovery.heard(CONFIG, old, retained=True)
    components = json.loads(first[1])["cmps"]
    assert components["shop_energy"] == {"p": "sensor"}
    assert components["shop_problem"] == {"p": "binary_sensor"}
    assert components["main_energy"] == config["cmps"]["main_energy"]
    assert cleared == (TOPICS.live("shop"), b"")
    assert json.loads(last[1]) == config


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"no json",
        b"[]",
        b'{"cmps": 5}',
        b'{"cmps": {"x": 5}}',
        b'{"cmps": {"x": {"p": "sensor"}}}',
        b"\xff",
        b'{"cmps":' + b"[" * 99_999 + b"]" * 99_999 + b"}",
    ],
)
def test_whatever_the_broker_kept_does_no_harm(payload: bytes) -> None:
    discovery = Discovery(PREFIX, DEVICE, lambda: announcement(DEVICE, ["main"], "1.0"))
    assert discovery.heard(CONFIG, payload, retained=True) == []


def test_a_false_announcement_clears_no_foreign_topic() -> None:
    evil = {
        "cmps": {
            name: {"p": "sensor", "unique_id": name, "state_topic": topic}
            for name, topic in {
                "a": "other/topic",
                "b": f"sodien/{DEVICE}/availability",
                "c": "sodien/neighbour/main/live",
                "d": f"sodien/{DEVICE}/a/b/live",
                "e": f"sodien/{DEVICE}/#/live",
            }.items()
        }
    }
    discovery = Discovery(PREFIX, DEVICE, lambda: announcement(DEVICE, ["main"], "1.0"))
    said = discovery.heard(CONFIG, json.dumps(evil).encode(), retained=True)
    assert {topic for topic, _ in said} == {CONFIG}


class Home:
    """What Home Assistant would see on the broker."""

    def __init__(self, port: int) -> None:
        self.configs: list[dict[str, Any]] = []
        self.cleared: list[str] = []
        ready = threading.Event()
        self.client = paho.Client(CallbackAPIVersion.VERSION2)
        self.client.on_connect = lambda c, *_: c.subscribe([(f"{PREFIX}/device/#", 1), ("sodien/#", 1)])
        self.client.on_subscribe = lambda *_: ready.set()
        self.client.on_message = self._hear
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert ready.wait(10)

    def _hear(self, _client: Any, _user: Any, message: paho.MQTTMessage) -> None:
        if not message.payload:
            self.cleared.append(message.topic)
        elif message.topic == CONFIG:
            self.configs.append(json.loads(message.payload))

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(5)


@pytest.fixture
def home(mosquitto: Mosquitto) -> Iterator[Home]:
    one = Home(mosquitto.port)
    yield one
    one.client.disconnect()
    one.client.loop_stop()


def publisher(folder: Path, port: int, discovery: Discovery) -> Publisher:
    path = settings_of(folder).ledger.path
    Ledger.open(path, create=True).close()
    return Publisher(
        Broker("127.0.0.1", port), DEVICE, lambda: Ledger.open(path), lambda _own: list, discovery=discovery
    )


def test_on_a_real_broker(tmp_path: Path, mosquitto: Mosquitto, home: Home) -> None:
    home.say(CONFIG, json.dumps(announcement(DEVICE, ["main", "shop"], "0.9")).encode(), retain=True)
    home.say(TOPICS.live("shop"), b"{}", retain=True)
    config = announcement(DEVICE, ["main"], "1.0")
    device = publisher(tmp_path, mosquitto.port, Discovery(PREFIX, DEVICE, lambda: config))
    device.start()
    try:
        until(lambda: TOPICS.live("shop") in home.cleared, "the removed meter's state is cleared")
        until(
            lambda: home.configs[-1:] == [config] and len(home.configs) == 4, "announced, removed, announced"
        )
        assert home.configs[2]["cmps"]["shop_energy"] == {"p": "sensor"}
        home.say(BIRTH, b"online")
        until(lambda: len(home.configs) == 5, "announced again when Home Assistant starts")
        assert home.configs[4] == config
    finally:
        device.stop(1)
    late = Home(mosquitto.port)
    until(lambda: late.configs == [config], "the broker keeps the announcement")
    late.client.disconnect()
    late.client.loop_stop()


def test_switched_off_it_withdraws_what_was_announced(
    tmp_path: Path, mosquitto: Mosquitto, home: Home
) -> None:
    home.say(CONFIG, json.dumps(announcement(DEVICE, ["main"], "0.9")).encode(), retain=True)
    device = publisher(tmp_path, mosquitto.port, Discovery(PREFIX, DEVICE, None))
    device.start()
    try:
        until(lambda: {CONFIG, TOPICS.live("main")} <= set(home.cleared), "withdrawn")
    finally:
        device.stop(1)


def test_the_settings_choose(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    ledger = Ledger.open(settings.ledger.path, create=True, durable=False)
    ((topic, payload),) = discovery_of(settings, Costs(settings, ledger)).connected()
    assert topic == CONFIG
    assert json.loads(payload)["cmps"]["main_cost"]["unit_of_measurement"] == "VND"
    settings = settings_of(tmp_path, meter=", billing: {tariff: nowhere}")
    ((_, payload),) = discovery_of(settings, Costs(settings, ledger)).connected()
    assert "main_cost" not in json.loads(payload)["cmps"]
    ledger.close()


def test_the_tariff_is_not_read_before_somebody_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes a Pi a while, and at start edges are coming already."""
    settings = settings_of(tmp_path)
    read: list[object] = []
    load = tariff_files.load_book

    def watched(*words: Any) -> Any:
        read.append(words)
        return load(*words)

    monkeypatch.setattr(tariff_files, "load_book", watched)
    with closing(Ledger.open(settings.ledger.path, create=True, durable=False)) as ledger:
        discovery = discovery_of(settings, Costs(settings, ledger))
        assert discovery.heard(f"{PREFIX}/other", b"", retained=False) == []
        assert read == []
        assert discovery.connected() == discovery.connected() != []
        assert len(read) == 1


def test_the_energy_counter_never_goes_down(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    seen: list[Decimal] = []

    def live() -> Live:
        assert house.station is not None
        return house.station.state(1).live["main"]

    def count(minutes: int) -> None:
        for _ in range(minutes):
            house.play(60)
            counter = live().counter_kwh
            assert counter is not None
            seen.append(counter)

    house.start()
    count(5)
    house.read_dial(Fraction(100))
    count(5)
    house.kill()
    house.play(60)
    # A wrong constant is corrected in the settings: the register moves, the counter only goes on.
    house.settings = parse(
        (
            f"device: nha-toi\nledger: {{path: {tmp_path}/ledger.db}}\n"
            "meters: [{id: main, pin: 17, constant: 3200}]\n"
        ),
        tmp_path / "sodien.yaml",
    )
    house.start()
    count(5)
    house.reboot()
    house.start()
    house.play(5)
    counter = live().counter_kwh
    assert counter is not None, "what is counted needs no clock"
    assert (live().at, live().register) == (None, None)
    seen.append(counter)
    house.clock.synchronise()
    count(5)
    assert seen == sorted(seen)
    assert house.station is not None
    pulses = house.station.recorder.meters[0].counter.on_disk  # a pulse is told when nothing takes it back
    changes = [row for row in house.ledger.of_kind("event", "main") if body_of(row)["what"] == "meter"]
    before = changes[-1].pulses
    assert len(changes) == 2
    assert before is not None
    assert seen[-1] == Decimal(before) / 1600 + Decimal(pulses - before) / 3200


@pytest.mark.parametrize(
    ("today", "day", "word"),
    [
        ("2026-11-28", "2026-11-30", None),
        ("2026-11-29", "2026-11-30", "tomorrow"),
        ("2026-11-30", "2026-11-30", "today"),
        ("2026-12-01", "2026-12-31", None),
    ],
)
def test_the_reminder(today: str, day: str, word: str | None) -> None:
    found, near = reminder(dt.date.fromisoformat(today), "last")
    assert (found.isoformat(), near) == (day, word)
