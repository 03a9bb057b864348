"""The rows of the ledger, and the notes it keeps beside them: what they hold, and how they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec

from sodien.ledger.bodies import Body

#: The columns of the table ``entry`` in the order that :func:`row_of` takes.
COLUMNS = "seq, kind, meter, run, mono, at, pulses, first, doubt, body"


class NewRow(msgspec.Struct, frozen=True, gc=False):
    """A row to append.

    Attributes:
        kind: one of the kinds of :mod:`sodien.protocol.entries`.
        meter: meter id, or "" for the device.
        run: the run that wrote it; of what a person typed for now, the last one of this boot.
        mono: monotonic nanoseconds of the run's boot; None for what a person enters for a time of their own.
        at: wall time in ms UTC, or None while the clock is not known.
        pulses: cumulative accepted pulses (ticks and gaps).
        first: ticks only: ms from the first new pulse to this tick, 0 when there is none.
        doubt: cumulative pulses of which the filter could not decide, each way.
        body: what else there is, by kind (:mod:`sodien.ledger.bodies`).
    """

    kind: str
    meter: str = ""
    run: int | None = None
    mono: int | None = None
    at: int | None = None
    pulses: int | None = None
    first: int | None = None
    doubt: int = 0
    body: Body | bytes | None = None

    def read(self, kind: type[B]) -> B:
        """The body as the struct of the row's kind. Raises msgspec.ValidationError when it is none."""
        if isinstance(self.body, kind):
            return self.body
        return msgspec.json.decode(encoded(self.body) or b"{}", type=kind)


class Row(NewRow, frozen=True, gc=False):
    """A row of the ledger; ``seq`` is its place in it. Its body stays the bytes that the ledger holds."""

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
    """One run of the daemon, from its start to its stop.

    Attributes:
        started: monotonic ns of that boot.
        stopped: the same for a clean stop; None while it runs or when it ended without a goodbye.
    """

    id: int
    boot: str
    started: int
    version: str
    stopped: int | None = None


def encoded(body: Body | bytes | None) -> bytes | None:
    """A body as its column holds it; an empty one is NULL."""
    if body is None or isinstance(body, bytes):
        return body
    text = msgspec.json.encode(body, order="sorted")
    return text if text != b"{}" else None


def row_of(values: tuple[Any, ...]) -> Row:
    """The row of these values of COLUMNS."""
    seq, kind, meter, run, mono, at, pulses, first, doubt, body = values
    return Row(kind, meter, run, mono, at, pulses, first, doubt or 0, body, seq)


# -- notes in the table meta -----------------------------------------------------------------------------

T = TypeVar("T")
B = TypeVar("B", bound=Body)


class Origin(msgspec.Struct, frozen=True):
    """A ledger that another one carries on under a new id.

    Attributes:
        ledger: its id.
        how: ``salvaged`` (damaged; its readable rows got new sequence numbers) or ``restored`` (from a
            backup; the sequence numbers are the same).
        seal: hash of its last seal, "" when it had none.
        entries: the last sequence number of the new ledger that came from it.
        run: the last run that came from it, 0 when there was none.
    """

    ledger: str
    how: Literal["salvaged", "restored"]
    seal: str
    entries: int
    run: int


class SendAgain(msgspec.Struct, frozen=True):
    """A person's request to send entries again.

    Attributes:
        from_seq: everything from this entry on; None only what the database refused.
        asked: when, in ms UTC: two requests are never the same.
    """

    from_seq: int | None
    asked: int


def chain_of(ledger: str, origins: Sequence[Origin]) -> tuple[frozenset[str], str, int]:
    """A ledger's chain: the ids its seals were made under, the hash the first follows, and where it begins.

    It begins after the returned sequence number: seals up to there were carried over by a salvage.

    A restored ledger goes on with the chain of the backup, whose entries kept their numbers; a salvaged one
    begins a chain that names the last seal of the old.
    """
    ids = [ledger]
    for origin in reversed(origins):
        if origin.how == "salvaged":
            return frozenset(ids), origin.seal, origin.entries
        ids.append(origin.ledger)
    return frozenset(ids), "", 0


def decode(text: str | None, kind: type[T]) -> T | None:
    """A note of the ledger's table ``meta``; None when it is absent or cannot be read."""
    try:
        return msgspec.json.decode(text, type=kind) if text else None
    except (msgspec.DecodeError, UnicodeError):
        return None
