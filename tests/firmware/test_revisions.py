"""Rows that a wrong clock has closed: what they say is put right by new entries, when their time has come."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from firmware import daemon
from sodien.history.current import MeterLedger
from sodien.history.note_clock import note_clock
from sodien.history.revisions import Revisions
from sodien.history.wire_entries import WireEntries
from sodien.ledger.bodies import HourBody, SnapshotBody
from sodien.protocol.entries import CostEntry, HourEntry
from sodien.protocol.times import parse_time
from tests.firmware.house import DAY, HOUR, SECOND, settings_of, steady
from tests.support.clock_stories import START_KWH, Lived, closed_wrong, outside, play, published


@pytest.fixture(autouse=True)
def _nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon, "LIVE_NS", HOUR)
    monkeypatch.setattr(daemon, "LIVE_IDLE_NS", HOUR)


def house_at(folder: Path, text: str = "") -> Lived:
    """07:00 on the 24th; every day is a reading day's neighbour: the 25th is one."""
    house = Lived(settings_of(folder, text, ", reading_day: 25"), steady(60))
    house.start()
    house.play(60)
    house.read_dial(START_KWH)
    return house


def test_a_clock_that_ran_ahead_for_hours(tmp_path: Path) -> None:
    """Set 20 hours ahead by the network; after three hours it is put right, and half a day is lived twice."""
    house = house_at(tmp_path)
    house.play(4 * 3600)
    house.clock.step_wall(20 * HOUR)
    house.play(3 * 3600)
    ahead, costly = house.rows("hour"), house.rows("cost")
    now = house.wall_ms(house.clock.now_ns())
    assert [row for row in ahead if (row.at or 0) > now], "hours that had not come"
    house.clock.synchronise()
    house.play(26 * 3600)
    assert not closed_wrong(house)
    hours = [row.at for row in house.rows("hour")]
    assert len(hours) == len(set(hours))
    assert all((at or 0) % 3_600_000 == 0 for at in hours), "no hour twice under a time beside its own"
    revisions = Revisions(house.ledger, "main")
    costs = house.rows("cost")
    assert all((row.at or 0) % 3_600_000 == 0 for row in costs)
    assert len([row for row in costly if (row.at or 0) > now and revisions.of(row)]) >= 2
    render = WireEntries(house.settings, house.ledger)
    for row in costs:
        entry = render.entry(row)
        assert isinstance(entry, CostEntry)
        true = Fraction(house.true_pulses(0, house.world(row.at or 0)), 1600)
        assert entry.kwh.low - 1 <= true <= entry.kwh.high + 1, "billed are whole kWh"
        assert (entry.then is None) == (entry.revised is None) == (revisions.of(row) is None)
    revised = [row for row in ahead if revisions.of(row)]
    assert len([row for row in revised if (row.at or 0) > now]) >= 12
    for row in revised:
        now_ = revisions.now(row).read(HourBody)
        entry = published(house)["hour", WireEntries(house.settings, house.ledger).entry(row).at]
        assert isinstance(entry, HourEntry)
        assert entry.then is not None
        assert entry.revised is not None
        assert entry.energy == now_.energy
    written = len(house.rows("revision"))
    house.stop()
    house.start()
    house.play(2 * 3600)
    assert len(house.rows("revision")) == written, "what is right is not written again"


def test_a_boot_that_a_person_calls_wrong(tmp_path: Path) -> None:
    """Two hours with a clock that nobody checks, 45 hours ahead: a reading day was closed by it."""
    house = house_at(tmp_path, "clock: trust\n")
    house.play(1800)
    house.kill()
    house.play(60)
    house.clock.reboot(wall_ns=house.clock.true_wall_ns() + 45 * HOUR, synchronised=True)
    house.start()
    house.play(2 * 3600)
    house.kill()
    house.play(60)
    (closed,) = house.rows("snapshot")
    house.clock.reboot(wall_ns=house.clock.true_wall_ns(), synchronised=True)
    house.start()
    house.play(600)
    where = MeterLedger(house.settings, house.ledger, house.settings.meters[0])
    note_clock(where, 2, "wrong", now=house.clock.wall_ns() // 1_000_000)
    house.play((DAY + 20 * HOUR) // SECOND)
    assert not closed_wrong(house)
    revisions = Revisions(house.ledger, "main")
    assert revisions.of(closed) is not None
    then, now = closed.read(SnapshotBody), revisions.now(closed).read(SnapshotBody)
    assert now.end.register is not None
    assert now.end.register.high - now.end.register.low < 3
    assert msgspec.structs.replace(then, day=now.day) != now


def test_a_boot_that_was_weeks_ahead_blinds_nothing(tmp_path: Path) -> None:
    """Ten minutes forty days ahead, by a clock that nobody checks; what comes after it goes on."""
    house = house_at(tmp_path, "clock: trust\n")
    house.play(3600)
    house.kill()
    house.play(120)
    house.clock.reboot(wall_ns=house.clock.true_wall_ns() + 40 * DAY, synchronised=True)
    house.start()
    house.play(600)
    house.kill()
    house.play(100)
    house.clock.reboot(wall_ns=house.clock.true_wall_ns(), synchronised=True)
    house.start()
    house.play(20 * 3600)
    now = house.wall_ms(house.clock.now_ns())
    assert len(house.rows("hour")) >= 20
    assert len(house.rows("day")) == 1
    assert not closed_wrong(house)
    view = house.view()
    assert abs((view.end or 0) - now) < 60_000
    assert len(view.clock_findings()) == 1


@pytest.mark.parametrize(
    ("seed", "text"),
    [
        (
            1,
            "dial @513, step -3600 @1185, step 0 @5185, step -3600 @6458, step 0 @6758, cut @8856, "
            "boot 0 @8916, start @8926, sync 0 @8930",
        ),
        (
            1054,
            "now @2293, step 3000 @3018, step 0 @7018, backup @8278, cut @10001, restore @10002, "
            "boot -9000 @10062, start @10091, sleep 2030 @10291, sync 0 @13883, now @14294",
        ),
    ],
)
def test_a_boot_that_may_lie_elsewhere_than_its_clock_said(tmp_path: Path, seed: int, text: str) -> None:
    """Put right too short a time before the power went: which clock was right, nobody can tell.

    In the second story the count of an hour stays the same, and what it may have held does not.
    """
    house = play(tmp_path, f"start @0, {text}", seed=seed, tail=7200)
    assert not closed_wrong(house)
    assert house.rows("revision")


def test_what_several_clocks_had_closed_is_put_right_at_once(tmp_path: Path) -> None:
    """Several boots closed hours by wrong clocks; when the last one's clock is right, all are looked at."""
    text = (
        "start @0, dial @383, sleep 2429 @1877, cut @5144, boot -9000 @5204, start @5214, sync "
        "-9000 @5742, step 0 @6342, step 3000 @8275, sleep 1124 @8275, step 0 @11315, kill @12792, "
        "start @13192, cut @13310, boot -50 @13320, start @13341, sync 197 @14099, wrong @14139, "
        "step 0 @14739, kill @16234, start @16634, step -6 @18183, step 0 @22183, cut @23627, boot "
        "-9000 @23637, start @23655, sleep 94 @23855, sync -197 @26891, step 0 @30891, sleep 2292 "
        "@33021, dial @35673, backup @35772, cut @35902, boot -9000 @35962, start @35972, kill "
        "@36023, start @36025, sync -9000 @36810, step 0 @36860, now @37022"
    )
    house = play(tmp_path, text, seed=1077, tail=11_700)
    assert not closed_wrong(house, 60_000)


@pytest.mark.parametrize("night", ["2026-10-24T22:00:00.000Z", "2027-03-27T23:00:00.000Z"])
@pytest.mark.parametrize("off", [3600, -3600])
def test_a_clock_that_is_an_hour_wrong_in_the_night_in_which_clocks_change(
    tmp_path: Path, night: str, off: int
) -> None:
    """From midnight on, in Berlin: set wrong, put right; and the same after a power cut."""
    text = (
        f"start @0, dial @60, step {off} @1800, step 0 @6500, cut @11000, boot {-off} @11060, start @11080, "
    )
    text += f"sync {off} @11100, step 0 @13000, dial @20000"
    house = play(
        tmp_path, text, seed=3, tail=10_000, wall=parse_time(night) * 1_000_000, zone="Europe/Berlin"
    )
    assert not outside(house)
    assert not closed_wrong(house)
    hours = [row.at or 0 for row in house.rows("hour")]
    assert sorted(hours) == list(range(min(hours), max(hours) + 1, 3_600_000)), "each once"


def test_a_clock_that_was_always_right_revises_nothing(tmp_path: Path) -> None:
    house = house_at(tmp_path)
    house.play(3600)
    house.kill()
    house.play(600)
    house.clock.reboot(wall_ns=house.clock.true_wall_ns() - 3 * HOUR)
    house.start()
    house.play(60)
    house.clock.synchronise()
    house.play(20 * 3600)
    house.read_dial(START_KWH)
    house.play(2 * 3600)
    assert not house.rows("revision")
    assert not closed_wrong(house)
