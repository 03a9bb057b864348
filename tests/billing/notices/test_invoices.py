"""Which e-invoice a bill is, and which one it replaces or adjusts."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from sodien.billing.bill import Bill, Invoice, is_same_invoice
from sodien.billing.notices.dates import local_day
from sodien.billing.notices.model import Understood
from sodien.billing.notices.read import plain, read
from sodien.billing.notices.states import field_states
from tests.billing.notices.invention import inventions

OLD = Invoice(form="1", series="K26TSD", number="4711", date=dt.date(2026, 11, 3))
NEW = Invoice(form="1", series="K26TSD", number="5022", date=dt.date(2026, 11, 12))
#: The invoice that is changed, in the national format.
RELATED = (
    "<LHDCLQuan>1</LHDCLQuan><KHMSHDCLQuan>1</KHMSHDCLQuan><KHHDCLQuan>K26TSD</KHHDCLQuan>"
    "<SHDCLQuan>00004711</SHDCLQuan><NLHDCLQuan>2026-11-03</NLHDCLQuan>"
)


def national(related: str = "", *, kwh: int = 50, goods: str = "Điện sinh hoạt", extra: str = "") -> str:
    """An invoice of one line in the national format."""
    net, tax = kwh * 1984, round(kwh * 1984 * 0.08)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><HDon><DLHDon Id="data"><TTChung><PBan>2.1.0</PBan>'
        "<THDon>Hóa đơn giá trị gia tăng</THDon><KHMSHDon>1</KHMSHDon><KHHDon>K26TSD</KHHDon>"
        f"<SHDon>5022</SHDon><NLap>2026-11-12</NLap><DVTTe>VND</DVTTe>{related}</TTChung><NDHDon>"
        "<NMua><Ten>NGUYỄN VĂN MẪU</Ten><MKHang>PB05010009999</MKHang></NMua><DSHHDVu><HHDVu>"
        f"<TChat>1</TChat><STT>1</STT><THHDVu>{goods}</THHDVu><DVTinh>kWh</DVTinh><SLuong>{kwh}</SLuong>"
        f"<DGia>1984</DGia><ThTien>{net}</ThTien><TSuat>8%</TSuat></HHDVu></DSHHDVu><TToan>"
        f"<TgTCThue>{net}</TgTCThue><TgTThue>{tax}</TgTThue><TgTTTBSo>{net + tax}</TgTTTBSo></TToan>"
        f"{extra}</NDHDon></DLHDon></HDon>"
    )


def cmis(**attributes: str) -> str:
    """An invoice in the format of the billing system."""
    more = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return (
        '<HDDT><HOADON MAU_SO="01GTKT0/001" KIHIEU_SERY="TN/22E" SO_SERY="0005022" '
        'MA_KHANG="PB05010009999" NGAY_DKY="01/10/2026" NGAY_CKY="31/10/2026" '
        f'SO_TIEN="99200" TIEN_GTGT="7936" TONG_TIEN="107136" {more}>'
        '<DIEMDO><CS><CHISO BCS="KT" CHISO_MOI="9668" CHISO_CU="9618" HS_NHAN="1" SAN_LUONG="50"/></CS>'
        '<CT><CHITIET BCS="KT" DIEN_TTHU="50" DON_GIA="1984" SO_TIEN="99200"/></CT></DIEMDO></HOADON></HDDT>'
    )


def only(understood: Understood) -> Bill:
    """The one bill; nothing in it is invented."""
    assert not list(inventions(understood))
    (document,) = understood.documents
    assert isinstance(document.content, Bill)
    return document.content


def text(sentence: str) -> str:
    return (
        f"Mã khách hàng: PB05010009999\n{sentence}\nTừ ngày 01/10/2026 đến ngày 31/10/2026\n"
        "Chỉ số cũ: 9618\nChỉ số mới: 9838\nĐiện năng tiêu thụ: 220 kWh\nTổng tiền thanh toán: 539.633 đồng\n"
    )


# -- the national format -------------------------------------------------------------------------------


@pytest.mark.parametrize("related", ["", "<TTHDLQuan/>", "<TTHDLQuan><TCHDon/><SHDCLQuan/></TTHDLQuan>"])
def test_an_invoice_is_itself_and_changes_no_other(related: str) -> None:
    bill = only(read(national(related)))
    assert (bill.invoice, bill.replaces, bill.adjusts) == (NEW, None, None)


def test_month_and_year_may_stand_in_the_head_and_a_line_have_no_price() -> None:
    free = "".join(
        f"<TTin><TTruong>{name}</TTruong><KDLieu>string</KDLieu><DLieu>{value}</DLieu></TTin>"
        for name, value in (("ThangHoaDon", 10), ("NamHoaDon", 2026))
    )
    text = national(f"<TTKhac>{free}</TTKhac>", kwh=93).replace("<DGia>1984</DGia>", "")
    bill = only(read(text))
    assert (bill.month, bill.year, bill.kwh, bill.tiers) == (10, 2026, 93, ())
    assert only(read(text.replace("<DVTinh>kWh</DVTinh>", ""))).kwh is None  # of what?


def test_one_that_replaces_another_is_a_whole_bill() -> None:
    understood = read(national(f"<TTHDLQuan><TCHDon>1</TCHDon>{RELATED}</TTHDLQuan>"))
    bill = only(understood)
    assert (bill.invoice, bill.replaces, bill.adjusts) == (NEW, OLD, None)
    assert (bill.kwh, bill.total, understood.problems) == (50, 107136, ())


@pytest.mark.parametrize(("kwh", "goods"), [(-10, "Điều chỉnh giảm"), (15, "Điện năng truy thu")])
def test_one_that_adjusts_another_is_a_difference_of_either_sign(kwh: int, goods: str) -> None:
    understood = read(national(f"<TTHDLQuan><TCHDon>2</TCHDon>{RELATED}</TTHDLQuan>", kwh=kwh, goods=goods))
    bill = only(understood)
    assert (bill.invoice, bill.replaces, bill.adjusts) == (NEW, None, OLD)
    assert (bill.kwh, understood.problems) == (kwh, ())


def test_a_change_without_a_number_is_a_change() -> None:
    bill = only(read(national("<TTHDLQuan><TCHDon>2</TCHDon><GChu>Sai tên</GChu></TTHDLQuan>")))
    assert bill.adjusts == Invoice()


def test_several_invoices_that_are_replaced_are_none() -> None:
    other = RELATED.replace("4711", "4712")
    two = "".join(f"<TTHDLQuan><TCHDon>1</TCHDon>{one}</TTHDLQuan>" for one in (RELATED, other))
    assert only(read(national(two))).replaces == Invoice()


def test_a_change_of_an_unknown_kind_is_told_and_taken_for_none() -> None:
    understood = read(national(f"<TTHDLQuan><TCHDon>7</TCHDon>{RELATED}</TTHDLQuan>"))
    bill = only(understood)
    assert (bill.replaces, bill.adjusts) == (None, None)
    assert [one.key for one in understood.problems] == ["invoice_change"]


@pytest.mark.parametrize("name", ["GhiChu", "Ghi chú"])
def test_a_remark_names_the_other_invoice_as_well(name: str) -> None:
    said = "Thay thế cho hóa đơn Mẫu số 1, Ký hiệu K26TSD, số 4711, ngày 03 tháng 11 năm 2026"
    remark = f"<TTKhac><TTin><TTruong>{name}</TTruong><DLieu>{said}</DLieu></TTin></TTKhac>"
    assert only(read(national(extra=remark))).replaces == OLD
    goods = "Điều chỉnh tăng cho hóa đơn Mẫu số 1 Ký hiệu K26TSD số 4711 ngày 03/11/2026"
    assert only(read(national(goods=goods))).adjusts == OLD


# -- the billing system, and the tax office's portal ---------------------------------------------------


@pytest.mark.parametrize(("code", "field"), [("LL", "replaces"), ("TT", "adjusts"), ("TH", "adjusts")])
def test_the_billing_system_names_what_it_changes(code: str, field: str) -> None:
    bill = only(read(cmis(ID_HDON_DC="77", LOAI_DCHINH=code, SERY_DCHINH="0004711", KYHIEU_DCHINH="TN/22E")))
    assert getattr(bill, field) == Invoice(series="TN/22E", number="4711")
    assert bill.invoice == Invoice(form="01GTKT0/001", series="TN/22E", number="5022")


def test_the_billing_system_changes_nothing_by_an_empty_field() -> None:
    bill = only(read(cmis(ID_HDON_DC="", LOAI_DCHINH="", SERY_DCHINH="", KYHIEU_DCHINH="")))
    assert (bill.replaces, bill.adjusts) == (None, None)


def portal(**more: object) -> str:
    return json.dumps(
        {
            "khmshdon": 1, "khhdon": "K26TSD", "shdon": 5022, "tdlap": "2026-11-11T17:00:00Z",
            "tgtcthue": 99200, "tgtthue": 7936, "tgtttbso": 107136, "tthai": 1, "khmshdgoc": None,
            "hdhhdvu": [{"ten": "Điện", "sluong": 50, "dgia": 1984, "thtien": 99200}],
            "ttkhac": [{"ttruong": "MA_KHANG", "dlieu": "PB05010009999"}], **more,
        }
    )  # fmt: skip


def test_the_tax_office_writes_days_in_utc() -> None:
    of = {"khmshdgoc": "1", "khhdgoc": "K26TSD", "shdgoc": 4711, "tdlhdgoc": "2026-11-02T17:00:00Z"}
    (document,) = read(portal(tthai=2, **of)).documents
    assert isinstance(document.content, Bill)
    assert (document.content.invoice, document.content.replaces) == (NEW, OLD)
    (document,) = read(portal(tthai=3, tchat=3, **of)).documents
    assert isinstance(document.content, Bill)
    assert document.content.adjusts == OLD


@pytest.mark.parametrize(("state", "told"), [(1, []), (4, ["invoice_replaced"]), (5, ["invoice_adjusted"])])
def test_what_became_of_an_invoice_since_is_told(state: int, told: list[str]) -> None:
    assert [one.key for one in read(portal(tthai=state)).problems] == told


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("2026-10-01", "2026-10-01"),
        ("01/10/2026", "01/10/2026"),
        ("2026-10-01T00:00:00", "2026-10-01"),
        ("2026-10-01T00:00:00+07:00", "2026-10-01"),
        ("2026-10-01T00:00:00.000Z", "2026-10-01"),
        ("2026-10-31T16:59:59Z", "2026-10-31"),
        ("2026-09-30T17:00:00Z", "2026-10-01"),
        ("2026-09-30T17:00:00.000Z", "2026-10-01"),
        ("2026-12-31T17:00:00+0000", "2027-01-01"),
        ("2026-09-30T23:59:59Z", None),
        ("2026-09-30T17:00:00-05:00", None),
        ("1793466000000", None),
    ],
)
def test_a_time_in_utc_is_of_its_day_in_viet_nam(stamp: str, day: str | None) -> None:
    assert local_day(stamp) == day


# -- words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "field"),
    [
        ("(Thay thế cho hóa đơn Mẫu số 1, Ký hiệu K26TSD, số 4711, ngày 03/11/2026)", "replaces"),
        ("Thay the cho hoa don mau so 1 ky hieu K26TSD so 4711 ngay 3/11/2026", "replaces"),
        ("Thay thế cho hóa đơn điện tử Mẫu số: 1 Ký hiệu: K26TSD Số: 0004711 Ngày: 03-11-2026", "replaces"),
        ("Thay thế cho hóa đơn số 4711, mẫu số 1, ký hiệu K26TSD, ngày 03 tháng 11 năm 2026", "replaces"),
        ("Điều chỉnh giảm cho hóa đơn ký hiệu 1K26TSD số 4711 ngày 03/11/2026", "adjusts"),
        ("(Là hóa đơn truy thu của hóa đơn có sery 4711 mẫu số 1 ký hiệu K26TSD ngày 03/11/2026)", "adjusts"),
        ("Điều chỉnh tăng cho hóa đơn Mẫu số 1,\nKý hiệu K26TSD, số 4711,\nngày 03/11/2026", "adjusts"),
    ],
)  # fmt: skip
def test_a_sentence_names_the_other_invoice(sentence: str, field: str) -> None:
    bill = only(read(text(sentence)))
    assert getattr(bill, field) == OLD
    assert (bill.first, bill.last) == (dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    assert (bill.kwh, bill.total) == (220, 539633)


@pytest.mark.parametrize(
    "sentence",
    [
        "Từ 01/7/2022 EVN dùng hóa đơn điện tử thay thế hóa đơn giấy",
        "EVN điều chỉnh giá điện, hóa đơn kỳ này tính theo giá mới",
        "Xem hướng dẫn thay thế cho hóa đơn giấy tại trang chủ",
        "Thay công tơ ngày 12/10/2026",
    ],
)
def test_other_sentences_name_none(sentence: str) -> None:
    understood = read(text(sentence))
    bill = only(understood)
    assert (bill.invoice, bill.replaces, bill.adjusts) == (None, None, None)
    assert not [one for one in understood.problems if one.key.startswith("invoice")]


@pytest.mark.parametrize(
    "head",
    [
        "Mẫu số: 1\nKý hiệu: K26TSD\nSố: 5022\nNgày 12 tháng 11 năm 2026",
        "Ký hiệu (Serial No): 1K26TSD\nSố (No.): 00005022\nNgày (date) 12 tháng (month) 11 năm (year) 2026",
        "Mẫu số - Ký hiệu: 1K26TSD   Số: 5022   Ngày: 12/11/2026",
    ],
)
def test_the_invoices_own_number_is_read_from_its_page(head: str) -> None:
    replaced = "Thay thế cho hóa đơn Mẫu số 1, Ký hiệu K26TSD, số 4711, ngày 03/11/2026"
    bill = only(read(text(f"{head}\n{replaced}")))
    assert (bill.invoice, bill.replaces) == (NEW, OLD)
    gone = "Hóa đơn đã bị thay thế bởi hóa đơn Mẫu số 1, Ký hiệu K26TSD, số 4711, ngày 03/11/2026"
    understood = read(text(f"{head}\n{gone}"))
    assert (only(understood).invoice, only(understood).replaces) == (NEW, None)
    assert [one.key for one in understood.problems] == ["invoice_replaced"]


def test_a_title_is_enough_to_make_a_difference_of_it() -> None:
    bill = only(read("HÓA ĐƠN ĐIỀU CHỈNH TĂNG\n" + text("Lý do: ghi thiếu chỉ số")))
    assert bill.adjusts == Invoice()


# -- beside the bill -----------------------------------------------------------------------------------


def test_the_numbers_of_invoices_stand_beside_the_bill() -> None:
    (found,) = plain(read(national(f"<TTHDLQuan><TCHDon>1</TCHDon>{RELATED}</TTHDLQuan>")))["documents"]
    assert found["invoice"] == {"form": "1", "series": "K26TSD", "number": "5022", "date": "2026-11-12"}
    assert found["replaces"]["number"] == "4711"
    assert not found["bill"].keys() & {"invoice", "replaces", "adjusts"}
    states = field_states(Bill(invoice=NEW), ())
    assert "invoice" not in states


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (OLD, OLD, True),
        (OLD, Invoice(series="K26TSD", number="4711"), True),
        (OLD, Invoice(number="4711", date=OLD.date), True),
        (OLD, Invoice(series="K26TSD", number="4711", date=dt.date(2026, 11, 4)), True),
        (OLD, Invoice(number="4711"), False),
        (OLD, Invoice(series="K26TSE", number="4711", date=OLD.date), False),
        (OLD, Invoice(form="2", series="K26TSD", number="4711"), False),
        (OLD, NEW, False),
        (Invoice(), Invoice(), False),
        (OLD, None, False),
    ],
)
def test_when_two_are_one_invoice(one: Invoice, other: Invoice | None, same: bool) -> None:
    assert is_same_invoice(one, other) is same
    if other is not None:
        assert is_same_invoice(other, one) is same
