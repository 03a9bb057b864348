"""From settings to a collector that is ready to start."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from collector.outputs.base import Output
from collector.service import STUCK_S, Collector
from sodien.mqtt import broker_of
from sodien.settings.model import read_secret

if TYPE_CHECKING:
    from sodien.settings.model import InfluxSettings, Settings


def collector_of(
    settings: Settings,
    path: Path,
    *,
    to: Path | None = None,
    client_id: str | None = None,
    notify: Callable[[str], object] | None = None,
) -> Collector:
    """The collector that the settings describe.

    Args:
        settings: what to connect to.
        path: the settings' file; part of the client id when none is set.
        to: a file for line protocol, before ``collector.file`` and instead of the database.
        client_id: before ``collector.client_id``.
        notify: see :class:`collector.service.Collector`.

    Raises:
        SodienError: a secret, certificate or output file cannot be used.
    """
    chosen = client_id or settings.collector.client_id
    return Collector(
        broker_of(settings.mqtt),
        output_of(settings.influxdb, to or settings.collector.file),
        client_id=chosen or default_client_id(path, settings.collector.share),
        share=settings.collector.share,
        dead_letters=settings.collector.aside,
        notify=notify,
        stuck_s=max(STUCK_S, 2 * settings.influxdb.timeout_s + 60),
    )


def default_client_id(path: Path, share: str | None) -> str:
    """One id for each machine, settings file and share group, the same after every start.

    Two processes with the same settings on one machine get the same id and throw each other out: several
    collectors of a share group each need ``--client-id`` or ``collector.client_id``.
    """
    try:
        machine = Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        machine = ""
    host = socket.gethostname().split(".")[0] or "host"
    known = "\0".join([machine, host, str(path.resolve()), share or ""])
    return f"sodien-collector-{host}-{hashlib.blake2b(known.encode(), digest_size=4).hexdigest()}"


def output_of(influxdb: InfluxSettings, file: Path | None) -> Output:
    """The file if there is one, else the database, whose API is asked for when it is first needed.

    Raises:
        SodienError: the file or a secret cannot be used.
    """
    if file is not None:
        from collector.outputs.file import FileOutput

        return FileOutput(file)
    token = read_secret(influxdb.token_file, "influxdb.token_file") if influxdb.token_file else ""
    password = read_secret(influxdb.password_file, "influxdb.password_file") if influxdb.password_file else ""
    user = influxdb.user or ""

    def make(api: str) -> Output:
        if api == "v1":
            from collector.outputs.influx_v1 import Influx1

            return Influx1(influxdb.url, influxdb.bucket, user, password, token, influxdb.timeout_s)
        from collector.outputs.influx_v2 import Influx2

        # InfluxDB 1.8 takes user and password in place of a token.
        secret = token or (f"{user}:{password}" if user else "")
        return Influx2(influxdb.url, influxdb.org, influxdb.bucket, secret, influxdb.timeout_s)

    if influxdb.api != "auto":
        return make(influxdb.api)
    from collector.outputs.detect import Probing

    return Probing(influxdb.url, make)
