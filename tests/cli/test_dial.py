"""`sodien dial`: what a person may type, and what is noted."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sodien.device import state as state
from sodien.device.state import Count
from sodien.ledger.store import Ledger
from sodien.protocol.messages import Live
from sodien.protocol.times import format_time
from tests.cli.conftest import MINUTE, Sodien, minute

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
    assert (first["as_of"], later.json["as_of"]) == (format_time(minute(30)), format_time(minute(145)))

    def span(bounds: dict[str, str]) -> Decimal:
        return Decimal(bounds["high"]) - Decimal(bounds["low"])

    # The first still allows all that the hour without power might have used.
    assert span(later.json["before"]) > 8
    assert span(later.json["after"]) < Decimal("0.2")


def test_before_and_now_are_as_of_the_reading(sodien: Sodien, home: Path) -> None:
    """A reading that narrows the morning says so, however wide the hour without power leaves the rest."""
    assert sodien("dial", "12345.6", *AT, "--within", "0s", "-c", home).code == 0
    early = ["12345.5", "--at", "2026-10-30 08:11", "--within", "0s", "--dry-run"]
    found = sodien("dial", *early, "--json", "-c", home).json
    before, after = (found[name] for name in ("before", "after"))
    # From the later reading, 19 minutes of 8 pulses back: [12345.505, 12345.605); now below 12345.6 too.
    pulse = Decimal("0.000625")
    assert Decimal("12345.505") - pulse <= Decimal(before["low"]) <= Decimal(after["low"])
    assert (
        Decimal(after["high"]) <= Decimal("12345.6") < Decimal(before["high"]) <= Decimal("12345.605") + pulse
    )
    out = sodien("dial", *early, "-c", home).out
    assert "The register as of 2026-10-30 08:11:00:\n" in out


@pytest.mark.parametrize(
    ("at", "as_of", "sentence"),
    [
        ("2026-10-30 10:31", "2026-10-30 10:30:00", None),
        ("2026-10-30 12:30", "2026-10-30 10:30:00", "Nothing was counted after that time"),
        ("2026-10-30 07:59", "2026-10-30 08:00:00", None),
        ("2026-10-30 06:00", "2026-10-30 08:00:00", "Nothing was counted before that time"),
    ],
)
def test_where_the_ledger_does_not_reach_it_says_as_of_when(
    sodien: Sodien, home: Path, at: str, as_of: str, sentence: str | None
) -> None:
    out = sodien("dial", "12345.6", "--at", at, "--dry-run", "-c", home).out
    assert f"The register as of {as_of}:" in out
    assert (sentence or ":\n") in out
    assert ("Nothing was counted" in out) is (sentence is not None)


def test_a_withdrawal_and_a_correction_show_the_readings_time(sodien: Sodien, home: Path) -> None:
    entry = sodien("dial", "12345.6", *AT, "--json", "-c", home).json["entry"]
    changed = ["--correct", entry, "12345.7", "--at", "2026-10-30 08:40", "--json"]
    assert sodien("dial", *changed, "-c", home).json["as_of"] == format_time(minute(40))
    gone = sodien("dial", "--withdraw", entry, "--because", "test", "--json", "-c", home).json
    assert (gone["as_of"], gone["after"]) == (format_time(minute(40)), None)
    assert gone["before"] is not None


def test_nothing_counted_yet_is_said_without_a_time(sodien: Sodien, config: Path) -> None:
    Ledger.open(config.parent / "ledger.db", create=True).close()
    out = sodien("dial", "12345.6", *AT, "-c", config).out
    assert "nothing has been counted yet" in out
    assert "as of" not in out


def test_the_daemons_count_is_taken_into_account(sodien: Sodien, home: Path) -> None:
    """A quiet house writes no minute rows; while the daemon runs, it is counting all the same."""
    ledger = Ledger.open(home.parent / "ledger.db")
    live = Live(pulses=720, at=format_time(minute(180)))
    counts = {"main": Count(1, 180 * MINUTE * 1_000_000, 720)}
    running = state.State(os.getpid(), minute(180), True, "connected", live={"main": live}, counts=counts)
    state.write(state.write_path(ledger), running)
    ledger.close()
    out = sodien("dial", "12345.6", "--at", "2026-10-30 11:00", "--within", "0s", "-c", home).out
    assert "The register as of 2026-10-30 11:00:00:\n" in out
    assert "[12345.600 … 12345.7" in out


def test_a_reading_that_does_not_fit_is_refused_without_a_terminal(
    sodien: Sodien, home: Path, readings: Readings
) -> None:
    assert sodien("dial", "12345.6", "--at", "2026-10-30 08:10", "-c", home).code == 0
    for typed, digit in (("92345.9", 1), ("13345.9", 2)):
        result = sodien("dial", typed, "--at", "2026-10-30 08:50", "-c", home)
        assert result.code == 2
        assert f"Check digit {digit} from the left." in result.one_sentence()
        assert "--yes" in result.err
    assert len(readings()) == 1
    assert sodien("dial", "92345.9", "--at", "2026-10-30 08:50", "--dry-run", "-c", home).code == 1


@pytest.mark.parametrize(("answer", "kept"), [("y", 2), ("có", 2), ("", 1), ("n", 1)])
def test_a_reading_that_does_not_fit_is_asked_about(
    sodien: Sodien, home: Path, readings: Readings, monkeypatch: pytest.MonkeyPatch, answer: str, kept: int
) -> None:
    sodien("dial", "12345.6", "--at", "2026-10-30 08:10", "-c", home)
    monkeypatch.setattr("sodien.cli.dial.at_terminal", lambda: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _text: answer)
    result = sodien("dial", "12349.0", "--at", "2026-10-30 08:50", "-c", home)
    assert "more than may have been used" in result.out
    assert result.code == (1 if kept == 2 else 2)
    assert len(readings()) == kept


def test_the_answer_names_the_entry_and_how_to_put_it_right(sodien: Sodien, home: Path) -> None:
    out = sodien("dial", "12345.6", "--at", "2026-10-30 08:10", "-c", home).out
    entry = re.search(r"This is entry (\d+)\. If a digit is wrong: (.+)$", out, re.MULTILINE)
    assert entry is not None
    assert entry[2].endswith(f"sodien dial -c {home} --correct {entry[1]} 12345.6")
    assert sodien("dial", "--correct", entry[1], "12345.5", "-c", home).code == 0


def test_a_contradiction_is_a_finding_and_noted_with_yes(
    sodien: Sodien, home: Path, readings: Readings
) -> None:
    assert sodien("dial", "12345.6", "--at", "2026-10-30 08:10", "-c", home).code == 0
    result = sodien("dial", "--yes", "12349.0", "--at", "2026-10-30 08:50", "-c", home)
    assert result.code == 1
    assert "disagree" in result.out
    assert len(readings()) == 2
    again = sodien("dial", "--yes", "12345.9", "--at", "2026-10-30 08:50:30", "--json", "-c", home)
    assert again.json["findings"]


def test_a_reading_before_anything_was_counted_is_kept(
    sodien: Sodien, home: Path, readings: Readings
) -> None:
    assert sodien("dial", "12340.0", "--at", "2026-10-29 08:00", "-c", home).code == 0
    assert len(readings()) == 1
