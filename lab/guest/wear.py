"""Counts what reaches the disk while a household's day goes by: ``wear PLAN``, one JSON line on stdout.

The daemon lives through the whole time, second by second, on an ext4 disk with a volatile write cache: the
file system's journal, its timers and whole blocks are in the figures. The block layer counts sectors written
and flushes.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from firmware.simulation.load_profile import pulses, read_profile
from lab.guest.drive import Daemon, vouch, warm

MOUNT = Path("/mnt/data")
Figures = dict[str, float]
#: A clean stop removes these files of the ledger; a second name tells which blocks were theirs.
KEPT = ("wal", "shm")
SETTLE_S = 60  # until ext4 and the kernel have written what they still hold


def settled() -> tuple[int, int]:
    """The same once what the start has left to be written is written."""
    time.sleep(SETTLE_S)
    return written()


def figures(before: tuple[int, int], after: tuple[int, int], seconds: float, code: int) -> Figures:
    """What a case has written."""
    return {
        "code": code, "begin": before[0], "bytes": after[0] - before[0], "flushes": after[1] - before[1],
        "seconds": seconds,
    }  # fmt: skip


def written() -> tuple[int, int]:
    """Bytes written to and flushes of the disk so far."""
    fields = Path("/sys/block/vda/stat").read_text().split()
    return int(fields[6]) * 512, int(fields[15])


def daemon(plan: dict[str, Any]) -> Figures:
    """`sodien run` on its own simulated LED; with a broker and a collector when the plan says so."""
    config = MOUNT / "sodien.yaml"
    config.write_text(plan["yaml"])
    others = chain(config) if plan["chain"] else []
    running = Daemon(config, Path(f"/run/lab/{plan['slug']}.log"))
    running.ready()
    before, begun = settled(), time.monotonic()
    time.sleep(plan["seconds"])
    seconds, after = time.monotonic() - begun, written()
    for ending in KEPT:
        os.link(MOUNT / f"ledger.db-{ending}", MOUNT / ending)
    code, _ = running.stop()
    for other in others:
        other.terminate()
        other.wait()
    return figures(before, after, seconds, code)


def chain(config: Path) -> list[subprocess.Popen[bytes]]:
    """The rest of the house, writing nothing to this disk."""
    log = Path("/run/lab/chain.log").open("ab")  # noqa: SIM115  (theirs until they end)
    broker = subprocess.Popen(["mosquitto", "-p", "1883"], stdout=log, stderr=log)
    time.sleep(5)
    collector = subprocess.Popen(
        [sys.executable, "-m", "sodien", "collect", "--config", str(config)], stdout=log, stderr=log
    )
    return [collector, broker]


def naive(plan: dict[str, Any]) -> Figures:
    """A script in the manner of the usual tutorial: one row and one commit per pulse."""
    db = sqlite3.connect(MOUNT / "pulses.db", isolation_level=None)
    db.execute(f"PRAGMA journal_mode={plan['journal']}")
    db.execute("CREATE TABLE pulse(id INTEGER PRIMARY KEY, at REAL, total INTEGER)")
    before, begun = settled(), time.monotonic_ns()
    for total, at in enumerate(pulses(read_profile(Path(plan["profile"])), plan["constant"]), 1):
        if at > plan["seconds"] * 1_000_000_000:
            break
        while (left := begun + at - time.monotonic_ns()) > 0:
            time.sleep(left / 1e9)
        db.execute("INSERT INTO pulse(at, total) VALUES(?,?)", (time.time(), total))
    after = written()
    db.close()
    return figures(before, after, plan["seconds"], 0)


def main() -> None:
    """Run a plan on a fresh disk."""
    plan = json.loads(Path(sys.argv[1]).read_bytes())
    warm()
    vouch(True)
    if plan["lazytime"]:
        subprocess.run(["mount", "-o", "remount,lazytime", str(MOUNT)], check=True)
    found = naive(plan) if plan["journal"] else daemon(plan)
    counted = 0
    if not plan["journal"]:
        shutil.copy(MOUNT / "ledger.db", "/run/ledger.db")
        wal = MOUNT / "ledger.db-wal"
        if wal.exists():
            shutil.copy(wal, "/run/ledger.db-wal")
        row = sqlite3.connect("/run/ledger.db").execute("SELECT pulses FROM save").fetchone()
        counted = row[0] if row else 0
    print(json.dumps({**found, "pulses": counted}), flush=True)


if __name__ == "__main__":
    main()
