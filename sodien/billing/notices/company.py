"""Short words that are labels only in the company of another one: "cu 1400 moi 1520", "CSC 210 … CSD 180"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from sodien.billing.notices.piece import Piece
from sodien.billing.notices.values import possible

#: The words of the old and of the new index, where both stand in front of a number.
_PAIRS = (("cu", "moi"), ("dau", "cuoi"), ("truoc", "sau"), ("truoc", "nay"), ("c", "m"), ("dk", "ck"))
#: All of them.
BARE = frozenset(word for pair in _PAIRS for word in pair)
_SIGNS = frozenset({":", "=", "-", "(", "ky", "thang", "la", "cs", "chi_so"})
_MOST_APART = 12


def in_company(pieces: list[Piece]) -> list[Piece]:
    """The pieces with the labels that others make ones."""
    pieces = _first_and_last(pieces)
    for first, last in _PAIRS:
        pieces = _paired(pieces, first, last)
    return pieces


def _first_and_last(pieces: list[Piece]) -> list[Piece]:
    """Let "CSC" be the last index, "chỉ số cuối", beside "CSD", "chỉ số đầu"; alone it is "chỉ số cũ"."""
    if not any(one.kind == "label" and one.text == "csd" for one in pieces):
        return pieces
    return [replace(one, label="new") if one.kind == "label" and one.text == "csc" else one for one in pieces]


def _paired(pieces: list[Piece], first: str, last: str) -> list[Piece]:
    """With two words as labels of indices, where the number behind one is not below that behind the other."""
    found = list(pieces)
    places = {first: _before_number(pieces, first), last: _before_number(pieces, last)}
    for old, low in places[first].items():
        for new, high in places[last].items():
            if abs(new - old) <= _MOST_APART and max(high) >= max(low):
                for at, label in ((old, "old"), (new, "new")):
                    found[at] = replace(pieces[at], kind="label", label=label)
    return found


def _before_number(pieces: Sequence[Piece], word: str) -> dict[int, set[Decimal]]:
    """The places of a word right in front of a bare number, with what the number may be."""
    found: dict[int, set[Decimal]] = {}
    for at, piece in enumerate(pieces):
        if piece.kind != "word" or piece.text != word:
            continue
        ahead = at + 1
        while ahead < len(pieces) and ahead - at < 4 and pieces[ahead].text in _SIGNS:
            ahead += 1
        one = pieces[ahead] if ahead < len(pieces) else None
        if one is not None and one.kind == "number" and one.unit is None and len(one.text) > 1:
            values = set(possible(one.text, "index", machine=False).values())
            if values:
                found[at] = values
    return found
