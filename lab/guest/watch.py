"""Runs the daemon and notes all the time what it has acknowledged, so that a power cut can be judged.

Reading the ledger shows what is committed: in WAL mode SQLite shows a commit to others only after its
flush has returned. Every few milliseconds that is written down, beside how many pulses there were: into
the disk's own log (``disk``: a write to the last sectors of the disk, which no file system uses; the place of
a note among the other writes tells what was acknowledged by then), or into a file of the host (``file``).
"""

from __future__ import annotations

import json
import mmap
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from lab import schedule
from lab.case import Case
from lab.guest.drive import DATA, LAB, PULL, Daemon, Player, offset, vouch, warm

MARK = b"SODIEN-MARK "
EVERY_S = 0.02
RESERVED = 8  # sectors of 512 bytes at the disk's end
_O_DIRECT = 0o40000


def to_disk() -> Callable[[bytes], None]:
    """Notes go into the disk's write log."""
    sectors = int(Path("/sys/block/vda/size").read_text())
    disk = os.open("/dev/vda", os.O_WRONLY | _O_DIRECT)
    page = mmap.mmap(-1, 4096)

    def write(text: bytes) -> None:
        page[:] = (MARK + text).ljust(4096, b"\n")
        os.pwrite(disk, page, (sectors - RESERVED) * 512)

    return write


def to_file(path: Path) -> Callable[[bytes], None]:
    """Notes go to the host at once."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    return lambda text: void(os.write(file, text + b"\n"))


def void(_: object) -> None:
    """Nothing."""


class Truth:
    """The pulses so far, by the times the edges really had: what a late edge has cut short is none."""

    def __init__(self, player: Player, min_active_ns: int) -> None:
        self._player, self._min_active = player, min_active_ns
        self._seen = self._pulses = 0

    def note(self) -> dict[str, int]:
        """Pulses that are over, and 1 while the LED is lit."""
        edges = self._player.edges
        for fall in range(self._seen + 1, edges, 2):
            lit = self._player.times(fall)[0] - self._player.times(fall - 1)[1]
            self._pulses += lit >= self._min_active
        self._seen = edges - edges % 2
        return {"true": self._pulses, "lit": edges % 2}


def main() -> None:
    """``watch disk|file seconds``: run the case in plan.json until it is over, or for so long."""
    how = sys.argv[1]
    plan = json.loads((LAB / "plan.json").read_bytes())
    case = msgspec.convert(plan["case"], Case)
    warm()
    Path(PULL).write_text("pull-down")
    vouch(True)
    config, ledger = DATA / "sodien.yaml", DATA / "ledger.db"
    if not config.exists():
        config.write_text(case.yaml(str(ledger), plan["factory"]))
        os.sync()  # the settings were there long before any power cut
    (DATA / "notify").unlink(missing_ok=True)
    write = to_disk() if how == "disk" else to_file(LAB / "marks")
    write(json.dumps({"offset": offset(), "mono": time.monotonic_ns()}).encode())
    daemon = Daemon(config, LAB / "daemon.log")
    daemon.ready()
    player = Player(schedule.encode(case.edges), Path("/dev/shm/truth.bin"))
    true = Truth(player, case.limits.min_active_ns)
    db = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True, isolation_level=None)
    due = time.monotonic()
    while player.process.poll() is None:
        write(json.dumps(acknowledged(db) | true.note() | {"mono": time.monotonic_ns()}).encode())
        due = max(due + EVERY_S, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))
    time.sleep(3)
    write(json.dumps(acknowledged(db) | true.note() | {"mono": time.monotonic_ns()}).encode())
    db.close()
    print("played; exit code", daemon.stop()[0], flush=True)


def acknowledged(db: sqlite3.Connection) -> dict[str, Any]:
    """The newest entry and the saved count."""
    db.execute("BEGIN")
    seq = db.execute("SELECT coalesce(max(seq), 0) FROM entry").fetchone()[0]
    pulses, mono = db.execute("SELECT pulses, mono FROM save WHERE meter='main'").fetchone() or (0, 0)
    db.execute("COMMIT")
    return {"seq": seq, "pulses": pulses, "saved": mono}


if __name__ == "__main__":
    main()
