"""What became of each field that a notice may print: read, not printed, or not clear and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from sodien.billing.bill import Bill
from sodien.billing.notices.model import Debt, Problem, Schedule
from sodien.billing.words.notices import sentence

State = Literal["read", "not_printed", "not_clear"]

#: Fields of the head of a bill, in the order in which they are told.
HEAD = ("customer", "serial", "term", "month", "year", "first", "last", "read_at", "kwh", "tiers", "net",
        "tax", "tax_rate", "total", "debt", "discount", "households")  # fmt: skip
#: Fields of each register; beside the consumption of the bill a single register need not have its own.
ROW = ("old", "new", "multiplier")
#: Numbers of invoices, told of where they are printed alone.
_INVOICES = ("invoice", "replaces", "adjusts")
#: Fields without which a check is left out, so that a person is told that they are not printed.
TELLING = frozenset({"first", "last", "kwh", "total", "rows[0].old", "rows[0].new"})
#: Problems of two sums that may be the one or the other.
_MONEY = ("net", "total")


class FieldState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one field; ``because`` says why it is not clear, in the language in use."""

    state: State
    because: str = ""


def field_states(content: Bill | Schedule | Debt, problems: Sequence[Problem]) -> dict[str, FieldState]:
    """Field → state, for every field that this kind of document may print.

    A field is read if, and only if, the document has a value for it. It is not clear where a problem names
    it; a problem with a field that no document of its kind has is told of as a field of its own.

    Args:
        content: what was read.
        problems: those of the same message, invoice or group of values.
    """
    expected = list(_expected(content))
    found = {path: FieldState("read") for path in expected if _value(content, path) not in (None, ())}
    for problem in problems:
        for named in filter(None, problem.field.split(", ")):
            paths = [path for path in expected if _means(problem, named, path)]
            if not paths and _value(content, named) in (None, ()):
                expected.append(named)
                paths = [named]
            for path in paths:
                found.setdefault(path, FieldState("not_clear", sentence(problem)))
        if problem.key == "which_money":
            for path in _MONEY:
                found.setdefault(path, FieldState("not_clear", sentence(problem)))
    return {path: found.get(path, FieldState("not_printed")) for path in dict.fromkeys(expected)}


def _expected(content: Bill | Schedule | Debt) -> Iterator[str]:
    if not isinstance(content, Bill):
        yield from content.__struct_fields__
        return
    yield from HEAD
    for name in _INVOICES:
        said = msgspec.to_builtins(getattr(content, name)) or {}
        yield from (f"{name}.{part}" for part in said)
    for number, row in enumerate(content.rows or (None,)):
        names = (*ROW, "kwh") if len(content.rows) > 1 or (row and row.kwh is not None) else ROW
        extra = [
            name for name in ("removed", "sub", "direct", "serial") if row and getattr(row, name) is not None
        ]
        yield from (f"rows[{number}].{name}" for name in (*names, *extra))


def _value(content: Bill | Schedule | Debt, path: str) -> object:
    """The value of a field; None where there is none."""
    group, bracket, rest = path.partition("[")
    if not bracket:
        head, _, part = path.partition(".")
        value = getattr(content, head, None)
        return getattr(value, part, None) if part else value
    number, _, name = rest.partition("]")
    rows = getattr(content, group, ())
    if not number.isdecimal() or int(number) >= len(rows):
        return None
    return getattr(rows[int(number)], name[1:], None) if name else rows[int(number)]


def _means(problem: Problem, named: str, path: str) -> bool:
    """Whether the field that a problem names is this one: "old" is that of any register."""
    if named == path or (named == "money" and path in _MONEY):
        return True
    if named.startswith("tiers") and path == "tiers":
        return problem.key != "half_tier" or named == "tiers"
    return "[" not in named and path.startswith("rows") and path.rpartition(".")[2] == named
