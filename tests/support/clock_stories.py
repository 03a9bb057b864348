"""Clocks that were wrong, as lists of events, and where the truth then lies outside.

A story is one line: ``start``, ``stop``, ``kill`` (SIGKILL), ``cut`` (the power goes), ``boot x`` (it comes
back, the wall clock off by x), ``step x`` (the wall clock is off by x from now on), ``sync x`` (the network
vouches for a clock that is off by x), ``sleep x`` (the machine sleeps so long), ``dial`` (somebody reads the
dial, by a clock of their own) and ``now`` (they type it on the Pi, for now), each with the second at which it
happens. ``hang c`` hangs up another meter with c imp/kWh, which the settings say from the next start on;
``noted x`` says so, by a clock of one's own and to within x seconds, ``typed`` on the Pi, for now. A
``backup`` is made and ``restore`` put back. ``wrong`` is a person's word about the clock of the last boot,
``undo`` takes it back. A load between 20 W and 6 kW flows all the time; truth is compared every few seconds,
and over random spans.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from sodien.cli.group import run
from sodien.history.current import MeterLedger
from sodien.history.note_clock import note_clock
from sodien.history.wire_entries import WireEntries
from sodien.ledger.store import NewRow
from sodien.protocol.entries import CostEntry, HourEntry, SnapshotEntry
from sodien.protocol.times import format_time, parse_time
from tests.firmware.house import HOUR, MORNING, SECOND, House, household, settings_of

START_KWH = Fraction(1234)
#: The truth is known to a pulse at either end, times to a millisecond.
SLACK = Fraction(2, 1600)
#: It is compared so often, at so many instants at most, and over so many spans.
EVERY_S = 7
INSTANTS = 3000
SPANS = 600
ASKED = 3
#: How exactly a person knows at worst when another meter was hung up, and a bit.
WITHIN_S = 610
TRUST = "clock: trust\n"
TEXT = "device: nha-toi\nledger: {{path: {path}}}\nmeters:\n  - {{id: main, pin: 17, constant: {constant}}}\n"
_EVENT = re.compile(r"(?P<what>[a-z]+)(?: (?P<off>[-+]?\d+))? @(?P<at>\d+)")


def load(seed: int) -> Iterator[int]:
    """Flashes of a household between 20 W and 6 kW, from world time 0 on."""
    return household(seed, 6000, (20, 60, 200, 800, 2500))


class Hung(NamedTuple):
    """Another meter, and since when (world time)."""

    at: int
    kwh: Fraction
    constant: int


class Lived(House):
    """A house whose meter may be another one in the end."""

    hung: tuple[Hung, ...] = ()
    told = 0  # when it was noted

    def hang(self, constant: int) -> None:
        """Hang up another meter, now; the settings follow with the next start."""
        self.hung += (Hung(self.clock.now_ns(), Fraction(7), constant),)
        meter = msgspec.structs.replace(self.settings.meters[0], constant=Decimal(constant))
        self.settings = msgspec.structs.replace(self.settings, meters=(meter,))

    def note_hung(self, within_s: int = 0, *, here: bool = False) -> None:
        """A person notes the meter that was hung up last, ``here`` on the Pi and for now."""
        last, self.told = self.hung[-1], self.clock.now_ns()
        at = self.wall_ms(last.at) + random.Random(last.at).randint(-within_s, within_s) * 1000
        more = {"constant": str(last.constant), "digits": 5, "within_ms": within_s * 1000 or 1000}
        self.note(replacement(at, self.register(START_KWH, last.at), last.kwh, **more), here=here)

    def register(self, start_kwh: Fraction, at: int | None = None) -> Fraction:
        """The true register of the meter that hangs there then, as far as whole flashes tell."""
        end = self.clock.now_ns() + 1 if at is None else at
        for since, kwh, constant in reversed(self.hung):
            if since < end:
                return kwh + Fraction(self.true_pulses(since, end), constant)
        return super().register(start_kwh, at)

    def used(self, start: int, end: int) -> Fraction:
        """kWh between two world times, as far as whole flashes tell."""
        edges = [0, *(one.at for one in self.hung), 1 << 62]
        constants = [1600, *(one.constant for one in self.hung)]
        return sum(
            (
                Fraction(self.true_pulses(max(start, a), min(end, b)), constant)
                for (a, b), constant in zip(pairwise(edges), constants, strict=True)
                if max(start, a) < min(end, b)
            ),
            start=Fraction(0),
        )

    def doubtful(self, world: int) -> bool:
        """Whether either of two meters may hang there, by what was said."""
        return any(abs(world - one.at) <= WITHIN_S * SECOND for one in self.hung)

    def unsaid(self, world: int) -> bool:
        """Whether another meter hung there then, and nobody had said so."""
        return any(one.at - WITHIN_S * SECOND <= world <= self.told + HOUR for one in self.hung)


def shown(register: Fraction) -> dict[str, str]:
    """What a dial with one decimal shows, as the ledger keeps it."""
    tenths = int(register * 10)
    return {"reading": f"{tenths / 10}", "low": f"{tenths / 10}", "high": f"{(tenths + 1) / 10}"}


def replacement(at: int, old: Fraction, new: Fraction, **more: Any) -> NewRow:
    """Another meter was hung up at ``at`` (ms UTC): what its dial showed, and that of the old one at last."""
    body = {"old_final": shown(old), "new_initial": shown(new), "constant": "800", "digits": 6, "decimals": 1}
    return NewRow("replacement", "main", at=at, body=body | {"multiplier": 1, "within_ms": 1000} | more)


class Event(NamedTuple):
    """What happens at a second of the world."""

    what: str
    off: int
    at: int


def events(text: str) -> list[Event]:
    """A case's line, read."""
    found = []
    for part in text.split(", "):
        match = _EVENT.fullmatch(part)
        assert match is not None, part
        found.append(Event(match["what"], int(match["off"] or 0), int(match["at"])))
    assert [one.at for one in found] == sorted(one.at for one in found)
    return found


def play(
    folder: Path,
    text: str,
    *,
    seed: int = 1,
    trust: bool = False,
    tail: int = 600,
    wall: int = MORNING,
    zone: str = "Asia/Ho_Chi_Minh",
) -> Lived:
    """A house that lived through these events since ``wall`` (ns UTC), and ``tail`` seconds more."""
    more = f"timezone: {zone}\n" + (TRUST if trust else "")
    house = Lived(settings_of(folder, more, at_risk_wh=20), load(seed), wall=wall, eager=False)
    clock, backup = house.clock, folder
    for event in events(text):
        if event.at * SECOND > clock.now_ns():  # else at once: what is set as the machine wakes
            house.play_until(event.at * SECOND)
        wall = clock.true_wall_ns() + event.off * SECOND
        match event.what:
            case "sleep":
                house.sleep(event.off)
            case "start":
                house.start()
            case "stop":
                house.stop()
            case "kill":
                house.kill()
            case "cut":
                house.kill()
            case "boot":
                clock.reboot(wall_ns=wall, synchronised=trust)
            case "step":
                clock.step_wall(wall - clock.wall_ns())
            case "sync":
                clock.synchronise()
                clock.step_wall(event.off * SECOND)
            case "dial" | "now":
                house.read_dial(START_KWH, here=event.what == "now")
            case "hang":
                house.hang(event.off)
            case "noted" | "typed":
                house.note_hung(event.off, here=event.what == "typed")
            case "backup":
                backup = house.back_up()
            case "restore":
                house.restore(backup)
            case "wrong" | "undo":
                where = MeterLedger(house.settings, house.ledger, house.settings.meters[0], clock)
                number = house.view().evidence.boots.known[-1].number
                note_clock(where, number, event.what, now=house.wall_ms(clock.now_ns()))
            case _:
                raise AssertionError(event)
    house.play(tail)
    return house


def outside(house: Lived, seed: int = 1, *, instants: int = INSTANTS, spans: int = SPANS) -> list[str]:
    """Where the truth lies outside: registers every few seconds, and energies of random spans."""
    view = house.view()
    end = house.clock.now_ns() - SECOND
    found = []
    for world in range(0, end, max(EVERY_S * SECOND, end // instants)):
        told = view.at(house.wall_ms(world))
        if told is None or house.doubtful(world):
            continue
        true = house.register(START_KWH, world)
        if not Fraction(told.low) - SLACK <= true <= Fraction(told.high) + SLACK:
            found.append(f"{world // SECOND} s: {float(true)} not in [{told.low} … {told.high}]")
    chance = random.Random(seed)
    for _ in range(spans):
        a, b = sorted(chance.randrange(end) for _ in range(2))
        used = view.energy(house.wall_ms(a), house.wall_ms(b))
        true = house.used(a, b)
        if not Fraction(used.low) - SLACK <= true <= Fraction(used.high) + SLACK:
            spell = f"{a // SECOND} to {b // SECOND} s"
            found.append(f"{spell}: {float(true)} not in [{used.low} … {used.high}]")
    return found


def told_wrong(house: Lived, seed: int = 1) -> list[str]:
    """Registers that ``sodien status --at`` shows, and do not hold the truth."""
    config, chance, found = house.settings.ledger.path.with_name("sodien.yaml"), random.Random(seed), []
    config.write_text(
        TEXT.format(path=house.settings.ledger.path, constant=house.settings.meters[0].constant)
    )
    for _ in range(ASKED):
        world = chance.randrange(house.clock.now_ns() - SECOND)
        if house.doubtful(world):
            continue
        at, out = format_time(house.wall_ms(world)), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
            run(["status", "--at", at, "--config", str(config), "--json"])
        told = json.loads(out.getvalue())["meters"][0]["register"]
        true = house.register(START_KWH, world)
        if told and not Fraction(told["low"]) - SLACK <= true <= Fraction(told["high"]) + SLACK:
            found.append(f"status --at {world // SECOND} s: {float(true)} not in {told}")
    return found


def published(house: House) -> dict[tuple[str, str], HourEntry | SnapshotEntry]:
    """What a database has in the end: the last entry of each identity."""
    render = WireEntries(house.settings, house.ledger)
    kinds = ("hour", "day", "snapshot", "revision")
    rows = [row for row in house.ledger.rows(limit=1 << 30) if row.kind in kinds]
    found: dict[tuple[str, str], HourEntry | SnapshotEntry] = {}
    for entry in render(rows):
        if isinstance(entry, CostEntry):
            continue
        assert isinstance(entry, HourEntry | SnapshotEntry)
        found[str(type(entry).__struct_config__.tag), entry.at] = entry
    assert not render.set_aside
    return found


def closed_wrong(house: Lived, within_ms: int = 0) -> list[str]:
    """Published hours, days and snapshots, of those that have ended, that do not hold the truth.

    Those of a clock that was wrong by no more than ``within_ms`` stay as they were.
    """
    found, off = [], within_ms * 1_000_000
    for (kind, at), entry in published(house).items():
        begin = house.world(parse_time(at))
        if isinstance(entry, SnapshotEntry):
            if begin > house.clock.now_ns():
                continue
            if entry.end.register is None or house.unsaid(begin):
                continue
            low, high = Fraction(entry.end.register.low), Fraction(entry.end.register.high)
            least, most = (house.register(START_KWH, at) for at in (begin - off, begin + off))
        else:
            end = begin + int(entry.seconds) * SECOND
            if end > house.clock.now_ns() - HOUR or house.unsaid(begin) or house.unsaid(end):
                continue
            low, high = Fraction(entry.energy.low), Fraction(entry.energy.high)
            least, most = house.used(begin + off, end - off), house.used(begin - off, end + off)
        if not (low - SLACK <= most and least <= high + SLACK):
            found.append(f"{kind} {at}: {float(least)} … {float(most)} not in [{float(low)} … {float(high)}]")
    return found


class Story(NamedTuple):
    """What happens, whether nobody checks the clock (``clock: trust``), and how long it goes on after."""

    text: str
    trust: bool
    tail: int


class _Teller:
    """Tells one random story: several boots, clocks set wrong and put right before a cut, and people."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.trust = self.chance.random() < 0.12
        self.now, self.found = 0, ["start @0"]
        self.right = True  # a backup that lacks the correction of a clock is one thing that nobody can see
        self.backup = self.restored = False
        self.hung = self.noted = False

    def add(self, what: str, after: int = 0) -> None:
        self.now += after
        self.found.append(f"{what} @{self.now}")

    def told(self) -> Story:
        chance = self.chance
        if chance.random() < 0.5:
            self.add("dial", chance.randint(30, 900))
        boots = chance.randint(1, 4)
        for boot in range(boots):
            for _ in range(chance.randint(0, 4)):
                self.happens(self.now + chance.randint(20, 2500))
            self.goes_out()
            self.comes_back(boot < boots - 1)
        if self.hung and not self.noted:
            self.add("noted 300", chance.randint(10, 2000))
        if chance.random() < 0.5:
            self.add(chance.choice(["dial", "now"]), chance.randint(10, 500))
        return Story(", ".join(self.found), self.trust, chance.choice([60, 600, 4500]))

    def happens(self, at: int) -> None:
        """Something in a boot that runs."""
        chance, after = self.chance, at - self.now
        what = chance.choice(
            ["kill", "stop", "dial", "now", "step", "step", "sleep", "hang", "noted", "backup"]
        )
        match what:
            case "kill" | "stop":
                self.add(what, after)
                self.add("start", chance.choice([1, 30, 400]))
            case "dial" | "now":
                self.add(what, after)
            case "step" if not self.trust:
                self.add(f"step {chance.choice([-3600, -61, -6, 5, 20, 61, 3000])}", after)
                later = chance.choice([40, 300, 4000])
                if chance.random() < 0.25:
                    asleep = chance.randint(20, 3000)
                    self.add(f"sleep {asleep}", chance.choice([0, 10, 200]))
                    self.now += asleep
                    later = chance.choice([0, 1, later])
                self.add("step 0", later)
            case "sleep":
                asleep = chance.randint(20, 3000)
                self.add(f"sleep {asleep}", after)
                self.now += asleep + 1
            case "hang" if not self.hung:
                self.hung = True
                self.backup = False
                self.add(f"hang {chance.choice([800, 1600])}", after)
                if chance.random() < 0.6:
                    self.note()
                if chance.random() < 0.5:
                    self.add("kill", chance.randint(1, 300))
                    self.add("start", 2)
            case "noted" if self.hung and not self.noted:
                self.now = at
                self.note()
            case "backup" if self.right and not self.backup:
                self.backup = True
                self.add("backup", after + 60)
            case _:
                pass

    def note(self) -> None:
        self.noted, self.backup = True, False
        self.add(self.chance.choice(["noted 2", "noted 300"]), self.chance.randint(1, 200))

    def goes_out(self) -> None:
        """The power goes, now and then just after a clock that was right was set wrong."""
        chance = self.chance
        if self.right and not self.trust and chance.random() < 0.15:
            self.add(f"step {chance.choice([-3600, -61, 20, 3000])}", chance.randint(60, 1500))
            self.add("cut", chance.choice([1, 20, 40, 900, 3000]))
        else:
            self.add("cut", chance.randint(60, 1500))
        if self.backup and chance.random() < 0.5:
            self.backup, self.restored = False, True
            self.add("restore", 1)

    def comes_back(self, more: bool) -> None:
        chance, away = self.chance, self.chance.choice([10, 60, 3000])
        self.now += away
        if self.trust:
            # What nobody checks, and contradicts nothing, cannot be seen.
            off = chance.choice([0, -away - chance.choice([5000, 90_000]), 3 * 86_400]) if more else 0
            off = max(0, off) if self.restored else off
        else:
            off = chance.choice([0, -50, -3000, -9000, 400, 86400])
        self.add(f"boot {off}")
        self.add("start", chance.randint(5, 40))
        self.right = self.trust and off == 0
        if chance.random() < 0.3:
            self.add("kill", chance.randint(5, 600))
            self.add("start", 2)
        if self.trust:
            return
        if chance.random() < 0.1:
            self.add(f"sleep {chance.randint(20, 3000)}", 200)
            self.now += 3000
        if chance.random() < 0.25 and more:
            return  # it never knows the time
        self.right = True
        wrong = chance.choice([0, 0, off, 197, -197])
        self.add(f"sync {wrong}", chance.randint(5, 900))
        if wrong:
            if chance.random() < 0.2:
                self.add("wrong", 40)
            self.add("step 0", chance.choice([50, 600, 4000]))
        elif chance.random() < 0.05:
            self.add("wrong", 40)
            self.add("undo", 40)


def story(seed: int) -> Story:
    """A random story."""
    return _Teller(seed).told()
