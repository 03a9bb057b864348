"""Whose the bytes on a disk are."""

import shutil
import subprocess
from pathlib import Path

import pytest

from lab import owners
from lab.crash import DISCARD, FLUSH, Entry


def test_bytes_are_told_apart_between_two_marks():
    entries = [
        Entry(0, 0, bytes(4096)),
        Entry(8, FLUSH, b""),
        Entry(8, 0, bytes(8192)),
        Entry(80, DISCARD, bytes(4096)),
        Entry(24, 0, bytes(512)),
    ]
    names = {1: "ledger.db", 2: "journal"}
    assert owners.shares(entries, names, 4096, 1 << 30) == {"ledger.db": 4096, "journal": 4096, "rest": 512}
    assert owners.shares(entries, names, 0, 4096) == {"rest": 4096}


@pytest.mark.skipif(
    shutil.which("mkfs.ext4", path="/usr/sbin:/sbin") is None, reason="NOT TESTED here: needs e2fsprogs"
)
def test_the_blocks_of_a_real_file_system(tmp_path: Path):
    image, file = tmp_path / "disk", tmp_path / "a.db"
    file.write_bytes(b"x" * 10_000)
    with image.open("wb") as disk:
        disk.truncate(16 << 20)
    subprocess.run(["/usr/sbin/mkfs.ext4", "-q", "-b", "4096", "-J", "size=4", str(image)], check=True)
    subprocess.run(
        ["/usr/sbin/debugfs", "-w", "-R", f"write {file} a.db", str(image)], check=True, capture_output=True
    )
    found = owners.owners(image)
    held = {name: [block for block, owner in found.items() if owner == name] for name in set(found.values())}
    assert len(held["a.db"]) == 3
    assert all(image.read_bytes()[block * 4096 :][:1] == b"x" for block in held["a.db"])
    assert len(held["journal"]) >= 1024
    assert held["inodes"]
