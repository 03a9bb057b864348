"""Root in a folder of the service's user: it acts as that user, and no link leads it to files of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sodien.files import acting_as_caller, acting_as_owner, of_a_child, replacing
from sodien.ledger.store import Ledger
from tests.cli.conftest import SETTINGS, fill

SERVICE = 64_000  # nobody has it
#: Where the tests run, Python itself may lie in a folder of root's.
LOADED = """
import difflib, encodings.ascii, encodings.idna, encodings.latin_1, encodings.utf_8_sig
import encodings.unicode_escape
import importlib, pkgutil, zoneinfo, sodien, rich.console, rich.table, tzdata, zoneinfo._zoneinfo
import firmware, collector, page, paho.mqtt.client, gpiozero.pins.mock, signal, waitress.server, flask
ours = (sodien, firmware, collector, page)
parts = [p for top in ours for p in pkgutil.walk_packages(top.__path__, top.__name__ + ".")]
for one in parts:
    if ".demo" not in one.name and "__main__" not in one.name:
        importlib.import_module(one.name)
zoneinfo.ZoneInfo("Asia/Ho_Chi_Minh")
from sodien.cli.group import run
run()
"""
PRECIOUS = "root's own\n"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="is about what root must not do")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody may enter: the service's state directory in it, and a file of root's."""
    folder = Path(tempfile.mkdtemp(prefix="sodien-root-"))
    folder.chmod(0o755)
    state = folder / "state"
    state.mkdir(mode=0o750)
    (folder / "sodien.yaml").write_text(SETTINGS.replace("ledger.db", str(state / "ledger.db")))
    ledger = Ledger.open(state / "ledger.db", create=True)
    fill(ledger)
    ledger.close()
    precious = folder / "precious"
    precious.write_text(PRECIOUS)
    precious.chmod(0o600)
    for one in (state, *state.iterdir()):
        os.chown(one, SERVICE, SERVICE)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def sodien(place: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def call(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", LOADED, *words, "-c", str(place / "sodien.yaml")]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    return call


def link(place: Path, name: str) -> None:
    """What an intruder who is the service's user can do."""
    at = place / "state" / name
    at.parent.mkdir(exist_ok=True)
    os.chown(at.parent, SERVICE, SERVICE)
    at.unlink(missing_ok=True)
    at.symlink_to(place / "precious")
    os.chown(at, SERVICE, SERVICE, follow_symlinks=False)


def nothing_of_roots(place: Path) -> None:
    """Root's file is as it was, and everything in the state directory is the service's."""
    assert (place / "precious").read_text() == PRECIOUS
    assert (place / "precious").stat().st_uid == 0
    for one in (place / "state").rglob("*"):
        assert one.lstat().st_uid == SERVICE, one


@pytest.mark.parametrize("name", ["ledger.db.lock", "ledger.db.restored", "ledger.db-wal", "photos/x"])
def test_a_restore_follows_no_link(
    place: Path, sodien: Callable[..., subprocess.CompletedProcess[str]], name: str
) -> None:
    backup = place / "b.tar.gz"
    assert sodien("backup", str(backup)).returncode == 0
    link(place, name)
    done = sodien("restore", str(backup))
    assert "Traceback" not in done.stderr
    nothing_of_roots(place)


def test_a_passphrase_that_root_sets_is_the_services(
    place: Path, sodien: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    words = place / "words"
    words.write_text("four words\n")
    link(place, ".page-passphrase.json.new")
    done = sodien("page", "passphrase", "--file", str(words))
    assert done.returncode == 0, done.stderr
    nothing_of_roots(place)
    kept = place / "state" / "page-passphrase.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert str(kept) in (place / "sodien.yaml").read_text()


def test_what_root_does_is_the_services(
    place: Path, sodien: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    photo = place / "dial.jpg"
    photo.write_bytes(b"a picture")
    for words in (
        ("dial", "12345.6", "--photo", str(photo)),
        ("status",),
        ("backup",),
        ("backup", "--keep", "1"),
        ("verify",),
        ("export", "ticks", "-o", str(place / "ticks.csv")),
    ):
        done = sodien(*words)
        assert done.returncode == 0, done.stderr
    assert (place / "ticks.csv").stat().st_uid == 0, "what a person named is that person's"
    (backup,) = (place / "state" / "backups").iterdir()
    done = sodien("restore", str(backup))
    assert done.returncode == 0, done.stderr
    nothing_of_roots(place)


def test_a_photo_that_leads_to_roots_files_is_not_copied(
    place: Path, sodien: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    link(place, "dial.jpg")
    done = sodien("dial", "12345.6", "--photo", str(place / "state" / "dial.jpg"))
    assert done.returncode == 2
    assert "Permission denied" in done.stderr
    assert not (place / "state" / "photos").exists()
    nothing_of_roots(place)


def test_a_backup_holds_no_file_of_roots(
    place: Path, sodien: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    link(place, "photos/dial.jpg")
    target = place / "b.tar.gz"
    assert sodien("backup", str(target)).returncode == 0
    assert (
        "photos"
        not in subprocess.run(["tar", "tf", target], capture_output=True, text=True, check=True).stdout
    )
    link(place, "ledger.db")
    done = sodien("backup", str(place / "c.tar.gz"))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert not (place / "c.tar.gz").exists()


@pytest.mark.parametrize("words", [(), ("state/backups",), ("--keep", "1"), ("state/backups/b.tar.gz",)])
def test_a_folder_of_the_services_that_leads_to_roots_gets_no_backup_and_loses_none(
    place: Path, sodien: Callable[..., subprocess.CompletedProcess[str]], words: tuple[str, ...]
) -> None:
    roots = place / "roots"
    roots.mkdir(mode=0o700)
    (roots / "sodien-nha-toi-20200101T000000Z.tar.gz").write_text(PRECIOUS)
    before = [*roots.iterdir()]
    (place / "state" / "backups").symlink_to(roots)
    done = sodien("backup", *(str(place / word) if "/" in word else word for word in words))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert [*roots.iterdir()] == before


def test_a_disk_that_can_only_be_read_is_no_matter_of_permissions(place: Path) -> None:
    script = (
        'mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; shift; "$@" status; "$@" dial 1; "$@" run'
    )
    command = [sys.executable, "-c", LOADED]
    # a table of mounts of its own, which ends with it
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, "sh", str(place / "state"), *command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"SODIEN_CONFIG": str(place / "sodien.yaml")},
    )
    said = [line for line in done.stderr.splitlines() if line.startswith("sodien: ")]
    assert ["its disk can only be read now" in line for line in said] == [True] * 3, done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def effective_user(process: subprocess.Popen[str]) -> int:
    """The user as whom a process does what it does now; root's number once it is gone."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return 0
    return next(int(line.split()[2]) for line in status.splitlines() if line.startswith("Uid:"))


@pytest.mark.parametrize("service", ["run", "page", "collect"])
def test_root_may_try_a_service_and_leaves_nothing_of_roots(place: Path, service: str) -> None:
    settings = place / "sodien.yaml"
    more = [
        f"mqtt: {{host: 127.0.0.1, port: {free_port()}}}",
        f"page: {{port: {free_port()}}}",
        f"collector: {{aside: {place / 'state' / 'aside.jsonl'}, file: {place / 'state' / 'lines'}}}",
    ]
    settings.write_text("\n".join([settings.read_text(), *more]))
    command = [sys.executable, "-c", LOADED, service, "-c", str(settings)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            until = time.monotonic() + 60
            while effective_user(running) == 0 and running.poll() is None and time.monotonic() < until:
                time.sleep(0.1)
            assert effective_user(running) == SERVICE, running.communicate(timeout=10)[1]
            if service == "page":
                assert running.stdout is not None
                assert "127.0.0.1" in running.stdout.readline()
            time.sleep(1)  # it gets to work
            assert running.poll() is None, running.communicate()[1]
        finally:
            running.terminate()
        assert running.stderr is not None
        assert running.wait(60) in (0, -signal.SIGTERM), running.stderr.read()
    nothing_of_roots(place)


def test_messages_are_tried_as_the_service(
    place: Path, sodien: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    urls = place / "urls"
    urls.write_text("json://127.0.0.1:9\n")
    urls.chmod(0o600)
    settings = place / "sodien.yaml"
    settings.write_text(f"{settings.read_text()}notify: {{urls_file: {urls}}}\n")
    done = sodien("notify", "--test")
    assert done.returncode == 2
    assert f"{urls} may not be read by the user {SERVICE}" in done.stderr
    os.chown(urls, SERVICE, SERVICE)
    assert "may not be read" not in sodien("notify", "--test").stderr


def test_a_child_of_root_that_acts_as_an_owner_is_never_root_again(place: Path) -> None:
    with acting_as_owner(place / "state"):
        user, group = of_a_child()
        asked = [["id", "-ru"], ["id", "-rg"]]
        said = [
            subprocess.run(one, user=user, group=group, capture_output=True, text=True, check=True).stdout
            for one in asked
        ]
    assert said == [f"{SERVICE}\n"] * 2
    assert of_a_child() == (None, None)


def test_acting_ends_where_it_began(place: Path) -> None:
    before = os.getuid(), os.geteuid(), os.getegid(), os.getgroups()
    with acting_as_owner(place / "state"):
        assert (os.geteuid(), os.getegid(), os.getgroups()) == (SERVICE, SERVICE, [SERVICE])
        with acting_as_caller():
            assert os.geteuid() == 0
        with replacing(place / "mine") as file:
            assert os.geteuid() == SERVICE
            file.write(b"x")
        assert os.geteuid() == SERVICE
    assert (os.getuid(), os.geteuid(), os.getegid(), os.getgroups()) == before
    assert (place / "mine").stat().st_uid == 0
