"""Notices put together at random: no value is another than the printed one, and nearly all are read."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sodien.billing.bill import Bill
from sodien.billing.notices.read import read
from tests.billing.notices.sentences import Sentence, sentence

_FIELDS = ("customer", "month", "year", "first", "last", "kwh", "net", "tax", "total")


def read_out(text: str) -> dict[str, str]:
    """The fields of all bills of a text; a second bill would give its values under names of its own."""
    found: dict[str, str] = {}
    for number, document in enumerate(read(text).documents):
        bill = document.content
        assert isinstance(bill, Bill), text
        mark = f"{number}." if number else ""
        found |= {
            f"{mark}{name}": _plain(getattr(bill, name))
            for name in _FIELDS
            if getattr(bill, name) is not None
        }
        for row in bill.rows:
            found |= {
                f"{mark}{name}": _plain(value)
                for name, value in (("old", row.old), ("new", row.new))
                if value is not None
            }
    return found


def _plain(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else f"{value}"


def left_out(one: Sentence) -> set[str]:
    """The fields that were not read; anything else than what was put in fails."""
    found = read_out(one.text)
    expected = {name: _plain(value) for name, value in one.fields.items()}
    assert {name: found[name] for name in found if found[name] != expected.get(name)} == {}, one.text
    return expected.keys() - found.keys()


@hypothesis_settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_a_value_is_the_printed_one_or_none(seed: int) -> None:
    left_out(sentence(Random(seed)))


def test_nearly_all_are_read_completely() -> None:
    lacking = Counter(bool(left_out(sentence(Random(seed)))) for seed in range(500))
    assert lacking[False] >= 0.97 * lacking.total()
