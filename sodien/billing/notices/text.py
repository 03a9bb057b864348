"""Text without accents and case, and the way back to where each character stood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sodien.billing.notices.accents import from_tcvn3, typed_accents
from sodien.billing.notices.tears import blanks_in_numbers, line_ends_in_numbers, with_groups
from sodien.billing.notices.vocabulary import word_set

_ODD = {
    "đ": "d", "Đ": "d", "×": "*", "✕": "*", "→": ">", "➔": ">", "\r": " ", "\v": "\n", "\f": "\n",
    "➡": ">", "➜": ">", "⇒": ">", "⟶": ">", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\ufeff": "",
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


#: A run of digits in which text recognition put the letter O for some zeros.
_LETTER_O = re.compile(r"(?<![a-z0-9~_])[0-9o]{2,20}(?![a-z0-9~_])")
#: A customer code right behind a word.
_GLUED = re.compile(r"(?<=[a-zà-ỹ])P[A-Z][0-9]{2}[0-9A-Z]{7,9}(?![0-9A-Za-z])")
#: "Tiền thuê", which is no "thuế" where accents are written; as long as it was.
_RENT = re.compile(r"(?<=ti[eề]n )(?:thuê|thue(\u0302))(?! ?(?:gtgt|vat|su[aấ]|giá))", re.IGNORECASE)
#: Narrower lines are no hard wrap of a message.
_LEAST_WIDTH = 20
_LEAST_LINES = 3
#: A line that begins with a label of its own.
_LABELLED = re.compile(r"[^a-z0-9\n]{0,4}[a-z][a-z ]{1,30}[a-z] ?[:=]")


@dataclass(frozen=True, slots=True)
class Folded:
    """Lower case without accents.

    Attributes:
        text: what is read.
        at: each character's place in the original; None when it is the same.
        zeros: places in ``text`` where the letter O stands for a digit.
    """

    text: str
    at: Sequence[int] | None
    zeros: frozenset[int] = frozenset()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original stretch of a folded one that is not empty."""
        if self.at is None:
            return start, end
        return self.at[start], self.at[end - 1] + 1

    def doubtful(self, start: int, end: int) -> bool:
        """Whether a letter O stands for a digit in this stretch."""
        return bool(self.zeros) and any(start <= place < end for place in self.zeros)


def fold(text: str) -> Folded:
    """Fold a text in linear time: case, accents in whatever way they are written, hard line ends, O for 0.

    A combining mark on anything but a letter stays a character.
    """
    return _digits(_mended(_unwrapped(_plain(_folded(_RENT.sub(r"rent\1", from_tcvn3(text)))))))


#: Words of the English glosses that bilingual forms print in brackets behind a label.
_ENGLISH = word_set(
    """customer customers s code id no number name address phone telephone tel tax serial date month year
    day term from to previous current old new last present reading index meter multiplier factor
    coefficient consumption kwh vnd total amount of payment in words vat rate invoice company unit price
    quantity description energy before after excluding including period billing due account the for and
    payable electricity usage used bill household households form sign symbol goods services buyer
    seller type method"""
)
_GLOSS = re.compile(r"(?<=[a-z])[ ]{0,2}(\([a-z][a-z' ,./&-]{0,50}\))")


def without_glosses(text: str) -> str:
    """The folded text with blanks for the English glosses in brackets; nothing moves."""
    return _GLOSS.sub(
        lambda match: " " * len(match[0]) if set(re.findall("[a-z]+", match[1])) <= _ENGLISH else match[0],
        text,
    )


def _folded(text: str) -> Folded:
    if text.isascii() and "\r" not in text and not _GLUED.search(text):
        return Folded(text.lower().replace("\v", "\n").replace("\f", "\n"), None)
    chars: list[str] = []
    at: list[int] = []
    for place, char in enumerate(text):
        if char == "P" and _GLUED.match(text, place):
            chars.append(" ")  # "Mã khách hàngPB05010009999", as text is pasted from a page
            at.append(place)
        if unicodedata.combining(char):
            if chars and chars[-1].isalpha():
                continue
            folded = "~"
        elif char == "\r" and text[place + 1 : place + 2] == "\n":
            folded = ""
        else:
            folded = _LETTERS[char]
        if folded:
            chars.append(folded)
            at.append(place)
    return Folded("".join(chars), None if len(at) == len(text) else at)


def _plain(folded: Folded) -> Folded:
    """Without the characters that stand for accents in ways of typing them."""
    signs = typed_accents(folded.text)
    if not signs:
        return folded
    chars = [(place, signs.get(place, char)) for place, char in enumerate(folded.text)]
    kept = [place for place, char in chars if char]
    at = kept if folded.at is None else [folded.at[place] for place in kept]
    return Folded("".join(char for _, char in chars), at)


def _unwrapped(folded: Folded) -> Folded:
    """Without the line ends of a text that was cut at a fixed width, inside words and numbers too.

    A text is taken for such a one when all its lines but the last are equally long and most do not begin
    with a label; a line may lack the blank at its end.
    """
    lines = folded.text.rstrip("\n ").split("\n")
    widths = [len(line) for line in lines[:-1]]
    if len(widths) < _LEAST_LINES:
        return folded
    width = max(widths)
    lacking = sum(one == width - 1 for one in widths)
    labelled = sum(_LABELLED.match(line) is not None for line in lines[1:])
    if width < _LEAST_WIDTH or min(widths) < width - 1 or lacking * 3 > len(widths) or len(lines[-1]) > width:
        return folded
    if labelled * 2 > len(widths):
        return folded
    chars: list[str] = []
    at: list[int] = []
    place = 0
    for line in lines:
        for offset, char in enumerate(line):
            chars.append(char)
            at.append(place + offset)
        place += len(line)
        if len(line) < width and place < len(folded.text):
            chars.append(" ")
            at.append(place)
        place += 1
    if folded.at is not None:
        at = [folded.at[one] for one in at]
    return Folded("".join(chars), at)


def _mended(folded: Folded) -> Folded:
    """Without the line ends that cut a number."""
    if "\n" in folded.text:
        folded = Folded(with_groups(folded.text), folded.at, folded.zeros)
    torn = blanks_in_numbers(folded.text)
    torn |= line_ends_in_numbers(folded.text) if "\n" in folded.text else set()
    if not torn:
        return folded
    width = max(len(line) for line in folded.text.split("\n"))
    full = {
        match.end(1)
        for match in re.finditer(r"([^\n]+)\n", folded.text)
        if len(match[1]) >= max(width - 2, _LEAST_WIDTH)
    }
    kept = [place for place in range(len(folded.text)) if place not in torn]
    at = kept if folded.at is None else [folded.at[place] for place in kept]
    chars = [" " if place in full else folded.text[place] for place in kept]
    return Folded("".join(chars), at, folded.zeros)


def _digits(folded: Folded) -> Folded:
    """With 0 for each letter O inside a number; whoever reads such a number must prove it."""
    zeros: set[int] = set()
    for match in _LETTER_O.finditer(folded.text):
        run = match.group()
        if "o" in run and any(char != "o" for char in run):
            zeros |= {match.start() + at for at, char in enumerate(run) if char == "o"}
    if not zeros:
        return folded
    text = "".join("0" if place in zeros else char for place, char in enumerate(folded.text))
    return Folded(text, folded.at, frozenset(zeros))
