"""Text of strangers, so that it can be shown: what steers a terminal becomes visible instead of acting."""

from __future__ import annotations

import re
from typing import Final

#: Control characters (C0, DEL, C1), those that reverse or break lines unseen, and halves of characters.
_STEERS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str, keep: str = "") -> str:
    r"""The text in one line, with ``\u001b`` for an escape and so on; those in ``keep`` stay as they are.

    The form is JSON's, so that JSON which passes through here still means the same.
    """
    if text.isascii() and text.isprintable():
        return text
    return _STEERS.sub(lambda found: found[0] if found[0] in keep else f"\\u{ord(found[0]):04x}", text)
