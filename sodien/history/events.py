"""What was noted beside the counts: a meter's settings, its power, the clock, tests of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from sodien.ledger.bodies import ClockBody, EventBody
from sodien.ledger.noted import Noted, PowerNoted
from sodien.metering.counting.power import proven_kw
from sodien.metering.known_load import Result, from_stored

if TYPE_CHECKING:
    from sodien.ledger.store import Ledger, NewRow, Row

N = TypeVar("N", bound=Noted)


def noted(ledger: Ledger, kind: str, meter: str, extra: Iterable[NewRow] = ()) -> list[NewRow]:
    """Entries of a kind in order of writing, then those of ``extra`` that the ledger does not hold (yet)."""
    rows = sorted(ledger.of_kind(kind, meter), key=lambda row: row.seq)
    return [*rows, *(row for row in extra if row.kind == kind)]


def notes(ledger: Ledger, meter: str, kind: type[N]) -> list[tuple[Row, N]]:
    """What the daemon noted of a meter, or of the device (""), dated or not, in order of writing."""
    naming = f'"{kind.what}"'.encode()
    rows = [*ledger.of_kind("event", meter, naming=naming), *ledger.undated("event", meter)]
    found = ((row, row.read(EventBody).noted) for row in sorted(rows, key=lambda row: row.seq))
    return [(row, said) for row, said in found if isinstance(said, kind)]


def meter_tests(ledger: Ledger, meter: str, since: int | None = None) -> Iterator[tuple[Row, Result]]:
    """What known-load tests of a meter found since a time (ms UTC), by time."""
    for row in ledger.of_kind("event", meter, since=since, naming=b'"meter_test"'):
        body = row.read(EventBody)
        with contextlib.suppress(KeyError, ValueError):
            if body.what == "meter_test":
                yield row, from_stored(body.detail or {})


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
    proven = (
        proven_kw(said.pulses, said.ns, constant(row)) for row, said in notes(ledger, meter, PowerNoted)
    )
    return max((kw for kw in proven if kw is not None), default=Fraction(0))
