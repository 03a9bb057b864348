"""Clocks that were wrong: whatever they did, the truth stays inside; see `tests.support.clock_stories`."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec import structs

from sodien import formats
from sodien.errors import SodienError
from sodien.history.current import MeterLedger
from sodien.history.note_meter import note_constant, note_replacement
from sodien.history.note_reading import correct_reading, note_reading
from sodien.ledger.store import NewRow, Row
from tests.firmware.house import SECOND, settings_of
from tests.support.clock_stories import (
    EVERY_S,
    SLACK,
    START_KWH,
    Lived,
    events,
    load,
    outside,
    play,
    replacement,
    shown,
    story,
)


def case(name: str, text: str, *, trust: bool = False, seed: int = 1) -> object:
    """A named line; ``trust``: with ``clock: trust`` the clock counts as right whatever it says."""
    return pytest.param(text, trust, seed, id=name)


WOKEN_EARLY = "start @0, dial @60, cut @3600, boot -9000 @10800, start @10820"
CASES = [
    case("woken before its last row", WOKEN_EARLY, trust=True),
    case(
        "the same with a boot between that never knew the time",
        "start @0, dial @60, cut @1800, boot -7200 @1860, start @1880, cut @2400, boot -7200 @2460, "
        "start @2470, sync -7200 @2480",
    ),
    case(
        "a boot that never knew the time, then a right clock",
        "start @0, dial @60, cut @1800, boot -7200 @1860, start @1880, cut @2400, boot -7200 @2460, "
        "start @2470, sync @2480",
    ),
    case(
        "a killed run's save written by the next run",
        "start @0, step -396 @45, kill @8000, step 0 @8001, start @8010",
        seed=3,
    ),
    *(
        case(
            f"woken late, killed, set wrong by {off} and put right",
            "start @0, dial @1100, cut @2000, boot -50 @2060, start @2080, kill @5000, start @5004, "
            f"sync {off} @5300, step 0 @7500",
        )
        for off in (197, -197)
    ),
    case(
        "two runs before the clock was set wrong and put right",
        "start @0, dial @500, cut @1120, boot -3000 @1209, start @1231, kill @2720, start @2721, "
        "sync -168 @4175, step 0 @5046",
    ),
]
CASES += [
    case("a machine that sleeps", "start @0, dial @60, sleep 3000 @1000, dial @9000, sleep 20 @9500"),
    case(
        "it sleeps before its clock is set, and again",
        "start @0, dial @60, cut @1200, boot -50 @1300, start @1320, sleep 2000 @1600, sync @4000, "
        "now @4500, sleep 500 @5000, kill @6000, start @6003",
    ),
    case("it wakes with a wrong clock", "start @0, dial @60, sleep 900 @1000, step 700 @1901, step 0 @4000"),
    case(
        "it sleeps twice while its clock is wrong, and that is put right after",
        "start @0, kill @147, start @296, step 5000 @914, sleep 866 @1242, sleep 628 @2347, step 0 @3414, "
        "step 3 @4321, now @4849, step 5000 @5631, step 0 @5739",
    ),
    case(
        "it was set wrong, slept, and was put right",
        "start @0, dial @217, cut @400, boot 7200 @1024, start @1044, sync 120 @1249, dial @1449, "
        "sleep 377 @1644, step 0 @2142",
    ),
    case(
        "set right while it slept",
        "start @0, dial @60, cut @400, boot 120 @500, start @520, sync 120 @530, sleep 900 @1000, "
        "step 0 @1900",
        seed=3,
    ),
    case(
        "set wrong while it slept, and right long after",
        "start @0, sleep 700 @900, step -300 @1600, now @2000, step 0 @9000",
    ),
    case(
        "set while it slept twice, and before it was ever known",
        "start @0, dial @60, cut @400, boot 120 @500, start @520, sleep 300 @700, sleep 40 @1100, "
        "sync -90 @1300, sleep 600 @1500, step 0 @2100",
    ),
    case(
        "set wrong before a sleep and cut after it",
        "start @0, dial @60, step -600 @900, sleep 300 @1000, cut @2000, boot 0 @2060, start @2070",
    ),
]


@pytest.mark.parametrize(("text", "trust", "seed"), CASES)
def test_the_truth_stays_inside(tmp_path: Path, text: str, trust: bool, seed: int) -> None:
    found = outside(play(tmp_path, text, trust=trust, seed=seed))
    assert not found, f"{len(found)} outside: {found[:3]}"


def test_a_cut_that_no_clock_fits_is_told_and_not_taken_for_counted(tmp_path: Path) -> None:
    """Two hours without counting, of which the clocks say that they never were."""
    house = play(tmp_path, WOKEN_EARLY, trust=True)
    view = house.view()
    found = view.coverage(house.wall_ms(0), house.wall_ms(house.clock.now_ns()))
    assert found.counted <= 4_300_000, "counted for 3600 s before the cut and 600 s after it"
    assert view.findings()


@pytest.mark.parametrize(
    "off",
    [-3600, -600, -61, -6, 5, 20, 61],
)
def test_no_tick_holds_pulses_that_came_after_it(tmp_path: Path, off: int) -> None:
    """The clock steps while pulses come, and back again."""
    house = play(tmp_path, f"start @0, dial @60, step {off} @700, step 0 @1900")
    house.write_held()
    begun = house.clock.now_ns() - house.clock.monotonic_ns()
    early = [
        (row.mono, row.pulses, true)
        for row in house.ledger.of_kind("tick", "main")
        if row.mono is not None and (true := house.true_pulses(0, row.mono + begun + 1)) < (row.pulses or 0)
    ]
    assert not early
    assert not outside(house)


LATE_NS = 5400 * SECOND


@pytest.mark.parametrize("how", ["never put right", "put right", "typed afterwards"])
def test_settings_dated_by_a_wrong_clock_leave_the_old_meter_its_constant(tmp_path: Path, how: str) -> None:
    """Another meter is hung up; the settings follow, noted by a clock that is an hour and a half late."""
    house = Lived(settings_of(tmp_path, "clock: trust\n"), load(1))
    house.start()
    house.play(3600)
    house.read_dial(START_KWH)
    house.play(1)
    house.kill()
    changed = house.clock.now_ns()
    entry = replacement(house.wall_ms(changed), house.register(START_KWH), Fraction(7))
    if how != "typed afterwards":
        house.ledger.append([entry])
    house.play(20)
    house.clock.reboot(wall_ns=house.clock.true_wall_ns() - LATE_NS, synchronised=True)
    meter = structs.replace(house.settings.meters[0], constant=Decimal(800), digits=6)
    house.settings = structs.replace(house.settings, meters=(meter,))
    house.start()
    house.play(900)
    if how != "never put right":
        house.clock.synchronise()
        house.play(60)
    if how == "typed afterwards":
        house.ledger.append([entry])
    house.play(300)
    house.write_held()
    view = house.view()
    old, new = view.installations
    assert (old.digits, new.digits) == (5, 6)
    assert {one.constant for one in old.constants} == {1600}
    assert {one.constant for one in new.constants} == {800}
    for world in range(0, house.clock.now_ns(), EVERY_S * SECOND):
        if abs(world - changed) <= 2 * SECOND:
            continue
        found = view.at(house.wall_ms(world))
        true = START_KWH + Fraction(house.true_pulses(0, world), 1600)
        if world > changed:
            true = 7 + Fraction(house.true_pulses(changed, world), 800)
        assert found is not None
        assert Fraction(found.low) - SLACK <= true <= Fraction(found.high) + 2 * SLACK, world // SECOND


@pytest.mark.parametrize(
    "initial", [Fraction(7), START_KWH + 3], ids=["another register", "a register alike"]
)
@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (1850, 1820),
        (1850, 1700),
        (1750, 1780),
        (1750, 1900),
    ],
)
def test_a_reading_within_a_replacements_window_may_be_of_either_meter(
    tmp_path: Path, typed: int, read: int, initial: Fraction
) -> None:
    """A meter was replaced at 1800 s; whoever notes it knows that to five minutes, and is 50 s off."""
    changed = 1800 * SECOND
    house = Lived(settings_of(tmp_path), load(2))
    house.start()
    house.play(3600)
    house.write_held()
    last = house.register(START_KWH, changed)

    def true(world: int) -> Fraction:
        new = initial + Fraction(house.true_pulses(changed, world), 1600)
        return house.register(START_KWH, world) if world < changed else new

    def dial(second: int) -> NewRow:
        body = shown(true(second * SECOND)) | {"within_ms": 1000}
        return NewRow("dial", "main", at=house.wall_ms(second * SECOND), body=body)

    at = house.wall_ms(typed * SECOND)
    noted = replacement(at, last, initial, constant="1600", digits=5, within_ms=300_000)
    house.ledger.append([dial(60), noted, dial(read)])
    view = house.view()
    assert not view.findings()
    end = house.clock.now_ns() - SECOND
    sure = [world for world in range(0, end, EVERY_S * SECOND) if abs(world - typed * SECOND) > 301 * SECOND]
    for world in sure:
        found = view.at(house.wall_ms(world))
        assert found is not None
        assert Fraction(found.low) - SLACK <= true(world) <= Fraction(found.high) + SLACK, world // SECOND
    for a, b in zip(sure, reversed(sure), strict=True):
        if a < b:
            used = view.energy(house.wall_ms(a), house.wall_ms(b))
            spent = Fraction(house.true_pulses(a, b), 1600)
            assert Fraction(used.low) - SLACK <= spent <= Fraction(used.high) + SLACK, (a, b)


AHEAD_S = 40 * 86_400
FROM_THE_FUTURE = (
    "start @0, dial @60, cut @1200, boot {0} @1300, start @1320, sync {0} @1325, cut @1920, boot 0 @2000, "
    "start @2020, sync @2030"
)


@pytest.mark.parametrize("trust", [False, True])
def test_a_boot_far_ahead_closes_nothing_and_hides_nothing(tmp_path: Path, trust: bool) -> None:
    """Ten minutes with a clock that is 40 days ahead and counts as right."""
    house = play(tmp_path, FROM_THE_FUTURE.format(AHEAD_S), trust=trust, tail=7200)
    now = house.wall_ms(house.clock.now_ns())
    assert len(house.rows("hour")) <= 8
    assert not [
        row for kind in ("hour", "day", "snapshot") for row in house.rows(kind) if (row.at or 0) > now
    ]
    assert not outside(house)
    found = house.view().at(now)
    assert found is not None
    if not trust:  # else nobody knows which of the two was right before a person says so
        blind = house.settings.meters[0].p_max_kw * 920 / 3600  # 1200 to 2020 s, and a margin
        assert Fraction(found.high - found.low) <= blind + Fraction(1, 10)


@pytest.mark.parametrize(
    "text",
    [
        "start @0, dial @60, stop @900, start @1000, kill @2000, start @2003, cut @3000, boot 0 @3100, "
        "start @3120, sync @3180, dial @3600",
        "start @0, dial @60, cut @2000, boot -50 @2060, start @2080, kill @5000, start @5004, "
        "sync 197 @5300, step 0 @7500",
    ],
)
def test_dates_are_names_and_nothing_else(tmp_path: Path, text: str) -> None:
    """The daemon's rows trade their dates, within meter and kind: every answer stays."""
    house = play(tmp_path, text)
    house.write_held()
    before, end = answers(house), house.clock.now_ns()
    chance = random.Random(2)
    names = house.ledger._all(
        "SELECT DISTINCT meter, kind FROM entry WHERE run IS NOT NULL AND at IS NOT NULL"
    )
    for meter, kind in names:
        which = "meter = ? AND kind = ? AND run IS NOT NULL AND at IS NOT NULL"
        rows = house.ledger._all(f"SELECT seq, at FROM entry WHERE {which} ORDER BY seq", meter, kind)
        dates = [at for _, at in rows]
        chance.shuffle(dates)
        house.ledger._db.execute(f"UPDATE entry SET at = -seq WHERE {which}", (meter, kind))
        house.ledger._db.executemany(
            "UPDATE entry SET at = ? WHERE seq = ?",
            [(at, seq) for (seq, _), at in zip(rows, dates, strict=True)],
        )
    assert answers(house) == before
    assert house.clock.now_ns() == end


def answers(house: Lived) -> list[object]:
    """What a view says: registers, energies, gaps."""
    view = house.view()
    times = [house.wall_ms(world) for world in range(0, house.clock.now_ns(), 97 * SECOND)]
    energies = [view.energy(a, b) for a, b in pairwise(times)]
    gaps = [(gap.start, gap.end, gap.reason, gap.outage) for gap in view.gaps]
    return [[view.at(at) for at in times], energies, gaps, view.pieces]


@pytest.mark.parametrize("seed", range(100, 106))
def test_random_stories_of_clocks(tmp_path: Path, seed: int) -> None:
    text, trust, tail = story(seed)
    found = outside(play(tmp_path, text, seed=seed, trust=trust, tail=tail))
    assert not found, f"{len(found)} outside: {found[:3]} in: {text}"


NOTED = [
    "start @0, dial @60, cut @1200, boot -3000 @1300, start @1320, sync -900 @1400, now @2000, step 0 @3000",
    "start @0, dial @60, cut @1200, boot -3000 @1300, start @1320, sync 900 @1400, now @2000, step 0 @3000, "
    "cut @3600, boot 0 @3700, start @3720",
    "start @0, dial @60, cut @1200, boot -3000 @1300, start @1320, now @2000, cut @2600, boot 0 @2700, "
    "start @2720, sync @2730",
    "start @0, now @60, sync 700 @100, kill @900, now @1000, start @1100, step 0 @1200, now @3000, "
    "step 50 @4000",
]


@pytest.mark.parametrize("text", NOTED)
def test_what_is_typed_for_now_stands_in_its_boot(tmp_path: Path, text: str) -> None:
    """Typed while the clock was wrong, and when nothing ran or nobody knew the time."""
    house = play(tmp_path, text)
    assert not outside(house)
    view = house.view()
    assert not view.findings()
    typed = [one for one in view.readings if one.row.mono is not None]
    assert len(typed) == text.count("now")
    for reading, event in zip(typed, [one for one in events(text) if one.what == "now"], strict=True):
        world = house.world(reading.at)
        assert abs(world - event.at * SECOND) <= reading.within * 1_000_000 + SECOND
    (known,) = {one.stands is not None for one in typed}
    assert known


def test_a_corrected_reading_stays_in_its_boot(tmp_path: Path) -> None:
    house = play(tmp_path, "start @0, sync 900 @10, now @700")
    where = MeterLedger(house.settings, house.ledger, house.settings.meters[0], house.clock)
    (reading,) = house.view().readings
    assert isinstance(reading.row, Row)
    correct_reading(where, reading.row.seq, "1234.1", now=house.clock.wall_ns() // 10**6)
    house.clock.synchronise()
    house.play(4000)
    (reading,) = house.view().readings
    assert reading.corrected
    assert abs(house.world(reading.at) - 700 * SECOND) <= 2 * SECOND


@pytest.mark.parametrize("running", [True, False])
@pytest.mark.parametrize(
    ("text", "trust"),
    [
        ("start @0, dial @60, cut @7200, boot -5000 @7260, start @7280", False),
        ("start @0, dial @60, cut @7200, boot -5000 @7260, start @7280", True),
        ("start @0, dial @60, cut @7200, boot 0 @7260, start @7280, sync -600 @7290, wrong @7400", False),
    ],
)
def test_now_is_no_time_where_nobody_knows_when_that_is(
    tmp_path: Path, text: str, trust: bool, running: bool
) -> None:
    """By a clock that was never set, or that cannot be right: whoever knows the time better may say it."""
    house = play(tmp_path, text, trust=trust)
    if not running:
        house.stop()
    where = MeterLedger(house.settings, house.ledger, house.settings.meters[0], house.clock)
    told, now = house.wall_ms(house.clock.now_ns()), house.clock.wall_ns() // 10**6
    seq = house.ledger.newest_seq()
    with pytest.raises(SodienError, match="does not know the time"):
        note_replacement(where, now=now, at=None, old_final="1236.0", new_initial="7.0")
    with pytest.raises(SodienError, match="does not know the time"):
        note_reading(where, "1236.0", now=now)
    assert house.ledger.newest_seq() == seq
    note_reading(where, "1236.0", now=now, at=told)


@pytest.mark.parametrize("off", [-1500, 1500])
def test_a_replacement_typed_for_now_stands_in_its_boot(tmp_path: Path, off: int) -> None:
    """Another meter, and later its constant, typed while the clock is wrong; then it is put right."""
    house = play(tmp_path, f"start @0, dial @60, step {off} @600", tail=1200)
    where = MeterLedger(house.settings, house.ledger, house.settings.meters[0], house.clock)
    house.write_held()
    wall = house.clock.wall_ns() // 10**6
    changed = house.clock.now_ns()
    old = f"{int(house.register(START_KWH) * 10) / 10}"
    note_replacement(where, now=wall, at=None, old_final=old, new_initial="7.0", within=1000)
    house.play(600)
    note_constant(where, Decimal(1600), now=house.clock.wall_ns() // 10**6, from_start=True)
    house.clock.synchronise()
    house.play(4000)
    view = house.view()
    (_, new) = view.installations
    assert new.start is not None
    assert abs(house.world(new.start) - changed) <= SECOND
    for world in range(0, house.clock.now_ns() - SECOND, EVERY_S * SECOND):
        found = view.at(house.wall_ms(world))
        true = house.register(START_KWH, world)
        if world > changed:
            true = 7 + Fraction(house.true_pulses(changed, world), 1600)
        assert found is not None
        if abs(world - changed) > 2 * SECOND:
            assert Fraction(found.low) - SLACK <= true, world // SECOND
            assert true <= Fraction(found.high) + Fraction(1, 10) + SLACK, world // SECOND


def test_a_sleep_is_no_power_cut(tmp_path: Path) -> None:
    """Energy flowed while the machine slept, also where its power is that of the meter."""
    house = Lived(settings_of(tmp_path, "", ", supply: metered"), load(1))
    house.start()
    house.play(600)
    house.read_dial(START_KWH)
    house.sleep(3000)
    house.play(600)
    (gap,) = house.view().gaps
    assert (gap.reason, gap.supply_out) == ("stopped", False)
    assert abs(gap.outage.ns - 3000 * SECOND) < 40 * SECOND
    assert not outside(house)


def test_a_finding_names_the_reading_that_is_wrong_and_when_it_was_read(tmp_path: Path) -> None:
    """Mistyped on the Pi while its clock was 900 s ahead; another one of the same number is right."""
    house = play(tmp_path, "start @0, dial @60, sync 900 @1000, now @1500", tail=500)
    house.read_dial(START_KWH + 40, here=True)
    read_at, typed = house.clock.now_ns(), int(house.register(START_KWH + 40) * 10)
    house.clock.synchronise()
    house.play(4000)
    house.read_dial(START_KWH)
    (finding,) = house.view().dial_findings(house.settings.zone)
    assert f"{typed / 10} ({formats.instant(house.wall_ms(read_at), house.settings.zone)})" in finding


def test_what_is_in_doubt_is_counted_once(tmp_path: Path) -> None:
    """Every flash is refused, across a kill, a step, a boot that never knew the time, and cuts."""
    settings = settings_of(tmp_path, "", ", min_pulse_ms: 100")
    house = Lived(settings, load(1))
    house.start()
    house.play(700)
    house.kill()
    house.start()
    house.play(500)
    house.clock.step_wall(61 * SECOND)
    house.play(500)
    for known in (False, True):
        house.reboot(wall_ns=house.clock.true_wall_ns())
        house.play(40)
        house.start()
        house.play(300)
        if known:
            house.clock.synchronise()
        house.play(300)
    assert house.station is not None
    view, doubt = house.view(), house.station.recorder.meters[0].doubt()
    hidden = sum(boot.doubt for gap in view.gaps for boot in gap.outage.boots)
    assert hidden > 0
    for which in ("extra", "missing"):
        told = sum(getattr(doubt, which) for piece in view.pieces for doubt in piece.doubts)
        assert told + hidden == doubt
    house.read_dial(START_KWH)
    assert not outside(house)
