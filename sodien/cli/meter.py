"""`sodien meter`: which meter is installed, its constant, and its replacement."""

from __future__ import annotations

from typing import Any

import click

from sodien.cli.context import (
    Session,
    by_option,
    dry_run_option,
    local_time,
    print_json,
    with_session,
)
from sodien.cli.typed import parse_constant, parse_within
from sodien.history.boots import NEVER
from sodien.history.installations import BEGINNING, Installation
from sodien.history.meter import MeterHistory
from sodien.history.note import Noted
from sodien.history.note_meter import note_constant, note_replacement, withdraw_meter_note
from sodien.i18n import tr
from sodien.metering.bounds import decimal_text
from sodien.protocol.times import format_time, parse_time
from sodien.settings.model import MeterSettings, Settings


@click.group("meter")
def command() -> None:
    """Show or note which meter is installed: its replacement, and its constant."""


@command.command("show")
@with_session()
def show(session: Session) -> int:
    """Show the meters that were installed one after another, with their constants, and where that is from."""
    settings = session.settings
    found = [_report(one.meter, one.history()) for one in session.meter_ledgers]
    if session.as_json:
        print_json({"meters": found})
        return 0
    for report in found:
        click.echo(report["id"])
        for installation in report["installed"]:
            _show(installation, settings)
        for finding in report["notes"]:
            click.echo(finding)
    return 0


@command.command("replace")
@with_session()
@click.option("--at", "when", required=True, metavar="TIME", help="When it was replaced.")
@click.option("--old-final", required=True, metavar="READING", help="The last reading of the old dial.")
@click.option("--new-initial", required=True, metavar="READING", help="The first reading of the new dial.")
@click.option("--constant", metavar="NUMBER", help="imp/kWh of the new meter (default: the settings').")
@click.option("--digits", type=click.IntRange(1, 9), help="Digits before the point (default: the settings').")
@click.option(
    "--decimals", type=click.IntRange(0, 3), help="Digits after the point (default: the settings')."
)
@click.option("--multiplier", type=click.IntRange(1, 1_000_000), help="Of the bill (default: the settings').")
@click.option("--serial", metavar="TEXT", help="Serial number on the new meter's plate.")
@click.option("--within", default="1m", metavar="SPAN", help="How exactly the time is known (default: 1m).")
@by_option
@dry_run_option
def replace(
    session: Session,
    when: str,
    old_final: str,
    new_initial: str,
    constant: str | None,
    digits: int | None,
    decimals: int | None,
    multiplier: int | None,
    serial: str | None,
    within: str,
    by: str | None,
    dry_run: bool,
) -> int:
    """Note that the meter was replaced: the old one's last reading and the new one's first join the two.

    The register, snapshots and consumption go on across it. Write the new meter's constant, digits and
    multiplier into the settings too, and restart the service: the pulse filter takes them from there.
    """
    noted = note_replacement(
        session.meter_ledger,
        now=session.now,
        at=session.instant_or_now(when),
        old_final=old_final,
        new_initial=new_initial,
        constant=parse_constant(constant) if constant is not None else None,
        digits=digits,
        decimals=decimals,
        multiplier=multiplier,
        serial=serial,
        within=parse_within(within),
        by=by,
        dry_run=dry_run,
    )
    return _show_noted(session, noted)


@command.command("constant")
@with_session()
@click.argument("new")
@click.option("--at", "when", default="now", metavar="TIME", help="Since when it applies (default: now).")
@click.option(
    "--from-start", is_flag=True, help="It has been so for as long as this meter has been installed."
)
@by_option
@dry_run_option
def constant(
    session: Session,
    new: str,
    when: str,
    from_start: bool,
    by: str | None,
    dry_run: bool,
) -> int:
    """Note that the meter's constant is NEW imp/kWh since a time, or since the meter was installed.

    Nothing counted is changed: pulses stay pulses, and the register is worked out again from them.
    """
    noted = note_constant(
        session.meter_ledger,
        parse_constant(new),
        now=session.now,
        at=session.instant_or_now(when),
        from_start=from_start,
        by=by,
        dry_run=dry_run,
    )
    return _show_noted(session, noted)


@command.command("withdraw")
@with_session()
@click.argument("entry", type=int)
@click.option("--because", required=True, metavar="TEXT", help="Why it is wrong.")
@by_option
@dry_run_option
def withdraw(
    session: Session,
    entry: int,
    because: str,
    by: str | None,
    dry_run: bool,
) -> int:
    """Withdraw a replacement or a constant that was noted wrongly, by its number in 'sodien meter show'.

    The old entry stays in the ledger, marked.
    """
    noted = withdraw_meter_note(
        session.meter_ledger, entry, because=because, now=session.now, by=by, dry_run=dry_run
    )
    return _show_noted(session, noted)


# -- what they share -----------------------------------------------------------------------------------


def _show_noted(session: Session, noted: Noted) -> int:
    """Which meters there are with the entry, and what it changes. Returns the exit code."""
    settings, meter = session.settings, session.meter
    before, after, dry_run = noted.before, noted.after, noted.entry is None
    instant = after.end
    report = {
        **_report(meter, after),
        "noted": not dry_run,
        "before": before.at(instant) if instant is not None else None,
        "after": after.at(instant) if instant is not None else None,
        "findings": after.findings(settings.zone),
    }
    if session.as_json:
        print_json(report)
    else:
        click.echo(meter.id)
        for installation in report["installed"]:
            _show(installation, settings)
        click.echo(f"  {tr('register before'):<18} {before.shown(instant)}")
        click.echo(f"  {tr('register now'):<18} {after.shown(instant)}")
        if dry_run:
            click.echo(tr("Nothing was noted (--dry-run)."))
        for sentence in (*report["notes"], *report["findings"]):
            click.echo(sentence)
    return 1 if report["findings"] else 0


def _report(meter: MeterSettings, history: MeterHistory) -> dict[str, Any]:
    installed = [
        {
            "serial": installation.serial,
            "entry": installation.entry,
            "since": format_time(installation.start) if installation.start is not None else None,
            "until": format_time(installation.end) if installation.end is not None else None,
            "constants": [
                {
                    "since": _since(one.at, history),
                    "constant": decimal_text(one.constant),
                    "entry": one.entry,
                }
                for one in installation.constants
            ],
            "digits": installation.digits,
            "decimals": installation.decimals,
            "multiplier": int(installation.multiplier),
        }
        for installation in history.installations
    ]
    return {"id": meter.id, "installed": installed, "notes": _notes(meter, history.installation)}


def _since(at: int, history: MeterHistory) -> str | None:
    """None for the beginning; what a boot of unknown time noted comes after all that was counted."""
    at = at if at < NEVER else history.end or BEGINNING
    return format_time(at) if at != BEGINNING else None


def _notes(meter: MeterSettings, installation: Installation) -> list[str]:
    """Where the settings say something else than the ledger of the meter that is installed now."""
    now = installation.constants[-1].constant
    pairs = [
        ("constant", decimal_text(now), decimal_text(meter.constant)),
        ("digits", str(installation.digits), str(meter.digits)),
        ("decimals", str(installation.decimals), str(meter.decimals)),
        ("multiplier", str(installation.multiplier), str(meter.multiplier)),
    ]
    return [
        tr(
            "The settings have {key}: {settings}, the ledger has {ledger}; the ledger counts. Write "
            "{key}: {ledger} into the settings and restart the service.",
            key=key,
            settings=said,
            ledger=held,
        )
        for key, held, said in pairs
        if held != said
    ]


def _show(installation: dict[str, Any], settings: Settings) -> None:
    def at(when: str | None, otherwise: str) -> str:
        return local_time(parse_time(when), settings) if when is not None else otherwise

    until = at(installation["until"], tr("now"))
    entry = (
        f"  ({tr('entry {entry}', entry=installation['entry'])})" if installation["entry"] is not None else ""
    )
    since = at(installation["since"], tr("the beginning"))
    click.echo(
        "  "
        + tr(
            "meter {serial}: from {since} until {until}",
            serial=installation["serial"],
            since=since,
            until=until,
        )
        + entry
    )
    click.echo(
        "    "
        + tr(
            "digits {digits}, decimals {decimals}, multiplier {multiplier}",
            digits=installation["digits"],
            decimals=installation["decimals"],
            multiplier=installation["multiplier"],
        )
    )
    for one in installation["constants"]:
        entry = f"  ({tr('entry {entry}', entry=one['entry'])})" if one["entry"] is not None else ""
        since = at(one["since"], tr("the beginning"))
        click.echo(
            "    " + tr("{constant} imp/kWh since {since}", constant=one["constant"], since=since) + entry
        )
