"""The system clock, and when a clock record is due."""

from __future__ import annotations

import ctypes
import time
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.simulation.manual_clock import ManualClock
from sodien import clock as clock_module
from sodien.clock import (
    STEP_NS,
    Clock,
    ClockRecord,
    ClockWatch,
    Sample,
    SystemClock,
    due,
    ms_of,
    now_ms,
    sample,
    timex_type,
    unset,
)

MS = 1_000_000
S = 1_000_000_000


def test_timex_has_the_kernels_layout_on_32_and_64_bit():
    narrow, wide = timex_type(ctypes.c_int32), timex_type(ctypes.c_int64)
    assert (ctypes.sizeof(narrow), narrow.status.offset, narrow.tick.offset) == (128, 20, 44)
    assert (ctypes.sizeof(wide), wide.status.offset, wide.tick.offset) == (208, 40, 88)
    assert ctypes.sizeof(timex_type(ctypes.c_long)) == (208 if ctypes.sizeof(ctypes.c_long) == 8 else 128)


@pytest.mark.parametrize(
    ("returned", "status", "expected"),
    [(0, 0x2001, False), (5, 0x40, True), (0, 0x40, True), (5, 0, True), (1, 0, False), (4, 0, False)],
)
def test_unset_is_time_error_or_sta_unsync(returned, status, expected):
    assert unset(returned, status) is expected


def test_the_kernel_can_be_asked_here():
    assert clock_module._kernel_synchronised() in (True, False)


@pytest.mark.parametrize(
    ("kernel", "timesyncd"), [(k, t) for k in (True, False, None) for t in (True, False)]
)
def test_either_witness_makes_the_clock_synchronised(monkeypatch, tmp_path, kernel, timesyncd):
    flag = tmp_path / "synchronized"
    if timesyncd:
        flag.touch()
    monkeypatch.setattr(clock_module, "_kernel_synchronised", lambda: kernel)
    monkeypatch.setattr(clock_module, "_TIMESYNCD", flag)
    assert SystemClock(trust=False).synchronised() is (kernel is True or timesyncd)
    assert SystemClock(trust=True).synchronised() is True


def test_system_clock_reads_this_machine():
    clock: Clock = SystemClock(trust=False)
    boot = Path("/proc/sys/kernel/random/boot_id")
    if boot.exists():
        assert clock.boot_id == boot.read_text().strip()
    before = time.monotonic_ns()
    taken = sample(clock)
    after = time.monotonic_ns()
    assert before <= taken.mono_ns - taken.error_ns
    assert taken.mono_ns + taken.error_ns <= after + 1
    assert abs(taken.offset_ns - (time.time_ns() - time.monotonic_ns())) < 5 * S


@pytest.mark.parametrize("content", [None, "not a boot id", "é"])
def test_a_missing_boot_id_is_made_up_and_said(monkeypatch, tmp_path, content):
    path = tmp_path / "boot_id"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    monkeypatch.setattr(clock_module, "_BOOT_ID", path)
    first, second = SystemClock(), SystemClock()
    uuid.UUID(first.boot_id)
    assert first.boot_id != second.boot_id
    assert first.warning is not None
    assert str(path) in first.warning


def test_each_sleep_of_the_machine_begins_another_boot(monkeypatch):
    clock, slept = SystemClock(), [0]
    awake = time.monotonic_ns
    monkeypatch.setattr(clock_module.time, "clock_gettime_ns", lambda _: awake() + slept[0])
    first = clock.boot_id
    slept[0] = 100_000_000
    assert clock.boot_id == first, "no more than the jitter of reading two clocks"
    slept[0] = 30_500_000_000
    second = clock.boot_id
    assert second == f"{first}+30"
    slept[0] += 100_000
    assert clock.boot_id == SystemClock().boot_id == second


def test_the_narrowest_sample_is_kept():
    class Stalled(ManualClock):
        """Scheduled out for a while between the readings, less and less often."""

        def wall_ns(self):
            self.advance(stalls.pop(0))
            return super().wall_ns()

    stalls = [900 * MS, 300 * MS, 2 * MS, 700 * MS, 800 * MS]
    clock = Stalled(1_800_000_000 * S)
    taken = sample(clock)
    assert taken.error_ns == 1 * MS
    assert abs(taken.offset_ns - 1_800_000_000 * S) <= taken.error_ns


def test_a_clock_that_becomes_synchronised_while_sampling_is_not_believed_with_its_old_reading():
    class Late(ManualClock):
        def wall_ns(self):
            value = super().wall_ns()
            self.synchronise()
            return value

    clock = Late(1_800_000_000 * S, synchronised=False)
    clock.step_wall(-86_400 * S)
    assert sample(clock).synchronised is False
    assert sample(clock).offset_ns == 1_800_000_000 * S


OFFSETS = st.integers(-(10**19), 10**19)
SAMPLES = st.builds(
    lambda mono, offset, ok, error: Sample(mono, mono + offset, ok, error),
    st.integers(0, 10**17),
    OFFSETS,
    st.booleans(),
    st.integers(0, S),
)


@given(st.lists(SAMPLES, max_size=30))
def test_records_start_with_the_first_synchronised_sample_and_move_by_more_than_the_threshold(samples):
    watch = ClockWatch()
    records: list[ClockRecord] = []
    for taken in samples:
        record = watch.feed(taken)
        assert watch.last == (record if record is not None else (records[-1] if records else None))
        if record is None:
            continue
        assert taken.synchronised
        assert (record.mono_ns, record.offset_ns) == (taken.mono_ns, taken.offset_ns)
        if records:
            assert abs(record.offset_ns - records[-1].offset_ns) > STEP_NS
            assert abs(record.step_ms * MS - (record.offset_ns - records[-1].offset_ns)) <= MS // 2
        else:
            assert record.step_ms == 0
        records.append(record)
    assert bool(records) == any(taken.synchronised for taken in samples)


@given(st.integers(-STEP_NS, STEP_NS), st.integers(0, 10 * S), st.integers(0, 10**17))
def test_a_slew_or_a_bad_sample_is_no_step(moved, error, mono):
    last = ClockRecord(0, 5 * S, 0)
    assert due(last, Sample(mono, mono + 5 * S + moved, True, error)) is None
    stretched = moved + (error if moved >= 0 else -error)
    assert due(last, Sample(mono, mono + 5 * S + stretched, True, error)) is None


@pytest.mark.parametrize("moved", [STEP_NS + 1, -STEP_NS - 1, 3600 * S, -86_400 * S])
def test_a_step_is_recorded_with_its_size(moved):
    last = ClockRecord(7, 5 * S, 0)
    record = due(last, Sample(100, 100 + 5 * S + moved, True))
    assert record == ClockRecord(100, 5 * S + moved, round(moved / MS))
    assert due(last, Sample(100, 100 + 5 * S + moved, False)) is None


def test_many_small_steps_add_up_to_a_record():
    watch = ClockWatch()
    clock = ManualClock(1_800_000_000 * S)
    assert watch.wall_ns(0) is None
    watch.feed(sample(clock))
    steps = 0
    for _ in range(10):
        clock.advance(60 * S)
        clock.step_wall(100 * MS)
        steps += watch.feed(sample(clock)) is not None
    assert steps == 3  # at 300, 600 and 900 ms
    assert watch.wall_ns(clock.monotonic_ns()) == clock.wall_ns() - 100 * MS


@given(st.integers(-(10**18), 10**19), st.integers(-(10**18), 10**19))
def test_milliseconds_are_rounded_down(mono, offset):
    watch = ClockWatch(ClockRecord(0, offset, 0))
    wall = watch.wall_ns(mono)
    assert wall is not None
    assert watch.wall_ms(mono) == ms_of(wall)
    assert 0 <= wall - ms_of(wall) * MS < MS
    assert ClockWatch().wall_ms(mono) is None


def test_now_is_the_systems_time():
    before = time.time_ns()
    assert before // MS <= now_ms() <= time.time_ns() // MS
