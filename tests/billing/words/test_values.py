"""Values of sentences in either language: bounds stay bounds, and codes stay what they are."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien import i18n
from sodien.billing.words.values import shown

KWH = st.decimals(0, 10**6, places=6)


@pytest.fixture
def vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_language", "vi")


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_language", "en")


@given(KWH, KWH, KWH)
def test_bounds_are_never_narrower_than_they_were(one: Decimal, other: Decimal, by: Decimal) -> None:
    low, high = sorted((one, other))
    values = {"low": f"{low:f}", "high": f"{high:f}", "by": f"{by:f}", "detectable": f"{by:f}"}
    said = {name: Decimal(text) for name, text in shown(values).items()}
    assert said["low"] <= low
    assert said["high"] >= high
    assert said["by"] <= by <= said["detectable"]
    assert max(by - said["by"], low - said["low"], said["high"] - high) < Decimal("0.001")


def test_both_ends_have_as_many_decimals(vietnamese: None) -> None:
    assert shown({"low": "7.74", "high": "12.1"}) == {"low": "7,74", "high": "12,10"}
    assert shown({"low": "9.868", "high": "9868"}, evenly=False) == {"low": "9,868", "high": "9868"}


@pytest.mark.parametrize(
    ("name", "value", "money", "english", "vietnamese"),
    [
        ("kwh", "9868.5", False, "9868.5", "9868,5"),
        ("kwh", "123456", False, "123456", "123456"),
        ("price", "1984.25", True, "1,984.25", "1.984,25"),
        ("sum", "1234567", True, "1,234,567", "1.234.567"),
        ("right", "1984 / 2050", True, "1,984 / 2,050", "1.984 / 2.050"),
        ("meant", "12375.4 / 12375.5", False, "12375.4 / 12375.5", "12375,4 / 12375,5"),
        ("quotas", "38.7 / 50", False, "38.7 / 50", "38,7 / 50"),
        ("high", "100 %", False, "100%", "100%"),
        ("day", "2026-10-31", False, "2026-10-31", "31/10/2026"),
        ("last", "31/10/2026", False, "2026-10-31", "31/10/2026"),
        ("start", "2026-10-31 08:05", False, "2026-10-31 08:05", "31/10/2026 08:05"),
        ("days", "1", False, "1 day", "1 ngày"),
        ("days", "31", False, "31 days", "31 ngày"),
        ("before", "00123456", False, "00123456", "00123456"),
        ("serial", "12.345", False, "12.345", "12.345"),
        ("text", "300.000", False, "300.000", "300.000"),
        ("decision", "963/QĐ-BCT", False, "963/QĐ-BCT", "963/QĐ-BCT"),
        ("hour", "07:30", False, "07:30", "07:30"),
    ],
)
def test_each_kind_of_value(
    name: str, value: str, money: bool, english: str, vietnamese: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = (name,) if money else ()
    assert shown({name: value}, money=named) == {name: english}
    monkeypatch.setattr(i18n, "_language", "vi")
    assert shown({name: value}, money=named) == {name: vietnamese}
