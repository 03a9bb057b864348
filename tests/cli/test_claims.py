"""`sodien claim` and `sodien claims`: the utility's daily readings, noted once and judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from sodien.ledger.bodies import ClaimBody
from sodien.ledger.store import Ledger, Row
from tests.cli.conftest import Sodien


def rows(home: Path) -> list[Row]:
    ledger = Ledger.open(home.parent / "ledger.db")
    try:
        return list(ledger.of_kind("claim"))
    finally:
        ledger.close()


@pytest.fixture
def read(home: Path, sodien: Sodien) -> Path:
    """The morning of 30 October, with a dial reading at its beginning."""
    assert sodien("dial", "1000.0", "--at", "2026-10-30 08:00", "--yes", "-c", home).code == 0
    return home


def test_a_claim_is_noted_once_and_judged(read: Path, sodien: Sodien) -> None:
    claim = ("claim", "add", "-c", read, "--at", "2026-10-30 08:30")
    added = sodien(*claim, "1000.15", "--source", "EVN")
    assert (added.code, added.err) == (0, "")
    assert "agrees" in added.out
    again = sodien(*claim, "1000.15", "--source", "EVN")
    assert again.code == 0
    assert "Already stored" in again.out
    wrong = sodien(*claim, "2000", "--source", "app", "--json")
    assert wrong.code == 1
    assert "too high by at least" in wrong.json["claims"][0]["readings"][0]["says"]
    one, other = rows(read)
    assert one.at != other.at, "each has an identity of its own in the database"
    assert one.read(ClaimBody).read_at == other.read(ClaimBody).read_at == one.at
    listed = sodien("claims", "--json", "-c", read)
    assert listed.code == 1
    results = {one["source"]: one["readings"][0]["result"] for one in listed.json["claims"]}
    assert results == {"EVN": "agrees", "app": "disagrees"}
    assert sodien("claim", "withdraw", other.seq, "--because", "another meter", "-c", read).code == 0
    left = sodien("claims", "-c", read)
    assert (left.code, "app" in left.out) == (0, False)
    assert len(rows(read)) == 2


def test_a_number_that_the_utility_changed_takes_the_place_of_the_older_one(
    read: Path, sodien: Sodien
) -> None:
    claim = ("claim", "add", "-c", read, "--at", "2026-10-30 09:00")
    assert sodien(*claim, "1700").code == 1
    changed = sodien(*claim, "1000.3")
    assert changed.code == 0
    assert "another reading" in changed.out
    assert len(rows(read)) == 2
    (one,) = sodien("claims", "--json", "-c", read).json["claims"]
    assert [reading["index"] for reading in one["readings"]] == ["1000.3"]


def test_claims_never_move_the_bounds(read: Path, sodien: Sodien) -> None:
    def register() -> object:
        found = sodien("status", "--json", "-c", read).json["meters"][0]
        return found["register"]

    before = register()
    assert sodien("claim", "add", "1700", "--day", "2026-10-30", "-c", read).code == 1
    assert register() == before


def test_a_file_is_imported_whole_or_not_at_all(read: Path, sodien: Sodien, tmp_path: Path) -> None:
    file = tmp_path / "daily.csv"
    file.write_text("reading,at,source\n1000.1,2026-10-30 08:20,EVN\nx,2026-10-30 09:00,EVN\n")
    refused = sodien("claim", "import", file, "-c", read)
    assert refused.code == 2
    assert "Row 3" in refused.one_sentence()
    assert rows(read) == []
    file.write_text("reading,at,source\n1000.1,2026-10-30 08:20,EVN\n1000.3,2026-10-30 09:00,EVN\n")
    assert sodien("claim", "import", file, "--dry-run", "-c", read).code == 0
    assert rows(read) == []
    imported = sodien("claim", "import", file, "--json", "-c", read)
    assert (imported.code, imported.json["new"], len(imported.json["entries"])) == (0, 2, 2)
    again = sodien("claim", "import", file, "--json", "-c", read)
    assert (again.json["new"], again.json["known"]) == (0, 2)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("1000",), "Give the day or time"),
        (("1000", "--day", "2026-10-30", "--at", "2026-10-30 09:00"), "Give the day or time"),
        (("12x", "--day", "2026-10-30"), "is not a meter reading"),
        (("-1", "--day", "2026-10-30"), "No such option"),
        (("1000", "--day", "31/2/2026"), "is not a date"),
        (("1000", "--day", "2099-10-30"), "has not come yet"),
        (("1000", "--day", "1999-10-30"), "cannot be right"),
        (("1000", "--at", "2099-10-30 08:00"), "future"),
        (("1000", "--day", "2026-10-30", "--source", "x" * 61), "one line"),
        (("1" * 13, "--day", "2026-10-30"), "is not a meter reading"),
        (("1" * 12, "--day", "2026-10-30"), "is not a meter reading"),
    ],
)
def test_each_bad_input_is_one_sentence(
    read: Path, sodien: Sodien, words: tuple[str, ...], says: str
) -> None:
    refused = sodien("claim", "add", *words, "-c", read)
    assert refused.code == 2
    assert says in refused.err
    assert rows(read) == []
