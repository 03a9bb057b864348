"""`sodien report`: the evidence sheet of a bill."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from sodien.bills.review import evidence_of
from sodien.cli.context import Session, print_json, with_session
from sodien.errors import SodienError, install_command
from sodien.files import replacing
from sodien.i18n import tr


@click.command("report")
@with_session()
@click.argument("bill", type=int, required=False)
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write here (default: sodien-bill-BILL.html, or .pdf, in this folder).",
)
@click.option("--pdf", is_flag=True, help="Make a PDF; needs the package weasyprint.")
def command(session: Session, bill: int | None, output: Path | None, pdf: bool) -> int:
    """Make the evidence sheet of BILL (by its number; the last one without): one page to print or to send.

    Both readings beside yours with bounds, the period day by day, photos of the dial, each check, every
    assumption, the seal, what it cannot show; a letter to the utility where the bill disagrees, and the steps
    of a complaint. In the language in use (--lang). The verdict is worked out again with what is known now.
    """
    if pdf:
        _pdf_writer()
    found = evidence_of(session.meter_ledger, now=session.now, entry=bill)
    entry = found.bill.entry
    path = output or Path(f"sodien-bill-{entry}.{'pdf' if pdf else 'html'}")
    write(path, _pdf_writer()(found.html) if pdf else found.html.encode())
    if session.as_json:
        print_json({"bill": entry, "file": str(path), "overall": found.verdict.overall})
    else:
        click.echo(tr("The evidence sheet is in {path}", path=path))
    return 0


def write(path: Path, data: bytes) -> None:
    """Put the sheet in its place, whole. Raises SodienError."""
    try:
        with replacing(path) as file:
            file.write(data)
    except OSError as error:
        raise SodienError(
            tr(
                "{path} cannot be written ({error}); name another file with -o.",
                path=path,
                error=error.strerror,
            )
        ) from None


def _pdf_writer() -> Callable[[str], bytes]:
    """HTML text to PDF bytes. Raises SodienError without the extra."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:  # it needs Pango, a library of the system
        raise SodienError(
            tr(
                "a PDF needs the package weasyprint ({error}): print the HTML sheet from a browser, or "
                "install it: {command}",
                error=error,
                command=install_command("pdf"),
            )
        ) from None

    def made(text: str) -> bytes:
        return bytes(HTML(string=text).write_pdf())

    return made
