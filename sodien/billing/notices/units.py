"""Units behind a number, and letters that touch it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sodien.billing.notices.tokens import Token
from sodien.billing.notices.vocabulary import ENERGY, MONEY, REGISTER_NAMES, SCALES, label_at

#: Money with its groups, or of five digits and more.
SUM = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+|[1-9][0-9]{4,8}")
#: Money without a currency, by its groups.
GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")
#: Power, where kWh are whole: "P=0,75kW", "3,2 kW".
_POWER = re.compile(r"[0-9]{1,2}[.,][0-9]{1,2}")
#: More terms than a year has.
_MOST_TERMS = 12
#: Ends behind the last token, so that looking ahead needs no care.
LOOKAHEAD = 12


def with_end(text: str, found: Sequence[Token]) -> list[Token]:
    """The tokens with ends behind them, so that looking ahead needs no care."""
    return [*found, *[Token("end", "", len(text), len(text))] * LOOKAHEAD]


def unit_after(tokens: Sequence[Token], at: int) -> tuple[str | None, int]:
    """The unit that begins at this token, and the index behind it.

    ``kwh``, ``money``, ``price`` (đ/kWh), ``percent``, ``households``; ``rate`` for kWh a day, ``scale`` for
    a word that multiplies (triệu), None for no unit.
    """
    token = tokens[at]
    wrapped = token.kind == "line" and tokens[at + 1].text in ENERGY | MONEY
    if wrapped and tokens[at + 2].text not in (":", "=") and tokens[at + 2].kind != "number":
        at, token = at + 1, tokens[at + 1]  # a unit in the next line
    if token.text == "%":
        return "percent", at + 1
    if token.text in ENERGY:
        if token.text == "kw" and _POWER.fullmatch(tokens[at - 1].text):
            return "rate", at + 1
        if tokens[at + 1].text == "/" and tokens[at + 2].kind == "word":
            if tokens[at + 2].text == "h" and token.text == "kw":
                return "kwh", at + 3
            if tokens[at + 2].text in ("ngay", "thang", "ho", "nguoi", "gio", "day", "month"):
                return "rate", at + 3
        return "kwh", at + 1
    if token.text in ("kvarh", "kvar", "kva", "kwp"):
        return "rate", at + 1  # reactive, or what could flow: of no field
    if token.text in ("khoi", "m3") or (token.text == "m" and tokens[at + 1].text in ("2", "3")):
        return "rate", at + 1 + (token.text == "m")  # water, or a room: of no field
    if token.text == "units" and tokens[at - 1].kind == "number":
        return "kwh", at + 1
    if token.text == "so" and token.kind == "word":
        behind = tokens[at + 1]
        own = label_at(tokens, at)
        if own is not None and own[0] in ("old", "new", "index"):
            return None, at  # "so dien cu 2210 so dien moi 2287"
        if tokens[at - 1].kind == "number" and (own is None or own[1] == at + 1) and label_at(tokens, at + 1):
            return "kwh", at + 1  # "dung 6 so thanh tien 12.856"
        if tokens[at - 1].kind == "number" and behind.text == ":" and SUM.fullmatch(tokens[at + 2].text):
            return "kwh", at + 1  # "dien 88 so: 220.000"
        if tokens[at - 1].kind == "number" and behind.text == "dien" and tokens[at + 2].kind != "number":
            return "kwh", at + 2
        if tokens[at - 1].kind != "number" or behind.kind in ("word", "date", "code") or behind.text == ":":
            return None, at
        priced = [one.text for one in tokens[at + 2 : at + 5]]
        if behind.kind == "number" and (priced[0] in MONEY | SCALES or GROUPED.fullmatch(behind.text)):
            return "kwh", at + 1  # "118 so 413k"
        return (None, at) if behind.kind == "number" and "so" not in priced else ("kwh", at + 1)
    if token.text == "ki" or (token.text == "ky" and _is_count_of_kwh(tokens, at)):
        return "kwh", at + 1  # "102 ky, 224.400d", as it is said in the South
    if token.text in SCALES:
        return "scale", at + 1
    if token.text in ("ho", "households"):
        return "households", at + 1
    if token.text in MONEY:
        if token.text == "dg" and tokens[at + 1].kind == "number":
            return None, at  # "SL 78 DG 2150": the price
        at += 1
        if tokens[at].text == "/" and tokens[at + 1].text in ENERGY | {"so"}:
            return "price", at + 2
        return "money", at
    return None, at


def _is_count_of_kwh(tokens: Sequence[Token], at: int) -> bool:
    """Whether "ký" behind a number is kWh, and not a term: in front of a sign, and too many for terms."""
    number, behind = tokens[at - 1], tokens[at + 1]
    many = number.kind == "number" and number.text.isdecimal() and int(number.text) > _MOST_TERMS
    return many and behind.text in (",", ";", ".", "=", "x", "*", "")


def attached(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether letters touch a number, so that it is part of a code; a unit or a label may follow it.

    A word in front that a label ends with may touch it as well; whoever binds it looks at that.
    """
    token = tokens[at]
    if token.start and (text[token.start - 1] in "_~'" or text[token.start - 1].isdigit()):
        return True
    if token.glued and at and tokens[at - 1].kind not in ("word", "times"):
        return True
    follower = text[token.end : token.end + 2]
    if not follower[:1].isalnum() and follower[:1] not in ("_", "~", "'"):
        # A point with a digit behind it belongs to the number, so this one ends a sentence; not in "1..2".
        three = text[token.end : token.end + 3]
        return three[:1] in (".", ",") and three[1:2] in (".", ",") and three[2:3].isdigit()
    behind = tokens[at + 1]
    if behind.kind not in ("word", "times") or behind.start != token.end:
        return True
    return (
        behind.text not in ENERGY | MONEY | SCALES | {"x", "ho", "so", "nam"}
        and label_at(tokens, at + 1) is None
    )


def register_at(tokens: Sequence[Token], at: int) -> tuple[str, int] | None:
    """The register whose name begins here ("KT", "Khung giờ bình thường"), and the index behind it."""
    compact = ""
    best: tuple[str, int] | None = None
    for end in range(at, min(at + 5, len(tokens))):
        if tokens[end].kind != "word":
            break
        compact += tokens[end].text
        if name := REGISTER_NAMES.get(compact):
            best = (name, end + 1)
    return best
