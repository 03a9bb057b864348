"""Storage that forgets, keeps no promise, or cannot be written, by the kernel's list of mounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from sodien.ledger.storage import flaw, looked_at, mounts, spared_by_lazytime

ROOT = "22 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw\n"
OVERLAY = "22 1 0:20 / / rw,noatime - overlay overlay rw,lowerdir=lower,upperdir=%s,workdir=w\n"
RAM = "30 22 0:25 / /rw rw - tmpfs tmpfs rw\n"
CARD = "30 22 8:1 / /rw rw - ext4 /dev/sda1 rw\n"
STATE = "40 22 0:30 / /var/lib/sodien rw - %s x rw\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ROOT, None),
        (ROOT.replace(" rw\n", " ro\n"), "read_only"),
        (ROOT.replace("rw,noatime", "ro,noatime"), "read_only"),
        (OVERLAY % "upper/data", "forgets"),
        (OVERLAY % "/rw/upper" + RAM, "forgets"),
        (OVERLAY % "/rw/upper" + CARD, None),
        (ROOT + STATE % "tmpfs", "forgets"),
        (ROOT + STATE % "nfs4", "network"),
        (ROOT + STATE % "tmpfs" + STATE % "ext4", None),
        (ROOT + "x - y\n\n", None),
        ("", None),
    ],
)
def test_what_the_ledger_lies_on(text: str, expected: str | None) -> None:
    assert flaw("/var/lib/sodien", mounts(text)) == expected


def test_memory_is_recognised_here() -> None:
    if Path("/dev/shm").is_mount():
        assert looked_at(Path("/dev/shm/ledger.db")) == "forgets"


@pytest.mark.parametrize(
    ("text", "kernel", "expected"),
    [
        (ROOT, "6.1.0-44-amd64", "/"),
        (ROOT, "6.5.13+rpt-rpi-v8", "/"),
        (ROOT, "6.6.31+rpt-rpi-v8", None),
        (ROOT, "6.12.25+rpt-rpi-2712", None),
        (ROOT, "10.0", None),
        (ROOT, "", None),
        (ROOT + STATE % "ext4", "6.1.21-v8+", "/var/lib/sodien"),
        (ROOT + STATE % "f2fs", "6.1.21-v8+", None),
        (ROOT.replace("noatime", "noatime,lazytime"), "6.1.21-v8+", None),
        (ROOT.replace(" rw\n", " ro\n"), "6.1.21-v8+", None),
        ("", "6.1.21-v8+", None),
    ],
)
def test_lazytime_spares_the_card_where_the_kernel_obeys(
    text: str, kernel: str, expected: str | None
) -> None:
    assert spared_by_lazytime("/var/lib/sodien", mounts(text), kernel) == expected
