"""Labels whose number was not clear: each is named."""

from __future__ import annotations

from sodien.billing.notices.bind import Binder
from sodien.billing.notices.reach import PLACES, fits
from sodien.billing.notices.vocabulary import FILLERS


def name_unbound(binder: Binder) -> None:
    """Name the labels whose number stands beside them and could not be taken."""
    for at, piece in enumerate(binder.pieces):
        if (
            piece.kind != "label"
            or at in binder.used
            or piece.label not in PLACES
            or piece.label in ("used", "index", "included", "before_tax")
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
            elif (said := _said_of(binder, at, ahead)) is not None and not _is_bound(binder, name):
                number = binder.pieces[said]
                binder.problem("unreadable", name, binder.text[number.start : number.end])
            break


def _said_of(binder: Binder, label: int, begin: int) -> int | None:
    """The number that "la", ":" or "=" gives to a label over words that are not known; in one clause."""
    for ahead in range(begin, min(begin + 14, len(binder.pieces))):
        one = binder.pieces[ahead]
        if one.kind == "line" or (one.text in ".,;" and binder.reach.ends_sentence(ahead)):
            return None
        if one.kind == "label" and one.label in PLACES and one.label != "used":
            return None
        if one.kind == "number" and binder.reach.copula(ahead):
            free = ahead not in binder.used or ahead in binder.skipped
            return ahead if free and fits(binder.pieces[label].label, one) else None
    return None


def _is_bound(binder: Binder, name: str) -> bool:
    """Whether a field has a value; money is one field here."""
    money = ("money", "total", "net")
    names = money if name in money else (name,)
    return any(one.name in names for one in binder.found.finds)


def _has_value(binder: Binder, at: int) -> bool:
    """Whether the number that is meant comes behind this one."""
    return any(one in binder.used for one in range(at + 1, min(at + 4, len(binder.pieces))))
