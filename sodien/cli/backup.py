"""`sodien backup`: everything a person cannot make again, in one file."""

from __future__ import annotations

from pathlib import Path

import click

from sodien import formats
from sodien.cli.context import Session, print_json, with_session
from sodien.errors import SodienError
from sodien.files import acting_as_owner
from sodien.i18n import tr
from sodien.ledger.backup import acting_for, back_up, default_folder, free_in, prune
from sodien.ledger.errors import present
from sodien.settings.model import Settings


@click.command("backup")
@with_session(meter=False)
@click.argument("target", required=False, metavar="[FILE|DIR]")
@click.option(
    "--keep", type=click.IntRange(1, 10_000), metavar="N", help="Then keep only the N newest in that folder."
)
def command(session: Session, target: str | None, keep: int | None) -> int:
    """Back up the ledger, the settings and the photos into one verified file; the service may go on.

    Without FILE or DIR it goes into the folder backups beside the ledger. Passwords and tokens are not in it.
    """
    settings, now_ms = session.settings, session.now
    file, named = _place(settings, target, now_ms)
    if keep is not None and named:
        raise SodienError(tr("--keep goes with a folder; name one instead of a file."))
    written = back_up(settings.ledger.path, settings.device, session.path, file, now_ms)
    with acting_for(settings.ledger.path, file.parent):
        pruned = prune(file.parent, settings.device, keep, file) if keep is not None else []
    if session.as_json:
        print_json(
            {
                "file": str(written.path),
                "bytes": written.bytes,
                "ledger": written.manifest.ledger,
                "entries": written.manifest.entries,
                "seal": written.manifest.seal.hash if written.manifest.seal else None,
                "files": sorted(written.manifest.files),
                "pruned": [str(one) for one in pruned],
            }
        )
        return 0
    click.echo(
        tr(
            "{path}: {entries:entry|entries}, {size} KiB, verified.",
            path=written.path,
            entries=formats.HowMany(written.manifest.entries),
            size=formats.count(-(-written.bytes // 1024)),
        )
    )
    for one in pruned:
        click.echo(tr("  removed: {path}", path=one))
    return 0


def _place(settings: Settings, target: str | None, now_ms: int) -> tuple[Path, bool]:
    """The file to write, and whether the person named it."""
    if target is None:
        folder = default_folder(settings.ledger.path)
        if not present(settings.ledger.path):
            return free_in(folder, settings.device, now_ms), False  # nothing to back up, nothing to make
        try:
            with acting_as_owner(folder.parent):
                folder.mkdir(exist_ok=True)
        except OSError as error:
            raise SodienError(
                tr(
                    "{path}: cannot be made ({reason}); name a folder for the backup.",
                    path=folder,
                    reason=error.strerror or error,
                )
            ) from None
        return free_in(folder, settings.device, now_ms), False
    path = Path(target).expanduser()
    if path.is_dir():
        return free_in(path, settings.device, now_ms), False
    if target.endswith("/") or not path.parent.is_dir():
        raise SodienError(
            tr("{path}: there is no such folder; make it, or connect the disk it is on.", path=target)
        )
    return path, True
