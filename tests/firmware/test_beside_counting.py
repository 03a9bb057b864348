"""Whatever goes wrong beside the counting, the counting goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from firmware import daemon
from firmware.daemon import MOST_FAILURES
from sodien.history.meter import MeterHistory
from sodien.ledger.store import NewRow
from tests.firmware.house import MINUTE, SECOND, House, settings_of, steady

YEAR_1 = -62_135_596_800_000


def test_a_row_of_year_1_costs_nothing(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(3000))
    station = house.start()
    house.play(5 * 60)
    body = b'{"reading":"1","low":"1","high":"2","within_ms":60000}'
    house.ledger.append([NewRow("dial", "main", at=YEAR_1, body=body)])
    house.play(5 * 60)
    assert house.ledger.saves()["main"].pulses > 0
    assert station._latest["main"].today_kwh is not None


@pytest.mark.parametrize("what", ["_close_periods", "_publish_live"])
def test_a_mistake_beside_the_counting_is_left_out_for_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    house = House(settings_of(tmp_path), steady(3000))
    station = house.start()
    house.play(5)

    def fails(*_: Any) -> Any:
        raise RuntimeError("never foreseen")

    monkeypatch.setattr(station, what, fails)
    failures: list[str] = []
    for _ in range(600):
        house.clock.advance(SECOND)
        house._shine(house.clock.now_ns())
        house._deliver(house.clock.now_ns())
        assert daemon._turn(station, failures)
    assert failures == []
    assert len([record for record in caplog.records if record.exc_info]) <= 11 > MOST_FAILURES
    monkeypatch.undo()
    house.clock.advance(MINUTE)
    station.turn()
    assert station.stop()
    counted = house.ledger.saves()["main"].pulses
    assert abs(counted - house.true_pulses(0, house.clock.now_ns())) <= 2


def test_a_register_that_cannot_be_worked_out_is_told_with_the_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(settings_of(tmp_path), steady(3000))
    station = house.start()
    house.play(60)

    def fails(*_: Any) -> Any:
        raise ZeroDivisionError("a row nobody foresaw")

    with monkeypatch.context() as patch:
        patch.setattr(MeterHistory, "newest", fails)
        house.play(70)
        live = station._latest["main"]
        assert live.pulses > 0
        assert live.register is None
        assert "a row nobody foresaw" in (live.problem or "")
    house.play(70)
    assert station._latest["main"].problem is None
