"""A renamed meter or device leaves nothing at the broker that nobody renews, and takes nothing of others."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from firmware.former_names import FormerNames
from firmware.publisher import Publisher
from sodien.ledger.store import Ledger
from sodien.mqtt import Broker
from sodien.protocol.topics import Topics
from tests.firmware.house import settings_of
from tests.support.servers import Mosquitto

NOW, OLD = Topics("nha-toi"), Topics("raspberrypi")
CONFIG = "homeassistant/device/raspberrypi/config"


def test_a_meter_that_is_gone_and_a_name_that_was_left() -> None:
    former = FormerNames("nha-toi", ["main"], ["raspberrypi", "nha-toi"], ["main", "shop"])
    assert former.gone == [
        NOW.live("shop"),
        NOW.home("shop"),
        NOW.dial_answer("shop"),
        NOW.claim_answer("shop"),
        NOW.measure_answer("shop"),
    ]
    assert former.listens_to == (OLD.availability,)
    assert former.heard(OLD.availability, b"online") == [], "another device has it"
    assert former.heard(NOW.availability, b"offline") == []
    assert former.heard(OLD.availability, b"offline") == [
        OLD.live("main"),
        OLD.home("main"),
        OLD.dial_answer("main"),
        OLD.claim_answer("main"),
        OLD.measure_answer("main"),
        OLD.live("shop"),
        OLD.home("shop"),
        OLD.dial_answer("shop"),
        OLD.claim_answer("shop"),
        OLD.measure_answer("shop"),
        CONFIG,
        "homeassistant/device/raspberrypi/main/config",
        "homeassistant/device/raspberrypi/shop/config",
        OLD.availability,
    ]
    assert not FormerNames("nha-toi", ["main"], ["nha-toi"], ["main"]).gone


def test_a_prefix_that_was_left() -> None:
    former = FormerNames("nha-toi", ["main"], counted=["main"], prefixes=["homeassistant", "ha"])
    assert former.gone == [
        "homeassistant/device/nha-toi/config",
        "homeassistant/device/nha-toi/main/config",
    ]


@pytest.mark.parametrize("version", [5, 3])
@pytest.mark.parametrize("there", ["offline", "online"])
def test_on_a_real_broker(tmp_path: Path, mosquitto: Mosquitto, version: int, there: str) -> None:
    person = paho.Client(CallbackAPIVersion.VERSION2)
    kept: dict[str, bytes] = {}

    def message(_c: Any, _u: Any, got: paho.MQTTMessage) -> None:
        kept[got.topic] = got.payload

    person.on_message = message
    person.connect("127.0.0.1", mosquitto.port)
    person.loop_start()
    person.subscribe("#", 1)
    old = {
        OLD.live("main"): b"{}",
        OLD.home("main"): b"{}",
        CONFIG: b"{}",
        CONFIG.replace("/config", "/shop/config"): b"{}",
        OLD.availability: there.encode(),
    }
    gone = {NOW.live("shop"): b"{}", NOW.home("shop"): b"{}", CONFIG.replace("raspberrypi", "nha-toi"): b"{}"}
    for topic, payload in {**old, **gone}.items():
        person.publish(topic, payload, 1, retain=True).wait_for_publish(5)
    path = settings_of(tmp_path).ledger.path
    Ledger.open(path, create=True).close()
    device = Publisher(
        Broker("127.0.0.1", mosquitto.port, version),
        "nha-toi",
        lambda: Ledger.open(path),
        lambda _own: list,
        former=FormerNames(
            "nha-toi", ["main"], ["raspberrypi", "nha-toi"], ["main", "shop"], ["homeassistant", "ha"]
        ),
    )
    device.start()
    try:
        deadline = time.monotonic() + 20
        while any(kept.get(one) != b"" for one in gone) or kept.get(NOW.availability) != b"online":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        while there == "offline" and any(kept.get(topic) != b"" for topic in old):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        if there == "online":
            assert {topic: kept[topic] for topic in old} == old
        assert device.retained.denied == ()
    finally:
        device.stop(1)
        person.disconnect()
        person.loop_stop()


def test_the_ledger_notes_the_names_it_has_had(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db", create=True, durable=False)
    for name in ("a", "a", "b", "c", "b"):
        ledger.named(name)
        ledger.announced(name)
    assert ledger.names() == ledger.prefixes() == ["a", "c", "b"]
    ledger.close()
