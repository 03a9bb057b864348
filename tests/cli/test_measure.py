"""`sodien measure`: what appliances use and cost, as a list and as JSON."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from sodien.household.measured import BEGUN, ENDED
from sodien.ledger.bodies import EventBody
from sodien.ledger.store import Ledger, NewRow
from tests.cli.billed import freeze, household
from tests.cli.conftest import MINUTE, START, Sodien

#: 0.5 to 0.6 kWh in half an hour.
KETTLE = {
    "name": "ấm đun nước", "start": START, "end": START + 30 * MINUTE,
    "kwh_low": "0.5", "kwh_high": "0.6", "rest_kw_low": "0.05", "rest_kw_high": "0.06",
}  # fmt: skip
FAN = KETTLE | {"name": "quạt", "end": START + 120 * MINUTE, "kwh_low": "0.1", "kwh_high": "0.12"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    freeze(monkeypatch)
    return household(tmp_path)


def noted(home: Path, *details: dict[str, object], what: str = ENDED) -> None:
    (path,) = home.parent.glob("*.db")
    ledger = Ledger.open(path)
    rows = [
        NewRow("event", "main", at=START + number, body=EventBody(what=what, detail=detail))
        for number, detail in enumerate(details)
    ]
    ledger.append(rows)
    ledger.close()


def test_what_was_measured_costs_at_the_tier_reached(sodien: Sodien, home: Path) -> None:
    noted(home, FAN, KETTLE)
    result = sodien("measure", "--hours-a-day", 2, "-c", home, "--json")
    assert result.code == 0, result.err
    kettle, fan = result.json["measured"]  # the larger first
    assert (kettle["name"], fan["name"]) == ("ấm đun nước", "quạt")
    assert (kettle["kw"], fan["kw"]) == (
        {"low": "1.000000", "high": "1.200000"},
        {"low": "0.050000", "high": "0.060000"},
    )
    assert kettle["month_kwh"] == {"low": "60.000000", "high": "72.000000"}
    low, high = (Decimal(kettle["cost_an_hour"][end]) for end in ("low", "high"))
    # 32 kWh were used since the last reading day: the first tier's price, with 8% VAT.
    assert (low, high) == (Decimal("2142.72"), Decimal("1.2") * Decimal("2142.72"))
    assert Decimal(kettle["month_cost"]["high"]) == pytest.approx(60 * high, abs=1)
    assert kettle["currency"] == "VND"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ("2026-10-30 08:00, 30 min", "1000 … 1200 W", "VND an hour", "30 days of 2 h: 60.0"),
        ),
        (
            "vi",
            (
                "ấm đun nước 30/10/2026 08:00, 30 phút",
                "1000 … 1200 W",
                "đ một giờ",
                "30 ngày, mỗi ngày 2 giờ: 60,0",
            ),
        ),
    ],
)
def test_as_a_list(sodien: Sodien, home: Path, language: str, words: tuple[str, ...]) -> None:
    noted(home, FAN, KETTLE)
    result = sodien("--lang", language, "measure", "--hours-a-day", 2, "-c", home)
    assert result.code == 0, result.err
    text = " ".join(result.out.split())
    for word in words:
        assert word in text
    assert max(map(len, result.out.splitlines())) <= 80


def test_nothing_yet_and_one_that_runs(sodien: Sodien, home: Path) -> None:
    assert "Nothing has been measured yet" in sodien("measure", "-c", home).out
    assert "Nothing is being measured" in sodien("measure", "stop", "-c", home).one_sentence()
    begun = {"name": "quạt", "at": START, "rest_kw_low": "0", "rest_kw_high": "0.1"}
    noted(home, begun | {"run": 1, "mono": 1, "pulses": 1}, what=BEGUN)
    assert "'quạt' has been measured since" in sodien("measure", "-c", home).out
    assert "end that first" in sodien("measure", "start", "tủ", "lạnh", "-c", home).one_sentence()
    assert sodien("measure", "stop", "--discard", "-c", home).code == 0
    assert "has been measured since" not in sodien("measure", "-c", home).out


def test_without_a_daemon_nothing_begins(sodien: Sodien, home: Path) -> None:
    assert (
        "has to be counted for ten minutes" in sodien("measure", "start", "quạt", "-c", home).one_sentence()
    )
