"""What a restored count means: what was counted after the backup is a gap up to the next start."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from sodien.ledger.store import Row
from sodien.ledger.verify import verify_file
from tests.firmware.house import HOUR, MINUTE, SECOND, House, household, settings_of, steady
from tests.support.rows import body_of

MS = 1_000_000
#: The meter's register when the world begins.
REGISTER = Fraction(12_345)


def restored_gap(house: House) -> Row:
    (gap,) = (row for row in house.rows("gap") if body_of(row)["reason"] == "restored")
    return gap


@pytest.mark.parametrize("reboots", [False, True], ids=["same boot", "another boot"])
@pytest.mark.parametrize("stopped", [False, True], ids=["running", "after a clean stop"])
def test_the_gap_runs_from_the_backups_last_count_to_the_start(
    tmp_path: Path, reboots: bool, stopped: bool
) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    house.start()
    house.play(333)
    if stopped:
        house.stop()
    file = house.back_up()
    save = house.ledger.saves()["main"]
    saved_at = house.clock.now_ns() - (house.clock.monotonic_ns() - save.mono)
    if stopped:
        house.play(40)
        house.start()
    house.play(3 * 3600)
    house.stop()
    house.restore(file)
    if reboots:
        house.reboot(wall_ns=1_600_000_000 * SECOND)
    house.play(60)
    again = house.clock.now_ns()
    house.start()
    house.play(30)
    if reboots:
        assert house.rows("gap") == [], "its length is not known before the clock is"
        house.clock.synchronise()
        house.play(5)
    gap = restored_gap(house)
    assert abs((gap.at or 0) - house.wall_ms(saved_at)) <= 1
    assert abs(int(body_of(gap)["ns"]) - (again - saved_at)) <= MS
    assert gap.pulses == body_of(gap)["after"] == save.pulses == house.true_pulses(0, saved_at)
    assert Fraction(body_of(gap)["high"]) >= Fraction(88, 10) * Fraction(again - saved_at, HOUR)
    assert len(house.rows("gap")) == 1
    house.play(600)
    house.stop()
    report = verify_file(house.ledger.path).report
    assert (report.faults, report.unsealed) == ([], 1)
    house.start()
    house.play(5)
    assert [body_of(row)["reason"] for row in house.rows("gap")] == ["restored", "stopped"], "once"


def test_bounds_hold_the_truth_across_a_restore_and_a_reading_closes_the_gap(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path, meter=", digits: 6, decimals: 1"), household(4))
    house.start()
    house.play(600)
    house.read_dial(REGISTER)
    house.play(600)
    file = house.back_up()
    house.play(7200)
    house.stop()
    house.restore(file)
    house.play(300)
    house.start()
    house.play(600)
    wide = house.view()
    now = house.wall_ms(house.clock.now_ns()) - 1000
    middle = house.wall_ms(1500 * SECOND)
    for reading in (False, True):
        if reading:
            house.read_dial(REGISTER)
        view = house.view()
        for at in (house.wall_ms(700 * SECOND), middle, now):
            found = view.at(at)
            assert found is not None
            true = house.register(REGISTER, house.world(at))
            slack = Fraction(2, 1600)
            assert Fraction(found.low) - slack <= true <= Fraction(found.high) + slack
        assert view.findings() == []
    before, after = wide.at(now), house.view().at(now)
    assert before is not None
    assert after is not None
    assert before.high - before.low > 15
    assert after.high - after.low < Fraction(3, 10)


def test_a_restore_of_a_ledger_that_never_counted_declares_nothing(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(500))
    file = house.back_up()
    house.start()
    house.play(300)
    house.stop()
    house.restore(file)
    house.start()
    house.play(70)
    assert house.rows("gap") == []
    assert house.ticks()[-1][0] >= house.wall_ms(MINUTE)


def test_the_gap_after_a_salvage_says_that_the_ledger_was_damaged(tmp_path: Path) -> None:
    from sodien.ledger.opening import open_or_salvage

    house = House(settings_of(tmp_path), steady(2000))
    house.start()
    house.play(4 * 3600)
    house.kill()
    house.ledger.close()
    path = house.settings.ledger.path
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 3000] = bytes(3000)
    path.write_bytes(data)
    house.ledger, salvage = open_or_salvage(path, "x", durable=False)
    assert salvage is not None
    house.play(60)
    house.start()
    house.play(120)
    # What the lost rows may have hidden, and the time since the last count.
    gaps = house.rows("gap")
    assert [body_of(row)["reason"] for row in gaps] == ["damaged", "damaged"]
    assert gaps[-1].at is not None
    assert gaps[-1].at > (gaps[0].at or 0)
    assert verify_file(path).report.faults == []


def test_boots_without_a_clock_after_a_restore_do_not_make_it_a_power_cut(tmp_path: Path) -> None:
    """With 'supply: metered' a power cut would be taken for proof that nothing flowed."""
    house = House(settings_of(tmp_path, meter=", supply: metered"), steady(2000))
    house.start()
    house.play(333)
    file = house.back_up()
    save = house.ledger.saves()["main"]
    saved_at = house.clock.now_ns() - (house.clock.monotonic_ns() - save.mono)
    house.play(3 * 3600)
    house.stop()
    house.restore(file)
    for _ in range(2):
        house.reboot(wall_ns=0)
        house.play(30)
        house.start()
        house.play(90)
    house.clock.synchronise()
    house.play(60)
    gap = restored_gap(house)
    assert abs((gap.at or 0) - house.wall_ms(saved_at)) <= 1
    (known,) = house.view().gaps
    assert not known.supply_out
    assert not known.outage.can_be_supply_out
    blind = known.blind()
    lost = house.true_pulses(saved_at, house.world(known.end))
    assert blind.low * 1600 <= lost <= (blind.high or 0) * 1600
