"""`sodien days`: kWh, cost, busiest and quietest hour of days and months, with their bounds."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sodien.ledger.store import Ledger, NewRow
from sodien.protocol.times import parse_time
from tests.cli.conftest import Sodien

HOUR = 3_600_000
#: 15 October 2026, 00:00 in Việt Nam; the meter is read on the last day of a month.
START = parse_time("2026-10-14T17:00:00Z")
DAYS = 20


def load_wh(hour: int) -> int:
    """0.2 kWh in each hour of the night, 0.5 by day, 2 from six to seven in the evening."""
    return 2000 if hour == 18 else 500 if 6 <= hour < 22 else 200


@pytest.fixture
def lived(tmp_path: Path) -> Path:
    """Twenty days at 1000 imp/kWh; on the third the Pi was off from noon to three."""
    config = tmp_path / "sodien.yaml"
    config.write_text(
        "device: d\nclock: trust\nledger: {path: ledger.db}\n"
        "meters:\n  - {id: main, pin: 17, constant: 1000, reading_day: last}\n"
    )
    ledger = Ledger.open(tmp_path / "ledger.db", create=True, durable=False)
    pulses, run = 0, ledger.begin_run("one", 0, "1")
    rows: list[NewRow] = []
    for hour in range(DAYS * 24 + 1):
        at = START + hour * HOUR
        if hour == 2 * 24 + 15:
            ledger.append(rows)
            rows = []
            run = ledger.begin_run("two", 0, "1")
        off = 2 * 24 + 12 < hour < 2 * 24 + 15
        if not off:
            rows.append(NewRow("tick", "main", run, hour * HOUR * 1_000_000, at, pulses, 1000))
        pulses += 0 if off or hour == 2 * 24 + 12 else load_wh(hour % 24)
    ledger.append(rows)
    ledger.close()
    return config


def decimals(found: dict[str, str]) -> tuple[Decimal, Decimal, Decimal]:
    low, best, high = (Decimal(found[name]) for name in ("low", "best", "high"))
    assert 0 <= low <= best <= high
    return low, best, high


def rows(sodien: Sodien, lived: Path, *words: object) -> list[dict[str, Any]]:
    result = sodien("days", "--json", "-c", lived, *words)
    assert result.code == 0, result.err
    (meter,) = result.json["meters"]
    assert meter["currency"] == "VND"
    found: list[dict[str, Any]] = meter["rows"]
    return found


def test_a_day_with_its_hours(sodien: Sodien, lived: Path) -> None:
    (day,) = rows(sodien, lived, "--last", 1, "--until", "2026-10-20")
    assert (parse_time(day["end"]) - parse_time(day["start"])) == 24 * HOUR
    true = Decimal(sum(map(load_wh, range(24)))) / 1000
    low, _, high = decimals(day["kwh"])
    assert low <= true <= high
    assert high - low < Decimal("0.01")
    for name, kw in (("peak_kw", 2), ("base_kw", Decimal("0.2"))):
        low, best, high = decimals(day[name])
        assert low <= kw <= high
        assert best == pytest.approx(kw, abs=Decimal("0.01"))
    assert (day["counted"], day["why"]) == (1.0, "")


def test_what_was_not_counted_is_said_and_bounded(sodien: Sodien, lived: Path) -> None:
    day = rows(sodien, lived, "--last", 1, "--until", "17/10/2026")[0]
    low, _, high = decimals(day["kwh"])
    assert high - low > 3
    assert 0.8 < day["counted"] < 0.95
    assert "not counted" in day["why"]
    assert decimals(day["base_kw"])[0] > 0, "of hours that were counted whole"


def test_the_costs_of_the_days_hold_that_of_the_period(sodien: Sodien, lived: Path) -> None:
    """Added up, and across the reading day, where the tiers begin anew."""
    found = rows(sodien, lived, "--last", DAYS + 1)
    october = [day for day in found if day["start"] < "2026-10-31T17"]
    (month, november) = rows(sodien, lived, "--months")
    assert len(october) == 17
    low, high = (sum(decimals(day["cost"])[end] for day in october) for end in (0, 2))
    assert low <= decimals(month["cost"])[1] <= high
    assert (
        sum(decimals(day["kwh"])[0] for day in found)
        <= decimals(month["kwh"])[2] + decimals(november["kwh"])[2]
    )
    # The same load costs less on 1 November than on 31 October: the period has just begun.
    last, first = (
        next(day for day in found if day["start"].startswith(start))
        for start in ("2026-10-30T", "2026-10-31T")
    )
    assert decimals(first["cost"])[1] < decimals(last["cost"])[1]


def test_a_whole_day_costs_one_amount_but_for_a_pulse(sodien: Sodien, lived: Path) -> None:
    """November is counted from its first second on."""
    (day,) = rows(sodien, lived, "--last", 1, "--until", "2026-11-02")
    low, _, high = decimals(day["cost"])
    assert 0 < high - low < 12


def test_for_people(sodien: Sodien, lived: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    text = sodien("days", "-c", lived, "--last", 20).out
    assert "busiest hour, kW" in text
    assert "2026-10-17: " in text
    assert "cost, VND" in text
    months = sodien("days", "--months", "-c", lived, "--lang", "vi").out
    assert "10/2026" in months
    assert "bắt đầu đếm giữa chừng" in months


def test_why_costs_are_wide_is_said_and_what_helps(sodien: Sodien, lived: Path) -> None:
    """Counting began on 15 October, in the middle of a billing period."""
    text = sodien("days", "-c", lived, "--last", 20).out
    assert "Costs up to 2026-10-31 are wide" in text
    assert f"sodien bill import -c {lived}" in text
    assert "are wide" not in sodien("days", "-c", lived, "--last", 3, "--until", "2026-11-03").out


def test_without_a_tariff_the_cost_is_not_known(sodien: Sodien, lived: Path) -> None:
    lived.write_text(lived.read_text().replace("last}", "last, billing: {tariff: nowhere}}"))
    assert "cost" not in sodien("days", "-c", lived).out
    (meter,) = sodien("days", "--json", "-c", lived).json["meters"]
    assert meter["currency"] is None
    assert all(row["cost"] is None for row in meter["rows"])


def test_before_anything_was_counted(sodien: Sodien, config: Path) -> None:
    Ledger.open(config.parent / "ledger.db", create=True).close()
    assert "Nothing has been counted yet" in sodien("days", "-c", config).out
    assert sodien("days", "--json", "-c", config).json["meters"][0]["rows"] == []
