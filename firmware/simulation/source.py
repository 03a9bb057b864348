"""A simulated meter LED on gpiozero's mock pins, so that everything behind the pin is the real code.

:class:`SimulatedSource` makes each meter's line flash as its load profile demands: in real time, or stepped
with a :class:`ManualClock`. It can keep a truth log: one line per emitted pulse,
``<meter> <running count> <monotonic ns>``, written before the line goes active, so that a pulse that could
have been counted is in it whatever happens to the process.

The simulated meter sees the profile itself: a multiplier (current transformers) is not applied.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Self

from gpiozero.exc import GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPin

from firmware.gpio.errors import pin_error
from firmware.simulation.ground_truth import SimulationError, TruthLog
from firmware.simulation.load_profile import KWH_WNS, Profile, household, pulses, read_profile
from firmware.simulation.manual_clock import ManualClock
from sodien.clock import Clock
from sodien.i18n import tr

if TYPE_CHECKING:
    from sodien.settings.model import MeterSettings, Settings

#: How long a meter's LED usually lights, at speed 1 (IEC 62053-31 asks for 30 ms or more of a pulse output).
PULSE_NS = 80_000_000
_BOARD = "a02082"  # a Raspberry Pi 3B: the 40-pin header
_RETRY_S = 0.5


class SimulatedPin(MockPin):  # type: ignore[misc]
    """A mock pin whose line something outside drives; edges carry the factory's ticks. Keeps no history."""

    _driven = False
    _when_changed: Any

    def connect(self, level: bool) -> None:
        """The line has been at this level all along; from now on no pull resistor moves it."""
        self._driven = True
        self._state = level

    def drive(self, level: bool, ticks: int) -> None:
        """Set the line; an edge happens if it changes. ``ticks``: monotonic nanoseconds."""
        if self._state is not level:
            self._state = level
            self._last_change = ticks
            if self._when_changed is not None and self._edges != ("falling" if level else "rising"):
                self._call_when_changed()

    def clear_states(self) -> None:
        """There is no history to clear."""
        self._last_change = self.factory.ticks()
        self.states = ()

    def _change_state(self, value: bool) -> bool:
        if self._state == value:
            return False
        self._state = value
        self._last_change = self.factory.ticks()
        return True

    def _set_pull(self, value: str) -> None:
        level = self._state
        if not self._driven:
            super()._set_pull(value)
            return
        waiting, self._when_changed = self._when_changed, None  # a pull is no edge on a driven line
        try:
            super()._set_pull(value)
        finally:
            self._state, self._when_changed = level, waiting


class SimulatedFactory(MockFactory):  # type: ignore[misc]
    """gpiozero's mock factory on Sodien's clock; its ticks are whole monotonic nanoseconds.

    Attributes:
        source: what drives the lines, if anything does.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(revision=_BOARD, pin_class=SimulatedPin)
        self.clock = clock
        self.source: SimulatedSource | None = None

    def ticks(self) -> int:
        """Monotonic nanoseconds of the clock."""
        return self.clock.monotonic_ns()

    @staticmethod
    def ticks_diff(later: int, earlier: int) -> float:
        """Seconds between two ticks."""
        return (later - earlier) / 1e9

    def close(self) -> None:
        """Stop watching; the lines stay, as wires do when a program ends."""
        for pin in self.pins.values():
            pin.close()

    def reader_alive(self) -> bool:
        """False when the lines should be driven in real time and are not any more."""
        return self.source is None or not self.source.broken


@dataclass(frozen=True, slots=True)
class _Load:
    """A profile that a meter is under from ``origin`` (ns) on, begun at ``begin_ns`` of it."""

    profile: Profile
    origin: int
    start_kwh: Fraction
    begin_ns: int

    def energy_kwh(self, now_ns: int, speed: Fraction) -> Fraction:
        """The register at an instant of it."""
        played, energy = (now_ns - self.origin) * speed, self.profile.energy_kwh
        return self.start_kwh + energy(self.begin_ns + played) - energy(self.begin_ns)


class SimulatedMeter:
    """One simulated meter: when its LED lights and goes out, and what its register really is.

    The schedule is the profile's. An edge that comes late is not skipped: it and its successors are as
    late as the shortest legal pulse and spacing make necessary, so that what is emitted can be counted.

    Attributes:
        id: the meter's id.
        emitted: pulses of this source so far.
        due_ns: when the next edge is due; None when the profile has no load at all.
        lit: whether the LED is on.
    """

    def __init__(
        self,
        settings: MeterSettings,
        pin: SimulatedPin,
        profile: Profile,
        *,
        speed: Fraction,
        start_kwh: Fraction,
        begin_ns: int,
    ) -> None:
        """Connect the line; speed, start_kwh and begin_ns as in :func:`.load_profile.pulses`."""
        self.id: str = settings.id
        self.emitted = 0
        self.lit = False
        self.due_ns: int | None = None
        self._pin = pin
        self._active = settings.active == "high"
        self._speed = speed
        self._loads = [_Load(profile, 0, start_kwh, begin_ns)]
        self._constant = Fraction(settings.constant)
        limits = settings.limits(speed)
        self._min_active: int = limits.min_active_ns
        self._min_spacing: int = limits.min_spacing_ns
        self._min_dark = max(
            1, limits.min_dark_ns, min(self._min_active, self._min_spacing - self._min_active)
        )
        self._width = max(1, int(PULSE_NS / speed))
        self._schedule = self._pulses()
        self._scheduled = self._following = self._lit_at = 0
        pin.connect(not self._active)

    @property
    def overload(self) -> bool:
        """Whether the profile peaks above what the main breaker's limits take as legal."""
        rate = self._constant * self._loads[-1].profile.peak_watts * self._speed
        return rate > 0 and int(KWH_WNS / rate) < self._min_spacing

    def begin(self, now_ns: int) -> None:
        """Offset 0 of the schedule is now."""
        self._loads[-1] = replace(self._loads[-1], origin=now_ns)
        first, second = next(self._schedule, None), next(self._schedule, None)
        if first is not None and second is not None:
            self._scheduled, self._following = now_ns + first, now_ns + second
            self.due_ns = self._scheduled

    def change(self, profile: Profile, now_ns: int) -> None:
        """From now on the load is this one, which is not nothing; a flash that has begun is finished."""
        self._loads.append(_Load(profile, now_ns, self.energy_kwh(now_ns), 0))
        self._schedule = self._pulses()
        if self.lit:
            self._following = now_ns + next(self._schedule)
        else:
            self.begin(now_ns)

    def _pulses(self) -> Iterator[int]:
        load = self._loads[-1]
        return pulses(
            load.profile,
            self._constant,
            speed=self._speed,
            start_kwh=load.start_kwh,
            begin_ns=load.begin_ns,
        )

    def edge(self, now_ns: int, ticks: int, truth: TruthLog | None) -> None:
        """Make the next edge, now. Raises SimulationError when the truth log fails; then nothing happened."""
        if self.lit:
            self._pin.drive(not self._active, ticks)
            self.lit = False
            self._scheduled = self._following
            self._following = self._loads[-1].origin + next(self._schedule)
            self.due_ns = max(self._scheduled, self._lit_at + self._min_spacing, now_ns + self._min_dark)
            return
        if truth is not None:
            truth.write(self.id, ticks)
        self._pin.drive(self._active, ticks)
        self.emitted += 1
        self.lit = True
        self._lit_at = now_ns
        spacing = self._following - self._scheduled
        self.due_ns = now_ns + max(min(self._width, spacing // 2), min(self._min_active, spacing - 1))

    def energy_kwh(self, now_ns: int) -> Fraction:
        """The exact register at an instant since :meth:`begin`: start_kwh plus the energy played."""
        load = next((one for one in reversed(self._loads) if one.origin <= now_ns), self._loads[0])
        return load.energy_kwh(now_ns, self._speed)


def _pin(factory: SimulatedFactory, place: str, number: int) -> SimulatedPin:
    try:
        pin = factory.pin(number)
    except GPIOZeroError as error:
        raise pin_error(error, place, number) from error
    assert isinstance(pin, SimulatedPin)
    return pin


class SimulatedSource:
    """Drives the lines of all meters.

    Without a profile in the settings every meter gets a household of its own
    (:func:`firmware.simulation.load_profile.household` with ``seed``, ``seed + 1``, …). Lines are idle once
    the source exists; the profile starts with :meth:`start` or the first :meth:`run_until`.

    Attributes:
        meters: by id.
        warning: a sentence when a profile exceeds a main breaker; such pulses are emitted late, not lost.
        failure: why no pulse can be emitted just now (the truth log's disk is full), else None.
    """

    def __init__(
        self,
        factory: SimulatedFactory,
        settings: Settings,
        clock: Clock,
        *,
        profile: Profile | None = None,
        begin_ns: int = 0,
        start_kwh: Mapping[str, Fraction] | None = None,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        """Connect the lines.

        Args:
            factory: of the pins that the inputs are opened on.
            settings: ``meters`` and ``gpio.simulated``.
            clock: gives the edges their time; a ManualClock for :meth:`run_until`.
            profile: instead of the settings' profile, for all meters.
            begin_ns: where in the profile to begin.
            start_kwh: true registers at the begin, by meter id; 0 for the others.
            sleep: waits in real time (seconds); for tests.

        Raises:
            GpioError: there is no such pin.
            ProfileError: the profile cannot be read.
            SimulationError: the truth log cannot be used.
        """
        simulated = settings.gpio.simulated
        self._clock = clock
        self._sleep = sleep
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._heap: list[tuple[int, int]] | None = None
        self._begun = False
        self.failure: str | None = None
        self.warning: str | None = None
        speed = Fraction(simulated.speed)
        if profile is None and simulated.profile is not None:
            profile = read_profile(simulated.profile)
        self._meters = [
            SimulatedMeter(
                meter,
                _pin(factory, f"meters[{index}].pin", meter.pin),
                profile or household(simulated.seed + index),
                speed=speed,
                start_kwh=(start_kwh or {}).get(meter.id, Fraction(0)),
                begin_ns=begin_ns,
            )
            for index, meter in enumerate(settings.meters)
        ]
        self.meters = {meter.id: meter for meter in self._meters}
        overloaded = [meter.id for meter in self._meters if meter.overload]
        if overloaded:
            self.warning = tr(
                "the load profile exceeds the main breaker of meter {meter}, so its pulses come late "
                "at times; raise breaker_amps or use a smaller profile",
                meter=", ".join(overloaded),
            )
        self._truth = None if simulated.truth is None else TruthLog(simulated.truth)
        factory.source = self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def broken(self) -> bool:
        """Started in real time, not stopped, and yet not running."""
        return self._thread is not None and not self._stop.is_set() and not self._thread.is_alive()

    def start(self) -> None:
        """Play in real time, in a thread of its own, until :meth:`stop`; once per source."""
        self._begin()
        self._thread = threading.Thread(target=self._play, name="simulated-meter", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop playing; a flash that has begun is finished."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """Stop, and close the truth log."""
        self.stop()
        if self._truth is not None:
            self._truth.close()

    def change(self, meter: str, profile: Profile) -> None:
        """Another load from now on, for a meter of a stepped world. Raises ValueError for one without any."""
        if profile.total_kwh == 0:
            raise ValueError("a load of nothing has no pulses")
        self._begin()
        self.meters[meter].change(profile, self._now())
        self._heap = None
        self._begin()

    def run_until(self, now_ns: int) -> int:
        """Make all edges up to and including an instant, the clock set to each in turn, then to the instant.

        Instants are :meth:`ManualClock.now_ns`, which goes on through a reboot. Returns the pulses emitted.

        Raises:
            TypeError: the clock is not a ManualClock.
            ValueError: the instant is in the past.
            SimulationError: the truth log cannot be written.
        """
        clock = self._clock
        if not isinstance(clock, ManualClock):
            raise TypeError("only a ManualClock can be stepped")
        heap, truth, meters = self._begin(), self._truth, self._meters
        before = sum(meter.emitted for meter in meters)
        while heap and heap[0][0] <= now_ns:
            due, index = heap[0]
            if due > clock.now_ns():
                clock.advance_to(due)
            meters[index].edge(clock.now_ns(), clock.monotonic_ns(), truth)
            heapq.heapreplace(heap, (meters[index].due_ns or 0, index))
        clock.advance_to(now_ns)
        return sum(meter.emitted for meter in meters) - before

    def _now(self) -> int:
        return self._clock.now_ns() if isinstance(self._clock, ManualClock) else self._clock.monotonic_ns()

    def _begin(self) -> list[tuple[int, int]]:
        if not self._begun:
            self._begun, now = True, self._now()
            for meter in self._meters:
                meter.begin(now)
        if self._heap is None:
            self._heap = [(m.due_ns, i) for i, m in enumerate(self._meters) if m.due_ns is not None]
            heapq.heapify(self._heap)
        return self._heap

    def _play(self) -> None:
        heap = self._begin()
        while True:
            if self._stop.is_set():
                heap[:] = [one for one in heap if self._meters[one[1]].lit]
                heapq.heapify(heap)
                if not heap:
                    return
            if not heap:
                self._rest(3600.0)
                continue
            due, index = heap[0]
            now = self._clock.monotonic_ns()
            if now < due:
                self._rest((due - now) / 1e9)
                continue
            meter = self._meters[index]
            try:
                meter.edge(now, now, self._truth)
            except SimulationError as error:
                self.failure = str(error)
                self._rest(_RETRY_S)
                continue
            self.failure = None
            heapq.heapreplace(heap, (meter.due_ns or 0, index))

    def _rest(self, seconds: float) -> None:
        if self._sleep is not None:
            self._sleep(seconds)
        elif self._stop.is_set():
            time.sleep(seconds)
        else:
            self._stop.wait(seconds)
