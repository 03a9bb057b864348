"""Home Assistant's sensors of the utility's daily readings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from firmware.home_templates import attributes, value
from sodien.i18n import tr


def claim_sensors(answer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """How the utility's daily readings are judged."""
    yield (
        "claim",
        {
            "p": "sensor",
            "name": tr("Utility's daily reading"),
            "icon": "mdi:scale-balance",
            "device_class": "enum",
            "options": ["agrees", "cannot_tell", "disagrees"],
            "state_topic": answer,
            "value_template": value("result"),
            "json_attributes_template": attributes(
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
        },
    )
    yield (
        "claim_drift",
        {
            "p": "sensor",
            "name": tr("Utility's register beside yours"),
            "icon": "mdi:chart-bell-curve",
            "unit_of_measurement": "‰",
            "state_class": "measurement",
            "suggested_display_precision": 1,
            "state_topic": answer,
            "value_template": value("drift.best"),
            "json_attributes_template": attributes(low="drift.low", high="drift.high"),
        },
    )
