"""Logging in at a real broker as the daemon does, with and without rights."""

from __future__ import annotations

from pathlib import Path

import pytest

from sodien.cli.doctor.broker import try_broker
from sodien.mqtt import LARGEST_B
from sodien.settings.model import Settings, parse
from tests.config.test_mosquitto import shipped
from tests.support.servers import Mosquitto


def settings_for(folder: Path, port: int, more: str = "", device: str = "nha-toi") -> Settings:
    return parse(
        f"device: {device}\nmeters: [{{id: main, pin: 17, constant: 1600}}]\n"
        f"mqtt: {{host: 127.0.0.1, port: {port}{more}}}\n",
        folder / "sodien.yaml",
    )


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_an_open_broker(tmp_path: Path, mosquitto: Mosquitto, version: str) -> None:
    finding = try_broker(settings_for(tmp_path, mosquitto.port, f", version: {version}"))
    assert finding.level == "ok", finding


def test_rights_as_shipped(tmp_path: Path) -> None:
    with Mosquitto(tmp_path / "broker", config=shipped(tmp_path)) as broker:
        (tmp_path / "right").write_text("secret-nha-toi")
        (tmp_path / "wrong").write_text("guess")
        user = ", user: nha-toi, password_file: {}"
        good = try_broker(settings_for(tmp_path, broker.port, user.format("right")))
        assert good.level == "ok", good
        wrong = try_broker(settings_for(tmp_path, broker.port, user.format("wrong")))
        assert "does not let the device in" in wrong.sentence
        assert "guess" not in wrong.sentence
        # Logged in under one name, publishing under another: MQTT 5 says that it is refused.
        other = try_broker(settings_for(tmp_path, broker.port, user.format("right"), device="neighbour"))
        assert "does not let neighbour publish" in other.sentence
        missing = try_broker(settings_for(tmp_path, broker.port, user.format("gone")))
        assert (missing.level, missing.bad) == ("fail", True)


def test_a_broker_that_takes_only_small_messages(tmp_path: Path) -> None:
    lines = ("allow_anonymous true", "max_packet_size 20000")
    with Mosquitto(tmp_path / "broker", config=lines) as broker:
        finding = try_broker(settings_for(tmp_path, broker.port))
    assert finding.level == "warn"
    assert str(LARGEST_B) in (finding.remedy or "")


def test_nobody_there(tmp_path: Path) -> None:
    assert try_broker(settings_for(tmp_path, 9)).level == "fail"
