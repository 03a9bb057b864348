"""`sodien meter-test`: does the meter itself run right? A guided test with a known load."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from sodien import formats
from sodien.cli.context import Session, console, print_json, with_session
from sodien.clock import Clock, SystemClock
from sodien.device import state as daemon_state
from sodien.errors import SodienError
from sodien.history.current import live_count
from sodien.history.note import note
from sodien.i18n import tr
from sodien.ledger.bodies import EventBody
from sodien.ledger.store import NewRow
from sodien.metering.known_load import (
    Element,
    Flashes,
    PlugMeter,
    Reference,
    Result,
    as_stored,
    judge,
    seconds_to_tell,
    so_far,
)
from sodien.words import known_load as words

if TYPE_CHECKING:
    from rich.table import Table

    from sodien.device.state import Count
    from sodien.history.current import MeterLedger

_S = 1_000_000_000
#: The daemon tells its count every five seconds while pulses come, and every minute while none do.
_PATIENCE_S = 75
_PERCENT = click.FloatRange(0.05, 20)
_VOLTS = click.FloatRange(50, 500)
_WATTS = click.FloatRange(20, 100_000)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for: class and error to tell in per cent, the load, and how long to look at the rest."""

    limit: Fraction
    tell: Fraction
    watts: Fraction
    rest_s: int


@click.command("meter-test")
@with_session()
@click.option(
    "--class", "limit", type=_PERCENT, default=2.0, metavar="PERCENT",
    help="The meter's class, on its plate as Cl. 1 or Cl. 2 (default: 2).",
)  # fmt: skip
@click.option(
    "--plug", type=_PERCENT, metavar="PERCENT",
    help="The reference is a plug-in meter, this accurate (default: 2).",
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
@click.option("--by", metavar="NAME", help="Who tests.")
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
        raise SodienError(tr("Give --plug and --step, or --element: one reference."))
    wanted = _Wanted(_exact(limit), _exact(tell), _exact(element or load), rest)
    reference: Reference = (
        Element(_exact(element), _exact(rated), _exact(rated))
        if element is not None
        else PlugMeter(_exact(plug or 2.0), _exact(step or 0.01), Fraction(0), Fraction(0))
    )
    where = session.meter_ledger
    constant = where.history().constant(session.now)
    seconds = seconds_to_tell(wanted.tell, wanted.watts, constant, reference, Fraction(rest))
    if plan:
        _show_plan(session, wanted, constant, reference, seconds)
        return 0 if seconds is not None else 1
    if seconds is None:
        raise SodienError(_plan(wanted, constant, reference, None))
    click.echo(_plan(wanted, constant, reference, seconds), err=True)
    watch = _Watch(where, SystemClock(trust=True))
    result, test = _guided(watch, wanted, reference, constant, seconds)
    entry = note(where, _row(where, result, test, by, session.now), session.now).entry
    _show(session, result, entry)
    return 1 if result.judgement == "outside" else 0


# -- beforehand ----------------------------------------------------------------------------------------


def _plan(wanted: _Wanted, constant: Fraction, reference: Reference, seconds: int | None) -> str:
    if seconds is None:
        least = so_far(
            Fraction(86_400), wanted.watts, constant, reference, [Flashes(0, Fraction(wanted.rest_s))]
        )
        return tr(
            "No test with this reference tells an error of {tell}: a whole day still leaves ±{least}. Take a "
            "better plug-in meter, or look for a larger error with --tell.",
            tell=formats.percent(wanted.tell / 100, None),
            least=words.percent(Fraction(least)),
        )
    return tr(
        "To tell an error of {tell}, a load of {watts} must run for {duration} ({kwh} kWh).",
        tell=formats.percent(wanted.tell / 100, None),
        watts=formats.watts(wanted.watts),
        duration=formats.duration(seconds),
        kwh=formats.kwh(wanted.watts * seconds / 3_600_000, "up"),
    )


def _show_plan(
    session: Session, wanted: _Wanted, constant: Fraction, reference: Reference, seconds: int | None
) -> None:
    if session.as_json:
        print_json({"tell_percent": _text(wanted.tell), "watts": _text(wanted.watts), "seconds": seconds})
    else:
        click.echo(_plan(wanted, constant, reference, seconds))


# -- the test ------------------------------------------------------------------------------------------


class _Watch:
    """What the running daemon has counted, at instants of the kernel's clock."""

    def __init__(self, where: MeterLedger, clock: Clock) -> None:
        self._where, self._clock = where, clock
        self._first = self.count()

    def now(self) -> int:
        """The kernel's clock, ns."""
        return self._clock.monotonic_ns()

    def seconds(self, ns: int) -> Fraction:
        """Seconds of the world; a simulated one may run faster."""
        return Fraction(ns, _S) * self._where.settings.speed

    def count(self) -> Count:
        """The newest count. Raises SodienError where nothing is counted, or not all since the test began."""
        count = live_count(self._where.meter.id, daemon_state.read(self._where.ledger))
        if count is None:
            raise SodienError(
                tr("Nothing is being counted, or the Pi does not know the time: 'sodien status' says more.")
            )
        first = getattr(self, "_first", count)
        if count.run != first.run:
            raise SodienError(tr("Counting was interrupted meanwhile; begin the test again."))
        if count.doubt != first.doubt:
            raise SodienError(tr("Some pulses were in doubt meanwhile; see 'sodien aim', and begin again."))
        return count

    def from_(self, mono: int) -> Count:
        """The first count that is told at ``mono`` or later. Raises SodienError when none comes."""
        until = time.monotonic() + _PATIENCE_S
        while (count := self.count()).mono < mono:
            if time.monotonic() > until:
                raise SodienError(tr("The daemon tells no new count; 'sodien doctor' says why."))
            time.sleep(0.2)
        return count

    def at(self, mono: int, before: Count) -> Fraction:
        """Pulses by an instant of a steady load, between a count told before it and the next one."""
        after = self.from_(mono)
        if after.mono == before.mono:
            return Fraction(after.pulses)
        share = Fraction(min(mono, after.mono) - before.mono, after.mono - before.mono)
        return before.pulses + (after.pulses - before.pulses) * max(Fraction(0), share)


def _guided(
    watch: _Watch, wanted: _Wanted, reference: Reference, constant: Fraction, seconds: int
) -> tuple[Result, Flashes]:
    _enter(
        tr("Switch everything off, the load too, best at the breakers. Leave this Pi on. Then press Enter.")
    )
    rest = [_rest(watch, wanted.rest_s)]
    say = (
        tr("Switch the load on and wait half a minute. Then type what the plug-in meter shows, in kWh")
        if isinstance(reference, PlugMeter)
        else tr("Switch the load on and wait half a minute. Then press Enter.")
    )
    before = watch.count()
    shown = 0.0
    if isinstance(reference, PlugMeter):
        shown = _shown(say)
    else:
        _enter(say)
    start = watch.now()
    pulses = watch.at(start, before)
    _run(watch, start, wanted, reference, constant, rest, seconds)
    before = watch.count()
    if isinstance(reference, PlugMeter):
        ended = _shown(tr("Now type what the plug-in meter shows, in kWh"))
        end = watch.now()
        reference = replace(reference, before=_exact(shown), after=_exact(ended))
    else:
        volts = _typed(tr("Measure the voltage at the socket while the load is on, in volts"), _VOLTS)
        end = watch.now()
        reference = replace(reference, volts=_exact(volts))
    test = Flashes(watch.at(end, before) - pulses, watch.seconds(end - start))
    _enter(tr("Switch the load off again. Then press Enter."))
    rest.append(_rest(watch, wanted.rest_s))
    result = judge(test, rest, constant, reference, wanted.limit)
    if result is None:
        raise SodienError(tr("The plug-in meter shows no more than before: nothing can be compared."))
    return result, test


def _rest(watch: _Watch, seconds: int) -> Flashes:
    click.echo(tr("Counting what is still on: {duration} …", duration=formats.duration(seconds)), err=True)
    begun = watch.from_(watch.now())
    ended = begun
    while (passed := watch.seconds(ended.mono - begun.mono)) < seconds:
        ended = watch.from_(ended.mono + 1)
    return Flashes(ended.pulses - begun.pulses, passed)


def _run(
    watch: _Watch,
    start: int,
    wanted: _Wanted,
    reference: Reference,
    constant: Fraction,
    rest: list[Flashes],
    seconds: int,
) -> None:
    """Wait until the test has run long enough, and tell how the interval closes; Ctrl-C ends it sooner."""
    first, told, every = watch.count(), Fraction(0), max(60, seconds // 20)
    try:
        while (passed := watch.seconds(watch.now() - start)) < seconds:
            if passed - told >= every:
                told = passed
                count = watch.count()
                span = watch.seconds(count.mono - first.mono)
                watts = (
                    Fraction(count.pulses - first.pulses) / constant * 3_600_000 / span
                    if span
                    else Fraction(0)
                )
                if watts > 0:
                    click.echo(
                        tr(
                            "{passed} of {duration}: {watts}, ±{expanded}",
                            passed=formats.duration(int(passed)),
                            duration=formats.duration(seconds),
                            watts=formats.watts(watts),
                            expanded=words.percent(
                                Fraction(so_far(passed, watts, constant, reference, rest))
                            ),
                        ),
                        err=True,
                    )
            time.sleep(0.2)
    except KeyboardInterrupt:
        click.echo(err=True)


def _enter(say: str) -> None:
    click.prompt(say, default="", show_default=False, prompt_suffix=" ", err=True)


def _shown(say: str) -> float:
    return _typed(say, click.FloatRange(0, 1_000_000))


def _typed(say: str, kind: click.FloatRange) -> float:
    """A number as it is typed; a comma is a decimal mark too."""

    def convert(text: str) -> float:
        try:
            return float(kind.convert(float(text.strip().replace(",", ".")), None, None))
        except ValueError:
            raise click.BadParameter(tr("'{text}' is not a number.", text=text)) from None

    found: float = click.prompt(say, value_proc=convert, err=True)
    return found


# -- afterwards ----------------------------------------------------------------------------------------


def _row(where: MeterLedger, result: Result, test: Flashes, by: str | None, now: int) -> NewRow:
    detail: dict[str, Any] = {
        **as_stored(result),
        "pulses": _text(Fraction(test.pulses)),
        "seconds": _text(test.seconds),
        **({"by": by} if by else {}),
    }
    return NewRow("event", where.meter.id, at=now, body=EventBody(what="meter_test", detail=detail))


def _show(session: Session, result: Result, entry: int | None) -> None:
    if session.as_json:
        shown = {key: value for key, value in as_stored(result).items() if not key.startswith("half_")}
        lines = [
            {
                "name": part.name,
                "half_percent": _text(part.half),
                "shape": part.shape,
                "standard_percent": _text(Fraction(part.standard)),
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
    table.add_column(tr("not known exactly"))
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


def _text(value: Fraction) -> str:
    """A decimal of six places at most."""
    return f"{Decimal(round(value * 1_000_000)) / 1_000_000:f}"
