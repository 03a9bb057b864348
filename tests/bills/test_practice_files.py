"""What power companies may do: the packaged files, a household's own, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from sodien.billing.companies import COMPANIES
from sodien.bills.practice_files import PracticeFile, packaged, parse, permitted
from sodien.settings.reader import SettingsError


def test_every_packaged_file_says_where_each_fact_is_from() -> None:
    files = sorted(packaged().iterdir())
    assert len(files) > 1
    for file in files:
        found = parse(file.read_text(encoding="utf-8"), file)
        assert found.checked_on is not None
        for name in PracticeFile.__struct_fields__[2:]:
            fact = getattr(found, name)
            assert fact is None or (fact.source and fact.certainty)


@pytest.mark.parametrize("company", [None, *COMPANIES])
def test_every_utility_may_be_a_day_off_and_round_somehow(company: str | None) -> None:
    found = permitted(company)
    assert found.printed_slip_days == 1
    assert found.truncations == ("nearest", "up")
    assert found.kwh_from == ("registers",)
    assert found.other_items


def test_a_file_for_a_company_wins_and_the_households_own_over_both(tmp_path: Path) -> None:
    assert permitted("SPC").first_days == ("same",)
    assert permitted("HANOI").first_days == ()
    own = tmp_path / "own.yaml"
    own.write_text(
        "slip: {most: 0, certainty: printed, source: a letter}\n"
        "first_day: {possible: same, certainty: printed, source: a letter}\n",
        encoding="utf-8",
    )
    for paths in ([own], [tmp_path]):
        found = permitted("HANOI", paths)
        assert (found.printed_slip_days, found.first_days, found.margin_minutes) == (0, ("same",), 60)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("slip: {most: 11, certainty: law, source: x}\n", "slip.most"),
        ("slip: {most: 1, source: x}\n", "certainty"),
        ("index: {possible: [down], certainty: law, source: x}\n", "floor, nearest or up"),
        ("companies: PC\n", "SPC"),
        ("slips: {}\n", "slips"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, what: str, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=what) as error:
        permitted(None, [file])
    assert "own.yaml" in str(error.value)
