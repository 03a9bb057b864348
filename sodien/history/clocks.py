"""What the clocks of all boots did, for people, and a person's word that one of them was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sodien.clock import ms_of
from sodien.errors import SodienError
from sodien.history.note import Noted, note
from sodien.i18n import tr
from sodien.ledger.bodies import ClockBody
from sodien.ledger.store import NewRow
from sodien.metering.axis.placement import steps

if TYPE_CHECKING:
    from sodien.history.current import MeterLedger
    from sodien.history.meter import MeterHistory

#: What places a boot: the network's word, ``clock: trust``, the dates of its rows; or why nothing does.
How = Literal["network", "trusted", "dates", "never_set", "said_wrong", "contradicted"]


@dataclass(frozen=True, slots=True)
class BootClock:
    """A boot as people see it.

    Attributes:
        number: by which they name it.
        boot: its id.
        start, end: ms UTC. Of a boot whose time is not known, between which it lies; None: nobody knows.
        within: how exactly that is known, ± ms; None for a boot whose time is not known.
        how: what says so.
        steps: when the clock stepped, by the time that holds now (ms UTC), and by how many ms.
    """

    number: int
    boot: str
    start: int | None
    end: int | None
    within: int | None
    how: How
    steps: tuple[tuple[int, int], ...] = ()


def boot_clocks(history: MeterHistory) -> list[BootClock]:
    """All boots in order. With several meters any of them tells, to the second."""
    boots = history.evidence.boots
    found = []
    for index, one in enumerate(boots.known):
        facts, place = one.facts, one.place
        if place is None:
            how: How = "said_wrong" if one.said_wrong else "contradicted" if facts.records else "never_set"
            found.append(BootClock(one.number, one.boot, *boots.between(index), None, how))
            continue
        how = "trusted" if all(record.trusted for record in facts.records) else "network"
        how = "dates" if one.dated else how
        found.append(
            BootClock(
                one.number,
                one.boot,
                one.wall(facts.begin),
                one.wall(facts.end),
                ms_of((place.high - place.low) // 2),
                how,
                tuple((one.wall(mono) or 0, ms_of(by)) for mono, by in steps(facts)),
            )
        )
    return found


def note_clock(
    where: MeterLedger,
    number: int,
    what: Literal["wrong", "undo"],
    *,
    now: int,
    by: str | None = None,
    dry_run: bool = False,
) -> Noted:
    """Note that the clock of a boot was wrong until ``now`` (ms UTC), or take that back.

    Where the clock is set anew later, the boot has its place again. Raises SodienError when there is no such
    boot.
    """
    boot = next((one for one in where.history().evidence.boots.known if one.number == number), None)
    if boot is None:
        raise SodienError(tr("There is no boot {number}; 'sodien clock' lists them.", number=number))
    body = ClockBody(boot=boot.boot, what=what, by=by or None)
    return note(where, NewRow(ClockBody.kind, at=now, body=body), now, dry_run=dry_run)
