"""`sodien what-if`: what less or more would do to this period's bill."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.billed import freeze, household, usual_days
from tests.cli.conftest import Sodien
from tests.cli.test_measure import KETTLE, noted


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    freeze(monkeypatch)
    config = household(tmp_path)
    usual_days(tmp_path)
    return config


def test_twenty_kwh_less(sodien: Sodien, home: Path) -> None:
    result = sodien("what-if", "--less", 20, "-c", home, "--json")
    assert result.code == 0, result.err
    found = result.json
    # 400 W until 30 November are 288 kWh: tier 3 of 5 begins at 200, at 2998 đồng before 8 % VAT.
    assert Decimal(found["kwh"]["low"]) <= 288 <= Decimal(found["kwh"]["high"])
    low, high = (Decimal(found["difference"][end]) for end in ("low", "high"))
    assert high - low < 1
    assert low <= Decimal(20) * Decimal("2998") * Decimal("1.08") <= high
    assert found["more"] is False
    more = sodien("what-if", "--more", 20, "-c", home, "--json").json
    assert Decimal(more["difference"]["low"]) >= low


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "As things are, this period comes to",
                "54.0 … 64.8 kWh less save",
                "VND [174,843 … 209,813], taxes included.",
            ),
        ),
        ("vi", ("Cứ như hiện nay", "Bớt 54,0 … 64,8 kWh", "đã gồm thuế")),
    ],
)
def test_an_appliance_that_was_measured(
    sodien: Sodien, home: Path, language: str, words: tuple[str, ...]
) -> None:
    noted(home, KETTLE)
    result = sodien(
        "--lang", language, "what-if", "--less-hours", 54, "--appliance", "Ấm đun nước", "-c", home
    )
    assert result.code == 0, result.err
    for word in words:
        assert word in " ".join(result.out.split())


def test_hours_of_each_day_left(sodien: Sodien, home: Path) -> None:
    result = sodien("what-if", "--more-hours", 2, "--watts", 1000, "--a-day", "-c", home, "--json")
    # From 4 November, 08:00, until the end of the 30th are 26 days and 16 hours.
    low, high = (Decimal(result.json["change_kwh"][end]) for end in ("low", "high"))
    assert low <= Decimal(2) * (26 + Decimal(16) / 24) <= high
    assert high - low < Decimal("0.01")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ((), "Give one of --less"),
        (("--less", 3, "--more", 4), "Give one of --less"),
        (("--less-hours", 3), "Hours go with --appliance or with --watts"),
        (("--less", 3, "--watts", 40), "Hours go with --appliance or with --watts"),
        (("--less", 3, "--a-day"), "at most 24 hours"),
        (("--less-hours", 25, "--watts", 9, "--a-day"), "at most 24 hours"),
        (("--less-hours", 2, "--appliance", "fan"), "'fan' was not measured; there are: 'ấm đun nước'."),
        (("--less", 900), "kWh are still to come until 2026-11-30, so 900 kWh less are not possible"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    sodien: Sodien, home: Path, args: tuple[object, ...], says: str
) -> None:
    noted(home, KETTLE)
    result = sodien("what-if", *args, "-c", home)
    assert result.code == 2
    assert says in result.one_sentence()


def test_nothing_measured_yet(sodien: Sodien, home: Path) -> None:
    said = sodien("what-if", "--less-hours", 2, "--appliance", "fan", "-c", home).one_sentence()
    assert "Nothing has been measured yet" in said
