"""`sodien aim`: what the sensor sees while it is being placed; whether the constant fits a known load."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import click

from firmware.gpio.factory import make_factory
from firmware.gpio.inputs import Edge, close_inputs, open_inputs
from sodien import formats
from sodien.cli.context import Session, print_json, with_session
from sodien.clock import SystemClock
from sodien.i18n import tr
from sodien.metering.counting.signal_quality import Aim, Calibration, Spread, calibrate, flashes_of, look
from sodien.metering.register.explanations import USUAL_CONSTANTS
from sodien.settings.model import MeterSettings, Settings

if TYPE_CHECKING:
    from rich.table import Table

_EVERY_S = 0.25
#: Edges kept; at 16 pulses a second that is ten minutes.
_KEPT = 20_000
_JSON_S = 30


@dataclass
class Watch:
    """The edges of one meter's line since it was opened."""

    settings: MeterSettings
    speed: Fraction
    index: int
    lit: bool
    start: int
    edges: list[tuple[int, bool]] = field(default_factory=list)

    def take(self, queue: SimpleQueue[Edge]) -> None:
        """Take what has come; the oldest edges are forgotten."""
        while not queue.empty():
            index, ns, active = queue.get()
            if index == self.index and active is not None:
                self.edges.append((ns, active))
        if len(self.edges) > _KEPT:
            self.start, self.lit = self.edges[-_KEPT - 1]
            self.edges = self.edges[-_KEPT:]

    def look(self, now: int) -> Aim:
        """Judge all of it."""
        limits = self.settings.limits(self.speed)
        return look(
            self.edges, self.lit, self.start, now, limits, Fraction(self.settings.constant) * self.speed
        )

    def calibrate(self, watts: Decimal, tolerance: Decimal) -> Calibration | None:
        """What a known load says about the constant."""
        limits = self.settings.limits(self.speed)
        begins = [begin for begin, _ in flashes_of(self.edges, limits)]
        if len(begins) < 2:
            return None
        elapsed = int((begins[-1] - begins[0]) * self.speed)
        share = Fraction(tolerance) / 100
        constant = Fraction(self.settings.constant)
        return calibrate(len(begins), elapsed, Fraction(watts), share, constant, USUAL_CONSTANTS)


@click.command("aim")
@with_session()
@click.option(
    "--seconds",
    type=click.IntRange(1, 86_400),
    metavar="N",
    help="Stop after N seconds (default: Ctrl-C; 30 with --json).",
)
@click.option(
    "--watts",
    type=click.FloatRange(1, 1_000_000),
    metavar="W",
    help="Calibrate: the only load on this meter, in watts, as a plug-in meter shows it.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(0.1, 50),
    default=3.0,
    metavar="PERCENT",
    help="How exactly that load is known (default: 3).",
)
def command(
    session: Session,
    seconds: int | None,
    watts: float | None,
    tolerance: float,
) -> int:
    """Watch the sensor while you place it: every flash, its width and spacing, noise, power, a verdict.

    With --watts it also says whether the constant on the plate fits a known load: switch everything else off.
    'sodien run' must not use the line meanwhile. Exit code 1: the aim is not good yet, or the constant does
    not fit.
    """
    settings, one = session.settings, session.meter
    until = seconds if seconds is not None else (_JSON_S if session.as_json else None)
    load = Decimal(str(watts)) if watts is not None else None
    aim, fit = watch_line(settings, one, until, load, Decimal(str(tolerance)), live=not session.as_json)
    if session.as_json:
        print_json(_plain(aim, fit, one, settings))
    fits = fit.fits if fit is not None else watts is None
    return 0 if aim.verdict == "good" and fits else 1


def watch_line(
    settings: Settings,
    one: MeterSettings,
    seconds: int | None,
    watts: Decimal | None = None,
    tolerance: Decimal = Decimal(3),
    *,
    live: bool = False,
) -> tuple[Aim, Calibration | None]:
    """Watch a meter's line for ``seconds`` (None: until Ctrl-C); what was seen, and what the load says.

    Raises GpioError when the line cannot be had, for instance because 'sodien run' has it.
    """
    index = settings.meters.index(one)
    clock = SystemClock(trust=True)
    queue: SimpleQueue[Edge] = SimpleQueue()
    factory = make_factory(settings.gpio, clock)
    source: Any = None
    try:
        if settings.gpio.factory == "simulated":
            from firmware.simulation.source import SimulatedSource

            source = SimulatedSource(factory, settings, clock)
        inputs = open_inputs(settings, queue, factory)
        try:
            watch = Watch(one, settings.speed, index, bool(inputs[index].is_active), clock.monotonic_ns())
            if source is not None:
                source.start()
            return _watch(watch, queue, clock, seconds, watts, tolerance, live=live)
        finally:
            if source is not None:
                source.stop()
            close_inputs(inputs)
    finally:
        if source is not None:
            source.close()
        factory.close()


def _watch(
    watch: Watch,
    queue: SimpleQueue[Edge],
    clock: SystemClock,
    seconds: int | None,
    watts: Decimal | None,
    tolerance: Decimal,
    *,
    live: bool,
) -> tuple[Aim, Calibration | None]:
    """Look until the time is over or Ctrl-C; returns what was seen last."""
    started = clock.monotonic_ns()

    def seen() -> tuple[Aim, Calibration | None]:
        watch.take(queue)
        fit = watch.calibrate(watts, tolerance) if watts is not None else None
        return watch.look(clock.monotonic_ns()), fit

    def wait() -> bool:
        time.sleep(_EVERY_S)
        return seconds is None or clock.monotonic_ns() - started < seconds * 1_000_000_000

    with contextlib.suppress(KeyboardInterrupt):
        if not live:
            while wait():
                pass
        else:
            from rich.console import Console
            from rich.live import Live

            with Live(console=Console(), auto_refresh=False) as display:
                going = True
                while going:
                    going = wait()
                    display.update(_table(*seen(), watch, clock.monotonic_ns(), watts), refresh=True)
    return seen()


def _table(aim: Aim, fit: Calibration | None, watch: Watch, now: int, watts: Decimal | None) -> Table:
    from rich.table import Table

    table = Table(show_header=False, box=None, pad_edge=False)
    lit = tr("lit") if aim.lit else tr("dark")
    held = (now - aim.since) / 1e9
    noise, breaks = formats.count(aim.noise), formats.count(aim.breaks)
    rows = [
        (
            tr("line"),
            tr(
                "GPIO{pin}: {level} for {seconds} s",
                pin=watch.settings.pin,
                level=lit,
                seconds=formats.number(held, 1),
            ),
        ),
        (tr("flashes"), formats.count(aim.flashes)),
        # Translators: of a flash, in milliseconds
        (tr("width"), _spread(aim.width)),
        # Translators: from one flash to the next, in milliseconds
        (tr("spacing"), _spread(aim.spacing)),
        (tr("noise"), tr("{noise} too short, {breaks} breaks", noise=noise, breaks=breaks)),
        (tr("power"), formats.watts(aim.watts) if aim.watts is not None else "–"),
        (tr("verdict"), sentence(aim.verdict)),
    ]
    if aim.min_pulse_ms is not None:
        # As the settings want it.
        rows.append((tr("advice"), tr("min_pulse_ms: {ms}", ms=f"{float(aim.min_pulse_ms):g}")))
    if watts is not None:
        rows.append((tr("constant"), constant_sentence(fit, watch.settings.constant)))
    for name, value in rows:
        table.add_row(f"  {name}", value)
    return table


def sentence(verdict: str) -> str:
    """The verdict for a person, with what to do."""
    return {
        "waiting": tr("nothing seen yet: switch something on, and move the sensor over the LED"),
        "few": tr("flashes come; wait for a few more"),
        "good": tr("good: clean flashes; fix the sensor here"),
        "stuck": tr(
            "lit all the time: shade the sensor from daylight or try 'active: low'; or the meter shows "
            "that nothing is used: switch something on"
        ),
        "inverted": tr(
            "the level is inverted: the line is active between the flashes; set 'active: low' (or high)"
        ),
        "flicker": tr("mains light, not the meter: shade the sensor from lamps"),
        "weak": tr("too weak: flashes break up; move the sensor closer or turn its threshold"),
        "short": tr(
            "clean flashes, but shorter than min_pulse_ms: write the advice into the settings, then aim again"
        ),
        "noisy": tr("too much noise beside the flashes: shade the sensor, shorten its wires"),
        "double": tr("two flashes for one pulse: the sensor sees a second LED or a reflection, or chatters"),
        "fast": tr("more flashes than the supply can carry: check constant and breaker_amps, or it is noise"),
    }[verdict]


def constant_sentence(fit: Calibration | None, constant: Decimal) -> str:
    """What the known load says, for a person."""
    if fit is None:
        return tr("wait for two flashes")
    low, high = formats.low_high(fit.low, fit.high, 0)
    if fit.fits:
        return tr(
            "{constant} imp/kWh fits: the load says {low} to {high}", constant=constant, low=low, high=high
        )
    if fit.usual:
        usual = ", ".join(map(str, fit.usual))
        return tr(
            "{constant} imp/kWh does not fit: the load says {low} to {high}; usual constants there: {usual}",
            constant=constant,
            low=low,
            high=high,
            usual=usual,
        )
    return tr(
        "{constant} imp/kWh does not fit: the load says {low} to {high}; is it the only load?",
        constant=constant,
        low=low,
        high=high,
    )


def _spread(spread: Spread | None) -> str:
    if spread is None:
        return "–"
    low, middle, high = (
        formats.number(Fraction(ns, 10**6), 1) for ns in (spread.low, spread.median, spread.high)
    )
    return tr("{low} … {middle} … {high} ms", low=low, middle=middle, high=high)


def _plain(aim: Aim, fit: Calibration | None, meter: MeterSettings, settings: Settings) -> dict[str, Any]:
    def spread(one: Spread | None) -> dict[str, float] | None:
        if one is None:
            return None
        return {"low_ms": one.low / 1e6, "median_ms": one.median / 1e6, "high_ms": one.high / 1e6}

    return {
        "meter": meter.id,
        "pin": meter.pin,
        "factory": settings.gpio.factory,
        "verdict": aim.verdict,
        "sentence": sentence(aim.verdict),
        "flashes": aim.flashes,
        "width": spread(aim.width),
        "spacing": spread(aim.spacing),
        "noise": aim.noise,
        "breaks": aim.breaks,
        "lit": aim.lit,
        "power_w": float(aim.watts) if aim.watts is not None else None,
        "min_pulse_ms": float(aim.min_pulse_ms) if aim.min_pulse_ms is not None else None,
        "calibration": None
        if fit is None
        else {
            "constant": str(meter.constant),
            "low": float(fit.low),
            "high": float(fit.high),
            "fits": fit.fits,
            "usual": list(fit.usual),
            "sentence": constant_sentence(fit, meter.constant),
        },
    }
