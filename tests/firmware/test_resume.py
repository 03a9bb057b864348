"""What an end costs: stops, kills, reboots and a clock nobody set, one by one and at random."""

from __future__ import annotations

import math
import random
import tempfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sodien.history.events import notes
from sodien.ledger.noted import ClockNoted
from sodien.ledger.store import NewRow
from tests.firmware.house import HOUR, MINUTE, SECOND, House, household, settings_of, steady
from tests.support.rows import body_of

MS = 1_000_000


def test_the_first_run_declares_no_gap(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(500))
    house.start()
    house.play(70)
    assert house.gaps() == []
    assert [body_of(row)["what"] for row in house.rows("event")].count("started") == 1


def test_a_kill_costs_what_was_not_saved_and_the_gap_says_so(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    house.start()
    house.play(333)
    save = house.ledger.saves()["main"]
    saved_at = house.clock.now_ns() - (house.clock.monotonic_ns() - save.mono)
    house.kill()
    killed = house.clock.now_ns()
    house.play(90)
    again = house.clock.now_ns()
    house.start()
    (gap,) = house.rows("gap")
    assert body_of(gap)["reason"] == "killed"
    assert gap.at == house.wall_ms(saved_at)
    assert int(body_of(gap)["ns"]) == again - saved_at
    assert gap.pulses == body_of(gap)["after"] == save.pulses == house.true_pulses(0, saved_at)
    assert 0 < house.true_pulses(saved_at, killed) < 8, "less than 5 Wh was unsaved"
    assert Fraction(body_of(gap)["high"]) >= Fraction(88, 10) * Fraction(again - saved_at, HOUR)
    house.play(120)
    last = house.rows("tick")[-1]
    lost = house.true_pulses(saved_at, again)
    assert last.pulses == house.true_pulses(0, house.world(last.at or 0)) - lost


def test_a_save_newer_than_the_last_tick_becomes_a_tick(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(5000))
    house.start()
    house.play(119)
    before = house.ticks()[-1]
    house.kill()
    house.start()
    recovered, start = house.rows("tick")[-2:]
    save_at = house.world(recovered.at or 0)
    assert before[0] < (recovered.at or 0) <= (start.at or 0)
    assert recovered.pulses == start.pulses
    assert 0 <= house.true_pulses(0, save_at + MS) - (recovered.pulses or 0) <= 1
    assert (recovered.first or 0) >= (recovered.at or 0) - before[0], "when its pulses came is not known"


def test_a_clean_stop_loses_nothing_but_the_time_away(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    house.start()
    house.play(100)
    house.stop()
    stopped = house.clock.now_ns()
    at_stop = house.true_pulses(0, stopped)
    assert house.ticks()[-1][1] == at_stop
    house.play(3600)
    house.start()
    (gap,) = house.rows("gap")
    assert body_of(gap)["reason"] == "stopped"
    assert (gap.at, int(body_of(gap)["ns"])) == (house.wall_ms(stopped), HOUR)
    assert [body_of(row)["what"] for row in house.rows("event")].count("stopped") == 1
    assert house.ticks()[-1][1] == at_stop


def test_another_boot_is_a_power_cut_and_waits_for_the_clock(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    house.start()
    house.play(333)
    save = house.ledger.saves()["main"]
    saved_at = house.clock.now_ns() - (house.clock.monotonic_ns() - save.mono)
    house.reboot(wall_ns=1_600_000_000 * SECOND)
    house.play(1234)
    again = house.clock.now_ns()
    house.start()
    house.play(200)
    assert house.rows("gap") == [], "its length is not known before the clock is"
    house.clock.synchronise()
    house.play(5)
    (gap,) = house.rows("gap")
    assert body_of(gap)["reason"] == "power"
    assert abs((gap.at or 0) - house.wall_ms(saved_at)) <= 1
    assert abs(int(body_of(gap)["ns"]) - (again - saved_at)) <= MS
    assert gap.pulses == save.pulses


def test_two_short_boots_without_a_clock_make_one_gap_from_the_last_known_time(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    house.start()
    house.play(100)
    house.stop()
    stopped = house.clock.now_ns()
    counted = house.true_pulses(0, stopped)
    house.reboot(wall_ns=0)
    house.play(60)
    house.start()
    house.play(60)
    between = house.ledger.saves()["main"].pulses - counted
    house.reboot(wall_ns=0)
    house.play(30)
    house.start()
    again = house.clock.now_ns()
    house.clock.synchronise()
    house.play(61)
    (gap,) = house.rows("gap")
    assert gap.at == house.wall_ms(stopped)
    assert abs(int(body_of(gap)["ns"]) - (again - stopped)) <= MS
    assert between > 10
    assert (gap.pulses, body_of(gap)["after"]) == (counted, counted + between), (
        "what was counted inside stays"
    )


def test_a_power_cut_before_a_boot_that_died_without_a_clock_is_declared_all_the_same(
    tmp_path: Path,
) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    house.start()
    house.play(100)
    house.stop()
    stopped, counted = house.clock.now_ns(), house.true_pulses(0, house.clock.now_ns())
    house.reboot(wall_ns=0)
    house.play(60)
    house.start()
    first = house.clock.now_ns()
    house.play(130)
    house.kill()
    house.play(20)
    house.start()
    house.clock.synchronise()
    house.play(5)
    cut, kill = sorted(house.rows("gap"), key=lambda row: row.at or 0)
    assert (body_of(cut)["reason"], body_of(kill)["reason"]) == ("stopped", "killed")
    assert (cut.at, cut.pulses, body_of(cut)["after"]) == (house.wall_ms(stopped), counted, counted)
    assert abs(int(body_of(cut)["ns"]) - (first - stopped)) <= MS
    for _ in range(2):  # a restart does not declare it again
        house.kill()
        house.start()
        house.play(5)
    assert [body_of(row)["reason"] for row in house.rows("gap")].count("stopped") == 1


@pytest.mark.parametrize("at_risk", [1, 5, 20])
def test_a_power_cut_may_have_cost_what_the_settings_of_either_run_leave_unsaved(
    tmp_path: Path, at_risk: int
) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    before = house.start().recorder.meters[0].unsaved
    house.play(100)
    house.reboot()
    changed = msgspec.structs.replace(house.settings.ledger, at_risk_wh=Decimal(at_risk))
    house.settings = msgspec.structs.replace(house.settings, ledger=changed)
    after = house.start().recorder.meters[0].unsaved
    house.clock.synchronise()
    house.play(5)
    (gap,) = house.rows("gap")
    assert (after > before, after < before) == (at_risk > 5, at_risk < 5)
    assert body_of(gap)["unsaved"] == max(before, after)


def test_a_pulse_lit_while_the_daemon_dies_is_not_counted_twice(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), [SECOND, 60 * SECOND])
    house.start()
    house.play(1.01)
    assert house.lit
    house.stop()
    house.start()
    house.play(30)
    station = house.station
    assert station is not None
    state = station.recorder.meters[0]
    assert state.counter.pulses + state.doubt() == 1


class Story:
    """A random life of a house, checked against the truth after every step."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        meter = ", digits: 6, decimals: 1"
        self.house = House(settings_of(folder, meter=meter), household(seed), synchronised=True)
        self.start_kwh = Fraction(self.chance.randint(0, 99_000), 7)
        self.lives: list[tuple[int, int]] = []
        self.began = 0

    def step(self) -> None:
        house, chance = self.house, self.chance
        what = chance.choice(["play", "play", "kill", "stop", "reboot", "unplug", "clock", "dial"])
        if what == "dial" and house.station is not None and house.clock.synchronised():
            house.read_dial(self.start_kwh)
        elif what == "clock" and not house.clock.synchronised():
            house.clock.synchronise()
        elif house.station is not None and what in {"kill", "stop", "reboot", "unplug"}:
            if what == "stop":
                house.stop()
            elif what == "kill":
                house.kill()
            else:
                house.reboot(wall_ns=chance.choice([0, None, 1_700_000_000 * SECOND]))
        elif house.station is None:
            house.play(chance.choice([0, 0.02, 3, 400, 4000]))
            house.start()
        house.play(chance.choice([0.01, 0.5, 30, 90, 700]))

    def finish(self) -> None:
        if self.house.station is None:
            self.house.start()
        self.house.clock.synchronise()
        self.house.play(70)
        self.house.stop()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1_000_000), st.integers(3, 14))
@example(55, 11)  # a gap dated a millisecond before the piece it ends
def test_every_true_pulse_is_counted_or_inside_a_declared_gap(seed: int, steps: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = Story(Path(folder), seed)
        house = story.house
        house.start()
        for _ in range(steps):
            story.step()
        story.finish()

        # The count never falls and no entry comes twice.
        rows = house.ledger.rows(limit=100_000)
        pulses = [row.pulses for row in rows if row.kind == "tick"]
        assert pulses == sorted(pulses, key=lambda p: p or 0)
        assert len({(r.kind, r.meter, r.at) for r in rows}) == len(rows)

        # Outside the gaps every true flash is counted, to within what the daemon says is in doubt.
        gaps = house.gaps()
        ticks = house.rows("tick")
        doubt = ticks[-1].doubt
        covered = [at for at in house.emitted if any(a - MS <= at <= b + MS for a, b in gaps)]
        outside = len(house.emitted) - len(covered)
        counted = ticks[-1].pulses or 0
        inside_counted = sum(int(body_of(r)["after"]) - (r.pulses or 0) for r in house.rows("gap"))
        assert outside - doubt <= counted <= len(house.emitted)
        assert counted - inside_counted <= outside + doubt + len(gaps), "none is counted twice"

        # What is missing fits the gaps' own upper bound.
        most = sum(math.ceil(Fraction(body_of(r)["high"]) * 1600) for r in house.rows("gap"))
        assert len(house.emitted) - counted <= most + doubt

        # The bounds hold the truth, now and at every anchored instant.
        if house.rows("dial"):
            view = house.view()
            for tick in ticks:
                register = view.at(tick.at or 0)
                if register is None:
                    continue
                true = story.start_kwh + Fraction(house.true_pulses(0, house.world(tick.at or 0)), 1600)
                # The truth is known to a pulse, times to a millisecond.
                slack = Fraction(2, 1600)
                assert Fraction(register.low) - slack <= true <= Fraction(register.high) + slack


def test_a_dial_row_is_what_the_register_reads(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(3000))
    house.start()
    house.play(65)
    body = {"reading": "123.4", "low": "123.4", "high": "123.5", "within_ms": 0}
    house.ledger.append([NewRow("dial", "main", at=house.wall_ms(MINUTE), body=body)])
    register = house.view().at(house.wall_ms(MINUTE))
    assert register is not None
    assert Fraction(register.low) <= Fraction("123.4") < Fraction(register.high)
    assert Fraction(register.high) - Fraction(register.low) <= Fraction("0.1") + Fraction(2, 1600)


@pytest.mark.parametrize("off", [1800, -1800])
def test_a_save_after_a_step_of_the_clock_has_the_time_of_the_clock_then(tmp_path: Path, off: int) -> None:
    """Within a minute of counting the clock steps; the save comes after it, then SIGKILL."""
    house = House(settings_of(tmp_path), steady(3000))
    house.start()
    house.play(601)
    house.clock.step_wall(off * SECOND)
    house.play(45)
    (step,) = [row for row, noted in notes(house.ledger, "", ClockNoted) if noted.step_ms]
    last = house.ledger.last_tick("main")
    save = house.ledger.saves()["main"]
    assert last is not None
    assert (last.mono or 0) < (step.mono or 0) < save.mono, "the step lies between tick and save"
    house.kill()
    house.play(5)
    house.start()
    (recovered,) = [row for row in house.rows("tick") if row.mono == save.mono]
    assert recovered.at is not None
    assert abs(recovered.at - (save.mono + house.clock.wall_ns() - house.clock.monotonic_ns()) // MS) <= 1
