"""Energy of a removed meter, of sub-meters and added directly: what adds up is taken, nothing is guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sodien.billing.bill import Bill
from sodien.billing.notices.model import Problem, Understood
from sodien.billing.notices.plain import plain
from sodien.billing.notices.read import read
from tests.billing.notices.invention import inventions

XML = """<HOADONS>
<HOADON MA_KHANG="PE07000451298" KY="1" THANG="9" NAM="2026" DIEN_TTHU="{kwh}" TONG_TIEN="816750">
<CHISOS><CHISO BCS="KT" CHISO_CU="1000" CHISO_MOI="1300" HS_NHAN="1" SAN_LUONG="{row}" {parts}/></CHISOS>
</HOADON></HOADONS>"""


def understood(row: int, kwh: int, **parts: int) -> tuple[Bill, list[Problem]]:
    said = " ".join(f'SLUONG_{name}="{value}"' for name, value in parts.items())
    found: Understood = read(XML.format(row=row, kwh=kwh, parts=said))
    (document,) = found.documents
    assert isinstance(document.content, Bill)
    return document.content, list(found.problems)


@pytest.mark.parametrize(
    ("row", "kwh"),
    [
        (300, 305),  # the row is the meter alone
        (305, 305),  # the row has everything in it
        (320, 305),  # the row has the removed meter's, the bill all
        (285, 305),  # the row has the sub-meters' and the direct energy
    ],
)
def test_both_meanings_of_a_row_add_up(row: int, kwh: int) -> None:
    bill, problems = understood(row, kwh, THAO=20, TRPHU=25, TTIEP=10)
    (one,) = bill.rows
    assert (one.removed, one.sub, one.direct) == (Decimal(20), Decimal(25), Decimal(10))
    assert (one.kwh, bill.kwh) == (row, kwh)
    assert not problems


def test_parts_that_add_up_in_no_way_are_left_out_and_named() -> None:
    bill, problems = understood(300, 333, TRPHU=25, TTIEP=10)
    assert (bill.rows[0].sub, bill.rows[0].direct) == (None, None)
    named = {problem.field for problem in problems if problem.key == "part_unclear"}
    assert named == {"rows[0].sub", "rows[0].direct"}
    assert bill.kwh == Decimal(333)


def test_none_of_them_is_no_field() -> None:
    bill, problems = understood(300, 300, TRPHU=0, TTIEP=0)
    assert (bill.rows[0].sub, bill.rows[0].direct) == (None, None)
    assert not problems


def test_they_stand_beside_the_bill_in_json() -> None:
    (document,) = plain(read(XML.format(row=305, kwh=305, parts='SLUONG_TRPHU="5" SLUONG_TTIEP="10"')))[
        "documents"
    ]
    assert document["apart"] == [{"row": 0, "sub": "5", "direct": "10"}]
    (row,) = document["bill"]["rows"]
    assert (row["old"], row["new"], row["kwh"]) == ("1000", "1300", "305")
    assert not {"sub", "direct"} & row.keys()


HEAD = "Mã KH: PB05010012345\nTừ ngày 01/10/2026 đến ngày 31/10/2026\n"


def only(text: str) -> Bill:
    found = read(text)
    assert not list(inventions(found))
    assert found.problems == ()
    (document,) = found.documents
    assert isinstance(document.content, Bill)
    return document.content


@pytest.mark.parametrize(
    "sub", ["Sản lượng trừ phụ", "ĐN trừ phụ", "Điện năng trừ công tơ phụ", "Điện công tơ phụ"]
)
@pytest.mark.parametrize("direct", ["Sản lượng trực tiếp", "ĐN trực tiếp", "Điện năng cộng thêm"])
def test_lines_of_text_name_them_too(sub: str, direct: str) -> None:
    bill = only(
        f"{HEAD}Chỉ số cũ: 9618\nChỉ số mới: 9848\n{sub}: 50 kWh\n{direct}: 10 kWh\n"
        "Điện năng tiêu thụ: 190 kWh\nTổng cộng tiền thanh toán: 449.172 đồng\n"
    )
    (row,) = bill.rows
    assert (row.old, row.new, row.sub, row.direct, bill.kwh) == (9618, 9848, 50, 10, 190)


@pytest.mark.parametrize(
    ("apart", "kwh", "last"),
    [
        ("10  50  ", 190, "90  2.380  214.200"),
        ("0  0  ", 230, "130  2.380  309.400"),
        ("", 230, "130  2.380  309.400"),
    ],
)
def test_the_billing_systems_paper_has_columns_for_them(apart: str, kwh: int, last: str) -> None:
    net = sum(k * p for k, p in ((50, 1984), (50, 2050), (kwh - 100, 2380)))
    bill = only(
        f"{HEAD}Bộ chỉ số  Chỉ số mới  Chỉ số cũ  Hệ số nhân  ĐN tiêu thụ  ĐN trực tiếp  ĐN trừ phụ  "
        f"ĐN tính giá  Đơn giá  Thành tiền\nKT  9.848  9.618  1  230  {apart}50  1.984  99.200\n"
        f"50  2.050  102.500\n{last}\nCộng  {kwh}  {net}\n"
    )
    (row,) = bill.rows
    assert (row.old, row.new, row.multiplier, row.kwh) == (9618, 9848, 1, 230)
    assert (row.direct, row.sub) == ((10, 50) if kwh == 190 else (None, None))
    assert (bill.kwh, bill.net, len(bill.tiers)) == (kwh, net, 3)
