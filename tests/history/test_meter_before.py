"""A view made from the one before says exactly what one made anew says."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from sodien.history.meter import MeterHistory
from sodien.ledger.store import NewRow
from tests.firmware.house import MINUTE, SECOND, House, household, settings_of

START_KWH = Fraction(4321)
STEPS = st.lists(
    st.sampled_from(
        [
            "seconds",
            "minutes",
            "minutes",
            "hour",
            "killed",
            "stopped",
            "cut",
            "dial",
            "said",
            "stepped",
            "late",
        ]
    ),
    min_size=3,
    max_size=14,
)


def happen(house: House, what: str) -> None:
    """One thing that makes a view grow, or makes one anew necessary."""
    match what:
        case "seconds":
            house.play(7)
        case "minutes":
            house.play(190)
        case "hour":
            house.play(3700)
        case "killed":
            house.kill()
            house.play(40)
            house.start()
            house.play(2)
        case "stopped":
            house.stop()
            house.play(100)
            house.start()
        case "cut":
            house.reboot(wall_ns=house.clock.true_wall_ns() - 90 * SECOND)
            house.play(30)
            house.start()
            house.play(65)
            house.clock.synchronise()
            house.play(35)
        case "late":
            house.reboot(wall_ns=house.clock.true_wall_ns() - 5 * MINUTE)
            house.start()
            house.play(200)
        case "dial":
            house.read_dial(START_KWH)
        case "said":
            for row in house.rows("gap")[-1:]:
                body = {"of": row.at, "what": "energy", "low": "0", "high": "0.01"}
                house.ledger.append([NewRow("resolution", "main", at=(row.at or 0) + 1, body=body)])
        case "stepped":
            house.clock.step_wall(-3 * SECOND)
            house.play(35)


def told(view: MeterHistory, at: int) -> object:
    """All that a view says around an instant."""
    instants = [at - ms for ms in (0, 1, 900, 60_000, 400_000, 4_000_000)]
    instants = [one for one in instants if view.start is not None and one >= view.start]
    return (
        view.pieces,
        view.gaps,
        view.installations,
        view.readings,
        view.stamp,
        [view.at(one) for one in instants],
        [view.energy(one, at) for one in instants],
        [view.coverage(one, at) for one in instants],
        [view.count(one) for one in instants],
        view.findings(explain=False),
    )


@pytest.mark.thorough
@budget(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.integers(0, 9))
def test_a_view_from_the_one_before_is_as_one_made_anew(steps: list[str], seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = House(settings_of(Path(folder)), household(seed))
        house.start()
        meter = house.settings.meters[0]
        before: MeterHistory | None = None
        for what in ["minutes", *steps]:
            happen(house, what)
            assert house.station is not None
            count = house.station.recorder.count_now(house.station.recorder.meters[0])
            view = MeterHistory(house.ledger, meter, meter.p_max_kw, count, before=before)
            at = view.end or 0
            assert told(view, at) == told(MeterHistory(house.ledger, meter, meter.p_max_kw, count), at)
            before = view


def test_what_has_not_changed_is_taken_over(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), household(1))
    house.start()
    for what in ("minutes", "killed", "dial", "minutes"):
        happen(house, what)
    meter, first = house.settings.meters[0], house.view()
    house.play(400)
    assert house.station is not None
    count = house.station.recorder.count_now(house.station.recorder.meters[0])
    later = MeterHistory(house.ledger, meter, meter.p_max_kw, count, before=first)
    assert later.gaps is first.gaps
    assert later.pieces[0] is first.pieces[0]
    assert later.pieces[-1].last > first.pieces[-1].last
    body = {"reading": "4321.5", "low": "4321.5", "high": "4321.6", "within_ms": 0}
    said = [NewRow("dial", "main", at=later.end, body=body)]
    anew = MeterHistory(house.ledger, meter, meter.p_max_kw, count, extra=said, before=later)
    assert anew.gaps is not later.gaps
    assert MeterHistory(house.ledger, meter, meter.p_max_kw, count, before=anew).readings == later.readings
    assert MeterHistory(house.ledger, meter, meter.p_max_kw + 1, count, before=later).gaps is not later.gaps
