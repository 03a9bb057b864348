"""Fields of a program's document that are read as words: free fields under unknown names, goods, periods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sodien.billing.notices.free_text import bound
from sodien.billing.notices.machine_names import PERIODS, Table
from sodien.billing.notices.readable import readable
from sodien.billing.notices.settled import Matches
from sodien.billing.notices.text import fold
from sodien.billing.notices.tree import MOST_VALUE, Node, place_in
from sodien.billing.notices.tree_registers import register_in
from sodien.billing.notices.tree_services import is_priced

#: Free fields that are read.
MOST_FREE = 300
#: What the name of a line of goods may say: "Điện tiêu thụ tháng 03 năm 2026 từ ngày … đến ngày …".
IN_GOODS = frozenset({"first", "last", "month", "year", "term"})
#: What is money, or a share of it.
MONEY = frozenset({"money", "price", "percent"})
#: A free field of another month; an index or a debt of the month before is this bill's.
_OTHER_TIME = re.compile(
    r"^(?!.*(?:chi so|\bcs\b|\bno\b)).*"
    r"(?:(?:thang|ky|nam)[ _]truoc|cung[ _]ky|binh[ _]quan|trung[ _]binh|so[ _]voi|luy[ _]ke)"
)
_NUMBER = re.compile(r"[0-9]{1,4}(?:\.0)?")


def free_fields(top: Node, head: Table, index: Table) -> list[tuple[str, Node]]:
    """The free fields under names that the tables do not have, goods (no name), and whole periods."""
    return list(_free(top, head, index))


def _free(top: Node, head: Table, index: Table) -> Iterator[tuple[str, Node]]:
    for node in top.walk():
        if node.name in PERIODS and not node.children and says_period(node):
            yield "Kỳ hóa đơn", node
        elif node.label:
            known = node.name in head or node.name in index or register_in(node.name, index) is not None
            if not known and not _OTHER_TIME.search(fold(node.label).text):
                yield node.label, node
        elif node.name == "THHDVU" and not node.children:
            yield "", node


def says_period(node: Node) -> bool:
    """Whether a term or month is no number, but says a whole period."""
    return _NUMBER.fullmatch(node.text.strip()) is None


def in_line(node: Node) -> bool:
    """Whether it stands in a line of the charge, so that its money is that line's."""
    return any(is_priced(above) for above in node.above())


def read_free(text: str, found: Matches, fields: Sequence[tuple[str, Node]]) -> set[int]:
    """Read free fields as lines of text, "name: value", whatever their names are; returns the values used."""
    lines: list[str] = []
    places: list[tuple[int, int, Node, str]] = []
    length = 0
    for name, node in fields[:MOST_FREE]:
        value = re.sub(r"\s", " ", node.text)
        stands = node.escaped or text.startswith(node.text, node.start)
        if not value.strip() or not stands or len(value) > MOST_VALUE or len(name) > MOST_VALUE:
            continue
        head = f"{name}: " if name else ""
        places.append((length + len(head), length + len(head) + len(value), node, name))
        lines.append(f"{head}{value}")
        length += len(lines[-1]) + 1
    joined = "\n".join(lines)
    folded = fold(joined)
    binder = bound(folded, joined, 0, readable(folded.text))
    found.problems += [one for one in binder.found.problems if one.key != "which_period"]
    used: set[int] = set()
    for one in binder.found.finds:
        in_goods = one.name in IN_GOODS or (one.group == "rows" and one.kind in ("index", "factor"))
        for start, end, node, name in places:
            if one.kind in MONEY and in_line(node):
                continue
            if start <= one.start and one.end <= end and (name or in_goods):
                begin, finish = place_in(text, node, one.start - start, one.end - start)
                found.finds.append(replace(one, start=begin, end=finish))
                used.add(node.start)
    return used
