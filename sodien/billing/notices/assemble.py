"""From single matches (a field, what was printed, where) to documents: one value a field, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec

from sodien.billing.bill import Bill, IndexRow, TierRow
from sodien.billing.notices.model import Debt, Document, Field, Problem, Schedule
from sodien.billing.notices.money import settle_money
from sodien.billing.notices.settled import (
    LEAST_PER_KWH,
    MOST_PER_KWH,
    NUMBERS,
    Key,
    Match,
    Matches,
    SettledFields,
    adds,
    settle_fields,
)
from sodien.billing.notices.sums import misfits
from sodien.billing.notices.values import decimal_mark

#: Fields that an announcement or a debt has where no bill has them.
SHARED = ("term", "month", "year")
_HEAD = ("customer", "serial", "name", "first", "last", *SHARED, "kwh", "net", "tax", "tax_rate", "total",
         "debt", "discount", "households", "read_at")  # fmt: skip
_ROW = ("register", "serial", "old", "new", "multiplier", "kwh", "removed", "sub", "direct")
#: Energy of a register that did not flow through its meter between the two indices.
_APART = ("removed", "sub", "direct")
_MONEY = ("net", "tax", "total")
#: Misfits of the kWh of registers, and of the whole.
_ENERGY_SUMS = ("sum_index", "sum_rollover", "sum_rows")
#: What makes a text a bill: a code and a month alone do not.
_TELLING = frozenset({"kwh", "net", "tax", "total"})
#: What says whose bill it is, and of when.
_WHOSE = frozenset({"customer", "serial", "name"})
_WHEN = frozenset({"month", "year", "term", "first", "last"})


def assemble(found: Matches, *, machine: bool, source: str) -> tuple[list[Document], list[Problem]]:
    """The documents these matches make, and what is wrong with them."""
    problems = list(found.problems)
    money = [one for one in found.finds if one.key == ("", 0, "money")]
    finds = [one for one in found.finds if one.key != ("", 0, "money")]
    printed = [one for one in found.finds if one.kind in NUMBERS and not one.exact]
    mark = decimal_mark(((one.raw, one.kind) for one in printed), machine=machine)  # type: ignore[misc]
    settled = settle_fields(finds, money, mark, machine, problems)
    settle_money(settled, money, found.aside, found.loose, mark, machine, problems)
    _idle_parts(settled)
    _loose_kwh(settled, problems)
    _loose_indices(settled, problems)
    _two_meters(settled, problems)
    if not any(problem.key == "two_values" and problem.field == "kwh" for problem in problems):
        _share_kwh(settled)
        _sum_kwh(settled, problems)
        _only_line(settled, money)
    documents: list[Document] = []
    if bill := _bill(settled, found, source, problems):
        documents.append(bill)
    for group, struct, names in (
        ("schedule", Schedule, ("day", "until")),
        ("debt", Debt, ("arising", "arising_tax", "owed", "owed_tax", "arising_kind", "invoice_kind")),
    ):
        picked = settled.pick(group, 0, names)
        if not picked.keys() & {"day", "arising", "owed"}:
            continue
        head = settled.pick("", 0, ("customer", *(() if bill else SHARED)))
        documents.append(
            Document(struct(**head, **picked), _fields(settled, [("", 0, n) for n in head], group, names))
        )
    return documents, problems


def _loose_kwh(settled: SettledFields, problems: list[Problem]) -> None:
    """A "số điện" without a unit is the consumption only where the money or the sum allows it."""
    key = ("", 0, "kwh")
    one = settled.fields.get(key)
    if one is None or not one.loose:
        return
    kwh = settled.values[key]
    total = settled.number("total") or settled.number("net")
    assert isinstance(kwh, Decimal)
    if total is not None and kwh > 0 and LEAST_PER_KWH <= total / kwh <= MOST_PER_KWH:
        return
    settled.drop(key)
    problems.append(Problem("unreadable", "kwh", {"text": one.raw}))


def _loose_indices(settled: SettledFields, problems: list[Problem]) -> None:
    """Indices behind bare words ("cu", "moi") are left out where the printed consumption is another."""
    rows = settled.indices("rows")
    for row in rows:
        old, new = ("rows", row, "old"), ("rows", row, "new")
        if not any(key in settled.fields and settled.fields[key].loose for key in (old, new)):
            continue
        kwh = settled.values.get(
            ("rows", row, "kwh"), settled.values.get(("", 0, "kwh")) if len(rows) == 1 else None
        )
        factor = settled.values.get(("rows", row, "multiplier"), Decimal(1))
        a, b = settled.values.get(old), settled.values.get(new)
        if not all(isinstance(one, Decimal) for one in (kwh, factor, a, b)) or adds(a, b, factor, kwh):  # type: ignore[arg-type]
            continue
        for key in (old, new):
            if key in settled.values:
                one = settled.drop(key)
                problems.append(Problem("unreadable", one.path, {"text": one.raw}))


# Registers


def _idle_parts(settled: SettledFields) -> None:
    """Sub-meters and direct energy of 0 kWh say that there are none."""
    for index in settled.indices("rows"):
        for key in (("rows", index, name) for name in ("sub", "direct")):
            if key in settled.values and not settled.values[key]:
                settled.drop(key)


def _proven_parts(bill: Bill, problems: list[Problem]) -> Bill:
    """The bill with the energy of sub-meters, and that added directly, where it adds up with them.

    The kWh of a register may contain them or not: :mod:`sodien.billing.arithmetic` tries both. Where neither
    gives what is printed, nobody can say what they mean: they are left out and named.
    """
    apart = [
        f"rows[{n}].{name}"
        for n, row in enumerate(bill.rows)
        for name in ("sub", "direct")
        if getattr(row, name)
    ]
    if not apart or not any(one.key.startswith(_ENERGY_SUMS) for one in misfits(bill)):
        return bill
    for path in apart:
        number, name = int(path[5 : path.index("]")]), path.rpartition(".")[2]
        problems.append(Problem("part_unclear", path, {"text": f"{getattr(bill.rows[number], name):f}"}))
    return msgspec.structs.replace(
        bill, rows=tuple(msgspec.structs.replace(row, sub=None, direct=None) for row in bill.rows)
    )


def _two_meters(settled: SettledFields, problems: list[Problem]) -> None:
    """Two meters in one period: the index at which one was taken down ends its row."""
    for index in settled.indices("rows"):
        removed, installed = ("rows", index, "removed_index"), ("rows", index, "installed_index")
        old, new, kwh = (("rows", index, name) for name in ("old", "new", "kwh"))
        has = settled.values.__contains__
        if has(removed) and has(installed) and has(old) and has(new) and settled.indices("rows") == [index]:
            total = settled.values.get(kwh, settled.values.get(("", 0, "kwh")))
            v = settled.values
            parts = (v[removed] - v[old]) + (v[new] - v[installed])  # type: ignore[operator]
            if isinstance(total, Decimal) and total == parts:
                settled.move(new, ("rows", index + 1, "new"))
                settled.move(installed, ("rows", index + 1, "old"))
                settled.move(removed, new)
                if has(kwh):
                    settled.move(kwh, ("", 0, "kwh"))
                continue
            for key in (old, new, removed, installed):
                one = settled.drop(key)
                if key in (old, new):
                    problems.append(Problem("several_meters", one.path, {"values": one.raw}))
            continue
        if has(removed):
            if has(old) and not has(new):
                settled.move(removed, new)
            else:
                settled.drop(removed)
        if has(installed):
            if has(new) and not has(old):
                settled.move(installed, old)
            else:
                settled.drop(installed)


def _share_kwh(settled: SettledFields) -> None:
    """The consumption of the only register is what is billed, when nothing else is printed."""
    rows = settled.indices("rows")
    if len(rows) != 1:
        return
    row, head = ("rows", rows[0], "kwh"), ("", 0, "kwh")
    if (
        row in settled.values
        and head not in settled.values
        and not any(("rows", rows[0], name) in settled.values for name in _APART)
    ):
        settled.values[head] = settled.values[row]
        settled.fields[head] = replace(settled.fields[row], group="", index=0)


def _sum_kwh(settled: SettledFields, problems: list[Problem]) -> None:
    """The consumption as the sum of the lines of the charge, where their money is the net."""
    tiers = [settled.pick("tiers", index, ("kwh", "price", "amount")) for index in settled.indices("tiers")]
    if ("", 0, "kwh") in settled.values or not tiers or any(len(one) < 3 for one in tiers):
        return
    if any(problem.field.rpartition(".")[2] == "kwh" for problem in problems):
        return
    charged = sum(one["amount"] for one in tiers)
    if settled.number("net") not in (charged, charged - (settled.number("discount") or 0)):
        return
    lines = [settled.fields["tiers", index, "kwh"] for index in settled.indices("tiers")]
    settled.values["", 0, "kwh"] = sum((one["kwh"] for one in tiers), Decimal(0))
    settled.fields["", 0, "kwh"] = replace(lines[0], group="", index=0, end=max(one.end for one in lines))


def _only_line(settled: SettledFields, money: Sequence[Match]) -> None:
    """One line of the charge for all that was used is the bill: "… = 100 so x 3.500 = 350.000"."""
    line = ("tiers", 0, "kwh"), ("tiers", 0, "amount"), ("", 0, "kwh"), ("", 0, "total")
    kwh, amount, all_kwh, total = line
    if (
        settled.indices("tiers") != [0]
        or kwh not in settled.values
        or settled.indices("rows") not in ([], [0])
    ):
        return
    old, new, factor = (settled.values.get(("rows", 0, name)) for name in ("old", "new", "multiplier"))
    used = settled.values.get(all_kwh)
    if used is None and isinstance(old, Decimal) and isinstance(new, Decimal):
        used = (new - old) * (factor if isinstance(factor, Decimal) else 1)
    if used != settled.values[kwh]:
        return
    if all_kwh not in settled.values:
        settled.values[all_kwh] = settled.values[kwh]
        settled.fields[all_kwh] = replace(settled.fields[kwh], group="", index=0)
    if amount in settled.values and not money and not any(("", 0, n) in settled.values for n in _MONEY):
        settled.values[total] = settled.values[amount]
        settled.fields[total] = replace(settled.fields[amount], group="", index=0, name="total")


# The bill


def _bill(settled: SettledFields, found: Matches, source: str, problems: list[Problem]) -> Document | None:
    head = settled.pick("", 0, _HEAD)
    if "read_at" in head and "last" not in head:
        del head["read_at"]
    rows: list[IndexRow] = []
    tiers: list[TierRow] = []
    keys: list[Key] = [("", 0, name) for name in head]
    numbers: list[Match] = []
    for index in settled.indices("rows"):
        picked = settled.pick("rows", index, _ROW)
        named = "register" in picked and any(one.field.startswith(f"rows[{index}].") for one in problems)
        if not (named or picked.keys() & {"old", "new", "kwh", "removed", "multiplier"}):
            continue
        numbers += _renumbered(settled, "rows", index, len(rows), picked)
        rows.append(IndexRow(**picked))
    for index in settled.indices("tiers"):
        picked = settled.pick("tiers", index, ("kwh", "price", "amount"))
        if not picked.keys() >= {"kwh", "price"}:
            if picked:
                text = settled.fields["tiers", index, next(iter(picked))].raw
                problems.append(Problem("half_tier", f"tiers[{index}]", {"text": text}))
            continue
        numbers += _renumbered(settled, "tiers", index, len(tiers), picked)
        tiers.append(TierRow(**picked))
    indices = [one for row in rows for one in (row.old, row.new) if one is not None]
    # Of one index alone, of no day or month, nobody says what it is for; one that is not clear is one too.
    unclear = {one.field.rpartition(".")[2] for one in problems if one.field} & {"old", "new"}
    printed = len(indices) + len(unclear)
    useful = any(row.kwh is not None for row in rows) or printed > 1 - bool(head.keys() & _WHEN)
    dated = "customer" in head and bool(head.keys() & {"first", "last"})
    if not (useful or tiers or dated or head.keys() & _TELLING):
        return None
    if not tiers and not any(one.field for one in problems) and _is_remark(settled, head):
        return None
    bill = Bill(
        **head, rows=tuple(rows), tiers=tuple(tiers), estimated=found.estimated is not None, source=source
    )
    bill = _proven_parts(bill, problems)
    fields = [*_fields(settled, keys), *(Field(one.path, one.start, one.end) for one in numbers)]
    doubtful = {problem.field for problem in problems if problem.key == "part_unclear"}
    fields = [one for one in fields if one.path not in doubtful]
    if found.estimated:
        fields.append(Field("estimated", *found.estimated))
    return Document(bill, tuple(sorted(fields, key=lambda f: (f.start, f.path))))


def _is_remark(settled: SettledFields, head: dict[str, Any]) -> bool:
    """Whether there is one quantity alone: money of nobody and of no month, or the energy of a day."""
    telling = [*(head.keys() & _TELLING)]
    if len(telling) != 1:
        return False
    one = settled.fields["", 0, telling[0]]
    if any(group == "rows" and other.start != one.start for (group, *_), other in settled.fields.items()):
        return False
    if one.kind == "kwh" and one.strained:
        return True
    return not head.keys() & (_WHEN | _WHOSE) and (one.label in ("", "used", "money", "amount"))


def _renumbered(
    settled: SettledFields, group: str, old: int, new: int, picked: dict[str, Any]
) -> list[Match]:
    """The fields of a row, with the number that the row has in the bill."""
    return [replace(settled.fields[group, old, name], group=group, index=new) for name in picked]


def _fields(
    settled: SettledFields, keys: Sequence[Key], group: str = "", names: Sequence[str] = ()
) -> tuple[Field, ...]:
    chosen = [*keys, *((group, 0, name) for name in names if (group, 0, name) in settled.fields)]
    found = [settled.fields[key] for key in chosen if key in settled.fields]
    return tuple(
        Field(one.path, one.start, one.end) for one in sorted(found, key=lambda f: (f.start, f.path))
    )
