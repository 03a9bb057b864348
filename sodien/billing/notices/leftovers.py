"""What labels leave: kWh without one, sums that prove themselves, labels whose number was not clear."""

from __future__ import annotations

from sodien.billing.notices.bind import Binder
from sodien.billing.notices.model import Problem
from sodien.billing.notices.reach import PLACES
from sodien.billing.notices.values import possible
from sodien.billing.notices.vocabulary import FILLERS, word_set

#: Words that make a quantity of energy something else than what is billed.
_NOT_BILLED = word_set(
    """thieu da tren duoi hon vuot khoang tu den muc quan binh giam tang kiem truoc ngoai moi dau toi cung
    mien tru no so"""
)
_NOT_BILLED_BEHIND = frozenset({"dau", "thang", "truoc", "moi", "mien", "ky", "dau_tien", "tro", "toan"})


def bind_unlabelled(binder: Binder) -> None:
    """kWh without a label, when there is one such number and it is not said to be something else."""
    if any(one.name == "kwh" and one.group == "" for one in binder.found.finds) or binder.rows.blocked:
        return
    left = [
        (at, piece)
        for at, piece in enumerate(binder.pieces)
        if piece.kind == "number" and piece.unit == "kwh" and at not in binder.used and _is_billed(binder, at)
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


def name_unbound(binder: Binder) -> None:
    """Name the labels whose number stands beside them and could not be taken."""
    for at, piece in enumerate(binder.pieces):
        if (
            piece.kind != "label"
            or at in binder.used
            or piece.label not in PLACES
            or piece.label in ("used", "index", "included")
        ):
            continue
        _group, name, _kind = PLACES[piece.label]
        colon = False
        for ahead in range(at + 1, min(at + 6, len(binder.pieces))):
            one = binder.pieces[ahead]
            if one.kind == "sign" and one.text in ":=(-|~":
                colon = colon or one.text in (":", "=")
                continue
            if one.kind == "word" and one.text in FILLERS:
                continue
            doubt = one.kind == "number" and ahead not in binder.used and one.unit in ("doubt", None)
            other = colon and one.kind == "other" and one.label != "count" and not _has_value(binder, ahead)
            if (
                doubt and not (one.glued and not colon and not binder.reach.touches_label(ahead, one))
            ) or other:
                binder.problem("unreadable", name, binder.text[one.start : binder.doubt_end(ahead)])
            break


def _has_value(binder: Binder, at: int) -> bool:
    """Whether the number that is meant comes behind this one."""
    return any(one in binder.used for one in range(at + 1, min(at + 4, len(binder.pieces))))


def bind_sums(binder: Binder) -> None:
    """A sum such as "7062 - 6623 = 439 kWh" proves itself, whatever its parts are called."""
    for at, piece in enumerate(binder.pieces):
        if piece.kind == "sign" and piece.text == "=" and at not in binder.used:
            _sum(binder, at)


def _sum(binder: Binder, equals: int) -> None:
    terms: list[tuple[str, int]] = []
    for back in range(equals - 1, max(-1, equals - 24), -1):
        one = binder.pieces[back]
        if one.kind == "number":
            sign = ""
            for before in range(back - 1, max(-1, back - 6), -1):
                other = binder.pieces[before]
                if other.kind == "sign" and other.text in "-+":
                    sign = other.text
                    break
                if other.kind == "number" or other.kind == "line":
                    break
            terms.append((sign, back))
            if sign == "":
                break
        elif one.kind == "line" or (one.kind == "sign" and one.text in "=;"):
            break
    terms.reverse()
    ahead = equals + 1
    if not 2 <= len(terms) <= 4 or ahead >= len(binder.pieces) or binder.pieces[ahead].kind != "number":
        return
    if [sign for sign, _ in terms[:2]] != ["", "-"] or any(sign != "+" for sign, _ in terms[2:]):
        return
    result = binder.pieces[ahead]
    if result.unit not in (None, "kwh") or any(
        binder.pieces[one].unit not in (None, "kwh", "doubt") for _, one in terms
    ):
        return
    values = [
        possible(binder.pieces[one].text, "index", machine=False).values() for _, one in [*terms, ("", ahead)]
    ]
    if not all(values):
        return
    numbers = [max(one) for one in values]
    if numbers[0] - numbers[1] + sum(numbers[2:-1]) != numbers[-1] or numbers[0] < numbers[1]:
        return
    new, old = binder.pieces[terms[0][1]], binder.pieces[terms[1][1]]
    for name, one in (("new", new), ("old", old)):
        binder.find("rows", name, "index", one.text, one.start, one.end)
    binder.rows.used = max(1, binder.rows.used)
    binder.find("", "kwh", "kwh", result.text, result.start, result.end, label="sum")
    first = terms[0][1]
    for back in range(first - 1, max(-1, first - 5), -1):
        if binder.pieces[back].kind == "label" and binder.pieces[back].label in (
            "kwh",
            "new",
            "row_kwh",
            "index",
            "used",
        ):
            first = back
            break
        if binder.pieces[back].kind not in ("sign", "word"):
            break
    binder.used |= set(range(first, ahead + 1))
    binder.cover(binder.pieces[first].start, result.whole[1])
