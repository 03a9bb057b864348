"""Random households with twins and wrong filter settings: edges through the real daemon, a person at the real
command line, and the truth beside.

The clocks are right (they may be unknown for a while), and so are constant, breaker and multiplier; what a
pulse looks like may be set to anything. Flashes are clean: alike, dark for half as long as lit at least, and
slower than the mains flickers. Times are ns of the simulated world, power is in whole watts.
"""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import merge
from math import floor
from pathlib import Path
from queue import SimpleQueue
from random import Random
from typing import Any

from firmware.daemon import Station
from firmware.gpio.inputs import Edge
from firmware.simulation.manual_clock import ManualClock
from sodien.cli.group import run
from sodien.ledger.bodies import HourBody
from sodien.ledger.store import Ledger
from sodien.protocol.times import format_time
from sodien.settings.model import Settings, SettingsError, load

MS = 1_000_000
SECOND = 1000 * MS
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
#: 24 November 2026, 07:00 in Viet Nam.
BEGIN_MS = 1_795_478_400_000
#: W·ns in a kWh.
UNIT = 3_600_000 * SECOND
CONSTANTS = (100, 800, 1600, 6400, 10_000)
WIDTHS = (MS // 4, 2 * MS, 5 * MS, 15 * MS, 80 * MS)
MULTIPLIERS = (1, 1, 10, 40)
#: The dial of all meters here has five digits before the mark and three behind: a coarser one would hide
#: what a few flashes are worth.
DIAL = 100_000
STEPS = 1000


@dataclass
class Wall:
    """One meter on the wall, and what flows through it.

    Attributes:
        constant: flashes per kWh of its dial.
        start: its register at the beginning, kWh of the dial.
        phase: W·ns since the flash before the beginning.
    """

    id: str
    constant: int
    width: int
    multiplier: int
    start: Fraction
    phase: int
    times: list[int] = field(default_factory=lambda: [0])
    energies: list[int] = field(default_factory=lambda: [0])
    watts: list[int] = field(default_factory=list)

    def flow(self, until: int, watts: int) -> list[tuple[int, bool]]:
        """This much flows through the meter until then; returns the edges of its flashes."""
        since, before = self.times[-1], self.energies[-1]
        self.times.append(until)
        self.watts.append(watts)
        self.energies.append(before + watts * (until - since))
        edges: list[tuple[int, bool]] = []
        if watts == 0:
            return edges
        number = ((before + self.phase) * self.constant) // UNIT + 1
        while (energy := -(-number * UNIT // self.constant) - self.phase) <= self.energies[-1]:
            at = since + -(-(energy - before) // watts)
            edges += [(at, True), (at + self.width, False)]
            number += 1
        return edges

    def energy(self, t: int) -> int:
        """W·ns by t."""
        i = next((i for i, end in enumerate(self.times[1:]) if t <= end), len(self.watts) - 1)
        return self.energies[i] + self.watts[i] * (t - self.times[i])

    def register(self, t: int) -> Fraction:
        """The true register, kWh of the dial, without its turning over."""
        return self.start + Fraction(self.energy(t), UNIT)


@dataclass(frozen=True)
class Found:
    """What was shown, and whether the truth is inside."""

    what: str
    holds: bool
    width: Fraction


class Household:
    """See the module. ``random`` decides everything; the ledger is ``folder``/ledger.db."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.random = random
        self.config = folder / "sodien.yaml"
        amps = random.choice((20, 40, 63))
        self.most = amps * 220 * 14 // 10
        twins = random.choice((1, 1, 2))
        self.walls = [self._wall(number) for number in range(twins)]
        self.settings = self._settings(amps)
        self.clock = ManualClock(BEGIN_MS * MS, monotonic_ns=5 * SECOND)
        self._lit = [False] * twins
        self._lives: list[tuple[int, int]] = []
        self._live(random.randint(1, 4))

    def _wall(self, number: int) -> Wall:
        random, constant = self.random, self.random.choice(CONSTANTS)
        period = UNIT // (self.most * constant)
        width = random.choice([width for width in WIDTHS if 3 * width < 2 * period])
        last = DIAL * STEPS
        start = Fraction(random.choice((0, last - 2, random.randrange(last))), STEPS)
        name = ("main", "main2")[number]
        phase = random.randrange(UNIT // constant)
        return Wall(name, constant, width, random.choice(MULTIPLIERS), start, phase)

    def _settings(self, amps: int) -> Settings:
        """Any settings that are taken: a width longer than the shortest period is refused."""
        while True:
            self.config.write_text(self._yaml(amps), encoding="utf-8")
            with contextlib.suppress(SettingsError):
                return load(self.config)

    def _yaml(self, amps: int) -> str:
        random, meters = self.random, ""
        for number, wall in enumerate(self.walls):
            more = ""
            if random.random() < 0.7:
                more += f", min_pulse_ms: {random.choice(('0.2', '1', '5', '15', '50', '200'))}"
            if random.random() < 0.3:
                more += f", min_dark_ms: {random.choice(('0', '1', '10', '60', '200'))}"
            meters += (
                f"  - {{id: {wall.id}, pin: {17 + number}, constant: {wall.constant}, breaker_amps: {amps}"
                f", multiplier: {wall.multiplier}, decimals: 3{more}}}\n"
            )
        risk = random.choice((1, 5, 20))
        return f"device: nha\nledger: {{path: ledger.db, at_risk_wh: {risk}}}\nmeters:\n{meters}"

    # -- the world -------------------------------------------------------------------------------------

    def _draw(self, until: int, station: Station | None, queue: SimpleQueue[Edge]) -> None:
        """Both meters' flashes until then; while no daemon runs nobody sees them."""
        random = self.random
        now = self.clock.now_ns()
        streams: list[list[tuple[int, int, bool]]] = []
        for index, wall in enumerate(self.walls):
            edges: list[tuple[int, int, bool]] = []
            t = wall.times[-1]
            while t < until:
                watts = random.choice((0, 0, 40, 300, 2000, self.most))
                end = t + random.randint(SECOND, 20 * MINUTE)
                if station is not None and watts:  # not more flashes than it takes
                    end = min(end, t + random.randint(1, 120) * UNIT // (wall.constant * watts) + 1)
                end = min(end, until)
                edges += [(at, index, active) for at, active in wall.flow(end, watts)]
                t = end
            streams.append(edges)
        for at, index, active in merge(*streams):
            if station is not None:
                self._turn(station, max(at, now))
                queue.put((index, self.clock.monotonic_ns(), active))
            self._lit[index] = active
        if station is not None:
            self._turn(station, until)
        elif until > self.clock.now_ns():
            self.clock.advance_to(until)

    def _turn(self, station: Station, until: int) -> None:
        while True:
            station.turn()
            now = self.clock.now_ns()
            due = now + max(0, station.deadline() - self.clock.monotonic_ns())
            if due >= until:
                break
            self.clock.advance_to(max(due, now + MS))
        if until > self.clock.now_ns():
            self.clock.advance_to(until)

    def _live(self, runs: int) -> None:
        random = self.random
        for number in range(runs):
            queue: SimpleQueue[Edge] = SimpleQueue()
            born = self.clock.now_ns()
            with contextlib.closing(
                Ledger.open(self.settings.ledger.path, create=True, durable=False)
            ) as ledger:
                station = Station(self.settings, self.clock, ledger, queue, None, levels=list(self._lit))
                if not self.clock.synchronised():
                    self._draw(self.clock.now_ns() + random.randint(SECOND, MINUTE), station, queue)
                    self.clock.synchronise()
                length = random.choice((20 * SECOND, 4 * MINUTE, 12 * MINUTE, 70 * MINUTE))
                self._draw(self.clock.now_ns() + random.randint(SECOND, length), station, queue)
                end = random.choice(("stop", "kill", "power", "power"))
                if end == "stop":
                    assert station.stop()
            self._lives.append((born // MS, self.clock.now_ns() // MS))
            self._say(number)
            if number == runs - 1:
                return
            away = random.choice((SECOND, MINUTE, 3 * HOUR))
            self._draw(self.clock.now_ns() + random.randint(1, away), None, queue)
            if end == "power":
                self.clock.reboot(synchronised=random.random() < 0.7)

    # -- the person ------------------------------------------------------------------------------------

    def sodien(self, *words: str) -> Any:
        """A command's JSON; it must not fail."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                run([*words, "--config", str(self.config), "--json"])
            except SystemExit as stop:
                if stop.code not in (0, 1):
                    raise AssertionError(f"{words}: {stop.code}: {err.getvalue()}") from None
        return json.loads(out.getvalue())

    def _say(self, number: int) -> None:
        """Somebody reads the dial, now or at any time before."""
        random, now = self.random, self.clock.now_ns()
        for wall in self.walls:
            if random.random() < 0.25 and number:
                continue
            t = now // MS * MS if random.random() < 0.6 else random.randrange(now // MS + 1) * MS
            shown = floor(wall.register(t) * STEPS) % (STEPS * DIAL)
            reading = f"{shown // STEPS:05d}.{shown % STEPS:03d}"
            at = format_time(BEGIN_MS + t // MS)
            self.sodien("dial", reading, "--at", at, "--within", "1s", "--meter", wall.id)

    # -- what comes of it ------------------------------------------------------------------------------

    def found(self, instants: int) -> list[Found]:
        """Registers that ``sodien status`` shows, mostly of when the daemon lived, and each hour's energy."""
        random, end, all_found = self.random, self.clock.now_ns() // MS, []
        for _ in range(instants):
            first, last = random.choice(self._lives) if random.random() < 0.8 else (0, end - 1)
            t = random.choice((random.randint(first, last), last))
            report = self.sodien("status", "--at", format_time(BEGIN_MS + t))
            assert len(report["meters"]) == len(self.walls)
            for wall, shown in zip(self.walls, report["meters"], strict=True):
                assert (shown["id"], shown["multiplier"]) == (wall.id, wall.multiplier)
                if shown["register"] is None:
                    continue
                low, high = (Fraction(shown["register"][name]) for name in ("low", "high"))
                least, most = wall.register(max(0, t - 1) * MS), wall.register((t + 1) * MS)
                holds = any(low <= most + turn and least + turn <= high for turn in (-DIAL, 0, DIAL))
                truth = float(least)
                what = f"{wall.id} at {t} ms: {float(low)} … {float(high)}, true {truth}"
                all_found.append(Found(what, holds, high - low))
        return all_found + self._hours()

    def _hours(self) -> list[Found]:
        found = []
        with contextlib.closing(Ledger.open(self.settings.ledger.path, durable=False)) as ledger:
            for row in ledger.rows(limit=1 << 30):
                if row.kind != "hour" or row.at is None:
                    continue
                wall = next(wall for wall in self.walls if wall.id == row.meter)
                body = row.read(HourBody)
                start, end = ((at - BEGIN_MS) * MS for at in (row.at, body.end))
                if start < 0:
                    continue
                low, high = Fraction(body.energy.low), Fraction(body.energy.high)
                true = Fraction(wall.energy(end) - wall.energy(start), UNIT)  # multiplied when it is sent
                what = f"{wall.id}, hour {row.at}: {float(low)} … {float(high)}, true {float(true)}"
                found.append(Found(what, low <= true <= high, high - low))
        return found
