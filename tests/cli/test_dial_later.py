"""`sodien dial`: corrections, withdrawals, pictures and the list of all readings."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from sodien.device import state as state
from sodien.ledger.store import Ledger
from tests.cli.conftest import Sodien
from tests.support.rows import body_of

TEN_PAST, TEN_TO = "2026-10-30 08:10", "2026-10-30 08:50"


def listed(sodien: Sodien, home: Path) -> list[dict[str, Any]]:
    result = sodien("dial", "--yes", "--list", "--json", "-c", home)
    assert result.code == 0
    found: list[dict[str, Any]] = result.json["readings"]
    return found


def note(sodien: Sodien, home: Path, reading: str, when: str) -> int:
    entry = sodien("dial", "--yes", reading, "--at", when, "--json", "-c", home).json["entry"]
    assert isinstance(entry, int)
    return entry


def rows(home: Path, kind: str) -> list[dict[str, Any]]:
    ledger = Ledger.open(home.parent / "ledger.db")
    try:
        return [body_of(row) for row in ledger.of_kind(kind)]
    finally:
        ledger.close()


def test_without_a_reading_the_list_says_so(sodien: Sodien, home: Path) -> None:
    assert sodien("dial", "--yes", "--list", "-c", home).out == "No dial reading has been noted yet.\n"


def test_a_correction_takes_the_readings_place_and_keeps_its_time(sodien: Sodien, home: Path) -> None:
    note(sodien, home, "12345.6", TEN_PAST)
    wrong = note(sodien, home, "12354.8", TEN_TO)
    result = sodien(
        "dial", "--correct", wrong, "12345.8", "--because", "transposed", "--by", "Lan", "-c", home
    )
    assert result.code == 0
    first, second = listed(sodien, home)
    assert (first["state"], second["state"]) == ("used", "used")
    assert (second["typed"], second["counts_as"]["reading"]) == ("12354.8", "12345.8")
    assert second["counts_as"]["at"] == second["at"]
    assert second["amended"]["because"] == "transposed"
    assert (second["amended"]["by"], second["amended"]["what"]) == ("Lan", "correct")
    assert [row["reading"] for row in rows(home, "dial")] == ["12345.6", "12354.8"], "nothing was edited"
    again = sodien("dial", "--yes", "--correct", second["amended"]["entry"], "12345.9", "-c", home)
    assert again.code in (0, 1), "the number of the correction names the same reading"
    assert listed(sodien, home)[1]["counts_as"]["reading"] == "12345.9"
    text = sodien("dial", "--yes", "--list", "-c", home).out
    assert "Corrected by entry" in text


def test_a_correction_may_move_the_time(sodien: Sodien, home: Path) -> None:
    entry = note(sodien, home, "12345.6", TEN_PAST)
    words = ["dial", "--correct", entry, "12345.6", "--at", TEN_TO, "--within", "0", "-c", home]
    assert sodien(*words).code == 0
    (reading,) = listed(sodien, home)
    assert reading["counts_as"]["at"] == "2026-10-30T01:50:00.000Z"
    assert reading["counts_as"]["within_s"] == 0


def test_a_withdrawn_reading_stays_in_the_list(sodien: Sodien, home: Path) -> None:
    entry = note(sodien, home, "12345.6", TEN_PAST)
    result = sodien("dial", "--yes", "--withdraw", entry, "--because", "the neighbour's meter", "-c", home)
    assert result.code == 0
    assert "the reading is withdrawn" in result.out
    (reading,) = listed(sodien, home)
    assert (reading["state"], reading["counts_as"]) == ("withdrawn", None)
    assert "the neighbour's meter" in reading["why"][0]
    assert sodien("status", "--json", "-c", home).json["meters"][0]["register"] is None


def test_a_reading_that_the_bounds_reject_says_why(sodien: Sodien, home: Path) -> None:
    note(sodien, home, "12345.6", TEN_PAST)
    note(sodien, home, "12399.9", "2026-10-30 08:30")
    note(sodien, home, "12345.8", TEN_TO)
    states = [one["state"] for one in listed(sodien, home)]
    assert states == ["used", "rejected", "used"]
    why = listed(sodien, home)[1]["why"]
    assert len(why) == 2
    assert all("too high compared with 12345." in one for one in why)
    assert "rejected" in sodien("dial", "--yes", "--list", "-c", home).out


def test_the_newest_of_two_that_disagree_is_in_doubt_until_a_third_tells(sodien: Sodien, home: Path) -> None:
    note(sodien, home, "12345.6", TEN_PAST)
    note(sodien, home, "12399.9", TEN_TO)
    assert {one["state"] for one in listed(sodien, home)} == {"doubted"}


def test_a_picture_is_copied_beside_the_ledger(sodien: Sodien, home: Path, tmp_path: Path) -> None:
    picture = tmp_path / "IMG_1.JPG"
    picture.write_bytes(b"not really a picture")
    digest = hashlib.sha256(b"not really a picture").hexdigest()
    words = ["dial", "12345.6", "--at", TEN_PAST, "--photo", picture]
    assert sodien(*words, "--dry-run", "-c", home).code == 0
    assert not (tmp_path / "photos").exists()
    assert sodien(*words, "-c", home).code == 0
    (row,) = rows(home, "dial")
    assert row["photo"] == {"path": str(picture), "sha256": digest, "copy": f"photos/{digest[:16]}.jpg"}
    assert (home.parent / row["photo"]["copy"]).read_bytes() == b"not really a picture"


def test_a_picture_that_is_not_there_is_one_sentence(sodien: Sodien, home: Path) -> None:
    result = sodien(
        "dial", "--yes", "12345.6", "--at", TEN_PAST, "--photo", home.parent / "none.jpg", "-c", home
    )
    assert result.code == 2
    assert "none.jpg" in result.one_sentence()
    assert rows(home, "dial") == []


def test_the_time_may_be_exact(sodien: Sodien, home: Path) -> None:
    assert sodien("dial", "--yes", "12345.6", "--at", TEN_PAST, "--within", "0", "-c", home).code == 0
    assert rows(home, "dial")[0]["within_ms"] == 0


def test_now_is_no_time_where_the_clock_is_not_set(sodien: Sodien, home: Path) -> None:
    ledger = Ledger.open(home.parent / "ledger.db")
    running = state.State(os.getpid(), 0, clock_set=False, broker="connected")
    state.write(home.parent / f"{ledger.id}.state.json", running)
    ledger.close()
    result = sodien("dial", "--yes", "12345.6", "-c", home)
    assert result.code == 2
    assert "does not know the time" in result.one_sentence()
    assert rows(home, "dial") == []
    assert sodien("dial", "--yes", "12345.6", "--at", TEN_PAST, "-c", home).code == 0


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "Type the reading"),
        (["--withdraw", "1"], "Say why"),
        (["12345.6", "--withdraw", "1", "--because", "x"], "leave out the rest"),
        (["--withdraw", "1", "--because", "x"], "There is no dial reading 1"),
        (["12345.6", "--correct", "1"], "There is no dial reading 1"),
        (["12345.6", "--because", "x"], "--because goes with"),
        (["12345.6", "--correct", "1", "--photo", "x.jpg"], "--photo goes with"),
    ],
)
def test_words_that_do_not_go_together_are_one_sentence(
    sodien: Sodien, home: Path, words: list[str], text: str
) -> None:
    result = sodien("dial", "--yes", *words, "-c", home)
    assert result.code == 2
    assert text in result.one_sentence()
    assert rows(home, "dial") == rows(home, "amendment") == []
