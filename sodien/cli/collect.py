"""`sodien collect`: bring the entries from MQTT into the database."""

from __future__ import annotations

from pathlib import Path

import click

from sodien.cli.common import config_option, set_up_log


@click.command("collect")
@config_option
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
@click.option("--verbose", "-v", is_flag=True, help="Log more.")
def command(config: str | None, to: Path | None, client_id: str | None, verbose: bool) -> None:
    """Bring the entries of all devices from MQTT into the database. Runs anywhere, until it is stopped.

    Exit code 1: it has to be started again (systemd does); 2: the settings cannot be used.
    """
    import signal
    import threading

    from collector.wiring import collector_of
    from sodien import notify, settings

    path = settings.find(config)
    chosen = settings.load(path)
    set_up_log(verbose)
    leave = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leave.set())
    collector = collector_of(chosen, path, to=to, client_id=client_id, notify=notify.status)
    collector.start()
    notify.ready()
    try:
        collector.run_until(leave, beat=notify.watchdog)
    finally:
        notify.stopping()
        collector.stop()
