"""`sodien aim` on the simulated LED, in real time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import SETTINGS, Sodien


@pytest.fixture
def steady(tmp_path: Path) -> Path:
    """2 kW at 1600 imp/kWh, sixty times as fast: a flash every 19 ms."""
    (tmp_path / "load.csv").write_text("time,power_kw\n2026-11-23T00:00,2\n2026-11-23T01:00,2\n")
    path = tmp_path / "sodien.yaml"
    path.write_text(
        SETTINGS.replace(
            "{factory: simulated}", "{factory: simulated, simulated: {profile: load.csv, speed: 60}}"
        )
    )
    return path


def test_good_flashes_and_the_right_constant(sodien: Sodien, steady: Path) -> None:
    result = sodien("aim", "-c", steady, "--seconds", 1, "--watts", 2000, "--json")
    assert result.code == 0, result.out + result.err
    assert result.json["verdict"] == "good"
    assert result.json["flashes"] > 20
    assert result.json["noise"] == 0
    assert result.json["power_w"] == pytest.approx(2000, rel=0.2)
    assert result.json["calibration"]["fits"] is True


def test_a_wrong_constant_is_a_finding(sodien: Sodien, steady: Path) -> None:
    result = sodien("aim", "-c", steady, "--seconds", 1, "--watts", 1000)
    assert result.code == 1
    assert "does not fit" in result.out
    assert "3200" in result.out


def test_a_dark_line_is_said(sodien: Sodien, config: Path) -> None:
    (config.parent / "none.csv").write_text("time,power_kw\n2026-11-23T00:00,0\n2026-11-23T01:00,0\n")
    config.write_text(
        SETTINGS.replace("{factory: simulated}", "{factory: simulated, simulated: {profile: none.csv}}")
    )
    result = sodien("aim", "-c", config, "--seconds", 1, "--json")
    assert result.code == 1
    assert result.json["verdict"] == "waiting"
    assert result.json["calibration"] is None


def test_without_a_chip_it_says_so(sodien: Sodien, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from firmware.libgpiod import chips

    config.write_text(SETTINGS.replace("{factory: simulated}", "{factory: auto}"))
    monkeypatch.setattr(chips, "DEVICES", config.parent / "no-devices")
    result = sodien("aim", "-c", config, "--seconds", 1)
    assert result.code == 2
    assert "no GPIO chip" in result.one_sentence()
