"""What the line really did, and which of it is a pulse; pure.

The player logs the clock before and after it drives each edge, so an edge lies in an interval. A flash is a
pulse for certain, for certain none, or (``unsure``) the interval does not tell; a scenario keeps away from
the limits so that none is unsure.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from sodien.metering.counting.limits import PulseLimits

Moment = tuple[int, int]


@dataclass(frozen=True)
class Truth:
    """The player's log.

    Attributes:
        origin: monotonic ns of the schedule's offset 0.
        edges: level and (before, after) in monotonic ns of every edge that was driven, in order.
    """

    origin: int
    edges: list[tuple[bool, Moment]]


def read(log: bytes, schedule: Sequence[tuple[int, bool]]) -> Truth:
    """The player's log beside what it was told to do."""
    count, origin = struct.unpack_from("<2q", log)
    times = struct.unpack_from(f"<{2 * count}q", log, 16)
    return Truth(origin, [(schedule[n][1], (times[2 * n], times[2 * n + 1])) for n in range(count)])


@dataclass(frozen=True)
class Pulses:
    """The pulses among the flashes.

    Attributes:
        starts: (before, after) of the leading edge of each certain pulse.
        refused: flashes that are no pulse for certain.
        unsure: flashes of which the log cannot tell.
        late_ns: by how much the worst edge came later than its schedule said.
    """

    starts: list[Moment]
    refused: int
    unsure: int
    late_ns: int = 0

    def before(self, mono: int) -> tuple[int, int]:
        """How many pulses began before an instant: at least, at most."""
        return (
            bisect_left(self.starts, mono, key=lambda m: m[1]),
            bisect_left(self.starts, mono, key=lambda m: m[0]),
        )


def judge(truth: Truth, limits: PulseLimits, *, active_high: bool = True) -> Pulses:
    """Which flashes are pulses by the documented rule: long enough, and far enough from the last pulse."""
    starts: list[Moment] = []
    refused = unsure = 0
    rise: Moment | None = None
    for level, moment in truth.edges:
        if level is active_high:
            rise = moment
            continue
        if rise is None:
            continue
        (begin, begun), (end, ended), rise = rise, moment, None
        if ended - begin < limits.min_active_ns:
            refused += 1
        elif end - begun < limits.min_active_ns:
            unsure += 1
        elif not starts or begin - starts[-1][1] >= limits.min_spacing_ns:
            starts.append((begin, begun))
        elif begun - starts[-1][0] < limits.min_spacing_ns:
            refused += 1
        else:
            unsure += 1
    return Pulses(starts, refused, unsure)


def lateness(truth: Truth, schedule: Sequence[tuple[int, bool]]) -> int:
    """By how many nanoseconds the worst edge came later than it should."""
    pairs = zip(truth.edges, schedule, strict=False)
    return max((moment[0] - truth.origin - at for (_, moment), (at, _) in pairs), default=0)
