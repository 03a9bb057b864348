"""Kinds of notices, one text each, with what a person reads out of it and nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sodien.billing.bill import Bill
from sodien.billing.notices.model import Debt
from sodien.billing.notices.read import read

CODE = "PB05010067890"


def said(text: str) -> list[dict[str, Any]]:
    """The fields of each bill of a text, rows by register, without where the text comes from."""
    found = []
    for document in read(text).documents:
        assert isinstance(document.content, Bill)
        one: dict[str, Any] = {}
        for path in (field.path for field in document.fields):
            name = path.rpartition(".")[2]
            if path.startswith("rows"):
                row = document.content.rows[int(path[5 : path.index("]")])]
                one[f"{row.register}.{name}"] = getattr(row, name)
            elif not path.startswith("tiers"):
                one[path] = getattr(document.content, path)
        found.append({key: str(value) for key, value in one.items() if "register" not in key})
    return found


MONTHS = {
    "T9.26": {},
    "thang 2026-09": {},
    "thang 9-2026": {},
    "ky 2/9/2026": {"term": "2"},
    "Ky: 2/2026-09": {"term": "2"},
    "September 2026": {},
    "Thang: 9, Nam: 2026": {},
}


@pytest.mark.parametrize("printed", MONTHS)
def test_a_month_in_every_form(printed: str) -> None:
    (bill,) = said(f"DL TB {printed} KH {CODE}: DNTT 120 kWh, tong tien 250.000d")
    assert bill == {
        "customer": CODE, "month": "9", "year": "2026", "kwh": "120", "total": "250000", **MONTHS[printed]
    }  # fmt: skip


def test_the_first_day_of_a_range_is_no_term() -> None:
    (bill,) = said(f"KH {CODE} ky 1/9/2026 - 30/9/2026, DNTT 120 kWh")
    assert (bill["first"], bill["last"]) == ("2026-09-01", "2026-09-30")
    assert "term" not in bill


PAIRS = (
    "chi so 4210 -> 4330",
    "CS 4210-4330",
    "chi so (cu - moi): 4210 - 4330",
    "CS 4330 - 4210",
    "chi so tu 4210 den 4330",
    "chi so 4.210 → 4.330",
    "CS 4330 - 4210 = 120",
    "chi so 30/9: 4210, chi so 31/10: 4330",
    "CS dau 1-10: 4210, CS cuoi 31-10: 4330",
)


@pytest.mark.parametrize("pair", PAIRS)
def test_two_indices_behind_one_label(pair: str) -> None:
    (bill,) = said(f"PC TB KH {CODE}: {pair}, san luong 120 kWh, tien 250.000d")
    assert (Decimal(bill["KT.old"]), Decimal(bill["KT.new"])) == (4210, 4330)
    assert (bill["kwh"], bill["total"]) == ("120", "250000")


def test_a_pair_that_may_be_a_roll_over_is_left_out_and_named() -> None:
    understood = read(f"PC TB KH {CODE}: chi so 99870-40, tien 250.000d")
    assert all(not one.content.rows for one in understood.documents if isinstance(one.content, Bill))
    assert any("old" in one.field for one in understood.problems)
    (bill,) = said(f"PC TB KH {CODE}: chi so 99870-99990, tien 250.000d")
    assert bill["KT.new"] == "99990"


def test_registers_with_pairs_and_one_multiplier() -> None:
    (bill,) = said(f"TB KH {CODE}: BT: 820-800, CD: 405-400, TD: 315-300, HSN 30, DNTT 1200 kWh")
    assert bill["kwh"] == "1200"
    assert [bill[f"{name}.new"] for name in ("BT", "CD", "TD")] == ["820", "405", "315"]
    assert {bill[f"{name}.multiplier"] for name in ("BT", "CD", "TD")} == {"30"}


def test_registers_by_their_names() -> None:
    (bill,) = said(f"San luong KH {CODE}: gio binh thuong 90 kWh, gio cao diem 20 kWh, tong 110 kWh")
    assert bill == {"customer": CODE, "BT.kwh": "90", "CD.kwh": "20", "kwh": "110"}


RENTS = (
    "Phong 7 thang 9: dien so cu 820 so moi 900 = 80 so x 3.000 = 240.000. "
    "Nuoc 90.000. Rac 15.000. Tong 345.000",
    "T9: Dien 820 -> 900 (80kwh)\nNuoc: 12 -> 17 (5m3): 90.000d\n"
    "Tien phong: 1.800.000d\nTong cong: 2.130.000d",
    "Nuoc (CS 12-17, 5 m3): 90.000d; Dien (CS 820-900, 80 kWh); Wifi: 50k; Tong thang 9: 380.000d",
)


@pytest.mark.parametrize("text", RENTS)
def test_other_services_and_their_total_are_not_electricity(text: str) -> None:
    (bill,) = said(text)
    assert (bill["KT.old"], bill["KT.new"], bill["kwh"]) == ("820", "900", "80")
    assert bill.get("total", "240000") == "240000"


TORN = (
    f"TB tien dien thang 1\n0/2026 KH {CODE} DNTT 120 kWh, tien 250.\n000d",
    f"TB tien dien thang 10/20\n26 KH {CODE} DNTT 120 kWh, tien 250\n.000d",
)


@pytest.mark.parametrize("text", TORN)
def test_numbers_that_a_line_end_cuts(text: str) -> None:
    (bill,) = said(text)
    assert bill == {"customer": CODE, "month": "10", "year": "2026", "kwh": "120", "total": "250000"}


NO_BILLS = {
    "Cam on Quy khach da thanh toan tien dien T9/2026, so tien 250.000d. San luong 120 kWh.": "receipt",
    "Thanh toan thanh cong\nMa KH PB05010067890\nSan luong: 120 kWh\nSo tien: 250.000d": "receipt",
    "EVN tra tien dien mat troi T9/2026: 600 kWh x 2.097 = 1.258.200d vao TK cua KH.": "payout",
    "Gia dien sinh hoat bac 1 (0-50 kWh) la 1.984 d/kWh, bac 2 (51-100 kWh) la 2.050 d/kWh.": "nothing",
}


@pytest.mark.parametrize("text", NO_BILLS)
def test_what_is_no_bill(text: str) -> None:
    understood = read(text)
    assert understood.documents == ()
    assert NO_BILLS[text] in {problem.key for problem in understood.problems}


SEVERAL = (
    f"Ky 1/8/2026 KH {CODE} DNTT 120 kWh tien 250.000d; Ky 1/9/2026 KH {CODE} DNTT 130 kWh tien 270.000d",
    f"KH {CODE} T8/2026 DNTT 120 kWh, tien 250.000d.\n\nKH {CODE} T9/2026 DNTT 130 kWh, tien 270.000d.",
)


@pytest.mark.parametrize("text", SEVERAL)
def test_two_notices_are_two(text: str) -> None:
    assert [(one["kwh"], one["month"], one["total"]) for one in said(text)] == [
        ("120", "8", "250000"),
        ("130", "9", "270000"),
    ]


OTHER_TIMES = (
    "SL 120 kWh. Tien dien 10 thang 2026: 2.748.760d, 1.300 kWh",
    "12 thang qua dung 1.300 kWh, thang nay 120 kWh",
    "SL 120 kWh, du kien thang 10 la 140 kWh/300.000d",
    "SL 120 kWh so voi 130 kWh thang truoc",
    "SL 120 kWh, tu ky hoa don thang 11/2026 doi ngay GCS",
    "SL 120 kWh, SL cung ky 2025 la 310 kWh",
    "SL 120 kWh (thang truoc 130 kWh)",
    "120 kWh ⬇️ 10 kWh",
    "SL 120 kWh, ngay cao nhat 7/9 dung 9,5 kWh",
    "SL 120 kWh tang 12 kWh so voi ky truoc",
    "truoc day thong bao 130 kWh, nay sua lai 120 kWh",
)


@pytest.mark.parametrize("phrase", OTHER_TIMES)
def test_other_times_are_not_this_bill(phrase: str) -> None:
    (bill,) = said(f"DL TB T9/2026 KH {CODE}: {phrase}. So tien 250.000d")
    assert (bill["kwh"], bill["total"], bill["month"]) == ("120", "250000", "9")


MONEY = {
    "tien 231.481 + VAT 18.519 = 250.000d": {"net": "231481", "tax": "18519", "total": "250000"},
    "tien 250.000d (gom thue GTGT 8% 18.519d)": {"total": "250000", "tax": "18519", "tax_rate": "0.08"},
    "Chua gom thue: 231.481d": {"net": "231481"},
    "Tien dien: 231.481d. VAT: 18.519d. No cu: 50.000d. Tong phai tra: 300.000d": {
        "net": "231481", "tax": "18519", "debt": "50000", "total": "300000",
    },
    "tien 300.000d, duoc ho tro 50.000d, con 250.000d": {"total": "250000", "discount": "50000"},
    "250.000d": {"total": "250000"},
    "phi dong cat 98.000d, 250.000d": {"total": "250000"},
}  # fmt: skip


@pytest.mark.parametrize("phrase", MONEY)
def test_money_that_sums_prove_or_that_stands_alone(phrase: str) -> None:
    (bill,) = said(f"DL TB T9/2026 KH {CODE}, 120 kWh, {phrase}")
    assert bill == {"customer": CODE, "month": "9", "year": "2026", "kwh": "120", **MONEY[phrase]}


def test_money_that_is_no_price_of_the_kwh_is_left_out() -> None:
    (bill,) = said(f"DL TB T9/2026 KH {CODE}, 120 kWh, 9.250.000d")
    assert "total" not in bill


CODES = ("Ma: DT-112", "Ma so: HTX-00412", "Ma KH: DT-112", "Ma so: DT/112")


@pytest.mark.parametrize("label", CODES)
def test_codes_of_cooperatives(label: str) -> None:
    (bill,) = said(f"HTX TB {label}, T9/2026, so dung 120 kWh, tong tien 250.000d")
    assert bill["customer"] == label.split()[-1]


def test_a_code_to_look_something_up_is_no_customer() -> None:
    (bill,) = said("HTX TB T9/2026: 120 kWh, tong tien 250.000d. Ma tra cuu: 8AX29KQ1. Ma GD: FT2609")
    assert "customer" not in bill


def test_the_period_that_holds_the_others() -> None:
    (bill,) = said(
        f"Mã KH {CODE}\nTừ ngày 01/05/2025 đến ngày 31/05/2025\nTừ ngày 01/05/2025 đến ngày 09/05/2025\n"
        "Từ ngày 10/05/2025 đến ngày 31/05/2025\nTiêu thụ: 120 kWh"
    )
    assert (bill["first"], bill["last"]) == ("2025-05-01", "2025-05-31")


def test_which_household_it_is_is_no_number_of_households() -> None:
    (bill,) = said("kinh bao ho su dung dien so ho 112 thang 6/2026 so dien 135 kWh thanh tien 312.400d")
    assert "households" not in bill
    assert said("KH dung 120 kWh, so ho: 2, tien 250.000d")[0]["households"] == "2"


def test_the_meter_s_number_inside_the_label_of_its_index() -> None:
    (bill,) = said(
        f"TB chi so cong to so 21008877 cua KH {CODE} la 4330, chi so thang truoc 4210, SL 120 kWh"
    )
    assert (bill["serial"], bill["KT.old"], bill["KT.new"]) == ("21008877", "4210", "4330")


TIERS = ("Muc 0-50: 50 kWh; 51-100: 50 kWh; 101-200: 20 kWh", "Bac 1: 50kWh, bac 2: 50kWh, bac 3: 20 kWh")


@pytest.mark.parametrize("tiers", TIERS)
def test_tiers_without_a_price_are_no_indices_and_no_consumption(tiers: str) -> None:
    (bill,) = said(f"TB tien dien KH {CODE} T9/2026. {tiers}; tong 120 kWh; tien 250.000d")
    assert bill == {"customer": CODE, "month": "9", "year": "2026", "kwh": "120", "total": "250000"}


def test_the_direction_of_energy() -> None:
    (bill,) = said(
        f"KH {CODE} T9/2026. Mua tu luoi: CS cu 4210 - CS moi 4330 (120 kWh). "
        "Ban len luoi: CS cu 900 - CS moi 1300 (400 kWh). Tien dien phai tra 250.000d"
    )
    assert (bill["KT.old"], bill["KT.new"], bill["kwh"], bill["total"]) == ("4210", "4330", "120", "250000")


BESIDE = {
    "CS 4210 den 4330, 120 kWh": ("4210", "4330"),
    "cu 4210 moi 4330, 120 kWh": ("4210", "4330"),
    "CS 4.210/4.330 - 120 kWh": ("4210", "4330"),
    "so dau 4210 so cuoi 4330 la 120 so dien": ("4210", "4330"),
}


@pytest.mark.parametrize("phrase", BESIDE)
def test_short_forms_of_indices(phrase: str) -> None:
    (bill,) = said(f"TB T9/2026 KH {CODE}, {phrase}, tien 250.000d")
    assert (bill["KT.old"], bill["KT.new"], bill["kwh"]) == (*BESIDE[phrase], "120")


def test_bare_words_for_indices_need_the_consumption() -> None:
    (bill,) = said(f"TB T9/2026 KH {CODE}, cu 4210 moi 4330, 100 kWh, tien 250.000d")
    assert "KT.old" not in bill
    assert "KT.new" not in bill


LISTS = (
    f"Hoa don 2 nha:\nNha 1 - {CODE}: T9/2026, 120kWh, 250.000d\n"
    "Nha 2 - PB05080033445: T9/2026, 130kWh, 270.000d",
    f"EVN: {CODE} T9/2026: 120 kWh, tien 250.000d\nEVN: PB05080033445 T9/2026: 130 kWh, tien 270.000d\n"
    "EVN: Lich ghi chi so T10/2026: 31/10/2026",
    f"EVN: KH {CODE} T9/2026: 120 kWh, 250.000d. KH PB05080033445 T9/2026: 130 kWh, 270.000d.",
)


@pytest.mark.parametrize("text", LISTS)
def test_two_customers_are_two_bills(text: str) -> None:
    bills = [one.content for one in read(text).documents if isinstance(one.content, Bill)]
    assert [(one.customer, one.kwh, one.total) for one in bills] == [
        (CODE, 120, 250000),
        ("PB05080033445", 130, 270000),
    ]


def test_a_bill_that_mentions_a_paid_month_is_one() -> None:
    assert len(said(f"KH {CODE} T9/2026: 120 kWh, tien 250.000d. Quy khach con no ky 8/2026: 0d.")) == 1


def test_a_bank_s_unpaid_bill_is_a_bill() -> None:
    (bill,) = said(f"Ban co 01 hoa don dien chua thanh toan: Ma KH {CODE}, thang 9/2026, so tien 250.000d")
    assert bill["total"] == "250000"


def test_the_sum_of_several_debts() -> None:
    (document,) = read(
        f"KH {CODE} no tien dien: T8/2026 100.000d, T9/2026 150.000d, tong no 250.000d"
    ).documents
    assert isinstance(document.content, Debt)
    assert document.content.owed == 250000


NAMED = ("Chi so moi theo bien ban la 12645", "DNTT theo bien ban la 12645", "CS cu do nhan vien bao: 12645")


@pytest.mark.parametrize("phrase", NAMED)
def test_what_is_not_certain_is_named(phrase: str) -> None:
    understood = read(f"TB T9/2026 KH {CODE}, {phrase}. Tong tien 250.000d")
    values = [one.content for one in understood.documents if isinstance(one.content, Bill)]
    read_out = values[0].rows or values[0].kwh is not None
    assert read_out or any(one.key in ("unreadable", "unproven") for one in understood.problems)


PAID = (
    f"GIAY XAC NHAN DA THANH TOAN\nMa KH: {CODE}\nCS cu: 4210\nCS moi: 4330\n"
    "San luong: 120\nSo tien: 250.000d",
    f"Hoa don dien thang 9/2026 cua {CODE} da duoc thanh toan 250.000d luc 09:12.",
    f"ABC BANK 03/10/2026 TK 07xx PS -250,000 VND SD 9,876,543 VND ND TT TIEN DIEN {CODE} T9/2026",
)


@pytest.mark.parametrize("text", PAID)
def test_money_that_was_paid_is_no_bill(text: str) -> None:
    understood = read(text)
    assert understood.documents == ()
    assert [one.key for one in understood.problems] == ["receipt"]


def test_an_overdue_sum_is_owed_though_its_consumption_is_named() -> None:
    (document,) = read(f"KH {CODE}: hoa don T9/2026 (120 kWh) 250.000d da qua han 2 ngay.").documents
    assert isinstance(document.content, Debt)
    assert document.content.owed == 250000


def test_what_happens_once_overdue_leaves_a_bill_a_bill() -> None:
    assert len(said(f"KH {CODE} T9/2026: 120 kWh, tien 250.000d. Neu da qua han se bi cat dien.")) == 1


@pytest.mark.parametrize("indices", ["CSD=4210; CSC=4330", "CSC=4330; CSD=4210", "CSC=4210; CSM=4330"])
def test_the_short_index_csc_is_the_last_one_only_beside_the_first(indices: str) -> None:
    (bill,) = said(f"KH={CODE}; T=9; N=2026; {indices}; DTT=120; TT=250,000")
    assert (bill["KT.old"], bill["KT.new"], bill["kwh"]) == ("4210", "4330", "120")
