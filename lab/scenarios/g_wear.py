"""g. Wear: what reaches the card per day, for three households, and what the usual script would write."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import bench, crash, machine, owners
from lab.case import AT_RISK_WH
from lab.outcome import Outcome, first_wrong

TITLE = "wear"
CONSTANT = 1600
GOAL_MB, LAZY_GOAL_MB = 25, 15
DAY_S = 86_400
#: Minutes of the day in which so many commits come that the whole of it would tell nothing more.
PART = 240


@dataclass(frozen=True)
class Wear:
    """One household written down in one way.

    Attributes:
        kwh: a day's energy.
        at_risk_wh: Sodien's setting; None for the usual script.
        journal: the usual script's SQLite journal, "" for Sodien.
        chain: with broker and collector, so that confirmations are written too.
        lazytime: the file system is mounted with this option.
        traced: whose the bytes are is told too.
        minutes: how much of the day in the long form.
    """

    kwh: int
    at_risk_wh: float | None
    journal: str = ""
    chain: bool = False
    lazytime: bool = False
    traced: bool = False
    minutes: int = DAY_S // 60

    @property
    def name(self) -> str:
        """For the table."""
        if self.journal:
            return f"g {self.kwh} kWh/day, a commit per pulse, {self.journal}"
        more = (", whole chain" if self.chain else "") + (", lazytime" if self.lazytime else "")
        return f"g {self.kwh} kWh/day, at_risk_wh {self.at_risk_wh:g}{more}"

    @property
    def goal(self) -> float | None:
        """Most MB a day; None where it is only for comparison."""
        if self.kwh != 10 or self.at_risk_wh != AT_RISK_WH or self.chain:
            return None
        return LAZY_GOAL_MB if self.lazytime else GOAL_MB


def cases(long: bool) -> list[Wear]:
    """In the short form the goal and what it is compared with."""
    if not long:
        return [
            Wear(10, AT_RISK_WH, traced=True),
            Wear(10, AT_RISK_WH, lazytime=True),
            Wear(10, 5),
            Wear(10, None, "WAL"),
            Wear(10, None, "DELETE"),
        ]
    return [
        *(Wear(kwh, risk, traced=(kwh, risk) == (10, 20)) for kwh in (3, 10) for risk in (1, 5, 20)),
        *(Wear(40, risk, minutes=PART) for risk in (1, 5, 20)),
        Wear(10, AT_RISK_WH, lazytime=True),
        Wear(10, AT_RISK_WH, chain=True),
        *(Wear(kwh, None, journal, minutes=PART) for kwh in (3, 10, 40) for journal in ("WAL", "DELETE")),
    ]


def window(watts: list[int], minutes: int) -> int:
    """Where the stretch of so many minutes begins whose energy is nearest to its share of the day's; pure."""
    share = sum(watts) * minutes / len(watts)
    twice = watts + watts
    return min(range(len(watts)), key=lambda n: abs(sum(twice[n : n + minutes]) - share))


def profile(kwh: int, minutes: int) -> str:
    """A CSV load profile: the built-in household's first day, scaled to ``kwh``, from the window on."""
    from firmware.simulation.load_profile import household

    day = list(household(1).watts[:1440])
    start = window(day, minutes)
    scale = kwh * 1000 * 60 / sum(day)
    turned = [*day[start:], *day[:start]]
    rows = [f"2026-11-01T{n // 60:02}:{n % 60:02}:00,{w * scale / 1000:.3f}" for n, w in enumerate(turned)]
    return "time,power_kw\n" + "\n".join(rows) + "\n"


def judge(case: Wear, found: dict[str, Any]) -> Outcome:
    """MB a day; the goal is for 10 kWh a day with the defaults."""
    share = DAY_S / found["seconds"]
    megabytes, flushes = found["bytes"] * share / 1e6, found["flushes"] * share
    goal = "to be compared" if case.goal is None else f"at most {case.goal} MB a day"
    text = f"{megabytes:,.1f} MB and {flushes:,.0f} flushes a day"
    if "by" in found:
        by = {name: size * share / 1e6 for name, size in found["by"].items()}
        text += f" ({', '.join(f'{name} {size:.1f}' for name, size in by.items() if size >= 0.05)})"
    shortfall = first_wrong(
        (found["code"] == 0, f"it ended with exit code {found['code']}"),
        (bool(case.journal) or found["pulses"] > 0, "nothing was counted"),
        (case.goal is None or megabytes <= case.goal, f"{megabytes:.1f} MB a day"),
    )
    figures = {**found, "mb_per_day": round(megabytes, 2), "flushes_per_day": round(flushes)}
    return Outcome(case.name, goal, text, shortfall, figures)


def run(options: Any, folder: Path) -> list[Outcome]:
    """One machine per case: an hour of the day, all of it in the long form."""
    outcomes = []
    for number, case in enumerate(cases(options.long)):
        minutes = case.minutes if options.long else 60
        place = folder / str(number)
        place.mkdir(parents=True, exist_ok=True)
        (place / "load.csv").write_text(profile(case.kwh, minutes), encoding="utf-8")
        (place / "wear.json").write_text(json.dumps(plan(case, minutes * 60)), encoding="utf-8")
        job = f"exec {sys.executable} -m lab.guest.wear /run/lab/wear.json"
        image, log = place / "data.img", place / "writes.log"
        machine.image(image, bench.DISK_MB)
        disk = bench.logged(image, log) if case.traced else bench.drive(image)
        code = machine.Machine(job, place, disk=disk, tickless=True, timeout_s=14_400).run()
        if code:
            raise machine.LabError(bench.broken(place, code))
        found = json.loads((place / "stdout").read_text(encoding="utf-8").splitlines()[-1])
        if case.traced:
            begin, end = found["begin"], found["begin"] + found["bytes"]
            names = {block: name.removeprefix("ledger.db-") for block, name in owners.owners(image).items()}
            found["by"] = owners.shares(crash.read(log), names, begin, end)
            log.unlink()
        image.unlink()
        outcomes.append(judge(case, found))
        print(f"{case.name}: {outcomes[-1].found}", file=sys.stderr, flush=True)
    return outcomes


def plan(case: Wear, seconds: int) -> dict[str, Any]:
    """What the machine is told; the big household needs more than the default breaker."""
    amps = 40 if case.kwh <= 10 else 100
    at_risk_wh = case.at_risk_wh or AT_RISK_WH
    yaml = (
        f"device: lab\nclock: auto\nledger: {{path: ledger.db, at_risk_wh: {at_risk_wh:g}}}\n"
        "gpio: {factory: simulated, simulated: {profile: /run/lab/load.csv}}\n"
        f"mqtt: {{host: 127.0.0.1, port: {1883 if case.chain else 1}}}\n"
        "collector: {file: /tmp/lines, aside: /tmp/aside}\n"
        f"meters:\n  - {{id: main, pin: 17, constant: {CONSTANT}, breaker_amps: {amps}}}\n"
    )
    return {
        "yaml": yaml, "seconds": seconds, "journal": case.journal, "chain": case.chain,
        "lazytime": case.lazytime, "slug": "daemon",
        "profile": "/run/lab/load.csv", "constant": CONSTANT,
    }  # fmt: skip
