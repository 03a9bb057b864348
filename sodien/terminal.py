"""Standard output and error as a person's terminal can take them, whatever a stranger wrote.

What would steer the terminal is shown instead, colours apart. A character that the terminal cannot show
is written by its base letter, so that "đồng" is "dong" where Vietnamese is not to be had, and nothing fails.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import re
import sys
from typing import Any, Final

from sodien.printable import printable

#: Colours and weights, as click and Rich write them; hidden text (8) is none of them.
_STYLE: Final = re.compile(r"(\x1b\[(?:(?:[0-4]|2[2-4]|[39][0-7]|39)?;?)*m)")
_COMMAND: Final = re.compile(r"\b(?:sodien|sudo|pip) ")
#: What stands before a sentence: blanks, and a mark or a number; or a name in a column of its own.
_HANGING: Final = re.compile(r" *(?:(?:[^\w\s]|\d+\.) |(?:\S+ ){1,6} +(?=\S))?")
#: A number and its unit stay together, and so do both ends of a range.
_UNIT: Final = re.compile(
    r"(?<=\d) (?=(?:(?:k?Wh?|đ|đồng|VND|h|min|s|days?|giờ|phút|giây|ngày)\b|…))|(?<=…) (?=\d)"
)
_COLUMNS: Final = 80
_PLAIN: Final = str.maketrans(
    {"đ": "d", "Đ": "D", "–": "-", "—": "-", "…": "...", "→": "->", "≤": "<=", "≥": ">=", "−": "-", "₫": "d"}
    | {"✓": "+", "✗": "x", "·": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "×": "x", "•": "*", "±": "+-"}
)
_HANDLER: Final = "sodien-base-letters"


def base_letters(text: str) -> str:
    """The text in ASCII: letters without their marks, ``?`` for what has none."""
    import unicodedata  # large, and seldom needed

    bare = unicodedata.normalize("NFD", text.translate(_PLAIN))
    kept = "".join(one for one in bare if not unicodedata.combining(one))
    return kept.encode("ascii", "replace").decode()


def shown(text: str) -> str:
    """The text as it may be sent to a terminal."""
    parts = _STYLE.split(text)
    return "".join(part if index % 2 else printable(part, keep="\n\t") for index, part in enumerate(parts))


def wrapped(text: str, columns: int) -> str:
    """The text with lines that are too long broken between words, in line with the first one.

    A line that names a command stays whole: it is there to be copied.
    """
    return "".join(
        line
        if len(_STYLE.sub("", line.rstrip("\n"))) <= columns or _COMMAND.search(line)
        else _broken(line, columns)
        for line in text.splitlines(keepends=True)
    )


def _broken(line: str, columns: int) -> str:
    found = _HANGING.match(_STYLE.sub("", line))
    indent = " " * min(found.end() if found is not None else 0, columns // 2)
    done, length = "", 0
    for number, word in enumerate(_UNIT.sub("\0", line).split(" ")):
        wide = len(_STYLE.sub("", word.rstrip("\n")))
        if number and length + 1 + wide > columns and length > len(indent):
            done, length = f"{done.rstrip(' ')}\n{indent}{word}", len(indent) + wide
        else:
            done, length = (f"{done} {word}", length + 1 + wide) if number else (word, wide)
    return done.replace("\0", " ")


class _Terminal(io.TextIOWrapper):
    def write(self, text: str, /) -> int:
        said = shown(text)
        if self.isatty():
            with contextlib.suppress(OSError):
                said = wrapped(said, os.get_terminal_size(self.fileno()).columns or _COLUMNS)
        super().write(said)
        return len(text)


def set_up(*, steering: bool = False) -> None:
    """Make both streams so for the rest of the process; ``steering`` for a command that redraws lines."""
    codecs.register_error(_HANDLER, _replace)
    for name in ("stdout", "stderr"):
        stream: Any = getattr(sys, name)
        if stream is None:  # closed by whoever called; what is said goes nowhere, and no file gets its number
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
            continue
        if type(stream) is not io.TextIOWrapper:
            continue  # a test's
        if steering:
            stream.reconfigure(errors=_HANDLER)
            continue
        stream.flush()
        encoding, buffered = stream.encoding, stream.line_buffering
        setattr(sys, name, _Terminal(stream.detach(), encoding, _HANDLER, line_buffering=buffered))


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return base_letters(error.object[error.start : error.end]), error.end
