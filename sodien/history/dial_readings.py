"""Dial readings as the ledger has them, and what was said about them since.

A ``dial`` row is what a person read. An ``amendment`` row corrects or withdraws it: it is dated when it was
made, names the reading by its time (with meter and kind its identity), and the last one counts. The reading
itself stays as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from sodien.history.corrections import amendments, withdraws
from sodien.ledger.bodies import AmendmentBody, DialBody, DialRange
from sodien.ledger.store import Ledger, NewRow, Row
from sodien.metering.axis.line import BootLine
from sodien.metering.register.observations import Anchor


@dataclass(frozen=True)
class DialReading:
    """One dial reading as it counts now.

    Attributes:
        name: how findings call it, ``dial`` and its entry.
        row: what was typed at first.
        amendment: the last correction or withdrawal, None without.
    """

    name: str
    row: NewRow
    amendment: NewRow | None = None

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
        said = self._correction
        return said.read_at if said is not None and said.read_at is not None else self.row.at or 0

    @property
    def within(self) -> int:
        """How exactly that is known, ± ms."""
        return (self._correction or self.typed).within_ms or 0

    @property
    def low(self) -> Fraction:
        """The register had reached this, kWh."""
        return Fraction(self._now.low)

    @property
    def high(self) -> Fraction:
        """The register was below this, kWh."""
        return Fraction(self._now.high)

    def anchor(self, since: int | None, until: int | None, line: BootLine) -> Anchor:
        """It as evidence on the line, for a meter that was installed there from ``since`` to ``until``."""
        start, end = line.early(self.at - self.within), line.late(self.at + self.within)
        start = start if since is None else max(start, since)
        end = end if until is None else min(end, until)
        return Anchor(self.name, self.low, self.high, min(start, end), end)


def readings(ledger: Ledger, meter: str, extra: Iterable[NewRow] = ()) -> list[DialReading]:
    """All readings of a meter by time, withdrawn ones too.

    ``extra`` are dial rows and amendments that the ledger does not hold (yet).
    """
    extra = list(extra)
    amended = amendments(ledger, meter, extra)
    rows: list[NewRow] = [*ledger.of_kind("dial", meter), *(row for row in extra if row.kind == "dial")]
    return [
        DialReading(
            f"dial {row.seq}" if isinstance(row, Row) else "dial new", row, amended.get(("dial", row.at or 0))
        )
        for row in rows
    ]
