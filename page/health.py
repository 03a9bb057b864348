"""How things stand inside: what `sodien doctor` says as a traffic light, and the gaps.

Doctor runs as a program of its own: it looks at broker and database too, which are no business of the page,
and what it loads does not stay in the page's memory.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

from page.household import Snapshot
from page.now import between
from sodien import formats
from sodien.files import of_a_child
from sodien.i18n import language, tr
from sodien.words.register import reason

_PATIENCE_S = 40
#: As long an answer counts.
_FRESH_S = 60
_MOST_GAPS = 50


class DoctorFinding(msgspec.Struct, frozen=True):
    """What doctor says of one subject."""

    name: str
    level: str
    sentence: str
    remedy: str | None = None


class _Report(msgspec.Struct, frozen=True):
    findings: tuple[DoctorFinding, ...] = ()


class Doctor:
    """Asks `sodien doctor`, at most once a minute and language, one at a time."""

    def __init__(self, config: Path | None) -> None:
        """``config`` names the settings; None: nothing is asked, as in the demo."""
        self._config = config
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, tuple[DoctorFinding, ...]]] = {}

    def findings(self) -> tuple[DoctorFinding, ...] | None:
        """What it says, in the language in use; None where it gave no answer in time."""
        lang = language()
        if self._config is None:
            return ()
        with self._lock:
            known = self._known.get(lang)
            if known is not None and time.monotonic() - known[0] < _FRESH_S:
                return known[1]
            found = self._ask(lang)
            if found is not None:
                self._known[lang] = time.monotonic(), found
            return found

    def last(self) -> tuple[DoctorFinding, ...]:
        """What it said last, in whatever language, without asking."""
        newest = max(self._known.values(), default=(0.0, ()), key=lambda one: one[0])
        return newest[1]

    def _ask(self, lang: str) -> tuple[DoctorFinding, ...] | None:
        command = [
            sys.executable,
            "-m",
            "sodien",
            "--lang",
            lang,
            "doctor",
            "--json",
            "-c",
            str(self._config),
        ]
        user, group = of_a_child()
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=_PATIENCE_S, check=False, user=user, group=group
            )
            return msgspec.json.decode(done.stdout, type=_Report).findings
        except (OSError, subprocess.TimeoutExpired, msgspec.MsgspecError):
            return None


@dataclass(frozen=True, slots=True)
class GapLine:
    """A gap, worded: its number, when, how long, why, and what can have flowed."""

    entry: int
    start: str
    end: str
    length: str
    reason: str
    energy: str
    open: bool


def gap_lines(seen: Snapshot) -> list[GapLine]:
    """The newest gaps, the last one first."""
    zone = seen.settings.zone
    return [
        GapLine(
            gap.seq,
            formats.instant(gap.start, zone, seconds=True),
            formats.instant(gap.end, zone, seconds=True),
            formats.duration(gap.outage.ns / 10**9),
            reason(gap.reason),
            between(seen.history.energy(gap.start, gap.end), 3),
            gap.resolution is None and gap.outage.can_be_supply_out,
        )
        for gap in reversed(seen.history.gaps[-_MOST_GAPS:])
        if gap.outage.ns > 0
    ]


def light(findings: tuple[DoctorFinding, ...] | None, trouble: str | None) -> tuple[str, str]:
    """The colour of the traffic light, and the word beside it."""
    if trouble is not None or (findings and any(one.level == "fail" for one in findings)):
        return "bad", tr("Needs attention now")
    if findings is None or any(one.level == "warn" for one in findings):
        return "unsure", tr("Look at this when you can")
    return "good", tr("All is well")
