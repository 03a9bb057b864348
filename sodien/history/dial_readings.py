"""Dial readings as the ledger has them, and what was said about them since.

A ``dial`` row is what a person read. An ``amendment`` row corrects or withdraws it: it is dated when it was
made, names the reading by its time (with meter and kind its identity), and the last one counts. The reading
itself stays as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from sodien.history.corrections import amendments, withdraws
from sodien.ledger.bodies import AmendmentBody, DialBody, DialRange
from sodien.ledger.store import Ledger, NewRow, Row
from sodien.metering.register.observations import Anchor

if TYPE_CHECKING:
    from sodien.history.boots import Boots, Typed


@dataclass(frozen=True)
class DialReading:
    """One dial reading as it counts now.

    Attributes:
        name: how findings call it, ``dial`` and its entry.
        row: what was typed at first.
        amendment: the last correction or withdrawal, None without.
        stands: where it lies in time; None where nobody knows.
    """

    name: str
    row: NewRow
    amendment: NewRow | None = None
    stands: Typed | None = None

    @property
    def withdrawn(self) -> bool:
        """Whether it does not count any more."""
        return withdraws(self.amendment)

    @property
    def typed(self) -> DialBody:
        """What was typed at first."""
        return self.row.read(DialBody)

    @property
    def said(self) -> AmendmentBody | None:
        """What was said last of it."""
        return self.amendment.read(AmendmentBody) if self.amendment is not None else None

    @property
    def corrected(self) -> bool:
        """Whether other values count than were typed at first."""
        return self._correction is not None

    @cached_property
    def _correction(self) -> AmendmentBody | None:
        said = self.said
        return said if said is not None and said.what == "correct" else None

    @cached_property
    def _now(self) -> DialRange:
        """What it shows as it counts now."""
        typed, said = self.typed, self._correction
        if said is None:
            return DialRange(reading=typed.reading, low=typed.low, high=typed.high)
        assert said.reading is not None
        assert said.low is not None
        assert said.high is not None
        return DialRange(reading=said.reading, low=said.low, high=said.high)

    @property
    def text(self) -> str:
        """The digits that count."""
        return self._now.reading

    @property
    def at(self) -> int:
        """When it was read, ms UTC: the middle of its window."""
        return self.stands.at if self.stands is not None else self._by_clock or self.row.at or 0

    @property
    def _by_clock(self) -> int | None:
        """The time that a correction says."""
        return self._correction.read_at if self._correction is not None else None

    @property
    def within(self) -> int:
        """How exactly that is known, ± ms."""
        return self.stands.within if self.stands is not None else self._within

    @property
    def _within(self) -> int:
        return (self._correction or self.typed).within_ms or 0

    def standing(self, boots: Boots) -> DialReading:
        """It, with where it lies in time."""
        at, within = self._by_clock, self._within
        stands = boots.typed(self.row, within) if at is None else boots.by_clock(at, within)
        return replace(self, stands=stands)

    @property
    def low(self) -> Fraction:
        """The register had reached this, kWh."""
        return Fraction(self._now.low)

    @property
    def high(self) -> Fraction:
        """The register was below this, kWh."""
        return Fraction(self._now.high)

    def anchor(self, since: int | None, until: int | None) -> Anchor:
        """It as evidence on the line, for a meter that was installed there from ``since`` to ``until``."""
        assert self.stands is not None
        start = self.stands.start if since is None else max(self.stands.start, since)
        end = self.stands.end if until is None else min(self.stands.end, until)
        return Anchor(self.name, self.low, self.high, min(start, end), end)


def readings(
    ledger: Ledger, meter: str, extra: Iterable[NewRow] = (), boots: Boots | None = None
) -> list[DialReading]:
    """All readings of a meter by time, withdrawn ones too.

    ``extra`` are dial rows and amendments that the ledger does not hold (yet); without ``boots`` times are
    those of the entries.
    """
    extra = list(extra)
    amended = amendments(ledger, meter, extra)
    rows: list[NewRow] = [*ledger.of_kind("dial", meter), *(row for row in extra if row.kind == "dial")]
    found = [
        DialReading(
            f"dial {row.seq}" if isinstance(row, Row) else "dial new", row, amended.get(("dial", row.at or 0))
        )
        for row in rows
    ]
    return [one.standing(boots) for one in found] if boots is not None else found
