"""i. A stranger's message of 268 MB, retained in a topic of the device: met at every start, under a limit."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from lab import bench, machine
from lab.outcome import Outcome, first_wrong

TITLE = "a retained message of 268 MB"
#: Most megabytes that the daemon may have in memory meanwhile.
GOAL_MB = 96


def judge(version: str, found: dict[str, Any]) -> Outcome:
    """Connected at both starts, no more memory than without it, a clean end."""
    megabytes = found["peak"] / 1e6
    shortfall = first_wrong(
        (found["code"] == 0, f"the daemon ended with exit code {found['code']}"),
        (found["connected"] == 2, f"connected at {found['connected']} of 2 starts"),
        (0 < megabytes <= GOAL_MB, f"{megabytes:.0f} MB in memory"),
        # MQTT 5 tells the broker the limit, so the message never comes; with 3.1.1 it is read past.
        (version == "5" or found["ignored"] > 0, "the message never came: nothing was tried"),
    )
    text = f"connected at both starts, {megabytes:.0f} MB in memory at most"
    return Outcome(
        f"i MQTT {version}", f"connected, at most {GOAL_MB} MB in memory", text, shortfall, dict(found)
    )


def run(_options: Any, folder: Path) -> list[Outcome]:
    """One machine for each version of MQTT."""
    outcomes = []
    for version, number in (("5", 5), ("3.1.1", 3)):
        place = folder / str(number)
        place.mkdir(parents=True, exist_ok=True)
        job = f"exec {sys.executable} -m lab.guest.giant {number}"
        code = machine.Machine(job, place, memory_mb=1536, timeout_s=3600).run()
        if code:
            raise machine.LabError(bench.broken(place, code))
        found = json.loads((place / "stdout").read_text(encoding="utf-8").splitlines()[-1])
        outcomes.append(judge(version, found))
    return outcomes
