"""What a file is that is no text: a PDF, a picture, an archive; and what is said of it."""

from __future__ import annotations

import re

from sodien.billing.notices.model import Problem

#: Some programs put a few bytes in front of it.
_PDF = re.compile(rb"%PDF-[0-9]\.[0-9]")
_PDF_WITHIN = 1024
_PICTURES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "WebP"),
    (re.compile(rb".{4}ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", re.DOTALL), "HEIC"),
    (re.compile(rb".{4}ftypavi[fs]", re.DOTALL), "AVIF"),
    (re.compile(rb"GIF8[79]a"), "GIF"),
    (re.compile(rb"II\*\x00|MM\x00\*"), "TIFF"),
)
_ARCHIVE = re.compile(rb"PK\x03\x04")


def no_text(source: str | bytes) -> Problem | None:
    """What is said of a file that is no text as it stands; None of all others. A PDF has the key ``pdf``."""
    head = source[:_PDF_WITHIN]
    data = head.encode("utf-8", "replace") if isinstance(head, str) else head
    if _PDF.search(data):
        return Problem("pdf")
    for pattern, name in _PICTURES:
        if pattern.match(data):
            return Problem("picture", "", {"format": name})
    if _ARCHIVE.match(data):
        return Problem("archive")
    return None


def pdf_problem(why: str, *, command: str = "") -> Problem:
    """What is said of a PDF that gives no text.

    Args:
        why: ``extra``, ``locked``, ``picture``, ``broken``; anything else asks for more than it may have.
        command: installs what is missing.
    """
    told = {
        "extra": Problem("pdf_extra", "", {"command": command}),
        "locked": Problem("pdf_locked"),
        "picture": Problem("pdf_picture"),
        "broken": Problem("pdf_broken"),
    }
    return told.get(why, Problem("pdf_too_much"))
