"""`sodien restore`: go on from a backup."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import click

from sodien import formats
from sodien.cli.context import Session, local_time, print_json, with_session
from sodien.errors import SodienError
from sodien.files import replacing
from sodien.i18n import tr
from sodien.ledger import backup as restoring
from sodien.ledger.archive import Manifest
from sodien.protocol.times import parse_time
from sodien.settings import model as settings_module
from sodien.settings.model import Settings


@click.command("restore")
@with_session(meter=False)
@click.argument("file")
@click.option("--dry-run", is_flag=True, help="Only verify the backup.")
def command(session: Session, file: str, dry_run: bool) -> int:
    """Put the backup FILE in the place of the ledger; stop 'sodien run' first.

    A backup that does not verify is refused. A ledger that is there is set aside, never deleted, and
    settings that are there stay. What was counted after the backup becomes a gap that says so.
    """
    archive = Path(file).expanduser()
    if not archive.is_file():
        raise SodienError(tr("{path}: there is no such backup; name its file.", path=file))
    if dry_run:
        _tell_sound(archive, restoring.examine(archive), session.as_json)
        return 0
    path = session.path
    kept = restoring.settings_text(archive)
    there = path.exists()
    if there:
        settings = settings_module.load(path)
    elif kept is not None:
        settings = settings_module.parse(kept, path)
    else:
        raise SodienError(
            tr("{path}: there are no settings, nor are there any in the backup; write them first.", path=path)
        )
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
    done = restoring.restore(archive, settings.ledger.path, settings.device, stamp)
    if not there and kept is not None:
        _write_settings(path, kept)
    differ = there and kept is not None and path.read_text(encoding="utf-8") != kept
    if session.as_json:
        print_json(
            {
                "ledger": done.ledger,
                "from": done.manifest.ledger,
                "made": done.manifest.made,
                "entries": done.manifest.entries,
                "aside": str(done.aside) if done.aside else None,
                "settings": "kept" if there else "restored",
                "settings_differ": differ,
                "photos": done.photos,
            }
        )
        return 0
    _tell(settings, done.manifest, done.aside)
    if not there:
        click.echo(
            tr("  The settings were restored to {path}; passwords and tokens are not in a backup.", path=path)
        )
    elif differ:
        click.echo(
            tr(
                "  The settings in {path} were kept; those of the backup differ: "
                "tar -xzOf {file} sodien.yaml",
                path=path,
                file=archive,
            )
        )
    return 0


def _write_settings(path: Path, text: str) -> None:
    """Settings where there are none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise SodienError(
            tr(
                "{path}: the ledger is restored, but the settings cannot be written ({reason}); "
                "write them by hand.",
                path=path,
                reason=error.strerror or error,
            )
        ) from None


def _tell(settings: Settings, manifest: Manifest, aside: Path | None) -> None:
    click.echo(
        tr(
            "Restored {entries:entry|entries} of {made} to {path}.",
            entries=formats.HowMany(manifest.entries),
            made=local_time(parse_time(manifest.made), settings),
            path=settings.ledger.path,
        )
    )
    if aside is not None:
        click.echo(tr("  The ledger that was there: {path}", path=aside))
    click.echo(
        tr("  From the backup's last count to the next start there will be a gap; read the dial to close it.")
    )


def _tell_sound(archive: Path, manifest: Manifest, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(archive), "sound": True, "manifest": manifest})
        return
    here = dt.datetime.now().astimezone().tzinfo  # the backup's settings need not be there
    assert here is not None
    click.echo(
        tr(
            "{path}: sound. Device {device}, {entries:entry|entries}, made {made}.",
            path=archive,
            device=manifest.device,
            entries=formats.HowMany(manifest.entries),
            made=formats.instant(parse_time(manifest.made), here, seconds=True),
        )
    )
