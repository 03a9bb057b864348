"""The recorder on a simulated clock: exact ticks, what a cut may cost, and a ledger that refuses."""

from __future__ import annotations

import logging
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from firmware.ledger_writer import HOLD_NS, ROWS_HOLD_NS
from firmware.simulation import load_profile as profile
from sodien.history.events import notes
from sodien.ledger.noted import ClockNoted
from sodien.ledger.store import Ledger, LedgerBusyError, NewRow
from sodien.settings.model import parse
from tests.firmware.house import HOUR, MINUTE, SECOND, House, household, settings_of, steady
from tests.support.rows import body_of


@pytest.mark.parametrize("seed", range(4))
def test_ticks_lie_on_wall_minutes_and_are_exact(tmp_path: Path, seed: int) -> None:
    house = House(settings_of(tmp_path), household(seed), wall=1_795_478_400 * SECOND + 17_123_456_789)
    house.start()
    house.play(1.5 * 3600)
    house.write_held()
    ticks = house.ticks()
    assert all(at % 60_000 == 0 for at, _ in ticks[1:]), "the first one marks the start"
    for at, pulses in ticks:
        assert pulses == house.true_pulses(0, house.world(at))
    assert len({at for at, _ in ticks}) == len(ticks)
    # A minute with a change has its tick.
    written = {at for at, _ in ticks}
    for flash in house.emitted:
        minute = (house.wall_ms(flash) // 60_000 + 1) * 60_000
        assert minute in written or house.world(minute) > house.clock.now_ns() - SECOND


def test_a_quiet_hour_writes_one_tick(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), [])
    house.start()
    house.play(2 * 3600 + 90)
    start = house.wall_ms(0)
    assert house.ticks() == [(start, 0), (start + 3_600_000, 0), (start + 7_200_000, 0)]


def test_the_first_new_pulse_of_a_tick_is_known(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), [90 * SECOND + 250, 100 * SECOND])
    house.start()
    house.play(130)
    house.write_held()
    tick = house.rows("tick")[-1]
    assert (tick.pulses, tick.first) == (2, 30_000)
    before = house.world(tick.at or 0) - (tick.first or 0) * 1_000_000
    assert before <= 90 * SECOND + 250


def test_an_edge_within_the_grace_still_counts_in_its_minute(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), [MINUTE - 5_000_000], delay=150_000_000)
    house.start()
    house.play(65)
    house.write_held()
    tick = house.rows("tick")[-1]
    assert tick.at == house.wall_ms(MINUTE)
    assert (tick.pulses, tick.doubt) == (1, 0)


def test_an_edge_after_the_grace_counts_once_and_is_in_doubt(tmp_path: Path) -> None:
    flashes = [30 * SECOND, 2 * MINUTE - 5_000_000]
    house = House(settings_of(tmp_path), flashes, delay=900_000_000)
    station = house.start()
    house.play(3 * 60 + 5)
    house.write_held()
    assert station.recorder.meters[0].counter.late == 1
    ticks = house.rows("tick")[1:]
    at_two, at_three = (next(t for t in ticks if t.at == house.wall_ms(n * MINUTE)) for n in (1, 3))
    assert (at_two.pulses, at_two.doubt) == (1, 0)
    assert (at_three.pulses, at_three.doubt) == (2, 1), "counted, and said to be in doubt"


@pytest.mark.parametrize("watts", [300, 3000, 8800])
def test_less_than_at_risk_wh_is_ever_unsaved(tmp_path: Path, watts: int) -> None:
    house = House(settings_of(tmp_path), steady(watts))
    house.start()
    worst = 0
    for _ in range(1500):
        house.play_until(house._next_edge())
        unsaved = len(house.emitted) - house.ledger.saves()["main"].pulses
        last = house.ledger.last_tick("main")
        assert last is not None
        worst = max(worst, min(unsaved, len(house.emitted) - (last.pulses or 0)))
    # A pulse begins with the world's knowledge and is counted min_pulse_ms later: 5 Wh are 8 pulses.
    assert 2 <= worst < 8


def test_a_busy_save_is_not_repeated_at_every_pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    house.start()
    writes = []
    real = Ledger.append
    monkeypatch.setattr(Ledger, "append", lambda self, *a, **k: (writes.append(1), real(self, *a, **k))[1])
    house.play(600)
    assert len(house.emitted) > 500
    assert len(writes) < len(house.emitted) / 5 + 12, "wear is a budget"


@pytest.mark.thorough
def test_a_day_of_ten_kwh_is_a_commit_every_two_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reaches the card goes by the number of commits; the lab measures the bytes (g)."""
    text = (
        f"device: d\nledger: {{path: {tmp_path}/ledger.db}}\n"
        "meters:\n  - {id: main, pin: 17, constant: 1600}\n"
    )
    house = House(parse(text, tmp_path / "sodien.yaml"), profile.pulses(profile.household(1), 1600))
    house.start()
    commits = []
    real = Ledger._transaction
    monkeypatch.setattr(Ledger, "_transaction", lambda self: (commits.append(1), real(self))[1])
    house.play(24 * 3600)
    assert 8 * 1600 < len(house.emitted) < 12 * 1600
    assert len(commits) < 24 * 31


def test_ticks_wait_for_company_and_are_all_there_within_seven_minutes(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(60))
    station = house.start()
    seen = []
    for _ in range(3600 // 10):
        house.play(10)
        ticks = house.ticks()
        seen.append(len(ticks))
        assert house.clock.monotonic_ns() - station.recorder.writer.on_disk_ns <= HOLD_NS + SECOND
        last = house.world(ticks[-1][0])
        assert all(pulses == house.true_pulses(0, house.world(at)) for at, pulses in ticks)
        assert house.clock.now_ns() - last <= ROWS_HOLD_NS + HOLD_NS + SECOND
        saved = max(house.ledger.saves()["main"].pulses, ticks[-1][1])
        assert saved >= house.true_pulses(0, house.clock.now_ns() - HOLD_NS - SECOND), "counts wait for less"
    steps = [b - a for a, b in pairwise(seen) if b > a]
    assert set(steps) <= {5, 6}
    assert abs(len(steps) - 3600 // 360) <= 1


def test_a_waiting_tick_is_written_though_nothing_more_comes(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), [90 * SECOND])
    house.start()
    house.play(3 * 60 + 5)
    assert house.ledger.saves()["main"].pulses == 1, "its count is saved before"
    assert len(house.ticks()) == 1
    house.play(3 * 60)
    assert house.ticks()[-1] == (house.wall_ms(2 * MINUTE), 1)


def test_what_another_boot_had_saved_does_not_hold_ticks_back(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(600))
    house.start()
    house.play(3630)  # long enough for an uptime that the next boot takes an hour to reach
    house.reboot()
    house.play(30)
    station = house.start()
    assert len([row for row in house.rows("tick") if row.run == 1]) > 61, "the count that was saved"
    assert station.recorder.writer.on_disk_ns <= house.clock.monotonic_ns()
    for _ in range(60):
        house.play(10)
        held = [row.mono or 0 for row in station.recorder.writer._rows]
        assert all(house.clock.monotonic_ns() - mono <= ROWS_HOLD_NS + HOLD_NS + SECOND for mono in held)


def test_what_is_at_risk_is_saved_alone_and_ticks_go_on_waiting(tmp_path: Path) -> None:
    flashes = [10 * SECOND, *(70 * SECOND + n * 400_000_000 for n in range(9))]
    house = House(settings_of(tmp_path), flashes)
    house.start()
    house.play(65)
    assert len(house.ticks()) == 1, "the start; the first minute waits"
    house.play(10)
    assert len(house.ticks()) == 1
    assert house.ledger.saves()["main"].pulses >= 6
    house.kill()
    house.start()
    assert house.ticks()[-1][1] >= 6, "the start goes on from what was saved"


def test_what_somebody_waits_for_is_written_at_once_and_takes_waiting_ticks_along(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), [10 * SECOND, 62 * SECOND])
    station = house.start()
    house.play(65)
    station.recorder.writer.add(NewRow("event", "", body={"what": "test", "detail": {}}))
    station.turn()
    assert house.ticks()[-1] == (house.wall_ms(MINUTE), 1)
    assert house.ledger.saves()["main"].pulses == 2, "and the whole count"


@pytest.mark.parametrize("seed", range(2))
def test_what_ticks_that_wait_hold_is_not_taken_to_have_come_later(tmp_path: Path, seed: int) -> None:
    """The live view reaches from the ledger's last tick to the running count, over ticks that wait."""
    settings = settings_of(tmp_path)
    calm = msgspec.structs.replace(settings.ledger, at_risk_wh=Decimal(20))
    house = House(msgspec.structs.replace(settings, ledger=calm), household(seed, 300))
    station = house.start()
    house.play(20)
    waited = 0
    for step in range(60):
        house.play(23)
        waited += station.recorder.writer.waiting > 0
        if step % 7 == 3:
            house.read_dial(Fraction(1234))
        view = house.view()
        now = house.clock.now_ns()
        for world in range(max(SECOND, now - 5 * MINUTE), now - SECOND, 5 * SECOND):
            low, high = view.count(house.wall_ms(world))
            assert low <= house.true_pulses(0, world) <= high + 1, "one may have begun in this millisecond"
            known = view.at(house.wall_ms(world))
            if step > 3:
                assert known is not None
                true = house.register(Fraction(1234), world)
                assert known.low - Decimal("0.00125") <= true <= known.high + Decimal("0.00125")
    assert waited > 20


def test_ticks_that_could_not_be_written_early_are_no_reason_to_spin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(settings_of(tmp_path), [10 * SECOND])
    station = house.start()
    house.play(65)
    assert station.recorder.writer.waiting == 1
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "append", lambda *_, **__: (_ for _ in ()).throw(LedgerBusyError("locked")))
        assert not station.recorder.write_held()
    house.clock.advance(6 * SECOND)
    station.turn()
    assert station.recorder.writer.trouble is None
    assert station.recorder.writer.waiting == 0
    assert station.deadline() > house.clock.monotonic_ns()


def test_a_killed_daemon_goes_on_from_what_was_on_the_disk(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), [10 * SECOND, 70 * SECOND, 130 * SECOND])
    house.start()
    house.play(150)
    house.kill()
    house.play(5)
    house.start()
    (gap,) = house.gaps()
    assert gap[0] <= 10 * SECOND
    assert gap[1] == house.clock.now_ns()
    house.write_held()
    assert house.ticks()[-1][1] == 0, "three pulses are less than 5 Wh; the gap holds them"


def test_only_rows_are_news(tmp_path: Path) -> None:
    """The publisher is woken by what it can publish; saves of the count come many times a minute."""
    house = House(settings_of(tmp_path), steady(8800))
    recorder = house.start().recorder
    step, calls = recorder.step, []

    def known() -> tuple[int, int]:
        return house.ledger.newest_seq(), house.ledger.saves()["main"].pulses

    def watched() -> bool:
        before = known()
        news = step()
        calls.append((news, before, known()))
        return news

    house.play(1)
    recorder.step = watched  # type: ignore[method-assign]
    house.play(150)
    assert all(news == (after[0] > before[0]) for news, before, after in calls)
    assert sum(before[1] < after[1] for _, before, after in calls) > 50
    assert sum(news for news, _, _ in calls) < 10


def test_two_meters_do_not_mix(tmp_path: Path) -> None:
    text = (
        f"device: nha-toi\nledger: {{path: {tmp_path}/two.db}}\n"
        "meters:\n  - {id: main, pin: 17, constant: 1600}\n  - {id: shop, pin: 27, constant: 800}\n"
    )
    settings = parse(text, tmp_path / "two.yaml")
    house = House(settings, household(5))
    house.start()
    house.play(0.1)
    for _ in range(3):
        mono = house.clock.monotonic_ns()
        house.queue.put((1, mono, True))
        house.queue.put((1, mono + 80_000_000, False))
        house.play(20)
    house.play(120)
    house.write_held()
    newest = {meter: house.ledger.newest("tick", meter) for meter in ("main", "shop")}
    assert newest["shop"] is not None
    assert newest["shop"].pulses == 3
    assert newest["main"] is not None
    assert newest["main"].pulses == house.true_pulses(0, house.world(newest["main"].at or 0))


# -- the ledger refuses ------------------------------------------------------------------------------------


def _check_nothing_lost(house: House) -> None:
    house.play(70)
    for at, pulses in house.ticks():
        assert pulses == house.true_pulses(0, house.world(at))
    last = house.ticks()[-1]
    assert last[1] > 100
    written = {at for at, _ in house.ticks()}
    minutes = range(house.wall_ms(0), last[0], 60_000)
    assert set(minutes) <= written, "the minutes of the outage are there too"


def test_a_ledger_that_refuses_for_a_while_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    station = house.start()
    house.play(125)
    before = house.ticks()

    def refuse(*_: object, **__: object) -> list[int]:
        raise LedgerBusyError("ledger.db: the disk is full; free some space.")

    with monkeypatch.context() as patch, caplog.at_level(logging.INFO):
        patch.setattr(Ledger, "append", refuse)
        house.play(600)
        assert station.recorder.writer.trouble is not None
        assert station.recorder.writer.waiting >= 9
    errors = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert len(errors) == 1, "one clear line, not one per second"
    assert "disk is full" in errors[0].getMessage()
    assert house.ticks() == before
    house.play(10)
    assert station.recorder.writer.trouble is None
    assert station.recorder.writer.waiting == 0
    _check_nothing_lost(house)


@contextmanager
def files_not_beyond(size: int) -> Iterator[None]:
    """No file may grow beyond ``size``; like a full disk, to this process only."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_that_cannot_grow_loses_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    station = house.start()
    house.play(125)
    with files_not_beyond(1024):
        house.play(300)
        assert station.recorder.writer.trouble is not None
        assert str(house.settings.ledger.path) in station.recorder.writer.trouble
    assert len([r for r in caplog.records if r.levelno >= logging.ERROR]) == 1
    house.play(10)
    assert station.recorder.writer.trouble is None
    _check_nothing_lost(house)
    house.ledger.check()


def test_stopping_while_the_ledger_refuses_leaves_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    station = house.start()
    house.play(125)
    saved = house.ledger.saves()["main"]
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "append", lambda *_, **__: (_ for _ in ()).throw(LedgerBusyError("full")))
        house.play(30)
        assert not station.stop()
    house.kill()
    house.start()
    (gap,) = house.rows("gap")
    last = max(saved.mono, house.ledger.saves()["main"].mono - int(body_of(gap)["ns"]))
    assert body_of(gap)["reason"] == "killed"
    assert gap.mono == last


# -- the clock ---------------------------------------------------------------------------------------------


def test_rows_stay_undated_until_the_clock_is_known(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(2000), synchronised=False)
    house.clock.step_wall(-3 * 365 * 24 * HOUR)
    house.start()
    house.play(300)
    house.write_held()
    assert house.ledger.newest_seq() > 5
    assert house.ledger.rows() == [], "entries leave the device only once they are dated"
    house.clock.synchronise()
    house.play(130)
    house.write_held()
    assert len(house.ledger.rows()) == house.ledger.newest_seq()
    ticks = house.ticks()
    assert len(ticks) >= 6
    for at, pulses in ticks:
        # Undated minutes lie on the wrong clock's minutes, but their times are right all the same.
        assert pulses == house.true_pulses(0, house.world(at) + 1_000_000 - 1)
    assert all(at % 60_000 == 0 for at, _ in ticks[-2:])
    assert [body_of(row)["what"] for row in house.rows("event")].count("clock") == 1


def test_a_synchronised_clock_that_steps_is_noted_and_counts_go_on(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    house.start()
    house.play(125)
    house.clock.step_wall(7_500_000_000)
    house.play(200)
    house.write_held()
    (_, step) = [r for r in house.rows("event") if body_of(r)["what"] == "clock"]
    assert body_of(step)["detail"]["step_ms"] == pytest.approx(7500, abs=1)
    pulses = [p for _, p in house.ticks()]
    assert pulses == sorted(pulses)
    assert house.ticks()[-1][0] % 60_000 == 0
    assert house.ticks()[-1][1] == house.true_pulses(0, house.world(house.ticks()[-1][0]) - 7_500_000_000)


def test_more_power_than_the_settings_allow_is_noted_once_and_counts_in_the_bounds(tmp_path: Path) -> None:
    """A breaker of 10 A carries 3.5 kW at most; 4 kW flow all the same, and the settings are wrong."""
    house = House(settings_of(tmp_path, meter=", breaker_amps: 10"), steady(4000))
    house.start()
    house.play(600)
    house.kill()
    house.play(60)
    house.start()
    house.play(600)
    noted = [body_of(row)["detail"] for row in house.rows("event") if body_of(row)["what"] == "power"]
    assert noted[0]["ns"] >= MINUTE
    assert len(noted) <= 3, "a minute that proves no more is nothing new, in the next run neither"
    view = house.view()
    assert Fraction(39, 10) < view.p_max_kw <= 4
    (gap,) = view.gaps
    used = view.energy(gap.start, gap.end)
    assert used.high >= Decimal(house.true_pulses(house.world(gap.start), house.world(gap.end)) - 2) / 1600


@pytest.mark.parametrize("off", [-197, 1])
def test_a_step_of_the_clock_is_noted_with_the_next_turn(tmp_path: Path, off: int) -> None:
    """The power goes a few seconds after the clock was put right."""
    house = House(settings_of(tmp_path), steady(2000))
    house.start()
    house.play(100)
    house.clock.step_wall(off * SECOND)
    house.play(3)
    house.kill()
    (_, first), (_, second) = notes(house.ledger, "", ClockNoted)
    assert second.offset_ns - first.offset_ns == off * SECOND
