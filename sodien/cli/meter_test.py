"""`sodien meter-test`: does the meter itself run right? A guided test with a known load."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from sodien import formats
from sodien.cli.context import Session, console, print_json, with_session
from sodien.clock import Clock, SystemClock
from sodien.device import state as daemon_state
from sodien.errors import SodienError
from sodien.history.current import live_count
from sodien.household.measured import only_taken
from sodien.household.meter_test import MeterTest, Stage, nothing_counted
from sodien.i18n import tr
from sodien.metering.known_load import Element, LoadPlan, PlugMeter, Reference, Result, as_stored, text
from sodien.words import known_load as words

if TYPE_CHECKING:
    from rich.table import Table

    from sodien.device.state import Count
    from sodien.history.current import MeterLedger

_STEP_S = 0.2
_PERCENT = click.FloatRange(0.05, 20)
_VOLTS = click.FloatRange(50, 500)
_WATTS = click.FloatRange(20, 100_000)


@click.command("meter-test")
@with_session()
@click.option(
    "--class", "limit", type=_PERCENT, default=2.0, metavar="PERCENT",
    help="The meter's class, on its plate as Cl. 1 or Cl. 2 (default: 2).",
)  # fmt: skip
@click.option(
    "--plug", type=_PERCENT, metavar="PERCENT",
    help="The reference is a plug-in meter of this accuracy (default: 2).",
)  # fmt: skip
@click.option(
    "--step", type=click.FloatRange(0.0001, 1), metavar="KWH",
    help="The last digit of its display, in kWh (default: 0.01).",
)  # fmt: skip
@click.option(
    "--element", type=_WATTS, metavar="W",
    help="The reference is a heater with this power on its plate; you measure the voltage.",
)  # fmt: skip
@click.option(
    "--rated",
    type=_VOLTS,
    default=220.0,
    metavar="V",
    help="The voltage on the heater's plate (default: 220).",
)
@click.option(
    "--load", type=_WATTS, default=2000.0, metavar="W", help="About how much the load draws (default: 2000)."
)
@click.option(
    "--tell",
    type=_PERCENT,
    default=3.0,
    metavar="PERCENT",
    help="How small an error to look for (default: 3).",
)
@click.option(
    "--rest", type=click.IntRange(60, 3600), default=180, metavar="SECONDS",
    help="How long to look at what else is on, before and after (default: 180).",
)  # fmt: skip
@click.option("--plan", is_flag=True, help="Only say how long the test takes.")
@click.option("--by", metavar="NAME", help="Who does the test.")
def command(
    session: Session,
    limit: float,
    plug: float | None,
    step: float | None,
    element: float | None,
    rated: float,
    load: float,
    tell: float,
    rest: int,
    plan: bool,
    by: str | None,
) -> int:
    """Test the meter itself: compare what its LED counts with a load that is known.

    A plug-in meter, or a heater at a measured voltage, says how much was used. Everything else is switched
    off; what stays on is measured before and after. You are told beforehand how long it takes, and at the end
    the error with its uncertainty, part by part, and whether the meter is within its class. 'sodien run' goes
    on counting meanwhile. The result is kept as an entry. Exit code 1: outside its class.
    """
    if element is not None and (plug is not None or step is not None):
        raise SodienError(tr("Give one reference: --plug with --step, or --element."))
    reference: Reference = (
        Element(_exact(element), _exact(rated), _exact(rated))
        if element is not None
        else PlugMeter(_exact(plug or 2.0), _exact(step or 0.01))
    )
    planned = LoadPlan(_exact(limit), _exact(tell), _exact(element or load), rest, reference)
    where = session.meter_ledger
    only_taken(where.meter)
    constant = where.history().constant(session.now)
    seconds = planned.seconds(constant)
    panels = where.settings.delivering(where.meter.id) is not None
    if plan:
        if session.as_json:
            wanted = {"tell_percent": text(planned.tell), "watts": text(planned.watts), "seconds": seconds}
            print_json(wanted)
        else:
            click.echo(words.plan(planned, constant, seconds, panels=panels))
        return 0 if seconds is not None else 1
    if seconds is None:
        raise SodienError(words.plan(planned, constant, None))
    click.echo(words.plan(planned, constant, seconds, panels=panels), err=True)
    watch = _Watch(where, SystemClock(trust=True))
    test = MeterTest(planned, constant, seconds, session.settings.speed, watch.first)
    _lead(test, watch)
    entry = test.keep(where, session.now + watch.passed_ms, by)
    result = test.result()
    _show(session, result, entry)
    return 1 if result.judgement == "outside" else 0


# -- the test ------------------------------------------------------------------------------------------


class _Watch:
    """The count that the running daemon tells, and the kernel's clock."""

    def __init__(self, where: MeterLedger, clock: Clock) -> None:
        """Looks at once. Raises SodienError where nothing is counted."""
        self._where, self._clock = where, clock
        first = self.count()
        if first is None:
            raise SodienError(nothing_counted())
        self.first, self._begun = first, self.now()

    def now(self) -> int:
        """The kernel's clock, ns."""
        return self._clock.monotonic_ns()

    @property
    def passed_ms(self) -> int:
        """How long this has been watched."""
        return (self.now() - self._begun) // 1_000_000

    def count(self) -> Count | None:
        """The newest."""
        return live_count(self._where.meter.id, daemon_state.read(self._where.ledger))

    def until(self, test: MeterTest, stage: Stage) -> None:
        """Look until the test is so far."""
        test.look(self.count(), self.now())
        while test.stage != stage:
            time.sleep(_STEP_S)
            test.look(self.count(), self.now())


def _lead(test: MeterTest, watch: _Watch) -> None:
    """Lead a person through the test."""
    by_meter = isinstance(test.plan.reference, PlugMeter)
    _enter(
        tr("Switch everything off, the load too, best at the breakers. Leave this Pi on. Then press Enter.")
    )
    _count_rest(test, watch, "on")
    shown = Fraction(0)
    if by_meter:
        shown = _shown(
            tr("Switch the load on and wait half a minute. Then type what the plug-in meter shows, in kWh")
        )
    else:
        _enter(tr("Switch the load on and wait half a minute. Then press Enter."))
    test.look(watch.count(), watch.now())
    test.switched_on(watch.now(), shown)
    _run(test, watch)
    read = (
        _shown(tr("Now type what the plug-in meter shows, in kWh"))
        if by_meter
        else _typed(tr("Measure the voltage at the socket while the load is on, in volts"), _VOLTS)
    )
    test.look(watch.count(), watch.now())
    test.ended(watch.now(), read)
    _enter(tr("Switch the load off again. Then press Enter."))
    _count_rest(test, watch, "done")


def _count_rest(test: MeterTest, watch: _Watch, stage: Stage) -> None:
    test.switched_off(watch.now())
    click.echo(
        tr("Counting what is still on: {duration} …", duration=formats.duration(test.plan.rest_s)), err=True
    )
    watch.until(test, stage)


def _run(test: MeterTest, watch: _Watch) -> None:
    """Wait until the test has run long enough, and tell how the interval closes; Ctrl-C ends it sooner."""
    every = max(60, test.seconds // 20)
    told = 0
    try:
        while (left := test.left(watch.now())) > 0:
            time.sleep(_STEP_S)
            test.look(watch.count(), watch.now())
            passed = test.seconds - left
            if passed - told >= every and (closing := test.closing(watch.now())) is not None:
                told = passed
                click.echo(words.closing(passed, test.seconds, *closing), err=True)
    except KeyboardInterrupt:
        click.echo(err=True)


def _enter(say: str) -> None:
    click.prompt(say, default="", show_default=False, prompt_suffix=" ", err=True)


def _shown(say: str) -> Fraction:
    return _typed(say, click.FloatRange(0, 1_000_000))


def _typed(say: str, kind: click.FloatRange) -> Fraction:
    """A number as it is typed; a comma is a decimal mark too."""

    def convert(text: str) -> float:
        try:
            return float(kind.convert(float(text.strip().replace(",", ".")), None, None))
        except ValueError:
            raise click.BadParameter(tr("'{text}' is not a number.", text=text)) from None

    return _exact(click.prompt(say, value_proc=convert, err=True))


# -- afterwards ----------------------------------------------------------------------------------------


def _show(session: Session, result: Result, entry: int | None) -> None:
    if session.as_json:
        shown = {key: value for key, value in as_stored(result).items() if not key.startswith("half_")}
        lines = [
            {
                "name": part.name,
                "half_percent": text(part.half),
                "shape": part.shape,
                "standard_percent": text(Fraction(part.standard)),
            }
            for part in result.parts
        ]
        print_json({"entry": entry, **shown, "budget": lines})
        return
    console().print(budget(result))
    click.echo()
    click.echo(tr("Meter error: {found}", found=words.found(result)))
    click.echo(words.judgement(result))
    click.echo(words.advice(result))
    click.echo(tr("Kept as entry {entry}.", entry=entry))


def budget(result: Result) -> Table:
    """The uncertainty budget, a line for each part."""
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(box=SIMPLE, pad_edge=False)
    table.add_column(tr("source of uncertainty"))
    table.add_column(tr("at most ±"), justify="right")
    table.add_column(tr("spread"))
    table.add_column(tr("standard uncertainty"), justify="right")
    *parts, together = words.budget(result)
    for row in parts:
        table.add_row(*row)
    table.add_section()
    table.add_row(*together)
    return table


def _exact(value: float) -> Fraction:
    return Fraction(str(value))
