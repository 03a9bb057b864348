"""What appliances use and cost: one that is being measured, those to compare, and what if."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from flask import Flask, redirect, request, url_for

from page.access import Answer
from page.household import Snapshot
from page.screens import Frame, screen
from sodien import formats
from sodien.errors import FieldError, SodienError
from sodien.household.measured import Measured, begin, begun, drop, end, measured, named, so_far
from sodien.household.what_if import RestOfPeriod, sentences
from sodien.i18n import tr
from sodien.metering.appliance import in_a_month, paid
from sodien.metering.bounds import Interval
from sodien.words import appliance as words

_MOST: Final = 40
_MOST_KWH: Final = 100_000


@dataclass(frozen=True, slots=True)
class RunningAppliance:
    """The appliance that is being measured: since when, what else was on, and what it used so far."""

    name: str
    since: str
    rest: str
    used: str
    power: str


@dataclass(frozen=True, slots=True)
class ApplianceLine:
    """One that was measured: what it used, by the hour and in thirty days; "" without a tariff."""

    name: str
    when: str
    used: str
    power: str
    hour_cost: str
    month: str
    month_cost: str


@dataclass(frozen=True, slots=True)
class AppliancesScreen:
    """The screen; ``hours`` of each day are those of a month, ``asked`` is what less or more would do."""

    running: RunningAppliance | None
    lines: list[ApplianceLine]
    hours: str
    amount: str
    of: str
    asked: list[str]
    wrong: str


def appliances_of(seen: Snapshot) -> AppliancesScreen:
    """All that was measured, the hungriest first, and what the request asks."""
    ledger, meter = seen.where.ledger, seen.meter.id
    hours, wrong = Fraction(1), ""
    asked: list[str] = []
    try:
        hours = _number("hours", Fraction(1), 24)
        if request.args.get("way") in ("less", "more"):
            asked = _what_if(seen, request.args["way"] == "more")
    except SodienError as error:
        wrong = str(error)
    each, currency = seen.each_more(), seen.costs.currency(seen.meter) or ""
    # Measured twice, an appliance is compared as it was the last time.
    last = {one.name: one for one in measured(ledger, meter)}
    found = sorted(last.values(), key=lambda one: one.kw.high, reverse=True)[:_MOST]
    return AppliancesScreen(
        running=_running(seen),
        lines=[_line(seen, one, hours, each, currency) for one in found],
        hours=formats.number(hours, most=2),
        amount=request.args.get("amount", "")[:20],
        of=request.args.get("of", "kwh")[:60],
        asked=asked,
        wrong=wrong,
    )


def _running(seen: Snapshot) -> RunningAppliance | None:
    first = begun(seen.where.ledger, seen.meter.id)
    if first is None:
        return None
    found = so_far(seen.where, first, seen.now)
    return RunningAppliance(
        first.name,
        formats.instant(first.at, seen.settings.zone),
        words.watts(first.rest_kw),
        words.kwh(found.kwh) if found is not None else "–",
        words.watts(found.kw) if found is not None else "–",
    )


def _line(
    seen: Snapshot, one: Measured, hours: Fraction, each: Interval | None, currency: str
) -> ApplianceLine:
    month = in_a_month(one.kw, hours)
    return ApplianceLine(
        one.name,
        formats.instant(one.start, seen.settings.zone),
        tr(
            "{kwh} in {duration}",
            kwh=words.kwh(one.kwh),
            duration=formats.duration((one.end - one.start) // 1000),
        ),
        words.watts(one.kw),
        words.money(paid(one.kw, each), currency) if each is not None else "",
        words.kwh(month, places=1),
        words.money(paid(month, each), currency) if each is not None else "",
    )


def _what_if(seen: Snapshot, more: bool) -> list[str]:
    """What less or more of what the request names does to this period."""
    rest = RestOfPeriod(seen.costs, seen.settings.zone, seen.history, seen.meter, seen.days, seen.at)
    of = request.args.get("of", "kwh")
    if of == "kwh":
        amount = _number("amount", Fraction(0), _MOST_KWH)
        change = Interval(amount, amount)
    else:
        kilowatts = named(seen.where.ledger, seen.meter.id, of.removeprefix("of ")).kw
        change = rest.of_power(kilowatts, _number("amount", Fraction(0), 24), a_day=True)
    return sentences(rest.with_(change, more=more))


def _number(name: str, default: Fraction, most: int) -> Fraction:
    """A number of the request, above 0 and at most so much. Raises SodienError."""
    text = request.args.get(name, "").strip().replace(",", ".")
    if not text and default:
        return default
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or not 0 < value <= most:
        raise SodienError(
            tr(
                "Type a number above 0, at most {most}: '{text}' is none.",
                most=formats.number(most),
                text=text[:20],
            )
        )
    return Fraction(value)


def add_appliances(app: Flask, frame: Frame) -> None:
    """The screen's address, and those to which starting and stopping are sent."""
    household, wanted = frame.household, frame.wanted

    def shown(seen: Snapshot, wrong: str = "", name: str = "") -> str:
        return frame.show(
            "appliances.html.j2", seen, "now", appliances=appliances_of(seen), wrong=wrong, name=name
        )

    @app.get("/appliances")
    @screen
    def appliances_screen() -> Answer:
        with household.meter(wanted()) as seen:
            return shown(seen)

    @app.post("/appliances")
    @screen
    def post_appliance() -> Answer:
        name, what = request.form.get("name", "")[:80], request.form.get("what")
        with household.meter(wanted()) as seen:
            try:
                if what == "stop":
                    end(seen.where, seen.now)
                elif what == "drop":
                    drop(seen.where, seen.now)
                else:
                    begin(seen.where, name, seen.now)
            except FieldError:
                raise
            except SodienError as error:
                return shown(seen, str(error), name), 422
            household.forget()
        return redirect(url_for("appliances_screen"), 303)
