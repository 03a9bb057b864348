"""`sodien page`: serve the household's page, set its passphrase, show the API's token."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click

from sodien import logs
from sodien.cli.context import Session, with_session
from sodien.errors import SodienError
from sodien.i18n import tr


@click.group("page", invoke_without_command=True)
@with_session(json=False, meter=False)
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
@click.pass_context
def command(ctx: click.Context, session: Session, verbose: bool) -> int | None:
    """Serve the household's page until SIGTERM or Ctrl-C.

    It listens on this machine only unless page.listen says otherwise; that takes a passphrase.
    """
    if ctx.invoked_subcommand is not None:
        return None
    logs.set_up(verbose)
    try:
        from page import serve
    except ImportError:
        raise SodienError(tr("The page needs Flask and waitress: pip install 'sodien[page]'.")) from None

    def started(addresses: list[str]) -> None:
        for address in addresses:
            click.echo(tr("The page is at {address}", address=address))

    serve.run(session.settings, session.path, started=started)
    return 0


@command.command("passphrase")
@with_session(json=False, meter=False)
@click.option(
    "--file", "typed", type=click.File(), help="Read the passphrase from a file, - for standard input."
)
def passphrase(session: Session, typed: TextIO | None) -> int:
    """Set the household's passphrase anew; all who are logged in have to log in again.

    Without page.passphrase_file in the settings it goes beside the ledger, and the settings are told.
    """
    from page import passphrase as kept
    from sodien.settings import edit

    path = session.settings.page.passphrase_file
    named = path is not None
    target: Path = path or session.settings.ledger.path.parent / "page-passphrase.json"
    if typed is not None:
        text = typed.read(kept.MOST + 2).rstrip("\n")
    else:
        text = click.prompt(tr("The household's new passphrase"), hide_input=True, confirmation_prompt=True)
    try:
        kept.write(target, kept.make(text))
    except OSError as error:
        raise SodienError(
            tr("{path} cannot be written ({reason}).", path=target, reason=error.strerror or error)
        ) from None
    click.echo(tr("The passphrase is in {path}; everybody has to log in again.", path=target))
    if not named:
        text = session.path.read_text(encoding="utf-8")
        edit.write(session.path, edit.edited(text, {"page.passphrase_file": str(target)}))
        click.echo(tr("{path} names it now (page.passphrase_file).", path=session.path))
    return 0


@command.command("token")
@with_session(json=False, meter=False)
def token(session: Session) -> int:
    """Show the API's token, for 'Authorization: Bearer …'; it changes with the passphrase."""
    from page import passphrase as kept

    path = session.settings.page.passphrase_file
    if path is None:
        raise SodienError(tr("There is no passphrase yet; run 'sodien page passphrase'."))
    click.echo(kept.read(path).token)
    return 0
