"""What Home Assistant is told: calm at constant load, at once when something happens, never a stale day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from contextlib import closing
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from firmware.home_states import AGAIN_MS, EVERY_MS, HomeStates, rounded
from sodien.history.reading_days import Calendars
from sodien.ledger.bodies import ScheduleBody
from sodien.ledger.store import Ledger, NewRow
from sodien.metering import calendar
from sodien.protocol.messages import Home, Live
from sodien.protocol.topics import Topics
from sodien.protocol.values import Bounds
from tests.firmware.house import HOUR, MORNING, House, household, settings_of, steady
from tests.firmware.test_homeassistant import MAIN, announced, rendered

MS = 1_000_000
HOME = Topics("nha-toi").home("main")
#: Rows that a meter may write into the recorder in an hour of constant load.
MOST_ROWS = 20


def rows_of(states: list[Home]) -> Counter[str]:
    """The rows Home Assistant's recorder keeps: one for every change of a state or of its attributes."""
    found: Counter[str] = Counter()
    for key, one in announced(["main"], currency="VND")[MAIN]["cmps"].items():
        if not one.get("enabled_by_default", True) or one.get("state_topic") != Topics("nha-toi").home(
            "main"
        ):
            continue
        last = None
        for state in states:
            seen = tuple(
                rendered(one.get(name, ""), state)
                for name in ("value_template", "json_attributes_template", "last_reset_value_template")
            )
            found[key] += seen != last
            last = seen
    return found


class Watched:
    """A house, and what Home Assistant is told of it."""

    def __init__(self, folder: Path, watts: int | None, **more: str) -> None:
        flashes = household(1) if watts is None else steady(watts)
        self.house = House(settings_of(folder, **more), flashes)
        self.states = HomeStates()
        self.told: list[tuple[int, Home]] = []
        self.house.start()

    def play(self, seconds: int) -> list[Home]:
        """Let time pass; what was told meanwhile."""
        first = len(self.told)
        for _ in range(seconds // 5):
            self.house.play(5)
            self.tell()
        return [home for _, home in self.told[first:]]

    def tell(self) -> None:
        now = self.house.clock.wall_ns() // MS
        home = self.states.next("main", self.live, now)
        if home is not None:
            self.told.append((now, home))

    @property
    def live(self) -> Live:
        assert self.house.station is not None
        return self.house.station.state(1).live["main"]


@pytest.mark.parametrize("watts", [40, 1000, 3000])
def test_constant_load_writes_few_rows(tmp_path: Path, watts: int) -> None:
    watched = Watched(tmp_path, watts)
    watched.play(60)
    watched.house.read_dial(Fraction(12345))
    watched.play(3660)
    rows = rows_of([watched.told[-1][1], *watched.play(2 * 3600)])
    assert (rows.total() - len(rows)) / 2 <= MOST_ROWS, rows


def test_the_power_holds_and_the_state_is_renewed(tmp_path: Path) -> None:
    watched = Watched(tmp_path, 1000)
    watched.play(600)
    times = [at for at, _ in watched.told]
    assert max(b - a for a, b in zip(times, times[1:], strict=False)) <= AGAIN_MS + 5000
    assert {home.power_w for _, home in watched.told[3:]} == {1000.0}


def test_the_last_state_of_an_hour_comes_right_before_it_ends(tmp_path: Path) -> None:
    watched = Watched(tmp_path, 1000)
    watched.play(2 * 3600)
    moved = [at for (at, now), (_, was) in zip(watched.told[1:], watched.told, strict=False)
             if now.counter_kwh != was.counter_kwh]  # fmt: skip
    ends = [at for at in moved if (MORNING // MS - at) % 3_600_000 <= 10_000]
    assert len(ends) == 2
    assert len(moved) <= 2 * 3_600_000 // EVERY_MS + 2


def test_what_happens_is_told_at_once(tmp_path: Path) -> None:
    watched = Watched(tmp_path, 1000)
    watched.play(900)
    watched.house.read_dial(Fraction(12345))
    (home, *_) = watched.play(60)
    assert home.register is not None
    watched.play(300)
    before = watched.told[-1][1].counter_kwh
    watched.states.asked.add("main")
    watched.tell()
    assert watched.told[-1][1].counter_kwh == rounded(watched.live, "main").counter_kwh != before


@pytest.mark.parametrize(
    "change",
    [
        {"reminder": "today", "reading_day": "2026-11-30"},
        {"problem": "a sentence", "problem_since": "2026-11-24T00:00:00.000Z"},
        {"tier": 2},
        {"period_since": "2026-12-01T00:00:00.000Z"},
        {"register": None, "why": "no reading"},
        {"today_kwh": Bounds(Decimal(0), Decimal(0), Decimal(0))},
        {"register": Bounds(Decimal("100.5"), Decimal("100.5"), Decimal("100.6"))},
    ],
)
def test_a_change_that_counting_does_not_make_is_told(change: dict[str, object]) -> None:
    three = Bounds(Decimal(3), Decimal(3), Decimal(3))
    live = Live(
        1000,
        at="2026-11-24T00:00:00.000Z",
        register=Bounds(Decimal(100), Decimal("100.5"), Decimal(101)),
        today_kwh=three,
        counter_kwh=Decimal("1.239"),
        tier=1,
        power_w=500.0,
        period_since="2026-11-01T00:00:00.000Z",
    )
    states = HomeStates()
    assert states.next("main", live, 0) == rounded(live, "main")
    counted = msgspec.structs.replace(live, pulses=1001, counter_kwh=Decimal("1.247"), power_w=503.0)
    assert states.next("main", counted, 5000) is None
    found = states.next("main", msgspec.structs.replace(counted, **change), 10_000)
    assert found is not None
    assert found.counter_kwh == Decimal("1.24")
    assert found.pulses == 1001


def test_a_new_day_begins_at_nothing(tmp_path: Path) -> None:
    watched = Watched(tmp_path, 100)
    watched.house.play_until(watched.house.clock.now_ns() + 17 * HOUR - 30 * 1_000_000_000)  # 23:59:30
    watched.play(120)
    last = watched.told[-1][1]
    assert last.today_kwh is not None
    assert last.today_kwh.best < Decimal("0.05")


def test_energy_with_what_was_not_counted(tmp_path: Path) -> None:
    """A dial reading tells what flowed while nothing counted; the counter cannot know it."""
    watched = Watched(tmp_path, None)
    watched.play(600)
    house = watched.house
    house.read_dial(Fraction(100))
    watched.play(600)
    before = watched.live
    assert before.energy_kwh is not None
    assert before.counter_kwh is not None
    house.kill()
    house.play(2 * 3600)
    house.start()
    watched.play(60)
    house.read_dial(Fraction(104))
    watched.play(60)
    after = watched.live
    assert after.energy_kwh is not None
    assert after.counter_kwh is not None
    assert after.energy_kwh.best - before.energy_kwh.best > Decimal(3)
    assert after.counter_kwh - before.counter_kwh < Decimal(1)
    assert after.energy_since == before.energy_since
    assert after.energy_kwh.low <= after.energy_kwh.best <= after.energy_kwh.high


def test_a_period_keeps_its_beginning_whatever_the_bill_says_later(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    meter, zone, day = settings.meters[0], settings.zone, dt.date(2026, 11, 24)
    with closing(Ledger.open(settings.ledger.path, create=True, durable=False)) as ledger:
        begun, _ = calendar.day_bounds(dt.date(2026, 11, 1), zone)
        assert Calendars(ledger).period_since(meter, day, zone) == begun
        for told, read in ((MORNING // MS, dt.date(2026, 11, 2)), (MORNING // MS + 1, dt.date(2026, 10, 30))):
            ledger.append([NewRow("schedule", "main", at=told, body=ScheduleBody(day=read))])
            days = Calendars(ledger)
            assert calendar.billing_period(day, days.of(meter))[0] == read + dt.timedelta(1)
            assert days.period_since(meter, day, zone) == begun
        # What was known beforehand is where it begins.
        ledger.append(
            [NewRow("schedule", "main", at=MORNING // MS + 2, body=ScheduleBody(day=dt.date(2026, 11, 28)))]
        )
        begins = dt.date(2026, 11, 29)
        assert Calendars(ledger).period_since(meter, begins, zone) == calendar.day_bounds(begins, zone)[0]
