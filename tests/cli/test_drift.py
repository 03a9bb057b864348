"""`sodien drift`: dial against count, for scripts and for people."""

from __future__ import annotations

import shlex
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sodien.ledger.store import Ledger, NewRow
from sodien.protocol.messages import Live
from sodien.protocol.times import format_time
from tests.cli.conftest import MINUTE, SETTINGS, Sodien, minute, runs

EXAMPLE = SETTINGS.replace("constant: 1600", "constant: 1000")


@pytest.fixture
def example(config: Path) -> Path:
    """500 pulses of 1000 imp/kWh from 08:00 to 09:00."""
    config.write_text(EXAMPLE)
    ledger = Ledger.open(config.parent / "ledger.db", create=True)
    run_id = ledger.begin_run("boot", 0, "1")
    rows = [
        NewRow("tick", "main", run_id, n * MINUTE * 10**6, minute(n), n * 500 // 60, 10) for n in range(61)
    ]
    ledger.append(rows)
    ledger.close()
    return config


def note(sodien: Sodien, config: Path, *readings: tuple[str, str]) -> None:
    for reading, at in readings:
        sodien("dial", "--yes", reading, "--at", f"2026-10-30 {at}", "--within", "0s", "-c", config)


def test_a_reading_of_just_now_need_not_wait_for_the_ledger(sodien: Sodien, example: Path) -> None:
    runs(example, Live(pulses=525, at=format_time(minute(63))))
    note(sodien, example, ("100.0", "08:00"), ("100.5", "09:03"))
    (step,) = sodien("drift", "--json", "-c", example).json["steps"]
    assert step["pulses"]["high"] == 525
    assert kwh(step["blind_kwh"]) == (0, 0)


def test_what_two_readings_do_not_tell_is_no_line(sodien: Sodien, example: Path) -> None:
    for at in ("08:10", "08:12"):
        words = ("--at", f"2026-10-30 {at}", "--within", "3m", "-c", example)
        sodien("dial", "--yes", "100.0", *words)
    said = sodien("drift", "-c", example).out
    assert "or more" not in said
    assert "kWh counted" in said


def kwh(found: dict[str, Any]) -> tuple[Decimal, Decimal]:
    assert all(isinstance(found[name], str) for name in ("low", "best", "high"))
    assert Decimal(found["low"]) <= Decimal(found["best"]) <= Decimal(found["high"])
    return Decimal(found["low"]), Decimal(found["high"])


def test_the_worked_example_names_600_then_500(sodien: Sodien, example: Path) -> None:
    note(sodien, example, ("100.0", "08:00"), ("100.9", "09:00"))
    result = sodien("drift", "--json", "-c", example)
    assert result.code == 1
    (step,) = result.json["steps"]
    assert (step["from"], step["to"]) == (62, 63)
    assert kwh(step["dial_kwh"]) == (Decimal("0.8"), Decimal("1.0"))
    assert kwh(step["counted_kwh"]) == (Decimal("0.499"), Decimal("0.501"))
    assert kwh(step["blind_kwh"]) == (0, 0)
    assert step["pulses"] == {"low": 500, "high": 500}
    assert (step["constant"], step["constant_measured"]) == ("1000", {"low": "499", "high": "626.25"})
    assert step["drift_permille"] == {"low": "-501", "high": "-373.7"}
    assert (step["verdict"], step["pulses_proven"]) == ("missed", 300)
    explanations = result.json["explanations"]
    assert [e["key"] for e in explanations[:2]] == ["constant", "constant"]
    assert "600 imp/kWh" in explanations[0]["sentence"]
    assert "500 imp/kWh" in explanations[1]["sentence"]
    assert [e["likelihood"] for e in explanations] == sorted(
        (e["likelihood"] for e in explanations), reverse=True
    )
    assert [r["rejected"] for r in result.json["readings"]] == [False, False]
    text = sodien("drift", "-c", example)
    assert text.code == 1
    assert "00100.0 (2026-10-30 08:00) to 00100.9 (2026-10-30 09:00)" in text.out
    assert "-50.10% to -37.37%" in text.out
    assert "at least 300 pulses missed" in text.out
    assert text.out.index("600 imp/kWh") < text.out.index("500 imp/kWh")
    assert "  1. The constant may be 600" in text.out
    vietnamese = sodien("--lang", "vi", "drift", "-c", example).out
    assert "Hằng số công tơ có thể là 600 xung/kWh" in vietnamese


def test_readings_that_agree_are_no_finding(sodien: Sodien, home: Path) -> None:
    note(sodien, home, ("12345.6", "08:00"), ("12345.7", "08:30"), ("12346.1", "10:25"))
    result = sodien("drift", "--json", "-c", home)
    assert result.code == 0
    report = result.json
    first, second, third = (reading["entry"] for reading in report["readings"])
    assert [(s["from"], s["to"]) for s in report["steps"]] == [
        (first, second), (second, third), (first, third)
    ]  # fmt: skip
    assert {s["verdict"] for s in report["steps"]} == {"agree"}
    assert report["findings"] == report["explanations"] == []
    assert kwh(report["steps"][0]["blind_kwh"]) == (0, 0)
    # An hour was not counted: what the constant would have to be is open upwards.
    assert kwh(report["steps"][2]["blind_kwh"]) == (0, Decimal("14.036"))
    assert report["steps"][2]["constant_measured"]["high"] is None
    assert report["steps"][2]["drift_permille"]["high"] is None
    out = sodien("drift", "-c", home).out
    assert out.count("agree within reading error") == 3
    assert "or more imp/kWh would fit, 1600 is set" in out


def test_only_between_two_readings(sodien: Sodien, home: Path) -> None:
    note(sodien, home, ("12345.6", "08:00"), ("12999.9", "08:30"), ("12345.8", "09:00"), ("12346.1", "10:25"))
    assert sodien("drift", "-c", home).code == 1
    entries = [reading["entry"] for reading in sodien("drift", "--json", "-c", home).json["readings"]]
    for options in (
        ["--from", entries[0], "--to", entries[2]],
        ["--from", "2026-10-30 08:00", "--to", "2026-10-30 09:00"],
        ["--from", "2026-10-29", "--to", "2026-10-30 10:24"],
        ["--to", entries[2]],
    ):
        result = sodien("drift", *options, "--json", "-c", home)
        assert result.code == 0, "what is wrong with the others is not asked"
        (step,) = result.json["steps"]
        assert (step["from"], step["to"]) == (entries[0], entries[2])
    wrong = sodien("drift", "--from", entries[1], "--json", "-c", home)
    assert wrong.code == 1
    assert [(s["from"], s["to"]) for s in wrong.json["steps"]] == [(entries[1], entries[3])]


def test_a_rejected_reading_is_marked(sodien: Sodien, example: Path) -> None:
    note(sodien, example, ("100.0", "08:00"), ("700.2", "08:24"), ("100.3", "08:40"), ("100.5", "09:00"))
    report = sodien("drift", "--json", "-c", example).json
    assert [r["rejected"] for r in report["readings"]] == [False, True, False, False]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--from", "7"], "Entry 7 is not a dial reading in use; these are: 94, 95."),
        (["--from", "soon"], "is not a time"),
        (["--from", "2026-11-01"], "no dial reading from 2026-11-01 on"),
        (["--to", "2026-10-01"], "no dial reading up to 2026-10-01"),
        (["--from", "95", "--to", "94"], "not later"),
        (["--from", "95"], "not later"),
    ],
)
def test_readings_that_are_not_there_are_one_sentence(
    sodien: Sodien, home: Path, options: list[str], text: str
) -> None:
    note(sodien, home, ("12345.6", "08:00"), ("12345.7", "08:30"))
    result = sodien("drift", *options, "-c", home)
    assert result.code == 2
    assert text in result.one_sentence()


@pytest.mark.parametrize("readings", [[], [("12345.6", "08:00")]])
def test_one_reading_says_nothing_yet(sodien: Sodien, home: Path, readings: list[tuple[str, str]]) -> None:
    note(sodien, home, *readings)
    result = sodien("drift", "-c", home)
    assert result.code == 0
    assert "fewer than two dial readings" in result.out
    assert sodien("drift", "--json", "-c", home).json["steps"] == []
    asked = sodien("drift", "--to", "now", "-c", home)
    assert asked.code == 2
    assert "fewer than two" in asked.one_sentence()


def test_an_empty_ledger_has_no_readings(sodien: Sodien, config: Path) -> None:
    Ledger.open(config.parent / "ledger.db", create=True).close()
    assert sodien("drift", "-c", config).code == 0


def test_a_time_as_it_was_shown_names_its_reading(sodien: Sodien, home: Path) -> None:
    ledger = Ledger.open(home.parent / "ledger.db")
    for n, reading in ((0, "12345.6"), (30, "12345.7")):
        body = {"reading": reading, "low": reading, "high": str(Decimal(reading) + Decimal("0.1"))}
        ledger.append([NewRow("dial", "main", at=minute(n) + 730, body=body)])
    ledger.close()
    result = sodien("drift", "--from", "2026-10-30 08:00:00", "--to", "2026-10-30 08:30:00", "-c", home)
    assert result.code == 0
    assert "12345.6" in result.out


def test_a_replaced_meter_is_compared_with_itself_only(sodien: Sodien, home: Path) -> None:
    note(sodien, home, ("12345.6", "08:00"), ("12345.7", "08:30"), ("00000.1", "10:20"))
    words = "--at '2026-10-30 08:50' --old-final 12345.8 --new-initial 00000.0 --within 0s"
    assert sodien("meter", "replace", *shlex.split(words), "-c", home).code == 0
    result = sodien("drift", "--json", "-c", home)
    assert result.code == 0, result.json["findings"]
    # Of the old meter three readings in two steps and their whole, of the new one two in one step.
    assert len(result.json["readings"]) == 5
    assert len(result.json["steps"]) == 4
    assert "12345.8" in sodien("drift", "-c", home).out
    across = sodien("drift", "--from", "2026-10-30 08:00", "--to", "2026-10-30 10:20", "-c", home)
    assert across.code == 2
    assert "replaced between" in across.one_sentence()
    assert sodien("drift", "--to", "2026-10-30 08:30", "-c", home).code == 0
