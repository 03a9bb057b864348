"""What the daemon noted beside the counts: a meter's settings when they changed, and the clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sodien.ledger.bodies import ClockNoted, EventBody, MeterNoted

if TYPE_CHECKING:
    from sodien.ledger.store import Ledger, Row


def meter_notes(ledger: Ledger, meter: str) -> list[tuple[Row, MeterNoted]]:
    """What was noted of a meter's settings, by time."""
    events = ((row, row.read(EventBody).meter) for row in ledger.of_kind("event", meter))
    return [(row, noted) for row, noted in events if noted is not None]


def clock_notes(ledger: Ledger, since: int | None = None) -> Iterator[tuple[Row, ClockNoted]]:
    """What was noted of the clock since a time (ms UTC), by time."""
    for row in ledger.of_kind("event", "", since=since):
        noted = row.read(EventBody).clock
        if noted is not None:
            yield row, noted
