"""`sodien snapshots`: the register around each reading day."""

from __future__ import annotations

from typing import Any

import click

from sodien.cli.common import (
    config_option,
    json_option,
    load_settings,
    meter_option,
    open_ledger,
    pick_meter,
    print_json,
    show_bounds,
)
from sodien.i18n import tr


@click.command("snapshots")
@config_option
@json_option
@meter_option
def command(config: str | None, as_json: bool, meter: str | None) -> int:
    """List the register at the start and end of each reading day, as it was known when the day ended.

    Compare it with the index on the utility's notice: the notice's "đến ngày" is the reading day.
    """
    settings = load_settings(config)
    meters = [pick_meter(settings, meter)] if meter is not None else settings.meters
    ledger = open_ledger(settings)
    try:
        found: list[dict[str, Any]] = []
        for one in meters:
            found += [{"meter": one.id, **row.body} for row in ledger.of_kind("snapshot", one.id)]
    finally:
        ledger.close()
    if as_json:
        print_json({"snapshots": found})
        return 0
    if not found:
        click.echo(tr("No reading day has ended yet since counting began."))
    for snapshot in found:
        click.echo(f"{snapshot['day']}  {snapshot['meter']}")
        for name, label in (
            ("start", tr("start of day")),
            ("hour", tr("usual hour")),
            ("end", tr("end of day")),
        ):
            if name in snapshot:
                click.echo(f"  {label:<16} {_line(snapshot[name])}")
    return 0


def _line(instant: dict[str, Any]) -> str:
    import msgspec

    from sodien.messages import Instant

    read = msgspec.convert(instant, Instant, strict=False)
    return show_bounds(read.register, read.why)
