"""Ledger entries as InfluxDB line protocol. Pure.

One entry is one line; measurement, tags and time are a function of the entry alone, so that writing it again
overwrites it. Which fields it has, and of which type, follows from the declarations in
:mod:`sodien.protocol.entries`, never from a value: every database refuses a field that changes its type.
Times are milliseconds.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from sodien.errors import BadPayload
from sodien.protocol.entries import MEASUREMENTS, Entry
from sodien.protocol.fields import FieldRule
from sodien.protocol.times import parse_time
from sodien.protocol.topics import valid_name
from sodien.protocol.values import Bounds, Money

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
    fields: dict[str, Field] = {}
    for name, write in _writers(type(entry), ""):
        value = getattr(entry, name)
        if value is not None:
            write(fields, value)
    return line(MEASUREMENTS[type(entry)], tags, fields, parse_time(entry.at))


# -- derived from the declarations ---------------------------------------------------------------------

#: Puts a value that is there into the fields of a point.
_Write = Callable[[dict[str, Field], Any], None]


@functools.cache
def _writers(kind: type[msgspec.Struct], prefix: str) -> list[tuple[str, _Write]]:
    """What writes each stored field of a struct; ``prefix`` begins the names of those of an inner one."""
    found: list[tuple[str, _Write]] = []
    for field in msgspec.structs.fields(kind):
        inner, rule = _unwrapped(field.type)
        if rule.stored:
            own = field.name if rule.name is None else rule.name
            name = "_".join(part for part in (prefix, own) if part)
            found.append((field.name, _writer(name, inner, rule, skips_empty=field.default in ("", ()))))
    return found


def _unwrapped(kind: Any) -> tuple[Any, FieldRule]:
    """A type without the None of what may be absent, and what is declared of it beside the type."""
    rule = FieldRule()
    while True:
        inner = [one for one in get_args(kind) if one is not NoneType]
        if get_origin(kind) is Annotated:
            kind, rule = inner[0], next((one for one in inner[1:] if isinstance(one, FieldRule)), rule)
        elif get_origin(kind) in (Union, UnionType) and len(inner) == 1:
            kind = inner[0]
        else:
            return kind, rule


def _writer(name: str, kind: Any, rule: FieldRule, *, skips_empty: bool) -> _Write:
    if kind in (Bounds, Money):
        low, best, high = rule.bounds or (f"{name}_low", name, f"{name}_high")
        return functools.partial(_bounds, (("low", low), ("best", best), ("high", high)))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return functools.partial(_struct, _writers(kind, name))
    if rule.time:
        return functools.partial(_plain, f"{name}_ms", parse_time)
    if get_origin(kind) is dict:
        number = get_args(kind)[1]
        if number in (int, float):
            return functools.partial(_by_word, name, number)
        return functools.partial(_plain, name, _json)
    if kind is str or get_origin(kind) is tuple:
        return functools.partial(_text if skips_empty else _plain, name, " ".join if kind is not str else str)
    if kind is Decimal:
        return functools.partial(_plain, name, functools.partial(_number, name))
    return functools.partial(_plain, name, {bool: int, int: int, float: float}[kind])


def _plain(name: str, convert: Callable[[Any], Field], fields: dict[str, Field], value: Any) -> None:
    fields[name] = convert(value)


def _text(name: str, convert: Callable[[Any], str], fields: dict[str, Field], value: Any) -> None:
    """A text that is empty by default; then it is no field."""
    if value:
        fields[name] = convert(value)


def _by_word(name: str, convert: type[int | float], fields: dict[str, Field], value: dict[str, Any]) -> None:
    for word, number in value.items():
        if not valid_name(word):
            raise BadPayload(f"{name}: {word!r} is not the name of a reason")
        fields[f"{name}_{word}"] = convert(number)


def _bounds(names: Sequence[tuple[str, str | None]], fields: dict[str, Field], value: Bounds | Money) -> None:
    for side, name in names:
        if name is not None:
            fields[name] = _number(name, getattr(value, side))


def _struct(writers: Sequence[tuple[str, _Write]], fields: dict[str, Field], value: msgspec.Struct) -> None:
    for name, write in writers:
        inner = getattr(value, name)
        if inner is not None:
            write(fields, inner)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _number(name: str, value: Decimal) -> float:
    if not value.is_finite():
        raise BadPayload(f"{name}: {value} is not a number")
    return float(value)
