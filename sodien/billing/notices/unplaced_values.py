"""Values of a program's document whose names are not known, where the bill lacks a field that they may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sodien.billing.bill import Bill
from sodien.billing.notices.model import Problem
from sodien.billing.notices.tree import Node, plain_name

_NUMBER = re.compile(r"-?[0-9][0-9.,]*(?: ?(?:kwh|vnd|vnđ|đ|đồng))?", re.IGNORECASE)
#: Field → what the name of a value says that may be it.
_LIKELY = {
    "kwh": re.compile("DIENNANG|SANLUONG|TIEUTHU|TTHU|KWH|CONSUM|USAGE"),
    "total": re.compile("TIEN|AMOUNT|TOTAL|THANHTOAN|PAYABLE|MONEY|TONG|PHAITRA"),
    "index": re.compile("CHISO|INDEX|READING|^CS"),
}
#: Names in one sentence.
_MOST_SHOWN = 3


def name_unplaced_values(
    top: Node, covered: set[int], bill: Bill, problems: Sequence[Problem]
) -> Iterator[Problem]:
    """The fields that a value under an unknown name may be; what is named already is not named again."""
    named = {path.rpartition(".")[2] for problem in problems for path in problem.field.split(", ")}
    left = [(name, leaf) for name, leaf in _values(top) if leaf.start not in covered]
    for field, kind in _missing(bill):
        if field.rpartition(".")[2] in named or ("money" in named and field == "total"):
            continue
        texts = [
            f"{name} {leaf.text.strip()}" for name, leaf in left if _LIKELY[kind].search(plain_name(name))
        ]
        if texts:
            yield Problem("unplaced", field, {"text": " … ".join([*dict.fromkeys(texts)][:_MOST_SHOWN])})


def _missing(bill: Bill) -> Iterator[tuple[str, str]]:
    if bill.kwh is None and not any(row.kwh is not None for row in bill.rows):
        yield "kwh", "kwh"
    if bill.total is None and bill.net is None:
        yield "total", "total"
    for number, row in enumerate(bill.rows):
        if (row.old is None) != (row.new is None):
            yield f"rows[{number}].{'old' if row.old is None else 'new'}", "index"


def _values(top: Node) -> Iterator[tuple[str, Node]]:
    """The numbers of a document by their names; a free field is called by what stands in it."""
    for node in top.walk():
        for leaf in node.leaves():
            name = leaf.label or leaf.name
            if _NUMBER.fullmatch(leaf.text.strip()) and leaf.text.strip("0., \n"):
                yield name, leaf
