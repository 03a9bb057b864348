"""One household by hand for examples: 1 kW all day, counted without a gap, register 1000.0 at the start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sodien.billing.audit.practice import Practice
from sodien.billing.bill import Bill, IndexRow
from sodien.metering.calendar import instant_at
from sodien.metering.register.coverage import Coverage, coverage
from sodien.metering.register.observations import Anchor, Blind, Counted
from sodien.metering.register.register import Register
from sodien.metering.register.replacements import Installed, Meters

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOUR = 3_600_000
CONSTANT = 1000
START = instant_at(dt.date(2026, 6, 1), "00:00", ZONE)
PRACTICE = Practice(ZONE, digits=5, customer="PB05010001234", plates={"m": "24562125"})


def at(day: int, time: str = "00:00", month: int = 6) -> int:
    """An instant of 2026."""
    return instant_at(dt.date(2026, month, day), time, ZONE)


def register(
    *, anchors: list[Anchor] | None = None, blind: tuple[int, int] | None = None, until: int | None = None
) -> Register:
    """1 kW from 1 June on: at t the register is 1000 + the hours since then."""
    until = at(20, month=8) if until is None else until

    def pulses(t: int) -> int:
        return (t - START) * CONSTANT // HOUR

    edges = [START, until] if blind is None else [START, *blind, until]
    pieces = [
        Counted(a, b, pulses(a) - lost, pulses(b) - lost, Fraction(CONSTANT))
        for a, b, lost in zip(
            edges[::2], edges[1::2], (0, pulses(edges[-2]) - pulses(edges[1])), strict=False
        )
    ]
    lost = pieces[-1].last - pulses(until)

    def count(t: int) -> tuple[int, int]:
        n = pulses(t) + (lost if blind is not None and t >= blind[1] else 0)
        return n, n

    if anchors is None:
        anchors = [Anchor("a", Fraction(1000), Fraction(10001, 10), START, START)]
    links: list[Blind | None] = [] if blind is None else [Blind(reason="power")]
    return Register(pieces, links, anchors, Fraction(88, 10), count, digits=5)


def covered(blind: tuple[int, int] | None = None) -> Callable[[int, int], Coverage]:
    """The coverage of such a register."""
    edges = [START, at(20, month=8)] if blind is None else [START, *blind, at(20, month=8)]
    pieces = [Counted(a, b, 0, 0, Fraction(1)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return lambda t1, t2: coverage(pieces, ["power"] * (len(pieces) - 1), t1, t2)


def meters(**options: Any) -> Meters:
    """That household's only meter."""
    return Meters([Installed("m", register(**options))])


def bill(old: int | str, new: int | str, kwh: int | str | None = None, **options: Any) -> Bill:
    """July's bill, read on 30 June and on 31 July; ``kwh`` None is what the indices say."""
    number = Decimal(new) - Decimal(old) if kwh is None else Decimal(kwh)
    options = {"first": dt.date(2026, 7, 1), "last": dt.date(2026, 7, 31), **options}
    row = IndexRow(old=Decimal(old), new=Decimal(new), multiplier=Decimal(1), kwh=number)
    return Bill(rows=(row,), kwh=number, **options)


#: 30 June begins at 1000 + 29 × 24 and ends 24 kWh later; 31 July likewise.
JUNE_30, JULY_31 = 1000 + 29 * 24, 1000 + 60 * 24
