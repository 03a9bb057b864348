"""The month and the term of a bill."""

from __future__ import annotations

import re

from sodien.billing.notices.bind import Binder
from sodien.billing.notices.piece import Piece

#: What is paid beside electricity, for the same month.
_SERVICES = re.compile("(?:tien|phi) (?:nha|phong|thue nha|dich vu|tien ich|quan ly)")


def bind_months(binder: Binder) -> None:
    """Read the months and terms that are the bill's."""
    _only_the_first(binder)
    named = {_when(one) for at, one in enumerate(binder.pieces) if _when(one) and _is_named(binder, at)}
    for at, piece in enumerate(binder.pieces):
        if at in binder.used or piece.kind not in ("month", "term"):
            continue
        if len(named) == 1 and piece.kind == "month" and not _when(piece) and not _is_named(binder, at):
            continue  # "tien dien T10/2026: …, T9 161 kWh"
        if piece.unit == "doubt":
            if _is_bills(binder, at):
                binder.problem("impossible_month", "month", piece.text)
            continue
        if not _is_bills(binder, at) or _is_of_index(binder, at):
            continue
        parts = {name: (text, start, end) for name, text, start, end in piece.parts}
        if "term" in parts and "month" not in parts and not _worded_term(binder, at):
            continue
        for name, (text, start, end) in parts.items():
            binder.find("", name, "int", text.lstrip("0") or "0", start, end)
        binder.cover(*piece.whole)
    if not any(one.name == "month" for one in binder.found.finds):
        _only_one(binder)
        _of_last_index(binder)


def _of_last_index(binder: Binder) -> None:
    """The second of two months, each with its index: "chi so thang 9: 1041, chi so thang 10: 1096"."""
    found = [one for at, one in enumerate(binder.pieces) if one.kind == "month" and _is_of_index(binder, at)]
    months = [int(part[1]) for one in found for part in one.parts if part[0] == "month"]
    if len(months) == 2 and months[1] == months[0] % 12 + 1 and {"month"} == {p[0] for p in found[1].parts}:
        ((_, text, start, end),) = found[1].parts
        binder.find("", "month", "int", text.lstrip("0"), start, end)
        binder.cover(*found[1].whole)


def _only_one(binder: Binder) -> None:
    """The only month with a year of a text, without a word for it: "Hoa don: 10/2026"."""
    found = {}
    for at, piece in enumerate(binder.pieces):
        if piece.kind != "month" or len(piece.parts) < 2:
            continue
        before = binder.pieces[at - 1] if at else None
        found[tuple(one[1].lstrip("0") for one in piece.parts)] = (
            at not in binder.used
            and piece.unit == "bare"
            and (before is None or (before.kind in ("sign", "line") and before.text not in "/-.~"))
            and (at < 2 or binder.pieces[at - 2].label != "skip")
        )
    if len(found) == 1 and all(found.values()):
        piece = next(one for one in binder.pieces if one.kind == "month" and len(one.parts) > 1)
        for name, text, start, end in piece.parts:
            binder.find("", name, "int", text.lstrip("0"), start, end)
        binder.cover(*piece.whole)


def _is_of_index(binder: Binder, at: int) -> bool:
    """Whether a month says when an index was read: "chi so thang 8: 2214"."""
    if not at or binder.pieces[at - 1].label not in ("index", "old", "new"):
        return False
    for one in binder.pieces[at + 1 : at + 8]:
        if one.kind in ("number", "line", "month") or (one.kind == "label" and one.label != "skip"):
            return one.kind == "number" and one.unit is None
    return False


def _only_the_first(binder: Binder) -> None:
    """Leave out the months before the first one that are only named with what they were."""
    months = [at for at, one in enumerate(binder.pieces) if _when(one) and _is_bills(binder, at)]
    if len(months) < 2 or any(_when(binder.pieces[at]) > _when(binder.pieces[months[0]]) for at in months):
        return
    for at in months[1:]:
        if _when(binder.pieces[at]) == _when(binder.pieces[months[0]]):
            continue
        behind = at + 1
        while behind < len(binder.pieces) and binder.pieces[behind].text in (":", "=", "la", "(", "-"):
            behind += 1
        one = binder.pieces[behind] if behind < len(binder.pieces) else None
        if one is not None and one.kind == "number" and one.unit in ("money", "kwh"):
            binder.used |= {at, behind}


def _is_named(binder: Binder, at: int) -> bool:
    """Whether a month stands right behind the word for the bill or its money."""
    before = binder.pieces[at - 1] if at else None
    return before is not None and (before.label in ("money", "total") or before.text in ("hd", "don"))


def _when(piece: Piece) -> tuple[int, ...]:
    """Year and month of a piece that prints both; nothing else."""
    if piece.kind not in ("month", "term"):
        return ()
    parts = {name: int(text) for name, text, _, _ in piece.parts}
    return (parts["year"], parts["month"]) if {"year", "month"} <= parts.keys() else ()


def _worded_term(binder: Binder, at: int) -> bool:
    """A term with a zero in front may be the month once more: "ky 03 thang 03/26"."""
    piece = binder.pieces[at]
    follower = binder.pieces[at + 1] if at + 1 < len(binder.pieces) else None
    if follower is not None and follower.kind == "month" and piece.text.startswith("0"):
        return follower.parts[0][1] != piece.text
    return True


def _named_before(binder: Binder, at: int) -> bool:
    """Whether a month is named in front of this place."""
    return any(one.kind == "month" for one in binder.pieces[:at])


def _is_bills(binder: Binder, at: int) -> bool:
    """Whether a month is the bill's: not a month before, nor one from which something changes."""
    piece = binder.pieces[at]
    back = at - 1
    while (
        back >= 0 and binder.pieces[back].kind in ("sign", "line") and binder.pieces[back].text in ":=(,-\n;["
    ):
        back -= 1
    before = binder.pieces[back] if back >= 0 else None
    skipped = (
        before is not None
        and before.label == "skip"
        and back not in binder.used
        and not _SERVICES.match(before.text)
    )
    if before is not None and before.label == "skip" and re.match("(?:con )?no(?! truoc)", before.text):
        return False  # what is still owed of another month
    if before is not None and skipped and not binder.text[before.end : piece.whole[0]].strip(" :="):
        return before.text == "so" or before.text.startswith("phi")
    if before is not None and before.label == "schedule" and _named_before(binder, back):
        return False  # of the next reading
    if any(one.text.startswith("da ") for one in binder.pieces[at + 1 : at + 3] if one.label == "skip"):
        return False  # "thang 8/2026 (da thanh toan 401.000d)"
    if piece.unit == "bare":
        near = before is not None and back >= at - 2
        return (
            near
            and before is not None
            and (
                before.label in ("money", "total", "period", "amount", "kwh")
                or before.text in ("don", "hd", "hdtd", "bill", "invoice", "statement", "electricity")
            )
        )
    if before is not None and before.label in ("owing", "owed") and _named_before(binder, back):
        return False  # what is still owed is of another month
    if before is not None and before.text == "tu":
        return False  # from then on something changes
    if before is None or before.kind != "word":
        return True
    if before.text == "trong" and binder.text[piece.whole[0] : piece.start].rstrip().endswith(":"):
        label = binder.pieces[back - 1] if back else None
        if label is not None and label.kind == "label" and label.label in ("kwh", "row_kwh"):
            binder.problem("unreadable", "kwh", piece.text)
            binder.used.add(at)
            return False
    return before.text not in ("tu", "sang", "truoc", "ngoai", "voi", "den", "het", "cung")
