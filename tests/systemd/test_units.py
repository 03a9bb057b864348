"""The units as systemd reads them: clean, tight enough, and loose enough for what the programs do."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.pdf import text_pdf
from tests.systemd.unit import LIBRARY, UNITS, allowed_calls, settings, verified

FIRMWARE = UNITS / "sodien-firmware.service"
COLLECTOR = UNITS / "sodien-collector.service"
PAGE = UNITS / "sodien-page.service"
BOTH = pytest.mark.parametrize("unit", [FIRMWARE, COLLECTOR], ids=lambda unit: unit.stem)
ROOT = UNITS.parent

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing: apt-get install systemd"
)


def verify(unit: Path, folder: Path, *replace: tuple[str, str]) -> str:
    """What systemd-analyze finds wrong with a copy of the unit whose program exists."""
    output, errors, code = verified(folder, unit, replace=replace)
    return output + errors + ("" if code == 0 else f"exit {code}")


@pytest.mark.parametrize("unit", [FIRMWARE, COLLECTOR, PAGE], ids=lambda unit: unit.stem)
def test_systemd_finds_nothing_wrong(unit: Path, tmp_path: Path) -> None:
    assert verify(unit, tmp_path) == ""


def test_systemd_would_say_what_is_wrong(tmp_path: Path) -> None:
    assert "WatchDogSec" in verify(FIRMWARE, tmp_path, ("WatchdogSec=", "WatchDogSec="))


@pytest.mark.parametrize(
    ("unit", "limit"),
    [(FIRMWARE, 2.5), (COLLECTOR, 2.5), (PAGE, 2.5)],
    ids=["firmware", "collector", "page"],
)
def test_exposure_stays_low(unit: Path, limit: float) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    report = subprocess.run(command, capture_output=True, text=True).stdout
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", report)
    assert found, report
    assert float(found[1]) <= limit, report


def test_each_program_runs_as_itself_in_its_own_folder() -> None:
    firmware, collector = settings(FIRMWARE), settings(COLLECTOR)
    command = "/opt/sodien/bin/sodien {} --config /etc/sodien/sodien.yaml"
    assert firmware["ExecStart"] == [command.format("run")]
    assert collector["ExecStart"] == [command.format("collect")]
    assert (firmware["User"], collector["User"]) == (["sodien"], ["sodien-collector"])
    assert firmware["SupplementaryGroups"] == ["gpio"]
    assert firmware["RuntimeDirectory"] == ["sodien"]
    for values in (firmware, collector):
        assert values["WorkingDirectory"] == [f"%S/{values['StateDirectory'][0]}"]
        assert values["CapabilityBoundingSet"] == [""]


@BOTH
def test_nothing_ends_the_service_for_good_and_nothing_is_waited_for(unit: Path) -> None:
    values = settings(unit)
    assert values["Type"] == ["notify"]
    assert values["Restart"] == ["always"]
    assert values["WatchdogSec"] == ["30" if unit == FIRMWARE else "60"]
    assert values["StartLimitIntervalSec"] == ["0"]
    assert not {"After", "Requires", "Wants", "BindsTo"} & set(values)


@BOTH
def test_a_missing_secret_does_not_keep_the_service_from_starting(unit: Path) -> None:
    # With an absolute path it must exist; by name it is looked for in /etc/credstore and may be absent.
    assert settings(unit)["LoadCredential"]
    assert all(re.fullmatch(r"[a-z.-]+", value) for value in settings(unit)["LoadCredential"])


def test_the_firmware_may_read_the_clock_and_the_collector_has_no_business_with_it() -> None:
    clock = {
        "adjtimex",
        "clock_adjtime",
        "clock_adjtime64",
        "settimeofday",
        "clock_settime",
        "clock_settime64",
    }
    assert allowed_calls(FIRMWARE) & clock == {"adjtimex", "clock_adjtime", "clock_adjtime64"}
    assert not allowed_calls(COLLECTOR) & clock
    assert "ProtectClock" not in settings(FIRMWARE)


# What the programs live on, in one process: clock state through ctypes, a durable SQLite commit, a thread,
# name look-up and TCP, a FIFO as lgpio makes, every library; and what they must not get.
WORK = """
import ctypes, errno, mmap, os, socket, sqlite3, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
def attempt(what, call):
    try:
        call()
        print(what, "works")
    except OSError as error:
        print(what, errno.errorcode[error.errno])
def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "")
attempt("reading-the-clock", lambda: checked(libc.adjtimex(ctypes.create_string_buffer(512))))
impossible = (ctypes.c_long * 2)(-1, 0)  # the kernel would refuse it with EINVAL
attempt("setting-the-clock", lambda: checked(libc.clock_settime(0, impossible)))
executable = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
attempt("executable-heap", lambda: mmap.mmap(-1, 4096, prot=executable))
attempt("packet-socket", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
database = sqlite3.connect("ledger.db")
database.execute("PRAGMA journal_mode=WAL")
database.execute("PRAGMA synchronous=FULL")
with database:
    database.execute("CREATE TABLE tick (pulses INTEGER)")
    database.execute("INSERT INTO tick VALUES (1)")
os.mkfifo(".lgd-nfy0")
server = socket.create_server(("127.0.0.1", 0))
def client():
    with socket.create_connection(("localhost", server.getsockname()[1])) as connection:
        connection.sendall(b"pulse")
thread = threading.Thread(target=client)
thread.start()
with server.accept()[0] as connection:
    assert connection.recv(16) == b"pulse"
thread.join()
import gpiozero, msgspec, paho.mqtt.client, ssl, yaml, zoneinfo
zoneinfo.ZoneInfo("Asia/Ho_Chi_Minh")
if sys.argv[1] == "collector":
    import influxdb_client
print("work works")
"""


@BOTH
def test_the_programs_can_work_under_the_system_call_rules(unit: Path, tmp_path: Path) -> None:
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        pytest.skip(f"{LIBRARY} is missing: apt-get install libseccomp2")
    program = unit.stem.removeprefix("sodien-")
    command = [sys.executable, "-m", "tests.systemd.unit", str(unit), sys.executable, "-c", WORK, program]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert dict(line.split() for line in done.stdout.splitlines()) == {
        "reading-the-clock": "works" if program == "firmware" else "EPERM",
        "setting-the-clock": "EPERM",
        "executable-heap": "EPERM",
        "packet-socket": "EAFNOSUPPORT",
        "work": "works",
    }


@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="systemd-sysusers is missing")
@pytest.mark.parametrize("existing", [None, 993], ids=["no gpio group", "the Pi's gpio group"])
def test_the_users_are_made(tmp_path: Path, existing: int | None) -> None:
    (tmp_path / "usr/lib/sysusers.d").mkdir(parents=True)
    (tmp_path / "etc").mkdir()
    if existing:
        (tmp_path / "etc/group").write_text(f"gpio:x:{existing}:\n")
    shutil.copy(UNITS / "sodien.sysusers", tmp_path / "usr/lib/sysusers.d/sodien.conf")
    done = subprocess.run(["systemd-sysusers", f"--root={tmp_path}"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

    users = {
        line.split(":")[0]: line.split(":") for line in (tmp_path / "etc/passwd").read_text().splitlines()
    }
    groups = {
        line.split(":")[0]: line.split(":") for line in (tmp_path / "etc/group").read_text().splitlines()
    }
    for unit in (FIRMWARE, COLLECTOR):
        values = settings(unit)
        assert values["User"][0] in users
        assert values["Group"][0] in groups
        assert users[values["User"][0]][5] == f"/var/lib/{values['StateDirectory'][0]}"
    assert groups["gpio"][3] == "sodien"
    if existing:
        assert groups["gpio"][2] == str(existing)


def test_the_page_can_read_a_pdf_under_its_system_call_rules() -> None:
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        pytest.skip(f"{LIBRARY} is missing: apt-get install libseccomp2")
    program = str(ROOT / "sodien" / "bills" / "pdf_program.py")
    sandbox = [sys.executable, "-m", "tests.systemd.unit", str(PAGE)]
    limits = ["256000000", "30", "24", "20000"]
    notice = text_pdf("Chỉ số mới: 12345, điện năng tiêu thụ: 298 kWh, kỳ tháng mười năm nay")
    command = [*sandbox, sys.executable, "-P", program, *limits]
    done = subprocess.run(command, cwd=ROOT, input=notice, capture_output=True)
    assert done.stdout.startswith(b'{"text": '), done
