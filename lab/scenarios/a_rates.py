"""a. Pulse rates: from a three-phase house at its limit to far beyond any meter."""

from __future__ import annotations

from lab.case import Case, Result, train
from lab.outcome import Outcome, first_wrong
from lab.schedule import steady

TITLE = "pulse rates"
#: Pulses a second, ms lit, constant (with 3 × 100 A at 220 V), shortest pulse in ms, seconds short and long.
RATES = (
    (16.7, 30.0, 1000, 5.0, 60, 1200),
    (40.0, 10.0, 3200, 3.0, 60, 1200),
    (100.0, 2.0, 6400, 0.8, 40, 1200),
    (500.0, 1.0, 32000, 0.5, 20, 1700),
)


def cases(long: bool) -> list[Case]:
    """One case per rate; in the long form 10⁶ pulses together."""
    return [
        Case(
            name=f"a {rate:g}/s of {width:g} ms",
            edges=train(steady(rate, width, longer if long else short)),
            constant=constant, amps=100, phases=3, min_pulse_ms=shortest,
        )
        for rate, width, constant, shortest, short, longer in RATES
    ]  # fmt: skip


def judge(result: Result) -> Outcome:
    """Exactly the pulses that were there, and each tick exact."""
    return exact(result, "0 lost, 0 made up")


def exact(result: Result, goal: str) -> Outcome:
    """The verdict that most scenarios share: the count is the truth, at the end and at every tick."""
    pulses, record = result.pulses, result.record
    truth = len(pulses.starts)
    lost = truth - record.counted
    wrong_ticks = wrong(result)
    figures = {
        "sent": truth,
        "counted": record.counted,
        "doubt": record.doubt,
        "declared": record.declared,
        "health": record.health,
        "refused": pulses.refused,
        "unsure": pulses.unsure,
        "wrong_ticks": wrong_ticks,
        "late_us": result.late_ns / 1000,
        "cpu_s": round(result.done.cpu_s, 2),
        "cpu_percent": round(100 * result.done.cpu_s / result.done.seconds, 1),
        "switches_per_s": round(result.done.switches / result.done.seconds, 1),
    }
    found = f"{truth:,} sent, {record.counted:,} counted, {record.declared} in doubt"
    shortfall = first_wrong(
        (result.done.code == 0, f"the daemon ended with exit code {result.done.code}"),
        (
            not pulses.unsure,
            f"{pulses.unsure} flashes too close to a limit to be judged: the lab's own fault",
        ),
        (truth > 0, "the player drove no pulse"),
        (lost <= 0, f"{lost} pulses lost, {record.declared} of them declared"),
        (lost >= 0, f"{-lost} pulses made up"),
        (record.declared == 0, f"{record.declared} pulses in doubt though none was lost"),
        (not wrong_ticks, f"{wrong_ticks} ticks count a pulse too early or too late"),
    )
    return Outcome(result.case.name, goal, found, shortfall, figures)


def wrong(result: Result) -> int:
    """Ticks whose count is not the number of pulses begun before them."""
    bad = 0
    for tick in result.record.ticks:
        low, high = result.pulses.before(tick.mono or 0)
        bad += not low <= (tick.pulses or 0) <= high
    return bad
