"""Settings that refuse a meter's flashes: the register's bounds hold them at once, and somebody is told."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from sodien.cli.doctor.counting import check_flashes
from sodien.history.current import live_count
from sodien.ledger.bodies import HealthBody
from tests.firmware import house as houses
from tests.firmware.house import MINUTE, SECOND, House, settings_of, steady

START_KWH = Fraction("1000.05")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Flashes of 2 ms, while the settings say that 5 ms is the least."""
    monkeypatch.setattr(houses, "WIDTH", 2_000_000)
    house = House(settings_of(tmp_path), steady(4000))
    house.start()
    house.play(61)
    house.read_dial(START_KWH)
    return house


def holds(house: House) -> bool:
    view = house.view()
    assert view.end is not None
    found = view.at(view.end)
    assert found is not None
    at = house.world(view.end)
    return Fraction(found.low) <= house.register(START_KWH, at) <= Fraction(found.high)


def test_the_truth_is_inside_at_any_time(house: House) -> None:
    for seconds in (1, 7, 52, 60, 400, 3000):
        house.play(seconds)
        assert holds(house)
    station = house.station
    assert station is not None
    meter = station.recorder.meters[0]
    assert (meter.counter.pulses, meter.filter.undecided) == (0, 0)
    assert len(house.emitted) - 2 <= meter.refused.doubt <= len(house.emitted)
    house.stop()
    house.play(5 * 60)
    house.start()
    house.play(90)
    assert holds(house)
    health = house.rows("health")[-1].read(HealthBody)
    assert health.undecided is not None
    assert health.undecided > 0


def test_a_kill_loses_no_more_of_what_is_in_doubt_than_of_pulses(house: House) -> None:
    house.play(7 * 60)
    house.kill()
    saved = house.ledger.saves()["main"]
    assert len(house.emitted) - saved.doubt < 5 * 1600 // 1000 + 3, "at_risk_wh is 5"
    house.play(60)
    house.start()
    house.play(90)
    assert holds(house)


def test_it_is_told_with_the_setting_that_ends_it(house: House) -> None:
    house.play(120)
    station = house.station
    assert station is not None
    state = station.state(1)
    problem = state.live["main"].problem
    assert problem is not None
    assert "min_pulse_ms (5 ms)" in problem
    assert "write min_pulse_ms: 1 into" in problem
    (found,) = check_flashes(house.settings, house.settings.meters[0], state)
    assert (found.name, found.level, found.bad) == ("flashes", "warn", True)
    assert found.remedy is not None
    assert "min_pulse_ms: 1" in found.remedy
    count = live_count("main", state)
    assert count is not None
    assert count.doubt >= len(house.emitted) - 3 - 5 * SECOND * 4000 * 1600 // (3_600_000 * SECOND)
    assert list(check_flashes(house.settings, house.settings.meters[0], None)) == []


def test_flashes_as_they_should_be_leave_nothing_in_doubt(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(4000))
    house.start()
    house.play_until(10 * MINUTE)
    station = house.station
    assert station is not None
    assert station.recorder.meters[0].doubt() == 0
    assert station.state(1).live["main"].problem is None
    assert station.state(1).refused_flashes == {}
