"""What the commands share: the settings option, the meter option, JSON output."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sodien.errors import SodienError
from sodien.i18n import tr

if TYPE_CHECKING:
    from sodien.settings import MeterSettings, Settings

F = TypeVar("F", bound=Callable[..., Any])


def config_option(function: F) -> F:
    """``--config/-c FILE``: the settings (default: $SODIEN_CONFIG, then /etc/sodien/sodien.yaml)."""
    return click.option(
        "--config",
        "-c",
        metavar="FILE",
        help="Settings file (default: $SODIEN_CONFIG, then /etc/sodien/sodien.yaml).",
    )(function)


def json_option(function: F) -> F:
    """``--json``: print one JSON object instead of text."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON; kWh are decimal strings.")(
        function
    )


def meter_option(function: F) -> F:
    """``--meter ID``: which meter, needed only where there are several."""
    return click.option("--meter", metavar="ID", help="Which meter (needed only with several).")(function)


def load_settings(config: str | None) -> Settings:
    """The settings from --config, $SODIEN_CONFIG or /etc. Raises SettingsError."""
    from sodien import settings

    return settings.load(settings.find(config))


def pick_meter(settings: Settings, wanted: str | None) -> MeterSettings:
    """The meter with this id, or the only one. Raises SodienError naming the choices."""
    known = ", ".join(meter.id for meter in settings.meters)
    if wanted is None:
        if len(settings.meters) == 1:
            return settings.meters[0]
        raise SodienError(tr("There are several meters; choose one with --meter: {known}.", known=known))
    for meter in settings.meters:
        if meter.id == wanted:
            return meter
    raise SodienError(
        tr("There is no meter '{wanted}'; the settings know: {known}.", wanted=wanted, known=known)
    )


def print_json(value: Any) -> None:
    """Plain values as JSON on standard output; Decimal becomes a decimal string."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value)).decode())
