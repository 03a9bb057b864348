"""MQTT topics, ``sodien/<device>/…``, and the names that may stand in them."""

from __future__ import annotations

import re

from sodien.errors import BadPayload

#: What the availability topic says; the broker says OFFLINE when the device dies (last will).
ONLINE, OFFLINE = "online", "offline"
ROOT = "sodien"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}\Z")


def valid_name(name: str) -> bool:
    """Whether a device or meter id is safe in a topic, a tag and a file name (1-63 of A-Z a-z 0-9 _ . -)."""
    return _NAME.match(name) is not None


def letters_of(name: str) -> str:
    """What is left of a name in Home Assistant's ids: small letters and digits, ``_`` for all between them.

    Names in which this is the same must not stand side by side: there they would be one thing.
    """
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


class Topics:
    """The topics of one device. ``device`` must satisfy :func:`valid_name`."""

    def __init__(self, device: str) -> None:
        self.device = device
        base = f"{ROOT}/{device}"
        self.ledger = f"{base}/ledger"
        self.availability = f"{base}/availability"
        self.stored = f"{base}/stored"
        self.replay = f"{base}/replay"
        self.owner = f"{base}/owner"

    def live(self, meter: str) -> str:
        """The retained live state of one meter."""
        return f"{ROOT}/{self.device}/{meter}/live"

    def home(self, meter: str) -> str:
        """The retained state of one meter for Home Assistant."""
        return f"{ROOT}/{self.device}/{meter}/home"

    def home_event(self, meter: str) -> str:
        """What happens to one meter, for Home Assistant."""
        return f"{self.home(meter)}/event"

    def dial_answer(self, meter: str) -> str:
        """What came of the last reading of one meter that was typed elsewhere; retained."""
        return f"{self.home(meter)}/dial"

    def claim_answer(self, meter: str) -> str:
        """How the last daily reading of the utility that was told is judged; retained."""
        return f"{self.home(meter)}/claim"

    def measure(self, meter: str) -> str:
        """An appliance is to be measured, or no more; asked elsewhere."""
        return f"{ROOT}/{self.device}/{meter}/measure"

    def measure_answer(self, meter: str) -> str:
        """What came of the last such request; retained."""
        return f"{self.home(meter)}/measure"

    def answers(self, meter: str) -> tuple[str, ...]:
        """Where what was asked elsewhere is answered, whatever of it is allowed."""
        return self.dial_answer(meter), self.claim_answer(meter), self.measure_answer(meter)

    def claim(self, meter: str) -> str:
        """What the utility says one meter showed, told elsewhere."""
        return f"{ROOT}/{self.device}/{meter}/claim"

    def dial(self, meter: str) -> str:
        """A dial reading of one meter that was typed elsewhere."""
        return f"{ROOT}/{self.device}/{meter}/dial"

    def read(self, meter: str) -> str:
        """Whoever publishes here wants the state of one meter as it is now."""
        return f"{ROOT}/{self.device}/{meter}/read"


#: What a collector subscribes to: the ledgers of all devices.
ALL_LEDGERS = f"{ROOT}/+/ledger"


#: Where collectors say which ledger has a device's name.
ALL_OWNERS = f"{ROOT}/+/owner"


def device_of(topic: str, last: str = "ledger") -> str:
    """The device whose ledger, or what is named by ``last``, a topic carries. Raises BadPayload otherwise."""
    parts = topic.split("/")
    if len(parts) != 3 or parts[0] != ROOT or parts[2] != last or not valid_name(parts[1]):
        raise BadPayload(f"topic {topic!r} is not {ROOT}/<device>/{last}")
    return parts[1]
