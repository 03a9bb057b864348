"""Single numbers and dates, and the problems of those that are not certain."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.billing.bill import Bill
from sodien.billing.notices.dates import read_date, read_time
from sodien.billing.notices.read import read
from sodien.billing.notices.text import fold
from sodien.billing.notices.values import Kind, Mark, decimal_mark, readings, settle

D = Decimal


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ("1234", {"1234"}), ("007", {"7"}), ("1.234", {"1.234", "1234"}), ("1,234", {"1.234", "1234"}),
        ("0.234", {"0.234"}), ("04.5", {"4.5"}), ("01.234", {"1.234", "1234"}), ("1.23", {"1.23"}),
        ("1234.567", {"1234.567"}), ("1.234.567", {"1234567"}), ("1.234,56", {"1234.56"}),
        ("1,234.56", {"1234.56"}),
        ("1 335 551", {"1335551"}), ("1 335 551.0", {"1335551.0"}), ("1 33 551", set()), ("0 335", set()),
        ("12.34.567", set()), ("1.2.3", set()), ("1,234.567,8", set()), ("1..2", set()), ("", set()),
        ("1234567890123", set()), ("0.000.001", set()),
    ],
)  # fmt: skip
def test_every_reading_of_a_number(raw: str, values: set[str]) -> None:
    assert set(readings(raw).values()) == {D(value) for value in values}


@pytest.mark.parametrize(
    ("raw", "kind", "mark", "machine", "value"),
    [
        ("1.984", "price", None, False, "1984"), ("99,200", "money", None, False, "99200"),
        ("1.234", "index", None, False, None), ("1.234", "index", ",", False, "1234"),
        ("1.234", "kwh", ".", False, None), ("8.000", "percent", None, False, "8.000"),
        ("984.000", "money", None, True, None), ("984.123", "money", None, True, "984123"),
        ("984.000", "money", ".", True, "984"), ("685,336,00", "money", None, False, "685336"),
        ("685,336,50", "money", None, False, None),
    ],
)  # fmt: skip
def test_what_a_number_is(raw: str, kind: Kind, mark: Mark | None, machine: bool, value: str | None) -> None:
    found = settle(raw, kind, mark, machine=machine)
    assert (found if isinstance(found, Decimal) else None) == (None if value is None else D(value))


def test_two_conventions_in_one_text_prove_none() -> None:
    assert decimal_mark([("1.5", "kwh"), ("217.836", "money")], machine=False) is None
    assert decimal_mark([("217.836", "money"), ("1.234", "index")], machine=False) == ","


@given(st.integers(0, 999_999_999), st.sampled_from(".,"))
def test_grouped_money_comes_back(value: int, mark: str) -> None:
    assert settle(f"{value:,}".replace(",", mark), "money", None, machine=False) == value


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("15/6/2016", dt.date(2016, 6, 15)), ("05-10-2026", dt.date(2026, 10, 5)),
        ("2026-10-05", dt.date(2026, 10, 5)),
        ("5.10.2026", dt.date(2026, 10, 5)), ("15 thang 11 nam 2026", dt.date(2026, 11, 15)),
        ("31/02/2026", "impossible_date"), ("11/15/2026", "impossible_date"), ("1/1/0026", "impossible_date"),
        ("15/11/26", dt.date(2026, 11, 15)), ("15/11", "no_year"), ("15/11/126", "impossible_date"),
    ],
)  # fmt: skip
def test_dates(raw: str, day: dt.date | str) -> None:
    assert read_date(raw) == day


@pytest.mark.parametrize("text", ["Thuế GTGT: ²8%", "Thuế GTGT: ٣8%", "Thuế suất: 8²%"])
def test_a_number_that_touches_another_kind_of_digit_is_not_whole(text: str) -> None:
    understood = read(f"Điện năng tiêu thụ: 300 kWh. {text}")
    (document,) = understood.documents
    assert isinstance(document.content, Bill)
    assert document.content.tax_rate is None
    assert "unreadable" in [problem.key for problem in understood.problems]


def test_times() -> None:
    assert read_time("08:30") == dt.time(8, 30)
    assert read_time("8h") == dt.time(8)
    assert read_time("25:00") is None


@given(st.text(max_size=60))
def test_folding_keeps_places(text: str) -> None:
    folded = fold(text)
    for at in range(len(folded.text)):
        start, end = folded.span(at, at + 1)
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Chỉ số mới: 04.5", "new", "4.5"), ("chi so moi 9918kWh", "new", "9918"),
        ("CSM=9918", "new", "9918"),
        ("C.S.M: 9918", "new", "9918"), ("Chỉ  số   mới :9918.", "new", "9918"),
        ("Chỉ số mới: 12a34", "new", None),
        ("Chỉ số mới: 9 918", "new", None), ("Chỉ số mới: 9918/2", "new", None),
        ("Chỉ số mới: 10²", "new", None),
        ("Chỉ số mới sẽ gửi sau 5 ngày", "new", None), ("Chỉ số mới: 1,2 triệu", "new", None),
        ("Chỉ số mới: 31/10/2026", "new", None), ("Chỉ số mới: 1234567890123", "new", None),
        ("Chỉ số mới: １２３４", "new", "1234"), ("Chỉ số mới: ١٢", "new", None),
        ("new index 9918", "new", "9918"),
    ],
)  # fmt: skip
def test_one_index(text: str, field: str, value: str | None) -> None:
    found = [
        getattr(row, field)
        for document in read(f"tháng 10/2026\n{text}").documents  # alone it would be of no day
        for row in getattr(document.content, "rows", ())
    ]
    assert found == ([] if value is None else [D(value)])
