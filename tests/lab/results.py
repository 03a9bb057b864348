"""Results made by hand: a truth and a ledger that agree, to be spoilt one by one."""

from __future__ import annotations

from dataclasses import replace

from lab.case import Case, Done, Result, train
from lab.record import Record
from lab.schedule import steady
from lab.truth import Pulses
from sodien.ledger.store import Row

S = 1_000_000_000
CASE = Case(name="x", edges=train(steady(1, 60, 10)))
NONE = {"short": 0, "spacing": 0, "same_level": 0, "lost": 0, "order": 0}


def tick(seq: int, mono: int, pulses: int, *, at: int | None = 0, doubt: int = 0) -> Row:
    """A count as of ``mono``."""
    return Row("tick", "main", 1, mono, at, pulses, 0, doubt, {}, seq)


def health(seq: int, mono: int, *, at: int | None = 0, **rejected: int) -> Row:
    """The rejections so far."""
    return Row("health", "main", 1, mono, at, body={"rejected": NONE | rejected}, seq=seq)


def result(
    rows: list[Row], *, pulses: int = 10, refused: int = 0, case: Case = CASE, **done: object
) -> Result:
    """One pulse a second from second 1 on; the daemon ran from 0 to 20 s."""
    notes = Done(name=case.name, code=0, cpu_s=1, switches=10, seconds=20, started=0, stopped=20 * S)
    starts = [(n * S, n * S + 1000) for n in range(1, pulses + 1)]
    notes = replace_done(notes, **done)
    return Result(case, notes, Pulses(starts, refused, 0), Record(rows), 0)


def replace_done(notes: Done, **changes: object) -> Done:
    """The driver's notes with changes."""
    import msgspec

    return msgspec.structs.replace(notes, **changes)


def with_case(one: Result, case: Case) -> Result:
    """The same result for another case."""
    return replace(one, case=case)
