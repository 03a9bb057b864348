"""What programs of utilities and portals write: free fields, registers in names, months inside of others."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from sodien.billing.bill import Bill, Invoice
from sodien.billing.notices.machine_names import PORTAL_INDEX
from sodien.billing.notices.read import read
from sodien.billing.notices.tree_registers import register_in
from tests.billing.notices.invention import inventions

FIRST, LAST = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
LINES = ((50, 1984), (50, 2050), (100, 2380), (30, 2998))
NET, TAX, TOTAL = 529640, 42371, 572011


def free(fields: Mapping[str, object]) -> str:
    inside = "".join(
        f"<TTin><TTruong>{name}</TTruong><KDLieu>string</KDLieu><DLieu>{value}</DLieu></TTin>"
        for name, value in fields.items()
    )
    return f"<TTKhac>{inside}</TTKhac>"


def invoice(head: str = "", lines: Sequence[str] = (), total: str = "") -> str:
    """230 kWh in the national format; ``lines``: free fields of each line."""
    goods = "".join(
        f"<HHDVu><TChat>1</TChat><STT>{n}</STT><THHDVu>Điện sinh hoạt bậc {n}</THHDVu><DVTinh>kWh</DVTinh>"
        f"<SLuong>{kwh}</SLuong><DGia>{price}</DGia><ThTien>{kwh * price}</ThTien><TSuat>8%</TSuat>"
        f"{more}</HHDVu>"
        for n, ((kwh, price), more) in enumerate(zip(LINES, [*lines, "", "", "", ""], strict=False), 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><HDon><DLHDon Id="data"><TTChung><KHMSHDon>1</KHMSHDon>'
        f"<KHHDon>K26TSD</KHHDon><SHDon>4711</SHDon><NLap>2026-11-03</NLap>{head}</TTChung><NDHDon><NMua>"
        f"<Ten>NGUYỄN VĂN MẪU</Ten><MKHang>PB05010009999</MKHang></NMua><DSHHDVu>{goods}</DSHHDVu><TToan>"
        f"<TgTCThue>{NET}</TgTCThue><TgTThue>{TAX}</TgTThue><TgTTTBSo>{TOTAL}</TgTTTBSo>{total}</TToan>"
        "</NDHDon></DLHDon></HDon>"
    )


def bills(source: str) -> list[Bill]:
    """All bills; nothing in them is invented, and nothing is wrong."""
    understood = read(source)
    assert not list(inventions(understood))
    assert [one.key for one in understood.problems if one.key != "several_meters"] == []
    return [one.content for one in understood.documents if isinstance(one.content, Bill)]


def rows(bill: Bill) -> list[tuple[str, int, int]]:
    return [(row.register, int(row.old or 0), int(row.new or 0)) for row in bill.rows]


# -- free fields ---------------------------------------------------------------------------------------

INDICES: tuple[dict[str, object], ...] = (
    {"CHISO_CU": "9618", "CHISO_MOI": "9848", "NGAY_DKY": "01/10/2026", "NGAY_CKY": "31/10/2026"},
    {"ChiSoCu": "9618", "ChiSoMoi": "9848", "NgayDauKy": "01/10/2026", "NgayCuoiKy": "31/10/2026"},
    {"Chỉ số cũ": "9.618", "Chỉ số mới": "9.848", "Từ ngày": "01/10/2026", "Đến ngày": "31/10/2026"},
    {"Chỉ số đầu kỳ": "9618", "Chỉ số cuối kỳ": "9848",
     "Kỳ": "Kỳ 1 - 10/2026 (31 ngày từ 01/10/2026 đến 31/10/2026)"},
    {"CSC": "9618", "CSM": "9848", "TU_NGAY": "2026-10-01T00:00:00", "DEN_NGAY": "2026-10-31T00:00:00"},
    {"CSD": "9618", "CSC": "9848", "TuNgay": "2026-09-30T17:00:00Z", "DenNgay": "2026-10-31"},
)  # fmt: skip


@pytest.mark.parametrize("fields", INDICES)
@pytest.mark.parametrize("place", ["head", "line", "total"])
def test_indices_and_days_in_free_fields_of_any_place(fields: dict[str, object], place: str) -> None:
    said = free(fields)
    (bill,) = bills(invoice(**{place: said} if place != "line" else {"lines": [said]}))  # type: ignore[arg-type]
    assert rows(bill) == [("KT", 9618, 9848)]
    assert (bill.first, bill.last) == (FIRST, LAST)
    assert (bill.kwh, bill.net, bill.tax, bill.total) == (230, NET, TAX, TOTAL)


def test_they_may_be_elements_of_their_own() -> None:
    said = "".join(f"<{name}>{value}</{name}>" for name, value in INDICES[0].items())
    (bill,) = bills(invoice(f"<TTKhac>{said}</TTKhac>"))
    assert (rows(bill), bill.first, bill.last) == ([("KT", 9618, 9848)], FIRST, LAST)


def test_the_money_of_a_line_is_not_the_bills() -> None:
    lines = [free({"Tiền thuế": "7.936", "Thành tiền sau thuế": "107.136"}), free({"Tiền thuế": "8.200"})]
    (bill,) = bills(invoice(free(INDICES[0]), lines))
    assert (bill.net, bill.tax, bill.total) == (NET, TAX, TOTAL)


def test_another_months_energy_is_not_this_bills() -> None:
    other = {"Điện năng tháng trước": "210", "Cùng kỳ năm trước": "190", "SAN_LUONG_BINH_QUAN": "205"}
    (bill,) = bills(invoice(free(INDICES[0]), total=free(other)))
    assert bill.kwh == 230


def test_two_meters_in_the_lines_of_their_energy() -> None:
    lines = [
        free({"Số công tơ": "24562125", "Chỉ số cũ": "9618", "Chỉ số mới": "9700", "Điện tiêu thụ": "82"}),
        free({"Số công tơ": "26000777", "Chỉ số cũ": "3", "Chỉ số mới": "151", "Điện tiêu thụ": "148"}),
    ]
    (bill,) = bills(invoice(lines=lines))
    assert [(row.serial, row.kwh) for row in bill.rows] == [("24562125", 82), ("26000777", 148)]


# -- registers in names --------------------------------------------------------------------------------

HOURS = {"BT": (1500, 1620), "CD": (800, 860), "TD": (610, 660)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CHISO_CU_{}", "CHISO_MOI_{}"),
        ("Chỉ số cũ ({})", "Chỉ số mới ({})"),
        ("{}_CSCU", "{}_CSMOI"),
        ("ChiSoDau{}", "ChiSoCuoi{}"),
    ],
)
def test_registers_whose_names_tell_their_hours(old: str, new: str) -> None:
    fields: dict[str, object] = {
        name.format(code): value
        for code, pair in HOURS.items()
        for name, value in zip((old, new), pair, strict=True)
    }
    expected = [(code, *pair) for code, pair in HOURS.items()]
    (bill,) = bills(invoice(free({**fields, "HS_NHAN": "1"})))
    assert rows(bill) == expected
    assert [row.multiplier for row in bill.rows] == [1, 1, 1]
    (bill,) = bills(
        json.dumps({**fields, "maKhachHang": "PB05010009999", "thang": 10, "nam": 2026, "sanLuong": 230})
    )
    assert rows(bill) == expected
    assert (bill.kwh, bill.month) == (230, 10)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("CHISOCUBT", ("CHISOCU", "BT")),
        ("CHISOMOIGIOCAODIEM", ("CHISOMOI", "CD")),
        ("CHISOCUTHAPDIEM", ("CHISOCU", "TD")),
        ("SANLUONGKT", ("SANLUONG", "KT")),
        ("BTCHISOCU", ("CHISOCU", "BT")),
        ("CHISOCU", None),
        ("DIENTTHU", None),
        ("TENKHBT", None),
        ("SOCTOTD", None),
    ],
)
def test_which_names_have_a_register(name: str, found: tuple[str, str] | None) -> None:
    assert register_in(name, PORTAL_INDEX) == found


# -- portals -------------------------------------------------------------------------------------------


def month(number: int, kwh: int, total: int, **more: object) -> dict[str, object]:
    return {"thang": number, "nam": 2026, "san_luong": kwh, "tong_tien": total, **more}


MONTHS = [month(9, 180, 423468), month(10, 230, TOTAL)]


@pytest.mark.parametrize(
    "shape",
    [
        MONTHS,
        {"data": MONTHS},
        {"isError": False, "code": 200, "data": {"maKhachHang": "PB05010009999", "dsHoaDon": MONTHS}},
        {"maKh": "PB05010009999", "hoaDon": [{"chiTiet": one} for one in MONTHS]},
        {"PB05010009999": {"2026": {"09": MONTHS[0], "10": MONTHS[1]}}},
        {"state": "572011", "attributes": {"bills": MONTHS, "unit_of_measurement": "đ"}},
        [{"iThang": 9, "iNam": 2026, "dSanLuong": 180.0, "lTongTien": 423468, "strMaKH": "PB05010009999"},
         {"iThang": 10, "iNam": 2026, "dSanLuong": 230.0, "lTongTien": TOTAL, "strMaKH": "PB05010009999"}],
        [{"thangHd": 9, "namHd": 2026, "dntt": 180, "thanhTien": 423468},
         {"thangHd": 10, "namHd": 2026, "dntt": 230, "thanhTien": TOTAL}],
    ],
)  # fmt: skip
def test_an_array_of_months_is_several_bills(shape: Any) -> None:
    found = bills(json.dumps(shape, ensure_ascii=False))
    assert [(one.month, one.year, one.kwh, one.total) for one in found] == [
        (9, 2026, 180, 423468),
        (10, 2026, 230, TOTAL),
    ]


def test_lines_of_json_are_months_too() -> None:
    lines = [json.dumps({**one, "csc": 100, "csm": 100 + int(str(one["san_luong"]))}) for one in MONTHS]
    assert [rows(one) for one in bills("\n".join(lines))] == [[("KT", 100, 280)], [("KT", 100, 330)]]


@pytest.mark.parametrize(("vat", "tax", "rate"), [(TAX, TAX, None), (8, None, "0.08"), ("8%", None, "0.08")])
def test_vat_is_money_or_its_rate(vat: object, tax: int | None, rate: str | None) -> None:
    (bill,) = bills(json.dumps({**MONTHS[1], "subtotal": NET, "vat": vat}))
    assert (bill.net, bill.tax, bill.tax_rate) == (NET, tax, Decimal(rate) if rate else None)


@pytest.mark.parametrize(
    "shape",
    [
        [{"loai": "nuoc", **month(10, 15, 180000)}, {"loai": "dien", **MONTHS[1]}],
        [{"loaiDichVu": "Tiền nước", **month(10, 15, 180000)}, {"loaiDichVu": "Tiền điện", **MONTHS[1]}],
        {"dien": MONTHS[1], "nuoc": {"chi_so_cu": 120, "chi_so_moi": 135, "tong_tien": 180000}},
        {"type": "electricity", **MONTHS[1], "others": [{"service_type": "water", **month(10, 15, 180000)}]},
        {"ten": "Phong Nguyen", **MONTHS[1]},
    ],
)
def test_water_is_no_electricity(shape: Any) -> None:
    (bill,) = bills(json.dumps(shape, ensure_ascii=False))
    assert (bill.kwh, bill.total, bill.rows) == (230, TOTAL, ())


def test_sums_over_other_services_are_none_of_electricity() -> None:
    water = (
        "<HHDVu><TChat>1</TChat><THHDVu>Nước sinh hoạt</THHDVu><DVTinh>m3</DVTinh><SLuong>15</SLuong>"
        "<DGia>12000</DGia><ThTien>180000</ThTien></HHDVu>"
    )
    understood = read(invoice().replace("<DSHHDVu>", f"<DSHHDVu>{water}"))
    (document,) = understood.documents
    assert isinstance(document.content, Bill)
    assert [tier.kwh for tier in document.content.tiers] == [50, 50, 100, 30]
    assert (document.content.net, document.content.tax, document.content.total) == (None, None, None)
    assert ("unplaced", "total") in [(one.key, one.field) for one in understood.problems]


def goods(name: str, unit: str, kwh: object = 15) -> str:
    """An invoice of one line, whatever it is for."""
    return (
        "<HDon><DLHDon><TTChung><KHHDon>K26TAA</KHHDon><SHDon>12</SHDon></TTChung><NDHDon><NMua>"
        f"<MKHang>KH001</MKHang></NMua><DSHHDVu><HHDVu><TChat>1</TChat><THHDVu>{name}</THHDVu>"
        f"<DVTinh>{unit}</DVTinh><SLuong>{kwh}</SLuong><DGia>12000</DGia><ThTien>180000</ThTien></HHDVu></DSHHDVu>"
        "<TToan><TgTCThue>180000</TgTCThue><TgTThue>9000</TgTThue><TgTTTBSo>189000</TgTTTBSo></TToan></NDHDon>"
        f"{free({'Chỉ số cũ': 120, 'Chỉ số mới': 135})}</DLHDon></HDon>"
    )


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Nước sinh hoạt", "m3"),
        ("Cước viễn thông", "Tháng"),
        ("Gạo ST25", "kg"),
        ("Điện thoại di động", "Chiếc"),
        ("Tiền điện, nước", "Tháng"),
        ("Phí quản lý", ""),
    ],
)
def test_an_invoice_for_something_else_is_told_as_that(name: str, unit: str) -> None:
    understood = read(goods(name, unit))
    assert understood.documents == ()
    assert [one.key for one in understood.problems] == ["other_goods"]


def test_invoices_of_other_sellers_in_a_list_are_left_out() -> None:
    def listed(name: str, unit: str, quantity: int, price: int) -> dict[str, object]:
        net = quantity * price
        return {
            "khhdon": "K26TAA", "shdon": quantity, "tgtcthue": net, "tgtthue": 0, "tgtttbso": net,
            "hdhhdvu": [{"ten": name, "dvtinh": unit, "sluong": quantity, "dgia": price, "thtien": net}],
        }  # fmt: skip

    shop, power = listed("Gạo", "kg", 5, 40000), listed("Điện sinh hoạt", "kWh", 50, 1984)
    (bill,) = bills(json.dumps({"datas": [shop, power], "total": 2}))
    assert (bill.kwh, bill.total) == (50, 99200)


@pytest.mark.parametrize(
    ("unit", "tiers"), [("kWh", 1), ("KWH", 1), ("số", 1), ("", 1), ("Tháng", 0), ("kVArh", 0)]
)
def test_only_kwh_are_energy(unit: str, tiers: int) -> None:
    (document,) = read(goods("Tiền điện sinh hoạt", unit)).documents
    assert isinstance(document.content, Bill)
    assert (len(document.content.tiers), document.content.total) == (tiers, 189000)


def test_the_name_of_the_goods_may_hold_days_and_indices() -> None:
    name = "Tiền điện từ ngày 01/10/2026 đến ngày 31/10/2026 (CSC: 9618, CSM: 9633, HSN: 1)"
    (document,) = read(goods(name, "kWh").replace(free({"Chỉ số cũ": 120, "Chỉ số mới": 135}), "")).documents
    assert isinstance(document.content, Bill)
    assert (rows(document.content), document.content.first, document.content.last) == (
        [("KT", 9618, 9633)],
        FIRST,
        LAST,
    )


@pytest.mark.parametrize(
    "shape",
    [
        {"giao": {"chi_so_cu": 9618, "chi_so_moi": 9848}, "nhan": {"chi_so_cu": 1000, "chi_so_moi": 1400}},
        {"import": {"old_index": 9618, "new_index": 9848}, "export": {"old_index": 1000, "new_index": 1400}},
        {"chiSo": [{"chieu": "Giao", "chiSoCu": 9618, "chiSoMoi": 9848},
                   {"chieu": "Nhận", "chiSoCu": 1000, "chiSoMoi": 1400}]},
    ],
)  # fmt: skip
def test_what_is_fed_in_is_not_billed(shape: Any) -> None:
    (bill,) = bills(json.dumps({**MONTHS[1], "ma_kh": "PB05010009999", **shape}, ensure_ascii=False))
    assert rows(bill) == [("KT", 9618, 9848)]
    assert (bill.kwh, bill.total) == (230, TOTAL)


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u202f"])
def test_groups_of_one_value_may_be_blanks_apart(blank: str) -> None:
    shape = {
        "thang": 10,
        "nam": 2026,
        "csc": f"9{blank}618",
        "csm": f"9{blank}848",
        "tongTien": f"572{blank}011 đ",
    }
    (bill,) = bills(json.dumps(shape, ensure_ascii=False))
    assert (rows(bill), bill.total) == ([("KT", 9618, 9848)], TOTAL)


# -- formats of invoice services -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "sums", ["<Total>{net}</Total><Amount>{gross}</Amount>", "<Amount>{net}.00</Amount>"]
)
def test_invoices_whose_total_is_before_tax(sums: str) -> None:
    lines = "".join(
        f"<Product><ProdName>Điện</ProdName><ProdUnit>kWh</ProdUnit><ProdQuantity>{kwh}</ProdQuantity>"
        f"<ProdPrice>{price}</ProdPrice>{sums.format(net=kwh * price, gross=kwh * price * 1.08)}</Product>"
        for kwh, price in LINES
    )
    (bill,) = bills(
        '<Invoice><Content Id="SigningData"><ArisingDate>03/11/2026 10:54:11</ArisingDate><InvoicePattern>'
        "01GTKT0/001</InvoicePattern><SerialNo>TN/22E</SerialNo><InvoiceNo>0004711</InvoiceNo><CusCode>"
        f"PB05010009999</CusCode><Products>{lines}</Products><Total>{NET}</Total><VAT_Rate>8</VAT_Rate>"
        f"<VAT_Amount>{TAX}</VAT_Amount><Amount>{TOTAL}</Amount></Content></Invoice>"
    )
    assert (bill.customer, bill.kwh, bill.net, bill.tax, bill.total) == (
        "PB05010009999",
        230,
        NET,
        TAX,
        TOTAL,
    )
    assert [tier.amount for tier in bill.tiers] == [kwh * price for kwh, price in LINES]
    assert bill.invoice == Invoice(
        form="01GTKT0/001", series="TN/22E", number="4711", date=dt.date(2026, 11, 3)
    )


@pytest.mark.parametrize(("way", "field"), [("1", None), ("3", "replaces"), ("5", "adjusts")])
@pytest.mark.parametrize("escaped", [False, True])
def test_invoices_that_name_free_fields_by_key_and_label(way: str, field: str | None, escaped: bool) -> None:
    items = [
        {"itemName": "Điện", "unitName": "kWh", "quantity": kwh, "unitPrice": price,
         "itemTotalAmountWithoutTax": kwh * price}
        for kwh, price in LINES
    ]  # fmt: skip
    said = {
        "generalInvoiceInfo": {
            "templateCode": "1/001", "invoiceSeries": "K26TSD", "invoiceNo": "K26TSD5022",
            "invoiceIssuedDate": 1793466000000, "adjustmentType": way,
            "originalInvoiceId": "K26TSD4711" if field else None,
        },
        "buyerInfo": {"buyerCode": "PB05010009999"},
        "itemInfo": items,
        "summarizeInfo": {
            "totalAmountWithoutTax": NET, "totalTaxAmount": TAX, "totalAmountWithTax": TOTAL,
        },
        "metadata": [
            {"keyTag": "csCu", "keyLabel": "Chỉ số cũ", "stringValue": "9618"},
            {"keyTag": "csMoi", "keyLabel": "Chỉ số mới", "numberValue": 9848},
            {"keyTag": "ky", "keyLabel": "Kỳ hóa đơn",
             "stringValue": "Kỳ 1 - 10/2026 (31 ngày từ 01/10/2026 đến 31/10/2026)"},
        ],
    }  # fmt: skip
    (bill,) = bills(json.dumps(said, ensure_ascii=escaped))
    assert (bill.kwh, bill.net, bill.tax, bill.total) == (230, NET, TAX, TOTAL)
    assert (rows(bill), bill.first, bill.last) == ([("KT", 9618, 9848)], FIRST, LAST)
    assert bill.invoice == Invoice(series="K26TSD", number="5022")
    old = Invoice(series="K26TSD", number="4711")
    assert (bill.replaces, bill.adjusts) == (
        old if field == "replaces" else None,
        old if field == "adjusts" else None,
    )


@pytest.mark.parametrize("escaped", [False, True])
def test_a_remark_is_read_however_the_json_is_written(escaped: bool) -> None:
    remark = "Điều chỉnh giảm cho hóa đơn Mẫu số 1, Ký hiệu K26TSD, số 4711, ngày 03/11/2026"
    (bill,) = bills(json.dumps({**MONTHS[1], "ghi_chu": remark}, ensure_ascii=escaped))
    assert bill.adjusts == Invoice(form="1", series="K26TSD", number="4711", date=dt.date(2026, 11, 3))


# -- what programs leave in -----------------------------------------------------------------------------


def test_zeros_behind_the_point_say_nothing() -> None:
    fields: dict[str, object] = {"CHISO_CU": "9618.00", "CHISO_MOI": "9848.00", "HS_NHAN": "1.000"}
    text = invoice(free(fields)).replace("</SLuong>", ".000</SLuong>").replace("</DGia>", ".0000</DGia>")
    for money in (NET, TAX, TOTAL):
        text = text.replace(f">{money}<", f">{money}.00<")
    (bill,) = bills(text)
    assert bill == bills(invoice(free({**fields, "CHISO_CU": 9618, "CHISO_MOI": 9848, "HS_NHAN": 1})))[0]
    (row,) = bill.rows
    printed = [row.old, row.new, bill.kwh, bill.tax, *(tier.price for tier in bill.tiers)]
    assert [one.as_tuple().exponent for one in printed if one is not None] == [0] * 8


def test_a_month_of_zeros_is_not_billed_yet() -> None:
    ahead = month(11, 0, 0, chi_so_cu=0, chi_so_moi=0)
    assert [one.month for one in bills(json.dumps([*MONTHS, ahead]))] == [9, 10]
    (standstill,) = bills(json.dumps([{**ahead, "chi_so_cu": 9848, "chi_so_moi": 9848}]))
    assert standstill.kwh == 0


def test_sums_of_a_year_are_of_no_month() -> None:
    shape = {"ma_kh": "PB05010009999", "nam": 2026, "tong_san_luong": 2400, "tong_tien": 6000000,
             "hoa_don": [{k: v for k, v in one.items() if k != "nam"} for one in MONTHS]}  # fmt: skip
    found = bills(json.dumps(shape))
    assert [(one.customer, one.year, one.kwh, one.total) for one in found] == [
        ("PB05010009999", 2026, 180, 423468),
        ("PB05010009999", 2026, 230, TOTAL),
    ]


def test_a_line_of_discount_is_that() -> None:
    line = "<HHDVu><TChat>3</TChat><THHDVu>Giảm giá hỗ trợ</THHDVu><ThTien>52964</ThTien></HHDVu></DSHHDVu>"
    net, tax = NET - 52964, 38134
    text = invoice(free(INDICES[0])).replace("</DSHHDVu>", line).replace(f">{NET}<", f">{net}<")
    (bill,) = bills(text.replace(f">{TAX}<", f">{tax}<").replace(f">{TOTAL}<", f">{net + tax}<"))
    assert (bill.kwh, bill.net, bill.discount, bill.total) == (230, net, 52964, net + tax)


@pytest.mark.parametrize(
    ("title", "name", "adjusts"),
    [
        ("Hóa đơn điều chỉnh giảm", "Tiền điện", True),
        ("Hóa đơn giá trị gia tăng", "Điều chỉnh giảm tiền điện tháng 10/2026", True),
        ("Hóa đơn giá trị gia tăng", "Truy thu tiền điện", True),
        ("Hóa đơn giá trị gia tăng", "Tiền điện", False),
    ],
)
def test_an_invoice_is_a_difference_by_its_name_or_its_goods(title: str, name: str, adjusts: bool) -> None:
    text = goods(name, "kWh").replace("<KHHDon>", f"<THDon>{title}</THDon><KHHDon>")
    (document,) = read(text).documents
    assert isinstance(document.content, Bill)
    assert (document.content.adjusts == Invoice()) is adjusts
