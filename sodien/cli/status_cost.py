"""The cost so far in `sodien status`."""

from __future__ import annotations

from typing import Any

from sodien import formats
from sodien.bills.cost_so_far import Costs, since_text
from sodien.cli.context import local_time
from sodien.errors import SodienError
from sodien.history.meter import MeterHistory
from sodien.i18n import tr
from sodien.ledger.store import Ledger
from sodien.metering.calendar import ReadingDays
from sodien.protocol.times import parse_time
from sodien.settings.model import MeterSettings, Settings


def cost(
    settings: Settings, ledger: Ledger, view: MeterHistory, meter: MeterSettings, days: ReadingDays, at: int
) -> dict[str, Any]:
    """What this period has cost so far; ``cost_why`` says why that is not known."""
    try:
        found = Costs(settings, ledger).at(view, meter, days, at)
    except SodienError as error:
        return {"cost": None, "cost_why": str(error)}
    return {
        "cost": found.money,
        "currency": found.currency,
        "billed_kwh": found.kwh,
        "period": {"first": found.first, "last": found.last},
        "cost_since": since_text(found),
        "tier": found.tier,
        "next_tier": found.next_tier,
        "projection": found.projection,
    }


def cost_rows(meter: dict[str, Any], settings: Settings) -> list[tuple[str, str]]:
    """The cost so far for people."""
    if meter["cost"] is None:
        return [(tr("cost so far"), f"– ({meter['cost_why']})")]
    cost, currency, period = meter["cost"], meter["currency"], meter["period"]
    rows = [
        (tr("billing period"), f"{formats.date(period['first'])} – {formats.date(period['last'])}"),
        (tr("cost so far"), formats.money_bounds(cost, currency)),
    ]
    if meter["cost_since"] is not None:
        since = local_time(parse_time(meter["cost_since"]), settings)
        rows.append(("", tr("only what was counted since {since}", since=since)))
    if meter["tier"] is not None:
        above = meter["next_tier"]
        text = str(meter["tier"])
        if above is not None:
            text += " " + tr(
                "(tier {tier} begins above {kwh} kWh, {price} {currency} a kWh before tax)",
                tier=above.tier,
                kwh=formats.number(above.starts_at_kwh),
                price=formats.amount(above.price),
                currency=formats.currency_sign(currency),
            )
        rows.append((tr("tier"), text))
    projection = meter["projection"]
    if projection is not None:
        kwh, money = projection.kwh, projection.cost
        day = formats.date(projection.day)
        rows.append(
            (
                tr("by {day}", day=day),
                formats.kwh_bounds(kwh),
            )
        )
        rows.append(("", formats.money_bounds(money, currency)))
    return rows
