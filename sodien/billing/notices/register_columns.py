"""A column for each register: "BT CĐ TĐ" over lines such as "Đầu kỳ 812 203 377", "Cuối kỳ …", "kWh …"."""

from __future__ import annotations

from collections.abc import Sequence

from sodien.billing.notices.lines import TextLine
from sodien.billing.notices.settled import MOST_ROWS
from sodien.billing.notices.table_columns import REGISTER, Cell
from sodien.billing.notices.tokens import Token
from sodien.billing.notices.units import register_at


def register_columns(
    tokens: Sequence[Token], lines: Sequence[TextLine], at: int, first: int
) -> tuple[list[Cell], int] | None:
    """The cells of the lines from ``at`` on under a head of registers, and the line behind the last.

    ``first`` is the row of the first register. None where the lines have not both indices of each.
    """
    names = _named(tokens[lines[at - 1].start : lines[at - 1].end]) if at else []
    rows: dict[str, list[Token]] = {}
    end = at
    while end < len(lines) and len(lines[end].numbers) == len(names) > 1 and not lines[end].words:
        label = next((one for one in lines[end].labels if one in REGISTER), None)
        if label is None:
            break
        name = "kwh" if label in ("row_kwh", "kwh_all") else label
        rows[name] = [tokens[one] for one in lines[end].numbers]
        end += 1
    if not {"old", "new"} <= rows.keys() or first + len(names) > MOST_ROWS:
        return None
    cells = []
    for column, (register, token) in enumerate(names):
        cells.append(Cell("rows", first + column, "register", "text", token, register))
        cells += [Cell("rows", first + column, one, REGISTER[one], rows[one][column]) for one in rows]
    return cells, end


def _named(tokens: Sequence[Token]) -> list[tuple[str, Token]]:
    """The registers named one after the other in a line, each with its first word."""
    found: list[tuple[str, Token]] = []
    at = 0
    while at < len(tokens):
        named = register_at(tokens, at) if tokens[at].kind == "word" else None
        if named is not None:
            found.append((named[0], tokens[at]))
        at = named[1] if named is not None else at + 1
    return found
