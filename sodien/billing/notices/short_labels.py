"""Words that are labels only where a value follows: behind a sign, or as a sum of money."""

from __future__ import annotations

from collections.abc import Sequence

from sodien.billing.notices.tokens import Token
from sodien.billing.notices.units import SUM, unit_after
from sodien.billing.notices.vocabulary import label_at

#: Labels that are ones only with a sign behind them.
_WITH_SIGN = frozenset({"hs", "tt", "tc", "st", "ma", "kwh", "thanhtoan"})
#: Of these, the ones of money.
_OF_MONEY = frozenset({"tt", "tc", "st", "thanhtoan"})


def is_one(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the words from ``start`` to ``end`` are a label here; most are, whatever follows."""
    said = "".join(one.text for one in tokens[start:end])
    token = tokens[end]
    if said not in _WITH_SIGN or token.text in (":", "="):
        return True
    if said == "ma" and token.kind == "word" and tokens[start - 1].text == "(":
        number = end + 2 if tokens[end + 1].text == "-" else end + 1
        joined = tokens[number - 1].end == tokens[number].start
        return tokens[number].kind == "number" and joined  # "(ma HM0318)", "(ma TC-58)"
    if said == "hs" and token.kind == "number" and token.text.isdecimal() and label_at(tokens, end + 1):
        return len(token.text) < 5  # "HS 1 SL 78"
    if said not in _OF_MONEY or token.kind != "number":
        return False
    at = end
    while tokens[at].kind == "number":
        at += 1
    return SUM.fullmatch(token.text) is not None or unit_after(tokens, at)[0] == "money"
