"""A port that takes connections and never answers is no broker that refuses a password."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from sodien.cli.doctor import broker
from sodien.settings.model import parse


def test_a_silent_port_is_told_as_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "_LOGIN_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        text = (
            f"device: d\nmqtt: {{host: 127.0.0.1, port: {port}}}\n"
            "meters: [{id: main, pin: 17, constant: 1600}]\n"
        )
        found = broker.try_broker(parse(text, tmp_path / "s.yaml"))
    assert found.level == "fail"
    assert "does not answer as a broker does" in found.sentence
    assert "password" not in (found.remedy or "")
