"""Why an entry was taken back: the program's own reasons speak the reader's language, a person's do not."""

from __future__ import annotations

import pytest

from sodien import i18n
from sodien.history.corrections import CORRECTED, CORRECTED_BY, UNDONE, told


@pytest.mark.parametrize(
    ("stored", "vi"),
    [
        (CORRECTED, "điện lực đã sửa lại"),
        (CORRECTED_BY.format(which="1K26TSD 5022"), "điện lực đã sửa lại bằng hóa đơn 1K26TSD 5022"),
        (UNDONE, "hoàn tác trên trang"),
        ("gõ nhầm số 6", "gõ nhầm số 6"),
        ("I think the utility corrected it", "I think the utility corrected it"),
        ("today", "today"),
        ("", ""),
    ],
)
def test_a_reason_is_told_in_the_language_of_the_reader(stored: str, vi: str) -> None:
    assert told(stored) == stored
    with i18n.speaking("vi"):
        assert told(stored) == vi
