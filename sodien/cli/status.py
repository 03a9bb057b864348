"""`sodien status`: the register with its bounds, and how things go."""

from __future__ import annotations

from typing import Any

import click

from sodien import formats
from sodien.bills.cost_so_far import Costs, since_text
from sodien.cli.context import Session, console, local_time, print_json, with_session
from sodien.device import state as state_file
from sodien.device.send_again import refused_of, refused_sentence, waiting
from sodien.device.state import State
from sodien.errors import SodienError
from sodien.history.current import MeterLedger, live_count
from sodien.history.meter import MeterHistory, bounds, history_of
from sodien.history.reading_days import reading_days, spans
from sodien.household.both_ways import BothWays, both_ways
from sodien.i18n import tr
from sodien.ledger.store import Ledger
from sodien.metering import calendar
from sodien.metering.calendar import ReadingDays
from sodien.metering.register.coverage import Coverage
from sodien.protocol.times import format_time, parse_time
from sodien.settings.model import MeterSettings, Settings
from sodien.words import register as words
from sodien.words.flashes import refused_flashes

#: What stands for the broker's state while no daemon runs; scripts read it.
NOT_RUNNING = "not running"


@click.command("status")
@with_session(meter=False)
@click.option(
    "--at", "when", metavar="TIME", help="Any instant, e.g. '2026-11-30 07:30' (meter's time zone)."
)
def command(session: Session, when: str | None) -> int:
    """Show each meter's register with bounds, power, today, this billing period, coverage, queue and broker.

    With --at only the register at that instant is shown.
    """
    settings, ledger = session.settings, session.ledger
    state = state_file.read(ledger)
    at = session.instant(when) if when is not None else None
    meters = [_meter(settings, ledger, meter, state, at) for meter in settings.meters]
    refused = refused_of(ledger, state)
    report: dict[str, Any] = {
        "device": settings.device,
        "running": state is not None,
        "clock_set": state.clock_set if state else None,
        "queue": state.queue if state and state.queue is not None else waiting(ledger),
        "refused": refused[0],
        "refused_because": refused[1],
        "broker": state.broker if state else NOT_RUNNING,
        "broker_failure": state.broker_failure if state else None,
        "ledger": {"id": ledger.id, "path": str(ledger.path), "entries": ledger.newest_seq()},
        "trouble": state.trouble if state else None,
        "set_aside": sorted({*ledger.set_aside(), *(state.set_aside if state else ())}),
        "meters": meters,
    }
    if session.as_json:
        print_json(report)
    else:
        _show(report, settings, at)
    return 0


def _meter(
    settings: Settings, ledger: Ledger, meter: MeterSettings, state: State | None, at: int | None
) -> dict[str, Any]:

    live = state.live.get(meter.id) if state else None
    counted = live_count(meter.id, state) if at is None else None
    history = history_of(settings, ledger, meter, counted)
    save = ledger.saves().get(meter.id)
    report: dict[str, Any] = {"id": meter.id, "digits": meter.digits, "multiplier": meter.multiplier}
    report["delivery_of"] = meter.delivery_of
    instant = at if at is not None else history.end
    if instant is None:
        unset = state is not None and not state.clock_set
        why = tr("the clock is not set yet") if unset else history.why_none()
        return {**report, "pulses": live.pulses if live else 0, "register": None, "why": why}
    found = history.at(at) if at is not None else history.newest()
    report["at"] = format_time(instant)
    report["register"] = found
    installed = history.installed_at(instant)
    report |= {"digits": installed.digits, "multiplier": int(installed.multiplier)}
    report["why"] = None if found else history.why_none()
    if at is not None:
        low, high = history.count(at)
        return {**report, "pulses": low, "pulses_max": high}
    tick = ledger.newest("tick", meter.id)
    counts = [tick.pulses or 0 if tick else 0, save.pulses if save else 0, live.pulses if live else 0]
    report["pulses"] = max(counts)
    report["pulses_stored"] = tick.pulses if tick else 0
    report["power_w"] = live.power_w if live else None
    report["power_max_w"] = live.power_max_w if live else None
    days = reading_days(ledger, meter)
    times = spans(history, days, settings.zone, instant)
    energies = {name: history.energy(*span) for name, span in times.items()}
    first, last = calendar.billing_period(calendar.day_up_to(instant, settings.zone), days)
    begin, _ = calendar.day_bounds(first, settings.zone)
    since = times["period"][0]
    report["period"] = {"first": first, "last": last}
    report["period_since"] = format_time(since) if since > begin else None
    coverages = {
        "today": history.coverage(*times["today"]),
        "period": history.coverage(min(begin, instant), instant),  # all of it: what was before counting too
    }
    report["today_kwh"] = energies["today"]
    report["period_kwh"] = energies["period"]
    share = coverages["today"].share
    report["coverage"] = round(share, 4) if share is not None else None
    report["coverage_today"] = _seconds(coverages["today"])
    report["coverage_period"] = _seconds(coverages["period"])
    report["findings"] = history.findings(settings.zone)
    if state and (refused := state.refused_flashes.get(meter.id)):
        sentence, remedy = refused_flashes(refused, meter.min_pulse_ms, settings.speed)
        report["findings"] = [*report["findings"], f"{sentence}: {remedy}"]
    report["rejected"] = live.rejected if live else {}
    report["reading_day"] = calendar.next_reading_day(calendar.date_of(instant, settings.zone), days)
    report |= _cost(settings, ledger, history, meter, days, instant)
    where, costs = MeterLedger(settings, ledger, meter), Costs(settings, ledger)
    report["both_ways"] = _both_ways(both_ways(where, history, costs, days, state, instant))
    report["last_save"] = format_time(state.last_save) if state and state.last_save else None
    return report


def _seconds(found: Coverage) -> dict[str, Any]:
    """A coverage in seconds; counted and blind add up to all."""
    return {
        "seconds": found.elapsed / 1000,
        "counted": found.counted / 1000,
        "blind": {reason: ms / 1000 for reason, ms in found.by_reason.items()},
    }


def _coverage(found: dict[str, Any]) -> str:
    """A share, and how long nothing was counted, by reason."""
    if not found["seconds"]:
        return "–"
    blind = sorted(found["blind"].items(), key=lambda item: -item[1])
    why = "; ".join(f"{formats.duration(seconds)}: {words.reason(reason)}" for reason, seconds in blind)
    share = formats.percent(found["counted"] / found["seconds"], rounding="down")
    return share + (f" ({why})" if why else "")


def _show(report: dict[str, Any], settings: Settings, at: int | None) -> None:
    out = console()
    for meter in report["meters"]:
        rows = [(tr("register"), formats.register_bounds(meter["register"], meter["digits"], meter["why"]))]
        if meter["multiplier"] != 1:
            factor = formats.number(meter["multiplier"])
            told = tr("{factor} (applied to everything but the register)", factor=factor)
            rows.append((tr("multiplier", context="row"), told))
        if meter.get("at"):
            rows.insert(0, (tr("as of"), local_time(parse_time(meter["at"]), settings)))
        if at is None and "power_w" in meter:
            refused = [(reason, count) for reason, count in meter["rejected"].items() if count]
            rejected = ", ".join(f"{reason} {formats.count(count)}" for reason, count in refused)
            delivered = meter["delivery_of"] is not None
            rows += [
                (tr("pulses"), formats.count(meter["pulses"])),
                (tr("power"), _power(meter)),
                (
                    tr("delivered to the grid today") if delivered else tr("today"),
                    formats.kwh_bounds(meter["today_kwh"]),
                ),
                *_period_rows(meter, settings),
                *(() if delivered else _cost_rows(meter)),
                *_both_ways_rows(meter, settings),
                (tr("coverage today"), _coverage(meter["coverage_today"])),
                (tr("coverage this period"), _coverage(meter["coverage_period"])),
                (tr("rejected", context="pulses"), rejected or "0"),
            ]
        out.print(meter["id"], style="bold")
        wide = max(len(name) for name, _ in rows)
        for name, value in rows:
            out.print(f"  {name:<{wide}}  {value}", highlight=False, soft_wrap=True)
        for finding in meter.get("findings", []):
            out.print(f"  {finding}", highlight=False, soft_wrap=True, markup=False)
    # What is not running is said below; the broker may run all the same.
    broker = broker_word(report["broker"]) if report["running"] else tr("not known")
    broker += f" ({report['broker_failure']})" if report["broker_failure"] else ""
    out.print(
        tr(
            "queue {queue} · broker {broker} · ledger {path}",
            queue=formats.count(report["queue"]),
            broker=broker,
            path=report["ledger"]["path"],
        ),
        highlight=False,
        soft_wrap=True,
    )
    if report["trouble"]:
        out.print(report["trouble"], soft_wrap=True)
    if report["set_aside"]:
        out.print(
            tr(
                "Set aside, because they cannot be used: entries {entries}; 'sodien doctor' says more.",
                entries=", ".join(map(str, report["set_aside"])),
            ),
            highlight=False,
            soft_wrap=True,
        )
    if report["refused"]:
        sentence = refused_sentence(report["refused"], report["refused_because"])
        out.print(sentence, highlight=False, soft_wrap=True, markup=False)
    if not report["running"]:
        told = tr("'sodien run' is not running: nothing is being counted now.")
        out.print(told, highlight=False, soft_wrap=True)


def broker_word(state: str) -> str:
    """The daemon's word for how it stands with the broker, in the language in use."""
    return {
        "connected": tr("connected"),
        "connecting": tr("connecting"),
        "disconnected": tr("disconnected"),
        "off": tr("off"),
        NOT_RUNNING: tr("not running"),
    }.get(state, state)


def _power(meter: dict[str, Any]) -> str:
    power, most = meter["power_w"], meter["power_max_w"]
    if power is not None:
        return formats.watts(power)
    return tr("at most {most}", most=formats.watts(most, "up")) if most is not None else "–"


def _cost(
    settings: Settings,
    ledger: Ledger,
    history: MeterHistory,
    meter: MeterSettings,
    days: ReadingDays,
    at: int,
) -> dict[str, Any]:
    """What this period has cost so far; ``cost_why`` says why that is not known."""
    try:
        found = Costs(settings, ledger).at(history, meter, days, at)
    except SodienError as error:
        return {"cost": None, "cost_why": str(error)}
    return {
        "cost": found.money,
        "currency": found.currency,
        "billed_kwh": found.kwh,
        "cost_since": since_text(found),
        "cost_previous": found.previous,
        "tier": found.tier,
        "next_tier": found.next_tier,
        "projection": found.projection,
    }


def _both_ways(found: BothWays | None) -> dict[str, Any] | None:
    """What was taken and delivered, their difference, and what is to be paid; ``to_pay_why`` says why not."""
    if found is None:
        return None
    energy = found.energy
    kwh = {"imported": energy.imported, "delivered": energy.delivered, "net": energy.net}
    return {
        "meter": found.meter,
        "since": format_time(found.since) if found.since is not None else None,
        **{name: bounds(one.low, one.best, one.high) for name, one in kwh.items()},
        "to_pay": found.to_pay,
        **({"to_pay_why": found.why} if found.to_pay is None else {}),
    }


def _both_ways_rows(meter: dict[str, Any], settings: Settings) -> list[tuple[str, str]]:
    """The same for people, below the meter that counts what is taken."""
    both = meter["both_ways"]
    if both is None:
        return []
    rows = [
        (tr("delivered to the grid"), f"{formats.kwh_bounds(both['delivered'])}  ({both['meter']})"),
        (tr("taken less delivered"), formats.kwh_bounds(both["net"])),
    ]
    if both["since"] is not None:
        since = local_time(parse_time(both["since"]), settings)
        rows.append(("", tr("both directions counted since {since}", since=since)))
    if both["to_pay"] is None or meter["cost"] is None:
        why = both.get("to_pay_why") or meter["cost_why"]
        return [*rows, (tr("to pay with both"), f"– ({why})")]
    return [*rows, (tr("to pay with both"), formats.money_bounds(both["to_pay"], meter["currency"]))]


def _period_rows(meter: dict[str, Any], settings: Settings) -> list[tuple[str, str]]:
    """The billing period, what was used in it, and from when on that is counted."""
    period = meter["period"]
    used = tr("delivered this period") if meter["delivery_of"] is not None else tr("this period")
    rows = [
        (tr("billing period"), f"{formats.date(period['first'])} – {formats.date(period['last'])}"),
        (used, formats.kwh_bounds(meter["period_kwh"])),
    ]
    if meter["period_since"] is None:
        return rows
    since = local_time(parse_time(meter["period_since"]), settings)
    if meter.get("cost_previous") is None:
        return [*rows, ("", tr("only what was counted since {since}", since=since))]
    reading = formats.number(meter["cost_previous"])
    told = tr(
        "from the last bill's reading {reading} on; counted since {since}", reading=reading, since=since
    )
    return [rows[0], (tr("this period"), formats.billed_bounds(meter["billed_kwh"])), ("", told)]


def _cost_rows(meter: dict[str, Any]) -> list[tuple[str, str]]:
    """The cost so far for people."""
    if meter["cost"] is None:
        return [(tr("cost so far"), f"– ({meter['cost_why']})")]
    cost, currency = meter["cost"], meter["currency"]
    rows = [(tr("cost so far"), formats.money_bounds(cost, currency))]
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
                tr("expected by {day}", day=day),
                formats.billed_bounds(kwh),
            )
        )
        rows.append(("", formats.money_bounds(money, currency)))
    return rows
