"""c. What is no pulse: glitches, chatter, a lamp's flicker, an LED stuck on; and the line inverted."""

from __future__ import annotations

import random

from lab.case import Case, Result, train
from lab.outcome import Outcome, first_wrong
from lab.scenarios.a_rates import exact
from lab.schedule import MS, S, chatter, flicker, glitches, steady

TITLE = "noise"


def cases(long: bool) -> list[Case]:
    """Four flashes of 60 ms a second (a house at 9 kW with 1,600 imp/kWh) amid all that."""
    seconds = 1800 if long else 60
    draw = random.Random(7)
    clean = steady(3.5, 60, seconds)
    middle = seconds * S // 2
    stuck = [f for f in clean if f[0] + f[1] < middle - S] + [(middle, 20 * S)]
    stuck += [f for f in clean if f[0] > middle + 21 * S]
    return [
        Case(name="c glitches of 0.05 to 3 ms", edges=train(glitches(clean, draw))),
        Case(name="c chatter at both edges", edges=train(chatter(clean, draw))),
        Case(name="c inverted, with glitches", active="low",
             edges=train(glitches(clean, draw), active_high=False)),
        Case(name="c 100 Hz flicker of 3.5 ms", edges=train(flicker(clean, seconds * S))),
        Case(name="c stuck on for 20 s", edges=train(stuck)),
        Case(name="c glitches against real pulses 3 ms apart", edges=train(crowded(seconds))),
    ]  # fmt: skip


def crowded(seconds: int) -> list[tuple[int, int]]:
    """Each pulse is followed by one more long enough to count, but closer than the breaker allows."""
    found = []
    for start, width in steady(2, 60, seconds):
        found += [(start, width), (start + width + 3 * MS, 20 * MS)]
    return found


def judge(result: Result) -> Outcome:
    """Every flash that is none is refused with a reason, every pulse counted."""
    outcome = exact(result, "0 made up, 0 pulses refused, each refusal with a reason")
    reasons: dict[str, int] = result.record.health.get("rejected", {})
    told = sum(reasons.values())
    listed = ", ".join(f"{n} {why}" for why, n in reasons.items() if n) or "none refused"
    shortfall = outcome.shortfall or first_wrong(
        (told == result.pulses.refused, f"{result.pulses.refused} flashes were no pulses, {told} told"),
    )
    found = f"{outcome.figures['sent']:,} sent, {result.record.counted:,} counted; {listed}"
    return Outcome(outcome.case, outcome.goal, found, shortfall, outcome.figures)
