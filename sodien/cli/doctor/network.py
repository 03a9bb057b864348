"""Whether broker and database can be reached from this machine, for `sodien doctor`."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sodien.cli.doctor.finding import Finding
from sodien.i18n import tr

if TYPE_CHECKING:
    from sodien.history.daemon_state import State

_PATIENCE_S = 3.0


def check_broker(host: str, port: int, state: State | None) -> Finding:
    """The broker's TCP port answers, and the daemon is logged in there."""
    try:
        socket.create_connection((host, port), timeout=_PATIENCE_S).close()
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
                "the broker {host}:{port} answers, but 'sodien run' is not connected ({reason})",
                host=host,
                port=port,
                reason=state.broker_failure or state.broker,
            ),
            tr("check mqtt.user, mqtt.password_file and mqtt.tls, and the broker's log."),
        )
    return Finding("broker", "ok", tr("the broker {host}:{port} answers", host=host, port=port))


def check_database(url: str) -> Finding:
    """The database answers ``GET /ping``; whatever the status below 500, someone is there."""
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import ProxyHandler, build_opener

    try:
        with build_opener(ProxyHandler({})).open(f"{url}/ping", timeout=_PATIENCE_S):
            pass
    except HTTPError as error:
        if error.code < 500:
            return Finding("database", "ok", tr("the database {url} answers", url=url))
        reason: object = error.code
    except (OSError, ValueError, HTTPException) as error:
        cause = getattr(error, "reason", error)
        reason = getattr(cause, "strerror", None) or cause
    else:
        return Finding("database", "ok", tr("the database {url} answers", url=url))
    return Finding(
        "database",
        "warn",
        tr("the database {url} cannot be reached from here ({reason})", url=url, reason=reason),
        tr("start it (sudo systemctl start influxdb), or correct influxdb.url. Entries wait meanwhile."),
    )


def check_grafana(url: str = "http://localhost:3000") -> Iterator[Finding]:
    """Whether Grafana answers where it usually does; one that is somewhere else is no finding."""
    from http.client import HTTPException
    from urllib.request import ProxyHandler, build_opener

    try:
        with build_opener(ProxyHandler({})).open(f"{url}/api/health", timeout=_PATIENCE_S) as reply:
            there = b"database" in reply.read(4096)
    except (OSError, ValueError, HTTPException):
        there = False
    if there:
        yield Finding("grafana", "ok", tr("Grafana answers at {url}", url=url))
    else:
        yield Finding("grafana", "info", tr("no Grafana at {url}; one somewhere else is fine", url=url))
