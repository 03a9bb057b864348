"""What the ledger lies on, by the kernel's list of mounts: some storage forgets, or keeps no promise."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from sodien.i18n import tr

Flaw = Literal["forgets", "network", "read_only"]
_MOUNTS: Final = Path("/proc/self/mountinfo")
#: From this Linux on ext4 writes time stamps whatever lazytime says.
_LAZY_NO_MORE: Final = (6, 6)
_MEMORY: Final = frozenset({"tmpfs", "ramfs"})
_NETWORK: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse.sshfs", "afs", "glusterfs"})


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of mountinfo(5)."""

    at: str
    kind: str
    options: tuple[str, ...]


def mounts(text: str) -> list[Mount]:
    """The mounts of mountinfo(5), later ones on top; a line that does not fit is left out."""
    found = []
    for line in text.splitlines():
        before, dash, after = line.partition(" - ")
        left, right = before.split(" "), after.split(" ")
        if dash and len(left) > 5 and len(right) > 2:
            at = left[4].encode().decode("unicode_escape").encode("latin-1").decode("utf-8", "replace")
            found.append(Mount(at, right[0], (*left[5].split(","), *right[2].split(","))))
    return found


def flaw(folder: str, known: Sequence[Mount]) -> Flaw | None:
    """What is wrong with a folder as a place for a ledger."""
    mount = _under(folder, known)
    if mount is None:
        return None
    if "ro" in mount.options:
        return "read_only"
    if mount.kind in _MEMORY:
        return "forgets"
    if mount.kind in _NETWORK:
        return "network"
    if mount.kind in ("overlay", "aufs"):
        upper = next((one[9:] for one in mount.options if one.startswith("upperdir=")), "")
        below = _under(upper, known) if upper.startswith("/") else None
        # An upper layer that cannot be seen from here is that of a RAM root, or of a container.
        return "forgets" if below is None or below == mount or below.kind in _MEMORY else None
    return None


def spared_by_lazytime(folder: str, known: Sequence[Mount], kernel: str) -> str | None:
    """Where the file system is mounted whose time stamps ``lazytime`` would keep off the card; None: nowhere.

    ext4 before Linux 6.6, which is not mounted so yet. From there on a change counter goes with every time
    stamp, and is written whatever the option says: measured, it costs more than it spares.
    """
    mount = _under(folder, known)
    found = re.match(r"(\d+)\.(\d+)", kernel)
    if mount is None or mount.kind != "ext4" or {"ro", "lazytime"} & set(mount.options) or found is None:
        return None
    return mount.at if (int(found[1]), int(found[2])) < _LAZY_NO_MORE else None


def sentence(found: Flaw, folder: Path) -> str:
    """What it costs."""
    texts: dict[Flaw, str] = {
        "forgets": tr(
            "{folder} lies in memory or on an overlay: what is counted is forgotten when the power goes",
            folder=folder,
        ),
        "network": tr(
            "{folder} lies on a network file system: locks and syncs may not hold there, and nothing is "
            "saved while the network is away",
            folder=folder,
        ),
        "read_only": tr("{folder} can only be read: nothing that is counted is saved", folder=folder),
    }
    return texts[found]


def looked_at(ledger: Path) -> Flaw | None:
    """:func:`flaw` of the folder of a ledger here; None where the kernel does not tell."""
    try:
        return flaw(os.path.realpath(ledger.parent), mounts(_MOUNTS.read_text(errors="replace")))
    except (OSError, ValueError):
        return None


def lazytime_place(ledger: Path) -> str | None:
    """:func:`spared_by_lazytime` for the folder of a ledger here."""
    try:
        known = mounts(_MOUNTS.read_text(errors="replace"))
        return spared_by_lazytime(os.path.realpath(ledger.parent), known, os.uname().release)
    except (OSError, ValueError):
        return None


def _under(folder: str, known: Sequence[Mount]) -> Mount | None:
    found = [one for one in known if one.at == "/" or f"{folder}/".startswith(f"{one.at}/")]
    return max(reversed(found), key=lambda one: len(one.at), default=None)
