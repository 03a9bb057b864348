"""The counting shell: edges → filter → counter → ledger rows, on the clock's minutes.

One object, driven by one thread through :meth:`Recorder.step`; the demo drives the same object on a
simulated clock. Nothing here waits.

What a crash at each point costs:

* an edge in the queue, or a counted pulse that is not saved: lost, less than ``at_risk_wh`` in all, and
  inside the gap that the next run declares from the last saved instant on;
* ticks that wait to be written together, seven minutes at most: in which of these minutes the saved pulses
  came; the same pulses as above are lost, not more, because whatever is written takes the whole count with
  it, and HOLD_NS after the last time the count is written alone;
* rows made but not yet in the ledger (it is full or locked): they wait here in memory, counting goes on,
  and each step tries again; a crash meanwhile loses the same stretch, and the gap covers it;
* after the ledger's commit: nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from fractions import Fraction
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from firmware import resume
from firmware.gpio.inputs import Edge
from firmware.ledger_writer import MINUTE_NS, LedgerWriter
from firmware.lost_edges import overflow
from firmware.meter_state import MeterState, begin_state
from sodien import __version__
from sodien.clock import Clock, ClockWatch, sample
from sodien.device.state import Count
from sodien.ledger.bodies import EventBody, HealthBody
from sodien.ledger.noted import ClockNoted
from sodien.ledger.store import Ledger, NewRow
from sodien.metering.counting.counter import Tick

if TYPE_CHECKING:
    from sodien.settings.model import Settings

log = logging.getLogger(__name__)

HOUR_NS = 60 * MINUTE_NS
#: An edge reaches the queue within this; only then is an instant settled.
GRACE_NS = 200_000_000
#: A loop this late has been stopped or starved; edges may still be on their way.
STALL_NS = 1_000_000_000
#: While edges are on their way, look again after this.
_AGAIN_NS = 50_000_000
#: Put into the queue to end :meth:`Recorder.wait` without an edge.
NO_EDGE: Edge = (-1, 0, False)
_CLOCK_EVERY_NS = 1_000_000_000
_CLOCK_CALM_NS = 30_000_000_000


class Recorder:
    """Counts all meters into one ledger.

    Attributes:
        meters: state per meter, in the order of the settings.
        watch: what is known of this run's clock.
        writer: what waits for the ledger; others add their rows there.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        ledger: Ledger,
        queue: SimpleQueue[Edge],
        *,
        levels: Sequence[bool] | None = None,
        started: int | None = None,
        grace_ns: int = GRACE_NS,
        losses_declared: bool = False,
    ) -> None:
        """Begin a run: note it, carry the counts on and declare the gap since the last one.

        Args:
            settings: the whole settings.
            clock: this machine's clock.
            ledger: open for writing; only this object writes counts to it.
            queue: where the inputs put their edges.
            levels: whether each meter's line was active when it was opened, when known.
            started: monotonic ns before the lines were opened; no edge is older. Now, when not given.
            grace_ns: how long an edge may take into the queue.
            losses_declared: whether every edge that is lost comes as a loss in the queue.
        """
        self._clock = clock
        self._boot = clock.boot_id
        self._ledger = ledger
        self._queue = queue
        self._grace = grace_ns
        #: How many entries the database has not confirmed, when somebody knows.
        self.queue_length: Callable[[], int | None] = lambda: None
        #: The monotonic ns up to which all edges are in the queue, when somebody knows.
        self.delivered: Callable[[], int] | None = None
        self._hold_until = 0
        self._vouched = "trust" if settings.clock == "trust" else None
        self.watch = ClockWatch()
        now = started if started is not None else clock.monotonic_ns()
        self._last_step = now
        self._next_clock = now
        self._next_hour = now + HOUR_NS
        known = {meter.id: resume.last_known(ledger, meter.id) for meter in settings.meters}
        self.run = ledger.begin_run(self._boot, now, __version__)
        self.writer = LedgerWriter(ledger, self.run, self._boot, now, grace_ns=grace_ns, on_saved=self._saved)
        self.meters = [
            begin_state(settings, meter, known[meter.id], now, ledger, losses_declared=losses_declared)
            for meter in settings.meters
        ]
        for state, level in zip(self.meters, levels or (), strict=False):
            state.filter.start(level, now)
        self._gaps = [
            gap
            for m in self.meters
            for gap in resume.open_gaps(
                ledger, m.settings, known[m.settings.id], self._boot, now, m.p_max_kw, m.unsaved
            )
        ]
        self._read_clock(now)
        self._begin(known, now)
        self._flush(now)

    # -- beginning -------------------------------------------------------------------------------------

    def _begin(self, known: dict[str, resume.LastCount | None], now: int) -> None:
        self.writer.add(
            self._row("event", "", now, body=EventBody(what="started", detail={"version": __version__}))
        )
        for state in self.meters:
            meter = state.settings
            last = known[meter.id]
            if last is not None and last.recovered is not None:
                self.writer.add(last.recovered)
            body = resume.meter_event(meter, state.p_max_kw, state.unsaved)
            if resume.meter_changed(self._ledger, meter.id, body):
                self.writer.add(self._row("event", meter.id, now, pulses=state.counter.pulses, body=body))
            self._add_tick(state, Tick(now, state.counter.pulses, 0))
            self._save(state, now)
        self._declare_gaps()
        self._schedule(now)

    def _declare_gaps(self) -> None:
        """Turn open gaps into rows, as far as their times can be known."""
        still = []
        for gap in self._gaps:
            row = gap.row(self.run, self._boot, self.watch.last.offset_ns if self.watch.last else None)
            if row is not None:
                self.writer.add(row)
            elif not gap.settled:
                still.append(gap)
        self._gaps = still

    def _row(self, kind: str, meter: str, mono: int, **values: object) -> NewRow:
        return NewRow(kind, meter, self.run, mono, self.watch.wall_ms(mono), **values)  # type: ignore[arg-type]

    def _add_tick(self, state: MeterState, tick: Tick) -> None:
        meter, mono, doubt = state.settings.id, tick.mono, state.doubt()
        first = -(-tick.first_ns // 1_000_000)  # rounded up: the first pulse came no earlier
        state.ticked_doubt = doubt
        self.writer.add(self._row("tick", meter, mono, pulses=tick.pulses, first=first, doubt=doubt))
        if (noted := state.proves(tick)) is not None:
            self.writer.add(self._row("event", meter, mono, pulses=tick.pulses, body=EventBody.of(noted)))

    # -- the clock -------------------------------------------------------------------------------------

    def _read_clock(self, now: int) -> None:
        """Look at the wall clock now and then, and when it has moved; note when it becomes known or steps."""
        offset = self._clock.wall_ns() - self._clock.monotonic_ns()
        if now < self._next_clock and not self.watch.moved(offset):
            return
        taken = sample(self._clock)
        if self.slept:
            return
        record = self.watch.feed(taken)
        self._next_clock = now + (_CLOCK_CALM_NS if self.watch.last else _CLOCK_EVERY_NS)
        if record is None:
            return
        noted = ClockNoted(
            boot=self._boot, offset_ns=record.offset_ns, step_ms=record.step_ms, how=self._vouched
        )
        self.writer.add(self._row("event", "", record.mono_ns, body=EventBody.of(noted)))
        if record.step_ms:
            log.warning("the synchronised clock stepped by %d ms", record.step_ms)
        else:
            self.writer.date(record.offset_ns)
        self._schedule(now)

    def _schedule(self, now: int) -> None:
        """Put every meter's next minute boundary on the wall clock's next full minute."""
        offset = self.watch.last.offset_ns if self.watch.last else self._clock.wall_ns() - now
        for state in self.meters:
            # No tick may hold a pulse that came after it.
            after = max(state.settled, state.counter.last_pulse or 0, state.boundary - MINUTE_NS) + offset
            state.boundary = (after // MINUTE_NS + 1) * MINUTE_NS - offset

    # -- counting --------------------------------------------------------------------------------------

    def step(self) -> bool:
        """Take what is in the queue, close what is settled, write what is due; True if there are new rows."""
        now = self._clock.monotonic_ns()
        if self.slept:
            return False
        if now - self._last_step > STALL_NS + self._grace:
            self._hold_until = now + self._grace
        self._last_step = now
        hold = now < self._hold_until
        settled = self._settled(now)
        self._take_edges()
        if not hold:
            self._settle(settled)
        self._read_clock(now)
        if self._gaps and self.watch.last is not None:
            self._declare_gaps()
        return self._flush(now)

    @property
    def slept(self) -> bool:
        """Whether the machine has slept: the run ended with the last step, what came since is the gap's."""
        return self._clock.boot_id != self._boot

    def _settled(self, now: int) -> int:
        """No edge older than this can come any more; ask before the queue is emptied."""
        settled = now - self._grace
        if self.delivered is not None and (known := self.delivered()) < settled:
            # A starved reader must not make its edges late.
            self._hold_until = max(self._hold_until, now + _AGAIN_NS)
            return known
        return settled

    def wait(self, seconds: float) -> bool:
        """Sleep until an edge comes, and take it; False when none came in time."""
        try:
            edge = self._queue.get(timeout=seconds)
        except Empty:
            return False
        self._take(edge)
        return True

    def end_wait(self) -> None:
        """End :meth:`wait`, from any thread."""
        self._queue.put(NO_EDGE)

    def note(self, meter: str, body: EventBody) -> None:
        """Note an event of a meter, as of now, with the next write."""
        self.writer.add(self._row("event", meter, self._clock.monotonic_ns(), body=body))

    def _take(self, edge: Edge) -> None:
        index, ns, active = edge
        if index < 0:
            return
        if active is not None and ns > self._last_step and self.slept:
            return
        state = self.meters[index]
        try:
            if active is None:
                state.lost += ns
                state.filter.lost(ns)
                return
            losing = state.filter.losing
            start = state.filter.edge(ns, active)
            if losing:
                self._declare_loss(state)
            if start is not None:
                self._count(state, start)
        except Exception:  # noqa: BLE001  (counting must go on)
            self._failed(state, edge)

    def _failed(self, state: MeterState, edge: Edge) -> None:
        """An edge could not be handled: say so once, and treat it as lost. Called in an exception."""
        state.errors += 1
        state.doubt_base += 1
        if state.errors == 1:
            log.exception(
                "meter %s: the edge %s could not be handled; counting goes on", state.settings.id, edge
            )
        state.filter.lost(1)

    def _declare_loss(self, state: MeterState) -> None:
        """The edge after a loss has come: declare what may be missing as a gap, else it stays in doubt."""
        loss = state.filter.loss
        assert loss is not None
        log.warning(
            "meter %s: edges were lost in %.3f s; up to %d pulses may be missing",
            state.settings.id, (loss.end_ns - loss.start_ns) / 1e9, loss.undecided,
        )  # fmt: skip
        gap = overflow(
            loss,
            state.counter.pulses,
            state.counter.closed,
            state.gap_end,
            Fraction(state.settings.constant),
            state.p_max_kw,
        )
        if gap is None:
            return
        while state.boundary <= gap.start:
            self._close(state)
        state.doubt_base -= loss.undecided
        for mono in (gap.start, gap.end):
            tick = state.counter.close(mono, force=True)
            assert tick is not None
            self._add_tick(state, tick)
            if mono == gap.start:
                self.writer.add(
                    self._row("gap", state.settings.id, mono, pulses=state.counter.pulses, body=gap.body)
                )
        state.boundary += (
            -(-(gap.end + 1 - state.boundary) // MINUTE_NS) * MINUTE_NS if state.boundary <= gap.end else 0
        )
        state.settled = state.gap_end = gap.end

    def _take_edges(self) -> None:
        get = self._queue.get_nowait
        try:
            while True:
                self._take(get())
        except Empty:
            return

    def _count(self, state: MeterState, start: int) -> None:
        while start >= state.boundary:
            self._close(state)
        state.counter.count(start)
        state.power.pulse(start)

    def _settle(self, watermark: int) -> None:
        """No edge older than ``watermark`` will come any more."""
        for state in self.meters:
            if watermark <= state.settled:
                continue
            start = state.filter.advance(watermark)
            if start is not None:
                self._count(state, start)
            pending = state.filter.pending
            limit = watermark if pending is None else min(watermark, pending)
            while state.boundary <= limit:
                self._close(state)
            state.settled = max(state.settled, limit)

    def _close(self, state: MeterState) -> None:
        boundary = state.boundary
        state.boundary += MINUTE_NS
        wall = self.watch.wall_ns(boundary)
        # A quiet hour still writes one row, so that a gap after a cut is never longer than it must be.
        full_hour = wall % HOUR_NS == 0 if wall is not None else boundary >= self._next_hour
        if full_hour:
            self._next_hour = boundary + HOUR_NS
        tick = state.counter.close(boundary, force=full_hour or state.doubt() != state.ticked_doubt)
        if tick is not None:
            self._add_tick(state, tick)
        if full_hour:
            self.writer.add(self._health_row(state, boundary))

    def _health_row(self, state: MeterState, mono: int) -> NewRow:
        body = HealthBody(
            rejected=dict(state.filter.rejected),
            undecided=state.filter.undecided + state.refused.doubt,
            late=state.counter.late,
            lost=state.lost,
            errors=state.errors,
            queue=self.queue_length() or 0,
            ledger_bytes=self._ledger.size(),
        )
        return self._row("health", state.settings.id, mono, body=body)

    # -- writing ---------------------------------------------------------------------------------------

    def write_held(self) -> bool:
        """Write the ticks that wait for company, before something is read off the ledger.

        False where the ledger refuses: what is read off it lacks them.
        """
        self._flush(self._clock.monotonic_ns(), held=True)
        return self.writer.trouble is None

    def _flush(self, now: int, *, held: bool = False) -> bool:
        """Write what is due, the whole count with it; True if rows were written or dated."""
        urgent = any(state.must_save() for state in self.meters)
        if not self.writer.due(now, urgent=urgent, held=held):
            return False
        alone = self.writer.counts_suffice(now, held=held)
        for state in self.meters:
            if alone or state.counter.open or state.doubt() != state.ticked_doubt:
                self._save(state, state.counted_until())
        if alone and self.writer.write_counts():
            return False
        return self.writer.write(now)

    def _save(self, state: MeterState, mono: int) -> None:
        self.writer.save(state.settings.id, mono, state.counter.pulses, state.doubt())

    def _saved(self) -> None:
        """The ledger has the counts."""
        for state in self.meters:
            state.counter.saved()
            state.saved_doubt = state.doubt()

    def count_now(self, state: MeterState) -> Count | None:
        """The meter's count as of the last settled instant or pulse, None while the clock is not known."""
        if self.watch.last is None:
            return None
        first = self._first_unwritten(state)
        return Count(self.run, state.counted_until(), state.counter.pulses, first, state.doubt())

    def _first_unwritten(self, state: MeterState) -> int | None:
        """When the first pulse since the ledger's last tick began, counting those of waiting ticks."""
        for row in self.writer.waiting_ticks(state.settings.id):
            if row.mono is not None and row.first:
                return row.mono - row.first * 1_000_000
        return state.counter.first

    def deadline(self) -> int:
        """Monotonic ns by which :meth:`step` wants to be called again, without any edge."""
        times = [self._next_clock]
        for state in self.meters:
            due, pending = state.filter.due, state.filter.pending
            if due is not None:
                times.append(due + self._grace)
            if pending is None or pending >= state.boundary:
                times.append(state.boundary + self._grace)
        if (write := self.writer.next_due()) is not None:
            times.append(write)
        # While edges may still be on their way nothing is settled, so an earlier call would change nothing.
        return max(min(times), self._hold_until)

    def stop(self) -> bool:
        """Say goodbye: count what is queued, save everything, mark the run as ended. Close the inputs first.

        Returns whether it reached the ledger; otherwise the next run declares the gap from the last save on.
        """
        now = self._clock.monotonic_ns()
        if self.slept:
            now = max(self._last_step, *(state.counted_until() for state in self.meters))
        self._take_edges()
        for state in self.meters:
            start = state.filter.end(now)
            if start is not None:
                self._count(state, start)
            while state.boundary <= now:
                self._close(state)
            tick = state.counter.close(now, force=True)
            if tick is not None:
                self._add_tick(state, tick)
            self.writer.add(self._health_row(state, now))
            self._save(state, now)
        self.writer.add(self._row("event", "", now, body=EventBody(what="stopped", detail={})))
        return self.writer.stop(now)
