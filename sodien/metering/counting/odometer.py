"""The energy counted since installation, pure: it never goes down, whatever is corrected later.

The register follows what is learnt (a dial reading, a wrong constant, a new meter) and may fall. This counter
does not: every pulse keeps the energy it had when it was counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def counted_kwh(pulses: int, constants: Sequence[tuple[int, Fraction]]) -> Fraction:
    """kWh of all pulses up to the cumulative count ``pulses``.

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
