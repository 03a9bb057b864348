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
#: Thousands apart: "1 335 551.0".
_APART = re.compile(r"(?P<whole>[0-9]{1,3}(?: [0-9]{3})+)(?:(?P<mark>[.,])(?P<decimals>[0-9]{1,2}))?")
#: One mark for thousands and for decimals of zeros: "685,336,00".
_ZEROS = re.compile(r"(?P<whole>[0-9]{1,3}(?P<mark>[.,])[0-9]{3}(?:(?P=mark)[0-9]{3})*)(?P=mark)0{1,2}")
_OTHER: dict[Mark, Mark] = {".": ",", ",": "."}


def readings(raw: str) -> dict[Mark | None, Decimal]:
    """Every value ``raw`` may mean, by the decimal mark that it takes; None for a number that shows none.

    Empty when it is no number: wrong groups, or more than MOST_DIGITS digits.
    """
    if apart := _APART.fullmatch(raw.replace("  ", " ")):
        digits = apart["whole"].replace(" ", "")
        if len(digits) > MOST_DIGITS or digits.startswith("0"):
            return {}
        return {apart["mark"]: Decimal(f"{digits}.{apart['decimals']}" if apart["mark"] else digits)}  # type: ignore[dict-item]
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
    if not found and kind == "money" and (zeros := _ZEROS.fullmatch(raw)) and len(raw) <= 2 * MOST_DIGITS:
        return {None: Decimal(re.sub("[.,]", "", zeros["whole"]))}
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
        # Sums with a comma for thousands do not make an index of "1.938" with decimals out of 1938.
        fraction = kind in ("index", "kwh") and not machine and found[mark].as_tuple().exponent == -3
        return tuple(found.values()) if fraction else found[mark]
    if len(found) == 1:
        return next(iter(found.values()))
    return tuple(found.values())
