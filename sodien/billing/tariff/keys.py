"""How the values of a tariff file are written: each with the rule that judges it and says what to write.

The tariff's own structs carry them as annotations, so what a file may hold stands beside what it means.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Final, Literal

from sodien.billing.tariff.rounding import Rounding
from sodien.i18n import tr
from sodien.value_rules import Choice, Number, Word, Wrong, show

_MOST: Final = 10**9
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)\Z", re.ASCII)
_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}\Z", re.ASCII)


def _date(text: str) -> dt.date:
    try:
        if _DATE.match(text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise Wrong(tr("is {value}, not a date", value=show(text)))


def _month_day(text: str) -> tuple[int, int]:
    match = _MONTH_DAY.match(text)
    try:
        if match:
            day = dt.date(2024, int(match[1]), int(match[2]))
            return day.month, day.day
    except ValueError:
        pass
    raise Wrong(tr("is {value}, not a day of the year", value=show(text)))


def _id(text: str) -> str:
    if not _ID.match(text):
        raise Wrong(tr("is {value}", value=show(text)))
    return text


def _register(text: str) -> str:
    if not re.fullmatch(r"[A-Z0-9]{1,8}", text):
        raise Wrong(tr("is {value}", value=show(text)))
    return text


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise Wrong(tr("is {value}", value=show(text)))
    return text


def rounding(text: str) -> Rounding:
    """A mode and a step. Raises Wrong for anything else."""
    try:
        return Rounding.parse(text)
    except ValueError as error:
        raise Wrong(tr("is {value}: it {error}", value=show(text), error=error)) from None


def _quota_days(text: str) -> str | int:
    if text in ("begin", "end", "before"):
        return text
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 400:
        return int(text)
    raise Wrong(tr("is {value}", value=show(text)))


#: ``confirmed``: a source that says so was read; ``likely``: one weak source, or general knowledge;
#: ``unknown``: nobody can say yet.
Certain = Literal["confirmed", "likely", "unknown"]

Day = Annotated[dt.date, Word("a date as YYYY-MM-DD", _date)]
MaybeDay = Annotated[dt.date | None, Word("a date as YYYY-MM-DD", _date)]
MonthDay = Annotated[tuple[int, int], Word("a day of the year as MM-DD", _month_day)]
OneLine = Annotated[str, Word("text of one line")]
Id = Annotated[str, Word("small letters, digits, dots and hyphens, such as vn-residential", _id)]
Register = Annotated[str, Word("the code of a register on the bill, such as BT", _register)]
Currency = Annotated[str | None, Word("the currency's three letters, such as VND", _currency)]
Certainty = Annotated[Certain, Choice(("confirmed", "likely", "unknown"), "how sure the source makes it")]
Round = Annotated[
    Rounding, Word("a mode and a step, such as half-up 1 (modes: half-up, half-even, down, up)", rounding)
]
MaybeRound = Annotated[
    Rounding | None,
    Word("a mode and a step, such as half-up 1 (modes: half-up, half-even, down, up)", rounding),
]
Width = Annotated[Decimal | None, Number("the width of the tier in kWh", 0, _MOST, above=True)]
Price = Annotated[Decimal, Number("the price per kWh in units of the currency", 0, _MOST)]
MaybePrice = Annotated[Decimal | None, Number("the price per kWh in units of the currency", 0, _MOST)]
Percent = Annotated[Decimal | None, Number("the percentage of the average price", 0, 10_000)]
MaybeAmount = Annotated[
    Decimal | None, Number("the money for each, before tax, in units of the currency", 0, _MOST)
]
Average = Annotated[Decimal | None, Number("the average price per kWh of the decision", 0, _MOST, above=True)]
Amount = Annotated[Decimal, Number("the money for each, before tax, in units of the currency", 0, _MOST)]
Charged = Annotated[
    Decimal, Number("the money for each, before tax, less than 0 for a discount", -_MOST, _MOST)
]
Rate = Annotated[Decimal, Number("the rate in percent, such as 8", 0, 1000)]
QuotaDays = Annotated[
    Literal["begin", "end", "before"] | int,
    Word("begin, end, before, or a number of days (the days of a month)", _quota_days),
]
