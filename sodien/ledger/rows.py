"""The rows of the ledger: what one holds, and how its body is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

#: The columns of the table ``entry`` in the order that :func:`row_of` takes.
COLUMNS = "seq, kind, meter, run, mono, at, pulses, first, doubt, body"


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to append.

    Attributes:
        kind: one of the kinds of :mod:`sodien.protocol.entries`.
        meter: meter id, or "" for the device.
        mono: monotonic nanoseconds of the run's boot; None for what a person enters.
        at: wall time in ms UTC, or None while the clock is not known.
        pulses: cumulative accepted pulses (ticks and gaps).
        first: ticks only: ms from the first new pulse to this tick, 0 when there is none.
        doubt: cumulative pulses of which the filter could not decide, each way.
        body: further plain values, by kind.
    """

    kind: str
    meter: str = ""
    run: int | None = None
    mono: int | None = None
    at: int | None = None
    pulses: int | None = None
    first: int | None = None
    doubt: int = 0
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row(NewRow):
    """A row of the ledger; ``seq`` is its place in it."""

    seq: int = 0


@dataclass(frozen=True, slots=True)
class Save:
    """The count as of a monotonic instant: every pulse before ``mono`` is in ``pulses``."""

    meter: str
    run: int
    mono: int
    pulses: int
    doubt: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One life of the daemon.

    Attributes:
        started: monotonic ns of that boot.
        stopped: the same for a clean stop; None while it runs or when it ended without a goodbye.
    """

    id: int
    boot: str
    started: int
    version: str
    stopped: int | None = None


def encoded(body: dict[str, Any]) -> bytes | None:
    """A body as its column holds it; an empty one is NULL."""
    return msgspec.json.encode(body, order="sorted") if body else None


def row_of(values: tuple[Any, ...]) -> Row:
    """The row of these values of COLUMNS."""
    seq, kind, meter, run, mono, at, pulses, first, doubt, body = values
    detail = msgspec.json.decode(body) if body else {}
    return Row(kind, meter, run, mono, at, pulses, first, doubt or 0, detail, seq)
