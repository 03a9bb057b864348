"""`sodien run`: count the meter's pulses."""

from __future__ import annotations

import click

from sodien.cli import service
from sodien.cli.context import Session, with_session


@click.command("run")
@with_session(json=False, meter=False)
@click.option("--verbose", "-v", is_flag=True, help="Log more.")
def command(session: Session, verbose: bool) -> int:
    """Count the meter's pulses, keep the ledger and publish it. Runs beside the meter until it is stopped."""
    return service.count(session.config, verbose=verbose)
