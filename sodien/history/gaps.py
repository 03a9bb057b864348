"""Gaps: what lay between counted pieces, what was declared of it, and what a person said since.

A gap row is what the daemon declared: why, and what it knew. Where it lies and how long it was follows from
the pieces beside it. A ``resolution`` row is a later statement about it, dated when it was
made, that names the gap by its time (with meter and kind its identity); the last one counts, and ``undo``
takes the others back. Nothing is ever edited.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from sodien.history.events import noted
from sodien.history.installations import Installation, constants_between
from sodien.ledger.bodies import GapBody, ResolutionBody
from sodien.ledger.store import Ledger, NewRow
from sodien.metering.register.observations import Blind, Counted
from sodien.metering.register.outage import Outage

if TYPE_CHECKING:
    from sodien.history.evidence import Between, MeterEvidence
    from sodien.metering.axis.line import BootLine

#: ``supply_out`` and ``supply_on``: the supply itself was out, or was not; ``energy``: kWh from a person.
What = Literal["supply_out", "supply_on", "energy", "undo"]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a person said about a gap; ``low`` and ``high`` in kWh of the dial for ``energy``."""

    what: What
    said: int
    low: Fraction | None = None
    high: Fraction | None = None
    by: str | None = None


#: The time of a gap's row → what counts of what was said of it.
Said = dict[int, Resolution | None]


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which nobody counted.

    Attributes:
        seq: the entry that declares it; 0 where none does.
        of: that entry's time, its name in what is said of it.
        start, end: in ms UTC.
        pulses, after: cumulative count at its start and at its end.
        outage: what was declared.
        constants: every imp/kWh that can have been in force in it, at least one.
        metered: the settings said then that the Pi is fed from the metered supply, and it ended in a cut.
        resolution: what a person said last; None without, and after an undo.
        least: kWh that must have flowed, where the row says so.
        most: pulses that can have been missed, where that is known: edges were counted as they were lost.
    """

    seq: int
    of: int
    start: int
    end: int
    reason: str
    pulses: int
    after: int
    outage: Outage
    constants: Sequence[Fraction]
    metered: bool = False
    resolution: Resolution | None = None
    least: Fraction = Fraction(0)
    most: int | None = None

    @property
    def supply_out(self) -> bool:
        """Whether the supply itself counts as having been out, by a person's word or by the setting."""
        if not self.outage.can_be_supply_out:
            return False
        return self.resolution.what == "supply_out" if self.resolution else self.metered

    def most_pulses(self) -> int:
        """The most pulses that can have flashed in it, by itself."""
        return math.ceil((self.blind().high or 0) * max(self.constants))

    def blind(self) -> Blind:
        """It as evidence."""
        said, constants = self.resolution, self.constants
        found = self.outage.supply_out(constants) if self.supply_out else self.outage.flowed(constants)
        low, high = max(found.low, self.least), found.high
        if self.most is not None:
            # The parts of a pulse before the first and after the last of them make one more.
            high = min(high, Fraction(self.most + 1) / min(constants))
        if said is not None and said.low is not None and said.high is not None:
            # A person's word counts for itself where it contradicts what was counted: that is a finding.
            low, high = (max(low, said.low), said.high) if low <= said.high else (said.low, said.high)
        return Blind(low, max(low, high), self.reason)


def gaps(
    evidence: MeterEvidence, p_max_kw: Fraction, said: Said, installed: Sequence[Installation]
) -> list[Gap]:
    """What lay between the counted pieces of a meter, by time, with what a person said of it.

    ``p_max_kw`` is the most the supply can carry as known now; a gap may have been declared with less.
    """
    found = []
    for between, (before, after) in zip(evidence.between, pairwise(evidence.pieces), strict=True):
        constants = constants_between(installed, before.end, after.start)
        found.append(_gap(evidence.line, between, before, after, p_max_kw, said, constants))
    return found


def said_of(ledger: Ledger, meter: str, extra: Sequence[NewRow]) -> Said:
    """The time of a gap's row → what a person said of it last, None after an undo."""
    rows = noted(ledger, ResolutionBody.kind, meter, extra)
    return {(body := row.read(ResolutionBody)).of: _resolution(row.at or 0, body) for row in rows}


def _resolution(at: int, body: ResolutionBody) -> Resolution | None:
    if body.what == "undo":
        return None
    low, high = (
        Fraction(one) / body.multiplier if one is not None else None for one in (body.low, body.high)
    )
    return Resolution(body.what, at, low, high, body.by)


def _gap(
    line: BootLine,
    between: Between,
    before: Counted,
    after: Counted,
    p_max_kw: Fraction,
    said: Said,
    constants: Sequence[Fraction],
) -> Gap:
    row, start, end = between.row, before.end, after.start
    body = row.read(GapBody) if row is not None else None
    ns = between.ns if between.ns is not None else (end - start) * 1_000_000
    reason = body.reason if body is not None else _reason(between)
    if body is not None and body.ns:
        declared = math.ceil(body.high * 1_000_000) * 3_600_000
        if declared * p_max_kw.denominator > p_max_kw.numerator * body.ns:
            p_max_kw = Fraction(declared, body.ns)
    awake, unsaved = (body.awake_ns, body.unsaved or 0) if body is not None else (None, 0)
    return Gap(
        row.seq if row is not None else 0,
        row.at or 0 if row is not None else line.wall(start),
        line.wall(start),
        line.wall(end),
        reason,
        before.last,
        after.first,
        Outage(ns, p_max_kw, reason == "power", awake, unsaved, between.boots),
        constants,
        body is not None and body.supply == "metered",
        said.get(row.at or 0) if row is not None else None,
        Fraction(body.low or 0) if body is not None else Fraction(0),
        body.most if body is not None else None,
    )


def _reason(between: Between) -> str:
    """Why nothing was counted, where nobody declared it."""
    if between.goodbye:
        return "stopped"
    return "power" if between.ns is None else "killed"
