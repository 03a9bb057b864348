"""`sodien meter`: a replaced meter, a constant that was another, and both taken back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sodien.ledger.store import Ledger
from sodien.protocol.messages import Live
from sodien.protocol.times import format_time
from tests.cli.conftest import Sodien, minute, runs
from tests.support.rows import body_of

REPLACE = ["meter", "replace", "--at", "2026-10-30 08:30", "--old-final", "12345.7", "--new-initial", "0.0"]


def rows(home: Path, kind: str) -> list[dict[str, Any]]:
    ledger = Ledger.open(home.parent / "ledger.db")
    try:
        return [body_of(row) for row in ledger.of_kind(kind)]
    finally:
        ledger.close()


def test_show_knows_the_settings_where_nothing_is_noted(sodien: Sodien, home: Path) -> None:
    (meter,) = sodien("meter", "show", "--json", "-c", home).json["meters"]
    (life,) = meter["installed"]
    assert life["constants"] == [{"since": None, "constant": "1600", "entry": None}]
    assert (life["digits"], life["decimals"], life["multiplier"], life["entry"]) == (5, 1, 1, None)
    assert "1600 imp/kWh since the beginning" in sodien("meter", "show", "-c", home).out


def test_a_replacement_takes_the_register_on(sodien: Sodien, home: Path) -> None:
    assert sodien("dial", "12345.6", "--at", "2026-10-30 08:10", "-c", home).code == 0
    options = ["--constant", "1000", "--serial", "A7", "--within", "0", "--by", "Lan", "--json", "-c", home]
    result = sodien(*REPLACE, *options)
    assert result.code == 0
    old, new = result.json["installed"]
    assert old["until"] == new["since"] == "2026-10-30T01:30:00.000Z"
    assert (new["serial"], new["constants"][0]["constant"], new["digits"]) == ("A7", "1000", 5)
    at_nine = sodien("status", "--at", "2026-10-30 09:00", "--json", "-c", home).json["meters"][0]["register"]
    # 240 pulses of the new meter since it was installed, from 0.0 to 0.1.
    assert Decimal(at_nine["low"]) == Decimal("0.239")
    assert Decimal(at_nine["high"]) == Decimal("0.341")
    assert rows(home, "replacement")[0]["by"] == "Lan"
    assert "the ledger has 1000" in sodien("meter", "show", "-c", home).out


def test_a_replacement_of_just_now_need_not_wait_for_the_ledger(sodien: Sodien, home: Path) -> None:
    assert sodien("dial", "12346.0", "--at", "2026-10-30 10:30", "-c", home).code == 0
    runs(home, Live(pulses=745, at=format_time(minute(155))))
    when = ["--at", "2026-10-30 10:32", "--within", "0", "--old-final", "12346.0", "--new-initial", "0.0"]
    after = sodien("meter", "replace", *when, "--dry-run", "--json", "-c", home).json["after"]
    # Of the 25 pulses since the newest row, none or all came after the replacement.
    assert Decimal(after["low"]) <= Decimal("0.001")
    assert Decimal("0.1") <= Decimal(after["high"]) <= Decimal("0.117")


def test_a_replacement_can_be_taken_back(sodien: Sodien, home: Path) -> None:
    entry = sodien(*REPLACE, "--json", "-c", home).json["installed"][1]["entry"]
    again = sodien(*REPLACE, "-c", home)
    assert again.code == 2
    assert f"'sodien meter withdraw -c {home} {entry} --because mistake'" in again.one_sentence()
    result = sodien("meter", "withdraw", entry, "--because", "another house", "--json", "-c", home)
    assert result.code == 0
    assert len(result.json["installed"]) == 1
    assert rows(home, "amendment")[0]["because"] == "another house"
    assert len(rows(home, "replacement")) == 1


def test_a_constant_from_now_on_or_from_the_start(sodien: Sodien, home: Path) -> None:
    assert sodien("meter", "constant", "800", "--at", "2026-10-30 08:30", "-c", home).code == 0
    (life,) = sodien("meter", "show", "--json", "-c", home).json["meters"][0]["installed"]
    assert [one["constant"] for one in life["constants"]] == ["1600", "800"]
    result = sodien("meter", "constant", "1000", "--from-start", "--json", "-c", home)
    assert [one["constant"] for one in result.json["installed"][0]["constants"]] == ["1000"]
    assert rows(home, "constant") == [{"constant": "800"}, {"constant": "1000", "from_start": True}]


def test_dry_run_notes_nothing(sodien: Sodien, home: Path) -> None:
    assert sodien("meter", "constant", "800", "--dry-run", "-c", home).code == 0
    assert sodien(*REPLACE, "--dry-run", "-c", home).code == 0
    assert rows(home, "constant") == rows(home, "replacement") == []


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["meter", "constant", "many"], "is not a meter constant"),
        (["meter", "constant", "0"], "is not a meter constant"),
        (["meter", "constant", "800", "--at", "2099-01-01 00:00"], "lies in the future"),
        (["meter", "withdraw", "1", "--because", "x"], "There is no replacement or constant 1"),
        ([*REPLACE[:5], "123456.7", *REPLACE[6:]], "--old-final"),
        ([*REPLACE, "--digits", "6", "--new-initial", "1234567.0"], "--new-initial"),
        ([*REPLACE, "--within", "a while"], "is not a duration"),
    ],
)
def test_what_does_not_fit_is_one_sentence(sodien: Sodien, home: Path, words: list[str], text: str) -> None:
    result = sodien(*words, "-c", home)
    assert result.code == 2
    assert text in result.one_sentence()
    assert rows(home, "constant") == rows(home, "replacement") == []
