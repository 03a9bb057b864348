"""Times, durations, numbers, yes and no as a person types them."""

from __future__ import annotations

import datetime as dt
import re
import sys
import unicodedata
from decimal import Decimal, InvalidOperation

import click

from sodien import formats
from sodien.errors import FieldError, SodienError
from sodien.i18n import tr
from sodien.metering import constant

#: What is typed lies in one of these years.
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_WITHIN = re.compile(r"(\d+)\s*(s|m|min|h)?")
_RANGE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:\.\.|…)\s*(\d+(?:[.,]\d+)?)(?:\s*kwh)?", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, None: 1}


_YES = ("y", "yes", "c", "có", "co", "ừ", "vâng", "đúng")
_NO = ("n", "no", "k", "không", "khong", "ko")


def at_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def confirmed(question: str, *, default: bool = False) -> bool:
    """Ask a question that yes or no answers, in English or Vietnamese whatever the language in use.

    An empty line is the default. Raises click.Abort at the end of input.
    """
    choice = tr("[Y/n]") if default else tr("[y/N]")
    while True:
        said = click.prompt(f"{question} {choice}", default="", show_default=False).strip().lower()
        if not said:
            return default
        if unicodedata.normalize("NFC", said) in _YES:
            return True
        if unicodedata.normalize("NFC", said) in _NO:
            return False
        click.echo(tr("Please answer with yes or no (y or n)."))


def parse_when(text: str, zone: dt.tzinfo, now: int) -> int:
    """A time as a person writes it, in ``zone`` unless it names an offset; ms UTC.

    Accepts ``2026-11-30 07:30``, ``2026-11-30T07:30:15``, with or without an offset, ``30/11/2026 07:30``, or
    ``now``. Raises SodienError.
    """
    if text == "now":
        return now
    try:
        moment = formats.parse_moment(text, zone)
    except ValueError:
        raise SodienError(
            tr("'{text}' is not a time; write it like 2026-11-30 07:30 (or: now).", text=text)
        ) from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise SodienError(
            tr(
                "'{text}' cannot be right; write a time in the years {first} to {last}.",
                text=text,
                first=_FIRST_YEAR,
                last=_LAST_YEAR,
            )
        )
    if ":" in text and moment.tzinfo is zone:
        _check_once(text, moment)
    return (moment - _EPOCH) // dt.timedelta(milliseconds=1)


def _check_once(text: str, moment: dt.datetime) -> None:
    """Raise SodienError where clocks go back or forward, so that a local time comes twice or not at all."""
    both = formats.both_meant(moment)
    if both is None:
        return
    exact = [one.isoformat(timespec="seconds") for one in both]
    if both[0].timestamp() < both[1].timestamp():
        raise SodienError(
            tr(
                "'{text}' happens twice, because clocks go back then; write {first} or {second}.",
                text=text,
                first=exact[0],
                second=exact[1],
            )
        )
    raise SodienError(
        tr(
            "'{text}' does not exist, because clocks go forward then; write for example {first}.",
            text=text,
            first=exact[0],
        )
    )


def parse_within(text: str) -> int:
    """``--within``: a duration as a person writes it (30s, 1m, 2h), in ms. Raises SodienError."""
    match = _WITHIN.fullmatch(text.strip())
    if match is None:
        raise SodienError(tr("--within '{text}' is not a duration; write it like 30s, 1m or 2h.", text=text))
    return int(match[1]) * _SECONDS[match[2]] * 1000


def parse_constant(text: str) -> Decimal:
    """A meter constant as a plate prints it, in imp/kWh. Raises FieldError for what is none."""
    try:
        if (found := constant.parse(text)) is not None:
            return found
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise FieldError(
            "constant",
            tr(
                "'{text}' is not a meter constant; write the imp/kWh from the plate, such as 1600.", text=text
            ),
        ) from None


def parse_energy(text: str) -> tuple[Decimal, Decimal]:
    """``--energy``: kWh from at least to at most, such as 0.2..1.5 or, as it is
    shown, 0.200 … 1.500. Raises SodienError.
    """
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise SodienError(tr("--energy '{text}' is not a range; write it in kWh like 0.2..1.5.", text=text))
    low, high = (Decimal(part.replace(",", ".")) for part in match.groups())
    if low > high:
        raise SodienError(
            tr("--energy '{text}' goes from more to less; write the smaller number first.", text=text)
        )
    return low, high
