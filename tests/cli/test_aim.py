"""`sodien aim` on the simulated LED, on a stepped clock, and once in real time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import SETTINGS, Sodien


def simulated(path: Path, kw: float, speed: int = 1) -> Path:
    """Settings with a simulated load at 1600 imp/kWh."""
    (path.parent / "load.csv").write_text(f"time,power_kw\n2026-11-23T00:00,{kw}\n2026-11-23T01:00,{kw}\n")
    factory = f"{{factory: simulated, simulated: {{profile: load.csv, speed: {speed}}}}}"
    path.write_text(SETTINGS.replace("{factory: simulated}", factory))
    return path


@pytest.mark.usefixtures("stepped")
def test_good_flashes_and_the_right_constant(sodien: Sodien, config: Path) -> None:
    result = sodien("aim", "-c", simulated(config, 2), "--seconds", 60, "--watts", 2000, "--json")
    assert result.code == 0, result.out + result.err
    assert result.json["verdict"] == "good"
    assert result.json["flashes"] == 53  # one each 1.125 s
    assert (result.json["noise"], result.json["breaks"]) == (0, 0)
    assert result.json["width"] == {"low_ms": 80.0, "median_ms": 80.0, "high_ms": 80.0}
    assert result.json["power_w"] == pytest.approx(2000, rel=1e-6)
    assert result.json["calibration"]["fits"] is True


@pytest.mark.usefixtures("stepped")
def test_a_wrong_constant_is_a_finding(sodien: Sodien, config: Path) -> None:
    result = sodien("aim", "-c", simulated(config, 2), "--seconds", 60, "--watts", 1000)
    assert result.code == 1
    assert "does not fit" in result.out
    assert "3200" in result.out


@pytest.mark.usefixtures("stepped")
def test_a_dark_line_is_said(sodien: Sodien, config: Path) -> None:
    result = sodien("aim", "-c", simulated(config, 0), "--seconds", 30, "--json")
    assert result.code == 1
    assert result.json["verdict"] == "waiting"
    assert result.json["calibration"] is None


def test_in_real_time(sodien: Sodien, config: Path) -> None:
    """Sixty times as fast, a flash every 19 ms. What a busy machine makes of them is not asked for."""
    result = sodien("aim", "-c", simulated(config, 2, speed=60), "--seconds", 1, "--json")
    assert result.code in (0, 1), result.err
    assert (result.code == 0) is (result.json["verdict"] == "good")
    assert result.json["flashes"] + result.json["noise"] + result.json["breaks"] > 0


def test_without_a_chip_it_says_so(sodien: Sodien, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from firmware.gpio.libgpiod import chips

    config.write_text(SETTINGS.replace("{factory: simulated}", "{factory: auto}"))
    monkeypatch.setattr(chips, "DEVICES", config.parent / "no-devices")
    result = sodien("aim", "-c", config, "--seconds", 1)
    assert result.code == 2
    assert "no GPIO chip" in result.one_sentence()
