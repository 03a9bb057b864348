"""Photographs of a dial, cleaned before they are kept: the pixels stay bit for bit, where and by whom goes.

Nothing is decoded: a JPEG's segments, a PNG's or WebP's chunks are copied in a stream, and those that
describe (Exif with the position, XMP, comments, thumbnails) are left out. What is written is what is hashed.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterator
from typing import IO, Final

#: Bytes of an upload; telephones make 2 to 10 MB.
MOST_B: Final = 12_000_000
#: Pixels along one side; a header that names more is no photograph of a dial.
MOST_SIDE: Final = 20_000
_BLOCK: Final = 65_536
_PNG: Final = b"\x89PNG\r\n\x1a\n"
#: Chunks a PNG is drawn from; the others describe it.
_PNG_KEPT: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD"}
)
_WEBP_KEPT: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})
_EXIF_TIME: Final = (0x9003, 0x9004, 0x0132)  # taken, digitised, changed


class PhotoError(ValueError):
    """The file is no photograph that can be kept; ``key`` is ``kind``, ``damaged`` or ``large``."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def clean(source: IO[bytes], target: IO[bytes]) -> tuple[str, dt.datetime | None]:
    """Copy a photograph without what describes it.

    Returns:
        The file's ending (``.jpg``, ``.png``, ``.webp``), and the local time at which it says that it was
        taken, None where it does not.

    Raises:
        PhotoError: it is none, is damaged, or is too large.
    """
    head = source.read(12)
    source.seek(0)
    try:
        if head[:3] == b"\xff\xd8\xff":
            return ".jpg", _jpeg(source, target)
        if head[:8] == _PNG:
            _png(source, target)
            return ".png", None
        if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            _webp(source, target)
            return ".webp", None
    except (struct.error, EOFError):
        raise PhotoError("damaged") from None
    raise PhotoError("kind")


def _exactly(source: IO[bytes], count: int) -> bytes:
    found = source.read(count)
    if len(found) < count:
        raise EOFError
    return found


def _copy(source: IO[bytes], target: IO[bytes], count: int) -> None:
    while count:
        block = _exactly(source, min(count, _BLOCK))
        target.write(block)
        count -= len(block)


def _check_side(*sides: int) -> None:
    if not all(0 < side <= MOST_SIDE for side in sides):
        raise PhotoError("large")


def _jpeg(source: IO[bytes], target: IO[bytes]) -> dt.datetime | None:
    """Segments up to the scan, less APP1 … APP13, APP15 and comments; then the scan as it is."""
    target.write(_exactly(source, 2))
    taken, sized = None, False
    while True:
        marker = _exactly(source, 2)
        if marker[0] != 0xFF:
            raise PhotoError("damaged")
        while marker[1] == 0xFF:  # fill bytes
            marker = b"\xff" + _exactly(source, 1)
        kind = marker[1]
        if kind in (0xD8, 0x01) or 0xD0 <= kind <= 0xD7:
            raise PhotoError("damaged")
        if kind == 0xD9:
            raise PhotoError("damaged")  # an end before any scan
        (length,) = struct.unpack(">H", _exactly(source, 2))
        body = _exactly(source, length - 2) if length >= 2 else _exactly(source, 1 << 20)
        if kind == 0xE1 and taken is None and body[:6] == b"Exif\0\0":
            taken = exif_time(body[6:])
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            _check_side(*struct.unpack(">HH", body[1:5]))
            sized = True
        # JFIF (APP0) says how to show it, Adobe's APP14 which colours it has; the rest only describes.
        if kind not in range(0xE1, 0xEE) and kind not in (0xEF, 0xFE):
            target.write(marker + struct.pack(">H", length) + body)
        if kind == 0xDA:
            if not sized:
                raise PhotoError("damaged")
            _scan(source, target)
            return taken


def _scan(source: IO[bytes], target: IO[bytes]) -> None:
    """Everything up to the last end-of-image marker: what some telephones append behind it goes."""
    data = source.read(MOST_B + 1)
    end = _end_of_image(data)
    if end is None:
        raise PhotoError("damaged")
    target.write(data[:end])


def _end_of_image(data: bytes) -> int | None:
    """Where the first image ends: FF D9 outside of everything else. Progressive scans are stepped over."""
    at = 0
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        kind = data[at + 1]
        if kind == 0xD9:
            return at + 2
        if kind in (0x00, 0xFF) or 0xD0 <= kind <= 0xD7:
            at += 1 if kind == 0xFF else 2
            continue
        if at + 4 > len(data):
            return None
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    return None


def exif_time(data: bytes) -> dt.datetime | None:
    """When a photograph was taken, by its Exif block (TIFF); local time. None where it does not say."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        return None
    try:
        found = dict(_exif_texts(data, order))
    except struct.error:
        return None
    for tag in _EXIF_TIME:
        text = found.get(tag, b"").rstrip(b"\0 ").decode("ascii", "replace")
        try:
            return dt.datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  (local, as the camera's)
        except ValueError:
            continue
    return None


def _exif_texts(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    (first,) = struct.unpack_from(f"{order}I", data, 4)
    places = [first]
    for place in places:
        (count,) = struct.unpack_from(f"{order}H", data, place)
        for number in range(min(count, 200)):
            tag, kind, size, value = struct.unpack_from(f"{order}HHII", data, place + 2 + 12 * number)
            if tag == 0x8769 and len(places) == 1:
                places.append(value)
            elif kind == 2 and tag in _EXIF_TIME and 4 < size < 64:
                yield tag, data[value : value + size]


def _png(source: IO[bytes], target: IO[bytes]) -> None:
    target.write(_exactly(source, len(_PNG)))
    first = True
    while True:
        length, kind = struct.unpack(">I4s", _exactly(source, 8))
        if length > MOST_B or first is not (kind == b"IHDR"):
            raise PhotoError("damaged")
        if first:
            body = _exactly(source, length)
            _check_side(*struct.unpack(">II", body[:8]))
            target.write(struct.pack(">I4s", length, kind) + body + _exactly(source, 4))
            first = False
        elif kind in _PNG_KEPT:
            target.write(struct.pack(">I4s", length, kind))
            _copy(source, target, length + 4)
        else:
            source.seek(length + 4, 1)
        if kind == b"IEND":
            return


def _webp(source: IO[bytes], target: IO[bytes]) -> None:
    """The chunks that are drawn; the length in front, and the flags for Exif and XMP, follow suit."""
    start = target.tell()
    _exactly(source, 12)
    target.write(b"RIFF\0\0\0\0WEBP")
    drawn = False
    while head := source.read(8):
        kind, length = struct.unpack("<4sI", head)
        if length > MOST_B:
            raise PhotoError("damaged")
        padded = length + length % 2
        if kind == b"VP8X":
            body = bytearray(_exactly(source, padded))
            _check_side(*(1 + int.from_bytes(body[at : at + 3], "little") for at in (4, 7)))
            body[0] &= ~0x0C
            target.write(head + bytes(body))
        elif kind in _WEBP_KEPT:
            drawn = drawn or kind in (b"VP8 ", b"VP8L", b"ANMF")
            target.write(head)
            _copy(source, target, padded)
        else:
            source.seek(padded, 1)
    if not drawn:
        raise PhotoError("damaged")
    size = target.tell() - start - 8
    target.seek(start + 4)
    target.write(struct.pack("<I", size))
    target.seek(0, 2)
