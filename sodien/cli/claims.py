"""`sodien claims`: the utility's daily readings beside your register, and what may be wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Any

import click

from sodien import formats
from sodien.billing.claims.claim import Claim
from sodien.billing.claims.judging import JudgedClaim
from sodien.billing.claims.series import Account
from sodien.billing.words import claims as words
from sodien.bills.claims import StoredClaim, accounts, stored_claims
from sodien.cli.context import Session, console, print_json, with_session
from sodien.history.current import MeterLedger
from sodien.i18n import tr
from sodien.metering.bounds import rounded_down, rounded_up
from sodien.protocol.times import format_time
from sodien.settings.model import Settings

#: So many are listed unless more are asked for.
_USUAL = 31


@click.command("claims")
@with_session()
@click.option("--last", "count", type=click.IntRange(1, 10_000), default=_USUAL, help="How many to list.")
def command(session: Session, count: int) -> int:
    """List the utility's daily readings with your own register at that time: agree, cannot tell, disagree.

    Below: how far their register drifts from yours, and what may be wrong with their readings: stuck,
    calculated, late or shifted. Exit code 1: something disagrees.
    """
    return show_accounts(session, session.meter_ledgers, count=count)


def show_accounts(
    session: Session,
    places: Sequence[MeterLedger],
    *,
    count: int = _USUAL,
    of: Collection[Claim] | None = None,
    extra: dict[str, Any] | None = None,
) -> int:
    """Show the judged claims, ``of`` some alone; ``extra`` goes into the JSON. Returns the exit code."""
    code, reports = 0, []
    of = frozenset(of) if of is not None else None
    for where in places:
        stored = stored_claims(where.ledger, where.meter.id, session.settings.zone)
        found = accounts(where, stored=stored)
        shown = {name: _shown(one, of, count) for name, one in found.items()}
        if of is not None:
            found = {name: one for name, one in found.items() if shown[name]}
        if of is None:
            code = max(code, int(any(one.disagrees for one in found.values())))
        else:
            code = max(code, int(any(one.result == "disagrees" for some in shown.values() for one in some)))
        if session.as_json:
            reports += [
                _report(where, name, one, shown[name], stored, session.settings)
                for name, one in found.items()
            ]
        else:
            _show(session, where, found, shown, stored)
    if session.as_json:
        print_json({**(extra or {}), "claims": reports})
    return code


def _shown(found: Account, of: Collection[Claim] | None, count: int) -> list[JudgedClaim]:
    return [one for one in found.judged if of is None or one.claim in of][-count:]


def _entries(stored: Sequence[StoredClaim]) -> dict[Claim, int]:
    """The first entry of each claim that counts."""
    return {one.claim: one.entry for one in reversed(stored) if one.counts}


def _show(
    session: Session,
    where: MeterLedger,
    found: dict[str, Account],
    shown: dict[str, list[JudgedClaim]],
    stored: Sequence[StoredClaim],
) -> None:
    from rich.table import Table

    out, zone = console(), session.settings.zone
    if not stored:
        out.print(
            tr(
                "{meter}: no daily readings of the utility yet; see 'sodien claim --help'.",
                meter=where.meter.id,
            )
        )
        return
    entries = _entries(stored)
    for name, one in found.items():
        out.print(f"{where.meter.id} · {name}" if name else where.meter.id, style="bold")
        table = Table(box=None, pad_edge=False)
        for heading in (tr("entry"), tr("day"), tr("utility, kWh"), tr("yours, kWh")):
            table.add_column(heading, justify="right")
        table.add_column(tr("result"))
        for judged in shown[name]:
            table.add_row(
                str(entries[judged.claim]),
                words.when(judged.claim, zone),
                formats.number(judged.claim.index, most=3),
                words.ours(judged),
                words.judgement(judged),
                style={"disagrees": "red", "agrees": "green"}.get(judged.result),
            )
        out.print(table)
        for sentence in sentences(one, session.settings):
            out.print(f"  {sentence}", highlight=False, soft_wrap=True)


def sentences(found: Account, settings: Settings) -> list[str]:
    """What is said of all the readings of one source: their drift, and what may be wrong."""
    said = [words.fault(fault, settings.zone) for fault in found.faults]
    return [words.drift(found.drift, settings.zone), *said] if found.drift is not None else said


def _report(
    where: MeterLedger,
    name: str,
    found: Account,
    shown: Sequence[JudgedClaim],
    stored: Sequence[StoredClaim],
    settings: Settings,
) -> dict[str, Any]:
    drift, entries = found.drift, _entries(stored)
    return {
        "meter": where.meter.id,
        "source": name,
        "readings": [_plain(one, entries[one.claim], settings) for one in shown],
        "drift_per_mille": None
        if drift is None
        else {
            "low": rounded_down(drift.low),
            "best": rounded_down(drift.best),
            "high": rounded_up(drift.high),
        },
        "faults": [
            {
                "kind": fault.kind,
                "certain": fault.certain,
                "first": words.when(fault.first, settings.zone),
                "last": words.when(fault.last, settings.zone),
                "count": fault.count,
            }
            for fault in found.faults
        ],
        "findings": sentences(found, settings),
        "disagrees": found.disagrees,
    }


def _plain(one: JudgedClaim, entry: int, settings: Settings) -> dict[str, Any]:
    claim = one.claim
    off = abs(one.off) if one.off else Fraction(0)
    return {
        "entry": entry,
        "day": claim.date(settings.zone).isoformat(),
        "at": None if claim.at is None else format_time(claim.at),
        "index": claim.index,
        "low": None if one.ours is None else rounded_down(one.ours.low),
        "high": None if one.ours is None else rounded_up(one.ours.high),
        "result": one.result,
        "why": one.why,
        "off_kwh_at_least": rounded_down(off) if one.result == "disagrees" else None,
        "too_high": one.off > 0 if one.result == "disagrees" else None,
        "detectable_kwh": None if one.detectable is None else rounded_up(one.detectable),
        "says": words.judgement(one),
    }
