"""Daily readings in files: CSV, and JSON in the shapes that portals and their integrations have."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.billing.claims.claim import Claim
from sodien.bills.claim_files import MOST_BYTES, MOST_CLAIMS, read_claims
from sodien.errors import SodienError

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
D1, D2 = dt.date(2026, 12, 1), dt.date(2026, 12, 2)
BOTH = [Claim(Decimal("15248.39"), D1), Claim(Decimal("15260.1"), D2)]

#: Shapes seen in public code; the numbers are made up.
SHAPES: dict[str, Any] = {
    "hcmc portal": {
        "state": "success",
        "data": {
            "soNgay": 2,
            "sanluong_tungngay": [
                {"ngay": "01/12", "ngayFull": "01/12/2026", "Tong": 0.36, "tong_p_giao": "15,248.39"},
                {"ngay": "02/12", "ngayFull": "02/12/2026", "Tong": 11.71, "tong_p_giao": "15,260.10"},
            ],
        },
    },
    "spc portal": [
        {"strTime": "01/12/2026", "dGiaoBT": 15248.39, "dSanLuongBT": 0.36},
        {"strTime": "02/12/2026", "dGiaoBT": 15260.1, "dSanLuongBT": 11.71},
    ],
    "daily index of the common portal": {
        "data": [
            {"NGAY": "01/12/2026", "CHISO_MOI": 15248.39, "DIEN_TIEU_THU": 0.36},
            {"NGAY": "02/12/2026", "CHISO_MOI": 15260.1, "DIEN_TIEU_THU": 11.71},
            {"NGAY": "03/12/2026", "CHISO_MOI": None, "DIEN_TIEU_THU": None},
        ]
    },
    "hanoi portal": [{"ngay": "01/12/2026", "sg": "15248.39"}, {"ngay": "02/12/2026", "sg": "15260.1"}],
    "history of a sensor": {
        "state": "15260.1",
        "attributes": {
            "meter_no": "1",
            "history": [
                {"date": "2026-12-01", "index": 15248.39, "consumption": 0.36},
                {"date": "2026-12-02", "index": 15260.1, "consumption": 11.71},
            ],
        },
    },
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_shapes_of_portals(name: str) -> None:
    data = json.dumps(SHAPES[name], ensure_ascii=False).encode()
    assert read_claims(data, ZONE) == BOTH


@pytest.mark.parametrize(
    "text",
    [
        "reading,day,source\n15248.39,2026-12-01,\n15260.1,2026-12-02,\n",
        "\ufeffday;index\r\n01/12/2026;15248,39\r\n02/12/2026;15.260,1\r\n",
        "Ngày\tChỉ số\n1/12/2026\t15.248,39\n2/12/2026\t15.260,1\n",
    ],
)
def test_csv(text: str) -> None:
    assert read_claims(text.encode(), ZONE) == BOTH


def test_a_time_is_kept_and_a_source_named() -> None:
    data = b'[{"thoiDiem": "05h30 - 01/12/2026", "chiSo": "15.248,39"}]'
    at = int(dt.datetime(2026, 12, 1, 5, 30, tzinfo=ZONE).timestamp() * 1000)
    assert read_claims(data, ZONE, "CPC") == [Claim(Decimal("15248.39"), at=at, source="CPC")]
    data = b"index,at,source\n1,2026-12-01 05:30,app\n"
    assert read_claims(data, ZONE, "CPC") == [Claim(Decimal(1), at=at, source="app")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "No row"),
        (b"[]", "No row"),
        (b"index,day\nabc,2026-12-01\n", "Row 2: 'abc' is not a meter reading"),
        (b"index,day\n1,2026-12-01\n2,yesterday\n", "Row 3: 'yesterday' is not a date"),
        (b"index,day\n1,\n", "Row 2 tells a reading and no day"),
        (b"index,day\n1,2026-12-01,3\n", "more columns"),
        (b"index,day\n15.248,2026-12-01\n", "may be thousands or decimals"),
        (b"index,day\n1,2026-12-01\n2,1/12/2026\n", "Rows 2 and 3"),
        (b"index,day\n-1,2026-12-01\n", "not a meter reading"),
        (b"index,day\n1e999999,2026-12-01\n", "not a meter reading"),
        (b"index,day\n\xff\xfe,2026-12-01\n", "no UTF-8"),
        (b'{"data": [', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'[{"index": true, "day": "2026-12-01"}]', "not a meter reading"),
        (b" " * (MOST_BYTES + 1), "too large"),
        (b"index,day\n" + b"1,2026-12-01\n" * (MOST_CLAIMS + 5), "more than"),
    ],
)
def test_what_is_not_clear_is_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(SodienError, match=says) as told:
        read_claims(data, ZONE)
    assert "\n" not in str(told.value)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_whatever_a_file_holds(data: bytes) -> None:
    with contextlib.suppress(SodienError):
        assert read_claims(data, ZONE)
