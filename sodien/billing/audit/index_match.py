"""One billed index beside our register: does it fit, when can it have been read, what would have fitted.

An index says that the register was from ``index + below`` to ``index + above``, a whole number of rounds of
the dial further on perhaps. Our register only grows, so over a window it lies between its low at the window's
start and its high at the end; an index that shares nothing with that was not read in the window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Final

from sodien.billing.arithmetic import USUAL_DIGITS
from sodien.billing.audit.practice import Truncation, Window
from sodien.metering.bounds import Interval
from sodien.metering.register.register import Register

#: Below and above the index in its own steps, and whether the upper limit belongs to it.
_LIMITS: Final[dict[Truncation, tuple[Fraction, Fraction, bool]]] = {
    "floor": (Fraction(0), Fraction(1), False),
    "nearest": (Fraction(-1, 2), Fraction(1, 2), True),
    "up": (Fraction(-1), Fraction(0), True),
    "either": (Fraction(-1, 2), Fraction(1), False),
    "any": (Fraction(-1), Fraction(1), False),
}
#: Times of readings are found to this many ms, rounded so that the stretch only gets longer.
_GRAIN_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class PrintedIndex:
    """A printed index: its value and step in kWh, and what of the register it stands for.

    The upper limit does not belong to it where decimals are cut (``closed`` False).
    """

    value: Fraction
    step: Fraction
    below: Fraction
    above: Fraction
    closed: bool = False

    @classmethod
    def of(cls, printed: Decimal, truncation: Truncation) -> PrintedIndex:
        """As printed. Trailing zeros say nothing about the resolution, so they are not relied on."""
        value = Fraction(printed)
        step = Fraction(1)
        while (value / step).denominator != 1:
            step /= 10
        below, above, closed = _LIMITS[truncation]
        return cls(value, step, below * step, above * step, closed)

    def range(self, register: Interval) -> tuple[Fraction, Fraction]:
        """The lowest and the highest index that a register within these bounds can show (no rounds)."""
        low = self._first(register.low - self.above) * self.step
        high = floor((register.high - self.below) / self.step) * self.step
        return low, high

    def _first(self, limit: Fraction) -> int:
        """The lowest whole number of steps above ``limit``, or at it where the limit belongs to it."""
        return ceil(limit / self.step) if self.closed else floor(limit / self.step) + 1

    def moved(self, rounds: Fraction) -> PrintedIndex:
        """The same index so many kWh of whole rounds further on."""
        return replace(self, value=self.value + rounds)

    def passed(self, register: Fraction) -> bool:
        """Whether a register that is at least this can no longer be at the index."""
        limit = self.value + self.above
        return register > limit if self.closed else register >= limit

    @property
    def register(self) -> Interval:
        """What the register was, as limits."""
        return Interval(self.value + self.below, self.value + self.above)


@dataclass(frozen=True, slots=True)
class IndexMatch:
    """What our register says about one index.

    Attributes:
        index: as the register counts, whole rounds of the dial added.
        printed: as printed.
        window: when it may have been read.
        register: the meter's, which may have no reading.
        seen: the register over the window; None without a reading.
        best: our estimate at the window's middle.
        fits: whether it can have been read then; None when there is nothing to compare with.
        off: by how many kWh the index is at least too high (positive) or too low; 0 when it fits.
        when: when it can have been read: inside the window if it fits, else the whole window.
        vague: more than one round of the dial fits; the index then tells nothing about the register.
        impossible: the dial has fewer digits than the index.
    """

    index: PrintedIndex
    printed: Fraction
    window: Window
    register: Register
    seen: Interval | None
    best: Fraction | None
    fits: bool | None
    off: Fraction
    when: tuple[int, int]
    vague: bool = False
    impossible: bool = False

    @property
    def detectable(self) -> Fraction | None:
        """The smallest error of the index that is always noticed is above this; None when none is."""
        if self.seen is None or self.vague:
            return None
        low, high = self.index.range(self.seen)
        return high - low

    @property
    def flow(self) -> Fraction:
        """What flowed for certain within the window."""
        return self.register.energy(self.window.start, self.window.end).low


def match_index(
    register: Register, printed: Decimal, window: Window, truncation: Truncation, digits: int | None
) -> IndexMatch:
    """The index ``printed`` beside ``register`` over ``window``."""
    found = beside(register, printed, window, truncation, digits)
    if not found.fits or found.vague:
        return found
    when = shown(register, found.index, found.when)
    return found if when is None else replace(found, when=when)


def beside(
    register: Register, printed: Decimal, window: Window, truncation: Truncation, digits: int | None
) -> IndexMatch:
    """The same, without looking when in the window it may have been read."""
    index = PrintedIndex.of(printed, truncation)
    whole = (window.start, window.end)
    first, last = register.at(window.start), register.at(window.end)
    if first is None or last is None:
        return IndexMatch(index, index.value, window, register, None, None, None, Fraction(0), whole)
    seen = Interval(first.low, last.high)
    middle = register.at((window.start + window.end) // 2)
    best = middle.best if middle is not None else None
    size = Fraction(10**digits) if digits is not None else None
    if size is not None and index.value >= size:
        return IndexMatch(
            index,
            index.value,
            window,
            register,
            seen,
            best,
            False,
            index.value - size,
            whole,
            impossible=True,
        )
    placed, fits, vague = _placed(index, seen, size)
    if size is None and not fits:
        # Nobody said how many digits the dial has: it may have gone round with any usual number of them.
        sizes = [Fraction(10**n) for n in USUAL_DIGITS if index.value < 10**n]
        fits = vague = any(_placed(index, seen, size)[1] for size in sizes)
    low, high = placed.range(seen)
    off = Fraction(0)
    if not fits:
        off = placed.value - high if placed.value > high else placed.value - low
    return IndexMatch(placed, index.value, window, register, seen, best, fits, off, whole, vague)


def _placed(index: PrintedIndex, seen: Interval, size: Fraction | None) -> tuple[PrintedIndex, bool, bool]:
    """The index in the round of the dial that fits, or that comes nearest: (index, fits, several fit)."""
    if size is None:
        low, high = index.range(seen)
        return index, low <= index.value <= high, False
    limit = (seen.low - index.above - index.value) / size
    above = ceil(limit) if index.closed else floor(limit) + 1  # the lowest round not too low
    below = floor((seen.high - index.below - index.value) / size)  # the highest round not too high
    if above <= below:
        return index.moved(above * size), True, below > above
    over, under = index.moved(above * size), index.moved(below * size)
    too_high = over.value + over.below - seen.high
    too_low = seen.low - under.value - under.above
    return (over if too_high <= too_low else under), False, False


def shown(register: Register, index: PrintedIndex, span: tuple[int, int]) -> tuple[int, int] | None:
    """When, within ``span`` (ms UTC), the register can have shown ``index``; None if at no time.

    The stretch is found to a second and rounded outwards: the true instant is always inside.
    """

    def reached(t: int) -> bool:
        at = register.at(t)
        return at is not None and at.high >= index.value + index.below

    def passed(t: int) -> bool:
        at = register.at(t)
        return at is not None and index.passed(at.low)

    start, end = span
    if not reached(end) or passed(start):
        return None
    return _turn(reached, start, end)[0], _turn(passed, start, end)[1]


def _turn(holds: Callable[[int], bool], start: int, end: int) -> tuple[int, int]:
    """Between which two instants, a second apart at most, a condition begins to hold for good."""
    if holds(start):
        return start, start
    if not holds(end):
        return end, end
    while end - start > _GRAIN_MS:
        middle = (start + end) // 2
        if holds(middle):
            end = middle
        else:
            start = middle
    return start, end


def least_above(limit: Fraction, step: Fraction) -> Fraction:
    """The smallest multiple of ``step`` above ``limit``."""
    return (floor(limit / step) + 1) * step


def most_below(limit: Fraction, step: Fraction) -> Fraction:
    """The largest multiple of ``step`` below ``limit``."""
    return (ceil(limit / step) - 1) * step
