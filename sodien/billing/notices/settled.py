"""Matches, and the one value that each field of them has: what is printed, settled by marks and by sums."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, get_args

from sodien.billing.notices.dates import read_date, read_time
from sodien.billing.notices.model import Problem
from sodien.billing.notices.values import Kind, Mark, possible, settle

NUMBERS = frozenset(get_args(Kind))
#: More registers or printed lines than any bill has.
MOST_ROWS = 60
_MOST_DIAL_DIGITS = 7
#: How far printed decimals of a consumption may be from what the indices give.
_EXACT = Decimal("0.005")
#: What a kWh may cost on a bill, taxes and fees included: a number that makes it cheaper or dearer is not it.
LEAST_PER_KWH, MOST_PER_KWH = Decimal(300), Decimal(20_000)
#: What one costs where nothing else proves a sum, in đồng.
_LEAST_PRICE, _MOST_PRICE = 1000, 6000

_Value = Decimal | dt.date | dt.time | int | str
Key = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Match:
    """One printed value.

    Attributes:
        group: empty for the head of a bill, else ``rows``, ``tiers``, ``debt`` or ``schedule``.
        index: which row of the group.
        name: the field.
        kind: of number (see :data:`sodien.billing.notices.values.Kind`), else date, time, int, text or name.
        raw: as printed, folded unless it is text.
        start, end: where in the original text.
        negative: a minus stands in front.
        dated: a month stands between the label and the value, which is of that month.
        weak: only a sum proves that this is the whole number.
        loose: its label may mean the dial as well as the consumption.
    strained: words that are not known stand between the label and the value.
        label: its label's name, where several share a field.
        value: what it means, where more than ``raw`` was needed for that.
        exact: the format itself says that it is a number: the point is its decimal mark.
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
    weak: bool = False
    loose: bool = False
    strained: bool = False
    label: str = ""
    value: dt.date | None = None
    exact: bool = False

    @property
    def key(self) -> Key:
        """Which field of which row it is."""
        return self.group, self.index, self.name

    @property
    def path(self) -> str:
        """Its field as people and scripts see it."""
        if self.group in ("rows", "tiers"):
            return f"{self.group}[{self.index}].{self.name}"
        return self.name


@dataclass(slots=True)
class Matches:
    """What a reader collects from one document.

    Attributes:
        finds: the printed values.
        problems: what could not be read.
        estimated: where the notice says that the reading is an estimate.
        aside: sums of money that are no field, such as a discount: a total may hold them.
        loose: sums of money that no label has: arithmetic may prove one.
    """

    finds: list[Match] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    estimated: tuple[int, int] | None = None
    aside: list[Match] = field(default_factory=list)
    loose: list[Match] = field(default_factory=list)


def shared_multiplier(finds: list[Match]) -> list[Match]:
    """With the only multiplier, in front of all registers, as that of each."""
    factors = [one for one in finds if one.name == "multiplier"]
    rows = {one.index for one in finds if one.group == "rows"}
    if len(factors) != 1:
        return finds
    return [*finds, *(replace(factors[0], index=row) for row in rows - {factors[0].index})]


@dataclass(frozen=True, slots=True)
class SettledFields:
    """The values of a document by group, row and field, with the match of each."""

    values: dict[Key, _Value]
    fields: dict[Key, Match]

    def pick(self, group: str, index: int, names: Sequence[str]) -> dict[str, Any]:
        """The fields of one row that have a value."""
        return {
            name: self.values[group, index, name] for name in names if (group, index, name) in self.values
        }

    def indices(self, group: str) -> list[int]:
        """The rows of a group."""
        return sorted({index for g, index, _ in self.values if g == group})

    def number(self, name: str) -> Decimal | None:
        """A number of the head."""
        value = self.values.get(("", 0, name))
        return value if isinstance(value, Decimal) else None

    def move(self, old: Key, new: Key) -> None:
        """Let a value be another field's."""
        value, match = self.values.pop(old), self.fields.pop(old)
        self.values[new] = value
        self.fields[new] = replace(match, group=new[0], index=new[1], name=new[2])

    def drop(self, key: Key) -> Match:
        """Leave a value out; returns its match."""
        del self.values[key]
        return self.fields.pop(key)


def settle_fields(
    finds: Sequence[Match], money: Sequence[Match], mark: Mark | None, machine: bool, problems: list[Problem]
) -> SettledFields:
    """One value for each field; what cannot be settled is left out and named.

    ``money``: sums of which it is open whether they are before tax.
    """
    proven = {**dict(_priced((*finds, *money), machine)), **dict(_proofs(finds, machine))}
    settled = SettledFields({}, {})
    torn: dict[Key, list[str]] = {}
    for one in _without_strained(finds):
        known = proven.get(one.key) if one.kind in NUMBERS else None
        sure = known is not None and known in _candidates(one, machine)
        value = known if sure and known is not None else value_of(one, mark, machine)
        if isinstance(value, Problem):
            if value not in problems:
                problems.append(value)
            continue
        if isinstance(value, Decimal) and (machine or one.kind in ("money", "price")):
            value = _bare(value)
        key = one.key
        if key in torn:
            if len(torn[key]) < 6 and one.raw not in torn[key]:
                torn[key].append(one.raw)
        elif key in settled.values and settled.values[key] != value:
            torn[key] = [settled.fields[key].raw, one.raw]
        else:
            settled.values.setdefault(key, value)
            settled.fields.setdefault(key, one)
    for key, raws in torn.items():
        problems.append(Problem("two_values", settled.fields[key].path, {"values": ", ".join(raws)}))
        settled.drop(key)
    if torn.keys() & {("", 0, "month"), ("", 0, "year")}:
        for key in [key for key, one in settled.fields.items() if one.dated]:
            one = settled.drop(key)
            problems.append(Problem("several_months", one.path, {"text": one.raw}))
    return settled


def _without_strained(finds: Sequence[Match]) -> list[Match]:
    """Without energies and indices over words that are not known, where others stand behind their label."""
    plain = {one.key for one in finds if not one.strained}
    return [one for one in finds if not (one.strained and one.key in plain and one.kind in ("kwh", "index"))]


def _candidates(one: Match, machine: bool) -> list[Decimal]:
    if one.exact:
        return [-Decimal(one.raw) if one.negative else Decimal(one.raw)]
    return [
        -value if one.negative else value
        for value in set(possible(one.raw, one.kind, machine=machine).values())  # type: ignore[arg-type]
    ]


def _proofs(finds: Sequence[Match], machine: bool) -> Iterator[tuple[Key, Decimal]]:
    """Values that an equation settles: (new − old) × multiplier is the consumption."""
    by: dict[Key, list[Match]] = {}
    for one in finds:
        if one.kind in NUMBERS:
            by.setdefault(one.key, []).append(one)
    rows = sorted({index for group, index, _ in by if group == "rows"})
    known: dict[Key, Decimal] = {}
    for row in rows:
        keys = {name: ("rows", row, name) for name in ("old", "new", "multiplier", "kwh")}
        if keys["kwh"] not in by and len(rows) == 1:
            keys["kwh"] = ("", 0, "kwh")
        if keys["old"] not in by and keys["multiplier"] not in by and not machine:
            # "98 kWh … CS 7.642": a dial does not show less than what was used, unless it went round
            used = [min(_candidates(one, machine), default=Decimal(0)) for one in by.get(keys["kwh"], ())]
            shown = [one for new in by.get(keys["new"], ()) for one in _candidates(new, machine)]
            if used and len(high := {one for one in shown if one >= max(used)}) == 1 < len(set(shown)):
                known[keys["new"]] = high.pop()
        lines = _kwh_of_lines(by, machine) if keys["kwh"] not in by and len(rows) == 1 else []
        if keys["old"] not in by or keys["new"] not in by or not (lines or keys["kwh"] in by):
            continue
        if ("rows", row, "removed") in by:
            continue
        options = {
            name: sorted({value for one in by.get(key, ()) for value in _candidates(one, machine)})
            for name, key in keys.items()
        }
        options["multiplier"] = options["multiplier"] or [Decimal(1)]
        options["kwh"] = options["kwh"] or lines
        if any(not 1 <= len(values) <= 6 for values in options.values()):
            continue
        fits = [
            (old, new, factor, kwh)
            for old, new, factor, kwh in itertools.product(
                *(options[n] for n in ("old", "new", "multiplier", "kwh"))
            )
            if adds(old, new, factor, kwh)
        ]
        if len(fits) > 1:
            # "20.150", "20.418" and 268 fit as they are; 0.268 of them would need a kWh of that size.
            whole = [fit for fit in fits if all(value == value.to_integral_value() for value in fit)]
            fits = whole if len(whole) == 1 else fits
        if len(fits) != 1:
            continue
        for name, value in zip(("old", "new", "multiplier", "kwh"), fits[0], strict=True):
            if keys[name] in by:
                known[keys[name]] = value
    yield from known.items()
    yield from _parts(by, rows, known, machine)


def _kwh_of_lines(by: Mapping[Key, Sequence[Match]], machine: bool) -> list[Decimal]:
    """The kWh of all printed lines of the charge, where each can be read in one way only."""
    found = [
        {value for one in by[key] for value in _candidates(one, machine)}
        for key in by
        if key[0] == "tiers" and key[2] == "kwh"
    ]
    if not found or any(len(one) != 1 for one in found):
        return []
    return [sum((value for one in found for value in one), Decimal(0))]


def _priced(finds: Sequence[Match], machine: bool) -> Iterator[tuple[Key, Decimal]]:
    """Energy and indices of which only one reading costs what a kWh may cost."""
    by: dict[str, list[Match]] = {}
    for one in finds:
        if one.kind in NUMBERS and one.group in ("", "rows"):
            by.setdefault(one.name, []).append(one)
    sums = {max(_candidates(one, machine), default=Decimal(0)) for name in ("total", "net", "money")
            for one in by.get(name, ())}  # fmt: skip
    if (
        machine
        or not sums
        or any(len({one.raw for one in by.get(name, ())}) > 1 for name in ("old", "new", "kwh", "multiplier"))
    ):
        return
    options = {
        name: _candidates(by[name][0], machine) for name in ("old", "new", "multiplier", "kwh") if name in by
    }
    cost = max(sums)

    def costs(kwh: Decimal) -> bool:
        return kwh > 0 and LEAST_PER_KWH <= cost / kwh <= MOST_PER_KWH

    energies = set(options.get("kwh", ()))
    for one in (*by.get("total", ()), *by.get("money", ())):
        if one.weak and len(energies) == 1:  # "6  240 118 d": either the whole of it, or its end
            whole, end = (
                _candidates(replace(one, raw=raw), machine) for raw in (one.raw, one.raw.split("  ")[-1])
            )
            (kwh,) = energies
            dear = [_LEAST_PRICE <= value / kwh <= _MOST_PRICE for value in (*whole, *end) if kwh]
            if dear == [True, False]:
                yield one.key, whole[0]
    if len(fits := [kwh for kwh in options.get("kwh", ()) if costs(kwh)]) == 1:
        yield from ((one.key, fits[0]) for one in by["kwh"])
    factors = options.get("multiplier", [Decimal(1)])
    pairs = [
        (a, b)
        for a, b, factor in itertools.product(options.get("old", ()), options.get("new", ()), factors)
        if costs((b - a) * factor) and (a % 1 == 0) == (b % 1 == 0)
    ]
    if "kwh" not in options and len(pairs) == 1:
        yield by["old"][0].key, pairs[0][0]
        yield by["new"][0].key, pairs[0][1]


def _parts(
    by: Mapping[Key, Sequence[Match]], rows: Sequence[int], known: Mapping[Key, Decimal], machine: bool
) -> Iterator[tuple[Key, Decimal]]:
    """The consumption of several registers whose sum is printed."""
    parts = [("rows", row, "kwh") for row in rows]
    keys: list[Key] = [*parts, ("", 0, "kwh")]
    if not 2 <= len(parts) <= 4 or any(len({one.raw for one in by.get(key, ())}) != 1 for key in keys):
        return
    options = [[known[key]] if key in known else _candidates(by[key][0], machine) for key in keys]
    fits = [values for values in itertools.product(*options) if sum(values[:-1]) == values[-1]]
    whole = [values for values in fits if all(value == value.to_integral_value() for value in values)]
    if len(fits) == 1 or len(whole) == 1:
        yield from zip(keys, (fits if len(fits) == 1 else whole)[0], strict=True)


def adds(old: Decimal, new: Decimal, factor: Decimal, kwh: Decimal) -> bool:
    """Whether two indices give a consumption, with the dial rolled over if the new one is the lower."""
    rounded = 1 if kwh == kwh.to_integral_value() else _EXACT
    if new >= old:
        return abs((new - old) * factor - kwh) < rounded and (kwh != 0 or new == old)
    digits = max(len(str(int(abs(old)))), len(str(int(abs(new)))))
    return any(
        abs((Decimal(10) ** size + new - old) * factor - kwh) < rounded
        for size in range(digits, _MOST_DIAL_DIGITS + 1)
    )


def _bare(value: Decimal) -> Decimal:
    """Without zeros behind the point: programs write them whatever was rounded, and đồng have no parts."""
    bare = value.normalize()
    return bare.quantize(Decimal(1)) if bare == bare.to_integral_value() else bare


def value_of(one: Match, mark: Mark | None, machine: bool) -> _Value | Problem:
    """What a match means, or the problem with it."""
    unreadable = Problem("unreadable", one.path, {"text": one.raw[:40]})
    if one.value is not None:
        return one.value
    if one.kind in ("text", "name"):
        return one.raw
    if one.kind == "date":
        day = read_date(one.raw)
        return Problem(day, one.path, {"text": one.raw[:40]}) if isinstance(day, str) else day
    if one.kind == "time":
        return read_time(one.raw) or unreadable
    if one.kind == "int":
        if not one.raw.isdecimal() or len(one.raw) > 4:
            return unreadable
        return int(one.raw) + (2000 if one.name == "year" and len(one.raw) == 2 else 0)
    if one.weak:
        return unreadable
    if one.exact:
        value: Decimal | tuple[Decimal, ...] = Decimal(one.raw)
        if one.kind == "money" and Decimal(one.raw) % 1:
            return unreadable  # groups of thousands that somebody took for decimals
    else:
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
