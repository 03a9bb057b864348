"""Sums of money that prove themselves: "tien 439.700 + VAT 35.176 = 474.876 dong"."""

from __future__ import annotations

from sodien.billing.notices.bind import Binder
from sodien.billing.notices.values import possible

_BACK = 16


def bind_money_sums(binder: Binder) -> None:
    """Bind net, tax and total where two sums of money are added up to a third, and the second is the tax."""
    for at, piece in enumerate(binder.pieces):
        if piece.text == "=" and at not in binder.used:
            _sum(binder, at)


def _sum(binder: Binder, equals: int) -> None:
    pieces = binder.pieces
    numbers = [at for at in range(max(0, equals - _BACK), equals) if pieces[at].kind == "number"]
    numbers = [at for at in numbers if pieces[at].unit in (None, "money", "doubt")][-2:]
    if len(numbers) != 2 or equals + 1 >= len(pieces) or pieces[equals + 1].kind != "number":
        return
    first, second, result = *numbers, equals + 1
    between = pieces[first + 1 : second]
    if not any(one.text == "+" for one in between) or not any(one.label == "tax" for one in between):
        return
    found = [
        max(possible(pieces[at].text, "money", machine=False).values(), default=None)
        for at in (first, second, result)
    ]
    net, tax, total = found
    if net is None or tax is None or total is None or net + tax != total or net < tax:
        return
    for name, at in (("net", first), ("tax", second), ("total", result)):
        one = pieces[at]
        binder.find("", name, "money", one.text, one.start, one.end, label="sum")
    for one in between:
        if one.unit == "percent":
            binder.find("", "tax_rate", "percent", one.text, one.start, one.end)
    begin = first
    while begin and pieces[begin - 1].kind in ("label", "sign") and first - begin < 3:
        begin -= 1
    binder.used |= set(range(begin, result + 1))
    binder.cover(pieces[begin].start, pieces[result].whole[1])
