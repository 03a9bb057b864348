"""The simulated meters, through gpiozero's pins and the real input device."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.gpio.errors import GpioError
from firmware.gpio.factory import reader_alive
from firmware.gpio.inputs import close_inputs, open_inputs
from firmware.simulation.ground_truth import SimulationError, TruthLog
from firmware.simulation.load_profile import KWH_WNS, Profile, pulses
from firmware.simulation.manual_clock import ManualClock
from firmware.simulation.source import PULSE_NS, SimulatedFactory, SimulatedSource
from sodien.clock import SystemClock
from sodien.metering.counting.limits import PulseLimits
from sodien.metering.counting.pulse_filter import PulseFilter
from sodien.settings.model import parse

S = 1_000_000_000
MS = 1_000_000
FLAT = Profile("flat", (3600,), (60 * S,))  # at 1000 imp/kWh one pulse a second


def meter(name: str = "main", pin: int = 17, **changes: object) -> SimpleNamespace:
    """A meter's settings; the limits are those of 8.8 kW and 5 ms unless said otherwise."""
    values = {"id": name, "pin": pin, "pull": "none", "active": "high", "constant": 1000} | changes
    power = Fraction(values.pop("watts", 8800))  # type: ignore[arg-type]

    def limits(speed: Fraction) -> PulseLimits:
        spacing = Fraction(KWH_WNS) / (Fraction(values["constant"]) * power * speed)  # type: ignore[arg-type]
        return PulseLimits(max(1, int(5 * MS / speed)), max(1, int(spacing)))

    return SimpleNamespace(**values, limits=limits)


def configured(*meters: SimpleNamespace, **simulated: object) -> SimpleNamespace:
    defaults = {"profile": None, "speed": 1, "truth": None, "seed": 1}
    return SimpleNamespace(
        meters=list(meters or [meter()]),
        gpio=SimpleNamespace(simulated=SimpleNamespace(**defaults | simulated)),
    )


class Bench:
    """Source, factory, inputs and queue on one clock."""

    def __init__(self, config: SimpleNamespace, clock=None, **options: object) -> None:
        self.clock = ManualClock() if clock is None else clock
        self.config = config
        self.factory = SimulatedFactory(self.clock)
        self.source = SimulatedSource(self.factory, config, self.clock, **options)  # type: ignore[arg-type]
        self.queue: SimpleQueue = SimpleQueue()
        self.inputs = open_inputs(config, self.queue, self.factory)

    def edges(self) -> list[tuple[int, int, bool]]:
        return [self.queue.get_nowait() for _ in range(self.queue.qsize())]


@pytest.mark.parametrize("active", ["high", "low"])
@pytest.mark.parametrize("pull", ["none", "up", "down"])
def test_stepped_edges_come_at_the_exact_instants(active, pull):
    bench = Bench(configured(meter(active=active, pull=pull)), profile=FLAT)
    assert bench.edges() == []
    assert [line.is_active for line in bench.inputs] == [False]
    assert bench.source.run_until(3 * S) == 3
    assert bench.clock.now_ns() == 3 * S
    assert [line.is_active for line in bench.inputs] == [True]
    assert bench.source.run_until(3 * S + 500 * MS) == 0
    assert bench.edges() == [
        (0, at + late, lit) for at in (S, 2 * S, 3 * S) for late, lit in ((0, True), (PULSE_NS, False))
    ]


def test_only_a_manual_clock_can_be_stepped_and_only_forwards():
    bench = Bench(configured(), profile=FLAT)
    bench.source.run_until(5 * S)
    with pytest.raises(ValueError, match="cannot go back"):
        bench.source.run_until(4 * S)
    with pytest.raises(TypeError, match="ManualClock"):
        Bench(configured(), clock=SystemClock(), profile=FLAT).source.run_until(1)


PROFILES = st.lists(st.tuples(st.integers(0, 8800), st.integers(S, 600 * S)), min_size=1, max_size=6).map(
    lambda rows: Profile("any", tuple(w for w, _ in rows), tuple(d for _, d in rows))
)


@settings(max_examples=60, deadline=None)
@given(
    profile=PROFILES,
    constant=st.sampled_from([600, 1000, 1600, 3200, 10_000]),
    speed=st.sampled_from([Fraction(1), Fraction(60), Fraction(1, 2), Fraction(7, 3)]),
    start=st.fractions(min_value=0, max_value=10**5, max_denominator=1000),
    begin=st.integers(0, 3600 * S),
    active=st.sampled_from(["high", "low"]),
)
def test_every_emitted_pulse_is_legal_and_the_count_is_that_of_the_true_register(
    profile, constant, speed, start, begin, active
):
    config = configured(meter(constant=constant, active=active), speed=speed)
    bench = Bench(config, profile=profile, begin_ns=begin, start_kwh={"main": start})
    horizon = int(500 * S / speed)
    emitted = 0
    for part in (1, 3, 4, 10):
        emitted += bench.source.run_until(horizon * part // 10)
    simulated = bench.source.meters["main"]
    assert simulated.emitted == emitted
    if profile.total_kwh:
        assert emitted == simulated.energy_kwh(horizon) * constant // 1 - start * constant // 1
    assert bench.source.warning is None
    edges = bench.edges()
    limits = config.meters[0].limits(speed)
    assert [lit for *_, lit in edges] == [i % 2 == 0 for i in range(len(edges))]
    rising, falling = [ns for _, ns, lit in edges if lit], [ns for _, ns, lit in edges if not lit]
    assert len(rising) == emitted
    widths = [off - on for on, off in zip(rising, falling, strict=False)]
    assert all(
        limits.min_active_ns <= width <= max(PULSE_NS / speed, limits.min_active_ns) for width in widths
    )
    assert all(b - a >= limits.min_spacing_ns for a, b in pairwise(rising))


def test_a_load_above_the_breaker_is_late_but_not_lost_and_said():
    surge = Profile("surge", (10_000, 0), (60 * S, 60 * S))
    bench = Bench(configured(meter(watts=8000)), profile=surge)
    assert "exceeds the main breaker of meter main" in (bench.source.warning or "")
    assert bench.source.run_until(60 * S) < 166
    assert bench.source.run_until(120 * S) + len(bench.edges()) // 2 > 166
    rising = sum(m.emitted for m in bench.source.meters.values())
    assert rising == 166  # 10 kW for a minute at 1000 imp/kWh


@given(st.lists(st.tuples(st.integers(1, 8000), st.integers(1, 40_000)), min_size=1, max_size=6))
def test_a_load_that_changes_loses_no_pulse_and_the_past_stays_as_it_was(changes):
    bench = Bench(configured(), profile=FLAT)
    main, now, true, known = bench.source.meters["main"], 0, Fraction(0), []
    for watts, ms in [(3600, 0), *changes]:
        if now:
            bench.source.change("main", Profile("other", (watts,), (60 * S,)))
        ms = ms or 7300
        now, true = now + ms * MS, true + Fraction(watts * ms * MS, KWH_WNS)
        bench.source.run_until(now)
        known.append((now, true))
        assert main.emitted == int(true * 1000)
    assert [main.energy_kwh(at) for at, _ in known] == [kwh for _, kwh in known]
    with pytest.raises(ValueError, match="no pulses"):
        bench.source.change("main", Profile("none", (0,), (S,)))


def test_each_meter_has_its_own_household_line_and_polarity():
    config = configured(meter(), meter("shop", 27, active="low", pull="up", constant=3200), seed=3)
    bench = Bench(config)
    bench.source.run_until(3600 * S)
    edges = bench.edges()
    assert [ns for _, ns, _ in edges] == sorted(ns for _, ns, _ in edges)
    for index, simulated in enumerate(bench.source.meters.values()):
        lit = [active for i, _, active in edges if i == index]
        assert lit.count(True) == simulated.emitted > 50
        assert simulated.emitted == simulated.energy_kwh(3600 * S) * (1000, 3200)[index] // 1
    one, other = bench.source.meters.values()
    assert one.energy_kwh(3600 * S) != other.energy_kwh(3600 * S)


def test_no_load_at_all_is_a_dark_led():
    bench = Bench(configured(), profile=Profile("off", (0,), (60 * S,)))
    assert bench.source.run_until(10**6 * S) == 0
    assert bench.source.meters["main"].energy_kwh(10**6 * S) == 0
    bench.source.start()
    bench.source.close()


def test_pulses_go_on_while_the_machine_is_off():
    bench = Bench(configured(), profile=FLAT)
    bench.source.run_until(10 * S)
    bench.edges()
    close_inputs(bench.inputs)
    bench.factory.close()
    assert bench.source.run_until(20 * S) == 10
    assert bench.edges() == []
    bench.clock.reboot()
    bench.inputs = open_inputs(bench.config, bench.queue, bench.factory)
    assert bench.source.run_until(22 * S + 500 * MS) == 2
    assert bench.edges() == [
        (0, 80 * MS, False),  # the pulse at 20 s went on when the input was opened
        (0, 1 * S, True),
        (0, 1 * S + PULSE_NS, False),
        (0, 2 * S, True),
        (0, 2 * S + PULSE_NS, False),
    ]


def test_opening_an_input_on_a_driven_line_is_no_edge():
    for pull, active in (("up", "high"), ("down", "low"), ("none", "low")):
        bench = Bench(configured(meter(pull=pull, active=active)), profile=FLAT)
        assert bench.edges() == []
        assert not bench.inputs[0].is_active
        close_inputs(bench.inputs)
        again = open_inputs(bench.config, bench.queue, bench.factory)
        assert bench.edges() == []
        assert not again[0].is_active


def test_the_pin_keeps_no_history():
    bench = Bench(configured(), profile=FLAT)
    bench.source.run_until(1000 * S)
    assert bench.factory.pin(17).states == ()


def test_a_pin_the_board_lacks_is_one_sentence():
    with pytest.raises(GpioError, match=r"meters\[0\]\.pin: this board has no GPIO99"):
        Bench(configured(meter(pin=99)))


# -- real time ---------------------------------------------------------------------------------------------


class Wait:
    """A sleep that lets simulated time pass; late by ``late`` ns each time, until ``end``."""

    def __init__(self, clock: ManualClock, end: int, late: int = 0) -> None:
        self.clock, self.end, self.late, self.source = clock, end, late, None

    def __call__(self, seconds: float) -> None:
        self.clock.advance(round(seconds * 1e9) + self.late)
        if self.clock.now_ns() >= self.end:
            self.source._stop.set()


def played(config: SimpleNamespace, end: int, late: int, **options: object) -> Bench:
    clock = ManualClock(monotonic_ns=0)
    wait = Wait(clock, end, late)
    bench = Bench(config, clock=clock, sleep=wait, **options)
    wait.source = bench.source
    bench.source.start()
    bench.source._thread.join(30)
    assert not bench.source._thread.is_alive()
    return bench


def test_real_time_plays_the_schedule():
    bench = played(configured(), 60 * S + 100 * MS, 0, profile=FLAT)
    rising = [ns for _, ns, lit in bench.edges() if lit]
    assert rising == [S * i for i in range(1, 61)]
    assert not bench.source.broken


@pytest.mark.parametrize("late", [3 * MS, 60 * MS, 700 * MS, 4 * S])
def test_late_edges_are_never_skipped_and_stay_legal(late):
    config = configured(meter(constant=1600), speed=2)
    profile = Profile("busy", (8000, 500), (20 * S, 40 * S))
    bench = played(config, 120 * S, late, profile=profile)
    edges = bench.edges()
    limits = config.meters[0].limits(Fraction(2))
    rising, falling = [ns for _, ns, lit in edges if lit], [ns for _, ns, lit in edges if not lit]
    assert len(rising) == len(falling)  # a flash that has begun is finished
    assert all(off - on >= limits.min_active_ns for on, off in zip(rising, falling, strict=True))
    assert all(b - a >= limits.min_spacing_ns for a, b in pairwise(rising))
    schedule = pulses(profile, 1600, speed=2)
    assert all(next(schedule) <= ns for ns in rising)
    due = int(2 * profile.energy_kwh(120 * S) * 1600) if late < 100 * MS else 2
    assert len(rising) >= due // 2


def test_a_thread_plays_on_the_real_clock_and_speed_multiplies_the_pulses(tmp_path):
    truth = tmp_path / "pulses.log"
    bench = Bench(configured(speed=60, truth=truth), clock=SystemClock(), profile=FLAT)
    started = time.monotonic_ns()
    bench.source.start()
    edges = []
    while sum(lit for *_, lit in edges) < 30:
        edges.append(bench.queue.get(timeout=30))
    assert reader_alive(bench.factory)
    bench.source.close()
    took = time.monotonic_ns() - started
    edges += bench.edges()
    rising = [ns for _, ns, lit in edges if lit]
    assert len(rising) == bench.source.meters["main"].emitted <= took * 60 // S
    assert len(edges) == 2 * len(rising)
    assert all(ns - started >= (i + 1) * S // 60 for i, ns in enumerate(rising))
    logged = [line.split() for line in truth.read_text().splitlines()]
    assert logged == [["main", str(i + 1), str(ns)] for i, ns in enumerate(rising)]
    assert reader_alive(bench.factory)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_thread_is_seen():
    bench = Bench(configured(), clock=SystemClock(), profile=FLAT)

    def fail(seconds: float) -> None:
        raise SystemExit  # ends a thread without a traceback

    bench.source._sleep = fail
    bench.source.start()
    bench.source._thread.join(30)
    assert bench.source.broken
    assert not reader_alive(bench.factory)


# -- the truth log -----------------------------------------------------------------------------------------


def test_the_line_is_written_before_the_led_lights(tmp_path):
    truth = tmp_path / "pulses.log"
    bench = Bench(configured(truth=truth), profile=FLAT)
    seen = []
    put = bench.inputs[0]._put
    bench.inputs[0]._put = lambda edge: (seen.append((edge[2], truth.read_bytes())), put(edge))
    bench.source.run_until(2 * S)
    assert seen == [
        (True, b"main 1 1000000000\n"),
        (False, b"main 1 1000000000\n"),
        (True, b"main 1 1000000000\nmain 2 2000000000\n"),
    ]


@pytest.mark.parametrize("torn", [b"", b"m", b"main", b"main ", b"main 4", b"main 4 ", b"main 4 99"])
def test_counts_go_on_after_a_kill_and_a_torn_line_never_was(tmp_path, torn):
    path = tmp_path / "pulses.log"
    whole = b"main 1 10\nshop-2 1 11\nmain 2 12\nmain 3 3\n"
    path.write_bytes(whole + torn)
    log = TruthLog(path)
    assert log.counts == {"main": 3, "shop-2": 1}
    log.write("main", 77)
    log.write("new", 78)
    log.close()
    log.close()
    assert path.read_bytes() == whole + b"main 4 77\nnew 1 78\n"


KILLED = """
import sys
from pathlib import Path
from firmware.simulation.ground_truth import TruthLog
log = TruthLog(Path(sys.argv[1]))
while True:
    log.write("main", 1)
    print("x", flush=True)
"""


def test_nothing_logged_is_lost_by_sigkill(tmp_path):
    path = tmp_path / "pulses.log"
    written = 0
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE)
        for _ in range(50):
            assert child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        written += 50 + child.stdout.read().count(b"x")
        child.wait()
        child.stdout.close()
        counts = [int(line.split()[1]) for line in path.read_text().splitlines()]
        assert counts == list(range(1, len(counts) + 1))
        assert len(counts) >= written
        written = len(counts)


@pytest.mark.parametrize(
    "content", [b"SQLite format 3\0", b"main 1 1\nhello\n", b"main 1 1\r\n", b"\n", b"main 1 1\n-x"]
)
def test_a_file_that_is_something_else_is_left_alone(tmp_path, content):
    path = tmp_path / "other.db"
    path.write_bytes(content)
    with pytest.raises(SimulationError, match=r"other\.db line \d is not a line of a truth log"):
        TruthLog(path)
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    with pytest.raises(SimulationError, match=r"cannot be written .*gpio\.simulated\.truth"):
        TruthLog(tmp_path / "missing" / "pulses.log")
    with pytest.raises(SimulationError, match="cannot be written"):
        TruthLog(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SimulationError, match="truth log"):
        TruthLog(tmp_path / "pipe")


def test_a_full_disk_holds_pulses_back_and_loses_none(tmp_path, monkeypatch):
    path = tmp_path / "pulses.log"
    clock = ManualClock()
    wait = Wait(clock, 40 * S + 100 * MS)
    bench = Bench(configured(truth=path), clock=clock, sleep=wait, profile=FLAT)
    wait.source = bench.source
    write, failures = os.write, []

    def full(fd: int, data: bytes) -> int:
        if 10 * S < clock.now_ns() < 15 * S:
            failures.append(bench.source.failure)
            return write(fd, data[:5]) if len(failures) % 2 else write(10**6, data)
        return write(fd, data)

    monkeypatch.setattr("firmware.simulation.ground_truth.os.write", full)
    bench.source.start()
    bench.source._thread.join(30)
    assert len(failures) == 8
    assert "cannot be written" in failures[-1]
    assert bench.source.failure is None
    rising = [ns for _, ns, lit in bench.edges() if lit]
    assert len(rising) == 40
    assert path.read_text() == "".join(f"main {i + 1} {ns}\n" for i, ns in enumerate(rising))


def test_stepping_with_a_full_disk_says_so(tmp_path, monkeypatch):
    bench = Bench(configured(truth=tmp_path / "pulses.log"), profile=FLAT)
    monkeypatch.setattr("firmware.simulation.ground_truth.os.write", lambda *_: 3)
    with pytest.raises(SimulationError, match="disk full"):
        bench.source.run_until(5 * S)
    assert bench.edges() == []
    monkeypatch.undo()
    assert bench.source.run_until(5 * S) == 5


def test_a_profile_file_is_played(tmp_path):
    path = tmp_path / "load.csv"
    path.write_text("time,power_kw\n2026-01-01T00:00,3.6\n2026-01-01T00:01,0\n")
    bench = Bench(configured(profile=path))
    assert bench.source.run_until(300 * S) == 180  # a minute on, a minute off


def test_the_real_filter_and_settings_count_what_is_emitted():
    """The example settings, a household at sixty times its speed: every pulse emitted is a pulse counted."""
    config = parse(EXAMPLE, Path("sodien.yaml"))
    bench = Bench(config)
    counters = [PulseFilter(one.limits(config.speed)) for one in config.meters]
    for counter in counters:
        counter.start(False, 0)
    counted = [0, 0]
    for minute in range(1, 25):
        bench.source.run_until(minute * 60 * S)  # an hour of the profile each
        for index, ns, active in bench.edges():
            counted[index] += counters[index].edge(ns, active) is not None
    for index, counter in enumerate(counters):
        counted[index] += counter.advance(bench.clock.monotonic_ns()) is not None
        assert set(counter.rejected.values()) == {0}
    assert counted == [one.emitted for one in bench.source.meters.values()]
    assert counted[0] > 5 * 1600


EXAMPLE = """
device: nha-toi
gpio: {factory: simulated, simulated: {speed: 60}}
meters:
  - {id: main, pin: 17, constant: 1600, breaker_amps: 40, active: low, pull: up}
  - {id: shop, pin: 27, constant: 3200, breaker_amps: 63, phases: 3}
"""
