"""Two notices in one paste that no title tells apart: the cut that leaves two whole bills is taken.

Every paragraph, and every line that may begin a notice where the text contradicts itself, is tried. Both
sides must be bills of their own that tell the same fields, with other values; of several cuts the one that
leaves most fields and fewest problems counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from sodien.billing.bill import Bill
from sodien.billing.notices.model import Document, Problem
from sodien.billing.notices.sums import misfits

Reading = tuple[list[Document], list[Problem], list[tuple[int, int]]]

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*|\n[-=*_ ]{3,}\n")
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
_MOST_CUTS = 30
_MOST_CHARACTERS = 20_000


def separated(text: str, begin: int, finish: int, read: Callable[[int, int], Reading]) -> Iterator[Reading]:
    """What stands in this stretch of a folded text, read as one notice or as several."""
    whole = read(begin, finish)
    cuts = {one.end(): 1 for one in _PARAGRAPH.finditer(text, begin, finish)}
    torn = any(one.key in _TORN for one in whole[1]) or any(
        any(misfits(one.content)) for one in whole[0] if isinstance(one.content, Bill)
    )
    if torn:
        cuts = {one.end(): 0 for one in _BEGINS.finditer(text, begin, finish)} | cuts
    best: tuple[int, int] | None = None
    if len(whole[0]) == 1 and finish - begin <= _MOST_CHARACTERS:
        for cut in sorted(cuts)[:_MOST_CUTS]:
            if not begin < cut < finish or _COMPARED.match(text, cut):
                continue
            one, other = read(begin, cut), read(cut, finish)
            if _are_two(one, other, 1 if torn else 2):
                score = _score(one) + _score(other) + cuts[cut]
                best = max(best, (score, -cut)) if best else (score, -cut)
    if best is None:
        yield whole
        return
    yield from separated(text, begin, -best[1], read)
    yield from separated(text, -best[1], finish, read)


def _score(reading: Reading) -> int:
    """How much is read, and how little is not."""
    return sum(len(one.fields) for one in reading[0]) - 3 * len(reading[1])


def _are_two(one: Reading, other: Reading, least: int) -> bool:
    """Whether both are bills that tell ``least`` fields in common, quantities among them that all differ."""
    first, second = (_told(reading[0]) for reading in (one, other))
    common = first.keys() & second.keys()
    quantities = common & {"kwh", "total"}
    enough = all(len(told) > 1 and told.keys() - {"when", "kwh"} for told in (first, second))
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
        "when": bill.month or bill.first,
        "kwh": kwh,
        "total": bill.total,
        "new": index,
    }
    return {name: value for name, value in told.items() if value is not None}
