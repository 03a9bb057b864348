"""The fields of a bill as options: the same for import, add and correct."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import click
import msgspec

from sodien import formats
from sodien.billing.bill import Bill, IndexRow, TierRow, corrected_rows
from sodien.billing.notices.values import settle
from sodien.errors import SodienError
from sodien.i18n import Text, tr

F = TypeVar("F", bound=Callable[..., Any])

#: name → (metavar, help); ``--tier``, ``--register`` and ``--estimated`` stand apart.
_OPTIONS: dict[str, tuple[str, Text]] = {
    "customer": ("CODE", "Customer code (mã khách hàng)."),
    "serial": ("TEXT", "Serial number of the meter (số công tơ)."),
    "first": ("DATE", "First day of the period (từ ngày), 2026-10-01 or 1/10/2026."),
    "last": ("DATE", "Last day of the period (đến ngày): the reading day."),
    "month": ("M/YYYY", "Month of the bill (kỳ hóa đơn), such as 10/2026."),
    "old": ("KWH", "Previous reading (chỉ số cũ)."),
    "new": ("KWH", "Current reading (chỉ số mới)."),
    "multiplier": ("NUMBER", "Multiplier (hệ số nhân)."),
    "kwh": ("KWH", "Consumption (điện năng tiêu thụ)."),
    "removed": ("KWH", "Energy of a meter removed in the period."),
    "net": ("MONEY", "Money before tax (tiền điện chưa thuế)."),
    "tax": ("MONEY", "Tax (tiền thuế)."),
    "tax_rate": ("PERCENT", "Tax rate, such as 8."),
    "total": ("MONEY", "Money to be paid (tổng tiền thanh toán)."),
    "households": ("NUMBER", "Number of households (số hộ)."),
    "read_at": ("HH:MM", "Local time of the reading on the last day."),
}
_ROW = ("old", "new", "multiplier", "removed")
_REGISTER = re.compile(r"([A-Z0-9]{1,8})(?::([^-=x]+)-([^-=x]+)(?:x([^=x]+))?)?(?:=(.+))?")
_TIER = re.compile(r"([^x=]+)x([^x=]+)(?:=([^x=]+))?")


def field_options(function: F) -> F:
    """Every field of a bill as an option."""
    function = click.option("--estimated", is_flag=True, help="The notice says that it was estimated.")(
        function
    )
    function = click.option(
        "--tier",
        "tier",
        multiple=True,
        metavar="KWHxPRICE[=AMOUNT]",
        help="A printed line of the charge, such as 50x1984=99200; once for each line.",
    )(function)
    function = click.option(
        "--register",
        "register",
        multiple=True,
        metavar="CODE[:OLD-NEW[xMULTIPLIER]][=KWH]",
        help="A register by the time of day, such as BT:5890-6120x40=9200; once for each (BT, CD, TD).",
    )(function)
    for name, (metavar, text) in reversed(_OPTIONS.items()):
        function = click.option(f"--{name.replace('_', '-')}", name, metavar=metavar, help=text)(function)
    return function


def replaces_option(function: F) -> F:
    """``--replaces ENTRY``: the bill that the utility corrects by this one."""
    return click.option(
        "--replaces", type=int, metavar="ENTRY", help="The bill that the utility corrects by this one."
    )(function)


def option_of(path: str) -> str | None:
    """The option for a field of a notice, such as ``rows[0].old``; None where there is none."""
    name = {"money": "total", "year": "month", "day": "last"}.get(path, path.removeprefix("rows[0]."))
    return name if name in _OPTIONS else None


def flag(name: str) -> str:
    """How an option is typed."""
    return "--" + name.replace("_", "-")


def flag_with_value(name: str) -> str:
    """The option with what stands behind it: ``--month M/YYYY``."""
    return f"{flag(name)} {_OPTIONS[name][0]}"


def parsed(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the options that were given. Raises SodienError, naming the option."""
    found: dict[str, Any] = {
        name: parse(name, typed[name]) for name in _OPTIONS if typed.get(name) is not None
    }
    if typed.get("tier"):
        found["tiers"] = tuple(_tier(text) for text in typed["tier"])
    if typed.get("register"):
        found["rows"] = tuple(_register(text) for text in typed["register"])
    if typed.get("estimated"):
        found["estimated"] = True
    return found


def parse(name: str, text: str) -> Any:
    """The value of one option. Raises NotThatError, naming the option."""
    text = text.strip()
    if name in ("customer", "serial"):
        return _code(name, text)
    if name in ("first", "last"):
        return _date(name, text)
    if name == "month":
        return _month(text)
    if name == "read_at":
        return _time(text)
    kinds = {"net": "money", "tax": "money", "total": "money", "tax_rate": "percent"}
    kinds |= {"multiplier": "factor", "households": "count"}
    value = _number(name, text, kinds.get(name, "index"))
    return value / 100 if name == "tax_rate" else value


def applied(bill: Bill, values: Mapping[str, Any]) -> Bill:
    """The bill with these values in the place of its own."""
    values = dict(values)
    if "rows" in values:
        bill = msgspec.structs.replace(bill, rows=values.pop("rows"))
    row = {name: values.pop(name) for name in _ROW if name in values}
    if "kwh" in values:
        row["kwh"] = values["kwh"]
    if "month" in values:
        values["month"], values["year"] = values["month"]
    if row:
        rows = corrected_rows(bill, row)
        if rows is None:
            raise SodienError(
                tr("The bill has several registers; correct it by importing the right notice instead.")
            )
        values["rows"] = rows
    return msgspec.structs.replace(bill, **values)


class NotThatError(SodienError):
    """What was typed is no such value; ``asked`` says so to somebody who was asked and gave no option."""

    def __init__(self, name: str, text: str, remedy: str) -> None:
        super().__init__(tr("{option} '{text}': {remedy}.", option=flag(name), text=text, remedy=remedy))
        self.asked = tr("'{text}': {remedy}.", text=text, remedy=remedy)


def _number(name: str, text: str, kind: str) -> Decimal:
    if text.startswith("-"):
        raise NotThatError(name, text, tr("it cannot be negative"))
    found = settle(text, kind, None, machine=False)  # type: ignore[arg-type]
    if not isinstance(found, tuple):
        return found
    if found:
        low, high = map(formats.number, sorted(found))
        raise NotThatError(
            name, text, tr("that may mean {low} or {high}; write it without a separator", low=low, high=high)
        )
    raise NotThatError(name, text, tr("that is not a number; write digits, such as 12345"))


def _code(name: str, text: str) -> str:
    code = "".join(text.split()).upper()
    if not re.fullmatch(r"[0-9A-Z][0-9A-Z/.-]{0,39}", code):
        raise NotThatError(name, text, tr("write it as on the bill, letters and digits only"))
    return code


def _date(name: str, text: str) -> dt.date:
    try:
        return formats.parse_date(text)
    except ValueError:
        raise NotThatError(
            name, text, tr("that is not a date; write it like 2026-10-31 or 31/10/2026")
        ) from None


def _month(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,2})/(\d{4})", text)
    if match is None or not 1 <= int(match[1]) <= 12:
        raise NotThatError("month", text, tr("that is not a month; write it like 10/2026"))
    return int(match[1]), int(match[2])


def _time(text: str) -> dt.time:
    try:
        return formats.parse_time(text)
    except ValueError:
        raise NotThatError("read_at", text, tr("that is not a time of day; write it like 08:30")) from None


def _register(text: str) -> IndexRow:
    match = _REGISTER.fullmatch("".join(text.split()).replace("×", "x"))
    if match is None or not (match[2] or match[5]):
        raise NotThatError("register", text, tr("write it like BT:5890-6120x40=9200 or BT=9200"))
    numbers = zip(("old", "new", "multiplier", "kwh"), match.groups()[1:], strict=True)
    kinds = {"multiplier": "factor", "kwh": "kwh"}
    read = {name: _number("register", number, kinds.get(name, "index")) for name, number in numbers if number}
    return msgspec.structs.replace(IndexRow(register=match[1]), **read)


def _tier(text: str) -> TierRow:
    match = _TIER.fullmatch("".join(text.split()).replace("×", "x"))
    if match is None:
        raise NotThatError("tier", text, tr("write it like 50x1984=99200"))
    amount = _number("tier", match[3], "money") if match[3] else None
    return TierRow(
        kwh=_number("tier", match[1], "kwh"), price=_number("tier", match[2], "price"), amount=amount
    )
