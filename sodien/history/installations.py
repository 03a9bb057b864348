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
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sodien.history.boots import NEVER, Typed
from sodien.history.corrections import amendments, withdraws
from sodien.history.events import noted, notes
from sodien.history.evidence import MeterEvidence
from sodien.ledger.bodies import ConstantBody, DialRange, ReplacementBody
from sodien.ledger.noted import MeterNoted
from sodien.ledger.store import Ledger, NewRow, Row
from sodien.metering.register.observations import Anchor

if TYPE_CHECKING:
    from sodien.settings.model import MeterSettings

#: Before every instant of a ledger.
BEGINNING = -NEVER


class Since(NamedTuple):
    """A constant (imp/kWh), since when: ms UTC and on the line; ``entry`` says so, None for the settings."""

    at: int
    position: int
    constant: Fraction
    entry: int | None


@dataclass(slots=True)
class Installation:
    """One meter from its installation to its replacement.

    Attributes:
        serial: what is known of its plate, or its number in order.
        start: ms UTC; None for the first.
        constants: by time; the first since BEGINNING or the start.
        within: how exactly the start is known, ± ms.
        end: the start of the next; None for the one that is installed now. Known to ± ``end_within`` ms.
        came, went: between which instants of the line that was.
        ends: readings that belong to the replacements at its start and end; ms UTC.
        entry: the replacement's entry, None for the first installation.
    """

    serial: str
    start: int | None
    digits: int
    decimals: int
    multiplier: Fraction
    constants: list[Since]
    within: int = 0
    end: int | None = None
    end_within: int = 0
    came: tuple[int, int] | None = None
    went: tuple[int, int] | None = None
    ends: list[Anchor] = field(default_factory=list)
    entry: int | None = None

    def constant(self, at: int) -> Fraction:
        """imp/kWh in force at an instant (ms UTC) while it is installed."""
        index = bisect_right(self.constants, at, key=lambda one: one.at)
        return self.constants[max(0, index - 1)].constant

    def constant_at(self, position: int) -> Fraction:
        """imp/kWh in force at an instant of the line."""
        index = bisect_right(self.constants, position, key=lambda one: one.position)
        return self.constants[max(0, index - 1)].constant


def constants_between(found: Sequence[Installation], start: int, end: int) -> list[Fraction]:
    """Every imp/kWh that can have been in force at any time in a span of the line, at least one."""
    return [
        constant
        for one in found
        if (one.went is None or one.went[1] >= start) and (one.came is None or one.came[0] <= end)
        for constant in (
            one.constant_at(start),
            *(said.constant for said in one.constants if start < said.position <= end),
        )
    ]


def installations(
    ledger: Ledger, settings: MeterSettings, extra: Sequence[NewRow], evidence: MeterEvidence
) -> list[Installation]:
    """The meters of one id by time, at least one.

    Args:
        ledger: where to read.
        settings: the meter's.
        extra: rows that the ledger does not hold (yet).
        evidence: of this meter, which tells where the daemon's notes lie in time.
    """
    meter = settings.id
    amended = amendments(ledger, meter, extra)

    def standing(kind: str) -> list[NewRow]:
        rows = noted(ledger, kind, meter, extra)
        return [row for row in rows if not withdraws(amended.get((kind, row.at or 0)))]

    said = notes(ledger, meter, MeterNoted)
    found = [_first(settings, said)]
    replaced = [(row, *_when(row, evidence)) for row in standing("replacement")]
    for row, at, within in sorted(replaced, key=lambda one: one[1]):
        typed = evidence.boots.by_clock(at, within)
        found.append(_next(found[-1], row, typed, len(found) + 1))
    placed = [_placed(row, one, found, evidence) for row, one in said]
    for installation in found:
        _constants(installation, placed, standing("constant"), evidence)
        _dial(installation, placed)
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
    at = evidence.line.wall(position) if position < NEVER else NEVER
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
        [Since(BEGINNING, BEGINNING, Fraction(said.constant), None)],
    )


def _when(row: NewRow, evidence: MeterEvidence) -> tuple[int, int]:
    """When a meter was replaced, ms UTC, ± ms."""
    within = row.read(ReplacementBody).within_ms or 0
    typed = evidence.boots.typed(row, within)
    return (typed.at, typed.within) if typed is not None else (row.at or 0, within)


def _next(before: Installation, row: NewRow, typed: Typed, number: int) -> Installation:
    body, at, within = row.read(ReplacementBody), typed.at, typed.within
    entry = row.seq if isinstance(row, Row) else None
    before.end, before.end_within, before.went = at, within, (typed.start, typed.end)
    # However exactly the time is known: when it has passed the old dial stands still, and before it the new.
    before.ends.append(_reading(f"final {entry or 'new'}", body.old_final, at + within))
    return Installation(
        body.serial or str(number),
        at,
        body.digits,
        body.decimals,
        Fraction(body.multiplier),
        [Since(at, BEGINNING, Fraction(body.constant), entry)],
        within=within,
        came=before.went,
        ends=[_reading(f"initial {entry or 'new'}", body.new_initial, at - within)],
        entry=entry,
    )


def _reading(name: str, shown: DialRange, at: int) -> Anchor:
    return Anchor(name, Fraction(shown.low), Fraction(shown.high), at, at)


def _constants(
    installation: Installation, noted: Sequence[_Noted], entries: Sequence[NewRow], evidence: MeterEvidence
) -> None:
    """Bring together what was noted of this installation, in order of noting."""
    first = installation.constants[0]
    said: list[tuple[int, bool, Since]] = []
    for before, now in pairwise(noted):
        if now.said.constant != before.said.constant:
            since = Since(now.at, now.position, Fraction(now.said.constant), now.seq)
            said.append((now.seq, False, since))
    for entry in entries:
        number, body = entry.seq if isinstance(entry, Row) else None, entry.read(ConstantBody)
        typed = evidence.boots.typed(entry, 0) or evidence.boots.by_clock(entry.at or 0, 0)
        since = Since(typed.at, (typed.start + typed.end) // 2, Fraction(body.constant), number)
        said.append((NEVER if number is None else number, body.from_start, since))
    changes = {first.at: first}
    for _, from_start, since in sorted(said, key=lambda one: one[0]):
        if since.at < first.at or (installation.end is not None and since.at >= installation.end):
            continue
        if from_start:
            changes = {at: one for at, one in changes.items() if at > since.at}
            since = since._replace(at=first.at, position=first.position)
        changes[since.at] = since
    installation.constants = [changes[at] for at in sorted(changes)]


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
