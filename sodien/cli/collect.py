"""`sodien collect`: bring the entries from MQTT into the database."""

from __future__ import annotations

import signal
import threading
from contextlib import nullcontext
from pathlib import Path

import click

from collector.build import collector_of
from collector.outputs.base import Unreachable
from collector.provision import provision
from sodien import logs, systemd
from sodien.cli.context import Session, with_session
from sodien.errors import SodienError
from sodien.files import acting_as_owner
from sodien.i18n import tr
from sodien.settings.model import read_secret


@click.command("collect")
@with_session(json=False, meter=False)
@click.option(
    "--to",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Append line protocol to FILE instead of writing to a database.",
)
@click.option(
    "--client-id",
    metavar="ID",
    help="MQTT client id; give each collector of a share group its own.",
)
@click.option("--setup", is_flag=True, help="Make bucket or database, InfluxQL mapping and tokens, then end.")
@click.option(
    "--admin-token", metavar="FILE", help="For --setup on InfluxDB 2: file with a token that may do that."
)
@click.option(
    "--write-token",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="For --setup: put a new token that may only write the bucket into FILE.",
)
@click.option(
    "--read-token",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="For --setup: put a new token that may only read the bucket into FILE.",
)
@click.option("--verbose", "-v", is_flag=True, help="Log more.")
def command(
    session: Session,
    to: Path | None,
    client_id: str | None,
    setup: bool,
    admin_token: str | None,
    write_token: Path | None,
    read_token: Path | None,
    verbose: bool,
) -> None:
    """Bring the entries of all devices from MQTT into the database. Runs anywhere, until it is stopped.

    Exit code 1: it has to be started again (systemd does); 2: the settings cannot be used.
    """
    if setup:
        _set_up(session, admin_token, write_token, read_token)
        return
    if admin_token or write_token or read_token:
        raise click.UsageError(tr("--admin-token, --write-token and --read-token go with --setup."))

    chosen = session.settings
    logs.set_up(verbose)
    # What it keeps is the service's, also where root tries it.
    with acting_as_owner(chosen.collector.aside.parent) if chosen.collector.aside else nullcontext():
        _collect(session, to, client_id)


def _collect(session: Session, to: Path | None, client_id: str | None) -> None:
    leave = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leave.set())
    collector = collector_of(
        session.settings, session.path, to=to, client_id=client_id, notify=systemd.status
    )
    collector.start()
    systemd.ready()
    try:
        collector.run_until(leave, beat=systemd.watchdog)
    finally:
        systemd.stopping()
        collector.stop()


def _set_up(
    session: Session, admin_token: str | None, write_token: Path | None, read_token: Path | None
) -> None:
    from collector.outputs.detect import api_of  # needs the extra sodien[collector]

    influxdb = session.settings.influxdb
    try:
        api = api_of(influxdb.url) if influxdb.api == "auto" else influxdb.api
    except Unreachable as error:
        raise SodienError(f"{error}.") from None
    secret = ""
    if api == "v2":
        if admin_token is None:
            raise click.UsageError(tr("InfluxDB 2 needs --admin-token FILE with --setup."))
        secret = read_secret(admin_token, "--admin-token")
    for sentence in provision(influxdb, api, secret, write_token, read_token):
        click.echo(sentence)
