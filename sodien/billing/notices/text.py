"""Text without accents and case, and the way back to where each character stood."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_ODD = {
    "đ": "d", "Đ": "d", "×": "*", "✕": "*", "→": ">", "➔": ">", "\r": " ", "\v": "\n", "\f": "\n",
    "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\ufeff": "",
}  # fmt: skip


class _Letters(dict[str, str]):
    """Each character's folded form, worked out once: one character, or none for what has no width."""

    def __missing__(self, char: str) -> str:
        self[char] = found = self._fold(char)
        return found

    @staticmethod
    def _fold(char: str) -> str:
        if char in _ODD:
            return _ODD[char]
        if 0xFF01 <= ord(char) <= 0xFF5E:  # full-width forms of ASCII
            return chr(ord(char) - 0xFEE0).lower()
        category = unicodedata.category(char)
        if category == "Cf":
            return ""
        if category[0] == "N" and not char.isascii():
            return "~"  # Arabic digits, "²", "Ⅳ": no part of any number here, and nothing to pass over
        if category == "Zs":
            return " "
        if category == "Pd" or char == "−":
            return "-"
        # Canonical decomposition only: a compatibility one would make the number 102 of "10²".
        return unicodedata.normalize("NFD", char)[0].lower()[0]


_LETTERS = _Letters()


@dataclass(frozen=True, slots=True)
class Folded:
    """Lower case without accents; ``at`` holds each character's place in the original, None when the same."""

    text: str
    at: Sequence[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original stretch of a folded one that is not empty."""
        if self.at is None:
            return start, end
        return self.at[start], self.at[end - 1] + 1


def fold(text: str) -> Folded:
    """Fold a text in linear time. A combining mark on anything but a letter stays a character."""
    if text.isascii():
        return Folded(text.lower().replace("\r", " ").replace("\v", "\n").replace("\f", "\n"), None)
    chars: list[str] = []
    at: list[int] = []
    for place, char in enumerate(text):
        if unicodedata.combining(char):
            if chars and chars[-1].isalpha():
                continue
            folded = "~"
        else:
            folded = _LETTERS[char]
        if folded:
            chars.append(folded)
            at.append(place)
    return Folded("".join(chars), None if len(at) == len(text) else at)
