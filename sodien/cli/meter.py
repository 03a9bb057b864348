"""`sodien meter`: which meter hangs there, its constant, and its replacement."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import click

from sodien.cli.context import (
    Session,
    decimal_text,
    local_time,
    print_json,
    read_dial,
    show_bounds,
    with_session,
)
from sodien.cli.typed import parse_within
from sodien.errors import SodienError
from sodien.history.corrections import withdrawal
from sodien.history.current import current_view
from sodien.history.installations import BEGINNING, Installation, life_at, lives
from sodien.history.meter import MeterHistory
from sodien.i18n import tr
from sodien.ledger.store import NewRow
from sodien.protocol.times import format_time, parse_time
from sodien.settings.model import MeterSettings, Settings


@click.group("meter")
def command() -> None:
    """Show or note which meter hangs there: its replacement, and its constant."""


@command.command("show")
@with_session()
def show(session: Session) -> int:
    """Show the meters that hung there one after another, with their constants, and where that is from."""
    settings, ledger = session.settings, session.ledger
    found = [_report(one, current_view(settings, ledger, one)) for one in session.meters]
    if session.as_json:
        print_json({"meters": found})
        return 0
    for report in found:
        click.echo(report["id"])
        for life in report["installed"]:
            _show(life, settings)
        for finding in report["notes"]:
            click.echo(finding)
    return 0


@command.command("replace")
@with_session()
@click.option("--at", "when", required=True, metavar="TIME", help="When it was replaced.")
@click.option("--old-final", required=True, metavar="READING", help="What the old dial showed at last.")
@click.option("--new-initial", required=True, metavar="READING", help="What the new dial showed at first.")
@click.option("--constant", metavar="NUMBER", help="imp/kWh of the new meter (default: the settings').")
@click.option("--digits", type=click.IntRange(1, 9), help="Digits before the point (default: the settings').")
@click.option(
    "--decimals", type=click.IntRange(0, 3), help="Digits after the point (default: the settings')."
)
@click.option("--multiplier", type=click.IntRange(1, 1_000_000), help="Of the bill (default: the settings').")
@click.option("--serial", metavar="TEXT", help="Serial number on the new meter's plate.")
@click.option("--within", default="1m", metavar="SPAN", help="How exactly the time is known (default: 1m).")
@click.option("--by", metavar="NAME", help="Who notes it.")
@click.option("--dry-run", is_flag=True, help="Only show what it would change.")
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
    one = session.meter
    at = session.past(when)
    ledger = session.ledger
    old = life_at(lives(ledger, one), at)
    if old.start == at:
        raise SodienError(
            tr(
                "A replacement at {when} is noted already; 'sodien meter withdraw {entry}' takes it back.",
                when=when,
                entry=old.entry,
            )
        )
    new_digits = digits if digits is not None else one.digits
    new_decimals = decimals if decimals is not None else one.decimals
    body: dict[str, Any] = {
        "old_final": read_dial(old_final, old.digits, old.decimals, "--old-final"),
        "new_initial": read_dial(new_initial, new_digits, new_decimals, "--new-initial"),
        "constant": str(_constant("--constant", constant) if constant is not None else one.constant),
        "digits": new_digits,
        "decimals": new_decimals,
        "multiplier": multiplier if multiplier is not None else one.multiplier,
        "within_ms": parse_within(within),
    }
    body |= {"serial": serial} if serial else {}
    body |= {"by": by} if by else {}
    row = NewRow("replacement", one.id, at=at, body=body)
    return _note(session, row, dry_run)


@command.command("constant")
@with_session()
@click.argument("new")
@click.option("--at", "when", default="now", metavar="TIME", help="Since when it holds (default: now).")
@click.option("--from-start", is_flag=True, help="It has been so for as long as this meter hangs there.")
@click.option("--by", metavar="NAME", help="Who notes it.")
@click.option("--dry-run", is_flag=True, help="Only show what it would change.")
def constant(
    session: Session,
    new: str,
    when: str,
    from_start: bool,
    by: str | None,
    dry_run: bool,
) -> int:
    """Note that the meter's constant is NEW imp/kWh since a time, or since the meter hangs there.

    Nothing counted is changed: pulses stay pulses, and the register is reckoned anew from them.
    """
    one = session.meter
    at = session.past(when)
    body: dict[str, Any] = {"constant": str(_constant("NEW", new))}
    body |= {"from_start": True} if from_start else {}
    body |= {"by": by} if by else {}
    return _note(session, NewRow("constant", one.id, at=at, body=body), dry_run)


@command.command("withdraw")
@with_session()
@click.argument("entry", type=int)
@click.option("--because", required=True, metavar="TEXT", help="Why it does not hold.")
@click.option("--by", metavar="NAME", help="Who says so.")
@click.option("--dry-run", is_flag=True, help="Only show what it would change.")
def withdraw(
    session: Session,
    entry: int,
    because: str,
    by: str | None,
    dry_run: bool,
) -> int:
    """Take back a replacement or a constant that was noted wrongly, by its number in 'sodien meter show'.

    The old entry stays in the ledger, marked.
    """
    one, ledger = session.meter, session.ledger
    rows = [row for kind in ("replacement", "constant") for row in ledger.of_kind(kind, one.id)]
    found = next((row for row in rows if row.seq == entry), None)
    if found is None:
        raise SodienError(
            tr(
                "There is no replacement or constant {entry}; 'sodien meter show' lists them.",
                entry=entry,
            )
        )
    row = withdrawal(found, session.now, because, by)
    return _note(session, row, dry_run)


# -- what they share -----------------------------------------------------------------------------------


def _note(session: Session, row: NewRow, dry_run: bool) -> int:
    """Append the row unless ``dry_run``, and show what it changes."""
    settings, meter, ledger = session.settings, session.meter, session.ledger
    before = current_view(settings, ledger, meter)
    after = current_view(settings, ledger, meter, [row])
    if not dry_run:
        ledger.append([row])
        after = current_view(settings, ledger, meter)
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
        for life in report["installed"]:
            _show(life, settings)
        click.echo(f"  {tr('register before'):<18} {show_bounds(report['before'], before.why_none())}")
        click.echo(f"  {tr('register now'):<18} {show_bounds(report['after'], after.why_none())}")
        if dry_run:
            click.echo(tr("Nothing was noted (--dry-run)."))
        for sentence in (*report["notes"], *report["findings"]):
            click.echo(sentence)
    return 1 if report["findings"] else 0


def _constant(name: str, text: str) -> Decimal:
    """imp/kWh as typed. Raises SodienError."""
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 < value <= 1_000_000:
        raise SodienError(
            tr(
                "{name} '{text}' is no constant; write the imp/kWh from the plate, such as 1600.",
                name=name,
                text=text,
            )
        )
    return value


def _report(meter: MeterSettings, view: MeterHistory) -> dict[str, Any]:
    installed = [
        {
            "serial": life.serial,
            "entry": life.entry,
            "since": format_time(life.start) if life.start is not None else None,
            "until": format_time(life.end) if life.end is not None else None,
            "constants": [
                {
                    "since": format_time(since) if since != BEGINNING else None,
                    "constant": decimal_text(value),
                    "entry": entry,
                }
                for (since, value), entry in zip(life.constants, life.entries, strict=True)
            ],
            "digits": life.digits,
            "decimals": life.decimals,
            "multiplier": int(life.multiplier),
        }
        for life in view.lives
    ]
    return {"id": meter.id, "installed": installed, "notes": _notes(meter, view.life)}


def _notes(meter: MeterSettings, life: Installation) -> list[str]:
    """Where the settings say something else than the ledger of the meter that hangs there now."""
    now = life.constants[-1][1]
    pairs = [
        ("constant", decimal_text(now), decimal_text(meter.constant)),
        ("digits", str(life.digits), str(meter.digits)),
        ("decimals", str(life.decimals), str(meter.decimals)),
        ("multiplier", str(life.multiplier), str(meter.multiplier)),
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


def _show(life: dict[str, Any], settings: Settings) -> None:
    def told(when: str | None, otherwise: str) -> str:
        return local_time(parse_time(when), settings) if when is not None else otherwise

    until = told(life["until"], tr("now"))
    entry = f"  ({tr('entry {entry}', entry=life['entry'])})" if life["entry"] is not None else ""
    since = told(life["since"], tr("the beginning"))
    click.echo(
        "  "
        + tr("meter {serial}: {since} to {until}", serial=life["serial"], since=since, until=until)
        + entry
    )
    click.echo(
        "    "
        + tr(
            "digits {digits}, decimals {decimals}, multiplier {multiplier}",
            digits=life["digits"],
            decimals=life["decimals"],
            multiplier=life["multiplier"],
        )
    )
    for one in life["constants"]:
        entry = f"  ({tr('entry {entry}', entry=one['entry'])})" if one["entry"] is not None else ""
        since = told(one["since"], tr("the beginning"))
        click.echo(
            "    " + tr("{constant} imp/kWh since {since}", constant=one["constant"], since=since) + entry
        )
