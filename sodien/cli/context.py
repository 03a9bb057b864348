"""What the commands share: the settings option, the meter option, JSON output."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sodien.errors import SodienError
from sodien.i18n import language, tr

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal
    from fractions import Fraction

    from sodien.ledger.store import Ledger
    from sodien.protocol.values import Bounds
    from sodien.settings.model import MeterSettings, Settings

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
    from sodien.settings import model as settings

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


def set_up_log(verbose: bool) -> None:
    """Log to standard error, one line each; systemd adds the time itself."""
    import logging
    import os

    stamp = "" if os.environ.get("JOURNAL_STREAM") else "%(asctime)s "
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO, format=f"{stamp}%(levelname)s %(message)s"
    )


def open_ledger(settings: Settings) -> Ledger:
    """The ledger of these settings. Raises LedgerError, also when there is none yet."""
    from sodien.ledger.store import Ledger

    return Ledger.open(settings.ledger.path)


def parse_when(text: str, settings: Settings) -> int:
    """A time as a person writes it, in the meter's time zone unless it names an offset; ms UTC.

    Accepts ``2026-11-30 07:30``, ``2026-11-30T07:30:15``, with or without an offset, or ``now``.
    Raises SodienError.
    """
    import datetime as dt
    import time

    if text == "now":
        return time.time_ns() // 1_000_000
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise SodienError(
            tr("'{text}' is not a time; write it like 2026-11-30 07:30 (or: now).", text=text)
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=settings.zone)
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)


_WITHIN = re.compile(r"(\d+)\s*(s|m|min|h)?")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, None: 1}
_AHEAD_MS = 60_000


def parse_within(text: str) -> int:
    """``--within``: a duration as a person writes it (30s, 1m, 2h), in ms. Raises SodienError."""
    match = _WITHIN.fullmatch(text.strip())
    if match is None:
        raise SodienError(tr("--within '{text}' is not a duration; write it like 30s, 1m or 2h.", text=text))
    return int(match[1]) * _SECONDS[match[2]] * 1000


def not_ahead(at: int, typed: str) -> int:
    """The same time (ms UTC). Raises SodienError when it lies in the future."""
    import time

    if at > time.time_ns() // 1_000_000 + _AHEAD_MS:
        raise SodienError(tr("--at {when} lies in the future; give the time of the reading.", when=typed))
    return at


def read_dial(text: str, digits: int, decimals: int, option: str = "") -> dict[str, str]:
    """A dial reading as the ledger keeps it. Raises SodienError, which names the option if there is one."""
    from sodien.history import words as told
    from sodien.metering import dial

    try:
        read = dial.parse(text, digits, decimals)
    except dial.DialError as error:
        refused = told.refused(error)
        raise SodienError(f"{option}: {refused}" if option else refused) from None
    return {"reading": read.text, "low": decimal_text(read.low), "high": decimal_text(read.high)}


def decimal_text(value: Fraction | Decimal) -> str:
    """A number that is exact in decimal, without an exponent."""
    from decimal import Decimal
    from fractions import Fraction

    exact = Fraction(value)
    return f"{Decimal(exact.numerator) / exact.denominator:f}"


def local_time(ms: int, settings: Settings) -> str:
    """ms UTC as local date and time to the second, for people."""
    import datetime as dt

    return f"{dt.datetime.fromtimestamp(ms / 1000, settings.zone):%Y-%m-%d %H:%M:%S}"


def show_length(seconds: float) -> str:
    """A duration for people, to the second: ``2 d 03:04:05`` or ``03:04:05``."""
    days, rest = divmod(round(seconds), 86_400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return tr("{days} d {clock}", days=days, clock=clock) if days else clock


def show_bounds(found: Bounds | None, why: str | None = None) -> str:
    """kWh for people: best estimate and both bounds, or why there is none."""
    if found is None:
        return f"– ({why})" if why else "–"
    return f"{found.best:.3f} kWh  [{found.low:.3f} … {found.high:.3f}]"


def show_date(day: dt.date | str) -> str:
    """A date for people: day/month/year in Vietnamese, year-month-day in English."""
    import datetime as dt

    day = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day:%d/%m/%Y}" if language() == "vi" else f"{day:%Y-%m-%d}"


def show_amount(value: Decimal) -> str:
    """A number for people, with its thousands apart: 1.234,5 in Vietnamese, 1,234.5 in English."""
    text = f"{value:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.translate(str.maketrans(".,", ",.")) if language() == "vi" else text


def show_money(low: Decimal, best: Decimal, high: Decimal, currency: str) -> str:
    """Money for people: best estimate and both bounds."""
    return f"{show_amount(best)} {currency}  [{show_amount(low)} … {show_amount(high)}]"
