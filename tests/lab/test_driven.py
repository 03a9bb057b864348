"""The judgements of the scenarios that the driver runs, without any machine."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from lab.case import Case, Step, train
from lab.scenarios import a_rates, b_stalls, c_noise, d_disk, e_clock, h_ends
from lab.schedule import steady
from sodien.ledger.bodies import GapBody, SnapshotBody
from sodien.protocol.values import Instant
from tests.lab.results import CASE, S, health, result, tick, with_case

GOOD = [tick(1, 0, 0), tick(2, 5 * S + 1, 4), tick(3, 15 * S, 10), health(4, 15 * S)]


def test_the_truth_counted_is_met():
    found = a_rates.judge(result([*GOOD[:1], tick(2, 5 * S - 1, 4), *GOOD[2:]]))
    assert found.met, found.shortfall
    assert found.found == "10 sent, 10 counted, 0 in doubt"


@pytest.mark.parametrize(
    ("rows", "done", "why"),
    [
        ([tick(1, 15 * S, 9)], {}, "1 pulses lost"),
        ([tick(1, 15 * S, 11)], {}, "1 pulses made up"),
        ([tick(1, 15 * S, 10, doubt=1)], {}, "1 pulses in doubt though none was lost"),
        ([tick(1, 5 * S - 1, 3), tick(2, 15 * S, 10)], {}, "1 ticks count a pulse too early or too late"),
        ([tick(1, 15 * S, 10)], {"code": 1}, "exit code 1"),
    ],
)
def test_what_is_missed_is_named(rows, done, why):
    found = a_rates.judge(result(rows, **done))
    assert not found.met
    assert why in found.shortfall


def test_nothing_driven_is_no_success():
    assert not a_rates.judge(result([tick(1, 15 * S, 0)], pulses=0)).met


def test_beyond_the_buffer_the_loss_must_be_declared():
    case = msgspec.structs.replace(CASE, name=b_stalls.BEYOND)
    assert b_stalls.judge(result([tick(1, 15 * S, 7, doubt=3)], case=case)).met
    assert "declared" in b_stalls.judge(result([tick(1, 15 * S, 7)], case=case)).shortfall
    assert "more than the loss" in b_stalls.judge(result([tick(1, 15 * S, 7, doubt=9)], case=case)).shortfall
    assert not b_stalls.judge(result([tick(1, 15 * S, 7, doubt=3)])).met


def test_every_refusal_has_a_reason():
    rows = [tick(1, 15 * S, 10), health(2, 15 * S, short=4, spacing=1)]
    found = c_noise.judge(result(rows, refused=5))
    assert found.met, found.shortfall
    assert "4 short, 1 spacing" in found.found
    assert not c_noise.judge(result(rows, refused=6)).met


def test_a_stuck_led_is_one_flash():
    (stuck,) = [case for case in c_noise.cases(False) if "stuck" in case.name]
    widths = [fall - rise for (rise, _), (fall, _) in zip(stuck.edges[::2], stuck.edges[1::2], strict=True)]
    assert widths.count(20 * S) == 1


OFFSETS = [
    {"mono": 0, "offset": 100 * S, "synchronised": False},
    {"mono": 10 * S, "offset": 5000 * S, "synchronised": True},
    {"mono": 100 * S, "offset": 8600 * S, "synchronised": True},
]


@pytest.mark.parametrize(
    ("mono", "at", "fits"),
    [
        (5 * S, 5_005_000, True),
        (5 * S, 105_000, False),
        (50 * S, 5_050_001, True),
        (50 * S, 5_050_009, False),
        (50 * S, 8_650_000, False),
        (101 * S, 5_101_000, True),
        (101 * S, 8_701_000, True),
        (140 * S, 8_740_000, True),
        (140 * S, 5_140_000, False),
        (50 * S, None, False),
    ],
)
def test_a_row_has_the_time_of_a_clock_that_was_vouched_for(mono, at, fits):
    assert e_clock.right(mono, at, OFFSETS) is fits


def clock_result(*rows):
    case = Case(name="e", edges=train(steady(1, 60, 10)), steps=(Step(90, "sync", 5),))
    return result([*rows, tick(9, 15 * S, 10, at=5_015_000)], case=case, offsets=OFFSETS[:2])


def test_wrong_and_missing_times_are_found():
    assert e_clock.judge(clock_result()).met
    assert "wrong time" in e_clock.judge(clock_result(tick(1, 0, 0, at=100_000))).shortfall
    assert "no time" in e_clock.judge(clock_result(tick(1, 0, 0, at=None))).shortfall


def test_a_snapshot_on_the_unset_clock_is_found():
    from sodien.ledger.store import Row

    instant = Instant("2020-01-31T00:00:00.000Z")
    body = SnapshotBody(day=dt.date(2020, 1, 31), start=instant, end=instant)
    early = Row("snapshot", "main", 1, None, 100_000, body=body, seq=1)
    assert "unset clock" in e_clock.judge(clock_result(early)).shortfall


def test_cases_can_be_handed_into_the_machine_and_are_possible_for_the_meter():
    for scenario in (a_rates, b_stalls, c_noise, d_disk, e_clock, h_ends):
        for case in scenario.cases(False):
            assert msgspec.json.decode(msgspec.json.encode(case), type=Case) == case
            assert case.limits.min_active_ns == case.min_pulse_ms * 1_000_000
    names = [
        case.slug
        for scenario in (a_rates, b_stalls, c_noise, d_disk, e_clock, h_ends)
        for case in scenario.cases(True)
    ]
    assert len(names) == len(set(names))


def test_the_long_form_sends_a_million_pulses():
    assert sum(len(case.edges) // 2 for case in a_rates.cases(True)) >= 1_000_000


def ended(action, *, count=8, gap=(7_500_000_000, 2 * S), high="0.01", reason=None, doubt=0, at=8 * S + 5):
    from sodien.ledger.store import Row

    case = Case(name="h", edges=train(steady(1, 60, 10)), steps=(Step(8, action),))
    why = reason or h_ends.REASONS[action]
    body = GapBody(ns=gap[1], reason=why, after=7, high=Decimal(high))
    rows = [Row("gap", "main", 2, gap[0], 0, 7, body=body, seq=1), tick(2, 15 * S, count, doubt=doubt)]
    return result(rows, case=case, steps=[{"action": action, "from": at, "to": 9 * S}])


def test_pulses_may_be_missing_only_inside_a_declared_gap():
    for action in ("restart", "kill"):
        found = h_ends.judge(ended(action))
        assert found.met, found.shortfall
    assert "outside the gaps" in h_ends.judge(ended("kill", count=7)).shortfall
    assert h_ends.judge(ended("kill", count=7, doubt=1)).met
    assert "gaps declared" in h_ends.judge(ended("kill", reason="stopped")).shortfall
    assert "gaps allow" in h_ends.judge(ended("kill", high="0.0001")).shortfall


def test_what_a_kill_leaves_unsaved_is_bounded():
    assert h_ends.unsaved(ended("kill"), (7 * S + 5, 9 * S)) == 1
    spoilt = ended("kill", high="1")
    case = msgspec.structs.replace(spoilt.case, constant=100, at_risk_wh=5)
    assert "unsaved" in h_ends.judge(with_case(spoilt, case)).shortfall
