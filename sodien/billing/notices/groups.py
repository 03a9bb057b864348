"""Groups of three digits that stand one blank apart: one number, "1 335 551"."""

from __future__ import annotations

import re
from dataclasses import replace

from sodien.billing.notices.piece import Piece

#: Labels of a number that is no quantity: groups behind it may not belong together.
_NUMBERS = re.compile(r"\b(?:so|ma|tk|stk|hd|seri|mst|dt|sdt|id|ref)\b")
#: Labels of a number of one or two digits: what stands behind it is another number.
_COUNTS = frozenset({"households", "multiplier", "term", "ordinal", "tier"})
_INDICES = _COUNTS | {"old", "new", "index"}
#: Money with more than one blank between groups: what so many kWh may cost has to prove it.
_WIDE = re.compile(r"[1-9][0-9]{0,2}(?: {1,2}[0-9]{3})+ {0,2}(?:d|dong|vnd)(?![a-z])")


def joined_groups(text: str, pieces: list[Piece]) -> list[Piece]:
    """Groups of three digits that stand one blank apart as one number; whoever takes it looks at its unit."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if (
            last is not None
            and last.kind == piece.kind == "number"
            and last.unit is None
            and (text[last.end : piece.start] == " " or _WIDE.match(text, last.start) is not None)
            and re.fullmatch(r"[1-9][0-9]{0,2}(?: {1,2}[0-9]{3})*", last.text)
            and re.fullmatch(r"[0-9]{3}(?:[.,][0-9]{1,2})?", piece.text)
            and piece.unit in (None, "money", "kwh")
            and not (len(found) > 1 and found[-2].label == "skip" and _NUMBERS.search(found[-2].text))
            and not (len(found) > 1 and found[-2].label in (_INDICES if piece.unit == "kwh" else _COUNTS))
            and not (len(found) > 1 and found[-2].kind == "number" and " " not in last.text
                     and text[found[-2].end : last.start] == " ")
        ):  # fmt: skip
            whole = f"{last.text}{text[last.end : piece.start]}{piece.text}"
            found[-1] = replace(piece, text=whole, start=last.start, glued=last.glued)
        else:
            found.append(piece)
    return found
