"""From single finds (a field, what was printed, where) to documents: one value a field, or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, get_args

from sodien.billing.bill import Bill, IndexRow, TierRow
from sodien.billing.notices.dates import read_date, read_time
from sodien.billing.notices.model import Debt, Document, Field, Problem, Schedule
from sodien.billing.notices.values import Kind, Mark, decimal_mark, settle

NUMBERS = frozenset(get_args(Kind))
#: More registers or printed lines than any bill has.
MOST_ROWS = 60

_SHARED = ("term", "month", "year")
_HEAD = ("customer", "serial", "name", "first", "last", *_SHARED, "kwh", "net", "tax", "tax_rate", "total",
         "households", "read_at")  # fmt: skip
#: What makes a text a bill: a code and a month alone do not.
_TELLING = frozenset({"first", "last", "kwh", "net", "tax", "total"})

_Value = Decimal | dt.date | dt.time | int | str


@dataclass(frozen=True, slots=True)
class Match:
    """One printed value.

    Attributes:
        group: empty for the head of a bill, else ``rows``, ``tiers``, ``debt`` or ``schedule``.
        index: which row of the group.
        name: the field.
        kind: of number (see :data:`sodien.billing.notices.values.Kind`), else date, time, int or text.
        raw: as printed, folded unless it is text.
        start, end: where in the original text.
        negative: a minus stands in front.
        dated: a month stands between the label and the value, which is of that month.
    """

    group: str
    index: int
    name: str
    kind: str
    raw: str
    start: int
    end: int
    negative: bool = False
    dated: bool = False

    @property
    def path(self) -> str:
        """Its field as people and scripts see it."""
        if self.group in ("rows", "tiers"):
            return f"{self.group}[{self.index}].{self.name}"
        return self.name


@dataclass(slots=True)
class Matches:
    """What a reader collects from one document."""

    finds: list[Match] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    estimated: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Settled:
    values: dict[tuple[str, int, str], _Value]
    fields: dict[tuple[str, int, str], Match]

    def pick(self, group: str, index: int, names: Sequence[str]) -> dict[str, Any]:
        return {
            name: self.values[group, index, name] for name in names if (group, index, name) in self.values
        }

    def indices(self, group: str) -> list[int]:
        return sorted({index for g, index, _ in self.values if g == group})


def assemble(found: Matches, *, machine: bool, source: str) -> tuple[list[Document], list[Problem]]:
    """The documents these finds make, and what is wrong with them."""
    problems = list(found.problems)
    settled = _settle(found.finds, machine, problems)
    _settle_money(settled, problems)
    _share_kwh(settled)
    documents: list[Document] = []
    if bill := _bill(settled, found, source, problems):
        documents.append(bill)
    for group, struct, names in (
        ("schedule", Schedule, ("day", "until")),
        ("debt", Debt, ("arising", "arising_tax", "owed", "owed_tax", "arising_kind", "invoice_kind")),
    ):
        picked = settled.pick(group, 0, names)
        if not picked:
            continue
        head = settled.pick("", 0, ("customer", *(() if bill else _SHARED)))
        documents.append(
            Document(struct(**head, **picked), _fields(settled, [("", 0, n) for n in head], group, names))
        )
    return documents, problems


def _settle(finds: Sequence[Match], machine: bool, problems: list[Problem]) -> _Settled:
    mark = decimal_mark(((one.raw, one.kind) for one in finds if one.kind in NUMBERS), machine=machine)  # type: ignore[misc]
    settled = _Settled({}, {})
    torn: dict[tuple[str, int, str], list[str]] = {}
    for one in finds:
        value = _value(one, mark, machine)
        if isinstance(value, Problem):
            problems.append(value)
            continue
        key = (one.group, one.index, one.name)
        if key in torn:
            if len(torn[key]) < 6 and one.raw not in torn[key]:
                torn[key].append(one.raw)
        elif key in settled.values and settled.values[key] != value:
            torn[key] = [settled.fields[key].raw, one.raw]
        else:
            settled.values.setdefault(key, value)
            settled.fields.setdefault(key, one)
    for key, raws in torn.items():
        path = settled.fields[key].path
        problems.append(Problem("two_values", path, {"values": ", ".join(raws)}))
        del settled.values[key], settled.fields[key]
    if torn.keys() & {("", 0, "month"), ("", 0, "year")}:
        for key in [key for key, one in settled.fields.items() if one.dated]:
            one = settled.fields.pop(key)
            del settled.values[key]
            problems.append(Problem("several_months", one.path, {"text": one.raw}))
    return settled


def _value(one: Match, mark: Mark | None, machine: bool) -> _Value | Problem:
    """What a find means, or the problem with it."""
    unreadable = Problem("unreadable", one.path, {"text": one.raw[:40]})
    if one.kind == "text":
        return one.raw
    if one.kind == "date":
        day = read_date(one.raw)
        return Problem(day, one.path, {"text": one.raw[:40]}) if isinstance(day, str) else day
    if one.kind == "time":
        return read_time(one.raw) or unreadable
    if one.kind == "int":
        return int(one.raw) if one.raw.isdecimal() and len(one.raw) <= 4 else unreadable
    value = settle(one.raw, one.kind, mark, machine=machine)  # type: ignore[arg-type]
    if isinstance(value, tuple):
        if not value:
            return unreadable
        low, high = sorted(value)
        return Problem("ambiguous", one.path, {"text": one.raw, "low": f"{low}", "high": f"{high}"})
    if one.name == "tax_rate":
        return _rate(value, one, machine)
    return -value if one.negative else value


def _rate(value: Decimal, one: Match, machine: bool) -> _Value | Problem:
    """A tax rate as a fraction of 1. A field of a program may hold 8 or 0.08; 1 could be either."""
    if one.negative or value > 100:
        return Problem("unreadable", one.path, {"text": one.raw})
    if machine and 0 < value <= 1:
        if value == 1:
            return Problem("ambiguous", one.path, {"text": one.raw, "low": "1 %", "high": "100 %"})
        return value
    return value.scaleb(-2)


def _settle_money(settled: _Settled, problems: list[Problem]) -> None:
    """What a bare "tiền điện" or "số tiền" is: the rest of the bill says, or nobody does."""
    key = ("", 0, "money")
    if key not in settled.values:
        return
    value, find = settled.values.pop(key), settled.fields.pop(key)
    tax, net, total = (settled.values.get(("", 0, name)) for name in ("tax", "net", "total"))
    known = isinstance(tax, Decimal) and isinstance(value, Decimal)
    name = None
    if value in (net, total):
        return
    amounts = [settled.values.get(("tiers", index, "amount")) for index in settled.indices("tiers")]
    if amounts and net is None and sum(a for a in amounts if isinstance(a, Decimal)) == value:
        name = "net"  # it is the sum of the printed lines, which are before tax
    elif total is None and net is None and tax is None:
        name = "total"  # a message that names one sum announces what is to be paid
    elif known and isinstance(total, Decimal) and net is None and value + tax == total:  # type: ignore[operator]
        name = "net"
    elif known and isinstance(net, Decimal) and total is None and value - tax == net:  # type: ignore[operator]
        name = "total"
    if name is None:
        problems.append(Problem("which_money", "total", {"text": find.raw}))
        return
    settled.values["", 0, name] = value
    settled.fields["", 0, name] = Match("", 0, name, find.kind, find.raw, find.start, find.end, find.negative)


def _share_kwh(settled: _Settled) -> None:
    """The consumption of the only register is what is billed, when nothing else is printed."""
    rows = settled.indices("rows")
    if len(rows) != 1:
        return
    row, head = ("rows", rows[0], "kwh"), ("", 0, "kwh")
    if (
        row in settled.values
        and head not in settled.values
        and ("rows", rows[0], "removed") not in settled.values
    ):
        one = settled.fields[row]
        settled.values[head] = settled.values[row]
        settled.fields[head] = Match("", 0, "kwh", one.kind, one.raw, one.start, one.end, one.negative)


def _bill(settled: _Settled, found: Matches, source: str, problems: list[Problem]) -> Document | None:
    head = settled.pick("", 0, _HEAD)
    if "read_at" in head and "last" not in head:
        del head["read_at"]
    rows: list[IndexRow] = []
    tiers: list[TierRow] = []
    keys = [("", 0, name) for name in head]
    for index in settled.indices("rows"):
        names = ("register", "serial", "old", "new", "multiplier", "kwh", "removed")
        picked = settled.pick("rows", index, names)
        if not picked.keys() & {"old", "new", "kwh", "removed", "multiplier"}:
            continue
        keys += [("rows", index, name) for name in picked]
        _renumber(settled, "rows", index, len(rows))
        rows.append(IndexRow(**picked))
    for index in settled.indices("tiers"):
        picked = settled.pick("tiers", index, ("kwh", "price", "amount"))
        if not picked.keys() >= {"kwh", "price"}:
            if picked:
                where = next(iter(picked))
                text = settled.fields["tiers", index, where].raw
                problems.append(Problem("half_tier", f"tiers[{index}]", {"text": text}))
            continue
        keys += [("tiers", index, name) for name in picked]
        _renumber(settled, "tiers", index, len(tiers))
        tiers.append(TierRow(**picked))
    useful = any(row.old is not None or row.new is not None or row.kwh is not None for row in rows)
    if not (useful or tiers or head.keys() & _TELLING):
        return None
    bill = Bill(
        **head, rows=tuple(rows), tiers=tuple(tiers), estimated=found.estimated is not None, source=source
    )
    fields = list(_fields(settled, keys))
    if found.estimated:
        fields.append(Field("estimated", *found.estimated))
    return Document(bill, tuple(sorted(fields, key=lambda f: (f.start, f.path))))


def _renumber(settled: _Settled, group: str, old: int, new: int) -> None:
    """Let the fields of a row carry the number that the row has in the bill."""
    for key, one in settled.fields.items():
        if key[:2] == (group, old):
            settled.fields[key] = Match(group, new, one.name, one.kind, one.raw, one.start, one.end)


def _fields(
    settled: _Settled, keys: Sequence[tuple[str, int, str]], group: str = "", names: Sequence[str] = ()
) -> tuple[Field, ...]:
    chosen = [*keys, *((group, 0, name) for name in names if (group, 0, name) in settled.fields)]
    found = [settled.fields[key] for key in chosen if key in settled.fields]
    return tuple(
        Field(one.path, one.start, one.end) for one in sorted(found, key=lambda f: (f.start, f.path))
    )
