"""Meters one after another at the same supply: each with its own register, dial and constant.

When a meter is replaced, the old one's register ends with a dial reading (its final index) and the new one's
starts with another (its initial index); nothing but the energy joins them. What the household consumed is
the sum over the meters; what the utility bills multiplies each register's difference by that meter's
multiplier (hệ số nhân), which is why the multiplier is here and not in the register.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from sodien.metering.bounds import Bounded
from sodien.metering.register.register import Register


@dataclass(frozen=True, slots=True)
class Installed:
    """One meter while it was installed.

    Attributes:
        serial: any name for it; its plate's serial number if known.
        register: its bounds.
        start: since when, ms UTC; None for "as long as anything is known".
        multiplier: billed kWh per kWh of the register, > 0.
        digits, decimals: of its dial, before and after the point; None when not known.
        within: how exactly ``start`` is known, ± ms. Its register then begins at ``start - within``, that of
            the meter before ends at ``start + within``, and in between either may have been installed.
    """

    serial: str
    register: Register
    start: int | None = None
    multiplier: Fraction = Fraction(1)
    digits: int | None = None
    decimals: int | None = None
    within: int = 0

    def __post_init__(self) -> None:
        if self.multiplier <= 0:
            raise ValueError(f"the multiplier of meter {self.serial} must be above 0")


@dataclass(frozen=True, slots=True)
class Energy:
    """Energy between two instants: by the registers, and as the utility multiplies it."""

    kwh: Bounded
    billed: Bounded


class Meters:
    """The meters of one supply by time, at least one. Raises ValueError when they are not in order."""

    def __init__(self, installed: Sequence[Installed]) -> None:
        if not installed:
            raise ValueError("there is no meter")
        self._starts: list[int] = []
        for before, meter in pairwise(installed):
            if meter.start is None or (before.start is not None and meter.start <= before.start):
                raise ValueError(f"meter {meter.serial} must be installed later than {before.serial}")
            self._starts.append(meter.start)
        self.installed = tuple(installed)

    def meter(self, t: int) -> Installed:
        """The meter at an instant; the new one from the instant of replacement on."""
        return self.installed[bisect_right(self._starts, t)]

    def at(self, t: int) -> Bounded | None:
        """The register of the meter that was installed at t (ms UTC). None without a dial reading of it."""
        return self.meter(t).register.at(t)

    def consumed(self, t1: int, t2: int) -> Energy:
        """The energy from t1 to t2 (ms UTC) through all meters. Raises ValueError when t2 is before t1."""
        if t2 < t1:
            raise ValueError(f"the span from {t1} ends before it starts, at {t2}")
        parts = []
        for index, meter in enumerate(self.installed):
            after = self.installed[index + 1] if index + 1 < len(self.installed) else None
            a = t1 if meter.start is None else max(t1, meter.start - meter.within)
            b = t2 if after is None or after.start is None else min(t2, after.start + after.within)
            if a < b or (a == b and t1 == t2):
                parts.append((meter.register.energy(a, b), meter.multiplier))
        return Energy(
            _total(energy for energy, _ in parts),
            _total(energy.times(multiplier) for energy, multiplier in parts),
        )


def _total(parts: Iterable[Bounded]) -> Bounded:
    return sum(parts, start=Bounded(Fraction(0), Fraction(0), Fraction(0)))
