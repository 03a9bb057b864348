"""A document that a program wrote, as a tree of named values, each with its place in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

#: Nesting of a real invoice is under ten.
MOST_DEPTH = 40
#: Elements of a real invoice are some hundreds.
MOST_ELEMENTS = 50_000
#: A longer value holds nothing that is looked for.
MOST_VALUE = 200
#: So does one under a longer name.
MOST_NAME = 60

#: What the name and the value of a free field are called.
_FREE_NAMES = ("TTRUONG", "KEYLABEL", "KEYTAG")
_FREE_VALUES = ("DLIEU", "STRINGVALUE", "NUMBERVALUE", "DATEVALUE")
_SIGNS = re.compile("[^A-Z0-9]")


@dataclass(slots=True)
class Node:
    """A value, or a group of them.

    Attributes:
        name: without prefix, accents, signs and case: CHI_SO_CU, chiSoCu and "Chỉ số cũ" are CHISOCU.
        text: the value, cut behind MOST_VALUE.
        start, end: where it stands.
        exact: it is a number of the format itself: the point is its decimal mark.
        escaped: its text is written otherwise than it reads.
        label: a free field's name as it is printed; ``labelled`` where that, or a key of JSON, stands.
    """

    name: str
    text: str = ""
    start: int = 0
    end: int = 0
    exact: bool = False
    escaped: bool = False
    label: str = ""
    labelled: tuple[int, int] | None = None
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None

    def walk(self) -> Iterator[Node]:
        """It and everything below, in the order of the text."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def leaves(self) -> list[Node]:
        """The values right in this group."""
        return [child for child in self.children if not child.children]

    def above(self) -> Iterator[Node]:
        """What it stands in, from the inside."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


def with_free_fields(root: Node) -> Node:
    """The tree with each free field as a value under its own name. Changes the tree, and returns it.

    TTRUONG is the name and DLIEU the value in the national format, keyLabel and stringValue in another one.
    """
    for node in root.walk():
        parts = {child.name: child for child in node.children if not child.children}
        value = next((parts[one] for one in _FREE_VALUES if one in parts), None)
        name = next((parts[one] for one in _FREE_NAMES if one in parts), None)
        if value is None or name is None:
            continue
        node.name, node.label, node.labelled = (
            plain_name(name.text),
            name.text.strip(),
            (name.start, name.end),
        )
        node.text, node.start, node.end = value.text, value.start, value.end
        node.exact, node.escaped, node.children = value.exact, value.escaped, []
    return root


#: One character of a string of JSON, however it is written.
_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL
)


def place_in(text: str, node: Node, start: int, end: int) -> tuple[int, int]:
    """Where a stretch of a value's text (not empty) stands in the document, however that is escaped."""
    if not node.escaped:
        return node.start + start, node.start + end
    at = [match.span() for match in _CHARACTER.finditer(text, node.start, node.end)]
    return at[start][0], at[end - 1][1]


@cache
def plain_name(name: str) -> str:
    """A name of any style in the one that the tables use."""
    name = name[:MOST_NAME].rpartition(":")[2].replace("đ", "d").replace("Đ", "D")
    return _SIGNS.sub("", unicodedata.normalize("NFKD", name).upper())
