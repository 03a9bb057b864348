"""Numbers that prove themselves bind whatever stands beside them; what nothing proves is left out."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.billing.notices.read import read
from tests.billing.notices.test_kinds import CODE, said

INDICES = (
    "dau 4210; cuoi 4330; san luong 120 kWh",
    "chot lan nay la 4330, chot lan kia la 4210, het 120 kWh",
    "cs moi 4330 cs cu 4210 dung 120",
    "kim chi 4210 roi len 4330 tuc 120kWh",
    "dien thang 9/2026 chi so 4330, thang 8 chi so 4210, dung 120kw",
)


@pytest.mark.parametrize("printed", INDICES)
def test_indices_that_the_consumption_proves(printed: str) -> None:
    (bill,) = said(f"KH {CODE}: {printed}")
    assert (bill["KT.old"], bill["KT.new"], bill["kwh"]) == ("4210", "4330", "120")


@given(st.integers(100, 99_000), st.integers(20, 900), st.integers(1, 19))
def test_two_numbers_without_a_label_are_indices_only_by_their_difference(
    old: int, kwh: int, wrong: int
) -> None:
    (bill,) = said(f"KH {CODE}: kim chi {old} roi {old + kwh}, tieu thu {kwh} kWh")
    assert (bill["KT.old"], bill["KT.new"]) == (str(old), str(old + kwh))
    (bill,) = said(f"KH {CODE}: kim chi {old} roi {old + kwh + wrong}, tieu thu {kwh} kWh")
    assert not bill.keys() & {"KT.old", "KT.new"}


def test_registers_whose_parts_add_up() -> None:
    (bill,) = said(f"TB KH {CODE}: san luong BT 720, CD 180, TD 1.240, tong 2.140 kWh")
    assert [bill[f"{name}.kwh"] for name in ("BT", "CD", "TD")] == ["720", "180", "1240"]
    (bill,) = said(f"TB KH {CODE}: san luong BT 720, CD 180, TD 1.240, tong 2.141 kWh, tien 4.000.000d")
    assert not any(name.endswith(".kwh") for name in bill)


def test_registers_with_bare_words() -> None:
    text = "BCS BT: cu 800 moi 820; BCS CD: cu 400 moi 405; BCS TD: cu 300 moi 315; HSN 30; tong 1.200 kWh"
    (bill,) = said(f"TB KH {CODE} {text}")
    assert [bill[f"{name}.new"] for name in ("BT", "CD", "TD")] == ["820", "405", "315"]


def test_net_tax_and_total_by_their_sums() -> None:
    (bill,) = said(f"KH {CODE}\nTT 120 KWH\nAB  250.000\nCD  20.000\nEF  270.000\n")
    assert (bill["net"], bill["tax"], bill["total"]) == ("250000", "20000", "270000")
    (bill,) = said(f"KH {CODE}\nTT 120 KWH\nAB  250.000\nCD  20.007\nEF  270.007\n")
    assert not bill.keys() & {"net", "tax", "total"}


def test_money_that_is_a_part_of_a_greater_sum_is_named() -> None:
    understood = read("TB tien dien T9/2026 120 so - 250.000d, tien cong tu quan 10.000d, tong thu 260.000d")
    (bill,) = [one.content for one in understood.documents]
    assert getattr(bill, "total", None) is None
    assert any(one.key == "which_money" for one in understood.problems)


def test_electricity_in_a_table_of_services() -> None:
    (bill,) = said(
        "Thông báo phí căn hộ A-1906 (Tháng 9/2026)\n| Khoản | Số cũ | Số mới | SL | Thành tiền |\n"
        "| Điện | 4.210 | 4.330 | 120 | 250.000 |\n"
        "| Nước | 20 | 32 | 12 | 180.000 |\n| Tổng | | | | 430.000 |\n"
    )
    assert (bill["month"], bill["total"], bill["KT.old"], bill["KT.new"]) == ("9", "250000", "4210", "4330")
    # Without the proof a number below a row of labels is nobody's.
    assert "total" not in str(
        said("Tháng 9/2026 120 kWh\n| Khoản | Số cũ | Thành tiền |\n| Điện | 4.210 | 9 |\n")
    )


@pytest.mark.parametrize("printed", ["Hoa don: 9/2026", "KB: 9/2026 -", "\n9/2026\n", "ky TT 9/2026."])
def test_the_only_month_needs_no_word(printed: str) -> None:
    (bill,) = said(f"Dien luc {printed} KH {CODE} tong tien 250.000 VND")
    assert (bill["month"], bill["year"]) == ("9", "2026")


def test_a_month_from_which_something_is_so_is_none() -> None:
    assert "month" not in said(f"KH {CODE} tong tien 250.000 VND, gia moi tu 9/2026")[0]


def test_what_was_wrong_is_not_what_is_right() -> None:
    (bill,) = said(
        f"KH {CODE} kỳ 9/2026\nNội dung sai: chỉ số mới 4.430, tiêu thụ 220 kWh, tổng tiền 500.000đ\n"
        "Nội dung đúng: chỉ số mới 4.330, tiêu thụ 120 kWh, tổng tiền 250.000đ"
    )
    assert (bill["kwh"], Decimal(bill["total"])) == ("120", 250000)


def test_kwh_times_the_multiplier_is_no_line_of_the_charge() -> None:
    (bill,) = said(f"KH {CODE}: CS cu 4210, CS moi 4330, 120 kWh x 1 = 120 kWh. Thanh tien 250.000d")
    assert (bill["kwh"], bill["total"]) == ("120", "250000")


def test_the_consumption_by_the_difference_of_the_indices() -> None:
    (bill,) = said(f"KH {CODE} T9/2026 CSCU 4210 CSMOI 4330 XYZ 120 TIEN 250000")
    assert (bill["kwh"], bill["total"]) == ("120", "250000")
    (bill,) = said(f"KH {CODE} T9/2026 CSCU 4210 CSMOI 4330 XYZ 121 TIEN 250000")
    assert "kwh" not in bill


def test_a_line_of_three_numbers_that_subtract() -> None:
    (bill,) = said(f"{CODE}\nT9/2026\n4210  4330  120\n250.000D")
    assert (bill["KT.old"], bill["KT.new"], bill["kwh"], bill["total"]) == ("4210", "4330", "120", "250000")


def test_a_difference_times_a_price() -> None:
    (bill,) = said("Phòng trọ T9/2026\nĐiện: (4330 - 4210) x 3.000 = 360.000\nNước: 80.000\nCộng: 440.000")
    assert (bill["KT.old"], bill["KT.new"], bill["total"]) == ("4210", "4330", "360000")


def test_two_meters_whose_parts_are_the_consumption() -> None:
    text = (
        f"KH {CODE}. Cong to cu: 9.810 - 9.905 (thay 15/09). Cong to moi: 10 - 135. Tong 220 kWh, 500.000d."
    )
    (bill,) = [one.content for one in read(text).documents]
    assert [(row.old, row.new) for row in getattr(bill, "rows", ())] == [(9810, 9905), (10, 135)]


def test_so_much_of_so_much_is_nothing_of_a_bill() -> None:
    assert said(f"{CODE}: Da dung 120/400 kWh. Ky 9/2026 con 7 ngay.") == []


def test_groups_behind_the_word_for_a_debt_are_one_number() -> None:
    (document,) = read(f"EVN SPC TB lan 2: KH {CODE} no 250 735 dong tien dien thang 09/2026.").documents
    assert getattr(document.content, "owed", None) == 250735


@pytest.mark.parametrize(
    "text",
    [
        "Giảm 20.000đ khi thanh toán hóa đơn điện, áp dụng từ 01/09 đến 30/09/2026. Mã DIEN20.",
        f"EVNSPC: Da nhan 250 735 dong tien dien T9/2026 cua KH {CODE}. Cam on quy khach!",
    ],
)
def test_days_alone_and_money_received_are_no_bill(text: str) -> None:
    assert said(text) == []


def test_the_first_and_latest_month_is_the_bills() -> None:
    text = f"KH {CODE} ky 9/2026 tien dien 250.000d. Ky 8/2026 la 260.000d. Giam 10.000d."
    (bill,) = said(text)
    assert (bill["month"], bill["total"]) == ("9", "250000")
    (bill,) = said(f"KH {CODE} tháng 9/2026\nChỉ số tháng 8: 4210\nChỉ số tháng 9: 4330\nĐiện năng: 120")
    assert (bill["month"], bill["KT.old"], bill["KT.new"]) == ("9", "4210", "4330")


def test_a_code_with_the_letter_o_between_digits_is_named() -> None:
    understood = read("KH:PB0902OO33871 T9/2026 CSC:4210 CSM:4330 DNTT:120")
    assert all(getattr(one.content, "customer", None) is None for one in understood.documents)
    assert any(one.field == "customer" for one in understood.problems)


def test_the_day_of_an_index_is_the_day_of_the_reading() -> None:
    (bill,) = said(f"QK {CODE}, da ghi chi so ngay 12/09/2026: 4.506. San luong 96 kWh, tien 208.980 dong")
    assert (bill["last"], bill["KT.new"]) == ("2026-09-12", "4506")
