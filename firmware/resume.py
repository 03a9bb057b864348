"""Carrying the count over from the last run, and the gap in between. Reads the ledger, writes nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec

from sodien.clock import ms_of
from sodien.history.events import notes
from sodien.history.evidence import boot_of
from sodien.ledger.bodies import EventBody, GapBody
from sodien.ledger.noted import ClockNoted, MeterNoted
from sodien.ledger.store import Ledger, NewRow, Row
from sodien.metering.bounds import rounded_up
from sodien.metering.register.outage import Boot

if TYPE_CHECKING:
    from sodien.settings.model import MeterSettings


@dataclass(frozen=True, slots=True)
class LastCount:
    """The newest count that the ledger holds of a meter.

    Attributes:
        pulses: cumulative count; ``doubt`` the cumulative pulses in doubt.
        boot: the boot whose monotonic time ``mono`` (ns) the count is as of.
        at: the same instant in ms UTC, None when that boot's clock was never known.
        reason: how the run that counted it ended: stopped, killed (same boot) or power.
        recovered: a tick to write for a save that is newer than the last tick.
        carried: ``restored`` or ``damaged`` when this was counted before the ledger was restored from a
            backup or salvaged: what had been counted after it is not known any more.
        dated: the newest count whose time is known, (ms UTC, pulses); what a gap has to start from when
            the runs since then never knew the time.
    """

    pulses: int
    doubt: int
    boot: str
    mono: int
    at: int | None
    stopped: bool
    recovered: NewRow | None
    dated: tuple[int, int] | None
    carried: str | None = None


def last_known(ledger: Ledger, meter: str) -> LastCount | None:
    """What the ledger knows of a meter, None when it never counted it."""
    tick = ledger.last_tick(meter)
    save = ledger.saves().get(meter)
    if tick is None or tick.run is None or tick.mono is None or tick.pulses is None:
        return None
    dated_row = ledger.last_dated_tick(meter)
    dated = (dated_row.at, dated_row.pulses or 0) if dated_row and dated_row.at is not None else None
    pulses, doubt, mono, at, recovered = tick.pulses, tick.doubt, tick.mono, tick.at, None
    if save is not None and save.run == tick.run and save.mono > tick.mono:
        at = _wall_of(ledger, tick, save.mono) if tick.at is not None else None
        # Where in between its pulses fell is not known: they may have come right after the tick.
        first = math.ceil((save.mono - tick.mono) / 1_000_000) if save.pulses > tick.pulses else 0
        recovered = NewRow("tick", meter, save.run, save.mono, at, save.pulses, first, save.doubt)
        pulses, doubt, mono = save.pulses, save.doubt, save.mono
        if at is not None:
            dated = (at, save.pulses)
    run = ledger.run(tick.run)
    boot = run.boot if run else ""
    stopped = run is not None and run.stopped is not None
    carried = _carried(ledger, tick.run)
    return LastCount(max(pulses, tick.pulses), doubt, boot, mono, at, stopped, recovered, dated, carried)


def _wall_of(ledger: Ledger, tick: Row, mono: int) -> int:
    """The time (ms UTC) of an instant after a dated tick of its run; the clock may have stepped since."""
    assert tick.at is not None
    assert tick.mono is not None
    found = tick.at + ms_of(mono - tick.mono)
    for row, noted in notes(ledger, "", ClockNoted):
        if row.run == tick.run and row.mono is not None and tick.mono < row.mono <= mono:
            found = ms_of(mono + noted.offset_ns)
    return found


def _carried(ledger: Ledger, run: int) -> str | None:
    """Why counts may have come after those of a run that this ledger does not hold."""
    origins = ledger.origins()
    if not origins or run > origins[-1].run:
        return None
    return {"restored": "restored", "salvaged": "damaged"}[origins[-1].how]


@dataclass(slots=True)
class OpenGap:
    """The gap between the last known count and this run's start, until its times are known.

    Attributes:
        stopped: whether the run before said goodbye.
        unsaved: pulses whose energy it may have left unsaved.
        boots: those in between that never knew the time.
        metered: the Pi is fed from the metered supply, without a battery.
        carried: as for :class:`LastCount`, of the newest count whose time is known.
    """

    meter: str
    known: LastCount | None
    started: int
    p_max_kw: Fraction
    stopped: bool = False
    unsaved: int = 0
    boots: tuple[Boot, ...] = ()
    metered: bool = False
    carried: str | None = None
    settled: bool = False

    def row(self, run: int, boot: str, offset_ns: int | None) -> NewRow | None:
        """The gap as a ledger row, or None while it cannot be dated (``settled`` then tells for good).

        In the same boot the monotonic clock gives its length at once; the row is dated with the others.
        Across boots both ends must be wall times: the start as last known, the end when the clock is set.
        """
        known = self.known
        mono: int | None
        if known is None or self.settled:
            self.settled = True
            return None
        if known.boot == boot:
            ns = max(0, self.started - known.mono)
            at = ms_of(known.mono + offset_ns) if known.at is None and offset_ns is not None else known.at
            reason = known.carried or ("stopped" if known.stopped else "killed")
            mono, pulses, body = known.mono, known.pulses, self._body(ns, reason)
        else:
            if offset_ns is None:
                return None
            if known.dated is None:
                # Nothing before this run was ever dated: there is no start to count the gap from.
                self.settled = True
                return None
            at, pulses = known.dated
            ns = max(0, self.started + offset_ns - at * 1_000_000)
            reason = self.carried or ("stopped" if self.stopped else "power")
            mono, body = None, self._across(self._body(ns, reason))
        self.settled = True
        return NewRow("gap", self.meter, run, mono, at, pulses, body=body)

    def _across(self, gap: GapBody) -> GapBody:
        """With what a gap between boots keeps; see :mod:`sodien.metering.register.outage`."""
        ended = self.stopped or self.carried is not None  # nobody knows that a power cut ended it
        metered = self.metered and not ended and not any(boot.clean for boot in self.boots)
        return msgspec.structs.replace(
            gap,
            awake_ns=self.started,
            unsaved=self.unsaved,
            boots=self.boots or None,
            supply="metered" if metered else None,
        )

    def _body(self, ns: int, reason: str) -> GapBody:
        assert self.known is not None
        high = self.p_max_kw * ns / 3_600_000_000_000
        return GapBody(ns=ns, reason=reason, after=self.known.pulses, high=rounded_up(high))


def open_gaps(
    ledger: Ledger,
    meter: MeterSettings,
    known: LastCount | None,
    boot: str,
    started: int,
    p_max_kw: Fraction,
    unsaved: int,
) -> list[OpenGap]:
    """What this run has to declare: the time since the last count, and a power cut nobody could date yet.

    Where the earlier runs of this boot ended before the clock was known, the cut before them is still open.
    ``unsaved`` is what a run with these settings may leave unsaved; the one before may have had others.
    """
    before = ledger.last_dated_tick(meter.id)
    if known is None or before is None or before.run is None:
        return [OpenGap(meter.id, known, started, p_max_kw)]
    noted = [note for _, note in notes(ledger, meter.id, MeterNoted)]
    across: dict[str, Any] = {
        "stopped": _said_goodbye(ledger, before.run),
        "unsaved": max([unsaved, *(note.unsaved or 0 for note in noted[-1:])]),
        "boots": _boots(ledger, meter.id, before, known, boot),
        "metered": meter.supply == "metered",
        "carried": _carried(ledger, before.run),
    }
    gaps = [OpenGap(meter.id, known, started, p_max_kw, **across)]
    if known.boot != boot or known.at is not None or known.dated is None:
        return gaps
    first = ledger.first_tick_of(boot, meter.id)
    if first is None or first.mono is None or first.at is not None:
        return gaps
    if any(g.mono is None and _boot(ledger, g) == boot for g in ledger.of_kind("gap", meter.id)):
        return gaps  # declared, but a crash came before the rows were dated
    run = ledger.run(before.run)
    cut = LastCount(
        first.pulses or 0, first.doubt, run.boot if run else "", 0, None, False, None, known.dated
    )
    return [OpenGap(meter.id, cut, first.mono, p_max_kw, **across), *gaps]


def _said_goodbye(ledger: Ledger, run_id: int) -> bool:
    """Whether a run, and what followed it in its boot, ended cleanly."""
    run = ledger.run(run_id)
    if run is None:
        return False
    followed = [later for later in ledger.runs_after(run_id) if later.boot == run.boot]
    return (followed[-1] if followed else run).stopped is not None


def _boots(ledger: Ledger, meter: str, before: Row, known: LastCount, boot: str) -> tuple[Boot, ...]:
    """The boots since a dated tick, this one left out, whose rows will never be dated."""
    assert before.run is not None
    ticks: dict[int, list[NewRow]] = {}
    for row in [*ledger.undated("tick", meter, before.seq), known.recovered]:
        if row is not None and row.run is not None:
            ticks.setdefault(row.run, []).append(row)
    own = ledger.run(before.run)
    runs = [
        run for run in ledger.runs_after(before.run) if run.boot != boot and (not own or run.boot != own.boot)
    ]
    ends = {run: (rows[0], rows[-1]) for run, rows in ticks.items()}
    return tuple(boot_of(list(one), ends) for _, one in groupby(runs, key=lambda run: run.boot))


def _boot(ledger: Ledger, row: Row) -> str | None:
    run = ledger.run(row.run) if row.run is not None else None
    return run.boot if run else None


def meter_event(meter: MeterSettings, p_max_kw: Fraction, unsaved: int) -> EventBody:
    """What the register depends on, as it is kept in the ledger beside the counts."""
    return EventBody.of(
        MeterNoted(
            constant=meter.constant,
            p_max_w=math.ceil(p_max_kw * 1000),
            unsaved=unsaved,
            digits=meter.digits,
            decimals=meter.decimals,
            multiplier=Decimal(meter.multiplier),
            times=meter.multiplier if meter.multiplier != 1 else None,
        )
    )


def meter_changed(ledger: Ledger, meter: str, event: EventBody) -> bool:
    """Whether these settings differ from the last ones noted for this meter."""
    noted = notes(ledger, meter, MeterNoted)
    return not noted or noted[-1][0].read(EventBody) != event
