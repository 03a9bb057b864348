"""What was given to no field, where the bill lacks a field of that type: it is printed, but not clear."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal

from sodien.billing.bill import Bill
from sodien.billing.notices.bind import Binder
from sodien.billing.notices.model import Problem
from sodien.billing.notices.piece import Piece
from sodien.billing.notices.settled import LEAST_PER_KWH, MOST_PER_KWH
from sodien.billing.notices.values import possible

#: A shorter number by itself is more often a count, a day or a part of an address than an index.
_LEAST_DIGITS = 3
#: Words between two days of one period, at most.
_APART = 4
#: More than any tax on electricity.
_MOST_TAX = Decimal("0.15")
#: Examples in one sentence.
_MOST_SHOWN = 3


def name_unplaced(binder: Binder, text: str, bill: Bill, problems: Sequence[Problem]) -> Iterator[Problem]:
    """The fields that something left over may be, as problems; what is named already is not named again.

    kWh may be the consumption, money the total, a bare number the other index of a register or whatever the
    rest of the bill makes likely; two days near each other may be the period, and a month the bill's.

    Args:
        binder: the pieces of a message, with those that were given to a field.
        text: what its stretches refer to.
        bill: what was read.
        problems: what is named already.
    """
    named = {path.rpartition(".")[2] for problem in problems for path in problem.field.split(", ")}
    if "money" in named or any(problem.key == "which_money" for problem in problems):
        named.add("total")
    if named & {"first", "last"}:
        named |= {"first", "last"}
    for field, pieces in _candidates(binder, bill, _left(binder)):
        if pieces and not {path.rpartition(".")[2] for path in field.split(", ")} & named:
            texts = dict.fromkeys(" ".join(text[slice(*binder.span(*one.whole))].split()) for one in pieces)
            yield Problem("unplaced", field, {"text": " … ".join([*texts][:_MOST_SHOWN])})


def used_stretches(binder: Binder) -> list[tuple[int, int]]:
    """The stretches that the fields take up, without quantities, days and months that no field has."""
    free = [
        binder.span(one.start, one.end) for one in _left(binder) if one.kind != "number" or _is_quantity(one)
    ]
    taken = sorted((one.start, one.end) for one in binder.found.finds)
    found: list[tuple[int, int]] = []
    holes = iter([*_outside(sorted(free), taken), (sys.maxsize, sys.maxsize)])
    hole = next(holes)
    for start, end in _joined(binder.covered):
        while hole[1] <= start:
            hole = next(holes)
        while hole[0] < end:
            if start < hole[0]:
                found.append((start, hole[0]))
            start = max(start, min(hole[1], end))
            if hole[1] > end:
                break
            hole = next(holes)
        if start < end:
            found.append((start, end))
    return found


def _left(binder: Binder) -> list[Piece]:
    """The numbers, days, months and codes that were given to nothing."""
    used = binder.used | binder.skipped
    return [
        one
        for at, one in enumerate(binder.pieces)
        if one.kind in ("number", "date", "range", "month", "code") and at not in used
    ]


def _joined(stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches in order, each place once."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _outside(stretches: Sequence[tuple[int, int]], taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that touch none of the others; both are in order."""
    found = []
    at = 0
    for start, end in stretches:
        while at < len(taken) and taken[at][1] <= start:
            at += 1
        if at == len(taken) or taken[at][0] >= end:
            found.append((start, end))
    return found


def _candidates(binder: Binder, bill: Bill, left: Sequence[Piece]) -> Iterator[tuple[str, list[Piece]]]:
    """The fields that the bill lacks, each with what could be it."""
    bare = [one for one in left if one.kind == "number" and one.unit is None and _is_bare(one)]
    rows = [row for row in bill.rows if row.old is not None and row.new is not None]
    if bill.kwh is None and not any(row.kwh is not None for row in bill.rows):
        used = sum(((row.new - row.old) * (row.multiplier or 1) for row in rows), Decimal(0))  # type: ignore[operator]
        yield "kwh", [*_of(left, "kwh"), *(one for one in bare if used and used in _values(one))]
    if bill.total is None:
        scaled = [one for one in _of(left, "doubt") if one.end > one.start + len(one.text)]  # "231k"
        yield "total", [*_of(left, "money"), *scaled, *(one for one in bare if _is_price_of(one, bill.kwh))]
    net, tax = _parts(bill, [*_of(left, "money"), *bare])
    yield "net", net
    yield "tax", tax
    for number, row in enumerate(bill.rows):
        if (row.old is None) != (row.new is None):
            yield f"rows[{number}].{'old' if row.old is None else 'new'}", bare
    days = [one for one in left if one.kind in ("date", "range")]
    if bill.first is None and bill.last is None:
        yield "first, last", _near(binder, days)
    elif (bill.first is None) != (bill.last is None):
        yield "first" if bill.first is None else "last", days
    if bill.month is None and bill.first is None and bill.last is None:
        yield (
            "month",
            [one for one in left if one.kind == "month" and any(part[0] == "year" for part in one.parts)],
        )


def _parts(bill: Bill, left: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """What may be the money before tax, and the tax, beside the total."""
    if bill.total is None:
        return [], []
    sums = [(one, value) for one in left for value in possible(one.text, "money", machine=False).values()]
    tax = () if bill.net is None or bill.tax is not None else (bill.total - bill.net,)
    least = bill.total / (1 + _MOST_TAX)
    return (
        [one for one, value in sums if bill.net is None and least <= value < bill.total],
        [one for one, value in sums if value and value in tax],
    )


def _of(left: Sequence[Piece], unit: str) -> list[Piece]:
    return [one for one in left if one.kind == "number" and one.unit == unit]


def _is_quantity(piece: Piece) -> bool:
    return piece.unit is not None or _is_bare(piece)


def _is_bare(piece: Piece) -> bool:
    return not piece.glued and sum(map(str.isdigit, piece.text)) >= _LEAST_DIGITS


def _values(piece: Piece) -> set[Decimal]:
    return set(possible(piece.text, "kwh", machine=False).values())


def _is_price_of(piece: Piece, kwh: Decimal | None) -> bool:
    """Whether this may be what the kWh cost."""
    money = possible(piece.text, "money", machine=False).values()
    return bool(kwh) and any(LEAST_PER_KWH <= value / kwh <= MOST_PER_KWH for value in money)  # type: ignore[operator]


def _near(binder: Binder, days: Sequence[Piece]) -> list[Piece]:
    """Two days with few words between them, and no end of a line or sentence."""
    place = {id(one): at for at, one in enumerate(binder.pieces)}
    for one, other in itertools.pairwise(days):
        between = binder.pieces[place[id(one)] + 1 : place[id(other)]]
        if len(between) <= _APART and all(
            piece.kind in ("word", "label") or piece.text in ":-–" for piece in between
        ):
            return [one, other]
    return []
