"""Compiles a gettext catalogue: the ``.po`` of the translators into the ``.mo`` that :mod:`gettext` reads.

A wheel holds the ``.mo`` alone, made by hatch_build.py. A checkout holds the ``.po``, and whoever reads it
first after a change compiles it anew, so that no stale text is ever shown.
"""

from __future__ import annotations

import ast
import gettext
import io
import os
import re
import struct
from collections.abc import Iterator
from pathlib import Path

_LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr)(?:\[(\d+)\])? )?(".*")')
_MAGIC = 0x950412DE


def load(po: Path) -> gettext.GNUTranslations:
    """The translations of a ``.po``; the ``.mo`` beside it is made anew where it comes from another."""
    mo = po.with_suffix(".mo")
    if not _is_of(mo, po):
        try:
            write(po, mo)
        except OSError:  # not ours to write: the texts are right all the same
            return gettext.GNUTranslations(io.BytesIO(compiled(po.read_text(encoding="utf-8"))))
    with mo.open("rb") as file:
        return gettext.GNUTranslations(file)


def write(po: Path, mo: Path) -> None:
    """Compile, and give the ``.mo`` the time of its ``.po``: that is how :func:`load` knows it again."""
    at = po.stat().st_mtime_ns
    part = mo.with_suffix(f".{os.getpid()}.mo")
    part.write_bytes(compiled(po.read_text(encoding="utf-8")))
    os.utime(part, ns=(at, at))
    part.replace(mo)


def _is_of(mo: Path, po: Path) -> bool:
    return mo.exists() and mo.stat().st_mtime_ns == po.stat().st_mtime_ns


def compiled(po: str) -> bytes:
    """The ``.mo`` for the text of a ``.po``: what is translated, without entries marked fuzzy."""
    pairs = sorted((key.encode(), text.encode()) for key, text in entries(po))
    tables, strings = b"", b""
    start = 28 + 16 * len(pairs)
    for column in (0, 1):
        for pair in pairs:
            tables += struct.pack("<2I", len(pair[column]), start + len(strings))
            strings += pair[column] + b"\0"
    header = struct.pack("<7I", _MAGIC, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return header + tables + strings


def entries(po: str) -> Iterator[tuple[str, str]]:
    """Key and translation of every translated entry, as a ``.mo`` has them.

    A context stands before the key, an EOT (4) between; a plural and its forms behind, a NUL between.
    """
    for block in re.split(r"\n\s*\n", po):
        lines = block.splitlines()
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        parts: dict[str, str] = {}
        last = ""
        for line in lines:
            if match := _LINE.fullmatch(line.strip()):
                if match[1]:
                    last = match[1] + (match[2] or "")
                parts[last] = parts.get(last, "") + ast.literal_eval(match[3])
        texts = [parts[name] for name in sorted(parts) if name.startswith("msgstr")]
        if not texts or not all(texts):
            continue
        key = "\0".join(parts[name] for name in ("msgid", "msgid_plural") if name in parts)
        if "msgctxt" in parts:
            key = f"{parts['msgctxt']}\x04{key}"
        yield key, "\0".join(texts)
