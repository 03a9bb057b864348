"""The number of a tier in passing is no value, whatever label stands in front of it."""

import pytest

from sodien.billing.bill import Bill
from sodien.billing.notices.read import read


@pytest.mark.parametrize("phrase", ["bac 3 gia 2.380d/kWh", "muc 4 gia 2.998d/kWh", "bac 2 theo bieu gia"])
@pytest.mark.parametrize("label", ["Chi so moi", "CS cu", "DNTT", "So tien"])
def test_a_tier_between_label_and_value_is_never_the_value(label: str, phrase: str) -> None:
    number = phrase.split()[1]
    text = f"DL TB KH PB08020011223 T10/2026: {label} {phrase} la 12645. Tien dien 636.768d"
    for one in read(text).documents:
        assert isinstance(one.content, Bill)
        values = [
            one.content.kwh,
            one.content.total,
            *(v for row in one.content.rows for v in (row.old, row.new)),
        ]
        assert number not in {str(value) for value in values}
