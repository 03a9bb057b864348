"""Numbers, dates, times, kWh and money as text for a person, and dates and times as a person types them.

What a person reads is written here and nowhere else, so that on one screen no dot means two things.
Vietnamese writes 10479,380 and 49.283 đ and 28/11/2026; English writes 10479.380 and 49,283 VND and
2026-11-28, which no reader takes for another month's day. Money and counts are grouped by thousands. kWh are
not, in either language: a register is compared with the dial digit by digit, and the only mark in it is the
decimal one.

Bounds are rounded outwards, best estimates to the nearest, and both ends of a range show as many decimals.
Nothing here is for machines: JSON, MQTT and the ledger carry plain decimals and RFC 3339.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, Protocol

from sodien import i18n

Number = int | float | Decimal | Fraction
Rounding = Literal["near", "down", "up"]


class HasBounds(Protocol):
    """A best estimate between two bounds, whatever holds them."""

    @property
    def low(self) -> Number:
        """Not above it."""

    @property
    def best(self) -> Number:
        """Between both."""

    @property
    def high(self) -> Number:
        """Not below it."""


#: Decimal mark, mark between thousands, percentage, and one or several days: from the CLDR.
#: ``python -m tests.support.cldr`` prints this table as Babel has it; tests/test_formats.py compares.
CLDR: Final[dict[str, dict[str, str]]] = {
    "en": {"decimal": ".", "group": ",", "percent": "{0}%", "day": "{0} day", "days": "{0} days"},
    "vi": {"decimal": ",", "group": ".", "percent": "{0}%", "day": "{0} ngày", "days": "{0} ngày"},
}
#: Hours, minutes, seconds. Not the CLDR's words: "hr" and "sec" are no English unit symbols, and "tiếng" is
#: spoken, while the utility writes "giờ".
_UNITS: Final = {"en": ("h", "min", "s"), "vi": ("giờ", "phút", "giây")}
#: What stands behind an amount, where it is not the currency's code: the utility prints đ.
_SIGNS: Final = {("vi", "VND"): "đ"}
#: Decimals of a currency by the CLDR, where they are not two.
_CENTS: Final = {"VND": 0}

#: kWh to the watt-hour, and no number with more decimals than are stored.
_KWH_PLACES: Final = 3
_MOST_PLACES: Final = 6


# -- numbers -------------------------------------------------------------------------------------------


def number(
    value: Number,
    places: int | None = None,
    *,
    most: int = _MOST_PLACES,
    rounding: Rounding = "near",
    grouped: bool = False,
    lang: str | None = None,
) -> str:
    """A number with its decimal mark; never with an exponent, never -0.

    Args:
        value: the number. A float means the shortest decimal that is the same float.
        places: how many decimals; None for as many as are left of ``most``, without idle zeros.
        most: where ``places`` is None.
        rounding: to the nearest (halves away from 0), or as a lower or upper bound.
        grouped: by thousands.
        lang: ``en`` or ``vi``; None for the language in use.
    """
    exact = _exact(value)
    scaled = _rounded(exact * 10 ** (most if places is None else places), rounding)
    if places is None:
        places = most
        while places and scaled % 10 == 0:
            scaled, places = scaled // 10, places - 1
    return _written(scaled, places, grouped, lang)


def low_high(
    low: Number, high: Number, places: int | None = None, *, most: int = _KWH_PLACES, lang: str | None = None
) -> tuple[str, str]:
    """Both ends of a range of kWh, rounded outwards, with as many decimals: what the finer one needs."""
    if places is None:
        places = max(_places(_exact(low), most), _places(_exact(high), most))
    return number(low, places, rounding="down", lang=lang), number(high, places, rounding="up", lang=lang)


def from_to(low: Number, high: Number, places: int, *, grouped: bool = False, lang: str | None = None) -> str:
    """A range rounded outwards, ``12.3 … 12.4``; one number where both ends are written alike."""
    first = number(low, places, rounding="down", grouped=grouped, lang=lang)
    last = number(high, places, rounding="up", grouped=grouped, lang=lang)
    return first if first == last else f"{first} … {last}"


def evenly(values: Iterable[Number], *, most: int = _KWH_PLACES, lang: str | None = None) -> list[str]:
    """Numbers of a column or an axis, each to the nearest, all with as many decimals as the finest needs."""
    values = list(values)
    places = max((_places(_exact(value), most) for value in values), default=0)
    return [number(value, places, lang=lang) for value in values]


def count(value: int, lang: str | None = None) -> str:
    """How many, by thousands: 1,234,567 or 1.234.567."""
    return number(value, 0, grouped=True, lang=lang)


class HowMany(int):
    """How many of something, for a text with ``{n:entry|entries}``: 1 entry, 2,500 entries.

    A translation without a plural writes ``{n}`` and its own word.
    """

    def __format__(self, words: str) -> str:
        one, both, many = words.partition("|")
        return f"{count(self)} {one if self == 1 else many}" if both else count(self)

    def __str__(self) -> str:
        return count(self)


def percent(
    share: Number, places: int | None = 1, rounding: Rounding = "near", lang: str | None = None
) -> str:
    """A share (1 is all) as a percentage: 99.9% or 99,9%."""
    text = number(_exact(share) * 100, places, rounding=rounding, lang=lang)
    return CLDR[_lang(lang)]["percent"].replace("{0}", text)


# -- energy and power ----------------------------------------------------------------------------------


def dial(reading: str, lang: str | None = None) -> str:
    """A dial reading as the dial shows it, with leading zeros and all its decimals: 02275.5 or 02275,5."""
    return reading.replace(".", CLDR[_lang(lang)]["decimal"])


def kwh(value: Number, rounding: Rounding = "near", lang: str | None = None) -> str:
    """Energy or a register to the watt-hour, without its unit."""
    return number(value, _KWH_PLACES, rounding=rounding, lang=lang)


def kwh_bounds(
    found: HasBounds | None, why: str | None = None, *, unit: str = " kWh", lang: str | None = None
) -> str:
    """Best estimate and both bounds: ``10479.380 kWh  [10479.312 … 10479.401]``; else a dash, and why."""
    if found is None:
        return f"– ({why})" if why else "–"
    return _bounds(found, _KWH_PLACES, unit, lang)


def register_bounds(
    found: HasBounds | None,
    digits: int,
    why: str | None = None,
    *,
    unit: str = " kWh",
    lang: str | None = None,
) -> str:
    """A register as a dial with so many digits before the point shows it, gone round or not, with its bounds:
    ``00111.312 kWh  [00111.300 … 00111.401]``; else a dash, and why.
    """
    if found is None:
        return kwh_bounds(found, why)

    def shown(value: Number, rounding: Rounding) -> str:
        scaled = _rounded(_exact(value) * 10**_KWH_PLACES, rounding) % 10 ** (digits + _KWH_PLACES)
        return _written(scaled, _KWH_PLACES, False, lang).zfill(digits + 1 + _KWH_PLACES)

    return f"{shown(found.best, 'near')}{unit}  [{shown(found.low, 'down')} … {shown(found.high, 'up')}]"


def billed_bounds(found: HasBounds, lang: str | None = None) -> str:
    """Billed kWh, which are whole as a rule, with both bounds: ``80 kWh  [44 … 890]``."""
    places = max(_places(_exact(value), _KWH_PLACES) for value in (found.low, found.best, found.high))
    return _bounds(found, places, " kWh", lang)


def _bounds(found: HasBounds, places: int, unit: str, lang: str | None) -> str:
    low, high = low_high(found.low, found.high, places, lang=lang)
    return f"{number(found.best, places, lang=lang)}{unit}  [{low} … {high}]"


def watts(value: Number, rounding: Rounding = "near", lang: str | None = None) -> str:
    """A power in whole watts: ``1234 W``."""
    return f"{number(value, 0, rounding=rounding, lang=lang)} W"


def most_kw(value: Number, lang: str | None = None) -> str:
    """The most that can flow, without its unit: two decimals at most, rounded up."""
    return number(value, most=2, rounding="up", lang=lang)


def constant(value: Number, rounding: Rounding = "near", lang: str | None = None) -> str:
    """imp/kWh, without the unit: two decimals at most."""
    return number(value, most=2, rounding=rounding, lang=lang)


# -- money ---------------------------------------------------------------------------------------------


def amount(value: Number, lang: str | None = None) -> str:
    """Money as it is printed, by thousands and with all its decimals; also a price. Without the currency."""
    return number(value, grouped=True, lang=lang)


def money(value: Number, currency: str = "VND", rounding: Rounding = "near", lang: str | None = None) -> str:
    """Money in whole units of what the currency is paid in, with the currency: 49,283 VND or 49.283 đ."""
    return f"{_coins(value, currency, rounding, lang)} {currency_sign(currency, lang)}"


def money_bounds(found: HasBounds, currency: str = "VND", lang: str | None = None) -> str:
    """Money of our own with its bounds: ``49,283 VND  [48,900 … 50,120]``."""
    least, most = _coins(found.low, currency, "down", lang), _coins(found.high, currency, "up", lang)
    return f"{money(found.best, currency, lang=lang)}  [{least} … {most}]"


def currency_sign(currency: str, lang: str | None = None) -> str:
    """What stands behind an amount: the code, but đ in Vietnamese."""
    return _SIGNS.get((_lang(lang), currency), currency)


def currency_word(currency: str) -> str:
    """The currency within a sentence, in either language: its code, but đồng."""
    return "đồng" if currency == "VND" else currency


def money_in_words(value: Number, currency: str, rounding: Rounding = "near", lang: str | None = None) -> str:
    """Money within a sentence, in whole units of what the currency is paid in: 49,283 đồng or 12.50 USD."""
    return f"{_coins(value, currency, rounding, lang)} {currency_word(currency)}"


def _coins(value: Number, currency: str, rounding: Rounding, lang: str | None) -> str:
    return number(value, _CENTS.get(currency, 2), rounding=rounding, grouped=True, lang=lang)


# -- days, times, durations ----------------------------------------------------------------------------


def date(day: dt.date | str, lang: str | None = None) -> str:
    """A day (or its ISO 8601 text): 2026-11-28 or 28/11/2026."""
    day = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.day:02}/{day.month:02}/{day.year:04}" if _lang(lang) == "vi" else day.isoformat()


def day_of_month(day: dt.date, lang: str | None = None) -> str:
    """A day without its year, for an axis: 11-28 or 28/11."""
    return f"{day.day}/{day.month}" if _lang(lang) == "vi" else f"{day.month:02}-{day.day:02}"


def month(number_: int, year: int) -> str:
    """A month: 11/2026 in both languages, as bills name it."""
    return f"{number_}/{year}"


def instant(ms: int, zone: dt.tzinfo, *, seconds: bool = False, lang: str | None = None) -> str:
    """Local day and time of an instant (ms UTC), cut to the minute or second that has begun."""
    local = dt.datetime.fromtimestamp(ms // 1000, zone)
    return moment(local, seconds=seconds, lang=lang)


def moment(local: dt.datetime, *, seconds: bool = False, lang: str | None = None) -> str:
    """A day and time of day that are local already, as :func:`instant`."""
    return (
        f"{date(local.date(), lang)} {local:%H:%M:%S}"
        if seconds
        else f"{date(local.date(), lang)} {local:%H:%M}"
    )


def time_of_day(time: dt.time) -> str:
    """A time of day: 07:30."""
    return f"{time:%H:%M}"


def days(count_: int, lang: str | None = None) -> str:
    """So many days: 1 day, 2 days."""
    pattern = CLDR[_lang(lang)]["day" if abs(count_) == 1 else "days"]
    return pattern.replace("{0}", count(count_, lang))


def duration(seconds: Number, lang: str | None = None) -> str:
    """A length of time in its two largest units, rounded: 0.4 s, 42 s, 5 min 20 s, 3 h 20 min, 2 days 4 h."""
    hour, minute, second = _UNITS[_lang(lang)]
    exact = _exact(seconds)
    if exact < 10:
        return f"{number(exact, most=1 if exact >= 1 else 3, lang=lang)} {second}"
    whole = _rounded(exact, "near")
    if whole < 3600:
        parts = [(whole // 60, minute), (whole % 60, second)]
    elif (minutes := _rounded(exact / 60, "near")) < 1440:
        parts = [(minutes // 60, hour), (minutes % 60, minute)]
    else:
        hours = _rounded(exact / 3600, "near")
        rest = f" {hours % 24} {hour}" if hours % 24 else ""
        return days(hours // 24, lang) + rest
    return " ".join(f"{size} {unit}" for size, unit in parts if size)


# -- what a person types -------------------------------------------------------------------------------

# Compiled when first used: the daemon imports this module and reads nothing that is typed.
_ISO_DAY: Final = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_LOCAL_DAY: Final = r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})"
_TIME: Final = r"(\d{1,2})(?::|h)(\d{2})(?::(\d{2}))?"


def parse_date(text: str) -> dt.date:
    """A day as a person types it: 2026-11-28, 28/11/2026, 28-11-2026 or 28.11.2026. Raises ValueError."""
    bare = text.strip()
    if match := re.fullmatch(_ISO_DAY, bare, re.ASCII):
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(_LOCAL_DAY, bare, re.ASCII):
        return dt.date(int(match[4]), int(match[3]), int(match[1]))
    raise ValueError(f"{text!r} is no day")


def parse_time(text: str) -> dt.time:
    """A time of day as a person types it: 07:30, 7:30:15, 7h30. Raises ValueError."""
    match = re.fullmatch(_TIME, text.strip(), re.ASCII)
    if match is None:
        raise ValueError(f"{text!r} is no time of day")
    return dt.time(int(match[1]), int(match[2]), int(match[3] or 0))


def parse_moment(text: str, zone: dt.tzinfo) -> dt.datetime:
    """A day and time as a person types them, either first, or as ISO 8601 writes them. Raises ValueError.

    Without a time the day's first instant is meant. They are local in ``zone``; only ISO 8601 can name
    another offset.
    """
    bare = " ".join(text.split())
    first, _, last = bare.partition(" ")
    for day, time in ((first, last), (last, first)):
        try:
            return dt.datetime.combine(parse_date(day), parse_time(time) if time else dt.time(), zone)
        except ValueError:
            continue
    typed = dt.datetime.fromisoformat(bare)
    return typed if typed.tzinfo is not None else typed.replace(tzinfo=zone)


def both_meant(moment: dt.datetime) -> tuple[dt.datetime, dt.datetime] | None:
    """The two instants that a local time can mean when clocks change in that hour; None for all others.

    By the offset before the change and by the one after it: where clocks go back the first is the earlier
    one, where they go forward (so that no clock shows this time) the later one.
    """
    before, after = (moment.replace(fold=fold) for fold in (0, 1))
    if before.utcoffset() == after.utcoffset():
        return None
    first, second = (one.astimezone(dt.UTC).astimezone(moment.tzinfo) for one in (before, after))
    return first, second


# -- parts ---------------------------------------------------------------------------------------------


def _lang(lang: str | None) -> str:
    return lang if lang is not None else i18n.language()


def _exact(value: Number) -> Fraction:
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def _rounded(value: Fraction, rounding: Rounding) -> int:
    if rounding == "down":
        return math.floor(value)
    if rounding == "up":
        return math.ceil(value)
    half = math.floor(abs(value) + Fraction(1, 2))
    return half if value >= 0 else -half


def _places(value: Fraction, most: int) -> int:
    """How many decimals it needs, ``most`` of them at most."""
    return next((n for n in range(most) if (value * 10**n).denominator == 1), most)


def _written(scaled: int, places: int, grouped: bool, lang: str | None) -> str:
    marks = CLDR[_lang(lang)]
    digits = str(abs(scaled)).zfill(places + 1)
    whole, fraction = digits[: len(digits) - places], digits[len(digits) - places :]
    if grouped:
        whole = f"{int(whole):,}".replace(",", marks["group"])
    return ("-" if scaled < 0 else "") + whole + (marks["decimal"] + fraction if places else "")
