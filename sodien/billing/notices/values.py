"""Printed numbers: which values one may mean, and which of them the rest of the notice allows.

Viet Nam prints 1.234.567,89; programs print 1234567.89 or 1,234,567.89. "1.234" alone may mean either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

#: What a number counts. ``money`` and ``price`` are whole đồng: the currency has no smaller unit.
Kind = Literal["index", "kwh", "money", "price", "percent", "factor", "count"]
#: The character in front of the decimals.
Mark = Literal[".", ","]

#: More digits than any register, bill or account shows.
MOST_DIGITS = 12

_SHAPE = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_OTHER: dict[Mark, Mark] = {".": ",", ",": "."}


def readings(raw: str) -> dict[Mark | None, Decimal]:
    """Every value ``raw`` may mean, by the decimal mark that it takes; None for a number that shows none.

    Empty when it is no number: wrong groups, or more than MOST_DIGITS digits.
    """
    if not _SHAPE.fullmatch(raw):
        return {}
    digits = raw.replace(".", "").replace(",", "")
    if len(digits) > MOST_DIGITS:
        return {}
    marks = [char for char in raw if char in ".,"]
    if not marks:
        return {None: Decimal(raw)}
    found: dict[Mark | None, Decimal] = {}
    for mark in _OTHER:
        whole, point, decimals = raw.partition(mark)
        if mark in decimals or (point and _OTHER[mark] in decimals):
            continue
        groups = whole.split(_OTHER[mark])
        if len(groups) > 1 and not (1 <= len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:])):
            continue
        if len(groups) > 1 and groups[0] == "0":
            continue
        value = "".join(groups)
        found[mark] = Decimal(f"{value}.{decimals}" if point else value)
    return found


def possible(raw: str, kind: Kind, *, machine: bool) -> dict[Mark | None, Decimal]:
    """The readings that make sense for this kind.

    ``machine``: written by a program into a field, where three zeros may be decimals (984.000).
    """
    found = readings(raw)
    if len(found) < 2:
        return found
    if kind in ("money", "price"):
        whole = {
            mark: value
            for mark, value in found.items()
            if (value == value.to_integral_value() if machine else value.as_tuple().exponent == 0)
        }
        return whole or found
    if kind == "percent":
        return {mark: value for mark, value in found.items() if value <= 100} or found
    return found


def decimal_mark(samples: Iterable[tuple[str, Kind]], *, machine: bool) -> Mark | None:
    """The decimal mark that these numbers prove, if they agree on one."""
    seen: set[Mark] = set()
    for raw, kind in samples:
        found = possible(raw, kind, machine=machine)
        if len(found) == 1:
            (mark,) = found
            if mark is not None:
                seen.add(mark)
    return seen.pop() if len(seen) == 1 else None


def settle(raw: str, kind: Kind, mark: Mark | None, *, machine: bool) -> Decimal | tuple[Decimal, ...]:
    """The value of ``raw``, or all it may mean: two for an ambiguous number, none for what is no number."""
    found = possible(raw, kind, machine=machine)
    if len(found) == 2 and len(set(found.values())) == 1:
        return next(iter(found.values()))
    if len(found) == 2 and mark is not None:
        return found[mark]
    if len(found) == 1:
        return next(iter(found.values()))
    return tuple(found.values())
