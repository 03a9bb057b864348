"""`sodien dial`: note what the meter's dial shows."""

from __future__ import annotations

import re
import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import click

from sodien.cli.common import (
    config_option,
    json_option,
    load_settings,
    local_time,
    meter_option,
    open_ledger,
    parse_when,
    pick_meter,
    print_json,
    show_bounds,
)
from sodien.errors import SodienError
from sodien.i18n import tr

_WITHIN = re.compile(r"(\d+)\s*(s|m|min|h)?")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, None: 1}
_AHEAD_MS = 60_000


def _within_ms(text: str) -> int:
    match = _WITHIN.fullmatch(text.strip())
    if match is None:
        raise SodienError(tr("--within '{text}' is not a duration; write it like 30s, 1m or 2h.", text=text))
    return int(match[1]) * _SECONDS[match[2]] * 1000


def _decimal(kwh: Fraction | Decimal) -> str:
    """Digits of a dial are exact in decimal."""
    exact = Fraction(kwh)
    return f"{Decimal(exact.numerator) / exact.denominator:f}"


@click.command("dial")
@config_option
@json_option
@meter_option
@click.argument("reading")
@click.option("--at", "when", default="now", metavar="TIME", help="When it was read (default: now).")
@click.option("--within", default="1m", metavar="SPAN", help="How exactly the time is known (default: 1m).")
@click.option("--by", metavar="NAME", help="Who read it.")
@click.option("--dry-run", is_flag=True, help="Only show what it would change.")
def command(
    config: str | None,
    as_json: bool,
    meter: str | None,
    reading: str,
    when: str,
    within: str,
    by: str | None,
    dry_run: bool,
) -> int:
    """Note the READING on the meter's dial, e.g. 12345.6; this pins the register, also in the past.

    The dial truncates: 12345.6 means from 12345.6 up to 12345.7. Readings are kept side by side and never
    overwrite each other; one that contradicts the count is kept too, and said to.
    """
    from sodien import told
    from sodien.ledger import NewRow
    from sodien.metering import dial
    from sodien.register import View

    settings = load_settings(config)
    one = pick_meter(settings, meter)
    try:
        read = dial.parse(reading, one.digits, one.decimals)
    except dial.DialError as error:
        raise SodienError(told.refused(error)) from None
    at = parse_when(when, settings)
    if at > time.time_ns() // 1_000_000 + _AHEAD_MS:
        raise SodienError(tr("--at {when} lies in the future; give the time of the reading.", when=when))
    within_ms = _within_ms(within)
    p_max_kw = one.p_max_kw * settings.speed
    low, high = _decimal(read.low), _decimal(read.high)
    ledger = open_ledger(settings)
    try:
        before = View(ledger, one, p_max_kw)
        instant = before.end if before.end is not None else at
        row = NewRow(
            "dial",
            one.id,
            at=at,
            body={"reading": read.text, "low": low, "high": high, "within_ms": within_ms}
            | ({"by": by} if by else {}),
        )
        after = View(ledger, one, p_max_kw, extra=[row])
        if not dry_run:
            ledger.append([row])
        report: dict[str, Any] = {
            "meter": one.id,
            "reading": read.text,
            "low": low,
            "high": high,
            "noted": not dry_run,
            "before": before.at(instant),
            "after": after.at(instant),
            "findings": after.findings(settings.zone),
        }
    finally:
        ledger.close()
    if as_json:
        print_json(report)
    else:
        click.echo(
            tr(
                "{meter}: the dial showed {reading} at {at}.",
                meter=one.id,
                reading=read.text,
                at=local_time(at, settings),
            )
        )
        click.echo(f"  {tr('register before'):<18} {show_bounds(report['before'], before.why_none())}")
        click.echo(f"  {tr('register now'):<18} {show_bounds(report['after'], after.why_none())}")
        if dry_run:
            click.echo(tr("Nothing was noted (--dry-run)."))
        for finding in report["findings"]:
            click.echo(finding)
    return 1 if report["findings"] else 0
