"""Measuring one appliance: it begins with an entry and ends with another, which says what it used.

What else is on is what the last hour before shows. Both entries keep the daemon's count, so that the energy
in between is known to a pulse; where the daemon was restarted meanwhile, it has the bounds of the register.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sodien.device import state as daemon_state
from sodien.errors import SodienError
from sodien.history.current import live_count
from sodien.history.note import note
from sodien.i18n import tr
from sodien.ledger.bodies import EventBody
from sodien.ledger.rows import NewRow
from sodien.metering.appliance import LOOKS_BACK_MS, STRETCH_MS, alone, counted, rest_of
from sodien.metering.bounds import Interval, rounded_down, rounded_up
from sodien.protocol.messages import LONGEST_NAME

if TYPE_CHECKING:
    from sodien.device.state import Count
    from sodien.history.current import MeterLedger
    from sodien.history.meter import MeterHistory
    from sodien.ledger.store import Ledger
    from sodien.settings.model import MeterSettings

BEGUN, ENDED, DROPPED = "measure_begun", "measured", "measure_dropped"
#: An appliance that ran for less says nothing.
LEAST_MS = 60_000
_LATE_MS = 90_000
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Begun:
    """An appliance that is being measured.

    Attributes:
        name: what a person calls it.
        at: since when, ms UTC.
        rest_kw: the power of all else before.
        count: the daemon's run, its monotonic ns and its pulses then.
    """

    name: str
    at: int
    rest_kw: Interval
    count: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Measured:
    """What an appliance used between two instants (ms UTC); ``kwh`` is its own, the rest is taken off."""

    name: str
    start: int
    end: int
    kwh: Interval
    rest_kw: Interval

    @property
    def hours(self) -> Fraction:
        """How long it was measured."""
        return Fraction(self.end - self.start, _HOUR_MS)

    @property
    def kw(self) -> Interval:
        """Its power on average."""
        return Interval(self.kwh.low / self.hours, self.kwh.high / self.hours)


def begun(ledger: Ledger, meter: str) -> Begun | None:
    """The appliance that is being measured; None without one."""
    found = None
    for _, body in _events(ledger, meter):
        found = body.detail if body.what == BEGUN else None
    if found is None:
        return None
    count = found["run"], found["mono"], found["pulses"]
    return Begun(found["name"], found["at"], _interval(found, "rest_kw"), count)


def measured(ledger: Ledger, meter: str) -> list[Measured]:
    """All that was measured, by time."""
    return [
        Measured(
            body.detail["name"],
            body.detail["start"],
            body.detail["end"],
            _interval(body.detail, "kwh"),
            _interval(body.detail, "rest_kw"),
        )
        for _, body in _events(ledger, meter)
        if body.what == ENDED and body.detail is not None
    ]


def named(ledger: Ledger, meter: str, name: str) -> Measured:
    """What was measured of an appliance last. Raises SodienError, naming all, for one that was not."""
    found = measured(ledger, meter)
    asked = " ".join(name.split()).casefold()
    for one in reversed(found):
        if one.name.casefold() == asked:
            return one
    if not found:
        raise SodienError(tr("Nothing has been measured yet; begin with: sodien measure start NAME."))
    known = ", ".join(f"'{one}'" for one in sorted({one.name for one in found}))
    raise SodienError(tr("'{name}' was not measured; there are: {known}.", name=name, known=known))


def only_taken(meter: MeterSettings) -> None:
    """Raise SodienError for a meter that counts what is delivered to the grid: no load is measured by it."""
    if meter.delivery_of is not None:
        raise SodienError(
            tr(
                "{meter} counts what is delivered to the grid; measure with {main}.",
                meter=meter.id,
                main=meter.delivery_of,
            )
        )


def begin(where: MeterLedger, name: str, now: int) -> Begun:
    """Note that an appliance is about to be switched on at ``now`` (ms UTC).

    Raises SodienError for a meter of what is delivered, for a name that is none, while another one is being
    measured, and where too little was counted to say what else is on.
    """
    only_taken(where.meter)
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise SodienError(tr("Give the appliance a name of 1 to {most} characters.", most=LONGEST_NAME))
    running = begun(where.ledger, where.meter.id)
    if running is not None:
        raise SodienError(
            tr("'{name}' is being measured; end that first: sodien measure stop.", name=running.name)
        )
    history, count = where.history(), _count(where)
    # The count is told every minute at least; beyond that anything may have flowed.
    known = min(now, history.end) if history.end is not None else 0
    if count is None or history.start is None or history.start > known - STRETCH_MS or known < now - _LATE_MS:
        raise SodienError(
            tr(
                "What else is on has to be counted for ten minutes first, and is not: 'sodien status' says "
                "more."
            )
        )
    rest = _rest(where, history, count, now, known)
    detail = {
        "name": name,
        "at": now,
        **_stored("rest_kw", rest),
        "run": count.run,
        "mono": count.mono,
        "pulses": count.pulses,
    }
    _note(where, BEGUN, detail, now)
    return Begun(name, now, rest, (count.run, count.mono, count.pulses))


def end(where: MeterLedger, now: int) -> tuple[Measured, int | None]:
    """What the appliance has used by ``now`` (ms UTC), and the number of its entry.

    Raises SodienError when none is being measured, or not for a minute.
    """
    first = begun(where.ledger, where.meter.id)
    if first is None:
        raise SodienError(tr("Nothing is being measured; begin with: sodien measure start NAME."))
    found = so_far(where, first, now)
    if found is None:
        raise SodienError(tr("Let '{name}' run for a minute at least.", name=first.name))
    detail = {
        "name": found.name,
        "start": found.start,
        "end": found.end,
        **_stored("kwh", found.kwh),
        **_stored("rest_kw", found.rest_kw),
    }
    return found, _note(where, ENDED, detail, now)


def so_far(where: MeterLedger, first: Begun, now: int) -> Measured | None:
    """What an appliance that is being measured has used by ``now`` (ms UTC); None in its first minute."""
    if now - first.at < LEAST_MS:
        return None
    total = _between(where, first, _count(where), now)
    hours = Fraction(now - first.at, _HOUR_MS)
    return Measured(first.name, first.at, now, alone(total, hours, first.rest_kw), first.rest_kw)


def drop(where: MeterLedger, now: int) -> str:
    """Measure no more, and keep nothing of it; the appliance's name. Raises SodienError without one."""
    first = begun(where.ledger, where.meter.id)
    if first is None:
        raise SodienError(tr("Nothing is being measured; begin with: sodien measure start NAME."))
    _note(where, DROPPED, {"name": first.name}, now)
    return first.name


def _between(where: MeterLedger, first: Begun, last: Count | None, now: int) -> Interval:
    """kWh from the beginning to now, as exactly as it is known."""
    history = where.history()
    run, mono, before = first.count
    if last is None or last.run != run or last.doubt:
        energy = history.energy(first.at, now)
        return Interval(Fraction(energy.low), Fraction(energy.high))
    each = history.multiplier(now) / history.constant(now)
    return counted(last.pulses - before, each, Fraction(last.mono - mono, 1_000_000), now - first.at)


def _rest(where: MeterLedger, history: MeterHistory, count: Count, now: int, known: int) -> Interval:
    """The power of what else is on by ``known``: of the last hour, else of the last ten minutes."""
    found = None
    covered = history.coverage(known - LOOKS_BACK_MS, known)
    if not count.doubt:
        # Only this run's, and only since the last gap.
        since = max((end for _, end, _ in covered.blind), default=known - LOOKS_BACK_MS)
        rows = [row for row in where.ledger.of_kind("tick", where.meter.id, since) if row.run == count.run]
        ticks = [
            (row.mono, row.pulses)
            for row in rows
            if row.mono is not None and row.pulses is not None and row.mono < count.mono
            if row.doubt == rows[-1].doubt
        ]
        each = history.multiplier(now) / history.constant(now)
        found = rest_of([*ticks, (count.mono, count.pulses)], each)
    if found is None:
        energy, hours = history.energy(known - STRETCH_MS, known), Fraction(STRETCH_MS, _HOUR_MS)
        found = Interval(Fraction(energy.low) / hours, Fraction(energy.high) / hours)
    return found


def _count(where: MeterLedger) -> Count | None:
    return live_count(where.meter.id, daemon_state.read(where.ledger))


def _events(ledger: Ledger, meter: str) -> Iterator[tuple[int, EventBody]]:
    """Entries about measuring, in order of writing."""
    rows = ledger.of_kind("event", meter, naming=b'"measure')
    for row in sorted(rows, key=lambda row: row.seq):
        body = row.read(EventBody)
        if body.what in (BEGUN, ENDED, DROPPED):
            yield row.seq, body


def _note(where: MeterLedger, what: str, detail: dict[str, Any], now: int) -> int | None:
    row = NewRow("event", where.meter.id, at=now, body=EventBody(what=what, detail=detail))
    return note(where, row, now).entry


def _stored(name: str, value: Interval) -> dict[str, str]:
    return {f"{name}_low": f"{rounded_down(value.low):f}", f"{name}_high": f"{rounded_up(value.high):f}"}


def _interval(detail: dict[str, Any], name: str) -> Interval:
    return Interval(Fraction(detail[f"{name}_low"]), Fraction(detail[f"{name}_high"]))
