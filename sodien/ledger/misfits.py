"""What a row may hold: times, lengths and numbers that everything later can reckon with and show.

What a person notes is checked before it is stored, and more narrowly than what the daemon writes. A row that
is in a ledger all the same (of an earlier version, or of a card that fails) is set aside by its number:
whoever asks for rows of its kind does not get it, and everything else goes on.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final, Literal

import msgspec

from sodien.ledger.bodies import BODIES, Body, EventBody
from sodien.ledger.rows import NewRow

#: 1 January 2000 and 2100, ms UTC: no household counts pulses outside.
EARLIEST_MS: Final = 946_684_800_000
LATEST_MS: Final = 4_102_444_800_000
YEARS: Final = range(2000, 2100)
#: What the daemon writes while a clock is wrong can be shown all the same: from 1970 to 9000, ms UTC.
_FIRST_MS: Final = 0
_LAST_MS: Final = 221_845_392_000_000
#: A time that is known no better than this is none.
MOST_WITHIN_MS: Final = 366 * 86_400_000
#: More digits than any dial, counter or price.
_MOST_DIGITS: Final = 15
_SMALLEST_EXPONENT: Final = -30
#: The kinds that a person notes, also by way of a notice.
NOTED: Final = frozenset(
    {
        "dial",
        "resolution",
        "clock",
        "amendment",
        "replacement",
        "constant",
        "bill",
        "verdict",
        "schedule",
        "claim",
    }
)

#: What a column with a number may hold.
_WHOLE: Final = frozenset({int, type(None)})
#: The kinds whose row says how much was counted.
_COUNTED: Final = frozenset({"tick", "gap"})

Misfit = Literal["time", "span", "number", "content"]
_MOST_PLACES: Final = 20
#: From where, and up to where, an integer of such a name can be reckoned with, and what else is wrong.
_RANGES: Final[dict[str, tuple[int, int, Misfit]]] = {
    **dict.fromkeys(("of", "read_at", "told_at", "corrects"), (EARLIEST_MS, LATEST_MS, "time")),
    "end": (_FIRST_MS, _LAST_MS, "time"),
    "ns": (0, _LAST_MS * 1_000_000, "span"),
    "within_ms": (0, MOST_WITHIN_MS + 1, "span"),
    "digits": (1, _MOST_PLACES + 1, "number"),
    "decimals": (0, _MOST_PLACES + 1, "number"),
    "multiplier": (1, 10**_MOST_DIGITS, "number"),
}


def misfit(row: NewRow) -> Misfit | None:
    """What of a row cannot be reckoned with; None where it is sound, or of a kind that is not known."""
    noted = row.kind in NOTED
    first, last = (EARLIEST_MS, LATEST_MS) if noted else (_FIRST_MS, _LAST_MS)
    if row.at is not None and not (isinstance(row.at, int) and first <= row.at < last):
        return "time"
    if row.kind in _COUNTED and not (isinstance(row.pulses, int) and row.pulses >= 0):
        return "number"
    if not {type(row.run), type(row.mono), type(row.pulses), type(row.first), type(row.doubt)} <= _WHOLE:
        return "number"
    if row.kind == "tick" or row.kind not in BODIES:
        return None
    try:
        body = row.read(BODIES[row.kind])
        event = body.noted if isinstance(body, EventBody) else None
    except (msgspec.DecodeError, UnicodeError, ArithmeticError, RecursionError, TypeError):
        return "content"
    return _in(body, noted) or (_in(event, noted) if event is not None else None)


def _in(values: Body | msgspec.Struct, noted: bool) -> Misfit | None:
    for name in values.__struct_fields__:
        value = getattr(values, name)
        if not (value is None or isinstance(value, str)) and (found := _of(name, value, noted)) is not None:
            return found
    return None


def _of(name: str, value: object, noted: bool) -> Misfit | None:
    if isinstance(value, str):
        return None
    if isinstance(value, int):
        limits = _RANGES.get(name)
        return limits[2] if limits is not None and not limits[0] <= value < limits[1] else None
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        small = isinstance(exponent, int) and exponent >= _SMALLEST_EXPONENT
        fits = small and value.adjusted() < _MOST_DIGITS and (name != "constant" or value > 0)
        return None if fits else "number"
    if isinstance(value, dt.date):
        return "time" if noted and value.year not in YEARS else None
    if isinstance(value, tuple):
        return next((found for found in (_of(name, one, noted) for one in value) if found), None)
    return _in(value, noted) if isinstance(value, msgspec.Struct) else None
