"""Home Assistant's MQTT discovery: what is announced of the Pi, and of each meter as a device of its own.

Pure: payloads out. The rules are Home Assistant's (MQTT integration, "device discovery"; sensor integration,
state classes):

* The Energy dashboard takes a sensor with device class ``energy`` and state class ``total_increasing``, and
  takes a value below nine tenths of the last for a new meter. A dial reading or a replaced meter may lower
  the register, so ``energy`` is the counter since installation, which never goes down; the register as on the
  dial is a sensor without a state class.
* What may fall has state class ``total``: its differences are added up, up and down. ``last_reset`` says that
  it has begun anew; where it changes, the whole new value is added.
* A state that is "None" means "unknown"; an attribute template gives an object; an empty ``last_reset`` is
  left as it was.
* A message may not be too long for the broker: each meter has its own announcement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from firmware.home_asked import Asked, asked_of
from firmware.home_templates import attributes, sensor, value
from sodien import formats
from sodien.i18n import tr
from sodien.notify.happened import KINDS
from sodien.protocol.topics import OFFLINE, ONLINE, Topics, letters_of

if TYPE_CHECKING:
    from sodien.settings.model import MeterSettings

#: Seconds after which a power that no message renews is unknown; states come once a minute at least.
EXPIRE_POWER_S = 300
_SENSOR, _BINARY = "sensor", "binary_sensor"


def config_topic(prefix: str, device: str, meter: str | None = None) -> str:
    """Where a device announces itself, or one of its meters; ``+`` stands for any meter.

    Home Assistant takes no dot there. Two devices never announce themselves in one place: a name that has to
    be changed gets a mark of its own.
    """
    node = _slug(device, "-")
    if node != device:
        node += f"-{hashlib.sha256(device.encode()).hexdigest()[:8]}"
    return _config_topic(prefix, node, meter)


def unmarked_topic(prefix: str, device: str, meter: str | None = None) -> str:
    """Where a release before the mark announced the same; perhaps another device's :func:`config_topic`."""
    return _config_topic(prefix, _slug(device, "-"), meter)


def _config_topic(prefix: str, node: str, meter: str | None) -> str:
    names = [node] + ([] if meter is None else [meter if meter == "+" else _slug(meter, "-")])
    return "/".join([prefix, "device", *names, "config"])


def announcements(
    prefix: str,
    device: str,
    meters: Iterable[MeterSettings],
    version: str,
    *,
    currency: str | None = None,
    page: str | None = None,
    asked: Asked | None = None,
) -> dict[str, dict[str, Any]]:
    """What to announce on which topic, in this order.

    Args:
        prefix: of the discovery topics.
        device: its id.
        meters: those of the settings.
        version: of this program.
        currency: ISO 4217; None leaves out what is money.
        page: address of the household's page, where others can reach it.
        asked: what may be asked of the meters.
    """
    topics = Topics(device)
    shared: dict[str, Any] = {
        "o": {"name": "Sodien", "sw": version},
        "availability": [
            {
                "topic": topics.availability,
                "payload_available": ONLINE,
                "payload_not_available": OFFLINE,
            }
        ],
        "qos": 0,
    }
    about = {"mf": "Sodien", "sw": version} | ({"cu": page} if page is not None else {})
    connection = {
        "p": _BINARY,
        "unique_id": f"sodien_{device}_connection",
        "name": tr("Connection"),
        "device_class": "connectivity",
        "entity_category": "diagnostic",
        "state_topic": topics.availability,
        "payload_on": ONLINE,
        "payload_off": OFFLINE,
        "availability": [],
    }
    own = {
        "ids": [f"sodien_{device}"],
        "name": f"Sodien {device}",
        "mdl": tr("Pulse counter on a Raspberry Pi"),
        **about,
    }
    found = {config_topic(prefix, device): {"dev": own, **shared, "cmps": {"connection": connection}}}
    for meter in meters:
        dev = {
            "ids": [f"sodien_{device}/{meter.id}"],
            "name": tr("Meter {meter}", meter=meter.id),
            "mdl": tr("Electricity meter, {constant} imp/kWh", constant=formats.number(meter.constant)),
            "via_device": f"sodien_{device}",
            **about,
        }
        if meter.billing.serial is not None:
            dev["sn"] = meter.billing.serial
        components = {
            key: _placed(key, component, device, meter.id)
            for key, component in (
                *_of_meter(currency if meter.own_bill else None, delivered=meter.delivery_of is not None),
                *_asked_and_told(topics, meter.id, _of_this(asked or Asked(), meter)),
            )
        }
        found[config_topic(prefix, device, meter.id)] = {"dev": dev, **shared, "cmps": components}
    return found


def _placed(key: str, component: dict[str, Any], device: str, meter: str) -> dict[str, Any]:
    """A component with its ids and topics; a trigger has none of its own."""
    if component["p"] == "device_automation":
        return component
    home = Topics(device).home(meter)
    placed = {
        "unique_id": f"sodien_{device}_{meter}_{key}",
        "default_entity_id": f"{component['p']}.{_slug(device)}_{_slug(meter)}_{key}",
        **({"state_topic": home} if component["p"] in (_SENSOR, _BINARY) else {}),
        **component,
    }
    if "json_attributes_template" in component:
        placed = {"json_attributes_topic": placed["state_topic"], **placed}
    return placed


def _of_this(asked: Asked, meter: MeterSettings) -> Asked:
    """What may be asked of one meter: no appliance is measured by what is delivered to the grid."""
    return asked if meter.delivery_of is None else replace(asked, measure=False)


def _of_meter(currency: str | None, *, delivered: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """The components of one meter: (key, configuration without what depends on the meter).

    ``delivered``: it counts what goes to the grid, which the Energy dashboard takes as *return to grid*.
    """
    yield (
        "energy",
        _kwh(
            tr("Energy delivered to the grid") if delivered else tr("Energy counted"),
            value("counter_kwh"),
            state_class="total_increasing",
        ),
    )
    yield (
        "energy_whole",
        _kwh(
            tr("Energy delivered to the grid, with what was not counted")
            if delivered
            else tr("Energy with what was not counted"),
            value("energy_kwh.best"),
            state_class="total",
            last_reset_value_template=value("energy_since", none=""),
            json_attributes_template=attributes(low="energy_kwh.low", high="energy_kwh.high"),
        ),
    )
    yield (
        "power",
        sensor(
            tr("Power delivered to the grid") if delivered else tr("Power"),
            value("power_w"),
            device_class="power",
            state_class="measurement",
            unit_of_measurement="W",
            suggested_display_precision=0,
            expire_after=EXPIRE_POWER_S,
        ),
    )
    yield (
        "register",
        _kwh(
            tr("Register of what is delivered") if delivered else tr("Register"),
            value("register.best"),
            icon="mdi:counter",
            json_attributes_template=attributes(low="register.low", high="register.high", why="why", at="at"),
        ),
    )
    for key, name in (
        ("register_low", tr("Register, lower bound")),
        ("register_high", tr("Register, upper bound")),
    ):
        yield (
            key,
            _kwh(
                name,
                value(key.replace("_", ".")),
                icon="mdi:counter",
                entity_category="diagnostic",
                enabled_by_default=False,
            ),
        )
    yield (
        "today",
        _kwh(
            tr("Delivered to the grid today") if delivered else tr("Today"),
            value("today_kwh.best"),
            json_attributes_template=attributes(low="today_kwh.low", high="today_kwh.high"),
        ),
    )
    yield (
        "period",
        _kwh(
            tr("Delivered to the grid this billing period") if delivered else tr("This billing period"),
            value("period_kwh.best"),
            json_attributes_template=attributes(
                low="period_kwh.low", high="period_kwh.high", since="period_since"
            ),
        ),
    )
    if currency is not None:
        yield from _money(currency)
    yield (
        "coverage",
        sensor(
            tr("Coverage today"),
            value("coverage", " * 100"),
            icon="mdi:eye-check-outline",
            unit_of_measurement="%",
            suggested_display_precision=1,
            entity_category="diagnostic",
        ),
    )
    yield (
        "reading_day",
        sensor(
            tr("Next reading day"),
            value("reading_day"),
            device_class="date",
            icon="mdi:calendar-check",
        ),
    )
    yield (
        "read_dial",
        {
            "p": _BINARY,
            "name": tr("Time to read the dial"),
            "icon": "mdi:bell-ring-outline",
            "value_template": "{{ 'ON' if value_json.reminder is defined else 'OFF' }}",
            "json_attributes_template": attributes(
                sentence="reminder_text", when="reminder", day="reading_day"
            ),
        },
    )
    yield (
        "problem",
        {
            "p": _BINARY,
            "name": tr("Problem"),
            "device_class": "problem",
            "entity_category": "diagnostic",
            "value_template": "{{ 'ON' if value_json.problem is defined else 'OFF' }}",
            "json_attributes_template": attributes(sentence="problem", since="problem_since"),
        },
    )


def _money(currency: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield (
        "cost",
        sensor(
            tr("Cost of this billing period"),
            value("cost.best"),
            device_class="monetary",
            state_class="total",
            unit_of_measurement=currency,
            suggested_display_precision=0,
            last_reset_value_template=value("period_since", none=""),
            json_attributes_template=attributes(
                low="cost.low", high="cost.high", counted_since="cost_since", previous_reading="cost_previous"
            ),
        ),
    )
    yield (
        "projection",
        sensor(
            tr("Expected cost of this billing period"),
            value("projection.cost.best"),
            device_class="monetary",
            icon="mdi:chart-line",
            unit_of_measurement=currency,
            suggested_display_precision=0,
            json_attributes_template=attributes(
                low="projection.cost.low",
                high="projection.cost.high",
                kwh="projection.kwh.best",
                kwh_low="projection.kwh.low",
                kwh_high="projection.kwh.high",
                day="projection.day",
            ),
        ),
    )
    yield (
        "price",
        sensor(
            tr("Price now"),
            value("price"),
            icon="mdi:stairs-up",
            unit_of_measurement=f"{currency}/kWh",
            suggested_display_precision=0,
            json_attributes_template=attributes(
                tier="tier", next_tier="next_tier.tier", next_price="next_tier.price"
            ),
        ),
    )
    yield (
        "next_tier",
        _kwh(
            tr("Next tier from"),
            value("next_tier.starts_at_kwh"),
            icon="mdi:stairs",
            json_attributes_template=attributes(tier="next_tier.tier", price="next_tier.price"),
        ),
    )


def _asked_and_told(topics: Topics, meter: str, asked: Asked) -> Iterator[tuple[str, dict[str, Any]]]:
    """What can be asked of a meter, and what happens to it."""
    yield (
        "read_now",
        {"p": "button", "name": tr("Read now"), "icon": "mdi:refresh", "command_topic": topics.read(meter)},
    )
    yield (
        "event",
        {
            "p": "event",
            "name": tr("What happened"),
            "icon": "mdi:message-alert-outline",
            "event_types": list(KINDS),
            "state_topic": topics.home_event(meter),
        },
    )
    for kind, name in zip(KINDS, (tr("Verdict"), tr("Reminder"), tr("Gap")), strict=True):
        yield (
            f"{kind}_trigger",
            {
                "p": "device_automation",
                "automation_type": "trigger",
                "topic": topics.home_event(meter),
                "type": tr("told"),
                "subtype": name,
                "payload": kind,
                "value_template": "{{ value_json.event_type }}",
            },
        )
    yield from asked_of(asked, topics, meter)


def _kwh(name: str, template: str, **more: Any) -> dict[str, Any]:
    return sensor(
        name,
        template,
        device_class="energy",
        unit_of_measurement="kWh",
        suggested_display_precision=2,
        **more,
    )


def _slug(name: str, separator: str = "_") -> str:
    """A name in the characters that Home Assistant allows in ids."""
    kept = letters_of(name) if separator == "_" else name.replace(".", separator)
    return kept.strip(separator) or "x"
