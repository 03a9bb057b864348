"""b. Stalls: handling held up, the process stopped; beyond what the kernel keeps, the loss declared."""

from __future__ import annotations

from lab.case import Case, Result, Step, train
from lab.outcome import Outcome, first_wrong
from lab.scenarios.a_rates import exact
from lab.schedule import steady

TITLE = "stalls"
HELD = "b ledger held 5 s, 16.7/s"
SHORT_STOP = "b process stopped 5 s, 10/s"
LONG_STOP = "b process stopped 30 s, 16.7/s"
BEYOND = "b process stopped 60 s, 16.7/s"


def cases(long: bool) -> list[Case]:
    """The same in both forms."""

    def case(name: str, rate: float, seconds: float, step: Step) -> Case:
        return Case(
            name=name,
            edges=train(steady(rate, 30, seconds)),
            constant=1000,
            amps=100,
            phases=3,
            steps=(step,),
        )

    return [
        case(HELD, 16.7, 25, Step(8, "hold", 5)),
        case(SHORT_STOP, 10, 20, Step(8, "stop", 5)),
        case(LONG_STOP, 16.7, 45, Step(8, "stop", 30)),
        case(BEYOND, 16.7, 75, Step(8, "stop", 60)),
    ]


def judge(result: Result) -> Outcome:
    """Nothing lost; where more happens than the kernel keeps (1,024 edges), the loss declared."""
    if result.case.name != BEYOND:
        return exact(result, "0 lost, 0 made up")
    truth, counted, told = len(result.pulses.starts), result.record.counted, result.record.declared
    lost = truth - counted
    found = f"{truth:,} sent, {counted:,} counted, {lost} lost, {told} declared"
    shortfall = first_wrong(
        (result.done.code == 0, f"the daemon ended with exit code {result.done.code}"),
        (lost >= 0, f"{-lost} pulses made up"),
        (lost <= told, f"{lost} pulses lost, {told} of them declared: the source cannot see what it loses"),
        (told <= lost + 2, f"{told} pulses declared lost where {lost} were: more than the loss explains"),
    )
    figures = exact(result, "").figures
    return Outcome(result.case.name, "the loss declared to the pulse", found, shortfall, figures)
