"""What is known about one meter, as plain values: counted pieces, blind stretches, dial readings.

All times are milliseconds since 1970 UTC; the caller has dated everything. Energies are exact kWh.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class CountError:
    """Pulses about which the count may be wrong, somewhere in ``start .. end`` (both included).

    Attributes:
        extra: counted ones that may not have been pulses.
        missing: pulses that may have happened beside the counted ones.
    """

    start: int
    end: int
    extra: int = 0
    missing: int = 0

    def __post_init__(self) -> None:
        if self.start > self.end or self.extra < 0 or self.missing < 0:
            raise ValueError(f"doubt at {self.start}: it must not end before it starts nor be negative")


@dataclass(frozen=True, slots=True)
class Counted:
    """A piece in which pulses were counted without a gap.

    The phase inside a pulse is unknown at its start: a meter may lose it when the supply goes.

    Attributes:
        start, end: in ms UTC.
        first, last: cumulative count at ``start`` and at ``end``.
        constant: imp/kWh (rev/kWh for disc meters), > 0.
        extra, missing: doubts that may lie anywhere in the piece (see :class:`CountError`).
        doubts: doubts whose time is known better; they widen only what contains them.
    """

    start: int
    end: int
    first: int
    last: int
    constant: Fraction
    extra: int = 0
    missing: int = 0
    doubts: tuple[CountError, ...] = ()

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError(f"the counted piece from {self.start} ends before it starts, at {self.end}")
        if self.first > self.last:
            raise ValueError(
                f"the count of the piece from {self.start} falls from {self.first} to {self.last}"
            )
        if self.constant.numerator <= 0:
            raise ValueError(f"the constant of the piece from {self.start} must be above 0 imp/kWh")
        if self.extra < 0 or self.missing < 0:
            raise ValueError(f"the doubts of the piece from {self.start} must not be negative")
        if self.doubts and any(doubt.start < self.start or doubt.end > self.end for doubt in self.doubts):
            raise ValueError(f"a doubt lies outside its piece, {self.start} to {self.end}")


@dataclass(frozen=True, slots=True)
class Blind:
    """The stretch between two counted pieces: an energy between ``low`` and ``high`` kWh flowed unseen.

    Attributes:
        low: at least this much (a person said so, or pulses that cannot be dated better).
        high: at most this much; None for what the supply can carry, which is never exceeded anyway.
        reason: why nothing was counted; only passed on to the coverage.
    """

    low: Fraction = Fraction(0)
    high: Fraction | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.low.numerator < 0 or (self.high is not None and self.high < self.low):
            raise ValueError("a blind stretch needs an energy range that is not negative and runs upwards")


@dataclass(frozen=True, slots=True)
class Anchor:
    """The dial showed a value in ``[low, high)`` kWh at some instant within ``start .. end``.

    Attributes:
        id: any unique text; findings name it.
        low, high: as read, with ``low < high``: the dial truncates.
        start, end: in ms UTC; equal when the instant is known exactly.
    """

    id: str
    low: Fraction
    high: Fraction
    start: int
    end: int

    def __post_init__(self) -> None:
        if self.low >= self.high:
            raise ValueError(f"reading {self.id}: its low must be below its high")
        if self.start > self.end:
            raise ValueError(f"reading {self.id}: its window ends before it starts")
