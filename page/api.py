"""The page's numbers as JSON, under ``/api/v1``: kWh and money are decimal strings with their bounds.

The description (OpenAPI 3.1) is made from the structs, so it cannot say anything else than what is sent.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

import msgspec
from flask import Flask, Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from page import days as days_of
from page.household import Household, Snapshot
from sodien import __version__
from sodien.bills.stored import bills
from sodien.history.reading_days import spans
from sodien.ledger.store import Row
from sodien.metering import calendar
from sodien.protocol.times import format_time, parse_time
from sodien.protocol.values import Bounds, Money

PREFIX: Final = "/api/v1"
_encoder = msgspec.json.Encoder(decimal_format="string")
_MOST_READING_DAYS: Final = 12


class Now(msgspec.Struct, frozen=True):
    """The meter now; ``register``, ``cost`` and ``power_w`` are null where they are not known."""

    meter: str
    at: str
    register: Bounds | None
    today_kwh: Bounds
    period_kwh: Bounds
    cost: Money | None
    currency: str | None
    power_w: float | None
    power_max_w: float | None
    reading_day: str


class RegisterAt(msgspec.Struct, frozen=True):
    """The register at an instant; ``why`` says why there is none."""

    meter: str
    at: str
    register: Bounds | None
    why: str | None


class Period(msgspec.Struct, frozen=True):
    """A billing period, both days included: what went through the meter, and how much of it was counted."""

    first: str
    last: str
    kwh: Bounds
    counted: float


class Day(msgspec.Struct, frozen=True):
    """A day, hour or month: start and end, kWh, and how much of it was counted."""

    start: str
    end: str
    kwh: Bounds
    counted: float


class BillLine(msgspec.Struct, frozen=True):
    """A bill: the number of its entry, its days, what it charges, and the verdict stored with it."""

    entry: int
    first: str | None
    last: str | None
    total: Decimal | None
    verdict: str | None
    withdrawn: bool


class Reading(msgspec.Struct, frozen=True):
    """A dial reading: the number of its entry, when, what the dial showed, and whether it counts."""

    entry: int
    at: str
    reading: str
    counts: bool


def now(seen: Snapshot) -> Now:
    """The meter now."""
    history, zone = seen.history, seen.settings.zone
    times = spans(history, seen.days, zone, seen.at)
    live = seen.state.live.get(seen.meter.id) if seen.state is not None else None
    return Now(
        seen.meter.id,
        format_time(seen.at),
        history.newest(),
        history.energy(*times["today"]),
        history.energy(*times["period"]),
        seen.cost.money if seen.cost else None,
        seen.cost.currency if seen.cost else None,
        live.power_w if live else None,
        live.power_max_w if live else None,
        calendar.next_reading_day(calendar.date_of(seen.at, zone), seen.days).isoformat(),
    )


def register_at(seen: Snapshot, at: int) -> RegisterAt:
    """The register at an instant (ms UTC)."""
    found = seen.history.at(at)
    return RegisterAt(seen.meter.id, format_time(at), found, None if found else seen.history.why_none())


def periods(seen: Snapshot) -> list[Period]:
    """The billing periods that were counted, the newest first."""
    history, zone = seen.history, seen.settings.zone
    found = []
    if history.start is None:
        return []
    day = calendar.day_up_to(seen.at, zone)
    while calendar.day_bounds(day, zone)[1] > history.start:
        first, last = calendar.billing_period(day, seen.days)
        start = max(history.start, calendar.day_bounds(first, zone)[0])
        end = min(seen.at, calendar.day_bounds(last, zone)[1])
        covered = history.coverage(start, end)
        found.append(
            Period(
                first.isoformat(),
                last.isoformat(),
                history.energy(start, end),
                round(covered.counted / max(1, covered.elapsed), 4),
            )
        )
        day = first - dt.timedelta(days=1)
    return found


def bill_lines(seen: Snapshot) -> list[BillLine]:
    """All bills, by period."""
    return [
        BillLine(
            one.entry,
            one.period[0].isoformat() if one.period else None,
            one.period[1].isoformat() if one.period else None,
            one.bill.total,
            one.verdict.overall if one.verdict else None,
            one.withdrawal is not None,
        )
        for one in bills(seen.where.ledger, seen.meter.id)
    ]


def readings(seen: Snapshot) -> list[Reading]:
    """All dial readings, by time."""
    return [
        Reading(
            one.row.seq if isinstance(one.row, Row) else 0, format_time(one.at), one.text, not one.withdrawn
        )
        for one in seen.history.readings
    ]


def calendar_file(seen: Snapshot, name: str) -> str:
    """The next reading days as an iCalendar file (RFC 5545), a whole day each."""
    day = calendar.date_of(seen.at, seen.settings.zone)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Sodien//reading days//EN"]
    for _ in range(_MOST_READING_DAYS):
        day = calendar.next_reading_day(day, seen.days)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{day:%Y%m%d}-{seen.meter.id}@{seen.where.ledger.id}",
            f"DTSTAMP:{dt.datetime.fromtimestamp(seen.now / 1000, dt.UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"SUMMARY:{name}",
            "END:VEVENT",
        ]
        day += dt.timedelta(days=1)
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def asked() -> bool:
    """Whether the request is one to the API, which is answered in JSON."""
    return request.path.startswith(f"{PREFIX}/")


_ROUTES: Final = {
    "now": (Now, "The meter now."),
    "register": (RegisterAt, "The register at an instant (?at=, RFC 3339)."),
    "periods": (list[Period], "The billing periods, the newest first."),
    "days": (list[Day], "Hours, days or months (?by=hour|day|month, ?end= the last day)."),
    "bills": (list[BillLine], "The bills."),
    "readings": (list[Reading], "The dial readings."),
}


def description() -> dict[str, Any]:
    """The API as OpenAPI 3.1."""
    types = [kind for kind, _ in _ROUTES.values()]
    schemas, parts = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    paths = {
        f"{PREFIX}/{name}": {
            "get": {
                "summary": text,
                "responses": {
                    "200": {"description": text, "content": {"application/json": {"schema": schema}}}
                },
            }
        }
        for (name, (_, text)), schema in zip(_ROUTES.items(), schemas, strict=True)
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sodien", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": parts,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def encode(value: Any) -> bytes:
    """JSON; decimals are strings."""
    return _encoder.encode(value)


def add_routes(app: Flask, household: Household) -> None:
    """The API's addresses, and the reading days as a calendar."""

    def meter() -> str | None:
        return request.args.get("meter")

    def answer(value: Any) -> AnyResponse:
        response = Response(encode(value), mimetype="application/json")
        response.add_etag()
        return response.make_conditional(request)

    @app.get(f"{PREFIX}/now")
    def api_now() -> AnyResponse:
        with household.meter(meter()) as seen:
            return answer(now(seen))

    @app.get(f"{PREFIX}/register")
    def api_register() -> AnyResponse:
        with household.meter(meter()) as seen:
            try:
                at = parse_time(request.args["at"]) if "at" in request.args else seen.at
            except ValueError:
                abort(400)
            return answer(register_at(seen, at))

    @app.get(f"{PREFIX}/periods")
    def api_periods() -> AnyResponse:
        with household.meter(meter()) as seen:
            return answer(periods(seen))

    @app.get(f"{PREFIX}/days")
    def api_days() -> AnyResponse:
        by = request.args.get("by", "day")
        if by not in days_of.SHOWN:
            abort(404)
        with household.meter(meter()) as seen:
            if seen.history.start is None:
                return answer([])
            try:
                end = dt.date.fromisoformat(request.args["end"]) if "end" in request.args else None
            except ValueError:
                abort(400)
            _, last, _ = days_of.reach(seen, end)
            return answer(
                [
                    Day(
                        format_time(span.start),
                        format_time(min(span.end, seen.at)),
                        span.energy,
                        round(span.counted, 4),
                    )
                    for span in days_of.spans_of(seen, by, last)
                ]
            )

    @app.get(f"{PREFIX}/bills")
    def api_bills() -> AnyResponse:
        with household.meter(meter()) as seen:
            return answer(bill_lines(seen))

    @app.get(f"{PREFIX}/readings")
    def api_readings() -> AnyResponse:
        with household.meter(meter()) as seen:
            return answer(readings(seen))

    @app.get(f"{PREFIX}/openapi.json")
    def api_description() -> AnyResponse:
        return answer(description())

    @app.get("/reading-days.ics")
    def reading_days() -> AnyResponse:
        from sodien.i18n import tr

        with household.meter(meter()) as seen:
            text = calendar_file(seen, tr("Read the electricity meter"))
        return Response(
            text,
            mimetype="text/calendar",
            headers={"Content-Disposition": 'attachment; filename="sodien.ics"'},
        )
