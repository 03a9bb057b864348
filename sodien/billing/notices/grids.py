"""A head of labels over one line of values, cell by cell, as tables are pasted: read as label and value.

Only places change: each value keeps the stretch of the original that it stands in.
"""

from __future__ import annotations

import re

from sodien.billing.notices.text import Folded
from sodien.billing.notices.tokens import tokens
from sodien.billing.notices.units import with_end
from sodien.billing.notices.vocabulary import label_at

_CELL = re.compile(r"[^|;\t\n]+")
_RULE = re.compile(r"[ |:+=-]+")
_LEAST_CELLS = 3
#: Labels that no table of registers, or of the charge, has.
_NEW = frozenset({"customer", "customer_or_name", "name", "month", "term", "total", "kwh_all", "period"})

_Cells = list[tuple[int, int]]


def without_grids(folded: Folded) -> Folded:
    """The text with each value behind its label where a head stands over one line of as many cells."""
    if not set("|;\t") & set(folded.text):
        return folded
    lines = [(one.start(), one.end()) for one in re.finditer(r"[^\n]+", folded.text)]
    lines = [one for one in lines if not _RULE.fullmatch(folded.text, *one)]
    cells = [_cells(folded.text, *one) for one in lines]
    order: list[int] = []
    at = done = 0
    while at < len(lines):
        head = cells[at]
        if at + 1 < len(lines) and _is_head(folded.text, head) and len(cells[at + 1]) == len(head):
            more = at + 2 < len(lines) and len(cells[at + 2]) == len(head)
            if not more and _is_new(folded.text, head):
                order += range(done, lines[at][0])
                for label, value in zip(head, cells[at + 1], strict=True):
                    order += [*range(*label), -58, *range(*value), -10]
                done = lines[at + 1][1]
                at += 1
        at += 1
    if not done:
        return folded
    order += range(done, len(folded.text))
    places: list[int] = []
    for one in order:
        places.append(one if one >= 0 else places[-1])
    text = "".join(folded.text[one] if one >= 0 else chr(-one) for one in order)
    zeros = frozenset(at for at, one in enumerate(order) if one in folded.zeros)
    return Folded(text, places if folded.at is None else [folded.at[one] for one in places], zeros)


def _cells(text: str, start: int, end: int) -> _Cells:
    """The cells of a line without the blanks around them."""
    found = []
    for cell in _CELL.finditer(text, start, end):
        inside = cell[0].strip()
        if inside:
            begin = cell.start() + cell[0].index(inside)
            found.append((begin, begin + len(inside)))
    return found


def _is_head(text: str, cells: _Cells) -> bool:
    """Whether most cells are labels, and none has a number."""
    if len(cells) < _LEAST_CELLS or re.search("[0-9]", text[cells[0][0] : cells[-1][1]]):
        return False
    return sum(_label(text, one) is not None for one in cells) * 5 >= len(cells) * 3


def _is_new(text: str, cells: _Cells) -> bool:
    """Whether the head says more than those of registers and of the charge, which are read as tables."""
    return not {_label(text, one) for one in cells}.isdisjoint(_NEW)


def _label(text: str, cell: tuple[int, int]) -> str | None:
    """The label that a cell is, but for a unit in brackets."""
    found = tokens(re.sub(r" ?\([^)]*\)$", "", text[slice(*cell)]))
    label = label_at(with_end(text, found), 0) if found and found[0].kind == "word" else None
    return label[0] if label and label[1] == len(found) else None
