"""The types of a template's slots: where a value of each begins and ends, and what cannot be one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sodien.billing.notices.codes import CODE
from sodien.billing.notices.counts import COUNTED
from sodien.billing.notices.dates import YEARS, printed_date
from sodien.billing.notices.month_forms import Parts, month_form
from sodien.billing.notices.values import Kind, possible
from sodien.billing.notices.vocabulary import MONEY, SCALES


@dataclass(frozen=True, slots=True)
class Slotted:
    """A value in a slot.

    Attributes:
        raw: as printed, folded.
        start, end: where it stands; ``close`` is the end with its unit.
        parts: month and year, each with its place.
    """

    raw: str
    start: int
    end: int
    close: int
    parts: Parts = ()


def _either(words: frozenset[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_NUMBER = re.compile(
    r"(?<![0-9~])(?:[1-9][0-9]{0,2}(?: [0-9]{3})+(?:[.,][0-9]{1,2})?(?![.,]?[0-9])|[0-9]+(?:[.,][0-9]+)*)"
    r"(?![0-9~'])"
)
_ENERGY = re.compile(r"[ ]?(?:kwh|kw[ ]?/[ ]?h|kw|so(?: dien)?)(?![a-z])")
_CURRENCY = re.compile(rf"[ ]?\.?(?:{_either(MONEY)})(?![a-z])")
_PERCENT = re.compile(r"[ ]?%")
#: Units that make a number another type, whatever the template says; "d" alone may be a word.
_OTHER = re.compile(rf"[ ]?(?:%|(?:{_either(SCALES)})(?![a-z]))")
_KWH = re.compile(r"[ ]?kwh?(?![a-z])")
_PHONE = re.compile(r"0[0-9]{8,10}|1[89]00[0-9]{4,6}")
_LEAST_MONEY = 3  # digits without a currency
_MOST_COUNT = 4

_DATE = re.compile(
    r"(?<![0-9~])(?:[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"|[0-9]{1,2}[ ]?(?P<mark>[/.-])[ ]?[0-9]{1,2}(?:[ ]?(?P=mark)[ ]?(?:[0-9]{4}|[0-9]{2}))?"
    r"|[0-9]{1,2} thang [0-9]{1,2} nam [0-9]{4})(?![0-9~])"
)
_MONTH = re.compile(
    r"(?<![0-9~])(?P<month>0?[1-9]|1[0-2])"
    r"(?:(?:[ ]?[/.-][ ]?|[ ]?,?[ ]?nam[ ]?:?[ ]?)(?P<year>(?:19|20)[0-9]{2}|[2-9][0-9]))?(?![0-9~])"
)
_CODE = re.compile(r"(?<![0-9~])(?:p[a-z] [0-9]{11,13}|[0-9a-z][0-9a-z._/-]{0,29}(?<![._/-]))(?![0-9a-z~_])")
_SENTENCE = re.compile(rf"(?P<code>{CODE.pattern})[./_-](?=[a-z]{{3}})")


def _number(text: str, at: int, kind: Kind) -> re.Match[str] | None:
    """A number of a bill, whole and of no other type than this."""
    match = _NUMBER.match(text, at)
    if match is None or _OTHER.match(text, match.end()) or _PHONE.fullmatch(match[0]):
        return None
    return match if possible(match[0], kind, machine=False) else None


def _with_unit(match: re.Match[str], unit: re.Pattern[str], text: str) -> Iterator[Slotted]:
    """The value without and with its unit: a template may print the unit itself."""
    start, end = match.span()
    yield Slotted(match[0], start, end, end)
    if behind := unit.match(text, end):
        yield Slotted(match[0], start, end, behind.end())


def _index(text: str, at: int) -> Iterator[Slotted]:
    match = _number(text, at, "index")
    if match and not _worth(text, match.end()):
        yield from _with_unit(match, _KWH, text)


def _energy(text: str, at: int) -> Iterator[Slotted]:
    match = _number(text, at, "kwh")
    if match and not _worth(text, match.end()):
        yield from _with_unit(match, _ENERGY, text)


def _worth(text: str, end: int) -> bool:
    behind = _CURRENCY.match(text, end)
    return behind is not None and behind[0].strip() != "d"


def _money(text: str, at: int) -> Iterator[Slotted]:
    match = _number(text, at, "money")
    if match is None or _KWH.match(text, match.end()):
        return
    if sum(map(str.isdecimal, match[0])) >= _LEAST_MONEY or _CURRENCY.match(text, match.end()):
        yield from _with_unit(match, _CURRENCY, text)


def _percent(text: str, at: int) -> Iterator[Slotted]:
    match = _NUMBER.match(text, at)
    if match and possible(match[0], "percent", machine=False) and _PERCENT.match(text, match.end()):
        yield from _with_unit(match, _PERCENT, text)


def _factor(text: str, at: int) -> Iterator[Slotted]:
    match = _number(text, at, "factor")
    if match and " " not in match[0]:
        yield Slotted(match[0], *match.span(), match.end())


def _count(text: str, at: int) -> Iterator[Slotted]:
    match = _number(text, at, "count")
    if match and match[0].isdecimal() and len(match[0]) <= _MOST_COUNT:
        yield Slotted(match[0], *match.span(), match.end())


def _date(text: str, at: int) -> Iterator[Slotted]:
    match = _DATE.match(text, at)
    day = printed_date(match[0]) if match else None
    if match and day and 1 <= day.day <= 31 and 1 <= (day.month or 0) <= 12:
        yield Slotted(match[0], *match.span(), match.end())


def _month(text: str, at: int) -> Iterator[Slotted]:
    if form := month_form(text, at):
        yield Slotted(text[at : form[1]], at, form[1], form[1], form[0])
    elif match := _MONTH.match(text, at):
        parts: Parts = (("month", match["month"], *match.span("month")),)
        if year := match["year"]:
            full = year if len(year) == 4 else f"20{year}"
            if int(full) not in YEARS:
                return
            parts = (*parts, ("year", full, *match.span("year")))
        yield Slotted(match[0], *match.span(), match.end(), parts)


def _code(text: str, at: int) -> Iterator[Slotted]:
    if sentence := _SENTENCE.match(text, at):
        yield Slotted(sentence["code"], *sentence.span("code"), sentence.end("code"))
        return
    match = _CODE.match(text, at)
    if (
        match is None
        or sum(map(str.isdecimal, match[0])) < 2
        or len(match[0]) < 3
        or _DATE.fullmatch(match[0])
    ):
        return
    unit = _KWH.match(text, match.end()) or _CURRENCY.match(text, match.end())
    if not (match[0].isdecimal() and unit) and not re.fullmatch(r"[0-9.,]+(?:kwh|kw|d|vnd|dong)", match[0]):
        yield Slotted(match[0], *match.span(), match.end())


#: Type → its values that begin at a place of a folded text; two only where a unit may be the template's own.
SLOTS: dict[str, Callable[[str, int], Iterator[Slotted]]] = {
    "index": _index, "energy": _energy, "money": _money, "percent": _percent, "count": _count,
    "factor": _factor,
    "date": _date, "month": _month, "code": _code,
}  # fmt: skip

_JOINED = re.compile(r"[0-9a-z_~'%]|[/+*^.,x-]{1,2}[0-9]|[ ]?[/*x^][ ]?[0-9a-z]")
_MORE = re.compile(r"[ ][0-9]|[ ][-+>][ ]?[0-9]")
_NOUN = re.compile(r"[ ]{0,2}([a-z]+)")


def ends_well(kind: str, text: str, one: Slotted) -> bool:
    """Whether what stands behind a value, where the template says nothing, leaves it the value it is."""
    if _JOINED.match(text, one.close):
        return False
    if kind == "code" or one.close > one.end:
        return True
    if any(unit.match(text, one.end) for unit in (_KWH, _CURRENCY, _PERCENT)):
        return False  # with it, it ends elsewhere, or is of another type
    if kind == "date":
        return True
    noun = _NOUN.match(text, one.end)
    counted = noun is not None and noun[1] in COUNTED and kind in ("index", "energy", "money")
    return not counted and not _MORE.match(text, one.end)
