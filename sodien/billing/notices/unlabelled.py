"""Quantities that need no label: kWh, kWh of a register by its name, a sum of money right behind them."""

from __future__ import annotations

from sodien.billing.notices.bind import Binder
from sodien.billing.notices.model import Problem
from sodien.billing.notices.piece import Piece
from sodien.billing.notices.units import register_at
from sodien.billing.notices.values import possible
from sodien.billing.notices.vocabulary import word_set

#: Words that make a quantity of energy something else than what is billed.
_NOT_BILLED = word_set(
    """thieu da tren duoi hon vuot khoang tu den muc quan binh giam tang kiem truoc ngoai moi dau toi cung
    mien tru no"""
)
_NOT_BILLED_BEHIND = frozenset({"dau", "thang", "truoc", "moi", "mien", "ky", "dau_tien", "tro", "toan"})


#: Words of a sum, in front of the kWh of all registers or purposes.
_ALL = word_set("tong cong total")
#: What a kWh has cost, in đồng: a sum of money beside a consumption may be its price.
_LEAST_PRICE, _MOST_PRICE = 1000, 6000


def bind_unlabelled(binder: Binder) -> None:
    """Registers by name, the consumption, and the money beside it."""
    _registers(binder)
    _all_kwh(binder)
    _kwh(binder)
    _money(binder)


def _registers(binder: Binder) -> None:
    """kWh of registers by their names: "gio binh thuong 900 kWh, gio cao diem 300 kWh"."""
    found: list[tuple[str, int, int, int]] = []
    for at, piece in enumerate(binder.pieces):
        named = register_at(binder.pieces, at) if piece.kind == "word" and at not in binder.used else None  # type: ignore[arg-type]
        if named is None or any(begin <= at < number for _, begin, _, number in found):
            continue
        number = binder.past_signs(named[1])
        one = binder.pieces[number] if number < len(binder.pieces) else None
        if one is not None and one.kind == "number" and one.unit == "kwh" and number not in binder.used:
            found.append((named[0], at, named[1], number))
    names = [name for name, *_ in found]
    if len(set(names)) < 2 or len(set(names)) < len(names) or binder.rows.named:
        return
    for name, begin, end, number in found:
        row, one = binder.rows.register(name), binder.pieces[number]
        span = binder.pieces[begin].start, binder.pieces[end - 1].end
        if name != "KT":
            binder.find("rows", "register", "text", name, *span, index=row)
        binder.find("rows", "kwh", "kwh", one.text, one.start, one.end, index=row, label="register")
        binder.used |= set(range(begin, number + 1))
        binder.cover(span[0], one.whole[1])


def _all_kwh(binder: Binder) -> None:
    """The kWh that are said to be the sum: they are what is billed, whatever parts stand beside them."""
    found = {}
    for at, piece in enumerate(binder.pieces):
        if piece.kind != "number" or piece.unit != "kwh" or at in binder.used | binder.skipped:
            continue
        for back in range(at - 1, max(-1, at - 4), -1):
            one = binder.pieces[back]
            words = one.text.split()
            if one.kind in ("word", "label") and words[0] in _ALL:
                found[piece.text] = at
            if one.kind not in ("word", "sign", "label") or words[0] in _ALL:
                break
    if len(found) != 1 or binder.exporting:
        return
    ((_, at),) = found.items()
    one = binder.pieces[at]
    binder.found.finds = [
        two for two in binder.found.finds if two.group or two.name != "kwh" or two.label in ("kwh_all", "sum")
    ]
    binder.find("", "kwh", "kwh", one.text, one.start, one.end, label="kwh_all")
    binder.used.add(at)
    binder.cover(*one.whole)


def _kwh(binder: Binder) -> None:
    """kWh without a label, when there is one such number and it is not said to be something else."""
    if any(one.name == "kwh" and one.group == "" for one in binder.found.finds) or binder.rows.blocked:
        return
    left = [
        (at, piece)
        for at, piece in enumerate(binder.pieces)
        if piece.kind == "number"
        and piece.unit == "kwh"
        and at not in binder.used | binder.skipped
        and _is_billed(binder, at)
    ]
    values = {piece.text for _, piece in left}
    if len(values) == 1 and not binder.exporting:
        at, piece = left[0]
        if piece.glued and not binder.reach.touches_label(at, piece):
            return
        binder.find(
            "", "kwh", "kwh", piece.text, piece.start, piece.end, negative=binder.negative(piece), label=""
        )
        binder.used.add(at)
        binder.cover(*piece.whole)
    elif values:
        binder.found.problems.append(Problem("two_values", "kwh", {"values": ", ".join(sorted(values)[:6])}))


def _is_billed(binder: Binder, at: int) -> bool:
    before = [one for one in binder.pieces[max(0, at - 4) : at] if one.kind in ("word", "label", "sign")]
    words = {word for one in before[-2:] for word in one.text.split()}
    behind = binder.pieces[at + 1].text if at + 1 < len(binder.pieces) else ""
    first = behind.split()[0] if behind.split() else ""
    return not words & _NOT_BILLED and first not in _NOT_BILLED_BEHIND


def _money(binder: Binder) -> None:
    """Money without a label: behind the consumption or in a line of its own, where no other is named.

    What it costs a kWh must be what a kWh costs.
    """
    if any(one.name in ("money", "total", "net", "tax") or one.group == "debt" for one in binder.found.finds):
        return
    energies = {
        value
        for one in binder.found.finds
        if one.name == "kwh" and not one.group
        for value in possible(one.raw, "kwh", machine=False).values()
    }
    found: dict[str, int] = {}
    for at, piece in enumerate(binder.pieces):
        if piece.kind != "number" or piece.unit != "money" or at in binder.used | binder.skipped:
            continue
        if _behind_kwh(binder, at) or _alone(binder, at):
            found[piece.text] = at
    if len(found) != 1:
        return
    ((text, at),) = found.items()
    sums = possible(text, "money", machine=False).values()
    if not any(_LEAST_PRICE * kwh <= one <= _MOST_PRICE * kwh for kwh in energies if kwh > 0 for one in sums):
        return
    one = binder.pieces[at]
    binder.find("", "money", "money", text, one.start, one.end, label="")
    binder.used.add(at)
    binder.cover(*one.whole)


def _behind_kwh(binder: Binder, at: int) -> bool:
    """Whether only signs stand between a consumption and this money."""
    back = at - 1
    while back >= 0 and (
        binder.pieces[back].kind in ("sign", "line")
        or binder.pieces[back].text in ("la", "het", "thanh", "tien")
    ):
        back -= 1
    return back >= 0 and binder.pieces[back].kind == "number" and binder.pieces[back].unit in ("kwh", "price")


def _alone(binder: Binder, at: int) -> bool:
    """Whether the money is all there is in its line."""

    def ends(one: Piece | None) -> bool:
        return one is None or one.kind in ("line", "table")

    def side(step: int) -> Piece | None:
        place = at + step
        while 0 <= place < len(binder.pieces) and binder.pieces[place].kind == "sign":
            place += step
        return binder.pieces[place] if 0 <= place < len(binder.pieces) else None

    return ends(side(-1)) and ends(side(1)) and "\n" in binder.text
