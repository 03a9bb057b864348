"""`sodien gaps`: the list, what explains a gap, and what a person may say of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sodien.ledger.store import Ledger, NewRow
from tests.cli.conftest import MINUTE, Sodien, minute, tick
from tests.support.rows import body_of


@pytest.fixture
def cut(config: Path) -> Path:
    """An hour at 0.3 kW, an hour without power, half an hour; with when the Pi had its power again."""
    ledger = Ledger.open(config.parent / "ledger.db", create=True)
    first = ledger.begin_run("boot", 0, "1")
    ledger.append([tick(first, n, n * 8) for n in range(61)])
    body = {
        "ns": 60 * MINUTE * 1_000_000,
        "reason": "power",
        "after": 480,
        "high": "8.8",
        "awake_ns": 30_000_000_000,
        "unsaved": 8,
    }
    again = ledger.begin_run("next", 120 * MINUTE * 1_000_000, "1")
    ledger.append([NewRow("gap", "main", again, None, minute(60), 480, body=body)])
    ledger.append([tick(again, 120 + n, 480 + n * 8) for n in range(31)])
    ledger.close()
    return config


def gaps(sodien: Sodien, config: Path) -> list[dict[str, Any]]:
    result = sodien("gaps", "--json", "-c", config)
    assert result.code == 0
    found: list[dict[str, Any]] = result.json["gaps"]
    return found


def rows(config: Path, kind: str) -> list[dict[str, Any]]:
    ledger = Ledger.open(config.parent / "ledger.db")
    try:
        return [body_of(row) for row in ledger.of_kind(kind)]
    finally:
        ledger.close()


def test_without_a_gap_it_says_so(sodien: Sodien, config: Path) -> None:
    ledger = Ledger.open(config.parent / "ledger.db", create=True)
    run = ledger.begin_run("boot", 0, "1")
    ledger.append([tick(run, n, n) for n in range(3)])
    ledger.close()
    result = sodien("gaps", "-c", config)
    assert result.code == 0
    counted, running = result.out.splitlines()
    assert counted == (
        "There is no gap: everything from 2026-10-30 08:00:00 to 2026-10-30 08:02:00 was counted."
    )
    assert running.endswith("is not running: nothing is being counted now.")


@pytest.mark.parametrize("meters", [1, 2])
def test_where_nothing_was_counted_nothing_is_said_of_gaps(sodien: Sodien, config: Path, meters: int) -> None:
    Ledger.open(config.parent / "ledger.db", create=True).close()
    if meters == 2:
        config.write_text(config.read_text() + "  - {id: other, pin: 27, constant: 1600}\n")
    said = sodien("gaps", "-c", config).out.splitlines()[:-1]
    assert [line.partition(",")[0] for line in said] == (
        ["Nothing has been counted yet"]
        if meters == 1
        else ["main: Nothing has been counted yet", "other: Nothing has been counted yet"]
    )


def test_the_list_says_when_why_and_how_much(sodien: Sodien, cut: Path) -> None:
    (gap,) = gaps(sodien, cut)
    assert (gap["reason"], gap["seconds"], gap["counted"]) == ("power", 3600, 0)
    assert gap["energy"] == {"low": "0.000000", "best": "0.300000", "high": "14.036000"}
    text = sodien("gaps", "-c", cut).out
    assert "2026-10-30 09:00:00 – 2026-10-30 10:00:00  1 h  power cut" in text
    assert "[0.000 … 14.036]" in text


def test_explain_names_the_assumption_and_the_remedy(sodien: Sodien, cut: Path) -> None:
    (gap,) = gaps(sodien, cut)
    text = sodien("gaps", "--explain", "-c", cut).out
    assert "At most 14.04 kW can flow through the main breaker, which is 14.036 kWh in 1 h." in text
    assert f"at most 0.356 kWh flowed: sodien gaps resolve -c {cut} {gap['gap']} --supply-out" in text


def test_a_person_says_that_the_supply_was_out(sodien: Sodien, cut: Path) -> None:
    number = gaps(sodien, cut)[0]["gap"]
    result = sodien("gaps", "resolve", number, "--supply-out", "--by", "Lan", "-c", cut)
    assert result.code == 0
    assert "the supply itself was out, says Lan" in result.out
    assert "8 pulses not saved before the cut, and 14.04 kW for 90 s" in result.out
    (gap,) = gaps(sodien, cut)
    assert (gap["explained_by"], gap["by"]) == ("supply_out", "Lan")
    assert gap["energy"]["high"] == "0.355900"
    assert sodien("gaps", "resolve", number, "--undo", "-c", cut).code == 0
    assert gaps(sodien, cut)[0]["energy"]["high"] == "14.036000"
    assert [row["what"] for row in rows(cut, "resolution")] == ["supply_out", "undo"]
    assert len(rows(cut, "gap")) == 1, "the gap itself stays as it was declared"


def test_a_person_states_the_energy(sodien: Sodien, cut: Path) -> None:
    number = gaps(sodien, cut)[0]["gap"]
    result = sodien("gaps", "resolve", number, "--energy", "0,2..1.5", "--json", "-c", cut)
    assert result.code == 0
    assert result.json["energy"]["low"] == "0.200000"
    assert result.json["energy"]["high"] == "1.500000"
    assert result.json["before"]["high"] == "14.036000"
    assert rows(cut, "resolution")[0]["low"] == "0.2"


def test_an_energy_that_contradicts_the_readings_is_a_finding(sodien: Sodien, cut: Path) -> None:
    number = gaps(sodien, cut)[0]["gap"]
    for reading, when in (("100.0", "08:30"), ("100.5", "10:10")):
        assert sodien("dial", reading, "--at", f"2026-10-30 {when}", "-c", cut).code == 0
    result = sodien("gaps", "resolve", number, "--energy", "5..6", "-c", cut)
    assert result.code == 1
    assert "disagree" in result.out


def test_dry_run_notes_nothing(sodien: Sodien, cut: Path) -> None:
    number = gaps(sodien, cut)[0]["gap"]
    result = sodien("gaps", "resolve", number, "--supply-out", "--dry-run", "--json", "-c", cut)
    assert (result.code, result.json["noted"]) == (0, False)
    assert Decimal(result.json["energy"]["high"]) < 1
    assert rows(cut, "resolution") == []


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "Say one thing about the gap"),
        (["--supply-out", "--energy", "1..2"], "Say one thing about the gap"),
        (["--energy", "about 2"], "is not a range"),
        (["--energy", "2..1"], "goes from more to less"),
        (["--energy", "15..20"], "at most 14.036 kWh may have flowed"),
    ],
)
def test_what_cannot_be_said_is_one_sentence(sodien: Sodien, cut: Path, words: list[str], text: str) -> None:
    number = gaps(sodien, cut)[0]["gap"]
    result = sodien("gaps", "resolve", number, *words, "-c", cut)
    assert result.code == 2
    assert text in result.one_sentence()
    assert rows(cut, "resolution") == []


def test_a_gap_that_is_not_there_is_one_sentence(sodien: Sodien, cut: Path) -> None:
    result = sodien("gaps", "resolve", "1", "--supply-out", "-c", cut)
    assert result.code == 2
    assert "There is no gap 1" in result.one_sentence()


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("killed", "so the Pi had power"),
        ("stopped", "stopped on purpose"),
        ("power", "When the power came back"),
    ],
)
def test_an_outage_explains_only_what_it_can(sodien: Sodien, home: Path, reason: str, text: str) -> None:
    ledger = Ledger.open(home.parent / "ledger.db")
    body = {"ns": MINUTE * 1_000_000, "reason": reason, "after": 720, "high": "0.146667"}
    (number,) = ledger.append([NewRow("gap", "main", 1, None, minute(150), 720, body=body)])
    ledger.close()
    result = sodien("gaps", "resolve", number, "--supply-out", "-c", home)
    assert result.code == 2
    assert text in result.one_sentence()
