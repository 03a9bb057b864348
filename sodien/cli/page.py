"""`sodien page`: serve the household's page, set its passphrase, say where it is, show the API's token.

Setup offers it in the home network through :func:`offer`.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TextIO

import click

from sodien import logs, tls
from sodien.cli.context import Session, with_session
from sodien.cli.typed import confirmed
from sodien.errors import SodienError, install_command
from sodien.i18n import tr
from sodien.settings import edit
from sodien.settings import model as settings_model
from sodien.settings.model import Settings


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
        with tls.without_openssl():
            from page import serve
    except ImportError:
        raise _no_extra() from None

    def started(addresses: list[str]) -> None:
        for address in addresses:
            click.echo(tr("The page is at {address}", address=address))

    session.hand_over()
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
    if typed is not None:
        from page.passphrase import MOST

        text = typed.read(MOST + 2).rstrip("\n")
    else:
        text = _asked()
    _set_passphrase(session.path, session.settings, text)
    return 0


@command.command("address")
@with_session(json=False, meter=False)
def address(session: Session) -> int:
    """Show where the page is: by number, by name, and as a code for a telephone's camera."""
    _show_addresses(session.settings)
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


def offer(path: Path, *, ask: bool) -> bool:
    """Let the family see the page in the home network: a passphrase, ``page.listen``, and where it is then.

    Args:
        path: the settings file.
        ask: ask first; False: it was asked for.

    Returns:
        Whether the page is to be seen there now. Nobody is asked without the extra, nor where there can be no
        ledger.

    Raises:
        SodienError: the extra is missing, or a file cannot be written.
    """
    try:
        import page.serve  # noqa: F401  (is the extra there?)
    except ImportError:
        if ask:
            return False
        raise _no_extra() from None
    done = settings_model.load(path)
    if ask:
        if not os.access(done.ledger.path.parent, os.W_OK):  # not the machine that counts
            return False
        why = tr(
            "the family sees the register, each day and each bill on their telephones, and enters readings "
            "there; it takes a passphrase"
        )
        click.echo(f"\n{why}")
        if not confirmed(tr("Show the page in the home network?"), default=True):
            return False
    if done.page.passphrase_file is None or not done.page.passphrase_file.exists():
        if not ask:
            raise SodienError(tr("There is no passphrase yet; run 'sodien page passphrase'."))
        _set_passphrase(path, done, _asked())
    if done.page.loopback:
        _set(path, "page.listen", "0.0.0.0")  # noqa: S104
    _show_addresses(settings_model.load(path))
    return True


def _no_extra() -> SodienError:
    command = install_command("page")
    return SodienError(tr("The page needs Flask and waitress; install them: {command}", command=command))


def _set(path: Path, key: str, value: str) -> None:
    """Change one setting in the file at ``path``. Raises SodienError."""
    edit.write(path, edit.edited(path.read_text(encoding="utf-8"), {key: value}))


def _asked() -> str:
    """A passphrase that was typed twice and can be one."""
    from page.passphrase import unfit

    while True:
        typed: str = click.prompt(
            tr("The household's new passphrase"), hide_input=True, confirmation_prompt=True
        )
        if (why := unfit(typed)) is None:
            return typed
        click.echo(why, err=True)


def _set_passphrase(path: Path, done: Settings, typed: str) -> None:
    """Put it into its file, and the file's name into the settings at ``path``. Raises SodienError."""
    from page import passphrase as kept

    named = done.page.passphrase_file
    target = named or done.ledger.path.parent / "page-passphrase.json"
    try:
        kept.write(target, kept.make(typed))
    except OSError as error:
        raise SodienError(
            tr("{path} cannot be written ({reason}).", path=target, reason=error.strerror or error)
        ) from None
    click.echo(tr("The passphrase is in {path}; everybody has to log in again.", path=target))
    if named is None:
        _set(path, "page.passphrase_file", str(target))
        click.echo(tr("{path} now names that file (page.passphrase_file).", path=path))


def _show_addresses(done: Settings) -> None:
    """By number first: not every telephone knows names of the home, and the code holds the number too."""
    try:
        import segno

        from page import serve
    except ImportError:
        raise _no_extra() from None
    found = serve.addresses(done, done.page.port)
    for one in found:
        click.echo(tr("The page is at {address}", address=one))
    if done.page.loopback:
        told = tr(
            "Only this machine reaches it there. For the home network: 'sudo sodien page passphrase', then "
            "'sudo sodien setup --yes --page'."
        )
        click.echo(told)
        return
    drawn = io.StringIO()
    segno.make(found[0], error="l", micro=False).terminal(drawn, border=2, compact=True)
    try:
        drawn.getvalue().encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return
    for line in drawn.getvalue().splitlines():
        click.secho(line, fg="bright_white", bg="black")
