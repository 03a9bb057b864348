"""`sodien run`: count the meter's pulses."""

from __future__ import annotations

import click

from sodien.cli.context import config_option, load_settings, set_up_log


@click.command("run")
@config_option
@click.option("--verbose", "-v", is_flag=True, help="Log more.")
def command(config: str | None, verbose: bool) -> int:
    """Count the meter's pulses, keep the ledger and publish it. Runs beside the meter until it is stopped."""
    settings = load_settings(config)
    set_up_log(verbose)
    from firmware.daemon import serve

    return serve(settings)
