"""What a person may note: times, lengths and numbers that everything later can reckon with and show.

Checked before anything is stored. A row that is in a ledger all the same (of an earlier version, or of a card
that fails) is set aside by its number: whoever asks for rows of its kind does not get it, and everything else
goes on.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec

from sodien.ledger.bodies import BODIES, Body
from sodien.ledger.rows import NewRow

#: 1 January 2000 and 2100, ms UTC: no household counts pulses outside.
EARLIEST_MS: Final = 946_684_800_000
LATEST_MS: Final = 4_102_444_800_000
YEARS: Final = range(2000, 2100)
#: A time that is known no better than this is none.
MOST_WITHIN_MS: Final = 366 * 86_400_000
#: More digits than any dial, counter or price.
_MOST_DIGITS: Final = 15
_SMALLEST_EXPONENT: Final = -30
#: The kinds that a person notes, also by way of a notice.
NOTED: Final = frozenset(
    {"dial", "resolution", "amendment", "replacement", "constant", "bill", "verdict", "schedule"}
)

Misfit = Literal["time", "span", "number", "content"]
_TIMES: Final = frozenset({"of", "read_at", "corrects"})
_POSITIVE: Final = frozenset({"constant", "multiplier", "digits"})
_MOST_PLACES: Final = 20


def misfit(row: NewRow) -> Misfit | None:
    """What of a noted row cannot be reckoned with; None where it is sound, or of a kind nobody notes."""
    if row.kind not in NOTED:
        return None
    if row.at is not None and not EARLIEST_MS <= row.at < LATEST_MS:
        return "time"
    try:
        body = row.read(BODIES[row.kind])
    except (msgspec.DecodeError, UnicodeError, ArithmeticError, RecursionError):
        return "content"
    return _in(body)


def _in(values: Body | msgspec.Struct) -> Misfit | None:
    for name in values.__struct_fields__:
        found = _of(name, getattr(values, name))
        if found is not None:
            return found
    return None


def _of(name: str, value: Any) -> Misfit | None:
    match value:
        case int() if name in _TIMES and not EARLIEST_MS <= value < LATEST_MS:
            return "time"
        case int() if name == "within_ms" and not 0 <= value <= MOST_WITHIN_MS:
            return "span"
        case dt.date() if value.year not in YEARS:
            return "time"
        case Decimal():
            exponent = value.as_tuple().exponent
            small = isinstance(exponent, int) and exponent >= _SMALLEST_EXPONENT
            if not small or value.adjusted() >= _MOST_DIGITS:
                return "number"
        case msgspec.Struct():
            return _in(value)
        case tuple():
            return next((found for found in (_of(name, one) for one in value) if found), None)
    if name in ("digits", "decimals") and not 0 <= value <= _MOST_PLACES:
        return "number"
    if name in _POSITIVE and isinstance(value, int | Decimal) and not 0 < value < 10**_MOST_DIGITS:
        return "number"
    return None
