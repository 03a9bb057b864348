"""Which money a bare "tiền điện", "số tiền" or "tổng cộng" is: the rest of the bill says, or nobody does."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from sodien.billing.notices.model import Problem
from sodien.billing.notices.settled import Match, SettledFields, value_of
from sodien.billing.notices.values import Mark, possible

#: The rates of the value-added tax on electricity.
TAX_RATES = (Decimal("0.08"), Decimal("0.10"))


#: What a kWh may cost where a bare sum stands beside it, in đồng, and from how many kWh on that is told.
_CHEAPEST, _DEAREST, _LEAST_KWH = 500, 7000, 10
#: Fields of money.
_SUMS = frozenset({"money", "net", "tax", "total"})
#: Words of electricity in front of a sum.
_POWER = frozenset({"dien", "kwh"})
#: Words of what is not to be paid of a sum.
_DISCOUNT = frozenset({"giam", "tro", "voucher"})


def settle_money(
    settled: SettledFields,
    finds: Sequence[Match],
    aside: Sequence[Match],
    loose: Sequence[Match],
    mark: Mark | None,
    machine: bool,
    problems: list[Problem],
) -> None:
    """What a bare "tiền điện", "số tiền" or "tổng cộng" is: the rest of the bill says, or nobody does."""
    sums: dict[Decimal, Match] = {}
    for one in finds:
        value = value_of(one, mark, machine)
        if isinstance(value, Problem):
            problems.append(Problem(value.key, "money", value.values))
        elif isinstance(value, Decimal):
            sums.setdefault(value, one)
    if ("", 0, "month") not in settled.values and any(
        p.key == "two_values" and p.field == "month" for p in problems
    ):
        dated = [value for value, one in sums.items() if one.dated]
        problems += [Problem("several_months", "money", {"text": sums.pop(value).raw}) for value in dated]
    amounts = [settled.values.get(("tiers", index, "amount")) for index in settled.indices("tiers")]
    lines = sum((one for one in amounts if isinstance(one, Decimal)), Decimal(0)) if amounts else None

    torn = {problem.field for problem in problems if problem.key == "two_values"}

    def take(value: Decimal, name: str) -> None:
        if name in torn:
            return  # printed under its own name, twice: no third sum is it
        value = next(known for known in sums if known == value)  # as it is printed
        one = sums.pop(value)
        settled.values["", 0, name] = value
        settled.fields["", 0, name] = replace(one, name=name)

    for name in ("net", "total"):
        if (known := settled.number(name)) is not None:
            sums.pop(known, None)
    if lines is not None and settled.number("net") is None and lines in sums:
        take(lines, "net")  # it is the sum of the printed lines, which are before tax
    net, tax, total = settled.number("net"), settled.number("tax"), settled.number("total")
    if net is not None and tax is not None and total is None and net + tax in sums:
        take(net + tax, "total")
    elif tax is not None and total is not None and net is None and total - tax in sums:
        take(total - tax, "net")
    elif tax is not None and net is None and total is None and len(sums) == 2:
        low, high = sorted(sums)
        if low + tax == high:
            take(low, "net")
            take(high, "total")
    _proven_by_sums(settled, sums, aside, loose)
    net, tax, total = settled.number("net"), settled.number("tax"), settled.number("total")
    others = [
        max(possible(one.raw, "money", machine=machine).values(), default=Decimal(0)) for one in aside[:6]
    ]
    extra = {
        sum(some, Decimal(0))
        for count in range(len(others) + 1)
        for some in itertools.combinations(others, count)
    }
    if (bare := _without_fee(total, sums, aside)) is not None:
        if total is not None:
            settled.drop(("", 0, "total"))
        take(bare, "total")
        return
    if (
        len(sums) > 1
        and total is None
        and any(max(sums) * 2 - sum(sums) == one for one in extra if one or len(sums) > 2)
    ):
        take(max(sums), "total")  # the others are its parts
        return
    if total is not None and (sum(sums) == total or (tax is not None and sum(sums) + tax == total)):
        return  # the parts of what is to be paid
    if total is None and net is None and tax is None and not machine:
        _without_others(settled, sums, loose, problems)
    wholes = {value for value, one in _by_value(loose).items() if {"tong", "cong"} & set(one.label.split())}
    if (
        len(sums) == 1
        and total is None
        and net is None
        and tax is None
        and not any(one.key == "unreadable" and one.field in _SUMS for one in problems)
        and not (any(next(iter(sums)) + one in wholes for one in extra if one))
    ):
        take(next(iter(sums)), "total")  # a message that names one sum announces what is to be paid
        return
    problems += [Problem("which_money", "total", {"text": one.raw}) for one in sums.values()]


def _without_fee(total: Decimal | None, sums: dict[Decimal, Match], aside: Sequence[Match]) -> Decimal | None:
    """What the electricity costs beside a fee and the sum of both: "512.000; phi 3.300; tong 515.300"."""
    fees = [value for value, one in _by_value(aside).items() if value and "phi" in one.label.split()]
    wholes = [total] if total is not None else [*sums]
    bare = {value for value in sums for fee in fees if value + fee in wholes}
    return bare.pop() if len(bare) == 1 else None


def _without_others(
    settled: SettledFields, sums: dict[Decimal, Match], loose: Sequence[Match], problems: list[Problem]
) -> None:
    """Leave out bare sums that the consumption cannot cost: they hold other things as well, or are a fee.

    Where none is left, the only sum with a word of electricity in front that it may cost is taken.
    """
    rows = settled.indices("rows")
    known = settled.number("kwh") or (
        settled.values.get(("rows", rows[0], "kwh")) if len(rows) == 1 else None
    )
    if (
        not isinstance(known, Decimal)
        or known < _LEAST_KWH
        or any(one.loose and one.name == "kwh" for one in settled.fields.values())
    ):
        return
    kwh = known
    others = [value for value in sums if not _CHEAPEST <= value / kwh <= _DEAREST]
    problems += [Problem("which_money", "total", {"text": sums.pop(value).raw}) for value in others]
    fits = [
        (value, one)
        for value, one in _by_value(loose).items()
        if _CHEAPEST <= value / kwh <= _DEAREST and _POWER & set(one.label.split())
    ]
    if not sums and len(fits) == 1:
        sums[fits[0][0]] = fits[0][1]


def _proven_by_sums(
    settled: SettledFields, sums: dict[Decimal, Match], aside: Sequence[Match], loose: Sequence[Match]
) -> None:
    """What only one sum explains: an old debt in the total, the tax that a total includes, a discount."""
    net, tax, total = settled.number("net"), settled.number("tax"), settled.number("total")
    rate = settled.number("tax_rate")
    others, free = _by_value(aside), _by_value(loose)

    def take(name: str, value: Decimal, one: Match) -> None:
        settled.values["", 0, name] = value
        settled.fields["", 0, name] = replace(one, name=name)

    if total is not None and tax is not None:
        for value, debt in others.items():
            base = total - tax - value
            if "no" in debt.label.split() and value and (net == base or (net is None and base in sums)):
                if net is None:
                    take("net", base, sums.pop(base))
                take("debt", value, debt)
                return
    if tax is not None and net is None and total is None:
        for value in list(sums):
            if value + tax in free:
                take("net", value, sums.pop(value))
                take("total", value + tax, free[value + tax])
                return
            if len(sums) == 1:
                names = {
                    name
                    for one in ((rate,) if rate is not None else TAX_RATES)
                    for name, base in (("net", value), ("total", value - tax))
                    if abs(base * one - tax) <= 1
                }
                if len(names) == 1:
                    take(names.pop(), value, sums.pop(value))
                    return
    if tax is None and net is None:
        wholes = {**free, **sums} if total is None else {total: settled.fields["", 0, "total"]}
        debts = [(value, one) for value, one in others.items() if value and "no" in one.label.split()]
        for value, (old, debt) in itertools.product(sums if total is None else {**free, **sums}, debts):
            if value + old in wholes:
                take("total", value + old, wholes[value + old])
                take("debt", old, debt)
                sums.pop(value, None)
                sums.pop(value + old, None)
                return
    whole = total if total is not None else next(iter(sums)) if len(sums) == 1 and net is None else None
    if whole is not None and tax is None and net is None:
        for value, one in free.items():
            rates = TAX_RATES if rate is None else (rate,)
            if any(abs(whole * one_rate / (1 + one_rate) - value) <= 1 for one_rate in rates):
                take("tax", value, one)
                if whole in sums:
                    take("total", whole, sums.pop(whole))
                return
    ends = {value: one for value, one in free.items() if one.label == "con"}
    ends |= sums | ({total: settled.fields["", 0, "total"]} if total is not None else {})
    for value, one in {**free, **others}.items():
        for before in (*sums, *(one for one in (net, total) if one is not None)):
            left = before - value + (tax or 0)
            if value and left in ends and _DISCOUNT & set(one.label.split()):
                take("total", left, ends[left])
                take("discount", value, one)
                sums.pop(before, None)
                sums.pop(left, None)
                return


def _by_value(found: Sequence[Match]) -> dict[Decimal, Match]:
    values: dict[Decimal, Match] = {}
    for one in found[:12]:
        for value in possible(one.raw, "money", machine=False).values():
            values.setdefault(value, one)
    return values
