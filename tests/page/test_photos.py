"""Photographs: the pixels stay, what describes them goes, and nothing hostile gets through."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page.photos import PhotoError, clean, exif_time

SCAN = b"\x12\x34\xff\x00\x56\xff\xd0\x78"


def segment(kind: int, body: bytes) -> bytes:
    return b"\xff" + bytes([kind]) + struct.pack(">H", len(body) + 2) + body


def exif(taken: str, order: str = "<") -> bytes:
    text = taken.encode() + b"\0"
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    first = struct.pack(f"{order}H", 1) + struct.pack(f"{order}HHII", 0x8769, 4, 1, 26) + b"\0\0\0\0"
    second = struct.pack(f"{order}H", 1) + struct.pack(f"{order}HHII", 0x9003, 2, len(text), 44) + b"\0\0\0\0"
    return head + first + second + text


def jpeg(taken: str | None = None, side: int = 4000, tail: bytes = b"") -> bytes:
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\0\0")
        + (segment(0xE1, b"Exif\0\0" + exif(taken)) if taken else b"")
        + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>")
        + segment(0xFE, b"a comment")
        + segment(0xDB, bytes(65))
        + segment(0xC0, b"\x08" + struct.pack(">HH", side, 3000) + b"\1\1\x11\0")
        + segment(0xDA, b"\1\1\0\0\x3f\0")
        + SCAN
        + b"\xff\xd9"
        + tail
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*extra: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 20, 10, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + chunk(b"IDAT", b"pixels") + chunk(b"IEND", b"")


def webp(*extra: tuple[bytes, bytes]) -> bytes:
    chunks = [(b"VP8X", bytes([0x0C, 0, 0, 0, 19, 0, 0, 9, 0, 0])), (b"VP8 ", b"pixels"), *extra]
    body = b"WEBP" + b"".join(k + struct.pack("<I", len(b)) + b + b"\0" * (len(b) % 2) for k, b in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def cleaned(data: bytes) -> tuple[str, dt.datetime | None, bytes]:
    out = io.BytesIO()
    ending, taken = clean(io.BytesIO(data), out)
    return ending, taken, out.getvalue()


def test_a_jpeg_keeps_its_pixels_and_loses_where_it_was_taken():
    ending, taken, found = cleaned(jpeg("2026:11:04 07:30:15", tail=b"appended film"))
    assert (ending, taken) == (".jpg", dt.datetime(2026, 11, 4, 7, 30, 15))  # noqa: DTZ001
    assert SCAN in found
    assert found.endswith(b"\xff\xd9")
    for gone in (b"Exif", b"adobe", b"comment", b"film"):
        assert gone not in found
    assert cleaned(found) == (".jpg", None, found)


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_time_of_either_byte_order(order):
    assert exif_time(exif("2026:01:02 03:04:05", order)) == dt.datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001
    assert exif_time(exif("2026:13:02 03:04:05", order)) is None


def test_a_png_keeps_what_it_is_drawn_from():
    plain, marked = png(), png(chunk(b"eXIf", b"where"), chunk(b"tEXt", b"Author\0me"), chunk(b"zTXt", b"x"))
    assert cleaned(marked) == (".png", None, plain)


def test_a_webp_loses_its_descriptions_and_their_flags():
    _, _, found = cleaned(webp((b"EXIF", b"where"), (b"XMP ", b"who!")))
    assert b"where" not in found
    assert found[20] == 0
    assert struct.unpack("<I", found[4:8])[0] == len(found) - 8


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "kind"),
        (b"GIF89a.......", "kind"),
        (b"%PDF-1.7 ....", "kind"),
        (jpeg()[:60], "damaged"),
        (jpeg()[:-2], "damaged"),
        (b"\xff\xd8\xff\xd9" + bytes(20), "damaged"),
        (jpeg(side=60_000), "large"),
        (png()[:40], "damaged"),
        (png().replace(struct.pack(">II", 20, 10), struct.pack(">II", 2**31, 10)), "large"),
        (webp()[:30], "damaged"),
    ],
)
def test_what_is_refused(data, key):
    with pytest.raises(PhotoError) as error:
        cleaned(data)
    assert error.value.key == key


@given(
    st.sampled_from([jpeg("2026:11:04 07:30:15"), png(chunk(b"tEXt", b"abc")), webp((b"EXIF", b"x"))]),
    st.data(),
)
def test_no_damage_raises_anything_else(good, data):
    at = data.draw(st.integers(0, len(good) - 1))
    bad = good[:at] + data.draw(st.binary(max_size=8)) + good[at + data.draw(st.integers(0, 8)) :]
    try:
        _, _, found = cleaned(bad)
    except PhotoError:
        return
    assert len(found) <= len(bad)


@given(st.binary(max_size=300))
def test_no_exif_block_raises(data):
    exif_time(b"II*\0" + data)
    exif_time(data)
