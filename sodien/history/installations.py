"""Which meter was installed when, with what constant: settings, replacements and corrections put together.

What says so, and what wins:

* the settings, as the daemon noted them in the ledger when they changed (event ``meter``), wherever its boot
  lies in time. A constant that changed in the settings holds *from that event on*; the past keeps the one it
  was counted with;
* a ``replacement`` row: from its time on another meter, with everything it says of it;
* a ``constant`` row: from its time on another constant, or, ``from_start``, for as long as this meter
  was installed: it takes the place of all that was noted before of the time up to it;
* of two that speak of the same time, the one that was noted later.

Digits, decimals and multiplier belong to the meter: the last that is said of it counts for all the time it is
installed. Where the ledger has nothing yet, the settings count.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sodien.history.corrections import amendments, withdraws
from sodien.history.events import meter_notes
from sodien.history.evidence import MeterEvidence
from sodien.ledger.bodies import ConstantBody, DialRange, ReplacementBody
from sodien.ledger.noted import MeterNoted
from sodien.ledger.store import Ledger, NewRow, Row
from sodien.metering.register.observations import Anchor

if TYPE_CHECKING:
    from sodien.metering.axis.line import BootLine
    from sodien.settings.model import MeterSettings

#: Before, and after, every instant of a ledger.
BEGINNING, NEVER = -(1 << 62), 1 << 62


@dataclass(slots=True)
class Installation:
    """One meter from its installation to its replacement.

    Attributes:
        serial: what is known of its plate, or its number in order.
        start: ms UTC; None for the first.
        within: how exactly that is known, ± ms.
        end: the start of the next; None for the one that is installed now.
        constants: (since ms UTC, imp/kWh) by time; the first since BEGINNING or the start.
        positions: for each of them since when on the line of all boots.
        entries: for each of them the entry that says so; None for the settings.
        ends: readings that belong to the replacements at its start and end.
        entry: the replacement's entry, None for the first installation.
    """

    serial: str
    start: int | None
    digits: int
    decimals: int
    multiplier: Fraction
    constants: list[tuple[int, Fraction]]
    positions: list[int] = field(default_factory=lambda: [BEGINNING])
    entries: list[int | None] = field(default_factory=lambda: [None])
    within: int = 0
    end: int | None = None
    ends: list[Anchor] = field(default_factory=list)
    entry: int | None = None

    def constant(self, at: int) -> Fraction:
        """imp/kWh in force at an instant (ms UTC) while it is installed."""
        index = bisect_right(self.constants, at, key=lambda pair: pair[0])
        return self.constants[max(0, index - 1)][1]

    def constant_at(self, position: int) -> Fraction:
        """imp/kWh in force at an instant of the line."""
        index = bisect_right(self.positions, position)
        return self.constants[max(0, index - 1)][1]

    def constants_between(self, start: int, end: int) -> list[Fraction]:
        """Those in force at any time in a span of the line, at least one."""
        changed = [
            constant
            for since, (_, constant) in zip(self.positions, self.constants, strict=True)
            if start < since <= end
        ]
        return [self.constant_at(start), *changed]


def constants_between(found: Sequence[Installation], line: BootLine, start: int, end: int) -> list[Fraction]:
    """Every imp/kWh that can have been in force at any time in a span of the line, at least one."""
    return [
        constant
        for one in found
        if (one.end is None or line.late(one.end) >= start)
        and (one.start is None or line.early(one.start) <= end)
        for constant in one.constants_between(start, end)
    ]


def installed_at(found: Sequence[Installation], at: int) -> Installation:
    """Of these by time, the one that was installed at an instant (ms UTC)."""
    return next(
        installation
        for installation in reversed(found)
        if installation.start is None or installation.start <= at
    )


def installations(
    ledger: Ledger,
    settings: MeterSettings,
    extra: Iterable[NewRow] = (),
    evidence: MeterEvidence | None = None,
) -> list[Installation]:
    """The meters of one id by time, at least one.

    Args:
        ledger: where to read.
        settings: the meter's.
        extra: rows that the ledger does not hold (yet).
        evidence: of this meter, which tells where the daemon's notes lie in time; None reads it.
    """
    evidence = evidence or MeterEvidence(ledger, settings.id)
    extra = list(extra)
    meter = settings.id
    amended = amendments(ledger, meter, extra)

    def standing(kind: str) -> list[NewRow]:
        rows = [*ledger.of_kind(kind, meter), *(row for row in extra if row.kind == kind)]
        return [row for row in rows if not withdraws(amended.get((kind, row.at or 0)))]

    notes = meter_notes(ledger, meter)
    found = [_first(settings, notes)]
    replaced = [(row, *_when(row, evidence)) for row in standing("replacement")]
    for row, at, within in sorted(replaced, key=lambda one: one[1]):
        found.append(_next(found[-1], row, at, within, len(found) + 1))
    noted = [_placed(row, said, found, evidence) for row, said in notes]
    for installation in found:
        _constants(installation, noted, standing("constant"), evidence)
        _dial(installation, noted)
    return found


class _Noted(NamedTuple):
    """A note of the settings: at ms UTC, and at a place on the line."""

    at: int
    position: int
    seq: int
    said: MeterNoted


def _placed(row: Row, said: MeterNoted, found: Sequence[Installation], evidence: MeterEvidence) -> _Noted:
    """Where a note lies. What was noted after a replacement had been typed comes after that replacement."""
    position = evidence.boots.position(row)
    if position is None:
        following = evidence.boots.following(row)
        position = NEVER if following is None else following
    at = evidence.line.wall(position) if position != NEVER else NEVER
    for installation in found:
        if installation.entry is not None and installation.entry < row.seq and installation.start is not None:
            at = max(at, installation.start)
            position = max(position, evidence.line.late(installation.start))
    return _Noted(at, position, row.seq, said)


def _first(settings: MeterSettings, noted: Sequence[tuple[Row, MeterNoted]]) -> Installation:
    said = noted[0][1] if noted else MeterNoted(constant=settings.constant)
    return Installation(
        "1",
        None,
        said.digits if said.digits is not None else settings.digits,
        said.decimals if said.decimals is not None else settings.decimals,
        Fraction(said.multiplier if said.multiplier is not None else settings.multiplier),
        [(BEGINNING, Fraction(said.constant))],
    )


def _when(row: NewRow, evidence: MeterEvidence) -> tuple[int, int]:
    """When a meter was replaced, ms UTC, ± ms."""
    within = row.read(ReplacementBody).within_ms or 0
    typed = evidence.boots.typed(row, within)
    return (typed.at, typed.within) if typed is not None else (row.at or 0, within)


def _next(before: Installation, row: NewRow, at: int, within: int, number: int) -> Installation:
    body = row.read(ReplacementBody)
    name = row.seq if isinstance(row, Row) else "new"
    before.end = at
    # However exactly the time is known: when it has passed the old dial stands still, and before it the new.
    before.ends.append(_reading(f"final {name}", body.old_final, at + within))
    installation = Installation(
        body.serial or str(number),
        at,
        body.digits,
        body.decimals,
        Fraction(body.multiplier),
        [(at, Fraction(body.constant))],
        within=within,
        entries=[row.seq if isinstance(row, Row) else None],
        entry=row.seq if isinstance(row, Row) else None,
    )
    installation.ends.append(_reading(f"initial {name}", body.new_initial, at - within))
    return installation


def _reading(name: str, shown: DialRange, at: int) -> Anchor:
    return Anchor(name, Fraction(shown.low), Fraction(shown.high), at, at)


def _constants(
    installation: Installation, noted: Sequence[_Noted], entries: Sequence[NewRow], evidence: MeterEvidence
) -> None:
    """Bring together what was noted of this installation, in order of noting."""
    start = installation.constants[0][0]
    said: list[tuple[int, int, int, ConstantBody]] = []
    for before, now in pairwise(noted):
        if now.said.constant != before.said.constant:
            said.append((now.seq, now.at, now.position, ConstantBody(constant=now.said.constant)))
    for entry in entries:
        seq = entry.seq if isinstance(entry, Row) else NEVER
        typed = evidence.boots.typed(entry, 0) or evidence.boots.by_clock(entry.at or 0, 0)
        said.append((seq, typed.at, (typed.start + typed.end) // 2, entry.read(ConstantBody)))
    changes = {start: (installation.constants[0][1], installation.entries[0], installation.positions[0])}
    for seq, at, position, body in sorted(said, key=lambda one: one[0]):
        if at < start or (installation.end is not None and at >= installation.end):
            continue
        number = seq if seq != NEVER else None
        constant = Fraction(body.constant)
        if body.from_start:
            changes = {since: value for since, value in changes.items() if since > at}
            changes[start] = constant, number, installation.positions[0]
        else:
            changes[at] = constant, number, position
    installation.constants = [(since, value) for since, (value, _, _) in sorted(changes.items())]
    installation.entries = [number for _, (_, number, _) in sorted(changes.items())]
    installation.positions = [position for _, (_, _, position) in sorted(changes.items())]


def _dial(installation: Installation, noted: Sequence[_Noted]) -> None:
    """What the settings said later of the dial and the multiplier."""
    for (_, _, _, old), (at, _, _, new) in pairwise(noted):
        if (installation.start is not None and at < installation.start) or (
            installation.end is not None and at >= installation.end
        ):
            continue
        if new.digits is not None and new.digits != old.digits:
            installation.digits = new.digits
        if new.decimals is not None and new.decimals != old.decimals:
            installation.decimals = new.decimals
        if new.multiplier is not None and new.multiplier != old.multiplier:
            installation.multiplier = Fraction(new.multiplier)
