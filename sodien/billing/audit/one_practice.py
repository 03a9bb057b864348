"""The verdict on a bill under one practice of the utility: every check, and what they come to.

The promise: **a bill that is honest under this practice never disagrees**, at whatever instant it was read
inside the stated time and whatever was not counted. And a mistake larger than ``detectable_kwh`` is always
found. Both hold as long as our own side is true: the dial readings that were typed, the constant, the
supply's limit, the multiplier.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from sodien.billing.audit import check_money, check_notice, check_reading, check_tiers
from sodien.billing.audit import reading_time as reading_time
from sodien.billing.audit.causes import Case, reasons
from sodien.billing.audit.own_record import OwnRecord, own_record
from sodien.billing.audit.practice import Practice
from sodien.billing.audit.result import Check, Note, Overall, Reason, Verdict, at_least, down, span, texts, up
from sodien.billing.bill import Bill, main_row
from sodien.metering.register.coverage import Coverage
from sodien.metering.register.replacements import Meters

if TYPE_CHECKING:
    from sodien.billing.tariff.model import Book

Direction = Literal["", "over", "under"]
#: Checks whose difference is in billed kWh.
_IN_KWH = ("kwh", "kwh_total", "tiers_kwh")


def judge_as(
    bill: Bill,
    previous: Sequence[Bill],
    meters: Meters,
    book: Book | None,
    practice: Practice,
    coverage: Callable[[int, int], Coverage] | None = None,
) -> Verdict:
    """The verdict on ``bill`` by a utility of this practice; arguments as of
    :func:`sodien.billing.audit.verdict.judge`.
    """
    before = previous[-1] if previous else None
    record = own_record(bill, before, meters, practice)
    main = main_row(bill)
    when = [
        ("read_old", record.old, main.old if main is not None else None),
        ("read_new", record.new, main.new if main is not None else None),
    ]
    consumption = check_reading.consumption(record)
    money = check_money.money(bill, book, practice, record.billed)
    checks = (
        *check_notice.identity(record),
        *check_notice.continuity(record, previous),
        *check_notice.arithmetic(record),
        *check_reading.reading(record),
        *reading_time.checks(when, practice),
        consumption,
        *check_tiers.tiers(bill, record.billed),
        *check_tiers.totals(bill),
        *money.checks,
    )
    wrong = frozenset(check.key for check in checks if check.result == "disagrees")
    overall: Overall = "disagrees" if wrong else "consistent"
    if not wrong and consumption.result != "agrees":
        overall = "cannot_tell"
    # An old index that does not continue the bill before is not to be relied on.
    honest = record.free() if wrong & {"index_joins", "indices_twice"} else record.honest()
    by, direction = _off(record, honest, checks, wrong)
    off_energy = bool(wrong & {"index_old", "index_new", "consumption"})
    by_money = None
    if off_energy or any(check.topic == "money" for check in checks if check.key in wrong):
        by_money = check_money.off_by(bill, money, honest if off_energy else None)
    found: tuple[Reason, ...] = ()
    if wrong:
        found = reasons(Case(bill, tuple(previous), record, book, money, checks, wrong))
    own = record.consumed()
    detectable, both = record.detectable(), record.detectable_both()
    readings = {
        key: reading_time.read_at(match, printed) if match and printed is not None else None
        for key, match, printed in when
    }
    return Verdict(
        overall=overall,
        why=_why(record, consumption) if overall == "cannot_tell" else "",
        disagrees_by_kwh=by,
        direction=direction if by is not None else "",
        disagrees_by_money=by_money,
        detectable_kwh=None if detectable is None else up(detectable),
        detectable_both_kwh=None if both is None else up(both),
        billed_kwh=None if record.billed is None else down(record.billed),
        own_kwh=None if own is None else span(own.low, own.high, own.best),
        checks=checks,
        reasons=found,
        assumptions=(*_assumptions(record), *money.notes),
        advice=tuple(_advice(record, overall, consumption, direction)),
        covered=record.covered(coverage),
        read_old=readings["read_old"],
        read_new=readings["read_new"],
    )


def _off(
    record: OwnRecord,
    honest: tuple[Fraction, Fraction] | None,
    checks: Sequence[Check],
    wrong: frozenset[str],
) -> tuple[Decimal | None, Direction]:
    """By how many billed kWh the bill is off at least, and whether over or under."""
    billed = record.billed
    off = Fraction(0)
    direction: Direction = ""
    if billed is not None and honest is not None and wrong & {"index_old", "index_new", "consumption"}:
        low, high = honest
        off = max(billed - high, low - billed, Fraction(0))
        direction = "over" if billed > high else "under"
    for check in checks:
        if check.key in wrong and check.key in _IN_KWH and check.by is not None and check.by > off:
            off = Fraction(check.by)
            total = check.values.get("sum", check.values.get("row"))
            direction = (
                "over" if check.billed is not None and total and check.billed > Decimal(total) else "under"
            )
    found = at_least(off)
    return (found, direction) if found is not None else (None, "")


def _why(record: OwnRecord, consumption: Check) -> str:
    """What was in the way of a verdict."""
    if record.bill.rows and main_row(record.bill) is None and record.bill.kwh is None:
        return "registers"
    known = {
        "consumption_no_numbers": "no_numbers",
        "consumption_no_date": "no_dates",
        "consumption_replaced": "replaced",
        "consumption_wide_day": "time",
    }
    if consumption.says in known:
        return known[consumption.says]
    nothing = all(meter.register.span is None for meter in record.meters.installed)
    return "no_reading" if nothing else "blind"


def _assumptions(record: OwnRecord) -> list[Note]:
    practice, found = record.practice, []
    hour = practice.hour.strftime("%H:%M") if practice.hour is not None else ""
    if practice.read == "hour":
        found.append(Note(key="read_hour", values=texts(hour=hour, minutes=practice.window_minutes)))
    else:
        found.append(Note(key="read_whole_day" if practice.read == "whole_day" else "read_end_of_day"))
    if any(window is not None and window.slipped for window in record.windows):
        found.append(Note(key="slip", values=texts(days=practice.slip_days)))
    elif practice.printed_slip_days:
        found.append(Note(key="printed_slip", values=texts(days=practice.printed_slip_days)))
    if practice.margin_minutes:
        found.append(Note(key="margin", values=texts(minutes=practice.margin_minutes)))
    if practice.first_day != "after":
        found.append(Note(key=f"first_day_{practice.first_day}"))
    found.append(Note(key=f"truncation_{practice.truncation}"))
    if practice.kwh_from != "indices":
        found.append(Note(key="kwh_from_registers"))
    main = main_row(record.bill)
    if main is not None and main.multiplier is None:
        found.append(Note(key="multiplier_own", values=texts(multiplier=record.meter.multiplier)))
    if record.digits is None:
        found.append(Note(key="no_digits"))
    readings = sum(len(meter.register.anchors) for meter in record.meters.installed)
    found.append(Note(key="own_readings" if readings else "no_own_readings", values=texts(count=readings)))
    if any(meter.register.findings for meter in record.meters.installed):
        found.append(Note(key="own_findings"))
    if record.replaced:
        found.append(Note(key="replaced"))
    found.append(Note(key="same_meter"))
    return found


def _advice(record: OwnRecord, overall: Overall, consumption: Check, direction: str) -> list[Note]:
    """What would have told, or what to do."""
    found = []
    new = record.windows[1]
    day = new.day if new is not None else "?"
    if overall == "cannot_tell":
        why = _why(record, consumption)
        if why in ("blind", "no_reading"):
            found.append(Note(key="read_dial_on_day", values=texts(day=day)))
        elif why == "time":
            found.append(Note(key="know_hour"))
        elif why == "no_dates":
            found.append(Note(key="give_dates"))
        elif why == "replaced":
            found.append(Note(key="record_replacement"))
        elif why in ("no_numbers", "registers"):
            found.append(Note(key="give_numbers"))
    if overall == "disagrees":
        main = main_row(record.bill)
        if direction == "over" and main is not None and main.new is not None:
            found.append(Note(key="read_dial_now", values=texts(index=main.new)))
        found.append(Note(key="ask_for_check"))
        if record.bill.estimated:
            found.append(Note(key="estimated_settles"))
    return found
