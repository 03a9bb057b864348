"""One meter's count, pure: pulses in, ticks and saves out.

Times are monotonic nanoseconds of one boot. The shell feeds accepted pulses in order of time and closes
minutes; the counter says what to write. A minute is closed only when no older edge can come any more, so a
tick's count is exact: all pulses that began before it, and none that began after.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

#: What the shell may leave unprocessed while it waits for edges to settle and a save to reach the disk.
HANDLING_S = Fraction(1, 5)


@dataclass(frozen=True, slots=True)
class Tick:
    """The cumulative count at ``mono``.

    Attributes:
        pulses: every pulse that began before ``mono``.
        first_ns: nanoseconds from the first new pulse since the last tick to this one; 0 without a new one.
    """

    mono: int
    pulses: int
    first_ns: int


def save_threshold(at_risk_wh: Fraction, constant: Fraction, p_max_kw: Fraction) -> int:
    """How many unsaved pulses call for a save, so that less than ``at_risk_wh`` is ever unsaved.

    One pulse less than ``at_risk_wh`` holds (the next one may begin while the save is on its way), and less
    again by what the main breaker lets through within HANDLING_S. At least 1: where one pulse is worth more
    than ``at_risk_wh``, every pulse is saved at once and one pulse is at risk.
    """
    at_risk, meanwhile = _at_risk(at_risk_wh, constant, p_max_kw)
    return max(1, at_risk - 1 - meanwhile)


def most_unsaved(at_risk_wh: Fraction, constant: Fraction, p_max_kw: Fraction) -> int:
    """In how many pulses' energy fits what such a counter had not saved when it ended without a goodbye.

    ``at_risk_wh`` in whole pulses, or more where one pulse is worth more: the unsaved pulses that did not yet
    call for a save, those that began while it was on its way, and the one that had not flashed yet.
    """
    at_risk, meanwhile = _at_risk(at_risk_wh, constant, p_max_kw)
    return max(meanwhile + 2, at_risk)


def _at_risk(at_risk_wh: Fraction, constant: Fraction, p_max_kw: Fraction) -> tuple[int, int]:
    """Pulses that ``at_risk_wh`` holds, rounded up, and those that fit into HANDLING_S."""
    at_risk = math.ceil(at_risk_wh * constant / 1000)
    return at_risk, math.floor(p_max_kw * constant / 3600 * HANDLING_S)


def counted_kwh(pulses: int, constants: Sequence[tuple[int, Fraction]]) -> Fraction:
    """kWh of all pulses up to the cumulative count ``pulses``: the energy counted since installation.

    It never goes down, whatever is corrected later. The register follows what is learnt (a dial reading, a
    wrong constant, a new meter) and may fall; here every pulse keeps the energy it had when it was counted.

    ``constants`` are (cumulative count from which it was in force, imp/kWh > 0) in the order they came into
    force; the first also holds for what was counted before it.
    """
    total, since = Fraction(0), 0
    ends = [first for first, _ in constants[1:]] + [pulses]
    for (_, constant), end in zip(constants, ends, strict=True):
        until = max(since, min(end, pulses))
        total += (until - since) / constant
        since = until
    return total


class Counter:
    """The running count of one meter. Not thread-safe; only the counting loop touches it."""

    def __init__(self, pulses: int, threshold: int, now: int) -> None:
        """Continue from a count that the ledger holds.

        Args:
            pulses: cumulative pulses so far.
            threshold: unsaved pulses that call for a save, see :func:`save_threshold`.
            now: monotonic ns at which this run's counting began.
        """
        self.pulses = pulses
        self.late = 0
        self.last_pulse: int | None = None
        self._threshold = threshold
        self._saved = pulses
        self._closed = now
        self._closed_pulses = pulses
        self._first: int | None = None

    def count(self, start: int) -> None:
        """Take one accepted pulse that began at ``start``; later than all before it."""
        self.pulses += 1
        self.last_pulse = start
        if start < self._closed:
            # Its minute is closed already, and the tick it belongs to is one short: the bounds say so.
            self.late += 1
        if self._first is None:
            self._first = start

    @property
    def first(self) -> int | None:
        """When the first pulse since the last tick began; None without one."""
        return self._first

    @property
    def on_disk(self) -> int:
        """The count that the ledger holds: nothing takes it back."""
        return self._saved

    @property
    def open(self) -> int:
        """Pulses since the last tick."""
        return self.pulses - self._closed_pulses

    @property
    def closed(self) -> int:
        """The end of the stretch closed last, or when counting began."""
        return self._closed

    def must_save(self, doubted: int = 0) -> bool:
        """Whether so much is unsaved that it must reach the disk now; ``doubted`` are in doubt besides."""
        return self.pulses - self._saved + doubted >= self._threshold

    def saved(self) -> None:
        """The ledger holds this count now."""
        self._saved = self.pulses

    def close(self, boundary: int, *, force: bool = False) -> Tick | None:
        """Close the stretch up to ``boundary``: a tick when something changed, or when ``force``.

        Call it before any pulse that began at or after ``boundary`` is counted.
        """
        self._closed = boundary
        changed = self.pulses != self._closed_pulses
        if not changed and not force:
            return None
        first_ns = boundary - self._first if self._first is not None else 0
        self._closed_pulses = self.pulses
        self._first = None
        return Tick(boundary, self.pulses, first_ns)
