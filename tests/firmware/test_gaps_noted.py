"""What a gap keeps of the power's return and of boots without a time, from the recorder to the bounds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from sodien.metering.register.outage import FIRMWARE_NS
from tests.firmware.house import MINUTE, SECOND, House, household, settings_of, steady
from tests.support.rows import body_of

START_KWH = Fraction(1234)
#: The truth is known to a pulse at either end, times to a millisecond.
SLACK = Fraction(2, 1600)
#: 40 A at 220 V: 1.45 times the rating, 10 % above the nominal voltage.
P_MAX = Fraction("14.036")


def dark(watts: int, start: int, end: int) -> Iterator[int]:
    """A constant load, but none from ``start`` to ``end`` (world time)."""
    return (at for at in steady(watts) if not start <= at < end)


def assert_truth_inside(house: House, step: int = 7 * SECOND) -> None:
    """At many instants of the ledger the true register is inside its bounds."""
    view = house.view()
    assert view.start is not None
    end = house.clock.now_ns() - SECOND
    for world in range(0, end, step):
        at = house.wall_ms(world)
        if at < view.start:
            continue
        found = view.at(at)
        assert found is not None
        true = house.register(START_KWH, world)
        assert Fraction(found.low) - SLACK <= true <= Fraction(found.high) + SLACK, world


def test_a_pi_on_the_metered_supply_notes_when_the_power_came_back(tmp_path: Path) -> None:
    cut, back = 333 * SECOND, 4000 * SECOND
    house = House(settings_of(tmp_path, meter=", supply: metered"), dark(5000, cut, back))
    house.start()
    house.play_until(cut)
    house.kill()
    house.play_until(back + 20 * SECOND)
    house.reboot(wall_ns=0)
    house.play(25)
    house.start()
    again = house.clock.now_ns()
    house.clock.synchronise()
    house.play(65)
    house.read_dial(START_KWH)
    (gap,) = house.rows("gap")
    assert body_of(gap)["supply"] == "metered"
    assert body_of(gap)["awake_ns"] == 25 * SECOND
    assert body_of(gap)["unsaved"] == 8, "5 Wh at 1600 imp/kWh"
    view = house.view()
    (known,) = view.gaps
    energy = view.energy(known.start, known.end)
    most = Fraction(8, 1600) + P_MAX * (25 * SECOND + FIRMWARE_NS) / (3600 * SECOND)
    assert Fraction(energy.high) == pytest.approx(most, abs=1e-5)
    true = Fraction(house.true_pulses(house.world(known.start), again), 1600)
    assert Fraction(energy.low) - SLACK <= true <= Fraction(energy.high) + SLACK
    assert_truth_inside(house)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_clean_stop_or_the_same_boot_is_no_outage(tmp_path: Path, end: str) -> None:
    house = House(settings_of(tmp_path, meter=", supply: metered"), steady(500))
    house.start()
    house.play(100)
    if end == "stop":
        house.stop()
        house.reboot(wall_ns=0)
    else:
        house.kill()
    house.play(60)
    house.start()
    house.clock.synchronise()
    house.play(5)
    (gap,) = house.rows("gap")
    assert "supply" not in body_of(gap)


def test_boots_without_a_time_count_in_the_gap_around_them(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(3000))
    house.start()
    house.play(100)
    house.reboot(wall_ns=0)
    house.play(30)
    house.start()  # a first boot that never knows the time, with two runs
    house.play(600)
    house.kill()
    house.play(5)
    house.start()
    house.play(300)
    house.stop()
    house.reboot(wall_ns=0)
    house.play(40)
    house.start()  # a second one
    house.play(200)
    house.reboot(wall_ns=0)
    house.play(10)
    house.start()
    house.clock.synchronise()
    house.play(65)
    house.read_dial(START_KWH)
    (gap,) = house.rows("gap")
    first, second = body_of(gap)["boots"]
    assert (len(first["counts"]), len(second["counts"])) == (2, 1)
    assert (first["clean"], second["clean"]) == (True, False)
    assert (first["awake_ns"], second["awake_ns"]) == (30 * SECOND, 40 * SECOND)
    assert sum(first["counts"] + second["counts"]) == int(body_of(gap)["after"]) - (gap.pulses or 0)
    assert body_of(gap)["reason"] == "power"
    view = house.view()
    (known,) = view.gaps
    energy = view.energy(known.start, known.end)
    counted = known.outage.counted
    assert counted > 1200
    assert Fraction(energy.low) >= Fraction(counted - 3, 1600)
    seconds = Fraction(known.outage.ns - first["counted_ns"] - second["counted_ns"], SECOND)
    most = Fraction(counted + 3, 1600) + P_MAX * seconds / 3600
    assert 0 <= Fraction(energy.high) - most < Fraction(1, 10_000)
    assert_truth_inside(house)


@pytest.mark.parametrize("error", [-1200, -7, 7, 1200])
@pytest.mark.parametrize("restart", [False, True])
def test_until_a_step_times_are_known_to_the_step_only(tmp_path: Path, error: int, restart: bool) -> None:
    house = House(settings_of(tmp_path), household(3))
    house.clock.step_wall(error * SECOND)
    house.start()
    house.play(1500)
    if restart:
        house.kill()
        house.play(20)
        house.clock.synchronise()
        house.start()
    else:
        house.clock.synchronise()
    house.play(2000)
    house.read_dial(START_KWH)
    assert_truth_inside(house, 11 * SECOND)


@pytest.mark.parametrize("seed", range(6))
def test_stops_cuts_and_steps_at_random(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    house = House(settings_of(tmp_path), household(seed))
    house.start()
    for _ in range(8):
        what = chance.choice(["kill", "stop", "reboot", "step", "dial"])
        if what == "step" and house.clock.synchronised():
            # Wrong for a while from a fresh start on, then right.
            house.kill()
            house.reboot(wall_ns=house.clock.true_wall_ns() + chance.choice([-400, -3, 3, 400]) * SECOND)
            house.play(5)
            house.clock._synchronised = True
            house.start()
            house.play(chance.choice([10, 500]))
            house.clock.synchronise()
            house.play(40)
        elif what == "dial" and house.clock.synchronised():
            house.read_dial(START_KWH)
        elif what in {"kill", "stop", "reboot"}:
            if what == "stop":
                house.stop()
            elif what == "kill":
                house.kill()
            else:
                house.reboot(wall_ns=0)
            house.play(chance.choice([1, 300]))
            house.start()
            if chance.random() < 0.5:
                house.clock.synchronise()
        house.play(chance.choice([5, 90, 700]))
    house.clock.synchronise()
    house.play(2 * MINUTE / SECOND)
    house.read_dial(START_KWH)
    assert_truth_inside(house, 17 * SECOND)
