"""The backup's unit and timer: clean, tight, and loose enough for what the command does."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sodien.ledger.backup import examine
from tests.ledger.sealed import Life
from tests.systemd.unit import UNITS, allowed_calls, settings, verified

SERVICE = UNITS / "sodien-backup.service"
TIMER = UNITS / "sodien-backup.timer"

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing: apt-get install systemd"
)


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    assert verified(tmp_path, SERVICE, TIMER) == ("", "", 0)


def test_the_timer_starts_the_service_every_day_and_makes_up_for_a_missed_one() -> None:
    values = settings(TIMER)
    assert values["Persistent"] == ["true"]
    done = subprocess.run(
        ["systemd-analyze", "calendar", values["OnCalendar"][0]], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert TIMER.stem == SERVICE.stem
    assert settings(SERVICE)["Type"] == ["oneshot"]


def test_exposure_stays_low() -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(SERVICE)]
    report = subprocess.run(command, capture_output=True, text=True).stdout
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", report)
    assert found, report
    assert float(found[1]) <= 1, report


def test_it_runs_as_the_ledgers_owner_without_secrets_network_or_rights() -> None:
    values = settings(SERVICE)
    assert values["User"] == settings(UNITS / "sodien-firmware.service")["User"]
    assert values["StateDirectory"] == ["sodien"]
    assert "LoadCredential" not in values
    assert values["PrivateNetwork"] == ["yes"]
    assert values["CapabilityBoundingSet"] == [""]
    assert not allowed_calls(SERVICE) & {"clock_settime", "chown", "mount", "setuid"}


def test_it_backs_up_under_its_system_call_rules(tmp_path: Path) -> None:
    import ctypes

    from tests.systemd.unit import LIBRARY

    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        pytest.skip(f"{LIBRARY} is missing: apt-get install libseccomp2")
    (tmp_path / "sodien.yaml").write_text(
        "device: nha-toi\nledger: {path: ledger.db}\nmeters: [{id: main, pin: 17, constant: 1600}]\n"
    )
    life = Life(tmp_path / "ledger.db", 1)
    life.write()
    life.seal()
    (command,) = settings(SERVICE)["ExecStart"]
    words = command.replace("/etc/sodien/sodien.yaml", str(tmp_path / "sodien.yaml")).split()[1:]
    done = subprocess.run(
        [sys.executable, "-m", "tests.systemd.unit", SERVICE, sys.executable, "-m", "sodien", *words],
        cwd=tmp_path,
        env={"PYTHONPATH": str(UNITS.parent), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    (file,) = (tmp_path / "backups").iterdir()
    assert examine(file).device == "nha-toi"
