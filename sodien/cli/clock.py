"""`sodien clock`: boots, what their clocks did, and a person's word that one was wrong."""

from __future__ import annotations

from typing import Any, Literal

import click

from sodien import formats
from sodien.cli.context import Session, by_option, dry_run_option, local_time, print_json, with_session
from sodien.history.clocks import BootClock, boot_clocks, note_clock
from sodien.history.meter import MeterHistory
from sodien.i18n import tr
from sodien.protocol.times import format_time, parse_time
from sodien.settings.model import Settings


@click.group("clock", invoke_without_command=True)
@with_session(meter=False)
@click.pass_context
def command(ctx: click.Context, session: Session) -> int | None:
    """List the boots of the Pi: when each was, what says so and how exactly, and what does not fit.

    'sodien clock wrong BOOT' notes that a boot's clock was wrong, by the number in the list.
    """
    if ctx.invoked_subcommand is not None:
        return None
    history = session.meter_ledgers[0].history()
    boots = [_report(one) for one in boot_clocks(history)]
    findings = _findings(history, session)
    if session.as_json:
        print_json({"boots": boots, "findings": findings})
    else:
        for boot in boots:
            _show(boot, session.settings)
        for finding in findings:
            click.echo(finding)
    return 1 if findings else 0


@command.command("wrong")
@with_session(meter=False)
@click.argument("boot", type=int)
@click.option("--undo", "what", flag_value="undo", default="wrong", help="Withdraw that.")
@by_option
@dry_run_option
def wrong(session: Session, boot: int, what: Literal["wrong", "undo"], by: str | None, dry_run: bool) -> int:
    """Note that the clock of a BOOT was wrong: a new entry; the last one counts, --undo takes it back.

    What was counted then stays counted; when it was, order and dial readings tell from now on. Where the
    clock has been set again since, the boot has its time by that.
    """
    where = session.meter_ledgers[0]
    noted = note_clock(where, boot, what, now=session.now, by=by, dry_run=dry_run)
    before, after = (
        next(_report(one) for one in boot_clocks(history) if one.number == boot)
        for history in (noted.before, noted.after)
    )
    report = {**after, "noted": not dry_run, "before": before, "findings": _findings(noted.after, session)}
    if session.as_json:
        print_json(report)
    else:
        click.echo(tr("before:"))
        _show(before, session.settings)
        click.echo(tr("now:"))
        _show(after, session.settings)
        if dry_run:
            click.echo(tr("Nothing was noted (--dry-run)."))
        for finding in report["findings"]:
            click.echo(finding)
    return 1 if report["findings"] else 0


def _findings(history: MeterHistory, session: Session) -> list[str]:
    return [" ".join(said) for said in history.clock_findings(session.settings.zone)]


def _report(one: BootClock) -> dict[str, Any]:
    return {
        "boot": one.number,
        "id": one.boot,
        "start": format_time(one.start) if one.start is not None else None,
        "end": format_time(one.end) if one.end is not None else None,
        "within_s": one.within / 1000 if one.within is not None else None,
        "how": one.how,
        "steps": [{"at": format_time(at), "seconds": by / 1000} for at, by in one.steps],
    }


def _show(report: dict[str, Any], settings: Settings) -> None:
    def at(when: str | None) -> str:
        return local_time(parse_time(when), settings) if when is not None else "?"

    within = report["within_s"]
    exact = f" ± {formats.duration(within)}" if within else ""
    click.echo(
        f"{report['boot']:>6}  {at(report['start'])} – {at(report['end'])}{exact}  {_how(report['how'])}"
    )
    for step in report["steps"]:
        sentence = (
            tr(
                "set forward by {length} at {when}",
                length=formats.duration(step["seconds"]),
                when=at(step["at"]),
            )
            if step["seconds"] > 0
            else tr(
                "set back by {length} at {when}",
                length=formats.duration(-step["seconds"]),
                when=at(step["at"]),
            )
        )
        click.echo(f"        {sentence}")


def _how(how: str) -> str:
    return {
        "network": tr("by the network"),
        "dates": tr("by the dates of its entries"),
        "trusted": tr("by the clock alone (clock: trust)"),
        "never_set": tr("somewhere in between: its clock was never set"),
        "said_wrong": tr("somewhere in between: its clock was reported wrong"),
        "contradicted": tr("somewhere in between: its clock contradicts another boot's"),
    }[how]
