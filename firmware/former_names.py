"""What a renamed meter or device has left at the broker: retained messages that nobody renews. Pure.

A meter that the settings no longer know loses its states: their topics are this device's own. So are the
announcements under a prefix that is no longer that of the settings. Under a name that the device had before,
everything goes once the broker keeps ``offline`` there: while it is ``online``, another device has the name
by now. Nothing is remembered: what is cleared is not retained any more, so a crash in between only leaves
the rest for the next connection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from firmware.homeassistant import config_topic
from sodien.protocol.topics import OFFLINE, Topics


class FormerNames:
    """Which topics to listen to, and what to clear.

    Args:
        device: the present name.
        meters: ids in the settings.
        names: names the device has had, the present one among them or not.
        counted: ids of meters that the ledger has counted.
        prefixes: of Home Assistant's discovery topics, the present one last.
    """

    def __init__(
        self,
        device: str,
        meters: Iterable[str],
        names: Iterable[str] = (),
        counted: Iterable[str] = (),
        prefixes: Iterable[str] = ("homeassistant",),
    ) -> None:
        now = set(meters)
        known = sorted(now | set(counted))
        *before, present = prefixes
        self.gone = [state for meter in known if meter not in now for state in _states(device, meter)]
        self.gone += [topic for prefix in before for topic in _announced(prefix, device, known)]
        self._left = {
            Topics(name).availability: [
                *(state for meter in known for state in _states(name, meter)),
                *(topic for prefix in (*before, present) for topic in _announced(prefix, name, known)),
                Topics(name).availability,  # last: as long as it is there, the rest is looked for again
            ]
            for name in names
            if name != device
        }
        self.listens_to = tuple(self._left)

    def heard(self, topic: str, payload: bytes) -> list[str]:
        """Topics to clear, now that this is retained there."""
        return self._left.get(topic, []) if payload == OFFLINE.encode() else []


def _states(device: str, meter: str) -> tuple[str, ...]:
    topics = Topics(device)
    return topics.live(meter), topics.home(meter), *topics.answers(meter)


def _announced(prefix: str, device: str, meters: Iterable[str]) -> Iterator[str]:
    yield config_topic(prefix, device)
    for meter in meters:
        yield config_topic(prefix, device, meter)
