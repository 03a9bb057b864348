"""Units behind a number, and where the value of each label belongs."""

from __future__ import annotations

from collections.abc import Sequence

from sodien.billing.notices.tokens import Token
from sodien.billing.notices.vocabulary import ENERGY, MONEY, SCALES

#: Label → group, field and kind of its number.
PLACES: dict[str, tuple[str, str, str]] = {
    "old": ("rows", "old", "index"),
    "new": ("rows", "new", "index"),
    "multiplier": ("rows", "multiplier", "factor"),
    "row_kwh": ("rows", "kwh", "kwh"),
    "removed": ("rows", "removed", "kwh"),
    "kwh": ("", "kwh", "kwh"),
    "net": ("", "net", "money"),
    "tax": ("", "tax", "money"),
    "total": ("", "total", "money"),
    "money": ("", "money", "money"),
    "households": ("", "households", "count"),
    "arising": ("debt", "arising", "money"),
    "arising_tax": ("debt", "arising_tax", "money"),
    "owed": ("debt", "owed", "money"),
    "owed_tax": ("debt", "owed_tax", "money"),
}

#: Kind of number → units it may carry.
NUMBER_KINDS: dict[str, frozenset[str]] = {
    "index": frozenset({"kwh"}),
    "kwh": frozenset({"kwh"}),
    "money": frozenset({"money"}),
    "price": frozenset({"money", "price"}),
    "percent": frozenset({"percent"}),
    "factor": frozenset(),
    "count": frozenset({"households"}),
}


def unit_after(tokens: Sequence[Token], at: int) -> tuple[str | None, int]:
    """The unit that begins at this token, and the index behind it.

    ``kwh``, ``money``, ``price`` (đ/kWh), ``percent``, ``households``; ``scale`` for a word that multiplies
    (triệu), None for no unit.
    """
    token = tokens[at]
    if token.text == "%":
        return "percent", at + 1
    if token.text in ENERGY:
        return "kwh", at + 1
    if token.text in SCALES:
        return "scale", at + 1
    if token.text in ("ho", "households"):
        return "households", at + 1
    if token.text in MONEY:
        at += 1
        if tokens[at].text == "/" and tokens[at + 1].text in ENERGY:
            return "price", at + 2
        return "money", at
    return None, at


def attached(text: str, token: Token) -> bool:
    """Whether letters touch a number, so that it is part of a code; a unit may follow it."""
    if token.start and (text[token.start - 1].isalnum() or text[token.start - 1] in "_~'"):
        return True
    follower = text[token.end : token.end + 8]
    if not follower[:1].isalnum() and follower[:1] not in ("_", "~", "'"):
        # A point with a digit behind it belongs to the number, so this one ends a sentence; not in "1..2".
        return follower[:1] in (".", ",") and follower[1:2] in (".", ",") and follower[2:3].isdigit()
    word = ""
    for char in follower:
        if not char.isalpha():
            break
        word += char
    return word not in ENERGY | MONEY | SCALES | {"x", "ho"}
