"""One text for each way of writing that was once read wrong or not at all, with what a person reads in it."""

from __future__ import annotations

import re

import pytest

from sodien.billing.bill import Bill
from sodien.billing.notices.model import Debt, Schedule
from sodien.billing.notices.read import read
from tests.billing.notices.test_kinds import CODE, said

BILL = {"customer": CODE, "kwh": "120", "total": "250000"}
MONTH = {"month": "9", "year": "2026"}
INDICES = {"KT.old": "4210", "KT.new": "4330"}

READINGS: list[tuple[str, dict[str, str]]] = [
    # The month and the term
    (f"HD dien tu ky 1 thang 9/2026 KH {CODE}: 120 kWh, tien 250.000d", {**BILL, **MONTH, "term": "1"}),
    (f"tien dien t9 2026 kh {CODE} tieu thu 120kwh tong tien 250000 dong", {**BILL, **MONTH}),
    (f"Hoa don 9/2026. KH {CODE}. Dien nang: 120 kWh. Thanh tien: 250.000d.", {**BILL, **MONTH}),
    # Days on which to pay are no month and no period
    (f"Hoa don T9/2026\nMa KH: {CODE}\nDNTT: 120 kWh\nTien: 250.000 d\nKy thanh toan: 01/11 - 07/11/2026",
     {**BILL, **MONTH}),
    (f"KH {CODE} ky 01/09-30/09/2026: 120 kWh, tien 250.000d",
     {**BILL, "first": "2026-09-01", "last": "2026-09-30"}),
    (f"Tien dien thang 9/2026 cua {CODE} tu 16/8/2026 den 15/9/2026 het 120 so = 250.000 dong",
     {**BILL, **MONTH, "first": "2026-08-16", "last": "2026-09-15"}),
    # Other times
    (f"San luong thang 9/2026 cua {CODE} la 120 kWh, tang 12% so voi thang 8 (107 kWh); so tien 250.000d",
     {**BILL, **MONTH}),
    (f"KH {CODE} T9/2026 tieu thu 120 kWh, cao hon thang 8 la 13 kWh, tien 250.000d, cao hon 21.000d",
     {**BILL, **MONTH}),
    (f"Dien nang tieu thu hom qua: 7,42 kWh\nTien dien T9/2026 KH {CODE}\nDien tieu thu 120 kWh\n250.000 d",
     {**BILL, **MONTH}),
    (f"3 thang gan day: 300 kWh, 610.000d. T9/2026 {CODE}: 120 kWh, 250.000d", {**BILL, **MONTH}),
    # What multiplies proves itself
    (f"Tien dien T9/2026 KH {CODE}: 120kw x 2.050 + 8% = 265.680d",
     {**BILL, **MONTH, "tax_rate": "0.08", "total": "265680"}),
    (f"Tien dien T9/2026 KH {CODE}: 120 so x 2.900d/so = 348.000d", {**BILL, **MONTH, "total": "348000"}),
    (f"Phong tro T9/2026 {CODE}: dien so cu 4210 so moi 4330 (120 so) x 3.000 = 360.000; nuoc 100.000",
     {**BILL, **MONTH, **INDICES, "total": "360000"}),
    (f"Phong tro T9/2026 {CODE}: dien 120 so x 3.8k = 456.000, mang 100k",
     {**BILL, **MONTH, "total": "456000"}),
    (f"T9/2026 KH {CODE}: tieu thu 120 kWh x 2.100d = 252.000d. VAT 8%: 20.160d. Thanh toan: 272.160d",
     {**BILL, **MONTH, "net": "252000", "tax": "20160", "tax_rate": "0.08", "total": "272160"}),
    (f"T9/2026 KH: {CODE}\nBac1: 50x1984=99200\nBac2: 50x2050=102500\nTien: 201700\nThue8%: 16136\n"
     "Tong: 217836",
     {"customer": CODE, **MONTH, "kwh": "100", "net": "201700", "tax": "16136", "tax_rate": "0.08",
      "total": "217836"}),
    # A word of something else in front of a quantity of energy
    (f"Phi dien T9/2026 {CODE}: 120 kWh, 250.000 VND", {**BILL, **MONTH}),
    (f"Tien dien T9/2026 {CODE} gom 3 muc gia: 120 kWh, tong cong 250.000 dong", {**BILL, **MONTH}),
    (f"{CODE} T9/2026 dung 120 so, phai dong 250.000 dong, no thang truoc 0 dong", {**BILL, **MONTH}),
    (f"KH {CODE} T9/2026 (so bien nhan 20260531): 120 kWh, tien 250.000d", {**BILL, **MONTH}),
    (f"Hoa don T9/2026 {CODE} (250.000 d) da co. Thanh toan de tranh qua han 10/11/2026",
     {"customer": CODE, **MONTH, "total": "250000"}),
    # The sum says which money is before tax, whatever it is called
    (f"Ma KH: {CODE}\nT9/2026\nKWh : 120\nT.Tien : 250.000\nVAT 8% : 20.000\nCong : 270.000",
     {**BILL, **MONTH, "net": "250000", "tax": "20000", "tax_rate": "0.08", "total": "270000"}),
    (f"KH {CODE} T9/2026 su dung 120kwh, thue vat 20000, tong 270000 vnd",
     {**BILL, **MONTH, "tax": "20000", "total": "270000"}),
    # Money behind its currency, an English day
    (f"Dear {CODE}, electricity Sep 2026: 120 kWh, VND 250,000 (VAT incl.). Please pay by 15 Oct 2026.",
     {**BILL, **MONTH}),
    # "ky" for kWh; days to come
    (f"Tien dien T9/2026 {CODE}: 120 ky, 250.000d. Ai chua nop vui long CK", {**BILL, **MONTH}),
    (f"{CODE} T9/2026: ca thang 120 kWh; tien dien 250.000d; uoc tinh thang toi 140 kWh", {**BILL, **MONTH}),
    (f"tien dien thang 9nam2026 kh {CODE} la 250000dong tieu thu 120kWh", {**BILL, **MONTH}),
    # A balance that is asked for was not paid from
    (f"De nghi QK {CODE} TT tien dien T9/2026 (120 kWh) 250.000 VND. Duy tri so du de trich no tu dong.",
     {**BILL, **MONTH}),
    # A code tells itself; it may stand behind a name
    (f"Quy khach hang DUONG VAN QUY ({CODE}) T9/2026 tieu thu 120 so dien tri gia 250.000 dong",
     {**BILL, **MONTH}),
    ("KH: Nguyen Van Tam - PT0112\nT9/2026\nTieu thu 120 kWh\nThanh tien 250.000d",
     {**BILL, **MONTH, "customer": "PT0112", "name": "Nguyen Van Tam"}),
    # Not paid yet: what is owed is the bill's
    (f"Hoa don thang 9/2026\nChua thanh toan\n250.000 d\nMa khach hang: {CODE}\nDien tieu thu: 120 kWh",
     {**BILL, **MONTH}),
    (f"{CODE} T9/2026 het 120kWh thanh tien 250.000d, con no thang 8 la 50.000d. Tong thu 300.000d",
     {**BILL, **MONTH, "total": "300000", "debt": "50000"}),
    # "TT" is what the indices prove; a price proves what is to be paid
    (f"Tien dien TH 9/26 | KH:{CODE} | cu: 4,210.0 | moi: 4,330.0 | TT: 120.0 | Tien: 250,000.00",
     {**BILL, **MONTH, **INDICES}),
    (f"P.12 T9/2026 {CODE}: DIEN cs cu 4210, cs moi 4330, sd 120, gia 3500, tt 420.000; NUOC tt 120.000",
     {**BILL, **MONTH, **INDICES, "total": "420000"}),
    (f"{CODE} T9/2026 HSN=2. CS BT 30.5-10.5 SL 40; CD 80.0-40.0 SL 80. Tong 120 kWh. Tien 250.000d",
     {**BILL, **MONTH, "BT.old": "10.5", "BT.new": "30.5", "BT.kwh": "40", "BT.multiplier": "2",
      "CD.old": "40", "CD.new": "80", "CD.kwh": "80", "CD.multiplier": "2"}),
    (f"ABCPay: Hoa don tien dien (EVN) {CODE} 250,000d sap den han 10/11.",
     {"customer": CODE, "total": "250000"}),
    # The grand total of other things is not what so many kWh cost; a unit in front of a colon
    (f"Phong tro {CODE} T9/2026\n   Thang may 60,000d | dien 120 so: 250,000d | Tong cong: 990,000d",
     {**BILL, **MONTH}),
    (f"Thong bao phi T9/2026 {CODE}\nDien (CS cu 4210, CS moi 4330): 120 kWh: 250000 dong, Wifi 80000 dong",
     {**BILL, **MONTH, **INDICES}),
    (f"Phong tro {CODE} T9/2026: Internet 100000d; Dien: (4330 - 4210) x 3000 = 360000d",
     {"customer": CODE, **MONTH, **INDICES, "total": "360000"}),
    (f"Phong tro {CODE} T9/2026\nTien phong: 1800000d; Dien: 120 so 360000d; Cong: 2160000d",
     {**BILL, **MONTH, "total": "360000"}),
    # "Net" is the internet's; two indices behind a stroke; the multiplier of all registers
    (f"Phong 4A T9/2026 {CODE}\n- Dien: 4.210 -> 4.330 (120 so x 3.800d) = 456.000\n- Net: 70.000",
     {**BILL, **MONTH, **INDICES, "total": "456000"}),
    (f"{CODE} T9/2026\nDNTT: 120 kWh\nChi so ky truoc/ky nay: 4.210/4.330\nSo tien: 250.000 d",
     {**BILL, **MONTH, **INDICES}),
    (f"KH {CODE} T9/2026 (HSN 2): gio BT 70 kWh, gio CD 50 kWh, tong 120 kWh, tien 250.000 d",
     {**BILL, **MONTH, "BT.kwh": "70", "BT.multiplier": "2", "CD.kwh": "50", "CD.multiplier": "2"}),
    # Labels, units and groups over the end of a line
    (f"{CODE} T9/2026 120 kWh, TONG TIEN SAU\nTHUE: 250,000 DONG", {**BILL, **MONTH}),
    (f"TB tien dien T9/2026 KH {CODE} (120\nKWH): THANH TOAN 250 000\nDONG", {**BILL, **MONTH}),
    (f"KH {CODE} T9/2026 120 kWh, tien 250\n000 dong", {**BILL, **MONTH}),
    (f"MKH {CODE[:6]}\n{CODE[6:]}: T9/2026, 120 kWh, tien dien la 250 000d", {**BILL, **MONTH}),
    (f"Hoa don\nT9/2026\nMa KH\n{CODE}\nSan luong:\n120 kWh\nTong tien:\n250.000 d\nTrung binh ngay:\n4 kWh",
     {**BILL, **MONTH}),
    # An old debt without currency; a bill that a bank calls unpaid; other years and aims
    (f"T9/2026 KH {CODE} tieu thu 120 so, tien 250.000, no cu 50.000, tong thu 300.000d",
     {**BILL, **MONTH, "total": "300000", "debt": "50000"}),
    (f"QK co HD tien dien ky 9/2026, ma KH {CODE}, so tien 250,000 VND chua thanh toan.",
     {"customer": CODE, **MONTH, "total": "250000"}),
    (f"KH {CODE} T9/2026 120 kWh, 250.000d. Nam 2025 dung 3120 kWh. Muc tieu: 3000 kWh", {**BILL, **MONTH}),
    (f"{CODE} HDTD 09/2026 250,000 (120 kWh), han 07/10/2026", {**BILL, **MONTH}),
    (f"{CODE} T9/2026: CS truoc 4.210, CS sau 4.330, tieu thu 120 so, 250.000 d",
     {**BILL, **MONTH, **INDICES}),
    (f"{CODE} T9/2026\nCS moi  CS cu  HSN  San luong\nKT  4.330  4.210  1  120\n"
     "Muc  Don gia  kWh  Thanh tien\n0-50  1.984  50  99.200\n51-100  2.050  50  102.500\n"
     "101-200  2.380  20  47.600\nTong cong  269.244",
     {**BILL, **MONTH, **INDICES, "KT.multiplier": "1", "total": "269244"}),
    # Numbers of a list behind the end of a line
    (f"1. Ma KH: {CODE}, T9/2026\n2. Dien: 120 kWh, thanh tien 250.000\n3. Nuoc: 14 m3, 154.000",
     {**BILL, **MONTH}),
    # Registers in front of their labels
    (f"{CODE} T9/2026\nHe so nhan: 20\nGio binh thuong: CS cu 10 - CS moi 15,5 - SL 110 kWh\n"
     "Gio cao diem: CS cu 20 - CS moi 20,5 - SL 10 kWh\nTong: 120 kWh\nTong tien: 250.000 d",
     {**BILL, **MONTH, "BT.old": "10", "BT.new": "15.5", "BT.kwh": "110", "BT.multiplier": "20",
      "CD.old": "20", "CD.new": "20.5", "CD.kwh": "10", "CD.multiplier": "20"}),
    # A meter in front of its register
    (f"Ma KH: {CODE}\nCONG TO DO DEM  HE SO NHAN  CHI SO MOI  CHI SO CU  DIEN TIEU THU (kWh)\n"
     "19887766  Toan thoi gian  1  4.330  4.210  120\nTong tien: 250.000 dong",
     {**BILL, **INDICES, "KT.multiplier": "1", "serial": "19887766"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fields"), READINGS)
def test_what_a_person_reads(text: str, fields: dict[str, str]) -> None:
    (bill,) = said(text)
    bill.pop("KT.kwh", None)  # that of the bill once more
    assert {name: re.sub(r"\.0+$", "", value) for name, value in bill.items()} == fields


NO_BILLS = (
    f"Thanh toan thanh cong tien dien 491.065d cho ma KH {CODE} ky 5/2026. Ma GD 998877665. Phi 0d.",
    "Tu 15/11/2026 den 15/12/2026, thanh toan tien dien tu 200.000 dong qua vi duoc hoan 10%.",
    "Tang 20.000 dong vao tien dien thang 12/2026 cho 1.000 KH dau tien tham gia khao sat.",
    "Canh bao: khong chuyen tien 727,428d cho nguoi tu xung nhan vien dien luc",
    f"Thanh toan tu dong tien dien thang 1/2026 KH {CODE} thanh cong, so tien 1.511.719 dong.",
    f"Tru tien thanh cong 656,195d tu vi cho hoa don dien {CODE} ky 10/2026. Xin cam on.",
    f"Bien nhan: thu tien dien thang 9/2026 cua KH {CODE}, so tien 701,525d, da thu.",
    f"EVNSPC xac nhan KH {CODE} da dong tien dien T4/2026: 1.164.197d. Xin cam on.",
    f"Du kien tien dien thang 2/2026 cua KH {CODE} khoang 359,208 dong.",
    f"Hom qua nha ban dung 9,8 kWh, cao hon trung binh 2 kWh. Ma KH {CODE}",
    f"San luong thang 8/2026 tinh den 13/08/2026 cua KH {CODE} la 325 kWh, uoc tinh ca thang 355 kWh.",
    f"Payoo: Da thanh toan HD dien {CODE}, so tien 610,865d, phi 0d, luc 09:20 08/01/2027.",
    f"KH {CODE} da hoan thanh thanh toan tien dien thang 12/2026 (610.865 dong). Tran trong cam on.",
    f"Hop dong mua ban dien cua KH {CODE} da ky ngay 12/10/2026, tien bao dam 500.000 dong.",
    f"Canh bao: san luong 10 ngay dau thang 2/2027 cua KH {CODE} la 120 kWh.",
    "HTX Dien Nam Tien da thu cua KH 0214 so tien 459.200d tien dien thang 9/2026. Cam on!",
    f"San luong ngay 14/10/2026 cua KH {CODE} la 38 kWh, tang bat thuong so voi binh quan 9 kWh.",
    f"Thanh toan hoa don dien\n-491.065d\nTrang thai: Thanh cong\nMa khach hang: {CODE}",
    "Gia dien tang tu 2.103 dong/kWh len 2.204 dong/kWh. Ho dung 200 kWh tra them 20.150 dong/thang.",
)


@pytest.mark.parametrize("text", NO_BILLS)
def test_what_is_no_bill(text: str) -> None:
    understood = read(text)
    assert understood.documents == ()
    assert understood.problems


def test_money_that_is_lacking_is_owed() -> None:
    (document,) = read("HTX nhac: ho KH BM-0331 con thieu tien dien thang 5 la 88.000d").documents
    assert isinstance(document.content, Debt)
    assert (document.content.owed, document.content.customer) == (88000, "BM-0331")


def test_debts_of_several_months_are_their_sum() -> None:
    (document,) = read(
        f"KH {CODE} con no: T5/2026: 342.576d; T6/2026: 371.000d. Tong cong: 713.576d."
    ).documents
    assert isinstance(document.content, Debt)
    assert (document.content.owed, document.content.customer) == (713576, CODE)


def test_a_debt_of_nobody_is_none() -> None:
    assert read("Canh bao: tin nhan bao no tien dien 1.250.000d kem link la lua dao.").documents == ()


SCHEDULES = (
    f"Ngay ghi chi so cong to ky 1 thang 11/2026 cua KH {CODE} la ngay 30/11/2026.",
    f"Du kien ngay 30/11/2026 nhan vien se den ghi chi so cong to nha quy khach (ma {CODE}).",
)


@pytest.mark.parametrize("text", SCHEDULES)
def test_a_day_to_come_without_any_quantity_is_announced(text: str) -> None:
    (document,) = read(text).documents
    assert isinstance(document.content, Schedule)
    assert (f"{document.content.day}", document.content.customer) == ("2026-11-30", CODE)


SPOILT = (
    "tong tien 431 l79 dong", "tong tien 737,l41 dong", "tong tien 1   504 246 dong",
    "tong tien: 2.729.\n916 |",
    "Tong tieu thu: l.378 kWh", "chi so: 135 - l685", "CS l3154 -> 13188", "CS 9514 -> l0074",
    "dung 21\n44 so",
    "so cu 4\n2312", "tien 2977500d + VAT 23820Od = 3215700d",
)  # fmt: skip


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_part_of_a_number_is_no_value(spoilt: str) -> None:
    understood = read(f"Thong bao KH {CODE} thang 9/2026: {spoilt}")
    for document in understood.documents:
        bill = document.content
        assert isinstance(bill, Bill)
        assert (bill.rows, bill.kwh, bill.total, bill.net, bill.tax) == ((), None, None, None, None)
    assert understood.problems


@pytest.mark.parametrize("two", ["so ho 1 120 kWh", "chi so cu 4210, chi so moi 4330 120 kWh"])
def test_a_count_and_energy_are_no_one_number(two: str) -> None:
    (bill,) = said(f"{CODE} T9/2026 {two} tien 250.000 d")
    assert bill.get("kwh", "120") == "120"
    assert bill.get("KT.new", "4330") == "4330"


@pytest.mark.parametrize("code", ["PBl5616364812", "PB64095l90786", "PA9387712144O", "PE05444580"])
def test_a_part_of_a_code_is_no_code(code: str) -> None:
    understood = read(f"MKH {code}\n6: T9/2026, 120 kWh, tien 250.000d")
    assert [one.content.customer for one in understood.documents if isinstance(one.content, Bill)] == [None]


def test_a_code_with_the_letter_o_is_named_and_not_read() -> None:
    understood = read("Tien dien T9/2026 Ma KH PBO5020012345: 120 kWh, 250.000d")
    (bill,) = [one.content for one in understood.documents]
    assert getattr(bill, "customer", None) in (None, "")
    assert "customer" in {one.field for one in understood.problems}


def test_two_meters_by_their_sums() -> None:
    (document,) = read(
        f"{CODE} T10/2026 thay cong to. Cong to cu: 31649 - 31720 = 71 kWh. Cong to moi: 0 - 88 = 88 kWh. "
        "Tong 159 kWh. Tien 369,490d"
    ).documents
    bill = document.content
    assert isinstance(bill, Bill)
    assert [(row.old, row.new, row.serial) for row in bill.rows] == [(31649, 31720, None), (0, 88, None)]
    assert (bill.kwh, bill.total) == (159, 369490)


def test_a_line_for_each_customer_needs_no_labels() -> None:
    bills = said("PB05020012345 - T9/2026 - CS 4200-4410 - 210kWh - 507.254\n"
                 "PB05020067890 - T9/2026 - CS 880-1002 - 122kWh - 274.385")  # fmt: skip
    assert [(one["customer"], one["kwh"], one["total"]) for one in bills] == [
        ("PB05020012345", "210", "507254"), ("PB05020067890", "122", "274385")
    ]  # fmt: skip


def test_a_difference_times_the_multiplier_of_each_register() -> None:
    (document,) = read(
        f"{CODE} T10/2026\nBT: 1.520 - 1.400 x 60 = 7.200 kWh\nCD: 612 - 560 x 60 = 3.120 kWh\n"
        "Tong SL: 10.320 kWh. Tien: 33.118.450 d (chua VAT)"
    ).documents
    bill = document.content
    assert isinstance(bill, Bill)
    assert [(row.register, row.old, row.new, row.multiplier, row.kwh) for row in bill.rows] == [
        ("BT", 1400, 1520, 60, 7200), ("CD", 560, 612, 60, 3120)
    ]  # fmt: skip
    assert (bill.kwh, bill.net) == (10320, 33118450)


def test_the_sum_of_two_uses_is_of_one_bill() -> None:
    (bill,) = said(
        "Mã KH: PA03DM0099887\n1. Điện sinh hoạt tháng 11/2026: 210 kWh, 461.680 đ\n"
        "2. Điện kinh doanh tháng 11/2026: 150 kWh, 472.800 đ\nCộng: 360 kWh, 934.480 đ\n"
        "Thuế GTGT 8%: 74.758 đ\nTổng cộng: 1.009.238 đ"
    )
    assert (bill["kwh"], bill["net"], bill["total"]) == ("360", "934480", "1009238")


def test_a_meters_number_in_groups_is_no_half_of_it() -> None:
    understood = read(f"Ma KH: {CODE}\nSo cong to: 1577 8823\nDien tieu thu: 120 kWh\nTong tien: 250.000 d")
    (bill,) = [one.content for one in understood.documents]
    assert getattr(bill, "serial", None) is None
    assert "serial" in {one.field for one in understood.problems}
