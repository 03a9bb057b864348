"""The reader of notices: SMS, pasted text or e-invoice in, :class:`Understood` out.

It never raises for any input and never guesses: what can be read in two ways is left out and named. A PDF is
only told as one: its text is taken out by :mod:`sodien.bills.notice_file`.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterable, Sequence

from sodien.billing.bill import Bill
from sodien.billing.notices.accents import from_tcvn3
from sodien.billing.notices.einvoice import read_invoice
from sodien.billing.notices.file_kinds import no_text
from sodien.billing.notices.free_text import TOLD, read_message
from sodien.billing.notices.grids import without_grids
from sodien.billing.notices.model import Document, Problem, TextSpan, Understood
from sodien.billing.notices.parting import Reading, separated
from sodien.billing.notices.plain import plain
from sodien.billing.notices.plausibility import plain_faults
from sodien.billing.notices.portal_json import is_json, read_json
from sodien.billing.notices.splitting import messages
from sodien.billing.notices.sums import misfits
from sodien.billing.notices.templates import MessageTemplate, parted
from sodien.billing.notices.text import fold

__all__ = ["MOST_BYTES", "MOST_CHARACTERS", "Understood", "plain", "read"]

#: An e-invoice with its signature is some tens of KB; one with the printed page inside may reach a megabyte.
MOST_BYTES = 2_000_000
#: A year of pasted notices.
MOST_CHARACTERS = 100_000
MOST_PROBLEMS = 40

#: What begins as a web page or a piece of one; its tags, and those of them that end a line.
_PAGE = re.compile(r"<(?:!doctype html|html|body|div|p|b|br|table|span|strong|tr|td|h[1-6])\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{1,400}>")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{1,6});")
_BREAKS = re.compile(r"</?(?:br|p|div|tr|li|h[1-6]|table)\b", re.IGNORECASE)

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"""^\s{0,20}<\?xml[^>]{0,80}encoding\s{0,5}=\s{0,5}["']([A-Za-z0-9_.-]{1,20})["']""")
#: Declared encodings that are believed where the bytes are not UTF-8; digits are the same in all of them.
_ENCODINGS = frozenset({"windows-1258", "windows-1252", "iso-8859-1", "us-ascii"})


def read(source: str | bytes, templates: Sequence[MessageTemplate] = ()) -> Understood:
    """What a notice says, with the stretch of text behind every field.

    Args:
        source: the text, or the bytes of a file: UTF-8, UTF-16 with its mark, or what XML declares.
        templates: messages of known senders, for free text.
    """
    told = no_text(source)
    if told is not None:
        return Understood(text="", problems=(told,))
    if len(source) > MOST_BYTES:
        return Understood(text="", problems=(Problem("too_big", "", {"most": f"{MOST_BYTES}"}),))
    text = _decode(source)
    if isinstance(text, Problem):
        return Understood(text="", problems=(text,))
    start = text.lstrip()[:1]
    if not start:
        return Understood(text=text, problems=(Problem("empty"),))
    if _PAGE.match(text.lstrip()) or (start != "<" and len(_PAGE.findall(text)) > 1):
        text = _TAG.sub(lambda tag: ("\n" if _BREAKS.match(tag[0]) else " ") * len(tag[0]), text)
        text = _ENTITY.sub(lambda one: html.unescape(one[0]).ljust(len(one[0]))[: len(one[0])], text)
    elif start == "<":
        text = text.lstrip()
        documents, problems, unused = read_invoice(text)
        if not documents and not problems:
            problems.append(Problem("nothing"))
        return _understood(text, documents, problems, tuple(unused))
    if is_json(text):
        documents, problems, unused = read_json(text)
        return _understood(text, documents, problems, tuple(unused))
    if len(text) > MOST_CHARACTERS:
        return Understood(text="", problems=(Problem("too_many", "", {"most": f"{MOST_CHARACTERS}"}),))
    return read_text(text, templates)


def read_text(text: str, templates: Sequence[MessageTemplate] = ()) -> Understood:
    """Read free text of any length, in time linear in it."""
    folded = without_grids(fold(text))
    documents: list[Document] = []
    problems: list[Problem] = []
    covered: list[tuple[int, int]] = []

    def part(begin: int, finish: int) -> Reading:
        return read_message(folded, text, begin, finish, templates)

    def told(begin: int, finish: int) -> Reading:
        return read_message(folded, text, begin, finish, templates, proven=True)

    for begin, finish in parted(templates, folded.text, messages(folded.text)):
        for new, wrong, used in separated(folded.text, begin, finish, part, told):
            documents += new
            problems += wrong
            covered += used
    if not documents and not any(problem.key in TOLD for problem in problems):
        problems.append(Problem("nothing"))
    return _understood(text, documents, problems, _rest(text, covered))


def _decode(source: str | bytes) -> str | Problem:
    if isinstance(source, str):
        # Half characters (lone surrogates) would break whoever writes the text down.
        return source.removeprefix("\ufeff").encode("utf-8", "replace").decode("utf-8")
    for bom, encoding in _BOMS:
        if source.startswith(bom):
            try:
                return source[len(bom) :].decode(encoding)
            except UnicodeDecodeError:
                return Problem("encoding", "", {"encoding": encoding})
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError:
        declared = _DECLARED.match(source)
        name = declared[1].decode("ascii").lower() if declared else "utf-8"
        if name in _ENCODINGS:
            try:
                return source.decode(name)
            except UnicodeDecodeError:
                pass
        old_font = source.decode("latin-1")
        if not declared and from_tcvn3(old_font) != old_font:
            return old_font
        return Problem("encoding", "", {"encoding": name})


def _understood(
    text: str, documents: Iterable[Document], problems: list[Problem], rest: tuple[TextSpan, ...]
) -> Understood:
    documents = tuple(documents)
    for document in documents:
        if isinstance(document.content, Bill):
            problems += misfits(document.content) if document.content.adjusts is None else ()
            problems += plain_faults(document.content)
    if len(problems) > MOST_PROBLEMS:
        more = len(problems) - MOST_PROBLEMS
        problems = [*problems[:MOST_PROBLEMS], Problem("more", "", {"count": f"{more}"})]
    return Understood(text=text, documents=documents, rest=rest, problems=tuple(problems))


def _rest(text: str, covered: list[tuple[int, int]]) -> tuple[TextSpan, ...]:
    """The stretches nobody used, without blanks and signs at their ends."""
    found: list[TextSpan] = []
    at = 0
    for start, end in [*sorted(covered), (len(text), len(text))]:
        if start > at:
            piece = text[at:start]
            inside = [place for place, char in enumerate(piece) if char.isalnum()]
            if inside:
                found.append(TextSpan(at + inside[0], at + inside[-1] + 1))
        at = max(at, end)
    return tuple(found)
