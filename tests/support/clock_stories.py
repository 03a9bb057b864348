"""Clocks that were wrong, as lists of events, and where the truth then lies outside.

A story is one line: ``start``, ``stop``, ``kill`` (SIGKILL), ``cut`` (the power goes), ``boot x`` (it comes
back, the wall clock off by x), ``step x`` (the wall clock is off by x from now on), ``sync x`` (the network
vouches for a clock that is off by x), ``sleep x`` (the machine sleeps so long), ``dial`` (somebody reads the
dial, by a clock of their own) and ``now`` (they type it on the Pi, for now), each with the second at which it
happens. A load between 20 W and 6 kW flows all the time; truth is compared every few seconds, and over random
spans.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from sodien.cli.group import run
from sodien.history.wire_entries import WireEntries
from sodien.protocol.entries import CostEntry, HourEntry, SnapshotEntry
from sodien.protocol.times import format_time, parse_time
from tests.firmware.house import HOUR, SECOND, House, household, settings_of

START_KWH = Fraction(1234)
#: The truth is known to a pulse at either end, times to a millisecond.
SLACK = Fraction(2, 1600)
#: It is compared so often, at so many instants at most, and over so many spans.
EVERY_S = 7
INSTANTS = 3000
SPANS = 600
ASKED = 3
TEXT = "device: nha-toi\nledger: {{path: {path}}}\nmeters:\n  - {{id: main, pin: 17, constant: 1600}}\n"
_EVENT = re.compile(r"(?P<what>[a-z]+)(?: (?P<off>[-+]?\d+))? @(?P<at>\d+)")


def load(seed: int) -> Iterator[int]:
    """Flashes of a household between 20 W and 6 kW, from world time 0 on."""
    return household(seed, 6000, (20, 60, 200, 800, 2500))


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


def play(folder: Path, text: str, *, seed: int = 1, trust: bool = False, tail: int = 600) -> House:
    """A house that lived through these events, and ``tail`` seconds more."""
    settings = settings_of(folder, "clock: trust\n" if trust else "", at_risk_wh=20)
    house = House(settings, load(seed), eager=False)
    clock = house.clock
    for event in events(text):
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
            case "dial":
                house.read_dial(START_KWH)
            case "now":
                house.read_dial(START_KWH, here=True)
            case _:
                raise AssertionError(event)
    house.play(tail)
    return house


def outside(house: House, seed: int = 1) -> list[str]:
    """Where the truth lies outside: registers every few seconds, and energies of random spans."""
    view = house.view()
    end = house.clock.now_ns() - SECOND
    found = []
    for world in range(0, end, max(EVERY_S * SECOND, end // INSTANTS)):
        shown = view.at(house.wall_ms(world))
        if shown is None:
            continue
        true = house.register(START_KWH, world)
        if not Fraction(shown.low) - SLACK <= true <= Fraction(shown.high) + SLACK:
            found.append(f"{world // SECOND} s: {float(true)} not in [{shown.low} … {shown.high}]")
    chance = random.Random(seed)
    for _ in range(SPANS):
        a, b = sorted(chance.randrange(end) for _ in range(2))
        used = view.energy(house.wall_ms(a), house.wall_ms(b))
        true = Fraction(house.true_pulses(a, b), 1600)
        if not Fraction(used.low) - SLACK <= true <= Fraction(used.high) + SLACK:
            spell = f"{a // SECOND} to {b // SECOND} s"
            found.append(f"{spell}: {float(true)} not in [{used.low} … {used.high}]")
    return found


def told_wrong(house: House, seed: int = 1) -> list[str]:
    """Registers that ``sodien status --at`` shows, and do not hold the truth."""
    config, chance, found = house.settings.ledger.path.with_name("sodien.yaml"), random.Random(seed), []
    config.write_text(TEXT.format(path=house.settings.ledger.path))
    for _ in range(ASKED):
        world = chance.randrange(house.clock.now_ns() - SECOND)
        at, out = format_time(house.wall_ms(world)), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
            run(["status", "--at", at, "--config", str(config), "--json"])
        shown = json.loads(out.getvalue())["meters"][0]["register"]
        true = house.register(START_KWH, world)
        if shown and not Fraction(shown["low"]) - SLACK <= true <= Fraction(shown["high"]) + SLACK:
            found.append(f"status --at {world // SECOND} s: {float(true)} not in {shown}")
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


def closed_wrong(house: House, within_ms: int = 0) -> list[str]:
    """Published hours, days and snapshots, of those that have ended, that do not hold the truth.

    Those of a clock that was wrong by no more than ``within_ms`` stay as they were.
    """
    found, off = [], within_ms * 1_000_000
    for (kind, at), entry in published(house).items():
        begin = house.world(parse_time(at))
        if isinstance(entry, SnapshotEntry):
            if begin > house.clock.now_ns():
                continue
            if entry.end.register is None:
                continue
            low, high = Fraction(entry.end.register.low), Fraction(entry.end.register.high)
            least, most = (house.register(START_KWH, at) for at in (begin - off, begin + off))
        else:
            end = begin + int(entry.seconds) * SECOND
            if end > house.clock.now_ns() - HOUR:
                continue
            low, high = Fraction(entry.energy.low), Fraction(entry.energy.high)
            least = Fraction(house.true_pulses(begin + off, end - off), 1600)
            most = Fraction(house.true_pulses(begin - off, end + off), 1600)
        if not (low - SLACK <= most and least <= high + SLACK):
            found.append(f"{kind} {at}: {float(least)} … {float(most)} not in [{float(low)} … {float(high)}]")
    return found


def story(seed: int) -> tuple[str, int]:
    """A random story, and how long it goes on: several boots, clocks set wrong and put right before a cut."""
    chance = random.Random(seed)
    now, found = 0, ["start @0"]

    def add(what: str, after: int = 0) -> None:
        nonlocal now
        now += after
        found.append(f"{what} @{now}")

    if chance.random() < 0.5:
        add("dial", chance.randint(30, 900))
    for boot in range(chance.randint(1, 4)):
        for _ in range(chance.randint(0, 3)):
            what = chance.choice(["kill", "stop", "dial", "now", "step"])
            off = chance.choice([-3600, -61, -6, 5, 20, 61, 3000])
            add(f"step {off}" if what == "step" else what, chance.randint(20, 2500))
            if what == "step":
                add("step 0", chance.choice([40, 300, 4000]))
            elif what not in ("dial", "now"):
                add("start", chance.choice([1, 30, 400]))
        add("cut", chance.randint(60, 1500))
        off = chance.choice([0, -50, -3000, -9000, 400, 86400])
        add(f"boot {off}", chance.choice([10, 60, 3000]))
        add("start", chance.randint(5, 40))
        if chance.random() < 0.3:
            add("kill", chance.randint(5, 600))
            add("start", 2)
        if chance.random() < 0.2 and boot < 3:
            continue  # it never knows the time
        wrong = chance.choice([0, 0, off, 197, -197])
        add(f"sync {wrong}", chance.randint(5, 900))
        if wrong:
            add("step 0", chance.choice([50, 600, 4000]))
    if chance.random() < 0.5:
        add(chance.choice(["dial", "now"]), chance.randint(10, 500))
    return ", ".join(found), chance.choice([60, 600, 4500])
