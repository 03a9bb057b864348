"""A house on a simulated clock: hand-made flashes, and a daemon that can be stopped, killed and rebooted.

The house knows every true flash; the station sees only the edges that reach it while it lives. Times of the
world are nanoseconds of :meth:`ManualClock.now_ns`, which goes on through reboots.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from msgspec.structs import replace

from firmware.daemon import Station
from firmware.gpio.inputs import Edge
from firmware.simulation.manual_clock import ManualClock
from sodien.history.current import MeterLedger
from sodien.history.meter import MeterHistory
from sodien.ledger.backup import back_up, restore
from sodien.ledger.store import Ledger, NewRow, Row
from sodien.settings.model import Settings, parse
from tests.support.rows import body_of

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
#: 24 November 2026, 07:00:00 in Viet Nam: a full hour, not midnight.
MORNING = 1_795_478_400 * SECOND
WIDTH = 80_000_000


def settings_of(folder: Path, text: str = "", meter: str = "", at_risk_wh: int = 5) -> Settings:
    """Settings with one meter; ``text`` is added at the top level, ``meter`` to the meter."""
    return parse(
        f"device: nha-toi\nledger: {{path: {folder}/ledger.db, at_risk_wh: {at_risk_wh}}}\n"
        f"meters:\n  - {{id: main, pin: 17, constant: 1600{meter}}}\n{text}",
        folder / "sodien.yaml",
    )


def steady(watts: int, constant: int = 1600, phase: float = 0.5) -> Iterator[int]:
    """Flashes of a constant load, from world time 0 on, for ever."""
    period = Fraction(3_600_000 * SECOND, watts * constant)
    first = int(period * Fraction(phase))
    return (first + int(period * number) for number in count())


#: In these parts of a flash a second of so many watts is a whole number.
_PARTS = 3_600_000 // 1600


def household(
    seed: int, most_watts: int = 8800, levels: Sequence[int] = (0, 3, 60, 200, 800, 2500)
) -> Iterator[int]:
    """Flashes of a load that changes every few minutes: one of these ``levels``, or the most, in W."""
    chance = random.Random(seed)
    at, phase = 0, _PARTS // 2
    while True:
        watts = chance.choice([*levels, most_watts])
        seconds = chance.randint(20, 600)
        whole, rest = divmod(phase + watts * seconds, _PARTS)
        for number in range(1, whole + 1):
            yield at + (number * _PARTS - phase) * SECOND // watts
        phase = rest
        at += seconds * SECOND


class House:
    """Flashes, clock and daemon. ``emitted`` holds the world time of every true flash so far."""

    def __init__(
        self,
        settings: Settings,
        flashes: Iterable[int],
        *,
        wall: int = MORNING,
        synchronised: bool = True,
        delay: int = 0,
        eager: bool = True,
    ) -> None:
        """``eager``: the daemon turns at each edge, as it would where the machine has nothing else to do.

        Else it finds the edges of a while in the queue, and turns as soon as a count must be saved.
        """
        self.settings = settings
        self.eager = eager
        self.clock = ManualClock(wall, monotonic_ns=5 * SECOND, synchronised=synchronised)
        self.emitted: list[int] = []
        self.delay = delay
        self.lit = False
        self._flashes = iter(flashes)
        self._ends: int | None = None
        self._next = next(self._flashes, None)
        self.may_fail = False  # a test that makes something fail beside the counting says so
        self._waiting: list[tuple[int, Edge]] = []
        self.station: Station | None = None
        self.queue: SimpleQueue[Edge] = SimpleQueue()
        self.ledger = Ledger.open(settings.ledger.path, create=True, durable=False)

    # -- the daemon ------------------------------------------------------------------------------------

    def start(self) -> Station:
        """A new process: everything in memory is fresh."""
        assert self.station is None
        self.queue = SimpleQueue()
        self._waiting = []
        self.ledger.close()
        self.ledger = Ledger.open(self.settings.ledger.path, durable=False)
        self.station = Station(
            self.settings,
            self.clock,
            self.ledger,
            self.queue,
            None,
            levels=[self.lit, *[False for _ in self.settings.meters[1:]]],
        )
        return self.station

    def kill(self) -> None:
        """SIGKILL: nothing is said and nothing is saved any more."""
        assert self.station is not None
        self.station = None

    def stop(self) -> None:
        """SIGTERM."""
        assert self.station is not None
        self._deliver(1 << 62)
        assert self.station.stop()
        self.station = None

    def sleep(self, seconds: int) -> None:
        """The machine sleeps; what flashes meanwhile nobody sees."""
        station, self.station = self.station, None
        self.clock.sleep(seconds * SECOND)
        self._shine(self.clock.now_ns())
        self.station = station

    def reboot(self, wall_ns: int | None = None) -> None:
        """A power cut and a new boot: the clock is not known until :meth:`ManualClock.synchronise`."""
        if self.station is not None:
            self.kill()
        self.clock.reboot(wall_ns=wall_ns)

    def back_up(self) -> Path:
        """A backup of the ledger made now, while the daemon runs or not."""
        path, now = self.settings.ledger.path, self.wall_ms(self.clock.now_ns())
        file = path.with_name(f"{now}.tar.gz")
        back_up(path, self.settings.device, path.with_name("sodien.yaml"), file, now)
        return file

    def restore(self, backup: Path) -> None:
        """Put a backup in the ledger's place, while nothing runs."""
        assert self.station is None
        self.ledger.close()
        restore(backup, self.settings.ledger.path, self.settings.device, "now")
        self.ledger = Ledger.open(self.settings.ledger.path, durable=False)

    # -- time ------------------------------------------------------------------------------------------

    def play(self, seconds: float) -> None:
        """Let this much time pass."""
        self.play_until(self.clock.now_ns() + int(seconds * SECOND))

    def play_until(self, until: int) -> None:
        """Let time pass until this world time; the daemon turns at edges and deadlines, as it would."""
        while True:
            now = self.clock.now_ns()
            at, edges = until, 1 << 62
            if self.station is not None:
                ahead = self.station.deadline() - self.clock.monotonic_ns()
                at = min(at, now + max(0, ahead), *(due for due, _ in self._waiting[:1]))
                edges = self._edges_a_turn()
            self.clock.advance_to(max(now, self._shine(at, edges)))
            self._deliver(self.clock.now_ns())
            self._turn()
            if self.clock.now_ns() >= until:
                return

    def _edges_a_turn(self) -> int:
        """After how many edges the daemon turns: for each, or for what must be saved with them."""
        if self.eager or self.station is None:
            return 1
        (state,) = self.station.recorder.meters
        doubt = max(0, state.doubt() - state.saved_doubt)
        return 2 * next(more for more in count(1) if state.counter.must_save(doubt + more))

    def _turn(self) -> None:
        if self.station is None:
            return
        self.station.turn()
        if self.station.recorder.slept:
            self.stop()
            self.start()
        assert self.may_fail or not self.station.left_out, "a mistake beside the counting; see the log"

    def _next_edge(self) -> int:
        return next(one for one in (self._ends, self._next, 1 << 62) if one is not None)

    def _shine(self, until: int, edges: int = 1 << 62) -> int:
        """Make the edges up to ``until``; when that is, or when the last one of so many ``edges`` came."""
        begun = self.clock.now_ns() - self.clock.monotonic_ns()
        while (at := self._next_edge()) <= until:
            self.lit = at != self._ends
            if self.lit:
                self.emitted.append(at)
                self._next = next(self._flashes, None)
                room = (self._next - at) // 2 if self._next is not None else WIDTH
                self._ends = at + min(WIDTH, room)
            else:
                self._ends = None
            if self.station is not None:
                self._waiting.append((at + self.delay, (0, at - begun, self.lit)))
            edges -= 1
            if not edges:
                return at
        return until

    def _deliver(self, now: int) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            self.queue.put(self._waiting.pop(0)[1])

    # -- what was really so, and what the ledger says --------------------------------------------------

    def wall_ms(self, world: int) -> int:
        """The true wall time (ms UTC, rounded down) of a world time."""
        return (self.clock.true_wall_ns() - self.clock.now_ns() + world) // 1_000_000

    def world(self, wall_ms: int) -> int:
        """The other way round."""
        return wall_ms * 1_000_000 - (self.clock.true_wall_ns() - self.clock.now_ns())

    def true_pulses(self, start: int, end: int) -> int:
        """True flashes with ``start <= world time < end``."""
        return max(0, bisect_left(self.emitted, end) - bisect_left(self.emitted, start))

    def write_held(self) -> None:
        """Have the ticks written that wait for company."""
        assert self.station is not None
        self.station.recorder.write_held()

    def rows(self, kind: str) -> list[Row]:
        """Dated rows of a kind, in order of writing."""
        return sorted(self.ledger.of_kind(kind), key=lambda row: row.seq)

    def ticks(self) -> list[tuple[int, int]]:
        """(ms UTC, cumulative pulses) of every dated tick."""
        return [(row.at or 0, row.pulses or 0) for row in self.rows("tick")]

    def gaps(self) -> list[tuple[int, int]]:
        """World times (start, end) of the declared gaps; the end is as precise as the ledger keeps it."""
        found = []
        for row in self.rows("gap"):
            start = self.world(row.at or 0)
            found.append((start, start + int(body_of(row)["ns"])))
        return found

    def view(self) -> MeterHistory:
        """The register as the ledger knows it now."""
        meter = self.settings.meters[0]
        count = None
        if self.station is not None:
            count = self.station.recorder.count_now(self.station.recorder.meters[0])
        return MeterHistory(self.ledger, meter, meter.p_max_kw, count)

    def read_dial(self, start_kwh: Fraction, *, here: bool = False) -> None:
        """A person reads the dial of a meter that stood at ``start_kwh`` at world time 0.

        ``here``: they type it on the Pi, whose clock may be wrong.
        """
        tenths = int(self.register(start_kwh) * 10)
        body: dict[str, Any] = {
            "reading": f"{tenths // 10}.{tenths % 10}",
            "low": f"{tenths // 10}.{tenths % 10}",
            "high": f"{(tenths + 1) // 10}.{(tenths + 1) % 10}",
            "within_ms": 1000,
        }
        self.note(NewRow("dial", "main", at=self.wall_ms(self.clock.now_ns()), body=body), here=here)

    def note(self, row: NewRow, *, here: bool = False) -> None:
        """A person's entry; ``here``: typed on the Pi and for now, by its clock."""
        if here:
            run, mono = MeterLedger(self.settings, self.ledger, self.settings.meters[0], self.clock).here()
            row = replace(row, run=run, mono=mono, at=self.clock.wall_ns() // 1_000_000)
        self.ledger.append([row])

    def register(self, start_kwh: Fraction, at: int | None = None) -> Fraction:
        """The true register, as far as whole flashes tell."""
        end = self.clock.now_ns() + 1 if at is None else at
        return start_kwh + Fraction(self.true_pulses(0, end), 1600)
