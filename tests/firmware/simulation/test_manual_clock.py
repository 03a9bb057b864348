"""The simulated clock."""

from __future__ import annotations

import pytest

from firmware.simulation.manual_clock import ManualClock

S = 1_000_000_000


def test_manual_clock_reboots_step_and_synchronise():
    clock = ManualClock(1000 * S, monotonic_ns=5 * S)
    first = clock.boot_id
    clock.advance(60 * S)
    assert (clock.now_ns(), clock.monotonic_ns(), clock.wall_ns()) == (60 * S, 65 * S, 1060 * S)
    stopped_at = clock.wall_ns()
    clock.advance(100 * S)
    clock.reboot(wall_ns=stopped_at)
    assert clock.boot_id != first
    assert (clock.now_ns(), clock.monotonic_ns(), clock.wall_ns()) == (160 * S, 0, 1060 * S)
    assert not clock.synchronised()
    clock.advance_to(170 * S)
    clock.synchronise()
    assert (clock.monotonic_ns(), clock.wall_ns(), clock.synchronised()) == (10 * S, 1170 * S, True)
    clock.step_wall(-3 * S)
    clock.desynchronise()
    assert (clock.wall_ns(), clock.true_wall_ns(), clock.synchronised()) == (1167 * S, 1170 * S, False)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance_to(0)
    assert ManualClock().boot_id == first
