"""d. Disk stalls: the card takes nothing for ten seconds while pulses come."""

from __future__ import annotations

from lab.case import Case, Result, Step, train
from lab.outcome import Outcome
from lab.scenarios.a_rates import exact
from lab.schedule import steady

TITLE = "disk stalls"


def cases(long: bool) -> list[Case]:
    """One stall, in the long form twelve; the device mapper holds every read and write up."""
    stalls = 12 if long else 1
    steps = tuple(Step(10 + 25 * n, "suspend", 10) for n in range(stalls))
    seconds = 25 * stalls + 15
    return [
        Case(name=f"d disk stalled 10 s{f' {stalls} times' if long else ''}, {rate:g}/s",
             edges=train(steady(rate, 30, seconds)), constant=1000, amps=100, phases=3, steps=steps)
        for rate in (3.0, 16.7)
    ]  # fmt: skip


def judge(result: Result) -> Outcome:
    """Nothing lost."""
    return exact(result, "0 lost, 0 made up")
