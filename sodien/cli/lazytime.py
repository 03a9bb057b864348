"""Spare the card: `sodien setup` offers the unit that mounts the ledger's file system with lazytime."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

import click

from sodien.cli.typed import confirmed
from sodien.i18n import tr
from sodien.ledger.storage import lazytime_place

UNIT: Final = "sodien-lazytime.service"
#: Where `sodien install` and the Debian package put units.
UNIT_FOLDERS: Final = (Path("/etc/systemd/system"), Path("/usr/lib/systemd/system"))
#: A ledger whose file system the unit mounts so.
_USUAL: Final = Path("/var/lib/sodien/ledger.db")


def offer(ledger: Path, *, ask: bool) -> None:
    """Spare the card, for root on a machine where the unit is installed and would have an effect."""
    place = lazytime_place(ledger.absolute())
    if place is None or os.geteuid() != 0 or not any((folder / UNIT).exists() for folder in UNIT_FOLDERS):
        return
    same = lazytime_place(_USUAL) == place
    if ask:
        click.echo(
            tr(
                "Each time a file is written, its time stamp is written to the card as well: half of what "
                "Sodien causes. With lazytime these stamps wait in memory, and a power cut costs no more "
                "than exact times of files. To undo it: sudo systemctl disable --now {unit}",
                unit=UNIT,
            )
        )
    if not same:
        click.echo(tr("To switch it on, add lazytime to the options of {place} in /etc/fstab.", place=place))
        return
    if ask and not confirmed(tr("Mount {place} with lazytime?", place=place), default=True):
        return
    line = ["systemctl", "enable", "--now", UNIT]
    done = subprocess.run(line, check=False, capture_output=True, text=True)
    if done.returncode:
        why = done.stderr.strip().splitlines() or [str(done.returncode)]
        click.echo(tr("{place} could not be mounted with lazytime: {why}", place=place, why=why[-1]))
    else:
        click.echo(tr("{place} is mounted with lazytime now, and at every start.", place=place))
