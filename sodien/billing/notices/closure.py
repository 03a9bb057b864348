"""Numbers that prove themselves, whatever their labels: old + consumption = new, net + tax = total.

What stands in such a sum needs no label that is known. Only numbers that nothing else has are tried, the sum
must be the only one, and a label that says something else forbids it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from sodien.billing.notices.bind import Binder
from sodien.billing.notices.charge_lines import HIGHEST_PRICE, LOWEST_PRICE
from sodien.billing.notices.money import TAX_RATES
from sodien.billing.notices.pairs import energies_of, factors_of, is_index, values_of
from sodien.billing.notices.piece import Piece
from sodien.billing.notices.values import possible

#: Labels that an index in a sum may stand behind.
_INDICES = frozenset({"old", "new", "index", "used", "kwh", "row_kwh", "kwh_or_index"})
_USED = frozenset({"kwh", "used", "row_kwh"})
_MOST_APART = 24
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
    if not energies and not any(one.label in _USED for one in binder.pieces):
        return
    free = (at for at, piece in enumerate(binder.pieces) if _may_be_index(binder, at, piece))
    places = list(itertools.islice(free, _MOST_TRIED))
    pairs: dict[tuple[str, str], tuple[int, int]] = {}
    for at, to in itertools.pairwise(places):
        if binder.pieces[to].start - binder.pieces[at].end > 2 * _MOST_APART or to - at > _MOST_APART:
            continue
        low, high = sorted((at, to), key=lambda one: max(values_of(binder.pieces[one])))
        if _differs(binder, low, high, energies, factors) and _labels_agree(binder, low, high):
            pairs.setdefault((binder.pieces[low].text, binder.pieces[high].text), (low, high))
    if len(pairs) == 1:
        _bind_indices(binder, *next(iter(pairs.values())))
        return
    if not pairs and not energies:
        _triple(binder, places)


def _may_be_index(binder: Binder, at: int, piece: Piece) -> bool:
    if at in binder.used or at in binder.skipped or not is_index(piece) or piece.glued or len(piece.text) < 2:
        return False
    if piece.unit is not None or not values_of(piece) or binder.reach.is_day(at, piece):
        return False
    before = binder.pieces[at - 1] if at else None
    behind = binder.pieces[at + 1 : at + 2]
    if (before is not None and before.text in ("x", "*", "/")) or any(
        one.text in ("x", "*") for one in behind
    ):
        return False
    where = binder.reach.owner(at, piece)
    if where is None or binder.pieces[where].label in _INDICES:
        return True
    return binder.pieces[where].text in ("ky truoc", "thang truoc")


def _differs(binder: Binder, low: int, high: int, energies: set[Decimal], factors: set[Decimal]) -> bool:
    return any(
        b > a and (b - a) * factor in energies
        for a in values_of(binder.pieces[low])
        for b in values_of(binder.pieces[high])
        for factor in factors
    )


def _labels_agree(binder: Binder, low: int, high: int) -> bool:
    """Whether no label says that the lower number is the new one, and not both have their labels."""
    owners = [binder.reach.owner(at, binder.pieces[at]) for at in (low, high)]
    labels = [None if one is None else binder.pieces[one].label for one in owners]
    if labels == ["old", "new"]:
        return False  # the labels do it
    return labels[0] in (None, "old", "index", "skip") and labels[1] in (None, "new", "index")


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


def _triple(binder: Binder, places: list[int]) -> None:
    """Bind three numbers beside each other of which one is the sum of the others, behind a word of use."""
    for three in zip(places, places[1:], places[2:], strict=False):
        if three[2] - three[0] > _MOST_APART:
            continue
        for kwh in three:
            low, high = sorted(
                (at for at in three if at != kwh), key=lambda one: max(values_of(binder.pieces[one]))
            )
            where = binder.reach.owner(kwh, binder.pieces[kwh])
            used = where is not None and binder.pieces[where].label in _USED
            worded = any(one.label == "used" for one in binder.pieces[max(0, kwh - 2) : kwh])
            energies = values_of(binder.pieces[kwh])
            if not (used or worded) or not _differs(binder, low, high, energies, {Decimal(1)}):
                continue
            one = binder.pieces[kwh]
            binder.find("", "kwh", "kwh", one.text, one.start, one.end, label="sum")
            binder.used.add(kwh)
            binder.cover(*one.whole)
            if _labels_agree(binder, low, high):
                _bind_indices(binder, low, high)
            return


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
    """Bind the money that is the consumption times the price of one kWh, where no label has any."""
    if any(one.name in ("money", "total", "net") for one in binder.found.finds):
        return
    pieces, energies = binder.pieces, energies_of(binder)
    prices: set[Decimal] = set()
    for known in (one for one in binder.found.finds if one.name == "kwh"):
        energies |= set(possible(known.raw, "kwh", machine=False).values())
    for at in (at for at, one in enumerate(pieces) if one.label == "price"):
        number = binder.past_signs(at + 1)
        if number < len(pieces):
            prices |= {one for one in _sums(pieces[number]) if LOWEST_PRICE <= one <= HIGHEST_PRICE}
    if len(prices) > _MOST_TRIED or len(energies) > _MOST_TRIED:
        return
    products = {kwh * price for kwh in energies for price in prices if kwh}
    found = {
        piece.text: at for at, piece in enumerate(pieces) if at not in binder.used and _sums(piece) & products
    }
    if len(found) == 1:
        at = next(iter(found.values()))
        one = pieces[at]
        binder.find("", "money", "money", one.text, one.start, one.end, label="sum")
        binder.used.add(at)
        binder.cover(*one.whole)


def bind_thousands(binder: Binder) -> None:
    """Bind kWh and money of "112 so x 3.8k = 425.600": the product proves both."""
    pieces = binder.pieces
    for at in range(len(pieces) - 4):
        kwh, times, price, equals, amount = pieces[at : at + 5]
        if kwh.unit != "kwh" or times.text not in ("x", "*") or equals.text != "=" or price.kind != "number":
            continue
        if binder.text[price.end : price.whole[1]].strip() not in ("k", "nghin", "ngan"):
            continue
        prices = possible(price.text, "factor", machine=False).values()
        if any(a * b * 1000 == c for a, b, c in itertools.product(values_of(kwh), prices, _sums(amount))):
            binder.find("", "kwh", "kwh", kwh.text, kwh.start, kwh.end, label="sum")
            binder.find("", "money", "money", amount.text, amount.start, amount.end, label="sum")
            binder.used |= set(range(at, at + 5))
            binder.cover(kwh.start, amount.whole[1])


def _sums(piece: Piece) -> set[Decimal]:
    return set(possible(piece.text, "money", machine=False).values()) if piece.kind == "number" else set()


def bind_difference(binder: Binder) -> None:
    """Bind the consumption that no label has, where it is the difference of the only two indices."""
    found = {one.name: one for one in binder.found.finds if one.group == "rows" and one.index == 0}
    indices = [one for one in binder.found.finds if one.name in ("old", "new")]
    if (
        len(indices) != 2
        or not {"old", "new"} <= found.keys()
        or "kwh" in {o.name for o in binder.found.finds}
    ):
        return
    first, last, factor = (
        set(possible(found[name].raw, "index", machine=False).values()) if name in found else {Decimal(1)}
        for name in ("old", "new", "multiplier")
    )
    energies = {(b - a) * c for a in first for b in last for c in factor if b > a}
    free = {
        binder.pieces[at].text: at
        for at in (
            number for number, one in enumerate(binder.pieces) if _may_be_difference(binder, number, one)
        )
        if values_of(binder.pieces[at]) & energies
    }
    if len(free) == 1:
        ((text, at),) = free.items()
        one = binder.pieces[at]
        span = binder.span(one.start, one.end)
        binder.found.finds = [two for two in binder.found.finds if (two.start, two.end) != span]
        binder.find("", "kwh", "kwh", text, one.start, one.end, label="sum")
        binder.used.add(at)
        binder.cover(*one.whole)


def _may_be_difference(binder: Binder, at: int, piece: Piece) -> bool:
    """Whether a number is free, or money only by "TT", which may be "tiêu thụ" as well."""
    if _is_free(binder, at, piece):
        return True
    back = at - 1
    while back >= 0 and binder.pieces[back].text in (":", "="):
        back -= 1
    return piece.kind == "number" and piece.unit is None and back >= 0 and binder.pieces[back].text == "tt"


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
    found = dict(_tax_sums(binder))
    if len(found) != 1:
        return
    ((values, places),) = found.items()
    named = dict(zip(("net", "tax", "total"), zip(values, places, strict=True), strict=True))
    if any(not set(values) & set(known) for known in bound.values()):
        return
    for name in [name for name, known in bound.items() if named[name][0] not in known]:
        # "T.Tien 175.050, VAT 14.004, Cong 189.054": the sum says which is before tax
        binder.found.finds = [one for one in binder.found.finds if one.group or one.name != name]
        del bound[name]
    for name, (_, at) in named.items():
        one = binder.pieces[at]
        if at < 0 and name not in bound:
            line = next(one for one in binder.found.finds if one.group == "tiers" and one.name == "amount")
            binder.found.finds.append(replace(line, group="", name=name))
        elif name not in bound:
            start, end = binder.span(one.start, one.end)
            binder.found.finds = [
                two for two in binder.found.finds if (two.start, two.end) != (start, end) or two.group
            ]
            binder.find("", name, "money", one.text, one.start, one.end, label="sum")
            binder.used.add(at)
            binder.cover(*one.whole)


def _tax_sums(binder: Binder) -> Iterator[tuple[tuple[Decimal, Decimal, Decimal], tuple[int, int, int]]]:
    sums: dict[Decimal, int] = {}
    taken = {
        (one.start, one.end)
        for one in binder.found.finds
        if one.group or one.name not in ("money", "net", "tax", "total")
    }
    for at, piece in enumerate(binder.pieces):
        if (
            piece.kind == "number"
            and piece.unit in (None, "money")
            and not piece.glued
            and binder.span(piece.start, piece.end) not in taken
        ):
            value = max(_sums(piece), default=Decimal(0))
            if value and value == value.to_integral_value():
                sums.setdefault(value, at)
    lines = [one for one in binder.found.finds if one.group == "tiers" and one.name == "amount"]
    if len(lines) == 1:  # the only line of the charge is before tax
        for value in possible(lines[0].raw, "money", machine=False).values():
            sums.setdefault(value, -1)
    tried = sorted(sums)[-_MOST_TRIED:]
    for net in tried:
        if net < _LEAST_NET:
            continue
        for rate in TAX_RATES:
            for tax in tried:
                if abs(net * rate - tax) <= _ROUNDED and net + tax in sums and tax < net:
                    yield (net, tax, net + tax), (sums[net], sums[tax], sums[net + tax])
