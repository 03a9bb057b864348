"""A meter that counts what is delivered to the grid: no cost, no tier, no consumption, and named so."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from sodien.bills.tariff_files import packaged
from sodien.ledger.store import Ledger
from sodien.settings import model
from tests.cli.billed import CUSTOMER, HOUR, NOW, freeze, notice
from tests.cli.conftest import Sodien
from tests.cli.rooms import SUN, house


@pytest.fixture
def sun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and a ledger of a two-way meter, one month on."""
    freeze(monkeypatch)
    return house(tmp_path, SUN, dials=("main", "room1"))


def test_status_calls_it_delivered_and_gives_no_cost(sodien: Sodien, sun: Path) -> None:
    main, delivered = sodien("status", "-c", sun).out.split("\nroom1\n")
    for word in ("delivered to the grid today", "delivered this period"):
        assert word not in main
        assert word in delivered
    for word in ("cost so far", "tier", "expected by"):
        assert word in main
        assert word not in delivered
    _, one = sodien("status", "--json", "-c", sun).json["meters"]
    assert (one["delivery_of"], one["cost"]) == ("main", None)
    assert "delivered to the grid" in one["cost_why"]
    assert "phát lên lưới" in sodien("--lang", "vi", "status", "-c", sun).out


def test_nothing_that_is_for_consumption_takes_it(sodien: Sodien, sun: Path) -> None:
    assert sodien("days", "--meter", "room1", "--json", "-c", sun).json["meters"][0]["currency"] is None
    assert "room1 · delivered to the grid" in sodien("days", "-c", sun).out
    for command in (("measure", "start", "kettle"), ("what-if", "--less", "20"), ("meter-test", "--plan")):
        said = sodien(*command, "--meter", "room1", "-c", sun).one_sentence()
        assert "room1 counts what is delivered to the grid" in said
    plan = sodien("meter-test", "--plan", "--meter", "main", "-c", sun)
    assert "test after dark" in plan.out, "an honest meter counts less by day"
    assert "No meter is behind" in sodien("shares", "-c", sun).one_sentence()


def test_a_bill_is_for_the_other_register(sodien: Sodien, sun: Path) -> None:
    file = sun.parent / "notice.txt"
    file.write_text(notice(), encoding="utf-8")
    refused = sodien("bill", "import", file, "--meter", "room1", "-c", sun)
    assert "the bill is for main: --meter main" in refused.one_sentence()
    # Without --meter there is one it can be for.
    taken = sodien("bill", "import", file, "--json", "-c", sun)
    assert taken.code in (0, 1), taken.err
    ledger = Ledger.open(model.load(sun).ledger.path)
    try:
        assert ledger.count_of("bill", "main") == 1
        assert ledger.count_of("bill", "room1") == 0
    finally:
        ledger.close()


def test_a_day_without_sun_is_no_fault(sodien: Sodien, sun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch, NOW + 48 * HOUR)
    found = sodien("doctor", "--json", "-c", sun).json["findings"]
    assert [one["level"] for one in found if one["name"] == "pulses"] == ["warn", "ok"]
    (told,) = [one["sentence"] for one in found if one["sentence"].startswith("room1: what is delivered")]
    assert "blinks for both directions can be counted for neither" in told


def test_status_tells_the_difference_and_money_only_where_a_tariff_says(sodien: Sodien, sun: Path) -> None:
    main, delivered = sodien("status", "--json", "-c", sun).json["meters"]
    both = main["both_ways"]
    assert delivered["both_ways"] is None
    assert (both["meter"], both["since"], both["to_pay"]) == ("room1", None, None)
    assert both["delivered"] == delivered["period_kwh"]
    assert both["imported"] == main["period_kwh"]
    # Four days since 1 November, less 16 hours: 400 W taken, 150 W delivered.
    ends = [Decimal(both["net"][name]) for name in ("low", "best", "high")]
    assert ends == sorted(ends)
    assert ends[0] <= Decimal("0.25") * 80 <= ends[2]
    assert ends[2] - ends[0] < Decimal("0.1")
    shown = sodien("status", "-c", sun).out
    assert "taken less delivered" in shown
    assert "The tariff vn-residential does not say for" in shown
    # Where it says so, what is delivered takes money off.
    example = packaged() / "examples" / "au-feed-in.yaml"
    (sun.parent / "feed-in.yaml").write_text(
        example.read_text("utf-8").replace("2025-12-31", "2026-12-31"), encoding="utf-8"
    )
    billing = ", tariffs: [feed-in.yaml], tariff: au-feed-in}"
    sun.write_text(sun.read_text("utf-8").replace(f"{CUSTOMER}}}", CUSTOMER + billing), encoding="utf-8")
    main, _ = sodien("status", "--json", "-c", sun).json["meters"]
    # 30 days at 1 a day, less 0.08 for each of 12 or 13 kWh.
    paid = main["both_ways"]["to_pay"]
    low, high = Decimal(paid["low"]), Decimal(paid["high"])
    assert low <= 30 - Decimal("0.08") * 12 <= high
    assert high - low <= Decimal("0.16")
    assert "to pay with both" in sodien("status", "-c", sun).out
