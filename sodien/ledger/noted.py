"""What the daemon notes as events beside the counts, where somebody reads it back; ``what`` is their word."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import msgspec


class MeterNoted(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings say of a meter, noted when it changes; what is None was not noted.

    ``times``: by what the counter told outside multiplies since then; the first versions did not.
    """

    what: ClassVar = "meter"

    constant: Decimal
    p_max_w: int | None = None
    unsaved: int | None = None
    digits: int | None = None
    decimals: int | None = None
    multiplier: Decimal | None = None
    times: int | None = None


class ClockNoted(msgspec.Struct, frozen=True, kw_only=True):
    """The clock became known, or stepped: wall = monotonic + ``offset_ns``; ``how``: None or ``trust``."""

    what: ClassVar = "clock"

    boot: str
    offset_ns: int
    step_ms: int = 0
    how: str | None = None


class PowerNoted(msgspec.Struct, frozen=True, kw_only=True):
    """More flowed than the settings take for possible: so many pulses for certain within ``ns`` ns."""

    what: ClassVar = "power"

    pulses: int
    ns: int


class CounterNoted(msgspec.Struct, frozen=True, kw_only=True):
    """How far the counter told outside is ahead of the counts of ``ledger``, for all that it counts.

    A ledger that was lost, or is newer than its backup, took with it what had been told.
    """

    what: ClassVar = "counter"

    ledger: str
    pulses: int
    kwh: Decimal


Noted = MeterNoted | ClockNoted | PowerNoted | CounterNoted
