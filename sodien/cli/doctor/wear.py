"""How much the daemon has written to the card since it started, for `sodien doctor`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sodien import formats
from sodien.cli.doctor.finding import Finding
from sodien.i18n import tr

#: Bytes a day at which a card of 16 GB, good for a hundred times its size, lasts some forty years.
MOST_PER_DAY = 100_000_000
_ENOUGH_S = 3600.0


def written(pid: int, proc: Path = Path("/proc")) -> tuple[int, float] | None:
    """(bytes that a process caused to be written, seconds it has run); None when that may not be seen.

    From /proc/PID/io (write_bytes) and /proc/PID/stat (field 22, start time in ticks since boot), proc(5).
    """
    try:
        lines = dict(line.split(": ") for line in (proc / str(pid) / "io").read_text().splitlines())
        after_name = (proc / str(pid) / "stat").read_text().rpartition(") ")[2].split()
        uptime = float((proc / "uptime").read_text().split()[0])
    except (OSError, ValueError):
        return None
    started = int(after_name[19]) / os.sysconf("SC_CLK_TCK")
    return int(lines["write_bytes"]), max(0.0, uptime - started)


def check_wear(pid: int, proc: Path = Path("/proc")) -> Iterator[Finding]:
    """Bytes a day, once the daemon has run for an hour; nothing where the kernel does not tell us."""
    found = written(pid, proc)
    if found is None or found[1] < _ENOUGH_S:
        return
    size, seconds = found
    per_day = size * 86_400 / seconds
    text = tr(
        "the daemon has written {size} MB in {time}, {per_day} MB a day",
        size=formats.number(size / 1e6, 1),
        time=formats.duration(seconds),
        per_day=formats.number(per_day / 1e6, 1),
    )
    if per_day <= MOST_PER_DAY:
        yield Finding("wear", "ok", text)
        return
    yield Finding(
        "wear",
        "warn",
        text,
        tr("raise ledger.at_risk_wh, or put the ledger on a disk that takes more writing."),
    )
