"""`sodien demo`: the main job on a simulated clock, for a newcomer or a script."""

from __future__ import annotations

from pathlib import Path

import click

from sodien.cli.context import json_option, print_json
from sodien.demo import run
from sodien.demo.folder import Folder
from sodien.i18n import tr

_MOST_DAYS = 400


@click.command("demo")
@click.option(
    "--days", type=click.IntRange(1, _MOST_DAYS), default=40, metavar="N", help="Simulated days (1 to 400)."
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31),
    default=1,
    metavar="N",
    help="Which household and story; the same seed gives the same numbers.",
)
@click.option(
    "--story",
    type=click.Choice(["household", *run.STORIES]),
    default="household",
    help=(
        "What is told beside: 'claims' the utility's daily readings, some of them wrong; 'house' a boarding "
        "house that shares its bill; 'measure' what an appliance uses and costs; 'meter-test' whether the "
        "meter itself runs right."
    ),
)
@json_option
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-output"),
    metavar="DIR",
    help="Folder for the demo's files (default: demo-output); its own old files there are replaced.",
)
@click.option("--live", is_flag=True, help="Keep running in real time afterwards, until Ctrl-C.")
@click.option("--page", is_flag=True, help="Keep running behind the household's page, until Ctrl-C.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8470,
    metavar="N",
    help="Of the page (default: 8470; 0: any that is free).",
)
def command(
    days: int, seed: int, story: str, as_json: bool, output: Path, live: bool, page: bool, port: int
) -> int:
    """Forty simulated days of a household, from the meter's LED to the reading-day snapshot.

    The LED and the time are simulated; input device, filter, ledger, publisher, broker and collector are
    real. With two power cuts and six hours without broker. Exit code 1: something is missing or wrong.
    """
    if live and page:
        raise click.UsageError(tr("Choose one of --live and --page."))
    if live and as_json:
        raise click.UsageError(tr("--live is for people and --json for scripts; choose one."))
    report = run.run(
        Folder(output),
        days,
        seed,
        live=live,
        page=port if page else None,
        table=not as_json,
        beside=story if story in run.STORIES else None,
    )
    if as_json:
        print_json(report.plain())
    return 1 if report.findings() else 0
