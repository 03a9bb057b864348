"""E-invoices: XML with the field names of the utilities' billing system (CMIS), or of the national e-invoice.

Parsed by expat as it comes with Python, with document types refused: without them there are no entities to
expand and nothing external to fetch. A higher parser would hide where in the text each value stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from xml.parsers import expat

from sodien.billing.notices.assemble import assemble
from sodien.billing.notices.free_text import bound
from sodien.billing.notices.model import Document, Problem, TextSpan
from sodien.billing.notices.settled import MOST_ROWS, NUMBERS, Match, Matches
from sodien.billing.notices.text import fold, without_glosses

#: Nesting of a real invoice is under ten.
MOST_DEPTH = 40
#: Elements of a real invoice are some hundreds.
MOST_ELEMENTS = 50_000
#: A longer value or start tag holds nothing that is looked for.
MOST_VALUE = 200
MOST_TAG = 4000
#: Free fields that are read, and the longest name of one.
MOST_FREE = 300
MOST_NAME = 60
#: What the name of a line of goods may say: "Điện tiêu thụ tháng 03 năm 2026 từ ngày … đến ngày …".
_IN_GOODS = frozenset({"first", "last", "month", "year", "term"})
#: Stretches of an invoice that are named as not understood.
MOST_REST = 200

#: Element or attribute → field and kind, wherever it stands outside of rows.
_HEAD = {
    "MA_KHANG": ("customer", "text"),
    "MKHANG": ("customer", "text"),
    "MA_KHACHHANG": ("customer", "text"),
    "TEN_KHANG": ("name", "text"),
    "SO_CTO": ("serial", "text"),
    "MA_CTO": ("serial", "text"),
    "NGAY_DKY": ("first", "date"),
    "NGAY_CKY": ("last", "date"),
    "KY": ("term", "int"),
    "THANG": ("month", "int"),
    "NAM": ("year", "int"),
    "DIEN_TTHU": ("kwh", "kwh"),
    "SO_TIEN": ("net", "money"),
    "TIEN_GTGT": ("tax", "money"),
    "TYLE_THUE": ("tax_rate", "percent"),
    "TONG_TIEN": ("total", "money"),
    "SO_HO": ("households", "count"),
    "TGTCTHUE": ("net", "money"),
    "TGTTHUE": ("tax", "money"),
    "TGTTTBSO": ("total", "money"),
    "TSUAT": ("tax_rate", "percent"),
}
_INDEX = {
    "BCS": ("register", "text"),
    "CHISO_MOI": ("new", "index"),
    "CHISO_CU": ("old", "index"),
    "HS_NHAN": ("multiplier", "factor"),
    "HSN": ("multiplier", "factor"),
    "SAN_LUONG": ("kwh", "kwh"),
    "HSNHAN": ("multiplier", "factor"),
    "SLUONG_THAO": ("removed", "kwh"),
    "SO_CTO": ("serial", "text"),
    "MA_CTO": ("serial", "text"),
    "DIEN_TTHU": ("kwh", "kwh"),
}
_TIER = {
    "DIEN_TTHU": ("kwh", "kwh"),
    "DON_GIA": ("price", "price"),
    "SO_TIEN": ("amount", "money"),
    "SLUONG": ("kwh", "kwh"),
    "DGIA": ("price", "price"),
    "THTIEN": ("amount", "money"),
}
#: The national format prints the rate beside each line.
_LINE_TAX = {"TSUAT": ("tax_rate", "percent")}
_INDEX_SIGNS = frozenset({"CHISO_MOI", "CHISO_CU"})
_TIER_SIGNS = frozenset({"DON_GIA", "DGIA"})
_HEAD_SIGNS = frozenset({"MA_KHANG", "MKHANG", "NGAY_DKY", "NGAY_CKY", "TONG_TIEN", "TGTTTBSO"})
_CODE = re.compile(r"(?P<value>[0-9A-Za-z][0-9A-Za-z./-]{0,29})")
#: What a field may hold; a name may hold anything.
_SHAPES = {
    "number": re.compile(r"-?\s?(?P<value>[0-9.,]{1,30})\s?(?:%|kWh|VND|VNĐ|đ|đồng)?", re.IGNORECASE),
    "date": re.compile(r"(?P<value>[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4})(?:[T ][0-9:.+Z-]{0,30})?"),
    "int": re.compile(r"(?P<value>[0-9]{1,4})"),
    "register": re.compile(r"(?P<value>[A-Za-z]{2,4})"),
    "customer": _CODE,
    "serial": _CODE,
}
_KNOWN = _HEAD.keys() | _INDEX.keys() | _TIER.keys()


@dataclass(slots=True)
class _Node:
    """An element: its name without prefix, its text, where the text stands, and its children."""

    name: str
    text: str = ""
    start: int = 0
    end: int = 0
    children: list[_Node] = field(default_factory=list)
    parent: _Node | None = None

    def walk(self) -> Iterator[_Node]:
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


class _RefusedError(Exception):
    """Carries the key of a problem out of the parser."""


class _Builder:
    """Builds nodes with the places of their text; bytes are counted into characters as the parser goes on."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._data = text.encode("utf-8", errors="replace")
        self._byte = self._char = 0
        self._elements = 0
        self._depth = 0
        self.root = _Node("")
        self._node = self.root
        self._begun: int | None = None
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = False
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._characters

    def build(self) -> _Node:
        self._parser.Parse(self._data, True)
        return self.root

    def _place(self) -> int:
        byte = self._parser.CurrentByteIndex
        self._char += len(self._data[self._byte : byte].decode("utf-8", errors="replace"))
        self._byte = byte
        return self._char

    def _doctype(self, *_: object) -> None:
        raise _RefusedError("xml_doctype")

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1 + len(attributes)
        self._depth += 1
        if self._elements > MOST_ELEMENTS or self._depth > MOST_DEPTH:
            raise _RefusedError("xml_too_much")
        node = _Node(_plain_name(name), parent=self._node)
        self._node.children.append(node)
        self._node = node
        self._begun = None
        if attributes:
            start = self._place()
            end = self._text.find(">", start, start + MOST_TAG)
            for key, value in attributes.items() if end != -1 else ():
                at = _attribute(self._text, start, end, key, value)
                if at is not None:
                    node.children.append(_Node(_plain_name(key), value, at, at + len(value), parent=node))

    def _characters(self, data: str) -> None:
        if self._begun is None:
            self._begun = self._place()
            self._node.start = self._begun
        if not self._node.children and len(self._node.text) <= MOST_VALUE:
            self._node.text += data[: MOST_VALUE + 1]

    def _close(self, _: str) -> None:
        self._depth -= 1
        if self._begun is not None:
            self._node.end = self._place()
        self._begun = None
        self._node = self._node.parent or self.root


def _plain_name(name: str) -> str:
    return name.rpartition(":")[2].upper()


def _attribute(text: str, start: int, end: int, key: str, value: str) -> int | None:
    """Where an attribute's value stands in its tag, if it stands there as it is."""
    at = text.find(key, start, end)
    while at != -1:
        quote = text.find(value, at + len(key), end)
        if quote > 0 and text[quote - 1] in "\"'" and text[at + len(key) : quote - 1].strip() == "=":
            return quote
        at = text.find(key, at + 1, end)
    return None


def read_invoice(text: str) -> tuple[list[Document], list[Problem], list[TextSpan]]:
    """Documents, problems and the values that were not used; a text that is no good XML gives one problem."""
    builder = _Builder(text)
    try:
        root = builder.build()
    except _RefusedError as refused:
        return [], [Problem(str(refused))], []
    except expat.ExpatError as error:
        return [], [Problem("xml_broken", "", {"line": f"{error.lineno}"})], []
    documents: list[Document] = []
    problems: list[Problem] = []
    covered: set[int] = set()
    for top in _invoices(root):
        found = _collect(text, top)
        used = _read_free(text, found, list(_free_fields(top)))
        new, wrong = assemble(found, machine=True, source="xml")
        documents += new
        problems += wrong
        covered |= {one.start for one in found.finds} | used
    unused = [
        _trimmed(leaf)
        for leaf in root.walk()
        if not leaf.children and leaf.text.strip() and leaf.name not in ("TTRUONG", "KDLIEU")
    ]
    return documents, problems, [one for one in unused if one.start not in covered][:MOST_REST]


def _trimmed(leaf: _Node) -> TextSpan:
    """Where a value stands, without the blanks around it."""
    start = leaf.start + len(leaf.text) - len(leaf.text.lstrip())
    blanks = len(leaf.text) - len(leaf.text.rstrip())
    return TextSpan(start, max(start, leaf.end - (blanks if len(leaf.text) <= MOST_VALUE else 0)))


def _free_fields(top: _Node) -> Iterator[tuple[str, _Node]]:
    """The national format's free fields (TTIN: TTRUONG is the name, DLIEU the value) and its goods."""
    for node in top.walk():
        if node.name == "TTIN":
            parts = {child.name: child for child in node.children}
            if "TTRUONG" in parts and "DLIEU" in parts and not parts["DLIEU"].children:
                yield parts["TTRUONG"].text.strip(), parts["DLIEU"]
        elif node.name == "THHDVU" and not node.children:
            yield "", node


def _read_free(text: str, found: Matches, fields: Sequence[tuple[str, _Node]]) -> set[int]:
    """Read free fields as lines of text, "name: value", whatever their names are; returns the values used."""
    lines: list[str] = []
    places: list[tuple[int, int, int, str]] = []
    length = 0
    for name, node in fields[:MOST_FREE]:
        value = " ".join(node.text.split())
        at = text.find(value, node.start, node.end) if value else -1
        if at == -1 or len(value) > MOST_VALUE or len(name) > MOST_NAME:
            continue
        head = f"{name}: " if name else ""
        places.append((length + len(head), length + len(head) + len(value), at, name))
        lines.append(f"{head}{value}")
        length += len(lines[-1]) + 1
    joined = "\n".join(lines)
    folded = fold(joined)
    binder = bound(folded, joined, 0, without_glosses(folded.text))
    found.problems += [one for one in binder.found.problems if one.key != "which_period"]
    used: set[int] = set()
    for one in binder.found.finds:
        for start, end, at, name in places:
            if start <= one.start and one.end <= end and (name or one.name in _IN_GOODS):
                found.finds.append(replace(one, start=at + one.start - start, end=at + one.end - start))
                used.add(at)
    return used


def _invoices(root: _Node) -> list[_Node]:
    """The branches that hold one invoice each: as wide as possible around each head."""
    heads = [node for node in root.walk() if _HEAD_SIGNS & {child.name for child in node.children}]
    heads = [node for node in heads if not _INDEX_SIGNS & {child.name for child in node.children}] or heads
    count: dict[int, int] = {}
    for head in heads:
        node: _Node | None = head
        while node is not None:
            count[id(node)] = count.get(id(node), 0) + 1
            node = node.parent
    if _one_invoice(heads) or not heads:
        return [root]
    tops: list[_Node] = []
    for head in heads:
        top = head
        while top.parent is not None and count[id(top.parent)] == 1:
            top = top.parent
        tops.append(top)
    return tops


def _one_invoice(heads: Sequence[_Node]) -> bool:
    """Whether no head field stands in two of them: parts of one invoice (seller, buyer, sums)."""
    seen: set[str] = set()
    for head in heads:
        names = {child.name for child in head.children} & (_HEAD_SIGNS | {"ID_HDON"})
        if names & seen:
            return False
        seen |= names
    return True


def _collect(text: str, top: _Node) -> Matches:
    found = Matches()
    rows = tiers = 0
    for node in top.walk():
        leaves = [child for child in node.children if not child.children]
        names = {leaf.name for leaf in leaves}
        if not names & _KNOWN:
            continue
        indexed = bool(names & _INDEX_SIGNS) or ("BCS" in names and "SAN_LUONG" in names)
        if names & _TIER_SIGNS and not indexed:
            tiers += _rows(text, found, leaves, "tiers", tiers, _TIER)
            for leaf in leaves:
                _leaf(text, found, leaf, "", 0, _LINE_TAX)
        elif indexed and not names & (_HEAD_SIGNS - {"NGAY_DKY", "NGAY_CKY", "MA_KHANG"}):
            table = {k: v for k, v in _INDEX.items() if k != "DIEN_TTHU" or "SAN_LUONG" not in names}
            rows += _rows(text, found, leaves, "rows", rows, table)
        else:
            if indexed:  # all in one element: the register beside the sums
                own = {k: v for k, v in _INDEX.items() if k not in ("DIEN_TTHU", "SO_CTO", "MA_CTO")}
                rows += _rows(text, found, leaves, "rows", rows, own)
            for leaf in leaves:
                _leaf(text, found, leaf, "", 0, _HEAD)
    _spread_serials(found)
    return found


def _rows(
    text: str,
    found: Matches,
    leaves: Sequence[_Node],
    group: str,
    number: int,
    table: dict[str, tuple[str, str]],
) -> int:
    """Rows of one parent: a name that comes again begins the next row. Returns how many there were."""
    seen: set[str] = set()
    count = 1
    for leaf in leaves:
        if leaf.name not in table:
            continue
        if leaf.name in seen:
            count += 1
            seen = set()
        seen.add(leaf.name)
        if number + count <= MOST_ROWS:
            _leaf(text, found, leaf, group, number + count - 1, table)
    return count


def _leaf(
    text: str, found: Matches, leaf: _Node, group: str, index: int, table: dict[str, tuple[str, str]]
) -> None:
    """Write down one element, if it is known and holds its value as it is."""
    value = leaf.text.strip()
    if leaf.name not in table or not value:
        return
    name, kind = table[leaf.name]
    path = f"{group}[{index}].{name}" if group else name
    at = text.find(value, leaf.start, leaf.end)
    if len(value) > MOST_VALUE or at == -1:
        if kind != "text" or name in ("customer", "serial"):
            found.problems.append(Problem("unreadable", path, {"text": value[:40]}))
        return
    raw, start, negative = value, at, False
    shape = _SHAPES.get("number" if kind in NUMBERS else name if name in _SHAPES else kind)
    if shape is not None:
        match = shape.fullmatch(value)
        if match is None:
            found.problems.append(Problem("unreadable", path, {"text": value[:40]}))
            return
        raw, start = match["value"], at + match.start("value")
        negative = kind in NUMBERS and value.startswith("-")
    length = len(raw)
    if kind == "text" and name != "name":
        raw = raw.upper()
    found.finds.append(Match(group, index, name, kind, raw, start, start + length, negative=negative))


def _spread_serials(found: Matches) -> None:
    """One meter: its serial is the bill's. Several: each register keeps its own, and the bill has none."""
    rows = [one for one in found.finds if one.group == "rows" and one.name == "serial"]
    head = [one for one in found.finds if not one.group and one.name == "serial"]
    serials = {one.raw for one in rows}
    if len(serials) == 1:
        found.finds = [one for one in found.finds if one not in rows]
        if not head:
            one = rows[0]
            found.finds.append(Match("", 0, "serial", "text", one.raw, one.start, one.end))
        elif head[0].raw not in serials:
            found.finds += rows  # they disagree: the registers keep theirs
    elif len(serials) > 1:
        found.problems.append(Problem("several_meters", "serial", {"values": ", ".join(sorted(serials)[:6])}))
        found.finds = [one for one in found.finds if one not in head]
