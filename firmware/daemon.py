"""`sodien run`: one counting loop, one publishing thread, gpiozero's own thread for the edges.

The counting loop (:class:`Station`) is driven by :meth:`Station.turn`, which waits for nothing, so that
the demo can drive it on a simulated clock; :func:`serve` is the loop around it on a real machine. The loop
sleeps until an edge comes or a deadline is due, and feeds systemd's watchdog only while edges can still
reach it.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from firmware.former_names import FormerNames
from firmware.gpio.factory import delivered, losses_declared, make_factory, reader_alive, rest_s
from firmware.gpio.inputs import Edge, close_inputs, open_inputs
from firmware.home_discovery import discovery_of
from firmware.home_events import HomeEvents
from firmware.home_requests import HomeRequests
from firmware.home_states import HomeStates
from firmware.live import LiveView
from firmware.period_rows import PeriodRows
from firmware.publisher import Publisher
from firmware.recorder import GRACE_NS, NO_EDGE, Recorder
from firmware.reminder import ReminderCommand
from firmware.sealing import Sealer
from firmware.told_counter import ToldCounters
from sodien import i18n, systemd
from sodien.bills.cost_so_far import Costs
from sodien.clock import Clock, SystemClock, now_ms
from sodien.device import state as state_file
from sodien.device.send_again import refused_sentence
from sodien.device.state import Count
from sodien.files import only_one
from sodien.history.reading_days import Calendars
from sodien.history.wire_entries import WireEntries
from sodien.ledger import storage
from sodien.ledger.opening import open_or_salvage
from sodien.ledger.store import Ledger, NewRow
from sodien.mqtt import broker_of

if TYPE_CHECKING:
    from sodien.protocol.messages import Live
    from sodien.settings.model import Settings

log = logging.getLogger(__name__)

LIVE_NS = 5_000_000_000
LIVE_IDLE_NS = 60_000_000_000
#: Who asks for it gets it so soon after the last one.
ASKED_NS = 1_000_000_000
#: What is not counting and went wrong is tried again after this.
AGAIN_NS = 60_000_000_000
#: Turns that may fail in a row before the process gives up.
MOST_FAILURES = 10
_AFTER_FAILURE_S = 0.5
_STATE_NS = 5_000_000_000
_ALIVE_NS = 5_000_000_000


class Station:
    """Everything of one device between its pins and the ledger, plus what it tells the publisher."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        ledger: Ledger,
        queue: SimpleQueue[Edge],
        publisher: Publisher | None,
        *,
        levels: Sequence[bool] | None = None,
        started: int | None = None,
        grace_ns: int = GRACE_NS,
        losses_declared: bool = False,
        costs: Costs | None = None,
        ask_broker: bool = False,
    ) -> None:
        """Begin a run on an open ledger; see :class:`firmware.recorder.Recorder`.

        ``ask_broker``: a ledger that the broker has not heard of goes on from what was told last.

        Attributes:
            left_out: what went wrong beside the counting, and from when on (monotonic ns) it is tried again.
        """
        self.recorder = Recorder(
            settings,
            clock,
            ledger,
            queue,
            levels=levels,
            started=started,
            grace_ns=grace_ns,
            losses_declared=losses_declared,
        )
        if publisher is not None:
            self.recorder.queue_length = lambda: publisher.queue
        self.ledger = ledger
        self._clock = clock
        self._publisher = publisher
        costs = costs or Costs(settings, ledger)
        calendars = Calendars(ledger)
        self._periods = PeriodRows(settings, ledger, costs, calendars)
        self._sealer = Sealer(ledger, clock.monotonic_ns())
        self._live = LiveView(settings, ledger, costs, calendars)
        self._reminder = ReminderCommand(settings.reminder)
        self._reminders: list[NewRow] = []
        self._dated = self.recorder.watch.last is not None
        self._behind = True  # what ended while nothing ran
        self.left_out: dict[str, int] = {}
        self._next_live = 0
        self._last_pulses: tuple[int, ...] = ()
        self._counts: dict[str, Count] = {}
        self._latest: dict[str, Live] = {}
        self._home = HomeStates(told=settings.homeassistant.discovery)
        self._told = ToldCounters(ledger, [meter.id for meter in settings.meters], ask=ask_broker)
        if publisher is not None:
            publisher.live_topics.expect(self._told.ahead, self._told.unknown, self._heard_kept)

    def _heard_kept(self, kept: dict[str, Live]) -> None:
        """What the broker keeps of each meter; called by the publishing thread, it ends the loop's sleep."""
        self._told.kept.put(kept)
        self.recorder.end_wait()

    def read_now(self, meter: str) -> None:
        """Somebody wants everything of a meter as it is now; any thread may say so."""
        self._home.asked.add(meter)
        self.recorder.end_wait()

    def turn(self) -> None:
        """One turn of the counting loop: count, write, close periods, publish what is new.

        Whatever is not counting may go wrong, as a row does that nobody foresaw, and counting goes on.
        """
        recorder = self.recorder
        wrote = recorder.step()
        wrote = self._trying("periods", self._close_periods) or wrote
        now = self._clock.monotonic_ns()
        behind = self._behind and recorder.watch.last is not None
        if self._sealer.due(now) and not behind and recorder.writer.trouble is None:
            wrote = self._trying("seal", lambda: self._sealer.seal(recorder, now)) or wrote
        if self._reminders and recorder.writer.waiting == 0:
            reminders, self._reminders = self._reminders, []
            self._trying("reminder", lambda: self._reminder.run(reminders))
        if wrote and self._publisher is not None:
            known = recorder.watch.last is not None
            self._publisher.wake(dated=known and not self._dated)
            self._dated = known
        self._trying("counter", self._note_counter)
        self._trying("live", lambda: self._publish_live(now))

    def _note_counter(self) -> None:
        """Note once how far what was told is ahead of this ledger; what is told waits until it is saved."""
        told, recorder = self._told, self.recorder
        if not told.unknown:
            return
        if not told.kept.empty():
            counted = {
                state.settings.id: (state.counter.on_disk, self._live.ledger_kwh(state))
                for state in recorder.meters
            }
            for meter, body in told.answered(told.kept.get(), counted):
                recorder.note(meter, body)
            recorder.step()
        if recorder.writer.waiting == 0 and told.saved():
            self._next_live, self._last_pulses = 0, ()

    def _trying(self, what: str, do: Callable[[], Any]) -> Any:
        """Do it; after a mistake of ours in there not again for a minute, and None."""
        if self._clock.monotonic_ns() < self.left_out.get(what, 0):
            return None
        try:
            return do()
        except Exception:
            self.left_out[what] = self._clock.monotonic_ns() + AGAIN_NS
            log.exception("%s: failed, and is left out for a minute; counting goes on", what)
            return None

    def _close_periods(self) -> bool:
        """Write the periods that have ended, off a ledger that has every tick; True if it wrote rows."""
        recorder = self.recorder
        if recorder.watch.last is None or recorder.writer.trouble is not None:
            return False
        if not (self._behind or self._periods.ended(recorder)):
            return False
        held = recorder.writer.waiting > 0
        if not recorder.write_held():
            return False  # or a period's row would be wrong for ever
        rows = self._periods.due(recorder)
        self._behind = self._periods.more
        if rows:
            recorder.writer.add(*rows)
            recorder.step()
            self._reminders += [row for row in rows if row.kind == "reminder"]
        return held or bool(rows)

    def _publish_live(self, now: int) -> None:
        meters = self.recorder.meters
        pulses = tuple(n for m in meters for n in (m.counter.pulses, m.refused.doubt, m.counter.on_disk))
        changed = pulses != self._last_pulses
        last = self._next_live - LIVE_NS
        due = now >= self._next_live and (changed or now >= last + LIVE_IDLE_NS)
        if not due and not (self._home.asked and now >= last + ASKED_NS):
            return
        self._next_live = now + LIVE_NS
        self._last_pulses = pulses
        counts = {meter.settings.id: self.recorder.count_now(meter) for meter in meters}
        self._counts = {meter: count for meter, count in counts.items() if count is not None}
        self._latest = self._live.make(self.recorder, now, self._refused())
        if self._publisher is not None:
            clock = self.recorder.watch.wall_ms(now) or now // 1_000_000
            for state in meters:
                meter = state.settings.id
                if meter not in self._told.unknown:
                    live = self._told.of(meter, state.counter.on_disk, self._latest[meter])
                    self._publisher.live_topics.tell(meter, live, self._home.next(meter, live, clock))

    def _refused(self) -> str | None:
        publisher = self._publisher
        if publisher is None or not publisher.refused:
            return None
        return refused_sentence(publisher.refused, publisher.refused_because)

    def deadline(self) -> int:
        """Monotonic ns by which :meth:`turn` wants to be called again."""
        last = self._next_live - LIVE_NS
        times = [self.recorder.deadline(), last + (ASKED_NS if self._home.asked else LIVE_IDLE_NS)]
        if self.recorder.writer.trouble is None:
            behind = self._behind and self.recorder.watch.last is not None
            stage, at = ("periods", self._clock.monotonic_ns()) if behind else ("seal", self._sealer.next)
            times.append(max(self.left_out.get(stage, 0), at))
        return min(times)

    def state(self, pid: int) -> state_file.State:
        """What `sodien status` shows."""
        recorder, publisher = self.recorder, self._publisher
        return state_file.State(
            pid=pid,
            written=now_ms(),
            clock_set=recorder.watch.last is not None,
            broker=publisher.state if publisher else "off",
            queue=publisher.queue if publisher else None,
            oldest=publisher.oldest if publisher else None,
            oldest_since=publisher.oldest_since if publisher else None,
            broker_failure=publisher.failure if publisher else None,
            last_save=recorder.watch.wall_ms(recorder.writer.on_disk_ns),
            last_confirmed=publisher.last_confirmed if publisher else None,
            live=self._latest,
            trouble=recorder.writer.trouble,
            set_aside=publisher.set_aside if publisher else (),
            denied=publisher.retained.denied if publisher else (),
            refused=publisher.refused if publisher else 0,
            refused_because=publisher.refused_because if publisher else None,
            counts=self._counts,
            refused_flashes={
                state.settings.id: found
                for state in recorder.meters
                if (found := state.refused.doubted()) is not None
            },
        )

    def stop(self) -> bool:
        """Count what is queued, save, say goodbye to the ledger. The inputs must be closed."""
        self._home.stopping = True
        done = self.recorder.stop()
        if done:
            self._sealer.finish(self.recorder, self._clock.monotonic_ns())
        self._next_live, self._last_pulses = 0, ()
        self._trying("live", lambda: self._publish_live(self._clock.monotonic_ns()))
        if self._publisher is not None:
            self._publisher.wake()
        return done


def serve(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT. Returns the exit code; raises SodienError when it cannot start."""
    if settings.language != "auto":
        i18n.use(settings.language)
    clock = SystemClock(trust=settings.clock == "trust")
    if clock.warning:
        log.warning("%s", clock.warning)
    flaw = storage.looked_at(settings.ledger.path.absolute())
    if flaw is not None:
        log.warning("%s", storage.sentence(flaw, settings.ledger.path.parent))
    queue: SimpleQueue[Edge] = SimpleQueue()
    stopping: list[int] = []

    def stop(number: int, _frame: object) -> None:
        stopping.append(number)
        queue.put(NO_EDGE)  # a SimpleQueue may be put to from a signal handler; this ends the loop's sleep

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with ExitStack() as stack:
        # Before the ledger is opened, so that nobody salvages a file that another one writes.
        stack.enter_context(only_one(settings.ledger.path))
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        ledger, salvage = open_or_salvage(settings.ledger.path, stamp)
        stack.callback(ledger.close)
        if salvage is not None:
            log.error(
                "the ledger was damaged (%s): kept as %s; %d entries saved, %d lost",
                salvage.reason, salvage.aside, salvage.entries, salvage.lost,
            )  # fmt: skip
        broker = broker_of(settings.mqtt)
        factory = make_factory(settings.gpio, clock)
        stack.callback(factory.close)
        source = None
        if settings.gpio.factory == "simulated":
            from firmware.simulation.source import SimulatedSource

            source = SimulatedSource(factory, settings, clock)
            stack.callback(source.close)
        opened = clock.monotonic_ns()
        inputs = open_inputs(settings, queue, factory)
        stack.callback(close_inputs, inputs)
        levels: list[bool] | None = [bool(one.is_active) for one in inputs]
        if not queue.empty():
            levels = None  # an edge came meanwhile: the first edge tells the level itself
        costs = Costs(settings, ledger)
        past = ledger.newest_seq()
        ledger.named(settings.device)
        prefix, told = settings.homeassistant.prefix, settings.homeassistant.discovery
        ids = [meter.id for meter in settings.meters]
        ledger.announced(prefix)
        former = FormerNames(
            settings.device,
            ids,
            ledger.names(),
            ledger.saves(),
            [*(one for one in ledger.prefixes() if one != prefix), prefix],
        )
        publisher = Publisher(
            broker,
            settings.device,
            lambda: Ledger.open(settings.ledger.path),
            lambda own: WireEntries(settings, own),
            confirm=settings.mqtt.confirm,
            discovery=discovery_of(settings, costs),
            requests=HomeRequests(settings, lambda meter: station.read_now(meter), now_ms) if told else None,
            events=HomeEvents(settings.device, ids, past, settings.zone) if told else None,
            ledger_id=ledger.id,
            former=former,
        )
        station = Station(
            settings,
            clock,
            ledger,
            queue,
            publisher,
            levels=levels,
            started=opened,
            losses_declared=losses_declared(factory),
            costs=costs,
            ask_broker=True,
        )
        ledger.reserve()
        station.recorder.delivered = delivered(factory)
        path = state_file.write_path(ledger)
        stack.callback(state_file.remove, path)
        publisher.start()
        if source is not None:
            source.start()
        systemd.ready()
        log.info("counting %s into %s", ", ".join(m.id for m in settings.meters), settings.ledger.path)
        rest = rest_s(factory)
        code = _loop(station, clock, stopping, lambda: _alive(factory, source, station), path, rest)
        systemd.stopping()
        if source is not None:
            source.stop()
        close_inputs(inputs)
        saved = station.stop()
        publisher.stop()
        if saved:
            log.info("stopped; everything is saved")
        else:
            log.error("stopped, but the ledger did not take the last counts; the next start declares a gap")
        return code


def _alive(factory: Any, source: Any, station: Station) -> str | None:
    """None when every thread that counting needs runs, else which one does not."""
    if not reader_alive(factory):
        return "the thread that reads the GPIO edges has died"
    if source is not None and source.broken:
        return "the simulated source has died"
    return "the machine has slept" if station.recorder.slept else None


def _loop(
    station: Station,
    clock: Clock,
    stopping: list[int],
    dead: Callable[[], str | None],
    path: Any,
    rest: float,
) -> int:
    """Turn until told to stop (0) or a thread is dead (1; systemd starts the service anew).

    After an edge, ``rest`` seconds let a few more arrive before they are counted.
    """
    pid = os.getpid()
    failures: list[str] = []
    next_alive = next_state = 0
    while not stopping:
        now = clock.monotonic_ns()
        if now >= next_alive:
            next_alive = now + _ALIVE_NS
            why = dead()
            if why is not None:
                log.error("%s; counting cannot go on, stopping so that the service is started anew", why)
                return 1
            systemd.watchdog()
        if not _turn(station, failures):
            return 1
        if now >= next_state:
            next_state = now + _STATE_NS
            state_file.write(path, station.state(pid))
        ahead = min(station.deadline(), next_alive) - clock.monotonic_ns()
        if ahead > 0 and not stopping and station.recorder.wait(ahead / 1e9) and rest > 0:
            time.sleep(rest)
    return 0


def _turn(station: Station, failures: list[str]) -> bool:
    """One turn, which a mistake of ours must not end; False when it never comes right.

    ``failures`` are those in a row. Edges wait in the queue meanwhile, and a new process that begins with the
    ledger may do what this one can't.
    """
    try:
        station.turn()
    except Exception as error:
        failure = repr(error)
        if failure not in failures:
            log.exception("a turn of the counting loop failed; counting goes on")
        failures.append(failure)
        if len(failures) >= MOST_FAILURES:
            log.error("%d turns failed in a row; stopping so that the service is started anew", len(failures))
            return False
        time.sleep(_AFTER_FAILURE_S)
        return True
    failures.clear()
    return True
