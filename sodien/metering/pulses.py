"""From edges to pulses: polarity is applied before, nothing here does I/O or reads a clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a legal pulse looks like; both in nanoseconds.

    min_active_ns: the shortest flash that is a pulse (> 0).
    min_spacing_ns: the shortest time between the leading edges of two pulses (>= min_active_ns), from the
        meter constant and the most power the main breaker lets through.

    Raises:
        ValueError: a limit is out of its range.
    """

    min_active_ns: int
    min_spacing_ns: int

    def __post_init__(self) -> None:
        if self.min_active_ns <= 0:
            raise ValueError(f"min_active_ns is {self.min_active_ns}; it must be positive")
        if self.min_spacing_ns < self.min_active_ns:
            raise ValueError(
                f"min_spacing_ns is {self.min_spacing_ns}; it must be at least min_active_ns ({self.min_active_ns})"
            )
