"""Home Assistant's discovery: the documented rules, and what is said on a real broker."""

from __future__ import annotations

import datetime as dt
import json
import re
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import paho.mqtt.client as paho
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, Template
from paho.mqtt.enums import CallbackAPIVersion

from firmware.home_asked import Asked
from firmware.home_discovery import Discovery, birth_topic, discovery_of, page_address
from firmware.homeassistant import announcements, config_topic
from firmware.live import reminder
from firmware.publisher import Publisher
from sodien import i18n
from sodien.bills import tariff_files
from sodien.bills.cost_so_far import Costs
from sodien.ledger.store import Ledger
from sodien.mqtt import Broker
from sodien.protocol.messages import Home as HomeState
from sodien.protocol.messages import Live, encode
from sodien.protocol.topics import Topics, valid_name
from sodien.settings.model import MeterSettings, parse
from tests.chain.household import Household
from tests.firmware.house import House, settings_of, steady
from tests.firmware.test_publisher import until
from tests.support.rows import body_of
from tests.support.servers import Mosquitto

DEVICE, PREFIX = "nha-toi", "homeassistant"
CONFIG, BIRTH = config_topic(PREFIX, DEVICE), birth_topic(PREFIX)
MAIN, SHOP = (config_topic(PREFIX, DEVICE, meter) for meter in ("main", "shop"))
TOPICS = Topics(DEVICE)

# What Home Assistant's documents allow: MQTT sensor, MQTT binary sensor, device discovery; sensor classes.
SHARED = {
    "p", "unique_id", "default_entity_id", "name", "device_class", "entity_category", "state_topic",
    "value_template", "expire_after", "availability", "icon", "enabled_by_default",
    "json_attributes_topic", "json_attributes_template",
}  # fmt: skip
ALLOWED = {
    "sensor": SHARED
    | {
        "state_class",
        "unit_of_measurement",
        "suggested_display_precision",
        "last_reset_value_template",
        "options",
    },
    "binary_sensor": SHARED | {"payload_on", "payload_off"},
    "button": {"p", "unique_id", "default_entity_id", "name", "icon", "command_topic", "payload_press"},
    "event": {"p", "unique_id", "default_entity_id", "name", "icon", "state_topic", "event_types"},
    "text": SHARED - {"expire_after"} | {"max", "command_topic", "command_template"},
    "device_automation": {"p", "automation_type", "topic", "type", "subtype", "payload", "value_template"},
}
TRIGGER = {"device_automation"}
DEVICE_KEYS = {"ids", "name", "mf", "mdl", "sw", "sn", "cu", "via_device"}
UNITS = {"energy": {"Wh", "kWh", "MWh"}, "power": {"W", "kW"}, "monetary": {"VND"}, "date": {None}}
STATE_CLASSES = {
    "energy": {"total", "total_increasing"},
    "power": {"measurement"},
    "monetary": {"total"},
    None: {"measurement"},
}
#: What a broker with a small limit takes.
MOST_B = 14_000
#: With all that may be asked for.
MOST_ALL_B = 18_000


def meters_of(ids: Iterable[str], meter: str = "") -> tuple[MeterSettings, ...]:
    rows = "".join(f"  - {{id: {name}, pin: {pin}, constant: 1600{meter}}}\n" for pin, name in enumerate(ids))
    return parse(f"device: {DEVICE}\ngpio: {{chip: 1}}\nmeters:\n{rows}", Path("x.yaml")).meters


ALL = Asked(dial=True, claim=True, measure=True)


def announced(ids: Iterable[str], version: str = "1.0", **more: Any) -> dict[str, dict[str, Any]]:
    return announcements(PREFIX, DEVICE, meters_of(ids), version, **more)


def rules(found: dict[str, dict[str, Any]]) -> None:
    """Raises AssertionError where the documented rules are broken."""
    components = [(key, one) for payload in found.values() for key, one in payload["cmps"].items()]
    for topic, payload in found.items():
        assert re.fullmatch(rf"{PREFIX}/device/([a-zA-Z0-9_-]+/)?[a-zA-Z0-9_-]+/config", topic)
        assert set(payload) <= {"dev", "o", "cmps", "availability", "qos", "migrate_discovery"}
        assert payload["dev"]["ids"]
        assert set(payload["dev"]) <= DEVICE_KEYS
        assert payload["o"]["name"]
    triggers = [(one["type"], one["subtype"]) for _, one in components if one["p"] in TRIGGER]
    assert len(triggers) == (len(found) - 1) * len(set(triggers))
    unique = [one["unique_id"] for _, one in components if one["p"] not in TRIGGER]
    assert len(set(unique)) == len(unique)
    entities = [one["default_entity_id"] for _, one in components if "default_entity_id" in one]
    assert len(set(entities)) == len(entities)
    for key, one in components:
        assert re.fullmatch(r"[a-zA-Z0-9_-]+", key)
        assert set(one) <= ALLOWED[one["p"]], key
        if one["p"] in TRIGGER:
            continue
        assert one.get("state_topic") or one["command_topic"]
        assert one["name"][0].isupper(), key
        assert re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", one.get("default_entity_id", "sensor.x")), key
        kind = one.get("device_class")
        if kind in UNITS:
            assert one.get("unit_of_measurement") in UNITS[kind], key
        if "state_class" in one:
            assert one["state_class"] in STATE_CLASSES[kind], key
        if "last_reset_value_template" in one:
            assert one["state_class"] == "total", key
        if kind == "date":
            assert "state_class" not in one


@pytest.mark.parametrize("meters", [["main"], ["main", "Nhà.trọ-2".encode("ascii", "ignore").decode()]])
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_announcements_keep_the_documented_rules(meters: list[str], language: str) -> None:
    with i18n.speaking(language):
        found = announced(
            meters,
            currency="VND",
            page="http://192.0.2.7:8470/",
            asked=ALL,
        )
    rules(found)
    assert next(iter(found)) == CONFIG
    pi, *others = (payload["dev"] for payload in found.values())
    assert [one["via_device"] for one in others] == pi["ids"] * len(meters)


def test_one_sensor_of_each_kind_fits_the_energy_dashboard() -> None:
    for topic, payload in list(announced(["main", "shop"], currency="VND").items())[1:]:
        classes = {key: one["state_class"] for key, one in payload["cmps"].items() if "state_class" in one}
        assert classes == {
            "energy": "total_increasing",
            "energy_whole": "total",
            "power": "measurement",
            "cost": "total",
        }, topic


def test_a_sub_meter_has_no_cost_of_its_own() -> None:
    main, room = meters_of(["main", "room1"])
    meters = [main, msgspec.structs.replace(room, sub_of="main")]
    _, one, other = announcements(PREFIX, DEVICE, meters, "1.0", currency="VND").values()
    money = {key for key, part in one["cmps"].items() if "VND" in str(part.get("unit_of_measurement"))}
    assert "cost" in money
    assert one["cmps"].keys() - other["cmps"].keys() == {*money, "next_tier"}


@pytest.mark.parametrize(("language", "named"), [("en", "delivered to the grid"), ("vi", "phát lên lưới")])
def test_what_is_delivered_is_named_so_and_fits_return_to_grid(language: str, named: str) -> None:
    main, sun = meters_of(["main", "sun"])
    meters = [msgspec.structs.replace(sun, delivery_of="main"), main]
    with i18n.speaking(language):
        found = announcements(PREFIX, DEVICE, meters, "1.0", currency="VND", asked=ALL)
    rules(found)
    _, sun_parts, main_parts = (one["cmps"] for one in found.values())
    energy = sun_parts["energy"]
    assert (energy["device_class"], energy["state_class"]) == ("energy", "total_increasing")
    for key in ("energy", "energy_whole", "power", "today", "period"):
        assert named in sun_parts[key]["name"].lower(), key
        assert named not in main_parts[key]["name"].lower(), key
    assert not [key for key, part in sun_parts.items() if "VND" in str(part.get("unit_of_measurement"))]
    assert "cost" in main_parts
    assert {"measure", "dial"} <= main_parts.keys()
    assert {"measure", "dial"} & sun_parts.keys() == {"dial"}


def of_state() -> list[dict[str, Any]]:
    """The components whose state is that of the meter."""
    components = announced(["main"], currency="VND", asked=ALL)[MAIN]["cmps"].values()
    return [one for one in components if one.get("state_topic") == TOPICS.home("main")]


def test_every_template_names_a_field_of_the_state() -> None:
    fields = set(HomeState.__struct_fields__)
    for one in of_state():
        for name in ("value_template", "last_reset_value_template", "json_attributes_template"):
            named = set(re.findall(r"value_json\.(\w+)", one.get(name, "")))
            assert named <= fields
            # A field may be absent: nothing is read before it is known to be there.
            assert not named or "is defined" in one[name]


@cache
def compiled(template: str) -> Template:
    return Environment(autoescape=False).from_string(template)


def rendered(template: str, state: HomeState) -> str:
    return compiled(template).render(value_json=json.loads(encode(state)))


def test_what_is_not_known_is_unknown_and_has_no_attribute() -> None:
    for one in of_state():
        assert rendered(one["value_template"], HomeState(0)) in ("None", "OFF")
        assert rendered(one.get("last_reset_value_template", ""), HomeState(0)) == ""
        assert rendered(one.get("json_attributes_template", "{}"), HomeState(0)) == "{}"


@pytest.mark.parametrize(("asked", "most"), [(Asked(dial=True), MOST_B), (ALL, MOST_ALL_B)])
@pytest.mark.parametrize("count", [1, 24, 60])
def test_however_many_meters_no_message_is_long(count: int, asked: Asked, most: int) -> None:
    page = "http://nha-toi.local:8470/"
    found = announced(
        [f"phong-{n}" for n in range(count)],
        currency="VND",
        page=page,
        asked=asked,
    )
    assert len(found) == count + 1
    rules(found)
    discovery = Discovery(PREFIX, DEVICE, lambda: found)
    assert max(len(payload) for _, payload in discovery.connected()) < most


def test_the_page_is_where_others_reach_it() -> None:
    def page(text: str) -> str | None:
        minimal = f"device: a\nmeters: [{{id: m, pin: 1, constant: 1}}]\npage: {text}\n"
        return page_address(parse(minimal, Path("x.yaml")).page)

    assert page("{}") is None
    assert page("{base: /dien, trusted_proxy: 127.0.0.1}") is None
    assert page("{listen: 192.168.1.7, passphrase_file: x}") == "http://192.168.1.7:8470/"
    assert page("{listen: 'fd00::7', passphrase_file: x}") == "http://[fd00::7]:8470/"
    assert page("{listen: 0.0.0.0, passphrase_file: x}") == f"http://{socket.gethostname()}.local:8470/"


def test_a_component_that_is_gone_is_announced_as_removed() -> None:
    old = announced(["main"])
    old[MAIN]["cmps"]["former"] = {"p": "sensor", "unique_id": "x", "state_topic": TOPICS.live("main")}
    discovery = Discovery(PREFIX, DEVICE, lambda: announced(["main"], "1.1"))
    (topic, first), *rest = discovery.heard(MAIN, json.dumps(old[MAIN]).encode(), retained=True)
    assert topic == MAIN
    assert json.loads(first)["cmps"]["former"] == {"p": "sensor"}
    assert rest == discovery.connected(), "and nothing of a meter that is there is cleared"


def test_a_component_that_is_under_another_device_now_is_not_removed() -> None:
    """Home Assistant forgets the entity id of what is removed (tried in interop/test_home_assistant.py)."""
    now = announced(["main"])
    old = {**now[CONFIG], "cmps": now[CONFIG]["cmps"] | {"main_power": now[MAIN]["cmps"]["power"]}}
    discovery = Discovery(PREFIX, DEVICE, lambda: now)
    assert discovery.heard(CONFIG, json.dumps(old).encode(), retained=True) == []


def test_a_meter_that_is_gone_is_withdrawn_and_its_state_cleared() -> None:
    discovery = Discovery(PREFIX, DEVICE, lambda: announced(["main"], "1.1"))
    said = discovery.heard(SHOP, json.dumps(announced(["main", "shop"])[SHOP]).encode(), retained=True)
    assert said == [(SHOP, b""), (TOPICS.home("shop"), b"")]


def test_what_it_listens_to() -> None:
    discovery = Discovery(PREFIX, DEVICE, None)
    assert all(discovery.hears(topic) for topic in (CONFIG, MAIN, SHOP, BIRTH))
    for topic in ("", f"{PREFIX}/device/other/config", f"{PREFIX}/device/{DEVICE}/a/b/config", MAIN + "x"):
        assert not discovery.hears(topic)


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
    discovery = Discovery(PREFIX, DEVICE, lambda: announced(["main"]))
    assert discovery.heard(MAIN, payload, retained=True) == []


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
                "f": TOPICS.home("main"),
            }.items()
        }
    }
    discovery = Discovery(PREFIX, DEVICE, lambda: announced(["main"]))
    said = discovery.heard(CONFIG, json.dumps(evil).encode(), retained=True)
    assert {topic for topic, _ in said} == {CONFIG, MAIN}


class Home:
    """What Home Assistant would see on the broker."""

    def __init__(self, port: int) -> None:
        self.configs: list[dict[str, Any]] = []
        self.cleared: list[str] = []
        self.topics: list[str] = []
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
            return
        self.topics.append(message.topic)
        if message.topic == MAIN:
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
    old = announced(["main", "shop"], "0.9")
    old[MAIN]["cmps"]["former"] = {"p": "sensor", "unique_id": "x", "state_topic": TOPICS.live("main")}
    for topic in (MAIN, SHOP):
        home.say(topic, json.dumps(old[topic]).encode(), retain=True)
    home.say(TOPICS.home("shop"), b"{}", retain=True)
    config = announced(["main"], "1.0")[MAIN]
    device = publisher(
        tmp_path, mosquitto.port, Discovery(PREFIX, DEVICE, lambda: announced(["main"], "1.0"))
    )
    device.start()
    try:
        until(lambda: {TOPICS.home("shop"), SHOP} <= set(home.cleared), "the removed meter is gone")
        until(
            lambda: home.configs[-1:] == [config] and len(home.configs) == 4, "announced, removed, announced"
        )
        assert home.configs[2]["cmps"]["former"] == {"p": "sensor"}
        home.say(BIRTH, b"online")
        until(lambda: len(home.configs) == 5, "announced again when Home Assistant starts")
        assert home.configs[4] == config
    finally:
        device.stop(1)
    late = Home(mosquitto.port)
    until(lambda: late.configs == [config], "the broker keeps the announcement")
    late.client.disconnect()
    late.client.loop_stop()


def test_sixty_meters_on_a_broker_with_a_small_limit(tmp_path: Path) -> None:
    found = announced([f"phong-{n}" for n in range(60)], currency="VND", asked=Asked(dial=True))
    folder = tmp_path / "broker"
    folder.mkdir()
    with Mosquitto(folder, lines=("max_packet_size 20000",)) as broker:
        person = Home(broker.port)
        device = publisher(tmp_path, broker.port, Discovery(PREFIX, DEVICE, lambda: found))
        device.start()
        try:
            until(lambda: set(found) <= set(person.topics), "every meter is announced")
            assert device.retained.denied == ()
        finally:
            device.stop(1)
            person.client.disconnect()
            person.client.loop_stop()


def test_the_settings_say_in_which_language(tmp_path: Path, mosquitto: Mosquitto, home: Home) -> None:
    with Household(tmp_path, mosquitto.port, "http://127.0.0.1:1") as house:
        with house.file.open("a") as file:
            file.write("language: vi\n")
        house.firmware.start()
        until(lambda: home.configs, "announced")
    assert home.configs[-1]["cmps"]["power"]["name"] == "Công suất"


def test_switched_off_it_withdraws_what_was_announced(
    tmp_path: Path, mosquitto: Mosquitto, home: Home
) -> None:
    for topic, config in announced(["main"], "0.9").items():
        home.say(topic, json.dumps(config).encode(), retain=True)
    device = publisher(tmp_path, mosquitto.port, Discovery(PREFIX, DEVICE, None))
    device.start()
    try:
        until(lambda: {CONFIG, MAIN, TOPICS.home("main")} <= set(home.cleared), "withdrawn")
    finally:
        device.stop(1)


def test_the_settings_choose(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    ledger = Ledger.open(settings.ledger.path, create=True, durable=False)
    (topic, _), (_, payload) = discovery_of(settings, Costs(settings, ledger)).connected()
    assert topic == CONFIG
    assert json.loads(payload)["cmps"]["cost"]["unit_of_measurement"] == "VND"
    settings = settings_of(tmp_path, meter=", billing: {tariff: nowhere}")
    _, (_, payload) = discovery_of(settings, Costs(settings, ledger)).connected()
    assert "cost" not in json.loads(payload)["cmps"]
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


@given(st.lists(st.text("Aa0._-", min_size=1, max_size=5).filter(valid_name), min_size=2, unique=True))
def test_no_two_devices_announce_themselves_in_one_place(names: list[str]) -> None:
    topics = {config_topic(PREFIX, name, meter) for name in names for meter in (None, "main")}
    assert len(topics) == 2 * len(names)
    assert all(
        re.fullmatch(rf"{PREFIX}/device/([a-zA-Z0-9_-]+/)?[a-zA-Z0-9_-]+/config", one) for one in topics
    )


def test_what_a_dotted_name_announced_in_anothers_place_is_cleared_and_the_others_is_left() -> None:
    dotted, other = "nha.toi", "nha-toi"
    found = announcements(PREFIX, dotted, meters_of(["main"]), "1.0")
    discovery = Discovery(PREFIX, dotted, lambda: found)
    for meter in (None, "main"):
        place = config_topic(PREFIX, other, meter)
        assert discovery.hears(place)
        old = json.dumps(found[config_topic(PREFIX, dotted, meter)]).encode()
        assert discovery.heard(place, old, retained=True) == [(place, b""), *discovery.connected()]
        theirs = announcements(PREFIX, other, meters_of(["main"]), "1.0")[place]
        for payload in (json.dumps(theirs).encode(), b"", b"[]", b'{"dev":{"ids":[]}}'):
            assert discovery.heard(place, payload, retained=True) == []
    assert not discovery.hears(config_topic(PREFIX, other + "x"))
