"""What the daemon noted beside the counts: a meter's settings, its power, the clock, what was told."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from sodien.ledger.bodies import ClockBody, EventBody
from sodien.ledger.noted import ClockNoted, CounterNoted, MeterNoted
from sodien.metering.counting.power import proven_kw
from sodien.metering.known_load import Result, from_stored

if TYPE_CHECKING:
    from sodien.ledger.store import Ledger, NewRow, Row


def noted(ledger: Ledger, kind: str, meter: str, extra: Iterable[NewRow] = ()) -> list[NewRow]:
    """Entries of a kind in order of writing, then those of ``extra`` that the ledger does not hold (yet)."""
    rows = sorted(ledger.of_kind(kind, meter), key=lambda row: row.seq)
    return [*rows, *(row for row in extra if row.kind == kind)]


def meter_notes(ledger: Ledger, meter: str) -> list[tuple[Row, MeterNoted]]:
    """What was noted of a meter's settings, dated or not, in order of writing."""
    rows = sorted([*ledger.of_kind("event", meter), *ledger.undated("event", meter)], key=lambda row: row.seq)
    events = ((row, row.read(EventBody).meter) for row in rows)
    return [(row, said) for row, said in events if said is not None]


def counter_note(ledger: Ledger, meter: str) -> CounterNoted | None:
    """The newest note of how far the counter told outside is ahead, by order of writing, dated or not."""
    rows = [*ledger.of_kind("event", meter), *ledger.undated("event", meter)]
    for row in sorted(rows, key=lambda row: row.seq, reverse=True):
        with contextlib.suppress(msgspec.ValidationError, msgspec.DecodeError):
            if (said := row.read(EventBody).counter) is not None:
                return said
    return None


def meter_tests(ledger: Ledger, meter: str, since: int | None = None) -> Iterator[tuple[Row, Result]]:
    """What known-load tests of a meter found since a time (ms UTC), by time."""
    for row in ledger.of_kind("event", meter, since=since, naming=b'"meter_test"'):
        body = row.read(EventBody)
        with contextlib.suppress(KeyError, ValueError):
            if body.what == "meter_test":
                yield row, from_stored(body.detail or {})


def clock_notes(ledger: Ledger, since: int | None = None) -> Iterator[tuple[Row, ClockNoted]]:
    """What was noted of the clock since a time (ms UTC), by time."""
    for row in ledger.of_kind("event", "", since=since, naming=b'"clock"'):
        if (said := row.read(EventBody).clock) is not None:
            yield row, said


def clock_words(ledger: Ledger, extra: Iterable[NewRow] = ()) -> dict[str, NewRow]:
    """Boot → the entry with which a person said that its clock was wrong, unless that was taken back."""
    found: dict[str, NewRow] = {}
    for row in noted(ledger, ClockBody.kind, "", extra):
        body = row.read(ClockBody)
        found[body.boot] = row
        if body.what == "undo":
            del found[body.boot]
    return found


def counted_kw(ledger: Ledger, meter: str, constant: Callable[[Row], Fraction]) -> Fraction:
    """The most power in kW that pulses have proven where it was more than the settings took for possible.

    0 where they never did. ``constant`` tells the imp/kWh in force at an entry.
    """
    most = Fraction(0)
    for row in ledger.of_kind("event", meter):
        if (said := row.read(EventBody).power) is not None:
            most = max(most, proven_kw(said.pulses, said.ns, constant(row)) or most)
    return most
