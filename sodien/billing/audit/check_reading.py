"""Checks of the indices and of the consumption against our own register."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from sodien.billing.audit.index_match import IndexMatch, least_above, most_below
from sodien.billing.audit.own_record import OwnRecord
from sodien.billing.audit.result import Check, Result, at_least, down, span, texts, up
from sodien.billing.bill import main_row

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MINUTE_MS = 60_000


def local(ms: int, zone: ZoneInfo) -> str:
    """An instant as local text, to the minute: ``2026-11-30 14:05``."""
    return f"{(_EPOCH + dt.timedelta(milliseconds=ms)).astimezone(zone):%Y-%m-%d %H:%M}"


def until(ms: int, zone: ZoneInfo) -> str:
    """The end of a stretch as local text: to the minute that holds all of it."""
    return local(-(-ms // _MINUTE_MS) * _MINUTE_MS, zone)


def reading(record: OwnRecord) -> list[Check]:
    """The old and the new index, each against our register while it may have been read."""
    main = main_row(record.bill)
    if main is None:
        if not record.bill.rows:
            return []
        return [_silent("index_new", "index_registers", None)]
    found = []
    for key, printed, match, window in (
        ("index_old", main.old, record.old, record.windows[0]),
        ("index_new", main.new, record.new, record.windows[1]),
    ):
        if printed is None:
            continue
        if record.unknown_meter:
            found.append(_silent(key, "index_replaced", printed))
        elif window is None:
            found.append(_silent(key, "index_no_date", printed))
        elif match is None:
            found.append(_silent(key, "index_replaced_that_day", printed, day=window.day))
        else:
            found.append(_index(key, match, printed, record))
    return found


def _silent(key: str, says: str, printed: Decimal | None, **values: object) -> Check:
    values = {"index": printed if printed is not None else "?", **values}
    return Check(
        key=key, topic="reading", result="cannot_tell", says=says, values=texts(**values), billed=printed
    )


def _index(key: str, match: IndexMatch, printed: Decimal, record: OwnRecord) -> Check:
    zone, window = record.practice.zone, match.window
    values: dict[str, object] = {
        "index": printed,
        "start": local(window.start, zone),
        "end": until(window.end, zone),
    }
    if match.seen is None:
        return _silent(key, "index_no_reading", printed, **values)
    low, best, high = counted_on(match)
    values |= {"low": down(low), "high": up(high)}
    says, result, by = "index_agrees", "agrees", None
    if match.impossible:
        says, result = "index_impossible", "disagrees"
        values["digits"] = record.digits
    elif match.fits is False:
        says, result = ("index_too_high" if match.off > 0 else "index_too_low"), "disagrees"
        by = abs(match.off)
        values["by"] = by
    elif match.vague:
        says, result = "index_rounds", "cannot_tell"
    elif (detectable := match.detectable) is not None:
        values["detectable"] = detectable
        if detectable > record.practice.worth(_billed_register(record)):
            says = "index_blind" if mostly_blind(match) else "index_wide_day"
            result = "cannot_tell"
    return Check(
        key=key,
        topic="reading",
        result=_result(result),
        says=says,
        values=texts(**values),
        billed=printed,
        ours=span(low, high, best),
        by=None if by is None else at_least(by),
        detectable=None if match.detectable is None else up(match.detectable),
    )


def counted_on(match: IndexMatch) -> tuple[Fraction, Fraction | None, Fraction]:
    """Our register beside an index as a person knows one: low, best, high, none of them below 0.

    The register is counted on where the dial goes round; it is told in the round of the dial in which the
    index was found, unless it is of two rounds. Needs ``match.seen``.
    """
    assert match.seen is not None
    low, best, high = match.seen.low, match.best, match.seen.high
    rounds = match.printed - match.index.value
    if rounds > 0 or low + rounds >= 0:
        return low + rounds, None if best is None else best + rounds, high + rounds
    return max(low, Fraction(0)), None if best is None else max(best, Fraction(0)), max(high, Fraction(0))


def _result(text: str) -> Result:
    assert text in ("agrees", "cannot_tell", "disagrees")
    return text  # type: ignore[return-value]


def _billed_register(record: OwnRecord) -> Fraction:
    """The billed consumption in kWh of the register, before the multiplier."""
    return (record.billed or Fraction(0)) / record.meter.multiplier


def mostly_blind(match: IndexMatch) -> bool:
    """Whether more of what is not known comes from poor evidence than from the unknown time of reading."""
    return match.seen is not None and match.seen.width > 2 * match.flow + 1


def consumption(record: OwnRecord) -> Check:
    """The billed kWh against our own consumption between the possible reading times."""
    billed = record.billed
    own = record.consumed()
    key = "consumption"
    if billed is None:
        says = "consumption_registers" if main_row(record.bill) is None and record.bill.rows else ""
        says = says or "consumption_no_numbers"
        return Check(key=key, topic="consumption", result="cannot_tell", says=says)
    number = down(billed)
    if record.unknown_meter:
        says = "consumption_replaced"
        return Check(
            key=key,
            topic="consumption",
            result="cannot_tell",
            says=says,
            values=texts(kwh=number),
            billed=number,
        )
    if own is None:
        first, last = record.windows
        says = "consumption_no_date" if first is None or last is None else "consumption_dates"
        result: Result = "cannot_tell" if first is None or last is None else "disagrees"
        return _consumption(result, says, number)
    least = max(least_above(own.low - record.slack, Fraction(1)), Fraction(0))
    most = most_below(own.high + record.slack, Fraction(1))
    detectable = record.detectable()
    values: dict[str, object] = {
        "kwh": number,
        "low": down(own.low),
        "high": up(own.high),
        "least": least,
        "most": most,
    }
    says, by = "consumption_agrees", None
    result = "agrees"
    if billed > own.low - record.slack and billed < own.high + record.slack:
        if detectable is None or detectable > record.practice.worth(billed):
            result = "cannot_tell"
            says = "consumption_blind" if blind_energy(record) else "consumption_wide_day"
    else:
        result = "disagrees"
        says = "consumption_too_high" if billed > most else "consumption_too_low"
        by = billed - most if billed > most else least - billed
        values["by"] = by
    if detectable is not None:
        values["detectable"] = detectable
    return Check(
        key=key,
        topic="consumption",
        result=result,
        says=says,
        values=texts(**values),
        billed=number,
        ours=span(own.low, own.high, own.best),
        by=None if by is None else at_least(by),
        detectable=None if detectable is None else up(detectable),
    )


def _consumption(result: Result, says: str, kwh: Decimal) -> Check:
    return Check(
        key="consumption", topic="consumption", result=result, says=says, values=texts(kwh=kwh), billed=kwh
    )


def blind_energy(record: OwnRecord) -> bool:
    """Whether more of what is not known of the consumption comes from gaps than from the reading times."""
    own = record.consumed(free=True)
    first, last = record.windows
    if own is None or first is None or last is None:
        return False
    flow = sum(
        (record.meters.consumed(window.start, window.end).billed.low for window in (first, last)),
        Fraction(0),
    )
    return own.high - own.low > 2 * flow + 2
