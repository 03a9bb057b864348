"""The program that takes the text out of a PDF: a process of its own, which a hostile file cannot leave.

It stands alone (nothing of Sodien is imported), reads the PDF from standard input and writes one line of JSON
for each way to put the text in order: ``{"text": …}``, or one line ``{"why": …}``. Before it looks at the
first byte it gives up memory, time and files beyond its limits, which are its arguments.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import sys
from typing import Any

#: Fewer letters and digits than this are a stamp on a picture, or nothing.
_LEAST_LETTERS = 40


def limit(memory: int, seconds: int) -> None:
    """Give up what a notice does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):  # a unit has a niceness of its own, and lets no other be set
        os.nice(10)  # counting goes first


def say(line: dict[str, str]) -> None:
    """One line of the answer, at once: what follows may end this process."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main(memory: int, seconds: int, most_pages: int, most_characters: int) -> None:
    """Read, take out, answer."""
    limit(memory, seconds)
    try:
        import pypdf
    except ImportError:
        say({"why": "extra"})
        return
    data = sys.stdin.buffer.read()
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not _opened(reader):
            say({"why": "locked"})
            return
        pages = [page for _, page in zip(range(most_pages), reader.pages, strict=False)]
        text = _joined(pages, most_characters)
        if sum(map(str.isalnum, text)) < _LEAST_LETTERS:
            say({"why": "picture" if pages else "broken"})
            return
        say({"text": text})
        say({"text": _joined(pages, most_characters, extraction_mode="layout")})
    except (MemoryError, RecursionError):
        say({"why": "too_much"})
    except Exception as error:  # noqa: BLE001  (whatever a damaged file makes of the library)
        say({"why": "too_much" if type(error).__name__ == "LimitReachedError" else "broken"})


def _opened(reader: Any) -> bool:
    """Whether it needs no password to be read: many only keep others from changing them."""
    try:
        return bool(reader.decrypt(""))
    except Exception:  # noqa: BLE001  (a cipher that needs another package)
        return False


def _joined(pages: list[Any], most: int, **how: Any) -> str:
    texts: list[str] = []
    length = 0
    for page in pages:
        texts.append(page.extract_text(**how))
        length += len(texts[-1])
        if length > most:
            break
    return "\n".join(texts)[: most + 1]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:5]))
