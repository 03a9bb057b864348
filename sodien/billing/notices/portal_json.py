"""JSON as portals answer it and integrations save it: a bill, an array of them, or either inside of others.

A scanner of its own keeps where each value stands, and counts before it stores anything: deep, long and
repeated input is refused. Several values one after the other (a line each) are read like an array.
"""

from __future__ import annotations

import json
import re

from sodien.billing.notices.model import Document, Problem, TextSpan
from sodien.billing.notices.tree import (
    MOST_DEPTH,
    MOST_ELEMENTS,
    MOST_VALUE,
    Node,
    plain_name,
    with_free_fields,
)
from sodien.billing.notices.tree_fields import JSON, read_tree

#: What JSON begins with and no message does: "[EVN] …" is one.
_BEGINS = re.compile(r"""\s*(?:\{\s*["}]|\[\s*[\[{\]"])""")
_TOKEN = re.compile(
    r"""[ \t\r\n]*+(?:
        (?P<open>[{\[]) | (?P<close>[}\]]) | (?P<sign>[,:])
      | "(?P<string>(?:[^"\\\x00-\x1f]++|\\.)*+)"
      | (?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?+)
      | (?P<word>true|false|null|NaN|-?Infinity)
    )""",
    re.VERBOSE,
)


class _BrokenError(Exception):
    """Carries the problem out of the scanner."""


def is_json(text: str) -> bool:
    """Whether a text is meant as JSON."""
    return _BEGINS.match(text) is not None


def read_json(text: str) -> tuple[list[Document], list[Problem], list[TextSpan]]:
    """Documents, problems and the values that were not used; what is no good JSON gives one problem."""
    try:
        root = _Scanner(text).scan()
    except _BrokenError as broken:
        (problem,) = broken.args
        return [], [problem], []
    documents, problems, rest = read_tree(text, with_free_fields(root), JSON)
    if not documents and not problems:
        problems.append(Problem("json_unknown"))
    return documents, problems, rest


class _Scanner:
    """Builds the tree: objects and arrays are groups, and what stands in an array has the array's name."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._root = Node("")
        self._open: list[tuple[Node, str, dict[str, str]]] = []  # group, its closing sign, keys with values
        self._elements = 0

    def scan(self) -> Node:
        """The tree. Raises _BrokenError."""
        at, key, named, wants = 0, "", (0, 0), "value"
        text = self._text
        while at < len(text):
            token = _TOKEN.match(text, at)
            if token is None:
                if not text[at:].strip(" \t\r\n"):
                    break
                raise self._broken(at)
            kind = token.lastgroup
            at = token.end()
            if wants in ("key", "first key") and kind == "string":
                key, named, wants = _unescaped(token["string"]), token.span("string"), "colon"
            elif wants == "colon" and token["sign"] == ":":
                wants = "member"
            elif wants == "comma" and token["sign"] == "," and self._open:
                wants = "key" if self._open[-1][1] == "}" else "value"
            elif kind == "close" and self._open and wants in ("comma", "first key", "first value"):
                if token["close"] != self._open.pop()[1]:
                    raise self._broken(token.start("close"))
                wants = "comma" if self._open else "value"
            elif kind == "open" and wants in ("value", "member", "first value"):
                self._begin(token["open"], key, named=wants == "member")
                wants = "first key" if token["open"] == "{" else "first value"
            elif kind in ("string", "number", "word") and wants in ("value", "member", "first value"):
                self._value(token, kind, key, named if wants == "member" else None)
                wants = "comma" if self._open else "value"
            else:
                raise self._broken(token.start(kind or 0))
        if self._open:
            raise self._broken(len(text))
        return self._root

    def _broken(self, at: int) -> _BrokenError:
        return _BrokenError(Problem("json_broken", "", {"line": f"{self._text.count(chr(10), 0, at) + 1}"}))

    def _place(self, key: str, *, named: bool) -> tuple[Node, str]:
        """The group that the next value is in, and the value's name."""
        self._elements += 1
        if self._elements > MOST_ELEMENTS or len(self._open) >= MOST_DEPTH:
            raise _BrokenError(Problem("json_too_much"))
        group = self._open[-1][0] if self._open else self._root
        return group, plain_name(key) if named else group.name

    def _begin(self, sign: str, key: str, *, named: bool) -> None:
        group, name = self._place(key, named=named)
        node = Node(name, parent=group)
        group.children.append(node)
        if named:
            self._once(key, "")
        self._open.append((node, "}" if sign == "{" else "]", {}))

    def _value(self, token: re.Match[str], kind: str, key: str, named: tuple[int, int] | None) -> None:
        group, name = self._place(key, named=named is not None)
        raw = token[kind]
        if named is not None:
            self._once(key, raw)
        if kind == "word" and not raw.endswith(("NaN", "Infinity")):
            return  # true, false and null say nothing of a bill
        inside = raw[: MOST_VALUE + 1]
        value = _unescaped(inside) if kind == "string" else inside
        group.children.append(
            Node(
                name,
                value,
                token.start(kind),
                token.end(kind),
                exact=kind == "number",
                escaped=value != inside,
                labelled=named,
                parent=group,
            )
        )

    def _once(self, key: str, value: str) -> None:
        """Two values under one key of one object: neither is the one. Raises _BrokenError."""
        seen = self._open[-1][2]
        if seen.setdefault(key, value) != value:
            raise _BrokenError(Problem("json_twice", "", {"text": key[:40]}))


def _unescaped(raw: str) -> str:
    if "\\" not in raw:
        return raw
    try:
        value: str = json.loads(f'"{raw}"')
    except ValueError:  # cut in the middle of an escape, or none at all
        return raw
    return value.encode("utf-8", "replace").decode("utf-8")
