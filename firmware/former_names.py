"""What a renamed meter or device has left at the broker: retained messages that nobody renews. Pure.

A meter that the settings no longer know loses its live state: its topic is this device's own. Under a name
that the device had before, everything goes once the broker keeps ``offline`` there: while it is ``online``,
another device has the name by now. Nothing is remembered: what is cleared is not retained any more, so a
crash in between only leaves the rest for the next connection.
"""

from __future__ import annotations

from collections.abc import Iterable

from firmware.homeassistant import config_topic
from sodien.protocol.topics import OFFLINE, Topics


class FormerNames:
    """Which topics to listen to, and what to clear.

    Args:
        device: the present name.
        meters: ids in the settings.
        names: names the device has had, the present one among them or not.
        counted: ids of meters that the ledger has counted.
        prefix: of Home Assistant's discovery topics.
    """

    def __init__(
        self,
        device: str,
        meters: Iterable[str],
        names: Iterable[str] = (),
        counted: Iterable[str] = (),
        prefix: str = "homeassistant",
    ) -> None:
        now = set(meters)
        known = now | set(counted)
        self.gone = [Topics(device).live(meter) for meter in sorted(known - now)]
        self._left = {
            Topics(name).availability: [
                *(Topics(name).live(meter) for meter in sorted(known)),
                config_topic(prefix, name),
                Topics(name).availability,  # last: as long as it is there, the rest is looked for again
            ]
            for name in names
            if name != device
        }
        self.listens_to = tuple(self._left)

    def heard(self, topic: str, payload: bytes) -> list[str]:
        """Topics to clear, now that this is retained there."""
        return self._left.get(topic, []) if payload == OFFLINE.encode() else []
