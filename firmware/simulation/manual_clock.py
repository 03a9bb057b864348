"""A clock without a machine, for the demo and the tests: time passes only when told."""

from __future__ import annotations

import uuid


class ManualClock:
    """The simulated clock: time passes only when told.

    It keeps the *true* time of a simulated world, which never stops or goes back, also while the
    simulated machine is off: :meth:`now_ns` counts it from 0. The machine's monotonic clock starts
    anew at each :meth:`reboot`, and its wall clock may be wrong.

    Attributes:
        boot_id: names the simulated boot; the same sequence every time.
        boots: how often the machine has been started.
    """

    def __init__(self, wall_ns: int = 0, *, monotonic_ns: int = 0, synchronised: bool = True) -> None:
        """The world starts at wall time ``wall_ns``, the machine at ``monotonic_ns`` of its first boot."""
        self._now = 0
        self._origin = wall_ns
        self._wall_error = 0
        self._boot = -monotonic_ns
        self._synchronised = synchronised
        self._slept = 0
        self.boots = 1
        self._name()

    def _name(self) -> None:
        self.boot_id = str(uuid.UUID(int=self.boots)) + (f"+{self._slept}" if self._slept else "")

    def now_ns(self) -> int:
        """True time since the world began; not available to a real machine."""
        return self._now

    def true_wall_ns(self) -> int:
        """What a right clock would show."""
        return self._origin + self._now

    def monotonic_ns(self) -> int:
        """Nanoseconds since the simulated boot."""
        return self._now - self._boot

    def wall_ns(self) -> int:
        """What the simulated machine's wall clock shows."""
        return self._origin + self._now + self._wall_error

    def synchronised(self) -> bool:
        """As set; a reboot clears it."""
        return self._synchronised

    def advance(self, ns: int) -> None:
        """Let time pass. Raises ValueError when ``ns`` is negative: time does not run back."""
        if ns < 0:
            raise ValueError(f"time cannot go back by {-ns} ns")
        self._now += ns

    def advance_to(self, now_ns: int) -> None:
        """Let time pass until :meth:`now_ns` is this. Raises ValueError when that is in the past."""
        if now_ns < self._now:
            raise ValueError(f"time cannot go back by {self._now - now_ns} ns")
        self._now = now_ns

    def sleep(self, ns: int) -> None:
        """The machine sleeps: time passes, its monotonic clock stands still."""
        self.advance(ns)
        self._boot += ns
        self._slept += ns // 1_000_000_000
        self._name()

    def step_wall(self, ns: int) -> None:
        """Set the machine's wall clock forwards (or, negative, back); monotonic time is untouched."""
        self._wall_error += ns

    def synchronise(self) -> None:
        """Network time arrives: the wall clock is right and known to be."""
        self._wall_error = 0
        self._synchronised = True

    def desynchronise(self) -> None:
        """The wall clock keeps its reading, but nobody vouches for it any more."""
        self._synchronised = False

    def reboot(self, *, wall_ns: int | None = None, synchronised: bool = False) -> None:
        """Start the machine again, now: new boot id, monotonic time from 0, wall clock not vouched for.

        ``wall_ns`` is what the wall clock wakes up with, e.g. the hour of the last clean stop as on a Pi
        without an RTC; without it, it has kept going.
        """
        self.boots += 1
        self._boot, self._slept = self._now, 0
        self._name()
        self._synchronised = synchronised
        if wall_ns is not None:
            self._wall_error = wall_ns - self.true_wall_ns()
