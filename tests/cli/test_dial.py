"""`sodien dial`: what a person may type, and what is noted."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Sodien, minute

Readings = Callable[[], list[dict[str, Any]]]
AT = ["--at", "2026-10-30 08:30"]


@pytest.mark.parametrize(
    ("typed", "low", "high"),
    [
        ("12345.6", "12345.6", "12345.7"),
        ("12345,6", "12345.6", "12345.7"),
        ("12345", "12345", "12346"),
        ("00345.0", "345", "345.1"),
        ("99999.9", "99999.9", "100000"),
    ],
)
def test_the_dial_truncates(
    sodien: Sodien, home: Path, readings: Readings, typed: str, low: str, high: str
) -> None:
    result = sodien("dial", typed, *AT, "--json", "-c", home)
    assert result.code == 0
    assert (Decimal(result.json["low"]), Decimal(result.json["high"])) == (Decimal(low), Decimal(high))
    assert result.json["noted"] is True
    assert result.json["before"] is None
    (noted,) = readings()
    assert (Decimal(noted["low"]), Decimal(noted["high"])) == (Decimal(low), Decimal(high))
    assert (noted["at"], noted["within_ms"]) == (minute(30), 60_000)


@pytest.mark.parametrize(
    "typed", ["1234567.8", "12345.67", "12.345,6", "abc", "", "12345.6 or so", "1e3", "１２３４５"]
)
def test_what_is_no_reading_is_one_sentence(
    sodien: Sodien, home: Path, readings: Readings, typed: str
) -> None:
    result = sodien("dial", typed, *AT, "-c", home)
    assert result.code == 2
    result.one_sentence()
    assert readings() == []


@pytest.mark.parametrize(
    ("options", "within_ms"), [([], 60_000), (["--within", "30s"], 30_000), (["--within", "2h"], 7_200_000)]
)
def test_how_exactly_the_time_is_known(
    sodien: Sodien, home: Path, readings: Readings, options: list[str], within_ms: int
) -> None:
    assert sodien("dial", "12345.6", *AT, *options, "--by", "Lan", "-c", home).code == 0
    (noted,) = readings()
    assert (noted["within_ms"], noted["by"]) == (within_ms, "Lan")


def test_a_vaguer_time_gives_wider_bounds(sodien: Sodien, home: Path) -> None:
    spans = []
    for within in ("0s", "30m"):
        after = sodien("dial", "12345.6", *AT, "--within", within, "--dry-run", "--json", "-c", home).json[
            "after"
        ]
        spans.append(Decimal(after["high"]) - Decimal(after["low"]))
    assert spans[0] < spans[1]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--at", "2099-01-01 00:00"], "lies in the future"),
        (["--at", "soon"], "is not a time"),
        ([*AT, "--within", "a while"], "is not a duration"),
    ],
)
def test_wrong_times_are_one_sentence(
    sodien: Sodien, home: Path, readings: Readings, options: list[str], text: str
) -> None:
    result = sodien("dial", "12345.6", *options, "-c", home)
    assert result.code == 2
    assert text in result.one_sentence()
    assert readings() == []


def test_an_offset_in_the_time_counts(sodien: Sodien, home: Path, readings: Readings) -> None:
    assert sodien("dial", "12345.6", "--at", "2026-10-30T01:30:00Z", "-c", home).code == 0
    assert readings()[0]["at"] == minute(30)


def test_dry_run_notes_nothing(sodien: Sodien, home: Path, readings: Readings) -> None:
    result = sodien("dial", "12345.6", *AT, "--dry-run", "-c", home)
    assert result.code == 0
    assert "Nothing was noted" in result.out
    assert "register now" in result.out
    assert readings() == []


def test_a_reading_that_agrees_narrows_the_bounds(sodien: Sodien, home: Path) -> None:
    first = sodien("dial", "12345.6", *AT, "--json", "-c", home).json
    later = sodien("dial", "12345.9", "--at", "2026-10-30 10:25", "--json", "-c", home)
    assert later.code == 0
    assert later.json["before"] == first["after"]

    def span(bounds: dict[str, str]) -> Decimal:
        return Decimal(bounds["high"]) - Decimal(bounds["low"])

    # The first still allows all that the hour without power might have used.
    assert span(later.json["before"]) > 8
    assert span(later.json["after"]) < Decimal("0.2")


def test_a_contradiction_is_a_finding_and_noted_nevertheless(
    sodien: Sodien, home: Path, readings: Readings
) -> None:
    assert sodien("dial", "12345.6", "--at", "2026-10-30 08:10", "-c", home).code == 0
    result = sodien("dial", "12349.0", "--at", "2026-10-30 08:50", "-c", home)
    assert result.code == 1
    assert "disagree" in result.out
    assert len(readings()) == 2
    again = sodien("dial", "12345.9", "--at", "2026-10-30 08:50:30", "--json", "-c", home)
    assert again.json["findings"]


def test_a_reading_before_anything_was_counted_is_kept(
    sodien: Sodien, home: Path, readings: Readings
) -> None:
    assert sodien("dial", "12340.0", "--at", "2026-10-29 08:00", "-c", home).code == 0
    assert len(readings()) == 1
