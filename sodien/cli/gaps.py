"""`sodien gaps`: when pulses may have been missed, what that can have cost, and what explains it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import click

from sodien import formats
from sodien.cli.context import Session, by_option, dry_run_option, local_time, print_json, with_session
from sodien.cli.typed import parse_energy
from sodien.device import state as daemon_state
from sodien.errors import SodienError
from sodien.history.gaps import Gap, What
from sodien.history.meter import MeterHistory, bounds
from sodien.history.note_gap import find_gap, resolve_gap
from sodien.i18n import tr
from sodien.metering.register.outage import FIRMWARE_NS
from sodien.protocol.times import format_time, parse_time
from sodien.settings.model import Settings


@click.group("gaps", invoke_without_command=True)
@with_session()
@click.option("--explain", is_flag=True, help="Say why each gap is what it is, and what would narrow it.")
@click.pass_context
def command(ctx: click.Context, session: Session, explain: bool) -> int | None:
    """List the gaps: when nothing was counted, why, and how much may have flowed as far as is known now.

    'sodien gaps resolve GAP' notes what you know about one of them, by the number in the list.
    """
    if ctx.invoked_subcommand is not None:
        return None

    settings = session.settings
    histories = [(where.meter.id, where.history()) for where in session.meter_ledgers]
    found = [_report(meter, history, gap, settings) for meter, history in histories for gap in history.gaps]
    if session.as_json:
        print_json({"gaps": found})
        return 0
    for report in found:
        _show(report, settings)
        if explain:
            for sentence in report["explanation"]:
                click.echo(f"    {sentence}")
    for meter, history in histories:
        if not history.gaps:
            click.echo(("" if len(histories) == 1 else f"{meter}: ") + _no_gap(history, settings))
    if daemon_state.read(session.ledger) is None:
        click.echo(tr("'sodien run' is not running: nothing is being counted now."))
    return 0


def _no_gap(history: MeterHistory, settings: Settings) -> str:
    """What a list without gaps says; it speaks for the time that was counted and for no other."""
    if history.start is None or history.end is None:
        return tr("Nothing has been counted yet, so there is no gap to tell of.")
    start, end = (local_time(ms, settings) for ms in (history.start, history.end))
    return tr("There is no gap: everything from {start} to {end} was counted.", start=start, end=end)


@command.command("resolve")
@with_session()
@click.argument("gap", type=int)
@click.option("--supply-out", "what", flag_value="supply_out", help="The power itself was out.")
@click.option(
    "--supply-on", "what", flag_value="supply_on", help=("The power was on, whatever the settings say.")
)
@click.option("--energy", metavar="LOW..HIGH", help="The kWh that flowed meanwhile, e.g. 0.2..1.5.")
@click.option("--undo", "what", flag_value="undo", help="Withdraw what was said about this gap.")
@by_option
@dry_run_option
def resolve(
    session: Session,
    gap: int,
    what: What | None,
    energy: str | None,
    by: str | None,
    dry_run: bool,
) -> int:
    """Note what you know about a GAP: a new entry beside it; the last one counts, --undo takes it back.

    With --supply-out the gap holds what was not saved before the cut, and what the supply can carry from the
    power's return until counting began again.
    """
    if (what is None) == (energy is None):
        raise SodienError(tr("Say one thing about the gap: --supply-out, --supply-on, --energy or --undo."))
    where = find_gap(session.meter_ledgers, gap)
    noted = resolve_gap(
        where,
        gap,
        what or "energy",
        now=session.now,
        energy=parse_energy(energy) if energy is not None else None,
        by=by,
        dry_run=dry_run,
    )
    settings, after = session.settings, noted.after
    now = next(one for one in after.gaps if one.seq == gap)
    report = {
        **_report(where.meter.id, after, now, settings),
        "noted": not dry_run,
        "before": noted.before.gap_energy(now),
        "findings": after.findings(settings.zone),
    }
    if session.as_json:
        print_json(report)
    else:
        _show(report, settings)
        click.echo(f"    {tr('before'):<12} {formats.kwh_bounds(report['before'])}")
        for sentence in report["explanation"]:
            click.echo(f"    {sentence}")
        if dry_run:
            click.echo(tr("Nothing was noted (--dry-run)."))
        for finding in report["findings"]:
            click.echo(finding)
    return 1 if report["findings"] else 0


def _report(meter: str, history: MeterHistory, gap: Gap, settings: Settings) -> dict[str, Any]:
    blind = gap.blind()
    factor = history.multiplier(gap.start)
    alone = bounds(*(kwh * factor for kwh in (blind.low, blind.low, blind.high or blind.low)))
    said = gap.resolution
    return {
        "gap": gap.seq,
        "meter": meter,
        "start": format_time(gap.start),
        "end": format_time(gap.end),
        "seconds": gap.outage.ns / 1e9,
        "reason": gap.reason,
        "counted": gap.after - gap.pulses,
        "energy": history.gap_energy(gap),
        "alone": {"low": alone.low, "high": alone.high},
        "explained_by": said.what if said else "metered" if gap.supply_out else None,
        "by": said.by if said else None,
        "explanation": _explanation(history, gap, settings),
    }


def _show(report: dict[str, Any], settings: Settings) -> None:
    start, end = (local_time(parse_time(report[name]), settings) for name in ("start", "end"))
    length = formats.duration(report["seconds"])
    click.echo(
        f"{report['gap']:>6}  {report['meter']}  {start} – {end}  {length}  {_reason(report['reason'])}"
    )
    click.echo(f"    {tr('can hold'):<12} {formats.kwh_bounds(report['energy'])}{_why(report)}")


def _reason(reason: str) -> str:
    return {
        "stopped": tr("stopped"),
        "killed": tr("ended unexpectedly"),
        "power": tr("power cut"),
        "damaged": tr("ledger salvaged"),
        "restored": tr("ledger restored"),
        "overflow": tr("edges lost"),
    }.get(reason, reason)


def _why(report: dict[str, Any]) -> str:
    text = {
        "supply_out": tr("the supply itself was out"),
        "supply_on": tr("the supply was on"),
        # Translators: what the energy of a gap rests on: the word of a person
        "energy": tr("stated by a person"),
        "metered": tr("the supply itself was out, by the settings"),
        None: "",
    }[report["explained_by"]]
    who = tr("says {by}", by=report["by"]) if report["by"] else ""
    return f"  ({', '.join(part for part in (text, who) if part)})" if text else ""


def _explanation(history: MeterHistory, gap: Gap, settings: Settings) -> list[str]:
    """Why the gap is what it is, and which assumption narrows it."""
    outage = gap.outage
    blind, now = gap.blind(), history.gap_energy(gap)
    factor = history.multiplier(gap.start)
    low, high = blind.low * factor, (blind.high or Fraction(0)) * factor
    found = [
        {
            "stopped": tr("Counting was stopped on purpose, and started again at the end of the gap."),
            "killed": tr("The program ended unexpectedly while the Pi kept running."),
            "power": tr("The Pi lost its power or was reset, and counting began again in another boot."),
            "restored": tr("The ledger was restored from a backup; what was counted after it is not known."),
            "damaged": tr("The ledger was damaged and salvaged; what was counted last may be lost."),
        }.get(gap.reason, tr("Pulses could have been missed here."))
    ]
    if outage.boots and outage.counted:
        found.append(
            tr(
                "{pulses:pulse|pulses} counted inside it while the Pi did not know the time belong to this "
                "gap; when exactly they came is not known.",
                pulses=formats.HowMany(outage.counted),
            )
        )
    # To the nearest: it is worked out from the declared kWh, which are rounded up already.
    p_max = formats.number(outage.p_max_kw / settings.speed * factor, most=2)
    said = gap.resolution
    if gap.supply_out:
        seconds = (outage.awake_ns or 0) + FIRMWARE_NS
        found.append(
            tr(
                "It is assumed that the supply itself was out while the Pi was down; then at most {high} kWh "
                "flowed: {pulses:pulse|pulses} not saved before the cut, and {p_max} kW for {seconds} s from "
                "the power's return ({allowance} s of it for the firmware) to the first count.",
                high=formats.kwh(high, "up"),
                pulses=formats.HowMany(outage.unsaved),
                p_max=p_max,
                seconds=formats.number(Fraction(seconds, 10**9) * settings.speed, 0, rounding="up"),
                allowance=FIRMWARE_NS // 1_000_000_000,
            )
        )
        if said is None:
            found.append(
                tr(
                    "The settings say so (supply: metered); if the supply was on: "
                    "sodien gaps resolve {gap} --supply-on",
                    gap=gap.seq,
                )
            )
    elif said is not None and said.what == "energy":
        stated = formats.low_high((said.low or 0) * factor, (said.high or 0) * factor)
        found.append(tr("It was stated that {low} to {high} kWh flowed.", low=stated[0], high=stated[1]))
    else:
        found.append(
            tr(
                "At most {p_max} kW can flow through the main breaker, which is {high} kWh in {length}.",
                p_max=p_max,
                high=formats.kwh(high, "up"),
                length=formats.duration(Fraction(outage.ns, 10**9) * settings.speed),
            )
        )
        if outage.can_be_supply_out and said is None:
            found.append(
                tr(
                    "If the supply itself was out meanwhile, at most {high} kWh flowed: "
                    "sodien gaps resolve {gap} --supply-out",
                    high=formats.kwh(outage.supply_out(gap.constants).high * factor, "up"),
                    gap=gap.seq,
                )
            )
    if now.high - now.low < Decimal("0.999") * Decimal(float(high - low)):
        found.append(
            tr(
                "Dial readings narrow it to {low} to {high} kWh.",
                low=formats.kwh(now.low, "down"),
                high=formats.kwh(now.high, "up"),
            )
        )
    elif history.end is not None and now.high - now.low > Decimal("0.1"):
        found.append(tr("A dial reading before it and one after it would narrow it."))
    return found
