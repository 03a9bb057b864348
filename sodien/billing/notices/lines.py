"""The lines of a text by what stands in them: numbers, labels, words, the name of a register."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sodien.billing.notices.tokens import Token
from sodien.billing.notices.units import attached, register_at, unit_after
from sodien.billing.notices.vocabulary import ENERGY, MONEY, label_at

#: What may stand between the last label and the first line: "(đồng/kWh)".
_UNITS = ENERGY | MONEY | {"(", ")", "/", "%"}
_LEAST_SERIAL = 5


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line: from and to which token, and where its numbers are."""

    start: int
    end: int
    numbers: list[int]
    words: list[str]
    labels: list[str]
    register: str | None
    first_unit: str | None


def read_lines(text: str, tokens: Sequence[Token]) -> Iterator[TextLine]:
    """The lines of a text that hold anything; ``tokens`` with ends behind them."""
    start = 0
    for at, token in enumerate(tokens):
        if token.kind in ("line", "end") or _ends(text, tokens, at):
            if at > start:
                yield _read(text, tokens, start, at)
            start = at + 1
        elif at == start and _is_serial(token) and register_at(tokens, at + 1) is not None:
            yield _read(text, tokens, start, at + 1)
            start = at + 1
        if token.kind == "end":
            return


def _is_serial(token: Token) -> bool:
    """Whether this may be a meter's number, in front of the name of its register."""
    return token.kind == "number" and token.text.isdecimal() and len(token.text) >= _LEAST_SERIAL


def _ends(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether a sentence ends behind a number: what follows is no part of its line of numbers."""
    token = tokens[at]
    if token.text != "." or text[token.end : token.end + 1] != " " or at == 0:
        return False
    return (
        tokens[at - 1].kind == "number"
        and tokens[at + 1].kind == "word"
        and tokens[at - 1].end == token.start
    )


def _read(text: str, tokens: Sequence[Token], start: int, end: int) -> TextLine:
    numbers: list[int] = []
    words: list[str] = []
    labels: list[str] = []
    register: str | None = None
    at = start
    while at < end:
        token = tokens[at]
        if token.kind == "word":
            name = register_at(tokens, at)
            if name is not None and not numbers:
                register, at = name
                continue
            label = label_at(tokens, at)
            counted = at > start and tokens[at - 1].kind == "number" and token.text in _UNITS
            if label is not None and label[1] <= end and not counted:
                labels += label[0].split()
                at = label[1]
                continue
            if token.text not in _UNITS:
                words.append(token.text)
        elif token.kind == "number" and not attached(text, tokens, at) and not token.glued:
            numbers.append(at)
        elif token.kind not in ("sign", "times"):
            words.append(token.text)
        at += 1
    unit = unit_after(tokens, numbers[0] + 1)[0] if numbers else None
    return TextLine(start, end, numbers, words, labels, register, unit)


def is_named(tokens: Sequence[Token], line: TextLine, tail: Sequence[int]) -> bool:
    """Whether what stands in front of the numbers ``tail`` names their line alone.

    It is what its tier goes from and to, "51-100  2.050 …", or ends with the unit: "3  Điện bậc 3  kWh  …".
    """
    first, *more = line.numbers
    if tail == line.numbers[2:] and first == line.start and more[0] == first + 2:
        return tokens[first + 1].text == "-"
    front = tokens[line.start : tail[0]]
    named = all(one.kind in ("word", "sign") or len(one.text) < 3 for one in front)
    return named and bool(front) and front[-1].text in ENERGY and "month" not in line.labels
