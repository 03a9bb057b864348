"""The known-load test in the demo: once at a meter that runs right, and once after it has become too fast.

The reference is a plug-in meter that is itself a little wrong, inside its class. What is true is known here:
an interval that does not hold it, or a meter that is judged wrongly, is a finding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rich.console import Console

from sodien import formats
from sodien.errors import SodienError
from sodien.household.meter_test import MeterTest, Stage, nothing_counted
from sodien.i18n import tr
from sodien.metering.known_load import LoadPlan, PlugMeter, Result, as_stored
from sodien.words import known_load as words

if TYPE_CHECKING:
    from sodien.demo.home import Pi
    from sodien.demo.story import Story

#: By how many per cent the meter registers too much, in each of the two tests.
ERRORS = (Fraction(1, 5), Fraction(8))
#: A plug-in meter of 0.5 % that shows a little too little; the heater behind it, and what is always on, in W.
_PLUG, _STEP, _HEATER_W, _ALWAYS_W = Fraction(-1, 5), Fraction(1, 1000), 2000, 5
_PLAN = LoadPlan(Fraction(2), Fraction(7, 10), Fraction(_HEATER_W), 600, PlugMeter(Fraction(1, 2), _STEP))
_EVERY_S = 5


@dataclass(frozen=True, slots=True)
class Tested:
    """One test: by how many per cent the meter is ``wrong``, how the interval closed, and what was found."""

    wrong: Fraction
    closing: tuple[str, ...]
    result: Result
    entry: int | None

    @property
    def holds(self) -> bool:
        """Whether the interval holds the truth, and the judgement is not wrong."""
        found, inside = self.result, abs(self.wrong) <= self.result.limit
        if found.judgement == ("outside" if inside else "within"):
            return False
        return abs(found.error - self.wrong) <= Fraction(found.expanded)


@dataclass(frozen=True, slots=True)
class KnownLoads:
    """Both tests, and what was said beforehand."""

    plan: str
    all: tuple[Tested, ...]

    def findings(self) -> list[str]:
        """A test that does not hold the truth."""
        return [
            tr("a meter that is wrong by {percent} was tested wrongly", percent=_percent(one.wrong))
            for one in self.all
            if not one.holds
        ]

    def plain(self) -> dict[str, Any]:
        """For JSON: what is stored of each, and the truth."""
        return {
            "tests": [{"true_percent": str(float(one.wrong)), **as_stored(one.result)} for one in self.all]
        }

    def show(self, console: Console) -> None:
        """The plan, how the interval closes, the last test's budget, and what each found."""
        from rich.table import Table

        console.print(tr("The meter itself tested with a known load"), style="bold")
        console.print(self.plan)
        for one in self.all:
            console.print()
            console.print(tr("A meter that registers {percent} too much:", percent=_percent(one.wrong)))
            for line in one.closing:
                console.print(f"  {line}")
            table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
            for row in words.budget(one.result):
                table.add_row(*row)
            console.print(table)
            console.print("  " + tr("Meter error: {found}", found=words.found(one.result)))
            console.print("  " + words.judgement(one.result))
        console.print()


def play(story: Story) -> KnownLoads:
    """Test twice. Raises SodienError where nothing is counted."""
    constant = Fraction(story.pi.meter_settings.constant)
    seconds = _PLAN.seconds(constant)
    assert seconds is not None
    return KnownLoads(
        words.plan(_PLAN, constant, seconds),
        tuple(_test(story.pi, wrong, constant, seconds) for wrong in ERRORS),
    )


def _test(pi: Pi, wrong: Fraction, constant: Fraction, seconds: int) -> Tested:
    """Everything off, the heater on, the heater off, as a person does who is led through it."""

    def now() -> int:
        return pi.clock.monotonic_ns()

    def load(watts: int) -> None:
        pi.use("test", (round(watts * (1 + wrong / 100)), 1))

    def wait(seconds: int) -> None:
        for _ in range(seconds // _EVERY_S):
            pi.live(_EVERY_S)
            test.look(pi.count(), now())

    def rest(stage: Stage) -> None:
        test.switched_off(now())
        while test.stage != stage:
            wait(_EVERY_S)

    def shows(begun: int) -> Fraction:
        kwh = Fraction(_HEATER_W * (now() - begun), 3_600_000 * 10**9) * (1 + _PLUG / 100)
        return math.floor(kwh / _STEP) * _STEP

    load(_ALWAYS_W)
    pi.live(120)
    first = pi.count()
    if first is None:
        raise SodienError(nothing_counted())
    test = MeterTest(_PLAN, constant, seconds, Fraction(1), first)
    rest("on")
    load(_ALWAYS_W + _HEATER_W)
    on = now()
    wait(30)
    test.switched_on(now(), shows(on))
    closing = []
    while (left := test.left(now())) > 0:
        wait(min(left, seconds // 4) // _EVERY_S * _EVERY_S or _EVERY_S)
        if (found := test.closing(now())) is not None:
            closing.append(words.closing(seconds - test.left(now()), seconds, *found))
    test.ended(now(), shows(on))
    load(_ALWAYS_W)
    pi.live(15)
    rest("done")
    return Tested(wrong, tuple(closing), test.result(), test.keep(pi.where, pi.now_ms(), "demo"))


def _percent(value: Fraction) -> str:
    return formats.percent(value / 100, None)
