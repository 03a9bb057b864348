"""JSON of portals and integrations: whatever the keys look like, two months stay two."""

from __future__ import annotations

import json
import re
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.billing.bill import Bill, IndexRow
from sodien.billing.notices.model import Understood
from sodien.billing.notices.read import MOST_BYTES, read
from tests.billing.notices.invention import inventions

#: The names of one field in several styles; a document keeps to one style.
NAMES = {
    "customer": (
        "MA_KHANG",
        "maKhachHang",
        "ma_khach_hang",
        "Mã khách hàng",
        "customerCode",
        "customer_code",
    ),
    "first": ("NGAY_DKY", "tuNgay", "tu_ngay", "Từ ngày", "fromDate", "from_date"),
    "last": ("NGAY_CKY", "denNgay", "den_ngay", "Đến ngày", "toDate", "to_date"),
    "month": ("THANG", "thang", "thang", "Tháng", "month", "month"),
    "year": ("NAM", "nam", "nam", "Năm", "year", "year"),
    "old": ("CHISO_CU", "chiSoCu", "chi_so_cu", "Chỉ số cũ", "oldIndex", "previous_reading"),
    "new": ("CHISO_MOI", "chiSoMoi", "chi_so_moi", "Chỉ số mới", "newIndex", "current_reading"),
    "kwh": ("DIEN_TTHU", "dienTieuThu", "dien_tieu_thu", "Điện tiêu thụ", "consumption", "consumption"),
    "total": ("TONG_TIEN", "tongTien", "tong_tien", "Tổng tiền", "totalAmount", "total_amount"),
}
STYLES = range(6)


def bills_of(understood: Understood) -> list[Bill]:
    assert not list(inventions(understood))
    return [one.content for one in understood.documents if isinstance(one.content, Bill)]


def keys(understood: Understood) -> list[str]:
    return [problem.key for problem in understood.problems]


def month(number: int, old: int, kwh: int, total: int) -> dict[str, Any]:
    return {
        "customer": "PB05010009999", "first": f"01/{number:02}/2026", "last": f"28/{number:02}/2026",
        "month": number, "year": 2026, "old": old, "new": old + kwh, "kwh": kwh, "total": total,
    }  # fmt: skip


def named(values: dict[str, Any], style: int) -> dict[str, Any]:
    return {NAMES[name][style]: value for name, value in values.items()}


def says(bill: Bill, values: dict[str, Any]) -> None:
    assert (bill.customer, bill.month, bill.year) == ("PB05010009999", values["month"], 2026)
    assert (bill.kwh, bill.total) == (values["kwh"], values["total"])
    assert bill.first is not None
    assert bill.last is not None
    assert f"{bill.first:%d/%m/%Y}" == values["first"]
    assert f"{bill.last:%d/%m/%Y}" == values["last"]
    assert bill.rows == (IndexRow(old=Decimal(values["old"]), new=Decimal(values["new"])),)


# -- properties ----------------------------------------------------------------------------------------

months = st.lists(
    st.builds(
        month,
        st.integers(1, 12), st.integers(1000, 90_000), st.integers(60, 900), st.integers(100_000, 9_000_000),
    ),
    min_size=1, max_size=4, unique_by=lambda one: one["month"],
)  # fmt: skip
wrapped = st.sampled_from(
    [
        lambda bills: bills,
        lambda bills: {"data": bills},
        lambda bills: {"status": 200, "message": "OK", "total": len(bills), "data": {"hoaDon": bills}},
        lambda bills: [[one] for one in bills],
        lambda bills: {f"thang{number}": one for number, one in enumerate(bills)},
    ]
)
written = st.sampled_from(
    [
        lambda value: json.dumps(value),
        lambda value: json.dumps(value, ensure_ascii=False, indent=2),
        lambda value: json.dumps(value).replace("/", "\\/"),
        lambda value: "\ufeff" + json.dumps(value, separators=(",", ":")) + "\n",
    ]
)


@given(months, st.sampled_from(STYLES), wrapped, written, st.booleans(), st.randoms())
def test_months_stay_as_many_as_they_are(
    expected: list[dict[str, Any]], style: int, wrap: Any, write: Any, strings: bool, random: Any
) -> None:
    objects = []
    for one in expected:
        values = list(named(one, style).items())
        random.shuffle(values)
        objects.append({key: f"{value}" if strings else value for key, value in values})
    understood = read(write(wrap(objects)))
    assert keys(understood) == []
    found = bills_of(understood)
    assert len(found) == len(expected)
    for bill, values in zip(found, expected, strict=True):
        says(bill, values)


@given(months, st.sampled_from(STYLES), st.booleans())
def test_the_customer_beside_the_months_is_of_each(
    expected: list[dict[str, Any]], style: int, below: bool
) -> None:
    objects = [named({k: v for k, v in one.items() if k != "customer"}, style) for one in expected]
    owner = named({"customer": "PB05010009999"}, style)
    whole = {**owner, "hoaDon": objects} if below else {"khachHang": owner, "hoaDon": objects}
    found = bills_of(read(json.dumps(whole)))
    assert len(found) == len(expected)
    for bill, values in zip(found, expected, strict=True):
        says(bill, values)


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from([one for some in NAMES.values() for one in some]), inner, max_size=4),
    max_leaves=20,
))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_anything_at_all_invents_nothing(value: Any) -> None:
    understood = read(json.dumps([[value]]))
    bills_of(understood)
    assert understood.documents or understood.problems


@given(st.text(alphabet='{}[]":,0123456789.eE-+ \\nulltrfasNI/', max_size=60))
def test_what_looks_like_json_is_survived(text: str) -> None:
    for source in (text, '{"kwh":' + text, '[{"thang":10,"tongTien":' + text):
        understood = read(source)
        assert understood.documents or understood.problems
        bills_of(understood)


# -- examples ------------------------------------------------------------------------------------------

GOOD = [
    ('{"thang": 10, "sanLuong": 250.0, "soTien": 636768}', {"month": 10, "kwh": 250, "total": 636768}),
    ('{"iThang": 10, "iNam": 2026, "dSanLuong": 250, "lTongTien": 636768}', {"kwh": 250, "total": 636768}),
    ('{"kyHoaDon": "Kỳ 1 - 10/2026 (31 ngày từ 01/10/2026 đến 31/10/2026)", "kwh": 250}',
     {"term": 1, "month": 10, "year": 2026, "kwh": 250}),
    ('{"period": "10/2026", "consumption": 250, "amount": 636768}', {"month": 10, "total": 636768}),
    ('{"thang": 10, "dien_tieu_thu": "250 kWh", "tong_tien": "636.768 \\u0111"}', {"total": 636768}),
    ('{"amount": 589600, "vatAmount": 47168, "total": 636768, "kwh": 250}', {"net": 589600, "tax": 47168}),
    ('{"tuNgay": "2026-10-01T00:00:00+07:00", "kwh": 250, "thueSuat": 8}', {"tax_rate": Decimal("0.08")}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_a_form_that_is_seen(text: str, expected: dict[str, Any]) -> None:
    understood = read(text)
    (bill,) = bills_of(understood)
    assert keys(understood) == []
    assert {name: getattr(bill, name) for name in expected} == expected


def test_the_national_e_invoice_as_json() -> None:
    text = json.dumps({"hdon": {
        "mkhang": "PB05010009999", "tgtcthue": 201700, "tgtthue": 16136, "tgtttbso": 217836,
        "hdhhdvu": [{"sluong": 50, "dgia": 1984, "thtien": 99200, "tsuat": 0.08},
                    {"sluong": 50, "dgia": 2050, "thtien": 102500, "tsuat": 0.08}],
        "ttkhac": [{"ttruong": "CHISO_CU", "dlieu": "12345"}, {"ttruong": "Chỉ số mới", "dlieu": "12445"}],
    }}, ensure_ascii=False)  # fmt: skip
    (bill,) = bills_of(read(text))
    assert (bill.kwh, bill.net, bill.total, bill.tax_rate) == (100, 201700, 217836, Decimal("0.08"))
    assert [tier.kwh for tier in bill.tiers] == [50, 50]
    assert bill.rows == (IndexRow(old=Decimal(12345), new=Decimal(12445)),)


def test_registers_and_lines_of_the_charge_are_no_bills() -> None:
    text = json.dumps({
        "MA_KHANG": "PB05010009999", "NGAY_DKY": "01/10/2026", "NGAY_CKY": "31/10/2026", "DIEN_TTHU": 13670,
        "CHISO": [{"BCS": "BT", "CHISO_CU": 5890.25, "CHISO_MOI": 6120.75, "HS_NHAN": 40, "SAN_LUONG": 9220},
                  {"BCS": "CD", "CHISO_CU": 2100.15, "CHISO_MOI": 2211.4, "HS_NHAN": 40, "SAN_LUONG": 4450}],
        "CHITIET": [{"DIEN_TTHU": 9220, "DON_GIA": 3152, "SO_TIEN": 29061440}],
    })  # fmt: skip
    (bill,) = bills_of(read(text))
    assert [(row.register, row.kwh) for row in bill.rows] == [("BT", 9220), ("CD", 4450)]
    assert [tier.price for tier in bill.tiers] == [3152]
    assert bill.kwh == 13670


BAD = [
    ('{"thang": 10, "kwh": 250, "tongTien": 636.768}', "total"),  # thousands that became decimals
    ('{"thang": 10, "kwh": NaN, "tongTien": 636768}', "kwh"),
    ('{"thang": 10, "kwh": 2.5e2, "tongTien": 636768}', "kwh"),
    ('{"thang": 10, "kwh": 1e999999999, "tongTien": 636768}', "kwh"),
    ('{"thang": 10, "kwh": ' + "9" * 100_000 + ', "tongTien": 636768}', "kwh"),
    ('{"thang": 10, "kwh": 250, "tongTien": "khoảng 600 nghìn"}', "total"),
    ('{"thang": 10, "chiSoCu": "12.345", "tongTien": 636768}', "rows[0].old"),
]


@pytest.mark.parametrize(("text", "field"), BAD)
def test_a_number_that_is_none_is_named(text: str, field: str) -> None:
    understood = read(text)
    (bill,) = bills_of(understood)
    assert field in [problem.field for problem in understood.problems]
    assert getattr(bill, field, None) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"kwh": 250, "kwh": 251}', "json_twice"),
        ('{"kwh": 250', "json_broken"),
        ('{"kwh": 250,}', "json_broken"),
        ('[{"kwh": 250]}', "json_broken"),
        ('{"kwh": 250}}', "json_broken"),
        ('{"kwh" 250}', "json_broken"),
        ('{"kwh": 250} and more', "json_broken"),
        ('{"kwh: 250', "json_broken"),
        ("[" * 100_000, "json_too_much"),
        ('{"a":' * 60 + "1" + "}" * 60, "json_too_much"),
        ("[[" + "1," * 60_000 + "1]]", "json_too_much"),
        ('{"total": 12, "page": 1, "items": [{"id": 1}]}', "json_unknown"),
        ("{}", "json_unknown"),
        ('[{"ngay": "01/10/2026", "sanLuong": 8.2, "tongTien": 18000}]', "json_unknown"),  # one day
        ('[{"time": "2026-10-01T10:00:00Z", "kwh": 0.4}]', "json_unknown"),
    ],
)
def test_what_is_no_bill_is_one_sentence(text: str, key: str) -> None:
    understood = read(text)
    assert (understood.documents, keys(understood)) == ((), [key])


def test_a_message_may_begin_with_a_bracket() -> None:
    (bill,) = bills_of(read("[EVNSPC] Tien dien ky 1 thang 10 nam 2026 la 400222 dong."))
    assert bill.total == 400222
    (bill,) = bills_of(read("[1] Tien dien thang 10/2026 la 400222 dong."))
    assert bill.total == 400222


def test_other_encodings() -> None:
    text = json.dumps(named(month(10, 12345, 300, 798660), 3), ensure_ascii=False)
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert read(text.encode(encoding)).documents == read(text).documents


def test_time_is_in_line_with_the_size() -> None:
    for piece in (
        '{"a":',
        "[",
        '"',
        "\\",
        '[{"kwh":1},',
        '{"kwh":"',
        "1",
        "[[1,",
        '{"thang":1}\n',
        '["a","b",',
    ):
        started = time.process_time()
        read('[{"x":' + (piece * MOST_BYTES)[: MOST_BYTES - 6])
        assert time.process_time() - started < 4, piece


def test_the_names_are_in_the_form_that_they_are_looked_up_in() -> None:
    from sodien.billing.notices import machine_names

    for table in (machine_names.PORTAL_HEAD, machine_names.PORTAL_INDEX, machine_names.PORTAL_TIER):
        assert all(re.fullmatch("[A-Z0-9]+", name) for name in table)
