"""Dial readings as the ledger has them, and what was said about them since.

A ``dial`` row is what a person read. An ``amendment`` row corrects or withdraws it: it is dated when it was
made, names the reading by its time (with meter and kind its identity), and the last one counts. The reading
itself stays as it was typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from sodien.history.corrections import amendments
from sodien.ledger.bodies import AmendmentBody, DialBody
from sodien.ledger.store import Ledger, NewRow, Row
from sodien.metering.register.observations import Anchor

if TYPE_CHECKING:
    from sodien.history.boots import Boots, Typed


@dataclass(frozen=True, slots=True)
class DialReading:
    """One dial reading.

    Attributes:
        name: how findings call it, ``dial`` and its entry.
        row: the entry; ``typed`` is what it says.
        amendment: the last correction or withdrawal, None without; ``said`` is what it says.
        counts: what counts of the two.
        stands: where it lies in time; None where nobody knows.
    """

    name: str
    row: NewRow
    typed: DialBody
    amendment: NewRow | None
    said: AmendmentBody | None
    counts: DialBody | AmendmentBody
    stands: Typed | None

    @property
    def withdrawn(self) -> bool:
        """Whether it does not count any more."""
        return self.said is not None and self.said.what == "withdraw"

    @property
    def corrected(self) -> bool:
        """Whether other values count than were typed at first."""
        return self.counts is self.said

    @property
    def text(self) -> str:
        """The digits that count."""
        return self.counts.reading or ""

    @property
    def at(self) -> int:
        """When it was read, ms UTC: the middle of its window."""
        return self.stands.at if self.stands is not None else self.row.at or 0

    @property
    def within(self) -> int:
        """How exactly that is known, ± ms."""
        return self.stands.within if self.stands is not None else self.counts.within_ms or 0

    @property
    def low(self) -> Fraction:
        """The register had reached this, kWh."""
        return Fraction(self.counts.low or 0)

    @property
    def high(self) -> Fraction:
        """The register was below this, kWh."""
        return Fraction(self.counts.high or 0)

    def anchor(self, since: int | None, until: int | None) -> Anchor:
        """It as evidence on the line, for a meter that was installed there from ``since`` to ``until``."""
        assert self.stands is not None
        start = self.stands.start if since is None else max(self.stands.start, since)
        end = self.stands.end if until is None else min(self.stands.end, until)
        return Anchor(self.name, self.low, self.high, min(start, end), end)


def readings(ledger: Ledger, meter: str, extra: Sequence[NewRow], boots: Boots) -> list[DialReading]:
    """All readings of a meter by time, withdrawn ones too.

    ``extra`` are dial rows and amendments that the ledger does not hold (yet).
    """
    amended = amendments(ledger, meter, extra)
    rows: list[NewRow] = [*ledger.of_kind("dial", meter), *(row for row in extra if row.kind == "dial")]
    return [_reading(row, amended.get(("dial", row.at or 0)), boots) for row in rows]


def _reading(row: NewRow, amendment: NewRow | None, boots: Boots) -> DialReading:
    typed, said = row.read(DialBody), amendment.read(AmendmentBody) if amendment is not None else None
    name, within = f"dial {row.seq if isinstance(row, Row) else 'new'}", typed.within_ms or 0
    if said is None or said.what != "correct":
        return DialReading(name, row, typed, amendment, said, typed, boots.typed(row, within))
    within = said.within_ms or 0
    stands = boots.by_clock(said.read_at, within) if said.read_at is not None else boots.typed(row, within)
    return DialReading(name, row, typed, amendment, said, said, stands)
