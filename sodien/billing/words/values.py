"""The values that a sentence is filled with, as a person reads them.

Results name values as plain text, numbers as ``9868.5`` and days as ``2026-10-31``, because that is what the
ledger keeps. Which of them are bounds, and so are rounded outwards, their names tell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Final

from sodien import formats
from sodien.formats import Rounding
from sodien.i18n import tr

#: At least that much, at most that much.
_ROUNDING: Final[Mapping[str, Rounding]] = {
    "low": "down", "least": "down", "by": "down",
    "high": "up", "most": "up", "detectable": "up",
}  # fmt: skip
#: What was printed or typed, and names: never a number of ours, whatever it looks like.
_QUOTED: Final = frozenset({"text", "values", "serial", "code", "decision", "decisions", "pending", "reason"})
_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4})( \d\d:\d\d)?")
_NUMBER: Final = r"-?\d+(?:\.\d+)?"
#: One number, or several as alternatives.
_NUMBERS: Final = re.compile(rf"{_NUMBER}(?:(?: %)?(?: / | \+ ){_NUMBER})*(?: %)?")


def shown(
    values: Mapping[str, str], *, money: Collection[str] = (), most: int = 3, evenly: bool = True
) -> dict[str, str]:
    """The values in the language in use.

    Args:
        values: by name.
        money: the names of those that are money, which is grouped by thousands.
        most: decimals of a number that is not money.
        evenly: whether low and high are the ends of one range, with as many decimals.
    """
    found = {name: _shown(name, value, name in money, most) for name, value in values.items()}
    ends = [values.get("low", ""), values.get("high", "")]
    if evenly and all(re.fullmatch(_NUMBER, end) for end in ends):
        found["low"], found["high"] = formats.low_high(Decimal(ends[0]), Decimal(ends[1]), most=most)
    return found


def _shown(name: str, value: str, money: bool, most: int) -> str:
    if name in _QUOTED:
        return value
    if name == "tax" and value == "VAT":
        return tr("VAT")
    if match := _DAY.fullmatch(value):
        return formats.date(formats.parse_date(match[1])) + (match[2] or "")
    if name == "days" and re.fullmatch(r"\d+", value):
        return formats.days(int(value))
    if not _NUMBERS.fullmatch(value):
        return value
    if not money and name != "meant" and "." not in value and " " not in value:
        return value  # a whole number stands as it is, with the leading zeros that a code may have

    def one(match: re.Match[str]) -> str:
        if money:
            return formats.amount(Decimal(match[0]))
        return formats.number(Decimal(match[0]), most=most, rounding=_ROUNDING.get(name, "near"))

    return re.sub(_NUMBER, one, value).replace(" %", "%")
