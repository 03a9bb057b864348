"""Whoever is in the service's group uses the ledger as the service does; neither shuts the other out."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from sodien.cli import context
from tests.cli.conftest import SETTINGS
from tests.cli.test_as_root import LOADED, SERVICE

MEMBER, STRANGER = SERVICE + 1, SERVICE + 2

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="takes three users")


@pytest.fixture
def place() -> Iterator[Path]:
    """The state directory as systemd makes it for the service, and what a member of its group has at home."""
    folder = Path(tempfile.mkdtemp(prefix="sodien-group-"))
    folder.chmod(0o755)
    for name, user, group, mode in (("state", SERVICE, SERVICE, 0o2770), ("home", MEMBER, MEMBER, 0o700)):
        one = folder / name
        one.mkdir()
        os.chown(one, user, group)
        one.chmod(mode)
    (folder / "sodien.yaml").write_text(SETTINGS.replace("ledger.db", str(folder / "state" / "ledger.db")))
    yield folder
    shutil.rmtree(folder)


def called(place: Path, user: int, *words: str, groups: tuple[int, ...] = ()) -> str:
    """``sodien`` with a usual umask, or the service's, as one of the three; what it said."""
    program = LOADED.replace(
        "from sodien.cli.group import run",
        f"import os; os.umask({0o7 if user == SERVICE else 0o22})\n"
        f"os.setgroups({list(groups)}); os.setgid({user}); os.setuid({user})\n"
        "from sodien.cli.group import run",
    )
    command = [sys.executable, "-c", program, *words, "-c", str(place / "sodien.yaml")]
    home = str(place / "home")
    result = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=place,
        env=os.environ | {"HOME": home, "USER": "somebody", "LOGNAME": "somebody"},
    )
    return result.stdout + result.stderr


def member(place: Path, *words: str) -> str:
    return called(place, MEMBER, *words, groups=(SERVICE,))


MAKE = """
from pathlib import Path; import sys
from sodien.ledger.store import Ledger
from tests.cli.conftest import fill
ledger = Ledger.open(Path(sys.argv[1]), create=True); fill(ledger); ledger.close()
"""


@pytest.fixture
def counted(place: Path) -> Path:
    """The service has counted."""
    program = (
        "import os, sodien.ledger.store, tests.cli.conftest\n"
        f"os.umask(0o7); os.setgroups([]); os.setgid({SERVICE}); os.setuid({SERVICE})\n{MAKE}"
    )
    command = [sys.executable, "-c", program, str(place / "state" / "ledger.db")]
    subprocess.run(command, check=True, timeout=60)
    return place


def test_a_member_reads_writes_and_backs_up_and_the_service_goes_on(counted: Path) -> None:
    photo = counted / "home" / "dial.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 not much of a photo")
    os.chown(photo, MEMBER, MEMBER)
    assert "kWh" in member(counted, "status")
    assert "the dial showed" in member(counted, "dial", "12400.6", "--photo", str(photo))
    assert "verified" in member(counted, "backup")
    assert "the dial showed" in called(counted, SERVICE, "dial", "12400.7")
    assert "verified" in called(counted, SERVICE, "backup", "--keep", "1")
    assert "verified" in member(counted, "backup", "--keep", "1")
    kept = list((counted / "state" / "backups").glob("*.tar.gz"))
    assert len(kept) == 1
    assert "restored" in member(counted, "restore", str(kept[0])).lower()
    assert "the dial showed" in called(counted, SERVICE, "dial", "12400.8")
    for one in (counted / "state").rglob("*"):
        found = one.lstat()
        assert found.st_gid == SERVICE, one
        if one.suffix != ".gz":
            assert found.st_mode & stat.S_IWGRP, one
        assert not found.st_mode & stat.S_IRWXO, one


def test_a_stranger_is_told_the_way_in(counted: Path) -> None:
    said = called(counted, STRANGER, "status")
    assert said == (
        f"sodien: {counted}/state/ledger.db: no permission to use the ledger; run this with sudo, or once: "
        "sudo usermod -aG sodien somebody\n"
    )


def test_the_group_of_the_next_login_is_taken_now(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(context.os, "geteuid", lambda: MEMBER)
    monkeypatch.setattr(context.os, "access", lambda path, mode: False)
    monkeypatch.setattr(context.os, "getegid", lambda: MEMBER)
    monkeypatch.setattr(context.os, "getgroups", lambda: [MEMBER])
    monkeypatch.setattr(context.os, "execv", lambda path, words: started.append(words))
    monkeypatch.setattr(context.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(context.pwd, "getpwuid", lambda uid: SimpleNamespace(pw_name="an"))
    group = SimpleNamespace(gr_gid=SERVICE, gr_name="sodien", gr_mem=["an"])
    monkeypatch.setattr(context.grp, "getgrgid", lambda gid: group)
    monkeypatch.setattr(context.sys, "orig_argv", ["python3", "/usr/local/bin/sodien", "dial", "1 2"])
    context._join_group(tmp_path)
    assert started == [["/usr/bin/sg", "sodien", "-c", "python3 /usr/local/bin/sodien dial '1 2'"]]
    group.gr_mem = []
    context._join_group(tmp_path)
    assert len(started) == 1, "who is not in it is not"
