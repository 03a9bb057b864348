"""The judgement of wear, without any machine."""

from fractions import Fraction
from pathlib import Path

from lab.case import AT_RISK_WH
from lab.scenarios import g_wear
from lab.scenarios.g_wear import Wear


def found(megabytes, **more):
    return {"code": 0, "bytes": megabytes * 1e6, "flushes": 10, "pulses": 5, "seconds": 86_400, **more}


def test_the_goal_is_for_ten_kwh_with_the_defaults():
    assert g_wear.judge(Wear(10, AT_RISK_WH), found(25)).met
    assert "26.0 MB" in g_wear.judge(Wear(10, AT_RISK_WH), found(26)).shortfall
    assert g_wear.judge(Wear(10, AT_RISK_WH, chain=True), found(900)).met
    assert g_wear.judge(Wear(10, AT_RISK_WH, lazytime=True), found(15)).met
    assert "16.0 MB" in g_wear.judge(Wear(10, AT_RISK_WH, lazytime=True), found(16)).shortfall
    assert g_wear.judge(Wear(10, 1), found(900)).met
    assert g_wear.judge(Wear(40, AT_RISK_WH), found(900)).met
    assert g_wear.judge(Wear(10, None, "DELETE"), found(1000, pulses=0)).met


def test_hours_are_scaled_to_a_day():
    assert g_wear.judge(Wear(10, 5), found(2, seconds=7200)).figures["mb_per_day"] == 24


def test_a_daemon_that_failed_or_counted_nothing_is_no_success():
    assert not g_wear.judge(Wear(3, 1), found(1, code=1)).met
    assert not g_wear.judge(Wear(3, 1), found(1, pulses=0)).met


def test_the_window_has_its_share_of_the_day():
    assert g_wear.window([0, 0, 6, 6, 0, 0], 2) in (1, 3)
    assert g_wear.window([1, 2, 3], 3) == 0


def test_the_profile_is_the_households_day_at_so_many_kwh(tmp_path: Path):
    from firmware.simulation.load_profile import read_profile

    file = tmp_path / "load.csv"
    file.write_text(g_wear.profile(10, 120))
    read = read_profile(file)
    assert abs(read.total_kwh - 10) < Fraction(1, 50)
    assert abs(read.energy_kwh(7_200_000_000_000) - Fraction(10, 12)) < Fraction(1, 20)
