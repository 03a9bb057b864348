"""The page as a service: waitress with limits where they are real, before the application is asked."""

from __future__ import annotations

import contextlib
import logging
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from page.app import MOST_REQUEST_B, create_app
from sodien import systemd
from sodien.clock import Clock, now_ms
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.settings.model import Settings

_THREADS = 2
_CONNECTIONS = 40


def run(
    settings: Settings,
    config: Path | None,
    *,
    clock: Callable[[], int] = now_ms,
    machine: Clock | None = None,
    started: Callable[[list[str]], None] = lambda addresses: None,
) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Args:
        settings: of the device.
        config: their file; None: doctor is not asked.
        clock: tells ms UTC.
        machine: the clock of the machine that counts; None: this one's.
        started: is called with the addresses once the page can be asked.

    Raises:
        SodienError: it would be open to others without a passphrase, or the port is taken.
    """
    from waitress.server import create_server

    page = settings.page
    app = create_app(settings, config, clock, machine)
    # Two threads and telephones that keep their connections: that one waits for the other is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    # Uploads larger than this wait in files: on disk, because /tmp may be memory.
    folder = settings.ledger.path.parent
    if folder.is_dir():
        tempfile.tempdir = str(folder)
    # What a proxy says of its visitors is believed of the one that the settings name.
    trusted: dict[str, Any] = {}
    if page.trusted_proxy is not None:
        trusted = {
            "trusted_proxy": page.trusted_proxy,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        }
    try:
        server = create_server(
            app,
            host=page.listen,
            port=page.port,
            threads=_THREADS,
            connection_limit=_CONNECTIONS,
            channel_timeout=30,
            max_request_body_size=MOST_REQUEST_B,
            max_request_header_size=16_384,
            url_prefix=page.base,
            ident=None,
            **trusted,
        )
    except OSError as error:
        raise SodienError(
            tr(
                "The page cannot listen on {address}, port {port} ({reason}); "
                "change page.listen or page.port.",
                address=page.listen,
                port=page.port,
                reason=error.strerror or error,
            )
        ) from None
    started(addresses(settings, _port(server, page.port)))
    systemd.ready()
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    app.extensions["sodien"].close()


def addresses(settings: Settings, port: int) -> list[str]:
    """Where a person finds the page: by number first, as not every telephone knows names of the home."""
    page = settings.page
    if page.loopback or page.listen not in ("0.0.0.0", "::"):  # noqa: S104  (compared, not bound)
        host = f"[{page.listen}]" if ":" in page.listen else page.listen
        return [f"http://{host}:{port}{page.base}/"]
    found = [
        f"http://{host}:{port}{page.base}/"
        for host in (own_address(), f"{socket.gethostname()}.local")
        if host
    ]
    return found


def own_address() -> str | None:
    """The address by which this machine goes to the network; None without one. Nothing is sent."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    return None


def _port(server: Any, asked: int) -> int:
    """The port that the server took: another one than asked for where that was 0."""
    return int(getattr(server, "effective_port", asked))
