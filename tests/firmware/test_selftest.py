"""The self-test: its judgement, and a wire between two pins of a chip in memory."""

from __future__ import annotations

import pytest

from firmware import selftest
from firmware.gpio.libgpiod.pins import GpiodFactory
from firmware.selftest import Made, judge, listen, machine, run_trains
from tests.firmware.gpio.libgpiod.fake import FakeWires

MS = 1_000_000
MADE: list[Made] = [(0, 1000, True), (10 * MS, 10 * MS + 1000, False), (20 * MS, 20 * MS + 1000, True)]
MADE = [*MADE, (30 * MS, 30 * MS + 1000, False)]
SEEN = [(0, 2000, True), (0, 10 * MS + 5000, False), (0, 20 * MS + 2000, True), (0, 30 * MS + 2000, False)]


def test_a_good_train() -> None:
    train = judge(10, MADE, SEEN)
    assert train.good
    assert (train.pulses, train.seen, train.lost) == (2, 2, 0)
    assert train.width_error_us == 3
    assert train.late_us == 5


@pytest.mark.parametrize(
    ("edges", "seen", "lost"),
    [
        (SEEN[:2], 1, 0),
        ([*SEEN[:2], (0, 2, None)], 1, 2),
        ([*SEEN, (0, 31 * MS, True), (0, 32 * MS, False)], 3, 0),
        ([SEEN[0], SEEN[1], (0, 26 * MS, True), SEEN[3]], 2, 0),  # 6 ms late
        ([], 0, 0),
    ],
)
def test_what_is_missing_late_or_too_much(edges: list, seen: int, lost: int) -> None:
    train = judge(10, MADE, edges)
    assert not train.good
    assert (train.seen, train.lost) == (seen, lost)


def test_a_wire_and_none(wires: FakeWires, factory: GpiodFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "SETTLE_S", 0.05)
    monkeypatch.setattr(selftest, "LATE_NS", 10**12)  # a busy machine is no finding here
    wires.wired[22] = 17
    trains = run_trains(factory, 22, 17, pulses=5)
    assert [train.width_ms for train in trains] == [30, 10, 2, 1]
    assert all(train.good for train in trains)
    wires.wired.clear()
    trains = run_trains(factory, 22, 17, pulses=5)
    assert [train.seen for train in trains] == [0, 0, 0, 0]
    assert not any(train.good for train in trains)
    assert listen(factory, 17, "none", 0.01) == {"seconds": 0.01, "level": False, "edges": 0, "lost": 0}
    assert machine(factory)["label"] == "pinctrl-bcm2711"
