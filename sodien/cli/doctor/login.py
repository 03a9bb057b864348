"""Logging in at broker and database as the programs do, and asking whether they may do their work there.

Used by `sodien doctor` and `sodien setup`. Nothing is left behind: the message that is published holds no
entry, and what is written to the database is a comment of the line protocol.
"""

from __future__ import annotations

import json
import secrets
import threading
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from sodien import formats
from sodien.cli.doctor.finding import Finding
from sodien.errors import SodienError
from sodien.i18n import tr

if TYPE_CHECKING:
    from sodien.settings.model import InfluxSettings, Settings

_PATIENCE_S = 5.0
#: A batch of 250 entries; see firmware.outbox.BATCH.
LARGEST_MESSAGE = 262_144
_SHORTEST_RETENTION_S = 400 * 86_400


def try_broker(settings: Settings) -> Finding:
    """Log in with the device's user and send a message without entries to its ledger topic."""
    import paho.mqtt.client as paho
    from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

    from sodien.mqtt import broker_of
    from sodien.protocol import messages, topics

    mqtt = settings.mqtt
    where: dict[str, Any] = {"host": mqtt.host, "port": mqtt.port}
    v5 = mqtt.version == 5
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
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"sodien-doctor-{secrets.token_hex(4)}",
            protocol=MQTTProtocolVersion.MQTTv5 if v5 else MQTTProtocolVersion.MQTTv311,
        )
        broker = broker_of(mqtt)
        if broker.user is not None:
            client.username_pw_set(broker.user, broker.password)
        if broker.tls is not None:
            client.tls_set_context(broker.tls)
        client.connect_timeout = _PATIENCE_S
        client.on_connect, client.on_publish = connected, acknowledged
        client.connect(mqtt.host, mqtt.port)
    except SodienError as error:
        return Finding("broker-login", "fail", str(error), tr("correct the settings under mqtt."))
    except OSError as error:
        return Finding(
            "broker-login",
            "fail",
            tr("no connection to the broker {host}:{port} ({error})", **where, error=error),
            tr("check mqtt.host, mqtt.port and mqtt.tls, and whether the broker runs."),
        )
    client.loop_start()
    done.wait(_PATIENCE_S)
    client.disconnect()
    client.loop_stop()
    return _broker_answer(answers, settings)


def _broker_answer(answers: dict[str, Any], settings: Settings) -> Finding:
    where: dict[str, Any] = {"host": settings.mqtt.host, "port": settings.mqtt.port}
    reason = answers.get("connect")
    if reason is None or reason.is_failure:
        said = reason if reason is not None else tr("no answer")
        return Finding(
            "broker-login",
            "fail",
            tr("the broker {host}:{port} does not let the device in ({reason})", **where, reason=said),
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
            tr("give the user the rights of docs/reference/mqtt.md (config/mosquitto/sodien.acl)."),
        )
    largest = answers.get("largest")
    if largest is not None and largest < LARGEST_MESSAGE:
        return Finding(
            "broker-login",
            "warn",
            tr("the broker takes messages of {largest} bytes at most, a backlog needs more", largest=largest),
            tr("raise its limit to {needed} (Mosquitto: message_size_limit).", needed=LARGEST_MESSAGE),
        )
    return Finding("broker-login", "ok", tr("the broker {host}:{port} lets the device publish", **where))


def try_database(influxdb: InfluxSettings) -> Finding:
    """Write nothing, with the collector's rights; then ask in InfluxQL, and how long it keeps things."""
    from sodien.settings.values import read_secret

    try:
        token = read_secret(influxdb.token_file, "influxdb.token_file") if influxdb.token_file else ""
        password = (
            read_secret(influxdb.password_file, "influxdb.password_file") if influxdb.password_file else ""
        )
    except SodienError as error:
        return Finding("database-write", "fail", str(error), tr("correct the settings under influxdb."))
    ask = _Asker(influxdb, token, password)
    try:
        version = ask("GET", "/ping")[2]
        v1 = influxdb.api == "v1" or (influxdb.api == "auto" and version.lstrip("v").startswith("1."))
        bucket = urllib.parse.quote(influxdb.bucket)
        path = (
            f"/write?db={bucket}&precision=ms"
            if v1
            else f"/api/v2/write?org={urllib.parse.quote(influxdb.org)}&bucket={bucket}&precision=ms"
        )
        status, body, _ = ask("POST", path, b"# sodien doctor\n")
        if v1 and status == 404:
            return Finding(
                "database-write", "info", tr("the database {name} will be made by the collector", name=bucket)
            )
        # An InfluxDB that takes the rights but finds no line in the comment answers 400.
        if not (200 <= status < 300 or (status == 400 and "unable to parse" not in body)):
            return Finding(
                "database-write",
                "fail",
                tr(
                    "the database {url} does not let the collector write ({status})",
                    url=influxdb.url,
                    status=status,
                ),
                tr(
                    "check influxdb.org, bucket and token_file (or user); 'sodien collect --setup' makes "
                    "them."
                ),
            )
        return _kept(ask, influxdb)
    except OSError as error:
        return Finding(
            "database-write",
            "warn",
            tr(
                "the database {url} cannot be reached from here ({reason})",
                url=influxdb.url,
                reason=getattr(error, "reason", error),
            ),
            tr("start it (sudo systemctl start influxdb), or correct influxdb.url. Entries wait meanwhile."),
        )


def _kept(ask: _Asker, influxdb: InfluxSettings) -> Finding:
    """Whether dashboards can ask in InfluxQL, and whether the database forgets within a year."""
    name = influxdb.bucket.partition("/")[0]
    query = urllib.parse.quote(f'SHOW RETENTION POLICIES ON "{name}"')
    status, body, _ = ask("GET", f"/query?db={urllib.parse.quote(name)}&q={query}")
    good = Finding(
        "database-write", "ok", tr("the database {url} takes what the collector writes", url=influxdb.url)
    )
    if status in (401, 403):
        return good  # a token that may only write, as it should be
    try:
        result = json.loads(body)["results"][0]
        rows = result["series"][0]["values"]
        columns = result["series"][0]["columns"]
        columns.index("duration")  # VictoriaMetrics answers every question with its list of databases
    except (ValueError, KeyError, IndexError, TypeError):
        return Finding(
            "database-write",
            "warn",
            tr("the database {url} does not answer InfluxQL about {name}", url=influxdb.url, name=name),
            tr("dashboards ask in InfluxQL: run 'sodien collect --setup', or use InfluxDB."),
        )
    for row in rows:
        policy = dict(zip(columns, row, strict=False))
        seconds = _seconds(str(policy.get("duration", "0s")))
        if policy.get("default") and 0 < seconds < _SHORTEST_RETENTION_S:
            return Finding(
                "database-write",
                "warn",
                tr("the database {name} forgets after {time}", name=name, time=formats.duration(seconds)),
                tr("keep everything: ALTER RETENTION POLICY {policy} ON {name} DURATION INF",
                   policy=policy.get("name"), name=name),
            )  # fmt: skip
    return good


def _seconds(duration: str) -> float:
    """InfluxDB's ``168h0m0s`` in seconds."""
    import re

    units = {"h": 3600, "m": 60, "s": 1, "d": 86_400, "w": 7 * 86_400}
    return float(sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)([wdhms])", duration)))


class _Asker:
    """HTTP with the collector's credentials; any status is an answer. Raises OSError without one."""

    def __init__(self, influxdb: InfluxSettings, token: str, password: str) -> None:
        self._url = influxdb.url
        self._headers = {"Content-Type": "text/plain; charset=utf-8"}
        if influxdb.user:
            import base64

            pair = base64.b64encode(f"{influxdb.user}:{password}".encode()).decode()
            self._headers["Authorization"] = f"Basic {pair}"
        elif token:
            self._headers["Authorization"] = f"Token {token}"
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def __call__(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str, str]:
        request = urllib.request.Request(self._url + path, body, self._headers, method=method)  # noqa: S310
        try:
            with self._open(request, timeout=_PATIENCE_S) as reply:
                version = reply.headers.get("X-Influxdb-Version", "")
                return reply.status, reply.read(65_536).decode("utf-8", "replace"), version
        except urllib.error.HTTPError as error:
            return error.code, error.read(4096).decode("utf-8", "replace"), ""
