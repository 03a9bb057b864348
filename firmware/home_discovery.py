"""What the publishing thread says to Home Assistant about its devices, and what it listens to.

A device's configuration names its components; one that is left out stays until it has been announced once
with nothing but its platform. So older announcements, which the broker retains, are read back and answered.
Nothing is kept: what was announced earlier is what the broker retains, and where else it may be (another
prefix, another name) is cleared by :mod:`firmware.former_names`. A crash in the moment between an
announcement and the answer to the older one leaves components that are no more in Home Assistant, as
unavailable; they can be deleted there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from firmware.home_asked import Asked
from firmware.homeassistant import announcements, config_topic, unmarked_topic
from sodien import __version__
from sodien.protocol.topics import ROOT, Topics, valid_name

if TYPE_CHECKING:
    from sodien.bills.cost_so_far import Costs
    from sodien.settings.model import PageSettings, Settings

#: Where Home Assistant says that it has started and wants to hear everything anew.
BIRTH, BIRTH_PAYLOAD = "status", b"online"


def birth_topic(prefix: str) -> str:
    """Where Home Assistant announces itself."""
    return f"{prefix}/{BIRTH}"


class Discovery:
    """Each answer is a list of (topic, payload) to publish retained, in order."""

    def __init__(
        self, prefix: str, device: str, make: Callable[[], dict[str, dict[str, Any]]] | None
    ) -> None:
        """``make`` returns :func:`announcements`; None withdraws what was announced earlier.

        It is called once, when there is somebody to tell, in the thread that publishes.
        """
        self._make = make
        self._topics = Topics(device)
        self._own = config_topic(prefix, device)
        self._birth_topic = birth_topic(prefix)
        unmarked = unmarked_topic(prefix, device), unmarked_topic(prefix, device, "+")
        self._unmarked = unmarked if unmarked[0] != self._own else ()
        self.listens_to = (self._own, config_topic(prefix, device, "+"), *self._unmarked, self._birth_topic)

    @cached_property
    def _configs(self) -> dict[str, dict[str, Any]]:
        return self._make() if self._make is not None else {}

    @cached_property
    def _unique_ids(self) -> set[str]:
        parts = [part for config in self._configs.values() for part in config["cmps"].values()]
        return {str(part["unique_id"]) for part in parts if "unique_id" in part}

    def hears(self, topic: str) -> bool:
        """Whether a topic is one of :attr:`listens_to`."""
        return any(_matches(one, topic) for one in self.listens_to)

    def connected(self) -> list[tuple[str, bytes]]:
        """The broker is there; :attr:`listens_to` has been subscribed to before."""
        return [(topic, _encode(config)) for topic, config in self._configs.items()]

    def heard(self, topic: str, payload: bytes, retained: bool) -> list[tuple[str, bytes]]:
        """Something came on a topic that this listens to."""
        if topic == self._birth_topic:
            return self.connected() if payload == BIRTH_PAYLOAD else []
        if not retained or not payload:
            return []  # our own words come back
        if any(_matches(one, topic) for one in self._unmarked):
            mine = _announcer(payload).partition("/")[0] == f"sodien_{self._topics.device}"
            return [(topic, b""), *self.connected()] if mine else []
        config = self._configs.get(topic)
        gone, topics = _gone(payload, config, self._unique_ids)
        clear = [(state, b"") for state in topics if self._is_state(state)]
        if config is None:
            return [(topic, b""), *clear]
        if not gone:
            return []
        first = {**config, "cmps": {**config["cmps"], **gone}}
        return [(topic, _encode(first)), *clear, *self.connected()]

    def _is_state(self, topic: str) -> bool:
        """Whether a retained announcement names a state of a meter that this device no longer has."""
        meter = topic.removeprefix(f"{ROOT}/{self._topics.device}/").partition("/")[0]
        told = {
            one.get("state_topic") for config in self._configs.values() for one in config["cmps"].values()
        }
        here = self._topics
        states = {here.live(meter), here.home(meter), *here.answers(meter)}
        return valid_name(meter) and topic in states and not states & told


def discovery_of(settings: Settings, costs: Costs) -> Discovery:
    """What the device says to Home Assistant; with discovery off, that it is gone.

    The tariff, which tells the currency, is not read before a broker is there, and not by the counting loop.
    """
    home = settings.homeassistant

    def make() -> dict[str, dict[str, Any]]:
        billed = next((meter for meter in settings.meters if meter.own_bill), None)
        currency = costs.currency(billed) if billed is not None else None
        return announcements(
            home.prefix,
            settings.device,
            settings.meters,
            __version__,
            currency=currency,
            page=page_address(settings.page),
            asked=Asked(home.dial, home.claim, home.measure),
        )

    return Discovery(home.prefix, settings.device, make if home.discovery else None)


def page_address(page: PageSettings) -> str | None:
    """Where the household's page is for others in the home network; None where nobody else reaches it."""
    import socket

    if page.loopback or page.trusted_proxy is not None or page.base:
        return None  # behind a proxy it has a name that nobody told us
    everywhere = page.listen in ("0.0.0.0", "::")  # noqa: S104  (compared, not bound)
    host = f"{socket.gethostname()}.local" if everywhere else page.listen
    return f"http://{f'[{host}]' if ':' in host else host}:{page.port}/"


def _matches(wanted: str, topic: str) -> bool:
    before, plus, after = wanted.partition("+")
    inner = topic.removeprefix(before).removesuffix(after)
    return topic == wanted or (
        bool(plus and inner) and "/" not in inner and topic == f"{before}{inner}{after}"
    )


def _announcer(retained: bytes) -> str:
    """The id of the device that an announcement is of; empty for any other message."""
    try:
        return str(json.loads(retained)["dev"]["ids"][0])
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return ""


def _gone(
    retained: bytes, config: dict[str, Any] | None, announced: set[str]
) -> tuple[dict[str, Any], list[str]]:
    """Components of an older announcement that are no more, as their removal; state topics nobody fills.

    One whose unique id is ``announced`` elsewhere has moved to another device. Home Assistant would forget
    its entity id with the removal; left out, it finds the entity under its new device when it starts again.
    """
    now = config["cmps"] if config is not None else {}
    try:
        old = json.loads(retained)["cmps"]
        gone = {
            key: {"p": str(component["p"])}
            for key, component in old.items()
            if key not in now and len(component) > 1 and component.get("unique_id") not in announced
        }
        topics = {str(one["state_topic"]) for one in old.values() if "state_topic" in one}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}, []  # no announcement of ours; it is about to be overwritten
    return gone, sorted(topics - {component.get("state_topic") for component in now.values()})


def _encode(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
