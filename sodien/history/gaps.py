"""Gaps as the ledger has them, and what a person said about them since.

A gap row is what the daemon declared. A ``resolution`` row is a later statement about it, dated when it was
made, that names the gap by its time (with meter and kind its identity); the last one counts, and ``undo``
takes the others back. Nothing is ever edited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from sodien.ledger.bodies import GapBody, ResolutionBody
from sodien.ledger.store import Ledger, NewRow, Row
from sodien.metering.register.observations import Blind
from sodien.metering.register.outage import Outage

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


@dataclass(frozen=True, slots=True)
class Gap:
    """One declared gap.

    Attributes:
        seq: its entry.
        start, end: in ms UTC.
        pulses, after: cumulative count at its start and at its end.
        outage: what was declared.
        metered: the settings said then that the Pi is fed from the metered supply, and it ended in a cut.
        resolution: what a person said last; None without, and after an undo.
        same_boot: it lies within one boot, so its length is exact whatever its times are.
        least: kWh that must have flowed, where the row says so.
        most: pulses that can have been missed, where that is known: edges were counted as they were lost.
    """

    seq: int
    start: int
    end: int
    reason: str
    pulses: int
    after: int
    outage: Outage
    metered: bool = False
    resolution: Resolution | None = None
    same_boot: bool = False
    least: Fraction = Fraction(0)
    most: int | None = None

    @property
    def supply_out(self) -> bool:
        """Whether the supply itself counts as having been out, by a person's word or by the setting."""
        if not self.outage.can_be_supply_out:
            return False
        return self.resolution.what == "supply_out" if self.resolution else self.metered

    def blind(self, constants: Sequence[Fraction], ms: int | None = None) -> Blind:
        """It as evidence; ``constants`` are those in force in it, ``ms`` its length if better known."""
        said = self.resolution
        ns = None if ms is None else ms * 1_000_000
        found = self.outage.supply_out(constants) if self.supply_out else self.outage.flowed(constants, ns)
        low, high = max(found.low, self.least), found.high
        if self.most is not None:
            # The parts of a pulse before the first and after the last of them make one more.
            high = min(high, Fraction(self.most + 1) / min(constants))
        if said is not None and said.low is not None and said.high is not None:
            # A person's word counts for itself where it contradicts what was counted: that is a finding.
            low, high = (max(low, said.low), said.high) if low <= said.high else (said.low, said.high)
        return Blind(low, max(low, high), self.reason)


def gaps(
    ledger: Ledger, meter: str, p_max_kw: Fraction, extra: Iterable[NewRow] = (), *, stepped: bool = False
) -> list[Gap]:
    """All dated gaps of a meter in order.

    Args:
        ledger: where to read.
        meter: its id.
        p_max_kw: the most the supply can carry as known now; a gap may have been declared with less.
        extra: resolutions that the ledger does not hold (yet).
        stepped: a clock was wrong, so that their times do not tell their order.
    """
    said: dict[int, Resolution | None] = {}
    noted = sorted(ledger.of_kind("resolution", meter), key=lambda row: row.seq)
    for row in [*noted, *(row for row in extra if row.kind == "resolution")]:
        body = row.read(ResolutionBody)
        said[body.of] = _resolution(row.at or 0, body)
    rows = ledger.of_kind("gap", meter)
    if stepped:
        boots: dict[str, int] = {}
        since = {run.id: boots.setdefault(run.boot, run.id) for run in ledger.runs_after(0)}
        # The count never falls. Where nothing was counted in between, boots are in order of starting, and
        # in one of them a gap before it, which has no monotonic time, comes first.
        rows.sort(
            key=lambda row: (
                row.pulses or 0,
                row.read(GapBody).after,
                since.get(row.run or 0, 0),
                -1 if row.mono is None else row.mono,
                row.seq,
            )
        )
    found = [_gap(row, p_max_kw, said.get(row.at or 0)) for row in rows]
    return found if stepped else sorted(found, key=lambda gap: (gap.pulses, gap.after, gap.start))


def _resolution(at: int, body: ResolutionBody) -> Resolution | None:
    if body.what == "undo":
        return None
    return Resolution(
        body.what,
        at,
        Fraction(body.low) / body.multiplier if body.low is not None else None,
        Fraction(body.high) / body.multiplier if body.high is not None else None,
        body.by,
    )


def _gap(row: Row, p_max_kw: Fraction, resolution: Resolution | None) -> Gap:
    assert row.at is not None
    assert row.pulses is not None
    body = row.read(GapBody)
    declared = Fraction(body.high) * 3_600_000_000_000 / body.ns if body.ns else Fraction(0)
    outage = Outage(
        body.ns,
        max(declared, p_max_kw),
        body.reason == "power",
        body.awake_ns,
        body.unsaved or 0,
        body.boots or (),
    )
    return Gap(
        row.seq,
        row.at,
        body.end(row.at),
        body.reason,
        row.pulses,
        body.after,
        outage,
        body.supply == "metered",
        resolution,
        row.mono is not None,
        Fraction(body.low or 0),
        body.most,
    )
