"""`sodien clock`: boots, what their clocks did, and a person's word that one was wrong."""

from __future__ import annotations

from typing import Any, Literal

import click

from sodien import formats
from sodien.cli.context import Session, by_option, dry_run_option, local_time, print_json, with_session
from sodien.clock import ms_of
from sodien.history.boots import Boots
from sodien.history.meter import MeterHistory
from sodien.history.note_clock import note_clock
from sodien.i18n import tr
from sodien.metering.axis.placement import steps
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
    boots = _reports(history)
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
        next(one for one in _reports(history) if one["boot"] == boot)
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


def _reports(history: MeterHistory) -> list[dict[str, Any]]:
    """All boots in order. With several meters any of them tells, to the second."""
    boots = history.evidence.boots
    return [_report(boots, index) for index in range(len(boots.known))]


def _report(boots: Boots, index: int) -> dict[str, Any]:
    one, (start, end) = boots.known[index], boots.span(index)
    placed = steps(one.facts) if one.place is not None else []
    return {
        "boot": one.number,
        "id": one.boot,
        "start": format_time(start) if start is not None else None,
        "end": format_time(end) if end is not None else None,
        "within_s": ms_of((one.place.high - one.place.low) // 2) / 1000 if one.place is not None else None,
        "how": one.how,
        "steps": [
            {"at": format_time(one.wall(mono) or 0), "seconds": ms_of(by) / 1000} for mono, by in placed
        ],
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
