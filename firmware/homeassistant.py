"""Home Assistant's MQTT discovery: one device with all its meters, announced in one retained message.

Pure: payloads in and out; the publishing thread sends them. The rules are Home Assistant's (MQTT integration,
"device discovery"; sensor integration, state classes):

* A device's configuration names its components; one that is left out stays until it has been announced once
  with nothing but its platform. So the old announcement, which the broker retains, is read back first.
* The Energy dashboard takes a sensor with device class ``energy`` and state class ``total_increasing``, and
  takes a value below nine tenths of the last for a new meter. A dial reading or a replaced meter may lower
  the register, so the energy sensor is the counter since installation, which never goes down; the register
  as on the dial is a second sensor without a state class.
* ``None`` as a state means "unknown".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from sodien.i18n import tr
from sodien.protocol.topics import OFFLINE, ONLINE, ROOT, Topics, letters_of, valid_name

#: Seconds after which a power that no message renews is unknown; live states come once a minute at least.
EXPIRE_POWER_S = 300
#: Where Home Assistant says that it has started and wants to hear everything anew.
BIRTH, BIRTH_PAYLOAD = "status", b"online"
_SENSOR, _BINARY = "sensor", "binary_sensor"


def config_topic(prefix: str, device: str) -> str:
    """Where a device announces itself."""
    return f"{prefix}/device/{_slug(device, '-')}/config"


def birth_topic(prefix: str) -> str:
    """Where Home Assistant announces itself."""
    return f"{prefix}/{BIRTH}"


def announcement(device: str, meters: list[str], version: str, currency: str | None = None) -> dict[str, Any]:
    """The configuration of a device with these meters; ``currency`` (ISO 4217) adds the cost so far."""
    topics = Topics(device)
    components: dict[str, Any] = {
        "connection": {
            "p": _BINARY,
            "unique_id": f"sodien_{device}_connection",
            "name": tr("connection"),
            "device_class": "connectivity",
            "entity_category": "diagnostic",
            "state_topic": topics.availability,
            "payload_on": ONLINE,
            "payload_off": OFFLINE,
            "availability": [],
        }
    }
    for meter in meters:
        before = f"{meter} " if len(meters) > 1 else ""
        for key, component in _of_meter(currency):
            components[f"{_slug(meter)}_{key}"] = {
                **component,
                "name": before + component["name"],
                "unique_id": f"sodien_{device}_{meter}_{key}",
                "default_entity_id": f"{component['p']}.{_slug(device)}_{_slug(meter)}_{key}",
                "state_topic": topics.live(meter),
            }
    return {
        "dev": {"ids": [f"sodien_{device}"], "name": f"Sodien {device}", "mf": "Sodien", "sw": version},
        "o": {"name": "Sodien", "sw": version},
        "availability": [
            {
                "topic": topics.availability,
                "payload_available": ONLINE,
                "payload_not_available": OFFLINE,
            }
        ],
        "qos": 0,
        "cmps": components,
    }


class Discovery:
    """What the publishing thread says to Home Assistant, and what it listens to.

    Each answer is a list of (topic, payload) to publish retained, in order. Nothing is kept: what was
    announced earlier is what the broker retains. A crash in the moment between the announcement and the
    answer to the older one leaves the components of a removed meter in Home Assistant, as unavailable;
    they can be deleted there.
    """

    def __init__(self, prefix: str, device: str, make: Callable[[], dict[str, Any]] | None) -> None:
        """``make`` returns an :func:`announcement`; None withdraws what was announced earlier.

        It is called once, when there is somebody to tell, in the thread that publishes.
        """
        self._make = make
        self._topics = Topics(device)
        self._config_topic = config_topic(prefix, device)
        self._birth_topic = birth_topic(prefix)
        self.listens_to = (self._config_topic, self._birth_topic)

    @cached_property
    def _config(self) -> dict[str, Any] | None:
        return self._make() if self._make is not None else None

    def connected(self) -> list[tuple[str, bytes]]:
        """The broker is there; :attr:`listens_to` has been subscribed to before."""
        return [(self._config_topic, _encode(self._config))] if self._config is not None else []

    def heard(self, topic: str, payload: bytes, retained: bool) -> list[tuple[str, bytes]]:
        """Something came on a topic that this listens to."""
        if topic == self._birth_topic:
            return self.connected() if payload == BIRTH_PAYLOAD else []
        if not retained or not payload:
            return []  # our own words come back
        gone, topics = _gone(payload, self._config)
        clear = [(live, b"") for live in topics if self._is_live(live)]
        if self._config is None:
            return [(self._config_topic, b""), *clear]
        if not gone:
            return []
        first = {**self._config, "cmps": {**self._config["cmps"], **gone}}
        return [(self._config_topic, _encode(first)), *clear, *self.connected()]

    def _is_live(self, topic: str) -> bool:
        """Whether a retained announcement names a live topic of this device: nothing else is cleared."""
        meter = topic.removeprefix(f"{ROOT}/{self._topics.device}/").removesuffix("/live")
        return valid_name(meter) and topic == self._topics.live(meter)


def _gone(retained: bytes, config: dict[str, Any] | None) -> tuple[dict[str, Any], list[str]]:
    """Components of an older announcement that are no more, as their removal; state topics nobody fills."""
    now = config["cmps"] if config is not None else {}
    try:
        old = json.loads(retained)["cmps"]
        gone = {
            key: {"p": str(component["p"])}
            for key, component in old.items()
            if key not in now and len(component) > 1
        }
        topics = {str(component["state_topic"]) for component in old.values() if len(component) > 1}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}, []  # no announcement of ours; it is about to be overwritten
    return gone, sorted(topics - {component["state_topic"] for component in now.values()})


def _encode(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _of_meter(currency: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """The components of one meter: (key, configuration without what depends on the meter)."""
    yield (
        "energy",
        {
            "p": _SENSOR,
            "name": tr("energy since installation"),
            "device_class": "energy",
            "state_class": "total_increasing",
            "unit_of_measurement": "kWh",
            "suggested_display_precision": 2,
            "value_template": _value("counter_kwh"),
        },
    )
    yield (
        "power",
        {
            "p": _SENSOR,
            "name": tr("power"),
            "device_class": "power",
            "state_class": "measurement",
            "unit_of_measurement": "W",
            "suggested_display_precision": 0,
            "expire_after": EXPIRE_POWER_S,
            "value_template": _value("power_w"),
        },
    )
    for key, name, path in (
        ("register", tr("register"), "register.best"),
        ("register_low", tr("register, lower bound"), "register.low"),
        ("register_high", tr("register, upper bound"), "register.high"),
        ("today", tr("today"), "today_kwh.best"),
        ("period", tr("this billing period"), "period_kwh.best"),
    ):
        yield (
            key,
            {
                "p": _SENSOR,
                "name": name,
                "device_class": "energy",
                "unit_of_measurement": "kWh",
                "suggested_display_precision": 2,
                "value_template": _value(path),
            }
            | ({"entity_category": "diagnostic"} if "_" in key else {}),
        )
    if currency is not None:
        yield (
            "cost",
            {
                "p": _SENSOR,
                "name": tr("cost of this billing period"),
                "device_class": "monetary",
                "unit_of_measurement": currency,
                "suggested_display_precision": 0,
                "value_template": _value("cost.best"),
            },
        )
    yield (
        "coverage",
        {
            "p": _SENSOR,
            "name": tr("coverage today"),
            "unit_of_measurement": "%",
            "suggested_display_precision": 1,
            "entity_category": "diagnostic",
            "value_template": _value("coverage", " * 100"),
        },
    )
    yield (
        "reading_day",
        {
            "p": _SENSOR,
            "name": tr("next reading day"),
            "device_class": "date",
            "value_template": _value("reading_day"),
        },
    )
    yield (
        "read_dial",
        {
            "p": _BINARY,
            "name": tr("time to read the dial"),
            "value_template": "{{ 'ON' if value_json.reminder is defined else 'OFF' }}",
        },
    )
    yield (
        "problem",
        {
            "p": _BINARY,
            "name": tr("problem"),
            "device_class": "problem",
            "entity_category": "diagnostic",
            "value_template": "{{ 'ON' if value_json.problem is defined else 'OFF' }}",
        },
    )


def _value(path: str, after: str = "") -> str:
    """A template for a field that may be absent, also inside an object that may be absent."""
    first, _, rest = path.partition(".")
    value = f"value_json.{first}.{rest}" if rest else f"value_json.{first}"
    value = f"(value_json.{first} | float){after}" if after else value
    return f"{{{{ {value} if value_json.{first} is defined else None }}}}"


def _slug(name: str, separator: str = "_") -> str:
    """A name in the characters that Home Assistant allows in ids."""
    kept = letters_of(name) if separator == "_" else name.replace(".", separator)
    return kept.strip(separator) or "x"
