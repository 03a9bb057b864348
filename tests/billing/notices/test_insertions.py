"""The type of a number decides: whatever counts something else is put into a notice, no field changes."""

from __future__ import annotations

import functools

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sodien.billing.notices.read import read
from tests.billing.notices.insertions import (
    APART,
    BESIDE,
    OF_MONTHS,
    inserted,
    places,
    read_once,
    texts,
    values,
)

#: Of a notice as it stands; reading takes most of the time of an example.
values_once = functools.cache(values)


@pytest.mark.thorough
@hypothesis_settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_number_of_another_type_changes_no_field(data: st.DataObject) -> None:
    name, text = data.draw(st.sampled_from(texts()))
    document = data.draw(st.sampled_from(read_once(text).documents))
    place, beside = data.draw(st.sampled_from(list(places(text, document))))
    phrase = data.draw(st.sampled_from(BESIDE if beside else APART))
    after, before = values(inserted(text, place, phrase, beside)), values_once(text)
    assert after.items() <= before.items()
    # In written ones, and of several months, one may be left out.
    assert after == before or name.startswith("written") or phrase == OF_MONTHS


#: Label, what is put between, value: the types of numbers, by what a label would take them for.
LABELS = [
    ("Dien tieu thu", "250 kWh", "kwh", "250"), ("San luong", "250 kWh", "kwh", "250"),
    ("Chi so cu", "12345", "rows[KT].old", "12345"), ("Chi so moi", "12645", "rows[KT].new", "12645"),
    ("Tien dien", "153,835 VND", "total", "153835"), ("Tong tien", "153.835 d", "total", "153835"),
    ("So tien phai tra", "153 835 dong", "total", "153835"),
]  # fmt: skip
BETWEEN = [
    "trong 31 ngay", "ngay 31", "ky 06 thang 06/18", "thang 6/2018", "thang 6 nam 2018", "T6/2018", "ky 2",
    "lan 2", "cua 4 ho", "cho 3 pha", "(31 ngay)", "(ky truoc 161)", "30/9", "den 31/10/2026", "luc 8h30",
    "to 5", "phong 301", "cua khach hang PB05010009999", "ma KH PB05010009999",
    "tu ngay 01/10/2026 den ngay 31/10/2026",
]  # fmt: skip


@pytest.mark.parametrize("joint", ["{} {} la {}", "{} {}: {}", "{} {} = {}"])
@pytest.mark.parametrize(("label", "value", "field", "expected"), LABELS)
def test_a_label_has_the_number_of_its_type(
    label: str, value: str, field: str, expected: str, joint: str
) -> None:
    for between in BETWEEN:
        text = joint.format(label, between, value)
        found = {name.partition(".")[2]: one for name, one in values(text).items()}
        assert f"{found.get(field, expected)}" == expected, text
        numbers = {"kwh", "total", "net", "rows[KT].old", "rows[KT].new"} - {field}
        assert not found.keys() & numbers - {"rows[KT].kwh", "kwh"}, text
        assert field in found or read(text).problems, text


def test_dates_that_stand_where_an_index_could() -> None:
    found = values("CS cu 30.9 la 2345, CS moi 31.10 la 2595")
    assert (f"{found['0.rows[KT].old']}", f"{found['0.rows[KT].new']}") == ("2345", "2595")


def test_several_months_are_no_bill_of_one() -> None:
    assert "0.total" not in values("Tien dien 6 thang dau nam 2026: 1.234.567 dong")
