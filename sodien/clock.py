"""Time: the boot's monotonic clock, and when its offset to wall time is known.

A Raspberry Pi has no battery-backed clock, so edges and rows carry CLOCK_MONOTONIC of the boot they were
seen in, and wall time is looked up through an offset: ``wall = monotonic + offset``. The offset is worth
recording once the wall clock is synchronised, and again when a synchronised clock steps. Slews need no
record: NTP slews CLOCK_MONOTONIC together with the wall clock, the offset does not move.

The shell is :class:`SystemClock`; :mod:`firmware.simulation.manual_clock` has a simulated one. The decision
when a record is due is pure (:func:`due`, :class:`ClockWatch`).

All instants and offsets are integer nanoseconds; what is kept and shown is in milliseconds (:func:`ms_of`).
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import ctypes

#: A synchronised clock that moved by more than this against the last record has stepped.
STEP_NS = 250_000_000
_GOOD_SAMPLE_NS = 1_000_000
_SAMPLE_TRIES = 5

# linux/timex.h: what adjtimex returns, and the status bit, of a clock nobody has set.
_TIME_ERROR = 5
_STA_UNSYNC = 0x0040
_BOOTTIME = getattr(time, "CLOCK_BOOTTIME", None)
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TIMESYNCD = Path("/run/systemd/timesync/synchronized")


def ms_of(ns: int) -> int:
    """Whole milliseconds of an instant, rounded down."""
    return ns // 1_000_000


def now_ms() -> int:
    """Milliseconds since 1970 UTC as this machine believes."""
    return ms_of(time.time_ns())


class Clock(Protocol):
    """What the rest of Sodien asks of a clock."""

    @property
    def boot_id(self) -> str:
        """Names the boot, or the time since the machine last slept; monotonic times of others say nothing."""
        ...

    def monotonic_ns(self) -> int:
        """CLOCK_MONOTONIC, the clock of the kernel's edge times."""
        ...

    def wall_ns(self) -> int:
        """Nanoseconds since 1970 UTC as the machine believes, right or wrong."""
        ...

    def synchronised(self) -> bool:
        """Whether the wall clock is known to be right."""
        ...


def timex_type(long: Any) -> type[ctypes.Structure]:
    """``struct timex`` of sys/timex.h for a C ``long`` of the given ctypes type.

    128 bytes where long has 32 bits, 208 where it has 64. libc's symbol ``adjtimex`` keeps this layout
    also where 64-bit time on 32-bit machines has a second one under another name.
    """
    import ctypes  # here, because whoever only asks for the time should not pay for it

    fields: list[tuple[str, Any]] = [("modes", ctypes.c_uint32)]
    fields += [(name, long) for name in ("offset", "freq", "maxerror", "esterror")]
    fields += [("status", ctypes.c_int32)]
    fields += [(name, long) for name in ("constant", "precision", "tolerance", "time_s", "time_us")]
    fields += [(name, long) for name in ("tick", "ppsfreq", "jitter")]
    fields += [("shift", ctypes.c_int32)]
    fields += [(name, long) for name in ("stabil", "jitcnt", "calcnt", "errcnt", "stbcnt")]
    fields += [("tai", ctypes.c_int32), ("reserved", ctypes.c_int32 * 11)]
    return type("Timex", (ctypes.Structure,), {"_fields_": fields})


def unset(returned: int, status: int) -> bool:
    """Whether adjtimex's answer says that nobody has set the clock (adjtimex(2): TIME_ERROR, STA_UNSYNC)."""
    return returned == _TIME_ERROR or bool(status & _STA_UNSYNC)


def _kernel_synchronised() -> bool | None:
    """What the kernel knows; None where it cannot be asked (another libc, a seccomp filter)."""
    import ctypes

    try:
        adjtimex = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):
        return None
    timex: Any = timex_type(ctypes.c_long)()  # modes 0: read only, needs no privilege
    returned = int(adjtimex(ctypes.byref(timex)))
    return None if returned < 0 else not unset(returned, timex.status)


class SystemClock:
    """This machine's clock.

    Attributes:
        warning: a sentence when :attr:`boot_id` had to be made up, else None.
    """

    def __init__(self, trust: bool = False) -> None:
        """``trust``: the wall clock counts as synchronised always (``clock: trust``: an RTC, no network)."""
        self._trust = trust
        self._asleep = 0
        self.warning: str | None = None
        try:
            self._boot = str(uuid.UUID(_BOOT_ID.read_text(encoding="ascii").strip()))
        except (OSError, ValueError) as error:
            self._boot = str(uuid.uuid4())
            self.warning = (
                f"the boot id could not be read from {_BOOT_ID} ({error}), so this start counts as a new boot"
            )

    @property
    def boot_id(self) -> str:
        """The kernel's, or a random one where /proc does not tell; it then holds for this process.

        While a machine sleeps CLOCK_MONOTONIC stands still. So each sleep begins another boot for us: the
        seconds slept so far are in its id.
        """
        asleep = time.clock_gettime_ns(_BOOTTIME) - time.monotonic_ns() if _BOOTTIME is not None else 0
        if abs(asleep - self._asleep) > STEP_NS:
            self._asleep = asleep
        slept = self._asleep // 1_000_000_000
        return f"{self._boot}+{slept}" if slept else self._boot

    def monotonic_ns(self) -> int:
        """CLOCK_MONOTONIC."""
        return time.monotonic_ns()

    def wall_ns(self) -> int:
        """Nanoseconds since 1970 UTC as the machine believes."""
        return time.time_ns()

    def synchronised(self) -> bool:
        """The kernel says so (any NTP client), or systemd-timesyncd has synchronised since this boot.

        The second question matters after hours without network: the kernel then withdraws its word, but
        a clock once set in this boot drifts by seconds a week at most. It also serves where the kernel
        cannot be asked: systemd's ``ProtectClock=`` forbids reading adjtimex too.
        """
        return self._trust or bool(_kernel_synchronised()) or _TIMESYNCD.exists()


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading of both clocks: at ``mono_ns`` ± ``error_ns`` the wall clock showed ``wall_ns``."""

    mono_ns: int
    wall_ns: int
    synchronised: bool
    error_ns: int = 0

    @property
    def offset_ns(self) -> int:
        """``wall_ns - mono_ns``."""
        return self.wall_ns - self.mono_ns


@dataclass(frozen=True, slots=True)
class ClockRecord:
    """From ``mono_ns`` on, ``wall = mono + offset_ns``.

    Attributes:
        step_ms: by how much the synchronised wall clock jumped since the record before, forwards positive;
            0 for the first record of a run.
    """

    mono_ns: int
    offset_ns: int
    step_ms: int


def sample(clock: Clock) -> Sample:
    """Read the wall clock between two monotonic readings, so that the error is bounded.

    Being scheduled out between them widens the bound; the best of a few tries is kept.
    """
    best: Sample | None = None
    for _ in range(_SAMPLE_TRIES):
        # Asked before: a clock set in between would be believed with its old reading otherwise.
        synchronised = clock.synchronised()
        before = clock.monotonic_ns()
        wall = clock.wall_ns()
        after = clock.monotonic_ns()
        taken = Sample((before + after) // 2, wall, synchronised, (after - before + 1) // 2)
        if best is None or taken.error_ns < best.error_ns or taken.synchronised != best.synchronised:
            best = taken
        if best.error_ns <= _GOOD_SAMPLE_NS:
            break
    assert best is not None
    return best


def due(last: ClockRecord | None, taken: Sample) -> ClockRecord | None:
    """The record to write after this sample, or None.

    One is due when the clock is synchronised for the first time in a run (``last`` is None), and when a
    synchronised clock has moved for certain (sampling error allowed for) by more than STEP_NS against the
    last record. What an unsynchronised clock does is never recorded.
    """
    if not taken.synchronised:
        return None
    if last is None:
        return ClockRecord(taken.mono_ns, taken.offset_ns, 0)
    moved = taken.offset_ns - last.offset_ns
    if abs(moved) - taken.error_ns <= STEP_NS:
        return None
    return ClockRecord(taken.mono_ns, taken.offset_ns, (moved + 500_000) // 1_000_000)


class ClockWatch:
    """Remembers the last record of a run and says when the next one is due.

    Attributes:
        last: the record in force, None while this run's clock is not known.
    """

    def __init__(self, last: ClockRecord | None = None) -> None:
        self.last = last

    def feed(self, taken: Sample) -> ClockRecord | None:
        """The record that became due with this sample, or None; samples in the order they were taken."""
        record = due(self.last, taken)
        if record is not None:
            self.last = record
        return record

    def moved(self, offset_ns: int) -> bool:
        """Whether a known clock seems to have stepped; only samples tell for certain."""
        return self.last is not None and abs(offset_ns - self.last.offset_ns) > STEP_NS

    def wall_ns(self, mono_ns: int) -> int | None:
        """Wall time of an instant of this boot by the record in force; None while the clock is not known."""
        return None if self.last is None else mono_ns + self.last.offset_ns

    def wall_ms(self, mono_ns: int) -> int | None:
        """Wall time of an instant of this boot in ms UTC, rounded down; None while the clock is not known."""
        return None if self.last is None else ms_of(mono_ns + self.last.offset_ns)
