"""A declared loss of edges as a gap of the ledger, pure: from the last thing known to the next edge.

As a gap the loss widens only what contains it, and by no more than the pulses it can hide. Rows of the
minute ticks carry doubt instead where losses come thick and fast, for each gap costs three rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sodien.ledger.bodies import GapBody
from sodien.metering.bounds import rounded_up
from sodien.metering.counting.pulse_filter import Loss

#: No second gap begins before this after the last one ended.
APART_NS = 60_000_000_000
_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Overflow:
    """A gap to declare: monotonic ns from ``start`` to ``end``, and the body of its row."""

    start: int
    end: int
    body: GapBody


def overflow(
    loss: Loss, pulses: int, closed: int, last_end: int | None, constant: Fraction, p_max_kw: Fraction
) -> Overflow | None:
    """The gap of a loss, or None where it has to stay a doubt of the ticks.

    Args:
        loss: what the filter makes of it; ``undecided`` pulses at most.
        pulses: the count, before and after: nothing was counted in between.
        closed: the monotonic ns up to which ticks are written, and final.
        last_end: the end of the last gap declared for a loss.
        constant: imp/kWh.
        p_max_kw: the most power the supply can carry.

    The energy is at most that of the undecided pulses and the two parts of one around them, and at most what
    the supply can carry.
    """
    if loss.undecided == 0 or loss.start_ns < closed or loss.end_ns <= loss.start_ns:
        return None
    if last_end is not None and loss.start_ns < last_end + APART_NS:
        return None
    # A millisecond more, because the row's time is rounded down to one, and its end must not come too early.
    ns = loss.end_ns - loss.start_ns + _MS
    high = min(p_max_kw * ns / 3_600_000_000_000, (loss.undecided + 1) / constant)
    body = GapBody(ns=ns, reason="overflow", after=pulses, high=rounded_up(high), most=loss.undecided)
    return Overflow(loss.start_ns, loss.end_ns, body)
