"""sd_notify against a real datagram socket, the way systemd's side looks."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sodien import systemd as notify


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver, pytest.MonkeyPatch.context() as patch:
        if request.param == "path":
            name = str(tmp_path / "notify")
            receiver.bind(name)
        else:
            name = f"@sodien-test-{uuid.uuid4()}"
            receiver.bind("\0" + name[1:])
        receiver.settimeout(5)
        patch.setenv("NOTIFY_SOCKET", name)
        patch.setattr(notify, "_owed", False)
        yield receiver


def test_each_message_is_one_datagram_in_the_protocol_words(systemd: socket.socket) -> None:
    assert notify.ready()
    assert notify.watchdog()
    assert notify.status("đang đếm · 12345.6 kWh")
    assert notify.stopping()
    received = [systemd.recv(4096).decode() for _ in range(4)]
    assert received == ["READY=1", "WATCHDOG=1", "STATUS=đang đếm · 12345.6 kWh", "STOPPING=1"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@example("fine\nSTOPPING=1")
@example("\udc80 a lone surrogate\r\x0b\x85\u2028end")
@given(st.text(max_size=200))
def test_a_status_never_turns_into_another_assignment(systemd: socket.socket, text: str) -> None:
    assert notify.status(text)
    lines = systemd.recv(65536).decode().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("STATUS=")


def test_without_a_socket_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert [notify.ready(), notify.stopping(), notify.watchdog(), notify.status("x")] == [False] * 4


@pytest.mark.parametrize(
    "address", ["", "@", "/", "relative", "vsock:2:1234", "/nowhere/notify", "@nobody", "/" + "long" * 100]
)
def test_an_address_that_leads_nowhere_is_no_error(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert notify.ready() is False


def fill() -> int:
    """Send until nothing is taken any more; returns how many were."""
    sent = 0
    while notify.watchdog():  # net.unix.max_dgram_qlen is in the tens or hundreds
        sent += 1
        assert sent < 100_000
    return sent


def test_a_receiver_that_does_not_read_costs_the_caller_nothing(systemd: socket.socket) -> None:
    assert fill() > 0
    wall, cpu = time.monotonic(), time.process_time()
    for _ in range(100):
        assert not notify.watchdog()
        assert not notify.status("x")
    assert time.process_time() - cpu < 2
    assert time.monotonic() - wall < 60, "200 times nothing, also on a busy machine"


def test_ready_that_found_no_room_is_said_again(systemd: socket.socket) -> None:
    sent = fill()
    assert not notify.ready()
    assert {systemd.recv(4096) for _ in range(sent)} == {b"WATCHDOG=1"}
    for _ in range(2):
        assert notify.watchdog()
    assert [systemd.recv(4096) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]


def test_importing_it_loads_no_socket_module() -> None:
    code = "import sys, sodien.systemd; sys.exit('socket' in sys.modules)"
    assert subprocess.run([sys.executable, "-S", "-c", code], cwd=Path(__file__).parents[1]).returncode == 0
