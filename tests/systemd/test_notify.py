"""The messages' unit and timer: clean, tight, and loose enough to send."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from sodien.ledger.store import Ledger
from tests.systemd.unit import LIBRARY, UNITS, allowed_calls, settings, verified

SERVICE = UNITS / "sodien-notify.service"
TIMER = UNITS / "sodien-notify.timer"

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing: apt-get install systemd"
)


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    assert verified(tmp_path, SERVICE, TIMER) == ("", "", 0)


def test_it_runs_every_ten_minutes_and_a_finding_is_no_failed_unit() -> None:
    asked = ["systemd-analyze", "calendar", "--iterations=3", settings(TIMER)["OnCalendar"][0]]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert re.findall(r":(\d3):00", said)[0]
    values = settings(SERVICE)
    assert (values["Type"], values["SuccessExitStatus"]) == (["oneshot"], ["1"])
    assert (values["User"], values["CapabilityBoundingSet"]) == (["sodien"], [""])


def test_exposure_stays_low() -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(SERVICE)]
    report = subprocess.run(command, capture_output=True, text=True).stdout
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", report)
    assert found, report
    assert float(found[1]) <= 2.5, report
    assert not allowed_calls(SERVICE) & {"clock_settime", "chown", "mount", "setuid"}


def test_it_sends_under_its_system_call_rules(tmp_path: Path) -> None:
    import ctypes

    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        pytest.skip(f"{LIBRARY} is missing: apt-get install libseccomp2")
    heard: list[bytes] = []

    class Phone(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Phone) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        (tmp_path / "urls").write_text(f"json://localhost:{server.server_port}\n")
        (tmp_path / "sodien.yaml").write_text(
            "device: nha-toi\nledger: {path: ledger.db}\nmeters: [{id: main, pin: 17, constant: 1600}]\n"
            "notify: {urls_file: urls}\n"
        )
        Ledger.open(tmp_path / "ledger.db", create=True).close()
        (command,) = settings(SERVICE)["ExecStart"]
        words = command.replace("/etc/sodien/sodien.yaml", str(tmp_path / "sodien.yaml")).split()[1:]
        for more in ([], ["--test"]):
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "tests.systemd.unit",
                    SERVICE,
                    sys.executable,
                    "-m",
                    "sodien",
                    *words,
                    *more,
                ],
                cwd=tmp_path,
                env={"PYTHONPATH": str(UNITS.parent), "PATH": "/usr/bin:/bin"},
                capture_output=True,
                text=True,
            )
            assert (done.returncode, done.stderr) == (0, "")
        server.shutdown()
    assert len(heard) == 1
    assert (tmp_path / "ledger.db-told").exists()
