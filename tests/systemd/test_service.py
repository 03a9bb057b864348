"""Both programs, started as systemd would: under the unit's system-call rules, with a notification socket."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.systemd.unit import UNITS

SETTINGS = """\
device: nha-toi
ledger: {{path: {folder}/ledger.db}}
gpio:
  factory: simulated
  simulated: {{speed: 3600, truth: {folder}/pulses.log}}
meters:
  - {{id: main, pin: 17, constant: 1600, min_pulse_ms: 1}}
mqtt: {{host: 127.0.0.1, port: {port}}}
influxdb: {{url: "http://127.0.0.1:{port}"}}
collector: {{aside: {folder}/aside.jsonl}}
"""


@contextmanager
def service(
    program: str, command: str, folder: Path
) -> Iterator[tuple[subprocess.Popen[str], socket.socket]]:
    """The program under its unit's rules; neither broker nor database is there, which is normal at start."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: whoever connects is refused
        (folder / "sodien.yaml").write_text(SETTINGS.format(folder=folder, port=taken.getsockname()[1]))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.bind(str(folder / "notify"))
            systemd.settimeout(60)
            environment = os.environ | {
                "PYTHONPATH": str(UNITS.parent),
                "NOTIFY_SOCKET": str(folder / "notify"),
            }
            unit = str(UNITS / f"sodien-{program}.service")
            sodien = [sys.executable, "-m", "sodien", command, "--config", str(folder / "sodien.yaml")]
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.systemd.unit", unit, *sodien],
                cwd=folder,
                env=environment,
                stderr=subprocess.PIPE,
                text=True,
            )
            try:
                yield process, systemd
            finally:
                process.kill()
                process.wait()


def wait_for(word: str, systemd: socket.socket) -> None:
    while systemd.recv(4096).decode() != word:
        pass


@pytest.mark.parametrize(("program", "command"), [("firmware", "run"), ("collector", "collect")])
def test_it_starts_says_so_feeds_the_watchdog_and_stops_cleanly(
    program: str, command: str, tmp_path: Path
) -> None:
    with service(program, command, tmp_path) as (process, systemd):
        try:
            for word in ("READY=1", "WATCHDOG=1", "WATCHDOG=1"):
                wait_for(word, systemd)
            process.send_signal(signal.SIGTERM)
            wait_for("STOPPING=1", systemd)
            process.wait(timeout=30)
        except (TimeoutError, subprocess.TimeoutExpired):
            process.kill()
            pytest.fail(f"no answer; it said: {process.communicate()[1]}")
        log = process.communicate()[1]
        assert process.returncode == 0, log
        assert "Traceback" not in log
    if program == "firmware":
        assert (tmp_path / "pulses.log").stat().st_size > 0
        assert (tmp_path / "ledger.db").exists()
