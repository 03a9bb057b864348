"""Two notices in one paste that no title tells apart: the cut that leaves two whole bills is taken.

Every paragraph and every line is tried. Both sides must be bills of their own that tell the same fields, with
other values; at a line that no paragraph begins, reading them as one must lose what a side tells. Of several
cuts the one that leaves most fields and fewest problems counts. Where the place is not clear, nothing is put
together from both: each field is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from sodien.billing.bill import Bill
from sodien.billing.notices.model import Document, Problem
from sodien.billing.notices.plausibility import plain_faults
from sodien.billing.notices.sums import misfits
from sodien.billing.notices.values import possible

Reading = tuple[list[Document], list[Problem], list[tuple[int, int]]]

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*|\n[-=*_ ]{3,}\n")
_LINE = re.compile(r"\n\s*(?=\S)")
_BEGINS = re.compile(
    r"\n(?=[^a-z0-9\n]{0,6}(?:t?thong bao|tb\b|hoa don|giay bao|phieu|bien bao|kinh (?:gui|bao|chao)|"
    r"xin chao|moi quy|khach hang|ma kh|mkh\b|kh\b|evn|tap doan|tong cong ty|dien luc|dl|pc |htx|"
    r"hop tac xa|cong ty|cty|h?tien dien|bao tien|ky |thang |t[0-9]|phong |p[0-9.]|can ho|bql|ban quan|"
    r"dear|electricity|tu [0-9]))"
)
#: What is told for comparison is no notice of its own.
_COMPARED = re.compile(
    r"lich su|so sanh|cac (?:ky|thang) truoc|(?:thang|ky) truoc|cung ky|[0-9] thang (?:gan|qua)"
)
#: Contradictions: one notice says nothing twice.
_TORN = frozenset({"two_values", "which_money", "several_months", "several_meters"})
_WHO = frozenset({"whose", "month", "first"})
_IDENTITY = frozenset({"customer", "name", "month", "first", "term"})
_ENERGY = re.compile("[0-9][0-9.,]{0,9}(?=[ ]?kwh)")
_MOST_CUTS = 60
_MOST_OF_LINES = 5_000
_MOST_CHARACTERS = 20_000


def separated(
    text: str,
    begin: int,
    finish: int,
    read: Callable[[int, int], Reading],
    proved: Callable[[int, int], Reading],
) -> Iterator[Reading]:
    """What stands in this stretch of a folded text, as one notice or as several.

    Where to cut is told by ``read``; what is told of each is ``proved``.
    """
    whole = read(begin, finish)
    best: tuple[int, int] | None = None
    mixed = False
    best_told: list[dict[str, object]] = []
    if finish - begin <= _MOST_CHARACTERS and len(whole[0]) < 2:
        torn = any(one.key in _TORN for one in whole[1]) or any(
            any(misfits(one.content)) for one in whole[0] if isinstance(one.content, Bill)
        )
        paragraphs = {one.end() for one in _PARAGRAPH.finditer(text, begin, finish)}
        begins = {one.end() for one in _BEGINS.finditer(text, begin, finish)}
        lines = {one.end() for one in _LINE.finditer(text, begin, min(finish, begin + _MOST_OF_LINES))}
        known = paragraphs | begins if torn else paragraphs
        order = (*sorted(known), *sorted(begins - known), *sorted(lines - begins - paragraphs))
        for cut in order[:_MOST_CUTS]:
            if not begin < cut < finish or _COMPARED.match(text, cut) or _are_parts(text, begin, cut, finish):
                continue
            one, other = read(begin, cut), read(cut, finish)
            lost = _lost(whole, one, other)
            two = bool(whole[0]) and cut in known and _are_two(one, other, 1 if torn else 2)
            if not (two or lost):
                continue
            sure = (two and cut in paragraphs) or bool(_WHO & _told(other[0]).keys())
            score = _score(one) + _score(other) - 3 * _ahead(other) + (cut in paragraphs)
            told = [_told(side[0]) for side in (one, other)]
            if best is None or score > best[0]:
                best, mixed, best_told = (score, cut), not sure, told
            elif score == best[0]:
                early, late = (best_told, told) if best[1] < cut else (told, best_told)
                mixed = mixed or bool(told != best_told and _WHO & early[0].keys() and _WHO & late[1].keys())
                best, best_told = min(best, (score, cut)), early
    if best is None or (mixed and not _spans(whole, best[1])):
        yield proved(begin, finish)
    elif not mixed:
        yield from separated(text, begin, best[1], read, proved)
        yield from separated(text, best[1], finish, read, proved)
    else:
        paths = dict.fromkeys(field.path for document in whole[0] for field in document.fields)
        yield [], [*whole[1], *(Problem("two_notices", path) for path in paths)], whole[2]


def _are_parts(text: str, begin: int, cut: int, finish: int) -> bool:
    """Whether the second side prints a sum of kWh of both: "… 210 kWh" | "… 150 kWh … Cong: 360 kWh"."""
    first, second = (set(_ENERGY.findall(text, *side)) for side in ((begin, cut), (cut, finish)))
    values = [
        {max(found) for one in side if (found := possible(one, "kwh", machine=False).values())}
        for side in (first, second)
    ]
    return any(a + b in values[1] for a in values[0] for b in values[1] if a and b and a != b)


def _lost(whole: Reading, one: Reading, other: Reading) -> set[str]:
    """What each side tells in its own way, and the whole does not tell in both."""
    first, second = (_told(reading[0]) for reading in (one, other))
    if not all(len(told) > 1 and told.keys() - {"month", "first", "kwh"} for told in (first, second)):
        return set()
    known = {value for document in whole[0] for value in _values(document.content)}
    torn = {key for key in first.keys() & second.keys() if first[key] != second[key]}
    lost = {key for key in torn if not {first[key], second[key]} <= known}
    return lost if len(torn) > 1 or lost & _WHO or (_WHO & second.keys() and not _adds_up(whole)) else set()


def _adds_up(reading: Reading) -> bool:
    """Whether the money proves that it is of one notice."""
    bills = [one.content for one in reading[0] if isinstance(one.content, Bill)]
    return any(None not in (one.net, one.tax, one.total) and not [*misfits(one)] for one in bills)


def _values(content: msgspec.Struct) -> Iterator[object]:
    """Every value of a document, of its rows and lines too."""
    for value in msgspec.structs.astuple(content):
        if isinstance(value, tuple):
            for part in value:
                yield from _values(part)
        else:
            yield value


def _spans(reading: Reading, cut: int) -> bool:
    """Whether fields of one document stand on both sides of a place."""
    return any(len({field.start < cut for field in document.fields}) == 2 for document in reading[0])


def _ahead(reading: Reading) -> int:
    """How many fields stand in front of whose and of when the bill is: a notice begins with these."""
    fields = [field for document in reading[0] for field in document.fields]
    first = min((field.start for field in fields if field.path in _IDENTITY), default=0)
    return sum(field.start < first for field in fields)


def _score(reading: Reading) -> int:
    """How much is read, and how little is not."""
    places = {field.start for document in reading[0] for field in document.fields}
    bills = [one.content for one in reading[0] if isinstance(one.content, Bill)]
    faults = sum(len([*misfits(bill), *plain_faults(bill)]) for bill in bills)
    return len(places) - 3 * (len(reading[1]) + faults)


def _are_two(one: Reading, other: Reading, least: int) -> bool:
    """Whether both are bills that tell ``least`` fields in common, quantities among them that all differ."""
    first, second = (_told(reading[0]) for reading in (one, other))
    common = first.keys() & second.keys()
    quantities = common & {"kwh", "total"}
    enough = all(len(told) > 1 and told.keys() - {"month", "first", "kwh"} for told in (first, second))
    if not enough or len(common) < least or not quantities:
        return False
    return all(first[key] != second[key] for key in quantities)


def _told(documents: Sequence[Document]) -> dict[str, object]:
    """What a bill says of whom, when and how much; nothing where there is none."""
    bills = [one.content for one in documents if isinstance(one.content, Bill)]
    if not bills or len(bills) != len(documents):
        return {}
    bill = bills[0]
    kwh = (
        bill.kwh
        if bill.kwh is not None
        else next((row.kwh for row in bill.rows if row.kwh is not None), None)
    )
    index = next((row.new for row in bill.rows if row.new is not None), None)
    told = {
        "whose": bill.customer,
        "month": bill.month,
        "first": bill.first,
        "kwh": kwh,
        "total": bill.total,
        "new": index,
    }
    return {name: value for name, value in told.items() if value is not None}
