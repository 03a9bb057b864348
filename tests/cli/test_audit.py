"""`sodien audit`: the past gets narrower, the verdict firmer; and the hour at which the utility reads."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sodien.ledger.store import Ledger, NewRow
from sodien.protocol.times import parse_time
from tests.cli.billed import HOUR, PULSES_AN_HOUR, SETTINGS, START, freeze, household, notice
from tests.cli.conftest import Sodien


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    freeze(monkeypatch)
    return household(tmp_path)


def enter(sodien: Sodien, home: Path, text: str) -> int:
    file = home.parent / "n.txt"
    file.write_text(text, encoding="utf-8")
    entry: int = sodien("bill", "import", file, "--json", "-c", home).json["bills"][0]["entry"]
    return entry


def test_nothing_to_audit_is_one_sentence(sodien: Sodien, home: Path) -> None:
    result = sodien("audit", "-c", home)
    assert result.code == 2
    assert "sodien bill import" in result.one_sentence()
    assert sodien("audit", "1", "--all", "-c", home).code == 2


def test_a_later_dial_reading_makes_it_firmer(
    sodien: Sodien, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(monkeypatch)
    home = household(tmp_path, dial=False)
    entry = enter(sodien, home, notice(new=9910, old=9612))
    stored = sodien("bill", "show", entry, "--json", "-c", home).json["verdict"]
    assert stored["overall"] == "consistent"  # the consumption fits, and the indices nobody can tell
    ledger = Ledger.open(tmp_path / "ledger.db")
    body = {"reading": "9915.5", "low": "9915.5", "high": "9915.6", "within_ms": 1000}
    at = parse_time("2026-11-04T12:59:00+07:00") - 12 * HOUR - HOUR
    true = 9546 + (at - START) / HOUR * 0.4
    text = f"{int(true * 10) / 10:.1f}"
    body |= {"reading": text, "low": text, "high": f"{float(text) + 0.1:.1f}"}
    ledger.append([NewRow("dial", "main", at=at, body=body)])
    ledger.close()
    result = sodien("audit", "--json", "-c", home)
    assert result.code == 1
    (bill,) = result.json["bills"]
    assert bill["verdict"]["overall"] == "disagrees"
    assert bill["stored_verdict"] == stored
    said = sodien("audit", entry, "-c", home)
    assert said.code == 1
    assert "was: consistent" in said.out


def test_nothing_new_is_said_so(sodien: Sodien, home: Path) -> None:
    enter(sodien, home, notice())
    before = Ledger.open(home.parent / "ledger.db")
    newest = before.newest_seq()
    result = sodien("audit", "-c", home)
    assert result.code == 0
    assert "This is also the verdict stored on" in result.out
    assert result.out.count("may have shown 9868") == 1
    assert before.newest_seq() == newest, "an audit stores nothing"
    before.close()


def test_three_bills_suggest_the_hour(
    sodien: Sodien, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The utility reads at 09:30 of the reading day, every month."""
    home = tmp_path / "sodien.yaml"
    home.write_text(SETTINGS, encoding="utf-8")
    freeze(monkeypatch, parse_time("2027-01-10T01:00:00Z"))
    ledger = Ledger.open(tmp_path / "ledger.db", create=True, durable=False)
    run = ledger.begin_run("boot", 0, "1")
    hours = (parse_time("2027-01-10T00:00:00Z") - START) // HOUR
    rows = [
        NewRow("tick", "main", run, n * HOUR * 10**6, START + n * HOUR, n * PULSES_AN_HOUR, 5000)
        for n in range(hours)
    ]
    body = {"reading": "9546.0", "low": "9546", "high": "9546.1", "within_ms": 1000}
    ledger.append([*rows, NewRow("dial", "main", at=START + 1000, body=body)])
    ledger.close()
    zone = dt.timezone(dt.timedelta(hours=7))

    def index(day: dt.date) -> int:
        at = dt.datetime.combine(day, dt.time(9, 30), zone).timestamp() * 1000
        return int(9546.05 + (at - START) / HOUR * 0.4)

    days = [dt.date(2026, 9, 30), dt.date(2026, 10, 31), dt.date(2026, 11, 30), dt.date(2026, 12, 31)]
    for number, (before, day) in enumerate(zip(days, days[1:], strict=False), 1):
        first = (before + dt.timedelta(days=1)).isoformat()
        words = ["--first", first, "--last", day.isoformat(), "--old", index(before), "--new", index(day)]
        assert sodien("bill", "add", *words, "-c", home).code == 0
        result = sodien("audit", "--all", "--json", "-c", home)
        assert len(result.json["bills"]) == number
        assert (result.json["reading_hour"] is None) is (number < 3)
    hour, minute = map(int, result.json["reading_hour"]["suggested"].split(":"))
    assert abs(hour * 60 + minute - 570) <= result.json["reading_hour"]["minutes"] + 90
    assert "reading_hour" in sodien("audit", "-c", home).out
