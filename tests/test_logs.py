"""Log lines: one each, nothing that steers a terminal, no floods."""

from __future__ import annotations

import io
import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.logs import LineFormatter, OnceAMinute
from sodien.printable import printable


def written(*calls: tuple[str, bool]) -> str:
    log = logging.Logger("test")
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(LineFormatter("%(levelname)s %(message)s"))
    log.addHandler(handler)
    for text, raises in calls:
        try:
            if raises:
                raise ValueError(text)
            log.warning("%s", text)
        except ValueError:
            log.exception("failed")
    return out.getvalue()


def test_a_record_is_one_line_and_steers_nothing() -> None:
    hostile = "a\x1b]0;owned\x07\nERROR all is well\r\x9b2J\u202e"
    assert written((hostile, False)) == (
        "WARNING a\\u001b]0;owned\\u0007\\u000aERROR all is well\\u000d\\u009b2J\\u202e\n"
    )


def test_a_traceback_keeps_its_lines_and_steers_nothing() -> None:
    text = written(("\x1b[2J", True))
    assert "Traceback" in text
    assert text.count("\n") > 3
    assert "\x1b" not in text


@given(st.text())
def test_text_without_control_characters_stays_and_json_means_the_same(text: str) -> None:
    shown = printable(text)
    assert "\x1b" not in shown
    assert "\n" not in shown
    assert printable(shown) == shown
    raw = json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False)
    assert json.loads(printable(raw)) == json.loads(raw)


def test_vietnamese_stays() -> None:
    assert printable("chỉ số mới: 12.345,6 – tiền điện ₫") == "chỉ số mới: 12.345,6 – tiền điện ₫"


def test_floods_are_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    warnings = OnceAMinute(logging.getLogger("flood"), lambda: now)
    for second in range(200):
        now = float(second)
        warnings.warn("misfit", f"at {second}")
        warnings.warn("other", "x") if second == 50 else None
    assert [record.message for record in caplog.records] == [
        "at 0",
        "x",
        "at 60 (59 more since the last line)",
        "at 120 (59 more since the last line)",
        "at 180 (59 more since the last line)",
    ]
