"""Takes cases into the machine and brings back what came of them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from lab import machine
from lab.case import Case, Result, collect

DISK_MB = 128


def player() -> Path:
    """The compiled player. Raises LabError."""
    return compiled("player")


def nosync() -> Path:
    """The compiled library that switches flushes off. Raises LabError."""
    return compiled("nosync", "-shared", "-fPIC")


def compiled(name: str, *flags: str) -> Path:
    """What a C file of the guest becomes, beside the kernel in the cache. Raises LabError."""
    source = machine.HERE / "guest" / f"{name}.c"
    key = hashlib.sha256(source.read_bytes()).hexdigest()[:16]
    built = machine.kernel().parent / f"{name}-{key}"
    if not built.exists():
        part = built.with_suffix(f".{os.getpid()}")
        line = ["gcc", "-O2", "-Wall", *flags, "-o", str(part), str(source)]
        if subprocess.run(line, check=False).returncode:
            raise machine.LabError(f"{source.name} could not be compiled; run: sh lab/install.sh")
        part.rename(built)
    return built


def drive(data: Path) -> list[str]:
    """QEMU arguments of a raw image as the data disk; the host's own flushing is of no concern."""
    return ["-drive", f"if=none,id=data,format=raw,cache=unsafe,file={data}"]


def logged(image: Path, log: Path) -> list[str]:
    """The same with every write and flush recorded in ``log``, for :func:`lab.crash.read`."""
    log.write_bytes(b"")
    return [
        "-blockdev", f"driver=file,node-name=medium,filename={image},cache.no-flush=on",
        "-blockdev", f"driver=file,node-name=log,filename={log},cache.no-flush=on",
        "-blockdev", "driver=blklogwrites,node-name=data,file=medium,log=log,log-sector-size=512",
    ]  # fmt: skip


def run(cases: Sequence[Case], folder: Path, *, factory: str = "auto", **options: object) -> list[Result]:
    """Run cases one after the other in one machine. Raises LabError when it does not come to its end."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = {"factory": factory, "cases": [msgspec.to_builtins(case) for case in cases]}
    (folder / "plan.json").write_bytes(msgspec.json.encode(plan))
    shutil.copy(player(), folder / "player")
    image = folder / "data.img"
    machine.image(image, DISK_MB)
    job = f"exec {sys.executable} -m lab.guest.drive"
    code = machine.Machine(job, folder, disk=drive(image), **options).run(tell)  # type: ignore[arg-type]
    image.unlink(missing_ok=True)
    if code:
        raise machine.LabError(broken(folder, code))
    return [collect(case, folder) for case in cases]


def tell(out: bytes, err: bytes) -> None:
    """The machine's progress, for whoever watches."""
    sys.stderr.buffer.write(out + err)
    sys.stderr.buffer.flush()


def broken(folder: Path, code: int) -> str:
    """Why a run came to nothing."""
    name = "console" if code == machine.BROKEN else "stderr"
    tail = (folder / name).read_text(encoding="utf-8", errors="replace")[-2000:]
    return f"the machine's job ended with {code}; the end of {folder / name}:\n{tail}"
