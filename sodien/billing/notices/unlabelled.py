"""Quantities that need no label: kWh, kWh of a register by its name, a sum of money right behind them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from sodien.billing.notices.bind import Binder
from sodien.billing.notices.closure import is_for_one, is_one_kwh
from sodien.billing.notices.model import Problem
from sodien.billing.notices.piece import Piece
from sodien.billing.notices.settled import Match, shared_multiplier
from sodien.billing.notices.units import register_at
from sodien.billing.notices.values import possible
from sodien.billing.notices.vocabulary import word_set

#: Words that make a quantity of energy something else than what is billed.
_NOT_BILLED = word_set(
    """thieu da tren duoi hon vuot khoang tu den muc quan binh giam tang kiem truoc ngoai moi dau toi cung
    mien tru no"""
)
_NOT_BILLED_BEHIND = frozenset({"dau", "thang", "truoc", "moi", "mien", "ky", "dau_tien", "tro", "toan"})


#: Words that make a sum of money something else than what the electricity costs.
_NOT_CHARGED = word_set(
    """phi giam tang hoan thuong voucher giai phat no du vi tk hoac den toi tu hon qua coc ung mien thieu thua
    uu dai khuyen mai ho tro truoc cu ve cat mo"""
)
#: Words in front of a sum without currency that leave it what the electricity costs.
_CHARGED = word_set("kwh so het la tien dien thanh tra phai tong cong hd hdtd td")
#: Money without a currency.
_GROUPED = re.compile(
    r"[1-9][0-9]{1,2}[.,][0-9]{3}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){2}|[1-9][0-9]{0,2}(?:,[0-9]{3}){2}"
)
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
    _loose_money(binder)


def _registers(binder: Binder) -> None:
    """kWh of registers by their names: "gio binh thuong 900 kWh, gio cao diem 300 kWh"."""
    found: list[tuple[str, int, int, int]] = []
    for at, piece in enumerate(binder.pieces):
        named = register_at(binder.pieces, at) if piece.kind == "word" else None  # type: ignore[arg-type]
        if named is None or any(begin <= at < number for _, begin, _, number in found):
            continue
        number = binder.past_signs(named[1])
        one = binder.pieces[number] if number < len(binder.pieces) else None
        if one is None or one.kind != "number" or one.unit not in (None, "kwh") or one.glued:
            continue
        # The first register may stand behind the label of all: "san luong BT 7.200, CD 1.800".
        labelled = number in binder.used and not found and binder.pieces[at - 1].label in ("kwh", "row_kwh")
        if number not in binder.used or labelled:
            found.append((named[0], at, named[1], number))
    names = [name for name, *_ in found]
    numbers = [binder.pieces[number] for *_, number in found]
    if len(set(names)) < 2 or len(set(names)) < len(names):
        return
    have = [one for one in binder.found.finds if one.group == "rows" and one.name in ("old", "new", "kwh")]
    if have and (len(have) > 1 or have[0].name != "kwh" or not _are_parts(binder, numbers)):
        return  # registers have their numbers already
    if have:  # "san luong 1.250 kWh (BT 800, CD 250, TD 200)": the sum is the bill's
        at = binder.found.finds.index(have[0])
        binder.found.finds[at] = replace(have[0], group="", index=0)
        binder.rows.used = binder.rows.current = 0
    if any(one.unit is None for one in numbers) and not _are_parts(binder, numbers):
        return
    if not binder.rows.by_name and not binder.rows.named:
        binder.rows.used = binder.rows.current
    taken = {binder.span(one.start, one.end) for one in numbers}
    binder.found.finds = [one for one in binder.found.finds if (one.start, one.end) not in taken]
    for name, begin, end, number in found:
        row, one = binder.rows.register(name), binder.pieces[number]
        span = binder.pieces[begin].start, binder.pieces[end - 1].end
        if name != "KT":
            binder.find("rows", "register", "text", name, *span, index=row)
        binder.find("rows", "kwh", "kwh", one.text, one.start, one.end, index=row, label="register")
        binder.used |= set(range(begin, number + 1))
        binder.cover(span[0], one.whole[1])
    binder.found.finds = shared_multiplier(binder.found.finds)


def _are_parts(binder: Binder, numbers: Sequence[Piece]) -> bool:
    """Whether kWh that are printed elsewhere are the sum of these numbers."""
    sums = {Decimal(0)}
    for one in numbers:
        sums = {a + b for a in sums for b in possible(one.text, "kwh", machine=False).values()}
    return any(
        value in sums
        for one in binder.pieces
        if one.kind == "number" and one.unit == "kwh" and one not in numbers
        for value in possible(one.text, "kwh", machine=False).values()
    )


def _all_kwh(binder: Binder) -> None:
    """The kWh that are said to be the sum: they are what is billed, whatever parts stand beside them."""
    found = {}
    for at, piece in enumerate(binder.pieces):
        counted = at > 1 and binder.pieces[at - 1].text == "so" and binder.pieces[at - 2].text in _ALL
        if (
            piece.kind != "number"
            or piece.unit != "kwh"
            or (at in binder.used | binder.skipped and not counted)
        ):
            continue
        for back in range(at - 1, max(-1, at - 4), -1):
            one = binder.pieces[back]
            words = one.text.split()
            if one.kind in ("word", "label") and words[0] in _ALL:
                found[piece.text] = at
            if one.kind not in ("word", "sign", "label") or words[0] in _ALL:
                break
    if len(found) != 1 or next(iter(found.values())) in binder.exported:
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
    if any(one.name == "kwh" and one.group != "tiers" for one in binder.found.finds) or binder.rows.blocked:
        return
    left = [
        (at, piece)
        for at, piece in enumerate(binder.pieces)
        if piece.kind == "number"
        and piece.unit == "kwh"
        and at not in binder.used | binder.skipped
        and not binder.is_spoilt(at)
        and _is_billed(binder, at)
    ]
    values = {piece.text for _, piece in left}
    if len(values) == 1:
        at, piece = left[0]
        if piece.glued and not binder.reach.touches_label(at, piece):
            return
        back = at - 1
        while back > 0 and binder.pieces[back].kind == "sign":
            back -= 1
        dated = back >= 0 and binder.pieces[back].kind == "month"
        binder.find("", "kwh", "kwh", piece.text, piece.start, piece.end,
                    negative=binder.negative(piece), dated=dated, label="")  # fmt: skip
        binder.used.add(at)
        binder.cover(*piece.whole)
    elif values:
        binder.found.problems.append(Problem("two_values", "kwh", {"values": ", ".join(sorted(values)[:6])}))


def _is_bare(piece: Piece) -> bool:
    return piece.kind == "number" and piece.unit is None


def _ends_phrase(piece: Piece) -> bool:
    """Whether words in front of this belong to another number."""
    return (
        piece.kind in ("number", "line", "date", "time", "range")
        or piece.text in ("|", "kwh")
        or (piece.kind == "other" and piece.label != "count")
    )


def _is_billed(binder: Binder, at: int) -> bool:
    begin = max(
        (
            back + 1
            for back in range(max(0, at - 4), at)
            if back != at - 1 and _ends_phrase(binder.pieces[back])
        ),
        default=max(0, at - 4),
    )
    before = [
        one
        for back, one in enumerate(binder.pieces[begin:at], begin)
        if (one.kind in ("word", "sign") and back not in binder.used)
        or one.label in ("skip", "money", "owed", "owing")
    ]
    words = {word for one in before[-2:] for word in one.text.split()}
    beyond = binder.pieces[at + 1 : at + 2]
    behind = (
        beyond[0].text
        if beyond and (beyond[0].kind == "word" or beyond[0].label in ("skip", "month"))
        else ""
    )
    first = behind.split()[0] if behind.split() else ""
    if at > 1 and binder.pieces[at - 1].text == "/" and _is_bare(binder.pieces[at - 2]):
        return at - 2 in binder.used  # so much of so much
    if is_one_kwh(binder.pieces, at) and any(
        is_for_one(binder.pieces, beside) for beside in (at - 1, at + 1) if 0 <= beside < len(binder.pieces)
    ):
        return False
    tiers = [back for back in range(max(0, at - 3), at) if binder.pieces[back].label == "tier"]
    if any(binder.pieces[back + 1].kind in ("number", "other") and back + 1 < at for back in tiers):
        return False
    return not words & _NOT_BILLED and first not in _NOT_BILLED_BEHIND


def _money(binder: Binder) -> None:
    """The only sum of money of a message, where no label has one.

    With a consumption it must be what so many kWh cost; without one, customer and month must be printed.
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
        free = piece.kind == "number" and at not in binder.used and at not in binder.skipped
        free = free and not binder.is_doubtful(at)
        money = piece.unit == "money" or (piece.unit is None and energies and _GROUPED.fullmatch(piece.text))
        if (
            free
            and money
            and not binder.reach.is_limit(at, piece)
            and piece.text.strip("0.,")
            and not _of_something_else(binder, at)
        ):
            found[piece.text] = at
    if len(found) != 1:
        return
    ((text, at),) = found.items()
    sums = possible(text, "money", machine=False).values()
    costs = [one / kwh for kwh in energies if kwh > 0 for one in sums]
    heads = {one.name for one in binder.found.finds if not one.group}
    if not (
        any(_LEAST_PRICE <= one <= _MOST_PRICE for one in costs)
        if energies
        else "customer" in heads and ("month" in heads or _is_named(binder, at))
    ):
        return
    one = binder.pieces[at]
    binder.find("", "money", "money", text, one.start, one.end, label="")
    binder.used.add(at)
    binder.cover(*one.whole)


def _is_named(binder: Binder, at: int) -> bool:
    """Whether the sentence of a sum begins with the bill for electricity."""
    for back in range(at - 1, max(-1, at - 12), -1):
        one = binder.pieces[back]
        if one.label == "money" and "dien" in one.text.split():
            return True
        if one.kind == "line" or (one.text in ".;!?" and binder.reach.ends_sentence(back)):
            return False
    return False


def _of_something_else(binder: Binder, at: int) -> bool:
    """Whether words in front of a sum say that it is a fee, a discount, a prize, a debt.

    Without a currency any word does that is not known to go with what the electricity costs.
    """
    words: set[str] = set()
    for back in range(at - 1, max(-1, at - 7), -1):
        one = binder.pieces[back]
        if one.kind in ("line", "number") or (one.text in ".;,(" and one.kind == "sign"):
            break
        words |= set(one.text.split()) if one.kind in ("word", "label") else set()
    if binder.pieces[at].unit is None:
        return bool(words - _CHARGED)
    return bool(words & _NOT_CHARGED)


def _loose_money(binder: Binder) -> None:
    """The sums that nothing has, with the words in front of them: arithmetic may tell what they are."""
    for at, piece in enumerate(binder.pieces):
        if piece.kind == "number" and piece.unit == "money" and at not in binder.used | binder.skipped:
            named = [one for one in binder.pieces[max(0, at - 4) : at] if one.kind in ("word", "label")]
            before = [one.text for one in named]
            label = "con" if before[-1:] == ["con"] or before[-2:] == ["con", "lai"] else " ".join(before)
            span = binder.span(piece.start, piece.end)
            other = named and named[-1].label == "skip"
            sums = binder.found.aside if other else binder.found.loose
            sums.append(Match("", 0, "loose", "money", piece.text, *span, label=label))
