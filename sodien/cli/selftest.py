"""`sodien selftest`: emit a known train of pulses and see whether every one arrives, and when."""

from __future__ import annotations

from typing import Any

import click

from firmware.gpio.errors import pin_error
from firmware.gpio.factory import make_factory
from firmware.selftest import listen, machine, run_trains
from sodien.cli.context import Session, print_json, with_session
from sodien.clock import SystemClock
from sodien.errors import SodienError
from sodien.i18n import tr

_LISTEN_S = 5.0


@click.command("selftest")
@with_session(meter=False)
@click.option(
    "--in",
    "into",
    type=click.IntRange(0, 9999),
    metavar="PIN",
    help="Input pin (default: the first meter's).",
)
@click.option(
    "--out",
    type=click.IntRange(0, 9999),
    metavar="PIN",
    help="Spare output pin, joined to the input by a wire.",
)
def command(session: Session, into: int | None, out: int | None) -> int:
    """Check on this machine that no pulse is lost: count, widths and times of known trains.

    Needs a wire from a spare output pin (--out) to the input, and nothing else on either; without --out it
    reports only what it can. 'sodien run' must not use the line meanwhile. Exit code 1: something was lost,
    late or too much. The report can be attached to an issue.
    """
    settings = session.settings

    meter = settings.meters[0]
    pin = meter.pin if into is None else into
    if pin == out:
        raise SodienError(tr("--in and --out are both GPIO{pin}; name two pins, joined by a wire.", pin=pin))
    factory = make_factory(settings.gpio, SystemClock())
    try:
        report: dict[str, Any] = {"machine": machine(factory), "in": pin, "out": out}
        trains = []
        try:
            if out is None:
                report["heard"] = listen(factory, pin, meter.pull, _LISTEN_S)
                good = report["heard"]["lost"] == 0
            else:
                trains = run_trains(factory, out, pin)
                good = all(train.good for train in trains)
        except SodienError:
            raise
        except Exception as error:
            raise pin_error(error, "--in/--out", pin) from error
    finally:
        factory.close()
    report |= {"ok": good, "trains": trains}
    if session.as_json:
        print_json(report)
    else:
        _show(report)
    return 0 if good else 1


def _show(report: dict[str, Any]) -> None:
    for name, value in report["machine"].items():
        if value is not None:
            click.echo(f"{name}: {value}")
    for train in report["trains"]:
        text = tr(
            "{width} ms: {seen} of {pulses} seen, {lost} edges lost",
            width=train.width_ms,
            seen=train.seen,
            pulses=train.pulses,
            lost=train.lost,
        )
        if train.late_us is not None:
            text += tr(
                "; width off by {error} µs and edges late by {late} µs at most",
                error=round(train.width_error_us),
                late=round(train.late_us),
            )
        click.echo(text)
    if "heard" in report:
        heard = report["heard"]
        click.echo(
            tr(
                "GPIO{pin}: {edges} edges in {seconds} s, {lost} lost. Join a spare output pin to it with a "
                "wire and name that with --out to check counts and times.",
                pin=report["in"],
                edges=heard["edges"],
                seconds=round(heard["seconds"]),
                lost=heard["lost"],
            )
        )
    if not report["ok"]:
        click.echo(
            tr("pulses were lost, late or too many: check the wire, and that nothing else is on these pins")
        )
    elif report["trains"]:
        click.echo(tr("every pulse arrived"))
