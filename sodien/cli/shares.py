"""`sodien shares`: each tenant's share of the bill of a meter with sub-meters behind it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from sodien import formats
from sodien.billing.notices.values import settle
from sodien.billing.sharing.bill_shares import BillShares
from sodien.billing.sharing.shares import JudgedCharge, PartOfBill, Share, judge_charge, judge_sum
from sodien.billing.words import sharing as words
from sodien.bills.shares import main_meters, no_sub_meters, receipts_of, shares_of
from sodien.cli.context import Session, console, print_json, with_session
from sodien.cli.report import write
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.metering.bounds import Bounded, rounded, rounded_down, rounded_up
from sodien.protocol.times import format_time


@click.command("shares")
@with_session()
@click.argument("bill", type=int, required=False)
@click.option(
    "--charged",
    "charges",
    metavar="METER=AMOUNT",
    multiple=True,
    help="What the tenant of a sub-meter was charged; can be repeated.",
)
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the tenants' receipts here (HTML, a page each), to print or to send.",
)
def command(session: Session, bill: int | None, charges: tuple[str, ...], output: Path | None) -> int:
    """Share BILL (by its number; the newest period without) among the sub-meters behind its meter.

    kWh of every sub-meter from the instant in which the utility read its own meter to the next; what no
    sub-meter counted; the money, and how it is worked out; the most that may be charged. Everything has
    bounds. Exit code 1: the sub-meters have more than is possible, or somebody was charged too much.
    """
    if not main_meters(session.settings):
        raise no_sub_meters()
    where = session.meter_ledger_for(lambda meter: bool(session.settings.subs(meter.id)))
    found = shares_of(where, now=session.now, entry=bill)
    judged = _judged(found, charges)
    together = judge_sum(sum((one.charged for _, one in judged), Decimal(0)), found.shared.billed)
    if output is not None:
        write(output, receipts_of(where, found, now=session.now).encode())
    if session.as_json:
        print_json(_plain(found, judged, together))
    else:
        _show(session, found)
        if output is not None:
            click.echo(tr("The receipts are in {path}", path=output))
        for share, one in judged:
            click.echo(words.charged(found, share, one))
        if together.result == "disagrees" or len(judged) == len(found.shared.shares):
            click.echo(words.charged_together(found, together))
    wrong = found.impossible or "disagrees" in {one.result for one in (together, *(j for _, j in judged))}
    return 1 if wrong else 0


def _judged(found: BillShares, charges: tuple[str, ...]) -> list[tuple[Share, JudgedCharge]]:
    by_meter = {one.tenant.meter: one for one in found.shared.shares}
    judged = {}
    for typed in charges:
        meter, equals, amount = typed.partition("=")
        if not equals or meter not in by_meter:
            raise SodienError(
                tr(
                    "--charged is '{typed}'; write a sub-meter and an amount, such as {example}.",
                    typed=typed,
                    example=f"{next(iter(by_meter))}=350000",
                )
            )
        money = settle(amount.strip(), "money", None, machine=False)
        if isinstance(money, tuple) or money < 0:
            raise SodienError(
                tr("'{amount}' is no amount of money; write digits alone, such as 350000.", amount=amount)
            )
        share = by_meter[meter]
        judged[meter] = share, judge_charge(money, share, found.shared, found.agreed)
    return list(judged.values())


def _show(session: Session, found: BillShares) -> None:
    from rich.table import Table

    out, zone, shared = console(), session.settings.zone, found.shared
    title = f"{found.meter} · {words.period(found)}"
    if found.bill is not None:
        title += " · " + tr("bill {entry}", entry=found.entry)
    out.print(title, style="bold", highlight=False)
    for sentence in (words.source(found), *words.doubts(found)):
        out.print(sentence, highlight=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(tr("sub-meter"))
    table.add_column(tr("kWh"), justify="right")
    sign = formats.currency_sign(found.currency)
    table.add_column(tr("to pay, {currency}", currency=sign), justify="right")
    for one in shared.shares:
        table.add_row(words.who(one.tenant), words.kwh(one.own.kwh), words.amounts(one.own.money))
        if shared.agreed != "landlord":
            rest = f"  {tr('of the rest')}"
            table.add_row(rest, words.kwh(one.common.kwh), words.amounts(one.common.money))
            table.add_row(f"  {tr('together')}", "", words.amounts(one.money))
    rest = tr("the rest, in no sub-meter")
    table.add_row(rest, words.kwh(shared.uncounted.kwh), words.amounts(shared.uncounted.money))
    out.print(table)
    for one in shared.shares:
        out.print(f"{words.who(one.tenant)}: {words.own_sum(found, one)}", highlight=False, soft_wrap=True)
        if (common := words.common_sum(found, one)) is not None:
            out.print("  " + tr("of the rest: {sum}", sum=common), highlight=False, soft_wrap=True)
    left = tr("Left for the landlord: {sum}", sum=words.left_sum(found))
    for said in (left, words.agreed(found), words.rule(found), words.quotas(found), words.loss(found, zone)):
        if said is not None:
            out.print(said, highlight=False, soft_wrap=True)


def _plain(
    found: BillShares, judged: list[tuple[Share, JudgedCharge]], together: JudgedCharge
) -> dict[str, Any]:
    shared, quotas, rule, lost = found.shared, found.quotas, found.rule, found.loss
    result: dict[str, Any] = {
        "meter": found.meter,
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "bill": found.entry or None,
        "verdict": found.verdict.overall if found.verdict is not None else None,
        "kwh": _bounds(shared.billed.kwh),
        "kwh_printed": found.kwh_printed,
        "total": _bounds(shared.billed.total),
        "total_printed": found.money_printed,
        "currency": found.currency,
        "read": [
            {"from": format_time(one.start), "to": format_time(one.end), "at": format_time(one.at)}
            for one in found.readings
        ],
        "common": shared.agreed,
        "divisor_kwh": rounded(shared.divisor),
        "shares": [
            {
                "meter": one.tenant.meter,
                "name": one.tenant.name or None,
                "own": _part(one.own),
                "common": _part(one.common),
                "charge": one.charge,
                "money": _bounds(one.money),
            }
            for one in shared.shares
        ],
        "uncounted": _part(shared.uncounted),
        "left": shared.left,
        "at_most": None
        if rule is None
        else {"total": _bounds(shared.billed.total), "law": rule.law, "certainty": rule.certainty},
        "households": rounded(quotas.households),
        "households_declared": None if quotas.declared is None else rounded(quotas.declared),
        "declared_saves": quotas.saved,
        "loss": None
        if lost is None
        else {"main": _bounds(lost.main), "kwh": _bounds(lost.kwh), "over": rounded_down(lost.over)},
        "doubts": words.doubts(found),
    }
    if judged:
        result["charged"] = [{"meter": one.tenant.meter, **_charge(charge)} for one, charge in judged]
        result["charged_together"] = _charge(together)
    return result


def _part(part: PartOfBill) -> dict[str, Any]:
    return {"kwh": _bounds(part.kwh), "money": _bounds(part.money), "charge": part.charge}


def _charge(judged: JudgedCharge) -> dict[str, Any]:
    return {
        "charged": judged.charged,
        "result": judged.result,
        "at_most": judged.most,
        "too_much_by_at_least": judged.by if judged.result == "disagrees" else None,
    }


def _bounds(value: Bounded) -> dict[str, Decimal]:
    return {"low": rounded_down(value.low), "best": rounded(value.best), "high": rounded_up(value.high)}
