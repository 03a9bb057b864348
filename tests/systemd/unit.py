"""Read a unit file, and run a command under the system-call rules it sets.

systemd itself can't run in every test environment; libseccomp, with which systemd builds these filters, can.
``python -m tests.systemd.unit UNIT COMMAND…`` executes COMMAND under the unit's SystemCallFilter=,
MemoryDenyWriteExecute= and RestrictAddressFamilies=.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import socket
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

UNITS = Path(__file__).parents[2] / "systemd"
LIBRARY = "libseccomp.so.2"

_ALLOW = 0x7FFF0000
_CMP_EQ, _CMP_MASKED_EQ = 4, 7


class _Compare(ctypes.Structure):
    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


def settings(unit: Path) -> dict[str, list[str]]:
    """Every value of every key, in order; sections don't matter here, keys are unique across them."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def verified(folder: Path, *units: Path, replace: Iterable[tuple[str, str]] = ()) -> tuple[str, str, int]:
    """What systemd says of copies of these units whose program exists: output, errors, exit code."""
    copies = [folder / unit.name for unit in units]
    for unit, copy in zip(units, copies, strict=True):
        text = unit.read_text(encoding="utf-8").replace("/opt/sodien/bin/sodien", sys.executable)
        for old, new in replace:
            assert old in text
            text = text.replace(old, new)
        copy.write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", *copies]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout, done.stderr, done.returncode


@cache
def expand(name: str) -> frozenset[str]:
    """A system call, or all calls of a @group as this machine's systemd defines it."""
    if not name.startswith("@"):
        return frozenset([name])
    listing = subprocess.run(
        ["systemd-analyze", "syscall-filter", "--no-pager", name], capture_output=True, text=True, check=True
    ).stdout
    members = [line.strip() for line in listing.splitlines()[1:]]
    return frozenset().union(*(expand(member) for member in members if member and member[0] != "#"))


def allowed_calls(unit: Path) -> frozenset[str]:
    """The allow list of a unit: lines add and (with ~) remove; @default is always allowed."""
    allowed = expand("@default")
    for line in settings(unit)["SystemCallFilter"]:
        calls: frozenset[str] = frozenset().union(*(expand(name) for name in line.lstrip("~").split()))
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    return allowed | expand("@default")


class _Filter:
    def __init__(self, library: ctypes.CDLL, default: int) -> None:
        self._library = library
        library.seccomp_init.restype = ctypes.c_void_p
        library.seccomp_init.argtypes = [ctypes.c_uint32]
        library.seccomp_load.argtypes = [ctypes.c_void_p]
        library.seccomp_rule_add_array.argtypes = [
            ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(_Compare)
        ]  # fmt: skip
        self._context = library.seccomp_init(default)

    def add(self, action: int, call: str, *compares: _Compare) -> None:
        number = self._library.seccomp_syscall_resolve_name(call.encode())
        if number == -1:
            return  # not a call of this architecture
        array = (_Compare * len(compares))(*compares)
        result = self._library.seccomp_rule_add_array(self._context, action, number, len(compares), array)
        if result < 0 and -result not in (errno.EDOM, errno.EFAULT):  # likewise
            raise OSError(-result, f"seccomp rule for {call}")

    def load(self) -> None:
        result = self._library.seccomp_load(self._context)
        if result < 0:
            raise OSError(-result, "seccomp_load")


def restrict(unit: Path) -> None:
    """Put this process, for good, under the unit's rules."""
    library = ctypes.CDLL(LIBRARY)
    values = settings(unit)
    refuse = 0x00050000 | getattr(errno, values["SystemCallErrorNumber"][0])

    extra = _Filter(library, _ALLOW)
    if values.get("MemoryDenyWriteExecute") == ["yes"]:
        both = mmap.PROT_WRITE | mmap.PROT_EXEC
        extra.add(refuse, "mmap", _Compare(2, _CMP_MASKED_EQ, both, both))
        for call in ("mprotect", "pkey_mprotect"):
            extra.add(refuse, call, _Compare(2, _CMP_MASKED_EQ, mmap.PROT_EXEC, mmap.PROT_EXEC))
    families = {getattr(socket, name) for name in values["RestrictAddressFamilies"][0].split()}
    for family in set(range(socket.AF_UNIX, 46)) - families:
        unsupported = 0x00050000 | errno.EAFNOSUPPORT
        extra.add(unsupported, "socket", _Compare(0, _CMP_EQ, family, 0))

    calls = _Filter(library, refuse)
    for call in sorted(allowed_calls(unit)):
        calls.add(_ALLOW, call)
    calls.add(_ALLOW, "seccomp")  # to load; systemd too has this one
    extra.load()
    calls.load()


if __name__ == "__main__":
    restrict(Path(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
