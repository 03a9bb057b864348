"""Clocks that were wrong, as lists of events, and where the truth then lies outside.

A story is one line: ``start``, ``stop``, ``kill`` (SIGKILL), ``cut`` (the power goes), ``boot x`` (it comes
back, the wall clock off by x), ``step x`` (the wall clock is off by x from now on), ``sync x`` (the network
vouches for a clock that is off by x), ``sleep x`` (the machine sleeps so long), ``dial`` (somebody reads the
dial, by a clock of their own) and ``now`` (they type it on the Pi, for now), each with the second at which it
happens. A load between 20 W and 6 kW flows all the time; truth is compared every few seconds, and over random
spans.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from tests.firmware.house import SECOND, House, settings_of

START_KWH = Fraction(1234)
#: The truth is known to a pulse at either end, times to a millisecond.
SLACK = Fraction(2, 1600)
EVERY_S = 7
SPANS = 600
_EVENT = re.compile(r"(?P<what>[a-z]+)(?: (?P<off>[-+]?\d+))? @(?P<at>\d+)")


def load(seed: int) -> Iterator[int]:
    """Flashes of a household between 20 W and 6 kW, from world time 0 on."""
    chance = random.Random(seed)
    at, phase = 0, Fraction(1, 2)
    while True:
        watts = chance.choice([20, 60, 200, 800, 2500, 6000])
        length = chance.randint(20, 600) * SECOND
        done = phase + Fraction(watts * 1600 * length, 3_600_000 * SECOND)
        for number in range(1, int(done) + 1):
            yield at + int((number - phase) * 3_600_000 * SECOND / (watts * 1600))
        phase = done - int(done)
        at += length


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
    settings = settings_of(folder, "clock: trust\n" if trust else "")
    house = House(settings, load(seed))
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
    for world in range(0, end, EVERY_S * SECOND):
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
