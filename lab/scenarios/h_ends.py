"""h. Ends of the service: stopped and started, killed and started, and a disk that is full for a while."""

from __future__ import annotations

from fractions import Fraction

from lab.case import Case, Result, Step, train
from lab.outcome import Outcome, first_wrong
from lab.scenarios.a_rates import exact
from lab.schedule import steady
from sodien.ledger.bodies import GapBody

TITLE = "ends of the service, disk full"
#: How a gap says that the service ended.
REASONS = {"restart": "stopped", "kill": "killed"}


def cases(long: bool) -> list[Case]:
    """A house at 8 kW with Sodien's defaults."""
    times = 10 if long else 3

    def case(name: str, action: str) -> Case:
        steps = tuple(Step(11.3 + 45.7 * n, action) for n in range(times))
        return Case(name=name, edges=train(steady(3.5, 60, 46 * times + 15)), steps=steps)

    full = Case(
        name="h disk full for 40 s",
        edges=train(steady(3.5, 60, 80)),
        steps=(Step(10, "fill", 40),),
        settle_s=8,
    )
    return [case(f"h restarted {times} times", "restart"), case(f"h SIGKILL {times} times", "kill"), full]


def judge(result: Result) -> Outcome:
    """Disk full: nothing lost. Else: all pulses outside the declared gaps counted, truth in the bounds."""
    actions = [step.action for step in result.case.steps]
    if actions == ["fill"]:
        return exact(result, "0 lost, 0 made up")
    case, record, starts = result.case, result.record, result.pulses.starts
    declared = [(gap.mono or 0, gap.read(GapBody)) for gap in record.of("gap")]
    gaps = [(mono, mono + gap.ns) for mono, gap in declared]
    reasons = [gap.reason for _, gap in declared]
    inside = sum(any(begin <= before < end for begin, end in gaps) for before, _ in starts)
    lost = len(starts) - record.counted
    high = sum((Fraction(gap.high) for _, gap in declared), Fraction(0)) * case.constant
    outside = len(starts) - inside - record.counted
    worst = max((unsaved(result, gap) for gap in gaps), default=0)
    worst_wh = 1000 * worst / case.constant
    killed = "kill" in actions
    seconds = sum(end - begin for begin, end in gaps) / 1e9
    found = f"{len(starts)} sent, {lost} lost, all in {len(gaps)} gaps of {seconds:.1f} s"
    found += f"; at most {worst_wh:.2f} Wh unsaved" if killed else ""
    shortfall = first_wrong(
        (result.done.code == 0, f"the daemon ended with exit code {result.done.code}"),
        (reasons == [REASONS[action] for action in actions], f"gaps declared: {reasons}"),
        (abs(outside) <= record.doubt, f"{outside} pulses lost outside the gaps, {record.doubt} in doubt"),
        (0 <= lost <= high + record.doubt, f"{lost} lost, where the gaps allow {float(high):.1f} pulses"),
        (not killed or worst_wh < case.at_risk_wh, f"{worst_wh:.2f} Wh were unsaved"),
    )
    figures = {"sent": len(starts), "counted": record.counted, "gaps": len(gaps), "doubt": record.doubt}
    goal = f"gaps declared, truth in bounds{f', < {case.at_risk_wh:g} Wh unsaved' if killed else ''}"
    return Outcome(case.name, goal, found, shortfall, figures)


def unsaved(result: Result, gap: tuple[int, int]) -> int:
    """Pulses between a gap's beginning (the last save) and the step that ended the service."""
    ends = [step["from"] for step in result.done.steps if gap[0] <= step["from"] < gap[1]]
    return sum(gap[0] <= before < ends[0] for before, _ in result.pulses.starts) if ends else 0
