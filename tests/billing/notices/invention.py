"""An independent check that a reader invented nothing: every value is the whole of what is printed there."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from sodien.billing.bill import Bill, Invoice
from sodien.billing.notices.model import Document, Understood

_DIGITS = re.compile(r"[0-9]+")
#: Fields that are no values of the text.
_OWN = {"source", "estimated"}
#: What the registers are called in words.
_REGISTERS = {
    "BT": "bình thường",
    "CD": "cao điểm",
    "TD": "thấp điểm",
    "KT": "toàn thời gian",
    "VC": "vô công",
}
_NO_MARKS = str.maketrans("", "", "., ")


def inventions(understood: Understood) -> Iterator[str]:
    """What is in the documents and not in the text, as sentences; nothing when all is well."""
    for document in understood.documents:
        fields = {field.path: (field.start, field.end) for field in document.fields}
        for path, value in _values(document):
            if path not in fields:
                yield f"{path}: {value!r} comes from nowhere"
                continue
            start, end = fields[path]
            if path == "kwh" and _summed(document, value):
                continue
            if not 0 <= start < end <= len(understood.text):
                yield f"{path}: stretch {start} to {end} is not in the text"
            elif not _printed(path, value, understood.text, start, end):
                yield f"{path}: {value!r} is not what is printed: {understood.text[start:end]!r}"
    for stretch in understood.rest:
        if not 0 <= stretch.start < stretch.end <= len(understood.text):
            yield f"rest: {stretch} is not in the text"


def _summed(document: Document, kwh: Any) -> bool:
    """Whether the consumption is the sum of several lines of the charge whose money is the net."""
    bill = document.content
    return (
        isinstance(bill, Bill)
        and len(bill.tiers) > 1
        and sum(tier.kwh for tier in bill.tiers) == kwh
        and sum(tier.amount or 0 for tier in bill.tiers) - (bill.discount or 0) == bill.net
    )


def _values(document: Document) -> Iterator[tuple[str, Any]]:
    content = document.content
    for name, value in msgspec.structs.asdict(content).items():
        if name in _OWN or value is None:
            continue
        if isinstance(value, Invoice):
            yield from ((f"{name}.{part}", one) for part, one in msgspec.structs.asdict(value).items() if one)
            continue
        if not isinstance(value, tuple):
            yield name, value
            continue
        for number, row in enumerate(value):
            for part, inner in msgspec.structs.asdict(row).items():
                default = next(f.default for f in msgspec.structs.fields(row) if f.name == part)
                if inner is not None and not (part == "register" and inner == default):
                    yield f"{name}[{number}].{part}", inner


def _printed(path: str, value: object, text: str, start: int, end: int) -> bool:
    if "\\" in (written := text[start:end]) and text.lstrip()[:1] in ("{", "["):
        written = json.loads(f'"{written}"')  # a string of JSON
    shown = "".join(c for c in unicodedata.normalize("NFKC", written) if unicodedata.category(c) != "Cf")
    # The end of a line may cut a number, and text recognition may put O for 0; both must be proven elsewhere.
    shown = re.sub(r"(?<=[0-9.,Oo]) ?\r?\n(?=[0-9.,Oo])", "", shown)
    if path.endswith(
        (".number", ".form")
    ):  # of an invoice: without zeros in front; 1K26TSD has the form in it
        return str(value) in written.upper()
    if path.endswith(".series"):
        return str(value) in written.upper()
    if isinstance(value, str):
        if path.endswith(".register") and value in _REGISTERS:
            said = _letters(shown)  # a word, or the end or beginning of a program's name: CHISO_CU_BT
            return _letters(_REGISTERS[value]) in said or said.startswith(value) or said.endswith(value)
        return _letters(value) == _letters(written)
    shown = re.sub("[Oo](?=[0-9./-])|(?<=[0-9])[Oo]", "0", shown) if re.search("[0-9]", shown) else shown
    before, behind = text[:start][-1:], text[end:][:1]
    if before.isdigit() or behind.isdigit():
        # A part of a longer number: the year and the month of "202610" are.
        around = text[max(0, start - 4) : end + 2]
        return (
            path in ("month", "year")
            and re.search(r"(?<![0-9])20[0-9]{2}[01][0-9](?![0-9])", around) is not None
        )
    shown = re.sub(" {2,}", " ", shown)  # blanks between groups of money, and around marks
    shown = re.sub(r"(?<=[0-9]) ([.,]) (?=[0-9])", r"\1", shown)
    if isinstance(value, dt.date):
        if named := re.fullmatch(r"([0-9]{1,2})[ .-]?([A-Za-z]{3,9})[ .,-]{0,2}([0-9]{4})", shown):
            return named[2][:3].lower() == value.strftime("%b").lower() and (
                (value.day, value.year) == (int(named[1]), int(named[3]))
            )
        if match := re.fullmatch(r"([0-9-]{10})T17:00:00(?:\.0+)?Z", shown):  # midnight in Viet Nam
            return dt.date.fromisoformat(match[1]) + dt.timedelta(days=1) == value
        parts = sorted(map(int, _DIGITS.findall(shown)))
        if parts in (
            sorted((value.day, value.month, value.year)),
            sorted((value.day, value.month, value.year % 100)),
        ):
            return True
        # A month or a year may stand in the other date or beside the month of the bill.
        elsewhere = {int(one) for one in _DIGITS.findall(text)}
        short = {value.year, value.year - 1, value.year + 1, value.year % 100} & elsewhere
        return bool(short) and parts in ([value.day], sorted((value.day, value.month)))
    if isinstance(value, dt.time):
        parts = [*map(int, _DIGITS.findall(shown)), 0, 0]
        return (value.hour, value.minute, value.second) == tuple(parts[:3])
    if path == "month" and re.fullmatch("[A-Za-z]{3,9}", shown):
        return shown[:3].lower() == dt.date(2000, int(str(value)), 1).strftime("%b").lower()
    if path == "year" and re.fullmatch("[0-9]{2}", shown):
        return value == 2000 + int(shown)
    if not re.fullmatch(r"[0-9]+([., ][0-9]+)*", shown):
        return False
    digits = re.sub("[., ]", "", shown)
    if isinstance(value, int):
        return int(digits) == value
    assert isinstance(value, Decimal)
    same = "".join(map(str, value.as_tuple().digits)).lstrip("0")
    bare = re.sub(r"([.,][0-9]*?)0+$", r"\1", shown)  # zeros behind the point say nothing
    return same in (digits.lstrip("0"), bare.translate(_NO_MARKS).lstrip("0"))


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in folded if c.isalnum() and c.isascii()).upper()
