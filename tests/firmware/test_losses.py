"""Declared losses and failing edges: what the ledger says of them, against the truth."""

from __future__ import annotations

import logging
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from firmware.daemon import Station
from firmware.lost_edges import APART_NS, overflow
from sodien.ledger.bodies import GapBody
from sodien.metering.counting.pulse_filter import Loss
from tests.firmware.house import SECOND, House, household, settings_of, steady
from tests.support.rows import body_of

START_KWH = Fraction(12345)
C = Fraction(1600)
P = Fraction(88, 10)


class LeakyHouse(House):
    """A source that loses edges and says so: ``holes`` are (world time, edges) from which on it drops."""

    def __init__(self, *args, holes: list[tuple[int, int]], **options) -> None:
        super().__init__(*args, **options)
        self.holes = sorted(holes)
        self._missing = self._since = 0

    def start(self) -> Station:
        station = super().start()
        station.recorder.delivered = lambda: self._since if self._missing else self.clock.monotonic_ns()
        for state in station.recorder.meters:
            state.filter._declared = True
        return station

    def _deliver(self, now: int) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            at, edge = self._waiting.pop(0)
            if self.holes and at >= self.holes[0][0]:
                hole, edges = self.holes.pop(0)
                if edges > 1:
                    self.holes.insert(0, (hole, edges - 1))
                if not self._missing:
                    self._since = edge[1]
                self._missing += 1
                continue
            if self._missing:
                self.queue.put((0, self._missing, None))
                self._missing = 0
            self.queue.put(edge)
        if now >= 1 << 62 and self._missing:  # closing an input declares what it has not told yet
            self.queue.put((0, self._missing, None))
            self._missing = 0


def check_bounds(house: House) -> None:
    """At every minute, and at the ends: the true register is inside the bounds."""
    view = house.view()
    assert view.start is not None
    assert view.end is not None
    instants = [*range(view.start + 60_000, view.end, 60_000), view.end]
    for at in instants:
        found = view.at(at)
        assert found is not None
        true = house.register(START_KWH, house.world(at))
        # Whole flashes tell the register to one of them.
        assert found.low <= true + 1 / C
        assert true - 1 / C <= found.high


@pytest.mark.parametrize("edges", [1, 2, 9, 40])
def test_a_loss_is_a_gap_and_widens_by_what_it_can_hide(tmp_path: Path, edges: int) -> None:
    house = LeakyHouse(settings_of(tmp_path), steady(2000), holes=[(330 * SECOND, edges)])
    house.start()
    house.play(10)
    house.read_dial(START_KWH)
    house.play(200)
    before = house.view()
    found = before.at(before.end or 0)
    assert found is not None
    narrow = Fraction(found.high - found.low)
    house.play(300)
    (gap,) = house.rows("gap")
    assert body_of(gap)["reason"] == "overflow"
    pulses = edges // 2 + 1  # at most
    assert Fraction(body_of(gap)["high"]) <= Fraction(pulses + 1) / C + Fraction(1, 10**6)
    begin, end = house.gaps()[0]
    assert 330 * SECOND - 2 * SECOND < begin <= end < 330 * SECOND + (edges + 2) * SECOND
    check_bounds(house)
    view = house.view()
    after = view.at(view.end or 0)
    assert after is not None
    assert Fraction(after.high - after.low) <= narrow + Fraction(pulses + 3) / C
    early = view.at(house.wall_ms(60 * SECOND))
    assert early is not None
    assert Fraction(early.high - early.low) <= narrow + 1 / C, "what came before it is as sure as it was"
    assert house.rows("tick")[-1].doubt == 0
    house.stop()
    assert body_of(house.rows("health")[-1])["lost"] == edges


@budget(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 1000),
    holes=st.lists(
        st.tuples(st.integers(15 * SECOND, 1000 * SECOND), st.integers(1, 200)), min_size=1, max_size=6
    ),
    stop=st.booleans(),
)
def test_the_truth_stays_inside_whatever_is_lost(
    tmp_path_factory: pytest.TempPathFactory, seed: int, holes: list[tuple[int, int]], stop: bool
) -> None:
    folder = tmp_path_factory.mktemp("leaky")
    house = LeakyHouse(settings_of(folder), household(seed), holes=holes)
    house.start()
    house.play(10)
    house.read_dial(START_KWH)
    house.play(1190)
    if stop:
        house.stop()
    check_bounds(house)
    counted, true = house.ticks()[-1][1], len(house.emitted)
    if not stop:
        assert counted <= true
    house.ledger.close()


def test_losses_thick_and_fast_cost_one_gap_a_minute_and_doubt(tmp_path: Path) -> None:
    holes = [(n * 10 * SECOND, 6) for n in range(2, 60)]
    house = LeakyHouse(settings_of(tmp_path), steady(2000), holes=holes)
    house.start()
    house.play(10)
    house.read_dial(START_KWH)
    house.play(640)
    assert 8 <= len(house.rows("gap")) <= 11
    assert house.rows("tick")[-1].doubt > 0
    check_bounds(house)


def test_before_the_clock_is_set_a_loss_is_declared_as_well(tmp_path: Path) -> None:
    house = LeakyHouse(settings_of(tmp_path), steady(2000), synchronised=False, holes=[(90 * SECOND, 9)])
    house.start()
    house.play(200)
    assert house.rows("gap") == []
    house.clock.synchronise()
    house.play(100)
    (gap,) = house.rows("gap")
    assert body_of(gap)["reason"] == "overflow"
    (begin, end) = house.gaps()[0]
    assert begin <= 90 * SECOND + 2 * SECOND
    assert end >= 94 * SECOND


def test_what_an_overflow_costs() -> None:
    loss = Loss(10 * SECOND, 12 * SECOND, 3)
    found = overflow(loss, 500, 9 * SECOND, None, C, P)
    assert found is not None
    assert found.body == GapBody(
        ns=2_001_000_000, reason="overflow", after=500, high=Decimal("0.002500"), most=3
    )
    short = overflow(Loss(10 * SECOND, 10 * SECOND + 9_000_000, 3), 500, 9 * SECOND, None, C, P)
    assert short is not None
    assert short.body.high == Decimal("0.000025"), "no more than the supply can carry"
    assert overflow(loss, 500, 11 * SECOND, None, C, P) is None, "its minute is written"
    assert overflow(Loss(10 * SECOND, 12 * SECOND, 0), 500, 9 * SECOND, None, C, P) is None
    assert overflow(loss, 500, 0, 10 * SECOND - APART_NS + 1, C, P) is None
    assert overflow(loss, 500, 0, 10 * SECOND - APART_NS, C, P) is not None


def test_an_edge_that_cannot_be_handled_is_told_once_and_counting_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house = House(settings_of(tmp_path), steady(2000))
    station = house.start()
    house.play(10)
    house.read_dial(START_KWH)
    house.play(60)
    state = station.recorder.meters[0]
    real, calls = state.power.pulse, []

    def pulse(start: int) -> None:
        calls.append(start)
        if len(calls) <= 3:
            raise ZeroDivisionError("boom")
        real(start)

    monkeypatch.setattr(type(state.power), "pulse", lambda _self, start: pulse(start))
    house.play(300)
    assert state.errors == 3
    told = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert len(told) == 1
    assert "meter main: the edge (0, " in told[0].getMessage()
    at, pulses = house.ticks()[-1]
    assert pulses >= house.true_pulses(0, house.world(at)) - 6
    check_bounds(house)
    house.stop()
    assert body_of(house.rows("health")[-1])["errors"] == 3
