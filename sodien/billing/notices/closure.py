"""Numbers that prove themselves, whatever their labels: old + consumption = new, net + tax = total.

What stands in such a sum needs no label that is known. Only numbers that nothing else has are tried, the sum
must be the only one, and a label that says something else forbids it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sodien.billing.notices.bind import Binder
from sodien.billing.notices.charge_lines import HIGHEST_PRICE, LOWEST_PRICE
from sodien.billing.notices.money import TAX_RATES
from sodien.billing.notices.pairs import energies_of, factors_of, is_index, values_of
from sodien.billing.notices.piece import Piece
from sodien.billing.notices.settled import Match
from sodien.billing.notices.values import possible

#: Labels that an index in a sum may stand behind.
_INDICES = frozenset({"old", "new", "index", "used", "kwh", "row_kwh", "kwh_or_index"})
#: Words, passed over elsewhere, that an index of the time before stands behind.
_BEFORE = frozenset({"ky truoc", "thang truoc", "so", "last month"})
_MOST_APART = 24
#: A pair has this many other numbers between it, at most.
_MOST_BETWEEN = 3
_MOST_TRIED = 40
#: How far the printed tax may be from its rate, in đồng.
_ROUNDED = 1
_LEAST_NET = 5000


def bind_index_sums(binder: Binder) -> None:
    """Bind two indices whose difference is the printed consumption, and it, where no label has them."""
    if any(one.group == "rows" and one.name in ("old", "new") for one in binder.found.finds):
        return
    bind_priced_differences(binder)
    if binder.proven:
        return
    factors = factors_of(binder)
    energies = energies_of(binder)
    if not energies:
        return
    free = (at for at, piece in enumerate(binder.pieces) if _may_be_index(binder, at, piece))
    places = list(itertools.islice(free, _MOST_TRIED))
    pairs: dict[tuple[str, str], tuple[int, int]] = {}
    for number, at in enumerate(places):
        for to in (one for one in places[number + 1 : number + 1 + _MOST_BETWEEN] if one - at <= _MOST_APART):
            low, high = sorted((at, to), key=lambda one: max(values_of(binder.pieces[one])))
            if _differs(binder, low, high, energies, factors) and _labels_agree(binder, low, high):
                pairs.setdefault((binder.pieces[low].text, binder.pieces[high].text), (low, high))
    if len(pairs) == 1:
        _bind_indices(binder, *next(iter(pairs.values())))
        return


def _may_be_index(binder: Binder, at: int, piece: Piece) -> bool:
    if (
        at in binder.used | binder.skipped | binder.exported
        or not is_index(piece)
        or piece.glued
        or len(piece.text) < 2
    ):
        return False
    if piece.unit is not None or not values_of(piece) or binder.reach.is_day(at, piece):
        return False
    before = binder.pieces[at - 1] if at else None
    behind = binder.pieces[at + 1 : at + 2]
    sign = before is not None and before.text in ("x", "*", "/")
    if (sign and before is not None and (before.text != "/" or before.end == piece.start)) or any(
        one.text in ("x", "*") for one in behind
    ):
        return False
    where = binder.reach.owner(at, piece)
    if where is None or binder.pieces[where].label in _INDICES:
        return True
    return binder.pieces[where].text in _BEFORE


def _differs(binder: Binder, low: int, high: int, energies: set[Decimal], factors: set[Decimal]) -> bool:
    return any(
        b > a and (b - a) * factor in energies
        for a in values_of(binder.pieces[low])
        for b in values_of(binder.pieces[high])
        for factor in factors
        if -3 not in (a.as_tuple().exponent, b.as_tuple().exponent)  # thousands, where no label says else
    )


def _labels_agree(binder: Binder, low: int, high: int) -> bool:
    """Whether no label says that the lower number is the new one, and not both have their labels."""
    owners = [binder.reach.owner(at, binder.pieces[at]) for at in (low, high)]
    labels = [None if one is None else binder.pieces[one].label for one in owners]
    if labels == ["old", "new"]:
        return False  # the labels do it
    if labels[1] == "skip" and binder.pieces[owners[1] or 0].text == "so":
        labels[1] = None  # "hôm nay số 8.812, tháng trước 8.650"
    either = (None, "index", "kwh_or_index")
    return labels[0] in (*either, "old", "skip") and labels[1] in (*either, "new")


def _bind_indices(binder: Binder, low: int, high: int) -> None:
    for name, at in (("old", low), ("new", high)):
        where = binder.reach.owner(at, binder.pieces[at])
        binder.proven[at] = name
        binder.used |= set() if where is None else {where}
    binder.used |= {
        at
        for at in range(min(low, high), max(low, high))
        if binder.pieces[at].kind == "month" and len(binder.pieces[at].parts) == 1
    }


def bind_priced_differences(binder: Binder) -> None:
    """Bind indices and money of "(2.450 - 2.361) x 3.500 = 311.500": the product proves both."""
    pieces = binder.pieces
    for at in range(1, len(pieces) - 5):
        if pieces[at].text != "-":
            continue
        signs = [one.text for one in pieces[at + 2 : at + 8]]
        times = 1 if signs[0] == ")" else 0
        last = at + 2 + times
        if last + 3 >= len(pieces) or signs[times] not in ("x", "*") or signs[times + 2] != "=":
            continue
        new, old, price, amount = (pieces[one] for one in (at - 1, at + 1, last + 1, last + 3))
        kinds = (values_of(new), values_of(old), _sums(price), _sums(amount))
        if any(one.kind != "number" for one in (new, old, price, amount)):
            continue
        if any(a > b and (a - b) * p == c for a, b, p, c in itertools.product(*kinds)):
            binder.proven |= {at - 1: "new", at + 1: "old"}
            binder.find("", "money", "money", amount.text, amount.start, amount.end, label="sum")
            binder.used |= set(range(at, last + 4)) - {at + 1}
            binder.cover(new.start, amount.whole[1])
            return


def bind_priced_energy(binder: Binder) -> None:
    """Bind the consumption and the money of a kWh's price, where only one product of them is printed."""
    pieces = binder.pieces
    has = {one.name for one in binder.found.finds if not one.group}
    lines = [one for one in binder.found.finds if one.group == "tiers"]
    if (
        len(lines) > 2
        or any(one.name == "amount" for one in lines)
        or ("kwh" in has and has & {"money", "total", "net"})
    ):
        return
    priced = {
        at
        for at, one in enumerate(pieces)
        if one.kind == "number"
        and (
            one.unit in ("price", "money") or _is_behind(binder, at, "price") or is_for_one(binder.pieces, at)
        )
    }
    prices = {
        value
        for at in priced
        for value in possible(pieces[at].text, "factor", machine=False).values()
        if LOWEST_PRICE <= value <= HIGHEST_PRICE
    }
    prices |= {
        value
        for one in lines
        if one.name == "price"
        for value in possible(one.raw, "price", machine=False).values()
    }
    energies = dict.fromkeys(energies_of(binder), -1)
    for at, one in enumerate(pieces):
        if one.kind == "number" and one.unit in (None, "kwh") and _is_behind(binder, at, "quantity", "kwh"):
            energies |= dict.fromkeys(values_of(one), at)
    if not prices or len(prices) > _MOST_TRIED or len(energies) > _MOST_TRIED:
        return
    most = max(energies, default=Decimal(0))  # a part of what was used does not cost the bill
    products = {most * price: most for price in prices if most > 1}
    found = {
        pieces[at].text: (at, energies[products[value]])
        for at, one in enumerate(pieces)
        if at not in priced or one.unit == "money"
        for value in _sums(one) & products.keys()
    }
    if len(found) != 1:
        return
    ((at, kwh),) = found.values()
    for place, name, kind in ((kwh, "kwh", "kwh"), (at, "money", "money")):
        one = pieces[place]
        span = binder.span(one.start, one.end)
        if place < 0 or (name == "money" and has & {"total", "net", "money"}):
            continue
        binder.found.finds = [two for two in binder.found.finds if (two.start, two.end) != span]
        binder.find("", name, kind, one.text, one.start, one.end, label="sum")
        binder.used.add(place)
        binder.cover(*one.whole)


def is_for_one(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a sum is what one kWh costs: "1 so 2.000d", "3 ngan 1 ki"."""
    priced = pieces[at].unit in ("money", "doubt")
    return priced and any(is_one_kwh(pieces, beside) for beside in (at - 1, at + 1))


def is_one_kwh(pieces: Sequence[Piece], at: int) -> bool:
    """Whether this says "1 kWh", which is the unit of a price."""
    return 0 <= at < len(pieces) and pieces[at].text == "1" and pieces[at].unit == "kwh"


def _is_behind(binder: Binder, at: int, *labels: str) -> bool:
    """Whether one of these labels stands in front of a number, with signs and words between at most."""
    for back in range(at - 1, max(-1, at - 5), -1):
        one = binder.pieces[back]
        if one.kind == "label" and one.label != "skip":
            return one.label in labels
        if one.kind not in ("word", "sign", "label"):
            return False
    return False


def _sums(piece: Piece) -> set[Decimal]:
    return set(possible(piece.text, "money", machine=False).values()) if piece.kind == "number" else set()


def bind_difference(binder: Binder) -> None:
    """Bind the third of old, new and consumption that no label has, where the other two give it."""
    finds = binder.found.finds
    found = {one.name: one for one in finds if one.group in ("", "rows") and one.index == 0}
    if any(one.group == "rows" and one.index for one in finds) or binder.rows.shared:
        return
    missing = {"old", "new", "kwh"} - found.keys()
    if len(missing) != 1:
        return
    (name,) = missing
    old, new, kwh, factor = (
        set(possible(found[one].raw, "index", machine=False).values()) if one in found else set()
        for one in ("old", "new", "kwh", "multiplier")
    )
    factor = factor or {Decimal(1)}
    if name == "kwh":
        wanted = {(b - a) * c for a in old for b in new for c in factor if b > a}
    elif name == "new":
        wanted = {a + k / c for a in old for k in kwh for c in factor if c and k}
    else:
        wanted = {b - k / c for b in new for k in kwh for c in factor if c and k and b >= k / c}
    may_be = _may_be_difference if name == "kwh" else _may_be_index
    free = {
        binder.pieces[at].text: at
        for at, one in enumerate(binder.pieces)
        if may_be(binder, at, one) and values_of(one) & wanted
    }
    if len(free) == 1:
        ((text, at),) = free.items()
        one = binder.pieces[at]
        span = binder.span(one.start, one.end)
        binder.found.finds = [two for two in binder.found.finds if (two.start, two.end) != span]
        group, kind = ("", "kwh") if name == "kwh" else ("rows", "index")
        binder.find(group, name, kind, text, one.start, one.end, label="sum")
        binder.used.add(at)
        binder.cover(*one.whole)


def part_meters(binder: Binder) -> None:
    """Part two meters in one row where their differences add up: "1200, 1240, 300, 328 (68kWh)"."""
    rows = [one for one in binder.found.finds if one.group == "rows"]
    found = sorted((one for one in rows if one.name in ("old", "new")), key=lambda one: one.start)
    if [one.name for one in found] != ["old", "new"] * 2 or len({one.index for one in rows}) > 1:
        return
    read = (possible(one.raw, "index", machine=False).values() for one in found)
    energies = energies_of(binder)
    if any(new - old + end - begin in energies for old, new, begin, end in itertools.product(*read)):
        binder.found.finds = [
            replace(one, index=one.index + 1) if one in found[2:] else one for one in binder.found.finds
        ]


def _may_be_difference(binder: Binder, at: int, piece: Piece) -> bool:
    """Whether a number is free, or money only by "TT", which may be "tiêu thụ" as well."""
    if _is_free(binder, at, piece):
        return True
    back = at - 1
    while back >= 0 and binder.pieces[back].text in (":", "="):
        back -= 1
    if piece.kind == "number" and at in binder.skipped and binder.pieces[back].text == "so":
        return piece.unit is None and not piece.glued  # "tong so: 82"
    named = piece.label == "ordinal" or (piece.kind == "number" and piece.unit is None)
    return named and back >= 0 and binder.pieces[back].text == "tt"


def _is_free(binder: Binder, at: int, piece: Piece) -> bool:
    free = at not in binder.used and at not in binder.skipped and not piece.glued
    return free and is_index(piece) and piece.unit is None and len(piece.text) > 1


# Money


def bind_tax_sums(binder: Binder) -> None:
    """Bind net, tax and total that no label has, where two sums and a known rate prove all three."""
    bound = {
        one.name: possible(one.raw, "money", machine=False).values()
        for one in binder.found.finds
        if not one.group and one.name in ("net", "tax", "total")
    }
    if len(bound) == 3 or any(one.group == "debt" for one in binder.found.finds):
        return
    sums = _sums_of(binder)
    found = set(_tax_sums(sums))
    if len(found) != 1:
        return
    named = dict(zip(("net", "tax", "total"), found.pop(), strict=True))
    if any(not set(named.values()) & set(known) for known in bound.values()):
        return
    wrong = {name for name, known in bound.items() if named[name] not in known}
    # "T.Tien 175.050, VAT 14.004, Cong 189.054": the sum says which is before tax
    finds = [one for one in binder.found.finds if one.group or one.name not in wrong]
    for name, value in named.items():
        if name not in bound or name in wrong:
            one = sums[value]
            finds = [two for two in finds if (two.start, two.end) != (one.start, one.end) or two.group]
            finds.append(replace(one, group="", index=0, name=name, kind="money", label="sum"))
            binder.covered.append((one.start, one.end))
    binder.found.finds = finds
    proven = {(sums[value].start, sums[value].end) for value in named.values()}
    binder.used |= {
        at for at, one in enumerate(binder.pieces)
        if one.kind == "number" and binder.span(one.start, one.end) in proven
    }  # fmt: skip


def _sums_of(binder: Binder) -> dict[Decimal, Match]:
    """What may be net, tax or total, by its value: sums of money that have no other field, or none."""
    sums: dict[Decimal, Match] = {}
    taken: set[tuple[int, int]] = set()
    lines = [one for one in binder.found.finds if one.group == "tiers" and one.name == "amount"]
    for one in binder.found.finds:
        money = not one.group and one.name in ("money", "net", "tax", "total")
        if money or [one] == lines:  # the only line of the charge is before tax
            for value in possible(one.raw, "money", machine=False).values():
                sums.setdefault(value, one)
        elif one not in lines:
            taken.add((one.start, one.end))
    for piece in binder.pieces:
        if piece.kind != "number" or piece.unit not in (None, "money") or piece.glued:
            continue
        span = binder.span(piece.start, piece.end)
        value = max(_sums(piece), default=Decimal(0))
        if span not in taken and value and value == value.to_integral_value():
            sums.setdefault(value, Match("", 0, "money", "money", piece.text, *span))
    return sums


def _tax_sums(sums: Mapping[Decimal, Match]) -> Iterator[tuple[Decimal, Decimal, Decimal]]:
    """Net, tax and total of every such sum."""
    tried = sorted(sums)[-_MOST_TRIED:]
    for net, rate, tax in itertools.product(tried, TAX_RATES, tried):
        if net >= _LEAST_NET and abs(net * rate - tax) <= _ROUNDED and net + tax in sums and tax < net:
            yield net, tax, net + tax
