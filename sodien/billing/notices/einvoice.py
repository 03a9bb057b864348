"""E-invoices: XML with the field names of the utilities' billing system (CMIS), or of the national e-invoice.

Parsed by expat as it comes with Python, with document types refused: without them there are no entities to
expand and nothing external to fetch. A higher parser would hide where in the text each value stands.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from xml.parsers import expat

from sodien.billing.notices.model import Document, Problem, TextSpan
from sodien.billing.notices.tree import (
    MOST_DEPTH,
    MOST_ELEMENTS,
    MOST_VALUE,
    Node,
    plain_name,
    with_free_fields,
)
from sodien.billing.notices.tree_fields import TOTALS, XML, read_tree

#: What tells invoices whose Total is before tax and whose Amount is with it.
_TOTALS = frozenset({"CUSCODE", "PRODUCTS", "TOTAL", "AMOUNT"})
#: A longer start tag holds nothing that is looked for.
MOST_TAG = 4000


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
        self.root = Node("")
        self._node = self.root
        self._begun: int | None = None
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = False
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._characters

    def build(self) -> Node:
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
        node = Node(plain_name(name), parent=self._node)
        self._node.children.append(node)
        self._node = node
        self._begun = None
        if attributes:
            start = self._place()
            end = self._text.find(">", start, start + MOST_TAG)
            for key, value in attributes.items() if end != -1 else ():
                at = _attribute(self._text, start, end, key, value)
                if at is not None:
                    node.children.append(Node(plain_name(key), value, at, at + len(value), parent=node))

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
    try:
        root = _Builder(text).build()
    except _RefusedError as refused:
        return [], [Problem(str(refused))], []
    except expat.ExpatError as error:
        return [], [Problem("xml_broken", "", {"line": f"{error.lineno}"})], []
    if {node.name for node in root.walk()} >= _TOTALS:
        return read_tree(text, with_free_fields(_with_line_sums(root)), TOTALS)
    return read_tree(text, with_free_fields(root), XML)


def _with_line_sums(root: Node) -> Node:
    """The tree with other names for the sums of lines, Total and Amount, which the head has too.

    The sum before tax is the one that the line multiplies to: programs mean either by these names.
    """
    for node in root.walk():
        by = {leaf.name: leaf for leaf in node.leaves()}
        if not by.keys() >= {"PRODQUANTITY", "PRODPRICE"}:
            continue
        kwh, price = _number(by["PRODQUANTITY"]), _number(by["PRODPRICE"])
        sums = [by[name] for name in ("TOTAL", "AMOUNT") if name in by]
        fits = [one for one in sums if kwh is not None and price is not None and _number(one) == kwh * price]
        for one in sums:
            one.name = "THTIEN" if one in fits[:1] else f"LINE{one.name}"
    return root


def _number(leaf: Node) -> Decimal | None:
    try:
        return Decimal(leaf.text.strip())
    except InvalidOperation:
        return None
