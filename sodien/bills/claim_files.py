"""The utility's daily numbers as a file: CSV, or JSON as its portals and their integrations save them.

Whatever holds them, a number is a row with an index and a day or a time. All or nothing: one row that is not
clear, and the file is refused in one sentence that names it.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from sodien import formats
from sodien.billing.claims.claim import Claim
from sodien.errors import SodienError
from sodien.i18n import tr

#: A year of an hourly list is far below.
MOST_BYTES: Final = 2_000_000
MOST_CLAIMS: Final = 10_000
_MOST_TEXT: Final = 40
_DEEPEST: Final = 6
_LOOKED_AT: Final = 50
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
#: The names of what a row tells, in the order in which they are looked for; without case, blanks or marks.
_INDEX: Final = (
    "reading", "index", "tongpgiao", "chisomoi", "chiso", "dgiaobt", "endindex", "econtotalnew", "sg",
)  # fmt: skip
_TIME: Final = ("at", "thoidiem", "day", "date", "ngayfull", "ngay", "strtime", "todate", "time")
_SOURCE: Final = ("source", "nguon")
_CLOCK: Final = re.compile(r"(\d{1,2})[hH:](\d{2})\s*-\s*(\d{1,2}/\d{1,2}/\d{4})")
_NOTHING: Final = ("", "-", "--", "null", "none", "nan", "unknown", "unavailable")

Row = Mapping[str, object]


def read_claims(data: bytes, zone: dt.tzinfo, source: str = "") -> list[Claim]:
    """The claims of a file, in its order; ``source`` where a row names none.

    Rows without a number are days of which the portal tells none. Raises SodienError.
    """
    if len(data) > MOST_BYTES:
        raise SodienError(
            tr("The file is too large; daily numbers need {most} MB at most.", most=MOST_BYTES // 1_000_000)
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SodienError(tr("The file is no UTF-8 text; save it as UTF-8 and try again.")) from None
    rows = list(_json(text) if text.lstrip()[:1] in ("[", "{") else _csv(text))
    if not rows:
        raise SodienError(
            tr(
                "No row with a reading and a day was found; a CSV file begins with the line "
                "reading,day,source."
            )
        )
    mark = _decimal_mark([str(index) for _, index, _, _ in rows])
    found: dict[tuple[str, dt.date | int | None], tuple[int, Claim]] = {}
    for number, index, when, who in rows:
        day, at = _when(when, zone, number)
        claim = Claim(_index(index, mark, number), day, at, who or source)
        before = found.setdefault((claim.source, day or at), (number, claim))
        if before[1].index != claim.index:
            raise SodienError(
                tr(
                    "Rows {one} and {other} are of the same time and say different numbers; leave one out.",
                    one=before[0],
                    other=number,
                )
            )
    return [claim for _, claim in found.values()]


# -- rows ----------------------------------------------------------------------------------------------


def _csv(text: str) -> Iterator[tuple[int, object, object, str]]:
    head = text.lstrip().splitlines()[0] if text.strip() else ""
    mark = max(";\t,", key=head.count)
    try:
        for number, row in enumerate(csv.DictReader(text.strip().splitlines(), delimiter=mark), 2):
            if None in row:
                raise SodienError(tr("Row {row} has more columns than the first line names.", row=number))
            yield from _told(number, row)
            _check_count(number)
    except csv.Error:
        raise SodienError(tr("The file is no CSV that can be read.")) from None


def _json(text: str) -> Iterator[tuple[int, object, object, str]]:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise SodienError(tr("The file is no JSON that can be read.")) from None
    for number, row in enumerate(_rows_in(found, 0) or [], 1):
        _check_count(number)
        if isinstance(row, dict):
            yield from _told(number, row)


def _rows_in(value: Any, deep: int) -> Sequence[Any] | None:
    """The first list of rows that tell an index and a time, wherever it is in the file."""
    if deep > _DEEPEST:
        return None
    if isinstance(value, dict):
        if _of(value, _INDEX) is not None and _of(value, _TIME) is not None:
            return [value]
        inside = list(value.values())
    elif isinstance(value, list):
        if any(
            isinstance(one, dict) and _has(one, _INDEX) and _has(one, _TIME) for one in value[:_MOST_TEXT]
        ):
            return value
        inside = value[:_MOST_TEXT]
    else:
        return None
    return next((found for one in inside if (found := _rows_in(one, deep + 1))), None)


def _told(number: int, row: Row) -> Iterator[tuple[int, object, object, str]]:
    index, when = _of(row, _INDEX), _of(row, _TIME)
    if index is None or str(index).strip().lower() in _NOTHING:
        return
    if when is None:
        raise SodienError(tr("Row {row} tells a reading and no day.", row=number))
    yield number, index, when, str(_of(row, _SOURCE) or "").strip()


def _of(row: Row, names: Sequence[str]) -> object | None:
    known = {_bare(name): value for name, value in row.items()}
    return next((known[name] for name in names if known.get(name) not in (None, "")), None)


def _has(row: Row, names: Sequence[str]) -> bool:
    return any(_bare(name) in names for name in row)


def _bare(name: object) -> str:
    """A column's name without case, accents, blanks and marks."""
    plain = unicodedata.normalize("NFD", str(name)[:_MOST_TEXT]).lower()
    return re.sub(r"[^a-z0-9]", "", plain)


def _check_count(number: int) -> None:
    if number > MOST_CLAIMS:
        raise SodienError(tr("The file has more than {most} rows; import it in parts.", most=MOST_CLAIMS))


def claim_index(text: str) -> Decimal | None:
    """One reading as it was typed, a point or a comma before its decimals; None for what is none."""
    text = text.strip()
    match = re.fullmatch(r"\d{1,12}([.,]\d{1,6})?", text, re.ASCII)
    return Decimal(text.replace(",", ".")) if match is not None else None


# -- values --------------------------------------------------------------------------------------------


def _decimal_mark(texts: Sequence[str]) -> str:
    """What parts the decimals in these numbers, by those that leave no choice; "" where none tells."""
    for text in texts:
        last = max(text.rfind("."), text.rfind(","))
        if last < 0:
            continue
        mark, other = text[last], ",."[text[last] == ","]
        if other in text or (text.count(mark) == 1 and not re.fullmatch(r"\d{1,3}[.,]\d{3}", text)):
            return mark
        if text.count(mark) > 1:
            return other
    return ""


def _index(value: object, mark: str, row: int) -> Decimal:
    text = str(value).strip().removesuffix("kWh").strip()
    if mark == "" and isinstance(value, str) and re.fullmatch(r"\d{1,3}[.,]\d{3}", text):
        raise SodienError(
            tr(
                "Row {row}: {text} may be thousands or decimals; write it without a mark between thousands.",
                row=row,
                text=text,
            )
        )
    if not isinstance(value, str):
        mark = "."
    other = "." if mark == "," else ","
    plain = text.replace(other, "").replace(" ", "").replace(mark or ".", ".")
    try:
        if isinstance(value, bool) or len(text) > _MOST_TEXT or not re.fullmatch(r"\d+(\.\d+)?", plain):
            raise InvalidOperation
        return Decimal(plain)
    except InvalidOperation:
        raise SodienError(
            tr("Row {row}: {text} is not a meter reading in kWh.", row=row, text=repr(text[:_MOST_TEXT]))
        ) from None


def _when(value: object, zone: dt.tzinfo, row: int) -> tuple[dt.date | None, int | None]:
    """The day, or the instant where a time of day is told; midnight to the second is a day alone."""
    text = str(value).strip()[:_MOST_TEXT]
    if (clock := _CLOCK.fullmatch(text)) is not None:
        text = f"{clock[3]} {clock[1]}:{clock[2]}"
    try:
        moment = formats.parse_moment(text, zone)
        local = moment.astimezone(zone)
        if ":" not in text or local.time() == dt.time():
            return local.date(), None
        return None, (moment - _EPOCH) // dt.timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        raise SodienError(
            tr(
                "Row {row}: {text} is not a date; write it like 2026-11-30 or 30/11/2026.",
                row=row,
                text=repr(text),
            )
        ) from None
