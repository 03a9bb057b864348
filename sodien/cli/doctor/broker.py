"""Whether the broker can be reached, and whether the device may do its work there.

Used by `sodien doctor` and `sodien setup`. Nothing is left behind: the message that is published holds no
entry.
"""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sodien.cli.doctor.finding import Finding
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.mqtt import LARGEST_B, broker_of, client_of, connect_options, why_unreachable
from sodien.protocol.topics import Topics

if TYPE_CHECKING:
    from sodien.device.state import State
    from sodien.settings.model import Settings

_REACH_S = 3.0
_LOGIN_S = 5.0


def check_broker(host: str, port: int, state: State | None) -> Finding:
    """Something takes connections at the broker's port, and the daemon is logged in; try_broker asks more."""
    try:
        socket.create_connection((host, port), timeout=_REACH_S).close()
    except OSError as error:
        return Finding(
            "broker",
            "fail",
            tr(
                "the broker {host}:{port} cannot be reached ({reason})",
                host=host,
                port=port,
                reason=error.strerror or error,
            ),
            tr("start it (sudo systemctl start mosquitto), or correct mqtt.host and mqtt.port."),
        )
    if state is not None and state.broker == "disconnected":
        return Finding(
            "broker",
            "fail",
            tr(
                "{host}:{port} takes connections, but 'sodien run' is not logged in there ({reason})",
                host=host,
                port=port,
                reason=state.broker_failure or state.broker,
            ),
            tr("check mqtt.user, mqtt.password_file and mqtt.tls, and the broker's log."),
        )
    return Finding("broker", "ok", tr("something takes connections at {host}:{port}", host=host, port=port))


def check_denied(denied: Iterable[str], user: str | None) -> Iterator[Finding]:
    """Each topic that the broker does not let the running device use, with what to write into its list."""
    for topic in denied:
        yield Finding(
            "broker-topic",
            "warn",
            tr("the broker does not let the device use {topic}", topic=topic),
            allow(topic, user),
        )


def allow(topic: str, user: str | None) -> str:
    """The remedy: the lines of a Mosquitto access list that allow a topic to the device."""
    last = topic.rpartition("/")[2]
    way = {"ledger": "write", "availability": "write", "stored": "read", "replay": "read", "status": "read"}
    return tr(
        "allow it in the broker's access list (Mosquitto): {lines}",
        lines=f"{f'user {user} ⏎ ' if user else ''}topic {way.get(last, 'readwrite')} {topic}",
    )


def try_broker(settings: Settings) -> Finding:
    """Log in with the device's user and send a message without entries to its ledger topic."""
    from sodien.protocol import messages, topics

    mqtt = settings.mqtt
    where: dict[str, Any] = {"host": mqtt.host, "port": mqtt.port}
    done = threading.Event()
    answers: dict[str, Any] = {}

    def connected(client: Any, _user: Any, _flags: Any, reason: Any, properties: Any) -> None:
        answers["connect"] = reason
        answers["largest"] = getattr(properties, "MaximumPacketSize", None)
        if reason.is_failure:
            done.set()
            return
        empty = messages.encode_batch("0" * 32, [])
        client.publish(topics.Topics(settings.device).ledger, empty, qos=1)

    def acknowledged(_client: Any, _user: Any, _mid: int, reason: Any, _properties: Any) -> None:
        answers["publish"] = reason
        done.set()

    try:
        broker = broker_of(mqtt)
        client = client_of(broker, f"sodien-doctor-{secrets.token_hex(4)}")
        client.connect_timeout = _LOGIN_S
        client.on_connect, client.on_publish = connected, acknowledged
        client.connect(broker.host, broker.port, **connect_options(broker))
    except SodienError as error:
        return Finding("broker-login", "fail", str(error), tr("correct the settings under mqtt."))
    except OSError as error:
        return Finding(
            "broker-login",
            "fail",
            tr("no connection to the broker {host}:{port} ({error})", **where, error=why_unreachable(error)),
            tr("check mqtt.host, mqtt.port and mqtt.tls, and whether the broker runs."),
        )
    client.loop_start()
    done.wait(_LOGIN_S)
    client.disconnect()
    client.loop_stop()
    return _broker_answer(answers, settings)


def _broker_answer(answers: dict[str, Any], settings: Settings) -> Finding:
    where: dict[str, Any] = {"host": settings.mqtt.host, "port": settings.mqtt.port}
    reason = answers.get("connect")
    if reason is None:
        return Finding(
            "broker-login",
            "fail",
            tr("{host}:{port} takes connections, but does not answer as a broker does", **where),
            tr("check mqtt.host, mqtt.port and mqtt.tls, and whether the broker runs."),
        )
    if reason.is_failure:
        return Finding(
            "broker-login",
            "fail",
            tr("the broker {host}:{port} does not let the device in ({reason})", **where, reason=reason),
            tr("check mqtt.user and mqtt.password_file, and the broker's users."),
        )
    reason = answers.get("publish")
    if reason is None or getattr(reason, "is_failure", False):
        return Finding(
            "broker-login",
            "fail",
            tr(
                "the broker {host}:{port} does not let {device} publish its ledger",
                **where,
                device=settings.device,
            ),
            allow(Topics(settings.device).ledger, settings.mqtt.user),
        )
    largest = answers.get("largest")
    if largest is not None and largest < LARGEST_B:
        return Finding(
            "broker-login",
            "warn",
            tr("the broker takes messages of {largest} bytes at most, a backlog needs more", largest=largest),
            tr("raise its limit to {needed} (Mosquitto: max_packet_size).", needed=LARGEST_B),
        )
    return Finding("broker-login", "ok", tr("the broker {host}:{port} lets the device publish", **where))
