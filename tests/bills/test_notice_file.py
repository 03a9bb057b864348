"""Notices as files: a PDF is read by its text, in a process that nothing in the file can leave."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
import zlib
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sodien.billing.bill import Bill
from sodien.billing.notices.model import Problem, Understood
from sodien.billing.notices.orders import agreed
from sodien.billing.notices.read import MOST_BYTES, MOST_CHARACTERS, read
from sodien.bills.notice_file import PdfLimits, pdf_texts, read_file
from tests.billing.notices.invention import inventions
from tests.support.pdf import Run, assembled, pdf, runs, stream, text_pdf

pypdf = pytest.importorskip("pypdf")

HEAD = """CÔNG TY ĐIỆN LỰC SUỐI ĐÁ
THÔNG BÁO TIỀN ĐIỆN
Kỳ hóa đơn: Kỳ 1 - 10/2026 (31 ngày từ 01/10/2026 đến 31/10/2026)
Khách hàng:  NGUYỄN THỊ MẪU
Mã khách hàng:  PB05010009999
Số hộ dùng điện:  1
CÔNG TƠ ĐO ĐẾM   HỆ SỐ NHÂN   CHỈ SỐ MỚI   CHỈ SỐ CŨ   ĐIỆN TIÊU THỤ (kWh)
24560001
"""
HOUSEHOLD = f"""{HEAD}Toàn thời gian   1   12.645   12.345   300
KHUNG GIỜ MUA ĐIỆN   ĐƠN GIÁ (đồng/kWh)   SẢN LƯỢNG (kWh)   THÀNH TIỀN (đồng)
Toàn thời gian       1.984      50      99.200
                     2.050      50     102.500
                     2.380     100     238.000
                     2.998     100     299.800
Tổng điện năng tiêu thụ (kWh)   300
Tổng tiền điện chưa thuế (đồng)   739.500
Thuế suất GTGT   8%
Thuế GTGT (đồng)   59.160
Tổng cộng tiền thanh toán (đồng)   798.660
"""
HOURS = f"""{HEAD}Khung giờ bình thường   40   6.120,75   5.890,25   9.220
Khung giờ cao điểm   40   2.211,40   2.100,15   4.450
Khung giờ thấp điểm   40   1.987,50   1.900,00   3.500
KHUNG GIỜ MUA ĐIỆN   ĐƠN GIÁ (đồng/kWh)   SẢN LƯỢNG (kWh)   THÀNH TIỀN (đồng)
Khung giờ bình thường   3.152   9.220   29.061.440
Khung giờ cao điểm   5.422   4.450   24.127.900
Khung giờ thấp điểm   1.918   3.500   6.713.000
Tổng điện năng tiêu thụ (kWh)   17.170
Tổng tiền điện chưa thuế (đồng)   59.902.340
Thuế suất GTGT   8%
Thuế GTGT (đồng)   4.792.187
Tổng cộng tiền thanh toán (đồng)   64.694.527
"""


def bill_of(understood: Understood) -> Bill:
    (document,) = understood.documents
    assert isinstance(document.content, Bill)
    return document.content


def keys(understood: Understood) -> list[str]:
    return [problem.key for problem in understood.problems]


# -- the official layout -------------------------------------------------------------------------------


def drawn(text: str, how: str) -> bytes:
    """The text as a PDF: line by line, column by column as tables are filled, word by word, or backwards."""
    lines = text.splitlines()
    cells = runs(lines)
    if how == "columns":
        cells.sort(key=lambda run: (run.column, run.line))
    elif how == "words":
        cells = [
            Run(number, match.start(), match.group())
            for number, line in enumerate(lines)
            for match in re.finditer(r"\S+", line)
        ]
    elif how == "backwards":
        cells.reverse()
    return pdf([cells], packed=how != "lines")


@pytest.mark.parametrize("how", ["lines", "columns", "words", "backwards"])
def test_a_household_s_pdf_is_read_completely_however_it_is_drawn(how: str) -> None:
    understood = read_file(drawn(HOUSEHOLD, how))
    assert understood.problems == ()
    bill = bill_of(understood)
    assert bill == bill_of(read(HOUSEHOLD))
    assert (f"{bill.first}", f"{bill.last}", bill.term, bill.month) == ("2026-10-01", "2026-10-31", 1, 10)
    assert (bill.customer, bill.serial, bill.households) == ("PB05010009999", "24560001", 1)
    (row,) = bill.rows
    assert (row.old, row.new, row.multiplier, row.kwh) == (12345, 12645, 1, 300)
    assert [(tier.kwh, tier.price, tier.amount) for tier in bill.tiers] == [
        (50, 1984, 99200), (50, 2050, 102500), (100, 2380, 238000), (100, 2998, 299800),
    ]  # fmt: skip
    assert (bill.net, bill.tax, bill.tax_rate, bill.total) == (739500, 59160, Decimal("0.08"), 798660)
    assert not list(inventions(understood))


@pytest.mark.parametrize("how", ["lines", "words"])
def test_the_three_hours_of_a_pdf(how: str) -> None:
    bill = bill_of(read_file(drawn(HOURS, how)))
    assert [(row.register, row.old, row.new, row.multiplier, row.kwh) for row in bill.rows] == [
        ("BT", Decimal("5890.25"), Decimal("6120.75"), 40, 9220),
        ("CD", Decimal("2100.15"), Decimal("2211.40"), 40, 4450),
        ("TD", Decimal("1900.00"), Decimal("1987.50"), 40, 3500),
    ]
    assert (bill.kwh, bill.total) == (17170, 64694527)


@pytest.mark.parametrize("text", [HOUSEHOLD, HOURS])
def test_the_text_that_other_programs_take_out_says_the_same(text: str) -> None:
    """pdftotext puts one blank between cells, pdftotext -layout several, and a form feed at the end."""
    bill = bill_of(read(text))
    assert bill_of(read(re.sub(" +", " ", text) + "\f")) == bill
    assert bill_of(read(text.replace("   ", "           ") + "\f")) == bill


def test_several_pages_are_one_text() -> None:
    lines = HOUSEHOLD.splitlines()
    assert bill_of(read_file(pdf([runs(lines[:9]), runs(lines[9:])]))) == bill_of(read(HOUSEHOLD))


def test_a_few_bytes_in_front_do_not_hide_a_pdf() -> None:
    data = text_pdf(HOUSEHOLD)
    assert bill_of(read_file(b"\xef\xbb\xbf\r\n" + data)).total == 798660
    assert keys(read(data)) == keys(read(data.decode("latin-1"))) == ["pdf"]


# -- two orders of one text ----------------------------------------------------------------------------


def test_a_value_that_only_one_order_has_otherwise_is_left_out() -> None:
    one = read("Mã khách hàng: PB05010009999\nTổng tiền thanh toán: 798.660 đồng\nĐiện tiêu thụ: 300 kWh")
    two = read("Mã khách hàng: PB05010009999\nTổng tiền thanh toán: 798.660 đồng\nĐiện tiêu thụ: 301 kWh")
    found = agreed([one, two])
    bill = bill_of(found)
    assert (bill.kwh, bill.total, bill.customer) == (None, 798660, "PB05010009999")
    assert Problem("two_values", "kwh", {"values": "300, 301"}) in found.problems
    assert not list(inventions(found))


def test_the_order_in_which_it_adds_up_is_believed() -> None:
    good, bad = read(HOUSEHOLD), read(HOUSEHOLD.replace("12.345", "12.346"))
    assert agreed([bad, good]) == agreed([good, bad]) == good
    assert agreed([good, read("nothing here")]) == good


# -- what gives no text --------------------------------------------------------------------------------


def test_a_password_is_told_and_an_empty_one_is_none() -> None:
    for user, key in (("", None), ("secret", "pdf_locked")):
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(text_pdf(HOUSEHOLD)))
        writer.encrypt(user, "owner", algorithm="RC4-128")
        out = io.BytesIO()
        writer.write(out)
        understood = read_file(out.getvalue())
        if key is None:
            assert bill_of(understood).total == 798660
        else:
            assert keys(understood) == [key]


def test_a_scan_is_told() -> None:
    image = stream(bytes(64 * 64), extra=" /Type /XObject /Subtype /Image /Width 64 /Height 64 "
                   "/ColorSpace /DeviceGray /BitsPerComponent 8")  # fmt: skip
    page = one_page(stream(b"q 595 0 0 842 0 0 cm /I Do Q"), "<< /XObject << /I 5 0 R >> >>", {5: image})
    assert keys(read_file(page)) == ["pdf_picture"]
    assert keys(read_file(text_pdf("Scanned by CamScanner"))) == ["pdf_picture"]


PICTURES = {
    "PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "JPEG": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0", "WebP": b"RIFF\x10\0\0\0WEBPVP8 ", "GIF": b"GIF89a\x01\0",
    "TIFF": b"II*\0\x08\0\0\0", "AVIF": b"\0\0\0\x1cftypavif",
}  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("size", [0, MOST_BYTES + 1])
def test_a_picture_is_told_however_large(name: str, size: int) -> None:
    understood = read_file(PICTURES[name] + bytes(size))
    assert understood.problems == (Problem("picture", "", {"format": name}),)


def test_an_archive_is_told() -> None:
    assert keys(read_file(b"PK\x03\x04\x14\0")) == ["archive"]


def test_a_pdf_larger_than_any_notice_is_not_looked_at() -> None:
    assert keys(read_file(text_pdf(HOUSEHOLD) + bytes(MOST_BYTES))) == ["too_big"]


def test_without_the_package_the_command_that_installs_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pypdf.py").write_text("raise ImportError", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (problem,) = read_file(text_pdf(HOUSEHOLD)).problems
    assert problem.key == "pdf_extra"
    command = problem.values["command"].removeprefix("sudo ")
    tried = subprocess.run(
        ["sh", "-c", f"{command} --dry-run --no-index --no-deps"], capture_output=True, text=True, timeout=120
    )
    # As printed: the shell takes it, and pip understands what is wanted.
    assert "pypdf" in tried.stdout + tried.stderr
    assert "usage" not in (tried.stdout + tried.stderr).lower()


# -- files that want more than a bill ------------------------------------------------------------------

SMALL = PdfLimits(memory=160_000_000, cpu_s=4, wall_s=20)


def one_page(content: bytes, resources: str = "<< >>", more: dict[int, bytes] | None = None) -> bytes:
    return assembled(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            3: f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            f"/Resources {resources} >>".encode(),
            4: content,
            **(more or {}),
        }
    )


def flate(data: bytes, filters: str = "/FlateDecode") -> bytes:
    return f"<< /Length {len(data)} /Filter {filters} >>\nstream\n".encode() + data + b"\nendstream"


def bomb() -> bytes:
    packer = zlib.compressobj(9)
    zeros = bytes(1_000_000)
    return b"".join(packer.compress(zeros) for _ in range(600)) + packer.flush()


def forms() -> dict[int, bytes]:
    kind = " /Type /XObject /Subtype /Form /BBox [0 0 1 1]"
    found = {
        number: stream(b"/A Do " * 8, extra=f"{kind} /Resources << /XObject << /A {number + 1} 0 R >> >>")
        for number in range(5, 20)
    }
    return {**found, 20: stream(b"BT (x) Tj ET", extra=kind)}


def wide_tree() -> dict[int, bytes]:
    kids = {
        number: f"<< /Type /Pages /Count 1 /Kids [{number + 1} 0 R {number + 1} 0 R] >>".encode()
        for number in range(2, 40)
    }
    return {1: b"<< /Type /Catalog /Pages 2 0 R >>", **kids, 40: b"<< /Type /Page /MediaBox [0 0 9 9] >>"}


HOSTILE = {
    "bomb": lambda: one_page(flate(bomb())),
    "bomb in a bomb": lambda: one_page(flate(zlib.compress(bomb(), 9), "[/FlateDecode /FlateDecode]")),
    "millions of steps": lambda: one_page(stream(b"BT (x) Tj ET " * 2_000_000)),
    "deep": lambda: assembled({1: b"[" * 1_000_000, 2: b"<< >>"}),
    "a form in itself": lambda: one_page(
        stream(b"/X Do"), "<< /XObject << /X 4 0 R >> >>",
    ),
    "forms of forms": lambda: one_page(stream(b"/A Do"), "<< /XObject << /A 5 0 R >> >>", forms()),
    "a tree of itself": lambda: assembled(
        {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Count 9 /Kids [2 0 R 2 0 R] >>"}
    ),
    "a tree of 2^38 pages": lambda: assembled(wide_tree()),
    "a length of itself": lambda: assembled(
        {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Length 2 0 R >>\nstream\nx\nendstream"}
    ),
    "a table of a billion": lambda: (
        b"%PDF-1.7\nxref\n0 999999999\n" + b"0000000000 65535 f \n" * 1000
        + b"trailer <</Size 999999999 /Root 1 0 R>>\nstartxref\n9\n%%EOF"
    ),
    "two megabytes of nothing": lambda: b"%PDF-1.7\n" + bytes(MOST_BYTES - 9),
    "a header": lambda: b"%PDF-1.7",
}  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pdf_ends_with_a_sentence(name: str) -> None:
    data = HOSTILE[name]()
    started = time.monotonic()
    understood = read_file(data[:MOST_BYTES], SMALL)
    assert time.monotonic() - started < SMALL.wall_s + 5
    assert not understood.documents
    (key,) = keys(understood)
    assert key in ("pdf_too_much", "pdf_broken", "pdf_picture")


@pytest.mark.thorough
def test_time_and_memory_are_the_child_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever the library does with a file, the limits end it: here it eats and waits on purpose."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for body, limits in (
        ("x = []\nwhile True: x.append(bytes(1_000_000))", SMALL),
        ("while True: pass", PdfLimits(cpu_s=1)),
        ("import time\nwhile True: time.sleep(60)", PdfLimits(wall_s=2)),
    ):
        (tmp_path / "pypdf.py").write_text(body, encoding="utf-8")
        assert pdf_texts(b"%PDF-1.7", limits) == Problem("pdf_too_much")
    written = tmp_path / "written"
    body = f"with open({str(written)!r}, 'w') as file: file.write('x' * 100_000)"
    (tmp_path / "pypdf.py").write_text(body, encoding="utf-8")
    assert isinstance(pdf_texts(b"%PDF-1.7", SMALL), Problem)
    assert written.read_bytes() == b""


@pytest.mark.thorough
def test_a_text_longer_than_a_year_of_notices_is_told() -> None:
    page = [Run(line, 0, f"{line} " * 60) for line in range(70)]
    assert keys(read_file(pdf([page] * 20))) == ["too_many"]
    texts = pdf_texts(pdf([page] * 60), PdfLimits(pages=1))
    assert isinstance(texts, tuple)
    assert all(len(text) < MOST_CHARACTERS for text in texts)


@pytest.mark.thorough
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_spoilt_files_invent_nothing(seed: int) -> None:
    random = Random(seed)
    data = bytearray(text_pdf(HOUSEHOLD, packed=random.random() < 0.3))
    for _ in range(random.choice((0, 1, 3, 30))):
        at = random.randrange(len(data))
        match random.randrange(3):
            case 0:
                data[at] = random.randrange(256)
            case 1:
                del data[at : at + random.randrange(200)]
            case _:
                data[at:at] = data[random.randrange(len(data)) :][: random.randrange(300)]
    understood = read_file(bytes(data[: random.choice((len(data), random.randrange(len(data)) + 1))]), SMALL)
    assert understood.documents or understood.problems
    assert not list(inventions(understood))


def test_the_program_that_reads_a_pdf_stands_alone() -> None:
    from sodien.bills import pdf_program

    source = Path(pdf_program.__file__).read_text(encoding="utf-8")
    assert not re.search(r"^\s*(?:from|import) sodien", source, re.MULTILINE)
    done = subprocess.run(
        [sys.executable, "-I", pdf_program.__file__, "160000000", "10", "1", "1000"],
        input=text_pdf(HOUSEHOLD), capture_output=True, timeout=60, cwd="/",
    )  # fmt: skip
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 2
