"""What may be asked of a meter in Home Assistant, each where the settings allow it: its components there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from firmware.home_templates import attributes, sensor, value
from sodien.i18n import tr
from sodien.protocol.messages import LONGEST_NAME, LONGEST_READING
from sodien.protocol.topics import Topics


@dataclass(frozen=True, slots=True)
class Asked:
    """Whether dial readings may be typed, the utility's daily readings forwarded, appliances measured."""

    dial: bool = False
    claim: bool = False
    measure: bool = False


def asked_of(asked: Asked, topics: Topics, meter: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The components of what may be asked of a meter: (key, configuration)."""
    if asked.dial:
        yield from _dial(topics.dial(meter), topics.dial_answer(meter))
    if asked.claim:
        yield from _claim(topics.claim_answer(meter))
    if asked.measure:
        yield from _measure(topics.measure(meter), topics.measure_answer(meter))


def _dial(command: str, answer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield (
        "dial",
        {
            "p": "text",
            "name": tr("Dial reading"),
            "icon": "mdi:form-textbox",
            "max": LONGEST_READING,
            "command_topic": command,
            "command_template": "{{ {'reading': value, 'at': now().isoformat()} | tojson }}",
            "state_topic": answer,
            "value_template": "{{ value_json.typed if value_json.accepted is defined else '' }}",
        },
    )
    yield (
        "dial_answer",
        sensor(
            tr("Dial reading, answer"),
            "{{ value_json.sentence[:255] }}",
            icon="mdi:comment-check-outline",
            state_topic=answer,
            json_attributes_template=attributes(
                typed="typed",
                accepted="accepted",
                sentence="sentence",
                at="at",
                entry="entry",
                low="register.low",
                high="register.high",
            ),
        ),
    )


def _claim(answer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield (
        "claim",
        sensor(
            tr("Utility's daily reading"),
            value("result"),
            icon="mdi:scale-balance",
            device_class="enum",
            options=["agrees", "cannot_tell", "disagrees"],
            state_topic=answer,
            json_attributes_template=attributes(
                index="index",
                day="day",
                source="source",
                sentence="sentence",
                accepted="accepted",
                low="low",
                high="high",
                findings="findings",
                at="at",
            ),
        ),
    )
    yield (
        "claim_drift",
        sensor(
            tr("Utility's register beside yours"),
            value("drift.best"),
            icon="mdi:chart-bell-curve",
            unit_of_measurement="‰",
            state_class="measurement",
            suggested_display_precision=1,
            state_topic=answer,
            json_attributes_template=attributes(low="drift.low", high="drift.high"),
        ),
    )


def _measure(command: str, answer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield (
        "measure",
        {
            "p": "text",
            "name": tr("Measure an appliance"),
            "icon": "mdi:power-plug-outline",
            "max": LONGEST_NAME,
            "command_topic": command,
            "command_template": "{{ {'what': 'start', 'name': value} | tojson }}",
            "state_topic": answer,
            "value_template": "{{ value_json.running if value_json.running is defined else '' }}",
        },
    )
    for key, name, icon in (
        ("stop", tr("Stop measuring"), "mdi:stop-circle-outline"),
        ("drop", tr("Stop measuring, keep nothing"), "mdi:close-circle-outline"),
    ):
        yield (
            f"measure_{key}",
            {
                "p": "button",
                "name": name,
                "icon": icon,
                "command_topic": command,
                "payload_press": f'{{"what":"{key}"}}',
            },
        )
    yield (
        "measured",
        sensor(
            tr("Appliance measured"),
            "{{ value_json.sentence[:255] }}",
            icon="mdi:lightning-bolt-circle",
            state_topic=answer,
            json_attributes_template=attributes(
                name="name",
                accepted="accepted",
                sentence="sentence",
                at="at",
                entry="entry",
                kwh_low="kwh.low",
                kwh_high="kwh.high",
                watts_low="watts.low",
                watts_high="watts.high",
                cost_an_hour_low="cost_an_hour.low",
                cost_an_hour_high="cost_an_hour.high",
                currency="currency",
            ),
        ),
    )
