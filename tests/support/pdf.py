"""PDF files made by hand: text at places, as a program of the utility draws it, and files that are none."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Of a page, in points; characters of a line, and lines, on it.
WIDTH, HEIGHT = 595, 842
_SIZE = 9
_ADVANCE = 0.5  # of the size: every glyph is half an em wide


@dataclass(frozen=True, slots=True)
class Run:
    """A text that is drawn in one go, from ``column`` (in characters) of ``line`` on."""

    line: int
    column: float
    text: str


def runs(lines: Iterable[str], gap: int = 2) -> list[Run]:
    """Lines of text as runs; ``gap`` blanks or more end one, as the cells of a table are drawn one by one."""
    found: list[Run] = []
    for number, line in enumerate(lines):
        column = 0
        for cell in line.split(" " * gap):
            text = cell.strip()
            if text:
                found.append(Run(number, column + len(cell) - len(cell.lstrip()), text))
            column += len(cell) + gap
    return found


def pdf(pages: Sequence[Sequence[Run]], *, packed: bool = True, extra: str = "") -> bytes:
    """A PDF with these pages; ``packed``: its streams are compressed. ``extra`` goes into each page."""
    chars = sorted({char for page in pages for run in page for char in run.text} | {" "})
    codes = {char: number for number, char in enumerate(chars, 1)}
    first = 7
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        3: b"<< /Type /Font /Subtype /Type0 /BaseFont /Sodien /Encoding /Identity-H "
        b"/DescendantFonts [4 0 R] /ToUnicode 6 0 R >>",
        4: b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Sodien /DW 500 /FontDescriptor 5 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        5: b"<< /Type /FontDescriptor /FontName /Sodien /Flags 4 /ItalicAngle 0 /Ascent 800 /Descent -200 "
        b"/CapHeight 700 /StemV 80 /FontBBox [0 -200 1000 800] >>",
        6: stream(_to_unicode(codes).encode(), packed=packed),
    }
    for number, page in enumerate(pages):
        at = first + 2 * number
        objects[at] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {at + 1} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> >> {extra} >>"
        ).encode()
        objects[at + 1] = stream(_content(page, codes).encode(), packed=packed)
    return assembled(objects)


def text_pdf(text: str, *, gap: int = 2, most_lines: int = 70, packed: bool = True) -> bytes:
    """A PDF of a text, cell by cell, line by line."""
    lines = text.splitlines()
    pages = [lines[start : start + most_lines] for start in range(0, max(1, len(lines)), most_lines)]
    return pdf([runs(page, gap) for page in pages], packed=packed)


def stream(data: bytes, *, packed: bool = True, extra: str = "") -> bytes:
    """A stream object."""
    body = zlib.compress(data) if packed else data
    filters = " /Filter /FlateDecode" if packed else ""
    return f"<< /Length {len(body)}{filters}{extra} >>\nstream\n".encode() + body + b"\nendstream"


def assembled(objects: dict[int, bytes], trailer: str = "") -> bytes:
    """Objects, their table and the trailer as a file; object 1 is the catalogue."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    size = max(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n".encode()
    for number in range(1, size):
        out += f"{places.get(number, 0):010d} 00000 {'n' if number in places else 'f'} \n".encode()
    out += f"trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def _content(page: Sequence[Run], codes: dict[str, int]) -> str:
    drawn = []
    for run in page:
        x, y = 20 + run.column * _SIZE * _ADVANCE, HEIGHT - 30 - run.line * 11
        glyphs = "".join(f"{codes[char]:04x}" for char in run.text)
        drawn.append(f"BT /F1 {_SIZE} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm <{glyphs}> Tj ET")
    return "\n".join(drawn)


def _to_unicode(codes: dict[str, int]) -> str:
    pairs = [f"<{code:04x}> <{char.encode('utf-16-be').hex()}>" for char, code in codes.items()]
    blocks = "".join(
        f"{len(some)} beginbfchar\n" + "\n".join(some) + "\nendbfchar\n"
        for some in (pairs[start : start + 100] for start in range(0, len(pairs), 100))
    )
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Sodien def\n"
        "/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        f"{blocks}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    )
