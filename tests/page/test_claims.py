"""The utility's daily readings on the page: beside our own, and taken from a file."""

from __future__ import annotations

import io
from collections.abc import Callable

from tests.page.conftest import Visitor


def sent(visitor: Visitor, text: str) -> tuple[int, str]:
    answer = visitor.post("/claims", daily=(io.BytesIO(text.encode()), "daily.csv"))
    return answer.status_code, answer.text


def test_a_file_is_noted_and_shown(visit: Callable[..., Visitor]) -> None:
    page = visit()
    page.get("/period?lang=en")
    assert "daily readings" not in page.get("/period")
    days = "".join(f"{2200 + n}.{n},2026-10-{n:02},EVN\n" for n in range(1, 6))
    status, _ = sent(page, "reading,day,source\n" + days)
    assert status == 303
    shown = page.get("/period")
    assert "The utility&#39;s daily readings" in shown
    assert "EVN" in shown
    assert shown.count('<tbody class="') == 5


def test_a_file_that_is_none_is_said_beside_its_field(visit: Callable[..., Visitor]) -> None:
    page = visit()
    page.get("/period?lang=en")
    status, text = sent(page, "reading,day\nx,2026-10-01\n")
    assert status == 422
    assert "Row 2: &#39;x&#39; is not a meter reading in kWh." in text
    answer = page.post("/claims")
    assert answer.status_code == 422
    assert "Choose the file first." in answer.text
    assert "daily readings" not in page.get("/period")
