"""One run of the lab's machine: QEMU without KVM, the lab's kernel, the host's files, one job.

Standard library only, so that `lab/run` works with any Python 3.11.

The machine has a *steady* processor unless told otherwise: its clock counts instructions (QEMU's icount),
so how fast the host is, or what else it does, changes how long a run takes and nothing in it. While the
machine is idle its clock jumps to the next timer.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
#: 2^shift nanoseconds per instruction: 10⁹ a second, about a core of a Raspberry Pi 3 or Zero 2 W.
STEADY_SHIFT = 0
#: Exit code of a machine that did not come to its end.
BROKEN = 125


class LabError(Exception):
    """The lab cannot do what it was asked; the sentence says why and what to do."""


@dataclass(frozen=True)
class Machine:
    """What to start.

    Attributes:
        job: shell text that runs inside, with ``cwd`` as its folder; its output goes to ``folder``.
        folder: shared with the machine as /run/lab, writable; kept.
        steady: whether the machine's clock counts instructions; False: it follows the host's.
        skip: whether a steady machine's clock jumps on while it is idle. Waiting for the disk is idling: to
            the machine a disk looks up to 200 times as slow then.
        tickless: without a tick every 4 ms an idle hour passes in seconds, but waiting for the host (its
            files, its disk) may take seconds to the machine.
        rtc: what the machine's clock shows at the start, as QEMU's ``-rtc base=``.
        disk: QEMU ``-blockdev``/``-drive`` arguments that define the node or drive ``data``; mounted on
            /mnt/data as ext4. None: no disk.
        environment: further variables for the job.
        timeout_s: host seconds after which the machine is killed.
    """

    job: str
    folder: Path
    cwd: Path = ROOT
    steady: bool = True
    skip: bool = True
    tickless: bool = False
    rtc: str = "utc"
    disk: Sequence[str] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    memory_mb: int = 512
    timeout_s: float = 3600
    python: Path = Path(sys.executable)

    def start(self) -> Running:
        """Switch the machine on."""
        for name in ("code", "code.part", "stdout", "stderr", "console"):
            (self.folder / name).unlink(missing_ok=True)
        (self.folder / "job").write_text(self.job + "\n", encoding="utf-8")
        (self.folder / "stdout").touch()
        (self.folder / "stderr").touch()
        variables = {
            "LAB_PYTHON": str(self.python),
            "LAB_HOME": str(HERE),
            "LAB_CWD": str(self.cwd),
            "HOME": "/root",
            "TMPDIR": "/tmp",
            "LG_WD": "/tmp",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LANG": "C.UTF-8",
            "SODIEN_LAB": "1",
            **self.environment,
        }
        text = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
        (self.folder / "environment").write_text(text, encoding="utf-8")
        process = subprocess.Popen(self.arguments(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        return Running(self, process, time.monotonic())

    def run(self, shown: Callable[[bytes, bytes], None] | None = None) -> int:
        """Switch on, wait for the job's end and return its exit code (:data:`BROKEN` without one)."""
        with self.start() as running:
            return running.wait(shown)

    def arguments(self) -> list[str]:
        """QEMU's command line."""
        share = "local,security_model=none,multidevs=remap"
        line = [
            "root=labroot rootfstype=9p ro",
            "rootflags=trans=virtio,version=9p2000.L,msize=262144,cache=loose,access=any",
            f"init={HERE}/guest/init.sh",
            "console=ttyS0 quiet loglevel=4 panic=-1 reboot=t tsc=reliable clocksource=tsc idle=halt",
            "nohz=on" if self.tickless else "nohz=off",
            "random.trust_cpu=on mitigations=off",
        ]
        qemu = shutil.which("qemu-system-x86_64")
        if qemu is None:
            raise LabError("qemu-system-x86_64 is missing; run: sh lab/install.sh")
        found = [qemu, "-machine", "pc,accel=tcg", "-cpu", "max", "-smp", "1", "-m", str(self.memory_mb)]
        if self.steady:
            found += ["-icount", f"shift={STEADY_SHIFT},align=off,sleep={'off' if self.skip else 'on'}"]
        found += ["-rtc", f"base={self.rtc},clock={'vm' if self.steady else 'host'}"]
        found += ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
        found += ["-serial", f"file:{self.folder}/console"]
        found += ["-fsdev", f"{share},id=root,path=/,readonly=on"]
        found += ["-device", "virtio-9p-pci,fsdev=root,mount_tag=labroot"]
        found += ["-fsdev", f"{share},id=lab,path={self.folder}"]
        found += ["-device", "virtio-9p-pci,fsdev=lab,mount_tag=lab"]
        if self.disk is not None:
            found += [*self.disk, "-device", "virtio-blk-pci,drive=data,serial=data"]
        return [*found, "-kernel", str(kernel()), "-append", " ".join(line)]


class Running:
    """A machine that is on; leaving the ``with`` block cuts it off."""

    def __init__(self, machine: Machine, process: subprocess.Popen[bytes], started: float) -> None:
        self.machine = machine
        self.process = process
        self.started = started

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()

    def cut(self) -> None:
        """Pull the plug: kill -9."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def wait(self, shown: Callable[[bytes, bytes], None] | None = None) -> int:
        """Wait for the end; ``shown`` gets the new output (stdout, stderr) as it comes."""
        folder = self.machine.folder
        with (folder / "stdout").open("rb") as out, (folder / "stderr").open("rb") as err:
            while True:
                over = self.process.poll() is not None
                if shown is not None:
                    shown(out.read(), err.read())
                if over:
                    break
                if time.monotonic() - self.started > self.machine.timeout_s:
                    self.cut()
                    continue
                time.sleep(0.05)
        return self.code()

    def code(self) -> int:
        """The job's exit code, :data:`BROKEN` when it did not come to its end."""
        try:
            return int((self.machine.folder / "code").read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return BROKEN


def kernel() -> Path:
    """The lab's kernel, built when it is not there yet. Raises LabError."""
    done = subprocess.run(
        ["sh", str(HERE / "kernel" / "build.sh")], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise LabError("the lab's kernel could not be built; the reason is above")
    return Path(done.stdout.strip())


def image(path: Path, megabytes: int, *, reserved_kb: int = 0) -> None:
    """Make a sparse ext4 image with 4 KiB blocks; the last ``reserved_kb`` stay outside the file system."""
    path.unlink(missing_ok=True)
    with path.open("wb") as file:
        file.truncate(megabytes << 20)
    size = f"{(megabytes << 10) - reserved_kb}k"
    subprocess.run([tool("mkfs.ext4"), "-q", "-b", "4096", "-J", "size=4", "-F", str(path), size], check=True)


def tool(name: str) -> str:
    """Where an administrator's tool is. Raises LabError."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise LabError(f"{name} is missing; run: sh lab/install.sh")
    return found


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder that is thrown away."""
    return tempfile.TemporaryDirectory(prefix="sodien-lab-")
