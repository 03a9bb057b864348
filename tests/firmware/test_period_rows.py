"""Hours, days and reading-day snapshots: for the right instants, late if need be, once only."""

from __future__ import annotations

import contextlib
import datetime as dt
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from firmware.period_rows import MOST, PeriodRows
from sodien.history.reading_days import Calendars, spans
from sodien.ledger.store import Ledger, LedgerBusyError, NewRow
from sodien.protocol.times import parse_time
from tests.firmware.house import DAY, SECOND, House, settings_of, steady
from tests.support.rows import body_of

HCM = ZoneInfo("Asia/Ho_Chi_Minh")


def wall(text: str, zone: ZoneInfo = HCM) -> int:
    """Nanoseconds UTC of a local time."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * SECOND


def house_at(folder: Path, start: str, meter: str = "", text: str = "", watts: int = 30) -> House:
    zone = HCM if "timezone" not in text else ZoneInfo(text.split("timezone:")[1].strip())
    return House(settings_of(folder, text, meter), steady(watts), wall=wall(start, zone))


def test_a_reading_day_is_written_right_after_it_ended(tmp_path: Path) -> None:
    house = house_at(tmp_path, "2026-11-29T22:00:00", ", reading_day: last, reading_hour: '09:30'")
    house.start()
    house.play(60)
    house.read_dial(Fraction(12345))
    house.play(2 * 3600 + 86_400 - 61)
    assert house.rows("snapshot") == [], "the day has not ended yet"
    house.play(2)
    (row,) = house.rows("snapshot")
    assert row.at == wall("2026-12-01T00:00:00") // 1_000_000
    assert body_of(row)["day"] == "2026-11-30"
    for name, text in [
        ("start", "2026-11-30T00:00:00"),
        ("hour", "2026-11-30T09:30:00"),
        ("end", "2026-12-01T00:00:00"),
    ]:
        instant = body_of(row)[name]
        at = wall(text) // 1_000_000
        assert parse_time(instant["at"]) == at
        true = Fraction(12345) + Fraction(house.true_pulses(0, house.world(at)), 1600)
        low, high = (Fraction(instant["register"][side]) for side in ("low", "high"))
        assert low <= true + Fraction(1, 1600)
        assert true <= high
        assert high - low < Fraction("0.11"), "no wider than the dial's resolution"


def test_without_a_dial_reading_the_snapshot_says_why(tmp_path: Path) -> None:
    house = house_at(tmp_path, "2026-11-30T20:00:00")
    house.start()
    house.play(4 * 3600 + 2)
    (row,) = house.rows("snapshot")
    assert "register" not in body_of(row)["end"] or body_of(row)["end"]["register"] is None
    assert "dial" in body_of(row)["end"]["why"]


def test_an_outage_over_the_reading_day_only_makes_it_late(tmp_path: Path) -> None:
    house = house_at(tmp_path, "2026-11-29T12:00:00", ", reading_day: 30")
    house.start()
    house.play(60)
    house.read_dial(Fraction(500))
    house.play(3600)
    house.reboot(wall_ns=0)
    house.play(3 * 86_400)
    house.start()
    house.play(300)
    assert house.rows("snapshot") == [], "never decided on an unset clock"
    house.clock.synchronise()
    house.play(5)
    assert house.rows("snapshot") == [], "after days a clock has to stand for an hour"
    house.play(3600)
    (row,) = house.rows("snapshot")
    assert row.at == wall("2026-12-01T00:00:00") // 1_000_000
    for name in ("start", "end"):
        at = parse_time(body_of(row)[name]["at"])
        register = body_of(row)[name]["register"]
        true = Fraction(500) + Fraction(house.true_pulses(0, house.world(at)), 1600)
        assert Fraction(register["low"]) <= true <= Fraction(register["high"])
        assert Fraction(register["high"]) - Fraction(register["low"]) > 50, "most of a day is unknown"


def test_a_snapshot_is_written_once_whatever_happens_after(tmp_path: Path) -> None:
    house = house_at(tmp_path, "2026-11-30T23:50:00")
    house.start()
    house.play(60)
    house.read_dial(Fraction(777))
    house.play(600)
    first = house.rows("snapshot")
    assert len(first) == 1
    for _ in range(3):
        house.kill()
        house.start()
        house.play(61)
        house.read_dial(Fraction(777))
    house.play(7200)
    assert house.rows("snapshot") == first


def test_months_that_were_missed_are_all_written(tmp_path: Path) -> None:
    house = house_at(tmp_path, "2026-01-30T12:00:00", ", reading_day: 31")
    house.start()
    house.play(100)
    house.stop()
    house._flashes = iter(())
    house._next = None
    house.play(100 * 86_400)
    house.start()
    house.play(2)
    days = [body_of(row)["day"] for row in house.rows("snapshot")]
    assert days == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


@pytest.mark.parametrize(
    ("zone", "start"),
    [("Asia/Ho_Chi_Minh", "2026-11-23T20:20:30"), ("Europe/Berlin", "2026-10-24T20:20:30")],
)
def test_hours_and_days_tile_time_and_hold_every_pulse(tmp_path: Path, zone: str, start: str) -> None:
    house = house_at(tmp_path, start, text=f"timezone: {zone}\n", watts=60)
    house.start()
    house.play(10 * 3600)
    house.kill()
    house.play(1800)
    house.start()
    house.play(38 * 3600)
    for kind, least in (("hour", 47), ("day", 2)):
        rows = house.rows(kind)
        assert len(rows) >= least
        for before, after in zip(rows, rows[1:], strict=False):
            assert int(body_of(before)["end"]) == after.at, "no hole, no overlap"
        counted = sum(int(body_of(row)["pulses"]) for row in rows)
        lost = sum(house.true_pulses(a, b) for a, b in house.gaps())
        true = house.true_pulses(0, house.world(int(body_of(rows[-1])["end"])))
        assert 45 < lost < 55
        assert abs(counted - (true - lost)) <= 1
        seconds = sum(float(body_of(row)["counted"]) for row in rows)
        away = sum(b - a for a, b in house.gaps()) / SECOND
        begin = max(house.wall_ms(0), rows[0].at or 0)
        assert seconds == pytest.approx((int(body_of(rows[-1])["end"]) - begin) / 1000 - away, abs=0.01)
        blind: dict[str, float] = {}
        for row in rows:
            whole = (int(body_of(row)["end"]) - (row.at or 0)) / 1000
            assert body_of(row)["counted"] + sum(body_of(row)["blind"].values()) == pytest.approx(
                whole, abs=1e-6
            )
            for reason, away_s in body_of(row)["blind"].items():
                blind[reason] = blind.get(reason, 0) + away_s
        assert blind == {
            "before": pytest.approx((house.wall_ms(0) - (rows[0].at or 0)) / 1000, abs=0.01),
            "killed": pytest.approx(away, abs=0.01),
        }
    lengths = {round((int(body_of(r)["end"]) - (r.at or 0)) / 3_600_000) for r in house.rows("day")}
    assert lengths == ({24} if zone.startswith("Asia") else {24, 25})


def test_twenty_days_are_caught_up_at_once(tmp_path: Path) -> None:
    house = house_at(tmp_path, "2026-01-01T00:00:00")
    house._next = None
    house.start()
    house.play(10)
    house.stop()
    house.clock.advance(20 * DAY)
    station = house.start()
    rows = [house.ledger.newest_seq()]
    for _ in range(20):
        station.turn()
        rows.append(house.ledger.newest_seq())
    assert max(b - a for a, b in pairwise(rows)) <= MOST + 1, "a turn writes so many, and a seal"
    house.play(2)
    hours = house.rows("hour")
    assert len(hours) == 20 * 24
    assert len(house.rows("day")) == 20


def test_the_cost_so_far_is_written_every_hour(tmp_path: Path) -> None:
    house = house_at(tmp_path, "2026-11-30T19:20:00", watts=300)
    house.start()
    house.play(2 * 3600)
    house.kill()
    house.play(3600)
    house.start()
    house.play(3 * 3600)
    rows = house.rows("cost")
    hours = [wall("2026-11-30T20:00:00") // 1_000_000 + n * 3_600_000 for n in range(6)]
    assert [row.at for row in rows] == hours
    before = [
        row for row in rows if row.at is not None and row.at <= wall("2026-12-01T00:00:00") // 1_000_000
    ]
    assert {body_of(row)["last"] for row in before} == {"2026-11-30"}
    assert {body_of(row)["last"] for row in rows[len(before) :]} == {"2026-12-31"}
    for row in before:
        kwh = [Fraction(body_of(row)["kwh"][name]) for name in ("low", "best", "high")]
        true = Fraction(house.true_pulses(0, house.world(row.at or 0)), 1600)
        assert kwh[0] <= true <= kwh[2]
        assert body_of(row)["since"] is not None, "the ledger began within the period"
    assert Fraction(body_of(before[-1])["cost"]["high"]) > Fraction(body_of(before[-1])["cost"]["low"])
    assert body_of(rows[-1])["since"] is None


def test_a_tariff_that_cannot_be_used_costs_only_the_cost(tmp_path: Path) -> None:
    house = house_at(tmp_path, "2026-11-29T20:20:00", ", billing: {tariff: nowhere}")
    house.start()
    house.play(3 * 3600)
    assert house.rows("cost") == []
    assert len(house.rows("hour")) == 3
    assert house.station is not None
    assert house.station.state(1).live["main"].cost is None


def test_the_live_state_has_the_cost(tmp_path: Path) -> None:
    house = house_at(tmp_path, "2026-11-28T20:20:00", watts=100)
    house.start()
    house.play(25 * 3600)
    assert house.station is not None
    live = house.station.state(1).live["main"]
    assert live.cost is not None
    assert live.cost.low <= live.cost.best <= live.cost.high
    assert (live.currency, live.tier, live.cost_since is not None) == ("VND", 1, True)
    assert live.projection is not None
    assert live.projection.day == "2026-11-30"
    assert live.projection.cost.low <= live.projection.cost.best <= live.projection.cost.high


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham"])
def test_hours_between_full_hours_utc_are_exact_and_come_on_time(tmp_path: Path, zone: str) -> None:
    """No tick is forced there: those that wait are written first."""
    house = house_at(tmp_path, "2026-11-29T21:50:30", ", reading_day: 29", f"timezone: {zone}\n", watts=60)
    house.start()
    for clock, hours in [("T22:00:00", 1), ("T23:00:00", 2), ("T24:00:00", 3)]:
        midnight = clock == "T24:00:00"
        at = wall("2026-11-30T00:00:00" if midnight else f"2026-11-29{clock}", ZoneInfo(zone)) // 1_000_000
        house.play_until(house.world(at))
        assert len(house.rows("hour")) == hours - 1
        house.play(0.3)
        assert len(house.rows("hour")) == hours
        assert (len(house.rows("day")), len(house.rows("snapshot"))) == (midnight, midnight)
    for row in [*house.rows("hour"), *house.rows("day")]:
        begin, end = house.world(row.at or 0), house.world(int(body_of(row)["end"]))
        assert body_of(row)["pulses"] == house.true_pulses(begin, end)


def test_a_period_waits_for_a_ledger_that_refuses_the_ticks_before_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = "Asia/Kolkata"
    house = house_at(tmp_path, "2026-11-24T20:50:30", text=f"timezone: {zone}\n", watts=60)
    house.start()
    house.play(565)

    def refuse(*_: object, **__: object) -> list[int]:
        raise LedgerBusyError("ledger.db: another program holds the ledger; try again.")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "append", refuse)
        house.play(10)
    house.play(30)
    (row,) = house.rows("hour")
    assert body_of(row)["end"] == wall("2026-11-24T21:00:00", ZoneInfo(zone)) // 1_000_000
    assert body_of(row)["pulses"] == house.true_pulses(0, house.world(int(body_of(row)["end"])))


@pytest.mark.parametrize("began", ["at the start", "later"])
def test_periods_that_fail_do_not_end_the_counting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, began: str
) -> None:
    house = house_at(tmp_path, "2026-11-24T20:58:30", watts=300)
    station = house.start()
    if began == "later":
        house.play(5)
    house.may_fail = True
    failed = []

    def due(*_: object) -> list[NewRow]:
        failed.append(house.clock.now_ns())
        raise ValueError("a mistake of ours")

    turns = []
    real = station.turn

    def turn() -> None:
        turns.append(1)
        assert len(turns) < 10_000
        with contextlib.suppress(ValueError):
            real()

    monkeypatch.setattr(station, "turn", turn)
    with monkeypatch.context() as patch:
        patch.setattr(PeriodRows, "due", due)
        house.play(300)
    assert 4 <= len(failed) <= 6, "tried again every minute"
    assert len(turns) < 6 * len(house.emitted)
    house.play(100)
    assert len(house.rows("hour")) == 1
    for at, pulses in house.ticks():
        assert pulses == house.true_pulses(0, house.world(at))


def test_todays_span_of_a_clock_before_the_ledgers_beginning_is_empty(tmp_path: Path) -> None:
    """A clock that steps back and forth can bring that about; the live state comes all the same."""
    house = house_at(tmp_path, "2026-11-29T20:20:00")
    house.start()
    house.play(70)
    view = house.view()
    assert view.start is not None
    now = view.start - 1000
    days = Calendars(house.ledger).of(house.settings.meters[0])
    for span in spans(view, days, house.settings.zone, now).values():
        assert span == (now, now)
