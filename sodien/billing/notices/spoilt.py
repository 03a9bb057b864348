"""Numbers of which text recognition or the end of a line has left a part."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sodien.billing.notices.piece import Piece

#: Letters that text recognition gives for 0 and 1 in a code.
LETTERS = re.compile("[0-9][oO]+(?![a-zA-Z])|[0-9]l|^P[A-Z]l")
#: The same beside a number: "737,l41", "l.378".
_AHEAD = re.compile(r"[ ]?[.,>-]{0,3}[ ]?[loi][.,]?[0-9]|[.,][ ]?\n[0-9]{3}(?![0-9])")
_BEHIND = re.compile(r"(?<![a-z])[loi][.,]?$|[0-9][.,][ ]?\n$")


def is_spoilt(text: str, pieces: Sequence[Piece], at: int, used: set[int]) -> bool:
    """Whether letters stand for digits of this number, or a number that nothing has ends the line before."""
    piece = pieces[at]
    if _AHEAD.match(text, piece.end) or _BEHIND.search(text[max(0, piece.start - 4) : piece.start]):
        return True
    if at < 3 or pieces[at - 1].kind != "line":
        return False
    before = pieces[at - 2]
    bare = before.kind == "number" and before.unit is None and at - 2 not in used
    return bare and pieces[at - 3].kind in ("word", "label")
