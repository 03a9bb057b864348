"""Ledger entries as InfluxDB line protocol. Pure.

One entry is one line; measurement, tags and time are a function of the entry alone, so that writing it again
overwrites it. Times are milliseconds. A field never changes its type, because every database refuses that:
pulses and counts are integers, kWh, watts and seconds floats, the rest strings.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from sodien.errors import BadPayload
from sodien.protocol.entries import (
    MEASUREMENTS,
    AmendmentEntry,
    BillEntry,
    ConstantEntry,
    CostEntry,
    DayEntry,
    DialEntry,
    Entry,
    EventEntry,
    GapEntry,
    HealthEntry,
    HourEntry,
    ReminderEntry,
    ReplacementEntry,
    ResolutionEntry,
    ScheduleEntry,
    SealEntry,
    SnapshotEntry,
    TickEntry,
    VerdictEntry,
)
from sodien.protocol.times import parse_time
from sodien.protocol.topics import valid_name
from sodien.protocol.values import Bounds, Instant, Money

Field = int | float | str

_KEY = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ "})
_MEASUREMENT = str.maketrans({",": r"\,", " ": r"\ "})
_TEXT = str.maketrans({'"': r"\"", "\\": r"\\"})
# Readers that split a body or a file at line breaks must not see one inside a value.
_CONTROL = dict.fromkeys((*range(0x20), 0x7F, 0x85, 0x2028, 0x2029), " ")

#: InfluxDB keeps nanoseconds in 64 bits (years 1677 to 2262) and integers in 64 bits.
_TIME_LIMIT_MS = (2**63 - 1) // 10**6
_INT_LIMIT = 2**63


def line(measurement: str, tags: Mapping[str, str], fields: Mapping[str, Field], time_ms: int) -> str:
    """One point in line protocol without the line break; tags and fields in the order of their names.

    Args:
        measurement: name without control characters, as the keys of tags and fields.
        tags: values must not be empty nor end with a backslash (what :func:`valid_name` allows never does).
        fields: at least one; a bool is not a field of ours.
        time_ms: milliseconds since 1970 UTC.

    Raises:
        BadPayload: for no field at all, a number that is not finite, or one the database cannot hold.
    """
    if not fields:
        raise BadPayload(f"{measurement}: no field")
    if abs(time_ms) >= _TIME_LIMIT_MS:
        raise BadPayload(f"{measurement}: the database cannot hold the time {time_ms} ms")
    head = measurement.translate(_MEASUREMENT) + "".join(
        [f",{_key(name)}={_key(tags[name])}" for name in sorted(tags)]
    )
    body = ",".join([f"{_key(name)}={_value(name, fields[name])}" for name in sorted(fields)])
    return f"{head} {body} {time_ms}"


@functools.lru_cache(maxsize=1024)  # the names are few and always the same
def _key(name: str) -> str:
    return name.translate(_KEY)


def _value(name: str, value: Field) -> str:
    if isinstance(value, str):
        return f'"{value.translate(_CONTROL).translate(_TEXT)}"'
    if isinstance(value, int):
        if not -_INT_LIMIT <= value < _INT_LIMIT:
            raise BadPayload(f"{name}: the integer does not fit 64 bits")
        return f"{value}i"
    if not math.isfinite(value):
        raise BadPayload(f"{name}: {value} is not a number")
    # "1" without the i of an integer is a float, and shorter than "1.0".
    return repr(value).removesuffix(".0")


def of_entry(device: str, entry: Entry) -> str:
    """The line of one ledger entry. Raises BadPayload when an entry cannot be stored."""
    tags = {"device": device}
    if entry.meter is not None:
        tags["meter"] = entry.meter
    return line(MEASUREMENTS[type(entry)], tags, _fields(entry), parse_time(entry.at))


def _fields(entry: Entry) -> dict[str, Field]:
    match entry:
        case TickEntry():
            return _tick(entry)
        case GapEntry():
            gap: dict[str, Field] = {
                "seconds": float(entry.seconds),
                "kwh_low": _kwh("energy", entry.energy.low),
                "kwh_high": _kwh("energy", entry.energy.high),
                "pulses_max": entry.pulses_max,
                "counted": entry.counted,
                "reason": entry.reason,
                "end_ms": parse_time(entry.end),
            }
            return gap | _given(supply=entry.supply)
        case DialEntry():
            dial: dict[str, Field] = {
                "reading": entry.reading,
                "low": _kwh("low", entry.low),
                "high": _kwh("high", entry.high),
                "within_s": float(entry.within_s),
            }
            return dial | _given(by=entry.by, photo=entry.photo)
        case ResolutionEntry():
            return _given(
                of_ms=parse_time(entry.of), what=entry.what, low=entry.low, high=entry.high, by=entry.by
            )
        case AmendmentEntry():
            return _given(
                of_ms=parse_time(entry.of),
                of_kind=entry.of_kind,
                what=entry.what,
                because=entry.because,
                reading=entry.reading,
                low=entry.low,
                high=entry.high,
                read_at_ms=parse_time(entry.read_at) if entry.read_at is not None else None,
                within_s=entry.within_s,
                by=entry.by,
            )
        case ReplacementEntry():
            return _given(
                old_final=entry.old_final,
                new_initial=entry.new_initial,
                constant=entry.constant,
                digits=entry.digits,
                decimals=entry.decimals,
                multiplier=entry.multiplier,
                within_s=float(entry.within_s),
                serial=entry.serial,
                by=entry.by,
            )
        case ConstantEntry():
            return _given(constant=entry.constant, from_start=int(entry.from_start), by=entry.by)
        case BillEntry():
            return _bill(entry)
        case VerdictEntry():
            return _verdict(entry)
        case ScheduleEntry():
            return _given(day=entry.day, until=entry.until)
        case CostEntry():
            return _cost(entry)
        case ReminderEntry():
            return {"day": entry.day, "when": entry.when}
        case SnapshotEntry():
            instants = {"start": entry.start, "end": entry.end, "hour": entry.hour}
            return {"day": entry.day} | {
                name: value for key, instant in instants.items() for name, value in _instant(key, instant)
            }
        case DayEntry():
            return {**_hour(entry), "day": entry.day}
        case HourEntry():
            return _hour(entry)
        case HealthEntry():
            return _health(entry)
        case EventEntry():
            return {"what": entry.what, "detail": msgspec.json.encode(entry.detail).decode()}
        case SealEntry():
            return {
                "hash": entry.hash,
                "previous": entry.previous,
                "first": entry.first,
                "last": entry.last,
                "ledger": entry.ledger,
            }


def _given(**values: Field | Decimal | None) -> dict[str, Field]:
    """Fields that are there; a Decimal becomes the float it is in the database."""
    return {
        name: _kwh(name, value) if isinstance(value, Decimal) else value
        for name, value in values.items()
        if value is not None
    }


def _bill(entry: BillEntry) -> dict[str, Field]:
    return _given(
        source=entry.source,
        sha256=entry.sha256,
        corrects_ms=parse_time(entry.corrects) if entry.corrects is not None else None,
        first=entry.first,
        last=entry.last,
        index_old=entry.old,
        index_new=entry.new,
        multiplier=entry.multiplier,
        kwh=entry.billed_kwh,
        net=entry.net,
        tax=entry.tax,
        total=entry.total,
        estimated=int(entry.estimated),
    )


def _verdict(entry: VerdictEntry) -> dict[str, Field]:
    return _given(
        of_ms=parse_time(entry.of),
        verdict=entry.overall,
        why=entry.why or None,
        first=entry.first,
        last=entry.last,
        direction=entry.direction or None,
        disagrees_by_kwh=entry.disagrees_by_kwh,
        disagrees_by_money=entry.disagrees_by_money,
        detectable_kwh=entry.detectable_kwh,
        billed_kwh=entry.billed_kwh,
        own_kwh_low=entry.own_low,
        own_kwh=entry.own,
        own_kwh_high=entry.own_high,
        wrong=" ".join(entry.wrong) or None,
        reason=entry.reason or None,
        read_from_ms=parse_time(entry.read_from) if entry.read_from is not None else None,
        read_to_ms=parse_time(entry.read_to) if entry.read_to is not None else None,
    )


def _cost(entry: CostEntry) -> dict[str, Field]:
    fields: dict[str, Field] = {"first": entry.first, "last": entry.last, "currency": entry.currency}
    fields |= {**dict(_bounds("kwh", entry.kwh)), **dict(_bounds("cost", entry.cost))}
    fields |= _given(tier=entry.tier, since_ms=parse_time(entry.since) if entry.since is not None else None)
    if entry.projection is not None:
        fields |= {
            **dict(_bounds("projected_kwh", entry.projection.kwh)),
            **dict(_bounds("projected_cost", entry.projection.cost)),
        }
    return fields


def _tick(entry: TickEntry) -> dict[str, Field]:
    fields: dict[str, Field] = {"pulses": entry.pulses}
    if entry.number is not None:
        fields["number"] = entry.number
    if entry.register is not None:
        fields |= {
            "low": _kwh("register", entry.register.low),
            "register": _kwh("register", entry.register.best),
            "high": _kwh("register", entry.register.high),
        }
    if entry.power_w is not None:
        fields["power_w"] = float(entry.power_w)
    if entry.coverage is not None:
        fields["coverage"] = float(entry.coverage)
    return fields


def _hour(entry: HourEntry) -> dict[str, Field]:
    fields: dict[str, Field] = {
        "pulses": entry.pulses,
        **dict(_bounds("kwh", entry.energy)),
        "seconds": float(entry.seconds),
        "counted": float(entry.counted),
    }
    for reason, seconds in entry.blind.items():
        fields[f"blind_{_reason(entry, reason)}"] = float(seconds)
    return fields


def _health(entry: HealthEntry) -> dict[str, Field]:
    fields: dict[str, Field] = {
        "undecided": entry.undecided,
        "late": entry.late,
        "lost": entry.lost,
        "errors": entry.errors,
        "queue": entry.queue,
        "ledger_bytes": entry.ledger_bytes,
    }
    for reason, count in entry.rejected.items():
        fields[f"rejected_{_reason(entry, reason)}"] = count
    return fields


def _reason(entry: Entry, reason: str) -> str:
    """A reason as a part of a field's name. Raises BadPayload when it cannot be one."""
    if not valid_name(reason):
        raise BadPayload(f"entry {entry.seq}: {reason!r} is not the name of a reason")
    return reason


def _instant(key: str, instant: Instant | None) -> list[tuple[str, Field]]:
    if instant is None or instant.register is None:
        return []
    return _bounds(key, instant.register)


def _bounds(key: str, bounds: Bounds | Money) -> list[tuple[str, Field]]:
    """The fields key_low, key and key_high."""
    return [
        (f"{key}_low", _kwh(key, bounds.low)),
        (key, _kwh(key, bounds.best)),
        (f"{key}_high", _kwh(key, bounds.high)),
    ]


def _kwh(name: str, value: Decimal) -> float:
    if not value.is_finite():
        raise BadPayload(f"{name}: {value} is not a number")
    return float(value)
