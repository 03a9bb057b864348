"""The verdict on a bill under one practice of the utility: every check, and what they come to.

The promise: **a bill that is honest under this practice never disagrees**, at whatever instant it was read
inside the stated time and whatever was not counted. And a mistake larger than ``detectable_kwh`` is always
found. Both hold as long as our own side is true: the dial readings that were typed, the constant, the
supply's limit, the multiplier.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Final, Literal

from msgspec.structs import replace

from sodien.billing.audit import check_money, check_notice, check_reading, check_tiers
from sodien.billing.audit import reading_time as reading_time
from sodien.billing.audit.causes import Case, reasons
from sodien.billing.audit.own_record import OwnRecord, own_record
from sodien.billing.audit.practice import Practice
from sodien.billing.audit.result import Check, Note, Overall, Reason, Verdict, at_least, down, span, texts, up
from sodien.billing.audit.settling import JudgedTogether, settled
from sodien.billing.bill import Bill, main_row, not_metered
from sodien.metering.register.coverage import Coverage
from sodien.metering.register.replacements import Meters

if TYPE_CHECKING:
    from sodien.billing.tariff.model import Book

Direction = Literal["", "over", "under"]
#: Checks of what was read off the meter.
READING: Final = frozenset({"index_old", "index_new", "read_old", "read_new", "consumption"})
#: Topics of what stands beside our own register.
_BESIDE_OURS: Final = ("reading", "consumption")
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
    alone = own_record(bill, previous[-1] if previous else None, meters, practice)
    together = settled(bill, previous)
    record = alone
    if together.count:
        before = together.previous[-1] if together.previous else None
        record = own_record(together.bill, before, meters, practice)
    elif together.unread:
        record = dataclasses.replace(alone, old=None)
    main = main_row(bill)
    when = [("read_new", record.new, main.new if main is not None else None)]
    if not together.unread:
        when.insert(0, ("read_old", record.old, main.old if main is not None else None))
    if bill.estimated:
        when.pop()
    consumption = _consumption(record, together)
    money = check_money.money(bill, book, practice, alone.charged, previous)
    totals, habits = check_tiers.totals(bill, previous, practice)
    checks = (
        *check_notice.identity(alone, previous),
        *check_notice.continuity(alone, previous, again=together.again),
        *_arithmetic(alone, together),
        *_reading(record, together),
        *reading_time.checks(when, practice),
        *_judged_together(record, alone, together),
        consumption,
        *check_tiers.tiers(bill, alone.charged, practice),
        *totals,
        *money.checks,
    )
    wrong = frozenset(check.key for check in checks if check.result == "disagrees")
    overall: Overall = "disagrees" if wrong else "consistent"
    if not wrong and consumption.result != "agrees":
        overall = "cannot_tell"
    # An old index that does not continue the bill before is not to be relied on.
    honest = record.free() if wrong & {"index_joins", "indices_twice"} else record.honest()
    if wrong & {"dates", "days_join"}:
        honest = None  # the days may be what is wrong
    by, direction = _off(record, honest, checks, wrong)
    off_energy = bool(wrong & READING)
    read = ("identity", "continuity")
    reading = off_energy or any(
        check.topic in read and check.key != "households" for check in checks if check.key in wrong
    )
    by_money = None
    if off_energy or any(check.topic == "money" for check in checks if check.key in wrong):
        by_money = check_money.off_by(bill, money, _charged(honest, record, together) if off_energy else None)
    found: tuple[Reason, ...] = ()
    if wrong:
        found = reasons(Case(bill, tuple(previous), record, book, money, checks, wrong))
    own = record.consumed()
    detectable, both = record.detectable(), record.detectable_both()
    if bill.estimated or together.unknown or record.billed is None:
        detectable = both = None
    readings = {
        key: reading_time.read_at(match, printed) if match and printed is not None else None
        for key, match, printed in when
    }
    notes = (*_assumptions(record), *money.notes)
    why = _why(record, consumption) if overall == "cannot_tell" else ""
    if why in ("before", "since") or (why == "no_reading" and _begun(record) is None):
        # One sentence, and none for each thing that cannot be told for the same reason.
        part = why == "since"
        gone = _of_before(record, checks) if part else {c.key for c in checks if c.topic in _BESIDE_OURS}
        rest = (check for check in checks if check.key not in gone and check.says != "no_previous")
        checks = (_nothing_of_ours(record, consumption, part=part), *rest)
        notes = tuple(note for note in notes if note.key != "dial_goes_round") if part else money.notes
        detectable = both = own = None
    return Verdict(
        overall=overall,
        why=why,
        disagrees_by_kwh=by,
        direction=direction if by is not None else "",
        disagrees_by_money=by_money,
        detectable_kwh=None if detectable is None else up(detectable),
        detectable_both_kwh=None if both is None else up(both),
        billed_kwh=None if record.billed is None else down(record.billed),
        own_kwh=None if own is None else span(own.low, own.high, own.best),
        checks=checks,
        reasons=found,
        assumptions=notes,
        advice=tuple(_advice(record, overall, consumption, direction, reading)),
        covered=record.covered(coverage),
        read_old=readings.get("read_old"),
        read_new=readings.get("read_new"),
        habits=tuple({note.key: note for note in (*habits, *money.habits)}.values()),
    )


def _reading(record: OwnRecord, together: JudgedTogether) -> list[Check]:
    """The checks of the indices that somebody read: none of them is an estimate."""
    found = []
    for check in check_reading.reading(record):
        if together.unread and check.key == "index_old":
            continue
        if record.bill.estimated and check.key == "index_new" and check.ours is not None:
            check = replace(check, result="cannot_tell", says="index_estimated", by=None)
        found.append(check)
    return found


def _arithmetic(alone: OwnRecord, together: JudgedTogether) -> Iterator[Check]:
    """The sums of the indices; a bill that goes back to the last reading takes off what was charged since."""
    for check in check_notice.arithmetic(alone):
        less = together.again and check.key == "kwh" and alone.charged is not None
        if less and alone.by_indices == (alone.charged or 0) + together.kwh:
            values = {**check.values, **texts(sum=alone.by_indices, estimate=together.kwh)}
            yield replace(check, result="agrees", says="kwh_less_estimate", values=values, by=None)
        elif together.unread and check.says == "kwh_falls":
            yield replace(check, result="cannot_tell", says="kwh_falls_estimate")
        else:
            yield check


def _consumption(record: OwnRecord, together: JudgedTogether) -> Check:
    """The consumption; that of an estimate cannot disagree."""
    found = check_reading.consumption(record)
    if together.unknown and found.billed is not None:
        says, values = "consumption_after_estimate", {"kwh": found.values["kwh"]}
        return Check(
            key=found.key,
            topic=found.topic,
            result="cannot_tell",
            says=says,
            values=values,
            billed=found.billed,
        )
    if record.bill.estimated:
        found = replace(found, detectable=None)
        if found.result == "disagrees" and "low" in found.values:
            return replace(found, result="cannot_tell", says="consumption_estimated", by=None)
    return found


def _judged_together(record: OwnRecord, alone: OwnRecord, together: JudgedTogether) -> list[Check]:
    """Which kWh the consumption is about, where they are not those of the bill."""
    found = []
    if together.count and record.billed is not None:
        values = texts(first=record.bill.first or "?", kwh=record.billed, estimate=together.kwh)
        found.append(("settles", values))
    if alone.charged is not None and not_metered(record.bill):
        found.append(("not_metered", texts(charged=alone.charged, kwh=alone.billed)))
    return [
        Check(key=key, topic="consumption", result="agrees", says=key, values=values) for key, values in found
    ]


def _charged(
    honest: tuple[Fraction, Fraction] | None, record: OwnRecord, together: JudgedTogether
) -> tuple[Fraction, Fraction] | None:
    """The kWh that an honest bill may charge, where ``honest`` may flow through the meter."""
    if honest is None:
        return None
    other = Fraction(not_metered(record.bill)) - together.kwh
    return max(honest[0] + other, Fraction(0)), max(honest[1] + other, Fraction(0))


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
    if billed is not None and honest is not None and wrong & READING:
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
    if record.bill.estimated:
        return "estimated"
    known = {
        "consumption_registers": "registers",
        "consumption_no_numbers": "no_numbers",
        "consumption_no_date": "no_dates",
        "consumption_replaced": "replaced",
        "consumption_wide_day": "time",
        "consumption_after_estimate": "estimated",
    }
    begun, (first, last) = _begun(record), record.windows
    since = "since" if begun is not None and first is not None and first.start < begun else ""
    if consumption.says in known:
        return since if since and consumption.says == "consumption_no_numbers" else known[consumption.says]
    if all(meter.register.span is None for meter in record.meters.installed):
        return "no_reading"
    return "before" if begun is not None and last is not None and last.end <= begun else since or "blind"


def _begun(record: OwnRecord) -> int | None:
    """Since when anything is known: the first count or dial reading (ms UTC); None when there is none."""
    registers = [meter.register for meter in record.meters.installed]
    counted = [one.span[0] for one in registers if one.span is not None]
    return min((*counted, *(anchor.start for one in registers for anchor in one.anchors)), default=None)


def _of_before(record: OwnRecord, checks: Sequence[Check]) -> set[str]:
    """The checks that cannot tell because they hang on the register before anything was known of it."""
    silent = {check.key for check in checks if check.result == "cannot_tell"}
    gone = {"consumption"} & silent
    for end, window in zip(("old", "new"), record.windows, strict=True):
        begun = _begun(record)
        if f"index_{end}" in silent and window is not None and begun is not None and window.start < begun:
            gone |= {f"index_{end}", f"read_{end}"}
    return gone


def _nothing_of_ours(record: OwnRecord, consumption: Check, *, part: bool) -> Check:
    """What stands for all that a bill from before counting, or without any, cannot be compared with.

    ``part``: its period began before counting did, and did not end before.
    """
    begun = _begun(record)
    known = "consumption_since" if part else "consumption_before"
    return Check(
        key=consumption.key,
        topic=consumption.topic,
        result="cannot_tell",
        says="consumption_nothing" if begun is None else known,
        billed=consumption.billed,
        values={} if begun is None else {"since": check_reading.local(begun, record.practice.zone)},
    )


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
    elif (counted := _gone_round(record, record.digits)) is not None:
        found.append(Note(key="dial_goes_round", values=counted))
    readings = sum(len(meter.register.anchors) for meter in record.meters.installed)
    found.append(Note(key="own_readings" if readings else "no_own_readings", values=texts(count=readings)))
    if any(meter.register.findings for meter in record.meters.installed):
        found.append(Note(key="own_findings"))
    if record.replaced:
        found.append(Note(key="replaced"))
    found.append(Note(key="same_meter"))
    return found


def _gone_round(record: OwnRecord, digits: int) -> dict[str, str] | None:
    """Where our register is beyond the end of the dial: that, and what the dial shows of it."""
    size = 10**digits
    for match in (record.new, record.old):
        if match is not None and match.seen is not None:
            high = floor(check_reading.counted_on(match)[2])
            if high >= size:
                return texts(size=size, register=high, dial=str(high % size).zfill(digits))
    return None


def _advice(
    record: OwnRecord, overall: Overall, consumption: Check, direction: str, reading: bool
) -> list[Note]:
    """What would have told, or what to do; ``reading`` says whether the reading of the meter is in doubt."""
    found = []
    new = record.windows[1]
    day = new.day if new is not None else "?"
    if overall == "cannot_tell":
        why = _why(record, consumption)
        if why in ("blind", "no_reading"):
            found.append(Note(key="read_dial_on_day", values=texts(day=day)))
        elif why == "since":
            found.append(Note(key="next_in_full"))
        elif why == "time":
            found.append(Note(key="know_hour"))
        elif why == "no_dates":
            found.append(Note(key="give_dates"))
        elif why == "replaced":
            found.append(Note(key="record_replacement"))
        elif why == "estimated":
            found.append(Note(key="estimated_settles"))
        elif why in ("no_numbers", "registers"):
            found.append(Note(key="give_numbers"))
    if overall == "disagrees":
        main = main_row(record.bill)
        # Where the new index fits, the dial has passed it.
        fits = record.new is not None and bool(record.new.fits)
        if direction == "over" and main is not None and main.new is not None and reading and not fits:
            found.append(Note(key="read_dial_now", values=texts(index=main.new)))
        found.append(Note(key="ask_for_check" if reading else "ask_for_bill"))
        if record.bill.estimated:
            found.append(Note(key="estimated_settles"))
    return found
