"""No number is told without proof: the last look at every quantity of a bill that free text gave.

A quantity is proved by others that are printed, or named by its own words. It is left out where its clause
is about something else (:mod:`sodien.billing.notices.clauses`), whatever it adds up to; where nothing proves
it and another of its type has an equal claim; where it cannot cost what the bill costs; and a total that is
less than a part of it, or the sum of what the bill has not. What is left has to be somebody's, or of some
month, or prove itself: else it is no bill.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from sodien.billing import arithmetic
from sodien.billing.bill import Bill
from sodien.billing.notices.assemble import SHARED
from sodien.billing.notices.bind import Binder
from sodien.billing.notices.clauses import clause, is_foreign, is_made_up, is_one_sentence, is_payment
from sodien.billing.notices.model import Document, Field, Problem
from sodien.billing.notices.settled import LEAST_PER_KWH, MOST_PER_KWH
from sodien.billing.notices.values import possible

#: Labels that bills for electricity alone have.
_OF_POWER = frozenset({"old", "new", "index", "kwh", "kwh_all", "row_kwh", "net", "tax"})
#: Those of numbers that a table, a sum or a register's name gives.
_GIVEN = frozenset({"table", "sum", "register"})
_ENERGY = frozenset({"kwh", "old", "new"})
_QUANTITIES = frozenset({"kwh", "net", "tax", "total"})
#: A shorter time is a part of a month, where nothing else says that it is billed.
_MONTH_DAYS = 20
#: Sums that may be parts of another: their least value, and how many are tried.
_LEAST_SUM, _MOST_SUMS = 1000, 12


def proved(
    binder: Binder, documents: Sequence[Document], problems: Sequence[Problem]
) -> tuple[list[Document], list[Problem]]:
    """The documents without what is not proved, and each of these as a problem; the others named before."""
    kept: list[Document] = []
    told: list[Problem] = []
    named = {one.field for one in problems}
    when: dict[Field, object] = {}
    for document in documents:
        look = _Look(binder, document)
        bill = document.content
        if isinstance(bill, Bill) and bill.adjusts is None:
            gone = look.unproved(bill)
            left = _without(bill, gone)
            told += [look.problem(path) for path in sorted(gone - named)]
            if not look.is_bill(left, gone, unclear=any(one.rpartition(".")[2] in _ENERGY for one in named)):
                when = {one: getattr(bill, one.path) for one in document.fields if one.path in SHARED}
                continue
            fields = tuple(one for one in document.fields if one.path not in gone)
            document = msgspec.structs.replace(document, content=left, fields=fields)
        elif look.is_made_up():
            continue
        kept.append(document)
    if len(kept) == 1 and when:  # an announcement that was read as a bill of its month, too
        content = msgspec.structs.replace(kept[0].content, **{one.path: value for one, value in when.items()})
        kept = [msgspec.structs.replace(kept[0], content=content, fields=(*kept[0].fields, *when))]
    return kept, told


class _Look:
    """One document beside the pieces of its text."""

    def __init__(self, binder: Binder, document: Document) -> None:
        self._binder = binder
        self._pieces = binder.pieces
        self._document = document
        self._at = dict(self._places())

    def _places(self) -> Iterator[tuple[str, int]]:
        """Field → its piece; of a table's cell, the table."""
        spans = {self._binder.span(one.start, one.end): at for at, one in enumerate(self._pieces)}
        tables = [span for span, at in spans.items() if self._pieces[at].kind == "table"]
        for field in self._document.fields:
            place = field.start, field.end
            if place not in spans:
                place = next((one for one in tables if one[0] <= field.start < one[1]), place)
            if place in spans:
                yield field.path, spans[place]

    def problem(self, path: str) -> Problem:
        """What to say of a field that is left out."""
        field = next(one for one in self._document.fields if one.path == path)
        text = " ".join(self._binder.original(field.start, field.end).split())
        return Problem("unproven", path, {"text": text[:40]})

    def is_made_up(self) -> bool:
        """Whether the text warns of what it tells."""
        return any(is_made_up(self._binder, at) for at in self._at.values())

    # Fields

    def unproved(self, bill: Bill) -> set[str]:
        """The paths of the fields that are not proved."""
        sure = frozenset(_by_arithmetic(bill))
        gone = {
            path
            for path in self._at
            if _name(path) in _QUANTITIES
            and not path.startswith("tiers")
            and is_foreign(self._binder, self._at[path])
        }
        if "kwh" in gone & sure:
            gone |= {"rows[0].old", "rows[0].new"} & self._at.keys()  # the sum that proves it is another's
        if gone & {"kwh", "total"} and self._is_beside("kwh", "total"):
            gone |= {"kwh", "total"}  # what another's energy cost, or what another's money was for
        if "kwh" in self._at and "kwh" not in sure and (self._has_rival(bill) or self._is_of_others(bill)):
            gone.add("kwh")
        if "total" in self._at and (
            _is_a_part(bill) or ("total" not in sure and self._is_sum_of_others(bill))
        ):
            gone.add("total")
        if _is_dear(bill):
            doubtful = {"kwh", "total"} & self._at.keys() - sure
            gone |= {path for path in doubtful if not self._is_labelled(path)} or doubtful
        return gone | ({"first", "last"} if _is_behind_its_month(bill) else set())

    def _is_beside(self, path: str, other: str) -> bool:
        return {path, other} <= self._at.keys() and is_one_sentence(
            self._binder, self._at[path], self._at[other]
        )

    def _labels(self, path: str) -> Iterator[tuple[str, bool]]:
        """The labels that gave a number, and whether words that are not known stand between."""
        one = self._pieces[self._at[path]]
        span = self._binder.span(one.start, one.end)
        return (
            (find.label, find.strained) for find in self._binder.found.finds if (find.start, find.end) == span
        )

    def _is_labelled(self, path: str) -> bool:
        """Whether a label that says what a number is stands right in front of it."""
        return any(label in _OF_POWER | {"total"} and not strained for label, strained in self._labels(path))

    def _has_rival(self, bill: Bill) -> bool:
        """Whether other kWh have an equal claim: no label of the consumption stands right in front of it."""
        day = clause(self._binder, self._at["kwh"]).rstrip(" :").endswith("<day>")
        if not day and self._is_labelled("kwh"):
            return False
        own = set(self._at.values()) | self._binder.exported
        return any(
            at not in own | self._binder.skipped
            and bill.kwh not in possible(self._pieces[at].text, "kwh", machine=False).values()
            and not self._binder.reach.is_limit(at, self._pieces[at])
            and not is_foreign(self._binder, at)
            for at in self._energies()
        )

    def _energies(self) -> Iterator[int]:
        return (at for at, one in enumerate(self._pieces) if one.kind == "number" and one.unit == "kwh")

    def _is_of_others(self, bill: Bill) -> bool:
        """Whether the consumption is the sum of three and more that are nobody's: of several households."""
        if bill.kwh is None or bill.customer is not None:
            return False
        own = {row.kwh for row in bill.rows} | {line.kwh for line in bill.tiers} | {bill.kwh}
        parts = {_most(self._pieces[at].text, "kwh") for at in self._energies()} - own
        return len(parts) > 2 and sum(parts) == bill.kwh

    def _is_sum_of_others(self, bill: Bill) -> bool:
        """Whether a total is a sum of what no field has, not all of it of electricity."""
        own = {
            bill.net,
            bill.tax,
            bill.total,
            bill.debt,
            bill.discount,
            *(line.amount for line in bill.tiers),
        }
        taken = {at for path, at in self._at.items() if _name(path) in _ENERGY}
        sums = {
            _most(one.text, "money"): "dien" in clause(self._binder, at).split()
            for at, one in enumerate(self._pieces)
            if one.kind == "number" and one.unit in (None, "money") and at not in taken
            if _most(one.text, "money") >= _LEAST_SUM and not is_payment(self._binder, at)
        }
        others = sorted(value for value in sums if value not in own)[-_MOST_SUMS:]
        return any(
            sum(some) == bill.total and not all(sums[value] for value in some)
            for count in (2, 3, 4)
            for some in itertools.combinations(others, count)
        )

    # The kind

    def is_bill(self, bill: Bill, gone: set[str], *, unclear: bool) -> bool:
        """Whether what is left is a bill: somebody's, of some month, proved, or in the words of bills.

        ``unclear``: an energy or an index is printed, and not clear.
        """
        energy = bill.kwh is not None or any(row.kwh is not None for row in bill.rows)
        money = bill.total is not None or bill.net is not None
        index = any(row.old is not None or row.new is not None for row in bill.rows)
        pair = any(row.old is not None and row.new is not None for row in bill.rows)
        if not (energy or money or index or bill.tiers or (bill.first and bill.customer)):
            return False
        if "kwh" in gone and not money and not pair:
            return False
        sure = any(_by_arithmetic(bill))
        days = (bill.last - bill.first).days + 1 if bill.first and bill.last else _MONTH_DAYS
        if days < _MONTH_DAYS and bill.month is None and not pair and not sure:
            return False  # what was used so far
        whose = bill.customer, bill.month, bill.first, bill.last
        if pair or sure or unclear or any(one is not None for one in whose) or self._is_addressed():
            return True
        return any(
            any(label in _OF_POWER | _GIVEN for label, _ in self._labels(path))
            or "dien" in clause(self._binder, at).split()
            for path, at in self._at.items()
            if path not in gone and _name(path) in _QUANTITIES | _ENERGY
        )

    def _is_addressed(self) -> bool:
        """Whether a label says that somebody follows."""
        return any(one.label in ("customer", "customer_or_name") for one in self._pieces)


def _name(path: str) -> str:
    return path.rpartition(".")[2]


def _most(text: str, kind: Literal["kwh", "money"]) -> Decimal:
    """The greatest value that a printed number may mean; 0 where it is none."""
    return max(possible(text, kind, machine=False).values(), default=Decimal(0))


def _by_arithmetic(bill: Bill) -> Iterator[str]:
    """The fields that others prove: a difference of indices, sums of registers and lines, net and tax."""
    for number, row in enumerate(bill.rows):
        printed = row.kwh if row.kwh is not None else bill.kwh if len(bill.rows) == 1 else None
        energy = arithmetic.row_energy(row, printed)
        if printed and energy is not None and arithmetic.rounds_to(energy, printed):
            yield f"rows[{number}].kwh"
            yield from ("kwh",) if len(bill.rows) == 1 else ()
    rows = arithmetic.rows_sum(bill)
    if rows is not None and rows.adds and len(bill.rows) > 1:
        yield "kwh"
    if len(bill.tiers) == 1 and bill.tiers[0].kwh * bill.tiers[0].price in (bill.net, bill.total):
        yield from ("kwh", "net", "total") if bill.tiers[0].kwh == bill.kwh else ()
    for one in (*arithmetic.charge_sums(bill, None), *arithmetic.money_sums(bill)):
        if one.adds:
            yield from {"tier": ("tiers",), "tiers_net": ("net",)}.get(one.key, ("net", "tax", "total"))


def _is_a_part(bill: Bill) -> bool:
    """Whether the total is less than a line of the charge that it must hold, or than its tax."""
    whole = len(bill.tiers) > 1 or (bill.kwh is not None and [line.kwh for line in bill.tiers] == [bill.kwh])
    parts = [*(line.amount for line in bill.tiers if whole), bill.tax]
    if bill.total is None or bill.total < 0:
        return False  # a difference is less than its parts
    return any(one is not None and one > bill.total for one in parts)


def _is_dear(bill: Bill) -> bool:
    """Whether so many kWh cannot cost so much: one of the two is not of this bill."""
    cost = bill.total or bill.net
    if not bill.kwh or not cost or any(line.kwh == bill.kwh for line in bill.tiers):
        return False
    return not LEAST_PER_KWH <= cost / bill.kwh <= MOST_PER_KWH


def _is_behind_its_month(bill: Bill) -> bool:
    """Whether a few days are all behind the printed month: on them one pays."""
    if bill.first is None or bill.last is None or bill.year is None or bill.month is None:
        return False
    if not 1 <= bill.month <= 12:
        return False
    behind = dt.date(bill.year + bill.month // 12, bill.month % 12 + 1, 1)
    return bill.first >= behind and (bill.last - bill.first).days < _MONTH_DAYS


def _without(bill: Bill, gone: set[str]) -> Bill:
    """The bill without these fields, and without registers that have no other."""
    if "kwh" in gone and len(bill.rows) == 1 and bill.rows[0].kwh == bill.kwh:
        gone.add("rows[0].kwh")
    rows = []
    for number, row in enumerate(bill.rows):
        names = [_name(path) for path in gone if path.startswith(f"rows[{number}].")]
        left = msgspec.structs.replace(row, **dict.fromkeys(names))
        if not names or any(getattr(left, name) is not None for name in ("old", "new", "kwh", "removed")):
            rows.append(left)
    head = [path for path in gone if "." not in path]
    return msgspec.structs.replace(bill, rows=tuple(rows), **dict.fromkeys(head))
