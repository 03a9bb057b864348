"""e. Clock: no battery-backed clock, so it starts in 2020; the network's time comes later, and steps.

Or somebody vouches for a wrong time: that of 2020, or one that is a day ahead. Whatever the clock did, what
the ledger says of the energy between any two ticks holds the truth, by the clock that was right in the end.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from itertools import combinations

from lab.case import Case, Result, Step, train
from lab.outcome import Outcome, first_wrong
from lab.scenarios.a_rates import exact
from lab.schedule import steady
from sodien.history.meter import MeterHistory
from sodien.ledger.bodies import EventBody, SnapshotBody
from sodien.ledger.noted import ClockNoted
from sodien.ledger.store import Ledger

TITLE = "clock"
RTC = "2020-01-01T00:00:00"
#: A known clock is looked at every half minute.
NOTICED_NS = 31_000_000_000
#: A reading day ends at midnight in Viet Nam: the unset clock shows half a minute before that.
UNSET = dt.datetime(2020, 1, 31, 16, 59, 30, tzinfo=dt.UTC).timestamp()
#: The network's time: a minute before the end of another reading day.
TRUE = dt.datetime(2026, 11, 30, 16, 59, 0, tzinfo=dt.UTC).timestamp()
DAY_S = 86_400
LATER = dt.datetime(2026, 11, 12, 3, 10, 0, tzinfo=dt.UTC).timestamp()


def cases(long: bool) -> list[Case]:
    """Synchronised late; once known, stepping forwards and back; and wrong from the start."""
    rate, brief = steady(5, 60, 200), steady(5, 60, 100)
    return [
        Case(name="e clock unset for 90 s, then synchronised", edges=train(rate), constant=3200,
             synchronised=False, steps=(Step(1, "set", UNSET), Step(90, "sync", TRUE))),
        Case(name="e synchronised clock steps +1 h, then -30 min", edges=train(rate), constant=3200,
             steps=(Step(-1, "sync", LATER), Step(60, "step", 3600), Step(120, "step", -1800))),
        Case(name="e RTC of 2020 taken for right, then put right", edges=train(brief), constant=3200,
             steps=(Step(-1, "sync", UNSET), Step(45, "step", TRUE - UNSET))),
        Case(name="e clock a day ahead, then put right", edges=train(brief), constant=3200,
             steps=(Step(-1, "sync", LATER + DAY_S), Step(45, "step", -DAY_S))),
    ]  # fmt: skip


def judge(result: Result) -> Outcome:
    """Every row ends with the right time, nothing was decided on an unset clock, every step is noted."""
    counted = exact(result, "every tick has its right time, no snapshot on an unset clock")
    rows, offsets = result.record.rows, result.done.offsets
    undated = sum(row.at is None for row in rows)
    wrong = sum(
        not right(row.mono, row.at, offsets) for row in rows if row.kind in ("tick", "health", "event")
    )
    known = min((o["mono"] + o["offset"] for o in offsets if o["synchronised"]), default=0) // 1_000_000
    days = [(row.at or 0, row.read(SnapshotBody).day.isoformat()) for row in result.record.of("snapshot")]
    early = [day for at, day in days if at < known - 60_000]
    snapshots = [day for _, day in days]
    clocks = [row.read(EventBody).noted for row in result.record.events("clock")]
    steps = [round(clock.step_ms / 1000) for clock in clocks if isinstance(clock, ClockNoted)]
    due = [round(step.value) for step in result.case.steps if step.action == "step"]
    stepped = min((row.seq for row in result.record.events("clock")[1:]), default=1 << 62)
    periods = [row for kind in ("hour", "day", "snapshot") for row in result.record.of(kind)]
    closed = sum(row.seq > stepped for row in periods)
    outside = spans_outside(result)
    shortfall = counted.shortfall or first_wrong(
        (undated == 0, f"{undated} rows have no time"),
        (wrong == 0, f"{wrong} rows have a wrong time"),
        (not early, f"snapshots decided on the unset clock: {early}"),
        (steps[1:] == due, f"steps noted: {steps[1:]}, made: {due}"),
        (not closed, f"{closed} periods closed by a clock that had just stepped"),
        (not outside, f"{outside} spans whose bounds do not hold the truth"),
        (known // 1000 != round(TRUE) or snapshots == ["2026-11-30"], f"snapshots: {snapshots}"),
    )
    listed = ", ".join(map(str, snapshots)) or "none"
    found = f"{len(rows)} rows, {wrong} wrong times, {undated} without, snapshots {listed}"
    figures = {
        **counted.figures,
        "steps_s": steps,
        "snapshots": snapshots,
        "wrong": wrong,
        "undated": undated,
        "spans_outside": outside,
    }
    return Outcome(counted.case, counted.goal, found, shortfall, figures)


def spans_outside(result: Result) -> int:
    """Between how many pairs of ticks the ledger's bounds of the energy do not hold the true pulses."""
    if result.ledger is None:
        return 0
    meter, offset = result.case.meter, result.done.offsets[-1]["offset"]
    monos = [tick.mono or 0 for tick in result.record.ticks]
    ledger = Ledger.open(result.ledger)
    try:
        view = MeterHistory(ledger, meter, meter.p_max_kw)
        bad = 0
        for a, b in combinations(monos, 2):
            used = view.energy((a + offset) // 1_000_000, (b + offset) // 1_000_000)
            low, high = (float(kwh * meter.constant) for kwh in (used.low, used.high))
            first, last = result.pulses.before(a), result.pulses.before(b)
            bad += not (low - 2 <= last[1] - first[0] and last[0] - first[1] <= high + 2)
    finally:
        ledger.close()
    return bad


def right(mono: int | None, at: int | None, offsets: list[dict[str, int]]) -> bool:
    """Whether a row's time is its monotonic time by a clock that was vouched for.

    Rows before the clock was known take the first known offset. After a step, the old one is in force until
    the step is noticed. Two milliseconds are for rounding and for the next free millisecond.
    """
    if mono is None or at is None:
        return False
    known = [o for o in offsets if o["synchronised"]]
    place = max(0, bisect_right([o["mono"] for o in known], mono) - 1)
    fitting = [known[place]["offset"]]
    if place and mono < known[place]["mono"] + NOTICED_NS:
        fitting.append(known[place - 1]["offset"])
    return any(abs(at - (mono + offset) // 1_000_000) <= 2 for offset in fitting)
