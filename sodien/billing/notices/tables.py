"""Values under a row of labels, as copied from a page or typed off the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sodien.billing.notices.tokens import Token
from sodien.billing.notices.units import PLACES, attached, unit_after
from sodien.billing.notices.vocabulary import ENERGY, MONEY

_BETWEEN = frozenset({"|", "/", "-", ">", ",", ";", ":", "(", ")", "=", "*"})
_VALUES = frozenset({"number", "date"})
#: The utility's codes of registers (BCS).
REGISTERS = frozenset({"kt", "bt", "cd", "td", "vc", "sg"})
_COLUMNS = frozenset(PLACES) | {
    "bcs",
    "price",
    "amount",
    "ordinal",
    "tier",
    "customer",
    "serial",
    "from",
    "to",
    "last",
}
_MOST_ROWS = 60
#: What may stand between the last label and the first line: "(đồng/kWh)".
_UNITS = ENERGY | MONEY | {"(", ")", "/", "%"}


@dataclass(frozen=True, slots=True)
class NoticeTable:
    """``rows`` of one token a label, up to token ``end``."""

    labels: list[str]
    rows: list[list[Token]]
    end: int

    @classmethod
    def below(cls, text: str, tokens: Sequence[Token], at: int, labels: list[str]) -> NoticeTable | None:
        """The lines of exactly as many values as there are labels; None when the first line has not."""
        if not set(labels) <= _COLUMNS or len(set(labels)) != len(labels):
            return None
        rows: list[list[Token]] = []
        while tokens[at].text in _UNITS:
            at += 1
        end = at
        while len(rows) < _MOST_ROWS:
            row, behind = _line(text, tokens, end)
            if not row and rows:
                break
            if not row:
                # One value a line, as many lines as labels: cells of a page.
                return None
            if len(row) < len(labels) and not rows:
                row, behind = _cells(text, tokens, end, len(labels))
            if len(row) != len(labels) or not all(map(_fits, labels, row)):
                break
            rows.append(row)
            end = behind
            if "price" not in labels and "bcs" not in labels:
                break
        return cls(labels, rows, end) if rows else None


def _fits(label: str, token: Token) -> bool:
    if label == "bcs":
        return token.kind == "word"
    if label in ("from", "to", "last"):
        return token.kind == "date"
    return token.kind == "number"


def _line(text: str, tokens: Sequence[Token], at: int) -> tuple[list[Token], int]:
    """The values of the next line that has something, empty when it holds anything else."""
    lines = 0
    while tokens[at].kind == "line" or tokens[at].text in _BETWEEN:
        lines += tokens[at].kind == "line"
        if lines > 2:
            return [], at
        at += 1
    row: list[Token] = []
    while tokens[at].kind not in ("line", "end"):
        token = tokens[at]
        if token.kind in _VALUES and not attached(text, token):
            row.append(token)
            unit, at = unit_after(tokens, at + 1)
            if unit == "scale":
                return [], at
        elif token.text in REGISTERS and not row:
            row.append(token)
            at += 1
        elif token.text in _BETWEEN:
            at += 1
        elif token.text in ("bac", "tier") and tokens[at + 1].kind == "number" and not row:
            at += 2
        else:
            # Prose behind the last value: "…, dien nang tieu thu" is the next label, not part of the line.
            return row, at
    return row, at


def _cells(text: str, tokens: Sequence[Token], at: int, count: int) -> tuple[list[Token], int]:
    """One value a line, exactly ``count`` lines."""
    row: list[Token] = []
    while len(row) < count:
        line, behind = _line(text, tokens, at)
        if len(line) != 1 or tokens[behind].kind not in ("line", "end"):
            return [], at
        row += line
        at = behind
    return row, at
